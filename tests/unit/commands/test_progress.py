"""bmw.commands.progress: a command has one final state and no other one after it."""

import threading

import pytest
from bmw.commands.progress import NOT_KNOWN, NOT_SENT, CommandProgress

from tests.unit.fakes import UNEXPECTED, raising


class Told(list):
    def show(self, state, reason):
        self.append((state, reason))


@pytest.fixture
def told():
    return Told()


@pytest.mark.parametrize("word", ["EXECUTED", "FAILED", "TIMED OUT"])
def test_after_its_final_word_a_command_tells_nothing_more(told, word):
    life = CommandProgress(told.show, lambda: told.append("dropped"))
    life.tell("SENT")
    assert not life.is_ended
    life.tell(word, "why")
    life.tell("PENDING")
    life.tell("EXECUTED")
    life.drop()
    life.give_up()
    assert life.is_ended
    assert told == [("SENT", ""), (word, "why")]


def test_a_command_that_was_dropped_tells_nothing_more(told):
    life = CommandProgress(told.show, lambda: told.append("dropped"))
    life.drop()
    life.drop()
    life.give_up()
    assert told == ["dropped"]


def test_a_command_that_was_not_sent_is_given_up_as_failed(told):
    CommandProgress(told.show).give_up()
    assert told == [("FAILED", NOT_SENT)]


def test_a_command_that_has_left_is_given_up_as_not_known(told):
    life = CommandProgress(told.show)
    assert life.leave()
    life.give_up()
    assert told == [("TIMED OUT", NOT_KNOWN)]


def test_a_command_that_has_ended_must_not_leave(told):
    life = CommandProgress(told.show)
    life.give_up()
    assert not life.leave()
    assert not life.has_left


def test_an_end_that_cannot_be_shown_at_a_stop_is_no_error(caplog):
    def fail(_state, _reason):
        raise RuntimeError("openHAB has no items any more")

    life = CommandProgress(fail)
    life.give_up()
    assert life.is_ended
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("error", UNEXPECTED)
def test_an_end_that_can_neither_be_shown_nor_logged_keeps_no_other_from_its_own(monkeypatch, error):
    monkeypatch.setattr("bmw.commands.progress.log.log", raising(error))
    life = CommandProgress(raising(error), raising(error))
    life.tell("SENT")
    life.give_up()
    assert life.is_ended
    CommandProgress(raising(error), raising(error)).drop()


def test_a_word_that_is_being_told_is_not_overtaken_by_the_end():
    going, go, told = threading.Event(), threading.Event(), []

    def show(state, _reason):
        if state == "SENT":
            going.set()
            go.wait(10)
        told.append(state)

    life = CommandProgress(show)
    worker = threading.Thread(target=lambda: life.tell("SENT"))
    worker.start()
    assert going.wait(10)
    stopper = threading.Thread(target=life.give_up)
    stopper.start()
    go.set()
    worker.join(10)
    stopper.join(10)
    assert told == ["SENT", "FAILED"]
