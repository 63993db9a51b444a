"""bmw.account.account: the tokens. A refresh token is used once; new tokens are stored before they are used."""

import errno
import json
import os
import threading

import pytest
from bmw.account.account import MARGIN, Account
from bmw.account.pauses import REFUSED_STEPS, TOKEN_STEPS
from bmw.clouds.tokens import Tokens
from bmw.errors import BadAnswer, NetworkError, Paused, ServerError, SignInFailed, SignInNeeded, StoreError
from bmw.storage import files
from bmw.storage.store import Store

from tests.unit.fakes import NOON, UNEXPECTED, raising

RECORD = "account.token"


def new_tokens(number, now=NOON, life=3600):
    return Tokens(access_token="access-{}".format(number), refresh_token="refresh-{}".format(number), id_token="identity-{}".format(number),
                  gcid="gcid", scope="openid", expires_at=now + life, obtained_at=now)  # fmt: skip


class RotatingCloud:
    """A cloud whose refresh tokens work only once, like BMW's."""

    name = "cardata"
    title = "BMW CarData"
    HOLDER = "client_id"

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


def test_a_refresh_token_that_came_without_access_token_is_stored_and_used_next(account, cloud, store, clock):
    failure = BadAnswer("BMW's answer has no access token")
    failure.tokens = new_tokens(2)
    failure.tokens.access_token = "access-1"
    cloud.failure, cloud.number = failure, 2
    with pytest.raises(BadAnswer):
        account.refresh(rejected="access-1")
    assert account.pauses.held("renewal", clock.now()) is not None
    cloud.failure = None
    clock.advance(TOKEN_STEPS[0] + 1)
    account.refresh(rejected="access-1")
    assert account.access_token() == "access-3" and cloud.refreshes == ["refresh-1", "refresh-2"]


def test_a_refresh_token_that_came_without_access_token_survives_a_restart(account, cloud, store, clock):
    failure = BadAnswer("BMW's answer has no access token")
    failure.tokens = new_tokens(2)
    cloud.failure, cloud.number = failure, 2
    with pytest.raises(BadAnswer):
        account.refresh()
    cloud.failure = None
    another(cloud, store, clock).refresh()
    assert cloud.refreshes == ["refresh-1", "refresh-2"]


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


def test_where_the_clock_says_nothing_each_new_token_counts_one_more(cloud, store, clock):
    clock.seconds = 0  # a board without a battery begins in 1970
    account = Account(cloud, store, RECORD, clock)
    serials = []
    for number in (1, 2, 3):
        account.signed_in(new_tokens(number, 0))
        serials.append(account.tokens.serial)
    assert serials == [1, 2, 3]


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


def test_a_rejected_token_that_another_one_stored_anew_is_renewed(account, cloud, store, clock):
    second = another(cloud, store, clock)
    account.signed_in(new_tokens(1))
    second.refresh(rejected="access-1")
    assert cloud.refreshes == ["refresh-1"] and second.access_token() == "access-2"


# stored before it is used


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
    clock.advance(3600)
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", _disk_full)
        account.refresh()
        account.save_again()
    assert "is not stored" in caplog.text and "access-2" not in caplog.text
    assert "would be lost at a restart" in account.store_error.problem and "No space left" in account.store_error.text()
    assert account.access_token() == "access-2"
    account.save_again()
    assert account.store_error is None
    assert another(cloud, store, clock).access_token() == "access-2"


@pytest.mark.parametrize("error", UNEXPECTED)
def test_what_bmw_gave_once_is_used_and_stored_later_whatever_storing_ends_in(account, cloud, store, clock, monkeypatch, error):
    with monkeypatch.context() as patch:
        patch.setattr(store, "save", raising(error))
        with pytest.raises(error):
            account.refresh()
    assert account.access_token() == "access-2"
    account.save_again()
    account.refresh()
    assert another(cloud, store, clock).access_token() == "access-3"


def test_a_disk_that_fails_when_a_file_is_closed_costs_no_token(account, cloud, store, clock, monkeypatch):
    real = os.close

    def fail(handle):
        real(handle)
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    with monkeypatch.context() as patch:
        patch.setattr(os, "close", fail)
        account.refresh()
    assert account.access_token() == "access-2" and os.strerror(errno.EDQUOT) in account.store_error.advice
    account.save_again()
    assert another(cloud, store, clock).access_token() == "access-2"


