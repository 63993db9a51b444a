"""Whether a car may be unlocked: the settings must allow it, and may require a second unlock command to confirm the first.

Pure: the time comes with the order.
"""

from __future__ import absolute_import, unicode_literals

from bmw.commands.definitions import SAME_PRESS
from bmw.record import record

#: seconds for the second unlock command, if the settings require two
CONFIRM_AFTER, CONFIRM_WITHIN = SAME_PRESS, 10
CONFIRM = "send unlock again within {} seconds to confirm".format(CONFIRM_WITHIN)

#: Permissions from an account's settings. account (str): its name; may_unlock, confirm_unlock (bool).
Rights = record("Rights", "account may_unlock confirm_unlock")


class Unlocking(object):
    """The permission of the account that sends the commands, and the first unlocks that wait for the second.

    Args:
        rights (Rights): of the sending account. The car's account is the order's; both must allow, and the stricter setting wins.
    """

    def __init__(self, rights):
        self._rights = rights
        self._firsts = {}  # (account, VIN) -> bmw.commands.commander.Moment

    def refusal(self, order):
        """Why this unlock (bmw.commands.commander.Order) is refused (text), or None."""
        return self._forbidden(order) or self._unconfirmed(order)

    def _forbidden(self, order):
        is_own = order.rights.account == self._rights.account
        forbid = [rights.account for rights in ([self._rights] if is_own else [order.rights, self._rights]) if not rights.may_unlock]
        if not forbid:
            return None
        settings = " and ".join("allow_unlock = yes" if is_own else "{}.allow_unlock = yes".format(account) for account in forbid)
        return "unlocking is not allowed: set {} in bmw.cfg".format(settings)

    def _unconfirmed(self, order):
        """If one of the accounts requires two unlocks, the second in time: a text for the first, None for the second."""
        if not (self._rights.confirm_unlock or order.rights.confirm_unlock):
            return None
        which = (order.rights.account, order.vehicle.vin)
        first = self._firsts.pop(which, None)
        if first is not None and all(CONFIRM_AFTER <= now - then <= CONFIRM_WITHIN for now, then in zip(order.accepted, first)):
            return None
        self._firsts[which] = order.accepted
        return CONFIRM
