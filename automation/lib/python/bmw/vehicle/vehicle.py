"""A car and its last readings: one value with the car's own time per key of the vocabulary.

Knows no cloud and no openHAB.
"""

from __future__ import absolute_import, unicode_literals

from bmw.compat import number_types, one_line, text_type
from bmw.redact import without_vins
from bmw.vehicle import drive_train, extra, plausible
from bmw.vehicle.vocabulary import VEHICLE

#: all states of the lock -> whether the car is locked (connecteddrive.md, cardata.md section 4)
LOCK_STATES = {"SECURED": True, "LOCKED": True, "SELECTIVE_LOCKED": False, "PARTIALLY_LOCKED": False, "UNLOCKED": False}

#: item types of the values that are states
_STATES = ("Switch", "Contact", "String")
_DOORS = ("doorDriverFront", "doorPassengerFront", "doorDriverRear", "doorPassengerRear")
_WINDOWS = ("windowDriverFront", "windowPassengerFront", "windowDriverRear", "windowPassengerRear")
#: valid only while the car charges (cardata.md section 4: power is valid only near its timestamp)
_WHILE_CHARGING = ("chargingPower", "chargingTimeRemaining", "timeToFull", "chargingCurrent", "chargingVoltage", "chargingPhases")
#: remaining charging times; each becomes unknown this many seconds after it has run out
_TIMES_LEFT = ("chargingTimeRemaining", "timeToFull")
TIME_LEFT_VALID = 1800
#: seconds (car's time) after which a lower odometer is accepted: the old value was wrong, or the instrument is new
LOWER_ODOMETER_AFTER = 7 * 86400
#: kilometres an odometer may lose when its unit changes between kilometres and miles
ROUNDING = 1.7
#: BMW's charging states -> whether the car charges; other words mean unknown
CHARGING_STATES = dict.fromkeys(
    "NOT_CHARGING INITIALIZATION CHARGING_PAUSED CHARGING_ENDED WAITING_FOR_CHARGING FINISHED_FULLY_CHARGED FINISHED_NOT_FULL ERROR"
    " PLUGGED_IN TARGET_REACHED COMPLETE FULLY_CHARGED".split(),
    False,
)
CHARGING_STATES["CHARGING"] = True
_WINDOW_OPEN = {"CLOSED": False, "OPEN": True, "OPEN_TILT": True, "INTERMEDIATE": True, "INTERMEDIATE_TILT": True}
_CLIMATE_ON = {"HEATING": True, "COOLING": True, "VENTILATION": True, "DEFROST": True, "INACTIVE": False, "STANDBY": False}


class Reading(object):
    """One value from the car.

    Args:
        value: number, bool, text, epoch seconds (DateTime) or ``(latitude, longitude)``; None = the car does not know it.
        time (float or None): epoch seconds when the car sent it; None = unknown.
        unit (str or None): openHAB's unit symbol; None = the point's unit.
    """

    __slots__ = ("value", "time", "unit")

    def __init__(self, value, time=None, unit=None):
        self.value = value
        self.time = time
        self.unit = unit

    def __eq__(self, other):
        return isinstance(other, Reading) and self.to_list() == other.to_list()

    def __ne__(self, other):
        return not self == other

    __hash__ = None

    def __repr__(self):
        return str("Reading(...)")  # never the value: a position is private

    def to_list(self):
        """JSON-able form."""
        value = list(self.value) if isinstance(self.value, (tuple, list)) else self.value
        return [value, self.time, self.unit]


def reading_from(record):
    """The Reading of ``Reading.to_list()``."""
    value, time, unit = record
    return Reading(tuple(value) if isinstance(value, list) else value, time, unit)


