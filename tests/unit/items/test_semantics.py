"""bmw.items.semantics: which tags an item gets in which openHAB."""

import pytest
from bmw.items import items_file, semantics
from bmw.items.model import Model
from bmw.vehicle.vehicle import Reading
from bmw.vehicle.vocabulary import COMMAND, VEHICLE, VEHICLE_POINTS

from tests.unit.fakes import car

#: what openHAB has since 3.0
OLD = {"Measurement", "Status", "Alarm", "Switch", "Control", "Setpoint", "Level", "Energy", "Power", "Opening", "Duration", "Voltage", "Current",
       "Temperature", "Pressure", "Timestamp"}  # fmt: skip
NEW_IN_5_0 = {"Calculation", "LockState", "OpenState", "OpenLevel", "GeoLocation", "Speed", "Mode"}
V5_0 = OLD | NEW_IN_5_0
V5_2 = V5_0 | {"StateOfCharge"}
EVERY_POINT = list(VEHICLE_POINTS) + list(COMMAND.values())


def tags(key, known):
    return semantics.tags(VEHICLE.get(key) or COMMAND[key], known.__contains__)


@pytest.mark.parametrize(
    "key, in_3_0, in_5_0, in_5_2",
    [
        ("stateOfCharge", ("Measurement", "Level"), ("Measurement", "Level"), ("Measurement", "StateOfCharge")),
        ("estimatedStateOfCharge", ("Measurement", "Level"), ("Calculation", "Level"), ("Calculation", "StateOfCharge")),
        ("chargingTarget", ("Setpoint", "Level"), ("Setpoint", "Level"), ("Setpoint", "StateOfCharge")),
        ("stateOfHealth", ("Measurement", "Level"), ("Measurement", "Level"), ("Measurement", "Level")),
        ("locked", ("Status",), ("Status", "LockState"), ("Status", "LockState")),
        ("lock", ("Switch",), ("Switch", "LockState"), ("Switch", "LockState")),
        ("trunk", ("Status", "Opening"), ("Status", "OpenState"), ("Status", "OpenState")),
        ("doorPositionDriverFront", ("Measurement", "Level"), ("Measurement", "OpenLevel"), ("Measurement", "OpenLevel")),
        ("position", ("Status",), ("Status", "GeoLocation"), ("Status", "GeoLocation")),
        ("averageSpeed", ("Measurement",), ("Measurement", "Speed"), ("Measurement", "Speed")),
        ("chargingMode", ("Status",), ("Status", "Mode"), ("Status", "Mode")),
        ("realRange", ("Measurement",), ("Calculation",), ("Calculation",)),
        ("energyChargedTotal", ("Measurement", "Energy"), ("Calculation", "Energy"), ("Calculation", "Energy")),
    ],
)
def test_an_item_has_the_best_tags_that_openhab_knows(key, in_3_0, in_5_0, in_5_2):
    assert [tags(key, known) for known in (OLD, V5_0, V5_2)] == [in_3_0, in_5_0, in_5_2]


@pytest.mark.parametrize("known", [OLD, V5_0, V5_2], ids=["3.0", "5.0", "5.2"])
def test_every_item_has_one_point_and_at_most_one_property_that_openhab_knows(known):
    points = {"Measurement", "Status", "Alarm", "Switch", "Control", "Setpoint", "Calculation"}
    for point in EVERY_POINT:
        kind, *properties = semantics.tags(point, known.__contains__)
        assert kind in points and len(properties) <= 1 and set(properties) <= known - points, point.key


def test_every_key_and_every_tag_of_the_tables_is_used():
    assert set(semantics._OF_KEY) | set(semantics._CALCULATED) <= set(VEHICLE) | set(COMMAND)
    found = {tag for point in EVERY_POINT for tag in semantics.tags(point, V5_2.__contains__)}
    assert NEW_IN_5_0 | {"StateOfCharge"} <= found


def test_the_model_asks_which_tags_there_are():
    i3 = car("i3")
    newest, oldest = Model("BMW", "", "en", knows_tag=V5_2.__contains__), Model("BMW", "", "en")
    assert newest.vehicle_item(i3, VEHICLE["locked"], True).tags == ("Status", "LockState")
    assert oldest.vehicle_item(i3, VEHICLE["locked"], True).tags == ("Status",)


@pytest.mark.parametrize("known", [OLD, V5_0, V5_2], ids=["3.0", "5.0", "5.2"])
@pytest.mark.parametrize("account", ["", "home"])
def test_the_semantic_model_has_no_problem_that_openhabs_health_check_looks_for(known, account):
    """openhab-core's SemanticsServiceImpl (5.0), read: no point in two equipments, no equipment in two, no location within equipment."""
    vehicle = car("i3", extra_vehicle_timeSetting="utc")
    vehicle.readings.update((key, Reading(1.0, 1.0)) for key in VEHICLE)
    specs = items_file.once(items_file.specs_of(Model("BMW", account, "en", knows_tag=known.__contains__), [vehicle], COMMAND))
    points = {"Measurement", "Status", "Alarm", "Switch", "Control", "Setpoint", "Calculation"}
    equipment = {spec.name for spec in specs if spec.tags and spec.item_type == "Group"}
    assert {"BMW_{}i3".format(account and "Home_"), "BMW_{}i3_gDoors".format(account and "Home_")} <= equipment
    for spec in specs:
        parents = equipment.intersection(spec.groups)
        if spec.item_type == "Group":
            assert len(spec.tags) <= 1 and not points.intersection(spec.tags) and len(parents) <= 1, spec
        else:
            assert len(points.intersection(spec.tags)) == 1 and len(spec.tags) <= 2 and len(parents) == 1, spec
