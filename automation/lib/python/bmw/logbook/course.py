"""The course of one charge: its power and its state of charge over time, each in few points, and what of it is drawn. Pure.

Only what was told is a point: nobody knows the state of charge between two of them. Times are epoch seconds.
"""

from __future__ import absolute_import, unicode_literals

from bmw.logbook import charges
from bmw.record import record

#: points of the power, and of the state of charge: the log keeps both for years
MAX_POINTS, MAX_LEVELS = 60, 30

#: One charge as the dashboard draws it. end: None while it goes on. powers: list of [time, kW]. levels: list of [time, percent].
#: begin, final: state of charge in percent, or None.
Drawn = record("Drawn", "start end powers levels begin final")


class Course(object):
    """Collects the points of the charge that is running."""

    def __init__(self):
        self._powers = []
        self._levels = []

    def tell_power(self, moment, power):
        """From this moment on it is charged with this power (kW)."""
        moment, power = int(moment), round(power, 1)
        if self._powers and (moment <= self._powers[-1][0] or power == self._powers[-1][1]):
            return
        self._powers = _with_room(self._powers, MAX_POINTS) + [[moment, power]]

    def tell_level(self, moment, level):
        """At this moment the state of charge (percent) was this one. A time that is not newer is none."""
        moment, levels = int(moment), self._levels
        if not _can_be(level) or (levels and moment <= levels[-1][0]):
            return
        if len(levels) > 1 and levels[-1][1] == levels[-2][1] == _short(level):
            levels[-1] = [moment, levels[-1][1]]  # a pause is a level line: its first and its last moment
        else:
            self._levels = _with_room(levels, MAX_LEVELS) + [[moment, _short(level)]]

    def drawn(self, start, begin):
        """The Drawn of the running charge."""
        return Drawn(start, None, self._thin_powers(), _thin(self._levels, MAX_LEVELS), begin, None)

    def power_text(self, end):
        """The power as text, 0 at the end; None if none was told."""
        return charges.curve_text(self._thin_powers() + [[int(end), 0]]) if self._powers else None

    def level_text(self, end, final):
        """The states of charge as text; None if none was told. ``final``: that at the end, None = not told."""
        levels = [point for point in self._levels if point[0] <= end]
        if final is not None:
            levels = _closed(levels, end, final)
        return charges.curve_text(_thin(levels, MAX_LEVELS)) if levels else None

    def _thin_powers(self):
        return self._powers[:: max(1, -(-len(self._powers) // (MAX_POINTS - 1)))]


def closed_text(text, end, final):
    """A text of states of charge of which the last one was told later than the charge ended."""
    return charges.curve_text(_thin(_closed(charges.curve_of(text), end, final), MAX_LEVELS))


def drawn_of(charge):
    """The Drawn of a charge of the log. One of which only BMW's history knows has no states of charge but the first and the last."""
    return Drawn(charge.start, charge.end, charges.curve_of(charge.curve), charges.curve_of(charge.levels), charge.begin, charge.final)


def has_line(drawn):
    """True if there is anything to draw: a power holds until the next one, but one state of charge is no line."""
    return bool(drawn.powers) or len(drawn.levels) > 1


def _can_be(level):
    return 0 <= level <= 100


def _closed(levels, end, final):
    if not _can_be(final):
        return levels
    return [point for point in levels if point[0] < int(end)] + [[int(end), _short(final)]]


def _with_room(points, most):
    return points[::2] if len(points) >= 4 * most else points


def _thin(points, most):
    """At most so many of the points, among them the first and the last."""
    width = max(1, -(-(len(points) - 1) // (most - 1)))
    return points[:-1:width] + points[-1:]


def _short(level):
    level = round(level, 1)
    return int(level) if level == int(level) else level
