"""Coordinates one account: refreshes the token, polls the cars, shows changes in the items, sends commands.

All work runs on the account's worker, one piece at a time; the public methods return at once. Errors are shown in the account's
status item and one log line; no method raises them.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.account.saved_state import SavedState
from bmw.account.session import Sessions
from bmw.account.sign_in import MAX_INPUT, SignIn
from bmw.account.token_refresh import TokenRefresh
from bmw.commands import definitions
from bmw.commands.incoming import IncomingCommands
from bmw.errors import StoreError
from bmw.items import corrections
from bmw.net.guard import Guard
from bmw.polling.charging_log import ChargingLog
from bmw.polling.display import Display
from bmw.polling.poll import Poll
from bmw.polling.poll_times import PollTimes
from bmw.polling.rare_calls import RareCalls
from bmw.polling.trip_log import TripLog
from bmw.steps import do_all
from bmw.switches import put_back

log = logging.getLogger("bmw")

#: seconds after which files that could not be read are tried again
RETRY_READING = 60
#: seconds after the start until the logs are shown to the dashboard: reading years of them takes Jython a second
SHOW_LOGS_AFTER = 20
#: name of the work that the sign-in switch asks for: what it was set to last counts
_SWITCH = "sign-in switch"
#: the same for what was typed: the last one counts, so that they do not pile up while the worker waits for BMW
_TYPED = "sign-in input"


class Service(object):
    """See the module's docstring.

    Args:
        parts (bmw.parts.Parts): those of the account.
        record (str): start of the record names in the store.
        local_hour: callable, epoch seconds -> hour of the day at home.
        home: see ``bmw.polling.display.Display``.

    Attributes:
        incoming (bmw.commands.incoming.IncomingCommands): takes the commands for these cars.
    """

    def __init__(self, parts, record, local_hour, home=None):
        self._parts = parts
        self._config = parts.config
        self._worker = parts.worker
        self._outlet = parts.outlet
        self._status = parts.status
        self._vehicle_list = parts.vehicle_list
        self._live = None
        self._surroundings = {"versions": (), "warnings": tuple}
        self._on_command_items = lambda items: None
        self._is_late = False  # command items could not be created at the start
        self._times = PollTimes(parts, self._hears, local_hour)
        self._saved = SavedState(parts, self._times, record)
        self._sessions = Sessions(parts, self._saved)
        self._sign_in = SignIn(parts, self._saved, self._on_signed_in)
        self._token_refresh = TokenRefresh(parts, self._saved)
        self.incoming = IncomingCommands(parts, self._sessions, lambda: self._refresh(by_person=True))
        self._trip_log = TripLog(parts, record)
        self._charging_log = ChargingLog(parts, self._saved, record)
        self._display = Display(parts, self.incoming, (self._charging_log.observe, self._trip_log.look), home)
        self._poll = Poll(parts, self._times, self._saved, self._sessions, self._display)
        self._rare_calls = RareCalls(parts, self._sessions, self.take, self._on_rare_calls_made, self._charging_log)

    def attach(self, live):
        """Sets the stream (``bmw.clouds.cardata.live.Live``, or None). Call it before ``start``."""
        self._live = live

    def report_with(self, versions, warnings):
        """Sets the environment for the report (see ``bmw.support.diagnostics.Surroundings``). Call it before ``start``."""
        self._surroundings = {"versions": versions, "warnings": warnings}

    def send_commands_by(self, service):
        """Lets another account's service send the commands for these cars. Call it before ``start``."""
        self.incoming.send_by(service.incoming)

    @property
    def can_command(self):
        """The commands (frozenset of names) that these cars accept."""
        return self.incoming.can

    def prepare(self, on_command_items):
        """Loads the stored state and creates the command items, so that they can trigger rules.

        Args:
            on_command_items: called on the worker with the same dict when a new car was found later.

        Returns:
            {item name: (vehicle name, key)} of the items that accept commands.
        """
        try:
            self._saved.load()
        except StoreError as error:
            self._is_late = True
            log.error("%s", error.text())
        self._on_command_items = on_command_items
        return self.incoming.prepare_items()

    def load(self):
        """Loads the stored cars and the sign-in. Nothing is saved before this has succeeded.

        Raises:
            StoreError: the store cannot be read now; nothing was changed.
        """
        self._saved.load()
        self._parts.account.load(self._outlet.sealed_token())
        self._saved.is_loaded = True

    # called by the rules

    def start(self):
        """Shows the last known states, and polls if it is due."""
        self._worker.start()
        self._worker.submit(self._start)

    def tick(self):
        """Called by the cron: polls if it is due."""
        self._worker.later_unless_waiting("refresh", 0, self._refresh_if_due)

    def force_update(self):
        """Polls now, because a person wants it, then sets the switch to OFF."""
        self._worker.later_unless_waiting("force update", 0, self._force_update)

    def diagnose(self):
        """Writes the diagnostics report to its item and the log, then sets the switch to OFF."""
        self._worker.later_unless_waiting("diagnose", 0, self._diagnose)

    def sign_in(self, answer=None):
        """Starts a new sign-in. ``answer`` (str): the user's input, if the cloud needs it."""
        if answer is None:
            self._worker.later(_SWITCH, 0, self._sign_in.begin)
        else:
            typed = answer[: MAX_INPUT + 1]  # one character more shows that it was too long
            self._worker.later(_TYPED, 0, lambda: self._sign_in.begin(typed))

    def sign_in_switch(self, text):
        """Called with a command (str) to the sign-in switch: ON starts, OFF cancels, anything else is ignored."""
        {"ON": self.sign_in, "OFF": self.cancel_sign_in}.get(text, lambda: None)()

    def sign_in_input(self, text):
        """Called with a command (str) to the sign-in input item: starts a sign-in with this input."""
        if not definitions.is_nothing(text):
            self.sign_in(text)

    def cancel_sign_in(self):
        """Cancels a sign-in that waits for the user."""
        self._worker.later(_SWITCH, 0, self._sign_in.cancel)

    def item_command(self, vehicle_name, key, text):
        """Called with a command (str) to a command item (vocabulary key) of a car."""
        self.incoming.item_command(vehicle_name, key, text)

    def vehicles(self):
        """The named cars (list of bmw.vehicle.vehicle.Vehicle), read-only. May be called from any thread."""
        return self._vehicle_list.named()

    def former_vehicles(self):
        """The cars (list of bmw.vehicle.vehicle.Vehicle) that have left the account, without values."""
        return self._vehicle_list.gone()

    def diagnostics(self):
        """The report (text of several lines) for a forum post, without private data. May be called from any thread."""
        from bmw.support import diagnostics  # not at the top: rarely needed

        parts, now = self._parts, self._parts.clock.now()
        state, text = self._status.shown
        facts = diagnostics.Facts(
            settings=self._config,
            cloud=parts.cloud,
            tokens=parts.account.tokens,
            memory=self._saved.memory,
            state=state,
            text=text,
            budget=parts.budget,
            polled_at=self._times.polled_at,
            next_at=self._times.next_at(),
            live=self._live,
            publisher=parts.publisher,
            vehicles=self._vehicle_list.vehicles,
            left_out=self._vehicle_list.left_out,
        )
        return diagnostics.report(facts, diagnostics.Surroundings(**self._surroundings), now)

    def calls_left(self):
        """Calls left today (int), None without a limit."""
        return self._parts.budget.left(self._parts.clock.now())

    def session(self, memory):
        """A separate Session for calls that a person caused. ``memory`` (dict): the cloud's data between calls."""
        return self._sessions.new(memory=memory, guard=Guard())

    def command(self, vehicle_name, command, arguments, show, on_dropped=None):
        """Sends a command to a car; the car's status item shows it too.

        Args:
            vehicle_name (str), command (str), arguments (dict): see ``bmw.commands.definitions``.
            show: called with (state, reason) for every state, on the worker.
            on_dropped: called instead if the same command is still running; may be None.
        """
        self.incoming.command(vehicle_name, command, arguments, show, on_dropped)

    def halt(self):
        """Starts no more work and sends nothing more; returns at once."""
        self.incoming.halt()  # first: whatever happens to the rest, no command leaves any more
        self._worker.stop(timeout=0)

    def stop(self):
        """Ends all work and all commands, and saves the state, even if one step fails. Then call ``finish``."""
        self.halt()
        self._worker.stop()
        # openHAB may be stopping, with its items gone before us
        steps = (self.incoming.stop, self._stop_live, self._saved.save_waiting, self._stop_publisher)
        do_all(steps, "The account could not be stopped as it should")
        self._saved.close()
        self._charging_log.close()
        self._trip_log.close()

    def _stop_live(self):
        if self._live is not None:
            self._live.stop()

    def _stop_publisher(self):
        if self._parts.publisher is not None:
            self._parts.publisher.stop()

    def finish(self):
        """After ``stop``: waits for running token requests, at most for their timeout."""
        self._parts.account.stop(self._parts.cloud.http.token_timeout)

    # called by the stream, on the worker

    def memory(self):
        """The cloud's data between calls (dict)."""
        return self._saved.memory

    def vehicle(self, vin):
        """The car with that VIN, or None."""
        return self._vehicle_list.find(vin)

    def take(self, vehicle, readings):
        """Stores and shows readings from the stream. Saved a little later, because there may be many."""
        was_active = vehicle.is_active
        changed = vehicle.update(readings)
        self._display.post(vehicle, changed, readings)
        if vehicle.is_active and not was_active:
            self._watch_busy()
        if vehicle.is_active != was_active:
            self._rare_calls.after_action()
        self._saved.save_later(is_soon=vehicle.is_state(changed))

    def _on_rare_calls_made(self):
        self._outlet.account("callsLeft", self.calls_left())
        self._saved.save_later()

    # start and restart

    def _start(self):
        self._display.start()
        if self._config.problem is None:
            # separately, so that an error with the items does not stop the account
            self._worker.every("take up", RETRY_READING, self._take_up)
            if self._parts.publisher is not None:
                self._worker.submit(self._parts.publisher.start)
        self._worker.every("correct items", corrections.EVERY, self._outlet.correct_items)()
        self.incoming.end_forgotten()
        self._sign_in.reset()
        self._outlet.account("forceUpdate", False)
        self._outlet.account("diagnose", False)
        self._outlet.account("streamState", None)  # what was shown before says nothing of this start
        if self._config.problem:
            self._status.show_error(self._config.problem)

    def _take_up(self):
        """Loads the store, and tries again until it can be read: an unreadable file does not mean a lost sign-in."""
        if not self._saved.is_loaded:
            try:
                self.load()
            except StoreError as error:
                self._is_late = True
                self._status.show_error(error)
                return
        if self._is_late:
            self._is_late = False
            self._on_command_items(self.incoming.prepare_items())
        self._display.settle()
        self.incoming.release_buttons()
        self._worker.cancel("take up")
        self._worker.later("show logs", SHOW_LOGS_AFTER, self._charging_log.show_all)
        if not self._sign_in.is_signed_in():
            return
        # a pause or refusal holds over a restart, and is told from the first second on
        self._status.show(*self._saved.outcome or ("ONLINE", "Signed in to {}".format(self._parts.cloud.title)))
        self._token_refresh.start()
        self._refresh_if_due()

    def _on_signed_in(self):
        self._token_refresh.start()
        if self._live is not None:
            self._live.hurry()
        self._vehicle_list.list_again()
        self._parts.cloud.signed_in(self._saved.memory)
        self._refresh(by_person=True)

    # polling

    def _refresh_if_due(self):
        if self._config.problem or not self._sign_in.is_signed_in():
            self._worker.cancel("refresh soon")
            return
        self._token_refresh.go_on()
        if self._live is not None:
            self._live.start()
        if self._times.is_due():
            self._refresh(by_person=False)
        else:
            self._watch_busy()

    def _hears(self, vehicle):
        return self._live is not None and self._live.hears(vehicle)

    def _watch_busy(self):
        """Looks again soon at a driving or charging car, because the cron may be too slow."""
        wait = self._times.look_again_in()
        if wait is None:
            self._worker.cancel("refresh soon")
        else:
            self._worker.every("refresh soon", wait, self._refresh_if_due, first=wait)

    def catch_up(self):
        """Polls after a gap of the stream, if enough calls are left. Runs on the worker."""
        if self._times.has_room() and self._sign_in.is_signed_in():
            self._refresh(by_person=False)

    def _force_update(self):
        if not self._config.problem and self._sign_in.is_signed_in():
            self._refresh(by_person=True)
        put_back(self._worker, "forceUpdate", lambda: self._outlet.account("forceUpdate", False))

    def _diagnose(self):
        text = self.diagnostics()
        self._outlet.account("diagnostics", text)
        log.info("%s", text)
        put_back(self._worker, "diagnose", lambda: self._outlet.account("diagnose", False))

    def _refresh(self, by_person):
        if self._poll.run(by_person) and self._config.data:
            self._rare_calls.after_poll()
        self._poll.check_running()
        if self._live is not None:
            self._live.polled(self.vehicles())
        self._outlet.account("lastRefresh", self._parts.clock.now())
        self._outlet.account("callsLeft", self.calls_left())
        next_at = self._times.next_at()
        if next_at is not None:
            self._outlet.account("nextRefresh", next_at)
        self._watch_busy()
        if self._vehicle_list.take_new():
            self._on_command_items(self.incoming.prepare_items())
        self.incoming.show_missing()
        self.incoming.end_forgotten()  # persistence may restore what was, long after the start
