"""bmw.clouds.cardata.search: finds the longest list that BMW accepts in few tries, whatever BMW refuses and however it says so."""

import json

import pytest
from bmw.clouds.cardata.search import AGAIN, Search
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import NOON

WANTED = ["key.{}".format(number) for number in range(40)]
RUNGS = [30, 10]


class Bmw:
    """Accepts or refuses lists of keys."""

    def __init__(self, retired=(), names=True, longest=None):
        self.retired = set(retired)
        self.names = names
        self.longest = longest

    def answer(self, names):
        """None if it accepts the list, else the keys that it names as wrong (set)."""
        bad = [name for name in names if name in self.retired]
        if self.longest is not None and len(names) > self.longest:
            return set()
        return {bad[0]} if bad and self.names else set() if bad else None


def search(bmw, notes, tries, now=NOON):
    """Searches with at most ``tries`` tries; returns how many it needed. Between two tries the notes are stored as JSON."""
    for number in range(tries):
        kept = json.loads(json.dumps(notes))
        notes.clear()
        notes.update(kept)
        looking = Search(WANTED, RUNGS, notes, now)
        names = looking.next()
        if names is None:
            return number
        assert names and len(set(names)) == len(names)
        named = bmw.answer(names)
        looking.taken(names) if named is None else looking.refused(named)
    return tries


def accepted(notes, now=NOON):
    return Search(WANTED, RUNGS, notes, now).accepted


def test_what_bmw_takes_is_found_at_the_first_try():
    notes = {}
    assert search(Bmw(), notes, 9) == 1
    assert accepted(notes) == WANTED and notes["left_out"] == []


def test_what_bmw_names_is_left_out_and_remembered():
    notes = {}
    assert search(Bmw(["key.3", "key.20"]), notes, 9) == 3
    assert accepted(notes) == [name for name in WANTED if name not in ("key.3", "key.20")]
    assert notes["refused"] == {"key.3": NOON, "key.20": NOON}


def test_a_list_refused_as_a_whole_becomes_the_next_shorter_one():
    notes, looking = {}, None
    for length in (40, 30, 10, 5, 2, 1):
        looking = Search(WANTED, RUNGS, notes, NOON)
        assert looking.next() == WANTED[:length]
        looking.refused(set())
    # As long as BMW has accepted nothing, one refused key proves nothing: it starts again, with another key first.
    assert looking.next() == WANTED[1:] + WANTED[:1] and notes["refused"] == {}


@given(st.sets(st.sampled_from(WANTED), max_size=3))
def test_keys_that_bmw_does_not_name_are_found_in_few_tries(retired):
    notes = {}
    assert search(Bmw(retired, names=False), notes, 99) <= 12 + 22 * len(retired)
    assert set(accepted(notes)) == set(WANTED) - retired
    assert set(notes.get("refused", {})) == retired


@given(st.integers(2, 39))
def test_a_list_that_is_too_long_ends_as_long_as_bmw_takes_it_and_no_key_is_blamed(longest):
    notes = {}
    assert search(Bmw(longest=longest), notes, 99) <= 25
    assert len(accepted(notes)) == longest and notes["full"] == NOON
    assert notes.get("refused", {}) == {}


def test_what_bmw_refused_is_tried_again_four_weeks_later():
    notes = {}
    search(Bmw(["key.3"]), notes, 9)
    assert search(Bmw(), notes, 9, NOON + AGAIN - 1) == 0
    assert search(Bmw(), notes, 9, NOON + AGAIN) == 1
    assert accepted(notes, NOON + AGAIN)[-1] == "key.39" and len(accepted(notes, NOON + AGAIN)) == 40


def test_what_is_refused_again_waits_again():
    notes, later = {}, NOON + AGAIN
    search(Bmw(["key.3"]), notes, 9)
    search(Bmw(["key.3"]), notes, 9, later)
    assert notes["refused"] == {"key.3": later} and search(Bmw(), notes, 9, later) == 0


def test_a_server_that_fails_at_any_list_blames_no_key():
    notes = {}
    search(Bmw(WANTED[10:20], names=False), notes, 4)  # something is accepted
    known = accepted(notes)
    assert known
    search(Bmw(WANTED, names=False), notes, 60)
    assert notes["refused"] == {} and accepted(notes) == known


def test_an_accepted_key_that_bmw_names_later_begins_a_new_list():
    notes = {}
    search(Bmw(["key.39"]), notes, 9)
    later = NOON + AGAIN
    search(Bmw(["key.0"]), notes, 9, later)
    assert set(accepted(notes, later)) == set(WANTED) - {"key.0"}


@pytest.mark.parametrize("note", ["left_out", "step", "failed", "test", "turn", "full"])
def test_a_new_search_keeps_only_the_keys_that_bmw_named(note):
    notes = {note: 1, "refused": {"key.3": NOON}}
    Search(WANTED, RUNGS, notes, NOON).begin_anew()
    assert notes == {"refused": {"key.3": NOON}}
