"""How an account is doing, in two items (a state word and a line for people) and, when it changes, one log line."""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.errors import QuotaExceeded
from bmw.redact import clean
from bmw.times import to_iso

log = logging.getLogger("bmw")

#: letters of the line; what BMW says of an error becomes a part of it
MAX_CHARACTERS = 2000
#: states that are no trouble
_FINE = frozenset(("ONLINE", "WAITING_FOR_APPROVAL"))


class Status(object):
    """Shows the state of one account.

    Args:
        outlet: has ``account(key, value)``.
        name (str): the account's name, '' for the only one.
        problems (list of ConfigError): told with every state until the file is mended.
    """

    def __init__(self, outlet, name, problems):
        self._outlet = outlet
        self._prefix = "[{}] ".format(name) if name else ""
        self._problems = problems
        self._store_error = None
        self._present = None
        self._last = None

    def show(self, state, text):
        """Puts a state word and a line for people into the items; logs them when they changed."""
        self._present = (state, text)
        parts = [text] + ["bmw.cfg: " + problem.text() for problem in self._problems]
        if self._store_error is not None:
            parts.append(self._store_error.text())
        text = clean(". ".join(parts))[:MAX_CHARACTERS]  # cut last: half a secret is not known as one
        self._outlet.account("accountState", state)
        self._outlet.account("account", text)
        if self._last != (state, text):
            self._last = (state, text)
            log.log(logging.INFO if state in _FINE else logging.WARNING, "%s%s", self._prefix, text)

    @property
    def shown(self):
        """(state word, line for people) as the items show them; (None, '') before the first."""
        return self._last or (None, "")

    def show_store(self, error):
        """Told with every state until storing works again: a StoreError, or None when it does."""
        before, self._store_error = self._store_error, error
        if (before and before.text()) != (error and error.text()) and self._present is not None:
            self.show(*self._present)

    def show_error(self, error):
        """The same for a BmwError."""
        text = error.text()
        if isinstance(error, QuotaExceeded) and error.retry_at:
            text = "{} (next call at {})".format(text, to_iso(error.retry_at))
        self.show(error.state, text)
