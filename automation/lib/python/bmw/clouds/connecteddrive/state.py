"""Translates ConnectedDrive's answers to the vocabulary, mostly with tables (connecteddrive.md A4)."""

from __future__ import absolute_import, unicode_literals

from bmw.clouds import ranges, values
from bmw.vehicle.vehicle import Reading

#: vehicle entry -> facts
_FACTS = (
    ("model", "model"),
    ("brand", "brand"),
    ("bodyType", "bodytype"),
    ("driveTrain", "driveTrain"),
    ("steering", "steering"),
    ("constructionYear", "yearOfConstruction"),
)

#: vehicleStatus -> vocabulary. The API also has each range in miles (...Mls).
_STATUS = (
    ("stateOfCharge", values.share, "chargingLevelHv"),
    ("electricRange", values.amount, "remainingRangeElectric"),
    ("maxElectricRange", values.positive, "maxRangeElectric"),
    ("fuelRange", values.amount, "remainingRangeFuel"),
    ("fuelLevel", values.share, "fuelPercent"),
    ("fuelVolume", values.amount, "remainingFuel"),
    ("chargingStatus", values.charging, "chargingStatus"),
    ("pluggedIn", values.flag, "connectionStatus"),
    ("chargingTimeRemaining", values.amount, "chargingTimeRemaining"),
    ("chargingMethod", values.word, "chargingConnectionType"),
    ("lastChargingResult", values.word, "lastChargingEndResult"),
    ("lastChargingEndReason", values.word, "lastChargingEndReason"),
    ("doorLockState", values.lock, "doorLockState"),
    ("doorDriverFront", values.lid, "doorDriverFront"),
    ("doorPassengerFront", values.lid, "doorPassengerFront"),
    ("doorDriverRear", values.lid, "doorDriverRear"),
    ("doorPassengerRear", values.lid, "doorPassengerRear"),
    ("hood", values.lid, "hood"),
    ("trunk", values.lid, "trunk"),
    ("windowDriverFront", values.word, "windowDriverFront"),
    ("windowPassengerFront", values.word, "windowPassengerFront"),
    ("windowDriverRear", values.word, "windowDriverRear"),
    ("windowPassengerRear", values.word, "windowPassengerRear"),
    ("trunkWindow", values.lid, "rearWindow"),
    ("sunroof", values.word, "sunroof"),
    ("convertibleRoof", values.word, "convertibleRoofState"),
    ("odometer", values.amount, "mileage"),
    ("lastUpdateReason", values.word, "updateReason"),
    ("heading", values.amount, "position.heading"),
)

_LAST_TRIP = (
    ("lastTripDistance", values.amount, "totalDistance"),
    ("lastTripElectricDistance", values.amount, "electricDistance"),
    ("lastTripDuration", values.amount, "duration"),
    ("lastTripConsumption", values.amount, "avgElectricConsumption"),
    ("lastTripRecuperation", values.amount, "avgRecuperation"),
    ("lastTripFuelConsumption", values.amount, "avgCombinedConsumption"),
)

_ALL_TRIPS = (
    ("averageConsumption", values.amount, "avgElectricConsumption.userAverage"),
    ("averageRecuperation", values.amount, "avgRecuperation.userAverage"),
    ("longestElectricDistance", values.amount, "chargecycleRange.userHigh"),
    ("distanceSinceCharging", values.amount, "chargecycleRange.userCurrentChargeCycle"),
    ("totalElectricDistance", values.amount, "totalElectricDistance.userTotal"),
    ("savedFuel", values.positive, "totalSavedFuel"),
    ("batteryCapacity", values.thousandth, "batterySizeMax"),
)

_PROFILE = (
    ("chargingMode", values.word, "chargingMode"),
    ("chargingPreference", values.word, "chargingPreferences"),
    ("climateAtDeparture", values.flag, "climatizationEnabled"),
    ("chargingWindowStart", values.clock_time, "preferredChargingWindow.startTime"),
    ("chargingWindowEnd", values.clock_time, "preferredChargingWindow.endTime"),
)
_PROFILE_KINDS = (("weeklyPlanner", "WEEKLY_PLANNER"), ("twoTimesTimer", "TWO_TIMES_TIMER"))


