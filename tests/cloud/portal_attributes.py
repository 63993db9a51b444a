"""How ConnectedDrive's web portal says what a car knows: texts, texts, texts.

This room must not know HTTP, accounts or commands.
"""

from datetime import datetime, timedelta, timezone

from . import connecteddrive_status as mobile
from .descriptors import MILES_PER_KM
from .mybmw_state import BRANDS

SERVICE_TYPES = {1: "Oil", 3: "Brake fluid", 17: "Vehicle check", 32: "Statutory inspection", 100: "Vehicle check"}
# the portal's name of a trip rating -> canonical field
MARKS = {
    "TOTAL_CONSUMPTION": "trip_mark_consumption",
    "AUXILIARY_CONSUMPTION": "trip_mark_auxiliary",
    "DRIVING_MODE": "trip_mark_driving_mode",
    "ACCELERATION": "trip_mark_acceleration",
    "ANTICIPATION": "trip_mark_anticipation",
}


def vehicle(car):
    return {
        "series": car["series"],
        "basicType": car["model_key"],
        "bodyType": car["body_type"],
        "brand": BRANDS[car["brand"]],
        "modelName": car["model"],
        "vin": car.vin,
        "licensePlate": car["licence_plate"],
        "modelYearNA": None,
        "dcOnly": False,
        "hasNavi": car["has_navi"],
        "hasSunRoof": car["has_sunroof"],
        "doorCount": car["number_of_doors"],
        "maxFuel": car["fuel_tank_l"] or 0,
        "hasRex": car["drivetrain"] == "BEV_REX",
        "steering": "LEFT" if car["steering"] == "LL" else "RIGHT",
        "driveTrain": car["drivetrain"],
        "supportedChargingModes": list(car["charging_modes"]),
    }


def dynamic(car, js_offset, car_offset=0):
    """`js_offset` as in JavaScript: -60 is one hour east of UTC. It affects only the converted times.

    `car_offset`: the car's offset from UTC (minutes). The end of its trip is in local time, although it is marked as UTC.
    """
    told = dict(_body(car), **_times(car, js_offset, car_offset))
    told.update(_electric(car) if car.has_battery else NO_BATTERY)
    told.update(_fuel(car) if car.has_fuel else NO_TANK)
    return {"attributesMap": told, "vehicleMessages": _messages(car)}


#: what cars send for parts that they do not have
NO_BATTERY = {"chargingLevelHv": "0.0", "beRemainingRangeElectric": "0.0", "beRemainingRangeElectricKm": "0.0", "soc_hv_percent": "0.0"}
NO_TANK = {
    "beRemainingRangeFuel": "0.0",
    "beRemainingRangeFuelKm": "0.0",
    "beRemainingRangeFuelMile": "0.0",
    "kombi_current_remaining_range_fuel": "0.0",
    "remaining_fuel": "0",
}


def _body(car):
    in_miles = car["distance_unit"] == "mi"
    unit = "mi" if in_miles else "km"
    told = {
        "mileage": str(round(car["odometer_km"] * (MILES_PER_KM if in_miles else 1))),
        "unitOfLength": unit,
        "unitOfEnergy": "kWh",
        "unitOfElectricConsumption": "kWh/100km",
        "unitOfCombustionConsumption": "l/100km",
        "lastUpdateReason": _reason(car),
        "lsc_trigger": _reason(car),
        "door_lock_state": car["lock"],
        "hood_state": car["hood"],
        "trunk_state": car["trunk"],
        "sunroof_state": car["sunroof"] or "CLOSED",
        "sunroof_position": "0",
        "shdStatusUnified": car["sunroof"] or "CLOSED",
        "lights_parking": "OFF",
        "vehicle_tracking": "1" if car["tracking"] else "0",
        "head_unit": car["head_unit"],
        "head_unit_pu_software": "%s/%s" % (car["pu_step"][:2], car["pu_step"][2:]),
        "check_control_messages": ";".join("%05d,%s" % (one["id"], one["km"]) for one in car["check_control"]),
        "condition_based_services": ";".join(_service(one, in_miles) for one in car["services"]),
    }
    for place in ("driver_front", "driver_rear", "passenger_front", "passenger_rear"):
        told.update({"door_" + place: car["door_" + place], "window_" + place: car["window_" + place]})
    if car["tracking"]:
        told.update(gps_lat=str(round(car["latitude"], 6)), gps_lng=str(round(car["longitude"], 6)), heading=str(round(car["heading"])))
    return told


