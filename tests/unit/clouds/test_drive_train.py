"""bmw.clouds.drive_train: what a car can have, in the words of all clouds."""

import pytest

from bmw.clouds import drive_train
from bmw.vehicle import Reading
from bmw.vocabulary import VEHICLE


@pytest.mark.parametrize(
    "word, tank, battery",
    [
        ("BEV", False, True),
        ("ELECTRIC", False, True),
        ("bev ", False, True),
        ("BEV_REX", True, True),
        ("PHEV_BEV_REX", True, True),
        ("ELECTRIC_WITH_RANGE_EXTENDER", True, True),
        ("PHEV", True, True),
        ("PLUGIN_HYBRID", True, True),
        ("CONV", True, False),
        ("ICE", True, False),
        ("COMBUSTION", True, False),
        ("MHEV", True, False),
        ("MILD_HYBRID", True, False),
        ("HYBRID", True, True),
        ("HYDROGEN", True, True),
        (None, True, True),
        (7, True, True),
    ],
)
def test_a_car_has_by_its_drive_train(word, tank, battery):
    facts = {"driveTrain": word}
    assert (drive_train.has_tank(facts), drive_train.has_battery(facts)) == (tank, battery)


def test_a_range_extender_that_is_called_electric_is_known_by_its_model():
    assert drive_train.has_tank({"driveTrain": "ELECTRIC", "model": "i3 (+ REX)"})


def test_only_a_hybrid_with_a_plug_and_no_range_extender_is_a_plug_in_hybrid():
    words = ("PHEV", "PLUGIN_HYBRID", "BEV_REX", "PHEV_BEV_REX", "ELECTRIC_WITH_RANGE_EXTENDER", "HYBRID", "BEV", None)
    assert [word for word in words if drive_train.is_plug_in_hybrid({"driveTrain": word})] == ["PHEV", "PLUGIN_HYBRID"]


def test_what_a_car_does_not_have_is_unknown_and_the_rest_stays():
    said = {"stateOfCharge": Reading(0.0, 5.0), "fuelLevel": Reading(80.0, 5.0), "odometer": Reading(7.0, 5.0)}
    assert drive_train.without_what_it_lacks(said, {"driveTrain": "COMBUSTION"}) == dict(said, stateOfCharge=Reading(None, 5.0))
    assert drive_train.without_what_it_lacks(said, {"driveTrain": "BEV"}) == dict(said, fuelLevel=Reading(None, 5.0))
    assert drive_train.without_what_it_lacks(said, {}) == said


def test_every_key_of_a_tank_or_a_battery_is_in_the_vocabulary_and_in_one_of_them_only():
    assert drive_train.OF_TANK | drive_train.OF_BATTERY <= set(VEHICLE)
    assert not drive_train.OF_TANK & drive_train.OF_BATTERY
