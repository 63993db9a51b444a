"""bmw.logbook.ledger: a file of entries that survives damage, power cuts, full disks and other versions."""

import errno
import json
import os
import stat
import zlib

import pytest
from bmw.errors import StoreError
from bmw.logbook import ledger
from bmw.logbook.ledger import Ledger
from bmw.storage import files
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture
def path(tmp_path):
    return tmp_path / "home.charges"


def filled(path, *numbers):
    made = Ledger(str(path))
    for number in numbers:
        made.put([{"id": str(number), "kwh": number}])
    return made


def known(path):
    """What a new instance reads: {id: kwh}."""
    return {entry["id"]: entry["kwh"] for entry in Ledger(str(path)).entries()}


def test_a_log_that_is_not_there_is_empty_and_makes_no_file(path):
    assert Ledger(str(path)).entries() == [] and not path.exists()


def test_what_was_put_is_read_by_the_next_instance_in_its_order(path):
    filled(path, 3, 1, 2)
    assert [entry["id"] for entry in Ledger(str(path)).entries()] == ["3", "1", "2"]


def test_the_file_is_for_its_owner_only(path):
    filled(path, 1)
    assert stat.S_IMODE(os.stat(str(path)).st_mode) == 0o600


def test_a_later_entry_with_the_same_id_replaces_the_earlier_one(path):
    made = filled(path, 1, 2)
    made.put([{"id": "1", "kwh": 9}])
    assert known(path) == {"1": 9, "2": 2}


def test_an_entry_that_says_nothing_new_is_not_written(path):
    made = filled(path, 1)
    before = path.read_bytes()
    made.put([{"id": "1", "kwh": 1}])
    assert path.read_bytes() == before


def test_an_entry_is_only_added_and_synced(path, monkeypatch):
    made = filled(path, 1)
    before, synced = path.read_bytes(), []
    monkeypatch.setattr(os, "fsync", synced.append)
    made.put([{"id": "2", "kwh": 2}])
    assert path.read_bytes().startswith(before) and len(synced) == 1


