"""How CarData says what a car knows: canonical fields -> technical descriptors.

A table, one row per descriptor the simulator can deliver, and a table of what each kind of car really
delivers. This room knows the CarData vocabulary and its catalogue; it must not know HTTP, tokens or
containers.
"""

import json
import os
from collections import namedtuple
from datetime import datetime, timedelta, timezone

from .clock import iso

Row = namedtuple("Row", "key fields unit encode words feature")
# utc_offset: the cars' offset from UTC in minutes
Style = namedtuple("Style", "units booleans missing utc_offset")
PLAIN = Style(units="short", booleans="plain", missing="mixed", utc_offset=0)

DISTANCE = "distance"
MILES_PER_KM = 0.621371
LONG_UNITS = {"km": "kilometers", "mi": "miles", "%": "percent"}

DT = "vehicle.drivetrain."
EE = "vehicle.drivetrain.electricEngine."
CH = "vehicle.drivetrain.electricEngine.charging."
PB = "vehicle.powertrain.electric.battery."
TB = "vehicle.powertrain.tractionBattery.charging.port."
CAB = "vehicle.cabin."
BODY = "vehicle.body."
VV = "vehicle.vehicle."
ST = "vehicle.status."
AX = "vehicle.chassis.axle."
TR = "vehicle.trip.segment."
TRIP_END = TR + "end.time"
NAV = "vehicle.cabin.infotainment.navigation."
HVAC = "vehicle.cabin.hvac.preconditioning."
TIMER = "vehicle.cabin.climate.timers."

# What a kind of car sends beyond 'base'. The i3 (older electronics) sends no tyre pressures, no `PB.`
# keys and no details of the climate control; its owners report this.
I3_FEATURES = {"base", "electric", "i3"}
# (kind, descriptor) -> number that BMW sends although the car has no such part, or an older one
NO_PART = {
    ("i3", DT + "lastRemainingRange"): 0,
    ("i3", DT + "fuelSystem.remainingFuel"): 0.0,
    ("i3", DT + "batteryManagement.batterySizeMax"): 0.0,
    ("combustion", DT + "batteryManagement.header"): 0.0,
}
# The Neue Klasse uses other descriptors than older cars: these ones come as null.
SILENT = {
    "ix3": {
        DT + "batteryManagement.header",
        PB + "stateOfCharge.displayed",
        EE + "kombiRemainingElectricRange",
        EE + "remainingElectricRange",
        DT + "totalRemainingRange",
        BODY + "chargingPort.status",
        BODY + "chargingPort.statusClearText",
        CH + "connectorStatus",
        CH + "hvStatus",
        TB + "anyPosition.isPlugged",
        VV + "travelledDistance",
    }
}
# values that only the Neue Klasse sends
NEW_WORDS = {("ix3", CH + "status"): {"INITIALIZATION": "initializing"}}
# REST gives these the time of the request as timestamp, no matter how old the value is.
AT_REQUEST = {CH + "hvStatus", CH + "lastChargingReason", CH + "lastChargingResult", CH + "level", EE + "remainingElectricRange"}
# REST sends no unit for these; BMW's catalogue has "null" there too.
NO_UNIT_BY_REST = {VV + "travelledDistance"}
# in the category of basic data, but sent with the telematic data as well
TOLD_ALL_THE_SAME = {DT + "batteryManagement.batterySizeMax"}

NEW_FEATURES = {"base", "electric", "new_electric", "ac", "climate", "tyres", "seats", "sunroof", "battery12"}
DELIVERS = {
    "i3": I3_FEATURES,
    "i3_rex": I3_FEATURES | {"fuel"},
    "i4": NEW_FEATURES,
    "ix1": NEW_FEATURES,
    "ix3": NEW_FEATURES,
    "phev": {"base", "electric", "ac", "climate", "tyres", "fuel", "engine", "battery12"},
    "combustion": {"base", "climate", "tyres", "fuel", "engine", "battery12"},
}


def _same(value):
    return value


def _whole(value):
    return round(value)


def _tenth(value):
    return round(float(value), 1)


def _is(word):
    return lambda value: value == word


def _words(**table):
    """Canonical word -> CarData word; words that are not listed stay as they are."""
    return lambda value: table.get(value, value)


def _sum(electric, fuel):
    return (electric or 0) + (fuel or 0)


def _coordinate(value):
    return round(float(value), 6)


