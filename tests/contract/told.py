"""What each cloud tells of a simulated car, in the vocabulary: {key: what the item must show}, made from the canonical car.

Written from the fact sheets and apart from the library's own tables, so that a slip there shows here. None means that there
must be no such item (or UNDEF). Knows no item, no openHAB and no HTTP.
"""

from collections import namedtuple
from datetime import datetime, timezone

#: Amount: a number with its unit; Moment: epoch seconds; NOW: the time of the poll
Amount = namedtuple("Amount", "number unit")
Moment = namedtuple("Moment", "seconds")
NOW = Moment(None)

#: keys that only cars with a traction battery or a tank may show; BMW sends numbers for all cars
OF_BATTERY = """stateOfCharge electricRange maxElectricRange batteryCapacity averageConsumption averageRecuperation lastTripConsumption
lastTripRecuperation lastTripElectricDistance longestElectricDistance distanceSinceCharging totalElectricDistance savedFuel
chargingStatus charging climateAtDeparture""".split()
OF_TANK = "fuelRange fuelLevel fuelVolume lastTripFuelConsumption".split()
#: seconds for which a remaining time is still shown after its end
TIME_LEFT_HOLDS = 1800

SEATS = ("driver_front", "passenger_front", "driver_rear", "passenger_rear")
WHEELS = {"fl": "FrontLeft", "fr": "FrontRight", "rl": "RearLeft", "rr": "RearRight"}
UNITS = {"percent": "%", "celsius": "\u00b0C", "Celsius": "\u00b0C", "degrees": "\u00b0"}
ACTIVE_CLIMATE = ("HEATING", "COOLING", "VENTILATION")


def expected(name, cloud, vin):
    """What the items of a car must show with this cloud (str).

    Args:
        cloud (SimulatedCloud), vin (str): the car.
    """
    car = cloud.car(vin)
    told = TELL[name](car, cloud, vin)
    for has_part, keys in ((car["battery_usable_kwh"], OF_BATTERY), (car["fuel_tank_l"], OF_TANK)):
        if has_part is None:
            told.update((key, None) for key in keys if key in told)
    told.update(_derived(told))
    left = told.get("chargingTimeRemaining")
    if (
        left is not None
        and left.number
        and cloud.now() > car["timestamps"]["charging_time_remaining_min"] + left.number * 60 + TIME_LEFT_HOLDS
    ):
        told.update(dict.fromkeys(set(told) & {"chargingTimeRemaining", "timeToFull"}))
    return told


# words


def _on(value):
    return None if value is None else "ON" if value else "OFF"


def _amount(value, unit):
    return None if value is None else Amount(value, unit)


def _km(value):
    return None if value is None else Amount(round(value), "km")


def _camel(part, seat):
    return part + "".join(word.capitalize() for word in seat.split("_"))


def _month(text):
    year, month = text.split("-")[:2]
    return Moment(datetime(int(year), int(month), 1, tzinfo=timezone.utc).timestamp())


def _day(text):
    return Moment(datetime.strptime(text + "+0000", "%Y-%m-%d%z").timestamp())


def _place(car):
    return (round(car["latitude"], 6), round(car["longitude"], 6))


def _derived(told):
    """Values that the module derives from others."""
    doors = [told[key] for key in told if key.startswith("door") and key not in ("doorLockState", "doors") and told[key]]
    windows = [told[key] for key in told if key.startswith("window") and told[key]]
    status, climate = told.get("chargingStatus"), told.get("climateStatus")
    return {
        "locked": _on(told["doorLockState"] in ("SECURED", "LOCKED")),
        "doors": "OPEN" if "OPEN" in doors else "CLOSED",
        "windows": "CLOSED" if set(windows) == {"CLOSED"} else "OPEN",
        "charging": status and _on(status == "CHARGING"),
        "climateActive": climate and _on(climate in ACTIVE_CLIMATE),
    }


def _body(car):
    """Doors and lids; they are the same in all clouds."""
    told = {_camel("door", seat): car["door_" + seat] for seat in SEATS}
    return dict(told, hood=car["hood"], trunk=car["trunk"], doorLockState=car["lock"])


def _windows(car, seats=SEATS):
    return {_camel("window", seat): car["window_" + seat] for seat in seats}


