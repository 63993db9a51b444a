"""The public API for users' rules. A bridge without Java connects it to a real service at the simulated cloud."""

import gc
import json
import queue
import re
import sys
import threading
import types
import weakref
from pathlib import Path

import pytest
from bmw import api
from bmw.api_host import ApiHost
from bmw.commands import definitions

from tests.cloud import SimulatedCloud
from tests.unit.fakes import car
from tests.unit.home import Home


class End:
    """Like a CompletableFuture: one side completes it, the other one waits."""

    def __init__(self):
        self._texts = queue.Queue()

    def complete(self, text):
        self._texts.put(text)

    def get(self, seconds):
        try:
            return self._texts.get(timeout=seconds)
        except queue.Empty:
            return None


class Bridge(types.ModuleType):
    """Stands in for bmw.openhab.bridge; if ``host`` is None, the module is not loaded."""

    def __init__(self):
        super().__init__("bmw.openhab.bridge")
        self.host = None
        self.ends = []

    def call(self, text, end=None):
        assert isinstance(text, str)
        return self.host.answer(text, end) if self.host else None

    def new_end(self):
        self.ends.append(End())
        return self.ends[-1]

    def wait(self, end, seconds):
        return end.get(seconds)


class FakeService:
    """The part of a service that the API uses; keeps the commands, the test decides how they end."""

    def __init__(self, *vehicles, can=("lock", "unlock")):
        self._vehicles = list(vehicles)
        self.can_command = frozenset(can)
        self.orders = []

    def vehicles(self):
        return [vehicle for vehicle in self._vehicles if vehicle.name]

    def command(self, name, command, arguments, show, on_dropped):
        self.orders.append((name, command, arguments, show, on_dropped))


@pytest.fixture
def bridge(monkeypatch):
    bridge = Bridge()
    monkeypatch.setitem(sys.modules, "bmw.openhab.bridge", bridge)
    monkeypatch.setattr(sys.modules.get("bmw.openhab") or __import__("bmw.openhab").openhab, "bridge", bridge, raising=False)
    return bridge


@pytest.fixture
def service(bridge):
    vehicle = car(stateOfCharge=57, doorLockState="UNLOCKED", position=(48.5, 11.25), trunk=None)
    service = FakeService(vehicle)
    bridge.host = ApiHost([("", service)])
    return service


def told():
    """(callback for the end of a command, queue with its calls)."""
    ends = queue.Queue()
    return lambda state, reason: ends.put((state, reason)), ends


def test_the_cars_of_all_accounts_are_listed_in_the_order_of_the_configuration(bridge):
    nameless = car(name=None)
    bridge.host = ApiHost([("mine", FakeService(car("i3"), car("i4"), nameless)), ("hers", FakeService(car("i3")))])
    assert [(one.account, one.name) for one in api.cars()] == [("mine", "i3"), ("mine", "i4"), ("hers", "i3")]


def test_a_car_tells_value_unit_and_time(service, clock):
    i3 = api.cars()[0]
    assert (i3.value("stateOfCharge"), i3.unit("stateOfCharge"), i3.time("stateOfCharge")) == (57, "%", clock.now())
    assert i3.value("doorLockState") == "UNLOCKED"
    assert i3.value("locked") is False
    assert i3.value("position") == (48.5, 11.25)


def test_what_is_not_known_is_none(service):
    i3 = api.cars()[0]
    assert (i3.value("odometer"), i3.time("odometer"), i3.unit("odometer")) == (None, None, "km")


def test_values_holds_all_that_is_known_and_nothing_else(service):
    values = api.cars()[0].values()
    assert values["stateOfCharge"] == 57
    assert "trunk" not in values and "odometer" not in values


def test_a_car_that_is_kept_tells_what_is_true_now(service):
    i3 = api.cars()[0]
    service.vehicles()[0].readings["stateOfCharge"].value = 58
    assert i3.value("stateOfCharge") == 58


def test_a_wrong_key_is_told_with_the_nearest_one(service):
    with pytest.raises(api.ApiError, match="did you mean 'stateOfCharge'"):
        api.cars()[0].value("stateOfCharg")