class Vehicle(object):
    """A car and its last readings.

    Args:
        vin (str): private; never shown.
        name (str): the car's short name, part of its item names, for example ``i3``.
        facts (dict): what does not change (model, drive train, steering ...).
    """

    def __init__(self, vin, name, facts=None):
        self.vin = vin
        self.name = name
        self.facts = facts or {}
        self.readings = {}
        #: time of the last poll (epoch seconds), 0 = never
        self.asked_at = 0

    def update(self, readings):
        """Stores the newer ones of ``readings`` ({key: Reading}); returns the keys (set) whose value changed."""
        impossible = drive_train.impossible(self.facts)
        unknown = set(key for key in _WHILE_CHARGING if self._is(key, None))
        changed = self._clear(impossible)
        # the same object again is no news; in a poll most are
        news = [(key, reading) for key, reading in readings.items() if self.readings.get(key) is not reading and key not in impossible]
        changed.update(key for key, reading in news if self._store(key, _checked(key, reading)))
        for key, reading in derive(self.readings).items():
            old = self.readings.get(key)
            self.readings[key] = reading
            if old is None or old.value != reading.value:
                changed.add(key)
        ended = self._end_charge()
        return (changed | ended) - (ended & unknown)

    def _clear(self, keys):
        """Sets readings for parts that this car does not have to unknown; returns the keys (set)."""
        cleared = set(key for key in keys if key in self.readings and self.readings[key].value is not None)
        for key in cleared:
            self.readings[key] = Reading(None)
        return cleared

    def pass_time(self, now):
        """Sets remaining times that have run out by ``now`` (epoch seconds) to unknown; returns the keys (set)."""
        over = set(key for key in _TIMES_LEFT if key in self.readings and _is_over(key, self.readings[key], now))
        for key in over:
            self.readings[key] = Reading(None, self.readings[key].time)
        return over

    def _end_charge(self):
        """Sets charging values from an ended session to unknown; returns the keys (set)."""
        told = self._not_charging_times()
        # some cars report 'not charging' without a time; the poll's time is used then
        ended = max(told) if told else self.asked_at if self._is("charging", False) else 0
        said = [(key, self.readings[key]) for key in _WHILE_CHARGING if key in self.readings]
        past = [key for key, reading in said if reading.value and _is_past(key, reading, ended)]  # 0 holds
        for key in past:
            # the time of our poll is not a time of the car
            self.readings[key] = Reading(None, ended if told else self.readings[key].time)
        return set(past)

    def _not_charging_times(self):
        """The times (list of epoch seconds) at which the car reported 'not charging' or 'not plugged in'."""
        # charging but not plugged in: one of the two is outdated, so only 'charging' counts
        keys = ("charging",) if self._is("charging", True) else ("charging", "pluggedIn")
        return [self.readings[key].time for key in keys if self._is(key, False) and self.readings[key].time is not None]

    def _is(self, key, value):
        return key in self.readings and self.readings[key].value is value

    def _store(self, key, reading):
        old = self.readings.get(key)
        if old is None and reading.value is None:
            return False  # never had a value: this car has no such part
        if old is not None and old.time is not None and reading.value is None and reading.time is None:
            return False  # no time: BMW has no value stored; the car did not report 'unknown'
        if old is not None and old.time is not None and reading.time is not None and reading.time < old.time:
            return False
        if key == "odometer" and old is not None and _falls(old, reading):
            return False
        self.readings[key] = reading
        return old is None or (old.value, old.unit) != (reading.value, reading.unit)

    @property
    def is_active(self):
        """True while the car charges or drives, as last reported."""
        return any(key in self.readings and self.readings[key].value is True for key in ("charging", "moving"))

    def is_state(self, keys):
        """True if one of these keys is a state, such as locked or charging, known or not; no number, time or value of ``extra`` is."""
        return any(key in self.readings and key in VEHICLE and VEHICLE[key].item_type in _STATES for key in keys)

    def is_silent_since(self, time):
        """True if the car has reported nothing after ``time`` (epoch seconds)."""
        last = self.readings.get("lastUpdate")
        return last is None or last.value is None or last.value < time

    def forget(self):
        """Resets the car when its cloud changes: the new cloud uses other words for facts and may not deliver the same values."""
        self.facts = {}
        self.forget_readings()

    def forget_readings(self):
        """Sets all readings to unknown, as nobody brings newer ones."""
        self.readings = dict((key, Reading(None)) for key in self.readings)

    def forget_extras(self, wants):
        """Sets extra values that are no longer wanted to unknown. ``wants``: callable, key of ``extra`` -> bool."""
        for key in self.readings:
            if extra.is_key(key) and not wants(key):
                self.readings[key] = Reading(None)

    def to_record(self):
        """JSON-able form, for the store."""
        return {
            "vin": self.vin,
            "name": self.name,
            "facts": self.facts,
            "asked_at": self.asked_at,
            "readings": dict((key, reading.to_list()) for key, reading in self.readings.items()),
        }


