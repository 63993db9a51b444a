"""bmw.instance: only one of all loaded copies of the script works; loading and unloading never raise."""

import logging
import threading

import pytest
from bmw import instance
from bmw.instance import Instance

from tests.unit.fakes import FakeClock, HandWorker, UNEXPECTED, raising

FIRST, SECOND = "file:/openhab/conf/automation/jsr223/bmw.py", "file:/openhab/conf/automation/jsr223/old/bmw.py"


class FakeShared:
    """The JVM-wide map on a dict."""

    def __init__(self):
        self.kept = {}
        self._lock = threading.RLock()

    def lock(self, name):
        return self._lock

    def look(self, name):
        return self.kept.get(name)

    def swap(self, name, value):
        self.kept[name] = value

    def drop(self, name, value):
        return self.kept.get(name) is value and bool(self.kept.pop(name))


class Stopper:
    def __init__(self, function):
        self.run = function


class FakeApp:
    def __init__(self, script):
        self.script, self.is_running = script, False
        self.on_changed = None

    def start(self, on_changed):
        self.script.fail("start")
        self.is_running, self.on_changed = True, on_changed

    def stop(self):
        self.is_running = False
        self.script.fail("stop")


class Script:
    """A loaded script: its rules, its apps, and where it fails."""

    def __init__(self, house, file):
        self.house, self.file = house, file
        self.rules, self.apps, self.failing = [], [], set()
        self.workers = []
        self.instance = Instance(self._make, self._renew, self._remove, house.shared, Stopper, self._make_worker)
        house.scripts.append(self)

    def _make_worker(self):
        self.workers.append(HandWorker(self.house.clock))
        return self.workers[-1]

    @property
    def waits(self):
        """True if one of its worker threads runs."""
        return any(worker.is_started and not worker.is_stopped for worker in self.workers)

    def fail(self, where):
        if where in self.failing:
            raise RuntimeError("nobody thought of " + where)

    def _make(self):
        self.fail("make")
        self.apps.append(FakeApp(self))
        return self.apps[-1]

    def _renew(self, app):
        self.rules = [app]
        self.fail("rules")

    def _remove(self):
        self.rules = []
        self.fail("remove")

    def load(self):
        self.instance.load(self.file)
        return self

    @property
    def works(self):
        """True if it runs with exactly one set of rules, False if nothing of it is left."""
        running = [app for app in self.apps if app.is_running]
        assert running == self.rules and len(running) <= 1
        return bool(running)


class House:
    def __init__(self):
        self.clock, self.shared, self.scripts = FakeClock(), FakeShared(), []

    def load(self, file=FIRST):
        return Script(self, file).load()

    def pass_time(self, seconds):
        for wait in (0, seconds):
            self.clock.advance(wait)
            for worker in [worker for script in self.scripts for worker in script.workers]:
                worker.run()


@pytest.fixture
def house():
    return House()


def test_a_script_works_from_loading_to_unloading(house):
    script = house.load()
    assert script.works and not script.waits
    script.instance.unload()
    assert not script.works and house.shared.kept == {} and not script.waits


def test_a_copy_from_another_file_does_nothing_and_says_what_to_do(house, caplog):
    with caplog.at_level(logging.INFO, "bmw"):
        first, second = house.load(FIRST), house.load(SECOND)
        house.pass_time(100)
        house.pass_time(100)
    assert first.works and not second.works and second.apps == []
    (record,) = caplog.records
    assert record.levelno == logging.ERROR and FIRST in record.message and SECOND in record.message and "Delete one" in record.message


def test_a_copy_takes_over_when_the_first_is_gone(house):
    first, second = house.load(FIRST), house.load(SECOND)
    first.instance.unload()
    assert not second.works and second.waits  # not at once: a saved file is unloaded and loaded again
    house.pass_time(instance.CHECK_EVERY)
    assert second.works and not second.waits and not first.works
    assert not house.load(FIRST).works


def test_a_file_that_is_saved_comes_back_before_the_copy_takes_over(house):
    first, second = house.load(FIRST), house.load(SECOND)
    first.instance.unload()
    again = house.load(FIRST)
    house.pass_time(instance.CHECK_EVERY)
    assert again.works and not second.works


def test_a_copy_that_was_unloaded_never_takes_over(house):
    first, second = house.load(FIRST), house.load(SECOND)
    second.instance.unload()
    first.instance.unload()
    house.pass_time(instance.CHECK_EVERY)
    second.instance._try_start()  # a timer that was already running
    assert not second.works and not second.waits and house.shared.kept == {}


