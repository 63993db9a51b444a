"""bmw.clouds.cardata.places: the charging settings of the car's place, without telling the place."""

import pytest
from bmw.clouds.cardata import places
from hypothesis import given

from tests.unit.strategies import JSON

HOME, WORK = (48.1769, 11.5585), (48.2, 11.7)


def place(spot=HOME, visits=42, **changes):
    entry = {
        "latitude": spot[0],
        "longitude": spot[1],
        "visits": visits,
        "chargingMode": "CHARGING_WINDOW",
        "optimizedChargingPreference": "NO_PRESELECTION",
        "chargingTimeWindows": [
            {
                "startChargingTimePeriodHour": 22,
                "startChargingTimePeriodMinute": 5,
                "stopChargingTimePeriodHour": 6,
                "stopChargingTimePeriodMinute": 0,
            }
        ],
        "acCurrentLimitFlag": "ACTIVE",
        "acCurrentLimit": 16,
    }
    return dict(entry, **changes)


def shown(*entries, position=HOME):
    notes = {}
    places.take(notes, list(entries))
    return {key: reading.value for key, reading in places.readings(notes, position).items()}


def test_before_the_first_answer_nothing_is_said():
    assert places.readings({}, HOME) == {}


def test_the_place_where_the_car_is():
    values = shown(place(WORK, visits=99, acCurrentLimit=32), place(HOME))
    assert (values["chargingPlaces"], values["atChargingPlace"]) == (2, True)
    assert (values["chargingWindowStart"], values["chargingWindowEnd"]) == ("22:05", "06:00")
    assert (values["placeCurrentLimit"], values["placeChargingMode"]) == (16, "CHARGING_WINDOW")


def test_away_from_all_places_the_most_visited_one_is_shown():
    values = shown(place(WORK, visits=99, acCurrentLimit=32), place(HOME), position=(50.0, 8.0))
    assert (values["atChargingPlace"], values["placeCurrentLimit"]) == (False, 32)


@pytest.mark.parametrize("metres, is_there", [(0, True), (200, True), (300, False)])
def test_a_car_near_a_charging_place_is_at_it(metres, is_there):
    assert shown(place(), position=(HOME[0] + metres / 111195.0, HOME[1]))["atChargingPlace"] is is_there


def test_the_date_line_is_no_distance():
    assert shown(place((0.5, 179.9999)), position=(0.5, -179.9999))["atChargingPlace"] is True


def test_without_a_position_it_is_unknown_whether_the_car_is_there():
    assert shown(place(), position=None)["atChargingPlace"] is None


def test_without_places_the_car_is_at_none():
    values = shown()
    assert (values["chargingPlaces"], values["atChargingPlace"], values["placeCurrentLimit"]) == (0, False, None)


@pytest.mark.parametrize("changes", [{"acCurrentLimitFlag": "INACTIVE"}, {"acCurrentLimit": None}, {"acCurrentLimit": 0}])
def test_a_limit_that_does_not_hold_is_none(changes):
    assert shown(place(**changes))["placeCurrentLimit"] is None


def test_no_reading_tells_where_a_place_is():
    assert not [value for value in shown(place()).values() if isinstance(value, float) and value in HOME]
    assert "48.17" not in str(shown(place()))


@given(JSON)
def test_no_place_is_too_strange(entry):
    shown(*[entry] if isinstance(entry, dict) else [place(chargingTimeWindows=entry, visits=entry, latitude=entry)])


def test_of_places_without_end_some_are_kept():
    notes = {}
    places.take(notes, [place() for _ in range(places.MAX_PLACES + 5)])
    assert len(notes["places"]) == places.MAX_PLACES
