"""bmw.storage.store: records that survive a restart, sealed."""

import json
import logging
import os
import threading

import pytest
from bmw.errors import StoreError
from bmw.storage import cipher, files
from bmw.storage.seal import Seal
from bmw.storage.store import PAGE, RESERVED, SPARE, ClosedStore, Store
from hypothesis import given
from hypothesis import strategies as st

DEADLINE = 10
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


WAYS = ["save", "save_light"]


@pytest.mark.parametrize("way", WAYS)
@given(record=st.dictionaries(st.text(), VALUES, max_size=5))
def test_a_saved_record_is_loaded_as_it_was(store, way, record):
    getattr(store, way)("account.state", record)
    assert store.load("account.state") == record


@pytest.mark.parametrize("way", WAYS)
def test_a_large_record_is_loaded_as_it_was_and_a_light_one_takes_up_little(store, way):
    record = {"car \u00e4 {}".format(number): ["a word of BMW's that comes often", number, None] for number in range(500)}
    getattr(store, way)("account.readings", record)
    assert store.load("account.readings") == record
    size, text = os.path.getsize(store.path("account.readings")), len(json.dumps(record))
    assert size > text if way == "save" else size < text / 2


@pytest.mark.parametrize("more, is_packed", [(0, False), (1, True)])
def test_a_light_record_is_packed_if_it_is_longer_than_a_page(store, seal, more, is_packed):
    record = {"text": "a" * (PAGE + more - len(json.dumps([1, {"text": ""}])))}
    store.save_light("account.state", record)
    text = seal.open(files.read(store.path("account.state")).decode("ascii").strip(), "account.state")
    assert text.startswith("zlib:") is is_packed and store.load("account.state") == record


@pytest.mark.parametrize("text", ["zlib:", "zlib:AAAA", "zlib:a", "zlib:eJyrVspLLVeyUvJKLMvMSVSqBQBVMQdw", "zlib:\u00e4"])
def test_what_cannot_be_unpacked_is_set_aside(store, seal, text):
    files.write(store.path("account.readings"), seal.close(text, "account.readings").encode("ascii"))
    assert store.load("account.readings") is None and store.was_set_aside("account.readings")


def test_a_light_record_is_on_the_disk_before_it_takes_the_place_of_the_old_one_and_syncs_no_folder(store, monkeypatch):
    steps = []
    for module, name in ((os, "write"), (os, "fsync"), (files, "_replace"), (files, "sync_folder")):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *what, name=name, real=real: steps.append(name) or real(*what))
    store.save_light("account.readings", {"n": 1})
    assert steps == ["write", "fsync", "_replace"]
    del steps[:]
    store.save("account.token", {"n": 1})
    assert steps == ["write", "fsync", "_replace", "sync_folder", "fsync"], "what only a person can bring again"


def test_whether_there_is_a_record(store):
    assert not store.has("account.state")
    store.save("account.state", {"n": 1})
    assert store.has("account.state") and not store.has("account.readings")


def test_there_is_no_record_before_the_first(store):
    assert store.load("account.state") is None


def test_records_do_not_mix(store):
    store.save("a.token", {"n": 1})
    store.save("b.token", {"n": 2})
    assert (store.load("a.token"), store.load("b.token")) == ({"n": 1}, {"n": 2})


def test_nothing_of_a_record_can_be_read_in_its_file(store):
    store.save("account.token", {"refresh_token": "very-private"})
    data = files.read(store.path("account.token"))
    assert b"private" not in data and b"refresh" not in data


def test_a_record_under_another_records_name_is_set_aside(store):
    store.save("a.token", {"n": 1})
    os.rename(store.path("a.token"), store.path("b.token"))
    assert store.load("b.token") is None
    assert os.path.exists(store.path("b.token.damaged"))


@pytest.mark.parametrize("content", [b"", b"\n", b"bmw1:", b"{}", b"\xff\x00\xfe", b"bmw1:AAAA"])
def test_a_damaged_record_is_set_aside_with_a_warning_and_a_new_one_can_be_saved(store, content, caplog):
    files.write(store.path("account.token"), content)
    with caplog.at_level(logging.WARNING, "bmw"):
        assert store.load("account.token") is None
    assert "account.token.damaged" in caplog.text
    assert files.read(store.path("account.token.damaged")) == content
    store.save("account.token", {"n": 1})
    assert store.load("account.token") == {"n": 1}


@pytest.mark.parametrize("text", ["3", "null", "[1, 2]", "[1, null]", "[]", "[1, {}, {}]"])
def test_what_is_sealed_and_no_record_is_set_aside(store, seal, text):
    files.write(store.path("account.token"), seal.close(text, "account.token").encode("ascii"))
    assert store.load("account.token") is None and store.was_set_aside("account.token")


def test_a_restored_backup_of_another_installation_is_not_opened(store, tmp_path):
    Store(str(tmp_path), Seal(lambda: [b"j" * 32], cipher)).save("account.token", {"n": 1})
    assert store.load("account.token") is None


