"""One command's life: accepted, sent, polled, ended. Never two at once for one car, never one that is late.

Commands are kept in memory only: after a restart nothing is sent that was waiting before. Runs on the account's worker.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw import commands
from bmw.errors import BmwError, NetworkError, ServerError

log = logging.getLogger("bmw")

#: seconds after which a command that waits for another one, or for the network, is no longer sent
DEADLINE = 120
#: seconds within which the second unlock must come where the configuration asks for two
CONFIRM_WITHIN = 10
#: refusals in a row, while asking how far a command is, after which it is asked no further
MOST_REFUSALS = 3
#: how far a command is, is asked at least so often before its time is over
ASK_AT_LEAST = 4.0


class Order(object):
    """A command on its way.

    Attributes:
        vehicle (bmw.vehicle.Vehicle), command (str), arguments (dict)
        show: called with (state, reason) at every step; state is a word of ``bmw.commands``.
        accepted_at (float): epoch seconds.
        on_dropped: called instead when the same command is still under way; may be None.
    """

    def __init__(self, vehicle, command, arguments, show, accepted_at, on_dropped=None):
        self.vehicle = vehicle
        self.command = command
        self.arguments = arguments
        self.show = show
        self.accepted_at = accepted_at
        self.on_dropped = on_dropped or (lambda: None)
        self.sent_at = None
        self.receipt = None
        self.refusals = 0


class Commander(object):
    """Sends the commands of one account.

    Args:
        cloud (bmw.clouds.base.Cloud), clock, worker: what it uses.
        new_session: callable that gives a bmw.session.Session for calls in the name of a person.
        on_executed: called with the vehicle when a command has changed it.
        may_unlock, confirm_unlock (bool), timeout (int or None): settings; None = the cloud's own time.
    """

    def __init__(self, cloud, clock, worker, new_session, on_executed, may_unlock, confirm_unlock, timeout=None):
        self._cloud = cloud
        self._clock = clock
        self._worker = worker
        self._new_session = new_session
        self._on_executed = on_executed
        self._may_unlock = may_unlock
        self._confirm_unlock = confirm_unlock
        self._timeout = timeout or cloud.COMMAND_TIMEOUT
        self._poll_every = min(cloud.POLL_COMMAND, self._timeout / ASK_AT_LEAST)
        self._first_unlock_at = {}
        self._waiting = []
        self._running = {}  # vin -> Order

    def take(self, order):
        """Accepts or refuses an order; one that can be sent is sent."""
        problem = self._refusal(order)
        if problem:
            order.show(commands.FAILED, problem)
        elif self._is_repeated(order):
            log.info("%s: '%s' is dropped, the same command is still under way", order.vehicle.name, order.command)
            order.on_dropped()
        else:
            order.show(commands.QUEUED, "")
            self._waiting.append(order)
            self._send_next(order.vehicle.vin)

    def _refusal(self, order):
        """Why the order cannot be taken, or None."""
        if order.command not in self._cloud.COMMANDS:
            kind = "" if self._cloud.COMMANDS else " (read-only)"
            return "not supported by {}{}".format(self._cloud.title, kind)
        if order.command != commands.UNLOCK:
            return None
        if not self._may_unlock:
            return "unlocking is not allowed: set allow_unlock = yes in bmw.cfg"
        return self._unconfirmed(order) if self._confirm_unlock else None

    def _unconfirmed(self, order):
        """Unlocking takes two commands within CONFIRM_WITHIN seconds: an answer to the first, None for the second."""
        first = self._first_unlock_at.pop(order.vehicle.vin, None)
        if first is not None and 0 <= order.accepted_at - first <= CONFIRM_WITHIN:
            return None
        self._first_unlock_at[order.vehicle.vin] = order.accepted_at
        return "send unlock again within {} seconds to confirm".format(CONFIRM_WITHIN)

    def _is_repeated(self, order):
        present = [other for other in self._waiting + list(self._running.values()) if other.vehicle.vin == order.vehicle.vin]
        return any((other.command, other.arguments) == (order.command, order.arguments) for other in present)

    def _send_next(self, vin):
        """Sends the oldest waiting order of a car that has none under way."""
        while vin not in self._running:
            order = next((other for other in self._waiting if other.vehicle.vin == vin), None)
            if order is None:
                return
            self._waiting.remove(order)
            if not 0 <= self._clock.now() - order.accepted_at <= DEADLINE:
                order.show(commands.TIMED_OUT, "it could not be sent in time")
                continue
            self._running[vin] = order
            self._send(order)

    def _send(self, order):
        order.sent_at = self._worker.now()
        order.show(commands.SENT, "")
        try:
            order.receipt = self._cloud.send_command(self._new_session(), order.vehicle, order.command, order.arguments)
        except BmwError as error:
            self._end(order, commands.FAILED, _why_not_sent(error))
            return
        except:  # noqa: E722 - on Jython a Java exception is no Python Exception
            self._fail_unexpectedly(order)
            return
        if order.receipt is None:
            self._end(order, commands.EXECUTED, "")
        else:
            self._poll_later(order)

    def _poll_later(self, order):
        self._worker.later("command of " + order.vehicle.vin, self._poll_every, lambda: self._poll(order))

    def _poll(self, order):
        progress, trouble = None, ""
        try:
            progress = self._cloud.poll_command(self._new_session(), order.vehicle, order.receipt)
            order.refusals = 0
        except BmwError as error:
            # the car may have done it already: that asking fails does not make the command a failure
            order.refusals += 0 if error.transient else 1
            trouble = "how it ended is not known, look at the car ({})".format(error.problem)
        except:  # noqa: E722 - on Jython a Java exception is no Python Exception
            self._fail_unexpectedly(order)
            return
        if progress is not None and progress.state in commands.FINAL:
            self._end(order, progress.state, progress.reason)
        elif self._worker.now() - order.sent_at >= self._timeout or order.refusals >= MOST_REFUSALS:
            self._end(order, commands.TIMED_OUT, trouble)
        else:
            if progress is not None:
                order.show(progress.state, "")
            self._poll_later(order)

    def _fail_unexpectedly(self, order):
        """A mistake of ours must not block the car's further commands."""
        log.exception("Unexpected error while sending '%s'", order.command)
        self._end(order, commands.FAILED, "unexpected error, see openHAB's log")

    def _end(self, order, state, reason):
        self._running.pop(order.vehicle.vin, None)
        order.show(state, reason)
        if state == commands.EXECUTED:
            self._on_executed(order.vehicle)
        self._send_next(order.vehicle.vin)


def _why_not_sent(error):
    """The reason shown. A command is never sent again by itself: whether a lost request reached the car is not known."""
    if isinstance(error, (NetworkError, ServerError)):
        return "{}: whether the car got it is not known, look at it before you send it again".format(error.problem)
    return error.text()
