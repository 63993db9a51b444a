"""Shows the account's state in two items (a state word and a line for people), and logs each change."""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.errors import QuotaExceeded
from bmw.redact import clean
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
    """

    def __init__(self, outlet, name, problems):
        self._outlet = outlet
        self._prefix = "[{}] ".format(name) if name else ""
        self._problems = problems
        self._store_error = None
        self._present = None
        self._last = None

    def show(self, state, text):
        """Shows a state word and a line for people in the items, and logs changes."""
        self._present = (state, text)
        parts = [text] + ["bmw.cfg: " + problem.text() for problem in self._problems]
        if self._store_error is not None:
            parts.append(self._store_error.text())
        text = clean(". ".join(parts))[:MAX_CHARACTERS]  # clean before cutting: half a secret would not be recognised
        self._outlet.account("accountState", state)
        self._outlet.account("account", text)
        if self._last != (state, text):
            self._last = (state, text)
            log.log(logging.INFO if state in _FINE else logging.WARNING, "%s%s", self._prefix, text)

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
        """Shows the state and text of a BmwError."""
        text = error.text()
        if isinstance(error, QuotaExceeded) and error.retry_at:
            text = "{} (next call at {})".format(text, to_iso(error.retry_at))
        self.show(error.state, text)
