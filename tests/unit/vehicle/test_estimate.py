"""bmw.vehicle.estimate: the state of charge between two reports of a charging car."""

import pytest
from bmw.vehicle import estimate
from bmw.vehicle.vehicle import Reading, derive
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import NOON, car

HOUR = 3600
CHARGING = {
    "stateOfCharge": 50.0,
    "chargingStatus": "CHARGING",
    "chargingPower": 10000,
    "batteryCapacity": 80.0,
    "targetStateOfCharge": 80.0,
}
#: percent per hour with these values
HOURLY = 10 * estimate.EFFICIENCY / 80.0 * 100


def at(seconds, **values):
    """The estimate ``seconds`` after the car's last values."""
    found = estimate.reading(car(**dict(CHARGING, **values)).readings, NOON + seconds)
    return found.value if found is not None else "no item"


def test_it_grows_with_power_and_time():
    assert at(0) == 50.0
    assert at(HOUR) == pytest.approx(50 + HOURLY, abs=0.05)
    assert at(2 * HOUR) == pytest.approx(50 + 2 * HOURLY, abs=0.05)


@pytest.mark.parametrize("target, most", [(80.0, 80.0), (None, 100), (40.0, 100)])
def test_it_ends_at_the_target_or_full(target, most):
    assert at(6 * HOUR, targetStateOfCharge=target) == most


def test_it_ends_some_time_after_the_cars_last_word():
    assert at(estimate.REPORT_VALID) == 80.0
    assert at(estimate.REPORT_VALID + 1) is None


def test_a_word_of_the_charge_that_is_no_state_of_charge_keeps_it_up():
    vehicle = car(**CHARGING)
    vehicle.update({"chargingPower": Reading(10000, NOON + HOUR)})
    assert estimate.reading(vehicle.readings, NOON + estimate.REPORT_VALID + HOUR).value == 80.0


def test_it_ends_at_the_time_that_bmw_gave_though_the_power_would_go_on():
    slow = dict(chargingPower=1000, targetStateOfCharge=None, chargingTimeRemaining=60)
    reached = at(HOUR, **slow)
    assert at(HOUR + estimate.TIME_LEFT_VALID, **slow) == reached < 100
    assert at(HOUR + estimate.TIME_LEFT_VALID + 1, **slow) is None


def test_what_was_given_up_comes_back_with_the_cars_next_word_only():
    vehicle = car(**dict(CHARGING, chargingTimeRemaining=60))
    later = NOON + 3 * HOUR
    vehicle.readings[estimate.KEY] = estimate.reading(vehicle.readings, later)
    vehicle.pass_time(later)
    assert vehicle.readings["chargingTimeRemaining"].value is None
    assert estimate.reading(vehicle.readings, later + 60).value is None
    vehicle.update({"stateOfCharge": Reading(60.0, later + 60)})
    vehicle.update({"chargingPower": Reading(10000, later + 60)})
    assert estimate.reading(vehicle.readings, later + 120).value > 60


# cars that send no charging power

LAST = {"lastChargingStartStateOfCharge": 40.0, "lastChargingEndStateOfCharge": 80.0, "lastChargingDuration": 240.0}


def test_without_power_it_goes_as_the_last_charge_went():
    assert at(HOUR, chargingPower=None, **LAST) == 60.0
    assert at(HOUR, chargingPower=None, batteryCapacity=None, **LAST) == 60.0


@pytest.mark.parametrize("key", sorted(LAST))
@pytest.mark.parametrize("value", [None, 0.0])
def test_a_last_charge_that_is_not_told_in_full_says_nothing(key, value):
    told = at(HOUR, chargingPower=None, **dict(LAST, **{key: value}))
    assert told is None or (key, value, told) == ("lastChargingStartStateOfCharge", 0.0, 70.0)


def test_the_wallbox_knows_better_than_the_car():
    found = estimate.reading(car(**dict(CHARGING, chargingPower=None)).readings, NOON + HOUR, wallbox=10000.0)
    assert found.value == at(HOUR)
    found = estimate.reading(car(**CHARGING).readings, NOON + HOUR, wallbox=5000.0)
    assert found.value == pytest.approx(50 + HOURLY / 2, abs=0.05)


def test_the_users_capacity_counts_before_the_cars_and_without_one():
    for told in (80.0, None):
        found = estimate.reading(car(**dict(CHARGING, batteryCapacity=told)).readings, NOON + HOUR, capacity=40.0)
        assert found.value == pytest.approx(50 + 2 * HOURLY, abs=0.05)


def test_what_the_wallbox_gave_is_summed_up():
    meter = estimate.Meter()
    assert meter.mean(NOON, NOON + 60, 2000.0) == 2000.0
    assert meter.mean(NOON, NOON + 120, 8000.0) == 2000.0
    assert meter.mean(NOON, NOON + 240, 8000.0) == 5000.0
    # a new value of the car: the mean starts there, with the last power
    assert meter.mean(NOON + 240, NOON + 300, 0.0) == 8000.0
    assert meter.mean(NOON + 240, NOON + 360, 0.0) == 4000.0
    assert meter.mean(NOON + 240, NOON + 420, None) is None
    assert meter.mean(NOON + 500, NOON + 500, 3000.0) == 3000.0


def test_what_the_wallbox_gave_before_it_was_unknown_is_forgotten():
    meter = estimate.Meter()
    assert meter.mean(NOON, NOON + 60, 9000.0) == 9000.0
    assert meter.mean(NOON, NOON + 120, None) is None
    assert meter.mean(NOON, NOON + 180, 0.0) == 0.0


@pytest.mark.parametrize(
    "text, expected",
    [
        ("7200 W", 7200.0),
        ("7.2 kW", 7200.0),
        ("7200", 7200.0),
        ("7.2E+3 W", 7200.0),
        ("0 W", 0.0),
        (None, None),
        ("", None),
        ("NULL", None),
        ("UNDEF", None),
        ("7200 kWh", None),
        ("-5 W", None),
        ("1.2.3 W", None),
        ("nan", None),
        ("ON", None),
        ("9" * 500, float("inf")),
    ],
)
def test_a_state_becomes_watts(text, expected):
    assert estimate.watts(text) == (None if expected == float("inf") else expected)


def test_a_word_of_the_car_in_the_past_ends_no_estimate_of_now():
    assert not estimate.is_open(car(**CHARGING).readings, NOON + estimate.REPORT_VALID + 1)
    assert estimate.is_open(car(**CHARGING).readings, NOON)
    assert not estimate.is_open(car(stateOfCharge=50.0).readings, NOON)


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
    assert at(3.2 * HOUR, chargingPower=None, chargingTimeRemaining=180) == 80.0
    assert at(9 * HOUR, chargingPower=None, chargingTimeRemaining=180) is None


def test_a_power_of_long_ago_does_not_count():
    vehicle = car(**CHARGING)
    vehicle.readings["chargingPower"] = Reading(10000, NOON - estimate.POWER_VALID - 1)
    assert estimate.reading(vehicle.readings, NOON + HOUR).value is None


def test_kilowatts_are_kilowatts():
    vehicle = car(**CHARGING)
    vehicle.readings["chargingPower"] = Reading(10, NOON, "kW")
    assert estimate.reading(vehicle.readings, NOON + HOUR).value == at(HOUR)


def test_a_full_target_is_full():
    assert at(10 * HOUR, targetStateOfCharge=100) == 100


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
