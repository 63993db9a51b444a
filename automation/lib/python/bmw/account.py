"""Who we are at BMW: sign-in, the life of the token, its one refresh at a time, its durable sealed store.

Knows neither cars nor items. All times are epoch seconds from the clock it is given.
"""

from __future__ import absolute_import, unicode_literals

import json
import logging
import threading

from bmw import json_in
from bmw import tokens as token_sets
from bmw.errors import SignInFailed, SignInNeeded, StoreError

log = logging.getLogger("bmw")

#: a token is refreshed this many seconds before it ends
MARGIN = 300


class Account(object):
    """The tokens of one account.

    Args:
        cloud (bmw.clouds.base.Cloud): whom to ask.
        store (bmw.store.Store), record (str): where the tokens are kept.
        clock: object with ``now()``.
        lock: a re-entrant lock, the same for every instance of this account in the process: one that is still finishing must not
            refresh beside a new one.
        on_tokens: called with the Tokens after each change (to show them); may be None.
    """

    def __init__(self, cloud, store, record, clock, lock=None, on_tokens=None):
        self._cloud = cloud
        self._store = store
        self._record = record
        self._clock = clock
        self._on_tokens = on_tokens or (lambda tokens: None)
        self._lock = lock or threading.RLock()
        #: why the present tokens are not stored (StoreError); None when they are
        self.store_error = None
        self._refusal = None
        self.tokens = None

    def load(self):
        """Takes over the stored tokens, if there are any. Raises StoreError when they cannot be read."""
        with self._lock:
            record = self._store.load(self._record)
            if record:
                self._take(token_sets.from_record(record))

    @property
    def is_signed_in(self):
        return self.tokens is not None

    def sign_in_needed(self):
        """The error (SignInNeeded) that says why there are no tokens, and what to do."""
        problem = "Not signed in to {}"
        if self._store.was_set_aside(self._record):
            problem = "The stored sign-in to {} cannot be opened, because its key was lost or it is damaged"
        return SignInNeeded(problem.format(self._cloud.title), "switch the sign-in item on")

    def adopt(self, text):
        """Takes over tokens from ``export`` (a restored item) when there are none; True if it did."""
        if self.is_signed_in:
            return False
        try:
            record = json_in.parse(text)
            tokens = token_sets.from_record(record)
        except (ValueError, AttributeError, TypeError):
            return False
        if record.get("cloud") != self._cloud.name:  # the setting was changed; nobody else's token goes to a cloud
            return False
        if not tokens.access_token or tokens.expires_at is None or tokens.obtained_at is None:
            return False
        self.signed_in(tokens)
        return True

    def export(self):
        """The present tokens as text, to be sealed and shown."""
        return json.dumps(dict(self.tokens.to_record(), cloud=self._cloud.name), sort_keys=True)

    def signed_in(self, tokens):
        """Stores and takes over the tokens of a new sign-in."""
        with self._lock:
            self._refusal = None
            self._keep(tokens)

    def access_token(self):
        """A token that is good for at least a moment, refreshed if it is about to end.

        Raises:
            SignInNeeded: there is none. NetworkError, ServerError: the refresh did not work this time.
        """
        with self._lock:
            if self.tokens is None:
                raise self.sign_in_needed()
            if not self._is_good(self.tokens):
                self.refresh()
            return self.tokens.access_token

    def refresh(self, rejected=None):
        """Renews the tokens, once however many ask at the same time.

        Args:
            rejected (str or None): the access token that the server did not accept; if the present one is another already,
                nothing is done.
        """
        with self._lock:
            if self.tokens is None:
                raise self.sign_in_needed()
            if rejected is not None and self.tokens.access_token != rejected:
                return
            if self._adopt_newer(rejected):
                return
            if self._refusal is not None:
                raise self._refusal
            try:
                # a refusal forgets nothing: BMW's servers have refused good tokens for hours and taken them again
                self._keep(self._cloud.refresh(self.tokens))
            except SignInFailed as error:
                # a wrong password: asking again and again would lock the account at BMW
                self._refusal = error
                raise

    def keep_fresh(self):
        """Refreshes tokens that are near their end. Raises as ``refresh``."""
        with self._lock:
            if self.due_in() == 0:
                self.refresh()

    def due_in(self):
        """Seconds until the next refresh, 0 if it is due now, None without tokens."""
        if self.tokens is None:
            return None
        return max(0.0, self.tokens.expires_at - 2 * MARGIN - self._clock.now())

    def save_again(self):
        """Tries again to store tokens whose storing failed (disk full)."""
        with self._lock:
            if self.store_error is not None and self.tokens is not None:
                self._save(self.tokens)

    def _is_good(self, tokens):
        now = self._clock.now()
        # obtained in the future: the clock was set back, so the expiry says nothing; the server's 401 will tell
        return now < tokens.expires_at - MARGIN or now < tokens.obtained_at - MARGIN

    def _adopt_newer(self, rejected):
        """True if the store holds newer, good tokens, put there by another instance."""
        if self.store_error is not None:
            return False  # what is in memory could not be stored, so what is stored is the older
        try:
            record = self._store.load(self._record)
        except StoreError:
            return False
        stored = token_sets.from_record(record) if record else None
        if stored is None or stored.obtained_at <= self.tokens.obtained_at:
            return False
        self._take(stored)
        return stored.access_token != rejected and self._is_good(stored)

    def _keep(self, tokens):
        """Durable first, used afterwards: a rotated refresh token that is lost costs a new sign-in."""
        self._save(tokens)
        self._take(tokens)

    def _save(self, tokens):
        try:
            self._store.save(self._record, tokens.to_record())
            self.store_error = None
        except StoreError as error:
            # the old one is dead already: go on with the new one in memory rather than lose the account at once
            self.store_error = StoreError("The new token is not stored and would be lost at a restart. " + error.problem, error.advice)
            log.error("%s", self.store_error.text())

    def _take(self, tokens):
        self.tokens = tokens
        self._on_tokens(tokens)
