"""bmw.net.inbox: it never holds more than its limit; a sender of more must wait."""

import threading
import time

import pytest
from bmw.net import inbox
from bmw.net.inbox import Inbox

DEADLINE = 10


@pytest.fixture
def box():
    return Inbox()


def wanted():
    return False


class Bringer:
    """A thread that puts one entry."""

    def __init__(self, box, entry="late", size=1):
        self.unwanted = False
        self.done = []
        self._thread = threading.Thread(target=lambda: self.done.append(box.put(entry, size, lambda: self.unwanted)), daemon=True)
        self._thread.start()

    @property
    def waits(self):
        """True if it still waits after a moment."""
        self._thread.join(0.1)
        return self._thread.is_alive()

    def ended(self):
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive(), "it waits for ever"
        return self.done[0]


def test_what_was_put_first_is_taken_first_and_then_there_is_nothing(box):
    assert box.put("a", 1, wanted) and box.put("b", 0, wanted) and len(box) == 2
    assert [box.take(), box.take(), box.take()] == ["a", "b", None] and len(box) == 0


def test_with_the_most_messages_it_accepts_no_more_until_one_is_taken(box):
    for number in range(inbox.MAX_MESSAGES):
        assert box.put(number, 1, wanted)
    bringer = Bringer(box)
    assert bringer.waits and len(box) == inbox.MAX_MESSAGES
    assert box.take() == 0
    assert bringer.ended() is True and len(box) == inbox.MAX_MESSAGES


def test_with_the_most_bytes_it_accepts_no_more_until_there_is_room(box):
    box.put("half", inbox.MAX_BYTES // 2, wanted)
    box.put("more", inbox.MAX_BYTES - inbox.MAX_BYTES // 2, wanted)
    bringer = Bringer(box, size=1)
    assert bringer.waits
    box.take()
    assert bringer.ended() is True
    assert [box.take(), box.take()] == ["more", "late"]
    assert box.put("all", inbox.MAX_BYTES, wanted)  # the taken entries made room


def test_what_is_larger_than_all_the_room_comes_in_alone(box):
    assert box.put("huge", 10 * inbox.MAX_BYTES, wanted)
    assert Bringer(box).waits
    box.take()
    box.take()


def test_what_must_not_be_lost_never_waits(box):
    for _ in range(inbox.MAX_MESSAGES):
        box.put("x", inbox.MAX_BYTES, lambda: True) or box.put("x", 0, wanted)
    assert box.put("end", 0, lambda: True) and len(box) == inbox.MAX_MESSAGES + 1


def test_a_waiting_thread_that_is_no_longer_wanted_gives_up_when_it_is_woken(box, monkeypatch):
    monkeypatch.setattr(inbox, "CHECK_EVERY", 1000)
    box.put("x", inbox.MAX_BYTES, wanted)
    bringer = Bringer(box)
    assert bringer.waits
    bringer.unwanted = True
    box.wake()
    assert bringer.ended() is False and len(box) == 1


def test_a_waiting_thread_checks_by_itself_whether_it_is_still_wanted(box, monkeypatch):
    monkeypatch.setattr(inbox, "CHECK_EVERY", 0.01)
    box.put("x", inbox.MAX_BYTES, wanted)
    bringer = Bringer(box)
    bringer.unwanted = True
    assert bringer.ended() is False


def test_many_that_bring_and_one_that_takes_lose_nothing(box, monkeypatch):
    monkeypatch.setattr(inbox, "MAX_MESSAGES", 3)
    threads = [threading.Thread(target=lambda n=n: [box.put((n, k), 1, wanted) for k in range(200)], daemon=True) for n in range(4)]
    for thread in threads:
        thread.start()
    taken, deadline = [], time.monotonic() + DEADLINE
    while len(taken) < 800 and time.monotonic() < deadline:
        entry = box.take()
        assert len(box) <= 3
        taken += [] if entry is None else [entry]
    assert len(taken) == 800 and all([k for n, k in taken if n == who] == list(range(200)) for who in range(4))