def test_a_car_that_is_gone_is_told(service):
    i3 = api.cars()[0]
    del service._vehicles[:]
    with pytest.raises(api.ApiError, match="There is no car 'i3'"):
        i3.value("stateOfCharge")


def test_the_report_is_that_of_the_account(bridge):
    mine, hers = FakeService(), FakeService()
    mine.diagnostics, hers.diagnostics = lambda: "mine is fine", lambda: "hers is fine"
    bridge.host = ApiHost([("mine", mine), ("hers", hers)])
    assert (api.diagnostics(), api.diagnostics("mine"), api.diagnostics("hers")) == ("mine is fine", "mine is fine", "hers is fine")
    with pytest.raises(api.ApiError, match="There is no account 'ours'"):
        api.diagnostics("ours")


def test_can_tells_the_commands_of_the_cars_cloud(service):
    assert api.cars()[0].can == {"lock", "unlock"}


def test_a_command_goes_to_the_service_with_its_arguments(service):
    api.cars()[0].send("chargingSettings target=80 current=16")
    assert service.orders[0][:3] == ("i3", definitions.CHARGING_SETTINGS, {"target": 80, "current": 16})


def test_a_command_that_is_not_understood_is_an_error_at_once(service):
    with pytest.raises(api.ApiError, match="There is no command 'fly'"):
        api.cars()[0].send("fly", on_end=pytest.fail)
    assert service.orders == []


def test_on_end_is_told_the_end_once_and_no_state_before_it(service):
    on_end, ends = told()
    api.cars()[0].send("lock", on_end=on_end)
    show = service.orders[0][3]
    for state in ("QUEUED", "SENT", "PENDING", "DELIVERED"):
        show(state, "")
    assert ends.empty()
    show("EXECUTED", "")
    assert ends.get(timeout=5) == ("EXECUTED", "")


def test_on_end_is_told_the_reason_of_a_failure(service):
    on_end, ends = told()
    api.cars()[0].send("lock", on_end=on_end)
    service.orders[0][3]("FAILED", "the door is open")
    assert ends.get(timeout=5) == ("FAILED", "the door is open")


def test_a_command_that_is_dropped_as_a_repetition_ends_too(service):
    on_end, ends = told()
    api.cars()[0].send("lock", on_end=on_end)
    service.orders[0][4]()
    assert ends.get(timeout=5) == ("FAILED", "the same command is still under way or was given just now")


def test_an_error_in_on_end_is_logged_and_hurts_nobody(service, caplog):
    def broken(state, reason):
        raise KeyError("mistake of the rule")

    i3 = api.cars()[0]
    i3.send("lock", on_end=broken)
    thread = next(one for one in threading.enumerate() if one.name == "bmw-command-end")
    service.orders[0][3]("EXECUTED", "")
    thread.join(5)
    assert "a script's on_end function" in caplog.text


def test_send_and_wait_returns_the_end(service, monkeypatch):
    def at_once(name, command, arguments, show, on_dropped):
        show("QUEUED", "")
        show("EXECUTED", "")

    monkeypatch.setattr(service, "command", at_once)
    assert api.cars()[0].send_and_wait("lock") == ("EXECUTED", "")


@pytest.mark.parametrize("command", [None, 1, b"lock", ["lock"], object()])
def test_what_is_no_text_is_no_command(service, command):
    with pytest.raises(api.ApiError, match="A command is a text"):
        api.cars()[0].send(command)


@pytest.mark.parametrize("timeout", [None, "60", True, -1, float("nan"), float("inf"), 1e300])
def test_a_wrong_time_to_wait_is_told_before_the_command_is_sent(service, timeout):
    """A rule that got an error would send the command again."""
    with pytest.raises(api.ApiError, match="timeout is a number of seconds.*: the command was not sent"):
        api.cars()[0].send_and_wait("lock", timeout)
    assert service.orders == []


def test_what_cannot_be_called_at_the_end_is_told_before_the_command_is_sent(service):
    with pytest.raises(api.ApiError, match="on_end is a function, not str: the command was not sent"):
        api.cars()[0].send("lock", "told")
    assert service.orders == []


