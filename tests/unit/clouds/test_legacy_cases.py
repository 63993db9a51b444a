"""Answers of the older clouds for real cars, and the right values: one test for each case of tests/cases/legacy.json."""

import pytest
from bmw import times
from bmw.vehicle.vocabulary import VEHICLE

from tests.cases import cases
from tests.cases.play import play, said

CASES = [pytest.param(case, id=case["name"]) for case in cases("legacy.json") if "expect" in case]


def is_as_expected(vehicle, key, expected):
    """True if the key has the expected value: null (unknown), a number with or without unit, a time, a position or a word."""
    value, unit = said(vehicle, key)
    if isinstance(expected, dict):
        return (value, unit or VEHICLE[key].unit) == (expected["value"], expected["unit"])
    if isinstance(expected, list):
        return value == tuple(expected)
    if expected is not None and VEHICLE[key].item_type == "DateTime":
        return value == times.parse(expected)
    return value == expected and isinstance(value, bool) == isinstance(expected, bool)


@pytest.mark.parametrize("case", CASES)
def test_a_real_cars_answers_give_the_expected_values(case):
    vehicle = play(case)
    wrong = {key: (expected, said(vehicle, key)) for key, expected in case["expect"].items() if not is_as_expected(vehicle, key, expected)}
    assert not wrong
