"""bmw.told: a line is written once, and again when all was well meanwhile."""

import logging

from bmw.told import Told


def lines(caplog):
    return [record.getMessage() for record in caplog.records]


def test_a_line_is_written_once_and_again_after_all_was_well(caplog):
    told = Told()
    for _time in range(3):
        told.tell(logging.ERROR, "The disk %s", "is full")
        told.tell(logging.WARNING, "100% full")
    assert lines(caplog) == ["The disk is full", "100% full"]
    told.forget()
    told.tell(logging.ERROR, "The disk %s", "is full")
    assert len(lines(caplog)) == 3


def test_of_lines_about_the_same_only_the_first_is_written(caplog):
    told = Told()
    for text in ("one", "two"):
        told.tell(logging.ERROR, "bad message: %s", text, what="bad message")
    assert lines(caplog) == ["bad message: one"]


def test_ever_new_lines_have_an_end(caplog):
    told = Told(most=5)
    for number in range(50):
        told.tell(logging.ERROR, "line %s", number)
    assert len(lines(caplog)) == 5