@pytest.mark.parametrize("ask", ["value", "unit", "time"])
def test_a_name_that_is_no_text_is_told(service, ask):
    with pytest.raises(api.ApiError, match="The name of a value is a text, not int"):
        getattr(api.cars()[0], ask)(7)


def test_send_and_wait_gives_up_after_its_time(service):
    end = api.cars()[0].send_and_wait("lock", timeout=0.01)
    assert end.state == "TIMED OUT"
    assert "0.01 seconds" in end.reason


def test_without_the_module_every_call_says_so(bridge):
    with pytest.raises(api.ApiError, match="The BMW module is not loaded"):
        api.cars()


def test_a_car_survives_a_reload_of_the_module(service, bridge):
    i3 = api.cars()[0]
    bridge.host.close()
    bridge.host = None
    with pytest.raises(api.ApiError, match="not loaded"):
        i3.value("stateOfCharge")
    bridge.host = ApiHost([("", FakeService(car(stateOfCharge=60)))])
    assert i3.value("stateOfCharge") == 60


def test_a_module_that_stops_ends_the_commands_under_way_and_takes_no_more(service, bridge):
    on_end, ends = told()
    i3 = api.cars()[0]
    i3.send("lock", on_end=on_end)
    bridge.host.close()
    assert ends.get(timeout=5) == ("FAILED", "the BMW module was stopped before the command ended")
    with pytest.raises(api.ApiError, match="being stopped"):
        i3.send("unlock")


def test_a_module_that_is_about_to_stop_takes_no_command_and_still_tells_the_end_of_those_under_way(service, bridge):
    on_end, ends = told()
    i3 = api.cars()[0]
    i3.send("lock", on_end=on_end)
    bridge.host.shut()
    with pytest.raises(api.ApiError, match="being stopped"):
        i3.send("unlock")
    assert [order[1] for order in service.orders] == ["lock"]
    service.orders[0][3]("EXECUTED", "")
    assert ends.get(timeout=5) == ("EXECUTED", "")


def test_a_command_goes_to_the_account_of_the_car_it_was_asked_of(bridge):
    mine, hers = FakeService(car("i3")), FakeService(car("i3"))
    bridge.host = ApiHost([("mine", mine), ("hers", hers)])
    api.cars()[1].send("lock")
    assert (mine.orders, [order[1] for order in hers.orders]) == ([], ["lock"])


def test_nothing_is_kept_of_a_command_that_ended(service, bridge):
    api.cars()[0].send("lock")
    show = service.orders[0][3]
    show("EXECUTED", "")
    kept = weakref.ref(bridge.ends.pop())
    bridge.host.close()
    gc.collect()
    assert kept() is None
    show("EXECUTED", "")  # a late call must not keep the rule's callback alive


def test_an_error_of_ours_is_one_line_for_the_rule(service, bridge, caplog):
    assert json.loads(bridge.host.answer("no question")) == {"error": "Unexpected error, see openHAB's log"}
    assert "Unexpected error in bmw.api" in caplog.text


def test_outside_openhab_it_says_where_it_works():
    with pytest.raises(api.ApiError, match="inside openHAB only"):
        api.cars()


def test_many_threads_may_ask_while_the_car_reports(service):
    i3, vehicle = api.cars()[0], service.vehicles()[0]
    keys = ["odometer", "electricRange", "fuelLevel", "hood", "sunroof", "moving", "ignition", "lights"]
    troubles = []

    def ask():
        try:
            for _ in range(100):
                assert i3.values()["stateOfCharge"] == 57
        except Exception as error:
            troubles.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for key in keys:
            vehicle.readings[key] = vehicle.readings["stateOfCharge"]
        for key in keys:
            del vehicle.readings[key]
    assert troubles == []


# with the real service and the simulated cloud


@pytest.fixture
def home(bridge, tmp_path):
    home = Home(SimulatedCloud(), tmp_path)
    bridge.host = ApiHost([("", home.service)])
    return home


def test_there_is_no_car_until_the_account_was_read(home):
    assert api.cars() == []
    home.sign_in()
    assert [one.name for one in api.cars()] == ["i3"]


