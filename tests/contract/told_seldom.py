"""The values of CarData's rare calls (charges, charging places, tyres), calculated from the canonical car.

As ``told``: written from the fact sheet and apart from the library's own tables. These items follow the states by a moment, and some
once a day only.
"""

from datetime import datetime, timedelta, timezone

from .told import WHEELS, Amount, Moment

#: fixed values of the simulated tyres
TYRES = {"tyreQuality": "GOOD", "tyreProduced": "2025-W14"}
WHEEL = {"tyreWear": "OK", "tyreDefect": "NO_DEFECT"}


def expected(name, cloud, vin):
    """What the items must show from CarData's rare calls; {} for the older clouds. Arguments as in ``told``."""
    if name != "cardata":
        return {}
    car = cloud.car(vin)
    told = _tyres(car) if car["tyre_dimension"] else {}
    if car["battery_usable_kwh"] is not None:
        told.update(_charges(car, cloud.clock.now(), timezone(timedelta(minutes=cloud.options.utc_offset))))
        told.update(_places(car))
    return told


def _tyres(car):
    in_miles = car["distance_unit"] == "mi"
    told = dict(TYRES, tyreSeason=car["tyre_season"], tyreDueMileage=Amount(27500, "mi" if in_miles else "km"))
    for wheel in WHEELS.values():
        told.update((key + wheel, word) for key, word in WHEEL.items())
        told["tyreTread" + wheel] = Amount(6.2, "mm")
    told["tyreMounted"] = Moment(datetime(2026, 4, 2, tzinfo=timezone.utc).timestamp())
    return told


def _charges(car, now, zone):
    """The last charge, and the sums of two months in the local time zone (tzinfo)."""
    this = _month(now, zone)
    before = _month(this - 86400, zone)
    sessions = car["charging_sessions"]
    last = max(sessions, key=lambda one: one["start"])
    told = {
        "lastChargingStart": Moment(last["start"]),
        "lastChargingEnd": Moment(last["end"]),
        "lastChargingDuration": Amount((last["end"] - last["start"]) / 60.0, "min"),
        "lastChargingEnergy": Amount(last["grid_kwh"], "kWh"),
        "lastChargingStartStateOfCharge": Amount(last["soc_start"], "%"),
        "lastChargingEndStateOfCharge": Amount(last["soc_end"], "%"),
        "lastChargingPlace": "Musterstadt",
        "lastChargingCurve": "[[{},7.2],[{},0]]".format(last["start"], last["end"]),
        "lastChargingSession": _sentence(last, zone),
    }
    for name, begin, end in (("ThisMonth", this, now), ("LastMonth", before, this)):
        chosen = [one for one in sessions if begin <= one["start"] < end]
        told["chargingSessions" + name] = len(chosen)
        told["energyCharged" + name] = Amount(sum(one["grid_kwh"] for one in chosen), "kWh")
    # the log keeps what it was told when it was first asked, perhaps a month ago: the newest of the past charges was a day before that
    asked = _month(_month(last["start"] + 86400, zone) - 86400, zone)
    told["energyChargedTotal"] = Amount(sum(one["grid_kwh"] for one in sessions if asked <= one["start"] <= now), "kWh")
    return told


def _sentence(session, zone):
    minutes = round((session["end"] - session["start"]) / 60.0)
    began = datetime.fromtimestamp(session["start"], zone).strftime("%d.%m.%Y %H:%M")
    return "{}, {:.1f} kWh, {}:{:02d} h, Musterstadt".format(began, session["grid_kwh"], minutes // 60, minutes % 60)


def _month(seconds, zone):
    return datetime.fromtimestamp(seconds, zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()


def _places(car):
    """The car's only charging place is where it stands; a car without charging places has the number 0."""
    places = car["charging_locations"]
    told = {"chargingPlaces": len(places), "atChargingPlace": "ON" if places else "OFF"}
    if places:
        place = places[0]
        told.update(chargingWindowStart=place["start"], chargingWindowEnd=place["stop"], placeChargingMode="CHARGING_WINDOW")
        told.update(placeChargingPreference="NO_PRESELECTION", placeAcousticLimit="UNLIMITED", placeFlapLock="NO_ACTION")
        told.update(placeCurrentLimit=Amount(place["ac_limit_a"], "A"))
    return told
