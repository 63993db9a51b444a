"""bmw.store: records that survive a restart, sealed."""

import logging
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmw import cipher, files
from bmw.errors import StoreError
from bmw.seal import Seal
from bmw.store import Store

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_a_saved_record_is_loaded_as_it_was(store, record):
    store.save("account.state", record)
    assert store.load("account.state") == record


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


def test_a_restored_backup_of_another_installation_is_not_opened(store, tmp_path):
    Store(str(tmp_path), Seal(lambda: [b"j" * 32], cipher)).save("account.token", {"n": 1})
    assert store.load("account.token") is None


def test_the_old_record_stays_when_a_new_one_cannot_be_written(store, monkeypatch):
    store.save("account.token", {"n": 1})
    with monkeypatch.context() as patch:
        patch.setattr(files, "_replace", _disk_full)
        with pytest.raises(StoreError):
            store.save("account.token", {"n": 2})
    assert store.load("account.token") == {"n": 1}


def _disk_full(*_arguments):
    raise OSError(28, "No space left on device")
