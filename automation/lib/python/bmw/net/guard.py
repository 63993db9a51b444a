"""Whether a request may still leave."""

from __future__ import absolute_import, unicode_literals


class Guard(object):
    """Says whether requests may still be sent. This one always lets them."""

    def check(self):
        """Called before what a request needs is made ready (a new token). Raises TooLate or Stopped."""

    def leave(self):
        """Called right before each request leaves; the seconds (float) that it may take at most, None = any. Raises as ``check``."""
