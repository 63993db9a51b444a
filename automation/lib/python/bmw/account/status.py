"""Shows the account's state in two items (a state word and a line for people), and logs each change."""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.redact import line
from bmw.times import to_iso

log = logging.getLogger("bmw")

#: characters of the line; it may contain an error text from BMW
MAX_CHARACTERS = 2000
#: states that are not errors
_FINE = frozenset(("ONLINE", "WAITING_FOR_APPROVAL"))


class Status(object):
    """Shows the state of one account.

    Args:
        outlet: has ``account(key, value)``.
        name (str): the account's name, '' for the only one.
        problems (list of ConfigError): shown with every state until the user corrects the file.

    Attributes:
        is_taken (bool): a user is signing in and must read the present text.
    """

    def __init__(self, outlet, name, problems):
        self._outlet = outlet
        self._prefix = "[{}] ".format(name) if name else ""
        self._problems = problems
        self._store_error = None
        self._present = None
        self._last = None
        self._news = None
        self.is_taken = False

    def show(self, state, text, next_at=None):
        """Puts a state word and a line for people into the items; logs them when they changed.

        Args:
            next_at (float or None): epoch seconds of the next call, told with it; that alone is no change.
        """
        self._present = (state, text, next_at)
        parts = ["bmw.cfg: " + problem.text() for problem in self._problems]
        if self._store_error is not None:
            parts.append(self._store_error.text())
        news = (state, _line(text, parts))
        if next_at is not None:
            text = "{} (next call at {})".format(text, to_iso(next_at))
        self._last = (state, _line(text, parts))
        self._outlet.account("accountState", state)
        self._outlet.account("account", self._last[1])
        if self._news != news:
            self._news = news
            log.log(logging.INFO if state in _FINE else logging.WARNING, "%s%s", self._prefix, self._last[1])

    @property
    def shown(self):
        """(state word, line for people) in the items; (None, '') at first."""
        return self._last or (None, "")

    def show_store(self, error):
        """Sets a StoreError that is shown with every state; None = storing works again."""
        before, self._store_error = self._store_error, error
        if (before and before.text()) != (error and error.text()) and self._present is not None:
            self.show(*self._present)

    def show_error(self, error):
        """The same for a BmwError."""
        self.show(error.state, error.text(), error.retry_at)

    def tell(self, state, text, next_at=None):
        """As ``show``, unless it ``is_taken``."""
        if not self.is_taken:
            self.show(state, text, next_at)

    def tell_error(self, error):
        """The same for a BmwError."""
        self.tell(error.state, error.text(), error.retry_at)


def _line(text, parts):
    return line(". ".join([text] + parts), MAX_CHARACTERS)
