"""bmw.polling.service: one account from sign-in to items, at the simulated BMW CarData."""

import logging
import os
import threading

import pytest
from bmw.account import token_refresh
from bmw.clouds.cardata import descriptors
from bmw.clouds.cardata.container import CONTAINER_NAME
from bmw.errors import ConfigError, StoreError
from bmw.net.http import RequestsTransport
from bmw.polling import rare_calls
from bmw.storage import files, record_names
from bmw.storage.store import ClosedStore, Store
from bmw.vehicle import estimate
from bmw.vehicle.vehicle import Reading

from tests.cloud import ALL_SCOPES, HOME_PASSWORD, HOME_USER, SimulatedCloud
from tests.unit.fakes import UNEXPECTED, RecordingOutlet, car, raising
from tests.unit.home import Home

HALF_HOUR = 1800


@pytest.fixture
def cloud():
    cloud = SimulatedCloud(fleet="i3")
    # Start at noon tomorrow: no test runs past UTC midnight by itself, and nothing has a time in the future.
    cloud.advance_clock(129600 - cloud.now() % 86400)
    yield cloud
    cloud.close()


@pytest.fixture
def home(cloud, tmp_path):
    return Home(cloud, tmp_path)


@pytest.fixture
def signed_in(home):
    return sign_in(home)


@pytest.fixture
def networked(cloud, tmp_path):
    """A home with a real HTTP connection, which can fail."""
    cloud.start()
    return Home(cloud, tmp_path, transport=RequestsTransport())


def sign_in(home):
    home.sign_in()
    assert home.state == "ONLINE", home.text
    home.pass_time(rare_calls.AFTER_POLL + 1)
    home.cloud.reset_calls()
    return home


def vin(home):
    return home.cloud.cars()[0]


def due(home):
    """Waits until the next automatic poll is due, even for a sleeping car, and triggers it."""
    home.pass_time(2 * HALF_HOUR + 300)
    home.tick()


# before the sign-in


def test_without_a_sign_in_nobody_is_asked_and_the_person_is_told_what_to_do(home):
    home.start()
    home.tick()
    assert home.state == "SIGN_IN_NEEDED"
    assert "switch the sign-in item on" in home.text
    assert home.cloud.calls() == []


def test_a_start_puts_the_switches_off(home):
    home.start()
    assert (home.outlet.shown["signIn"], home.outlet.shown["forceUpdate"]) == (False, False)


def test_a_problem_of_the_settings_is_shown_and_nobody_is_asked(cloud, tmp_path):
    home = Home(cloud, tmp_path, problem=ConfigError("client_id is not set", "get one")).start()
    home.tick()
    home.update()
    home.begin_sign_in()
    assert (home.state, home.text) == ("CONFIG_ERROR", "client_id is not set: get one")
    assert (home.outlet.shown["signIn"], home.outlet.shown["forceUpdate"]) == (False, False)
    assert cloud.calls() == []


def test_a_mistake_in_the_file_is_told_beside_the_state(cloud, tmp_path):
    home = Home(cloud, tmp_path, problems=[ConfigError("refresh is 0 minutes", "use 1 to 1440")]).sign_in()
    assert home.state == "ONLINE"
    assert home.text.endswith("bmw.cfg: refresh is 0 minutes: use 1 to 1440")


# sign-in


def test_a_sign_in_shows_link_and_code_and_waits(networked):
    networked.start()
    networked.begin_sign_in()
    code = networked.cloud.pending_codes()[0]
    assert networked.outlet.shown["signInCode"] == code
    assert networked.outlet.shown["signInLink"] == networked.cloud.url + "/oneid/link?user_code=" + code
    assert (networked.state, networked.outlet.shown["signIn"]) == ("WAITING_FOR_APPROVAL", True)


@pytest.mark.parametrize("text", ["REFRESH", "NULL", "", "on", "off", "1", "INCREASE"])
def test_the_sign_in_switch_knows_on_and_off_and_nothing_else(home, text):
    home.start()
    home.service.sign_in_switch(text)
    home.worker.run()
    assert home.calls("auth") == []
    home.service.sign_in_switch("ON")
    home.worker.run()
    home.service.sign_in_switch(text)
    home.worker.run()
    assert home.state == "WAITING_FOR_APPROVAL"
    home.service.sign_in_switch("OFF")
    home.worker.run()
    assert (home.state, home.outlet.shown["signInLink"]) == ("SIGN_IN_FAILED", None)


@pytest.mark.parametrize(
    "texts, auth_calls", [(["ON", "ON", "ON"], ["device_code"]), (["ON", "OFF"], []), (["OFF", "ON"], ["device_code"])]
)
def test_what_the_sign_in_switch_was_set_to_last_counts(home, texts, auth_calls):
    home.start()
    for text in texts:
        home.service.sign_in_switch(text)
    home.worker.run()
    assert home.calls("auth") == auth_calls


@pytest.mark.parametrize("text, is_begun", [("REFRESH", False), ("NULL", False), ("UNDEF", False), ("  ", False), ("P1_captcha", True)])
def test_only_what_a_person_typed_starts_a_sign_in(home, text, is_begun):
    home.start()
    home.service.sign_in_input(text)
    home.service.sign_in_switch("OFF")  # must not replace the waiting sign-in input
    home.worker.run()
    assert bool(home.calls("auth")) == is_begun


def test_what_is_typed_while_the_worker_is_busy_does_not_pile_up(home):
    home.start()
    before = home.worker.waiting()
    for number in range(50):
        home.service.sign_in_input("P1_captcha{}".format(number))
    assert len(home.worker.waiting() - before) == 1
    home.worker.run()
    assert home.calls("auth") == ["device_code"]


@pytest.mark.parametrize("press", ["tick", "force_update", "diagnose"])
def test_pressed_twice_before_the_worker_has_time_is_done_once(home, press):
    home.sign_in()
    home.pass_time(7200)
    home.cloud.reset_calls()
    shown = home.outlet.all_values("diagnostics")
    for _press in range(3):
        getattr(home.service, press)()
    home.worker.run()
    calls = home.calls()
    assert len(calls) == len(set(calls)) and (calls or press == "diagnose")
    assert len(home.outlet.all_values("diagnostics")) - len(shown) == (1 if press == "diagnose" else 0)


def test_a_stopped_service_asks_bmw_nothing_more(home, monkeypatch):
    home.sign_in()
    home.cloud.reset_calls()
    account = home.account
    token = account.tokens.access_token
    monkeypatch.setattr(account, "access_token", lambda: home.service.halt() or token)
    shown = list(home.outlet.history)
    home.service.force_update()
    home.worker.run()
    assert home.cloud.calls() == []
    assert home.outlet.history == shown


def test_while_the_person_is_away_bmw_is_asked_at_its_own_interval(home):
    home.start()
    home.begin_sign_in()
    home.pass_time(61)
    assert home.calls("auth") == ["device_code"] + ["token"] * 12
    assert home.state == "WAITING_FOR_APPROVAL"


def test_an_approved_sign_in_ends_with_the_cars_on_the_items(home):
    home.sign_in()
    assert home.state == "ONLINE"
    assert home.car()["stateOfCharge"] == 68
    assert (home.outlet.shown["signIn"], home.outlet.shown["signInLink"], home.outlet.shown["signInCode"]) == (False, None, None)
    assert home.outlet.shown["callsLeft"] == 50 - home.cloud.quota_used()


def test_a_declined_sign_in_is_told_with_what_helps(home):
    home.start()
    home.begin_sign_in()
    home.cloud.decline()
    home.pass_time(6)
    assert home.state == "SIGN_IN_FAILED" and "declined" in home.text and "private browser window" in home.text
    assert (home.outlet.shown["signIn"], home.outlet.shown["signInLink"]) == (False, None)
    assert "sign-in poll" not in home.worker.waiting()


def test_an_expired_code_is_told_and_a_new_sign_in_works(home):
    home.start()
    home.begin_sign_in()
    home.pass_time(310)
    assert home.state == "SIGN_IN_FAILED" and "expired" in home.text
    home.begin_sign_in()
    home.cloud.approve()
    home.pass_time(6)
    assert home.state == "ONLINE"


def test_slow_down_makes_the_polls_rarer(home):
    home.start()
    home.begin_sign_in()
    home.cloud.add_fault("token", "status", status=400, body={"error": "slow_down"})
    home.pass_time(5.1)
    assert home.worker.due_in("sign-in poll") == pytest.approx(10, abs=1)
    home.cloud.approve()
    home.pass_time(11)
    assert home.state == "ONLINE"


@pytest.mark.parametrize("kind, options", [("http_500_fault", {}), ("html", {}), ("empty", {}), ("reset", {}), ("html", {"status": 403}),
                                           ("status", {"status": 500, "body": {"error": "Internal Server Error"}})])  # fmt: skip
def test_bmws_trouble_right_after_the_approval_is_sat_out(home, kind, options):
    home.start()
    home.begin_sign_in()
    home.cloud.approve()
    home.cloud.add_fault("token", kind, times=3, **options)
    home.pass_time(16)
    assert home.state == "WAITING_FOR_APPROVAL"
    home.pass_time(10)
    assert home.state == "ONLINE"


