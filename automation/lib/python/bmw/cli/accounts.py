"""The accounts of the command line on CPython: one service each, like ``bmw.openhab.app`` inside openHAB.

Knows neither arguments nor printing. Does not poll by itself: stream and schedule are off.
"""

from __future__ import absolute_import, unicode_literals

import os
import time

from bmw.assembly import Environment, assemble, join, record_of
from bmw.cli.worker import Timetable
from bmw.commands import definitions
from bmw.errors import BmwError, SignInFailed
from bmw.logbook import charges, trips
from bmw.logbook.ledger import Ledger
from bmw.storage import cipher, files, record_names
from bmw.storage.store import KEY_FILE, open_store

#: advice for openHAB -> advice for the command line
_ADVICE = (
    ("switch the sign-in item on", "use: python3 -m bmw sign-in"),
    ("write its token, which starts with P1_, into the sign-in input item within two minutes", "give its token, which starts with P1_"),
    ("copy it to conf/services and fill in client_id", "give its path with --config"),
)

#: suffixes of the files in our store
_OURS = record_names.ENDS + (files.DAMAGED,)


class CliError(BmwError):
    """The command cannot be done; ``text()`` tells the user why."""


class CliOutlet(object):
    """The ``bmw.interfaces.Outlet`` of the command line: keeps the values that openHAB's items would show.

    Attributes:
        account_values (dict): key -> last value.
    """

    def __init__(self):
        self.account_values = {}

    def account(self, key, value):
        self.account_values[key] = value

    def correct_items(self):
        pass  # there are no items

    def settle(self, present, gone):
        pass

    def vehicle(self, vehicle, keys, is_first):
        pass  # the command line reads the vehicle itself

    def prepare_commands(self, vehicle, can, is_first):
        return {}

    def command(self, vehicle, key, value, is_first):
        pass  # the command's own ``show`` reports it

    def command_state(self, vehicle, key, is_first):
        return ""  # there are no items

    def wants_picture(self, vehicle):
        return False

    def picture(self, vehicle, picture, is_first):
        pass

    def show_stored_picture(self, vehicle, is_first):
        pass

    def logbook(self, vehicle, key, text, is_first):
        pass

    def power(self, name):
        return None  # there are no items

    def price(self, name):
        return None  # there are no items

    def tokens(self, account):
        pass  # only the store has them

    def tokens_again(self, account):
        pass

    def sealed_token(self):
        return None


class CliAccount(object):
    """One account of the command line.

    Attributes:
        config (bmw.config.AccountConfig), cloud (bmw.clouds.base.Cloud), service (bmw.polling.service.Service)
    """

    def __init__(self, environment, config, timetable):
        self.config = config
        self._timetable = timetable
        self._outlet = CliOutlet()
        self._store = environment.store
        worker = timetable.of(record_of(config))
        made = assemble(environment, config, [], self._outlet, worker)
        self.cloud, self._account, self.service = made.cloud, made.account, made.service

    def load(self):
        """Loads the stored state. Raises StoreError."""
        self.service.prepare(lambda _items: None)
        self.service.load()

    def sign_in(self, answer, show_prompt):
        """Signs in and reads the cars.

        Args:
            answer (str or None): a solved captcha, if the cloud needs one.
            show_prompt: called with (link, code) if a person must approve.

        Raises:
            BmwError: refused, declined, expired.
        """
        self._need_settings()
        before = self._account.tokens
        self.service.sign_in(answer)
        self._timetable.run_due()
        shown = self._outlet.account_values
        if shown.get("signInCode"):
            show_prompt(shown["signInLink"], shown["signInCode"])
            self._timetable.run_until(lambda: not shown["signIn"])
        if self._account.tokens is before:
            raise SignInFailed(advised(shown["account"]))

    def update(self):
        """Polls the account's cars. Raises BmwError."""
        self._need_settings()
        self.service.force_update()
        self._timetable.run_due()
        trouble = self.trouble()
        if trouble:
            raise CliError(trouble)

    def trouble(self):
        """Why the last update failed (text), None if it succeeded."""
        shown = self._outlet.account_values
        return None if shown.get("accountState") == "ONLINE" else advised(shown.get("account") or "Nothing was requested")

    def need_sign_in(self):
        """Signs in by user and password if the cloud allows it. Raises BmwError if a person must sign in."""
        self._need_settings()
        if not self._account.is_signed_in and self.cloud.SIGNS_IN_ALONE:
            self.update()
        self._account.access_token()

    def charges(self, vehicle):
        """The charges (list of bmw.logbook.charges.Charge) of a car in the log. Raises StoreError: the log cannot be read."""
        path = self._store.path(record_names.charges(record_of(self.config), vehicle.vin))
        return charges.charges_of(Ledger(path).entries())

    def trips(self, vehicle):
        """The trips (list of bmw.logbook.trips.Trip) of a car in the log. Raises StoreError: the log cannot be read."""
        path = self._store.path(record_names.trips(record_of(self.config), vehicle.vin))
        return trips.trips_of(Ledger(path).entries())

    def send(self, vehicle, command, arguments, show):
        """Sends a command and waits for its end.

        Args:
            vehicle (bmw.vehicle.vehicle.Vehicle), command (str), arguments (dict): see ``bmw.commands.definitions``.
            show: called with (state, reason) at every step.

        Returns:
            str: the last state.
        """
        states = []

        def keep(state, reason):
            states.append(state)
            show(state, advised(reason))

        self.service.command(vehicle.name, command, arguments, keep)
        self._timetable.run_until(lambda: states and states[-1] in definitions.FINAL)
        return states[-1]

    def rest(self, seconds):
        """Waits, and does the work that becomes due meanwhile."""
        ends = []
        self._timetable.put(self.config.name, "rest", seconds, lambda: ends.append(seconds))
        self._timetable.run_until(lambda: ends)

    def _need_settings(self):
        if self.config.problem:
            raise self.config.problem


def open_accounts(settings, folder, transport, clock, sleep=time.sleep):
    """The CliAccounts (list) of a configuration.

    Args:
        settings (bmw.config.Config). folder (str): store for tokens and states, created if needed.
        transport: see ``bmw.net.http``. clock, sleep: see ``Timetable``.

    Raises:
        BmwError: the folder cannot be used.
    """
    if _holds_other_things(folder):
        raise CliError("{} contains other files".format(folder), "give a separate folder with --store")
    _seal, store = open_store(folder, cipher, clock.now())
    timetable = Timetable(clock, sleep)
    environment = Environment(store, transport, clock)
    accounts = [CliAccount(environment, config, timetable) for config in settings.accounts]
    join(settings.accounts, [account.service for account in accounts])
    for account in accounts:
        account.load()
    return accounts


def _holds_other_things(folder):
    """True if the folder is not our store. Opening it as a store would make it private."""
    try:
        names = os.listdir(folder)
    except (OSError, IOError):  # open_store reports the error
        return False
    return bool(names) and not any(name == KEY_FILE or name.endswith(_OURS) for name in names)


def advised(text):
    """Replaces advice for openHAB in a text with advice for the command line."""
    for inside, here in _ADVICE:
        text = text.replace(inside, here)
    return text
