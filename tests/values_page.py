# -*- coding: utf-8 -*-
"""Prints docs/values.md, the list of all values for each cloud, made from the tables: python -m tests.values_page

With ``--write`` it is written. What is read by code and not by a row of a table is named here.
"""

import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO / "automation" / "lib" / "python"))

from bmw.clouds.cardata import descriptors  # noqa: E402
from bmw.clouds.cardata.catalogue import ELSEWHERE, REST  # noqa: E402
from bmw.clouds.connecteddrive import state as connecteddrive_state  # noqa: E402
from bmw.clouds.mybmw import state as mybmw_state  # noqa: E402
from bmw.clouds.portal import state  # noqa: E402
from bmw.items.model import SECTIONS  # noqa: E402
from bmw.vehicle import extra  # noqa: E402
from bmw.vehicle.vocabulary import VEHICLE_POINTS  # noqa: E402

PAGE = REPO / "docs" / "values.md"
WHEELS = ("FrontLeft", "FrontRight", "RearLeft", "RearRight")

CARDATA, CONNECTEDDRIVE, PORTAL, MYBMW = "CarData", "ConnectedDrive", "portal", "MyBMW"

#: values that the module derives from others, with all clouds
DERIVED = {
    "estimatedStateOfCharge": "stateOfCharge and how fast the car charges: by the wallbox, the car's power, the time left or the last charge",
    "locked": "doorLockState",
    "doors": "the four doors",
    "windows": "the four windows",
    "charging": "chargingStatus",
    "climateActive": "climateStatus",
    "lastUpdate": "the time of the newest value",
    "realConsumption": "our log of the last trips (500 km): stateOfCharge before and after each, and the battery's capacity",
    "realConsumptionTrips": "our log of the last trips",
    "realRange": "stateOfCharge, the battery's capacity and realConsumption",
    "atHome": "position and openHAB's location, with `home_radius` of `bmw.cfg`",
    "distanceFromHome": "position and openHAB's location",
    "directionFromHome": "position and openHAB's location; `UNDEF` at home",
    "place": "position, openHAB's location and `places` of `bmw.cfg`: HOME, ELSEWHERE or the name of one of your places",
}


def _named(source, keys):
    return {key: source for key in keys.split()}


#: CarData's values from other endpoints than telematicData
_CARDATA = {key: ", ".join(names) for table in (descriptors.PAIRS, descriptors.TIMERS) for key, names in table.items()}
_CARDATA.update(_named(descriptors.SERVICES, "nextService serviceDate servicesDue serviceStatus"))
_CARDATA.update(_named(descriptors.MESSAGES, "checkControl checkControlCount"))
_CARDATA["climateTimeRemaining"] = descriptors.CLIMATE_MINUTES
_CARDATA["lastTripEnd"] = descriptors.TRIP_END
_CARDATA["fuelRange"] = ", ".join(descriptors._RANGES) + " by drive train"
_CARDATA.update(descriptors._LAST_RESORTS)
_CARDATA.update(_named("basic data", "model driveTrain batteryCapacity"))
_LOG = (
    "energyChargedThisMonth chargingSessionsThisMonth energyChargedLastMonth chargingSessionsLastMonth energyChargedTotal"
    " chargingCostThisMonth chargingCostLastMonth"
)
_CARDATA.update(_named("log of charges, from the charging history, else from charging and stateOfCharge", _LOG))
_CARDATA.update(
    _named(
        "log of charges: BMW's energy and the states of charge of the last charges of 20 % and more",
        "learnedCapacity learnedCapacityCharges learnedCapacityTrend",
    )
)
_CARDATA.update(
    _named(
        "charging history",
        "lastChargingStart lastChargingEnd lastChargingDuration lastChargingEnergy lastChargingStartStateOfCharge lastChargingEndStateOfCharge"
        " lastChargingPlace lastChargingCurve lastChargingSession",
    )
)
_CARDATA.update(
    _named(
        "charging settings by place",
        "chargingPlaces atChargingPlace placeChargingMode placeChargingPreference placeCurrentLimit placeAcousticLimit placeFlapLock"
        " chargingWindowStart chargingWindowEnd",
    )
)
_CARDATA.update(
    _named("tyre diagnosis", " ".join(part + wheel for part in ("tyreWear", "tyreTread", "tyreDefect") for wheel in WHEELS)),
)
_CARDATA.update(_named("tyre diagnosis", "tyreQuality tyreSeason tyreProduced tyreMounted tyreDueMileage"))

_SERVICES = "nextService serviceDate serviceDistance inspectionDate servicesDue serviceStatus"
_MESSAGES = "checkControl checkControlCount"

_OWN_LOG = _named("log of charges, from charging and stateOfCharge", _LOG)

_CONNECTEDDRIVE = dict(_named("cbsData", _SERVICES), **_OWN_LOG)
_CONNECTEDDRIVE.update(_named("checkControlMessages", _MESSAGES))
_CONNECTEDDRIVE.update(position="position", totalRange="sum of the ranges", lights="parkingLight, positionLight", lastTripEnd="date")
_CONNECTEDDRIVE.update(_named("charging profile", "chargingControl departureTimer1 departureTimer2 departureTimer3"))

