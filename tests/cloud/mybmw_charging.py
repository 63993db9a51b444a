"""MyBMW's charging settings, in both directions, and its charging history for human eyes.

It must not know HTTP; a body that BMW would not understand is a ValueError.
"""

import hashlib
from datetime import datetime, timezone

from .clock import iso
from .mybmw_state import ADDRESS, WEEKDAYS, four_timers, weekdays

AC_LIMITS = list(range(6, 17)) + [20, 32]
TARGETS = range(20, 101, 5)
DAYS = {long: short for short, long in WEEKDAYS.items()}
# charging mode -> the preferences that are allowed with it
PREFERENCES = {"CHARGING_IMMEDIATELY": ("NO_PRESELECTION",), "TIME_SLOT": ("CHARGING_WINDOW",), "NO_ACTION": ("NO_PRESELECTION",)}


class Inconsistent(ValueError):
    """Charging mode and preference do not fit together; BMW's server answers with an internal error."""


def settings(car):
    window = car["charging_preference"] == "CHARGING_WINDOW"
    mode = {
        "type": "TIME_SLOT" if window else "CHARGING_IMMEDIATELY",
        "chargingPreference": "CHARGING_WINDOW" if window else "NO_PRESELECTION",
        "startTimeSlot": _slot(car["charging_window_start"]),
        "endTimeSlot": _slot(car["charging_window_end"]),
    }
    timers = [
        {
            "id": timer["id"],
            "time": _slot(timer["time"]),
            "daysOfTheWeek": weekdays(timer),
            "timerAction": "ACTIVATE" if timer["active"] else "DEACTIVATE",
        }
        for timer in four_timers(car)
    ]
    answer = {
        "servicePack": "TCB1",
        "chargeAndClimateTimerDetail": {
            "chargingMode": mode,
            "isPreconditionForDepartureActive": car["charging_with_climate"],
            "departureTimer": {"type": "WEEKLY_DEPARTURE_TIMER", "weeklyTimers": timers},
        },
        "chargeAndClimateSettings": {"chargeAndClimateTimer": {"showDepartureTimers": False}},
    }
    if "chargingSettings" in car["remote_services"]:
        limit = car["charging_ac_limit_a"]
        answer["chargingSettingsDetail"] = {
            "chargingTarget": round(car["soc_target"] or 100),
            "minChargingTargetToWarning": 70,
            "dcLoudness": "UNLIMITED_LOUD",
            "isUnlockCableActive": False,
            "acLimit": {"current": {"unit": "A", "value": limit}, "isUnlimited": limit is None, "min": 6, "max": 32, "values": AC_LIMITS},
        }
        answer["chargingFlapDetail"] = {"isPermanentlyUnlock": False}
    return answer


def read_settings(body):
    """The canonical fields of a changed charging target or AC limit."""
    target, limit = body.get("chargingTarget"), body.get("acLimitValue")
    if target is None and limit is None:
        raise ValueError("nothing to set")
    if (target is not None and target not in TARGETS) or (limit is not None and limit not in AC_LIMITS):
        raise ValueError("a value is out of its range")
    return {"soc_target": target, "charging_ac_limit_a": limit}


def read_profile(body):
    """The canonical fields of a whole charging profile; BMW does not accept a part of one."""
    try:
        mode, timers = body["chargingMode"], body["departureTimer"]["weeklyTimers"]
        if mode["chargingPreference"] not in PREFERENCES[mode["type"]]:
            raise Inconsistent("mode and preference do not fit")
        if len(timers) != 4 or "servicePack" not in body:
            raise ValueError("the profile is not whole")
        return {
            "charging_preference": mode["chargingPreference"],
            "charging_immediate": mode["type"] == "CHARGING_IMMEDIATELY",
            "charging_window_start": _clock_time(mode["startTimeSlot"]),
            "charging_window_end": _clock_time(mode["endTimeSlot"]),
            "charging_with_climate": bool(body["isPreconditionForDepartureActive"]),
            "timers": [
                {
                    "id": timer["id"],
                    "active": timer["timerAction"] == "ACTIVATE",
                    "time": _clock_time(timer["time"]),
                    "weekdays": [DAYS[day] for day in timer["daysOfTheWeek"]],
                }
                for timer in timers
            ],
        }
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError("a part of the profile is missing or strange") from problem


def statistics(car, now):
    month = datetime.fromtimestamp(now, timezone.utc)
    this_month = [one for one in car["charging_sessions"] if _month(one["start"]) == (month.year, month.month)]
    energy, count = round(sum(one["grid_kwh"] for one in this_month)), len(this_month)
    return {
        "description": month.strftime("%B %Y"),
        "optStateType": "OPT_IN_WITH_SESSIONS",
        "statistics": {
            "totalEnergyCharged": energy,
            "symbol": "~",
            "numberOfChargingSessions": count,
            "totalEnergyChargedSemantics": "Charged about %d kilowatt-hours" % energy,
            "numberOfChargingSessionsSemantics": "%d charging sessions" % count,
        },
    }


def sessions(car, now, limit, with_dates):
    rows = sorted(car["charging_sessions"], key=lambda one: -one["start"])[:limit]
    found = {
        "total": "~ %d kWh" % round(sum(one["grid_kwh"] for one in rows)),
        "numberOfSessions": str(len(rows)),
        "chargingListState": "HAS_SESSIONS" if rows else "CHARGE_AND_TRACK",
        "sessions": [_session(car, one) for one in rows],
        "costsGroupedByCurrency": ["--"],
    }
    if not rows:
        found["emptyStateDescription"] = "Charge the vehicle to see its sessions."
    answer = {"paginationInfo": None, "chargingSessions": found}
    if with_dates:
        first = min([one["start"] for one in rows] or [now])
        answer["datePicker"] = {"startDate": iso(first), "selectedDate": iso(now), "endDate": iso(now)}
    return answer


def _session(car, one):
    start = iso(int(one["start"])).replace(".000Z", "Z")
    running = not one.get("end")
    minutes = 0 if running else (one["end"] - one["start"]) // 60
    energy = "< 2 kWh" if one["grid_kwh"] < 2 else "~ %d kWh" % round(one["grid_kwh"])
    return {
        "id": "%s_%s" % (start, hashlib.sha256((car.vin + start).encode()).hexdigest()[:8]),
        "title": datetime.fromtimestamp(one["start"], timezone.utc).strftime("%d.%m.%Y %H:%M"),
        "subtitle": "%s • %dh %02dmin • -- EUR" % (ADDRESS.split(",")[0], *divmod(minutes, 60)),
        "energyCharged": energy,
        "sessionStatus": "RUNNING" if running else "FINISHED",
        "isPublic": bool(one.get("public")),
    }


def _month(seconds):
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.year, moment.month


def _slot(text):
    return "0001-01-01T%s:00" % (text or "00:00")


def _clock_time(text):
    """HH:MM of 0001-01-01T22:00:00.000"""
    clock = text.partition("T")[2][:5]
    hour, minute = clock.split(":")
    if not (0 <= int(hour) < 24 and 0 <= int(minute) < 60):
        raise ValueError("no time of day")
    return clock
