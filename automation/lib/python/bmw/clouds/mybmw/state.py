"""Translates MyBMW's answers to the vocabulary, mostly with tables (mybmw.md 4.1, 4.2, 4.4).

Left and right become driver's and passenger's side. Units are always metric.
"""

from __future__ import absolute_import, unicode_literals

from bmw.clouds import ranges, values
from bmw.compat import text_type, upper
from bmw.vehicle.vehicle import Reading

_FACTS = (
    ("model", "model"),
    ("brand", "brand"),
    ("bodyType", "bodyType"),
    ("driveTrain", "driveTrain"),
    ("constructionYear", "year"),
    ("countryOfOrigin", "countryOfOrigin"),
    ("headUnit", "headUnitType"),
)

_STATE = (
    ("odometer", values.amount, "currentMileage"),
    ("stateOfCharge", values.share, "electricChargingState.chargingLevelPercent"),
    ("electricRange", values.amount, "electricChargingState.range"),
    ("chargingStatus", values.charging, "electricChargingState.chargingStatus"),
    ("pluggedIn", values.flag, "electricChargingState.isChargerConnected"),
    ("chargingMethod", values.word, "electricChargingState.chargingConnectionType"),
    ("chargingTimeRemaining", values.amount, "electricChargingState.remainingChargingMinutes"),
    ("fuelRange", values.amount, "combustionFuelLevel.range"),
    ("fuelLevel", values.share, "combustionFuelLevel.remainingFuelPercent"),
    ("fuelVolume", values.amount, "combustionFuelLevel.remainingFuelLiters"),
    ("doorLockState", values.lock, "doorsState.combinedSecurityState"),
    ("hood", values.lid, "doorsState.hood"),
    ("trunk", values.lid, "doorsState.trunk"),
    ("trunkWindow", values.lid, "windowsState.rear"),
    ("heading", values.amount, "location.heading"),
    ("address", values.text, "location.address.formatted"),
    ("climateStatus", values.word, "climateControlState.activity"),
    ("climateTimeRemaining", values.minutes_of_seconds, "climateControlState.remainingSeconds", "min"),
    ("alarmArmed", values.word, "securityOverviewMode"),
    ("deepSleep", values.flag, "isDeepSleepModeActive"),
    ("lastFetched", values.moment, "lastFetched"),
    ("chargingControl", values.word, "chargingProfile.chargingControlType"),
    ("chargingMode", values.word, "chargingProfile.chargingMode"),
    ("chargingPreference", values.word, "chargingProfile.chargingPreference"),
    ("climateAtDeparture", values.flag, "chargingProfile.climatisationOn"),
    ("chargingWindowStart", values.clock_time, "chargingProfile.reductionOfChargeCurrent.start"),
    ("chargingWindowEnd", values.clock_time, "chargingProfile.reductionOfChargeCurrent.end"),
    ("currentLimit", values.positive, "chargingProfile.chargingSettings.acCurrentLimit"),
    ("currentLimitActive", values.flag, "chargingProfile.chargingSettings.isAcCurrentLimitActive"),
)

#: left is the driver's side of a left-hand-drive car: (key, converter, block, field's end)
_SIDES = (
    ("door{}Front", values.lid, "doorsState", "Front"),
    ("door{}Rear", values.lid, "doorsState", "Rear"),
    ("window{}Front", values.word, "windowsState", "Front"),
    ("window{}Rear", values.word, "windowsState", "Rear"),
)
_WHEELS = (
    ("FrontLeft", "frontLeft"),
    ("FrontRight", "frontRight"),
    ("RearLeft", "rearLeft"),
    ("RearRight", "rearRight"),
)

#: severities of entries without a problem: cars list tyre pressure and oil with these
_NO_MESSAGE = frozenset(("OK", "LOW"))


def facts(profile):
    """Constant data of a car, from its profile."""
    return values.facts(_FACTS, profile)


