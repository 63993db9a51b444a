"""Decides whether a request may still be sent."""

from __future__ import absolute_import, unicode_literals


class Guard(object):
    """Decides whether requests may still be sent. This one allows all."""

    def check(self):
        """Called before a request is prepared (for example with a new token). Raises TooLate or Stopped."""

    def leave(self):
        """Called right before each request. Returns its longest allowed time in seconds (float), None = any. Raises as ``check``."""
