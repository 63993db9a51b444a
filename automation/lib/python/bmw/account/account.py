"""The tokens of an account: loads, refreshes and stores them, one refresh at a time.

``bmw.account.token_refresh`` asks for the refresh in time. Knows neither cars nor items. All times are epoch seconds from the given clock.
"""

from __future__ import absolute_import, unicode_literals

import json
import logging
import threading

from bmw.account.pauses import Pauses, token_steps
from bmw.clouds import tokens as token_sets
from bmw.errors import BadAnswer, CloudError, NetworkError, SignInFailed, SignInNeeded, StoreError
from bmw.net import safe_json

log = logging.getLogger("bmw")

#: a token is no longer used this many seconds before it expires
MARGIN = 300
#: the renewal's name among the pauses
RENEWAL = "renewal"


class Account(object):
    """The tokens of one account.

    Args:
        cloud (bmw.clouds.base.Cloud): refreshes the tokens.
        store (bmw.storage.store.Store), record (str): stores the tokens.
        clock: object with ``now()``.
        lock: a re-entrant lock, shared by all instances of this account in the process: a stopping instance must not refresh
            at the same time as a new one.
        on_tokens: called with the Tokens after each change, to show them; may be None.
        holder (str): owner of the tokens (client id, user); tokens of another owner are not used.
    """

    def __init__(self, cloud, store, record, clock, lock=None, on_tokens=None, holder=""):
        self._cloud = cloud
        self._store = store
        self._record = record
        self._clock = clock
        self._on_tokens = on_tokens or (lambda tokens: None)
        self._lock = lock or threading.RLock()
        self._holder = holder
        #: the last error while storing tokens (StoreError), for the user; None = no error
        self.store_error = None
        self._is_unsaved = False  # the current tokens are not stored
        self._is_of_others = False  # the stored tokens belong to another holder
        self._refusal = None
        self._pending = _Pending()
        self.tokens = None
        #: what failed lately and is left alone; the service gives those that are stored
        self.pauses = Pauses()

    def load(self, offered=None):
        """Uses the stored tokens, or the offered ones if they are newer.

        The item's tokens are newer after a full disk, or after the store was restored from a backup.

        Args:
            offered (str or None): result of ``export``, from a restored item.

        Raises:
            StoreError: the stored tokens cannot be read; nothing was changed.
        """
        with self._lock:
            stored = self._read()
            shown = _parse(offered)
            if shown is not None and (stored is None or shown.order > stored.order):
                log.info("The token item has a newer token than the store; it is used")
                self._keep(shown)
            elif stored is not None:
                self._use(stored)

    @property
    def is_signed_in(self):
        return self.tokens is not None

    def sign_in_needed(self):
        """An error (SignInNeeded) that says why there are no tokens, and what to do."""
        problem, advice = "Not signed in to {}", "switch the sign-in item on"
        if self._is_of_others:
            problem = self._cloud.HOLDER + " in bmw.cfg has changed, and the stored sign-in to {} is that of the former one"
            advice += ", or write the former one into bmw.cfg"
        elif self._store.was_set_aside(self._record):
            problem = "The stored sign-in to {} cannot be opened, because its key was lost or it is damaged"
        return SignInNeeded(problem.format(self._cloud.title), advice)

    def adopt(self, text):
        """Uses tokens from ``export`` (from an item that was restored late) if there are none. Returns True if it did."""
        tokens = _parse(text)
        if self.is_signed_in or tokens is None:
            return False
        with self._lock:
            if not self._take_newer_stored(tokens.order):
                self._keep(tokens)
        return True

    def export(self):
        """The current tokens as text, to be sealed and shown."""
        return json.dumps(self.tokens.to_record(), sort_keys=True)

    def signed_in(self, tokens):
        """Stores and uses the tokens of a new sign-in."""
        with self._lock:
            self._refusal = None
            self.pauses.forget()
            self._keep(self._with_serial(tokens))

    def expecting(self):
        """A context manager around a token request and the storing of its tokens. ``stop`` waits for its end.

        Raises:
            NetworkError: after ``stop``.
        """
        return self._pending

    def stop(self, timeout):
        """Requests no more tokens, and waits at most ``timeout`` seconds for running token requests."""
        self._pending.stop(timeout)

    def access_token(self):
        """A valid access token. Refreshes it if it expires soon.

        Raises:
            SignInNeeded: there is no token. NetworkError, ServerError: the refresh failed this time. Paused: it failed lately.
        """
        with self._lock:
            if self.tokens is None:
                raise self.sign_in_needed()
            if not self._is_good(self.tokens):
                self.refresh()
            return self.tokens.access_token

    def refresh(self, rejected=None):
        """Refreshes the tokens, only once even if several threads call it at the same time.

        Args:
            rejected (str or None): the access token that the server rejected; if the current token is a different one,
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
            self.pauses.check(RENEWAL, self._clock.now())
            with self.expecting():
                self._renew(self._reserve_space(rejected))

    def _renew(self, reserved):
        try:
            # keep the tokens after a refusal: BMW's servers have refused valid tokens for hours and accepted them again later
            renewed = self._cloud.refresh(self.tokens)
        except SignInFailed as error:
            # wrong password: BMW would lock the account after repeated attempts
            self._refusal = error
            raise
        except CloudError as error:
            if isinstance(error, BadAnswer) and error.tokens is not None:
                self._keep(self._with_serial(error.tokens), reserved)
            error.retry_at = self.pauses.failed(RENEWAL, self._clock.now(), error, token_steps(error))
            raise
        else:
            if self.pauses.worked(RENEWAL):
                self.pauses.lift()  # what was in trouble with it may be well again as well
            self._keep(self._with_serial(renewed), reserved)
        finally:
            if reserved is not None:
                reserved.give_up()

    def _reserve_space(self, rejected):
        """Reserves disk space for the new tokens before the refresh invalidates the old ones; None if the disk is full.

        Without disk space the tokens are not refreshed while the old token is valid: a restart could still load it, but not the
        new one. When it expires they are refreshed anyway: the stored token is useless then and is overwritten.
        """
        try:
            return self._store.reserve(self._record)
        except StoreError as error:
            if rejected is None and self._is_good(self.tokens):
                raise StoreError("The token is not refreshed yet, because the new one could not be stored. " + error.problem, error.advice)
            return None

    def keep_fresh(self):
        """Refreshes tokens that expire soon. Raises as ``refresh``. An error while storing is in ``store_error``."""
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

    def due_again_in(self):
        """Seconds until the next refresh: as ``due_in``, but after a failure when it is no longer left alone."""
        wait = self.due_in()
        held = self.pauses.held(RENEWAL, self._clock.now())
        return wait if wait is None or held is None else max(wait, held.retry_at - self._clock.now())

    def save_again(self):
        """Tries again to store tokens that could not be stored (disk full), unless another instance has stored newer ones since."""
        if not self._is_unsaved:
            return  # without the lock: a stop must not wait here for a token request
        with self._lock:
            if self._is_unsaved and not self._take_newer_stored(self.tokens.order):
                self._save(self.tokens)

    def _is_good(self, tokens):
        # if the clock was set back, the token seems valid for too long; then the server answers 401
        return self._clock.now() < tokens.expires_at - MARGIN

    def _adopt_newer(self, rejected):
        """Uses newer tokens that another instance has stored. Returns True if they are valid."""
        is_newer = self._take_newer_stored(self.tokens.order)
        return is_newer and self.tokens.access_token != rejected and self._is_good(self.tokens)

    def _take_newer_stored(self, order):
        """Uses the stored tokens if they are newer than those of that ``order``. Returns True if it did."""
        try:
            stored = self._read()
        except StoreError:
            return False
        if stored is None or stored.order <= order:
            return False
        self._is_unsaved, self.store_error = False, None
        self._use(stored)
        return True

    def _read(self):
        """The stored Tokens of this holder, or None. Raises StoreError."""
        record = self._store.load(self._record) or {}
        # older versions stored no holder; the record's name had the account and cloud, but not the client or user
        self._is_of_others = record.get("holder", self._holder) != self._holder
        if self._is_of_others:
            return None
        try:
            return token_sets.from_record(record)
        except ValueError:
            return None

    def _with_serial(self, tokens):
        """Gives the tokens a serial that is greater than the last one, whatever the clock shows."""
        before = self.tokens.order if self.tokens is not None else 0
        tokens.serial = max(self._clock.now(), before + 1)
        return tokens

    def _keep(self, tokens, reserved=None):
        """Stores the tokens before using them: a lost refresh token costs a new sign-in. They are used whatever storing ends in."""
        try:
            self._save(tokens, reserved)
        finally:
            self._use(tokens)

    def _save(self, tokens, reserved=None):
        self._is_unsaved = True  # also after an unexpected error, such as a lack of memory
        record = dict(tokens.to_record(), holder=self._holder)
        try:
            self._save_or_overwrite(record, reserved)
            self._is_unsaved, self._is_of_others, self.store_error = False, False, None
        except StoreError as error:
            # the old token is already invalid, so go on with the new one in memory
            self.store_error = StoreError("The new token is not stored and would be lost at a restart. " + error.problem, error.advice)
            log.error("%s", self.store_error.text())

    def _save_or_overwrite(self, record, reserved):
        try:
            self._store.save(self._record, record, reserved)
        except StoreError as error:
            try:
                self._store.save_over(self._record, record)
            except StoreError:
                raise error  # the first error says more

    def _use(self, tokens):
        self.tokens = tokens
        self._on_tokens(tokens)


def _parse(text):
    """The Tokens of ``Account.export``; None for any other text."""
    try:
        return token_sets.from_record(safe_json.parse(text)) if text else None
    except ValueError:
        return None


class _Pending(object):
    """Counts running token requests on all threads."""

    def __init__(self):
        self._lock = threading.Lock()
        self._count = 0
        self._nothing = threading.Event()
        self._nothing.set()
        self._is_stopped = False

    def __enter__(self):
        with self._lock:
            if self._is_stopped:
                raise NetworkError("No request is sent, because the BMW module is being stopped", "it is sent after the start")
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
