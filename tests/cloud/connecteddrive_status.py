"""How ConnectedDrive's mobile API says what a car knows: canonical fields -> status, profile, trips.

A key that means nothing for a car is absent. This room must not know HTTP, accounts or commands.
"""

import math
from datetime import datetime, timedelta, timezone

from .descriptors import MILES_PER_KM
from .mybmw_state import BRANDS, WEEKDAYS

DAYS = {long: short for short, long in WEEKDAYS.items()}
SERVICES = {1: "OIL", 3: "BRAKE_FLUID", 17: "VEHICLE_CHECK", 32: "VEHICLE_TUV", 100: "VEHICLE_CHECK"}
LSC = {"BEV": "I_LSC_IMM", "BEV_REX": "I_LSC_IMM", "PHEV": "LSC_PHEV"}
# capability -> the remote service that it means
CAPABILITIES = {
    "vehicleFinder": "findVehicle",
    "hornBlow": "soundHorn",
    "lightFlash": "flashLights",
    "doorLock": "lock",
    "doorUnlock": "unlock",
    "climateNow": "climateStart",
    "chargeNow": "chargeNow",
    "sendPoi": "sendDestination",
    "remote360": "view360",
}
NEVER_BOOKED = ("climateNowRES", "climateControlRES", "carCloud", "remoteSoftwareUpgrade", "smartSolution", "ipa", "intermodalRouting")


def vehicle(car):
    services = car["remote_services"]
    told = {
        "vin": car.vin,
        "model": _model(car),
        "bodytype": car["body_type"],
        "driveTrain": car["drivetrain"],
        "brand": BRANDS[car["brand"]],
        "color": car["colour_name"].upper(),
        "colorCode": car["colour_code"],
        "yearOfConstruction": int(car["construction_date"][:4]),
        "licensePlate": car["licence_plate"],
        "hub": "HUB_ECE",
        "countryCode": "V1-" + car["country"],
        "hmiVersion": "ID4",
        "steering": "LH" if car["steering"] == "LL" else "RH",
        "puStep": car["pu_step"],
        "lscType": LSC.get(car["drivetrain"], "LSC_BASIS"),
        "statisticsAvailable": car.has_battery,
        "statisticsCommunityEnabled": False,
        "hasAlarmSystem": True,
        "breakdownNumber": "+49000000000",
        "dealer": DEALER,
        "vehicleFinderRestriction": "NONE",
        "onlineSearchMode": "MAP",
        "climateFunction": "AIRCONDITIONING" if car.has_battery else "VENTILATION",
        "climateControl": "DEPARTURE_TIMER" if "climateSchedule" in services else "NOT_SUPPORTED",
        "chargingControl": "WEEKLY_PLANNER" if "chargingProfile" in services else "NOT_SUPPORTED",
        "rangeMap": "RANGE_POLYGON" if car.has_battery else "NOT_SUPPORTED",
        "lastDestinations": "SUPPORTED",
    }
    told.update((name, "ACTIVATED" if service in services else "NOT_SUPPORTED") for name, service in CAPABILITIES.items())
    told.update((name, "NOT_SUPPORTED") for name in NEVER_BOOKED)
    if car.has_battery:
        told.update(
            supportedChargingModes=["AC_LOW"] + [one for one in CHARGING_MODES if _has_mode(car, one)],
            chargingUpdateMode="NORMAL_PROGNOSE_BASED",
        )
    if car.has_fuel:
        told["fuelType"] = "SUPER"
    return told


DEALER = {
    "name": "Test Dealer",
    "street": "Testweg 2",
    "postalCode": "12345",
    "city": "Musterstadt",
    "country": "DE",
    "phone": "+49000000001",
}
CHARGING_MODES = {"AC_HIGH": "AC_HIGH", "DC": "DC_HIGH"}


def _has_mode(car, mode):
    return CHARGING_MODES[mode] in car["charging_modes"]


def _model(car):
    if car["drivetrain"] != "BEV_REX":
        return car["model"].upper()
    return car["model"].replace(" REX", "").upper() + " (+ REX)"


# Status


