"""bmw.clouds.cardata.tyres: the tyre diagnosis as words of the vocabulary."""

import pytest
from bmw.clouds.cardata import tyres
from bmw.errors import BadAnswer
from bmw.times import parse
from bmw.vehicle.vocabulary import VEHICLE
from hypothesis import given

from tests.unit.strategies import JSON


def wheel(tread="6.2 mm", **changes):
    entry = {
        "tyreWear": {"value": tread, "status": "OK", "dueMileage": 27500, "unit": "KILOMETER"},
        "tyreDefect": {"value": "Keine", "status": "NO_DEFECT"},
        "season": {"season": "SUMMER"},
        "tyreProductionDate": {"value": "2025-W14"},
        "mountingDate": {"mountingDate": "2026-04-02"},
    }
    return dict(entry, **changes)


def values(**wheels):
    mounted = dict(wheels, aggregatedQualityStatus={"qualityStatus": "GOOD"})
    found = tyres.translate({"passengerCar": {"mountedTyres": mounted}})
    assert set(found) <= set(VEHICLE)
    return {key: reading.value for key, reading in found.items()}


def test_each_wheel_and_what_is_said_of_all():
    found = values(frontLeft=wheel(), frontRight=wheel("5.0 mm"), rearLeft=wheel(), rearRight=wheel())
    assert (found["tyreTreadFrontLeft"], found["tyreTreadFrontRight"]) == (6.2, 5.0)
    assert (found["tyreWearRearLeft"], found["tyreDefectRearLeft"]) == ("OK", "NO_DEFECT")
    assert (found["tyreQuality"], found["tyreSeason"], found["tyreProduced"]) == ("GOOD", "SUMMER", "2025-W14")
    assert found["tyreMounted"] == parse("2026-04-02") and found["tyreDueMileage"] == 27500


@pytest.mark.parametrize(
    "text, depth", [("6,2 mm", 6.2), ("6 MM", 6), ("8/32 in", None), ("6.2", None), ("-", None), (6.2, None), (None, None)]
)
def test_only_millimetres_are_a_depth(text, depth):
    assert values(frontLeft=wheel(text))["tyreTreadFrontLeft"] == depth


def test_wheels_that_differ_are_mixed_and_the_oldest_and_the_next_due_count():
    other = wheel(
        season={"season": "WINTER"},
        tyreProductionDate={"value": "2023-W50"},
        mountingDate={"mountingDate": "2026-10-01"},
        tyreWear={"dueMileage": 9000, "unit": "KILOMETER"},
    )
    found = values(frontLeft=wheel(), rearLeft=other)
    assert (found["tyreSeason"], found["tyreProduced"]) == (tyres.MIXED, "2023-W50")
    assert (found["tyreMounted"], found["tyreDueMileage"]) == (parse("2026-10-01"), 9000)


def test_a_mileage_in_miles_stays_miles_and_one_without_unit_is_not_guessed():
    mounted = {"frontLeft": wheel(tyreWear={"dueMileage": 17000, "unit": "MILE"})}
    reading = tyres.translate({"passengerCar": {"mountedTyres": mounted}})["tyreDueMileage"]
    assert (reading.value, reading.unit) == (17000, "mi")
    assert values(frontLeft=wheel(tyreWear={"dueMileage": 17000, "unit": "?"}))["tyreDueMileage"] is None


def test_a_car_without_sensors_knows_nothing():
    assert set(values().values()) == {None, "GOOD"}


@pytest.mark.parametrize("answer", [None, [], "x", 5])
def test_what_is_no_object_is_a_bad_answer(answer):
    with pytest.raises(BadAnswer):
        tyres.translate(answer)


@given(JSON)
def test_no_diagnosis_is_too_strange(entry):
    values(frontLeft=entry, rearRight={"tyreWear": entry, "season": entry, "mountingDate": entry, "tyreProductionDate": entry})
