"""bmw.vehicle.plain_values: numbers, words and times as evcc and openWB read them; what is not known is empty."""

import pytest
from bmw.vehicle import plain_values
from bmw.vehicle.vehicle import Reading

from tests.unit.fakes import NOON, car

NAMES = {name for name, _function in plain_values.VALUES}


def told(**values):
    """What is told of a car with these values, without what is empty."""
    return {name: text for name, text in plain_values.texts(car(**values).readings).items() if text}


def test_of_a_car_that_said_nothing_everything_is_empty():
    assert plain_values.texts({}) == dict.fromkeys(NAMES, "")


def test_a_car_that_charges():
    vehicle = car(
        stateOfCharge=57.4,
        targetStateOfCharge=80,
        electricRange=213.6,
        odometer=18250,
        pluggedIn=True,
        chargingStatus="CHARGING",
        chargingTimeRemaining=90,
        climateStatus="INACTIVE",
        position=(48.137154, 11.576124),
    )
    vehicle.readings["estimatedStateOfCharge"] = Reading(58.12)
    assert plain_values.texts(vehicle.readings) == {
        "soc": "57.4",
        "soc_timestamp": "1791028800",
        "estimatedSoc": "58.1",
        "limitSoc": "80",
        "range": "214",
        "odometer": "18250",
        "status": "C",
        "plugged": "true",
        "charging": "true",
        "climater": "false",
        "finishTime": "2026-10-03T13:30:00.000Z",
        "latitude": "48.137154",
        "longitude": "11.576124",
        "updated": "2026-10-03T12:00:00.000Z",
    }


def test_miles_and_hours_are_converted():
    vehicle = car(stateOfCharge=50, chargingStatus="CHARGING")
    vehicle.readings["odometer"] = Reading(10000, NOON, "mi")
    vehicle.readings["electricRange"] = Reading(100, NOON, "mi")
    vehicle.readings["chargingTimeRemaining"] = Reading(2, NOON, "h")
    texts = plain_values.texts(vehicle.readings)
    assert (texts["odometer"], texts["range"], texts["finishTime"]) == ("16093", "161", "2026-10-03T14:00:00.000Z")


def test_a_unit_that_nobody_can_convert_is_not_known():
    vehicle = car()
    vehicle.readings["electricRange"] = Reading(100, NOON, "furlong")
    assert plain_values.texts(vehicle.readings)["range"] == ""


@pytest.mark.parametrize(
    "values, status",
    [
        ({"pluggedIn": False, "chargingStatus": "NOT_CHARGING"}, "A"),
        ({"pluggedIn": False}, "A"),
        ({"pluggedIn": True, "chargingStatus": "CHARGING_ENDED"}, "B"),
        ({"pluggedIn": True, "chargingStatus": "CHARGING"}, "C"),
        ({"chargingStatus": "CHARGING"}, "C"),
        ({"pluggedIn": True}, None),
        ({"pluggedIn": True, "chargingStatus": "A_NEW_WORD"}, None),
        ({"chargingStatus": "NOT_CHARGING"}, None),
        ({}, None),
    ],
)
def test_the_status_is_told_only_where_it_is_known(values, status):
    assert told(**values).get("status") == status


@pytest.mark.parametrize("values", [{"chargingStatus": "NOT_CHARGING"}, {}])
def test_a_car_that_does_not_charge_has_no_finish(values):
    vehicle = car(**values)
    vehicle.readings["chargingTimeRemaining"] = Reading(90, NOON)
    assert plain_values.texts(vehicle.readings)["finishTime"] == ""


def test_what_became_unknown_is_empty_again():
    vehicle = car(stateOfCharge=57, pluggedIn=True, chargingStatus="CHARGING", position=(1.0, 2.0))
    vehicle.forget_readings()
    assert plain_values.texts(vehicle.readings) == dict.fromkeys(NAMES, "")


@pytest.mark.parametrize("value", ["57", True, float("nan"), float("inf"), 10**400, (1, 2), [1]])
def test_what_is_no_number_is_not_told_as_one(value):
    readings = {"stateOfCharge": Reading(value, NOON), "odometer": Reading(value, NOON)}
    texts = plain_values.texts(readings)
    assert (texts["soc"], texts["odometer"]) == ("", "")
