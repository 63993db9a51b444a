"""How MyBMW says what a car knows: canonical fields -> profile, state and capabilities.

Old cars (the i3) leave whole blocks out that newer ones have, and a plug-in hybrid tells the combined range
as the fuel's; clients live with both. This room must not know HTTP, accounts or commands.
"""

from .clock import iso

WHEELS = {"frontLeft": "fl", "frontRight": "fr", "rearLeft": "rl", "rearRight": "rr"}
SEASONS = {"SUMMER": 2, "WINTER": 4, "ALL_SEASON": 3}
BRANDS = {"BMW": "BMW", "BMWi": "BMW_I", "MINI": "MINI"}
# app -> brands of the cars that it lists
APPS = {"bmw": ("BMW", "BMWi"), "mini": ("MINI",), "toyota": ()}
DRIVETRAINS = {
    "BEV": "ELECTRIC",
    "BEV_REX": "ELECTRIC_WITH_RANGE_EXTENDER",
    "PHEV": "PLUGIN_HYBRID",
    "CONV": "COMBUSTION",
    "MHEV": "MILD_HYBRID",
}
SERVICES = {1: "OIL", 3: "BRAKE_FLUID", 17: "VEHICLE_CHECK", 32: "VEHICLE_TUV", 100: "VEHICLE_CHECK"}
WEEKDAYS = {"MON": "MONDAY", "TUE": "TUESDAY", "WED": "WEDNESDAY", "THU": "THURSDAY", "FRI": "FRIDAY", "SAT": "SATURDAY", "SUN": "SUNDAY"}
ADDRESS = "Testweg 1, 12345 Musterstadt"
ACTIVE_CLIMATE = ("HEATING", "COOLING", "VENTILATION")


def is_old(car):
    """True for the i3's older electronics: no tyres, no climate, no rear windows, no charging target."""
    return car.kind in ("i3", "i3_rex")


# Profile


def profile(car, rex_as_electric=False):
    drivetrain, model = DRIVETRAINS[car["drivetrain"]], car["model"]
    if car["drivetrain"] == "BEV_REX":
        model = model.replace(" REX", "") + " (+ REX)"
        drivetrain = "ELECTRIC" if rex_as_electric else drivetrain
    software = {
        "puStep": {"month": int(car["pu_step"][:2]), "year": int(car["pu_step"][2:])},
        "iStep": 510,
        "seriesCluster": car["body_type"],
    }
    return {
        "vin": car.vin,
        "model": model,
        "bodyType": car["body_type"],
        "brand": BRANDS[car["brand"]],
        "driveTrain": drivetrain,
        "year": int(car["construction_date"][:4]),
        "color": 4284110934,
        "countryOfOrigin": car["country"],
        "headUnitRaw": car["head_unit"],
        "headUnitType": car["head_unit"],
        "hmiVersion": car["head_unit"],
        "telematicsUnit": "WAVE01",
        "softwareVersionCurrent": software,
        "softwareVersionExFactory": software,
        "driverGuideInfo": {
            "androidAppScheme": "com.bmw.driversguide",
            "iosAppScheme": "bmwdriversguide:///",
            "androidStoreUrl": None,
            "iosStoreUrl": None,
        },
    }


def mapping_info(car, is_primary):
    return {
        "vin": car.vin,
        "isAssociated": False,
        "isLmmEnabled": False,
        "isPrimaryUser": is_primary,
        "mappingStatus": "CONFIRMED",
        "vehicleMappingType": "CONNECTED",
    }


# Capabilities

