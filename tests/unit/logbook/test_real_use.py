"""bmw.logbook.real_use: what a car really consumes, learned from its last trips."""

import pytest
from bmw.logbook import real_use
from bmw.logbook.real_use import CONSUMPTION, KEYS, RANGE, TRIPS
from bmw.logbook.trips import Trip
from bmw.vehicle.vehicle import Reading
from bmw.vehicle.vocabulary import VEHICLE

from tests.unit.fakes import car


def trip(distance=50.0, energy=9.0, has_gap=False, number=0):
    return Trip(number * 86400.0, number * 86400.0 + 3600, 1000.0 + distance, distance, 80, 70, energy, None, None, has_gap)


def shown(use, capacity=80.0, **values):
    return {key: reading.value for key, reading in real_use.readings(use, car(**values), capacity).items()}


def test_every_key_is_in_the_vocabulary_and_says_that_it_is_ours():
    assert all("our own" in VEHICLE[key].label or key == TRIPS for key in KEYS)


def test_the_consumption_is_that_of_all_its_trips_and_says_of_how_many():
    assert real_use.learned([trip(100.0, 16.0), trip(50.0, 11.0)]) == (18.0, 2)


@pytest.mark.parametrize(
    "trips",
    [
        [],
        [trip(49.0, 9.0)],
        [trip(60.0, 4.9)],
        [trip(100.0, None)],
        [trip(100.0, 20.0, has_gap=True)],
        [trip(100.0, 0.0)],
        [trip(100.0, 120.0)],
    ],
)
def test_too_little_or_what_cannot_be_teaches_nothing(trips):
    assert real_use.learned(trips) == (None, 0)


def test_a_trip_through_a_gap_or_without_energy_is_left_out():
    assert real_use.learned([trip(100.0, 90.0, has_gap=True), trip(100.0, 18.0), trip(100.0, None)]) == (18.0, 1)


def test_the_last_trips_count_as_the_seasons_change():
    assert real_use.learned([trip(100.0, 30.0)] * 20 + [trip(100.0, 15.0)] * 5) == (15.0, 5)


def test_the_range_is_what_is_in_the_battery_by_the_real_consumption():
    assert shown((20.0, 7), stateOfCharge=50) == {CONSUMPTION: 20.0, TRIPS: 7, RANGE: 200}


def test_without_a_state_of_charge_or_a_capacity_there_is_no_range():
    assert shown((20.0, 7)) == {CONSUMPTION: 20.0, TRIPS: 7}
    assert shown((20.0, 7), None, stateOfCharge=50) == {CONSUMPTION: 20.0, TRIPS: 7}


def test_before_anything_was_learned_there_is_nothing_and_what_was_learned_can_be_lost():
    assert shown((None, 0), stateOfCharge=50) == {}
    vehicle = car(stateOfCharge=50)
    vehicle.readings[CONSUMPTION] = Reading(20.0)
    assert real_use.readings((None, 0), vehicle, 80.0) == {CONSUMPTION: Reading(None)}


@pytest.mark.parametrize("drive_train", ["PHEV", "BEV_REX"])
def test_of_a_car_with_a_tank_nobody_knows_which_way_it_drove(drive_train):
    assert shown((20.0, 7), stateOfCharge=50, facts={"driveTrain": drive_train}) == {}
