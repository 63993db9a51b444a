"""Who we are at BMW: sign-in, the life of the token, its one refresh at a time, its durable sealed store.

Knows neither cars nor items. All times are epoch seconds from the clock it is given.
"""

from __future__ import absolute_import, unicode_literals

import json
import logging
import threading

from bmw.clouds import tokens as token_sets
from bmw.errors import NetworkError, SignInFailed, SignInNeeded, StoreError
from bmw.net import safe_json

log = logging.getLogger("bmw")

#: a token is refreshed this many seconds before it ends
MARGIN = 300


class Account(object):
    """The tokens of one account.

    Args:
        cloud (bmw.clouds.base.Cloud): whom to ask.
        store (bmw.storage.store.Store), record (str): where the tokens are kept.
        clock: object with ``now()``.
        lock: a re-entrant lock, the same for every instance of this account in the process: one that is still finishing must not
            refresh beside a new one.
        on_tokens: called with the Tokens after each change (to show them); may be None.
        holder (str): whom the tokens were given to (client id, user); those of another holder are not used.
    """

    def __init__(self, cloud, store, record, clock, lock=None, on_tokens=None, holder=""):
        self._cloud = cloud
        self._store = store
        self._record = record
        self._clock = clock
        self._on_tokens = on_tokens or (lambda tokens: None)
        self._lock = lock or threading.RLock()
        self._holder = holder
        #: what people must know of the storing of tokens (StoreError); None when all is well
        self.store_error = None
        self._is_unsaved = False  # the present tokens are not stored
        self._is_of_others = False  # what is stored is another holder's
        self._refusal = None
        self._pending = _Pending()
        self.tokens = None

    def load(self, offered=None):
        """Takes over the stored tokens, or those offered if they are newer.

        Newer in the item than in the store they are after a full disk, or when the store was put back from a backup.

        Args:
            offered (str or None): what ``export`` gave, from a restored item.

        Raises:
            StoreError: the stored ones cannot be read; nothing was changed.
        """
        with self._lock:
            stored = self._read()
            shown = _parse(offered)
            if shown is not None and (stored is None or shown.order > stored.order):
                log.info("The token item holds a newer token than the store, it is taken over")
                self._keep(shown)
            elif stored is not None:
                self._take(stored)

    @property
    def is_signed_in(self):
        return self.tokens is not None

    def sign_in_needed(self):
        """The error (SignInNeeded) that says why there are no tokens, and what to do."""
        problem, advice = "Not signed in to {}", "switch the sign-in item on"
        if self._is_of_others:
            problem = "The stored sign-in to {} was given to another client id or user than bmw.cfg names"
            advice += ", or name the former one again"
        elif self._store.was_set_aside(self._record):
            problem = "The stored sign-in to {} cannot be opened, because its key was lost or it is damaged"
        return SignInNeeded(problem.format(self._cloud.title), advice)

    def adopt(self, text):
        """Takes over tokens from ``export`` (an item restored late) when there are none; True if it did."""
        tokens = _parse(text)
        if self.is_signed_in or tokens is None:
            return False
        with self._lock:
            self._keep(tokens)
        return True

    def export(self):
        """The present tokens as text, to be sealed and shown."""
        return json.dumps(self.tokens.to_record(), sort_keys=True)

    def signed_in(self, tokens):
        """Stores and takes over the tokens of a new sign-in."""
        with self._lock:
            self._refusal = None
            self._keep(self._numbered(tokens))

    def expecting(self):
        """For ``with``, round a request that may bring new tokens and their storing: ``stop`` waits for its end.

        Raises:
            NetworkError: after ``stop``.
        """
        return self._pending

    def stop(self, timeout):
        """Asks for no new tokens any more, and waits ``timeout`` seconds at most for those that are on their way."""
        self._pending.stop(timeout)

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
            with self.expecting():
                self._renew(self._room(rejected))

    def _renew(self, room):
        try:
            # a refusal forgets nothing: BMW's servers have refused good tokens for hours and taken them again
            renewed = self._cloud.refresh(self.tokens)
        except SignInFailed as error:
            # a wrong password: asking again and again would lock the account at BMW
            self._refusal = error
            raise
        else:
            self._keep(self._numbered(renewed), room)
        finally:
            if room is not None:
                room.give_up()

    def _room(self, rejected):
        """Room on the disk for the new tokens, taken before BMW makes the old ones worthless; None where there is none.

        Without room nothing is renewed while the old token is good: it can still be read after a restart, the new one could not.
        At its end it is renewed all the same, as nothing works without: the stored one is dead then, and is written over.
        """
        try:
            return self._store.reserve(self._record)
        except StoreError as error:
            if rejected is None and self._is_good(self.tokens):
                raise StoreError("The token is not renewed yet, as the new one could not be stored. " + error.problem, error.advice)
            return None

    def keep_fresh(self):
        """Refreshes tokens that are near their end. Raises as ``refresh``; what stands in the way of storing is in ``store_error``."""
        with self._lock:
            try:
                if self.due_in() == 0:
                    self.refresh()
            except StoreError as error:
                if self.store_error is None:
                    log.warning("%s", error.text())
                self.store_error = error

    def due_in(self):
        """Seconds until the next refresh, 0 if it is due now, None without tokens."""
        if self.tokens is None:
            return None
        return max(0.0, self.tokens.expires_at - 2 * MARGIN - self._clock.now())

    def save_again(self):
        """Tries again to store tokens whose storing failed (disk full)."""
        with self._lock:
            if self._is_unsaved:
                self._save(self.tokens)

    def _is_good(self, tokens):
        # a clock that was set back makes it look good for longer; the server's 401 will tell
        return self._clock.now() < tokens.expires_at - MARGIN

    def _adopt_newer(self, rejected):
        """True if the store holds newer, good tokens, put there by another instance."""
        try:
            stored = self._read()
        except StoreError:
            return False
        if stored is None or stored.order <= self.tokens.order:
            return False
        self._take(stored)
        return stored.access_token != rejected and self._is_good(stored)

    def _read(self):
        """The stored Tokens, None without any of this holder. Raises StoreError."""
        record = self._store.load(self._record) or {}
        # up to version 1.0 the holder was not written: the name of the record said whose it is, but for the client or user
        self._is_of_others = record.get("holder", self._holder) != self._holder
        if self._is_of_others:
            return None
        try:
            return token_sets.from_record(record)
        except ValueError:
            return None

    def _numbered(self, tokens):
        """The same tokens, with a number that is greater than that of those before, be the clock what it may."""
        before = self.tokens.order if self.tokens is not None else 0
        tokens.serial = max(self._clock.now(), before + 1)
        return tokens

    def _keep(self, tokens, room=None):
        """Durable first, used afterwards: a rotated refresh token that is lost costs a new sign-in."""
        self._save(tokens, room)
        self._take(tokens)

    def _save(self, tokens, room=None):
        record = dict(tokens.to_record(), holder=self._holder)
        try:
            self._save_somehow(record, room)
            self._is_unsaved, self._is_of_others, self.store_error = False, False, None
        except StoreError as error:
            # the old one is dead already: go on with the new one in memory rather than lose the account at once
            self._is_unsaved = True
            self.store_error = StoreError("The new token is not stored and would be lost at a restart. " + error.problem, error.advice)
            log.error("%s", self.store_error.text())

    def _save_somehow(self, record, room):
        try:
            self._store.save(self._record, record, room)
        except StoreError as error:
            try:
                self._store.save_over(self._record, record)
            except StoreError:
                raise error  # what stood in the way at first says more

    def _take(self, tokens):
        self.tokens = tokens
        self._on_tokens(tokens)


def _parse(text):
    """The Tokens of ``Account.export``; None when the text is something else."""
    try:
        return token_sets.from_record(safe_json.parse(text)) if text else None
    except ValueError:
        return None


class _Pending(object):
    """Counts what is on its way and will have to be stored, on whatever thread."""

    def __init__(self):
        self._lock = threading.Lock()
        self._count = 0
        self._nothing = threading.Event()
        self._nothing.set()
        self._is_stopped = False

    def __enter__(self):
        with self._lock:
            if self._is_stopped:
                raise NetworkError("Nothing is asked any more, as the BMW module is being stopped", "it is asked after the start")
            self._count += 1
            self._nothing.clear()

    def __exit__(self, *_problem):
        with self._lock:
            self._count -= 1
            if not self._count:
                self._nothing.set()

    def stop(self, timeout):
        with self._lock:
            self._is_stopped = True
        self._nothing.wait(timeout)
