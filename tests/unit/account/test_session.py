"""bmw.account.session: the authorized requests of an account: its token, the count of calls, one renewal after a refusal."""

import pytest
from bmw.account.account import RENEWAL
from bmw.account.session import Session
from bmw.errors import NetworkError, QuotaExceeded, ServerError, SignInNeeded, Stopped, TokenRejected, TooLate
from bmw.net.guard import Guard
from bmw.net.http import TIMEOUT, Http
from bmw.polling.budget import Budget

from tests.unit.fakes import NOON, FakeWire, answer, no_network

API = "https://api.example.com"


class Tokens:
    """An account with numbered tokens."""

    def __init__(self):
        self.number = 1
        self.failure = None
        self.before_renewal = lambda: None

    def access_token(self):
        if self.failure:
            raise self.failure
        return "access-{}".format(self.number)

    def refresh(self, rejected):
        self.before_renewal()
        if rejected == self.access_token():
            self.number += 1


def check(response):
    if response.status == 401:
        raise TokenRejected("refused")
    if response.status == 429:
        raise QuotaExceeded("spent", retry_at=float(response.headers["retry-after"]) if "retry-after" in response.headers else None)
    if response.status >= 500:
        raise ServerError("down")
    return response


class Setup:
    def __init__(self, clock, *answers, **options):
        self.wire = FakeWire(*answers)
        self.account = Tokens()
        self.budget = Budget(options.pop("limit", 50))
        self.saved = []
        self.session = Session(Http(self.wire, [API]), self.account, self.budget, clock, {}, self._save, **options)

    def _save(self):
        self.saved.append((len(self.wire.requests), self.budget.spent(NOON)))

    def send(self, **options):
        return self.session.send(check, "GET", API + "/x", **options)

    def tokens_sent(self):
        return [request.headers["Authorization"] for request in self.wire.requests]


def test_the_token_goes_with_the_request(clock):
    setup = Setup(clock, answer({}))
    setup.send(headers={"x-version": "v1"})
    assert setup.wire.requests[0].headers == {"x-version": "v1", "Authorization": "Bearer access-1"}


def test_a_call_is_counted_and_stored_before_it_is_made(clock):
    setup = Setup(clock, answer({}))
    setup.send()
    assert setup.saved[0] == (0, 1)


def test_a_failed_call_counts_as_well(clock):
    setup = Setup(clock, no_network(), answer("", 500))
    for kind in (NetworkError, ServerError):
        with pytest.raises(kind):
            setup.send()
    assert setup.budget.spent(NOON) == 2


def test_a_rejected_token_is_renewed_and_the_call_made_once_more(clock):
    setup = Setup(clock, answer("", 401), answer({"ok": 1}))
    assert setup.send().json() == {"ok": 1}
    assert setup.tokens_sent() == ["Bearer access-1", "Bearer access-2"]
    assert setup.budget.spent(NOON) == 2


def test_a_call_is_not_made_a_third_time(clock):
    setup = Setup(clock, answer("", 401), answer("", 401))
    with pytest.raises(TokenRejected):
        setup.send()
    assert len(setup.wire.requests) == 2


def test_a_call_that_was_refused_with_a_new_token_is_made_once_the_next_time(clock):
    setup = Setup(clock, *[answer("", 401)] * 3)
    for _ in range(2):
        with pytest.raises(TokenRejected):
            setup.send()
    assert setup.tokens_sent() == ["Bearer access-1", "Bearer access-2", "Bearer access-2"]


def test_a_call_whose_token_bmw_did_not_renew_is_made_with_a_new_one_as_soon_as_it_does(clock):
    setup = Setup(clock, answer("", 401), answer("", 401), answer({}))

    def refuse():
        error = SignInNeeded("BMW does not accept the sign-in")
        setup.budget.pauses.failed(RENEWAL, NOON, error)
        raise error

    setup.account.before_renewal = refuse
    with pytest.raises(SignInNeeded):
        setup.send()
    setup.account.before_renewal = lambda: None
    setup.send()
    assert setup.tokens_sent() == ["Bearer access-1", "Bearer access-1", "Bearer access-2"]


def test_other_failures_are_not_repeated(clock):
    setup = Setup(clock, answer("", 503))
    with pytest.raises(ServerError):
        setup.send()
    assert len(setup.wire.requests) == 1


def test_without_a_token_no_call_is_made_or_counted(clock):
    setup = Setup(clock)
    setup.account.failure = SignInNeeded("no")
    with pytest.raises(SignInNeeded):
        setup.send()
    assert (setup.wire.requests, setup.budget.spent(NOON)) == ([], 0)


