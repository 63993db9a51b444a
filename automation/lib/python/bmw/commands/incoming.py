"""Accepts commands from items and users' rules, and shows their progress in the car's items.

The ``bmw.commands.commander`` of this account, or of another one, sends them. Runs on the account's worker, except ``item_command``,
``command``, ``halt`` and ``stop``, which any thread may call. Every accepted command ends with a final state, also when the module
is stopped.
"""

from __future__ import absolute_import, unicode_literals

import logging
import threading

from bmw.commands import definitions
from bmw.commands.commander import Commander, Moment, Order
from bmw.commands.progress import NOT_KNOWN, NOT_SENT, CommandProgress
from bmw.commands.unlocking import Rights
from bmw.errors import CommandFailed
from bmw.redact import line
from bmw.switches import put_back

log = logging.getLogger("bmw")

#: switch -> the car's state that it shows; the other switches are push buttons
_STATES = {"climate": "climateActive", "charge": "charging"}
_BUTTONS = sorted(set(definitions.SWITCHES).difference(_STATES))
#: commands of an account that may be open at the same time; further ones are refused
MAX_OPEN = 30
#: characters of a reason to show; a reason from BMW may have any length
MAX_REASON = 300
#: to a command item of an account that shows no cars (any more)
NO_ITEMS = "this account has data = no in bmw.cfg: use the items of the account that reads the car"


