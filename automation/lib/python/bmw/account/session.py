"""Requests to a cloud in the name of an account: adds the token, counts the call before it is made, renews a rejected token once."""

from __future__ import absolute_import, unicode_literals

from bmw.errors import QuotaExceeded, TokenRejected
from bmw.net.guard import Guard


class Session(object):
    """What a cloud module asks with.

    Attributes:
        memory (dict): JSON-able; what the cloud wants to remember between calls and restarts.

    Args:
        http (bmw.net.http.Http), account (bmw.account.account.Account), budget (bmw.polling.budget.Budget), clock: what it uses.
        save_budget: called after each counted call, before the call is made.
        by_person (bool): the calls may use the reserve.
        guard (bmw.net.guard.Guard or None): is asked before anything is sent.
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
            check: the cloud's own function that returns a good response and raises what a bad one means.
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
        """True if that many (int) calls can be made without the reserve, so far as we know."""
        return self._budget.has_room(self._clock.now(), calls)

    def _send(self, check, token, method, url, headers, options):
        self._budget.spend(self._clock.now(), self._by_person)
        self._save_budget()
        headers = dict(headers or {}, Authorization="Bearer " + token)
        try:
            # the last before it leaves: all that was done before may have taken long
            max_seconds = self._guard.leave()
            response = check(self._http.send(method, url, headers=headers, max_seconds=max_seconds, **options))
        except QuotaExceeded as error:
            error.retry_at = self._budget.refused(self._clock.now(), error.retry_at)
            self._save_budget()
            raise
        self._budget.answered()
        return response
