"""bmw.files: private files that survive a power cut."""

import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmw import files
from bmw.errors import StoreError


def mode(path):
    return stat.S_IMODE(os.stat(str(path)).st_mode)


def test_a_missing_file_reads_as_none(tmp_path):
    assert files.read(str(tmp_path / "none")) is None


@given(st.binary())
def test_what_was_written_is_read(tmp_path, data):
    files.write(str(tmp_path / "file"), data)
    assert files.read(str(tmp_path / "file")) == data


def test_a_written_file_is_for_its_owner_only(tmp_path):
    old_mask = os.umask(0)
    try:
        files.write(str(tmp_path / "file"), b"x")
    finally:
        os.umask(old_mask)
    assert mode(tmp_path / "file") == 0o600


def test_a_file_that_others_could_read_is_private_after_the_next_write(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o644)
    files.write(str(path), b"new")
    assert (mode(path), path.read_bytes()) == (0o600, b"new")


def test_nothing_is_left_beside_a_written_file(tmp_path):
    files.write(str(tmp_path / "file"), b"x")
    assert os.listdir(str(tmp_path)) == ["file"]


def test_a_rest_of_an_interrupted_write_does_no_harm(tmp_path):
    (tmp_path / "file.new").write_bytes(b"a much longer rest of an earlier try")
    files.write(str(tmp_path / "file"), b"x")
    assert (tmp_path / "file").read_bytes() == b"x"


@pytest.mark.parametrize("function", ["fsync", "open"])
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
