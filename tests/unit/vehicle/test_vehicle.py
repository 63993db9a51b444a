"""bmw.vehicle.vehicle: a car's last readings, and the values calculated from them."""

import json

import pytest
from bmw.vehicle.extra import key_of
from bmw.vehicle.vehicle import LOCK_STATES, TIME_LEFT_VALID, Reading, Vehicle, derive, reading_from, vehicle_from
from bmw.vehicle.vocabulary import VEHICLE
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.fakes import NOON, VIN, car

NO_POSITION = st.none() | st.booleans() | st.integers(-1000, 1000) | st.floats(allow_nan=False) | st.text()
READINGS = st.builds(
    Reading,
    NO_POSITION | st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    st.none() | st.floats(0, 4e9),
    st.none() | st.sampled_from(["km", "mi", "%"]),
)


def value(vehicle, key):
    return vehicle.readings[key].value


def test_no_text_of_a_car_has_a_vin():
    """Texts are shown in items, which everybody in the house can read."""
    i3 = car()
    key = key_of("vehicle.vehicle.timeSetting")
    changed = i3.update({"checkControl": Reading("WBY1Z21010V300001: low tyre", NOON), key: Reading("wby1z21010v300001", NOON)})
    assert (value(i3, "checkControl"), value(i3, key)) == ("VIN*0001: low tyre", "VIN*0001")
    assert {"checkControl", key} <= changed
    assert i3.update({"checkControl": Reading("WBY1Z21010V300001: low tyre", NOON)}) == set()


# newer wins


def test_a_newer_reading_replaces_an_older_one():
    i3 = car(stateOfCharge=57)
    assert "stateOfCharge" in i3.update({"stateOfCharge": Reading(58, NOON + 1)})
    assert value(i3, "stateOfCharge") == 58


@pytest.mark.parametrize("key", ["lastChargingPlace", key_of("vehicle.new.text")])
def test_a_text_is_one_line(key):
    """A line's end in a state would look like a line of its own in openHAB's log of events."""
    i3 = car()
    i3.update({key: Reading("Town\n2026-11-29 [INFO] forged\u202e\x1b[31m", NOON)})
    assert value(i3, key) == "Town 2026-11-29 [INFO] forged [31m"


def test_an_older_reading_never_replaces_a_newer_one():
    i3 = car(stateOfCharge=57)
    assert i3.update({"stateOfCharge": Reading(58, NOON - 1)}) == set()
    assert value(i3, "stateOfCharge") == 57


def test_a_reading_without_a_time_is_taken_as_new():
    i3 = car(stateOfCharge=57)
    assert "stateOfCharge" in i3.update({"stateOfCharge": Reading(58)})


def test_a_part_the_car_never_mentioned_stays_unmentioned():
    i3 = car()
    assert i3.update({"sunroof": Reading(None, None), "sunroofTilt": Reading(None, NOON)}) == set()
    assert i3.readings == {}


def test_a_value_the_car_no_longer_knows_becomes_unknown():
    i3 = car(windowDriverFront="OPEN")
    assert {"windowDriverFront", "windows"} <= i3.update({"windowDriverFront": Reading(None, NOON + 1)})
    assert value(i3, "windowDriverFront") is None
    assert value(i3, "windows") is None


def test_bmw_having_nothing_in_store_does_not_erase_what_the_car_said():
    i3 = car(stateOfCharge=57)
    assert i3.update({"stateOfCharge": Reading(None, None)}) == set()
    assert value(i3, "stateOfCharge") == 57


def test_a_repeated_value_is_no_change_but_its_time_moves_on():
    i3 = car(stateOfCharge=57)
    assert i3.update({"stateOfCharge": Reading(57, NOON + 60)}) == {"lastUpdate"}
    assert i3.readings["stateOfCharge"].time == NOON + 60


def test_a_repeated_lock_state_changes_nothing_that_follows_from_it():
    i3 = car(doorLockState="SECURED", doorDriverFront=False, chargingStatus="CHARGING", climateStatus="INACTIVE")
    said = ("doorLockState", "doorDriverFront", "chargingStatus", "climateStatus")
    again = {key: Reading(i3.readings[key].value, NOON + 60) for key in said}
    assert i3.update(again) == {"lastUpdate"}
    assert i3.readings["locked"].time == NOON + 60