def test_a_cancelled_sign_in_ends_at_once(home):
    home.start()
    home.begin_sign_in()
    home.service.cancel_sign_in()
    home.worker.run()
    home.cloud.reset_calls()
    home.pass_time(60)
    assert home.state == "SIGN_IN_FAILED" and "cancelled" in home.text
    assert home.cloud.calls() == []


def test_cancelling_when_nothing_waits_changes_nothing(signed_in):
    signed_in.service.cancel_sign_in()
    signed_in.worker.run()
    assert signed_in.state == "ONLINE"


def test_a_second_sign_in_replaces_the_first(home):
    home.start()
    home.begin_sign_in()
    first = home.outlet.shown["signInCode"]
    home.begin_sign_in()
    assert home.outlet.shown["signInCode"] != first
    home.cloud.approve(home.outlet.shown["signInCode"])
    home.pass_time(6)
    assert home.state == "ONLINE"


def test_a_client_without_the_api_subscription_is_told(home):
    home.cloud.settings(subscribed_scopes=["authenticate_user", "openid", "cardata:streaming:read"])
    home.sign_in()
    assert home.state == "ACCESS_DENIED"
    assert "cardata:api:read" in home.text and "subscribe the client to CarData API" in home.text
    assert home.calls() == []


def test_an_unknown_client_is_told(cloud, tmp_path):
    home = Home(cloud, tmp_path, client_id="00000000-0000-0000-0000-000000000000").start()
    home.begin_sign_in()
    assert home.state == "SIGN_IN_FAILED" and "client id" in home.text
    assert home.outlet.shown["signIn"] is False


def test_a_sign_in_without_network_is_told_and_can_be_repeated(networked):
    networked.start()
    networked.cloud.stop()
    networked.begin_sign_in()
    assert (networked.state, networked.outlet.shown["signIn"]) == ("OFFLINE", False)
    networked.cloud.start()
    networked.begin_sign_in()
    assert networked.state == "WAITING_FOR_APPROVAL"


def test_a_failed_new_sign_in_leaves_the_old_one_in_use(signed_in):
    signed_in.begin_sign_in()
    signed_in.cloud.decline()
    signed_in.pass_time(6)
    assert signed_in.state == "SIGN_IN_FAILED"
    due(signed_in)
    assert signed_in.state == "ONLINE"


# cars


def test_what_the_car_says_is_on_the_items(signed_in):
    expected = signed_in.cloud.expected(vin(signed_in))
    car = signed_in.car()
    for key, field in [("stateOfCharge", "soc"), ("electricRange", "range_electric_km"), ("odometer", "odometer_km")]:
        assert car[key] == pytest.approx(float(expected[field]["value"])), key
    assert (car["doorLockState"], car["locked"], car["doors"], car["windows"]) == ("SECURED", True, False, False)
    assert car["position"] == pytest.approx((48.1769, 11.5585))
    assert (car["pluggedIn"], car["charging"], car["chargingStatus"]) == (False, False, "NOT_CHARGING")


def test_a_change_of_the_car_is_on_the_items_after_the_next_poll(signed_in):
    signed_in.pass_time(60)
    signed_in.cloud.set_car(vin(signed_in), door_driver_front="OPEN", lock="UNLOCKED", soc=66)
    del signed_in.outlet.posts[:]
    signed_in.update()
    changed = {key: value for _car, key, value in signed_in.outlet.posts if key != "lastUpdate"}
    assert changed.pop("stateOfCharge") == changed.pop("estimatedStateOfCharge") == 66
    assert changed == {"doorDriverFront": True, "doors": True, "doorLockState": "UNLOCKED", "locked": False}


def test_an_item_that_was_deleted_is_filled_again_by_the_next_poll(signed_in):
    del signed_in.outlet.cars["i3"]["odometer"]
    del signed_in.outlet.posts[:]
    signed_in.update()
    assert [key for _car, key, _value in signed_in.outlet.posts] == ["odometer"]


def test_without_a_change_nothing_is_posted(signed_in):
    del signed_in.outlet.posts[:]
    signed_in.update()
    assert signed_in.outlet.posts == []


@pytest.mark.parametrize("units", ["short", "long", "missing"])
@pytest.mark.parametrize("booleans", ["plain", "catalogue"])
@pytest.mark.parametrize("missing_values", ["null", "absent"])
def test_however_bmw_words_it_the_items_say_the_same(home, units, booleans, missing_values):
    home.cloud.settings(units=units, booleans=booleans, missing_values=missing_values)
    home.sign_in()
    assert (home.car()["stateOfCharge"], home.car()["doorDriverFront"], home.car()["trunkLocked"]) == (68, False, True)
    assert "sunroof" not in home.car()


# the estimate


def charging(home, **fields):
    home.cloud.set_car(vin(home), plugged=True, charging_status="CHARGING", soc=50, **fields)
    home.update()
    return home


def test_the_users_wallbox_says_how_a_car_charges_that_tells_no_power(home):
    home = Home(home.cloud, home.folder, wallbox_power_item="Wallbox", battery_capacity=40.0)
    home.outlet.powers["Wallbox"] = 10000.0
    charging(home.sign_in(), charging_time_remaining_min=None)
    home.pass_time(3600)
    assert home.car()["estimatedStateOfCharge"] == pytest.approx(50 + 23, abs=0.5)
    assert home.car()["stateOfCharge"] == 50


def test_a_wallbox_that_may_feed_another_car_says_nothing(home):
    home = Home(home.cloud, home.folder, wallbox_power_item="Wallbox", battery_capacity=40.0)
    home.outlet.powers["Wallbox"] = 10000.0
    other = home.cloud.add_car("i3", charging_status="CHARGING", plugged=True, charging_time_remaining_min=None)
    charging(home.sign_in(), charging_time_remaining_min=None)
    home.pass_time(3600)
    by_last_charge = home.car()["estimatedStateOfCharge"]
    assert by_last_charge is None or by_last_charge < 70
    home.cloud.set_car(other, charging_status="NOT_CHARGING", plugged=False)
    home.update()
    home.pass_time(3600)
    assert home.car()["estimatedStateOfCharge"] > 70


def test_an_estimate_ends_by_itself_while_the_car_says_nothing(signed_in):
    home = charging(signed_in, charging_time_remaining_min=120)
    home.pass_time(3600)
    assert home.car()["estimatedStateOfCharge"] > 60
    assert home.car()["chargingTimeRemaining"] == 120
    home.pass_time(12 * 3600)
    assert (home.car()["estimatedStateOfCharge"], home.car()["chargingTimeRemaining"]) == (None, None)


@pytest.mark.parametrize("shape", ["array", "object", "wrapped"])
def test_however_bmw_lists_the_cars_they_are_found(home, shape):
    home.cloud.settings(mappings_shape=shape)
    assert home.sign_in().car()["stateOfCharge"] == 68


def test_an_account_without_cars_is_told(tmp_path):
    cloud = SimulatedCloud(fleet="none")
    home = Home(cloud, tmp_path).sign_in()
    assert home.state == "NO_CAR" and "primary user" in home.text


LEFT_OUT = "{} is left out, as this account is not its primary user: map it to this account as primary user in the BMW portal or app"


def test_a_secondary_users_car_is_left_out_and_told_once_with_what_to_do(home, caplog):
    caplog.set_level(logging.INFO, "bmw")
    home.cloud.set_mapping(vin(home), "SECONDARY")
    home.cloud.add_car("i4")
    home.sign_in()
    line = LEFT_OUT.format("VIN*" + vin(home)[-4:])
    assert (home.state, home.text) == ("ONLINE", "Online; " + line) and set(home.outlet.cars) == {"i4"}
    for _ in range(4):
        due(home)
    home = home.restart()
    assert home.text == "Online; " + line
    assert [record.levelname for record in caplog.records if line in record.getMessage()] == ["INFO", "INFO"]  # one line per start
    for _ in range(3):
        home.pass_time(86400)
        home.tick()
        assert (home.state, home.text) == ("ONLINE", "Online")
    assert "left out: VIN*{} (not its primary user)".format(vin(home)[-4:]) in home.service.diagnostics()


def test_only_secondary_cars_are_as_good_as_none(home):
    home.cloud.set_mapping(vin(home), "SECONDARY")
    home.sign_in()
    assert home.state == "NO_CAR" and LEFT_OUT.format("VIN*" + vin(home)[-4:]) in home.text
    assert home.calls() == ["mappings"]


def test_a_car_that_left_the_account_is_told_for_a_day_and_its_items_show_nothing(signed_in):
    signed_in.cloud.add_car("i4")
    signed_in.cloud.remove_car(vin(signed_in))
    signed_in.pass_time(86400)
    signed_in.tick()
    line = "i3 is no longer among the cars of this account: its items show nothing until it is back"
    assert (signed_in.state, signed_in.text) == ("ONLINE", "Online; " + line)
    assert signed_in.outlet.settled[1] == ["i3"]
    signed_in.pass_time(86400)
    signed_in.tick()
    assert (signed_in.state, signed_in.text) == ("ONLINE", "Online")


