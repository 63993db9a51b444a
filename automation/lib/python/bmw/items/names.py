"""The user's own item names instead of the default ones: shipped maps for well-known items, or the user's file.

A map is {key: item name}. The key is from the vocabulary (account, car or command); for a second car it is ``name.key``.
"""

from __future__ import absolute_import, unicode_literals

import os

from bmw.compat import lines_of, text_of_file, upper_first
from bmw.config import ITEM_NAME, few
from bmw.errors import ConfigError, StoreError
from bmw.items.model import account_prefix
from bmw.storage import files
from bmw.vehicle import extra
from bmw.vehicle.vocabulary import ACCOUNT, COMMAND, LOGS, PICTURE, VEHICLE

#: the items of the forum thread "Binding for BMW i3" (names as written there)
_THREAD = {
    "doorLockState": "doorLockState",
    "doorDriverFront": "doorDriverFront",
    "doorPassengerFront": "doorPassengerFront",
    "doorDriverRear": "doorDriverRear",
    "doorPassengerRear": "doorPassengerRear",
    "stateOfCharge": "chargingLevelHv",
    "electricRange": "remainingRangeElectric",
    "forceUpdate": "bmwforceupadte",
    "accessToken": "access_token",
    "tokenExpiry": "token_expiry",
}
#: the items of the bmwcdapi script, which came later (connecteddrive.md, B5)
_BMWCDAPI = {
    "stateOfCharge": "Bmw_chargingLevelHv",
    "electricRange": "Bmw_beRemainingRangeElectric",
    "fuelRange": "Bmw_beRemainingRangeFuel",
    "odometer": "Bmw_mileage",
    "chargingStatus": "Bmw_chargingSystemStatus",
    "doorLockState": "Bmw_doorLockState",
    "lastUpdate": "Bmw_updateTimeConverted",
    "fuelVolume": "Bmw_remainingFuel",
    "batteryCapacity": "Bmw_socMax",
    "position": "Bmw_gpsLatLng",
    "lastChargingResult": "Bmw_lastChargingEndResult",
    "accessToken": "Bmw_accessToken",
    "tokenExpiry": "Bmw_tokenExpires",
    "forceUpdate": "Bmw_ForceUpdate",
    "climate": "Bmw_Climate",
    "lock": "Bmw_LockDoors",
    "unlock": "Bmw_UnlockDoors",
}

SHIPPED = {"thread": _THREAD, "bmwcdapi": _BMWCDAPI}


def load(setting, conf_folder, prefix="BMW", accounts=("",)):
    """The map for the setting ``names``.

    Args:
        setting (str): '', a name in SHIPPED, or a file relative to ``conf_folder`` with lines ``key = itemName``.
        prefix (str), accounts (list of str): start of our default item names, and the names of the accounts.

    Returns:
        (dict, list of ConfigError): the map, and the errors in the file; wrong lines are skipped.
    """
    if not setting:
        return {}, []
    if setting in SHIPPED:
        return SHIPPED[setting], []
    try:
        data = files.read_settings(os.path.join(conf_folder, setting))
    except StoreError as error:
        return {}, [error]
    if data is None:
        shipped = ", ".join(sorted(SHIPPED))
        return {}, [ConfigError("names: there is no file {}".format(setting), "use {} or a file in conf".format(shipped))]
    return _parse(text_of_file(data), prefix, accounts)


def _parse(text, prefix="BMW", accounts=("",)):
    names, keys, problems = {}, {}, []
    ours = _Ours(prefix, accounts)
    for line in lines_of(text):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        key, _, name = [part.strip() for part in line.partition("=")]
        point = key.rpartition(".")[2]
        if not extra.is_key(point) and not any(point in table for table in (ACCOUNT, COMMAND, VEHICLE, LOGS, (PICTURE.key,))):
            problems.append(ConfigError("names: there is no value '{}'".format(key)))
        elif not ITEM_NAME.match(name):
            problems.append(ConfigError("names: '{}' is not a valid item name".format(name)))
        elif key in names:
            problems.append(ConfigError("names: '{}' occurs twice".format(key), "only the first line is used"))
        elif name in keys:
            text = "names: '{}' and '{}' have the same item {}".format(keys[name], key, name)
            problems.append(ConfigError(text, "give each its own item; the line of '{}' is ignored".format(key)))
        elif ours.takes(key, name):
            text = "names: {} for '{}' is the name of another item of this module".format(name, key)
            problems.append(ConfigError(text, "choose another name"))
        else:
            names[key], keys[name] = name, key
    return names, few(problems)


class _Ours(object):
    """Checks whether a name belongs to another item that the module creates."""

    def __init__(self, prefix, accounts):
        starts = [account_prefix(prefix, account) for account in accounts]
        self._prefix = prefix + "_"
        self._others = tuple(start + "_" for start in starts[1:])  # own names apply to the first account only
        self._account = dict(("{}_{}".format(start, upper_first(key)), key) for start in starts for key in ACCOUNT)
        self._groups = set([prefix] + [start + "_gAccount" for start in starts])
        self._points = dict((upper_first(key), key) for table in (VEHICLE, COMMAND, LOGS, (PICTURE.key,)) for key in table)

    def takes(self, key, name):
        """True if ``name`` is the item of another key than ``key``, or may be for some car's name."""
        if name in self._groups:
            return True
        start, _, end = name.rpartition("_")
        # the item of the same key of another car is allowed: a former car may have had it
        meant = self._account.get(name) or (self._points.get(end) if start.startswith(self._prefix) else None)
        return meant is not None and (meant != key.rpartition(".")[2] or name.startswith(self._others))