def test_what_is_stored_is_not_stored_again_and_again(account, monkeypatch):
    monkeypatch.setattr(Store, "save", lambda *_arguments: pytest.fail("nothing has changed"))
    account.save_again()


def test_what_was_loaded_or_never_there_is_not_stored_again(account, cloud, store, clock, monkeypatch):
    loaded, fresh = another(cloud, store, clock), Account(cloud, store, "other.token", clock)
    monkeypatch.setattr(Store, "save", lambda *_arguments: pytest.fail("nothing has changed"))
    loaded.save_again()
    fresh.save_again()
    another(cloud, store, clock).load(account.export())
    assert fresh.sign_in_needed().problem == "Not signed in to BMW CarData"


def test_nobody_waits_for_a_token_request_to_hear_that_all_is_stored(account):
    busy, over = threading.Event(), threading.Event()

    def request():
        with account._lock:
            busy.set()
            over.wait(300)

    asking = threading.Thread(target=request)
    asking.start()
    assert busy.wait(30)
    stopping = threading.Thread(target=account.save_again)
    stopping.start()
    stopping.join(30)
    try:
        assert not stopping.is_alive()
    finally:
        over.set()
        asking.join(30)


def test_tokens_that_could_not_be_stored_never_replace_those_that_another_instance_stored_since(account, cloud, store, clock, monkeypatch):
    clock.advance(3600)
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", _disk_full)
        account.refresh()
    started = Account(cloud, store, RECORD, clock)
    started.load(account.export())
    started.refresh()
    account.save_again()  # a poll of the stopped instance ends
    with monkeypatch.context() as patch:
        patch.setattr(Store, "save", lambda *_arguments: pytest.fail("what it took over is stored already"))
        account.save_again()
    assert another(cloud, store, clock).access_token() == "access-3"
    assert account.access_token() == "access-3" and account.store_error is None
    account.save_again()
    another(cloud, store, clock).refresh()
    assert cloud.refreshes == ["refresh-1", "refresh-2", "refresh-3"]


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
    clock.advance(900)
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
    for name in ("reserve", "save", "save_over"):
        monkeypatch.setattr(Store, name, _unwritable)
    account.refresh(rejected="access-1")
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


def test_an_item_restored_late_never_replaces_a_sign_in_that_another_program_stored_since(account, cloud, store, clock):
    text = account.export()
    files.set_aside(store.path(RECORD))
    running = another(cloud, store, clock)
    account.refresh()
    assert running.adopt(text)
    assert running.access_token() == "access-2"
    assert another(cloud, store, clock).access_token() == "access-2"


def test_an_exported_token_never_replaces_a_newer_one(account, cloud, store, clock):
    old = account.export()
    account.refresh()
    assert not account.adopt(old)
    assert account.access_token() == "access-2"
    restarted = Account(cloud, store, RECORD, clock)
    restarted.load(old)
    assert restarted.access_token() == "access-2"


def test_a_newer_token_in_the_item_takes_the_place_of_the_stored_one_before_anything_is_shown(account, cloud, store, clock):
    backup = files.read(store.path(RECORD))
    account.refresh()
    shown = account.export()
    files.write(store.path(RECORD), backup)
    told = []
    restarted = Account(cloud, store, RECORD, clock, on_tokens=lambda tokens: told.append(tokens.access_token))
    restarted.load(shown)
    assert told == ["access-2"] and restarted.access_token() == "access-2"
    assert another(cloud, store, clock).access_token() == "access-2"
    restarted.refresh()
    assert cloud.refreshes == ["refresh-1", "refresh-2"]


@pytest.mark.parametrize("years", [-56, 100])
def test_which_token_is_the_newer_is_known_whatever_was_done_to_the_clock(cloud, store, clock, years):
    """Two wrong clocks: one starts in 1970 (no battery) and is set later, the other one is far ahead."""
    jump = years * 365 * 86400
    account = Account(cloud, store, RECORD, clock)
    clock.advance(max(jump, 0))
    account.signed_in(new_tokens(1, clock.now()))
    old = account.export()
    clock.advance(-abs(jump))
    account.refresh(rejected="access-1")
    for offered in (None, old):
        restarted = Account(cloud, store, RECORD, clock)
        restarted.load(offered)
        assert restarted.tokens.access_token == "access-2"
    second = another(cloud, store, clock)
    account.refresh(rejected="access-2")
    second.refresh(rejected="access-2")
    assert second.access_token() == "access-3" and len(cloud.refreshes) == 2


