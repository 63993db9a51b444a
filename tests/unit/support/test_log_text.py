"""bmw.support.log_text: the text of a log record. It never raises and never contains a secret."""

import logging
import sys

import pytest
from bmw.redact import remember
from bmw.support.log_tail import LogTail
from bmw.support.log_text import text_of


def record_of(message, *arguments, error=None):
    """A record as ``logging`` makes it; ``error`` is raised and caught, so that it has a traceback."""
    exc_info = None
    if error is not None:
        try:
            raise error
        except type(error):
            exc_info = sys.exc_info()
    return logging.LogRecord("bmw", logging.WARNING, __file__, 1, message, arguments, exc_info)


class Unshowable(Exception):
    def __str__(self):
        raise ValueError("no text")


class Broken:
    def __str__(self):
        raise ValueError("no text")


def test_a_message_is_put_together_with_its_arguments():
    assert text_of(record_of("%s of %d", "one", 2)) == "one of 2"


def test_an_error_is_told_with_its_lines_or_with_its_name_only():
    record = record_of("It failed", error=KeyError("key"))
    assert text_of(record).startswith("It failed\nTraceback") and "KeyError: 'key'" in text_of(record)
    assert text_of(record, with_traceback=False) == "It failed (KeyError)"


def test_a_secret_is_taken_out_of_the_message_and_of_the_error():
    remember("open sesame")
    text = text_of(record_of("typed %s", "open sesame", error=ValueError("no open sesame")))
    assert "sesame" not in text and text.count("[secret]") == 2


@pytest.mark.parametrize("record", [record_of("%d cars", "x"), record_of("%s of %s", 1), record_of("a car %s", Broken())])
def test_what_cannot_be_put_together_is_told_as_far_as_it_can_be(record):
    assert text_of(record).endswith(" (the details cannot be shown)")


def test_an_error_without_a_text_is_told_by_its_name():
    assert "Unshowable" in text_of(record_of("It failed", error=Unshowable()))


def test_a_line_that_cannot_be_told_raises_nothing_where_it_is_logged():
    tail = LogTail()
    tail.handle(record_of("%d cars", "x"))
    assert [text for text, _count, _at in tail.lines()] == ["%d cars (the details cannot be shown)"]
