"""Mistakes of users in a real openHAB: each causes one clear line in the log and in the account's item, and all else goes on."""

import pytest

from tests.cloud import ALL_SCOPES
from tests.openhab.home import Home
from tests.openhab.probe import Hand

#: reads items inside openHAB, and sets an item's state to null: openHAB 5.2 restores such states (openhab-core#5831)
ITEMS = Hand(
    "ItemStates",
    """
from bmw.openhab import items
from bmw.openhab.versions import core_class
from java.lang import Class

STATE = Class.getDeclaredField(core_class("items.GenericItem"), "state")
STATE.setAccessible(True)


def forget(name):
    STATE.set(ir.getItem(name), None)
    return ir.getItem(name).getState() is None


def mend(name):
    STATE.set(ir.getItem(name), UNDEF)


def is_same(shown, wanted, unit=""):
    shown, wanted = QuantityType(shown), QuantityType(wanted)
    return items._is_same(shown.toUnit(unit) if unit else shown, wanted)


DO = {"forget": forget, "mend": mend, "is_same": is_same}
""",
)
#: item -> a state that a user or rule may write
WRITTEN_BY_OTHERS = {
    "BMW_i3_Locked": "ON",
    "BMW_i3_DoorLockState": "SECURED",
    "BMW_i3_StateOfCharge": "99 %",
    "BMW_SignInLink": "https://bmw.example/link?user_code=ABCD1234",
    "BMW_SignInCode": "ABCD1234",
    "BMW_SignIn": "ON",
    "BMW_Account": "Sign in at bmw.example",
    "BMW_AccountState": "SIGN_IN_NEEDED",
    "BMW_CallsLeft": "7",
    "BMW_ForceUpdate": "ON",
}
UNKNOWN_CLIENT = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def home(openhab_factory):
    home = Home(openhab_factory())
    home.configure_file(**home.settings(client_id=None))
    home.start()
    yield home
    home.close()


@pytest.fixture(autouse=True)
def warnings_are_counted(home):
    """No test may leave an unexpected error in the log."""
    since = home.openhab.log_size()
    yield
    assert "Unexpected error" not in home.openhab.log(since)


def lines(home, since, text):
    return [line for line in home.openhab.log(since).splitlines() if text in line]


def test_a_missing_client_id_is_named_with_the_place_to_get_it(home):
    text = home.wait_status("CONFIG_ERROR")
    assert "client_id is not set" in text
    assert "BMW portal" in text
    assert len(lines(home, 0, "client_id is not set")) == 1


def test_a_sign_in_without_client_id_ends_with_the_same_text(home):
    home.openhab.command("BMW_SignIn", "ON")
    home.openhab.wait_state("BMW_SignIn", "OFF")
    assert "client_id is not set" in home.wait_status("CONFIG_ERROR")


def test_a_client_id_of_the_wrong_form_is_told(home):
    home.configure(**home.settings(client_id="my client"))
    # the account's state does not change (it had no client id before), so wait for the text
    home.openhab.wait_state("BMW_Account", lambda text: "not of the form" in text)
    assert home.openhab.state("BMW_AccountState") == "CONFIG_ERROR"


def test_a_client_id_that_bmw_does_not_know_is_told(home):
    home.configure(**home.settings(client_id=UNKNOWN_CLIENT))
    home.openhab.command("BMW_SignIn", "ON")
    text = home.wait_status("SIGN_IN_FAILED")
    assert "does not know the client id" in text
    assert "compare client_id in bmw.cfg" in text


def test_an_unknown_key_and_a_bad_cron_are_told_and_the_rest_works(home):
    since = home.openhab.log_size()
    home.configure(**home.settings(refresh="every now and then", clinet_id="x"))
    text = home.wait_status("SIGN_IN_NEEDED")
    assert "'clinet_id' is unknown and ignored: did you mean 'client_id'?" in text
    assert "'every now and then' is not a cron expression" in text
    assert len(lines(home, since, "clinet_id")) == 1


def start_sign_in(home):
    home.openhab.command("BMW_SignIn", "ON")
    return home.openhab.wait_state("BMW_SignInLink", lambda state: state.startswith("http"))


def test_a_declined_sign_in_is_told(home):
    home.configure(**home.settings())
    home.decide(start_sign_in(home), "declined")
    text = home.wait_status("SIGN_IN_FAILED")
    assert "declined" in text
    assert home.openhab.state("BMW_SignInLink") == "UNDEF"
    assert home.openhab.state("BMW_SignInCode") == "UNDEF"


def test_an_expired_code_is_told(home):
    home.cloud.settings(code_lifetime=2)
    start_sign_in(home)
    assert "expired" in home.wait_status("SIGN_IN_FAILED")
    home.cloud.settings(code_lifetime=300)


def test_a_failing_sign_in_server_is_waited_for_until_it_works(home):
    home.cloud.add_fault("token", "http_500_fault", times=2)
    home.decide(start_sign_in(home), "approved")
    home.wait_status("ONLINE")
    home.openhab.wait_state("BMW_i3_StateOfCharge", lambda state: state.endswith("%"))


def test_a_missing_portal_subscription_is_told(home):
    home.cloud.settings(subscribed_scopes=["authenticate_user", "openid"])
    home.decide(start_sign_in(home), "approved")
    text = home.wait_status("ACCESS_DENIED")
    assert "cardata:api:read" in text
    assert "subscribe the client to CarData API" in text
    home.cloud.settings(subscribed_scopes=list(ALL_SCOPES))


