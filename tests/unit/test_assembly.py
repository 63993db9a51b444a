"""bmw.assembly: how all accounts are stopped. The tests of the commands show how they are built."""

import pytest
from bmw.assembly import senders, stop
from bmw.config import AccountConfig


class JavaError(BaseException):
    """Like a Java exception on Jython: not a Python ``Exception``."""


class Service:
    """Records its steps; fails at the step that the test names."""

    def __init__(self, name, done, fails_at=None):
        self.name, self.done, self.fails_at = name, done, fails_at

    def _do(self, step):
        self.done.append((self.name, step))
        if step == self.fails_at:
            raise JavaError(step)

    def halt(self):
        self._do("halt")

    def stop(self):
        self._do("stop")

    def finish(self):
        self._do("finish")


@pytest.mark.parametrize("fails_at", [None, "halt", "stop", "finish"])
def test_what_goes_wrong_at_the_end_of_one_account_keeps_no_other_from_its_own(fails_at, caplog):
    done = []
    stop([Service("a", done, fails_at), Service("b", done)], lambda: done.append("told"))
    steps = [[(name, step) for name in "ab"] for step in ("halt", "stop", "finish")]
    assert done == steps[0] + steps[1] + ["told"] + steps[2]
    assert len(caplog.records) == (0 if fails_at is None else 1)


def test_what_goes_wrong_while_ends_are_told_keeps_no_account_from_waiting_for_its_tokens():
    done = []

    def fail():
        raise KeyError("door")

    stop([Service("a", done)], fail)
    assert done == [("a", "halt"), ("a", "stop"), ("a", "finish")]


@pytest.mark.parametrize(
    "accounts, expected",
    [
        ([("", True, "")], {}),
        ([("", False, "")], {}),
        ([("data", True, "hands"), ("hands", False, "")], {"hands": "data"}),
        ([("data", True, "hands"), ("hands", True, "")], {}),
        ([("data", True, ""), ("hands", False, "")], {}),
    ],
)
def test_an_account_without_data_that_others_name_only_sends(accounts, expected):
    configs = [AccountConfig(name, {"data": data, "commands": commands}) for name, data, commands in accounts]
    assert senders(configs) == expected