_PORTAL = dict(_named("condition_based_services", _SERVICES), **_OWN_LOG)
_PORTAL.update(_named("ccmMessages", _MESSAGES))
_PORTAL.update(position="gps_lat, gps_lng", totalRange="sum of the ranges", odometer="mileage")
_PORTAL.update(_named("navigation", "batteryEnergy batteryCapacity"))
_PORTAL.update((key, name) for table in (state._LIFE, state._TRIP) for name, key in table.items())
_PORTAL["lastTripEnd"] = "Segment_LastTrip_time_segment_end"
_PORTAL["chargingStatus"] = ", ".join(state._CHARGING)
_PORTAL.update(_named("charging profile", "chargingControl departureTimer1 departureTimer2 departureTimer3"))

_MYBMW = dict(_named("requiredServices", _SERVICES), **_OWN_LOG)
_MYBMW.update(_named("checkControlMessages", _MESSAGES))
_MYBMW.update(position="location.coordinates", totalRange="sum of the ranges", targetStateOfCharge="chargingTarget, targetSoc")
_MYBMW.update(_named("roofState", "sunroof convertibleRoof"))
_MYBMW.update(_named("departureTimes", "departureTimer1 departureTimer2 departureTimer3 departureTimer4"))
_MYBMW.update(_named("charging statistics", "energyChargedThisMonth chargingSessionsThisMonth"))
_MYBMW["lastChargingSession"] = "charging sessions"
_MYBMW.update(("tyre{}{}".format(part, wheel), "tireState") for part in ("Pressure", "Target") for wheel in WHEELS)
_MYBMW.update((key.format(side), block) for key, _convert, block, _end in mybmw_state._SIDES for side in ("Driver", "Passenger"))


def _fields(*tables):
    return {row[0]: row[2] for table in tables for row in table}


def _joined(first, second):
    return {key: ", ".join(dict.fromkeys(part for part in (first.get(key), second.get(key)) if part)) for key in list(first) + list(second)}


PROFILE = connecteddrive_state._PROFILE
#: cloud -> {key: the field that it comes from}
SOURCES = {
    CARDATA: _joined({row[0]: ", ".join(row[2]) for row in descriptors.TABLE}, _CARDATA),
    CONNECTEDDRIVE: _joined(
        _fields(connecteddrive_state._STATUS, connecteddrive_state._LAST_TRIP, connecteddrive_state._ALL_TRIPS, PROFILE), _CONNECTEDDRIVE
    ),
    PORTAL: _joined(_fields(state._ATTRIBUTES, PROFILE), _PORTAL),
    MYBMW: _joined(_fields(mybmw_state._STATE), _MYBMW),
}

HEAD = """# Every value

Generated by `python -m tests.values_page --write` from the module's tables; do not edit.

An item is created when a car sends its value for the first time. Its name is `BMW_<car>_<item>`, for example `BMW_i3_StateOfCharge`.
`<item>` with a lower-case first letter is the key in the [Python API](api.md) and in the file of `names`: `stateOfCharge`. An unknown
value is `UNDEF`. Types and units are those of the items that the module creates; for your own items openHAB decides how to show a
value. CarData's names are BMW's technical descriptors without `vehicle.` at the start.

"""
TAIL = """
## {}

{} more of CarData's descriptors, shown when `bmw.cfg` says `extra = all` or names them. Type and unit are
those of what the car sends. A descriptor that BMW adds later comes with `all` too.

| CarData descriptor | Item |
|---|---|
{}
Told elsewhere: {}.
"""


def page():
    return HEAD + "\n".join(_section(name) for name in SECTIONS if name not in (extra.SECTION, "commands")) + _extras()


def _section(name):
    rows = [_row(point) for point in VEHICLE_POINTS if point.section == name]
    head = "| Value | Wert | Item | Type | Unit | Read from |\n|---|---|---|---|---|---|\n"
    return "## {} / {}\n\n{}{}".format(SECTIONS[name][0], SECTIONS[name][1], head, "".join(rows))


def _row(point):
    item = point.key[0].upper() + point.key[1:]
    cells = (point.label, point.label_de, "`{}`".format(item), point.item_type, point.unit, _sources(point.key))
    return "| {} |\n".format(" | ".join(cells))


def _sources(key):
    if key in DERIVED:
        return "made of " + DERIVED[key]
    told = ["{}: {}".format(cloud, _short(found[key])) for cloud, found in SOURCES.items() if key in found]
    return "; ".join(told)


def _short(names):
    return ", ".join(name[len("vehicle.") :] if name.startswith("vehicle.") else name for name in names.split(", "))


def _extras():
    names = [name for name in sorted(REST) if name not in descriptors.ALL and name not in ELSEWHERE]
    rows = "".join("| `{}` | `{}` |\n".format(name, _item(extra.key_of(name))) for name in names)
    told = ", ".join("`{}` ({})".format(name, where) for name, where in sorted(ELSEWHERE.items()))
    return TAIL.format(" / ".join(SECTIONS[extra.SECTION][:2]), len(names), rows, told)


def _item(key):
    return key[0].upper() + key[1:]


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page(), "utf-8")
    else:
        sys.stdout.write(page())