def test_with_an_empty_budget_no_call_is_made(clock):
    setup = Setup(clock, answer({}), limit=1)
    setup.send()
    with pytest.raises(QuotaExceeded):
        setup.send()
    assert len(setup.wire.requests) == 1


def test_a_person_may_use_the_reserve(clock):
    setup = Setup(clock, *[answer({})] * 10, limit=10, by_person=True)
    for _ in range(10):
        setup.send()
    with pytest.raises(QuotaExceeded):
        setup.send()


def test_the_reserve_is_left_to_persons(clock):
    setup = Setup(clock, *[answer({})] * 10, limit=10)
    with pytest.raises(QuotaExceeded):
        for _ in range(10):
            setup.send()
    assert 0 < len(setup.wire.requests) < 10


def test_bmws_refusal_stops_all_calls_and_says_until_when(clock):
    setup = Setup(clock, answer("", 429))
    with pytest.raises(QuotaExceeded) as error:
        setup.send()
    assert error.value.retry_at == NOON + 3600
    with pytest.raises(QuotaExceeded):
        setup.send()
    assert len(setup.wire.requests) == 1
    assert setup.saved[-1][0] == 1


def test_bmws_own_seconds_to_wait_are_kept(clock):
    setup = Setup(clock, answer("", 429, retry_after="90"))
    with pytest.raises(QuotaExceeded) as error:
        setup.send()
    assert error.value.retry_at == NOON + 90


def test_a_good_answer_ends_the_back_off(clock):
    setup = Setup(clock, answer("", 429), answer({}), answer("", 429))
    with pytest.raises(QuotaExceeded):
        setup.send()
    clock.advance(3600)
    setup.send()
    with pytest.raises(QuotaExceeded) as error:
        setup.send()
    assert error.value.retry_at == NOON + 7200


class Gate(Guard):
    """Records the questions in order; answers as the test plans."""

    def __init__(self, within=None):
        self.asked = []
        self.within = within
        self.checks = [None]
        self.leaves = [None]

    def check(self):
        self.asked.append("check")
        self._answer(self.checks)

    def leave(self):
        self.asked.append("leave")
        self._answer(self.leaves)
        return self.within

    @staticmethod
    def _answer(planned):
        error = planned.pop(0) if len(planned) > 1 else planned[0]
        if error is not None:
            raise error


def test_the_guard_is_asked_right_before_each_request_and_before_each_renewal(clock):
    gate = Gate()
    setup = Setup(clock, answer("", 401), answer({}), guard=gate)
    setup.send()
    assert gate.asked == ["check", "leave", "check", "leave"]


@pytest.mark.parametrize("error", [TooLate("late"), Stopped()])
def test_what_may_not_leave_is_not_sent(clock, error):
    gate = Gate()
    gate.leaves = [error]
    setup = Setup(clock, answer({}), guard=gate)
    with pytest.raises(type(error)):
        setup.send()
    assert setup.wire.requests == []


@pytest.mark.parametrize("error", [TooLate("late"), Stopped()])
def test_no_token_is_renewed_for_what_may_not_leave_any_more(clock, error):
    gate = Gate()
    gate.checks = [None, error]
    setup = Setup(clock, answer("", 401), answer({}), guard=gate)
    with pytest.raises(type(error)):
        setup.send()
    assert (len(setup.wire.requests), setup.account.number) == (1, 1)


def test_a_stopped_instance_does_not_even_get_a_token(clock):
    gate = Gate()
    gate.checks = [Stopped()]
    setup = Setup(clock, guard=gate)
    setup.account.failure = AssertionError("was asked for a token")
    with pytest.raises(Stopped):
        setup.send()


def test_the_second_try_after_a_renewal_is_guarded_as_the_first(clock):
    gate = Gate()
    gate.leaves = [None, TooLate("late")]
    setup = Setup(clock, answer("", 401), answer({}), guard=gate)
    with pytest.raises(TooLate):
        setup.send()
    assert len(setup.wire.requests) == 1


@pytest.mark.parametrize("within, timeout", [(7, 7), (300, TIMEOUT), (None, TIMEOUT)])
def test_an_exchange_takes_no_longer_than_the_guard_says(clock, within, timeout):
    setup = Setup(clock, answer({}), guard=Gate(within))
    setup.send()
    assert setup.wire.requests[0].timeout == timeout
