"""The module's side of ``bmw.api``: answers questions about the cars and accepts commands, as JSON text.

JSON text, because a user's script has its own Python modules and could not use our objects. Users' rules call this on their own
threads; it never blocks. Knows the services, no Java and no openHAB.
"""

from __future__ import absolute_import, unicode_literals

import json
import logging
import threading

from bmw.commands import definitions
from bmw.errors import BmwError, CommandFailed

log = logging.getLogger("bmw")


class ApiHost(object):
    """Answers for the accounts' services.

    Args:
        services (list of (str, bmw.polling.service.Service)): name and service of each account, in the order of the configuration.
    """

    def __init__(self, services):
        self._services = services
        self._lock = threading.Lock()
        self._ends = []
        self._is_closed = False
        self._answers = {
            "cars": self._cars,
            "readings": self._readings,
            "can": self._can,
            "command": self._command,
            "diagnostics": self._diagnostics,
        }

    def answer(self, text, end=None):
        """Answers a question (JSON text) with JSON text ``{"answer": ...}`` or ``{"error": line}``. Never raises.

        Args:
            end: object with ``complete(text)``; a command calls it once with JSON text ``[state, reason]``.
        """
        try:
            question = json.loads(text)
            return json.dumps({"answer": self._answers[question["do"]](question, end)})
        except BmwError as error:
            return json.dumps({"error": error.text()})
        except:  # noqa: E722 - no exception of ours may reach a user's script
            log.exception("Unexpected error in bmw.api")
            return json.dumps({"error": "Unexpected error, see openHAB's log"})

    def shut(self):
        """Accepts no more commands."""
        with self._lock:
            self._is_closed = True

    def close(self):
        """Accepts no more commands, and reports FAILED for every command without a result."""
        with self._lock:
            self._is_closed = True
            ends, self._ends = self._ends, []
        for end in ends:
            end.tell(definitions.FAILED, "the BMW module was stopped before the command ended")

    def _cars(self, _question, _end):
        return [[account, vehicle.name] for account, service in self._services for vehicle in service.vehicles()]

    def _readings(self, question, _end):
        _service, vehicle = self._find(question)
        readings = dict(vehicle.readings)  # a copy, because the service's thread changes it
        wanted = list(readings) if question["keys"] is None else question["keys"]
        return dict((key, readings[key].to_list()) for key in wanted if key in readings)

    def _can(self, question, _end):
        service, _vehicle = self._find(question)
        return sorted(service.can_command)

    def _diagnostics(self, question, _end):
        wanted = question["account"]
        for account, service in self._services:
            if wanted in (None, account):
                return service.diagnostics()
        raise BmwError("There is no account '{}'".format(wanted), "use a name of accounts in bmw.cfg")

    def _command(self, question, end):
        service, vehicle = self._find(question)
        command, arguments = definitions.of_text(question["command"])
        end = _End(end)
        with self._lock:
            if self._is_closed:
                raise CommandFailed("The BMW module is being stopped")
            self._ends.append(end)

        def show(state, reason):
            if state in definitions.FINAL:
                with self._lock:
                    self._ends = [other for other in self._ends if other is not end]
                end.tell(state, reason)

        def on_dropped():
            show(definitions.FAILED, "the same command is still under way or was given just now")

        service.command(vehicle.name, command, arguments, show, on_dropped)

    def _find(self, question):
        """(service, vehicle) of a question."""
        for account, service in self._services:
            for vehicle in service.vehicles():
                if (account, vehicle.name) == (question["account"], question["car"]):
                    return service, vehicle
        raise BmwError("There is no car '{}'".format(question["car"]), "bmw.api.cars() lists the cars")


class _End(object):
    """The result that a script waits for. Its object is released after use, because Jython may keep our engine for a long time."""

    def __init__(self, waiting):
        self._waiting = waiting

    def tell(self, state, reason):
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.complete(json.dumps([state, reason]))