def _is_past(key, reading, ended):
    """Whether a reading is older than the end of charging (epoch seconds). Cars report 1 phase together with the end."""
    said = reading.time or 0
    return said < ended or (key == "chargingPhases" and said == ended)


def _checked(key, reading):
    """The reading, as one line without a VIN if it is a text, or an unknown one if its number is not plausible."""
    if isinstance(reading.value, text_type):
        text = one_line(without_vins(reading.value))
        return reading if text == reading.value else Reading(text, reading.time, reading.unit)
    point = VEHICLE.get(key)
    if point is None or plausible.is_plausible(key, reading.value, reading.unit, point.unit):
        return reading
    return Reading(None, reading.time)


def _is_over(key, reading, now):
    minutes = plausible.converted(reading.value, reading.unit, VEHICLE[key].unit) if reading.value else None
    return minutes is not None and reading.time is not None and now > reading.time + minutes * 60.0 + TIME_LEFT_VALID


def _falls(old, new):
    """True if the odometer would go back: the number has the wrong unit, or belongs to another car."""
    if not all(isinstance(reading.value, number_types) for reading in (old, new)):
        return False
    if old.time is not None and new.time is not None and new.time - old.time > LOWER_ODOMETER_AFTER:
        return False  # the old value was not confirmed for too long; a higher one is accepted at any time
    kilometres = [plausible.converted(reading.value, reading.unit, VEHICLE["odometer"].unit) for reading in (old, new)]
    # both are whole numbers, so the same distance in miles may be a little less
    slack = 0 if old.unit == new.unit else ROUNDING
    return None not in kilometres and kilometres[1] < kilometres[0] - slack


def vehicle_from(record):
    """The Vehicle of ``Vehicle.to_record()``; drops readings whose key is no longer in the vocabulary."""
    vehicle = Vehicle(record["vin"], record["name"], record.get("facts"))
    vehicle.asked_at = record.get("asked_at", 0)
    for key, entry in record.get("readings", {}).items():
        if key in VEHICLE or extra.is_key(key):
            vehicle.readings[key] = reading_from(entry)
    return vehicle


def derive(readings):
    """Readings calculated from others: {key: Reading} for locked, doors, windows, charging, climateActive, lastUpdate."""
    derived = {}
    _derive_flag(derived, "locked", readings.get("doorLockState"), LOCK_STATES)
    _derive_flag(derived, "climateActive", readings.get("climateStatus"), _CLIMATE_ON)
    _derive_flag(derived, "charging", readings.get("chargingStatus"), CHARGING_STATES)
    _derive_any_open(derived, "doors", [readings.get(key) for key in _DOORS], {False: False, True: True})
    _derive_any_open(derived, "windows", [readings.get(key) for key in _WINDOWS], _WINDOW_OPEN)
    times = [reading.time for key, reading in readings.items() if reading.time is not None and key != "lastUpdate"]
    if times:
        derived["lastUpdate"] = Reading(max(times), max(times))
    return derived


def _derive_flag(derived, key, reading, meaning):
    if reading is not None:
        derived[key] = Reading(meaning.get(reading.value), reading.time)


def _derive_any_open(derived, key, readings, meaning):
    """Open if any part is open; otherwise unknown if any part is unknown."""
    readings = [reading for reading in readings if reading is not None]
    if not readings:
        return
    values = [meaning.get(reading.value) for reading in readings]
    value = True if True in values else None if None in values else False
    times = [reading.time for reading in readings if reading.time is not None]
    derived[key] = Reading(value, max(times) if times else None)