def test_unloading_a_copy_leaves_the_first_alone(house):
    first, second = house.load(FIRST), house.load(SECOND)
    second.instance.unload()
    assert first.works and not house.load(SECOND).works


@pytest.mark.parametrize("failing", [(), ("stop",), ("remove",), ("stop", "remove")])
def test_a_reload_without_unloading_ends_the_earlier_with_its_rules(house, failing, caplog):
    earlier = house.load()
    earlier.failing = set(failing)
    with caplog.at_level(logging.INFO, "bmw"):
        later = house.load()
    assert later.works and not earlier.works and "was still running" in caplog.text
    earlier.failing = set()
    earlier.instance.unload()  # openHAB unloads the old script late
    assert later.works and house.shared.look("running from") == FIRST


def test_a_change_of_the_settings_reaches_only_the_running_instance(house):
    earlier = house.load()
    later = house.load()
    earlier.apps[-1].on_changed()
    assert later.works and not earlier.works
    later.apps[-1].on_changed()
    assert later.works and len(later.apps) == 2
    later.instance.unload()
    later.apps[-1].on_changed()
    assert not later.works and house.shared.kept == {}


def test_the_old_rules_stay_until_the_new_ones_are_made(house):
    script = house.load()
    (before,), there = script.rules, []
    script.instance._make_app = lambda: there.extend(script.rules) or script._make()
    before.on_changed()
    # the old app is stopped: a command in between ends as not sent
    assert there == [before] and script.rules == [script.apps[-1]] and script.works


@pytest.mark.parametrize("failing", ["make", "rules", "start"])
def test_a_load_that_fails_leaves_nothing_is_told_once_and_tried_again(house, failing, caplog):
    script = Script(house, FIRST)
    script.failing = {failing}
    with caplog.at_level(logging.INFO, "bmw"):
        script.load()
        for _ in range(3):
            assert not script.works and house.shared.kept == {}
            house.pass_time(instance.TRY_AGAIN)
    (record,) = caplog.records
    assert "could not start" in record.message and record.exc_info
    script.failing = set()
    house.pass_time(instance.TRY_AGAIN)
    assert script.works


@pytest.mark.parametrize("failing", ["make", "rules", "start"])
def test_a_load_that_failed_can_be_unloaded(house, failing):
    script = Script(house, FIRST)
    script.failing = {failing, "stop", "remove"}
    script.load().instance.unload()
    assert not script.works and house.shared.kept == {}
    house.pass_time(instance.TRY_AGAIN)
    assert len(script.apps) == (failing != "make")


def test_a_failure_after_a_successful_start_is_reported_again(house, caplog):
    script = house.load()
    for _ in range(2):
        script.failing = {"make"}
        script.apps[-1].on_changed()
        assert not script.works
        script.failing = set()
        house.pass_time(instance.TRY_AGAIN)
        assert script.works
    assert len(caplog.records) == 2


def test_a_load_that_fails_leaves_its_place_to_the_copy(house):
    first = Script(house, FIRST)
    first.failing = {"make"}
    first.load()
    assert house.load(SECOND).works
    first.failing = set()
    house.pass_time(instance.TRY_AGAIN)
    assert not first.works and first.apps == []


def test_unloading_never_raises(house):
    script = house.load()
    script.failing = {"stop", "remove"}
    script.instance.unload()
    script.instance.unload()

    def broken(name):
        raise RuntimeError("no map")

    house.shared.lock = broken
    script.instance.unload()
    assert not script.works


def test_loading_never_raises_where_there_is_no_map(house, caplog):
    house.shared.lock = None
    assert not house.load().works and "could not start" in caplog.text


def test_of_many_that_load_at_once_one_works(house):
    scripts = [Script(house, "file:/%d/bmw.py" % (number % 4)) for number in range(8)]
    gate = threading.Barrier(len(scripts))
    threads = [threading.Thread(target=lambda script=script: (gate.wait(10), script.load()), daemon=True) for script in scripts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sum(script.works for script in scripts) == 1


@pytest.mark.parametrize("error", UNEXPECTED)
def test_a_start_is_tried_again_even_if_its_failure_cannot_be_told(house, monkeypatch, error):
    script = Script(house, FIRST)
    script.failing = {"make"}
    script.load()
    with monkeypatch.context() as broken, pytest.raises(error):
        broken.setattr(script.instance, "_tell_failure", raising(error))
        house.pass_time(instance.TRY_AGAIN)
    script.failing = set()
    house.pass_time(instance.TRY_AGAIN)
    assert script.works and not script.waits
