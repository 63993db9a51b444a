"""Asks a cloud, beside the polls, for what changes seldom: charging history, tyres, places, the picture of the car.

A moment after a poll, so that the states come first. When which thing is due, the cloud knows. All work is done on the account's worker.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.errors import BmwError

log = logging.getLogger("bmw")

#: seconds after a poll
AFTER_POLL = 30
#: seconds after the car began or ended to drive or charge: BMW needs some minutes to have a charge in its history
AFTER_ACTION = 660


class RareCalls(object):
    """The looks for what is due.

    Args:
        cloud (bmw.clouds.base.Cloud), outlet (bmw.openhab.outlet.Outlet), worker (bmw.worker.Worker), garage (bmw.polling.vehicles.Garage).
        new_session: callable, a Session that leaves the reserve alone.
        take: callable (vehicle, readings), shows and stores what was found. done: callable, after each look.
    """

    def __init__(self, cloud, outlet, worker, garage, new_session, take, done):
        self._cloud = cloud
        self._outlet = outlet
        self._worker = worker
        self._garage = garage
        self._new_session = new_session
        self._take = take
        self._done = done
        self._looks = 0

    def after_poll(self):
        self._worker.later_unless_waiting("seldom", AFTER_POLL, self._look)

    def after_action(self):
        self._worker.later("seldom after action", AFTER_ACTION, self._look)

    def _look(self):
        session = self._new_session()
        try:
            for vehicle in self._in_turn():
                for readings in self._cloud.rare_values(session, vehicle):
                    self._take(vehicle, readings)
                picture = self._cloud.picture(session, vehicle) if self._outlet.wants_picture(vehicle) else None
                if picture is not None:
                    self._outlet.picture(vehicle, picture, self._garage.is_first(vehicle))
        except BmwError as error:
            # the polls have the same trouble and say it in the status
            log.info("The rare values are not available for now: %s", error.text())
        self._done()

    def _in_turn(self):
        """Each look begins with another car: where the calls do not suffice for all, none is always the last."""
        cars = self._garage.named()
        first = self._looks % max(1, len(cars))
        self._looks += 1
        return cars[first:] + cars[:first]