def _service(car, in_miles=False):
    """The next service and the messages. No simulated service is due, so the worst status is good."""
    dated = sorted((one["date"], one["title"]) for one in car["services"])
    distances = [one["km"] for one in car["services"] if one["km"] is not None]
    messages = [one["text"] for one in car["check_control"]]
    return {
        "serviceDate": _month(dated[0][0]),
        "nextService": dated[0][1],
        "serviceDistance": Amount(round(min(distances) * 0.621371), "mi") if in_miles else Amount(min(distances), "km"),
        "servicesDue": 0,
        "serviceStatus": "OK",
        "inspectionDate": _month(next(one["date"] for one in car["services"] if one["id"] == 32)),
        "checkControlCount": len(messages),
        "checkControl": "; ".join(messages),
    }


def _timer(timer, without_time):
    names = [day.capitalize() for day in timer["weekdays"]]
    parts = " ".join(([timer["time"] or without_time] if timer["time"] or without_time else []) + names)
    if timer["active"]:
        return parts or "on"
    return "off ({})".format(parts) if parts else "off"


def _charging_plan(car, timers, without_time):
    is_window = car["charging_preference"] == "CHARGING_WINDOW"
    known = {timer["id"]: timer for timer in car["timers"]}
    empty = {"active": False, "time": None, "weekdays": []}
    told = {"departureTimer%d" % number: _timer(known.get(number, empty), without_time) for number in range(1, timers + 1)}
    return dict(
        told,
        chargingControl="WEEKLY_PLANNER",
        chargingMode="DELAYED_CHARGING" if is_window else "IMMEDIATE_CHARGING",
        chargingPreference="CHARGING_WINDOW" if is_window else "NO_PRESELECTION",
        climateAtDeparture=_on(bool(car["charging_with_climate"])),
        chargingWindowStart=car["charging_window_start"],
        chargingWindowEnd=car["charging_window_end"],
    )


def _full_range(car):
    return car["range_electric_km"] / car["soc"] * 100 if car["soc"] else 0


def _total_range(car):
    return round(car["range_electric_km"] or 0) + round(car["range_fuel_km"] or 0)


# BMW CarData

#: key -> canonical field of values that are shown unchanged, with CarData's unit
CARDATA = {
    "stateOfCharge": "soc",
    "targetStateOfCharge": "soc_target",
    "batteryCapacity": "battery_max_energy_kwh",
    "energyToFull": "energy_to_full_kwh",
    "stateOfHealth": "soh",
    "batteryPreconditioning": "battery_preconditioning",
    "electricRange": "range_electric_km",
    "targetRange": "range_at_target_km",
    "fuelRange": "range_fuel_km",
    "fuelLevel": "fuel_percent",
    "fuelVolume": "fuel_l",
    "averageConsumption": "consumption_kwh_100km",
    "chargingTimeRemaining": "charging_time_remaining_min",
    "chargingPower": "charging_power_w",
    "chargingVoltage": "charging_voltage_v",
    "chargingCurrent": "charging_current_a",
    "chargingMethod": "charging_method",
    "chargingMode": "charging_mode",
    "chargingPreference": "charging_preference",
    "currentLimit": "charging_ac_limit_a",
    "lastChargingResult": "charging_last_result",
    "lastChargingEndReason": "charging_end_reason",
    "alarmArmed": "alarm_armed",
    "trunkWindow": "trunk_window",
    "chargeFlap": "charging_flap",
    "sunroof": "sunroof",
    "sunroofTilt": "sunroof_tilt",
    "climateProgress": "climate_progress",
    "climateError": "climate_error",
    "climateTargetTemperature": "climate_target_c",
    "steeringWheelHeating": "steering_wheel_heating",
    "seatHeatingDriver": "seat_heating_driver",
    "seatHeatingPassenger": "seat_heating_passenger",
    "heading": "heading",
    "altitude": "altitude_m",
    "gpsFix": "gps_fix",
    "odometer": "odometer_km",
    "averageSpeed": "speed_average_kmh",
    "destinationDistance": "destination_distance_km",
    "destinationArrival": "destination_arrival",
    "lastTripStateOfCharge": "trip_end_soc",
    "auxiliaryBatteryVoltage": "battery12_v",
    "auxiliaryBatteryStateOfCharge": "battery12_percent",
    "serviceDistance": "service_distance_km",
    "teleservice": "teleservice_status",
    "currentLimitMax": "charging_ac_limit_max_a",
    "satellites": "satellites",
    "coolantTemperature": "coolant_c",
}
CARDATA_FLAGS = {
    "climateAtDeparture": "charging_with_climate",
    "immediateCharging": "charging_immediate",
    "pluggedIn": "plugged",
    "chargeCableLocked": "plug_locked",
    "chargeFlapLocked": "charging_flap_locked",
    "trunkLocked": "trunk_locked",
    "alarm": "alarm_sounding",
    "rearDefrost": "rear_defrost",
    "mirrorHeating": "mirror_heating",
    "moving": "moving",
    "ignition": "ignition_on",
    "engineRunning": "engine_on",
    "lights": "lights_on",
    "deepSleep": "deep_sleep",
}
#: charging status -> word of the descriptor that has the car's own time in REST
CARDATA_CHARGING = {
    "WAITING": "CHARGING_PAUSED",
    "PAUSED": "CHARGING_PAUSED",
    "FINISHED_FULL": "CHARGING_ENDED",
    "FINISHED_NOT_FULL": "CHARGING_ENDED",
}
CARDATA_DRIVE_TRAINS = {"BEV_REX": "PHEV_BEV_REX", "CONV": "ICE"}
#: keys without a unit in the vocabulary
PLAIN_NUMBERS = ("averageConsumption",)


