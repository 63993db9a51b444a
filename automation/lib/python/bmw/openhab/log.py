"""Writes our log lines to openHAB's log, without secrets."""

from __future__ import absolute_import, unicode_literals

import logging

from org.slf4j import LoggerFactory

from bmw.support.log_text import text_of

#: below org.openhab, which openHAB shows from INFO on; loggers named jsr223.* are hidden below WARN
LOGGER = "org.openhab.automation.bmw"
#: characters of a line; the longest is the diagnostics report
MAX_CHARACTERS = 20000


class OpenHabHandler(logging.Handler):
    """Hands records of Python's logging to slf4j."""

    def __init__(self):
        logging.Handler.__init__(self)
        self._logger = LoggerFactory.getLogger(LOGGER)

    def emit(self, record):
        if record.levelno < logging.INFO and not self._logger.isDebugEnabled():
            return
        text = text_of(record)[:MAX_CHARACTERS]  # cut last: half a secret is not known as one
        if record.levelno >= logging.ERROR:
            self._logger.error(text)
        elif record.levelno >= logging.WARNING:
            self._logger.warn(text)
        elif record.levelno >= logging.INFO:
            self._logger.info(text)
        else:
            self._logger.debug(text)


def install():
    """Connects the logger ``bmw`` with openHAB's log, only once, however often a script is loaded."""
    logger = logging.getLogger("bmw")
    logger.handlers = [OpenHabHandler()]
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