def _legal_date(value):
    year, month, day = value.split("-")
    return "%s.%s.%s 00:00 UTC" % (day, month, year)


def _local_text(value, utc_offset):
    """The car's local time, which BMW marks as UTC."""
    return datetime.fromtimestamp(value, timezone(timedelta(minutes=utc_offset))).strftime("%d.%m.%Y %H:%M:%S UTC")


def _phases(value):
    return "%d-PHASES" % value if value else "NO_CHARGING"


def _timer_action(number):
    return lambda timers: "ACTIVATE" if _timer(timers, number)["active"] else "DEACTIVATE"


def _timer_part(number, part):
    return lambda timers: int((_timer(timers, number)["time"] or "00:00").split(":")[part])


def _timer(timers, number):
    return next((timer for timer in timers if timer["id"] == number), {"active": False, "time": None})


def _services_text(services):
    return json.dumps(
        [
            {
                "date": service.get("date") or "-",
                "description": service.get("description") or "-",
                "id": service["id"],
                "messageType": "CBS",
                "status": service.get("status", "OK"),
                "title": service.get("title"),
                "text": "-",
                "unitOfLengthRemaining": str(service["km"]) if service.get("km") is not None else "-",
            }
            for service in services
        ],
        separators=(",", ":"),
    )


def _check_control_text(messages):
    return json.dumps(
        [
            {
                "date": None,
                "description": None,
                "id": message["id"],
                "messageType": "CCM",
                "status": "NULL",
                "title": None,
                "text": message["text"],
                "unitOfLengthRemaining": str(message["km"]) if message.get("km") is not None else "-",
            }
            for message in messages
        ],
        separators=(",", ":"),
    )


def _row(key, fields, unit=None, encode=_same, words=None, feature="base"):
    return Row(key, (fields,) if isinstance(fields, str) else fields, unit, encode, words, feature)


def _door(key, field):
    return _row(key, field, encode=_is("OPEN"), words=("OPEN", "CLOSED"))


TRUTH = ("ASN_isTrue", "ASN_isFalse")
CHARGING_STATUS = _words(
    NOT_CHARGING="NOCHARGING",
    WAITING="CHARGINGPAUSED",
    CHARGING="CHARGINGACTIVE",
    PAUSED="CHARGINGPAUSED",
    FINISHED_FULL="CHARGINGENDED",
    FINISHED_NOT_FULL="CHARGINGENDED",
    ERROR="CHARGINGERROR",
)
HV_STATUS = _words(
    NOT_CHARGING="INVALID",
    INITIALIZATION="WAITING_FOR_CHARGING",
    WAITING="WAITING_FOR_CHARGING",
    PAUSED="WAITING_FOR_CHARGING",
    FINISHED_FULL="FINISHED_FULLY_CHARGED",
)
PLUG_WORDS = ("CONNECTED", "DISCONNECTED")


def _plug(value):
    return PLUG_WORDS[0] if value else PLUG_WORDS[1]


