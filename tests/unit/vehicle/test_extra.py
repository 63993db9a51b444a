"""bmw.vehicle.extra: items for values that are not in the vocabulary."""

import re

import pytest
from bmw.vehicle import extra
from bmw.vehicle.vehicle import Reading
from bmw.vehicle.vocabulary import COMMAND, VEHICLE
from hypothesis import given
from hypothesis import strategies as st

from tests.cloud.descriptors import CATALOGUE

PLUG = "vehicle.body.chargingPort.isoSessionId"


def test_a_key_is_made_of_the_descriptor_and_leads_back_to_it():
    assert extra.key_of(PLUG) == "extra_body_chargingPort_isoSessionId"
    assert extra.name_of(extra.key_of(PLUG)) == PLUG


def test_every_descriptor_of_the_catalogue_has_a_key_of_its_own():
    keys = {extra.key_of(name) for name in CATALOGUE}
    assert len(keys) == len(CATALOGUE) and all(re.match(r"^[A-Za-z_][A-Za-z0-9_]*$", key) for key in keys)
    assert not any(extra.is_key(key) for key in list(VEHICLE) + list(COMMAND))


@pytest.mark.parametrize(
    "name",
    ["", "vehicle", "vehicle.", "vehicle..a", "body.hood", "vehicle.a_b", "vehicle.a b", "vehicle.a-b", "vehicle.1", "vehicle.\u00e4",
     "vehicle.a\n", "vehicle." + "a" * 61, "vehicle" + ".abcdefghijklmn" * 11, "vehicle" + ".a" * 13],
)  # fmt: skip
def test_a_name_that_cannot_be_part_of_an_items_name_has_no_key(name):
    assert extra.key_of(name) is None


@given(st.text(), st.text())
def test_two_names_never_share_a_key(one, other):
    one, other = "vehicle." + one, "vehicle." + other
    keys = [extra.key_of(one), extra.key_of(other)]
    assert one == other or None in keys or keys[0] != keys[1]


@pytest.mark.parametrize(
    "name, label",
    [
        (PLUG, "Body charging port iso session id"),
        ("vehicle.electricalSystem.battery48V.x", "Electrical system battery 48V x"),
        ("vehicle.vehicle.preConditioning.isRemoteEngineStartAllowed", "Vehicle pre conditioning is remote engine start allowed"),
    ],
)
def test_the_label_is_bmws_name_in_words(name, label):
    assert extra.label(extra.key_of(name)) == label


@pytest.mark.parametrize(
    "value, unit, item_type, shown",
    [
        (True, None, "Switch", "%s"),
        (12.5, "km", "Number:Length", "%.1f km"),
        (12.5, "mi", "Number:Length", "%.1f mi"),
        (40, "%", "Number:Dimensionless", "%.1f %%"),
        (7, None, "Number", "%s"),
        (7, "furlong", "Number", "%s"),
        ("wintertime", None, "String", "%s"),
        (None, None, "String", "%s"),
        (1790000000.0, extra.MOMENT, "DateTime", "%1$td.%1$tm.%1$tY %1$tH:%1$tM"),
    ],
)
def test_the_item_is_of_the_type_of_the_value(value, unit, item_type, shown):
    point = extra.point(extra.key_of(PLUG), Reading(value, 1.0, unit))
    assert (point.item_type, point.pattern) == (item_type, shown)
    assert point.section == extra.SECTION
    assert point.unit == (unit if ":" in item_type else "")


def test_points_are_in_the_order_of_the_vocabulary_and_the_extra_ones_last():
    readings = {
        "extra_b": Reading(1),
        "extra_a": Reading(2),
        "odometer": Reading(5),
        "stateOfCharge": Reading(5),
        "hood": Reading(None),
        "extra_c": Reading(None),
    }
    assert [point.key for point in extra.points_of(readings)] == ["stateOfCharge", "odometer", "extra_a", "extra_b"]
