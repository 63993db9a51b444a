"""The forum thread's own items, with the names and types that people had there, are filled by our shipped name map."""

import pytest

from tests.openhab.home import Home

#: names as in the thread "Binding for BMW i3"; the switch is spelled as it was there
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
