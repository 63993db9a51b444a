"""Small inputs from real cars and the right outcome of each (tests/cases/cardata.json), played through the whole path.

A step comes as BMW's answer to CarData.read, or as a message to Live.receive; the service merges, translates and shows it. What
is looked at is what the items are told. The places and VINs are replaced.
"""

import json
import os
import time

import pytest
from bmw import times
from bmw.assembly import Environment, assemble
from bmw.clouds.cardata import live
from bmw.clouds.cardata.live import Live
from bmw.clouds.cardata.sign_in import SCOPE_API
from bmw.clouds.cardata.stream import LocalSource
from bmw.clouds.tokens import Tokens
from bmw.vehicle.vocabulary import VEHICLE

from tests.unit.fakes import VIN, FakeClock, HandWorker, RecordingOutlet, answer, settings

PATH = os.path.join(os.path.dirname(__file__), "..", "..", "cases", "cardata.json")
with open(PATH, encoding="utf-8") as stream:
    CASES = json.load(stream)

TO_KM = {"km": 1.0, "mi": 1.609344}


class Bmw:
    """Answers in BMW's place: one car with the telematic data of the step."""

    def __init__(self, facts):
        self._facts = dict(facts, modelName="i3 120")
        self.data = {}

    def __call__(self, request):
        path = request.url.partition("?")[0]
        if path.endswith("/mappings"):
            return answer([{"vin": VIN, "mappingType": "PRIMARY"}])
        if path.endswith("/basicData"):
            return answer(self._facts)
        if path.endswith("/telematicData"):
            return answer({"telematicData": self.data})
        if path.endswith("/containers"):
            return answer({"containerId": "A1B2C3D4E5F6G", "containers": []}, 201 if request.method == "POST" else 200)
        return answer({"exveErrorId": "CU-126"}, 404)


class Household:
    """One account with one car, signed in before the first step."""

    def __init__(self, store, case):
        self.clock = FakeClock(times.parse(case["steps"][0]["at"]) - 60)
        self.worker = HandWorker(self.clock)
        self.outlet = RecordingOutlet()
        self.bmw = Bmw(dict((key, value) for key, value in case["car"].items() if key != "distance"))
        parts = assemble(Environment(store, self.bmw, self.clock), settings(stream="off"), [], self.outlet, self.worker)
        self.service = parts.service
        now = self.clock.now()
        parts.account.signed_in(Tokens(access_token="a", refresh_token="r", scope=SCOPE_API, obtained_at=now, expires_at=now + 9e6))
        source = LocalSource("mqtt://localhost:1883", "bmw/+")
        self.live = Live(source, lambda broker, hear: None, self.service, self.outlet, self.clock, self.worker)
        self.service.start()
        self.worker.run()

    def play(self, step):
        self.until(step["at"])
        getattr(self, "_" + step["via"])(step)

    def until(self, moment):
        self.worker.pass_time(max(0, times.parse(moment) - self.clock.now()))

    def _rest(self, step):
        self.bmw.data = step["data"]
        self.service.force_update()
        self.worker.run()

    def _stream(self, step):
        self.live.receive(json.dumps({"vin": VIN, "timestamp": step["at"], "data": step["data"]}).encode())
        self.worker.pass_time(live.BURST)

    def reading(self, key):
        """(last value of the item, its unit); the value is None if there is no item or it is UNDEF."""
        assert key in VEHICLE
        name = self.service.vehicle(VIN).name
        value = self.outlet.cars.get(name, {}).get(key)
        unit = self.service.vehicle(VIN).readings[key].unit if value is not None else None
        return value, unit or VEHICLE[key].unit


def agrees(wanted, value, unit):
    """True if the value is the one that the case expects."""
    if wanted is None or value is None:
        return wanted is None and value is None
    if isinstance(wanted, dict):
        return abs(value * TO_KM[unit] - wanted["value"] * TO_KM[wanted["unit"]]) <= wanted["within"]
    if isinstance(wanted, list):
        return list(value) == wanted
    if isinstance(wanted, str) and times.parse(wanted) is not None:
        return times.to_iso(value)[: len(wanted.rstrip("Z"))] == wanted.rstrip("Z")
    return value == wanted and type(value) in (type(wanted), float)


@pytest.fixture
def at_home(monkeypatch):
    """Sets the machine's time zone (IANA name)."""

    def move(zone):
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case, store, at_home):
    if "home_zone" in case:
        at_home(case["home_zone"])
    house = Household(store, case)
    for step in case["steps"]:
        house.play(step)
    if "look_at" in case:
        house.until(case["look_at"])
    wrong = {key: house.reading(key) for key, wanted in case["expect"].items() if not agrees(wanted, *house.reading(key))}
    assert wrong == {}


def test_the_comparison_can_fail():
    assert not agrees(5, None, "") and not agrees(None, 0, "") and not agrees(False, 0, "") and not agrees([1, 2], (1, 3), "")
    assert not agrees({"value": 5, "unit": "km", "within": 1}, 5, "mi") and not agrees("2026-01-01T00:00:00Z", 0.0, "")
    assert agrees(5, 5.0, "%") and agrees("2018-09-30", times.parse("2018-09-30T23:00:00Z"), "")
