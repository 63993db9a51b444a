"""bmw.openhab.items where two threads write one item. Java and openHAB's classes are stood in for; openHAB's own tests have the real ones."""

import importlib
import sys
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest


class State:
    """A state of openHAB: a text."""

    UNDEF = None
    valueOf = None

    def __init__(self, text=None):
        self.text = text

    def equals(self, other):
        return type(self) is type(other) and self.text == other.text


def core_class(path):
    return type(path, (State,), {})


class StringItem:
    state = None

    def getType(self):
        return "String"

    def getState(self):
        return self.state


@pytest.fixture
def items(monkeypatch):
    java = SimpleNamespace(Exception=Exception, IllegalStateException=RuntimeError)
    for name, module in (("java", MagicMock()), ("java.lang", java), ("java.time", MagicMock())):
        monkeypatch.setitem(sys.modules, name, module)
    versions = SimpleNamespace(core_class=core_class, service=MagicMock(), time_zone=MagicMock())
    monkeypatch.setitem(sys.modules, "bmw.openhab.versions", versions)
    monkeypatch.delitem(sys.modules, "bmw.openhab.items", raising=False)
    yield importlib.import_module("bmw.openhab.items").Items
    sys.modules.pop("bmw.openhab.items", None)


def test_an_item_that_two_threads_wrote_at_once_shows_what_is_wanted(items):
    """A command of another account ends on that account's thread, while this one's tells its own."""
    status = StringItem()
    events = SimpleNamespace(postUpdate=lambda item, state: setattr(item, "state", state))
    ours = items(events, SimpleNamespace(get=lambda name: status))
    others = []

    def slow_string(text):
        for write in others[:]:
            others.remove(write)
            write()  # the other thread's turn comes in the middle
        return State(text)

    ours._ours["String"] = ours._makers["String"] = slow_string

    def write(text):
        ours.write([("Status", text, "", "String")])

    write("QUEUED")
    others.append(lambda: write("EXECUTED"))
    write("SENT")
    for _ in range(3):
        ours.correct_items()
    assert status.state.text == "EXECUTED"
