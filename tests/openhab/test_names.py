"""Our name map fills the items of the forum thread, with their original names and types."""

import json
from datetime import datetime

import pytest

from tests.openhab.home import Home

#: names from the forum thread "Binding for BMW i3"; the switch's spelling is the original one
THREAD_ITEMS = """
String doorLockState "Door lock [%s]"
String doorDriverFront "Driver's door [%s]"
String doorPassengerFront "Passenger's door [%s]"
String doorDriverRear "Rear door, driver's side [%s]"
String doorPassengerRear "Rear door, passenger's side [%s]"
Number chargingLevelHv "State of charge [%d %%]"
Number remainingRangeElectric "Range [%d km]"
Switch bmwforceupadte "Update"
String access_token "Token"
String token_expiry "Token valid until [%s]"
"""


#: as openHAB writes a time
ISO = "%Y-%m-%dT%H:%M:%S.%f%z"


@pytest.fixture(scope="module")
def home(openhab_factory):
    home = Home(openhab_factory(), auto_approve=True)
    home.openhab.write_conf("items/thread.items", THREAD_ITEMS)
    home.configure_file(**home.settings(names="thread"))
    home.start()
    home.openhab.command("BMW_SignIn", "ON")
    home.openhab.wait_state("BMW_LastRefresh", lambda state: state not in ("NULL", "UNDEF"))
    yield home
    home.close()


def test_the_threads_items_fill(home):
    told = home.cloud.expected(home.cloud.cars()[0])
    state = home.openhab.state
    assert float(state("chargingLevelHv")) == told["soc"]["value"]
    assert float(state("remainingRangeElectric")) == told["range_electric_km"]["value"]
    assert state("doorLockState") == told["lock"]["value"]
    doors = ("doorDriverFront", "doorPassengerFront", "doorDriverRear", "doorPassengerRear")
    assert [state(door) for door in doors] == ["CLOSED"] * 4
    assert state("access_token").startswith("bmw1:")
    assert state("token_expiry").startswith("20")


def test_the_threads_force_update_switch_updates_and_goes_back(home):
    home.cloud.set_car(home.cloud.cars()[0], soc=33, door_driver_front="OPEN")
    home.openhab.command("bmwforceupadte", "ON")
    home.openhab.wait_state("chargingLevelHv", "33")
    home.openhab.wait_state("doorDriverFront", "OPEN")
    home.openhab.wait_state("bmwforceupadte", "OFF")


def test_no_second_items_are_made_beside_the_users_own(home):
    items = home.openhab.items()
    assert "BMW_i3_StateOfCharge" not in items
    assert "BMW_ForceUpdate" not in items
    assert "BMW_i3_Odometer" in items


def members(home, group):
    return sorted(member["name"] for member in (home.openhab.item(group) or {}).get("members", ()))


@pytest.mark.parametrize("deleted", [["BMW_i3"], ["BMW_i3_gBattery", "BMW_i3"], ["BMW", "BMW_gAccount"]])
def test_deleted_groups_come_back_with_their_members(home, deleted):
    were_there = {group: members(home, group) for group in deleted}
    assert all(were_there.values())
    for group in deleted:
        home.openhab.remove_item(group)
    for group in deleted:
        home.wait(lambda: members(home, group) == were_there[group], "{} and its members".format(group))


def test_an_item_where_a_group_should_be_is_told_and_all_else_works_until_it_is_gone(home):
    were_there, since = members(home, "BMW_i3_gBattery"), home.openhab.log_size()
    home.openhab.add_item("BMW_i3_gBattery", "Switch")
    home.openhab.wait_for_log(
        "The item BMW_i3_gBattery of type Switch has the name of the group 'Battery and range'.*give your item another name", since
    )
    home.cloud.set_car(home.cloud.cars()[0], soc=44)
    home.openhab.command("bmwforceupadte", "ON")
    home.openhab.wait_state("chargingLevelHv", "44")
    assert home.openhab.item("BMW_i3_gBattery")["type"] == "Switch"
    assert home.openhab.log(since).count("BMW_i3_gBattery") == 1
    assert "Unexpected error" not in home.openhab.log(since)
    home.openhab.remove_item("BMW_i3_gBattery")
    home.wait(lambda: members(home, "BMW_i3_gBattery") == were_there, "the group and its members")


def set_time_zone(home, zone):
    """Sets the time zone, as in openHAB's regional settings."""
    body, token = json.dumps({"timezone": zone}), home.openhab.admin_token()
    home.openhab.rest("PUT", "/services/org.openhab.i18n/config", body, "application/json", token)


def test_times_follow_a_time_zone_that_is_changed_while_it_runs(home):
    refresh = home.openhab.state("BMW_LastRefresh")
    try:
        set_time_zone(home, "Asia/Kolkata")
        home.openhab.wait_state("BMW_LastRefresh", lambda state: state.endswith("+0530"))
        same = datetime.strptime(home.openhab.state("BMW_LastRefresh"), ISO)
        assert same == datetime.strptime(refresh, ISO)
    finally:
        set_time_zone(home, "UTC")
    home.openhab.wait_state("BMW_LastRefresh", lambda state: state.endswith("+0000"))


def list_cars_again(home):
    """A new sign-in makes the module read the list of cars at once."""
    home.openhab.command("BMW_SignIn", "ON")


def test_a_loaner_has_the_users_items_only_while_it_is_there(home):
    cloud, openhab, own = home.cloud, home.openhab, home.cloud.cars()[0]
    cloud.set_car(own, lock="UNLOCKED")
    cloud.set_mapping(own, "SECONDARY")
    loaner = cloud.add_car("i4", lock="LOCKED", odometer_km=12)
    list_cars_again(home)
    openhab.wait_state("doorLockState", "LOCKED")
    openhab.wait_state("BMW_i4_Odometer", "12 km")
    since = openhab.log_size()
    cloud.set_mapping(loaner, "SECONDARY")
    cloud.set_mapping(own, "PRIMARY")
    list_cars_again(home)
    openhab.wait_state("doorLockState", "UNLOCKED")
    openhab.wait_state("BMW_i4_Odometer", "UNDEF")
    openhab.wait_state("BMW_i3_Odometer", lambda state: state.endswith("km"))
    assert openhab.log(since).count("i4 is no longer among the cars of this account") == 1


def test_without_a_car_the_users_items_say_that_nothing_is_known_also_after_a_late_restore(home):
    own = home.cloud.cars()[0]
    home.cloud.set_mapping(own, "SECONDARY")
    list_cars_again(home)
    home.openhab.wait_state("doorLockState", "UNDEF")
    home.openhab.update("doorLockState", "LOCKED")
    home.openhab.wait_state("doorLockState", "UNDEF")
    home.cloud.set_mapping(own, "PRIMARY")
    list_cars_again(home)
    home.openhab.wait_state("doorLockState", "UNLOCKED")
