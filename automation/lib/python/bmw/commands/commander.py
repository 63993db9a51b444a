"""Sends commands and polls their progress. One command per car at a time, and none that is too late.

Commands are only in memory: a restart sends no waiting command. Runs on the account's worker.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.commands import definitions
from bmw.commands.unlocking import Unlocking
from bmw.errors import BmwError, NetworkError, ServerError, Stopped, TooLate
from bmw.net.guard import Guard
from bmw.record import record
from bmw.steps import attempt

log = logging.getLogger("bmw")

#: a command that waits longer than so many seconds (for another command, a token or the network) is not sent
DEADLINE = 120
#: a request is not started with fewer seconds left: connecting takes time, and an interrupted request may have reached the car
LEAST = 5
#: seconds that the clock may have been set back; a command further in the future is not sent
CLOCK_BACK = 2
#: polling a command's progress stops after so many refusals in a row
MAX_REFUSALS = 3
#: a command's progress is polled at least so often before its timeout
MIN_POLLS = 4.0

UNKNOWN = "how it ended is not known, look at the car ({})"
_LATE = "it could not be sent in time"
_MISTAKE = "unexpected error, see openHAB's log"

#: A time by two clocks: epoch seconds, and the seconds of ``Worker.now``, which nobody can set.
Moment = record("Moment", "clock steady")


class Order(object):
    """A command that is waiting or running.

    Attributes:
        vehicle (bmw.vehicle.vehicle.Vehicle), command (str), arguments (dict)
        life (bmw.commands.progress.CommandProgress): shows its progress.
        accepted (Moment)
        rights (bmw.commands.unlocking.Rights): permissions of the car's account.
        on_changed: called without arguments when the command has changed the car, or may have.
        ended_at (float or None): seconds of ``Worker.now``.
        is_void (bool): it has ended, and the car did not get it or refused it.
    """

    def __init__(self, vehicle, command, arguments, life, accepted, rights, on_changed=None):
        self.vehicle = vehicle
        self.command = command
        self.arguments = arguments
        self.life = life
        self.accepted = accepted
        self.rights = rights
        self.on_changed = on_changed or (lambda: None)
        self.sent_at = None
        self.receipt = None
        self.refusals = 0
        self.ended_at = None
        self.is_void = False


class _OrderGuard(Guard):
    """Allows a command's requests while the command is in time and the commander is not halted."""

    def __init__(self, commander, order):
        self._commander = commander
        self._order = order

    def check(self):
        if self._commander.is_halted or self._order.life.is_ended:
            raise Stopped()
        if self._commander.seconds_left(self._order) < LEAST:
            raise TooLate(_LATE)

    def leave(self):
        self.check()
        if not self._order.life.leave():
            raise Stopped()
        return self._commander.seconds_left(self._order)