DEEP = "[" * 100000


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", "3", "null", "{}", DEEP, json.dumps({"refresh_token": "x"}), json.dumps({"access_token": 5})]
    + [
        json.dumps(dict({"access_token": "x", "expires_at": 1e9, "obtained_at": 1e9}, **changes))
        for changes in (
            {"access_token": ""},
            {"expires_at": None},
            {"expires_at": "soon"},
            {"obtained_at": True},
            {"obtained_at": 1e300},
            {"obtained_at": float("nan")},
            {"serial": "1"},
            {"serial": -1},
            {"refresh_token": ["x"]},
        )
    ],
    ids=lambda text: text[:60],
)
def test_what_holds_no_token_is_not_adopted(cloud, store, clock, text):
    account = Account(cloud, store, RECORD, clock)
    assert not account.adopt(text)
    account.load(text)
    assert not account.is_signed_in


def test_a_stored_record_that_holds_no_token_is_none(cloud, store, clock):
    store.save(RECORD, {"access_token": 5})
    assert not another(cloud, store, clock).is_signed_in


# the holder of the tokens


def of(holder, cloud, store, clock):
    account = Account(cloud, store, RECORD, clock, holder=holder)
    account.load()
    return account


def test_tokens_of_another_client_or_user_are_not_used_and_it_is_said_why(cloud, store, clock):
    of("anna", cloud, store, clock).signed_in(new_tokens(1))
    other = of("bert", cloud, store, clock)
    assert not other.is_signed_in
    error = other.sign_in_needed()
    assert error.problem.startswith(cloud.HOLDER + " in bmw.cfg has changed") and "switch the sign-in item on" in error.advice
    assert of("anna", cloud, store, clock).access_token() == "access-1"
    other.signed_in(new_tokens(2))
    assert of("bert", cloud, store, clock).access_token() == "access-2"
    assert not of("anna", cloud, store, clock).is_signed_in


def test_an_account_that_names_no_holder_is_nobodys(account, cloud, store, clock):
    assert of("", cloud, store, clock).access_token() == "access-1"


def test_an_account_does_not_take_over_what_was_stored_for_another_holder_meanwhile(cloud, store, clock):
    anna = of("anna", cloud, store, clock)
    anna.signed_in(new_tokens(1))
    clock.advance(60)
    of("bert", cloud, store, clock).signed_in(new_tokens(9, clock.now()))
    anna.refresh()
    assert anna.access_token() == "access-2"


def test_tokens_of_version_1_0_whose_holder_was_not_written_are_used(cloud, store, clock):
    record = new_tokens(1).to_record()
    del record["serial"]
    store.save(RECORD, record)
    account = of("anna", cloud, store, clock)
    account.refresh()
    assert cloud.refreshes == ["refresh-1"] and not of("bert", cloud, store, clock).is_signed_in


# a refusal


def test_a_refused_password_is_not_shown_again_until_a_person_signs_in(account, cloud):
    cloud.failure = SignInFailed("wrong password", "mend it")
    for _try in range(3):
        with pytest.raises(SignInFailed):
            account.refresh()
    assert len(cloud.refreshes) == 1
    cloud.failure = None
    account.signed_in(new_tokens(1))
    account.refresh()
    assert account.access_token() == "access-2"


def fail_to_refresh(account, cloud, failure):
    cloud.failure = failure
    with pytest.raises(type(failure)) as error:
        account.refresh()
    cloud.failure = None
    return error.value


def test_a_failed_renewal_is_left_alone_and_says_until_when(account, cloud, clock):
    assert fail_to_refresh(account, cloud, ServerError("BMW is down")).retry_at == NOON + TOKEN_STEPS[0]
    clock.advance(TOKEN_STEPS[0] - 1)
    with pytest.raises(Paused) as paused:
        account.refresh()
    assert paused.value.retry_at == NOON + TOKEN_STEPS[0] and len(cloud.refreshes) == 1
    clock.advance(1)
    account.refresh()
    assert account.access_token() == "access-2"