def test_another_unit_is_a_change():
    i3 = Vehicle(VIN, "i3")
    i3.update({"odometer": Reading(100, NOON, "km")})
    assert "odometer" in i3.update({"odometer": Reading(100, NOON + 1, "mi")})


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 1000)), min_size=1))
def test_in_whatever_order_reports_come_the_newest_stays(reports):
    i3 = Vehicle(VIN, "i3")
    for soc, time in reports:
        i3.update({"stateOfCharge": Reading(soc, float(time))})
    newest = max(time for _soc, time in reports)
    assert i3.readings["stateOfCharge"].time == newest
    assert value(i3, "stateOfCharge") in [soc for soc, time in reports if time == newest]


# derived values


@pytest.mark.parametrize("state, locked", sorted(LOCK_STATES.items()) + [("ASTRAY", None), (None, None)])
def test_locked_follows_from_the_lock_state(state, locked):
    assert derive({"doorLockState": Reading(state, NOON)})["locked"] == Reading(locked, NOON)


@pytest.mark.parametrize(
    "front, rear, doors",
    [(False, False, False), (True, False, True), (False, True, True), (None, True, True), (None, False, None), (None, None, None)],
)
def test_doors_are_open_when_one_is_and_unknown_when_one_is(front, rear, doors):
    readings = {"doorDriverFront": Reading(front, NOON), "doorPassengerRear": Reading(rear, NOON + 5)}
    assert derive(readings)["doors"] == Reading(doors, NOON + 5)


@pytest.mark.parametrize("word, is_open", [("CLOSED", False), ("OPEN", True), ("INTERMEDIATE", True), ("NOT_AVAILABLE", None)])
def test_windows_are_open_by_words_that_are_known(word, is_open):
    assert derive({"windowDriverRear": Reading(word, NOON)})["windows"].value is is_open


@pytest.mark.parametrize(
    "status, charging",
    [
        ("CHARGING", True),
        ("NOT_CHARGING", False),
        ("CHARGING_PAUSED", False),
        ("PLUGGED_IN", False),
        ("BRAND_NEW_STATE", None),
        (None, None),
    ],
)
def test_charging_follows_from_the_charging_status(status, charging):
    assert derive({"chargingStatus": Reading(status, NOON)})["charging"].value is charging


def test_after_the_charge_nothing_is_said_of_its_power_and_remaining_time():
    vehicle = car(time=NOON, chargingStatus="CHARGING", chargingPower=7400, chargingTimeRemaining=45)
    assert value(vehicle, "chargingPower") == 7400
    changed = vehicle.update({"chargingStatus": Reading("NOT_CHARGING", NOON + 60)})
    assert changed >= {"charging", "chargingPower", "chargingTimeRemaining"}
    assert (value(vehicle, "chargingPower"), value(vehicle, "chargingTimeRemaining")) == (None, None)
    assert vehicle.update({"chargingPower": Reading(7400, NOON)}) == set()
    vehicle.update({"chargingPower": Reading(0, NOON + 61)})
    assert value(vehicle, "chargingPower") == 0


def test_what_is_said_together_with_the_end_of_a_charge_holds():
    vehicle = car(time=NOON, chargingStatus="WAITING_FOR_CHARGING", chargingTimeRemaining=45)
    assert value(vehicle, "chargingTimeRemaining") == 45


@pytest.mark.parametrize("key", ["chargingCurrent", "chargingVoltage", "chargingPhases", "timeToFull"])
def test_what_belongs_to_a_charge_ends_with_it(key):
    vehicle = car(time=NOON, chargingStatus="CHARGING", **{key: 3})
    assert key in vehicle.update({"chargingStatus": Reading("NOT_CHARGING", NOON + 60)})
    assert value(vehicle, key) is None
    vehicle.update({"chargingStatus": Reading("CHARGING", NOON + 120), key: Reading(2, NOON + 120)})
    assert value(vehicle, key) == 2


