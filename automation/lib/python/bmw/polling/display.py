"""Shows the cars of an account in their items. Runs on the account's worker."""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.polling.estimates import Estimates
from bmw.polling.vehicle_list import GONE
from bmw.polling.whereabouts import Whereabouts
from bmw.vehicle.vocabulary import VEHICLE

log = logging.getLogger("bmw")


class Display(object):
    """See the module's docstring.

    Args:
        parts (bmw.parts.Parts): those of the account.
        incoming (bmw.commands.incoming.IncomingCommands): its switches follow the cars.
        looks (callables (vehicle) -> changed keys (set)): the logs, which see what the cars say.
        home: callable -> (latitude, longitude) of the house or None; None = there is nobody to ask.
    """

    def __init__(self, parts, incoming, looks, home=None):
        self._worker = parts.worker
        self._outlet = parts.outlet
        self._vehicle_list = parts.vehicle_list
        self._incoming = incoming
        self._looks = tuple(looks)
        self._clear = lambda vehicle: None
        if parts.publisher is not None:
            from bmw.polling.published import Published  # not at the top, as few users need it

            published = Published(parts)
            self._looks, self._clear = self._looks + (published.look,), published.clear
        self._estimates = Estimates(parts, lambda vehicle: self.post(vehicle, ()))
        self._whereabouts = Whereabouts(parts, home, self.post_all)
        self._settled = [[], []]  # (name, is_first) of the present cars, and of the former cars

    def start(self):
        """Call it before anything is shown."""
        self._whereabouts.watch()

    def settle(self):
        """Assigns the items to the present cars if the cars have changed. Logs once when a car has left."""
        present = [(vehicle, self._vehicle_list.is_first(vehicle)) for vehicle in self._vehicle_list.named()]
        gone = [(vehicle, self._vehicle_list.is_first(vehicle)) for vehicle in self._vehicle_list.gone()]
        settled = [[(vehicle.name, is_first) for vehicle, is_first in cars] for cars in (present, gone)]
        if settled == self._settled:
            return
        were_there = dict(self._settled[0])
        news = [vehicle for vehicle, is_first in present if were_there.get(vehicle.name) != is_first]
        for vehicle, _is_first in gone:
            self._clear(vehicle)
            if vehicle.name in were_there:
                log.warning("%s", GONE.format(vehicle.name))
        self._outlet.settle(present, gone)
        for vehicle in news:
            self.post_all(vehicle)
            # openHAB does not keep images across a restart
            self._outlet.show_stored_picture(vehicle, self._vehicle_list.is_first(vehicle))
        self._settled = settled  # only after all was shown, so that a failed step is repeated

    def post_all(self, vehicle, changed=()):
        """Shows all values of a car, because others may have changed the items or created them again."""
        self.post(vehicle, changed, set(VEHICLE).union(vehicle.readings))

    def post(self, vehicle, changed, told=()):
        """Shows a car's readings: the keys ``changed``, and the received but unchanged keys ``told``."""
        changed = set(changed) | self._estimates.update(vehicle) | self._whereabouts.update(vehicle)
        changed = changed.union(*[look(vehicle) for look in self._looks])
        if vehicle.name and not self._worker.is_stopped:
            self._outlet.vehicle(vehicle, changed.union(told), self._vehicle_list.is_first(vehicle))
            self._incoming.follow(vehicle, changed)
