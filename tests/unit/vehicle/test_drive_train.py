"""bmw.vehicle.drive_train: what a car with this drive train has, for the words of all clouds."""

import pytest
from bmw.vehicle import drive_train
from bmw.vehicle.vocabulary import VEHICLE


@pytest.mark.parametrize(
    "facts, expected",
    [
        ({"driveTrain": "BEV"}, (True, False)),
        ({"driveTrain": "bev "}, (True, False)),
        ({"driveTrain": "ELECTRIC"}, (True, False)),
        ({"driveTrain": "ELECTRIC", "model": "i3 (+ REX)"}, (True, True)),
        ({"driveTrain": "BEV", "model": "i3 94Ah REX"}, (True, True)),
        ({"driveTrain": "BEV_REX"}, (True, True)),
        ({"driveTrain": "PHEV_BEV_REX"}, (True, True)),
        ({"driveTrain": "ELECTRIC_WITH_RANGE_EXTENDER"}, (True, True)),
        ({"driveTrain": "PHEV"}, (True, True)),
        ({"driveTrain": "PLUGIN_HYBRID"}, (True, True)),
        ({"driveTrain": "ICE"}, (False, True)),
        ({"driveTrain": "CONV"}, (False, True)),
        ({"driveTrain": "MHEV"}, (False, True)),
        ({"driveTrain": "COMBUSTION"}, (False, True)),
        ({"driveTrain": "MILD_HYBRID"}, (False, True)),
        ({"driveTrain": "DIESEL"}, (False, True)),
        ({"driveTrain": None}, (None, None)),
        ({"driveTrain": "HYDROGEN"}, (None, None)),
        ({"driveTrain": "HYBRID"}, (None, True)),
        ({"driveTrain": "NOBODY_KNOWS", "propulsionType": "BEV"}, (True, False)),
        ({"propulsionType": "PHEV"}, (True, True)),
        ({"driveTrain": "NOBODY_KNOWS"}, (None, None)),
        ({"driveTrain": 5}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_the_parts_of_a_car_follow_from_its_facts(facts, expected):
    assert drive_train.parts(facts) == expected


def test_all_that_is_impossible_is_in_the_vocabulary():
    assert drive_train.TANK | drive_train.BATTERY <= set(VEHICLE)
    assert not drive_train.TANK & drive_train.BATTERY


def test_an_unknown_drive_train_rules_out_no_value():
    assert drive_train.impossible({}) == drive_train.impossible({"driveTrain": "PHEV"}) == frozenset()
