"""The last warnings and errors of our log, for the diagnostics report."""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.support.log_text import text_of

#: number of different lines, and characters of a line
MAX_LINES = 8
MAX_CHARACTERS = 300


class LogTail(logging.Handler):
    """Keeps the last warnings. A repeated text is counted, not stored again."""

    def __init__(self):
        logging.Handler.__init__(self, logging.WARNING)
        self._lines = []  # (text, how often, epoch seconds of the last time), the newest last

    def emit(self, record):
        text = " ".join(text_of(record, with_traceback=False).split())[:MAX_CHARACTERS]
        count = sum(times for line, times, _at in self._lines if line == text)
        others = [line for line in self._lines if line[0] != text]
        self._lines = (others + [(text, count + 1, record.created)])[-MAX_LINES:]

    def lines(self):
        """[(text, how often, epoch seconds of the last time)], the newest last."""
        return self._lines
