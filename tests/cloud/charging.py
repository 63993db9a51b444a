"""Past charges and charging places, in CarData's wording. It must not know HTTP."""

from .clock import iso
from .descriptors import MILES_PER_KM

HOME = {"municipality": "Musterstadt", "streetAddress": "Testweg 1", "formattedAddress": "Testweg 1, 12345 Musterstadt"}


def sessions_between(car, start, end):
    """The charging sessions that began in this period, newest first."""
    chosen = [session for session in car["charging_sessions"] if start <= session["start"] <= end]
    return [_session(car, session) for session in sorted(chosen, key=lambda one: -one["start"])]


def _session(car, session):
    odometer = session["odometer_km"]
    miles = car["distance_unit"] == "mi"
    answer = {
        "startTime": session["start"],
        "timeZone": "Europe/Berlin",
        "displayedStartSoc": session["soc_start"],
        "displayedSoc": session["soc_end"],
        "isPreconditioningActivated": False,
        "mileage": round(odometer * MILES_PER_KM if miles else odometer),
        "mileageUnits": "MI" if miles else "KM",
        "businessErrors": [],
        "chargingLocation": dict(HOME, mapMatchedLatitude=session["latitude"], mapMatchedLongitude=session["longitude"]),
    }
    # of some sessions BMW does not tell the energy
    if session["grid_kwh"] is not None:
        answer["energyConsumedFromPowerGridKwh"] = session["grid_kwh"]
    # a running session has no end yet
    if session.get("end"):
        answer.update(
            endTime=session["end"],
            totalChargingDurationSec=session["end"] - session["start"],
            chargingBlocks=[{"startTime": session["start"], "endTime": session["end"], "averagePowerGridKw": session["power_kw"]}],
        )
    if session.get("public"):
        answer["publicChargingPoint"] = {
            "potentialChargingPointMatches": [
                {"providerName": "Test Charging", "streetAddress": "Testweg 1", "postalCode": "12345", "city": "Musterstadt"}
            ]
        }
    return answer


def location_settings(car):
    return [_location(car, place) for place in car["charging_locations"]]


def _location(car, place):
    start_hour, start_minute = _clock_time(place["start"])
    stop_hour, stop_minute = _clock_time(place["stop"])
    window = {
        "startChargingTimePeriodHour": start_hour,
        "startChargingTimePeriodMinute": start_minute,
        "stopChargingTimePeriodHour": stop_hour,
        "stopChargingTimePeriodMinute": stop_minute,
    }
    return dict(
        window,
        id=place["id"],
        clusterLocationId="cluster-" + place["id"],
        latitude=place["latitude"],
        longitude=place["longitude"],
        visits=place["visits"],
        lastVisit=iso(car.times.get("latitude")),
        lastUpdated=iso(car.times.get("charging_locations")),
        chargingMode="CHARGING_WINDOW",
        optimizedChargingPreference="NO_PRESELECTION",
        chargingTimeWindows=[window],
        acCurrentLimitFlag="ACTIVE",
        acCurrentLimit=place["ac_limit_a"],
        acousticLimit="UNLIMITED",
        flapLock="NO_ACTION",
        chargingPlug="LOCKED",
    )


def _clock_time(text):
    hour, minute = text.split(":")
    return int(hour), int(minute)
