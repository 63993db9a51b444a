"""bmw.storage.key_file: keys are random and private, and replacing a key loses nothing."""

import os
import threading
import stat

import pytest
from bmw.errors import StoreError
from bmw.storage import cipher, files, key_file
from bmw.storage.key_file import CHECK_EVERY, KEY_BYTES, LIFE, is_due, load, read, rotate, watch
from bmw.storage.store import KEY_FILE, open_store
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import NOON, FakeClock, HandWorker

TOKEN, OTHER = "account.cardata.token", "account.mybmw.token"


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / KEY_FILE)


# the file


def test_a_key_is_made_once_at_random_and_kept_private(path, tmp_path):
    keys = load(path)
    assert [len(key) for key in keys] == [KEY_BYTES]
    assert load(path) == read(path) == keys
    assert load(str(tmp_path / "other.key")) != keys
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_looking_for_keys_makes_none(path):
    assert read(path) == []
    assert not os.path.exists(path)


@pytest.mark.parametrize("content", [b"", b"short", b"\xff\xfe", b"QUJD", b"A" * 43, b"QUFB" * 11, b"Q" * 43 + b"=\nshort\n"])
def test_a_damaged_key_file_is_never_used_nor_replaced(path, content):
    files.write(path, content)
    for use in (load, read, lambda path: rotate(path, lambda key: True)):
        with pytest.raises(StoreError) as error:
            use(path)
        assert "sign in again" in error.value.advice
    assert files.read(path) == content


@given(st.binary(max_size=200))
def test_any_content_is_keys_or_a_store_error(path, content):
    files.write(path, content)
    try:
        assert all(len(key) == KEY_BYTES for key in load(path))
    except StoreError:
        pass


def _told(path, age):
    """Watches a key of this age. Returns (worker, times at which a new key was announced as due)."""
    load(path)
    os.utime(path, (NOON - age, NOON - age))
    told, clock = [], FakeClock(NOON)
    worker = HandWorker(clock)
    watch(path, clock, worker, lambda: told.append(clock.now()))
    return worker, told


def test_what_runs_for_months_is_told_within_a_day_that_its_key_is_due_and_once(path):
    worker, told = _told(path, age=0)
    for _day in range(120):
        worker.pass_time(86400)
    assert len(told) == 1 and NOON + LIFE < told[0] <= NOON + LIFE + CHECK_EVERY


def test_a_key_that_is_due_at_the_start_and_could_not_be_made_is_left_for_a_day(path):
    worker, told = _told(path, age=2 * LIFE)
    worker.pass_time(CHECK_EVERY - 1)
    assert told == []
    worker.pass_time(1)
    assert told == [NOON + CHECK_EVERY]


def test_a_new_key_goes_before_the_last_one_and_those_in_use(path):
    first = load(path)[0]
    rotate(path, lambda key: False)
    second = read(path)[0]
    rotate(path, lambda key: key == first)
    third = read(path)[0]
    assert read(path) == [third, second, first]
    rotate(path, lambda key: False)
    assert read(path)[1:] == [third]
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_a_key_is_due_after_its_life_and_no_key_never_is(path):
    assert not is_due(path, NOON)
    load(path)
    os.utime(path, (NOON, NOON))
    assert not is_due(path, NOON + LIFE)
    assert is_due(path, NOON + LIFE + 1)


def test_a_clock_that_was_set_back_makes_no_key(path):
    load(path)
    os.utime(path, (NOON, NOON))
    assert not is_due(path, 0)


# the store


