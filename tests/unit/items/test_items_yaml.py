"""bmw.items.items_yaml: the items as a YAML file of openHAB 5."""

import pytest
import yaml
from bmw.items import items_file, items_yaml
from bmw.items.model import ItemSpec, Model
from bmw.vehicle.vehicle import Reading
from bmw.vehicle.vocabulary import COMMAND, VEHICLE
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import car

#: the keys that openHAB's documentation of YAML items names
KEYS = {"type", "dimension", "label", "icon", "groups", "tags", "format", "unit", "autoupdate", "metadata"}


def full_specs(language="en"):
    vehicle = car("i3", extra_vehicle_timeSetting="utc")
    vehicle.readings.update((key, Reading(1.0, 1.0)) for key in VEHICLE)
    return items_file.specs_of(Model("BMW", "", language), [vehicle], COMMAND)


def parsed(specs):
    read = yaml.safe_load(items_yaml.items_yaml(specs))
    assert sorted(read) == ["items", "version"] and read["version"] == 1
    return read["items"]


def as_spec(name, entry):
    """The ItemSpec that openHAB reads from an entry."""
    assert set(entry) <= KEYS
    metadata = {key: (value["value"], value.get("config", {})) for key, value in entry.get("metadata", {}).items()}
    if "format" in entry:
        state = metadata.get("stateDescription", (" ", {}))[1]
        metadata["stateDescription"] = (" ", dict(state, pattern=entry["format"]))
    if "unit" in entry:
        metadata["unit"] = (entry["unit"], {})
    if "autoupdate" in entry:
        metadata["autoupdate"] = ({True: "true", False: "false"}[entry["autoupdate"]], {})
    item_type = ":".join(part for part in (entry["type"], entry.get("dimension")) if part)
    groups, tags = tuple(entry.get("groups", ())), tuple(entry.get("tags", ()))
    return ItemSpec(name, item_type, entry["label"], entry.get("icon", ""), groups, tags, metadata)


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_file_says_of_each_item_what_openhab_has(language):
    specs = full_specs(language)
    items = parsed(specs)
    assert [as_spec(name, items[name]) for name in items] == items_file.once(specs)
    assert len(items) > len(VEHICLE)


def test_two_accounts_in_one_file_have_the_root_group_once():
    specs = items_file.specs_of(Model("BMW", "me", "en"), [car()]) + items_file.specs_of(Model("BMW", "wife", "en"), [car()])
    assert items_yaml.items_yaml(specs).count("\n  BMW:\n") == 1


@given(st.text())
def test_no_label_from_outside_can_break_the_file(label):
    specs = [ItemSpec("BMW_x", "Group", label, "garage", ("BMW",), ("Car",), {}), ItemSpec("BMW_y", "Group", "y", "", (), (), {})]
    items = parsed(specs)
    assert list(items) == ["BMW_x", "BMW_y"]
    assert items["BMW_x"]["groups"] == ["BMW"] and items["BMW_x"]["tags"] == ["Car"]