def test_an_account_without_cars_is_told(home):
    for vin in home.cloud.cars():
        home.cloud.remove_car(vin)
    home.decide(start_sign_in(home), "approved")
    assert "no car that can be read" in home.wait_status("NO_CAR")


def test_a_car_added_later_is_found_at_the_next_update(home):
    home.cloud.add_car("i3")
    home.force_update()
    home.wait_status("ONLINE")
    # a different car from the i3 of the tests before, which keeps its items
    home.openhab.wait_state("BMW_i3_2_StateOfCharge", lambda state: state.endswith("%"))


def test_a_network_that_is_down_at_the_start_is_told_and_recovered_from(home):
    home.openhab.stop()
    home.cloud.stop()
    home.cloud.advance_clock(0)
    (home.openhab.userdata / "bmw" / "account.state").unlink()
    home.start()
    assert "cannot be reached" in home.wait_status("OFFLINE")
    home.cloud.start()
    home.force_update()
    home.wait_status("ONLINE")


# items that others write


def states(home, names):
    return {name: home.openhab.state(name) for name in sorted(names)}


def shows(home, wanted):
    """Waits until the items show these states."""
    home.wait(lambda: states(home, wanted) == wanted, lambda: "{}; they are {}".format(wanted, states(home, wanted)))


@pytest.fixture
def open_car(home):
    home.cloud.set_car(home.cloud.cars()[0], lock="UNLOCKED")
    home.force_update()
    shows(home, {"BMW_i3_DoorLockState": "UNLOCKED", "BMW_i3_Locked": "OFF"})


def test_a_command_to_an_item_that_only_tells_changes_nothing(home, open_car):
    """For example from a toggle, a voice assistant or an 'all on' group."""
    since = home.openhab.events_size()
    home.openhab.command("BMW_i3_Locked", "ON")
    home.force_update()
    events = home.openhab.events(since)
    assert "'BMW_i3_Locked' received command ON" in events
    assert "'BMW_i3_Locked' changed" not in events
    assert home.openhab.state("BMW_i3_Locked") == "OFF"


def test_what_others_write_into_items_is_put_right_without_a_poll(home, open_car):
    told = states(home, WRITTEN_BY_OTHERS)
    calls = home.last_call()
    for name, state in WRITTEN_BY_OTHERS.items():
        home.openhab.update(name, state)
    shows(home, told)
    assert (told["BMW_i3_Locked"], told["BMW_SignInLink"]) == ("OFF", "UNDEF")
    assert home.api_calls(calls) == []


def test_an_item_made_anew_with_another_type_is_filled(home):
    home.openhab.remove_item("BMW_i3_Locked")
    home.openhab.add_item("BMW_i3_Locked", "String")
    home.openhab.wait_state("BMW_i3_Locked", "OFF")


def test_a_group_of_the_users_shows_what_its_members_make_of_it(home):
    home.openhab.remove_item("BMW_i3_Locked")
    home.openhab.add_item("BMW_i3_Locked", "Group", groupType="Switch", function={"name": "OR", "params": ["ON", "OFF"]})
    since = home.openhab.log_size()
    home.force_update()
    assert len(lines(home, since, "The item BMW_i3_Locked of type Group cannot hold this value, it is not updated")) == 1
    assert home.openhab.state("BMW_i3_Locked") == "NULL"
    home.openhab.remove_item("BMW_i3_Locked")
    home.force_update()
    home.openhab.wait_state("BMW_i3_Locked", "OFF")


def test_an_item_in_another_unit_is_not_taken_for_one_that_somebody_wrote(home):
    def is_same(*arguments):
        return ITEMS.ask(home.openhab, "is_same", *arguments)

    assert is_same("187 km", "187 km", "mi") and is_same("21.5 \u00b0C", "21.5 \u00b0C", "K")
    assert not is_same("187 km", "187 mi") and not is_same("187 km", "188 km", "mi") and not is_same("187 km", "187 %")
    assert not is_same("1E400 km", "187 km")  # too large for a double: infinity


def test_a_start_with_items_whose_state_is_null_loses_nothing(home, open_car):
    """openHAB 3.0 itself cannot change such a state. 5.2 makes them, so any version of ours must cope with them."""
    told = states(home, set(WRITTEN_BY_OTHERS) - {"BMW_CallsLeft"})
    since = home.openhab.log_size()
    nulls = [name for name in WRITTEN_BY_OTHERS if name not in ("BMW_AccountState", "BMW_ForceUpdate")]
    nulls += ["BMW_AccessToken", "BMW_TokenExpiry", "BMW_i3_Odometer", "BMW_i3_LastUpdate"]
    with home.unloaded():
        home.openhab.update("BMW_AccountState", "NONSENSE")
        assert [ITEMS.ask(home.openhab, "forget", name) for name in nulls] == [True] * len(nulls)
    home.openhab.wait_state("BMW_AccountState", "ONLINE")
    home.force_update()
    for name in nulls:
        ITEMS.ask(home.openhab, "mend", name)
    home.force_update()
    shows(home, told)
    home.openhab.wait_state("BMW_AccessToken", lambda state: state.startswith("bmw1:"))
    home.openhab.wait_state("BMW_i3_Odometer", lambda state: state.endswith("km"))
    assert "NoneType" not in home.openhab.log(since)
    home.wait_status("ONLINE")