def test_tokens_that_bmw_refuses_are_left_alone_for_longer(account, cloud):
    assert fail_to_refresh(account, cloud, SignInNeeded("refused")).retry_at == NOON + REFUSED_STEPS[0]


def test_a_renewal_is_due_when_the_token_ends_and_after_a_failure_not_before_it_may_be_asked(account, cloud, clock):
    assert Account(cloud, account._store, "other.token", clock).due_again_in() is None
    assert account.due_again_in() == account.due_in() == 3000
    clock.advance(2900)
    fail_to_refresh(account, cloud, ServerError("BMW is down"))
    assert (account.due_in(), account.due_again_in()) == (100, TOKEN_STEPS[0])
    clock.advance(200)
    assert (account.due_in(), account.due_again_in()) == (0, TOKEN_STEPS[0] - 200)


def test_a_renewal_that_works_again_lets_other_calls_through_and_one_that_always_worked_does_not(account, cloud, clock):
    account.pauses.failed("list of cars", clock.now(), ServerError("BMW is down"), TOKEN_STEPS)
    account.refresh()
    assert account.pauses.held("list of cars", clock.now()) is not None
    fail_to_refresh(account, cloud, ServerError("BMW is down"))
    clock.advance(TOKEN_STEPS[0] - 1)
    account.pauses.failed("list of cars", clock.now(), ServerError("BMW is down"), TOKEN_STEPS)
    clock.advance(1)
    account.refresh()
    assert account.pauses.held("list of cars", clock.now()) is None


def test_a_new_sign_in_forgets_what_failed_before(account, cloud, clock):
    fail_to_refresh(account, cloud, ServerError("BMW is down"))
    account.signed_in(new_tokens(1))
    account.refresh()
    assert account.access_token() == "access-2"


def test_a_sign_in_that_cannot_be_opened_is_told_as_that(account, cloud, store, clock):
    assert "Not signed in to BMW CarData" == account.sign_in_needed().problem
    files.write(store.path(RECORD), b"damaged")
    error = another(cloud, store, clock).sign_in_needed()
    assert "cannot be opened" in error.problem and "BMW CarData" in error.problem and "sign-in item" in error.advice


# room on the disk


@pytest.fixture
def no_room(monkeypatch):
    """A full disk: no new file fits, but an existing file can be overwritten."""
    real = os.open

    def opened(path, flags, *mode):
        return _disk_full() if flags & os.O_CREAT else real(path, flags, *mode)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", opened)
        yield patch


def test_without_room_a_good_token_is_not_renewed_and_it_is_told(account, cloud, clock, no_room, caplog):
    clock.advance(3000)
    account.keep_fresh()
    assert cloud.refreshes == [] and account.access_token() == "access-1"
    assert "not refreshed yet" in account.store_error.problem and "No space left" in account.store_error.advice
    assert caplog.text.count("not refreshed yet") == 1
    account.keep_fresh()
    assert caplog.text.count("not refreshed yet") == 1, "told once, not at every tick"
    no_room.undo()
    account.keep_fresh()
    assert cloud.refreshes == ["refresh-1"] and account.store_error is None


def test_after_a_restart_the_missing_room_is_told_as_well(account, cloud, store, clock, no_room, caplog):
    restarted = another(cloud, store, clock)
    assert restarted.is_signed_in and restarted.store_error is None
    clock.advance(3000)
    restarted.keep_fresh()
    assert caplog.text.count("not refreshed yet") == 1 and "not refreshed yet" in restarted.store_error.problem


@pytest.mark.parametrize("rejected", [None, "access-1"])
def test_at_its_end_a_token_is_renewed_without_room_and_written_over_the_dead_one(account, cloud, store, clock, no_room, rejected):
    clock.advance(0 if rejected else 3600)
    account.refresh(rejected)
    assert account.store_error is None
    assert another(cloud, store, clock).access_token() == "access-2"


def test_room_is_there_before_bmw_is_asked_and_given_back_when_it_fails(account, cloud, store, clock):
    seen, real = [], cloud.refresh
    cloud.refresh = lambda tokens: (seen.append(os.path.getsize(store.path(RECORD) + ".new")), real(tokens))[1]
    account.refresh()
    cloud.failure = NetworkError("no line")
    with pytest.raises(NetworkError):
        account.refresh()
    assert min(seen) > 10000 and not os.path.exists(store.path(RECORD) + ".new")


