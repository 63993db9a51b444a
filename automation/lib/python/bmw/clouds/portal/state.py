"""Translates the web portal's answers to the vocabulary (connecteddrive.md B3). All attributes are texts."""

from __future__ import absolute_import, unicode_literals

from bmw.clouds import ranges, values
from bmw.compat import text_type
from bmw.vehicle.vehicle import Reading

_FACTS = (
    ("model", "modelName"),
    ("brand", "brand"),
    ("series", "series"),
    ("bodyType", "bodyType"),
    ("driveTrain", "driveTrain"),
    ("steering", "steering"),
    ("numberOfDoors", "doorCount"),
)

#: attributesMap -> vocabulary
_ATTRIBUTES = (
    ("stateOfCharge", values.share, "chargingLevelHv"),
    ("electricRange", values.amount, "beRemainingRangeElectricKm"),
    ("maxElectricRange", values.positive, "beMaxRangeElectricKm"),
    ("fuelRange", values.amount, "beRemainingRangeFuelKm"),
    ("fuelLevel", values.share, "fuelPercent"),
    ("fuelVolume", values.amount, "remaining_fuel"),
    ("pluggedIn", values.flag, "connectorStatus"),
    ("chargingTimeRemaining", values.amount, "chargingTimeRemaining"),
    ("chargingMethod", values.word, "charging_connection_type"),
    ("chargingMode", values.charging_mode, "chargingLogicCurrentlyActive"),
    ("lastChargingResult", values.word, "lastChargingEndResult"),
    ("lastChargingEndReason", values.word, "lastChargingEndReason"),
    ("doorLockState", values.lock, "door_lock_state"),
    ("doorDriverFront", values.lid, "door_driver_front"),
    ("doorPassengerFront", values.lid, "door_passenger_front"),
    ("doorDriverRear", values.lid, "door_driver_rear"),
    ("doorPassengerRear", values.lid, "door_passenger_rear"),
    ("hood", values.lid, "hood_state"),
    ("trunk", values.lid, "trunk_state"),
    ("windowDriverFront", values.word, "window_driver_front"),
    ("windowPassengerFront", values.word, "window_passenger_front"),
    ("windowDriverRear", values.word, "window_driver_rear"),
    ("windowPassengerRear", values.word, "window_passenger_rear"),
    ("sunroof", values.word, "sunroof_state"),
    ("lights", values.lights, "lights_parking"),
    ("lastUpdateReason", values.word, "lastUpdateReason"),
    ("heading", values.amount, "heading"),
)
#: names of the charging state; the first known value counts
_CHARGING = ("chargingSystemStatus", "charging_status", "chargingHVStatus")

#: code of a condition based service -> its name in the other clouds
_SERVICE_CODES = {
    "00001": "OIL",
    "00002": "BRAKE_PADS_FRONT",
    "00003": "BRAKE_FLUID",
    "00017": "VEHICLE_CHECK",
    "00032": "VEHICLE_TUV",
    "00033": "EMISSION_CHECK",
    "00100": "VEHICLE_CHECK",
}

#: BMW's words for units of length; a distance in another unit is unknown
_LENGTHS = {"KM": "km", "MI": "mi", "MLS": "mi", "MILE": "mi", "MILES": "mi"}
#: distances that exist three times: without a suffix, with Km, with Mile
_TOLD_THRICE = ("beRemainingRangeElectric", "beRemainingRangeFuel", "beMaxRangeElectric")
_TRIP_END = "Segment_LastTrip_time_segment_end"

#: scores of the whole life, and of the last trip
_LIFE = {
    "SAVED_LITERS_OVERALL": "savedFuel",
    "AVERAGE_ELECTRIC_CONSUMPTION": "averageConsumption",
    "AVERAGE_RECUPERATED_ENERGY_PER_100_KM": "averageRecuperation",
    "CUMULATED_ELECTRIC_DRIVEN_DISTANCE": "totalElectricDistance",
    "LONGEST_DISTANCE_WITHOUT_CHARGING": "longestElectricDistance",
}
_TRIP = {
    "LASTTRIP_DELTA_KM": "lastTripDistance",
    "ACTUAL_DISTANCE_WITHOUT_CHARGING": "distanceSinceCharging",
    "AVERAGE_ELECTRIC_CONSUMPTION": "lastTripConsumption",
    "AVERAGE_RECUPERATED_ENERGY_PER_100_KM": "lastTripRecuperation",
}


def facts(entry):
    """Constant data of a car, from its entry in the list of cars."""
    return values.facts(_FACTS, entry)


