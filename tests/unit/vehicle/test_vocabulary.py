"""bmw.vehicle.vocabulary: every row is valid, so every item from it is, too."""

import re

import pytest
from bmw.clouds.cardata import descriptors
from bmw.items.model import SECTIONS
from bmw.vehicle.vehicle import derive
from bmw.vehicle.vocabulary import ACCOUNT, ACCOUNT_POINTS, COMMAND, VEHICLE, VEHICLE_POINTS

POINTS = VEHICLE_POINTS + ACCOUNT_POINTS
ITEM_TYPES = {"Number", "Contact", "Switch", "String", "DateTime", "Location"}
DIMENSIONS = {"Dimensionless", "Length", "Time", "Energy", "Power", "ElectricPotential", "ElectricCurrent", "Pressure",
              "Temperature", "Angle", "Speed", "Volume"}  # fmt: skip
#: semantic tags of openHAB 3.0
POINT_TAGS = {"Measurement", "Status", "Alarm", "Switch", "Control", "Setpoint"}
PROPERTY_TAGS = {"Level", "Energy", "Power", "Opening", "Duration", "Voltage", "Current", "Temperature", "Pressure", "Timestamp"}

every_point = pytest.mark.parametrize("point", POINTS, ids=lambda point: point.key)


def test_no_word_is_there_twice():
    assert len(VEHICLE) == len(VEHICLE_POINTS) and len(ACCOUNT) == len(ACCOUNT_POINTS)


@every_point
def test_a_word_can_be_part_of_an_item_name(point):
    assert re.match(r"^[a-z][A-Za-z0-9]*$", point.key)


@every_point
def test_the_type_is_one_of_openhabs(point):
    kind, _, dimension = point.item_type.partition(":")
    assert kind in ITEM_TYPES
    assert dimension in DIMENSIONS if dimension else not point.unit


@every_point
def test_a_quantity_has_a_unit_and_a_pattern_for_it(point):
    if ":" in point.item_type:
        assert point.unit
        assert point.pattern.endswith(" " + point.unit.replace("%", "%%"))


@every_point
def test_both_languages_have_a_label(point):
    assert point.label.strip() and point.label_de.strip()
    assert point.label != point.label.lower() and point.label_de != point.label_de.lower()


@every_point
def test_the_first_tag_is_a_point_and_the_rest_properties(point):
    assert point.tags[0] in POINT_TAGS
    assert set(point.tags[1:]) <= PROPERTY_TAGS


@pytest.mark.parametrize("language", ["label", "label_de"])
def test_labels_tell_the_points_of_a_car_apart(language):
    labels = [getattr(point, language) for point in VEHICLE_POINTS]
    assert [label for label in labels if labels.count(label) > 1] == []


@pytest.mark.parametrize("point", VEHICLE_POINTS, ids=lambda point: point.key)
def test_every_point_of_a_car_has_a_section_that_is_there(point):
    assert point.section in SECTIONS


def test_every_word_that_cardata_says_is_in_the_vocabulary():
    assert set(row[0] for row in descriptors.TABLE) <= set(VEHICLE)


def test_every_word_that_follows_from_others_is_in_the_vocabulary():
    assert set(derive({key: _any_reading() for key in VEHICLE})) <= set(VEHICLE)


def _any_reading():
    from bmw.vehicle.vehicle import Reading

    return Reading("OPEN", 1.0)


def test_no_command_shares_its_item_name_with_a_reading():
    assert not set(COMMAND) & set(VEHICLE)