def _electric(car):
    active = car["charging_status"] == "CHARGING"
    system = "CHARGINGACTIVE" if active else "NOCHARGING"
    gross = car["soc"] * car["battery_usable_kwh"] / car["battery_gross_kwh"]
    return dict(
        _distances("beRemainingRangeElectric", car["range_electric_km"], car),
        **_distances("beMaxRangeElectric", mobile.max_range(car), car),
        chargingLevelHv=_tenth(car["soc"]),
        soc_hv_percent=_tenth(gross),
        battery_size_max=str(round(car["battery_gross_kwh"] * 1000)),
        chargingSystemStatus=system,
        charging_status=system,
        chargingHVStatus=mobile.charging_status(car),
        chargingLogicCurrentlyActive=_logic(car, active),
        connectorStatus="CONNECTED" if car["plugged"] else "DISCONNECTED",
        chargingTimeRemaining=str(car["charging_time_remaining_min"]) if active else None,
        charging_connection_type="CONDUCTIVE",
        charging_inductive_positioning="not_positioned",
        chargeNowAllowed="ALLOWED" if car["plugged"] and not active else "NOT_ALLOWED",
        prognosisWhileChargingStatus="NOT_NEEDED",
        single_immediate_charging="isUsed" if car["charging_immediate"] else "isUnused",
        lastChargingEndReason=car["charging_end_reason"],
        lastChargingEndResult=car["charging_last_result"],
        Segment_LastTrip_ratio_electric_driven_distance="100" if car["drivetrain"] == "BEV" else "80",
    )


def _logic(car, active):
    if not active:
        return "NOT_CHARGING"
    return "DELAYED_CHARGING" if car["charging_preference"] == "CHARGING_WINDOW" else "DIRECT_CHARGING"


def _fuel(car):
    return dict(
        _distances("beRemainingRangeFuel", mobile.fuel_range(car), car),
        kombi_current_remaining_range_fuel=_tenth(mobile.fuel_range(car)),
        remaining_fuel=str(round(car["fuel_l"])),
        fuelPercent=str(round(car["fuel_percent"])),
    )


def _distances(name, kilometres, car):
    km, miles = _whole(kilometres), _whole(kilometres * MILES_PER_KM)
    return {name: miles if car["distance_unit"] == "mi" else km, name + "Km": km, name + "Mile": miles}


def _times(car, js_offset, car_offset):
    here, trip = car.last_report - js_offset * 60, car["trip_end_time"] + car_offset * 60
    day, time = _stamp(here, "%d.%m.%Y"), _stamp(here, "%H:%M")
    end = "Segment_LastTrip_time_segment_end"
    return {
        "updateTime": _stamp(car.last_report, "%d.%m.%Y %H:%M:%S UTC"),
        "updateTime_converted": day + " " + time,
        "updateTime_converted_date": day,
        "updateTime_converted_time": time,
        # As in BMW's answers: it contains the offset, so it is not a true epoch time.
        "updateTime_converted_timestamp": str(int(here) * 1000),
        end: _stamp(trip, "%d.%m.%Y %H:%M:%S UTC"),
        end + "_formatted": _stamp(trip - js_offset * 60, "%d.%m.%Y %H:%M"),
        end + "_formatted_date": _stamp(trip - js_offset * 60, "%d.%m.%Y"),
        end + "_formatted_time": _stamp(trip - js_offset * 60, "%H:%M"),
    }


def _reason(car):
    """The portal's word for a reason of the mobile API."""
    reason = mobile.update_reason(car)
    return {"VEHICLE_SHUTDOWN_SECURED": "VEHCSHUTDOWN_SECURED"}.get(reason, reason)


def _service(one, in_miles):
    return "%05d,%s,%s,%s" % (one["id"], one["status"], one["date"], _distance(one, in_miles))


def _distance(one, in_miles):
    """The distance to the service in the car's unit; "" if only the date counts."""
    return "" if one["km"] is None else str(round(one["km"] * (MILES_PER_KM if in_miles else 1)))


