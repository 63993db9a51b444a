"""The text of a log record, the same for every handler of ours."""

from __future__ import absolute_import, unicode_literals

import traceback

from bmw.compat import to_text
from bmw.redact import clean


def text_of(record, with_traceback=True):
    """The text (without secrets) of a ``logging.LogRecord``. Never raises.

    An error in a handler would come out of the ``log.exception`` that was to tell of another one, and end the worker's thread.
    On Jython a line of bytes beyond ASCII, such as a traceback's source line with an umlaut, cannot be joined to text.
    """
    try:
        text = to_text(record.getMessage())
    except:  # noqa: E722 - a Java exception is no Python Exception
        text = "{} (the details cannot be shown)".format(to_text(record.msg))
    if record.exc_info and record.exc_info[0]:
        text = _with_lines(text, record.exc_info) if with_traceback else "{} ({})".format(text, record.exc_info[0].__name__)
    return clean(text)


def _with_lines(text, exc_info):
    try:
        lines = traceback.format_exception(*exc_info)
    except:  # noqa: E722 - the same
        lines = [exc_info[0].__name__]
    return "{}\n{}".format(text, "".join(to_text(line) for line in lines))