@pytest.mark.parametrize("function", ["open", "write", "fsync"])
def test_the_old_record_stays_when_a_new_one_cannot_be_written(store, monkeypatch, function):
    store.save("account.token", {"n": 1})
    with monkeypatch.context() as patch:
        patch.setattr(os, function, _disk_full)
        with pytest.raises(StoreError):
            store.save("account.token", {"n": 2})
    assert store.load("account.token") == {"n": 1}


def _disk_full(*_arguments):
    raise OSError(28, "No space left on device")


# files left by a kill


class Killed(BaseException):
    """The process ended here."""


def again(store, seal):
    """The store after a restart."""
    return Store(os.path.dirname(store.path("x")), seal)


def killed_at(step, save):
    """Saves; the process is killed at this step of it."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):

        def kill(*_arguments):
            raise Killed()

        patch.setattr(files if hasattr(files, step) and step != "write" else os, step, kill)
        save()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("step, there", [("open", 1), ("write", 1), ("_replace", 2)])
def test_a_kill_while_a_record_is_saved_leaves_the_old_or_the_new_one_whole(store, seal, way, step, there):
    many = ["a record that is packed"] * 300
    getattr(store, way)("account.readings", {"n": 1, "many": many})
    killed_at(step, lambda: getattr(store, way)("account.readings", {"n": 2, "many": many}))
    for _restart in range(2):
        assert again(store, seal).load("account.readings") == {"n": there, "many": many}
    assert not store.was_set_aside("account.readings")


@pytest.mark.parametrize("name", ["account.cardata.token", "account.state", "account.cardata.calls"])
@pytest.mark.parametrize("step, there", [("open", 1), ("write", 1), ("_replace", 2), ("sync_folder", 2)])
def test_a_record_that_was_whole_when_the_process_was_killed_is_taken_up(store, seal, name, step, there):
    store.save(name, {"n": 1})
    killed_at(step, lambda: store.save(name, {"n": 2}))
    for _restart in range(2):
        assert again(store, seal).load(name) == {"n": there}
    started = again(store, seal)
    started.load(name)
    started.save(name, {"n": 3})
    assert again(store, seal).load(name) == {"n": 3}


def test_the_very_first_record_is_taken_up_as_well(store, seal):
    killed_at("_replace", lambda: store.save("account.token", {"n": 1}))
    assert again(store, seal).load("account.token") == {"n": 1}
    assert os.listdir(os.path.dirname(store.path("x"))) == ["account.token"]


def _with_left_beside(store, seal, content):
    store.save("account.token", {"n": 1})
    files.write(store.path("account.token.new"), content)
    return again(store, seal).load("account.token")


def test_an_older_one_that_lies_beside_is_not_taken_up(store, seal):
    store.save("account.token", {"n": 0})
    assert _with_left_beside(store, seal, files.read(store.path("account.token"))) == {"n": 1}


def test_without_a_stamp_the_time_of_the_token_tells_the_newer(store, seal):
    """Version 1.0 wrote such files."""

    def of_version_1_0(path, obtained_at):
        text = seal.close(json.dumps({"access_token": "x", "obtained_at": obtained_at}), "account.token")
        files.write(store.path(path), text.encode("ascii"))

    of_version_1_0("account.token", 1000.0)
    for obtained_at, wanted in ((999.0, 1000.0), (1001.0, 1001.0)):
        of_version_1_0("account.token.new", obtained_at)
        assert again(store, seal).load("account.token")["obtained_at"] == wanted


def test_of_two_with_the_same_stamp_the_higher_serial_of_the_token_is_the_newer(store, seal):
    def put(path, serial, obtained_at):
        text = seal.close(json.dumps([5, {"serial": serial, "obtained_at": obtained_at}]), "account.token")
        files.write(store.path(path), text.encode("ascii"))

    put("account.token", 7, 2000.0)
    for serial, wanted in ((6, 7), (8, 8)):
        put("account.token.new", serial, 3000.0 - 250 * serial)
        assert again(store, seal).load("account.token")["serial"] == wanted


def test_a_record_that_is_saved_before_it_was_loaded_is_newer_than_the_one_in_its_file(store, seal):
    for number in range(3):
        store.save("account.token", {"n": number})
    started = again(store, seal)
    started.save("account.token", {"n": 3})
    text = seal.open(files.read(store.path("account.token")).decode("ascii").strip(), "account.token")
    assert json.loads(text) == [4, {"n": 3}]


@pytest.mark.parametrize("cut", [0, 5, 60, -1, None])
def test_a_cut_or_foreign_one_that_lies_beside_is_not_taken_up(store, seal, cut):
    store.save("other.token", {"n": 7})
    store.save("other.token", {"n": 8})
    store.save("account.token", {"n": 0})
    whole = files.read(store.path("other.token" if cut is None else "account.token")).strip()
    assert _with_left_beside(store, seal, whole[:cut]) == {"n": 1}


def test_what_lies_beside_later_is_left_to_whoever_writes_it(store, seal):
    store.save("account.token", {"n": 1})
    store.load("account.token")
    other = again(store, seal)
    killed_at("_replace", lambda: other.save("account.token", {"n": 2}))
    assert store.load("account.token") == {"n": 1} and os.path.exists(store.path("account.token.new"))


def test_a_record_that_cannot_be_moved_to_its_place_is_used_where_it_lies(store, seal, monkeypatch):
    store.save("account.token", {"n": 1})
    killed_at("_replace", lambda: store.save("account.token", {"n": 2}))
    with monkeypatch.context() as patch:
        patch.setattr(files, "_replace", _disk_full)
        started = again(store, seal)
        assert started.load("account.token") == {"n": 2}
    assert started.load("account.token") == {"n": 2} and not os.path.exists(store.path("account.token.new"))


# disk space


def test_a_record_is_saved_into_the_room_that_was_taken_for_it(store):
    room = store.reserve("account.token")
    assert os.path.getsize(store.path("account.token.new")) == RESERVED
    store.save("account.token", {"n": 1}, room)
    assert store.load("account.token") == {"n": 1} and os.path.getsize(store.path("account.token")) == PAGE


@given(st.integers(min_value=0, max_value=9000), st.integers(min_value=-300, max_value=300))
def test_a_record_of_about_the_same_size_fits_in_the_place_of_the_old_one(store, size, more):
    store.save("account.token", {"x": "a" * size})
    before = os.path.getsize(store.path("account.token"))
    record = {"x": "b" * max(0, size + more)}
    sealed = store._seal.close(json.dumps([1, record]), "account.token")
    assert before % PAGE == 0 and len(sealed) <= before
    store.save_over("account.token", record)
    assert store.load("account.token") == record


@pytest.mark.parametrize("size", range(2100, 2300, 10))
def test_a_records_file_always_has_bytes_to_spare(store, size):
    store.save("account.token", {"x": "a" * size})
    data = files.read(store.path("account.token"))
    assert len(data) - len(data.strip()) >= SPARE and len(data) % PAGE == 0


def test_nothing_is_written_over_a_record_that_is_not_there(store):
    with pytest.raises(StoreError):
        store.save_over("account.token", {"n": 1})


# a stopped instance that still writes, and a new one


class Told:
    """A lock that signals when somebody asks for it."""

    def __init__(self):
        self._lock, self.asked = threading.RLock(), threading.Semaphore(0)

    def __enter__(self):
        self.asked.release()
        self._lock.acquire()

    def __exit__(self, *_problem):
        self._lock.release()


@pytest.mark.parametrize("act", ["load", "save"])
def test_what_one_instance_is_writing_is_neither_taken_away_nor_taken_up_by_another(store, seal, monkeypatch, act):
    store.save("account.state", {"n": 1})
    lock = Told()
    old, new = (Store(os.path.dirname(store.path("x")), seal, lambda path: lock) for _instance in range(2))
    got = []
    acts = {"load": lambda: got.append(new.load("account.state")), "save": lambda: new.save("account.state", {"n": 3})}
    other = threading.Thread(target=acts[act], daemon=True)

    def move(path, place):
        """The new instance comes after the old one wrote its file and before it moved it."""
        monkeypatch.setattr(files, "_replace", os.replace)
        assert lock.asked.acquire(timeout=DEADLINE)
        other.start()
        assert lock.asked.acquire(timeout=DEADLINE), "the new one did not ask for the lock"
        os.replace(path, place)

    monkeypatch.setattr(files, "_replace", move)
    old.save("account.state", {"n": 2})
    other.join(DEADLINE)
    assert not other.is_alive()
    assert got == ([{"n": 2}] if act == "load" else [])
    assert again(store, seal).load("account.state") == {"n": 2 if act == "load" else 3}


def test_each_way_to_save_or_load_holds_the_lock_of_that_record(store, seal):
    locks = {}

    def lock_of(path):
        return locks.setdefault(path, Told())

    shared = Store(os.path.dirname(store.path("x")), seal, lock_of)
    for act in (shared.save, shared.save_light, shared.save_over):
        act("account.state", {"n": 1})
    shared.load("account.state")
    assert list(locks) == [shared.path("account.state")]
    assert [locks[shared.path("account.state")].asked.acquire(timeout=0) for _act in range(5)] == [True] * 4 + [False]


def test_whatever_is_asked_of_a_store_that_cannot_be_opened_says_why_and_touches_nothing(store, tmp_path):
    store.save("account.token", {"n": 1})
    files_there, why = dict((path, path.read_bytes()) for path in tmp_path.iterdir()), StoreError("The key file is damaged", "delete it")
    closed = ClosedStore(str(tmp_path), why)
    asked = (("load",), ("reserve",), ("save", {"n": 2}), ("save", {"n": 2}, None), ("save_light", {"n": 2}), ("save_over", {"n": 2}))
    for name, *more in asked:
        with pytest.raises(StoreError, match="The key file is damaged"):
            getattr(closed, name)("account.token", *more)
    assert closed.path("account.token") == store.path("account.token") and not closed.was_set_aside("account.token")
    assert not closed.has("account.token"), "it is not known"
    assert dict((path, path.read_bytes()) for path in tmp_path.iterdir()) == files_there