def _messages(car):
    return {
        "ccmMessages": [
            {"text": one["text"], "id": one["id"], "status": "NULL", "messageType": "CCM", "unitOfLengthRemaining": str(one["km"])}
            for one in car["check_control"]
        ],
        "cbsMessages": [
            {
                "description": one["description"],
                "text": SERVICE_TYPES.get(one["id"], one["title"]),
                "id": one["id"],
                "status": one["status"],
                "messageType": "CBS",
                "date": one["date"],
                "unitOfLengthRemaining": _distance(one, car["distance_unit"] == "mi"),
            }
            for one in car["services"]
        ],
    }


def navigation(car, soc_max_name):
    told = {
        "isoCountryCode": {"DE": "DEU", "GB": "GBR"}.get(car["country"], car["country"]),
        "auxPowerRegular": 1.4,
        "auxPowerEcoPro": 1.2,
        "auxPowerEcoProPlus": 0.4,
        "pendingUpdate": False,
        "vehicleTracking": car["tracking"],
    }
    if car["tracking"]:
        told.update(latitude=round(car["latitude"], 6), longitude=round(car["longitude"], 6))
    if car.has_battery:
        told["soc"] = round(car["soc"] / 100.0 * car["battery_usable_kwh"], 2)
        told[soc_max_name] = car["battery_usable_kwh"]
    if car["drivetrain"] == "PHEV":
        told.update(PLUG_IN)
    return told


PLUG_IN = {
    "eco": "0A1B2C",
    "norm": "0D1E2F",
    "ecoEv": "1A2B3C",
    "normEv": "1D2E3F",
    "vehicleMass": 1815,
    "kAccReg": 0.62,
    "kDecReg": 0.58,
    "kAccEco": 0.6,
    "kDecEco": 0.61,
    "kUp": 0.9,
    "kDown": 0.88,
    "driveTrain": "bev_phev",
}
# name, unit, highest value, canonical field
SCORES = [
    ("AVERAGE_ELECTRIC_CONSUMPTION", "KWH_PER_100KM", 40.0, "life_electric_kwh_100km"),
    ("AVERAGE_RECUPERATED_ENERGY_PER_100_KM", "KWH_PER_100KM", 20.0, "life_recuperated_kwh_100km"),
    ("CUMULATED_ELECTRIC_DRIVEN_DISTANCE", "KM", 100000.0, "life_electric_km"),
    ("LONGEST_DISTANCE_WITHOUT_CHARGING", "KM", 400.0, "life_longest_charge_km"),
]
LAST_TRIP = [
    ("LASTTRIP_DELTA_KM", "KM", "trip_distance_km"),
    ("ACTUAL_DISTANCE_WITHOUT_CHARGING", "KM", "since_charge_km"),
    ("AVERAGE_ELECTRIC_CONSUMPTION", "KWH_PER_100KM", "trip_electric_kwh_100km"),
    ("AVERAGE_RECUPERATED_ENERGY_PER_100_KM", "KWH_PER_100KM", "trip_recuperated_kwh_100km"),
]


def efficiency(car):
    marks = [{"characteristic": name, "quantity": car[field]} for name, field in MARKS.items() if car[field] is not None]
    return {
        "communitySwitch": False,
        "modelType": car["series"] + "3" if car["series"] == "I" else car["series"],
        "efficiencyQuotient": 4 * sum(one["quantity"] for one in marks),
        "lifeTimeList": [],
        "scoreList": [
            {"attrName": name, "attrUnit": unit, "minValue": 0.0, "maxValue": highest, "lifeTime": car[field]}
            for name, unit, highest, field in SCORES
            if car[field] is not None
        ],
        "lastTripList": [
            {"name": name, "unit": unit, "lastTrip": str(car[field])} for name, unit, field in LAST_TRIP if car[field] is not None
        ],
        "characteristicList": marks,
    }


def specs(car):
    return {
        "vin": car.vin,
        "modelName": car["model"],
        "bodyType": car["body_type"],
        "engine": car["engine"],
        "colorCode": car["colour_code"],
        "constructionDate": car["construction_date"],
        "batteryCapacityGross": car["battery_gross_kwh"],
        "tankCapacity": car["fuel_tank_l"],
    }


def service(car):
    return {
        "vin": car.vin,
        "services": [
            {"id": one["id"], "text": one["title"], "status": one["status"], "date": one["date"], "mileage": one["km"]}
            for one in car["services"]
        ],
    }


def _whole(value):
    return "%.1f" % round(value)


def _tenth(value):
    return "%.1f" % value


def _stamp(seconds, spelling):
    # plain arithmetic, so that each offset works
    return (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)).strftime(spelling)