def _cardata(car, cloud, vin):
    entries = cloud.expected(vin)

    def value(field):
        return entries[field]["value"]

    told = dict(_body(car), **_windows(car))
    for key, field in CARDATA.items():
        unit = entries[field]["unit"]
        is_plain = unit is None or key in PLAIN_NUMBERS
        told[key] = value(field) if is_plain else _amount(value(field), UNITS.get(unit, unit))
    told.update((key, _on(value(field))) for key, field in CARDATA_FLAGS.items())
    for short, wheel in WHEELS.items():
        told["tyrePressure" + wheel] = _amount(value("tyre_%s_kpa" % short), "kPa")
        told["tyreTarget" + wheel] = _amount(value("tyre_%s_target_kpa" % short), "kPa")
        told["tyreTemperature" + wheel] = _amount(value("tyre_%s_c" % short), "\u00b0C")
    service = _service(car)
    told.update((key, service[key]) for key in ("serviceDate", "nextService", "checkControlCount", "checkControl"))
    is_new = car["kind"] in ("i4", "ix1", "ix3")
    if car["kind"] == "ix3":
        told.update(stateOfCharge=Amount(value("soc_predicted"), "%"), odometer=_amount(value("trip_end_odometer_km"), "km"))
        told.update(electricRange=_km(car["range_electric_km"]))
    in_miles = car["distance_unit"] == "mi"
    total = (car["range_electric_km"] or 0) + (car["range_fuel_km"] or 0)
    told.update(
        servicesDue=0, serviceStatus="OK", model=car["model"], driveTrain=CARDATA_DRIVE_TRAINS.get(car["drivetrain"], car["drivetrain"])
    )
    told.update(
        chargingStatus=CARDATA_CHARGING.get(value("charging_status"), value("charging_status")),
        chargingPhases=value("charging_phases"),
        timeToFull=told["chargingTimeRemaining"] if is_new else None,
        totalRange=Amount(round(total * 0.621371), "mi") if in_miles else Amount(round(total), "km"),
        navigationRange=Amount(round(total * 0.621371), "mi") if in_miles else Amount(round(total), "km"),
        serviceCount=len(car["services"]),
        position=_place(car),
        lastTripEnd=Moment(int(car["trip_end_time"])),
        inspectionDate=_day(car["inspection_date"]),
        lastUpdate=Moment(max(_cardata_times(car, entries))),
    )
    told.update(_cardata_climate(car))
    if car["kind"] in ("i3", "i3_rex"):
        timers = {timer["id"]: timer for timer in car["timers"]}
        told.update(("climateTimer%d" % number, _timer(dict(timers[number], weekdays=[]), None)) for number in (1, 2))
    return told


def _cardata_times(car, entries):
    """The times of the shown values; the list of services and the total range have no own entry."""
    # leave out a value whose timestamp is the time of the request
    fields = [field for field, entry in entries.items() if entry["value"] is not None and field != "soc_predicted"]
    return [car["timestamps"][field] for field in fields if field in car["timestamps"]]


