"""bmw.storage.files: private files that survive a power cut."""

import contextlib
import errno
import os
import signal
import stat

import pytest
from bmw.errors import StoreError
from bmw.storage import files
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import UNEXPECTED, raising

os_open = os.open


def mode(path):
    return stat.S_IMODE(os.stat(str(path)).st_mode)


def test_a_missing_file_reads_as_none(tmp_path):
    assert files.read(str(tmp_path / "none")) is None


@given(st.binary())
def test_what_was_written_is_read(tmp_path, data):
    files.write(str(tmp_path / "file"), data)
    assert files.read(str(tmp_path / "file")) == data


@given(st.binary(), st.binary())
def test_what_was_added_follows_what_was_there(tmp_path, first, second):
    path = tmp_path / "added"
    path.unlink(missing_ok=True)
    files.append(str(path), first)
    files.append(str(path), second)
    assert (path.read_bytes(), mode(path)) == (first + second, 0o600)


def test_an_addition_is_on_disk_before_it_returns_and_a_new_name_too(tmp_path, monkeypatch):
    synced, real = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(stat.S_ISDIR(os.fstat(handle).st_mode)), real(handle)))
    files.append(str(tmp_path / "file"), b"x")
    assert synced == [False, True]
    files.append(str(tmp_path / "file"), b"x")
    assert synced == [False, True, False]


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: path.symlink_to("elsewhere"), lambda path: os.mkfifo(str(path))])
def test_nothing_is_added_to_what_is_no_file_of_ours(tmp_path, make):
    make(tmp_path / "file")
    with pytest.raises(StoreError):
        files.append(str(tmp_path / "file"), b"x")
    assert not (tmp_path / "elsewhere").exists()


def test_a_written_file_is_for_its_owner_only(tmp_path):
    old_mask = os.umask(0)
    try:
        files.write(str(tmp_path / "file"), b"x")
    finally:
        os.umask(old_mask)
    assert mode(tmp_path / "file") == 0o600


def test_a_file_is_private_before_its_first_byte(tmp_path, monkeypatch):
    seen, real = [], os.write
    monkeypatch.setattr(os, "write", lambda handle, data: (seen.append(stat.S_IMODE(os.fstat(handle).st_mode)), real(handle, data))[1])
    old_mask = os.umask(0)
    try:
        files.write(str(tmp_path / "file"), b"x")
        files.NewFile(str(tmp_path / "other"), 100).write(b"y")
    finally:
        os.umask(old_mask)
    assert seen == [0o600] * 3


def test_a_file_that_others_could_read_is_private_after_the_next_write(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o644)
    files.write(str(path), b"new")
    assert (mode(path), path.read_bytes()) == (0o600, b"new")


@pytest.fixture
def given_away(monkeypatch):
    """What root would give to whom: (number of the file or folder, owner, group)."""
    given = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "fchown", lambda handle, *owner: given.append((os.fstat(handle).st_ino,) + owner))
    monkeypatch.setattr(os, "chown", lambda path, *owner: given.append((os.stat(path).st_ino,) + owner))
    return given


def test_what_root_makes_belongs_to_the_folders_owner(tmp_path, given_away):
    """The command line with sudo, beside an openHAB that runs as another user and must read the files."""
    owner = (os.stat(str(tmp_path)).st_uid, os.stat(str(tmp_path)).st_gid)
    folder = tmp_path / "bmw"
    files.make_private_folder(str(folder))
    assert given_away.pop() == (folder.stat().st_ino,) + owner
    files.make_private_folder(str(folder))
    assert given_away == []
    files.write(str(folder / "token"), b"a")
    assert given_away.pop() == ((folder / "token").stat().st_ino,) + owner
    files.append(str(folder / "log"), b"a")
    assert given_away.pop() == ((folder / "log").stat().st_ino,) + owner
    files.append(str(folder / "log"), b"b")
    assert given_away == []


def test_a_disk_without_owners_takes_what_root_writes(tmp_path, given_away, monkeypatch):
    monkeypatch.setattr(os, "fchown", raising(PermissionError))
    files.write(str(tmp_path / "token"), b"a")
    assert files.read(str(tmp_path / "token")) == b"a"


def test_nothing_is_left_beside_a_written_file(tmp_path):
    files.write(str(tmp_path / "file"), b"x")
    assert os.listdir(str(tmp_path)) == ["file"]


def test_a_rest_of_an_interrupted_write_does_no_harm(tmp_path):
    (tmp_path / "file.new").write_bytes(b"a much longer rest of an earlier try")
    files.write(str(tmp_path / "file"), b"x")
    assert (tmp_path / "file").read_bytes() == b"x"


