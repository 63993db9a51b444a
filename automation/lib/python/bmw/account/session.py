"""Authorized requests to a cloud: adds the token, counts each call before it is sent, and refreshes a rejected token once."""

from __future__ import absolute_import, unicode_literals

import binascii

from bmw.account.account import RENEWAL
from bmw.compat import to_bytes
from bmw.errors import CloudError, CommandFailed, QuotaExceeded, Stopped, TokenRejected, TooLate
from bmw.net.guard import Guard

#: what says nothing of the call as such: the day's calls and commands have rules of their own
_NO_FAILURES = (QuotaExceeded, CommandFailed, TooLate)


class Sessions(object):
    """Makes the sessions of one account.

    Args:
        parts (bmw.parts.Parts): those of the account.
        saved (bmw.account.saved_state.SavedState): stores the calls, and has the cloud's data.
    """

    def __init__(self, parts, saved):
        self._parts = parts
        self._saved = saved

    def new(self, by_person=True, guard=None, memory=None):
        """A Session, see there. Without a ``guard`` it sends while the worker runs. ``memory``: None = the account's."""
        parts = self._parts
        memory = self._saved.memory if memory is None else memory
        guard = guard or _WhileRunning(parts.worker)
        return Session(parts.cloud.http, parts.account, parts.budget, parts.clock, memory, self._saved.save_budget, by_person, guard)


class _WhileRunning(Guard):
    """Allows no requests after the worker was stopped."""

    def __init__(self, worker):
        self._worker = worker

    def check(self):
        if self._worker.is_stopped:
            raise Stopped()

    leave = check


class Session(object):
    """Sends the requests of a cloud module.

    Attributes:
        memory (dict): JSON-able; the cloud's data between calls and restarts.

    Args:
        http (bmw.net.http.Http), account (bmw.account.account.Account), budget (bmw.polling.budget.Budget), clock: parts it uses.
        save_budget: called after each counted call, before the call is sent.
        by_person (bool): the calls may use the reserve.
        guard (bmw.net.guard.Guard or None): checked before each request.
    """

    def __init__(self, http, account, budget, clock, memory, save_budget, by_person=False, guard=None):
        self.memory = memory
        self._http = http
        self._account = account
        self._budget = budget
        self._clock = clock
        self._save_budget = save_budget
        self._by_person = by_person
        self._guard = guard or Guard()

    def send(self, check, method, url, headers=None, at_once=False, **options):
        """Sends one request and returns what ``check`` makes of it. What failed lately is left alone, see ``bmw.account.pauses``.

        Args:
            check: the cloud's own function that returns a good response, or what is in it, and raises what a bad one means.
            at_once (bool): it is asked in another way than before, so that it need not wait; a person's calls never do.
            options: as for ``bmw.net.http.Http.send``.
        """
        self._guard.check()
        pauses, call = self._budget.pauses, _name(method, url, headers)
        if self._by_person:
            pauses.lift(RENEWAL)
        elif not at_once:
            pauses.check(call, self._clock.now())
        token = self._access_token()
        # what was refused with a new token before is not asked twice each time; without a new one it says nothing of the call
        renews = self._by_person or pauses.last_state(call) != TokenRejected.state or pauses.last_state(RENEWAL) is not None
        try:
            answer = self._send_renewing(renews, check, token, method, url, headers, options)
        except _NO_FAILURES:
            raise
        except CloudError as error:
            error.retry_at = pauses.failed(call, self._clock.now(), error)
            self._save_budget()
            raise
        if pauses.worked(call):
            self._save_budget()
        return answer

    def _access_token(self):
        try:
            return self._account.access_token()
        except CloudError:
            self._save_budget()  # that the token is left alone for a while
            raise

    def _send_renewing(self, renews, check, token, *request):
        try:
            return self._send(check, token, *request)
        except TokenRejected:
            if not renews:
                raise
            self._guard.check()
            self._account.refresh(rejected=token)
            return self._send(check, self._account.access_token(), *request)

    def has_room(self, calls):
        """True if so many calls (int) are left without the reserve, as far as we know."""
        return self._budget.has_room(self._clock.now(), calls)

    def _send(self, check, token, method, url, headers, options):
        self._budget.spend(self._clock.now(), self._by_person)
        self._save_budget()
        headers = dict(headers or {}, Authorization="Bearer " + token)
        try:
            # directly before sending, because the steps before may have taken long
            max_seconds = self._guard.leave()
            response = self._http.send(method, url, headers=headers, max_seconds=max_seconds, **options)
            answer = _checked(check, response)
        except QuotaExceeded as error:
            error.retry_at = self._budget.refused(self._clock.now(), error.retry_at)
            self._save_budget()
            raise
        self._budget.answered()
        return answer


def _checked(check, response):
    try:
        return check(response)
    except CloudError as error:
        error.retry_after = response.retry_after()
        raise


def _name(method, url, headers):
    """A short name for what is asked of which car, without what changes each time; it tells nobody which car."""
    about = "{} {} {}".format(method, url.partition("?")[0], (headers or {}).get("bmw-vin", ""))
    return "{:08x}".format(binascii.crc32(to_bytes(about)) & 0xFFFFFFFF)
