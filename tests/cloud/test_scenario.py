"""The day of a car: first as a pure function, then lived on a thread."""

import threading

import pytest

from .car import Car
from .conftest import wait_until
from .scenario import PHASES, begin, phase_of, step

WHOLE_DAY = sum(seconds for _, seconds in PHASES)


def fields(kind="i3", **more):
    return Car("WBY8P0TEST0000009", kind, 1790000000, **more).fields


def until(state, phase):
    """Moves on to the first minute of a phase; returns the state."""
    for _ in range(WHOLE_DAY // 10):
        if phase_of(state) == phase:
            return state
        state = step(state, 10)
    raise AssertionError("the day never came to %s" % phase)


def test_a_step_leaves_its_input_alone():
    start = begin(fields())
    before = dict(start["fields"])
    step(start, 3600)
    assert start["fields"] == before and start["phase"] is None


def test_driving_moves_the_car_and_uses_the_battery():
    state = until(begin(fields()), "drive")
    later = step(state, 600)["fields"]
    assert later["moving"] is True and later["lock"] == "LOCKED"
    assert later["odometer_km"] == pytest.approx(state["fields"]["odometer_km"] + 50 * 600 / 3600.0)
    assert later["soc"] < state["fields"]["soc"]
    assert later["range_electric_km"] < state["fields"]["range_electric_km"]
    assert later["latitude"] != state["fields"]["latitude"]


def test_preconditioning_counts_down():
    state = until(begin(fields()), "precondition")
    assert state["fields"]["climate_activity"] == "HEATING"
    assert step(state, 300)["fields"]["climate_remaining_s"] < state["fields"]["climate_remaining_s"]
    assert until(state, "leave")["fields"]["climate_activity"] == "INACTIVE"


def test_charging_fills_the_battery_and_ends_by_itself():
    state = until(begin(fields(soc=60)), "charge")
    assert (state["fields"]["plugged"], state["fields"]["charging_status"]) == (True, "CHARGING")
    hour = step(state, 3600)["fields"]
    assert hour["soc"] == pytest.approx(state["fields"]["soc"] + 7.2 / 37.9 * 100, abs=0.5)
    assert hour["charging_time_remaining_min"] > 0
    full = until(state, "charged")["fields"]
    assert (full["soc"], full["charging_status"], full["charging_power_w"]) == (100, "FINISHED_FULL", 0)


def test_a_car_that_stops_at_a_target_stops_there():
    state = until(begin(fields("i4", soc=70, soc_target=80)), "charged")
    assert state["fields"]["soc"] == pytest.approx(80)


def test_the_day_ends_parked_locked_and_unplugged():
    state = step(begin(fields()), WHOLE_DAY + 1)
    end = state["fields"]
    assert state["done"]
    assert (end["lock"], end["moving"], end["plugged"], end["door_driver_front"]) == ("SECURED", False, False, "CLOSED")
    assert end["latitude"] == pytest.approx(fields()["latitude"], abs=0.001), "it came home"


def test_many_small_steps_are_one_big_step():
    small = begin(fields())
    for _ in range(300):
        small = step(small, 10)
    big = step(begin(fields()), 3000)
    assert phase_of(small) == phase_of(big)
    assert small["fields"]["odometer_km"] == pytest.approx(big["fields"]["odometer_km"], abs=0.2)


def test_a_combustion_car_uses_fuel_and_never_plugs_in():
    state = begin(fields("combustion"))
    seen = set()
    while not state["done"]:
        seen.add(phase_of(state))
        state = step(state, 30)
    assert "charge" not in seen and "drive" in seen
    assert state["fields"]["fuel_l"] < fields("combustion")["fuel_l"]
    assert state["fields"]["plugged"] is None and state["fields"]["charging_flap"] is None


def test_a_running_day_changes_the_car_and_stops_cleanly(cloud, vin):
    before = cloud.car(vin)["odometer_km"]
    cloud.run_scenario(vin, speed=5000)
    assert wait_until(lambda: cloud.car(vin)["odometer_km"] > before + 5)
    assert vin in cloud.scenarios() or cloud.car(vin)["lock"] == "SECURED"
    cloud.stop_scenario(vin)
    assert cloud.scenarios() == {}
    assert "scenario" not in [thread.name for thread in threading.enumerate()]


def test_a_day_follows_the_simulated_clock(cloud, vin):
    cloud.run_scenario(vin, speed=1)
    assert wait_until(lambda: cloud.scenarios().get(vin) == "asleep")
    cloud.advance_clock(120 + 600 + 60 + 300)
    assert wait_until(lambda: cloud.car(vin)["moving"])


def test_a_running_day_respects_what_a_test_sets(cloud, vin):
    cloud.run_scenario(vin, speed=1)
    cloud.set_car(vin, soc=20)
    cloud.advance_clock(120 + 600 + 60 + 900)
    assert wait_until(lambda: cloud.car(vin)["moving"])
    assert cloud.car(vin)["soc"] < 20
