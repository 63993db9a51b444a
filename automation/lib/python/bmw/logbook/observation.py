"""The charges of a car as it tells them itself, by stream and polls: start, end, state of charge, power. Pure.

A car may be silent for hours or days, and openHAB may be restarted meanwhile. A charge whose end was not heard ends with what was heard
last; one of which nothing was heard is seen by the state of charge, if the car has not been driven. All figures are ours: the energy is
what reached the battery. Times are epoch seconds.
"""

from __future__ import absolute_import, unicode_literals

from bmw.compat import is_number
from bmw.logbook import charges, course
from bmw.vehicle.plausible import converted

#: seconds for which a charge may pause and is still the same
PAUSE = 600
#: seconds by which a state of charge may be older or newer than the moment that it belongs to
NEAR = 900
#: percent by which the state of charge falls, and km, if the car was driven meanwhile
FALLEN, DRIVEN = 3, 2
#: percent that a battery does not gain while it rests, unless it was charged
RISEN = 5
#: seconds of a charge without energy that is none
TRIFLE = 600
#: id of the entry with the charge that is running
OPEN = "open"
#: start: of the charge. from: state of charge at its start. level: the highest since. heard: when the car said last that it charges.
#: told: when it said the level. km: odometer
_STATE = ("start", "from", "level", "heard", "told", "km")


def is_told(readings):
    """True if a car says anything of which a charge could be seen."""
    return "charging" in readings or "stateOfCharge" in readings


class Watch(object):
    """Follows one car. After a restart it goes on with the charge that was running.

    Args:
        entries (list of dict): those of the log, see ``bmw.logbook.charges``.
    """

    def __init__(self, entries):
        self._running = next((_state(entry.get("state")) for entry in entries if entry["id"] == OPEN), None)
        self._stopped = None  # since when it pauses, or has ended
        self._course = self._course_so_far()
        self._ended = max([0] + [entry[charges.OWN].get("end") or 0 for entry in entries if charges.OWN in entry])
        self._rest = None  # (state of charge, when, odometer) as they were told last while the car did not charge
        self._last = None  # (the last charge, True if its final state of charge was not told yet), until the car says more

    def open_entry(self):
        """The entry that keeps the running charge over a restart, or forgets it."""
        return {"id": OPEN, "state": None if self._running is None else dict(self._running)}

    @property
    def is_running(self):
        return self._running is not None

    def running_curve(self):
        """The bmw.logbook.course.Drawn of the running charge since the last restart; None if there is none."""
        return None if self._running is None else self._course.drawn(self._running["start"], self._running["from"])

    def look(self, readings, now, capacity):
        """What is ``own`` of the charges (list of dict) that have ended, or are better known now.

        Args:
            readings ({key: Reading}): of the car. now (float): epoch seconds. capacity (float or None): kWh of its battery.
        """
        said = _Said(readings, now)
        ended = self._follow(said, now) if self.is_running else []
        if not self.is_running and said.charges and said.charges_time > self._ended:
            self._begin(said)
        elif not self.is_running:
            ended += self._resting(said)
        return [_with_energy(own, capacity) for own in ended]

    def _course_so_far(self):
        """The course of a charge that was running before a restart: the log has kept its last state of charge only."""
        found, running = course.Course(), self._running
        if running is not None and None not in (running["level"], running["told"]):
            found.tell_level(max(running["start"], running["told"]), running["level"])
        return found

    def _begin(self, said):
        level, is_of_start = said.soc, said.soc_time <= said.charges_time
        if self._rest is not None and level is not None and self._rest[0] < level:
            is_late = said.soc_time > said.charges_time + NEAR  # it is from the middle of the charge
            if is_late or _is_same(self._rest[2], said.km):
                level, is_of_start = self._rest[0], True
        start = said.charges_time
        self._running = {"start": start, "from": level, "level": level, "heard": start, "told": None, "km": said.km}
        self._stopped, self._course, self._last = None, course.Course(), None
        if level is not None and is_of_start:
            self._course.tell_level(start, level)
        self._sample(said)

    def _follow(self, said, now):
        """Goes on with the running charge. Returns it (list of dict) if it has ended."""
        running = self._running
        if self._was_driven(said):
            return self._end(running["heard"] if self._stopped is None else self._stopped, said)
        if said.charges is False and self._stopped is None:
            self._stopped = max(running["start"], said.charges_time)
        if self._stopped is not None and said.charges and said.charges_time - self._stopped >= PAUSE:
            return self._end(self._stopped)
        self._sample(said)
        if said.charges:
            self._stopped = None
        if self._stopped is not None and not 0 <= now - self._stopped < PAUSE:
            return self._end(self._stopped)
        if not 0 <= now - running["start"] <= charges.MAX_SECONDS:
            return self._end(running["heard"])
        return []

    def _was_driven(self, said):
        running = self._running
        has_fallen = None not in (said.soc, running["level"]) and said.soc < running["level"] - FALLEN
        return has_fallen or (None not in (said.km, running["km"]) and said.km >= running["km"] + DRIVEN)

    def _sample(self, said):
        running = self._running
        if said.soc is not None and (running["level"] is None or said.soc >= running["level"]):
            running.update(level=said.soc, told=said.soc_time)
            if running["from"] is None:
                running["from"] = said.soc
        if said.charges:
            running["heard"] = max([running["heard"], said.charges_time] + [said.soc_time] * (said.soc is not None))
            self._draw(said)

    def _draw(self, said):
        start = self._running["start"]
        if said.power is not None and said.power_time >= start:
            self._course.tell_power(said.power_time, said.power)
        if said.soc is not None and said.soc_time >= start:
            self._course.tell_level(said.soc_time, said.soc)

    def _end(self, end, said=None):
        running, begin, final = self._running, self._running["from"], self._running["level"]
        is_told = said is None and (running["told"] or 0) >= end - NEAR  # the final state of charge
        if said is not None and said.soc is not None and final is not None:
            final = max(final, said.soc)  # it has reached that at least, as the car was driven since
        end = max(end, running["start"] + 1)
        own = {"start": running["start"], "end": end, "seconds": end - running["start"]}
        own.update(_known([("from", begin), ("to", final), ("odometer", running["km"]), ("curve", self._course.power_text(end))]))
        own.update(_known([("levels", self._course.level_text(end, final if is_told else None))]))
        self._running, self._stopped, self._course = None, None, course.Course()
        self._ended = end
        self._rest = None if final is None else (final, end, running["km"])
        self._last = (own, not is_told) if said is None else None
        return [] if own["seconds"] < TRIFLE and begin == final else [own]

    def _resting(self, said):
        """The charge (list of dict) that nobody has told: the state of charge has risen, and the car was not driven."""
        if said.soc is None or said.charges:
            return []
        rest, self._rest = self._rest, (said.soc, said.soc_time, said.km)
        if rest is None or not _is_same(rest[2], said.km):
            self._last = None
            return []
        if said.soc_time <= rest[1]:
            self._rest = rest  # it is older than the end of the charge
            return []
        last, self._last = self._last, None
        return self._risen(rest, said, last) if said.soc > rest[0] else []

    def _risen(self, rest, said, last):
        is_little = said.soc - rest[0] < RISEN
        if last is not None and (last[1] or is_little):
            own = last[0]  # the end of the last charge, told late
            return [dict(own, to=said.soc, levels=course.closed_text(own.get("levels"), own["end"], said.soc))]
        if is_little:
            self._rest = rest  # the next ones count from there
            return []
        self._ended = max(self._ended, said.soc_time)
        return [{"start": rest[1], "end": said.soc_time, "from": rest[0], "to": said.soc, "odometer": said.km}]


