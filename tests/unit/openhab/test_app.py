"""bmw.openhab.app: what it starts, and when. Java is replaced by stand-ins here; tests/openhab uses the real one."""

import importlib
import sys
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

#: what app.py imports and CPython does not have
JAVA = ("java", "java.lang", "java.time") + tuple(
    "bmw.openhab." + name for name in ("bridge", "cipher", "disk", "files_out", "http", "items", "jvm", "log", "mqtt", "versions")
)


class IllegalStateException(Exception):
    """What Java raises while the JVM shuts down."""


class House:
    """An app with one account; ``is_ending``: the JVM shuts down and refuses hooks."""

    def __init__(self, app, is_ending):
        self.done = []
        hooks = MagicMock()
        if is_ending:
            hooks.addShutdownHook.side_effect = hooks.removeShutdownHook.side_effect = IllegalStateException
        app.Runtime.getRuntime.return_value = hooks
        steps = ("start", "halt", "stop", "finish")
        service = SimpleNamespace(**{step: lambda step=step: self.done.append(step) for step in steps})
        self.app = app.App.__new__(app.App)  # without __init__, which needs openHAB
        self.app.accounts = [SimpleNamespace(service=service, has_closed_store=False)]
        self.app._bridge, self.app._watcher, self.app._at_exit, self.app._stop_lock = (MagicMock() for _ in range(4))
        self.app._settings_stamps, self.app._clock = {}, None


@pytest.fixture
def app(monkeypatch):
    for name in JAVA:
        monkeypatch.setitem(sys.modules, name, MagicMock())
    sys.modules["java.lang"].IllegalStateException = IllegalStateException
    monkeypatch.delitem(sys.modules, "bmw.openhab.app", raising=False)
    module = importlib.import_module("bmw.openhab.app")
    monkeypatch.setattr(module, "_store_folder", lambda: "")
    yield module
    sys.modules.pop("bmw.openhab.app", None)


def test_a_start_starts_the_accounts(app):
    house = House(app, is_ending=False)
    house.app.start(lambda: None)
    assert house.done == ["start"]


def test_nothing_starts_while_the_jvm_is_ending_as_nothing_would_wait_for_the_tokens_it_asks_for(app):
    """SIGTERM comes while openHAB loads the script, or while the settings are read again."""
    house = House(app, is_ending=True)
    house.app.start(lambda: None)
    assert "start" not in house.done
    assert house.done[-2:] == ["stop", "finish"], "what a rule has taken meanwhile gets its last word"
    assert not house.app._bridge.open.called and not house.app._watcher.start.called