ROWS = [
    # Battery and range
    _row(DT + "batteryManagement.header", "soc", "percent", _tenth, feature="electric"),
    _row(PB + "stateOfCharge.displayed", "soc", "percent", _tenth, feature="new_electric"),
    _row(CH + "level", "soc_predicted", "%", _tenth, feature="electric"),
    _row(TR + "end.drivetrain.batteryManagement.hvSoc", "trip_end_soc", "percent", _tenth, feature="electric"),
    _row(PB + "stateOfCharge.target", "soc_target", "%", _whole, feature="new_electric"),
    _row(PB + "stateOfHealth.displayed", "soh", "percent", feature="new_electric"),
    _row(DT + "batteryManagement.maxEnergy", "battery_max_energy_kwh", "kWh", _tenth, feature="electric"),
    _row(DT + "batteryManagement.batterySizeMax", "battery_usable_kwh", "kWh", _tenth, feature="new_electric"),
    _row(CH + "smeEnergyDeltaFullyCharged", "energy_to_full_kwh", "kWh", _tenth, feature="electric"),
    _row(EE + "kombiRemainingElectricRange", "range_electric_km", DISTANCE, feature="electric"),
    _row(EE + "remainingElectricRange", "range_electric_km", DISTANCE, feature="electric"),
    _row("vehicle.powertrain.electric.range.target", "range_at_target_km", DISTANCE, feature="new_electric"),
    _row(DT + "totalRemainingRange", ("range_electric_km", "range_fuel_km"), DISTANCE, _sum),
    _row(DT + "lastRemainingRange", ("range_electric_km", "range_fuel_km"), DISTANCE, _sum),
    _row(NAV + "remainingRange", ("range_electric_km", "range_fuel_km"), DISTANCE, _sum),
    _row(DT + "fuelSystem.level", "fuel_percent", "%", _whole, feature="fuel"),
    _row(DT + "fuelSystem.remainingFuel", "fuel_l", "l", _whole, feature="fuel"),
    _row(DT + "avgElectricRangeConsumption", "consumption_kwh_100km", "kWh/100km", _tenth, feature="electric"),
    # Charging
    _row(CH + "status", "charging_status", None, CHARGING_STATUS, feature="electric"),
    _row(CH + "hvStatus", "charging_status", None, HV_STATUS, feature="electric"),
    _row(BODY + "chargingPort.status", "plugged", None, _plug, feature="electric"),
    _row(BODY + "chargingPort.statusClearText", "plugged", None, _plug, feature="electric"),
    _row(BODY + "chargingPort.combinedStatus", "plugged", None, _plug, feature="electric"),
    _row(BODY + "chargingPort.plugEventId", "plug_event", feature="electric"),
    _row(
        BODY + "chargingPort.lockedStatus",
        "plug_locked",
        None,
        lambda on: "CHARGING_CABLE_LOCKED" if on else "CHARGING_CABLE_NOT_LOCKED",
        feature="electric",
    ),
    _row(CH + "connectorStatus", "plugged", None, _plug, feature="electric"),
    _row(TB + "anyPosition.isPlugged", "plugged", feature="new_electric"),
    _row(TB + "anyPosition.flap.isOpen", "charging_flap", None, _is("OPEN"), feature="new_electric"),
    _row(TB + "rearRight.isPlugged", "plugged", feature="new_electric"),
    _row(TB + "rearRight.flap.isOpen", "charging_flap", None, _is("OPEN"), feature="new_electric"),
    _row(BODY + "flap.isLocked", "charging_flap_locked", words=("FLAP_LOCKED", "FLAP_UNLOCKED"), feature="electric"),
    _row(CH + "timeRemaining", "charging_time_remaining_min", "min", _whole, feature="electric"),
    _row(CH + "timeToFullyCharged", "charging_time_remaining_min", "min", _whole, feature="new_electric"),
    _row(PB + "charging.power", "charging_power_w", "W", _whole, feature="new_electric"),
    _row(CH + "acVoltage", "charging_voltage_v", "V", _whole, feature="ac"),
    _row(CH + "acAmpere", "charging_current_a", "A", _whole, feature="ac"),
    _row(CH + "phaseNumber", "charging_phases", None, _phases, feature="ac"),
    _row(CH + "method", "charging_method", feature="electric"),
    _row(CH + "chargingMode", "charging_mode", feature="electric"),
    _row(CH + "profile.preference", "charging_preference", feature="electric"),
    _row(CH + "profile.climatizationActive", "charging_with_climate", feature="electric"),
    _row(
        CH + "isSingleImmediateCharging",
        "charging_immediate",
        words=("DIRECT_CHG_ONCE_ACTIVE", "DIRECT_CHG_ONCE_NOT_ACTIVE"),
        feature="electric",
    ),
    _row(CH + "lastChargingReason", "charging_end_reason", feature="electric"),
    _row(CH + "hvpmFinishReason", "charging_end_reason", feature="electric"),
    _row(CH + "lastChargingResult", "charging_last_result", feature="electric"),
    _row(PB + "charging.acLimit.selected", "charging_ac_limit_a", "A", feature="new_electric"),
    _row(PB + "charging.acLimit.max", "charging_ac_limit_max_a", "A", feature="new_electric"),
    _row(PB + "preconditioning.state", "battery_preconditioning", feature="new_electric"),
    # Doors, windows, locks
    _door(CAB + "door.row1.driver.isOpen", "door_driver_front"),
    _door(CAB + "door.row1.passenger.isOpen", "door_passenger_front"),
    _door(CAB + "door.row2.driver.isOpen", "door_driver_rear"),
    _door(CAB + "door.row2.passenger.isOpen", "door_passenger_rear"),
    _row(CAB + "window.row1.driver.status", "window_driver_front"),
    _row(CAB + "window.row1.passenger.status", "window_passenger_front"),
    _row(CAB + "window.row2.driver.status", "window_driver_rear"),
    _row(CAB + "window.row2.passenger.status", "window_passenger_rear"),
    _door(BODY + "trunk.isOpen", "trunk"),
    _row(BODY + "trunk.door.isOpen", "trunk", None, _is("OPEN"), feature="new_electric"),
    _row(BODY + "trunk.isLocked", "trunk_locked"),
    _door(BODY + "trunk.window.isOpen", "trunk_window"),
    _door(BODY + "hood.isOpen", "hood"),
    _row(CAB + "sunroof.status", "sunroof", feature="sunroof"),
    _row(CAB + "sunroof.tiltStatus", "sunroof_tilt", feature="sunroof"),
    _row(CAB + "door.lock.status", "lock", None, _words(SELECTIVE_LOCKED="SELECTIVE-LOCKED")),
    _row(
        CAB + "door.status",
        "lock",
        None,
        _words(SECURED="secured", LOCKED="locked", UNLOCKED="unlocked", SELECTIVE_LOCKED="selectiveLocked"),
    ),
    _row(VV + "antiTheftAlarmSystem.alarm.armStatus", "alarm_armed"),
    _row(VV + "antiTheftAlarmSystem.alarm.isOn", "alarm_sounding"),
    _row(BODY + "lights.isRunningOn", "lights_on", words=TRUTH),
    # Climate
    _row(VV + "preConditioning.activity", "climate_activity", None, lambda value: value.lower()),
    _row(VV + "preConditioning.remainingTime", "climate_remaining_s", "min", lambda seconds: int(seconds // 60)),
    _row(VV + "preConditioning.error", "climate_error"),
    _row(
        HVAC + "status.comfortState",
        "climate_activity",
        None,
        _words(
            INACTIVE="NOT_ACTIVE",
            STANDBY="NOT_ACTIVE",
            HEATING="COMFORT_HEATING",
            COOLING="COMFORT_COOLING",
            VENTILATION="COMFORT_VENTILATION",
        ),
        feature="climate",
    ),
    _row(HVAC + "status.progress", "climate_progress", "percent", _whole, feature="climate"),
    _row(HVAC + "status.remainingRunningTime", "climate_remaining_s", "s", _whole, feature="climate"),
    _row(HVAC + "status.rearDefrostActive", "rear_defrost", feature="climate"),
    _row(HVAC + "status.isExteriorMirrorHeatingActive", "mirror_heating", feature="climate"),
    _row(HVAC + "configuration.directStartSettings.targetTemperature", "climate_target_c", "celsius", _tenth, feature="climate"),
    _row(HVAC + "configuration.defaultSettings.targetTemperature", "climate_target_c", "celsius", _tenth, feature="climate"),
    _row(CAB + "steeringWheel.heating", "steering_wheel_heating", "percent", _whole, feature="seats"),
    _row(CAB + "seat.row1.driverSide.heating", "seat_heating_driver", "percent", _whole, feature="seats"),
    _row(CAB + "seat.row1.passengerSide.heating", "seat_heating_passenger", "percent", _whole, feature="seats"),
    _row(TIMER + "weekdaysTimer1.action", "timers", None, _timer_action(1), feature="i3"),
    _row(TIMER + "weekdaysTimer1.hour", "timers", "h", _timer_part(1, 0), feature="i3"),
    _row(TIMER + "weekdaysTimer1.minute", "timers", "min", _timer_part(1, 1), feature="i3"),
    _row(TIMER + "weekdaysTimer2.action", "timers", None, _timer_action(2), feature="i3"),
    _row(TIMER + "weekdaysTimer2.hour", "timers", "h", _timer_part(2, 0), feature="i3"),
    _row(TIMER + "weekdaysTimer2.minute", "timers", "min", _timer_part(2, 1), feature="i3"),
    # Position and motion
    _row(NAV + "currentLocation.latitude", "latitude", "degrees", _coordinate),
    _row(NAV + "currentLocation.longitude", "longitude", "degrees", _coordinate),
    _row(NAV + "currentLocation.heading", "heading", "degrees", _whole),
    _row(NAV + "currentLocation.altitude", "altitude_m", "m", _whole),
    _row(NAV + "currentLocation.fixStatus", "gps_fix"),
    _row(NAV + "currentLocation.numberOfSatellites", "satellites"),
    _row(NAV + "destinationSet.arrivalTime", "destination_arrival"),
    _row(NAV + "destinationSet.distance", "destination_distance_km", DISTANCE),
    _row(CAB + "infotainment.displayUnit.distance", "distance_unit", None, _words(mi="miles")),
    _row(VV + "travelledDistance", "odometer_km", DISTANCE),
    _row(TR + "end.travelledDistance", "trip_end_odometer_km", DISTANCE),
    _row(TRIP_END, "trip_end_time"),
    _row(VV + "avgSpeed", "speed_average_kmh", "km/h", _whole),
    _row("vehicle.isMoving", "moving", words=TRUTH),
    _row(DT + "engine.isActive", "engine_on", words=TRUTH),
    _row(DT + "engine.isIgnitionOn", "ignition_on", words=TRUTH),
    _row(DT + "internalCombustionEngine.engine.ect", "coolant_c", "Celsius", _whole, feature="engine"),
    _row(VV + "deepSleepModeActive", "deep_sleep"),
    # 12 V battery, service, messages
    _row("vehicle.electricalSystem.battery.voltage", "battery12_v", "V", _tenth, feature="battery12"),
    _row("vehicle.electricalSystem.battery.stateOfCharge", "battery12_percent", "%", _whole),
    _row(ST + "serviceDistance.next", "service_distance_km", DISTANCE),
    _row(ST + "serviceTime.inspectionDateLegal", "inspection_date", None, _legal_date),
    _row(ST + "conditionBasedServicesCount", "services", None, len),
    _row(ST + "conditionBasedServices", "services", None, _services_text),
    _row(ST + "checkControlMessages", "check_control", None, _check_control_text),
    _row("vehicle.channel.teleservice.status", "teleservice_status"),
]

WHEELS = {"fl": "row1.wheel.left", "fr": "row1.wheel.right", "rl": "row2.wheel.left", "rr": "row2.wheel.right"}
for _wheel, _place in WHEELS.items():
    _prefix = AX + _place + ".tire."
    ROWS += [
        _row(_prefix + "pressure", "tyre_%s_kpa" % _wheel, "kPa", _whole, feature="tyres"),
        _row(_prefix + "pressureTarget", "tyre_%s_target_kpa" % _wheel, "kPa", _whole, feature="tyres"),
        _row(_prefix + "temperature", "tyre_%s_c" % _wheel, "Celsius", _tenth, feature="tyres"),
    ]

BY_KEY = {row.key: row for row in ROWS}


def _read_table(name):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    with open(path, encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines if line.strip() and not line.startswith("#")]


# key -> (flag, category); flag S: streamable, R: only by REST with a container
CATALOGUE = {key: (flag, category) for key, flag, category in _read_table("catalogue.tsv")}
# key -> [value, unit] for the field `others` of a car that sends the whole catalogue
EVERYTHING = {key: [json.loads(value), None if unit == "-" else unit] for key, value, unit in _read_table("everything.tsv")}
# never in telematicData: these have their own endpoints or are basic data
DEDICATED = {
    "vehicle.chassis.axle.wheel.tire.diagnosis",
    "vehicle.learningNavigation",
    PB + "charging.history.sessionsList",
    PB + "charging.settingsList",
}


def is_known(key):
    return key in CATALOGUE


def is_streamable(key):
    return CATALOGUE[key][0] == "S"


def _is_hidden(key):
    return (CATALOGUE[key][1] == "basic" and key not in TOLD_ALL_THE_SAME) or key in DEDICATED


def delivers(car, row):
    if row.key in SILENT.get(car.kind, ()):
        return False
    return (row.feature in DELIVERS[car.kind] and not _is_hidden(row.key)) or (car.kind, row.key) in NO_PART


def telematic_data(car, keys, style, now):
    """REST's answer for these keys: values as strings, each with its own timestamp, some with the time of the request (`now`)."""
    entries = {}
    for key in keys:
        if _is_hidden(key):
            continue
        row = BY_KEY.get(key)
        entry = _own_entry(car, row, style) or _other_entry(car, key, style)
        if entry is not None:
            entries[key] = dict(entry, value=_text(entry["value"]))
            if key in AT_REQUEST:
                entries[key]["timestamp"] = iso(now)
            if key in NO_UNIT_BY_REST:
                entries[key]["unit"] = None
        elif style.missing == "null" or (style.missing == "mixed" and row):
            # Both were seen: a key that the car never sent is null, or it is missing.
            entries[key] = {"value": None, "unit": None, "timestamp": None}
    return entries


def stream_entries(car, fields, style=PLAIN):
    """The stream's entries when these fields change: values with their JSON type, only streamable keys."""
    changed = set(fields)
    entries = {}
    for row in ROWS:
        if changed.intersection(row.fields) and delivers(car, row) and is_streamable(row.key):
            entry = entry_of(car, row, style)
            if entry is not None:
                entries[row.key] = entry
    if "others" in changed:
        # BMW adds descriptors before they are in the catalogue
        streamed = [key for key in car["others"] if not is_known(key) or (is_streamable(key) and not _is_hidden(key))]
        told = [key for key in streamed if _own_entry(car, BY_KEY.get(key), style) is None]
        entries.update((key, _other_entry(car, key, style)) for key in told)
    return entries


def _own_entry(car, row, style):
    """The entry of a key that has a canonical field, or None."""
    return entry_of(car, row, style) if row and delivers(car, row) else None


def _other_entry(car, key, style):
    """The entry of a key without a canonical field, or None."""
    if key not in car["others"]:
        return None
    value, unit = car["others"][key]
    return {"value": value, "unit": _unit(unit, style), "timestamp": iso(car.times["others"])}


def entry_of(car, row, style=PLAIN):
    """The entry of a row, its value with its JSON type; None if the car never sent any of its fields."""
    times = [car.times[name] for name in row.fields if name in car.times]
    if (car.kind, row.key) in NO_PART:
        times = [car.times["lock"]]
    if not times:
        return None
    value, unit = _measure(car, row)
    if value is None:
        return {"value": None, "unit": None, "timestamp": iso(max(times))}
    if row.key == TRIP_END:
        value = _local_text(value, style.utc_offset)
    if row.words and style.booleans == "catalogue":
        value = row.words[0] if value else row.words[1]
    return {"value": value, "unit": _unit(unit, style), "timestamp": iso(max(times))}


def expected(car):
    """By canonical field: the value that CarData sends (rounded, in the car's unit), or None."""
    answer = {}
    for row in ROWS:
        for field in row.fields:
            if len(row.fields) > 1:
                continue
            told = answer.get(field)
            if told is not None and told["value"] is not None:
                continue
            answer[field] = _expected_entry(car, row, field)
    answer["range_fuel_km"] = _expected_fuel_range(car)
    return answer


def _expected_fuel_range(car):
    """No descriptor has it: it is the total range minus the electric range."""
    if car["range_fuel_km"] is None:
        return {"value": None, "unit": None, "timestamp": None}
    whole = _measure(car, BY_KEY[DT + "lastRemainingRange"])
    electric = _measure(car, BY_KEY[EE + "kombiRemainingElectricRange"])[0] or 0
    times = [car.times[name] for name in ("range_electric_km", "range_fuel_km") if name in car.times]
    return {"value": whole[0] - electric, "unit": whole[1], "timestamp": iso(max(times))}


def _expected_entry(car, row, field):
    if not delivers(car, row) or (car.kind, row.key) in NO_PART or field not in car.times or car[field] is None:
        return {"value": None, "unit": None, "timestamp": None}
    value, unit = _measure(car, row)
    numeric = isinstance(value, (int, float)) and not isinstance(car[field], (bool, str, list))
    return {"value": value if numeric else car[field], "unit": unit, "timestamp": iso(car.times[field])}


def _measure(car, row):
    if (car.kind, row.key) in NO_PART:
        number = NO_PART[car.kind, row.key]
        return number, car["distance_unit"] if row.unit == DISTANCE else row.unit
    values = [car[name] for name in row.fields]
    if all(value is None for value in values):
        return None, None
    value = row.encode(*values)
    value = NEW_WORDS[car.kind, row.key].get(value, value) if (car.kind, row.key) in NEW_WORDS else value
    if row.unit != DISTANCE:
        return value, row.unit
    if car["distance_unit"] == "mi":
        return round(value * MILES_PER_KM), "mi"
    return round(value), "km"


def _unit(unit, style):
    if style.units == "missing":
        return None
    return LONG_UNITS.get(unit, unit) if style.units == "long" else unit


def _text(value):
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return ("%.6f" % value).rstrip("0").rstrip(".")
    return str(value)
