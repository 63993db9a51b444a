"""A day in the life of a car: what it reports while it is driven, parked, plugged in and charged.

`begin` and `step` are pure: fields and seconds in, fields out. Only `Runner` knows threads, and it advances
a car by the time that passed on the simulated clock.
"""

import math
import threading

from .errors import CloudError

SPEED_KMH = 50.0
KWH_PER_100KM = 14.2
LITRES_PER_100KM = 6.4
CHARGE_W = 7200
HEADING = 62
# Longer steps are divided into steps of this many seconds, so that each phase takes place.
GRAIN = 30.0

DAY = "day"

# (phase, longest duration in seconds). A phase ends early when nothing is left to do.
PHASES = [
    ("asleep", 120),
    ("precondition", 600),
    ("leave", 60),
    ("drive", 1800),
    ("arrive", 60),
    ("plug_in", 30),
    ("charge", 6 * 3600),
    ("charged", 300),
    ("unplug", 30),
    ("drive_back", 1800),
    ("park", 60),
    ("locked", 120),
]
NEEDS_BATTERY = {"plug_in", "charge", "charged", "unplug"}

CLOSED_UP = {"lock": "SECURED", "door_driver_front": "CLOSED", "trunk": "CLOSED", "alarm_armed": "doorsTiltCabin"}
STANDING = {"moving": False, "engine_on": False, "ignition_on": False, "lights_on": False}
STOP_CHARGING = {
    "charging_power_w": 0,
    "charging_current_a": 0,
    "charging_voltage_v": 0,
    "charging_phases": 0,
    "charging_time_remaining_min": 0,
}

# phase -> what the car sends when it begins
ENTER = {
    "asleep": dict(CLOSED_UP, deep_sleep=True, **STANDING),
    "precondition": {
        "deep_sleep": False,
        "climate_activity": "HEATING",
        "climate_remaining_s": 600,
        "climate_progress": 0,
        "rear_defrost": True,
    },
    "leave": {
        "climate_activity": "INACTIVE",
        "climate_remaining_s": 0,
        "climate_progress": 0,
        "rear_defrost": False,
        "lock": "UNLOCKED",
        "alarm_armed": "unarmed",
        "door_driver_front": "OPEN",
    },
    "drive": {
        "door_driver_front": "CLOSED",
        "lock": "LOCKED",
        "moving": True,
        "engine_on": True,
        "ignition_on": True,
        "lights_on": True,
        "heading": HEADING,
    },
    "arrive": dict(STANDING, lock="UNLOCKED", door_driver_front="OPEN"),
    "plug_in": {
        "door_driver_front": "CLOSED",
        "charging_flap": "OPEN",
        "charging_flap_locked": False,
        "plugged": True,
        "plug_locked": True,
        "charging_status": "INITIALIZATION",
        "charging_method": "AC_TYPE2PLUG",
    },
    "charge": {
        "charging_status": "CHARGING",
        "charging_power_w": CHARGE_W,
        "charging_voltage_v": 230,
        "charging_current_a": 32,
        "charging_phases": 1,
        "lock": "SECURED",
        "alarm_armed": "doorsTiltCabin",
    },
    "charged": dict(
        STOP_CHARGING, charging_status="FINISHED_FULL", charging_end_reason="CHARGING_GOAL_REACHED", charging_last_result="SUCCESS"
    ),
    "unplug": dict(
        STOP_CHARGING,
        charging_status="NOT_CHARGING",
        plugged=False,
        plug_locked=False,
        charging_flap="CLOSED",
        charging_flap_locked=True,
        charging_method="NOCHARGING",
        lock="UNLOCKED",
        alarm_armed="unarmed",
    ),
    "drive_back": {
        "lock": "LOCKED",
        "moving": True,
        "engine_on": True,
        "ignition_on": True,
        "lights_on": True,
        "heading": (HEADING + 180) % 360,
    },
    "park": dict(STANDING, lock="UNLOCKED", door_driver_front="OPEN"),
    "locked": dict(CLOSED_UP, **STANDING),
}


def begin(fields):
    """The state before the day begins; `fields`: the car's canonical fields."""
    return {"fields": dict(fields), "phase": None, "spent": 0.0, "done": False}


def step(state, seconds):
    """The state `seconds` later, as a copy; `done` is True when the day is over."""
    state = dict(state, fields=dict(state["fields"]))
    left = float(seconds)
    if state["phase"] is None:
        _enter(state, 0)
    while left > 0 and not state["done"]:
        duration = PHASES[state["phase"]][1]
        span = min(left, GRAIN, duration - state["spent"])
        over = _advance(state, PHASES[state["phase"]][0], span)
        state["spent"] += span
        left -= span
        if over or state["spent"] >= duration:
            _enter(state, state["phase"] + 1)
    return state


def phase_of(state):
    return None if state["phase"] is None or state["done"] else PHASES[state["phase"]][0]


def _enter(state, index):
    electric = state["fields"].get("battery_usable_kwh") is not None
    while index < len(PHASES) and PHASES[index][0] in NEEDS_BATTERY and not electric:
        index += 1
    if index >= len(PHASES):
        state["done"] = True
        return
    state.update(phase=index, spent=0.0)
    name = PHASES[index][0]
    fields = state["fields"]
    # Only fields that the car already sends: a combustion car has no charging flap.
    fields.update((key, value) for key, value in ENTER[name].items() if fields.get(key) is not None)
    if name == "plug_in" and fields.get("plug_event") is not None:
        fields["plug_event"] += 1
    if name in ("arrive", "park"):
        fields.update(trip_end_odometer_km=fields["odometer_km"], trip_end_soc=fields.get("soc"))