def test_what_the_cloud_says_is_what_the_api_tells(home):
    home.sign_in()
    expected = home.cloud.car(home.cloud.cars()[0])
    i3 = api.cars()[0]
    assert i3.value("stateOfCharge") == expected["soc"]
    assert i3.value("position") == (expected["latitude"], expected["longitude"])
    assert i3.values().keys() == {key for key, value in home.car().items() if value is not None}


def test_a_read_only_cloud_can_nothing_and_says_so(home):
    home.sign_in()
    on_end, ends = told()
    i3 = api.cars()[0]
    assert i3.can == frozenset()
    i3.send("lock", on_end=on_end)
    home.worker.run()
    assert ends.get(timeout=5) == ("FAILED", "not supported by BMW CarData (read-only)")
    assert home.car()["commandStatus"] == "FAILED: not supported by BMW CarData (read-only)"


# the helper for Python 3 rules in docs/api.md: Java is a stand-in, and the module's side is the real one


class Java(types.ModuleType):
    """The part of GraalPy's module ``java`` that the helper uses; ``map`` is the JVM-wide map, or None."""

    def __init__(self, host):
        super().__init__("java")
        self.map = {"api": types.SimpleNamespace(apply=lambda text, end: host.answer(text, end))}
        undef = types.SimpleNamespace(getClass=lambda: "UnDefType")
        bundle = types.SimpleNamespace(getBundleContext=lambda: self)
        self.types = {
            "org.openhab.core.types.UnDefType": types.SimpleNamespace(UNDEF=undef),
            "org.osgi.framework.FrameworkUtil": types.SimpleNamespace(getBundle=lambda near: {"UnDefType": bundle}[near]),
            "java.util.concurrent.CompletableFuture": WaitingEnd,
            "java.util.concurrent.TimeUnit": types.SimpleNamespace(MINUTES=60),
        }

    def type(self, name):
        return self.types[name]

    def getServiceReferences(self, name, marked):
        assert (name, marked) == ("java.util.Map", "(bmw.shared=true)")
        return None if self.map is None else [self.map]

    def getService(self, reference):
        return reference


class WaitingEnd(End):
    def get(self, number, unit):
        return super().get(number * unit)


@pytest.fixture
def helper(bridge, service, monkeypatch):
    """What the Python 3 helper of the manual defines."""
    monkeypatch.setitem(sys.modules, "java", Java(bridge.host))
    manual = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text("utf-8")
    code = re.search(r"^### Python 3\n.*?```python\n(.*?)```", manual, re.S | re.M).group(1)
    names = {}
    exec(compile(code, "docs/api.md", "exec"), names)
    return types.SimpleNamespace(**names)


def test_the_helper_for_python_3_reads_values(helper):
    assert helper.ask({"do": "cars"}) == [["", "i3"]]
    assert helper.value("", "i3", "stateOfCharge") == 57
    assert helper.value("", "i3", "position") == [48.5, 11.25]
    assert helper.value("", "i3", "trunk") is None is helper.value("", "i3", "fuelLevel")


def test_the_helper_for_python_3_sends_commands(helper, service):
    sent = []

    def command(name, command, arguments, show, on_dropped):
        sent.append((name, command))
        show("SENT", "")
        show("FAILED", "the car refused")

    service.command = command
    assert helper.send_and_wait("", "i3", "lock") == ["FAILED", "the car refused"]
    assert sent == [("i3", definitions.LOCK)]


def test_the_helper_for_python_3_raises_one_clear_line(helper):
    with pytest.raises(RuntimeError, match="There is no car 'i8'"):
        helper.value("", "i8", "stateOfCharge")
    sys.modules["java"].map = {}
    with pytest.raises(RuntimeError, match="The BMW module is not loaded"):
        helper.ask({"do": "cars"})
    sys.modules["java"].map = None
    with pytest.raises(RuntimeError, match="The BMW module is not loaded"):
        helper.ask({"do": "cars"})


@pytest.mark.parametrize("title, language", [("JavaScript", "javascript"), ("Python 3", "python"), ("JRuby", "ruby")])
def test_a_helper_is_at_most_thirty_lines(title, language):
    manual = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text("utf-8")
    code = re.search(r"^### {}\n\n```{}\n(.*?)```".format(title, language), manual, re.S | re.M).group(1)
    assert 10 < len([line for line in code.splitlines() if line]) <= 30