@pytest.mark.parametrize("key", ["chargingCurrent", "chargingVoltage", "chargingPhases", "timeToFull", "chargingPower"])
def test_a_charge_also_ends_where_bmw_does_not_say_when(key):
    vehicle = car(time=NOON, chargingStatus="CHARGING", **{key: 3})
    vehicle.asked_at = NOON + 60
    assert key in vehicle.update({"chargingStatus": Reading("NOT_CHARGING"), key: Reading(3, NOON)})
    assert value(vehicle, key) is None and value(vehicle, "lastUpdate") == NOON
    assert key not in vehicle.update({key: Reading(3, NOON)}) and value(vehicle, key) is None
    vehicle.update({key: Reading(2, NOON + 61)})
    assert value(vehicle, key) == 2


def test_where_nobody_was_asked_what_is_said_of_a_charge_holds():
    vehicle = car(time=NOON, chargingPower=7400)
    vehicle.update({"chargingStatus": Reading("NOT_CHARGING")})
    assert value(vehicle, "chargingPower") == 7400


def test_a_charge_ends_with_its_cable_where_its_status_becomes_unknown():
    vehicle = car(time=NOON, chargingStatus="CHARGING", pluggedIn=True, chargingPower=7400)
    vehicle.update({"pluggedIn": Reading(False, NOON + 60)})
    assert value(vehicle, "chargingPower") == 7400  # the status is older than the cable's state
    vehicle.update({"chargingStatus": Reading(None, NOON + 60)})
    assert value(vehicle, "chargingPower") is None


@pytest.mark.parametrize("key", ["chargingTimeRemaining", "timeToFull"])
def test_a_time_left_that_is_over_says_nothing_any_more(key):
    vehicle = car(time=NOON, chargingStatus="CHARGING", **{key: 60})
    assert vehicle.pass_time(NOON + 3600 + TIME_LEFT_VALID) == set()
    assert vehicle.pass_time(NOON + 3600 + TIME_LEFT_VALID + 1) == {key}
    assert value(vehicle, key) is None
    assert vehicle.pass_time(NOON + 99999) == set()


# impossible values


@pytest.mark.parametrize("falling", [Reading(99999, NOON + 60, "km"), Reading(62000, NOON + 60, "mi"), Reading(0, NOON + 60)])
def test_an_odometer_never_falls(falling):
    i3 = Vehicle(VIN, "i3")
    i3.update({"odometer": Reading(100000, NOON, "km")})
    i3.update({"odometer": falling})
    assert (i3.readings["odometer"].value, i3.readings["odometer"].unit) == (100000, "km")
    i3.update({"odometer": Reading(62200, NOON + 120, "mi")})
    assert (i3.readings["odometer"].value, i3.readings["odometer"].unit) == (62200, "mi")


def test_an_odometer_that_was_told_too_high_is_put_right_when_only_lower_ones_came_for_a_week():
    i3 = car()
    i3.update({"odometer": Reading(655350, NOON, "km")})
    for day in (1, 6, 7):
        i3.update({"odometer": Reading(50000 + day, NOON + day * 86400, "km")})
        assert i3.readings["odometer"].value == 655350
    i3.update({"odometer": Reading(50010, NOON + 8 * 86400, "km")})
    assert i3.readings["odometer"].value == 50010


def test_a_number_that_cannot_be_true_is_unknown_whatever_the_cloud():
    i3 = car(stateOfCharge=57)
    assert "stateOfCharge" in i3.update({"stateOfCharge": Reading(255, NOON + 60)})
    assert value(i3, "stateOfCharge") is None


TANK = ("fuelRange", "fuelLevel", "fuelVolume")
BATTERY = ("stateOfCharge", "electricRange", "chargingStatus", "pluggedIn", "averageConsumption")


@pytest.mark.parametrize(
    "facts, impossible",
    [
        ({"driveTrain": "BEV"}, TANK),
        ({"driveTrain": "CONV"}, BATTERY),
        ({"driveTrain": "PHEV"}, ()),
        ({"driveTrain": "FUEL_CELL"}, ()),
        ({}, ()),
    ],
)
def test_a_car_shows_nothing_of_a_part_that_it_has_not(facts, impossible):
    said = dict.fromkeys(TANK + BATTERY, 0)
    vehicle = car(facts=facts, odometer=5, totalRange=100, **said)
    assert set(said) - set(vehicle.readings) == set(impossible)
    assert {"odometer", "totalRange"} <= set(vehicle.readings)
    assert ("charging" in vehicle.readings) == ("chargingStatus" not in impossible)