def test_the_last_car_that_left_is_told_too(signed_in):
    signed_in.cloud.remove_car(vin(signed_in))
    signed_in.pass_time(86400)
    signed_in.tick()
    assert signed_in.state == "NO_CAR" and "i3 is no longer among the cars of this account" in signed_in.text


def test_two_cars_of_a_model_have_two_names_that_stay(home):
    home.cloud.add_car("i3", soc=33)
    home.sign_in()
    assert (home.car("i3")["stateOfCharge"], home.car("i3_2")["stateOfCharge"]) == (68, 33)
    assert set(home.restart().outlet.cars) == {"i3", "i3_2"}


def test_a_car_that_was_sold_is_no_trouble_and_one_that_comes_back_has_its_name(signed_in):
    first = vin(signed_in)
    signed_in.cloud.set_mapping(first, "SECONDARY")
    signed_in.cloud.add_car("i3", soc=33)
    signed_in.pass_time(86400)
    signed_in.tick()
    assert signed_in.state == "ONLINE" and signed_in.car("i3_2")["stateOfCharge"] == 33
    signed_in.cloud.set_mapping(first, "PRIMARY")
    signed_in.cloud.set_car(first, soc=55)
    signed_in.pass_time(86400)
    signed_in.tick()
    assert (signed_in.car("i3")["stateOfCharge"], set(signed_in.outlet.cars)) == (55, {"i3", "i3_2"})


def test_trouble_with_one_car_does_not_stop_the_others(home):
    home.cloud.add_car("i4")
    home.sign_in()
    home.cloud.set_car(home.cloud.cars()[1], soc=44)
    home.cloud.add_fault("telematicData", "status", status=500)
    home.update()
    assert home.car("i4")["stateOfCharge"] == 44
    assert home.state == "ONLINE" and "i3: BMW's server failed (HTTP 500)" in home.text


def test_trouble_with_a_car_that_has_no_name_yet_does_not_show_its_vin(home):
    home.cloud.add_car("i4")
    home.cloud.add_fault("basicData", "http_500_fault")
    home.sign_in()
    assert (home.state, set(home.outlet.cars)) == ("ONLINE", {"i4"})
    assert "VIN*{}: BMW".format(vin(home)[-4:]) in home.text and vin(home) not in home.text


def test_a_car_that_bmw_does_not_describe_at_first_gets_its_name_when_it_does(home):
    home.cloud.add_fault("basicData", "status", times=2, status=403, body={"exveErrorId": "CU-104"})
    home.sign_in()
    assert home.state == "ONLINE" and home.outlet.cars == {}
    assert "VIN*{}: BMW does not describe this car yet, it gets its items within hours".format(vin(home)[-4:]) in home.text
    for _ in range(2):
        due(home)
    assert set(home.outlet.cars) == {"i3"} and home.text == "Online"


def test_when_bmw_fails_at_all_cars_the_account_is_not_online(home):
    home.cloud.add_car("i4")
    home.sign_in()
    home.cloud.add_fault("telematicData", "status", times=2, status=500)
    home.update()
    assert home.state == "OFFLINE" and home.text == "BMW's server failed (HTTP 500): it is tried again"
    home.update()
    assert home.state == "ONLINE"


def test_when_bmw_fails_at_three_cars_in_a_row_the_others_are_asked_first_next_time(tmp_path):
    cloud = SimulatedCloud(fleet="all", quota=1000)
    home = Home(cloud, tmp_path).sign_in()
    order = [mine for mine in cloud.cars()][:6]
    cloud.add_fault("telematicData", "status", times=3, status=500)
    home.cloud.reset_calls()
    home.update()
    assert home.state == "OFFLINE" and home.calls() == ["telematicData"] * 3
    home.cloud.reset_calls()
    home.update()
    assert home.state == "ONLINE" and asked(home) == order[3:] + order[:3]


def test_a_car_at_which_the_calls_ran_out_is_the_first_of_the_next_poll(home):
    home.cloud.add_car("i4")
    home.sign_in()
    order = list(home.cloud.cars())
    home.cloud.add_fault("telematicData", "status", status=403, body={"exveErrorId": "CU-429"})
    home.update()
    home.pass_time(86400)
    home.cloud.reset_calls()
    home.update()
    assert asked(home) == order


def test_of_many_troubles_with_cars_the_first_ones_are_told(tmp_path):
    cloud = SimulatedCloud(fleet="all", quota=1000)
    home = Home(cloud, tmp_path).sign_in()
    cloud.add_fault("telematicData", "status", times=5, status=403, body={"exveErrorId": "CU-104"})
    home.update()
    assert home.state == "ONLINE"
    assert home.text.count("must be the car's primary user") == 3 and "; and 2 more; VIN*" in home.text


def test_the_whole_fleet_is_read_within_the_day(tmp_path):
    cloud = SimulatedCloud(fleet="all")
    home = Home(cloud, tmp_path).sign_in()
    assert home.state == "ONLINE", home.text
    assert len(home.outlet.cars) == 6
    assert cloud.quota_used() == 1 + 6 + 2 + 6


# more cars than calls


@pytest.fixture
def fleet(cloud, tmp_path):
    """Twelve cars with ten calls a day."""
    for _ in range(11):
        cloud.add_car("i3")
    cloud.settings(quota=10)
    return Home(cloud, tmp_path, calls_per_day=10).sign_in()


def asked(home):
    """The cars that were polled since ``cloud.reset_calls()``, in order."""
    paths = [call["path"] for call in home.cloud.calls() if call["where"] == "telematicData" and call["status"] == 200]
    return [next(one for one in home.cloud.cars() if "VIN.." + one[-4:] in path) for path in paths]


def half_hours(home, count):
    for _ in range(count):
        home.tick()
        home.pass_time(HALF_HOUR)
        assert home.cloud.quota_used() <= 10


@pytest.mark.slow
def test_cars_for_which_the_days_calls_do_not_suffice_take_turns(fleet):
    assert fleet.state == "QUOTA_EXCEEDED" and "next call at" in fleet.text
    half_hours(fleet, 5 * 48)
    assert len(fleet.outlet.cars) == 12
    assert fleet.state == "ONLINE" and "8 of 12 cars asked" in fleet.text and "take turns" in fleet.text
    fleet.cloud.reset_calls()
    half_hours(fleet, 5 * 48)
    times = [asked(fleet).count(car) for car in fleet.cloud.cars()]
    assert min(times) >= 2 and max(times) - min(times) <= 1


def test_the_turn_is_kept_over_a_restart(fleet):
    first = asked(fleet)
    again = fleet.restart(calls_per_day=10)
    again.cloud.reset_calls()
    half_hours(again, 60)
    assert asked(again) and not set(first).intersection(asked(again))


def test_a_car_that_never_answers_does_not_keep_the_others_waiting(home):
    home.cloud.add_car("i4")
    home.sign_in()
    home.cloud.add_fault("telematicData", "reset")
    home.update()
    assert home.state == "OFFLINE"
    home.cloud.reset_calls()
    home.update()
    assert asked(home) == [home.cloud.cars()[1], home.cloud.cars()[0]]


def test_a_clock_that_was_ahead_for_a_while_puts_no_car_last_for_ever(home):
    home.cloud.add_car("i4")
    home.sign_in()
    home.cloud.advance_clock(400 * 86400)
    first, second = home.parts.vehicle_list.vehicles
    first.asked_at = home.clock.now()
    home.cloud.advance_clock(-400 * 86400)
    home.cloud.reset_calls()
    home.update()
    assert asked(home) == [first.vin, second.vin]


# when to poll


def test_a_tick_asks_only_when_it_is_due(signed_in):
    signed_in.tick()
    assert signed_in.calls() == []
    due(signed_in)
    assert signed_in.calls() == ["telematicData"]


def test_at_night_every_second_tick_asks(signed_in):
    signed_in.hour = 2
    for calls in ([], ["telematicData"]):
        signed_in.pass_time(HALF_HOUR + 60)
        signed_in.tick()
        assert signed_in.calls() == calls