# capability -> the remote service that it means
CAPABILITIES = {
    "lock": "lock",
    "unlock": "unlock",
    "lights": "flashLights",
    "horn": "soundHorn",
    "climateNow": "climateStart",
    "sendPoi": "sendDestination",
    "vehicleFinder": "findVehicle",
    "isChargingSettingsEnabled": "chargingSettings",
    "isChargingTargetSocEnabled": "chargingSettings",
    "isChargingPowerLimitEnabled": "chargingSettings",
    "isChargingPlanSupported": "chargingProfile",
    "isClimateTimerSupported": "climateSchedule",
}
REMOTE_SERVICES = {
    "doorLock": ("lock", "doorLock"),
    "doorUnlock": ("unlock", "doorUnlock"),
    "hornBlow": ("soundHorn", "hornBlow"),
    "lightFlash": ("flashLights", "lightFlash"),
}


def capabilities(car):
    told = {name: service in car["remote_services"] for name, service in CAPABILITIES.items()}
    if is_old(car):
        told["vehicleFinder"] = False  # BMW sends False, but the service works
    charging = {}
    if "chargeStart" in car["remote_services"]:
        charging = {"chargingControl": ["START", "STOP"], "flapControl": ["NOT_SUPPORTED"], "plugControl": ["NOT_SUPPORTED"]}
    services = {
        name: {"id": remote, "state": "ACTIVATED" if service in car["remote_services"] else "NOT_AVAILABLE"}
        for name, (service, remote) in REMOTE_SERVICES.items()
    }
    return dict(
        told,
        climateFunction="AIR_CONDITIONING" if car.has_battery else "VENTILATION",
        climateTimerTrigger="DEPARTURE_TIMER",
        isChargingHistorySupported=car.has_battery,
        isChargingLoudnessEnabled=False,
        isChargingHospitalityEnabled=False,
        isRemoteHistorySupported=True,
        isRemoteServicesActivationRequired=False,
        isRemoteServicesBookingRequired=False,
        isRemoteEngineStartSupported=False,
        isDataPrivacyEnabled=False,
        isScanAndChargeSupported=False,
        lastStateCallState="ACTIVATED",
        vehicleStateSource="LAST_STATE_CALL",
        a4aType="NOT_SUPPORTED",
        remoteChargingCommands=charging,
        remoteServices=services,
        specialThemeSupport=[],
    )


# State


def state(car, now):
    """The state in blocks; a car without data for a block leaves it out."""
    told = {
        "isLeftSteering": car["steering"] == "LL",
        "isLscSupported": True,
        "lastFetched": iso(now),
        "lastUpdatedAt": _whole_second(car.last_report),
        "range": _range(car),
        "currentMileage": round(car["odometer_km"]),
        "driverPreferences": {"lscPrivacyMode": "OFF"},
        "securityOverviewMode": "NOT_ARMED" if car["alarm_armed"] == "unarmed" else "ARMED",
        "vehicleSoftwareVersion": {"puStep": car["pu_step"]},
        "isDeepSleepModeActive": car["deep_sleep"],
    }
    for name, block in BLOCKS.items():
        content = block(car)
        if content is not None:
            told[name] = content
    return told


def _windows(car):
    rows = ("Front",) if is_old(car) else ("Front", "Rear")
    panes = _sides(car, "window_", rows)
    if not is_old(car):
        panes["rear"] = car["trunk_window"]
    order = ("OPEN", "INTERMEDIATE", "CLOSED")
    return dict(panes, combinedState=next(word for word in order if word in panes.values()))


def _doors(car):
    doors = dict(_sides(car, "door_", ("Front", "Rear")), hood=car["hood"], trunk=car["trunk"])
    return dict(doors, combinedSecurityState=car["lock"], combinedState="OPEN" if "OPEN" in doors.values() else "CLOSED")


def _sides(car, prefix, rows):
    return {side + row: car[prefix + car.side(side, row.lower())] for side in ("left", "right") for row in rows}


def _roof(car):
    if car["sunroof"] is None:
        return None
    return {"roofState": car["sunroof"], "roofStateType": "SUN_ROOF"}