class IncomingCommands(object):
    """The commands for the cars of one account.

    Args:
        parts (bmw.parts.Parts): those of the account.
        sessions (bmw.account.session.Sessions): makes those of the commands.
        refresh: called without arguments to poll the cars after a command.
    """

    def __init__(self, parts, sessions, refresh):
        config = self._config = parts.config
        self._cloud = parts.cloud
        self._clock = parts.clock
        self._worker = parts.worker
        self._outlet = parts.outlet
        self._vehicle_list = parts.vehicle_list
        self._refresh = refresh
        self._rights = Rights(config.name, config.allow_unlock, config.confirm_unlock)
        self._commander = Commander(parts, sessions, self._rights)
        self._lock = threading.Lock()
        self._open = []  # orders that have not ended yet, the oldest first
        self._told = set()  # VINs of cars that have shown the end of a command
        self._is_stopped = False
        #: sends the commands for this account's cars: this one, or that of another account
        self._sender = self

    def send_by(self, incoming):
        """Lets another account's IncomingCommands send the commands for these cars."""
        self._sender = incoming

    @property
    def sends(self):
        """The commands (frozenset of names) that this account can send."""
        return self._cloud.COMMANDS

    @property
    def can(self):
        """The commands (frozenset of names) that these cars accept."""
        return self._sender.sends

    def prepare_items(self):
        """Creates the cars' command items. Returns {item name: (vehicle name, key)}, also of former cars, to refuse their commands.

        Without data none is created; those of before are there to be refused.
        """
        names = {}
        present = [(vehicle, self.can if self._config.data else frozenset()) for vehicle in self._vehicle_list.named()]
        for vehicle, can in present + [(vehicle, frozenset()) for vehicle in self._vehicle_list.gone()]:
            for key, name in self._outlet.prepare_commands(vehicle, can, self._vehicle_list.is_first(vehicle)).items():
                names.setdefault(name, (vehicle.name, key))
        return names

    def release_buttons(self):
        """Sets the push buttons of all cars to OFF, because no command is running after a start.

        A button that is ON was pressed while no rule listened, or its result is unknown: the status shows that.
        """
        for vehicle in self._idle():
            if any(self._state(vehicle, key) == "ON" for key in _BUTTONS if self._has_item(vehicle, key)):
                self._show_status(vehicle, definitions.TIMED_OUT, NOT_KNOWN)
        self._show(_BUTTONS, lambda vehicle, key: True)

    def show_missing(self):
        """Shows the switches whose items have no state, because they are new or the user created them again."""
        self._show(definitions.SWITCHES, lambda vehicle, key: self._state(vehicle, key) is None)

    def _state(self, vehicle, key):
        return self._outlet.command_state(vehicle, key, self._vehicle_list.is_first(vehicle))

    def end_forgotten(self):
        """Shows a final word where an item still says that a command is under way, and none is: openHAB was killed meanwhile.

        Not where a final word was shown by now: what the item says is behind what was posted to it.
        """
        for vehicle in self._idle():
            if self._state(vehicle, "commandStatus") in definitions.UNDER_WAY:
                self._show_status(vehicle, definitions.TIMED_OUT, NOT_KNOWN)

    def _idle(self):
        """The cars (list of Vehicle) with items that have received no command since the start."""
        with self._lock:
            busy = self._told.union(order.vehicle.vin for order in self._open)
        return [vehicle for vehicle in self._vehicle_list.named() if vehicle.vin not in busy]

    def _show(self, keys, is_wanted):
        for vehicle in self._vehicle_list.vehicles:
            for key in sorted(keys):
                if self._has_item(vehicle, key) and is_wanted(vehicle, key):
                    self._show_as_it_is(vehicle, key)

    def follow(self, vehicle, changed):
        """Updates the switches from the car's changed readings: vocabulary keys (set)."""
        for key, state in sorted(_STATES.items()):
            if state in changed and self._has_item(vehicle, key):
                self._show_as_it_is(vehicle, key)

    def _has_item(self, vehicle, key):
        return self._config.data and vehicle.name and self.can.intersection(definitions.ITEMS[key])

    def item_command(self, vehicle_name, key, text):
        """A command item (vocabulary key) of a car got a command (str); a push button goes back to OFF at its end."""
        vehicle = self._find(vehicle_name)
        if vehicle is None:
            log.warning("A command for '%s' is not sent, there is no such car", vehicle_name)
            return
        problem, command, arguments = None, None, {}
        try:
            command, arguments = definitions.of_item(key, text)
        except CommandFailed as error:
            problem = error.text()
        if (problem or command) and not self._config.data:
            problem = NO_ITEMS

        was_gone = self._is_gone(vehicle)

        def show_as_it_is():
            if was_gone:
                self._outlet.command(vehicle, key, None, self._vehicle_list.is_first(vehicle))
            else:
                self._show_as_it_is(vehicle, key)

        def let_go():
            if key in definitions.SWITCHES:
                put_back(self._worker, "{} {}".format(vehicle_name, key), show_as_it_is)

        def show_switch(state, _reason):
            if state in definitions.FINAL:
                let_go()

        if problem or command:
            # also after a dropped command: the running one may come from another item, and this switch would stay ON
            self._accept(self._new_order(vehicle, command, arguments, show_switch, let_go), problem)

    def command(self, vehicle_name, command, arguments, show, on_dropped=None):
        """Sends a command to a car; see ``bmw.polling.service.Service.command``."""
        vehicle = self._find(vehicle_name)
        if vehicle is None:
            show(definitions.FAILED, _no_car(vehicle_name))
        else:
            self._accept(self._new_order(vehicle, command, arguments, show, on_dropped))

    def halt(self):
        """Sends nothing more; returns at once."""
        self._commander.halt()

    def stop(self):
        """Ends every open command, after the worker has stopped."""
        self.halt()
        with self._lock:
            self._is_stopped = True
            orders = list(self._open)
        # those that were not sent first: of a car's commands the last one told stays in its item, and that is the one to look after
        for order in sorted(orders, key=lambda order: order.life.has_left):
            order.life.give_up()

    def _find(self, vehicle_name):
        """The car with that name, also a former car; or None."""
        gone = [vehicle for vehicle in self._vehicle_list.gone() if vehicle.name == vehicle_name]
        return self._vehicle_list.find_named(vehicle_name) or next(iter(gone), None)

    def _is_gone(self, vehicle):
        return self._vehicle_list.find_named(vehicle.name) is None

    def _new_order(self, vehicle, command, arguments, show, on_dropped=None):
        """A new Order. Its progress is shown in the car's status items and then passed to ``show``."""

        def shown(state, reason):
            reason = line(reason, MAX_REASON)
            if state in definitions.FINAL:
                self._close(order)
            try:
                self._show_status(vehicle, state, reason)
            finally:
                show(state, reason)

        def dropped():
            self._close(order)
            if on_dropped is not None:
                on_dropped()

        accepted = Moment(self._clock.now(), self._worker.now())
        order = Order(vehicle, command, arguments, CommandProgress(shown, dropped), accepted, self._rights, self._on_changed)
        return order

    def _accept(self, order, problem=None):
        """Passes an order to the worker, which refuses it if there is a ``problem`` (str). After ``stop`` no order is accepted."""
        with self._lock:
            if self._is_stopped:
                refusal = NOT_SENT
            else:
                refusal = "too many commands at once, {} have not ended yet".format(MAX_OPEN) if len(self._open) >= MAX_OPEN else None
            if refusal is None:
                self._open.append(order)
        if refusal is not None:
            order.life.tell(definitions.FAILED, refusal)
        else:
            self._worker.submit(lambda: self._begin(order, problem))

    def _close(self, order):
        with self._lock:
            self._open = [other for other in self._open if other is not order]
            self._told.add(order.vehicle.vin)

    def _begin(self, order, problem):
        if self._is_gone(order.vehicle):
            problem = "this car is no longer in the account"
            log.warning("A command to %s was not sent: %s", order.vehicle.name, problem)
        if problem is not None:
            order.life.tell(definitions.FAILED, problem)
        elif self._sender is self:
            self._commander.take(order)
        else:
            self._sender.send(order)

    def send(self, order):
        """Sends another account's Order. May be called from any thread."""
        self._worker.submit(lambda: self._commander.take(order))

    def _show_status(self, vehicle, state, reason):
        is_first = self._vehicle_list.is_first(vehicle)
        self._outlet.command(vehicle, "commandStatus", "{}: {}".format(state, reason) if reason else state, is_first)
        if state == definitions.SENT:
            self._outlet.command(vehicle, "lastCommand", self._clock.now(), is_first)

    def _on_changed(self):
        """Polls the car later: the cloud shows the new state some seconds after the command was executed."""
        if self._config.data:
            self._worker.later("after command", self._cloud.SETTLE, self._after_command)

    def _after_command(self):
        self._refresh()
        for vehicle in self._vehicle_list.vehicles:
            self.follow(vehicle, frozenset(_STATES.values()))

    def _show_as_it_is(self, vehicle, key):
        """Shows a switch while no command is running: the car's state, or OFF for a push button or an unknown state."""
        reading = vehicle.readings.get(_STATES.get(key))
        self._outlet.command(vehicle, key, reading.value if reading is not None else False, self._vehicle_list.is_first(vehicle))


def _no_car(name):
    return "there is no car '{}'".format(name)
