"""bmw.steps: all steps are done, even if one fails."""

import pytest
from bmw.steps import do_all

from tests.unit.fakes import UNEXPECTED, raising


def test_a_step_that_fails_is_told_and_the_others_are_done_in_order(caplog):
    done = []
    do_all((lambda: done.append(1), lambda: 1 // 0, lambda: done.append(2)), "It could not be stopped")
    assert done == [1, 2]
    assert [record.message for record in caplog.records if record.exc_info] == ["It could not be stopped"]


@pytest.mark.parametrize("error", UNEXPECTED)
def test_steps_are_done_when_an_error_cannot_even_be_logged(monkeypatch, error):
    monkeypatch.setattr("bmw.steps.log.exception", raising(error))
    done = []
    do_all((raising(error), lambda: done.append(1)), "It could not be stopped")
    assert done == [1]
