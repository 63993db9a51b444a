"""bmw.account: the life of the tokens. A refresh token is used once; a new set is durable before it is used."""

import json
import threading

import pytest

from bmw import files
from bmw.account import MARGIN, Account
from bmw.errors import NetworkError, ServerError, SignInNeeded
from bmw.store import Store
from bmw.tokens import Tokens
from tests.unit.fakes import NOON

RECORD = "account.token"


def new_tokens(number, now=NOON, life=3600):
    return Tokens(access_token="access-{}".format(number), refresh_token="refresh-{}".format(number), id_token="identity-{}".format(number),
                  gcid="gcid", scope="openid", expires_at=now + life, obtained_at=now)  # fmt: skip


class RotatingCloud:
    """A cloud whose refresh token works once, as BMW's does."""

    name = "cardata"
    title = "BMW CarData"

    def __init__(self, clock):
        self._clock = clock
        self.number = 1
        self.refreshes = []
        self.failure = None

    def refresh(self, tokens):
        self.refreshes.append(tokens.refresh_token)
        if self.failure:
            raise self.failure
        if tokens.refresh_token != "refresh-{}".format(self.number):
            raise SignInNeeded("BMW no longer accepts the stored sign-in", "sign in again")
        self.number += 1
        return new_tokens(self.number, self._clock.now())


@pytest.fixture
def cloud(clock):
    return RotatingCloud(clock)


@pytest.fixture
def account(cloud, store, clock):
    account = Account(cloud, store, RECORD, clock)
    account.signed_in(new_tokens(1))
    return account


def another(cloud, store, clock):
    """The same account after a restart."""
    account = Account(cloud, store, RECORD, clock)
    account.load()
    return account


# signing in


def test_without_a_sign_in_there_is_no_token(cloud, store, clock):
    account = Account(cloud, store, RECORD, clock)
    account.load()
    assert not account.is_signed_in and account.due_in() is None
    for ask in (account.access_token, account.refresh):
        with pytest.raises(SignInNeeded) as error:
            ask()
        assert "BMW CarData" in error.value.problem and "sign-in item" in error.value.advice


def test_a_sign_in_survives_a_restart(account, cloud, store, clock):
    assert another(cloud, store, clock).access_token() == "access-1"
    assert cloud.refreshes == []


def test_each_change_of_the_tokens_is_told(cloud, store, clock):
    told = []
    account = Account(cloud, store, RECORD, clock, on_tokens=lambda tokens: told.append(tokens.access_token))
    account.signed_in(new_tokens(1))
    account.refresh()
    assert told == ["access-1", "access-2"]


# the life of a token


def test_a_good_token_is_used_as_it_is(account, cloud, clock):
    clock.advance(3600 - MARGIN - 1)
    assert account.access_token() == "access-1"
    assert cloud.refreshes == []


def test_a_token_about_to_end_is_renewed_before_it_is_used(account, cloud, clock):
    clock.advance(3600 - MARGIN)
    assert account.access_token() == "access-2"
    assert cloud.refreshes == ["refresh-1"]


def test_the_token_is_kept_fresh_ten_minutes_before_its_end(account, cloud, clock):
    assert account.due_in() == 3000
    account.keep_fresh()
    assert cloud.refreshes == []
    clock.advance(3000)
    assert account.due_in() == 0
    account.keep_fresh()
    assert cloud.refreshes == ["refresh-1"] and account.due_in() == 3000


def test_each_refresh_uses_the_token_of_the_one_before(account, cloud):
    for _ in range(3):
        account.refresh()
    assert cloud.refreshes == ["refresh-1", "refresh-2", "refresh-3"]
    assert account.access_token() == "access-4"


def test_a_clock_that_was_set_back_does_not_cause_refreshes(account, cloud, clock):
    clock.advance(-30 * 86400)
    assert account.access_token() == "access-1"
    assert cloud.refreshes == []


# one refresh at a time


def test_a_rejected_token_is_renewed_once_however_many_were_told(account, cloud):
    account.refresh(rejected="access-1")
    account.refresh(rejected="access-1")
    assert cloud.refreshes == ["refresh-1"]


def test_two_threads_cause_one_refresh(account, cloud, clock):
    clock.advance(3600)
    go, seen = threading.Barrier(8), []

    def ask():
        go.wait(10)
        seen.append(account.access_token())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert seen == ["access-2"] * 8
    assert cloud.refreshes == ["refresh-1"]


def test_an_instance_takes_over_what_another_one_renewed(account, cloud, store, clock):
    second = another(cloud, store, clock)
    clock.advance(3600)
    assert account.access_token() == "access-2"
    assert second.access_token() == "access-2"
    assert cloud.refreshes == ["refresh-1"]


