"""Authorized requests to a cloud: adds the token, counts each call before it is sent, and refreshes a rejected token once."""

from __future__ import absolute_import, unicode_literals

from bmw.errors import QuotaExceeded, TokenRejected
from bmw.net.guard import Guard


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

    def send(self, check, method, url, headers=None, **options):
        """Sends one request and returns its checked Response.

        Args:
            check: the cloud's function that returns a good response and raises an error for a bad one.
            options: as for ``bmw.net.http.Http.send``.
        """
        self._guard.check()
        token = self._account.access_token()
        try:
            return self._send(check, token, method, url, headers, options)
        except TokenRejected:
            self._guard.check()
            self._account.refresh(rejected=token)
            return self._send(check, self._account.access_token(), method, url, headers, options)

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
            response = check(self._http.send(method, url, headers=headers, max_seconds=max_seconds, **options))
        except QuotaExceeded as error:
            error.retry_at = self._budget.refused(self._clock.now(), error.retry_at)
            self._save_budget()
            raise
        self._budget.answered()
        return response
