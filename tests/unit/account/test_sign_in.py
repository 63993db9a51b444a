"""bmw.account.sign_in: one sign-in at a time, with one clear end. The service's tests run it at the simulated BMW."""

import contextlib

import pytest
from bmw.account.sign_in import POLL, SignIn
from bmw.account.status import Status
from bmw.clouds.base import SignInPrompt
from bmw.errors import AccessDenied, NetworkError, SignInFailed
from bmw.polling.budget import Budget

from tests.unit.fakes import UNEXPECTED, parts_of, raising, settings

PROMPT = SignInPrompt("https://customer.bmwgroup.com/link", "ABCD1234", 5, 0, {})
TOKENS = object()
SHOWN = {"signIn": True, "signInLink": PROMPT.link, "signInCode": PROMPT.code}
NOTHING = {"signIn": False, "signInLink": None, "signInCode": None}


class FakeCloud:
    """Returns the planned answers one after the other; raises those that are exceptions."""

    title = "BMW"

    def __init__(self, begin, *polls):
        self.begin, self.polls = begin, list(polls)
        self.asked = []
        self.grant = None

    def _say(self, what, answer):
        self.asked.append((what, self.account.is_expecting))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def begin_sign_in(self, _answer):
        return self._say("begin", self.begin)

    def poll_sign_in(self, _prompt):
        return self._say("poll", self.polls.pop(0))

    def check_grant(self, tokens):
        assert tokens is TOKENS
        if self.grant:
            raise self.grant


class FakeAccount:
    """Keeps the tokens, and whether a stop would have waited for them at that moment."""

    def __init__(self):
        self.kept, self.is_expecting = [], False

    @contextlib.contextmanager
    def expecting(self):
        self.is_expecting = True
        try:
            yield
        finally:
            self.is_expecting = False

    def signed_in(self, tokens):
        self.kept.append((tokens, self.is_expecting))


class Loaded:
    """A loaded state that saves nothing."""

    is_loaded = True


@pytest.fixture
def sign_in_at(worker, outlet):
    def make(*answers):
        cloud, account = FakeCloud(*answers), FakeAccount()
        cloud.account = account
        status = Status(outlet, "", [])
        parts = parts_of(config=settings(), cloud=cloud, account=account, worker=worker, outlet=outlet, budget=Budget(None), status=status)
        sign_in = SignIn(parts, Loaded(), lambda: sign_in.done.append(True))
        sign_in.done = []
        sign_in.reset()
        return sign_in, cloud, account

    return make


def shown(outlet):
    return {key: outlet.shown[key] for key in NOTHING}


def test_link_and_code_are_shown_until_the_approval_and_no_longer(sign_in_at, worker, outlet):
    sign_in, cloud, account = sign_in_at(PROMPT, None, TOKENS)
    sign_in.begin()
    assert (shown(outlet), sign_in.is_under_way) == (SHOWN, True)
    worker.pass_time(PROMPT.interval)
    assert (shown(outlet), account.kept) == (SHOWN, [])
    worker.pass_time(PROMPT.interval)
    assert (shown(outlet), sign_in.is_under_way, sign_in.done) == (NOTHING, False, [True])
    worker.pass_time(600)
    assert [what for what, _ in cloud.asked] == ["begin", "poll", "poll"]


def test_a_stop_waits_for_the_tokens_from_the_question_until_they_are_kept(sign_in_at, worker):
    for answers in ((TOKENS,), (PROMPT, TOKENS)):
        sign_in, cloud, account = sign_in_at(*answers)
        sign_in.begin()
        worker.pass_time(PROMPT.interval)
        assert (account.kept, account.is_expecting) == ([(TOKENS, True)], False)
        assert [is_expecting for _, is_expecting in cloud.asked] == [True] * len(answers)


@pytest.mark.parametrize("answers", [(TOKENS,), (PROMPT, TOKENS)])
def test_tokens_that_do_not_grant_what_is_needed_are_not_kept(sign_in_at, worker, outlet, answers):
    sign_in, cloud, account = sign_in_at(*answers)
    cloud.grant = AccessDenied("The sign-in does not cover cardata:api:read", "subscribe it")
    sign_in.begin()
    worker.pass_time(PROMPT.interval)
    assert (account.kept, sign_in.done) == ([], [])
    assert (outlet.shown["accountState"], shown(outlet)) == ("ACCESS_DENIED", NOTHING)


def test_after_a_new_sign_in_the_first_one_is_polled_no_more(sign_in_at, worker):
    sign_in, cloud, account = sign_in_at(PROMPT, None)
    sign_in.begin()
    cloud.begin = NetworkError("BMW cannot be reached")
    sign_in.begin()
    worker.pass_time(600)
    assert (sign_in.is_under_way, [what for what, _ in cloud.asked]) == (False, ["begin", "begin"])
    assert POLL not in worker.waiting()


@pytest.mark.parametrize("answers", [(), (PROMPT,)])
def test_only_a_clear_refusal_waits_for_a_person(sign_in_at, worker, answers):
    """BMW locks an account after several wrong passwords. A network that is down is no refusal."""
    for error, was_refused in ((NetworkError("BMW cannot be reached"), False), (SignInFailed("The password is wrong"), True)):
        sign_in, cloud, account = sign_in_at(*answers + (error,))
        sign_in.begin()
        worker.pass_time(PROMPT.interval)
        assert sign_in.was_refused is was_refused
        cloud.begin = TOKENS
        sign_in.begin()
        assert (sign_in.was_refused, sign_in.done) == (False, [True])


def test_a_cancel_ends_a_waiting_sign_in_and_otherwise_does_nothing(sign_in_at, worker, outlet):
    sign_in, cloud, account = sign_in_at(PROMPT, TOKENS)
    sign_in.cancel()
    assert ("accountState" in outlet.shown, sign_in.was_refused) == (False, False)
    sign_in.begin()
    sign_in.cancel()
    worker.pass_time(600)
    assert (shown(outlet), account.kept, outlet.shown["accountState"]) == (NOTHING, [], "SIGN_IN_FAILED")


@pytest.mark.parametrize("error", UNEXPECTED)
def test_it_is_asked_again_after_an_unexpected_error(sign_in_at, worker, monkeypatch, error):
    sign_in, cloud, account = sign_in_at(PROMPT, None, TOKENS)
    sign_in.begin()
    with monkeypatch.context() as broken, pytest.raises(error):
        broken.setattr(cloud, "poll_sign_in", raising(error))
        worker.pass_time(PROMPT.interval)
    worker.pass_time(2 * PROMPT.interval)
    assert sign_in.done == [True] and POLL not in worker.waiting()


def test_the_cloud_may_ask_to_be_asked_less_often(sign_in_at, worker, monkeypatch):
    prompt = SignInPrompt(PROMPT.link, PROMPT.code, 5, 0, {})
    sign_in, cloud, account = sign_in_at(prompt, None, None, TOKENS)
    sign_in.begin()
    prompt.interval = 20
    worker.pass_time(5)
    assert worker.due_in(POLL) == 20


def test_a_reset_ends_the_asking(sign_in_at, worker):
    sign_in, cloud, account = sign_in_at(PROMPT, None)
    sign_in.begin()
    sign_in.reset()
    assert POLL not in worker.waiting()
