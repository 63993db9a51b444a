"""bmw.items.model: the items of an account and its cars."""

import re

import pytest
from bmw.items.model import SECTIONS, Model
from bmw.vehicle import extra
from bmw.vehicle.vehicle import Reading
from bmw.vehicle.vocabulary import ACCOUNT, ACCOUNT_POINTS, COMMAND, LOGS, VEHICLE, VEHICLE_POINTS

from tests.unit.fakes import car

ITEM_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")


def model(prefix="BMW", account="", language="en", own_names=None):
    return Model(prefix, account, language, own_names)


def item(of, key, vehicle=None, is_first=True):
    return of.vehicle_item(vehicle or car(), VEHICLE[key], is_first)


# names of items


def test_a_cars_item_is_named_prefix_car_word():
    assert item(model(), "stateOfCharge").name == "BMW_i3_StateOfCharge"


def test_an_accounts_item_is_named_prefix_word():
    assert model().account_item(ACCOUNT["signIn"]).name == "BMW_SignIn"


def test_a_second_account_is_part_of_its_names():
    second = model(account="wife")
    assert second.account_item(ACCOUNT["signIn"]).name == "BMW_Wife_SignIn"
    assert item(second, "stateOfCharge").name == "BMW_Wife_i3_StateOfCharge"
    assert second.account_group().groups == ("BMW",)


def test_the_users_own_name_for_a_word_means_the_first_car():
    own = model(own_names={"doorLockState": "doorLockState"})
    assert item(own, "doorLockState").name == "doorLockState"
    assert item(own, "doorLockState", car("i4"), is_first=False).name == "BMW_i4_DoorLockState"


def test_the_users_own_name_can_mean_a_certain_car():
    own = model(own_names={"i4.hood": "Haube", "hood": "Bonnet"})
    assert item(own, "hood", car("i4"), is_first=False).name == "Haube"
    assert item(own, "hood", car("i3"), is_first=True).name == "Bonnet"


def test_the_users_own_name_works_for_the_account():
    assert model(own_names={"forceUpdate": "Jetzt"}).account_item(ACCOUNT["forceUpdate"]).name == "Jetzt"


def all_specs(of, vehicle):
    specs = [of.root(), of.account_group(), of.vehicle_group(vehicle)]
    specs += [of.section_group(vehicle, section) for section in SECTIONS]
    specs += [of.account_item(point) for point in ACCOUNT_POINTS]
    return specs + [of.vehicle_item(vehicle, point, True) for point in VEHICLE_POINTS]


@pytest.mark.parametrize("account", ["", "wife"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_item_has_a_valid_unique_name_and_a_label(account, language):
    specs = all_specs(model(account=account, language=language), car())
    names = [spec.name for spec in specs]
    assert len(names) == len(set(names))
    assert [name for name in names if not ITEM_NAME.match(name)] == []
    assert all(spec.label for spec in specs)


def test_every_item_but_the_root_is_in_a_group_that_is_made_too():
    specs = all_specs(model(), car())
    groups = {spec.name for spec in specs if spec.item_type == "Group"}
    assert [spec.name for spec in specs if not set(spec.groups) <= groups] == []
    assert [spec.name for spec in specs if not spec.groups] == ["BMW"]


# looks


def test_labels_are_in_the_language_of_the_settings():
    assert item(model(language="de"), "stateOfCharge").label == "Ladestand"
    assert item(model(language="en"), "stateOfCharge").label == "State of charge"
    assert model(language="de").account_group().label == "BMW-Konto"
    assert model(language="de").section_group(car(), "charging").label == "Laden"


def test_a_car_is_labelled_with_brand_and_model():
    assert model().vehicle_group(car(facts={"brand": "MINI", "model": "Cooper SE"})).label == "MINI Cooper SE"
    assert model().vehicle_group(car("i3")).label == "BMW i3"


def test_a_car_is_equipment_of_kind_car():
    spec = model().vehicle_group(car())
    assert (spec.item_type, spec.tags) == ("Group", ("Car",))


def test_a_measured_item_is_read_only_and_tells_its_pattern_and_unit():
    spec = item(model(), "electricRange")
    assert spec.metadata["stateDescription"] == (" ", {"pattern": "%.0f km", "readOnly": True})
    assert spec.metadata["unit"] == ("km", {})


def test_a_command_changes_nothing_at_an_item_that_only_tells():
    specs = [item(model(), key) for key in VEHICLE] + [model().account_item(ACCOUNT["signInLink"])]
    specs.append(model().vehicle_item(car(), COMMAND["commandStatus"], True))
    assert [spec.name for spec in specs if spec.metadata.get("autoupdate") != ("false", {})] == []


@pytest.mark.parametrize("key", ["lock", "climate", "chargingTarget"])
def test_an_item_for_commands_is_updated_by_them(key):
    assert "autoupdate" not in model().vehicle_item(car(), COMMAND[key], True).metadata


def test_a_switch_for_the_person_is_not_read_only():
    settings = model().account_item(ACCOUNT["forceUpdate"]).metadata["stateDescription"][1]
    assert settings["readOnly"] is False


def test_items_that_serve_the_module_only_are_marked_as_advanced():
    accounts = {key: model().account_item(point).metadata.get("bmw") for key, point in ACCOUNT.items()}
    marked = {key for key, metadata in accounts.items() if metadata == ("advanced", {})}
    assert marked == {"accessToken", "tokenExpiry", "signInInput", "nextRefresh", "lastMessage", "diagnostics"}
    assert {accounts[key] for key in set(ACCOUNT) - marked} == {None}
    logs = [model().vehicle_item(car(), point, True) for point in LOGS.values()]
    assert {spec.metadata["bmw"][0] for spec in logs} == {"advanced"}
    assert "bmw" not in model().vehicle_item(car(), VEHICLE["stateOfCharge"], True).metadata


def test_a_value_beyond_the_vocabulary_is_an_item_of_its_type_in_a_group_of_its_own_and_marked_as_advanced():
    key, of, vehicle = "extra_body_chargingPort_plugEventId", model(language="de"), car()
    spec = of.vehicle_item(vehicle, extra.point(key, Reading(7.0, 1.0, "km")), True)
    assert (spec.name, spec.item_type, spec.groups) == ("BMW_i3_Extra_body_chargingPort_plugEventId", "Number:Length", ("BMW_i3_gExtra",))
    assert spec.metadata["bmw"] == ("advanced", {"descriptor": "vehicle.body.chargingPort.plugEventId"})
    assert spec.metadata["unit"] == ("km", {})
    assert of.section_group(vehicle, extra.SECTION).label == "Weitere Werte (f\u00fcr Experten)"
    # the item's type comes from the first value, not from the first question about it
    assert of.vehicle_item(vehicle, extra.point(key, Reading("x")), True).item_type == "String"


def test_the_users_own_name_is_for_a_value_beyond_the_vocabulary_as_well():
    of = model(own_names={"extra_a": "Mine"})
    assert of.vehicle_item(car(), extra.point("extra_a", Reading(1)), True).name == "Mine" == of.vehicle_item_name(car(), "extra_a", True)