class _Said(object):
    """What is read of a car's readings; what is unknown is None, but each time is the best that is known, and none lies ahead."""

    def __init__(self, readings, now):
        last = _of(readings, "lastUpdate", now)[0]
        last = min(last, now) if is_number(last) else now
        self.charges, self.charges_time = _of(readings, "charging", last, now)
        if not isinstance(self.charges, bool):
            self.charges = None
        self.soc, self.soc_time = _number(readings, "stateOfCharge", "%", last, now)
        self.power, self.power_time = _number(readings, "chargingPower", "W", last, now)
        if self.power is not None:
            self.power /= 1000.0
        self.km = _number(readings, "odometer", "km", last, now)[0]


def _of(readings, key, otherwise, now=None):
    """(value, time) of a reading."""
    reading = readings.get(key)
    if reading is None:
        return None, otherwise
    moment = otherwise if reading.time is None else reading.time
    return reading.value, moment if now is None else min(moment, now)


def _number(readings, key, unit, otherwise, now):
    value, moment = _of(readings, key, otherwise, now)
    return (converted(value, readings[key].unit, unit) if is_number(value) else None), moment


def _is_same(before, now):
    """True if the car has not been driven between two odometers (km or None)."""
    return None not in (before, now) and 0 <= now - before < DRIVEN


def _with_energy(own, capacity):
    return dict(own, **_known([("energy", charges.energy_of(own.get("from"), own.get("to"), capacity))]))


def _state(value):
    """The state (dict) of a running charge as an entry has it; None if there is none, or it is not one of ours."""
    if not isinstance(value, dict) or set(value) != set(_STATE) or not (is_number(value["start"]) and is_number(value["heard"])):
        return None
    return dict(value) if all(one is None or is_number(one) for one in value.values()) else None


def _known(fields):
    return dict((name, value) for name, value in fields if value is not None)