def _cardata_climate(car):
    """The climate; the i3 has its own words, and the time in whole minutes."""
    activity, seconds = car["climate_activity"], car["climate_remaining_s"]
    if car["kind"] in ("i3", "i3_rex"):
        return {"climateStatus": activity, "climateTimeRemaining": Amount(seconds // 60, "min")}
    return {
        "climateStatus": activity if activity in ACTIVE_CLIMATE else "INACTIVE",
        "climateTimeRemaining": Amount(seconds / 60.0, "min"),
    }


# BMW ConnectedDrive and its portal

#: BMW's charging status -> our charging status, while the car is plugged in
CONNECTEDDRIVE_CHARGING = {
    "INITIALIZATION": "NOT_CHARGING",
    "WAITING": "WAITING_FOR_CHARGING",
    "PAUSED": "NOT_CHARGING",
    "FINISHED_FULL": "FINISHED_FULLY_CHARGED",
}
ALL_TRIPS = {
    "averageConsumption": "life_electric_kwh_100km",
    "averageRecuperation": "life_recuperated_kwh_100km",
}
ALL_TRIPS_KM = {
    "longestElectricDistance": "life_longest_charge_km",
    "distanceSinceCharging": "since_charge_km",
    "totalElectricDistance": "life_electric_km",
}
LAST_TRIP = {
    "lastTripConsumption": "trip_electric_kwh_100km",
    "lastTripRecuperation": "trip_recuperated_kwh_100km",
}


def _update_reason(car, secured):
    if car["moving"]:
        return "VEHICLE_MOVING"
    if car["charging_status"] == "CHARGING":
        return "CHARGING_STARTED"
    return secured if car["lock"] in ("SECURED", "LOCKED") else "VEHICLE_UNSECURED"


def _connecteddrive(car, cloud, vin):
    told = dict(_body(car), **_windows(car))
    told.update(_service(car))
    has_battery, has_fuel = car["battery_usable_kwh"] is not None, car["fuel_tank_l"] is not None
    # a car sends no position while it drives
    is_told = not car["moving"]
    told.update(
        odometer=_km(car["odometer_km"]),
        lastUpdateReason=_update_reason(car, "VEHICLE_SHUTDOWN_SECURED"),
        sunroof=car["sunroof"],
        lights=_on(car["lights_on"]),
        position=_place(car) if is_told else None,
        heading=Amount(round(car["heading"]), "\u00b0") if is_told else None,
        totalRange=_amount(_total_range(car), "km"),
        lastUpdate=Moment(int(max(car["timestamps"].values()))),
        lastTripEnd=Moment(int(car["trip_end_time"])),
        lastTripDuration=_amount(car["trip_duration_min"], "min"),
        lastTripDistance=_amount(car["trip_distance_km"], "km"),
    )
    if has_fuel:
        told.update(_fuel(car))
        told.update(lastTripFuelConsumption=car["trip_fuel_l_100km"])
    if has_battery:
        # without any trips the sums over all trips are 0, not missing
        told.update((key, car[field] or 0) for key, field in ALL_TRIPS.items())
        told.update((key, Amount(car[field] or 0, "km")) for key, field in ALL_TRIPS_KM.items())
        told.update((key, car[field]) for key, field in LAST_TRIP.items())
        told.update(lastTripElectricDistance=_amount(car["trip_electric_km"], "km"))
        told.update(savedFuel=_amount(car["life_saved_fuel_l"] or None, "l"), batteryCapacity=Amount(car["battery_gross_kwh"], "kWh"))
        told.update(_charging_plan(car, 3, None))
        told.update(
            stateOfCharge=Amount(int(car["soc"]), "%"),
            electricRange=_km(car["range_electric_km"]),
            maxElectricRange=_km(_full_range(car)),
            pluggedIn=_on(car["plugged"]),
            chargingStatus=_connecteddrive_charging(car),
            chargingTimeRemaining=_remaining(car),
            chargingMethod="CONDUCTIVE",
            lastChargingResult=car["charging_last_result"],
            lastChargingEndReason=car["charging_end_reason"],
        )
    return told


def _connecteddrive_charging(car):
    if not car["plugged"]:
        return "NOT_CHARGING"
    return CONNECTEDDRIVE_CHARGING.get(car["charging_status"], car["charging_status"])


def _remaining(car):
    """The remaining time; the older clouds send it only while the car charges."""
    return Amount(car["charging_time_remaining_min"], "min") if car["charging_status"] == "CHARGING" else None


def _fuel(car):
    return {
        "fuelRange": _km(car["range_fuel_km"]),
        "fuelLevel": Amount(round(car["fuel_percent"]), "%"),
        "fuelVolume": Amount(round(car["fuel_l"]), "l"),
    }


PORTAL_SCORES = {
    "averageConsumption": "life_electric_kwh_100km",
    "averageRecuperation": "life_recuperated_kwh_100km",
    "lastTripConsumption": "trip_electric_kwh_100km",
    "lastTripRecuperation": "trip_recuperated_kwh_100km",
}
PORTAL_KM = {
    "totalElectricDistance": "life_electric_km",
    "longestElectricDistance": "life_longest_charge_km",
    "lastTripDistance": "trip_distance_km",
    "distanceSinceCharging": "since_charge_km",
}


def _portal(car, cloud, vin):
    in_miles = car["distance_unit"] == "mi"
    told = dict(_body(car), **_windows(car))
    told.update(_service(car, in_miles))
    has_battery, has_fuel = car["battery_usable_kwh"] is not None, car["fuel_tank_l"] is not None
    told.update(
        odometer=Amount(round(car["odometer_km"] * 0.621371), "mi") if in_miles else _km(car["odometer_km"]),
        lastUpdateReason=_update_reason(car, "VEHCSHUTDOWN_SECURED"),
        sunroof=car["sunroof"] or "CLOSED",
        lights="OFF",  # the portal has only the parking lights
        position=_place(car),
        heading=Amount(round(car["heading"]), "\u00b0"),
        totalRange=_amount(_total_range(car), "km"),
        lastUpdate=Moment(int(max(car["timestamps"].values()))),
        lastTripEnd=Moment(int(car["trip_end_time"])),
    )
    told.update((key, car[field]) for key, field in PORTAL_SCORES.items())
    told.update((key, _amount(car[field], "km")) for key, field in PORTAL_KM.items())
    if has_fuel:
        told.update(_fuel(car))
    if has_battery:
        told.update(_charging_plan(car, 3, None))
        told.update(
            stateOfCharge=Amount(round(car["soc"], 1), "%"),
            batteryEnergy=Amount(round(car["soc"] / 100.0 * car["battery_usable_kwh"], 2), "kWh"),
            batteryCapacity=Amount(car["battery_usable_kwh"], "kWh"),
            electricRange=_km(car["range_electric_km"]),
            maxElectricRange=_km(_full_range(car)),
            pluggedIn=_on(car["plugged"]),
            chargingStatus="CHARGING" if car["charging_status"] == "CHARGING" else "NOT_CHARGING",
            chargingTimeRemaining=_remaining(car),
            chargingMethod="CONDUCTIVE",
            lastChargingResult=car["charging_last_result"],
            lastChargingEndReason=car["charging_end_reason"],
        )
    return told


# MyBMW

MYBMW_CHARGING = {
    "NOT_CHARGING": "PLUGGED_IN",
    "INITIALIZATION": "PLUGGED_IN",
    "WAITING": "WAITING_FOR_CHARGING",
    "PAUSED": "PLUGGED_IN",
    "FINISHED_FULL": "FULLY_CHARGED",
}
ADDRESS = "Testweg 1, 12345 Musterstadt"


def _mybmw(car, cloud, vin):
    is_old = car["kind"] in ("i3", "i3_rex")
    told = dict(_body(car), **_windows(car, SEATS[:2] if is_old else SEATS))
    told.update(_service(car))
    has_battery, has_fuel = car["battery_usable_kwh"] is not None, car["fuel_tank_l"] is not None
    told.update(
        odometer=_km(car["odometer_km"]),
        totalRange=_amount(_total_range(car), "km"),
        position=_place(car),
        heading=Amount(round(car["heading"]), "\u00b0"),
        address=ADDRESS,
        sunroof=car["sunroof"],
        alarmArmed="NOT_ARMED" if car["alarm_armed"] == "unarmed" else "ARMED",
        deepSleep=_on(car["deep_sleep"]),
        lastFetched=NOW,
        lastUpdate=Moment(int(max(car["timestamps"].values()))),
    )
    if has_fuel:
        told.update(_fuel(car))
    if has_battery:
        told.update(_charging_plan(car, 4, None))
        told.update(_mybmw_electric(car))
        told.update(_mybmw_history(car, cloud.now()))
    if not is_old:
        activity = car["climate_activity"]
        told["climateStatus"] = activity
        told["trunkWindow"] = car["trunk_window"]
        told["climateTimeRemaining"] = Amount(car["climate_remaining_s"] / 60.0, "min") if activity in ACTIVE_CLIMATE else None
        for short, wheel in WHEELS.items():
            told["tyrePressure" + wheel] = Amount(car["tyre_%s_kpa" % short], "kPa")
            told["tyreTarget" + wheel] = Amount(car["tyre_%s_target_kpa" % short], "kPa")
    return told


def _mybmw_electric(car):
    limit = car["charging_ac_limit_a"]
    return {
        "stateOfCharge": Amount(int(car["soc"]), "%"),
        "targetStateOfCharge": Amount(round(car["soc_target"] or 100), "%"),
        "electricRange": _km(car["range_electric_km"]),
        "pluggedIn": _on(car["plugged"]),
        "chargingStatus": _mybmw_charging(car),
        "chargingMethod": "CONDUCTIVE" if car["plugged"] else None,
        "chargingTimeRemaining": _remaining(car),
        "currentLimit": _amount(limit, "A"),
        "currentLimitActive": _on(limit is not None),
    }


def _mybmw_charging(car):
    if not car["plugged"]:
        return "NOT_CHARGING"
    return MYBMW_CHARGING.get(car["charging_status"], car["charging_status"])


def _mybmw_history(car, now):
    def utc(seconds):
        return datetime.fromtimestamp(seconds, timezone.utc)

    month = (utc(now).year, utc(now).month)
    sessions = [one for one in car["charging_sessions"] if (utc(one["start"]).year, utc(one["start"]).month) == month]
    last = max(car["charging_sessions"], key=lambda one: one["start"])
    minutes = (last["end"] - last["start"]) // 60
    parts = (
        utc(last["start"]).strftime("%d.%m.%Y %H:%M"),
        "~ %d kWh" % round(last["grid_kwh"]),
        "Testweg 1 \u2022 %dh %02dmin \u2022 -- EUR" % divmod(minutes, 60),
    )
    return {
        "energyChargedThisMonth": Amount(round(sum(one["grid_kwh"] for one in sessions)), "kWh"),
        "chargingSessionsThisMonth": len(sessions),
        "lastChargingSession": ", ".join(parts),
    }


TELL = {"cardata": _cardata, "connecteddrive": _connecteddrive, "portal": _portal, "mybmw": _mybmw}


# comparing


def differences(wanted, shown, now):
    """The wrong values: {key: (wanted, shown)}.

    Args:
        wanted (dict): from ``expected``. shown: callable, key -> the item's state as text, or None. now (float): time of the poll.
    """
    pairs = {key: (value, shown(key)) for key, value in wanted.items()}
    return {key: pair for key, pair in pairs.items() if not fits(pair[0], pair[1], now)}


def fits(wanted, text, now):
    """True if an item's state (text) is the wanted value."""
    if wanted is None or text in (None, "NULL", "UNDEF"):
        return wanted is None and text in (None, "NULL", "UNDEF")
    if isinstance(wanted, Amount):
        number, _, unit = text.partition(" ")
        return unit == wanted.unit and _is_near(number, wanted.number, 1e-4)
    if isinstance(wanted, Moment):
        seconds = datetime.strptime(text.replace("Z", "+0000"), "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()
        return abs(seconds - now) < 120 if wanted is NOW else abs(seconds - wanted.seconds) < 0.002
    if isinstance(wanted, tuple):
        return all(_is_near(part, value, 1e-6) for part, value in zip(text.split(","), wanted))
    return _is_near(text, wanted, 1e-4) if isinstance(wanted, (int, float)) else text == wanted


def _is_near(text, number, most):
    try:
        return abs(float(text) - number) <= most
    except ValueError:
        return False