def _advance(state, phase, span):
    """Let `span` seconds of a phase pass; True if nothing is left to do in it."""
    fields = state["fields"]
    if phase in ("drive", "drive_back"):
        return _drive(fields, span)
    if phase == "precondition":
        fields["climate_remaining_s"] = max(0, fields["climate_remaining_s"] - span)
        fields["climate_progress"] = int(100 - fields["climate_remaining_s"] / 6.0)
    if phase == "charge":
        return _charge(fields, span)
    return False


def _drive(fields, span):
    distance = SPEED_KMH * span / 3600.0
    fields["odometer_km"] += distance
    bearing = math.radians(fields["heading"])
    fields["latitude"] += distance / 111.2 * math.cos(bearing)
    fields["longitude"] += distance / (111.2 * math.cos(math.radians(fields["latitude"]))) * math.sin(bearing)
    fields["service_distance_km"] = max(0, fields["service_distance_km"] - distance)
    if fields.get("soc"):
        _use_battery(fields, distance)
        return False
    return not _use_fuel(fields, distance)


def _use_battery(fields, distance):
    before = fields["soc"]
    used = distance * KWH_PER_100KM / fields["battery_usable_kwh"]
    _set_soc(fields, max(0.0, before - used))


def _use_fuel(fields, distance):
    """Uses fuel; False if the tank is empty too, so that the car stops."""
    litres = fields.get("fuel_l") or 0
    if litres <= 0:
        return False
    left = max(0.0, litres - distance * LITRES_PER_100KM / 100.0)
    fields.update(fuel_l=left, fuel_percent=100.0 * left / fields["fuel_tank_l"], range_fuel_km=fields["range_fuel_km"] * left / litres)
    return True


def _charge(fields, span):
    goal = fields.get("soc_target") or 100
    gained = CHARGE_W / 1000.0 * span / 3600.0 / fields["battery_usable_kwh"] * 100.0
    _set_soc(fields, min(float(goal), fields["soc"] + gained) if fields["soc"] < goal else fields["soc"])
    missing = max(0.0, goal - fields["soc"]) / 100.0 * fields["battery_usable_kwh"]
    fields["charging_time_remaining_min"] = math.ceil(missing / (CHARGE_W / 1000.0) * 60)
    return missing <= 0


def _set_soc(fields, soc):
    before = fields["soc"]
    if before:
        fields["range_electric_km"] = fields["range_electric_km"] * soc / before
    else:
        # an empty battery has no range to scale: use the usual consumption
        fields["range_electric_km"] = soc / 100.0 * fields["battery_usable_kwh"] / KWH_PER_100KM * 100.0
    fields.update(soc=soc, soc_predicted=soc, energy_to_full_kwh=(100 - soc) / 100.0 * fields["battery_usable_kwh"])


# real seconds between two checks of the clock
TICK = 0.2

# field -> how much it must change before the car sends it again; cars do not send each metre
QUANTUM = {
    "latitude": 0.0005,
    "longitude": 0.0005,
    "soc": 0.5,
    "soc_predicted": 0.5,
    "climate_remaining_s": 60,
    "climate_progress": 10,
    "energy_to_full_kwh": 0.2,
}


class Runner:
    """Simulates a car's day on its own thread, `speed` times as fast as the simulated clock."""

    def __init__(self, garage, clock, vin, name=DAY, speed=60, repeat=False):
        if name != DAY:
            raise CloudError("the only scenario is %r" % DAY)
        if speed <= 0:
            raise CloudError("speed must be above zero")
        self.vin = vin
        self._garage = garage
        self._clock = clock
        self._speed = float(speed)
        self._repeat = repeat
        self._stop = threading.Event()
        self._reported = dict(garage.car(vin).fields)
        self._state = begin(self._reported)
        self._thread = threading.Thread(target=self._live, name="scenario", daemon=True)
        self._thread.start()

    def phase(self):
        return phase_of(self._state)

    def is_running(self):
        return self._thread.is_alive()

    def stop(self):
        self._stop.set()
        self._thread.join(10)

    def _live(self):
        last = self._clock.now()
        while not self._stop.is_set():
            now = self._clock.now()
            try:
                # If the clock is set back, time stops here; a day does not run backwards.
                self._live_through(max(0.0, now - last) * self._speed)
            except CloudError:
                return  # the car was sold meanwhile
            last = now
            if self._state["done"]:
                if not self._repeat:
                    return
                self._state = begin(self._state["fields"])
            self._stop.wait(TICK)

    def _live_through(self, seconds):
        self._hear()
        before = self._state["phase"]
        self._state = step(self._state, seconds)
        self._report(everything=self._state["phase"] != before or self._state["done"])

    def _hear(self):
        """Take over what a test or a remote command changed; the day goes on with it."""
        current = self._garage.car(self.vin).fields
        told = {name: value for name, value in current.items() if value != self._reported[name]}
        self._state["fields"].update(told)
        self._reported.update(told)

    def _report(self, everything):
        fields = self._state["fields"]
        changed = {
            name: value
            for name, value in fields.items()
            if value != self._reported[name] and (everything or is_news(name, value, self._reported[name]))
        }
        if changed:
            if "trip_end_odometer_km" in changed:
                changed["trip_end_time"] = fields["trip_end_time"] = self._clock.now()
            self._reported.update(changed)
            self._garage.set_car(self.vin, changed)


def is_news(name, value, before):
    """True if a car would send the new value when nothing else changes."""
    if isinstance(value, float) and isinstance(before, (int, float)):
        return abs(value - before) >= QUANTUM.get(name, 1)
    return True