def _location(car):
    if car["latitude"] is None or not car["tracking"]:
        return None
    return {
        "coordinates": {"latitude": round(car["latitude"], 6), "longitude": round(car["longitude"], 6)},
        "address": {"formatted": ADDRESS},
        "heading": -1 if car["heading"] is None else round(car["heading"]),
    }


def _range(car):
    """The total range; an i3 with range extender sends only the electric range here."""
    if car.kind == "i3_rex":
        return round(car["range_electric_km"])
    return round((car["range_electric_km"] or 0) + (car["range_fuel_km"] or 0))


def _fuel(car):
    if not car.has_fuel:
        # Electric cars differ here: an i3 sends a tank with 0 litres, an i7 sends 10 percent of a tank that it does not have.
        return {"range": 0, "remainingFuelLiters": 0} if is_old(car) else {"remainingFuelPercent": 10}
    combined = car["drivetrain"] == "PHEV"
    return {
        "range": _range(car) if combined else round(car["range_fuel_km"]),
        "remainingFuelLiters": round(car["fuel_l"]),
        "remainingFuelPercent": round(car["fuel_percent"]),
    }


PLUGGED_STATUS = {
    "NOT_CHARGING": "PLUGGED_IN",
    "INITIALIZATION": "PLUGGED_IN",
    "WAITING": "WAITING_FOR_CHARGING",
    "PAUSED": "PLUGGED_IN",
    "FINISHED_FULL": "FULLY_CHARGED",
}


def charging_status(car):
    if not car["plugged"]:
        return "INVALID"
    if car["charging_status"] == "FINISHED_NOT_FULL" and car["soc"] >= (car["soc_target"] or 100):
        return "TARGET_REACHED"
    return PLUGGED_STATUS.get(car["charging_status"], car["charging_status"])


def _electric(car):
    if not car.has_battery:
        return dict(NO_BATTERY)
    told = {
        "chargingLevelPercent": int(car["soc"]),
        "range": round(car["range_electric_km"]),
        "isChargerConnected": car["plugged"],
        "chargingConnectionType": "CONDUCTIVE" if car["plugged"] else "UNKNOWN",
        "chargingStatus": charging_status(car),
        "chargingTarget": round(car["soc_target"] or 100),
    }
    if car["charging_status"] == "CHARGING":
        told["remainingChargingMinutes"] = car["charging_time_remaining_min"]
    elif not is_old(car):
        told["remainingChargingMinutes"] = 10  # left over from the last charge
    return told


#: what a car without a traction battery may send
NO_BATTERY = {
    "chargingLevelPercent": 0,
    "range": 0,
    "isChargerConnected": False,
    "chargingConnectionType": "UNKNOWN",
    "chargingStatus": "INVALID",
    "chargingTarget": 0,
}
NO_PLAN = {
    "chargingMode": "IMMEDIATE_CHARGING",
    "chargingPreference": "NO_PRESELECTION",
    "chargingSettings": {"targetSoc": 0, "idcc": "NO_ACTION", "hospitality": "NO_ACTION"},
    "departureTimes": [],
}


def four_timers(car):
    """The app always shows four timers, even if the car has fewer."""
    known = {timer["id"]: timer for timer in car["timers"]}
    empty = {"active": False, "time": None, "weekdays": []}
    return [known.get(number, dict(empty, id=number)) for number in (1, 2, 3, 4)]


def _profile(car):
    if not car.has_battery:
        return dict(NO_PLAN)
    window = car["charging_preference"] == "CHARGING_WINDOW"
    return {
        "chargingControlType": "WEEKLY_PLANNER",
        "chargingMode": "DELAYED_CHARGING" if window else "IMMEDIATE_CHARGING",
        "chargingPreference": "CHARGING_WINDOW" if window else "NO_PRESELECTION",
        "climatisationOn": car["charging_with_climate"],
        "chargingSettings": {
            "targetSoc": round(car["soc_target"] or 100),
            "idcc": "NO_ACTION",
            "hospitality": "NO_ACTION",
            "acCurrentLimit": car["charging_ac_limit_a"],
            "isAcCurrentLimitActive": car["charging_ac_limit_a"] is not None,
        },
        "reductionOfChargeCurrent": {"start": _hour(car["charging_window_start"]), "end": _hour(car["charging_window_end"])},
        "departureTimes": [
            {"id": timer["id"], "action": _action(timer), "timeStamp": _hour(timer["time"]), "timerWeekDays": weekdays(timer)}
            for timer in four_timers(car)
        ],
    }