def test_what_another_one_renewed_long_ago_is_renewed_from_there(account, cloud, store, clock):
    second = another(cloud, store, clock)
    clock.advance(3600)
    account.refresh()
    clock.advance(3600)
    assert second.access_token() == "access-3"
    assert cloud.refreshes == ["refresh-1", "refresh-2"]


def test_a_token_that_another_one_renewed_and_that_is_rejected_too_is_renewed(account, cloud, store, clock):
    second = another(cloud, store, clock)
    clock.advance(60)
    account.refresh()
    second.refresh(rejected="access-1")
    assert second.access_token() == "access-2"
    second.refresh(rejected="access-2")
    assert second.access_token() == "access-3"


# durable before use


def test_a_renewed_token_is_on_disk_before_anyone_has_it(account, cloud, store):
    account._on_tokens = lambda tokens: on_disk.append(store.load(RECORD)["refresh_token"] == tokens.refresh_token)
    on_disk = []
    account.refresh()
    assert on_disk == [True]


def test_a_crash_after_the_refresh_loses_nothing(account, cloud, store, clock):
    account.refresh()
    assert another(cloud, store, clock).access_token() == "access-2"
    another(cloud, store, clock).refresh()
    assert cloud.refreshes == ["refresh-1", "refresh-2"]


def test_a_full_disk_is_told_and_the_new_token_used_and_stored_later(account, cloud, store, clock, monkeypatch, caplog):
    with monkeypatch.context() as patch:
        patch.setattr(files, "_replace", _disk_full)
        account.refresh()
        account.save_again()
    assert "is not stored" in caplog.text and "access-2" not in caplog.text
    assert account.store_error.advice
    assert account.access_token() == "access-2"
    account.save_again()
    assert account.store_error is None
    assert another(cloud, store, clock).access_token() == "access-2"


def test_what_is_stored_is_not_stored_again_and_again(account, monkeypatch):
    monkeypatch.setattr(Store, "save", lambda *_arguments: pytest.fail("nothing has changed"))
    account.save_again()


def _disk_full(*_arguments):
    raise OSError(28, "No space left on device")


# failures


@pytest.mark.parametrize("failure", [NetworkError("no line"), ServerError("BMW is down"), SignInNeeded("refused")])
def test_a_failed_refresh_forgets_nothing(account, cloud, store, clock, failure):
    cloud.failure = failure
    clock.advance(3600)
    with pytest.raises(type(failure)):
        account.access_token()
    cloud.failure = None
    assert account.access_token() == "access-2"


def test_a_failed_early_refresh_leaves_the_token_in_use(account, cloud, clock):
    cloud.failure = NetworkError("no line")
    clock.advance(3000)
    with pytest.raises(NetworkError):
        account.keep_fresh()
    assert account.access_token() == "access-1"


def test_an_unreadable_store_does_not_stop_a_refresh(account, store, monkeypatch):
    real = files.read
    monkeypatch.setattr(files, "read", lambda path: _unreadable() if path.endswith(RECORD) else real(path))
    account.refresh()
    assert account.access_token() == "access-2"


def test_tokens_that_could_not_be_stored_are_not_given_up_for_older_ones_whatever_the_clock_did(account, cloud, clock, monkeypatch):
    clock.advance(-7200)
    monkeypatch.setattr(files, "write", _unwritable)
    account.refresh()
    assert account.access_token() == "access-2"
    clock.advance(3300)
    account.refresh(rejected="access-2")
    assert account.access_token() == "access-3"


def _unwritable(*_arguments):
    raise files.StoreError("Cannot write")


def _unreadable():
    raise files.StoreError("Cannot read")


# the token in an item


def test_an_exported_token_is_adopted_when_there_is_none(account, cloud, store, clock, tmp_path):
    text = account.export()
    files.set_aside(store.path(RECORD))
    restored = another(cloud, store, clock)
    assert restored.adopt(text)
    assert restored.access_token() == "access-1"
    assert another(cloud, store, clock).access_token() == "access-1"


def test_an_exported_token_never_replaces_a_stored_one(account, cloud):
    old = account.export()
    account.refresh()
    assert not account.adopt(old)
    assert account.access_token() == "access-2"


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", "3", "null", "{}", json.dumps({"refresh_token": "x"}), json.dumps({"access_token": 5})]
)
def test_what_holds_no_token_is_not_adopted(cloud, store, clock, text):
    account = Account(cloud, store, RECORD, clock)
    assert not account.adopt(text)
    assert not account.is_signed_in
