"""Tolerant parsing of answers from BMW's clouds. ConnectedDrive, its web portal and MyBMW share most words, CarData shares the lists.

A table row maps a field to a key of the vocabulary. Each row is read independently, so an unexpected or missing block
affects only itself. Values are JSON types or text; INVALID, UNKNOWN, -1 and the like mean that the car does not know
the value. Knows no requests and no particular cloud.
"""

from __future__ import absolute_import, unicode_literals


from bmw import times
from bmw.compat import capitalize, number_types, one_line, text_type, upper
from bmw.pattern import Pattern
from bmw.record import record
from bmw.redact import without_vins
from bmw.vehicle.vehicle import LOCK_STATES, Reading

#: some answers have the spelling UNKOWN
UNKNOWN_WORDS = frozenset(("", "INVALID", "SIGNAL_INVALID", "UNKNOWN", "UNKOWN", "ISUNKNOWN", "NA", "N/A", "-NA-", "NULL", "NONE", "-"))

#: what the clouds send for 'no position'
_NOWHERE = ((0.0, 0.0), (-1.0, -1.0))

_LIDS = {"CLOSED": False, "OPEN": True, "OPEN_TILT": True, "INTERMEDIATE": True}
_LIGHTS = {"OFF": False, "ON": True, "LEFT": True, "RIGHT": True}
#: characters of a text that describes a car; it is also the label of its group, and in the sitemap
MAX_FACT = 100
_YES_NO = {
    "TRUE": True,
    "ON": True,
    "YES": True,
    "1": True,
    "ACTIVE": True,
    "CONNECTED": True,
    "FALSE": False,
    "OFF": False,
    "NO": False,
    "0": False,
    "INACTIVE": False,
    "DISCONNECTED": False,
}
#: words that differ between the clouds -> the common word; other words stay unchanged
_CHARGING = {
    "CHARGINGACTIVE": "CHARGING",
    "NOCHARGING": "NOT_CHARGING",
    "NO_CHARGING": "NOT_CHARGING",
    "CHARGINGENDED": "CHARGING_ENDED",
    "CHARGINGPAUSED": "CHARGING_PAUSED",
    "CHARGINGERROR": "ERROR",
}
_VIN = Pattern(r"^[A-Za-z0-9]{1,32}\Z")
#: 07:35 or 0001-01-01T07:35:00
_CLOCK = Pattern(r"^(?:[0-9-]+T)?([0-9]{1,2}):([0-9]{2})")
#: a meaningful offset from UTC; BMW also writes +0000 and UTC behind local times
_REAL_OFFSET = Pattern("[+-](?!00:?00$)[0-9]{2}:?[0-9]{2}$")
#: a trip ends at most so many seconds after the car's last report
_ENDED_BY = 600
_HOUR = 3600
#: seconds that a car's time may be ahead of ours
AHEAD = 86400
#: names of services; BMW's descriptions are whole sentences that do not name the service
_SERVICES = {
    "OIL": "Engine oil",
    "VEHICLE_TUV": "Statutory inspection",
    "EMISSION_CHECK": "Emission check",
    "BRAKE_PADS_FRONT": "Front brake pads",
    "BRAKE_PADS_REAR": "Rear brake pads",
}
_BRANDS = {"BMW_I": "BMW", "BMW_M": "BMW", "DRITTKUNDE": "Toyota"}


class Unknown(Exception):
    """The value is unknown (only used inside this module)."""


# converters: value -> value of the vocabulary


def number(value):
    """A finite number, also from text."""
    if isinstance(value, bool):
        raise Unknown()
    try:
        result = float(value if isinstance(value, number_types) else text(value).replace(",", "."))
    except (ValueError, OverflowError):  # text, or an integer too large for a float
        raise Unknown()
    if result != result or result in (float("inf"), float("-inf")):
        raise Unknown()
    return result


def amount(value):
    """A number that cannot be negative: -1 means unknown."""
    result = number(value)
    if result < 0:
        raise Unknown()
    return result


def share(value):
    """A percentage from 0 to 100."""
    result = amount(value)
    if result > 100:
        raise Unknown()
    return result


def positive(value):
    """A number above zero: for a tyre without a sensor BMW sends 0."""
    result = number(value)
    if result <= 0:
        raise Unknown()
    return result


def thousandth(value):
    """Wh to kWh."""
    return positive(value) / 1000.0


def minutes_of_seconds(value):
    return amount(value) / 60.0


def text(value):
    """A text that is not empty or unknown."""
    if value is None or isinstance(value, (dict, list)):
        raise Unknown()
    result = text_type(value).strip()
    if upper(result) in UNKNOWN_WORDS:
        raise Unknown()
    return result


def word(value):
    """One of BMW's words in upper case, also a new one."""
    return upper(text(value))


