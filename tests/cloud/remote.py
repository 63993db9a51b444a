"""Remote services: a command's way to the car, what it changes there, and the log of all commands.

Each cloud words states and errors itself; this room knows the canonical car and the simulated clock only. How
the next commands go is the plan, which a test sets. It must not know HTTP or any API.
"""

import math
import threading
import uuid

from .errors import CloudError
from .scenario import CHARGE_W, ENTER, STOP_CHARGING

# All but EXECUTED and NEVER are failures; with NEVER the command stays at its last step.
OUTCOMES = ("EXECUTED", "FAILED", "ERROR", "TIMED_OUT", "NEVER")
STEPS = ("PENDING", "DELIVERED")
PLAN = {
    "outcome": "EXECUTED",
    "steps": STEPS,  # states before the outcome; (): executed with the first answer
    "per_poll": 1,  # polls per step
    "per_step_seconds": None,  # instead: duration of each step by the simulated clock
    "settle_seconds": 0,  # time after EXECUTED in which the car's data still show the old state
    "reason": "",  # BMW's word for a failure; "": the usual one of the cloud
}
CLIMATE_SECONDS = 1800


def _nothing(car, arguments):
    return {}


def _lock(car, arguments):
    return {"lock": "LOCKED", "trunk_locked": True, "alarm_armed": "doorsTiltCabin"}


def _unlock(car, arguments):
    return {"lock": "UNLOCKED", "trunk_locked": False, "alarm_armed": "unarmed"}


def _climate_start(car, arguments):
    return {
        "climate_activity": arguments.get("activity", "HEATING"),
        "climate_remaining_s": CLIMATE_SECONDS,
        "climate_progress": 0,
        "deep_sleep": False,
    }


def _climate_stop(car, arguments):
    return {"climate_activity": "STANDBY", "climate_remaining_s": 0, "climate_progress": 0}


def _charge(car, arguments):
    missing = max(0.0, (car["soc_target"] or 100) - car["soc"]) / 100.0 * car["battery_usable_kwh"]
    fields = {name: value for name, value in ENTER["charge"].items() if name.startswith("charging_")}
    return dict(
        fields,
        charging_immediate=True,
        charging_method="AC_TYPE2PLUG",
        charging_time_remaining_min=math.ceil(missing / (CHARGE_W / 1000.0) * 60),
    )


def _stop_charging(car, arguments):
    return dict(STOP_CHARGING, charging_status="NOT_CHARGING", charging_immediate=False, charging_end_reason="END_REQUESTED_BY_DRIVER")


def _given(*names):
    """Returns an effect that sets these fields, if the arguments contain them."""
    return lambda car, arguments: {name: arguments[name] for name in names if arguments.get(name) is not None}


# command -> function that returns its changes to the car
EFFECTS = {
    "lock": _lock,
    "unlock": _unlock,
    "flashLights": _nothing,
    "soundHorn": _nothing,
    "findVehicle": _nothing,
    "view360": _nothing,
    "climateStart": _climate_start,
    "climateStop": _climate_stop,
    "climateSchedule": _given("timers", "charging_with_climate"),
    "chargeNow": _charge,
    "chargeStart": _charge,
    "chargeStop": _stop_charging,
    "chargingSettings": _given("soc_target", "charging_ac_limit_a"),
    "chargingProfile": _given(
        "charging_preference", "charging_immediate", "charging_with_climate", "charging_window_start", "charging_window_end", "timers"
    ),
    "sendDestination": _nothing,
    "sendMessage": _nothing,
}

# command -> condition of the car; if it is not met, the command reaches the car and fails there
NEEDS = {
    "chargeNow": lambda car: car["plugged"],
    "chargeStart": lambda car: car["plugged"],
    "chargeStop": lambda car: car["charging_status"] == "CHARGING",
}


class Command:
    """A command: `state` is the last one that was sent; `service` is the cloud's name for the command."""

    def __init__(self, vin, command, cloud, service, arguments, now, plan):
        self.event_id = str(uuid.uuid4())
        self.vin = vin
        self.command = command
        self.cloud = cloud
        self.service = service
        self.arguments = arguments
        self.time = now
        self.plan = plan
        self.polls = 0
        self.state = plan["steps"][0] if plan["steps"] else plan["outcome"]
        self.finished = None
        self.took_effect = False

    def as_dict(self):
        return {
            "vin": self.vin,
            "command": self.command,
            "cloud": self.cloud,
            "service": self.service,
            "arguments": self.arguments,
            "time": self.time,
            "state": self.state,
            "polls": self.polls,
            "event_id": self.event_id,
        }


