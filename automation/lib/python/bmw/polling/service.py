"""Coordinates one account: refreshes the token, polls the cars, shows changes in the items, sends commands.

All work runs on the account's worker, one piece at a time; the public methods return at once. Errors are shown in the account's
status item and one log line; no method raises them.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.account.pauses import token_steps
from bmw.account.session import Session
from bmw.account.sign_in import SignIn
from bmw.account.status import Status
from bmw.commands import definitions
from bmw.commands.incoming import IncomingCommands
from bmw.errors import BmwError, NetworkError, QuotaExceeded, SignInFailed, SignInNeeded, Stopped, StoreError, TokenRejected
from bmw.items import corrections
from bmw.net.guard import Guard
from bmw.polling.budget import Budget
from bmw.polling.poll_times import PollTimes
from bmw.polling.rare_calls import RareCalls
from bmw.polling.vehicle_list import VehicleList
from bmw.redact import mask_vin
from bmw.steps import do_all
from bmw.storage import record_names
from bmw.support import diagnostics
from bmw.switches import put_back
from bmw.vehicle import estimate
from bmw.vehicle.vocabulary import VEHICLE

log = logging.getLogger("bmw")

#: seconds after which a failed token refresh is tried again, and files that could not be read
RETRY_TOKEN = 300
RETRY_READING = 60
#: seconds after which what the stream brought is stored: not at each message, for the life of an SD card
SAVE_LIVE = 120
#: a poll stops after so many server errors in a row; the other cars would only cost calls
GIVE_UP = 3
#: characters of the sign-in input; a captcha's token has a few thousand
MAX_INPUT = 20000
#: errors of cars to show in one line
MAX_NAMED = 3
#: the name of a sign-in without a person among the pauses
_SIGN_IN = "sign-in"
#: name of the work that the sign-in switch asks for: what it was set to last counts
_SWITCH = "sign-in switch"
#: the same for what was typed: the last one counts, so that they do not pile up while the worker waits for BMW
_TYPED = "sign-in input"


class _WhileRunning(Guard):
    """Allows no requests after the worker was stopped."""

    def __init__(self, worker):
        self._worker = worker

    def check(self):
        if self._worker.is_stopped:
            raise Stopped()

    leave = check


class Service(object):
    """See the module's docstring.

    Args:
        config (bmw.config.AccountConfig), problems (list of ConfigError): settings, and errors in the file.
        cloud, account, store, clock, worker: its parts.
        outlet: shows the states, see ``bmw.interfaces.Outlet``.
        record (str): start of the record names in the store.
        local_hour: callable, epoch seconds -> hour of the day at home.
    """

    def __init__(self, config, problems, cloud, account, store, outlet, clock, worker, record, local_hour):
        self._config = config
        self._cloud = cloud
        self._account = account
        self._store = store
        self._outlet = outlet
        self._clock = clock
        self._worker = worker
        self._state_record = record_names.state(record)
        self._calls_record = record_names.calls(record, cloud.name)
        self._budget = Budget(config.calls_per_day if cloud.HAS_DAILY_LIMIT else None)
        account.pauses = self._budget.pauses  # kept with the calls
        self._vehicle_list = VehicleList(cloud, clock)
        self._times = PollTimes(cloud, self._budget, self._vehicle_list, clock, self._hears, local_hour)
        #: per cloud, so that changing the setting and back loses nothing
        self._memories = {}
        self._memory = {}
        self._live = None
        self._surroundings = diagnostics.NOWHERE
        self._status = Status(outlet, config.name, problems)
        self._sign_in = SignIn(cloud, account, worker, outlet, self._status, self._on_signed_in)
        self._incoming = IncomingCommands(
            config,
            cloud,
            clock,
            worker,
            outlet,
            self._vehicle_list,
            lambda guard=None: self._new_session(guard=guard),
            lambda: self._refresh(by_person=True),
        )
        self._meters = {}  # VIN -> bmw.vehicle.estimate.Meter
        self._is_token_troubled = False
        self._outcome = None  # of the last poll
        self._on_command_items = lambda items: None
        self._is_saving_later = False
        self._is_loaded = False  # nothing is saved before
        self._is_over = False  # nothing is saved after
        self._is_late = False  # command items could not be created at the start
        self._store_errors = {}  # record -> why it could not be saved
        self._settled = [[], []]  # (name, is_first) of the present cars, and of the former cars
        self._rare_calls = RareCalls(
            cloud, outlet, worker, self._vehicle_list, lambda: self._new_session(by_person=False), self.take, self._on_rare_calls_made
        )

    def attach(self, live):
        """Sets the stream (``bmw.clouds.cardata.live.Live``, or None). Call it before ``start``."""
        self._live = live

    def report_with(self, surroundings):
        """Sets the environment for the report (``bmw.support.diagnostics.Surroundings``). Call it before ``start``."""
        self._surroundings = surroundings

    def send_commands_by(self, service):
        """Lets another account's service send the commands for these cars. Call it before ``start``."""
        self._incoming.send_by(service._incoming)

    @property
    def can_command(self):
        """The commands (frozenset of names) that these cars accept."""
        return self._incoming.can

    def prepare(self, on_command_items):
        """Loads the stored state and creates the command items, so that they can trigger rules.

        Args:
            on_command_items: called on the worker with the same dict when a new car was found later.

        Returns:
            {item name: (vehicle name, key)} of the items that accept commands.
        """
        try:
            self._load()
        except StoreError as error:
            self._is_late = True
            log.error("%s", error.text())
        self._on_command_items = on_command_items
        return self._incoming.prepare_items()

    def load(self):
        """Loads the stored cars and the sign-in. Nothing is saved before this has succeeded.

        Raises:
            StoreError: the store cannot be read now; nothing was changed.
        """
        self._load()
        self._account.load(self._outlet.sealed_token())
        self._is_loaded = True

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
            self._worker.later(_SWITCH, 0, lambda: self._begin_sign_in(None))
        else:
            typed = answer[: MAX_INPUT + 1]  # one character more shows that it was too long
            self._worker.later(_TYPED, 0, lambda: self._begin_sign_in(typed))

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
        self._incoming.item_command(vehicle_name, key, text)

    def vehicles(self):
        """The named cars (list of bmw.vehicle.vehicle.Vehicle), read-only. May be called from any thread."""
        return self._vehicle_list.named()

    def diagnostics(self):
        """The report (text of several lines) for a forum post, without private data. May be called from any thread."""
        now = self._clock.now()
        state, text = self._status.shown
        facts = diagnostics.Facts(
            self._config,
            self._cloud,
            self._account.tokens,
            self._memory,
            state,
            text,
            self._budget,
            self._times.polled_at,
            self._times.next_at(),
            self._live,
            self._vehicle_list.vehicles,
        )
        return diagnostics.report(facts, self._surroundings, now)

    def calls_left(self):
        """Calls left today (int), None without a limit."""
        return self._budget.left(self._clock.now())

    def session(self, memory):
        """A separate Session for calls that a person caused. ``memory`` (dict): the cloud's data between calls."""
        return Session(self._cloud.http, self._account, self._budget, self._clock, memory, self._save_budget, by_person=True)

    def command(self, vehicle_name, command, arguments, show, on_dropped=None):
        """Sends a command to a car; the car's status item shows it too.

        Args:
            vehicle_name (str), command (str), arguments (dict): see ``bmw.commands.definitions``.
            show: called with (state, reason) for every state, on the worker.
            on_dropped: called instead if the same command is still running; may be None.
        """
        self._incoming.command(vehicle_name, command, arguments, show, on_dropped)

    def halt(self):
        """Starts no more work and sends nothing more; returns at once."""
        self._incoming.halt()  # first: whatever happens to the rest, no command leaves any more
        self._worker.stop(timeout=0)

    def stop(self):
        """Ends all work and all commands, and saves the state, even if one step fails. Then call ``finish``."""
        self.halt()
        self._worker.stop()
        # openHAB may be stopping, with its items gone before us
        do_all((self._incoming.stop, self._stop_live, self._save_waiting), "The account could not be stopped as it should")
        self._is_over = True

    def _stop_live(self):
        if self._live is not None:
            self._live.stop()

    def _save_waiting(self):
        if self._is_saving_later:
            self._save()

    def finish(self):
        """After ``stop``: waits for running token requests, at most for their timeout."""
        self._account.stop(self._cloud.http.token_timeout)

    # called by the stream, on the worker

    def memory(self):
        """The cloud's data between calls (dict)."""
        return self._memory

    def vehicle(self, vin):
        """The car with that VIN, or None."""
        return self._vehicle_list.find(vin)

    def take(self, vehicle, readings):
        """Stores and shows readings from the stream. Saved a little later, because there may be many."""
        was_active = vehicle.is_active
        self._post(vehicle, vehicle.update(readings), readings)
        if vehicle.is_active and not was_active:
            self._watch_busy()
        if vehicle.is_active != was_active:
            self._rare_calls.after_action()
        self._save_later()

    def _save_later(self):
        if not self._is_saving_later:
            self._is_saving_later = True
            self._worker.later("save", SAVE_LIVE, self._save)

    def _on_rare_calls_made(self):
        self._outlet.account("callsLeft", self._budget.left(self._clock.now()))
        self._save_later()

    # start and restart

    def _start(self):
        if self._config.problem is None:
            # separately, so that an error with the items does not stop the account
            self._worker.every("take up", RETRY_READING, self._take_up)
        self._worker.every("correct items", corrections.EVERY, self._outlet.correct_items)()
        self._incoming.end_forgotten()
        self._sign_in.reset()
        self._outlet.account("forceUpdate", False)
        self._outlet.account("diagnose", False)
        if self._config.problem:
            self._status.show_error(self._config.problem)

    def _take_up(self):
        """Loads the store, and tries again until it can be read: an unreadable file does not mean a lost sign-in."""
        if not self._is_loaded:
            try:
                self.load()
            except StoreError as error:
                self._is_late = True
                self._status.show_error(error)
                return
        if self._is_late:
            self._is_late = False
            self._on_command_items(self._incoming.prepare_items())
        self._settle()
        self._incoming.release_buttons()
        self._worker.cancel("take up")
        if not self._is_signed_in():
            return
        # a pause or refusal holds over a restart, and is told from the first second on
        self._status.show(*self._outcome or ("ONLINE", "Signed in to {}".format(self._cloud.title)))
        self._keep_token_fresh()
        self._refresh_if_due()

    def _load(self):
        record = self._store.load(self._state_record) or {}
        self._memories = record.get("memories", {})
        self._memory = self._memories.setdefault(self._cloud.name, {})
        is_same_cloud = record.get("cloud") == self._cloud.name
        self._times.polled_at = record.get("polled_at") if is_same_cloud else None
        self._outcome = record.get("outcome") if is_same_cloud else None
        self._vehicle_list.load(record, is_same_cloud)
        self._budget.load(self._store.load(self._calls_record))

    def _save(self):
        self._is_saving_later = False
        record = {"cloud": self._cloud.name, "memories": self._memories, "polled_at": self._times.polled_at, "outcome": self._outcome}
        record.update(self._vehicle_list.to_record())
        self._account.save_again()
        self._keep(self._state_record, record)

    def _save_budget(self):
        self._keep(self._calls_record, self._budget.to_record())

    def _keep(self, name, record):
        """Saves a record. A full or read-only disk stops nothing; the error is shown until saving works again.

        Saves nothing before loading has succeeded: the incomplete state would overwrite the stored one. Nor after the stop, when a
        poll may still wait for BMW: the next instance's state would be overwritten by an older one.
        """
        if not self._is_loaded or self._is_over:
            return
        try:
            self._store.save(name, record)
            self._store_errors.pop(name, None)
        except StoreError as error:
            self._store_errors[name] = error
        self._show_store()

    def _show_store(self):
        errors = [self._account.store_error] + [error for _name, error in sorted(self._store_errors.items())]
        self._status.show_store(next((error for error in errors if error is not None), None))

    # sign-in

    def _begin_sign_in(self, answer):
        if self._config.problem:
            self._sign_in.reset()
            self._status.show_error(self._config.problem)
        elif not self._is_loaded:
            self._sign_in.reset()  # the status says why: new tokens would overwrite the stored ones
        elif answer and len(answer) > MAX_INPUT:
            self._sign_in.reset()
            self._status.show_error(SignInFailed("What was typed for the sign-in is too long", "solve a captcha and paste its token only"))
        else:
            self._sign_in.begin(answer)

    def _on_signed_in(self):
        self._keep_token_fresh()
        if self._live is not None:
            self._live.hurry()
        self._vehicle_list.list_again()
        self._cloud.signed_in(self._memory)
        self._refresh(by_person=True)

    def _is_signed_in(self):
        """True if there are tokens, from the store or the token item. Signs in if the cloud needs no user for that."""
        if not self._is_loaded:
            return False
        if self._account.is_signed_in:
            return True
        if self._sign_in.is_under_way:
            return False
        sealed = self._outlet.sealed_token()
        if sealed and self._account.adopt(sealed):
            return True
        if self._cloud.SIGNS_IN_ALONE and not self._sign_in.was_refused:
            self._sign_in_alone()
        elif not self._sign_in.was_refused:
            self._status.show_error(self._account.sign_in_needed())
        return False

    def _sign_in_alone(self):
        """Signs in without a person; after a failure not again for a while."""
        now, pauses = self._clock.now(), self._budget.pauses
        held = pauses.held(_SIGN_IN, now)
        if held is not None:
            self._status.show_error(held)
            return
        self._sign_in.begin()
        error = self._sign_in.error
        if error is not None and error.transient:
            pauses.failed(_SIGN_IN, now, error, token_steps(error))
            self._save_budget()

    def _keep_token_fresh(self):
        """Refreshes the token now if it is due, and before it expires, while the worker runs."""
        self._worker.every("token", RETRY_TOKEN, self._refresh_token)()

    def _refresh_token(self):
        """Seconds until it must be called again."""
        try:
            self._account.keep_fresh()
            if self._is_token_troubled:
                self._is_token_troubled = False
                self._tell(self._status.show, "ONLINE", "Signed in to {}".format(self._cloud.title))
        except BmwError as error:
            self._is_token_troubled = True
            self._tell(self._status.show_error, error)
            self._save_budget()  # until when the token is left alone
        self._show_store()
        wait = self._account.due_again_in()
        if wait is None:
            self._worker.cancel("token")
            return None
        return max(wait, RETRY_TOKEN if wait == 0 else 1) + 1

    def _conclude(self, *outcome):
        """How a poll ended: state word, line for people, and when BMW is asked next if not as usual."""
        self._outcome = outcome
        self._tell(self._status.show, *outcome)

    def _tell(self, show, *what):
        """Shows the account's state, unless a user is signing in and must read the current text."""
        if not self._sign_in.is_under_way:
            show(*what)

    # polling

    def _settle(self):
        """Assigns the items to the present cars if the cars have changed. Logs once when a car has left."""
        present = [(vehicle, self._vehicle_list.is_first(vehicle)) for vehicle in self._vehicle_list.named()]
        gone = [(vehicle, self._vehicle_list.is_first(vehicle)) for vehicle in self._vehicle_list.gone()]
        settled = [[(vehicle.name, is_first) for vehicle, is_first in cars] for cars in (present, gone)]
        if settled == self._settled:
            return
        were_there = dict(self._settled[0])
        news = [vehicle for vehicle, is_first in present if were_there.get(vehicle.name) != is_first]
        for vehicle, _is_first in gone:
            if vehicle.name in were_there:
                log.warning("%s is no longer among the cars of this account: its items show nothing until it is back", vehicle.name)
        self._outlet.settle(present, gone)
        for vehicle in news:
            self._post(vehicle, _every_key(vehicle))
            # openHAB does not keep images across a restart
            self._outlet.show_stored_picture(vehicle, self._vehicle_list.is_first(vehicle))
        self._settled = settled  # only after all was shown, so that a failed step is repeated

    def _refresh_if_due(self):
        if self._config.problem or not self._is_signed_in():
            self._worker.cancel("refresh soon")
            return
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
        if self._times.has_room() and self._is_signed_in():
            self._refresh(by_person=False)

    def _force_update(self):
        if not self._config.problem and self._is_signed_in():
            self._refresh(by_person=True)
        put_back(self._worker, "forceUpdate", lambda: self._outlet.account("forceUpdate", False))

    def _diagnose(self):
        text = self.diagnostics()
        self._outlet.account("diagnostics", text)
        log.info("%s", text)
        put_back(self._worker, "diagnose", lambda: self._outlet.account("diagnose", False))

    def _refresh(self, by_person):
        session = self._new_session(by_person)
        self._times.polled_at = self._clock.now()
        try:
            self._vehicle_list.refresh_list(session)
            self._settle()
            vehicles = self._vehicle_list.in_turn()
            troubles = self._read_vehicles(session, vehicles if by_person else vehicles[: self._times.cars_at_once()])
            if not self._vehicle_list.vehicles and not troubles:
                self._conclude("NO_CAR", "Signed in, but no car that can be read: map your car to this BMW account as primary user")
            else:
                self._conclude("ONLINE", _line(troubles))
            if self._config.data:
                self._rare_calls.after_poll()
        except BmwError as error:
            self._conclude(error.state, error.text(), error.retry_at)
        finally:
            self._save()
        self._check_running()
        now = self._clock.now()
        self._outlet.account("lastRefresh", now)
        self._outlet.account("callsLeft", self._budget.left(now))
        next_at = self._times.next_at()
        if next_at is not None:
            self._outlet.account("nextRefresh", next_at)
        self._watch_busy()
        if self._vehicle_list.take_new():
            self._on_command_items(self._incoming.prepare_items())
        self._incoming.show_missing()
        self._incoming.end_forgotten()  # persistence may restore what was, long after the start

    def _check_running(self):
        """Raises Stopped if the worker was stopped: the items and their rules may already belong to the next instance."""
        if self._worker.is_stopped:
            raise Stopped()

    def _read_vehicles(self, session, vehicles):
        """Polls these cars; an error of one does not stop the others. Returns the errors (list of text)."""
        self._outlet.tokens_again(self._account)
        troubles, failures, in_a_row = [], [], 0
        for vehicle in vehicles:
            waits_since, vehicle.asked_at = vehicle.asked_at, self._clock.now()
            try:
                self._read(session, vehicle)
                in_a_row = 0
                if self._config.data and not self._has_data(vehicle):
                    troubles.append("{}: BMW has no data yet, lock and unlock the car or drive".format(vehicle.name))
            except QuotaExceeded:
                vehicle.asked_at = waits_since  # so that it is the first in the next poll
                raise
            except (SignInNeeded, TokenRejected, NetworkError):
                raise  # an error of the account or the network also affects the other cars
            except BmwError as error:
                failures.append(error)
                in_a_row = in_a_row + 1 if error.transient else 0
                if in_a_row >= GIVE_UP or len(failures) == len(vehicles):
                    raise
                troubles.append("{}: {}".format(vehicle.name or mask_vin(vehicle.vin), error.text()))
        return self._few(vehicles) + troubles

    def _has_data(self, vehicle):
        """True if the car has said anything; what BMW describes it by is no word of the car."""
        told = self._cloud.TOLD_BY_FACTS
        return any(reading.value is not None for key, reading in vehicle.readings.items() if key not in told)

    def _few(self, vehicles):
        """A line (list of text) if not all cars were polled."""
        total = len(self._vehicle_list.vehicles)
        if len(vehicles) == total:
            return []
        line = "{} of {} cars asked, as {} calls a day are too few for all: they take turns"
        return [line.format(len(vehicles), total, self._budget.limit)]

    def _read(self, session, vehicle):
        """Polls one car and shows it."""
        self._vehicle_list.fetch_facts(session, vehicle)
        readings = self._cloud.read(session, vehicle) if self._config.data else {}
        self._check_running()
        if self._vehicle_list.assign_name(vehicle):
            self._settle()
            self._save()
        # all values, because others may have changed the items or created them again
        self._post(vehicle, vehicle.update(readings), _every_key(vehicle))

    def _post(self, vehicle, changed, told=()):
        """Shows a car's readings: the keys ``changed``, and the received but unchanged keys ``told``."""
        changed = set(changed) | self._estimate(vehicle)
        if vehicle.name and not self._worker.is_stopped:
            self._outlet.vehicle(vehicle, changed.union(told), self._vehicle_list.is_first(vehicle))
            self._incoming.follow(vehicle, changed)

    def _estimate(self, vehicle):
        """Updates the estimated state of charge, repeatedly while the car charges. Returns the changed keys."""
        now = self._clock.now()
        capacity = self._config.battery_capacity
        found = estimate.reading(vehicle.readings, now, capacity, self._wallbox_power(vehicle, now))
        # after the estimate, which needs the remaining time
        changed = vehicle.pass_time(now)
        if found is not None and estimate.is_open(vehicle.readings, now):
            self._worker.every("estimate " + vehicle.vin, estimate.EVERY, lambda: self._go_on(vehicle), first=estimate.EVERY)
        else:
            self._worker.cancel("estimate " + vehicle.vin)
        if found is None:
            return changed
        known = vehicle.readings.get(estimate.KEY)
        vehicle.readings[estimate.KEY] = found
        return changed if known is not None and known.value == found.value else changed | set([estimate.KEY])

    def _wallbox_power(self, vehicle, now):
        """Mean watts of the user's wallbox since the car's last state of charge; None if unknown, or if another car may be charging."""
        if not self._config.wallbox_power_item or not _is_charging(vehicle):
            self._meters.pop(vehicle.vin, None)
            return None
        said = vehicle.readings.get("stateOfCharge")
        is_only = not any(_is_charging(other) for other in self._vehicle_list.vehicles if other is not vehicle)
        power = self._outlet.power(self._config.wallbox_power_item) if is_only else None
        return self._meters.setdefault(vehicle.vin, estimate.Meter()).mean(said.time if said else None, now, power)

    def _go_on(self, vehicle):
        if vehicle in self._vehicle_list.vehicles:
            self._post(vehicle, ())
        else:  # it has left the account meanwhile
            self._worker.cancel("estimate " + vehicle.vin)

    def _new_session(self, by_person=True, guard=None):
        guard = guard or _WhileRunning(self._worker)
        return Session(self._cloud.http, self._account, self._budget, self._clock, self._memory, self._save_budget, by_person, guard)


def _is_charging(vehicle):
    charging = vehicle.readings.get("charging")
    return charging is not None and charging.value is True


def _every_key(vehicle):
    """All keys of a car (set): the vocabulary and its extra values."""
    return set(VEHICLE).union(vehicle.readings)


def _line(troubles):
    more = len(troubles) - MAX_NAMED
    return "; ".join(["Online"] + troubles[:MAX_NAMED] + (["and {} more".format(more)] if more > 0 else []))