@pytest.mark.parametrize("damage", [lambda line: line[: len(line) // 2], lambda line: b"\xff" + line[1:], lambda line: b"\0" * len(line)])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_damaged_line_costs_no_other_one(path, damage, number):
    filled(path, 1, 2, 3)
    lines = path.read_bytes().splitlines()
    lines[number] = damage(lines[number])
    path.write_bytes(b"\n".join(lines) + b"\n")
    left = {"1": 1, "2": 2, "3": 3}
    del left[str(number + 1)]
    assert known(path) == left
    read = Ledger(str(path))
    read.entries()
    assert read.damaged == 1


@given(st.data())
def test_a_file_that_a_power_cut_ended_anywhere_keeps_all_whole_lines_and_takes_new_ones(tmp_path, data):
    path = tmp_path / "cut"
    path.unlink(missing_ok=True)
    filled(path, 1, 2)
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    ends = len(whole.splitlines(True)[0])
    Ledger(str(path)).put([{"id": "3", "kwh": 3}])
    found = known(path)
    assert found["3"] == 3
    assert ("1" in found, "2" in found) == (cut >= ends - 1, cut >= len(whole) - 1)


def test_a_full_disk_costs_no_line_and_what_comes_later_is_kept(path, monkeypatch):
    made, real = filled(path, 1), os.write

    def half(handle, data):
        if len(data) < 10:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data[: len(data) // 2])

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(StoreError):
        made.put([{"id": "2", "kwh": 2}])
    monkeypatch.undo()
    assert known(path) == {"1": 1}
    made.put([{"id": "2", "kwh": 2}])
    assert known(path) == {"1": 1, "2": 2}


def test_a_log_that_was_deleted_meanwhile_is_begun_again(path):
    made = filled(path, 1)
    path.unlink()
    made.put([{"id": "2", "kwh": 2}])
    assert known(path) == {"2": 2}


def test_a_log_that_cannot_be_read_is_not_written(path, monkeypatch):
    filled(path, 1)
    before = path.read_bytes()

    def fail(_path):
        raise StoreError("Cannot read")

    monkeypatch.setattr(files, "read", fail)
    made = Ledger(str(path))
    for act in (made.entries, lambda: made.put([{"id": "2", "kwh": 2}])):
        with pytest.raises(StoreError):
            act()
    monkeypatch.undo()
    assert path.read_bytes() == before
    made.put([{"id": "2", "kwh": 2}])
    assert known(path) == {"1": 1, "2": 2}


def line_of(entry):
    text = json.dumps(entry).encode()
    return "{:08x} ".format(zlib.crc32(text)).encode() + text + b"\n"


def test_fields_that_this_version_does_not_know_are_kept(path):
    path.write_bytes(line_of({"id": "1", "v": 1, "kwh": 1, "colour": "red"}))
    Ledger(str(path)).put([{"id": "1", "kwh": 2}])
    assert Ledger(str(path)).entries() == [{"id": "1", "v": 1, "kwh": 2, "colour": "red"}]


def replace_often(path):
    made = Ledger(str(path))
    for number in range(ledger.MAX_REPLACED + 2):
        made.put([{"id": "1", "kwh": number}])


def test_lines_that_were_replaced_leave_the_file_in_the_end(path):
    replace_often(path)
    assert len(path.read_bytes().splitlines()) < 5 and known(path) == {"1": ledger.MAX_REPLACED + 1}


def test_damaged_lines_and_entries_of_newer_versions_stay_when_the_file_is_written_anew(path):
    newer, damaged = line_of({"id": "1", "v": 2, "kwh": [1]}), b"nothing that anybody understands\n"
    path.write_bytes(newer + damaged + line_of({"id": "5", "v": 1, "kwh": 5}))
    replace_often(path)
    lines = path.read_bytes().splitlines(True)
    assert newer in lines and damaged in lines and len(lines) < 10
    assert known(path) == {"1": ledger.MAX_REPLACED + 1, "5": 5}


def test_what_another_instance_added_is_there_after_the_file_was_written_anew(path):
    mine = filled(path, 1)
    filled(path, 2)
    for number in range(ledger.MAX_REPLACED + 2):
        mine.put([{"id": "1", "kwh": number}])
    assert known(path) == {"1": ledger.MAX_REPLACED + 1, "2": 2}


@pytest.mark.parametrize("function", ["fsync", "open"])
def test_a_file_that_cannot_be_written_anew_stays(path, monkeypatch, function):
    replace = filled(path, 7)
    for number in range(ledger.MAX_REPLACED):
        replace.put([{"id": "1", "kwh": number}])
    real = files.write

    def fail(*arguments):
        monkeypatch.setattr(os, function, lambda *_arguments: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
        try:
            real(*arguments)
        finally:
            monkeypatch.undo()

    monkeypatch.setattr(files, "write", fail)
    with pytest.raises(StoreError):
        for number in range(5):
            replace.put([{"id": "1", "kwh": -number}])
    assert known(path)["7"] == 7


def test_of_too_many_entries_the_newest_stay_and_the_others_are_folded_into_one(path, monkeypatch):
    monkeypatch.setattr(ledger, "MAX_ENTRIES", 8)
    made = Ledger(str(path), fold=lambda dropped: {"id": "before", "kwh": sum(entry["kwh"] for entry in dropped)})
    for number in range(30):
        made.put([{"id": str(number), "kwh": number}])
    found = known(path)
    assert len(found) <= 8 and found["29"] == 29 and sum(found.values()) == sum(range(30))


def test_an_entry_that_is_too_long_is_refused_and_no_other_is(path):
    made = filled(path, 1)
    with pytest.raises(StoreError):
        made.put([{"id": "2", "kwh": "x" * ledger.MAX_LINE}, {"id": "3", "kwh": 3}])
    assert known(path) == {"1": 1, "3": 3}


def test_of_too_long_a_file_the_oldest_entries_are_folded(path, monkeypatch):
    monkeypatch.setattr(ledger, "MAX_BYTES", 300)
    made = Ledger(str(path), fold=lambda dropped: {"id": "before", "kwh": sum(entry["kwh"] for entry in dropped)})
    for number in range(30):
        made.put([{"id": str(number), "kwh": number}])
    assert path.stat().st_size < 400 and sum(known(path).values()) == sum(range(30))


def test_a_file_full_of_damage_is_not_added_to(path, monkeypatch):
    path.write_bytes(b"damage\n" * 50)
    made = Ledger(str(path))
    monkeypatch.setattr(ledger, "MAX_BYTES", 150)
    with pytest.raises(StoreError):
        made.put([{"id": "2", "kwh": 2}])


def test_damage_in_the_file_drops_no_entry(path, monkeypatch):
    monkeypatch.setattr(ledger, "MAX_BYTES", 2000)
    path.write_bytes(b"x" * 2100 + b"\n")
    filled(path, *range(20))
    assert sorted(known(path).values()) == list(range(20))


def test_lines_that_later_ones_have_replaced_drop_no_entry(path, monkeypatch):
    monkeypatch.setattr(ledger, "MAX_BYTES", 2000)
    made = filled(path, *range(20))
    for number in range(100):
        made.put([{"id": "0", "kwh": number}])
    assert sorted(known(path)) == sorted(str(number) for number in range(20))


@given(st.binary(max_size=300))
def test_no_file_is_too_strange(tmp_path, data):
    path = tmp_path / "strange"
    path.write_bytes(data)
    made = Ledger(str(path))
    made.put([{"id": "1", "kwh": 1}])
    assert known(path)["1"] == 1
    assert path.read_bytes().startswith(data)
