"""Puts the parts together for the command line on CPython: one service per account, as ``bmw.openhab.app`` does inside openHAB.

Knows neither arguments nor how something is printed. Nothing is asked by itself: the stream and the timetable stay off.
"""

from __future__ import absolute_import, unicode_literals

import time

from bmw import cipher, clouds
from bmw.account import Account
from bmw.cli_errands import Errands
from bmw.errors import BmwError, SignInFailed
from bmw.http import Http
from bmw.service import Service
from bmw.store import open_store

#: what the texts advise inside openHAB -> what to do here
_ADVICE = (
    ("switch the sign-in item on", "use: python3 -m bmw sign-in"),
    ("write its token, which starts with P1_, into the sign-in input item within two minutes", "give its token, which starts with P1_"),
    ("copy it to conf/services and fill in client_id", "name it with --config"),
)


class CliError(BmwError):
    """What was asked for cannot be done; ``text()`` is for the person."""


class Notes(object):
    """The outlet of an account: keeps what openHAB's items would show. ``account_values`` (dict): key -> last value."""

    def __init__(self):
        self.account_values = {}

    def account(self, key, value):
        self.account_values[key] = value

    def unshown(self, vehicle, is_first):
        return ()

    def vehicle(self, vehicle, keys, is_first):
        pass  # read from the vehicle itself

    def prepare_commands(self, vehicle, can, is_first):
        return {}

    def command(self, vehicle, key, value, is_first):
        pass  # told by the command's own ``show``

    def shows_command(self, vehicle, key, is_first):
        return True  # there are no items

    def has_picture(self, vehicle):
        return True  # none is wanted

    def picture(self, vehicle, picture, is_first):
        pass

    def show_stored_picture(self, vehicle, is_first):
        pass

    def tokens_again(self, account):
        pass  # the store alone has them

    def sealed_token(self):
        return None


class Member(object):
    """One account, ready to work.

    Attributes:
        config (bmw.config.AccountConfig), cloud (bmw.clouds.base.Cloud), account (bmw.account.Account)
        service (bmw.service.Service), notes (Notes)
    """

    def __init__(self, config, store, transport, clock, errands):
        record = config.name or "account"
        cloud_class = clouds.find(config.cloud)
        self.config = config
        self.notes = Notes()
        self.cloud = cloud_class(config, Http(transport, cloud_class.bases(config), config.timeout), clock)
        self.account = Account(self.cloud, store, "{}.{}.token".format(record, self.cloud.name), clock)
        worker = errands.of(record)
        self.service = Service(config, [], self.cloud, self.account, store, self.notes, clock, worker, record, _local_hour)
        self._errands = errands

    def load(self):
        """Takes over what is stored. Raises StoreError."""
        self.service.prepare(lambda _items: None)
        self.account.load()

    def sign_in(self, answer, show_prompt):
        """Signs in and reads the cars.

        Args:
            answer (str or None): a solved captcha, where the cloud needs one.
            show_prompt: called with (link, code) when a person must approve.

        Raises:
            BmwError: refused, declined, expired.
        """
        self._need_settings()
        before = self.account.tokens
        self.service.sign_in(answer)
        self._errands.run_due()
        shown = self.notes.account_values
        if shown.get("signInCode"):
            show_prompt(shown["signInLink"], shown["signInCode"])
            self._errands.run_until(lambda: not shown["signIn"])
        if self.account.tokens is before:
            raise SignInFailed(advised(shown["account"]))

    def update(self):
        """Asks BMW for the account's cars. Raises BmwError."""
        self._need_settings()
        self.service.force_update()
        self._errands.run_due()
        trouble = self.trouble()
        if trouble:
            raise CliError(trouble)

    def trouble(self):
        """Why the last update did not work (text), None if it did."""
        shown = self.notes.account_values
        return None if shown.get("accountState") == "ONLINE" else advised(shown.get("account") or "Nothing was asked")

    def need_sign_in(self):
        """Signs in by user and password where that is enough. Raises BmwError when a person must sign in."""
        self._need_settings()
        if not self.account.is_signed_in and self.cloud.SIGNS_IN_ALONE:
            self.update()
        self.account.access_token()

    def send(self, vehicle, command, arguments, show):
        """Sends a command and waits for its end.

        Args:
            vehicle (bmw.vehicle.Vehicle), command (str), arguments (dict): see ``bmw.commands``.
            show: called with (state, reason) at every step.

        Returns:
            str: the last state.
        """
        states = []

        def keep(state, reason):
            states.append(state)
            show(state, advised(reason))

        self.service.command(vehicle.name, command, arguments, keep)
        self._errands.run_until(lambda: states and states[-1] in _ENDS)
        return states[-1]

    def _need_settings(self):
        if self.config.problem:
            raise self.config.problem


_ENDS = ("EXECUTED", "FAILED", "TIMED OUT")


def members(settings, folder, transport, clock, sleep=time.sleep):
    """The Members of all accounts of a configuration.

    Args:
        settings (bmw.config.Config). folder (str): where tokens and states are kept, made if need be.
        transport: see ``bmw.http``. clock, sleep: the time.

    Raises:
        StoreError: the folder cannot be used.
    """
    _seal, store = open_store(folder, cipher, clock.now())
    errands = Errands(clock, sleep)
    made = [Member(config, store, transport, clock, errands) for config in settings.accounts]
    by_name = dict((member.config.name, member) for member in made)
    for member in made:
        if member.config.commands:
            member.service.send_commands_by(by_name[member.config.commands].service)
        member.load()
    return made


def advised(text):
    """A text with openHAB's advice turned into that for the command line."""
    for inside, here in _ADVICE:
        text = text.replace(inside, here)
    return text


def _local_hour(now):
    return time.localtime(now).tm_hour
