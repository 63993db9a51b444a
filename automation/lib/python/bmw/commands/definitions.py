"""The commands of all clouds: names, arguments, states, and how item commands are parsed.

Knows no cloud; a cloud's ``COMMANDS`` lists the commands that it can send. ``bmw.commands.commander`` sends them.
"""

from __future__ import absolute_import, unicode_literals

from bmw.compat import lower
from bmw.errors import CommandFailed

LOCK = "lock"
UNLOCK = "unlock"
FLASH_LIGHTS = "flashLights"
SOUND_HORN = "soundHorn"
CLIMATE_START = "climateStart"
CLIMATE_STOP = "climateStop"
CHARGE_START = "chargeStart"
CHARGE_STOP = "chargeStop"
#: arguments: target (int, percent) and/or current (int, ampere)
CHARGING_SETTINGS = "chargingSettings"
FIND_VEHICLE = "findVehicle"
#: arguments: latitude, longitude (float), name (str) and optionally street, city, postalCode, country (str)
SEND_DESTINATION = "sendDestination"

ALL = (
    LOCK,
    UNLOCK,
    FLASH_LIGHTS,
    SOUND_HORN,
    CLIMATE_START,
    CLIMATE_STOP,
    CHARGE_START,
    CHARGE_STOP,
    CHARGING_SETTINGS,
    FIND_VEHICLE,
    SEND_DESTINATION,
)

QUEUED, SENT, PENDING, DELIVERED = "QUEUED", "SENT", "PENDING", "DELIVERED"
EXECUTED, FAILED, TIMED_OUT = "EXECUTED", "FAILED", "TIMED OUT"
FINAL = frozenset((EXECUTED, FAILED, TIMED_OUT))
UNDER_WAY = frozenset((QUEUED, SENT, PENDING, DELIVERED))

#: seconds: the same command sooner than that is the same press. One ON to a group is two commands for an item that is in two groups
#: below it, and a switch may bounce
SAME_PRESS = 1
#: command -> the one that it undoes
_UNDOES = {UNLOCK: LOCK, CLIMATE_STOP: CLIMATE_START, CHARGE_STOP: CHARGE_START}

#: texts that openHAB sends by itself, or has as the state of an empty item: never a command
_NOTHING = frozenset(("", "REFRESH", "NULL", "UNDEF"))
#: characters of a command; parsing a longer number could take very long
MAX_CHARACTERS = 500

#: switch item -> command for ON, command for OFF (None: OFF is ignored)
SWITCHES = {
    "lock": (LOCK, None),
    "unlock": (UNLOCK, None),
    "flashLights": (FLASH_LIGHTS, None),
    "soundHorn": (SOUND_HORN, None),
    "climate": (CLIMATE_START, CLIMATE_STOP),
    "charge": (CHARGE_START, CHARGE_STOP),
    "findVehicle": (FIND_VEHICLE, None),
}
#: number item -> argument of CHARGING_SETTINGS, lowest and highest value (mybmw.md section 5)
SETTINGS = {"chargingTarget": ("target", 20, 100), "chargingCurrentLimit": ("current", 6, 32)}
_UNITS = {"target": "%", "current": "A"}
#: command item -> its commands; the item is created if the cloud has at least one of them
ITEMS = dict((key, [command for command in pair if command]) for key, pair in SWITCHES.items())
ITEMS.update((key, [CHARGING_SETTINGS]) for key in SETTINGS)
ITEMS["destination"] = [SEND_DESTINATION]
ITEMS["command"] = list(ALL)


def subject(command):
    """What a command (str) is about (str): the same for two commands of which one undoes the other."""
    return _UNDOES.get(command, command)


def is_nothing(text):
    """True for a text that is not a command: openHAB's REFRESH, NULL and UNDEF, and blanks."""
    return text.strip() in _NOTHING


def of_item(key, text):
    """The (command, arguments) of an item command; (None, {}) for one without meaning (OFF of a push button, REFRESH).

    Args:
        key (str): vocabulary key of the command item; text (str): the item command.

    Raises:
        CommandFailed: not valid; the text says what is expected.
    """
    _check_length(text)
    if key in SWITCHES:
        return dict(zip(("ON", "OFF"), SWITCHES[key])).get(text), {}
    if is_nothing(text):
        return None, {}
    if key in SETTINGS:
        return CHARGING_SETTINGS, dict([_setting(key, text)])
    if key == "destination":
        return SEND_DESTINATION, _destination(text)
    return of_text(text)


def of_text(text):
    """The (command, arguments) of a line: ``lock``, ``chargingSettings target=80 current=16``, ``sendDestination 48.1,11.5 Home``.

    Raises:
        CommandFailed: not valid.
    """
    _check_length(text)
    name, _, rest = text.strip().partition(" ")
    command = dict((lower(known), known) for known in ALL).get(lower(name))
    if command is None:
        raise CommandFailed("There is no command '{}'".format(name[:40]), "use one of {}".format(", ".join(ALL)))
    if command == CHARGING_SETTINGS:
        keys = dict((argument, key) for key, (argument, _low, _high) in SETTINGS.items())
        pairs = [word.partition("=") for word in rest.split()]
        unknown = [argument for argument, _, _value in pairs if argument not in keys]
        if unknown or len(dict((pair[0], pair) for pair in pairs)) != len(pairs) or not pairs:
            raise CommandFailed("chargingSettings needs target=... or current=..., each once")
        return command, dict(_setting(keys[argument], value) for argument, _, value in pairs)
    if command == SEND_DESTINATION:
        return command, _destination(rest)
    if rest.strip():
        raise CommandFailed("'{}' stands alone, and more was written".format(command), "write only {}".format(command))
    return command, {}


def _check_length(text):
    if len(text) > MAX_CHARACTERS:
        raise CommandFailed("A command of {} letters is not read".format(len(text)))


def _setting(key, text):
    """(argument, whole number) of a setting like ``80``, ``80 %`` or ``16 A``."""
    argument, lowest, highest = SETTINGS[key]
    words = text.split()
    try:
        if words[1:] not in ([], [_UNITS[argument]]):
            raise ValueError()
        number = int(round(float(words[0])))
    except (ValueError, IndexError, OverflowError):
        raise CommandFailed("'{}' is not a number for {}".format(text[:20], key))
    if not lowest <= number <= highest:
        raise CommandFailed("{} is {}, it must be {} to {}".format(key, number, lowest, highest))
    return argument, number


def _destination(text):
    """Arguments of ``latitude,longitude name``."""
    place, _, name = text.strip().partition(" ")
    try:
        numbers = [float(part) for part in place.split(",")]
        # openHAB's Locations may have an altitude; more commas are decimal commas (48,1,11,5)
        if len(numbers) not in (2, 3) or not (abs(numbers[0]) <= 90 and abs(numbers[1]) <= 180):
            raise ValueError()
    except ValueError:
        raise CommandFailed("A destination is written as latitude,longitude name", "for example 48.137,11.575 Home")
    return {"latitude": numbers[0], "longitude": numbers[1], "name": name.strip() or "Destination"}