def facts(entry):
    """Constant data of a car, from its entry in the list of cars."""
    return values.facts(_FACTS, entry)


def told_at(answer):
    """The time of a ``vehicleStatus`` (epoch seconds), or None."""
    # internalDataTimeUTC has no offset and means UTC
    return values.first(values.moment, answer.get("updateTime"), answer.get("internalDataTimeUTC"))


def status(answer, car_facts):
    """Readings of a ``vehicleStatus`` (dict), with the car's own time.

    Args:
        car_facts (dict): of ``facts``; the drive train decides what the ranges mean.
    """
    time = told_at(answer)
    readings = values.read_rows(_STATUS, answer, time)
    values.settle_charging(readings)
    ranges.settle(readings, car_facts, time)
    _add_position(readings, values.block(answer, "position"), time)
    _add_lights(readings, answer, time)
    if isinstance(answer.get("cbsData"), list):
        services = [_service(entry) for entry in values.records(answer, "cbsData")]
        readings.update(values.service_readings(services, time))
    if isinstance(answer.get("checkControlMessages"), list):
        messages = values.records(answer, "checkControlMessages")
        readings.update(values.message_readings([_message(entry) for entry in messages], time))
    return readings


def last_trip(answer, told_at):
    """Readings of a ``lastTrip`` (dict).

    Args:
        told_at (float or None): time of the car's last report.
    """
    time = values.value_or_none(lambda date: values.home_moment(date, told_at), answer.get("date"))
    readings = values.read_rows(_LAST_TRIP, answer, time)
    if "date" in answer:
        readings["lastTripEnd"] = Reading(time, time)
    return readings


def all_trips(answer):
    """Readings of an ``allTrips`` (dict); they have no time of their own."""
    return values.read_rows(_ALL_TRIPS, answer, None)


def charging_profile(answer):
    """Readings of a charging profile: ``{"weeklyPlanner": {...}}`` or ``{"twoTimesTimer": {...}}``."""
    for name, kind in _PROFILE_KINDS:
        planner = values.block(answer, name)
        if planner:
            readings = values.read_rows(_PROFILE, planner, None)
            values.settle_window(readings)
            readings["chargingControl"] = Reading(kind)
            for number in (1, 2, 3):
                timer = values.block(planner, "timer{}".format(number))
                if timer:
                    readings["departureTimer{}".format(number)] = Reading(_timer(timer))
            return readings
    return {}


def _timer(timer):
    departure = values.value_or_none(values.clock_time, timer.get("departureTime"))
    days = timer.get("weekdays") if isinstance(timer.get("weekdays"), list) else []
    return values.timer_text(departure, days, timer.get("timerEnabled") is True)


def _add_position(readings, position, time):
    """A position is valid only with status OK; with DRIVER_DISABLED and VEHICLE_ACTIVE (driving) it is -1."""
    if not position:
        return
    is_known = position.get("status") in (None, "OK")
    readings["position"] = Reading(values.place(position.get("lat"), position.get("lon")) if is_known else None, time)
    if not is_known and "heading" in readings:
        readings["heading"] = Reading(None, time)


def _add_lights(readings, answer, time):
    lamps = [answer[key] for key in ("parkingLight", "positionLight") if key in answer]
    shine = [values.value_or_none(values.lights, lamp) for lamp in lamps]
    if shine:
        readings["lights"] = Reading(True if True in shine else None if None in shine else False, time)


def _service(entry):
    kind = entry.get("cbsType")
    name = values.service_name(kind)
    return values.service(kind, name, entry.get("cbsDueDate"), entry.get("cbsRemainingMileage"), entry.get("cbsState"))


def _message(entry):
    texts = [entry.get(name) for name in ("ccmDescriptionShort", "ccmDescriptionLong", "ccmId")]
    return values.first(values.text, *texts)