class Commander(object):
    """Sends the commands of one account.

    Args:
        parts (bmw.parts.Parts): those of the account. Its setting command_timeout (int, seconds) is for a command; None = the
            cloud's own time.
        sessions (bmw.account.session.Sessions): makes those of the commands.
        rights (bmw.commands.unlocking.Rights): permissions of the sending account.

    Attributes:
        is_halted (bool): nothing more is sent.
    """

    def __init__(self, parts, sessions, rights):
        self._cloud = parts.cloud
        self._clock = parts.clock
        self._worker = parts.worker
        self._sessions = sessions
        self._unlocking = Unlocking(rights)
        self._timeout = parts.config.command_timeout or parts.cloud.COMMAND_TIMEOUT
        self._poll_every = min(parts.cloud.POLL_COMMAND, self._timeout / MIN_POLLS)
        self._waiting = []
        self._running = {}  # vin -> Order
        self._newest = {}  # (vin), (vin, subject) and (vin, subject, account) -> the Order taken last
        self.is_halted = False

    def halt(self):
        """Sends nothing more. The caller reports how the orders ended. May be called from any thread."""
        self.is_halted = True

    def seconds_left(self, order):
        """Seconds until the order is too late. The clock may have been set, so the longer of two ages counts."""
        age = self._clock.now() - order.accepted.clock
        if age < -CLOCK_BACK:
            return 0.0
        return DEADLINE - max(age, self._worker.now() - order.accepted.steady)

    def take(self, order):
        """Accepts or refuses an order, and sends it if possible."""
        if self._is_repeated(order):
            log.info("%s: '%s' is dropped, the same command is still under way or was given just now", order.vehicle.name, order.command)
            order.life.drop()
            return
        problem = self._refusal(order)
        if problem:
            order.life.tell(definitions.FAILED, problem)
            return
        self._newest.update((key, order) for key in _keys(order))
        order.life.tell(definitions.QUEUED)
        self._waiting.append(order)
        self._send_next(order.vehicle.vin)

    def _refusal(self, order):
        """Why the order is refused, or None."""
        if order.command not in self._cloud.COMMANDS:
            kind = "" if self._cloud.COMMANDS else " (read-only)"
            return "not supported by {}{}".format(self._cloud.title, kind)
        return self._unlocking.refusal(order) if order.command == definitions.UNLOCK else None

    def _is_repeated(self, order):
        """True if the same was ordered before and may have an effect, and nothing was ordered since that undoes it: by the same press,
        or while it was under way as the car's newest command.

        A command from another account does not count: its progress is shown in that account's items only.
        """
        of_car, about_it, own = [self._newest.get(key) for key in _keys(order)]
        if own is None or own.is_void or (own.command, own.arguments) != (order.command, order.arguments):
            return False
        if about_it.command != order.command:
            return False  # another account undid it
        if order.accepted.steady - own.accepted.steady < definitions.SAME_PRESS:
            return True
        # it may have ended meanwhile: while BMW lets a request wait, no order is taken
        return of_car is own and (own.ended_at is None or order.accepted.steady < own.ended_at)

    def _send_next(self, vin):
        """Sends the car's oldest waiting order if none is running."""
        while vin not in self._running and not self.is_halted:
            order = next((other for other in self._waiting if other.vehicle.vin == vin), None)
            if order is None:
                return
            self._waiting.remove(order)
            if self.seconds_left(order) < LEAST:
                order.is_void = True
                order.life.tell(definitions.TIMED_OUT, _LATE)
                continue
            self._running[vin] = order
            self._send(order)

    def _send(self, order):
        order.life.tell(definitions.SENT)
        try:
            session = self._sessions.new(guard=_OrderGuard(self, order))
            order.receipt = self._cloud.send_command(session, order.vehicle, order.command, order.arguments)
        except Stopped:
            self._running.pop(order.vehicle.vin)
        except TooLate:
            self._end(order, definitions.TIMED_OUT, _LATE)
        except BmwError as error:
            self._end(order, *_end_by(order, error))
        except:  # noqa: E722 - on Jython a Java exception is not a Python Exception
            self._end_unexpectedly(order)
        else:
            self._go_on(order)

    def _go_on(self, order):
        """Ends a sent command that is already done, or polls its progress."""
        order.sent_at = self._worker.now()
        if order.receipt is None:
            self._end(order, definitions.EXECUTED, "")
        else:
            self._worker.every(_timer(order), self._poll_every, lambda: self._poll(order), first=self._poll_every)

    def _poll(self, order):
        progress, trouble = None, ""
        try:
            progress = self._cloud.poll_command(self._sessions.new(), order.vehicle, order.receipt)
            order.refusals = 0
        except BmwError as error:
            # a failed poll is not a failed command: the car may have executed it
            order.refusals += 0 if error.transient else 1
            trouble = UNKNOWN.format(error.problem)
        except Stopped:
            return
        except:  # noqa: E722 - on Jython a Java exception is not a Python Exception
            self._end_unexpectedly(order)
            return
        if progress is not None and progress.state in definitions.FINAL:
            self._end(order, progress.state, progress.reason)
        elif self._worker.now() - order.sent_at >= self._timeout or order.refusals >= MAX_REFUSALS:
            self._end(order, definitions.TIMED_OUT, trouble)
        elif progress is not None:
            order.life.tell(progress.state)

    def _end_unexpectedly(self, order):
        """Ends an order after an unexpected error, so that it does not block the car's further commands."""
        attempt(lambda: log.exception("Unexpected error while sending '%s'", order.command))
        if order.life.has_left:
            self._end(order, definitions.TIMED_OUT, UNKNOWN.format(_MISTAKE))
        else:
            self._end(order, definitions.FAILED, _MISTAKE)

    def _end(self, order, state, reason):
        self._worker.cancel(_timer(order))
        self._running.pop(order.vehicle.vin, None)
        order.ended_at, order.is_void = self._worker.now(), state == definitions.FAILED or not order.life.has_left
        try:
            order.life.tell(state, reason)
            if state == definitions.EXECUTED or (state == definitions.TIMED_OUT and order.life.has_left):
                order.on_changed()
        finally:
            self._send_next(order.vehicle.vin)  # an unexpected error must not keep the next one waiting


def _timer(order):
    """The name of the recurring work of an order that runs: one per car, as a car has one such order."""
    return "command of " + order.vehicle.vin


def _keys(order):
    """Its keys in ``Commander._newest``."""
    whole = order.vehicle.vin, definitions.subject(order.command), order.rights.account
    return [whole[:length] for length in (1, 2, 3)]


def _end_by(order, error):
    """(state, reason) of a command that could not be sent. It is never sent again by itself, and not said to have failed where the car
    may have got it: whether a request without an answer reached the car is not known."""
    if not isinstance(error, (NetworkError, ServerError)):
        return definitions.FAILED, error.text()
    if not order.life.has_left or not getattr(error, str("has_left"), True):
        return definitions.FAILED, "{}: the command was not sent, send it again".format(error.problem)
    return definitions.TIMED_OUT, "{}: whether the car got it is not known, look at it before you send it again".format(error.problem)
