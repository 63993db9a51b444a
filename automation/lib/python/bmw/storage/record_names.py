"""The names of an account's records in the store, which are the names of its files."""

from __future__ import absolute_import, unicode_literals

import hashlib

from bmw.compat import to_bytes

_TOKEN, _STATE, _READINGS, _CALLS, _CHARGES, _TRIPS = ENDS = (".token", ".state", ".readings", ".calls", ".charges", ".trips")


def token(account, cloud):
    """The record (text) with the tokens of an account at a cloud (names)."""
    return "{}.{}{}".format(account, cloud, _TOKEN)


def calls(account, cloud):
    """The record (text) with the calls and polls of an account at a cloud (names)."""
    return "{}.{}{}".format(account, cloud, _CALLS)


def state(account):
    """The record (text) with what hardly ever changes of an account (name), whichever its cloud."""
    return account + _STATE


def readings(account):
    """The record (text) with what the cars of an account (name) said last, whichever its cloud."""
    return account + _READINGS


def charges(account, vin):
    """The log (text) of a car's charges, whichever the cloud. It is not sealed, so that it outlives a lost key."""
    return _log(account, vin, _CHARGES)


def trips(account, vin):
    """The same of its trips."""
    return _log(account, vin, _TRIPS)


def _log(account, vin, end):
    return "{}.{}{}".format(account, hashlib.sha256(to_bytes(vin)).hexdigest()[:12], end)