def flag(value):
    """A bool in any of BMW's spellings."""
    return value if isinstance(value, bool) else _choose(_YES_NO, value)


def lid(value):
    """True if a door, hood or trunk is open."""
    return _choose(_LIDS, value)


def lock(value):
    result = word(value)
    if result not in LOCK_STATES:
        raise Unknown()
    return result


def charging(value):
    result = word(value)
    return _CHARGING.get(result, result)


def charging_mode(value):
    """The charging mode in the words of the charging profile. 'Not charging' is not a mode."""
    result = charging(value)
    if result == "NOT_CHARGING":
        raise Unknown()
    return "IMMEDIATE_CHARGING" if result == "DIRECT_CHARGING" else result


def lights(value):
    """Parking and position lights: LEFT, RIGHT and ON are on."""
    return _choose(_LIGHTS, value)


def moment(value):
    """Epoch seconds of a time; 0001-01-01 means never."""
    seconds = times.parse(text(value))
    if seconds is None:
        raise Unknown()
    return seconds


def home_moment(value, told_at):
    """Epoch seconds of a local time that BMW marks as UTC, for example the end of a trip.

    It is read as local time at home. If the result is after the car's report, the car is in a time zone further east.

    Args:
        value: text. told_at (float or None): epoch seconds of the car's report.
    """
    seconds = moment(value)
    if _REAL_OFFSET.search(text(value)):
        return seconds
    seconds = times.from_home(seconds)
    if told_at is None or seconds <= told_at + _ENDED_BY:
        return seconds
    return seconds - ((seconds - told_at - _ENDED_BY) // _HOUR + 1) * _HOUR


def clock_time(value):
    """``07:35`` from a text, also from a date with time, or from {"hour", "minute"}."""
    if isinstance(value, dict):
        hour, minute = amount(value.get("hour")), amount(value.get("minute", 0))
    else:
        found = _CLOCK.match(text(value))
        if not found:
            raise Unknown()
        hour, minute = [int(part) for part in found.groups()]
    if hour > 24 or minute > 59:
        raise Unknown()
    return "{:02d}:{:02d}".format(int(hour), int(minute))


def _choose(words, value):
    try:
        return words[word(value)]
    except KeyError:
        raise Unknown()


# reading answers


def block(answer, name):
    """The object (dict) with that name; empty if it is missing or not an object."""
    value = answer.get(name) if isinstance(answer, dict) else None
    return value if isinstance(value, dict) else {}


def records(answer, name):
    """The objects in the list with that name; empty if there is no such list."""
    value = answer.get(name) if isinstance(answer, dict) else None
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def cars(listed):
    """The entries of a list of cars that have a valid VIN. Anything else must not become part of a URL."""
    return [entry for entry in listed if isinstance(entry, dict) and is_vin(entry.get("vin"))]


def is_vin(value):
    """True for a text of letters and digits. Length and letters are not checked: the standard only covers newer cars."""
    return isinstance(value, text_type) and _VIN.match(value) is not None


def value_or_none(convert, value):
    """The converted value, or None if it is unknown."""
    try:
        return convert(value)
    except Unknown:
        return None


def first(convert, *values):
    """The first known value, converted; else None."""
    for value in values:
        result = value_or_none(convert, value)
        if result is not None:
            return result
    return None


def read_rows(rows, answer, time):
    """Readings of a table.

    Args:
        rows: (vocabulary key, converter, path with dots), optionally with openHAB's unit symbol as fourth.
        answer (dict): root of the paths. time (float or None): of all readings.

    Returns:
        {key: Reading} of the existing fields; null or an unknown value gives a Reading without a value.
    """
    readings = {}
    for row in rows:
        holder = answer
        names = row[2].split(".")
        for name in names[:-1]:
            holder = block(holder, name)
        if isinstance(holder, dict) and names[-1] in holder:
            value = value_or_none(row[1], holder[names[-1]])
            readings[row[0]] = Reading(value, time, row[3] if len(row) > 3 and value is not None else None)
    return readings


def without_times_ahead(readings, known, now):
    """The readings; a time that is more than a day ahead is taken away, as it would keep out all later ones until then.

    Where the known reading is as far ahead, our own clock is behind, and their order counts.

    Args:
        readings, known ({key: Reading}): new ones, and those of the car. now (float): epoch seconds.
    """
    limit = now + AHEAD
    for key, reading in readings.items():
        before = known[key].time if key in known else None
        if reading.time is not None and reading.time > limit >= (before or 0):
            # an unknown value needs a time: without one it would say nothing
            reading.time = before if reading.value is None else None
    return readings


def place(latitude, longitude):
    """``(latitude, longitude)``, or None if the clouds mean 'no position'."""
    spot = (value_or_none(number, latitude), value_or_none(number, longitude))
    if None in spot or spot in _NOWHERE or abs(spot[0]) > 90 or abs(spot[1]) > 180:
        return None
    return spot


def service_name(kind):
    """The name of a service type: ``BRAKE_FLUID`` -> ``Brake fluid``."""
    name = value_or_none(word, kind)
    return _SERVICES.get(name, capitalize(name.replace("_", " "))) if name else None


#: kind (BMW's type), name (for people), date (epoch seconds), distance, status: each None where unknown
Service = record("Service", "kind name date distance status")
#: status of a service that is not due yet, and the urgency of the others; an unknown status is probably urgent
_IN_ORDER = "OK"
_OVERDUE = "OVERDUE"
_URGENCY = {_OVERDUE: 0, "PENDING": 2, _IN_ORDER: 3}


def service(kind, name, date, distance, status):
    """The Service from BMW's fields of any type.

    If a service has no distance, BMW sends none, -1 or 0. A negative distance is the distance overdue.
    """
    status = value_or_none(word, status)
    left = value_or_none(number, distance)
    if left is not None and (left == 0 or (left < 0 and (status != _OVERDUE or left == -1))):
        left = None
    return Service(kind, name, value_or_none(moment, date), left, status)


def service_readings(services, time, unit=None):
    """Readings for the next service, the number of services due, and the worst status.

    Args:
        services (list of Service). time (float or None): of all readings. unit (str or None): of the distances.
    """
    waiting = [one for one in services if one.status not in (None, _IN_ORDER) and one.date is None]
    dated = sorted((one for one in services if one.date is not None), key=lambda one: (one.date, one.name or ""))
    # a due service without a date comes before one with a date
    following = (waiting + dated or [Service(None, None, None, None, None)])[0]
    distances = [one.distance for one in services if one.distance is not None]
    inspections = [one.date for one in dated if one.kind == "VEHICLE_TUV"]
    statuses = [one.status for one in services if one.status]
    return {
        "serviceDate": Reading(following.date, time),
        "nextService": Reading(following.name or None, time),
        "serviceDistance": Reading(min(distances), time, unit) if distances else Reading(None, time),
        "inspectionDate": Reading(inspections[0] if inspections else None, time),
        "servicesDue": Reading(sum(status != _IN_ORDER for status in statuses) if statuses else None, time),
        "serviceStatus": Reading(min(statuses, key=lambda status: _URGENCY.get(status, 1)) if statuses else None, time),
    }


def message_readings(texts, time):
    """Number and text of the check control messages; an empty list means that there are none."""
    return {
        "checkControlCount": Reading(len(texts), time),
        "checkControl": Reading("; ".join(text for text in texts if text), time),
    }


def settle_charging(readings):
    """Corrects charging readings: INVALID and unplugged means not charging; a remaining time counts only while the car charges."""
    status, plugged = readings.get("chargingStatus"), readings.get("pluggedIn")
    if status is None:
        return
    if status.value is None and plugged is not None and plugged.value is False:
        status.value = "NOT_CHARGING"
    # some cars still send the remaining time of the last charging session, others send none
    if status.value != "CHARGING" or "chargingTimeRemaining" not in readings:
        readings["chargingTimeRemaining"] = Reading(None, status.time)


def settle_window(readings):
    """Removes a charging window with equal start and end: it is not in use."""
    ends = [readings[key] for key in ("chargingWindowStart", "chargingWindowEnd") if key in readings]
    if len(ends) == 2 and ends[0].value == ends[1].value:
        ends[0].value = ends[1].value = None


def timer_text(departure, days, is_on):
    """Text of a departure timer: ``07:35 Mon Tue``, ``off (07:35 Mon)`` or ``off``."""
    names = [capitalize(day[:3]) for day in days or [] if isinstance(day, text_type)]
    parts = " ".join(([departure] if departure else []) + names)
    if is_on:
        return parts or "on"
    return "off ({})".format(parts) if parts else "off"


def facts(rows, entry):
    """Constant data of a car: {our name: text or number}.

    Args:
        rows: (our name, BMW's name). entry (dict): BMW's data of the car.
    """
    found = dict((ours, entry.get(theirs)) for ours, theirs in rows)
    found = dict((ours, value) for ours, value in found.items() if isinstance(value, (text_type,) + number_types))
    found = dict((ours, without_vins(value) if isinstance(value, text_type) else value) for ours, value in found.items())
    for name, as_people_know_it in (("model", model), ("brand", brand)):
        if name in found:
            found[name] = as_people_know_it(text_type(found[name]))
    return dict((name, one_line(value)[:MAX_FACT] if isinstance(value, text_type) else value) for name, value in found.items())


def brand(name):
    """The brand's usual name."""
    return _BRANDS.get(name, name)


def model(name):
    """The model's name. ConnectedDrive writes ``I3 94``, later clouds ``i3 94``; the item names must be equal."""
    return "i" + name[1:] if name and name[0] == "I" and name[1:2].isdigit() else name
