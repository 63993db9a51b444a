"""bmw.vehicle.plausible: which numbers are possible; one table for all clouds."""

import pytest
from bmw.vehicle import plausible
from bmw.vehicle.vocabulary import VEHICLE

#: counted or summed up by this module or BMW's servers: no values of the car itself
COUNTED = {
    "energyChargedThisMonth",
    "energyChargedTotal",
    "chargingCostThisMonth",
    "chargingCostLastMonth",
    "energyChargedLastMonth",
    "chargingSessionsThisMonth",
    "chargingSessionsLastMonth",
    "chargingPlaces",
    "realConsumptionTrips",
    "learnedCapacityCharges",
    "servicesDue",
    "checkControlCount",
}


def can_be(key, value, unit=None):
    return plausible.is_plausible(key, value, unit, VEHICLE[key].unit)


def test_every_row_is_of_a_number_in_the_vocabulary():
    assert [key for key in plausible.ROWS if key not in VEHICLE or not VEHICLE[key].item_type.startswith("Number")] == []


def test_every_number_that_a_car_tells_has_a_row():
    numbers = {key for key, point in VEHICLE.items() if point.item_type.startswith("Number")}
    assert numbers - set(plausible.ROWS) == COUNTED


@pytest.mark.parametrize("key", sorted(plausible.ROWS))
def test_the_limits_of_a_row_are_plausible_and_numbers_beyond_are_not(key):
    lowest, highest, never = plausible.ROWS[key]
    assert can_be(key, lowest) and can_be(key, highest)
    assert not can_be(key, lowest - 1) and not can_be(key, highest + 1)
    assert not any(can_be(key, number) for number in never)


@pytest.mark.parametrize(
    "key, value, unit, expected",
    [
        ("stateOfCharge", 0, None, True),
        ("stateOfCharge", 255, "%", False),
        ("batteryCapacity", 0, "kWh", False),
        ("targetStateOfCharge", 0, "%", False),
        ("odometer", 65535, "km", True),
        ("serviceDistance", 65535, "km", False),
        ("serviceDistance", 65534, "mi", False),
        ("tyreTemperatureFrontLeft", -15, "\u00b0C", True),
        ("tyreTemperatureFrontLeft", 400, "\u00b0F", False),
        ("tyreTemperatureFrontLeft", 68, "\u00b0F", True),
        ("tyrePressureFrontLeft", 2.6, "bar", True),
        ("tyrePressureFrontLeft", 26, "bar", False),
        ("chargingPower", 11, "kW", True),
        ("chargingCurrent", 32, "A", True),
        ("averageSpeed", 200, "mph", False),
        ("chargingPower", 5, "furlong", True),
        ("seatHeatingRearDriver", 255, "%", False),
        ("sunroofPosition", -40, "%", True),
        ("sunroofPosition", 127, "%", False),
        ("minimumStateOfCharge", 254, "%", False),
        ("currentLimitMax", 255, "A", False),
        ("navigationRange", 65535, "km", False),
        ("coolantTemperature", -25, "\u00b0C", True),
        ("coolantTemperature", 250, "\u00b0F", True),
        ("coolantTemperature", 255, "\u00b0C", False),
        ("lifetimeFuelDistance", 310000, "km", True),
        ("satellites", 255, None, False),
    ],
)
def test_values_are_plausible_or_not(key, value, unit, expected):
    assert can_be(key, value, unit) is expected


@pytest.mark.parametrize("value", [None, True, "SECURED", (48.1, 11.5)])
def test_what_is_no_number_is_not_judged(value):
    assert can_be("stateOfCharge", value) and can_be("doorLockState", value)


@pytest.mark.parametrize("unit, ours, expected", [("mi", "km", 160.9344), (None, "km", 100), ("", "km", 100), ("l", "km", None)])
def test_numbers_are_converted(unit, ours, expected):
    assert plausible.converted(100, unit, ours) == (None if expected is None else pytest.approx(expected))