@pytest.mark.slow
@pytest.mark.parametrize("jitter", [(0,), (0, 3, -2, 4, -5)])
@pytest.mark.parametrize("hours", [0, 12])
def test_a_car_that_is_always_awake_is_asked_every_half_hour_by_day_and_every_hour_by_night(signed_in, hours, jitter):
    signed_in.pass_time(3600 * hours)
    home, polls, others = signed_in, [], []
    for tick in range(6 * 48):
        home.hour = int(home.clock.now() // 3600 % 24)
        home.cloud.set_car(vin(home), odometer_km=48300 + tick)
        polls += [(home.hour, home.clock.now())] if "telematicData" in asked_at_tick(home) else []
        home.pass_time(HALF_HOUR + jitter[tick % len(jitter)])
        others += home.calls()
        assert home.state == "ONLINE", home.text
    # the sign-in used some calls, which are missing once at the end of that day
    polls = [(hour, now) for hour, now in polls if now > polls[0][1] + 26 * 3600]
    waits = [(hour, round((now - before) / HALF_HOUR)) for (hour, now), (_hour, before) in zip(polls[1:], polls)]
    assert {wait for hour, wait in waits if 7 <= hour <= 22} == {1}
    assert {wait for hour, wait in waits if 1 <= hour <= 5} == {2}
    assert others.count("chargingHistory") >= 2 and others.count("smartMaintenanceTyreDiagnosis") >= 2


def asked_at_tick(home):
    home.cloud.reset_calls()
    home.tick()
    return home.calls()


def awake(home):
    """The car sends a value now and the module polls it."""
    home.cloud.set_car(vin(home), odometer_km=48300)
    home.update()
    home.cloud.reset_calls()


def test_a_car_that_is_awake_is_asked_twice_as_often_as_one_that_sleeps(signed_in):
    awake(signed_in)
    signed_in.pass_time(HALF_HOUR + 60)
    signed_in.tick()
    assert signed_in.calls() == ["telematicData"]


def test_a_car_that_charges_is_asked_more_often_without_waiting_for_the_cron(signed_in):
    signed_in.cloud.set_car(vin(signed_in), plugged=True, charging_status="CHARGING", soc=40)
    signed_in.update()
    signed_in.cloud.reset_calls()
    signed_in.pass_time(2 * HALF_HOUR)
    assert 4 <= len(signed_in.calls()) <= 6
    signed_in.cloud.set_car(vin(signed_in), charging_status="NOT_CHARGING")
    signed_in.update()
    signed_in.cloud.reset_calls()
    signed_in.pass_time(2 * HALF_HOUR)
    assert signed_in.calls() == []


@pytest.mark.slow
def test_a_car_that_always_charges_never_uses_the_day_up_and_is_never_forgotten(signed_in):
    signed_in.cloud.set_car(vin(signed_in), plugged=True, charging_status="CHARGING", soc=40)
    signed_in.cloud.settings(quota=1000)
    home, asked = signed_in, []
    for half_hour in range(4 * 48):
        if half_hour % 31 == 30:
            home = home.restart()
        home.cloud.reset_calls()
        home.tick()
        home.pass_time(HALF_HOUR)
        asked.append(len(home.calls()))
        assert home.state == "ONLINE", home.text
        assert sum(asked[-48:]) <= 50
    six_hours = [sum(asked[start : start + 12]) for start in range(len(asked) - 12)]
    assert min(six_hours) > 0


class Heard:
    """A stream that brings the cars' values, or nothing if ``is_heard`` is False."""

    is_heard = True

    def start(self):
        pass

    def hurry(self):
        pass

    def stop(self):
        pass

    def polled(self, vehicles):
        pass

    def hears(self, vehicle):
        return self.is_heard

    def about(self, now):
        return []


def test_a_car_that_the_stream_tells_of_is_asked_only_for_what_the_stream_lacks(signed_in):
    signed_in.service.attach(Heard())
    for _ in range(3):
        signed_in.pass_time(HALF_HOUR)
        signed_in.tick()
    assert signed_in.calls() == []
    signed_in.pass_time(HALF_HOUR)
    signed_in.tick()
    assert signed_in.calls() == ["telematicData"]


def test_when_the_stream_falls_silent_during_a_charge_bmw_is_asked(signed_in):
    live = Heard()
    signed_in.service.attach(live)
    signed_in.cloud.set_car(vin(signed_in), plugged=True, charging_status="CHARGING", soc=40)
    signed_in.update()
    signed_in.cloud.reset_calls()
    signed_in.pass_time(HALF_HOUR)
    assert signed_in.calls() == []
    live.is_heard = False
    signed_in.pass_time(HALF_HOUR)
    assert len(signed_in.calls()) >= 2


def test_what_the_stream_missed_is_asked_for_if_there_is_room(signed_in):
    signed_in.service.catch_up()
    assert signed_in.calls() == ["telematicData"]
    signed_in.cloud.settings(quota=1000)
    for _ in range(50):
        signed_in.update()
    signed_in.cloud.reset_calls()
    signed_in.service.catch_up()
    assert signed_in.calls() == []


def test_what_the_stream_missed_is_left_to_the_next_poll_where_only_a_persons_calls_are_left(signed_in):
    while signed_in.parts.budget.has_room(signed_in.clock.now(), 1):
        signed_in.update()
    signed_in.pass_time(60)
    signed_in.cloud.reset_calls()
    del signed_in.outlet.history[:]
    signed_in.service.catch_up()
    assert (signed_in.calls(), signed_in.outlet.history, signed_in.state) == ([], [], "ONLINE")


def test_a_force_update_asks_at_once_and_the_switch_goes_off(signed_in):
    signed_in.outlet.shown["forceUpdate"] = True
    signed_in.update()
    assert signed_in.calls() == ["telematicData"]
    assert signed_in.outlet.shown["forceUpdate"] is False


def test_a_force_update_without_a_sign_in_goes_off_and_says_why(home):
    home.start()
    home.outlet.shown["forceUpdate"] = True
    home.update()
    assert home.outlet.shown["forceUpdate"] is False and home.state == "SIGN_IN_NEEDED"


def test_the_next_refresh_is_shown(signed_in):
    wait = signed_in.outlet.shown["nextRefresh"] - signed_in.outlet.shown["lastRefresh"]
    assert 0 < wait < 4200


@pytest.mark.slow
def test_a_week_of_half_hours_stays_within_bmws_allowance(signed_in):
    for _ in range(7 * 48):
        signed_in.hour = int(signed_in.clock.now() // 3600 % 24)
        signed_in.tick()
        signed_in.pass_time(HALF_HOUR)
        assert signed_in.cloud.quota_used() <= 50
        assert signed_in.state == "ONLINE", signed_in.text
    assert set((call["where"], call["status"]) for call in signed_in.cloud.calls() if call["status"] != 200) <= {
        ("image", 404),
        ("locationBasedChargingSettings", 404),
    }


# the quota


def test_when_bmw_says_the_day_is_spent_nobody_asks_until_it_makes_sense_again(signed_in):
    signed_in.cloud.settings(quota=signed_in.cloud.quota_used())
    signed_in.update()
    assert signed_in.state == "QUOTA_EXCEEDED" and "next call at" in signed_in.text
    signed_in.cloud.reset_calls()
    signed_in.update()
    signed_in.tick()
    assert signed_in.calls() == []
    assert signed_in.outlet.shown["nextRefresh"] > signed_in.clock.now() + 3000


@pytest.mark.parametrize("status", [403, 429])
def test_the_next_day_it_goes_on_by_itself(signed_in, status):
    signed_in.cloud.settings(quota=signed_in.cloud.quota_used(), quota_status=status)
    due(signed_in)
    assert signed_in.state == "QUOTA_EXCEEDED"
    for _ in range(26):
        signed_in.pass_time(HALF_HOUR)
        signed_in.tick()
    assert signed_in.state == "ONLINE"


def test_a_spent_day_is_remembered_over_a_restart(signed_in):
    signed_in.cloud.settings(quota=signed_in.cloud.quota_used())
    signed_in.update()
    signed_in.cloud.reset_calls()
    again = signed_in.restart()
    again.update()
    assert again.state == "QUOTA_EXCEEDED" and again.calls() == []


def test_a_person_who_uses_the_day_up_gets_told_and_the_automatic_waits_quietly(signed_in):
    signed_in.cloud.settings(quota=1000)
    for _ in range(50):
        signed_in.update()
    assert signed_in.state == "QUOTA_EXCEEDED" and "50 calls" in signed_in.text
    assert signed_in.cloud.quota_used() == 50 and signed_in.outlet.shown["callsLeft"] == 0
    signed_in.cloud.reset_calls()
    due(signed_in)
    assert signed_in.calls() == []


# containers


def test_one_container_is_made_and_used_ever_after(signed_in):
    for _ in range(3):
        due(signed_in)
    assert len(signed_in.cloud.containers()) == 1
    signed_in.restart().update()
    assert len(signed_in.cloud.containers()) == 1


def test_a_container_that_bmw_lost_is_made_again_within_the_same_poll(signed_in):
    signed_in.cloud.clear_containers()
    signed_in.cloud.set_car(vin(signed_in), soc=61)
    signed_in.update()
    assert signed_in.state == "ONLINE" and signed_in.car()["stateOfCharge"] == 61
    assert signed_in.calls() == ["telematicData", "containers", "containers", "telematicData"]


def test_a_container_deleted_in_the_portal_is_made_again(signed_in):
    owner = signed_in.cloud.garage.account("home")
    signed_in.cloud.containers_store.delete(owner, signed_in.cloud.containers()[0]["containerId"])
    signed_in.update()
    assert signed_in.state == "ONLINE"


def test_after_the_files_were_lost_the_container_is_found_by_its_name(signed_in, tmp_path_factory):
    home = Home(signed_in.cloud, tmp_path_factory.mktemp("new")).sign_in()
    assert home.state == "ONLINE" and len(home.cloud.containers()) == 1


def test_a_descriptor_that_bmw_no_longer_knows_is_dropped(cloud, tmp_path, monkeypatch):
    monkeypatch.setattr(descriptors, "ALL", descriptors.ALL + ("vehicle.gone.with.the.update",))
    home = Home(cloud, tmp_path).sign_in()
    assert home.state == "ONLINE" and home.car()["stateOfCharge"] == 68
    made = home.cloud.containers()[0]["technicalDescriptors"]
    assert set(made) == set(descriptors.ALL) - {"vehicle.gone.with.the.update"}


def fill_containers(home, count, name):
    owner = home.cloud.garage.account("home")
    for number in range(count):
        home.cloud.containers_store.create(owner, "{} {}".format(name, number), "test", [descriptors.CORE[0]])


def test_ten_containers_of_others_are_told_and_left_alone(home):
    fill_containers(home, 10, "evcc")
    home.sign_in()
    assert "ten data containers" in home.text and "delete one" in home.text
    assert all(one["state"] == "ACTIVE" for one in home.cloud.containers())


def test_of_ten_containers_an_old_one_of_ours_makes_room(home):
    fill_containers(home, 8, "evcc")
    fill_containers(home, 2, CONTAINER_NAME)
    home.sign_in()
    assert home.state == "ONLINE"
    gone = [one["name"] for one in home.cloud.containers() if one["state"] == "DELETED"]
    assert gone == [CONTAINER_NAME + " 0"]


# network and server errors


def test_without_network_the_items_keep_their_values_and_it_goes_on_by_itself(networked):
    sign_in(networked)
    networked.cloud.stop()
    due(networked)
    assert networked.state == "OFFLINE" and networked.car()["stateOfCharge"] == 68
    networked.cloud.start()
    networked.cloud.set_car(vin(networked), soc=61)
    due(networked)
    assert networked.state == "ONLINE" and networked.car()["stateOfCharge"] == 61


@pytest.mark.parametrize(
    "kind, options",
    [("http_500_fault", {}), ("html", {}), ("html", {"status": 200}), ("empty", {}), ("reset", {}), ("truncated", {}), ("truncated", {"lying": True}),
     ("huge", {"size": 9000000}), ("status", {"status": 200, "body": [1]}), ("status", {"status": 200, "body": {"telematicData": []}}),
     ("status", {"status": 302, "headers": {"Location": "https://evil.example.com/"}})],
)  # fmt: skip
def test_a_broken_answer_costs_one_poll_and_no_value(networked, kind, options):
    sign_in(networked)
    networked.cloud.add_fault("telematicData", kind, **options)
    networked.update()
    assert networked.state in ("OFFLINE", "ACCESS_DENIED") and networked.car()["stateOfCharge"] == 68
    networked.update()
    assert networked.state == "ONLINE"


@pytest.mark.parametrize("where", ["mappings", "basicData", "containers", "telematicData"])
def test_after_a_first_poll_that_fails_half_way_the_next_one_works(home, where):
    home.cloud.add_fault(where, "http_500_fault")
    home.sign_in()
    assert home.state == "OFFLINE"
    home.update()
    assert home.state == "ONLINE" and home.car()["stateOfCharge"] == 68


def test_a_refused_token_is_refreshed_within_the_poll(signed_in):
    signed_in.cloud.add_fault("telematicData", "status", status=403, body={"exveErrorId": "CU-127", "exveErrorMsg": "invalid_token"})
    signed_in.update()
    assert signed_in.state == "ONLINE"
    assert signed_in.calls("auth") == ["refresh"]


# the token


def test_the_token_is_renewed_before_it_ends_day_and_night(signed_in):
    signed_in.pass_time(86400)
    refreshes = signed_in.calls("auth")
    assert 24 <= len(refreshes) <= 32 and set(refreshes) == {"refresh"}
    signed_in.update()
    assert signed_in.state == "ONLINE" and [call["status"] for call in signed_in.cloud.calls()][-1] == 200


def test_a_week_switched_off_costs_no_sign_in(signed_in):
    signed_in.service.stop()
    signed_in.cloud.advance_clock(7 * 86400)
    assert signed_in.restart().state == "ONLINE"


def test_after_fifteen_days_switched_off_a_person_is_needed_and_the_items_stay(signed_in):
    signed_in.service.stop()
    signed_in.cloud.advance_clock(15 * 86400)
    again = signed_in.restart()
    assert again.state == "SIGN_IN_NEEDED" and "sign in again" in again.text
    assert again.car()["stateOfCharge"] == 68
    again.begin_sign_in()
    again.cloud.approve()
    again.pass_time(6)
    assert again.state == "ONLINE" and set(again.outlet.cars) == {"i3"}


def test_a_refresh_whose_answer_is_lost_is_told_as_what_it_is(signed_in):
    signed_in.cloud.add_fault("refresh", "reply_lost")
    signed_in.pass_time(3010)
    assert signed_in.state == "OFFLINE"
    signed_in.pass_time(301)
    assert signed_in.state == "SIGN_IN_NEEDED" and "sign in again" in signed_in.text


def test_bmws_trouble_at_the_refresh_is_sat_out(signed_in):
    signed_in.cloud.add_fault("refresh", "http_500_fault", times=2)
    signed_in.pass_time(3010 + 2 * 301)
    assert signed_in.calls("auth") == ["refresh"] * 3
    signed_in.update()
    assert signed_in.state == "ONLINE"


def test_a_refresh_answer_without_gcid_and_refresh_token_keeps_the_old_ones(signed_in):
    signed_in.cloud.settings(omit_in_refresh=["gcid", "id_token"])
    gcid = signed_in.account.tokens.gcid
    signed_in.pass_time(3010)
    assert signed_in.account.tokens.gcid == gcid
    signed_in.update()
    assert signed_in.state == "ONLINE"


def test_a_revoked_client_is_told(signed_in):
    signed_in.cloud.delete_client()
    signed_in.update()
    assert signed_in.state == "SIGN_IN_NEEDED" and "client id" in signed_in.text


def test_leaving_the_service_in_the_portal_needs_a_new_sign_in(signed_in):
    signed_in.cloud.settings(subscribed_scopes=list(ALL_SCOPES[:2]))
    signed_in.update()
    assert signed_in.state == "SIGN_IN_NEEDED"


# restarts


def test_a_restart_makes_no_call_and_shows_the_last_values(signed_in):
    again = signed_in.restart()
    assert again.cloud.calls() == []
    assert again.state == "ONLINE" and again.car() == signed_in.car()


def killed(home, **options):
    """openHAB after a kill: the same files; it stored nothing when it ended."""
    return Home(home.cloud, home.folder, **options).start()


def test_ten_kills_in_a_row_make_no_call_and_show_the_last_values(signed_in):
    for _kill in range(10):
        again = killed(signed_in)
        assert again.car()["stateOfCharge"] == 68 and again.calls() == []
    due(again)
    assert again.calls() == ["telematicData"], "the container is the one before"


class Killed(BaseException):
    """The process ended here."""


@pytest.mark.parametrize("where", ["open", "fsync", "_replace"])
def test_a_kill_while_a_poll_is_stored_forgets_no_call_and_leads_to_no_burst_of_polls(signed_in, monkeypatch, where):
    module = files if where == "_replace" else os
    real = getattr(module, where)
    for number in range(2):  # once when the call is counted, once when its answer is stored
        signed_in.pass_time(2 * HALF_HOUR + 300)
        home = Home(signed_in.cloud, signed_in.folder)
        home.service.prepare(lambda items: None)
        home.service.load()
        left = [number]

        def step(what, *more, left=left):
            path = os.readlink("/proc/self/fd/{}".format(what)) if where == "fsync" else str(what)
            left[0] -= path.endswith(files.NEW)
            if left[0] < 0:
                raise Killed()
            return real(what, *more)

        before = len(signed_in.calls())
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(module, where, step)
            home.service.start()
            home.worker.run()
        assert len(signed_in.calls()) == before + number
        again = killed(signed_in)
        assert again.state == "ONLINE" and again.car()["stateOfCharge"] == 68
        assert again.parts.budget.spent(again.clock.now()) >= len(signed_in.calls())
        assert number == 0 or len(signed_in.calls()) == before + 1, "it asked again"


@pytest.mark.parametrize("end, again_asked", [(".readings", ["telematicData"]), (".cardata.calls", ["telematicData"])])
def test_a_damaged_record_costs_what_is_in_it_and_no_other(signed_in, end, again_asked):
    signed_in.service.stop()
    files.write(signed_in.store.path("account" + end), b"damaged")
    again = killed(signed_in)
    assert again.state == "ONLINE" and [vehicle.name for vehicle in again.service.vehicles()] == ["i3"]
    assert again.car()["stateOfCharge"] == 68 and "signInCode" not in again.outlet.shown or not again.outlet.shown["signInCode"]
    again.tick()
    assert again.calls() == again_asked


def test_a_poll_that_brings_nothing_new_writes_only_that_it_was_made(signed_in, monkeypatch):
    due(signed_in)
    due(signed_in)
    written, before = [], signed_in.calls()
    for name in ("save", "save_light"):
        real = getattr(Store, name)
        monkeypatch.setattr(Store, name, lambda store, *what, real=real: written.append(what[0]) or real(store, *what))
    due(signed_in)
    assert signed_in.calls() == before + ["telematicData"]
    assert [name for name in written if not name.endswith(".token")] == ["account.cardata.calls"]


def test_ten_restarts_in_a_row_make_no_call(signed_in):
    home = signed_in
    for _ in range(10):
        home = home.restart()
        home.tick()
    assert home.cloud.calls() == []


def test_the_list_of_cars_is_asked_once_a_day_and_the_description_once(signed_in):
    for _ in range(24):
        due(signed_in)
    calls = signed_in.calls()
    assert (calls.count("mappings"), calls.count("basicData"), calls.count("containers")) == (1, 0, 0)


def test_lost_files_with_the_token_in_a_restored_item_cost_no_sign_in(signed_in, tmp_path_factory):
    signed_in.service.stop()
    home = Home(signed_in.cloud, tmp_path_factory.mktemp("new"))
    home.outlet.sealed = signed_in.account.export()
    home.start()
    assert home.state == "ONLINE" and home.car()["stateOfCharge"] == 68
    assert home.restart().state == "ONLINE"


def test_a_token_whose_item_is_restored_after_the_start_is_refreshed_in_time_too(signed_in, tmp_path_factory):
    signed_in.service.stop()
    home = Home(signed_in.cloud, tmp_path_factory.mktemp("new")).start()
    assert home.state == "SIGN_IN_NEEDED" and "token" not in home.worker.waiting()
    home.outlet.sealed = signed_in.account.export()
    home.tick()
    assert home.state == "ONLINE" and "token" in home.worker.waiting()
    due = home.worker.due_in("token")
    home.tick()
    assert home.worker.due_in("token") == pytest.approx(due, abs=60), "a running one is not asked anew"


def test_files_of_another_key_are_set_aside_and_a_sign_in_asked_for(signed_in):
    again = signed_in.restart(key=b"j" * 32)
    assert again.state == "SIGN_IN_NEEDED"
    assert "account.cardata.token.damaged" in os.listdir(str(signed_in.folder))
    for home in (again, again.restart(key=b"j" * 32)):
        assert home.text.startswith(
            "The stored sign-in to BMW CarData cannot be opened, because its key was lost or it is damaged: switch the"
        )


def test_a_newer_token_in_the_item_takes_the_place_of_a_store_from_a_backup(signed_in):
    name = os.path.join(str(signed_in.folder), "account.cardata.token")
    backup = files.read(name)
    signed_in.pass_time(3010)
    signed_in.service.stop()
    files.write(name, backup)
    again = Home(signed_in.cloud, signed_in.folder)
    again.outlet.sealed = signed_in.account.export()
    again.start()
    again.pass_time(3010)
    again.update()
    assert again.state == "ONLINE", again.text


def test_with_another_client_id_the_stored_sign_in_is_not_used_and_waits_for_the_former_one(signed_in):
    other = signed_in.cloud.add_account("other")
    again = signed_in.restart(client_id=other)
    again.tick()
    assert (again.state, again.text) == (
        "SIGN_IN_NEEDED",
        "client_id in bmw.cfg has changed, and the stored sign-in to BMW CarData is that of the former one: switch the sign-in item on, or"
        " write the former one into bmw.cfg",
    )
    again.pass_time(2 * 86400)
    again.update()
    assert again.cloud.calls() == []
    assert again.restart().state == "ONLINE"


@pytest.mark.parametrize("kind, asks", [("cardata", "poll_sign_in"), ("portal", "begin_sign_in")])
def test_a_stop_waits_for_the_tokens_of_a_sign_in_that_are_on_their_way(cloud, tmp_path, monkeypatch, kind, asks):
    settings = {} if kind == "cardata" else {"client_id": None, "username": HOME_USER, "password": HOME_PASSWORD}
    home = Home(cloud, tmp_path, kind=kind, **settings)
    sent, answered, real = threading.Event(), threading.Event(), getattr(home.account._cloud, asks)
    monkeypatch.setattr(home.account._cloud, asks, lambda *prompt: (sent.set(), answered.wait(30), real(*prompt))[2])

    def sign_in():
        home.start()
        home.begin_sign_in()
        home.pass_time(6)

    def stop():
        home.service.stop()
        home.service.finish()

    if kind == "cardata":
        cloud.settings(auto_approve=True)
    signing_in, stopping = threading.Thread(target=sign_in, daemon=True), threading.Thread(target=stop, daemon=True)
    signing_in.start()
    assert sent.wait(30)
    stopping.start()
    stopping.join(0.1)
    assert stopping.is_alive()
    answered.set()
    stopping.join(30)
    signing_in.join(30)
    cloud.reset_calls()
    assert Home(cloud, tmp_path, kind=kind, **settings).start().account.is_signed_in
    assert [call for call in cloud.calls() if call["kind"] == "auth"] == []


# nothing is stored before loading has ended


class FailingOutlet(RecordingOutlet):
    """Items that raise an unexpected error as long as the test wants."""

    def __init__(self):
        RecordingOutlet.__init__(self)
        self.fails = ()

    def account(self, key, value):
        self._fail("account")
        RecordingOutlet.account(self, key, value)

    def vehicle(self, vehicle, keys, is_first):
        self._fail("vehicle")
        RecordingOutlet.vehicle(self, vehicle, keys, is_first)

    def sealed_token(self):
        self._fail("sealed_token")
        return None

    def _fail(self, what):
        if what in self.fails:
            raise TypeError("state is null")


def run_through(worker, seconds=0):
    """Runs the work like the worker's thread: it goes on after a failed piece of work."""
    for _piece in range(50):
        try:
            worker.pass_time(seconds)
            return
        except TypeError:
            seconds = 0


@pytest.mark.parametrize("fails", [("account",), ("vehicle",), ("sealed_token",), ("account", "vehicle", "sealed_token")])
def test_whatever_fails_at_the_start_nothing_is_stored_over_what_is_there(signed_in, fails):
    signed_in.service.stop()
    outlet = FailingOutlet()
    again = Home(signed_in.cloud, signed_in.folder, outlet=outlet)
    outlet.fails = fails
    again.service.start()
    run_through(again.worker)
    for act in (again.service.tick, again.service.force_update, again.service.sign_in, again.service.tick):
        act()
        run_through(again.worker, 1)
    outlet.fails = ()
    again.service.stop()
    after = Home(signed_in.cloud, signed_in.folder).start()
    assert after.state == "ONLINE" and after.car()["stateOfCharge"] == 68, after.text


def test_items_that_fail_at_the_start_for_a_while_cost_no_person(signed_in):
    signed_in.service.stop()
    outlet = FailingOutlet()
    again = Home(signed_in.cloud, signed_in.folder, outlet=outlet)
    outlet.fails = ("account", "vehicle", "sealed_token")
    again.service.start()
    run_through(again.worker)
    outlet.fails = ()
    run_through(again.worker, 61)
    assert again.state == "ONLINE" and again.car()["stateOfCharge"] == 68


def test_a_broken_record_of_cars_is_not_written_over_before_it_was_read(signed_in, monkeypatch):
    signed_in.service.stop()
    real, name = files.read, signed_in.store.path("account.state")
    before = real(name)
    with monkeypatch.context() as patch:
        patch.setattr(files, "read", lambda path, *more: _cannot_read() if path == name else real(path, *more))
        again = Home(signed_in.cloud, signed_in.folder).start()
    again.service.take(car("i3"), {})  # the file is readable again, but nobody has read it
    again.service.stop()
    assert real(name) == before


def test_files_that_cannot_be_read_are_told(signed_in, monkeypatch):
    def unreadable(path):
        raise StoreError("Cannot read {}".format(os.path.basename(path)), "check who may read it")

    monkeypatch.setattr(files, "read", unreadable)
    again = signed_in.restart()
    assert "STORE_ERROR" in again.outlet.all_values("accountState")


def test_a_store_that_cannot_be_opened_is_told_and_nothing_is_asked_or_stored(signed_in):
    signed_in.service.stop()
    before = dict((path, path.read_bytes()) for path in signed_in.folder.iterdir())
    why = StoreError("The key file is damaged", "delete it and sign in again")
    closed = Home(signed_in.cloud, signed_in.folder, store=ClosedStore(str(signed_in.folder), why), problem=why)
    signed_in.cloud.reset_calls()
    assert closed.service.prepare(lambda items: None) == {}
    closed.start()
    closed.tick()
    closed.update()
    closed.begin_sign_in()
    closed.service.stop()
    assert (closed.state, closed.text) == ("STORE_ERROR", why.text())
    assert signed_in.cloud.calls() == [] and dict((path, path.read_bytes()) for path in signed_in.folder.iterdir()) == before


def test_files_that_cannot_be_read_for_a_while_cost_no_sign_in(signed_in, monkeypatch):
    real, is_broken = files.read, [True]

    def read(path, *more):
        if is_broken[0]:
            raise StoreError("Cannot read", "Too many open files")
        return real(path, *more)

    monkeypatch.setattr(files, "read", read)
    again = signed_in.restart()
    for act in (again.tick, again.update, again.begin_sign_in):
        act()
        assert again.state == "STORE_ERROR", again.text
    assert again.calls() == [] and again.outlet.shown["signIn"] is False
    is_broken[0] = False
    again.pass_time(60)
    assert again.state == "ONLINE" and again.car()["stateOfCharge"] == 68
    due(again)
    assert again.calls()[0] == "telematicData"


@pytest.mark.parametrize("is_read_at_the_start", [False, True])
def test_after_files_could_not_be_read_for_a_while_the_command_items_work(tmp_path, monkeypatch, is_read_at_the_start):
    cloud = SimulatedCloud(fleet="i3")
    portal = {"kind": "portal", "client_id": None, "username": HOME_USER, "password": HOME_PASSWORD}
    Home(cloud, tmp_path, **portal).start().service.stop()
    found, real = {}, files.read
    again = Home(cloud, tmp_path, **portal)
    with monkeypatch.context() as patch:
        patch.setattr(files, "read", _cannot_read)
        assert again.service.prepare(found.update) == {}
        if not is_read_at_the_start:
            again.start()
            assert again.state == "STORE_ERROR"
    assert files.read is real
    if is_read_at_the_start:
        again.start()
    again.pass_time(60)
    assert again.state == "ONLINE", again.text
    assert ("i3", "lock") in found.values()


def _cannot_read(*_arguments):
    raise StoreError("Cannot read", "Too many open files")


def test_when_the_list_of_cars_fails_for_days_the_cars_are_asked_all_the_same(signed_in):
    signed_in.pass_time(86400)
    signed_in.cloud.add_fault("mappings", "http_500_fault", times=None)
    signed_in.cloud.set_car(vin(signed_in), soc=11)
    signed_in.cloud.reset_calls()
    for _half_hour in range(48):
        signed_in.tick()
        signed_in.pass_time(HALF_HOUR)
    assert (signed_in.state, signed_in.car()["stateOfCharge"]) == ("ONLINE", 11)
    assert signed_in.calls().count("mappings") <= 5 < signed_in.calls().count("telematicData")


def test_an_error_that_nobody_expects_does_not_leave_a_sign_in_without_end(signed_in, monkeypatch):
    signed_in.begin_sign_in()
    with monkeypatch.context() as patch, pytest.raises(MemoryError):
        patch.setattr(type(signed_in.account._cloud), "poll_sign_in", _fail_unexpectedly)
        signed_in.pass_time(6)
    signed_in.pass_time(600)
    due(signed_in)
    assert signed_in.calls()[-1] == "telematicData" and signed_in.outlet.shown["signIn"] is False


@pytest.mark.slow
def test_while_a_sign_in_waits_for_a_person_an_account_that_is_signed_in_is_polled_and_its_prompt_stays(signed_in):
    signed_in.cloud.settings(code_lifetime=20000)
    signed_in.begin_sign_in()
    prompt = signed_in.text
    signed_in.cloud.set_car(vin(signed_in), soc=23)
    due(signed_in)
    assert "telematicData" in signed_in.calls() and signed_in.car()["stateOfCharge"] == 23
    assert (signed_in.state, signed_in.text) == ("WAITING_FOR_APPROVAL", prompt)
    signed_in.cloud.add_fault("telematicData", "http_500_fault")
    due(signed_in)
    assert (signed_in.state, signed_in.text) == ("WAITING_FOR_APPROVAL", prompt)
    signed_in.cloud.approve()
    signed_in.pass_time(6)
    assert signed_in.state == "ONLINE" and signed_in.outlet.shown["signIn"] is False


def test_a_password_that_bmw_refused_is_not_tried_again_by_any_tick(cloud, tmp_path):
    """BMW locks an account after several wrong passwords."""
    home = Home(cloud, tmp_path, kind="portal", client_id=None, username=HOME_USER, password="not the password").start()
    refused = home.calls("auth")
    assert (len(refused), home.state) == (1, "SIGN_IN_FAILED"), home.text
    for _hour in range(3):
        home.tick()
        home.update()
        home.pass_time(3600)
    assert home.calls("auth") == refused
    home.begin_sign_in()
    assert home.calls("auth") == refused * 2


def test_a_sign_in_by_user_and_password_that_is_under_way_is_not_begun_again(home):
    home.start()
    home.begin_sign_in()
    home.cloud.reset_calls()
    home.tick()
    assert home.calls("auth") == [] and home.state == "WAITING_FOR_APPROVAL"


def _fail_unexpectedly(*_arguments):
    raise MemoryError("unable to create native thread")


def test_a_full_disk_stops_nothing(signed_in, monkeypatch, caplog):
    def disk_full(*_arguments):
        raise OSError(28, "No space left on device")

    signed_in.cloud.set_car(vin(signed_in), soc=61)
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", disk_full)
        signed_in.update()
        signed_in.pass_time(3010)
    assert signed_in.state == "ONLINE" and signed_in.car()["stateOfCharge"] == 61
    assert "No space left" in caplog.text
    signed_in.update()
    assert signed_in.restart().state == "ONLINE"


def test_a_token_that_could_not_be_stored_is_stored_by_the_next_poll(signed_in, monkeypatch):
    save = Store.save

    def no_token(store, name, *more):
        if name.endswith(".token"):
            raise StoreError("Cannot write the token", "make room on the disk")
        return save(store, name, *more)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "save", no_token)
        patch.setattr(Store, "save_over", no_token)
        signed_in.cloud.add_fault("telematicData", "status", status=401)
        signed_in.update()
        assert signed_in.calls("auth") == ["refresh"] and "Cannot write the token" in signed_in.text
    signed_in.update()
    assert signed_in.text == "Online"
    again = signed_in.restart()
    again.pass_time(3600)
    again.update()
    assert (again.state, again.calls("auth")) == ("ONLINE", ["refresh"] * 2)


def test_a_stop_stores_the_token_and_the_calls_that_a_full_disk_did_not_take(signed_in, monkeypatch):
    def disk_full(*_arguments):
        raise OSError(28, "No space left on device")

    spent = signed_in.service.calls_left()
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", disk_full)
        signed_in.cloud.add_fault("telematicData", "status", status=401)
        signed_in.update()
    assert signed_in.calls("auth") == ["refresh"] and signed_in.service.calls_left() < spent
    left = signed_in.service.calls_left()
    again = signed_in.restart()
    assert (again.state, again.service.calls_left()) == ("ONLINE", left)
    again.pass_time(3600)
    again.update()
    assert (again.state, again.calls("auth")) == ("ONLINE", ["refresh"] * 2)


class SetClock:
    """A system clock that can be set; the cloud's time does not jump with it."""

    def __init__(self, cloud):
        self._cloud, self.ahead = cloud, 0

    def now(self):
        return self._cloud.now() + self.ahead

    def set(self, seconds):
        self.ahead = seconds - self._cloud.now()


def test_a_clock_that_starts_in_1970_and_is_set_later_harms_no_token_count_or_item(signed_in):
    signed_in.update()
    shown, before = dict(signed_in.car()), len(signed_in.calls()) + signed_in.service.calls_left()

    def count_is_right(home):
        return home.service.calls_left() == before - len(home.calls())

    clock = SetClock(signed_in.cloud.clock)
    clock.set(120)
    home = signed_in.restart(clock=clock)
    for soc in (41, 42):
        signed_in.cloud.set_car(vin(signed_in), soc=soc)
        home.update()
        assert (home.state, home.car()["stateOfCharge"]) == ("ONLINE", soc)
        home.pass_time(700)
    assert set(home.car()) >= set(shown)
    assert count_is_right(home)
    clock.ahead = 0
    assert count_is_right(home)
    signed_in.cloud.set_car(vin(signed_in), soc=43)
    home.update()
    home.pass_time(3700)
    assert (home.state, home.car()["stateOfCharge"]) == ("ONLINE", 43)
    again = home.restart()
    assert (again.state, again.car()["stateOfCharge"], count_is_right(again)) == ("ONLINE", 43, True)
    assert "device_code" not in again.calls("auth")


@pytest.mark.parametrize("broken", ["incoming", "_live", "_saved"])
def test_whatever_fails_at_a_stop_all_the_rest_is_done(signed_in, monkeypatch, caplog, broken):
    service, done = signed_in.service, []

    class Part:
        def __init__(self, name):
            self.name = name

        def stop(self, *_arguments):
            done.append(self.name)
            if self.name == broken:
                raise MemoryError("no room")

        save_waiting = stop

        def close(self):
            done.append("closed")

    for name in ("incoming", "_live", "_saved"):
        monkeypatch.setattr(service, name, Part(name))
    monkeypatch.setattr(service, "halt", lambda: None)
    service.stop()  # must not raise: the other accounts and the tokens under way still have to be handled
    assert done == ["incoming", "_live", "_saved", "closed"]
    assert [record.message for record in caplog.records if record.exc_info] == ["The account could not be stopped as it should"]


def test_a_halt_stops_the_commands_before_all_else(signed_in, monkeypatch):
    service, halted = signed_in.service, []
    monkeypatch.setattr(signed_in.worker, "stop", lambda timeout: halted.append((service.incoming._commander.is_halted, timeout)))
    service.halt()
    assert halted == [(True, 0)]


def test_after_a_stop_nothing_is_asked_or_shown(signed_in):
    signed_in.service.stop()
    del signed_in.outlet.history[:]
    signed_in.tick()
    signed_in.update()
    signed_in.service.take(signed_in.service.vehicles()[0], {"stateOfCharge": Reading(11, signed_in.clock.now(), "%")})
    signed_in.pass_time(86400)
    assert signed_in.cloud.calls() == [] and signed_in.outlet.history == []
    assert signed_in.car()["stateOfCharge"] != 11


def test_a_poll_that_a_stop_comes_into_shows_nothing_more_and_makes_no_rule(signed_in, monkeypatch):
    service, added = signed_in.service, []
    service.prepare(added.append)
    signed_in.parts.vehicle_list._has_new = True
    read = signed_in.parts.cloud.read

    def stopped_meanwhile(session, vehicle):
        readings = read(session, vehicle)
        service.stop()
        signed_in.outlet.command(vehicle, "commandStatus", "SENT", True)  # shown by the next instance
        del signed_in.outlet.history[:], signed_in.outlet.posts[:]
        return readings

    monkeypatch.setattr(signed_in.parts.cloud, "read", stopped_meanwhile)
    signed_in.cloud.set_car(signed_in.cloud.cars()[0], lock="UNLOCKED")
    signed_in.update()
    assert (added, signed_in.outlet.history, signed_in.outlet.posts) == ([], [], [])
    assert signed_in.car()["commandStatus"] == "SENT"


def test_a_poll_that_a_stop_comes_into_does_not_overwrite_what_the_next_instance_has_stored(signed_in, monkeypatch):
    read, stored = signed_in.parts.cloud.read, []

    def stopped_meanwhile(session, vehicle):
        readings = read(session, vehicle)
        again = signed_in.restart()
        again.pass_time(60)
        again.update()
        stored.append(records_of(again))
        return readings

    monkeypatch.setattr(signed_in.parts.cloud, "read", stopped_meanwhile)
    signed_in.update()
    assert stored == [records_of(signed_in)] and all(stored[0])


def records_of(home):
    return [home.store.load(name) for name in (record_names.state("account"), record_names.calls("account", "cardata"))]


# privacy


def test_no_secret_is_ever_logged_or_shown_whatever_goes_wrong(home, caplog):
    caplog.set_level(logging.DEBUG)
    home.sign_in()
    for where, kind in [
        ("telematicData", "html"),
        ("mappings", "reset"),
        ("refresh", "http_500_fault"),
        ("any", "truncated"),
        ("any", "empty"),
    ]:
        home.cloud.add_fault(where, kind)
        home.pass_time(3600)
        home.update()
    home.cloud.stop()
    home.update()
    home.cloud.start()
    home.cloud.revoke()
    home.update()
    ours = [record.getMessage() for record in caplog.records if record.name == "bmw"]
    shown = [str(value) for key, value in home.outlet.history]
    secrets = home.cloud.secrets()
    assert ours and secrets
    assert not [text for text in ours + shown if any(secret in text for secret in secrets)]


def test_a_state_is_logged_once_and_not_at_every_poll(networked, caplog):
    sign_in(networked)
    caplog.set_level(logging.INFO, "bmw")
    caplog.clear()
    networked.cloud.stop()
    for _ in range(5):
        due(networked)
    assert len([record for record in caplog.records if record.name == "bmw" and record.levelno >= logging.WARNING]) == 1


def test_a_token_that_stays_refused_is_not_tried_at_the_other_cars(signed_in):
    signed_in.cloud.add_car("i4")
    signed_in.sign_in()
    signed_in.cloud.reset_calls()
    signed_in.cloud.add_fault("telematicData", "status", times=None, status=401)
    signed_in.update()
    assert signed_in.state != "ONLINE"
    assert (signed_in.calls(), signed_in.calls("auth")) == (["telematicData"] * 2, ["refresh"])


def test_a_dead_sign_in_is_told_as_such_with_several_cars_too(signed_in):
    signed_in.cloud.add_car("i4")
    signed_in.sign_in()
    assert signed_in.state == "ONLINE"
    signed_in.cloud.revoke()
    signed_in.update()
    assert signed_in.state == "SIGN_IN_NEEDED"


# the estimate


def test_while_the_car_charges_the_estimate_goes_on_without_a_call(signed_in):
    signed_in.cloud.set_car(vin(signed_in), plugged=True, charging_status="CHARGING", soc=40, charging_time_remaining_min=240)
    signed_in.update()
    signed_in.cloud.reset_calls()
    values = signed_in.outlet.cars["i3"]
    begin = values["estimatedStateOfCharge"]
    assert begin >= 40.0
    signed_in.pass_time(300)
    assert signed_in.calls() == []
    assert begin < values["estimatedStateOfCharge"] < begin + 5 and values["stateOfCharge"] == 40.0


def test_while_it_does_not_charge_the_estimate_is_the_cars_word(signed_in):
    signed_in.cloud.set_car(vin(signed_in), plugged=False, charging_status="NOT_CHARGING", soc=61)
    signed_in.update()
    assert signed_in.outlet.cars["i3"]["estimatedStateOfCharge"] == 61
    signed_in.pass_time(600)
    assert not [name for name in signed_in.worker.waiting() if name.startswith("estimate")]


def test_what_is_typed_for_a_sign_in_without_end_is_sent_nowhere(home):
    home.start()
    home.service.sign_in("x" * 10000000)
    home.worker.run()
    assert home.state == "SIGN_IN_FAILED" and "too long" in home.text
    assert (home.outlet.shown["signIn"], home.cloud.calls()) == (False, [])


def test_the_token_is_refreshed_again_after_an_unexpected_error(signed_in, monkeypatch):
    calls = []

    def fail():
        calls.append(None)
        raise RuntimeError("nobody expects this")

    monkeypatch.setattr(signed_in.account, "keep_fresh", fail)
    signed_in.worker.cancel("token")
    with pytest.raises(RuntimeError):
        signed_in.service._token_refresh.start()
    assert signed_in.worker.due_in("token") == pytest.approx(token_refresh.RETRY, abs=60) and len(calls) == 1


@pytest.mark.parametrize("error", UNEXPECTED)
def test_the_estimate_goes_on_after_an_unexpected_error(signed_in, monkeypatch, error):
    signed_in.cloud.set_car(vin(signed_in), plugged=True, charging_status="CHARGING", soc=40, charging_time_remaining_min=240)
    signed_in.update()
    before = signed_in.car()["estimatedStateOfCharge"]
    signed_in.pass_time(rare_calls.AFTER_POLL + 1)
    with monkeypatch.context() as broken, pytest.raises(error):
        broken.setattr(estimate, "reading", raising(error))
        signed_in.pass_time(estimate.EVERY)
    assert signed_in.worker.due_in("estimate " + vin(signed_in)) <= estimate.EVERY
    signed_in.pass_time(5 * estimate.EVERY)
    assert before < signed_in.car()["estimatedStateOfCharge"] < before + 5


@pytest.mark.parametrize("error", UNEXPECTED)
def test_a_car_that_charges_is_asked_soon_again_after_an_unexpected_error(signed_in, monkeypatch, error):
    signed_in.cloud.set_car(vin(signed_in), plugged=True, charging_status="CHARGING", soc=40, charging_time_remaining_min=240)
    signed_in.update()
    with monkeypatch.context() as broken, pytest.raises(error):
        broken.setattr(signed_in.parts.vehicle_list, "refresh_list", raising(error))
        signed_in.pass_time(HALF_HOUR)
    signed_in.cloud.reset_calls()
    signed_in.pass_time(HALF_HOUR)
    assert "telematicData" in signed_in.calls()


def test_without_a_sign_in_no_car_is_looked_at_soon(signed_in, monkeypatch):
    signed_in.cloud.set_car(vin(signed_in), plugged=True, charging_status="CHARGING", soc=40, charging_time_remaining_min=240)
    signed_in.update()
    assert "refresh soon" in signed_in.worker.waiting()
    monkeypatch.setattr(signed_in.service._sign_in, "is_signed_in", lambda: False)
    signed_in.pass_time(HALF_HOUR)
    assert "refresh soon" not in signed_in.worker.waiting()