def status(car, utc_offset):
    """`utc_offset`: offset from UTC (minutes) of the times in BMW's answers."""
    told = {
        "vin": car.vin,
        "mileage": round(car["odometer_km"]),
        "updateReason": update_reason(car),
        "updateTime": local_time(car.last_report, utc_offset),
        "internalDataTimeUTC": datetime.fromtimestamp(car.last_report, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S"),
        "sunroof": car["sunroof"] or "INVALID",
        "trunk": car["trunk"],
        "hood": car["hood"],
        "rearWindow": "INVALID",
        "convertibleRoofState": "INVALID",
        "doorLockState": car["lock"],
        "parkingLight": "OFF",
        "positionLight": "ON" if car["lights_on"] else "OFF",
        "steering": "LH" if car["steering"] == "LL" else "RH",
        "vehicleCountry": car["country"],
        "DCS_CCH_Activation": "NA",
        "DCS_CCH_Ongoing": False,
        "position": position(car),
        "checkControlMessages": [_check_control(one) for one in car["check_control"]],
        "cbsData": [_service(one) for one in car["services"]],
    }
    for place in ("DriverFront", "DriverRear", "PassengerFront", "PassengerRear"):
        name = place.replace("Front", "_front").replace("Rear", "_rear").lower()
        told.update({"door" + place: car["door_" + name], "window" + place: car["window_" + name]})
    told.update(_fuel(car) if car.has_fuel else NO_TANK)
    told.update(_electric(car) if car.has_battery else NO_BATTERY)
    return told


#: what cars send for parts that they do not have
NO_TANK = {"remainingFuel": 0, "remainingRangeFuel": 0, "remainingRangeFuelMls": 0, "maxFuel": 0}
NO_BATTERY = {
    "chargingLevelHv": 0,
    "remainingRangeElectric": 0,
    "remainingRangeElectricMls": 0,
    "maxRangeElectric": 0,
    "chargingStatus": "INVALID",
    "connectionStatus": "DISCONNECTED",
    "singleImmediateCharging": False,
}


def _fuel(car):
    return {
        "remainingFuel": float(car["fuel_l"]),
        "fuelPercent": round(car["fuel_percent"]),
        "maxFuel": float(car["fuel_tank_l"]),
        "remainingRangeFuel": round(fuel_range(car)),
        "remainingRangeFuelMls": miles(fuel_range(car)),
    }


def fuel_range(car):
    """The value of the fuel range: a plug-in hybrid sends the total range there, a range extender only the fuel's part."""
    return car["range_fuel_km"] + (car["range_electric_km"] if car["drivetrain"] == "PHEV" else 0)


def _electric(car):
    farthest = max_range(car)
    told = {
        "remainingRangeElectric": round(car["range_electric_km"]),
        "remainingRangeElectricMls": miles(car["range_electric_km"]),
        "maxRangeElectric": round(farthest),
        "maxRangeElectricMls": miles(farthest),
        "chargingLevelHv": int(car["soc"]),
        "chargingStatus": charging_status(car),
        "connectionStatus": "CONNECTED" if car["plugged"] else "DISCONNECTED",
        "chargingConnectionType": "CONDUCTIVE",
        "chargingInductivePositioning": "NOT_POSITIONED",
        "singleImmediateCharging": bool(car["charging_immediate"]),
        "lastChargingEndReason": car["charging_end_reason"],
        "lastChargingEndResult": car["charging_last_result"],
    }
    if car["charging_status"] == "CHARGING":
        told["chargingTimeRemaining"] = car["charging_time_remaining_min"]
    elif car["drivetrain"] == "PHEV":
        told["chargingTimeRemaining"] = 1224  # seen at a parked and unplugged 225xe
    return told


STATUS_WORDS = {
    "INITIALIZATION": "NOT_CHARGING",
    "WAITING": "WAITING_FOR_CHARGING",
    "PAUSED": "NOT_CHARGING",
    "FINISHED_FULL": "FINISHED_FULLY_CHARGED",
}


def charging_status(car):
    if not car["plugged"]:
        return "INVALID"
    return STATUS_WORDS.get(car["charging_status"], car["charging_status"])


def update_reason(car):
    if car["moving"]:
        return "VEHICLE_MOVING"
    if car["charging_status"] == "CHARGING":
        return "CHARGING_STARTED"
    return "VEHICLE_SHUTDOWN_SECURED" if car["lock"] in ("SECURED", "LOCKED") else "VEHICLE_UNSECURED"


def position(car):
    problem = "DRIVER_DISABLED" if not car["tracking"] else "VEHICLE_ACTIVE" if car["moving"] else None
    if problem:
        return {"lat": -1, "lon": -1, "heading": -1, "status": problem}
    return {"lat": round(car["latitude"], 6), "lon": round(car["longitude"], 6), "heading": round(car["heading"]), "status": "OK"}


def max_range(car):
    """The range of a full battery, calculated from the present range."""
    return car["range_electric_km"] / car["soc"] * 100 if car["soc"] else 0


def miles(kilometres):
    return round(kilometres * MILES_PER_KM)


def local_time(moment, utc_offset):
    """The time in the form 2019-03-04T18:22:07+0100."""
    return datetime.fromtimestamp(moment, timezone(timedelta(minutes=utc_offset))).strftime("%Y-%m-%dT%H:%M:%S%z")


def _check_control(one):
    return {"ccmId": one["id"], "ccmMileage": one["km"], "ccmDescriptionShort": one["text"], "ccmDescriptionLong": one["text"]}


#: service id -> distance that is sent for a service without one; other services send nothing
NO_DISTANCE = {3: 0, 32: -1}


def _service(one):
    told = {
        "cbsType": SERVICES.get(one["id"], "VEHICLE_CHECK"),
        "cbsState": one["status"],
        "cbsDueDate": one["date"],
        "cbsRemainingMileage": NO_DISTANCE.get(one["id"]) if one["km"] is None else one["km"],
        "cbsDescription": one["description"],
    }
    return {name: value for name, value in told.items() if value is not None}


# Charging profile


def charging_profile(car):
    timers = {timer["id"]: timer for timer in car["timers"]}
    window = car["charging_preference"] == "CHARGING_WINDOW"
    planner = {
        "climatizationEnabled": bool(car["charging_with_climate"]),
        "chargingMode": "DELAYED_CHARGING" if window else "IMMEDIATE_CHARGING",
        "chargingPreferences": "CHARGING_WINDOW" if window else "NO_PRESELECTION",
        "preferredChargingWindow": {"enabled": window, "startTime": car["charging_window_start"], "endTime": car["charging_window_end"]},
    }
    for number, name in TIMERS.items():
        planner[name] = _timer(timers.get(number, {"active": False, "time": None, "weekdays": []}))
    return {"weeklyPlanner": planner}


TIMERS = {1: "timer1", 2: "timer2", 3: "timer3", 4: "overrideTimer"}


def _timer(timer):
    told = {"timerEnabled": timer["active"], "weekdays": [WEEKDAYS[day] for day in timer["weekdays"]]}
    if timer["time"] is not None:
        told["departureTime"] = timer["time"]
    return told


def read_charging_profile(body):
    """The canonical fields of a client's charging profile; ValueError if it is invalid."""
    try:
        planner = body["weeklyPlanner"]
        window = planner["preferredChargingWindow"]
        return {
            "charging_with_climate": bool(planner["climatizationEnabled"]),
            "charging_preference": planner["chargingPreferences"],
            "charging_immediate": planner["chargingMode"] == "IMMEDIATE_CHARGING",
            "charging_window_start": window["startTime"],
            "charging_window_end": window["endTime"],
            "timers": [_read_timer(number, planner.get(name) or {}) for number, name in TIMERS.items()],
        }
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError("no charging profile") from problem


def _read_timer(number, timer):
    return {
        "id": number,
        "active": bool(timer.get("timerEnabled")),
        "time": timer.get("departureTime"),
        "weekdays": [DAYS[day] for day in timer.get("weekdays", [])],
    }


# Trips and places


def destinations(car, utc_offset):
    return [
        {
            "lat": one["latitude"],
            "lon": one["longitude"],
            "country": one["country"],
            "city": one["city"],
            "street": one["street"],
            "streetNumber": one["number"],
            "type": "DESTINATION",
            "createdAt": local_time(one["time"], utc_offset),
        }
        for one in car["destinations"]
    ]


# key -> canonical field; unknown values are left out
LAST_TRIP = {
    "totalDistance": "trip_distance_km",
    "electricDistance": "trip_electric_km",
    "duration": "trip_duration_min",
    "avgElectricConsumption": "trip_electric_kwh_100km",
    "avgRecuperation": "trip_recuperated_kwh_100km",
    "avgCombinedConsumption": "trip_fuel_l_100km",
    "savedFuel": "trip_saved_fuel_l",
    "drivingModeValue": "trip_mark_driving_mode",
    "accelerationValue": "trip_mark_acceleration",
    "anticipationValue": "trip_mark_anticipation",
    "totalConsumptionValue": "trip_mark_consumption",
    "auxiliaryConsumptionValue": "trip_mark_auxiliary",
}


def last_trip(car, utc_offset, car_offset):
    """`car_offset`: the car's offset from UTC (minutes). The trip's end is in the car's local time, although it is marked as UTC."""
    told = {key: car[field] for key, field in LAST_TRIP.items() if car[field] is not None}
    marks = [car[field] for key, field in LAST_TRIP.items() if key.endswith("Value") and car[field] is not None]
    if marks:
        told["efficiencyValue"] = round(sum(marks) / (5.0 * len(marks)), 2)
    if car["trip_electric_km"] is not None and car["trip_distance_km"]:
        told["electricDistanceRatio"] = round(100.0 * car["trip_electric_km"] / car["trip_distance_km"])
    return dict(told, date=local_time(car["trip_end_time"] + 60 * (car_offset - utc_offset), utc_offset))


def all_trips(car, utc_offset):
    def compared(own, factor=1.25):
        """The owner's value beside the community's, which is always worse here."""
        return {
            "communityLow": 0.0,
            "communityAverage": round(own * factor, 2),
            "communityHigh": round(own * factor * 2, 2),
            "userAverage": own,
        }

    longest, since = car["life_longest_charge_km"], car["since_charge_km"]
    total = compared(car["life_electric_km"] or 0, 0.5)
    total["userTotal"] = total.pop("userAverage")
    return {
        "avgElectricConsumption": compared(car["life_electric_kwh_100km"] or 0.0),
        "avgRecuperation": compared(car["life_recuperated_kwh_100km"] or 0.0),
        "avgCombinedConsumption": compared(car["life_fuel_l_100km"] or 0.0),
        "chargecycleRange": {
            "communityAverage": 130.2,
            "communityHigh": 310.0,
            "userHigh": longest or 0,
            "userAverage": round((longest or 0) * 0.6, 1),
            "userCurrentChargeCycle": since or 0,
        },
        "totalElectricDistance": total,
        "batterySizeMax": round((car["battery_gross_kwh"] or 0) * 1000),
        "savedCO2": car["life_saved_co2_kg"] or 0,
        "savedCO2greenEnergy": 0,
        "totalSavedFuel": car["life_saved_fuel_l"] or 0,
        "resetDate": local_time(1577836800, utc_offset),
    }


CORNERS = 12
MODES = {"COMFORT": 0.8, "ECO_PRO": 0.9, "ECO_PRO_PLUS": 1.0}


def range_map(car):
    return {
        "center": {"lat": round(car["latitude"], 6), "lon": round(car["longitude"], 6)},
        "quality": "AVERAGE",
        "rangemaps": [{"type": mode, "polyline": _circle(car, car["range_electric_km"] * part)} for mode, part in MODES.items()],
    }


def _circle(car, radius_km):
    latitude = radius_km / 111.2
    longitude = latitude / math.cos(math.radians(car["latitude"]))
    angles = [2 * math.pi * corner / CORNERS for corner in range(CORNERS)]
    return [
        {"lat": round(car["latitude"] + latitude * math.sin(angle), 5), "lon": round(car["longitude"] + longitude * math.cos(angle), 5)}
        for angle in angles
    ]
