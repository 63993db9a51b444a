"""bmw.places.where: how far from home a car is, whether it is at home, and the name of the place."""

import pytest
from bmw.places.where import AT_HOME, DIRECTION, DISTANCE, ELSEWHERE, HOME, KEYS, PLACE, Place, readings
from bmw.vehicle.vehicle import Reading
from bmw.vehicle.vocabulary import VEHICLE
from hypothesis import given
from hypothesis import strategies as st

HOUSE = (48.1769, 11.5585)
RADIUS = 150


def north_of(spot, metres):
    return (spot[0] + metres / 111195.0, spot[1])


def asked(spot, known=None, home=HOUSE, places=(), time=1000.0):
    """The readings (dict) of a car at this position; ``known`` keeps the last ones."""
    known = {} if known is None else known
    known["position"] = Reading(spot, time)
    found = readings(known, home, places, RADIUS)
    known.update(found)
    return found


def values(found):
    return {key: reading.value for key, reading in found.items()}


def test_every_key_is_in_the_vocabulary():
    assert set(KEYS) <= set(VEHICLE)


def test_a_car_at_home_is_at_home_and_in_no_direction():
    assert values(asked(HOUSE)) == {DISTANCE: 0, AT_HOME: True, PLACE: HOME}


def test_a_car_away_has_distance_and_direction_from_home():
    found = values(asked(north_of(HOUSE, 10000)))
    assert found[DISTANCE] == pytest.approx(10.0, abs=0.01)
    assert (found[DIRECTION], found[AT_HOME], found[PLACE]) == (0, False, ELSEWHERE)


def test_each_value_has_the_time_of_the_position():
    assert {reading.time for reading in asked(north_of(HOUSE, 500), time=4711.0).values()} == {4711.0}


def test_a_car_at_the_edge_of_home_does_not_switch_between_home_and_away():
    known = {}
    steps = [(160, False), (140, True), (160, True), (220, True), (230, False), (220, False), (160, False), (149, True)]
    for metres, is_there in steps:
        found = values(asked(north_of(HOUSE, metres), known))
        assert (found[AT_HOME], found[PLACE]) == (is_there, HOME if is_there else ELSEWHERE), metres


def test_without_a_position_nothing_is_said():
    assert readings({}, HOUSE, [], RADIUS) == {}


@pytest.mark.parametrize("spot", [None, (0.0, 0.0), (48.1, None), (91.0, 11.0), "48.1,11.5", (48.1,), (float("nan"), 1.0), ("48", "11")])
def test_an_unknown_position_makes_all_unknown_from_its_time_on(spot):
    known = {}
    asked(north_of(HOUSE, 500), known)
    found = asked(spot, known, time=2000.0)
    assert values(found) == dict.fromkeys(KEYS) and {reading.time for reading in found.values()} == {2000.0}


def test_a_car_that_never_had_a_position_gets_no_items():
    assert asked(None) == {}


def test_without_a_home_only_the_persons_own_places_are_known():
    work = [Place("work", north_of(HOUSE, 5000), None)]
    assert asked(HOUSE, home=None) == {}
    assert values(asked(north_of(HOUSE, 5010), home=None, places=work)) == {PLACE: "work"}
    assert values(asked(HOUSE, home=None, places=work)) == {PLACE: ELSEWHERE}


def test_when_home_is_no_longer_set_its_values_become_unknown():
    known = {}
    asked(north_of(HOUSE, 500), known)
    assert values(asked(north_of(HOUSE, 500), known, home=None)) == dict.fromkeys(KEYS)


def test_a_place_can_have_a_radius_of_its_own():
    places = [Place("airport", north_of(HOUSE, 5000), 2000), Place("work", north_of(HOUSE, -5000), None)]
    assert values(asked(north_of(HOUSE, 3100), places=places))[PLACE] == "airport"
    assert values(asked(north_of(HOUSE, -3100), places=places))[PLACE] == ELSEWHERE


def test_of_two_places_the_one_in_which_the_car_is_deeper_counts():
    places = [Place("town", north_of(HOUSE, 5000), 3000), Place("gym", north_of(HOUSE, 6000), None)]
    known = {}
    assert values(asked(north_of(HOUSE, 5100), known, places=places))[PLACE] == "town"
    assert values(asked(north_of(HOUSE, 6010), known, places=places))[PLACE] == "gym"
    assert values(asked(north_of(HOUSE, 5500), known, places=places))[PLACE] == "town"


def test_a_place_beside_home_leaves_the_car_at_home():
    found = values(asked(north_of(HOUSE, 60), places=[Place("garage", north_of(HOUSE, 60), 30)]))
    assert (found[AT_HOME], found[PLACE]) == (True, "garage")


def test_two_places_with_one_name_are_one():
    places = [Place("shop", north_of(HOUSE, 5000), None), Place("shop", north_of(HOUSE, 9000), None)]
    assert [values(asked(north_of(HOUSE, metres), places=places))[PLACE] for metres in (5000, 7000, 9000)] == ["shop", ELSEWHERE, "shop"]


DEGREES = st.floats(-90, 90), st.floats(-180, 180)


@given(st.tuples(*DEGREES), st.tuples(*DEGREES), st.booleans())
def test_anywhere_on_the_globe_it_says_something_sensible(home, spot, was_there):
    found = values(asked(spot, {AT_HOME: Reading(was_there)}, home=home))
    if spot == (0, 0):
        assert found == {AT_HOME: None}
        return
    metres = found[DISTANCE] * 1000
    assert 0 <= metres <= 20016000
    assert found[AT_HOME] is (metres <= RADIUS * (1.5 if was_there else 1)) or metres == pytest.approx(RADIUS, abs=1)
    assert found.get(DIRECTION) is None or 0 <= found[DIRECTION] < 360
