"""Reads values that rarely change: charging history, tyres, charging places, the picture of the car.

It runs shortly after a poll, so that the car's state comes first. The cloud decides what is due. Runs on the account's worker.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.errors import BmwError
from bmw.times import CLOCK_IS_SET

log = logging.getLogger("bmw")

#: seconds after a poll
AFTER_POLL = 30
#: seconds after the car started or stopped driving or charging: BMW adds a charging session to its history some minutes later
AFTER_ACTION = 660


class RareCalls(object):
    """Runs the rare calls that are due.

    Args:
        parts (bmw.parts.Parts): those of the account.
        sessions (bmw.account.session.Sessions): makes those of the calls.
        take: callable (vehicle, readings), shows and stores the values. done: called after each run.
        charging_log (bmw.polling.charging_log.ChargingLog): takes the charges that were told.
    """

    def __init__(self, parts, sessions, take, done, charging_log):
        self._cloud = parts.cloud
        self._outlet = parts.outlet
        self._worker = parts.worker
        self._clock = parts.clock
        self._vehicle_list = parts.vehicle_list
        self._sessions = sessions
        self._take = take
        self._done = done
        self._charging_log = charging_log
        self._looks = 0

    def after_poll(self):
        self._worker.later_unless_waiting("rare calls", AFTER_POLL, self._look)

    def after_action(self):
        self._worker.later("rare calls after action", AFTER_ACTION, self._look)

    def _look(self):
        if self._clock.now() < CLOCK_IS_SET:
            return  # they ask for dates; the next poll comes here again
        session = self._sessions.new(by_person=False)
        try:
            for vehicle in self._in_turn():
                for readings in self._cloud.rare_values(session, vehicle):
                    self._take(vehicle, readings)
                picture = self._cloud.picture(session, vehicle) if self._outlet.wants_picture(vehicle) else None
                if picture is not None:
                    self._outlet.picture(vehicle, picture, self._vehicle_list.is_first(vehicle))
        except BmwError as error:
            # the polls have the same error and show it in the status
            log.info("The rare values are not available for now: %s", error.text())
        for vehicle in self._vehicle_list.named():
            readings = self._charging_log.look(vehicle)
            if readings:
                self._take(vehicle, readings)
        self._done()

    def _in_turn(self):
        """The cars, each time starting with another one: if there are too few calls, no car is always the last."""
        cars = self._vehicle_list.named()
        first = self._looks % max(1, len(cars))
        self._looks += 1
        return cars[first:] + cars[:first]