class Remote:
    def __init__(self, clock, garage):
        self._clock = clock
        self._garage = garage
        self._lock = threading.RLock()
        self._plan = dict(PLAN)
        self._commands = []

    def plan(self, changes):
        """Plan the commands from now on; settings that are not given get their defaults again."""
        unknown = set(changes) - set(PLAN)
        if unknown:
            raise CloudError("a command plan has %s, not %s" % (", ".join(sorted(PLAN)), ", ".join(sorted(unknown))))
        plan = dict(PLAN, **changes)
        plan["steps"] = tuple(plan["steps"])
        if plan["outcome"] not in OUTCOMES or not set(plan["steps"]) <= set(STEPS):
            raise CloudError("an outcome is one of %s, a step one of %s" % (", ".join(OUTCOMES), ", ".join(STEPS)))
        if plan["per_poll"] < 1 or (plan["outcome"] == "NEVER" and not plan["steps"]):
            raise CloudError("a step is told at least once, and NEVER needs a step to stay at")
        with self._lock:
            self._plan = plan

    def start(self, cloud, vin, command, service, arguments=None, at_once=False):
        """Start a command; with `at_once` the cloud itself executes it, without waiting for the car."""
        with self._garage.lock:
            reachable = NEEDS.get(command, bool)(self._garage.car(vin).fields)
        with self._lock:
            plan = dict(PLAN, steps=()) if at_once else dict(self._plan)
            if not reachable and plan["outcome"] == "EXECUTED":
                plan["outcome"] = "FAILED"
            sent = Command(vin, command, cloud, service, arguments or {}, self._clock.now(), plan)
            self._commands.append(sent)
        if not plan["steps"]:
            self._finish(sent, sent.time)
        return sent

    def poll(self, command):
        """A client polls the command: returns its state, which this poll may move on."""
        with self._lock:
            command.polls += 1
            step = (command.polls - 1) // command.plan["per_poll"]
        if command.plan["per_step_seconds"] is None:
            self._reach(command, step, self._clock.now())
        self.advance()
        return command.state

    def advance(self):
        """Move commands on by the clock. Each request calls it first, so no answer is outdated."""
        now = self._clock.now()
        for command in self._all():
            pace = command.plan["per_step_seconds"]
            if command.finished is None and pace is not None:
                step = math.inf if pace <= 0 else int((now - command.time) // pace)
                due = command.time + pace * len(command.plan["steps"])
                self._reach(command, step, due)
            self._take_effect(command, now)

    def find(self, cloud, event_id):
        return next((one for one in self._all() if one.cloud == cloud and one.event_id == event_id), None)

    def last(self, cloud, vin, service=None):
        """The newest command of this cloud to this car, optionally of this service."""
        return next(
            (one for one in reversed(self._all()) if one.cloud == cloud and one.vin == vin and service in (None, one.service)), None
        )

    def of_car(self, cloud, vin):
        return [one for one in self._all() if one.cloud == cloud and one.vin == vin]

    def log(self):
        self.advance()
        return [one.as_dict() for one in self._all()]

    def clear(self):
        with self._lock:
            self._commands = []

    def _all(self):
        with self._lock:
            return list(self._commands)

    def _reach(self, command, step, due):
        steps = command.plan["steps"]
        if step >= len(steps) and command.plan["outcome"] != "NEVER":
            self._finish(command, due)
            return
        with self._lock:
            if command.finished is None:
                command.state = steps[min(step, len(steps) - 1)]

    def _finish(self, command, moment):
        with self._lock:
            if command.finished is None:
                command.finished = moment
                command.state = command.plan["outcome"]
        self._take_effect(command, self._clock.now())

    def _take_effect(self, command, now):
        if command.state != "EXECUTED" or now < command.finished + command.plan["settle_seconds"]:
            return
        with self._lock:
            if command.took_effect:
                return
            command.took_effect = True
        try:
            with self._garage.lock:
                fields = EFFECTS[command.command](self._garage.car(command.vin).fields, command.arguments)
        except CloudError:
            return  # the car was sold meanwhile
        # without the lock: a listener may read the car
        if fields:
            self._garage.set_car(command.vin, fields)