def test_a_disk_that_got_full_meanwhile_takes_the_new_token_all_the_same(account, cloud, store, clock, monkeypatch):
    real = cloud.refresh

    def refresh(tokens):
        monkeypatch.setattr(os, "open", _disk_full)
        return real(tokens)

    cloud.refresh = refresh
    monkeypatch.setattr(files, "sync_folder", lambda folder: None)
    account.refresh()
    monkeypatch.undo()
    assert account.store_error is None
    assert another(cloud, store, clock).access_token() == "access-2"


# a stop


class Waiting:
    """Runs ``work`` on a thread; the test waits for its end."""

    def __init__(self, work):
        self.failure = None
        self.done = threading.Event()
        self._work = work
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        try:
            self._work()
        except Exception as error:
            self.failure = error
        self.done.set()


def test_a_stop_waits_for_a_renewal_that_was_sent_on_whatever_thread_and_it_is_stored(account, cloud, store, clock):
    sent, answered, real = threading.Event(), threading.Event(), cloud.refresh
    cloud.refresh = lambda tokens: (sent.set(), answered.wait(30), real(tokens))[2]
    renewal = Waiting(account.refresh)
    assert sent.wait(30)
    stop = Waiting(lambda: account.stop(30))
    assert not stop.done.wait(0.1)
    answered.set()
    assert stop.done.wait(30) and store.load(RECORD)["access_token"] == "access-2"
    assert renewal.done.wait(30) and renewal.failure is None


def test_a_stop_waits_for_the_last_of_several(account):
    with account.expecting():
        with account.expecting():
            pass
        stop = Waiting(lambda: account.stop(30))
        assert not stop.done.wait(0.1)
    assert stop.done.wait(30)


def test_a_stop_does_not_wait_for_ever(account, cloud):
    sent, answered = threading.Event(), threading.Event()
    cloud.refresh = lambda tokens: (sent.set(), answered.wait(30), new_tokens(2))[2]
    renewal = Waiting(account.refresh)
    assert sent.wait(30)
    account.stop(0.01)
    assert not renewal.done.is_set()
    answered.set()
    assert renewal.done.wait(30)


def test_after_a_stop_nothing_is_renewed_and_the_token_stays_in_use(account, cloud, clock):
    account.stop(0)
    with pytest.raises(NetworkError) as error:
        account.refresh()
    assert "stopped" in error.value.problem and error.value.advice == "it is sent after the start"
    assert cloud.refreshes == [] and account.access_token() == "access-1"


def test_a_failed_renewal_does_not_hold_a_stop_up(account, cloud):
    cloud.failure = NetworkError("no line")
    with pytest.raises(NetworkError):
        account.refresh()
    stop = Waiting(lambda: account.stop(600))
    assert stop.done.wait(30)


def test_the_stored_record_says_the_same_as_the_items_text(account, store):
    assert json.loads(account.export()) == {key: value for key, value in store.load(RECORD).items() if key != "holder"}


def test_the_same_tokens_always_give_the_same_text_for_the_item(account):
    keys = list(json.loads(account.export()))
    assert keys == sorted(keys)


def test_an_unreadable_store_changes_nothing(account, cloud, store, clock, monkeypatch):
    told = []
    restarted = Account(cloud, store, RECORD, clock, on_tokens=told.append)
    monkeypatch.setattr(files, "read", lambda path: _unreadable())
    with pytest.raises(StoreError):
        restarted.load(account.export())
    assert told == [] and not restarted.is_signed_in


def test_a_token_is_stored_though_another_program_makes_room_for_its_own_at_the_same_moment(account, cloud, store, clock, seal, tmp_path):
    """Two openHABs on one userdata share no lock. The token ends for both at the same second, so both renew it then."""
    renew, rooms = cloud.refresh, []
    cloud.refresh = lambda tokens: (rooms.append(Store(str(tmp_path), seal).reserve(RECORD)), renew(tokens))[1]
    clock.advance(3600)
    account.refresh()
    cloud.refresh = renew
    assert another(cloud, Store(str(tmp_path), seal), clock).access_token() == "access-2"
    rooms[0].give_up()
    assert another(cloud, Store(str(tmp_path), seal), clock).access_token() == "access-2"
    assert account.store_error is None
