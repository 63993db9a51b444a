"""Plays what BMW's clouds answered for a real car through the library's real path: cloud.facts and cloud.read over a transport.

A case names its cloud and BMW's answer to each request; all other requests get a 404. The steps of a case use the same car. Knows
nothing of the expected values.
"""

import contextlib
import datetime
import json

import zoneinfo
from bmw import clouds, times
from bmw.account.session import Session
from bmw.net.http import Http, Response
from bmw.polling.budget import Budget
from bmw.vehicle.vehicle import Vehicle

from tests.unit.fakes import VIN, FakeClock, settings

CONTAINER = "A1B2C3D4E5F6G"

#: cloud -> name of the answer -> end of the URL
ANSWERS = {
    "cardata": {"basicData": "/basicData", "telematicData": "/telematicData", "containers": "/customers/containers"},
    "mybmw": {
        "profile": "/vehicle-data/profile",
        "state": "/vehicles/state",
        "statistics": "/charging-statistics",
        "sessions": "/charging-sessions",
    },
    "connecteddrive": {
        "vehicles": "/user/vehicles",
        "status": "/status",
        "lastTrip": "/lastTrip",
        "allTrips": "/allTrips",
        "chargingProfile": "/chargingprofile",
    },
    "portal": {
        "vehicles": "/api/me/vehicles/v2",
        "dynamic": "/dynamic/v1/" + VIN,
        "navigation": "/navigation/v1/" + VIN,
        "efficiency": "/efficiency/v1/" + VIN,
        "chargingProfile": "/chargingprofile/v1/" + VIN,
    },
}
#: answers that a case need not contain
PLAIN = {
    "cardata": {"basicData": {}, "containers": {"containerId": CONTAINER, "containers": []}},
    "mybmw": {"profile": {"model": "320i"}},
    "connecteddrive": {"vehicles": {"vehicles": [{"vin": VIN}]}},
    "portal": {"vehicles": [{"vin": VIN}]},
}


class SignedIn:
    """An account whose token is always valid."""

    def access_token(self):
        return "access-1"

    def refresh(self, rejected):
        raise AssertionError("nothing was rejected")


class Wire:
    """A transport that finds the answer by the end of the URL."""

    def __init__(self, cloud):
        self._ends = ANSWERS[cloud]
        self.answers = dict(PLAIN[cloud])

    def __call__(self, request):
        path = request.url.partition("?")[0].rstrip("/")
        name = next((name for name, end in self._ends.items() if path.endswith(end)), None)
        if name not in self.answers:
            return Response(404, {}, b"{}")
        return Response(201 if request.method == "POST" else 200, {}, json.dumps(self.answers[name]).encode("utf-8"))


def play(case):
    """The car (bmw.vehicle.vehicle.Vehicle) after all steps of a case.

    Args:
        case (dict): ``cloud``; ``answers`` ({name: answer}) or ``steps``, a list of {"answers", "at" (UTC, optional)};
            ``home_zone`` (IANA name, optional).
    """
    wire, clock = Wire(case["cloud"]), FakeClock()
    cloud_class = clouds.find(case["cloud"])
    config = settings(username="home@example.org", password="a password", api_key="k", api_secret="s")
    http = Http(wire, cloud_class.bases(config))
    cloud = cloud_class(config, http, clock)
    session = Session(http, SignedIn(), Budget(None), clock, {}, lambda: None)
    vehicle = None
    with at_home_in(case.get("home_zone", "UTC")):
        for step in case.get("steps") or [case]:
            wire.answers.update(step["answers"])
            clock.seconds = times.parse(step["at"]) if "at" in step else clock.now() + 3600
            vehicle = vehicle or Vehicle(VIN, "car", cloud.facts(session, VIN))
            vehicle.update(cloud.read(session, vehicle))
    return vehicle


@contextlib.contextmanager
def at_home_in(zone):
    """Sets the machine's time zone (IANA name)."""
    here, kept = zoneinfo.ZoneInfo(zone), times.home_offset

    def offset(seconds):
        return here.utcoffset(datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)).total_seconds()

    times.home_offset = offset
    try:
        yield
    finally:
        times.home_offset = kept


def said(vehicle, key):
    """(value, unit) of a key; (None, None) if it is unknown or the car has no such part."""
    reading = vehicle.readings.get(key)
    return (None, None) if reading is None or reading.value is None else (reading.value, reading.unit)
