"""Decides when the cars of an account are polled next, from their activity and the calls left. See ``intervals``."""

from __future__ import absolute_import, unicode_literals

from bmw.polling import intervals


class PollTimes(object):
    """Without a daily limit only the cron decides: ``is_due`` is always True, ``next_at`` and ``look_again_in`` return None.

    Attributes:
        polled_at (float or None): start of the last poll (epoch seconds).

    Args:
        parts (bmw.parts.Parts): those of the account.
        hears: callable (vehicle), True while the stream delivers changes of that car.
        local_hour: callable, epoch seconds -> hour of the day at home.
    """

    def __init__(self, parts, hears, local_hour):
        self._cloud = parts.cloud
        self._budget = parts.budget
        self._vehicle_list = parts.vehicle_list
        self._clock = parts.clock
        self._hears = hears
        self._local_hour = local_hour
        self.polled_at = None

    def is_due(self):
        """True if a poll is due and the budget allows it."""
        if self._budget.limit is None:
            return True
        now = self._clock.now()
        if not intervals.is_due(now, self.polled_at, self._wait(now)):
            return False
        # waiting for calls is not an error to show; the user's own calls may have used them
        return self.polled_at is None or self.has_room()

    def has_room(self):
        """True if enough calls for a poll are left: one per car, and one for the list of cars if it is due."""
        return self._budget.has_room(self._clock.now(), self.cars_at_once() + (1 if self._vehicle_list.is_list_due() else 0))

    def cars_at_once(self):
        """Number of cars (int) per poll; each costs a call."""
        return intervals.at_once(self._budget.limit, len(self._vehicle_list.vehicles))

    def next_at(self):
        """When the next poll is due (epoch seconds); None without a limit or before the first poll."""
        if self._budget.limit is None or self.polled_at is None:
            return None
        return max(self.polled_at + self._wait(self._clock.now()), self._budget.blocked_until)

    def look_again_in(self):
        """Seconds until the next check of a driving or charging car, because the cron may be too slow; None if there is no such car."""
        if self._budget.limit is None or not any(vehicle.is_active for vehicle in self._vehicle_list.vehicles):
            return None
        now = self._clock.now()
        rest = 0
        if self._situation(now) == intervals.BUSY and self.polled_at is not None:
            rest = self.polled_at + self._wait(now) - now
        # do not wait for long if the clock was set back
        return min(max(intervals.SOONEST, rest), intervals.AHEAD)

    def _wait(self, now):
        """Seconds between the last poll and the next."""
        cars = len(self._vehicle_list.vehicles)
        steady = intervals.interval(self._budget.limit, cars, self._cloud.EXTRA_CALLS_A_DAY)
        situation = self._situation(now)
        if situation == intervals.BUSY:
            return intervals.soon(steady, self._budget.room(now), self.cars_at_once())
        return intervals.pace(steady, situation, self._local_hour(now))

    def _situation(self, now):
        """The situation for ``bmw.polling.intervals``. One poll reads all cars, so the most active car counts."""
        vehicles = self._vehicle_list.vehicles
        if any(vehicle.is_active and not self._hears(vehicle) for vehicle in vehicles):
            return intervals.BUSY
        if vehicles and all(self._hears(vehicle) for vehicle in vehicles):
            return intervals.HEARD
        is_asleep = vehicles and all(vehicle.is_silent_since(now - intervals.SLEEPS_AFTER) for vehicle in vehicles)
        return intervals.ASLEEP if is_asleep else intervals.AWAKE