def _climate_timers(car):
    return [
        {
            "isWeeklyTimer": bool(timer["weekdays"]),
            "timerAction": _action(timer),
            "timerWeekDays": weekdays(timer),
            "departureTime": _hour(timer["time"]),
        }
        for timer in four_timers(car)[:3]
    ]


def _climate(car):
    if is_old(car):
        return None
    told = {"activity": car["climate_activity"]}
    if car["climate_activity"] in ACTIVE_CLIMATE:
        told["remainingSeconds"] = float(car["climate_remaining_s"])
    return told


def _services(car):
    return [
        dict(
            {
                "type": SERVICES.get(one["id"], "VEHICLE_CHECK"),
                "status": one["status"],
                "dateTime": one["date"] + "-01T00:00:00.000Z",
                "description": one["description"],
            },
            **({} if one["km"] is None else {"mileage": one["km"]}),
        )
        for one in car["services"]
    ] + ([] if is_old(car) else [{"type": "TIRE_WEAR_" + axle, "status": "OK"} for axle in ("REAR", "FRONT")])


def _check_control(car):
    """Messages without a problem are in the list too, as LOW."""
    watched = [] if is_old(car) else ["TIRE_PRESSURE"] + (["ENGINE_OIL"] if car.has_fuel else [])
    return [{"type": kind, "severity": "LOW"} for kind in watched] + [
        {
            "type": one.get("type", "CHECK_CONTROL"),
            "severity": one.get("severity", "MEDIUM"),
            "id": one["id"],
            "name": one["text"],
            "description": one["text"],
        }
        for one in car["check_control"]
    ]


def _tyres(car):
    if is_old(car) or car["tyre_dimension"] is None:
        return None
    return {place: _tyre(car, short) for place, short in WHEELS.items()}


def _tyre(car, short):
    return {
        "status": {
            "currentPressure": car["tyre_%s_kpa" % short],
            "targetPressure": car["tyre_%s_target_kpa" % short],
            "pressureStatus": 0,
            "wearStatus": 0,
        },
        "details": {
            "dimension": car["tyre_dimension"] + " 100Y",
            "manufacturer": "Acme",
            "manufacturingWeek": 1425,
            "season": SEASONS.get(car["tyre_season"], 0),
            "mountingDate": "2026-04-02T00:00:00.000Z",
            "treadDesign": "X1",
            "partNumber": "0000000",
            "isOptimizedForOemBmw": True,
            "speedClassification": {"speedRating": 300, "atLeast": False},
        },
    }


BLOCKS = {
    "windowsState": _windows,
    "doorsState": _doors,
    "roofState": _roof,
    "location": _location,
    "combustionFuelLevel": _fuel,
    "electricChargingState": _electric,
    "chargingProfile": _profile,
    "climateTimers": _climate_timers,
    "climateControlState": _climate,
    "requiredServices": _services,
    "checkControlMessages": _check_control,
    "tireState": _tyres,
}


def weekdays(timer):
    return [WEEKDAYS[day] for day in timer["weekdays"]]


def _action(timer):
    return "ACTIVATE" if timer["active"] else "DEACTIVATE"


def _hour(text):
    if text is None:
        return {"hour": 0, "minute": 0}
    hour, minute = text.split(":")
    return {"hour": int(hour), "minute": int(minute)}


def _whole_second(moment):
    return iso(int(moment)).replace(".000Z", "Z")