def dynamic(answer, car_facts):
    """Readings of ``{"attributesMap": ..., "vehicleMessages": ...}``, with the car's own time.

    Args:
        car_facts (dict): of ``facts``; the drive train decides what the ranges mean.
    """
    attributes = values.block(answer, "attributesMap")
    # updateTime_converted_timestamp was wrong by an hour in real answers; this one is UTC
    time = values.value_or_none(values.moment, attributes.get("updateTime"))
    readings = values.read_rows(_ATTRIBUTES, attributes, time)
    if any(name in attributes for name in _CHARGING):
        words = [attributes.get(name) for name in _CHARGING]
        readings["chargingStatus"] = Reading(values.first(values.charging, *words), time)
    values.settle_charging(readings)
    if "chargingMode" in readings and readings["chargingMode"].value is None:
        del readings["chargingMode"]  # keep the charging profile's value
    if _TRIP_END in attributes:
        end = values.value_or_none(lambda text: values.home_moment(text, time), attributes[_TRIP_END])
        readings["lastTripEnd"] = Reading(end, time)
    ranges.settle(readings, car_facts, time)
    _add_odometer(readings, attributes, time)
    _add_position(readings, attributes, time)
    _add_services(readings, answer, attributes, time)
    messages = values.block(answer, "vehicleMessages")
    if isinstance(messages.get("ccmMessages"), list):
        texts = [entry.get("text") for entry in values.records(messages, "ccmMessages")]
        readings.update(values.message_readings([values.value_or_none(values.text, text) for text in texts], time))
    return readings


def navigation(answer):
    """Readings of the navigation answer: the battery in kWh. Its position has no time and is ignored."""
    energy = values.first(values.amount, answer.get("soc"))
    # BMW renamed the key in December 2019
    most = values.first(values.positive, answer.get("socmax"), answer.get("socMax"))
    found = {"batteryEnergy": energy, "batteryCapacity": most}
    return dict((key, Reading(value)) for key, value in found.items() if value is not None)


def efficiency(answer):
    """Readings of the efficiency answer: scores of the whole life and of the last trip."""
    scores = [(_LIFE, entry.get("attrName"), entry.get("lifeTime")) for entry in values.records(answer, "scoreList")]
    scores += [(_LIFE, entry.get("name"), entry.get("lifeTime")) for entry in values.records(answer, "lifeTimeList")]
    scores += [(_TRIP, entry.get("name"), entry.get("lastTrip")) for entry in values.records(answer, "lastTripList")]
    found = dict(
        (words[name], values.value_or_none(values.positive if words[name] == "savedFuel" else values.amount, value))
        for words, name, value in scores
        if isinstance(name, text_type) and name in words
    )
    return dict((key, Reading(value)) for key, value in found.items() if value is not None)


def _add_odometer(readings, attributes, time):
    if "mileage" in attributes:
        value, unit = values.value_or_none(values.amount, attributes["mileage"]), _length(attributes)
        readings["odometer"] = Reading(value, time, unit) if unit else Reading(None, time)


def _length(attributes):
    """The car's unit of length (openHAB's symbol), or None. If it is not named, a distance with both suffixes shows it."""
    named = values.value_or_none(values.word, attributes.get("unitOfLength"))
    if named:
        return _LENGTHS.get(named)
    for name in _TOLD_THRICE:
        told, km, miles = [values.value_or_none(values.positive, attributes.get(name + end)) for end in ("", "Km", "Mile")]
        if told is not None and (told == km) != (told == miles):
            return "km" if told == km else "mi"
    return None


def _add_position(readings, attributes, time):
    """Adds the position. vehicle_tracking 0: the driver has switched it off."""
    is_tracked = values.value_or_none(values.flag, attributes.get("vehicle_tracking")) is not False
    if is_tracked and "gps_lat" not in attributes and "gps_lng" not in attributes:
        return
    place = values.place(attributes.get("gps_lat"), attributes.get("gps_lng")) if is_tracked else None
    readings["position"] = Reading(place, time)
    if not is_tracked and "heading" in readings:
        readings["heading"] = Reading(None, time)


def _add_services(readings, answer, attributes, time):
    """Adds the services. The messages have their names, the attribute has their distances."""
    listed = [part for part in text_type(attributes.get("condition_based_services") or "").split(";") if part.strip()]
    services = [_coded(part) for part in listed]
    if not services:
        entries = values.records(values.block(answer, "vehicleMessages"), "cbsMessages")
        services = [_message(entry) for entry in entries]
    unit = _length(attributes)
    if unit is None:
        services = [_without_distance(service) for service in services]
    if services or attributes.get("condition_based_services") is not None:
        readings.update(values.service_readings(services, time, unit))


def _without_distance(service):
    return values.Service(service.kind, service.name, service.date, None, service.status)


def _coded(text):
    """``00100,OK,2021-01,29000``; some cars add fields of unknown meaning."""
    code, status, date, distance = [field.strip() for field in text.split(",") + [""] * 4][:4]
    kind = _SERVICE_CODES.get(code, code)
    return values.service(kind, values.service_name(kind), date, distance, status)


def _message(entry):
    name = values.first(values.text, entry.get("text"), entry.get("description"))
    kind = _SERVICE_CODES.get(text_type(entry.get("id")).zfill(5))
    return values.service(kind, name, entry.get("date"), entry.get("unitOfLengthRemaining"), entry.get("status"))