@pytest.mark.parametrize("function", ["fsync", "open", "close"])
def test_the_old_content_is_untouched_when_a_write_fails(tmp_path, monkeypatch, function):
    path = str(tmp_path / "file")
    files.write(path, b"old")

    def fail(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, function, fail)
    with pytest.raises(StoreError) as error:
        files.write(path, b"new")
    monkeypatch.undo()
    assert files.read(path) == b"old"
    assert "No space left" in error.value.advice


def test_the_content_is_on_disk_before_the_name_is(tmp_path, monkeypatch):
    order = []
    real_sync, real_replace = os.fsync, files._replace
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append("sync"), real_sync(handle)))
    monkeypatch.setattr(files, "_replace", lambda old, new: (order.append("rename"), real_replace(old, new)))
    files.write(str(tmp_path / "file"), b"x")
    assert order == ["sync", "rename", "sync"]


def test_a_folder_in_the_way_is_a_store_error(tmp_path):
    (tmp_path / "file").mkdir()
    with pytest.raises(StoreError):
        files.read(str(tmp_path / "file"))
    with pytest.raises(StoreError):
        files.write(str(tmp_path / "file"), b"x")


def test_a_missing_folder_is_a_store_error(tmp_path):
    with pytest.raises(StoreError):
        files.write(str(tmp_path / "none" / "file"), b"x")


def test_a_private_folder_is_made_with_its_parents(tmp_path):
    files.make_private_folder(str(tmp_path / "a" / "b"))
    assert mode(tmp_path / "a" / "b") == 0o700


def test_a_folder_that_is_there_becomes_private(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a").chmod(0o755)
    files.make_private_folder(str(tmp_path / "a"))
    assert mode(tmp_path / "a") == 0o700


def test_a_file_where_the_folder_should_be_is_a_store_error(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(StoreError):
        files.make_private_folder(str(tmp_path / "a" / "b"))


def test_a_file_set_aside_keeps_its_content_under_another_name(tmp_path):
    files.write(str(tmp_path / "file"), b"strange")
    files.set_aside(str(tmp_path / "file"))
    assert files.read(str(tmp_path / "file")) is None
    assert files.read(str(tmp_path / "file.damaged")) == b"strange"


def test_setting_aside_what_is_not_there_is_a_store_error(tmp_path):
    with pytest.raises(StoreError):
        files.set_aside(str(tmp_path / "none"))


# temporary files beside a file


@pytest.mark.parametrize("planted", ["link", "hard link", "open to all"])
def test_what_somebody_else_put_beside_is_neither_followed_nor_used(tmp_path, planted):
    other, beside = tmp_path / "other", tmp_path / "file.new"
    other.write_bytes(b"somebody's")
    if planted == "link":
        beside.symlink_to(other)
    elif planted == "hard link":
        os.link(str(other), str(beside))
    else:
        beside.write_bytes(b"")
        beside.chmod(0o666)
    files.write(str(tmp_path / "file"), b"x")
    assert other.read_bytes() == b"somebody's"
    assert (mode(tmp_path / "file"), (tmp_path / "file").read_bytes(), (tmp_path / "file").is_symlink()) == (0o600, b"x", False)


@pytest.mark.parametrize("plant", [os.symlink, os.link])
def test_what_is_put_beside_between_looking_and_writing_is_a_store_error(tmp_path, monkeypatch, plant):
    (tmp_path / "other").write_bytes(b"somebody's")
    monkeypatch.setattr(files, "_remove", lambda path: plant(str(tmp_path / "other"), path))
    with pytest.raises(StoreError):
        files.write(str(tmp_path / "file"), b"x")
    assert (tmp_path / "other").read_bytes() == b"somebody's" and not (tmp_path / "file").exists()


def test_a_written_file_is_whole_however_little_the_system_takes_at_once(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:3]))
    files.write(str(tmp_path / "file"), b"0123456789")
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_a_folder_that_cannot_be_made_durable_is_an_error_but_where_there_is_no_such_thing(tmp_path, monkeypatch):
    path, real = str(tmp_path / "file"), os.fsync

    def failing(number):
        def sync(handle):
            if stat.S_ISDIR(os.fstat(handle).st_mode):
                raise OSError(number, os.strerror(number))
            real(handle)

        return sync

    monkeypatch.setattr(os, "fsync", failing(errno.EIO))
    with pytest.raises(StoreError) as error:
        files.write(path, b"x")
    assert os.strerror(errno.EIO) in error.value.advice
    monkeypatch.setattr(os, "fsync", failing(errno.EINVAL))
    files.write(path, b"y")
    assert files.read(path) == b"y"


# disk space


def test_room_that_was_taken_is_used_though_the_disk_is_full_by_then(tmp_path, monkeypatch):
    room = files.NewFile(str(tmp_path / "file"), 5000)
    assert (tmp_path / "file.new").stat().st_size == 5000

    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "open", lambda path, *more: os_open(path, *more) if path == str(tmp_path) else full())
    room.write(b"x" * 4000)
    room.give_up()
    assert os.listdir(str(tmp_path)) == ["file"] and files.read(str(tmp_path / "file")) == b"x" * 4000