class Home:
    """A folder with a store; each restart opens it as a new process does."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.key_file = os.path.join(self.folder, KEY_FILE)
        self.now = NOON
        self.restart()

    def restart(self, days=0):
        """Opens the store again, ``days`` later."""
        self.now += days * 86400
        before = self.keys()
        self.seal, self.store = open_store(self.folder, cipher, self.now)
        if self.keys() != before:
            os.utime(self.key_file, (self.now, self.now))
        return self

    def keys(self):
        return read(self.key_file)


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "bmw")


def test_a_new_key_is_made_when_the_newest_is_ninety_days_old(home):
    before = home.keys()
    assert home.restart(days=89).keys() == before
    assert home.restart(days=2).keys()[1:] == before
    assert len(home.restart(days=1).keys()) == 2


def test_what_was_stored_and_shown_before_is_opened_with_the_new_key_beside(home):
    home.store.save(TOKEN, {"n": 1})
    shown = home.seal.close("the token", "item")
    home.restart(days=91)
    assert home.store.load(TOKEN) == {"n": 1}
    assert home.seal.open(shown, "item") == "the token"


def test_what_is_stored_afterwards_is_not_opened_by_the_old_key(home, tmp_path):
    old = home.keys()
    home.restart(days=91).store.save(TOKEN, {"n": 1})
    key_file._write(home.key_file, old)
    assert Home(home.folder).store.load(TOKEN) is None


def test_a_record_that_is_never_saved_again_keeps_its_key_for_years(home):
    home.store.save(OTHER, {"n": 1})
    first = home.keys()[0]
    for _ in range(12):
        home.restart(days=91).store.save(TOKEN, {"n": 2})
    assert home.keys()[-1] == first and len(home.keys()) == 3
    assert home.store.load(OTHER) == {"n": 1}


def test_keys_that_nothing_needs_any_more_go(home):
    for _ in range(12):
        home.restart(days=91).store.save(TOKEN, {"n": 1})
    assert len(home.keys()) == 2


def test_a_folder_beside_the_records_does_not_keep_the_old_keys(home):
    os.mkdir(os.path.join(home.folder, "lost+found"))
    test_keys_that_nothing_needs_any_more_go(home)


def test_the_opened_store_holds_the_locks_that_were_handed_in(home):
    asked, lock = [], threading.RLock()

    def lock_of(path):
        asked.append(path)
        return lock

    store = open_store(home.folder, cipher, home.now, lock_of)[1]
    store.save(TOKEN, {"n": 1})
    assert asked == [store.path(TOKEN)]


def test_an_instance_that_still_runs_reads_what_the_new_one_stored_and_the_other_way_round(home):
    running = home.store
    home.restart(days=91).store.save(TOKEN, {"n": 1})
    assert running.load(TOKEN) == {"n": 1}
    running.save(OTHER, {"n": 2})
    assert home.store.load(OTHER) == {"n": 2}


class Killed(BaseException):
    """The process ended here."""


@pytest.mark.parametrize("step", ["open", "write", "fsync", "_replace", "sync_folder"])
def test_a_process_killed_at_any_step_of_a_rotation_loses_nothing(home, monkeypatch, step):
    home.store.save(TOKEN, {"n": 1})
    shown = home.seal.close("the token", "item")

    def kill(*_arguments):
        raise Killed()

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(files if hasattr(files, step) and step != "write" else os, step, kill)
        home.restart(days=91)
    for _ in range(2):
        home.restart(days=1)
        assert home.store.load(TOKEN) == {"n": 1}
        assert home.seal.open(shown, "item") == "the token"
    assert len(home.keys()) == 2


def test_a_key_that_is_made_while_another_instance_seals_costs_nothing(home):
    running, shown = home.store, home.seal
    home.restart(days=91)
    running.save(TOKEN, {"n": 1})
    text = shown.close("the token", "item")
    home.restart()
    assert home.store.load(TOKEN) == {"n": 1} and home.seal.open(text, "item") == "the token"


def test_a_disk_whose_clock_is_behind_gets_one_new_key_for_all_accounts(home, monkeypatch):
    real, names = files._replace, ["{}.cardata.token".format(name) for name in "abcd"]

    def stamped_by_another_machine(path, other):
        real(path, other)
        os.utime(other, (home.now - 2 * LIFE, home.now - 2 * LIFE))

    monkeypatch.setattr(files, "_replace", stamped_by_another_machine)
    home.now += LIFE + 1
    before = home.keys()
    for name, store in [(name, open_store(home.folder, cipher, home.now)[1]) for name in names]:
        store.save(name, {"name": name})
    assert home.keys()[1:] == before
    after = open_store(home.folder, cipher, home.now)[1]
    assert [after.load(name) for name in names] == [{"name": name} for name in names]


def test_a_full_disk_keeps_the_present_key_in_use(home, monkeypatch, caplog):
    home.store.save(TOKEN, {"n": 1})
    before = home.keys()

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, "_replace", full)
        home.restart(days=91)
    assert home.keys() == before and home.store.load(TOKEN) == {"n": 1}
    assert "Could not create a new sealing key" in caplog.text


def test_a_record_that_cannot_be_read_puts_a_new_key_off(home, monkeypatch):
    home.store.save(OTHER, {"n": 1})
    home.restart(days=91)
    before, real = home.keys(), files.read

    def unreadable(path):
        if path.endswith(OTHER):
            raise StoreError("Cannot read it")
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(files, "read", unreadable)
        home.restart(days=91)
    assert home.keys() == before and home.store.load(OTHER) == {"n": 1}


def test_a_lost_key_file_costs_the_records_and_nothing_more(home):
    home.store.save(TOKEN, {"n": 1})
    os.remove(home.key_file)
    home.restart()
    assert home.store.load(TOKEN) is None and home.store.was_set_aside(TOKEN)
    home.store.save(TOKEN, {"n": 2})
    assert home.restart().store.load(TOKEN) == {"n": 2}