def test_what_was_shown_for_such_a_part_is_taken_back():
    vehicle = car(stateOfCharge=50, fuelRange=338)
    vehicle.facts = {"driveTrain": "BEV"}
    assert vehicle.update({"fuelRange": Reading(338, NOON + 60)}) == {"fuelRange"}
    assert value(vehicle, "fuelRange") is None
    assert vehicle.update({"fuelRange": Reading(338, NOON + 60)}) == set()


@pytest.mark.parametrize(
    "status, active", [("HEATING", True), ("DEFROST", True), ("INACTIVE", False), ("STANDBY", False), ("SINGING", None), (None, None)]
)
def test_climate_active_follows_from_the_climate_status(status, active):
    assert derive({"climateStatus": Reading(status, NOON)})["climateActive"].value is active


def test_nothing_follows_from_nothing():
    assert derive({}) == {}


def test_the_last_update_is_the_newest_time_of_any_reading():
    i3 = car(stateOfCharge=57)
    i3.update({"odometer": Reading(100, NOON + 60)})
    i3.update({"heading": Reading(90, NOON - 60)})
    assert value(i3, "lastUpdate") == NOON + 60


def test_without_any_time_there_is_no_last_update():
    assert "lastUpdate" not in car(stateOfCharge=57, time=None).readings


#: the keys that a cloud can deliver; the others are derived
SAID = sorted(set(VEHICLE) - {"locked", "doors", "windows", "charging", "climateActive", "lastUpdate"})


@example({"odometer": Reading("")})
@given(st.dictionaries(st.sampled_from(SAID), READINGS))
def test_updating_never_raises_and_a_second_time_changes_nothing(readings):
    i3 = Vehicle(VIN, "i3")
    i3.update(readings)
    assert i3.update(readings) == set()


# the store


@given(st.dictionaries(st.sampled_from(sorted(VEHICLE)), READINGS))
def test_a_car_comes_back_from_the_store_as_it_was(readings):
    i3 = Vehicle(VIN, "i3", {"model": "i3 120"})
    i3.update(readings)
    again = vehicle_from(json.loads(json.dumps(i3.to_record())))
    assert (again.vin, again.name, again.facts, again.readings) == (i3.vin, i3.name, i3.facts, i3.readings)


def test_a_word_that_left_the_vocabulary_is_dropped_when_loading():
    record = dict(car(stateOfCharge=57).to_record(), readings={"stateOfCharge": [57, NOON, None], "radio": [1, NOON, None]})
    assert set(vehicle_from(record).readings) == {"stateOfCharge"}


def test_a_position_stays_a_pair():
    assert reading_from(json.loads(json.dumps(Reading((48.1, 11.5), NOON).to_list()))) == Reading((48.1, 11.5), NOON)


def test_a_reading_never_shows_its_value():
    assert "48.1" not in repr(Reading((48.1, 11.5), NOON))
    assert Reading(1, NOON) != 1


def test_what_is_beyond_the_vocabulary_is_stored_until_nobody_asks_for_it():
    vehicle = car()
    vehicle.update({"extra_a": Reading(5.0, NOON, "km"), "extra_b": Reading("x", NOON), "odometer": Reading(7, NOON)})
    again = vehicle_from(json.loads(json.dumps(vehicle.to_record())))
    assert again.readings == vehicle.readings
    again.forget_extras(lambda key: key == "extra_b")
    assert [value(again, key) for key in ("extra_a", "extra_b", "odometer")] == [None, "x", 7]


# what must be stored soon


@pytest.mark.parametrize(
    "key, value, is_state",
    [
        ("locked", False, True),
        ("doorLockState", "UNLOCKED", True),
        ("doorLockState", None, True),
        ("locked", None, True),
        ("stateOfCharge", 57, False),
        ("lastUpdate", NOON, False),
        ("location", (48.1, 11.5), False),
        ("chargingPower", None, False),
        (key_of("vehicle.a.word"), "that changes with each message", False),
    ],
)
def test_a_flag_or_a_word_is_a_state_and_a_number_a_time_a_place_or_an_extra_value_is_none(key, value, is_state):
    vehicle = car()
    vehicle.readings = {key: Reading(value), "odometer": Reading(1)}
    assert vehicle.is_state([key, "odometer"]) is is_state
    assert not vehicle.is_state(["odometer"]) and not vehicle.is_state(["neverTold"])
