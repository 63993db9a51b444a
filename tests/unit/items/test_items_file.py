"""bmw.items.items_file: the items as text, in openHAB's syntax."""

import re

import pytest
from bmw.items import items_file
from bmw.items.model import ItemSpec, Model
from bmw.vehicle.vehicle import Reading
from bmw.vehicle.vocabulary import ACCOUNT_POINTS, COMMAND, VEHICLE
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import car

#: one line of openHAB 3's items grammar, written independently of the generator
STRING = r'"[^"\\\n]*"'
NAME = r"[A-Za-z0-9_]+"
PAIR = r"\w+=(?:%s|true|false|-?[0-9.]+)" % STRING
BINDING = r"\w+=%s(?: \[%s(?:, %s)*\])?" % (STRING, PAIR, PAIR)
LINE = re.compile(
    r"^(?P<type>Group|Switch|String|Contact|DateTime|Location|Number(?::\w+)?) (?P<name>%s) (?P<label>%s)"
    r"(?: <(?P<icon>\w+)>)?(?: \((?P<groups>%s(?:, %s)*)\))?(?: \[(?P<tags>%s(?:, %s)*)\])?(?: \{ %s(?:, %s)* \})?$"
    % (NAME, STRING, NAME, NAME, STRING, STRING, BINDING, BINDING)
)


def model(language="en", **options):
    return Model(options.pop("prefix", "BMW"), options.pop("account", ""), language, **options)


def full_car(name="i3"):
    vehicle = car(name)
    vehicle.readings = {key: Reading(1.0, 1.0) for key in VEHICLE}
    return vehicle


def lines_of(text):
    return [line for line in text.splitlines() if line and not line.startswith("//")]


def line_of(key, language="en"):
    return items_file.line(model(language).vehicle_item(car(), VEHICLE[key], True))


def test_a_number_carries_label_pattern_icon_group_tags_and_unit():
    assert line_of("electricRange") == (
        'Number:Length BMW_i3_ElectricRange "Electric range [%.0f km]" <line> (BMW_i3_gBattery) ["Measurement"]'
        ' { autoupdate="false", stateDescription=" " [readOnly=true], unit="km" }'
    )


def test_a_contact_tells_its_words_in_german():
    assert line_of("hood", "de") == (
        'Contact BMW_i3_Hood "Motorhaube [%s]" <door> (BMW_i3_gDoors) ["Status", "Opening"]'
        ' { autoupdate="false", stateDescription=" " [options="CLOSED=geschlossen,OPEN=offen", readOnly=true] }'
    )


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_item_is_one_line_of_openhabs_grammar(language):
    specs = items_file.specs_of(model(language), [full_car()], COMMAND)
    lines = lines_of(items_file.items_file(specs))
    assert [line for line in lines if not LINE.match(line)] == []
    groups = [spec for spec in specs if spec.item_type == "Group"]
    assert len(lines) == len(groups) + len(ACCOUNT_POINTS) + len(set(VEHICLE) | set(COMMAND))


def test_each_group_stands_before_its_members():
    seen = set()
    for line in lines_of(items_file.items_file(items_file.specs_of(model(), [full_car(), full_car("i4")]))):
        match = LINE.match(line)
        groups = (match.group("groups") or "").split(", ")
        assert groups == [""] or set(groups) <= seen
        seen.add(match.group("name"))


def test_a_car_has_only_what_it_ever_said():
    text = items_file.items_file(items_file.specs_of(model(), [car(stateOfCharge=57.0, hood=None)]))
    names = {LINE.match(line).group("name") for line in lines_of(text)}
    assert {"BMW_i3_StateOfCharge", "BMW_i3_gBattery"} <= names
    assert not {"BMW_i3_Hood", "BMW_i3_gDoors"} & names


def test_two_accounts_in_one_file_have_the_root_group_once():
    specs = items_file.specs_of(model(account="me"), [car()]) + items_file.specs_of(model(account="wife"), [car()])
    names = [LINE.match(line).group("name") for line in lines_of(items_file.items_file(specs))]
    assert names.count("BMW") == 1
    assert len(names) == len(set(names))


@given(st.text())
def test_no_label_from_outside_can_break_the_line(label):
    spec = ItemSpec("BMW_x", "Group", label, "garage", ("BMW",), ("Car",), {})
    line = items_file.line(spec)
    assert LINE.match(line)
    assert "[" not in LINE.match(line).group("label")


def test_values_beyond_the_vocabulary_are_in_the_file():
    text = items_file.items_file(items_file.specs_of(Model("BMW", "", "en"), [car(extra_vehicle_timeSetting="utc")]))
    assert 'Group BMW_i3_gExtra "Further values (advanced)"' in text
    assert 'String BMW_i3_Extra_vehicle_timeSetting "Vehicle time setting' in text
    assert 'bmw="advanced" [descriptor="vehicle.vehicle.timeSetting"]' in text
