"""The public API for a user's own Jython rules in openHAB: cars, values, commands and their results.

    from bmw.api import cars

    i3 = cars()[0]
    i3.value("stateOfCharge")                  # 57
    i3.send("lock", on_end=told)               # told("EXECUTED", "") some seconds later

Every call goes to the running module, so a script may keep a Car, even when the module is reloaded. All functions may be called
from any thread. Knows no cloud and no item; documentation and examples: docs/api.md.
"""

from __future__ import absolute_import, unicode_literals

import json
import logging
import threading

from bmw.commands import definitions
from bmw.compat import is_number, text_type
from bmw.errors import BmwError
from bmw.record import record
from bmw.vehicle import extra
from bmw.vehicle.vehicle import reading_from
from bmw.vehicle.vocabulary import VEHICLE

__all__ = [str("ApiError"), str("Car"), str("End"), str("cars"), str("diagnostics")]

log = logging.getLogger("bmw")

#: The result of a command. state (str): EXECUTED, FAILED or TIMED OUT; reason (str): why, may be ''.
End = record("End", "state reason")

#: seconds in which every command ends, with the wait for another command and the polls for its progress
MAX_SECONDS = 600
#: seconds for which a rule may want to wait
LONGEST_WAIT = 86400
#: what is wrong is told before the command leaves: a rule that got an error would send it again
_BEFORE = "the command was not sent"


class ApiError(BmwError):
    """The module is not loaded, or the car, value or command does not exist. ``text()`` is one clear line."""


def cars():
    """The cars of all accounts, those of the first account first.

    Returns:
        list of Car: empty until the module has read the account's cars for the first time.

    Raises:
        ApiError: the module is not loaded.
    """
    return [Car(account, name) for account, name in _ask({"do": "cars"})]


def diagnostics(account=None):
    """The diagnostics report, as in the item ``BMW_Diagnostics``. It contains no secret, VIN or position.

    Args:
        account (str or None): name of the account in bmw.cfg; None = the first one.

    Returns:
        str: several lines.

    Raises:
        ApiError: there is no such account, or the module is not loaded.
    """
    return _ask({"do": "diagnostics", "account": account})


class Car(object):
    """A car. ``cars()`` returns them.

    Attributes:
        name (str): its short name, as in the names of its items, for example ``i3``.
        account (str): the account's name in bmw.cfg, '' for the only one.
    """

    def __init__(self, account, name):
        self.account = account
        self.name = name

    def __repr__(self):
        return str("<Car {}>").format(str(self.name))

    def value(self, key):
        """The last value that the car reported.

        Args:
            key (str): a key of the vocabulary, for example ``stateOfCharge``, ``doorLockState``, ``locked``.

        Returns:
            int, float, bool, text; epoch seconds (float) for a time; (latitude, longitude) for ``position``. None if unknown.

        Raises:
            ApiError: the key does not exist, the car is gone, or the module is not loaded.
        """
        reading = self._readings(key).get(key)
        return reading.value if reading else None

    def unit(self, key):
        """The unit of ``value(key)`` in openHAB's spelling, for example ``km`` or ``%``; '' if it has none. Raises as ``value``."""
        reading = self._readings(key).get(key)
        if extra.is_key(key):
            return extra.point(key, reading).unit if reading else ""
        return (reading.unit if reading else None) or VEHICLE[key].unit

    def time(self, key):
        """When the car reported the value: epoch seconds (float, UTC); None if unknown. Raises as ``value``."""
        reading = self._readings(key).get(key)
        return reading.time if reading else None

    def values(self):
        """All known values: {key: value}, in the same form as ``value``. Raises ApiError."""
        readings = self._readings()
        return dict((key, reading.value) for key, reading in readings.items() if reading.value is not None)

    @property
    def can(self):
        """The commands that the car accepts (frozenset of str); empty if its cloud is read-only. Raises ApiError."""
        return frozenset(self._ask("can"))

    def send(self, command, on_end=None):
        """Sends a command and returns at once.

        Args:
            command (str): as for the command item: ``lock``, ``climateStart``, ``chargingSettings target=80``,
                ``sendDestination 48.137,11.575 Home`` ...
            on_end: called once with (state, reason), see ``End``, on a separate thread; may be None.

        Raises:
            ApiError: the command is not valid, or as ``value``. If BMW or the car refuses it, ``on_end`` is called with FAILED.
        """
        if on_end is not None and not callable(on_end):
            raise ApiError("on_end is a function, not {}".format(type(on_end).__name__), _BEFORE)
        end = self._send(command)
        if on_end is not None:
            thread = threading.Thread(target=_tell, args=(end, on_end), name=str("bmw-command-end"))
            thread.daemon = True
            thread.start()

    def send_and_wait(self, command, timeout=MAX_SECONDS):
        """Sends a command and waits at most ``timeout`` seconds for its result.

        This blocks the calling rule (for seconds to minutes).

        Args:
            command (str): as for ``send``.

        Returns:
            End: (state, reason). TIMED OUT after ``timeout`` seconds; the command itself continues.

        Raises:
            ApiError: as ``send``.
        """
        if not is_number(timeout) or not 0 <= timeout <= LONGEST_WAIT:
            raise ApiError("timeout is a number of seconds, at most {}".format(LONGEST_WAIT), _BEFORE)
        return _wait(self._send(command), timeout)

    def _send(self, command):
        if not isinstance(command, (str, text_type)):
            raise ApiError("A command is a text, not {}".format(type(command).__name__), "write str(...) around an item's state")
        end = _bridge().new_end()
        self._ask("command", end, command=command)
        return end

    def _readings(self, key=None):
        if key is not None and not isinstance(key, (str, text_type)):
            raise ApiError("The name of a value is a text, not {}".format(type(key).__name__))
        if key is not None and key not in VEHICLE and not extra.is_key(key):
            import difflib  # not at the top: rarely needed and slow to load

            near = difflib.get_close_matches(key, list(VEHICLE), 1)
            raise ApiError("There is no value '{}'".format(key), "did you mean '{}'?".format(near[0]) if near else "")
        found = self._ask("readings", keys=None if key is None else [key])
        return dict((name, reading_from(entry)) for name, entry in found.items())

    def _ask(self, what, end=None, **more):
        return _ask(dict(more, do=what, account=self.account, car=self.name), end)


def _bridge():
    try:
        from bmw.openhab import bridge
    except ImportError:
        raise ApiError("bmw.api works inside openHAB only", "on a computer use: python3 -m bmw")
    return bridge


def _ask(question, end=None):
    """The module's answer to a question (both JSON-able). ``end``: receives the result of a command."""
    answer = _bridge().call(json.dumps(question), end)
    if answer is None:
        raise ApiError("The BMW module is not loaded", "see openHAB's log for bmw.py; after a start it takes a moment")
    answer = json.loads(answer)
    if "error" in answer:
        raise ApiError(answer["error"])
    return answer["answer"]


def _wait(end, seconds):
    text = _bridge().wait(end, seconds)
    if text is None:
        return End(definitions.TIMED_OUT, "no result within {} seconds".format(seconds))
    return End(*json.loads(text))


def _tell(end, on_end):
    try:
        on_end(*_wait(end, MAX_SECONDS))
    except:  # noqa: E722 - a Java exception is not a Python Exception
        log.exception("Error in a script's on_end function")
