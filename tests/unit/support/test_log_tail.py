"""bmw.support.log_tail: the last warnings, for the diagnostics report."""

import logging

import pytest
from bmw.support.log_tail import MAX_CHARACTERS, MAX_LINES, LogTail

from tests.unit.fakes import VIN


@pytest.fixture
def tail():
    tail = LogTail()
    log = logging.getLogger("bmw")
    log.addHandler(tail)
    yield tail
    log.removeHandler(tail)


@pytest.fixture
def log(tail):
    return logging.getLogger("bmw")


def test_warnings_and_errors_are_kept_and_nothing_less(tail, log):
    log.debug("a detail")
    log.info("all is well")
    log.warning("a %s", "warning")
    log.error("an error")
    assert [(text, count) for text, count, _at in tail.lines()] == [("a warning", 1), ("an error", 1)]


def test_the_same_line_again_is_counted_and_counts_as_new(tail, log):
    log.warning("no network")
    log.warning("no token")
    log.warning("no network")
    assert [(text, count) for text, count, _at in tail.lines()] == [("no token", 1), ("no network", 2)]


def test_only_the_last_lines_are_kept_and_each_has_an_end(tail, log):
    for number in range(50):
        log.warning("%d %s", number, "x" * 1000)
    lines = [text for text, _count, _at in tail.lines()]
    assert [int(text.split()[0]) for text in lines] == list(range(50 - MAX_LINES, 50))
    assert {len(text) for text in lines} == {MAX_CHARACTERS}


def test_a_line_holds_no_vin_and_is_one_line(tail, log):
    log.warning("Trouble with %s\nand more", VIN)
    assert tail.lines()[0][0] == "Trouble with VIN*0001 and more"


def test_an_exception_is_told_by_its_kind_only(tail, log):
    try:
        raise ValueError("a text that may hold anything")
    except ValueError:
        log.exception("Unexpected error")
    assert tail.lines()[0][0] == "Unexpected error (ValueError)"


def test_the_time_is_that_of_the_last_one(tail):
    for created in (100.0, 200.0):
        record = logging.LogRecord("bmw", logging.WARNING, "", 0, "again", (), None)
        record.created = created
        tail.handle(record)
    assert tail.lines() == [("again", 2, 200.0)]