def translate(state, car_facts):
    """Readings of a ``state`` (dict), with the car's own time.

    Args:
        car_facts (dict): of ``facts``; the drivetrain decides what the ranges mean.
    """
    time = values.value_or_none(values.moment, state.get("lastUpdatedAt"))
    readings = values.read_rows(_STATE, state, time)
    values.settle_charging(readings)
    _add_target(readings, state, time)
    _add_sides(readings, state, time)
    _add_roof(readings, state, time)
    _add_position(readings, state, time)
    _add_tyres(readings, state, time)
    _add_timers(readings, state, time)
    values.settle_window(readings)
    if isinstance(state.get("requiredServices"), list):
        services = [_service(entry) for entry in values.records(state, "requiredServices")]
        readings.update(values.service_readings(services, time))
    if isinstance(state.get("checkControlMessages"), list):
        messages = values.records(state, "checkControlMessages")
        texts = [_message(entry) for entry in messages if values.value_or_none(values.word, entry.get("severity")) not in _NO_MESSAGE]
        readings.update(values.message_readings(texts, time))
    ranges.settle(readings, car_facts, time)
    return readings


def history(statistics, sessions):
    """Readings of the charging statistics and sessions; their texts are in the account's language."""
    figures = values.block(statistics, "statistics")
    found = {
        "energyChargedThisMonth": values.value_or_none(values.amount, figures.get("totalEnergyCharged")),
        "chargingSessionsThisMonth": values.value_or_none(values.amount, figures.get("numberOfChargingSessions")),
    }
    listed = values.records(values.block(sessions, "chargingSessions"), "sessions")
    if listed:
        texts = [listed[0].get(name) for name in ("title", "energyCharged", "subtitle")]
        parts = [values.value_or_none(values.text, text) for text in texts]
        found["lastChargingSession"] = ", ".join(part for part in parts if part) or None
    return dict((key, Reading(value)) for key, value in found.items() if value is not None)


def _add_target(readings, state, time):
    electric = values.block(state, "electricChargingState")
    settings = values.block(values.block(state, "chargingProfile"), "chargingSettings")
    # no car has a target of 0 %
    target = values.first(values.positive, electric.get("chargingTarget"), settings.get("targetSoc"))
    if target is not None:
        readings["targetStateOfCharge"] = Reading(values.value_or_none(values.share, target), time)


def _add_sides(readings, state, time):
    left, right = ("Driver", "Passenger") if state.get("isLeftSteering") is not False else ("Passenger", "Driver")
    rows = []
    for key, convert, name, end in _SIDES:
        rows.append((key.format(left), convert, "{}.left{}".format(name, end)))
        rows.append((key.format(right), convert, "{}.right{}".format(name, end)))
    readings.update(values.read_rows(rows, state, time))


def _add_roof(readings, state, time):
    roof = values.block(state, "roofState")
    if "roofState" in roof:
        is_soft_top = "CONVERTIBLE" in upper(text_type(roof.get("roofStateType") or ""))
        key = "convertibleRoof" if is_soft_top else "sunroof"
        readings[key] = Reading(values.value_or_none(values.word, roof["roofState"]), time)


def _add_position(readings, state, time):
    spot = values.block(values.block(state, "location"), "coordinates")
    if spot:
        readings["position"] = Reading(values.place(spot.get("latitude"), spot.get("longitude")), time)


def _add_tyres(readings, state, time):
    tyres = values.block(state, "tireState")
    for wheel, name in _WHEELS:
        status = values.block(values.block(tyres, name), "status")
        rows = (
            ("tyrePressure" + wheel, values.positive, "currentPressure"),
            ("tyreTarget" + wheel, values.positive, "targetPressure"),
        )
        readings.update(values.read_rows(rows, status, time))


def _add_timers(readings, state, time):
    for number, timer in enumerate(values.records(values.block(state, "chargingProfile"), "departureTimes")[:4], 1):
        departure = values.value_or_none(values.clock_time, timer.get("timeStamp"))
        days = timer.get("timerWeekDays") if isinstance(timer.get("timerWeekDays"), list) else []
        is_on = timer.get("action") == "ACTIVATE"
        if departure == "00:00" and not days and not is_on:
            departure = None  # BMW's value for a timer that is not set
        text = values.timer_text(departure, days, is_on)
        readings["departureTimer{}".format(number)] = Reading(text, time)


def _service(entry):
    kind = entry.get("type")
    return values.service(kind, values.service_name(kind), entry.get("dateTime"), entry.get("mileage"), entry.get("status"))


def _message(entry):
    return values.first(values.text, entry.get("name"), entry.get("description"), entry.get("type"))
