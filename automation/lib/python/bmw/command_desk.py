"""Where commands come in, from items and from users' rules, and how the car's items show their life.

Sends them by this account's ``bmw.commander`` or by that of another account. Runs on the account's worker, but for
``item_command`` and ``command``, which any thread may call.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw import commands
from bmw.commander import Commander, Order
from bmw.errors import CommandFailed
from bmw.redact import clean
from bmw.switches import put_back

log = logging.getLogger("bmw")

#: switch -> what the car says of it; the other switches are push buttons
_STATES = {"climate": "climateActive", "charge": "charging"}


class CommandDesk(object):
    """The commands for the cars of one account.

    Args:
        config (bmw.config.AccountConfig), cloud, clock, worker, outlet, garage (bmw.garage.Garage): those of the account.
        new_session: callable that gives a bmw.session.Session for calls in the name of a person.
        refresh: called without arguments when the cars must be asked for what a command has changed.
    """

    def __init__(self, config, cloud, clock, worker, outlet, garage, new_session, refresh):
        self._config = config
        self._cloud = cloud
        self._clock = clock
        self._worker = worker
        self._outlet = outlet
        self._garage = garage
        self._refresh = refresh
        self._commander = Commander(
            cloud,
            clock,
            worker,
            new_session,
            self._on_executed,
            config.allow_unlock,
            config.confirm_unlock,
            config.command_timeout,
        )
        #: what sends the commands for this account's cars: this desk, or that of another account
        self._sender = self

    def send_by(self, desk):
        """Lets another account's desk send the commands for these cars."""
        self._sender = desk

    @property
    def can(self):
        """The commands (frozenset of names) that can be sent to these cars."""
        return self._sender._cloud.COMMANDS

    def prepare_items(self):
        """Makes the command items of the cars: {item name: (vehicle name, key)}; also those that a car left behind, to say so."""
        names = {}
        if self._config.data:
            present = [(vehicle, self.can) for vehicle in self._garage.named()]
            for vehicle, can in present + [(vehicle, frozenset()) for vehicle in self._garage.gone()]:
                for key, name in self._outlet.prepare_commands(vehicle, can, self._garage.is_first(vehicle)).items():
                    names.setdefault(name, (vehicle.name, key))
        return names

    def release_buttons(self):
        """Shows the push buttons of all cars OFF, as no command is under way: a restart forgets that, or keeps what was."""
        self._show([key for key in commands.SWITCHES if key not in _STATES], lambda vehicle, key: True)

    def show_missing(self):
        """Shows the switches whose items have no state: new, or made anew by the user meanwhile."""
        self._show(commands.SWITCHES, lambda vehicle, key: not self._outlet.shows_command(vehicle, key, self._garage.is_first(vehicle)))

    def _show(self, keys, is_wanted):
        for vehicle in self._garage.vehicles:
            for key in sorted(keys):
                if self._has_item(vehicle, key) and is_wanted(vehicle, key):
                    self._show_as_it_is(vehicle, key)

    def follow(self, vehicle, changed):
        """Lets the switches follow what the car said anew: vocabulary keys (set)."""
        for key, state in sorted(_STATES.items()):
            if state in changed and self._has_item(vehicle, key):
                self._show_as_it_is(vehicle, key)

    def _has_item(self, vehicle, key):
        return self._config.data and vehicle.name and self.can.intersection(commands.ITEMS[key])

    def item_command(self, vehicle_name, key, text):
        """A command item (vocabulary key) of a car got a command (str)."""
        accepted_at = self._clock.now()
        self._worker.submit(lambda: self._item_command(vehicle_name, key, text, accepted_at))

    def command(self, vehicle_name, command, arguments, show, on_dropped=None):
        """Sends a command to a car; see ``bmw.service.Service.command``."""
        accepted_at = self._clock.now()

        def order():
            self._order(vehicle_name, command, arguments, self._shown(vehicle_name, show), accepted_at, on_dropped)

        self._worker.submit(order)

    def _item_command(self, vehicle_name, key, text, accepted_at):
        """Shows the life of the command in the car's items; a push button goes back to OFF at the end."""
        vehicle = self._garage.find_named(vehicle_name)
        if vehicle is None:
            self._refuse_for_gone(vehicle_name, key, text)
            return

        def show_switch(state, _reason):
            if state in commands.FINAL and key in commands.SWITCHES:
                put_back(self._worker, "{} {}".format(vehicle_name, key), lambda: self._show_as_it_is(vehicle, key))

        show = self._shown(vehicle_name, show_switch)
        try:
            command, arguments = commands.of_item(key, text)
        except CommandFailed as error:
            show(commands.FAILED, error.text())
            return
        if command is not None:
            self._order(vehicle_name, command, arguments, show, accepted_at)

    def _refuse_for_gone(self, vehicle_name, key, text):
        """Says of a command to a car that left the account that it was not sent."""
        vehicle = next((one for one in self._garage.gone() if one.name == vehicle_name), None)
        if vehicle is None or not _is_command(key, text):
            return
        is_first, reason = self._garage.is_first(vehicle), "this car is no longer in the account"
        log.warning("A command to %s was not sent: %s", vehicle_name, reason)
        self._outlet.command(vehicle, "commandStatus", "{}: {}".format(commands.FAILED, reason), is_first)
        if key in commands.SWITCHES:
            put_back(self._worker, "{} {}".format(vehicle_name, key), lambda: self._outlet.command(vehicle, key, None, is_first))

    def _shown(self, vehicle_name, show):
        """``show``, with the life of the command shown in the car's status items before."""
        vehicle = self._garage.find_named(vehicle_name)

        def show_both(state, reason):
            if vehicle is not None:
                is_first = self._garage.is_first(vehicle)
                self._outlet.command(vehicle, "commandStatus", "{}: {}".format(state, clean(reason)) if reason else state, is_first)
                if state == commands.SENT:
                    self._outlet.command(vehicle, "lastCommand", self._clock.now(), is_first)
            show(state, reason)

        return show_both

    def _order(self, vehicle_name, command, arguments, show, accepted_at, on_dropped=None):
        vehicle = self._garage.find_named(vehicle_name)
        if vehicle is None:
            show(commands.FAILED, "there is no car '{}'".format(vehicle_name))
            return
        order = Order(vehicle, command, arguments, show, accepted_at, on_dropped)
        if self._sender is self:
            self._commander.take(order)
        else:
            self._sender._take_for_another(order, lambda: self._on_executed(vehicle))

    def _take_for_another(self, order, on_executed):
        """Sends a command for a car of another account, on this account's worker."""
        show = order.show

        def shown(state, reason):
            show(state, reason)
            if state == commands.EXECUTED:
                on_executed()

        order.show = shown
        self._worker.submit(lambda: self._commander.take(order))

    def _on_executed(self, _vehicle):
        """The clouds show the new state some seconds after the car has done what it was told."""
        if self._config.data:
            self._worker.later("after command", self._cloud.SETTLE, self._after_command)

    def _after_command(self):
        self._refresh()
        for vehicle in self._garage.vehicles:
            self.follow(vehicle, frozenset(_STATES.values()))

    def _show_as_it_is(self, vehicle, key):
        """Shows a switch while no command is under way: the car's own state, OFF for a push button and where the car never says it."""
        reading = vehicle.readings.get(_STATES.get(key))
        self._outlet.command(vehicle, key, reading.value if reading is not None else False, self._garage.is_first(vehicle))


def _is_command(key, text):
    """False for what means nothing at a command item, such as OFF at a push button."""
    try:
        return commands.of_item(key, text)[0] is not None
    except CommandFailed:
        return True
