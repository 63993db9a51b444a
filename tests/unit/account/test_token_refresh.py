"""bmw.account.token_refresh: a token is refreshed in time. A failure is shown, and no longer shown when it is over."""

import pytest
from bmw.account.status import Status
from bmw.account.token_refresh import LOOK_AGAIN, RETRY, TokenRefresh
from bmw.errors import ServerError

from tests.unit.fakes import parts_of


class Cloud:
    title = "BMW CarData"


class Account:
    """Tokens that must be refreshed in ``due`` seconds; a refresh raises ``trouble``, if that is set."""

    def __init__(self):
        self.due, self.trouble, self.asked = 3000, None, 0

    def keep_fresh(self):
        self.asked += 1
        if self.trouble is not None:
            raise self.trouble

    def due_again_in(self):
        return self.due


class Saved:
    """Counts how often something is saved and shown."""

    budgets = errors = 0

    def save_budget(self):
        self.budgets += 1

    def show_errors(self):
        self.errors += 1


@pytest.fixture
def account():
    return Account()


@pytest.fixture
def status(outlet):
    return Status(outlet, "", [])


@pytest.fixture
def saved():
    return Saved()


@pytest.fixture
def refresh(account, status, saved, worker):
    return TokenRefresh(parts_of(account=account, cloud=Cloud(), worker=worker, status=status), saved)


def test_it_is_asked_at_the_start_and_again_when_it_is_due(refresh, account, worker, saved):
    refresh.start()
    assert (account.asked, worker.due_in("token")) == (1, 3001)
    worker.pass_time(3001)
    assert (account.asked, saved.errors) == (2, 2)


def test_without_tokens_nothing_is_asked_any_more(refresh, account, worker):
    account.due = None
    refresh.start()
    worker.pass_time(100 * RETRY)
    assert (account.asked, worker.waiting()) == (1, set())


def test_what_failed_is_told_stored_and_taken_back_when_it_works(refresh, account, worker, outlet, saved):
    account.due, account.trouble = 0, ServerError("BMW's sign-in server failed", "it is tried again")
    refresh.start()
    assert (outlet.shown["accountState"], saved.budgets, worker.due_in("token")) == (ServerError.state, 1, RETRY + 1)
    account.trouble = None
    worker.pass_time(RETRY + 1)
    assert (outlet.shown["accountState"], outlet.shown["account"]) == ("ONLINE", "Signed in to BMW CarData")


def test_during_a_sign_in_a_refresh_shows_neither_failure_nor_success(refresh, account, status, worker, outlet):
    status.is_taken = True
    account.due, account.trouble = 0, ServerError("BMW's sign-in server failed", "it is tried again")
    refresh.start()
    account.trouble = None
    worker.pass_time(RETRY + 1)
    assert (account.asked, outlet.shown.get("accountState")) == (2, None)


def test_a_token_that_looks_good_for_decades_is_looked_at_within_the_hour(refresh, account, worker):
    account.due = 56 * 366 * 86400
    refresh.start()
    worker.pass_time(LOOK_AGAIN + 2)
    assert account.asked == 2
