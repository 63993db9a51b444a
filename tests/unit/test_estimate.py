"""bmw.estimate: the state of charge between two words of a car that charges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bmw import estimate
from bmw.vehicle import Reading, derive
from tests.unit.fakes import NOON, car

HOUR = 3600
CHARGING = {
    "stateOfCharge": 50.0,
    "chargingStatus": "CHARGING",
    "chargingPower": 10000,
    "batteryCapacity": 80.0,
    "targetStateOfCharge": 80.0,
}
#: percent an hour of these
HOURLY = 10 * estimate.EFFICIENCY / 80.0 * 100


def at(seconds, **values):
    """The estimate so many seconds after what the car said."""
    found = estimate.reading(car(**dict(CHARGING, **values)).readings, NOON + seconds)
    return found.value if found is not None else "no item"


def test_it_grows_with_power_and_time():
    assert at(0) == 50.0
    assert at(HOUR) == pytest.approx(50 + HOURLY, abs=0.05)
    assert at(2 * HOUR) == pytest.approx(50 + 2 * HOURLY, abs=0.05)


@pytest.mark.parametrize("target, most", [(80.0, 80.0), (None, 100), (40.0, 100)])
def test_it_ends_at_the_target_or_full(target, most):
    assert at(1000 * HOUR, targetStateOfCharge=target) == most


@pytest.mark.parametrize("status", ["NOT_CHARGING", "FINISHED_FULLY_CHARGED", "WAITING_FOR_CHARGING", None])
def test_while_it_does_not_charge_it_is_what_the_car_said(status):
    assert at(HOUR, chargingStatus=status) == 50.0


def test_a_car_without_a_state_of_charge_gets_no_item():
    assert estimate.reading(car(fuelLevel=30.0).readings, NOON) is None


@pytest.mark.parametrize("missing", ["chargingPower", "batteryCapacity"])
def test_without_power_and_time_left_it_is_unknown(missing):
    assert at(HOUR, **{missing: None}) is None


def test_without_power_the_time_left_says_it():
    assert at(HOUR, chargingPower=None, chargingTimeRemaining=180) == 60.0
    assert at(9 * HOUR, chargingPower=None, chargingTimeRemaining=180) == 80.0


def test_a_power_of_long_ago_does_not_count():
    vehicle = car(**CHARGING)
    vehicle.readings["chargingPower"] = Reading(10000, NOON - estimate.POWER_HOLDS - 1)
    assert estimate.reading(vehicle.readings, NOON + HOUR).value is None


def test_kilowatts_are_kilowatts():
    vehicle = car(**CHARGING)
    vehicle.readings["chargingPower"] = Reading(10, NOON, "kW")
    assert estimate.reading(vehicle.readings, NOON + HOUR).value == at(HOUR)


def test_a_target_beyond_full_is_full():
    assert at(100 * HOUR, targetStateOfCharge=250) == 100


def test_a_clock_that_went_back_takes_nothing_away():
    assert at(-HOUR) == 50.0


NUMBER = st.one_of(st.none(), st.floats(-1e6, 1e6))


@given(st.dictionaries(st.sampled_from(sorted(CHARGING) + ["chargingTimeRemaining"]), NUMBER), st.floats(-1e6, 1e6))
def test_it_is_never_less_than_the_car_said_nor_more_than_full(values, seconds):
    readings = dict((key, Reading(value, NOON)) for key, value in values.items() if key != "chargingStatus")
    readings["chargingStatus"] = Reading("CHARGING", NOON)
    readings.update(derive(readings))
    found = estimate.reading(readings, NOON + seconds)
    said = values.get("stateOfCharge")
    if found is not None and found.value is not None:
        assert round(said, 1) <= found.value <= max(100, round(said, 1))