def test_room_that_is_not_used_is_given_back(tmp_path):
    files.NewFile(str(tmp_path / "file"), 5000).give_up()
    assert os.listdir(str(tmp_path)) == []


def test_room_that_is_not_there_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StoreError) as error:
        files.NewFile(str(tmp_path / "file"), 5000)
    assert "No space left" in error.value.advice and os.listdir(str(tmp_path)) == []


def test_room_is_given_up_without_an_error_whatever_the_disk_says(tmp_path, monkeypatch):
    room, real = files.NewFile(str(tmp_path / "file"), 5000), os.close

    def fail(handle):
        real(handle)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "close", fail)
        room.give_up()
    files.write(str(tmp_path / "file"), b"x")
    assert os.listdir(str(tmp_path)) == ["file"]


def test_a_content_that_is_worth_nothing_is_written_over_in_its_place(tmp_path):
    path = tmp_path / "file"
    files.write(str(path), b"a long old content")
    before = path.stat().st_ino
    files.overwrite(str(path), b"new")
    assert (path.read_bytes(), path.stat().st_ino, mode(path)) == (b"new", before, 0o600)


def test_only_a_file_that_is_there_is_written_over_and_no_link_followed(tmp_path):
    (tmp_path / "other").write_bytes(b"somebody's")
    (tmp_path / "link").symlink_to(tmp_path / "other")
    for name in ("none", "link"):
        with pytest.raises(StoreError):
            files.overwrite(str(tmp_path / name), b"x")
    assert (tmp_path / "other").read_bytes() == b"somebody's" and not (tmp_path / "none").exists()


def test_what_was_left_beside_is_read_and_taken_up_but_no_link(tmp_path):
    path, beside = str(tmp_path / "file"), tmp_path / "file.new"
    assert files.read_unfinished(path) is None
    beside.mkdir()
    assert files.read_unfinished(path) is None
    beside.rmdir()
    (tmp_path / "other").write_bytes(b"somebody's")
    beside.symlink_to(tmp_path / "other")
    assert files.read_unfinished(path) is None
    beside.unlink()
    beside.write_bytes(b"left")
    assert files.read_unfinished(path) == b"left"
    files.recover(path)
    assert files.read(path) == b"left" and not beside.exists()
    with pytest.raises(StoreError):
        files.recover(path)


def test_what_another_program_is_writing_is_not_taken_for_ones_own(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    first = files.NewFile(str(path), 100)
    second = files.NewFile(str(path), 100)
    with pytest.raises(StoreError, match="only one program"):
        first.write(b"first")
    assert path.read_bytes() == b"old"
    second.write(b"second")
    assert path.read_bytes() == b"second"


@pytest.mark.parametrize("read", [files.read, lambda path: files.read(path, 100)])
def test_what_is_no_regular_file_is_not_waited_for(tmp_path, read):
    """Reading a pipe blocks until somebody writes to it: openHAB would load no more scripts."""
    path = tmp_path / "file"
    os.mkfifo(str(path))
    with deadline(5), pytest.raises(StoreError, match="not a regular file"):
        read(str(path))
    with deadline(5), pytest.raises(StoreError):
        files.overwrite(str(path), b"x")


def test_a_pipe_that_lies_beside_is_not_read(tmp_path):
    os.mkfifo(str(tmp_path / "file.new"))
    with deadline(5):
        assert files.read_unfinished(str(tmp_path / "file")) is None


def test_a_file_that_would_fill_the_memory_is_not_read(tmp_path):
    path = tmp_path / "file"
    with open(str(path), "wb") as stream:
        stream.truncate(files.MAX_BYTES + 1)
    with pytest.raises(StoreError, match="larger than"):
        files.read(str(path))
    assert files.read(str(path), 10) == b"\0" * 10


@contextlib.contextmanager
def deadline(seconds):
    """Fails a test that does not end by itself."""

    def ring(_signal, _frame):
        raise AssertionError("it still waits")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("error", UNEXPECTED)
def test_changed_files_are_told_once_whatever_happened_before(tmp_path, worker, monkeypatch, error):
    path = str(tmp_path / "bmw.cfg")
    told, failing = [], [error]

    def on_changed(changed):
        told.append(changed)
        if failing:
            raise failing.pop()("nobody expects this")

    files.watch({path: None}, worker, 5, on_changed)
    with monkeypatch.context() as broken, pytest.raises(error):
        broken.setattr(files, "stamp", raising(error))
        worker.run()
    worker.pass_time(60)
    assert told == []
    (tmp_path / "bmw.cfg").write_text("x")
    with pytest.raises(error):
        worker.pass_time(5)
    worker.pass_time(60)
    assert told == [path] * 2 and worker.waiting() == set()
