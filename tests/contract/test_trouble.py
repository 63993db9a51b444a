"""Days on which BMW's servers fail, as in 2026: the day's calls are not used up, and the car is read again without a person.

tests/run.sh plays each kind of error at each call, with FAULTS=all (tests/run.sh long) each error of BMW's table. tests/run.sh fast
leaves two of three such days out.
"""

import os

import pytest
from bmw.clouds.cardata import descriptors

from tests.cloud import HOME_PASSWORD, HOME_USER, SimulatedCloud
from tests.cloud.cardata_errors import TABLE
from tests.unit.clouds.test_mybmw_portal_connecteddrive_flow import APP_KEYS
from tests.contract.days import DAY, HALF_HOUR, household, live, most_in_a_day

#: BMW's calls per day without those kept for the user (bmw.polling.budget.RESERVE)
AUTOMATIC = 45
#: most failing calls of one endpoint and car, and most failing token refreshes
MOST_OF_ONE = 20
MOST_RENEWALS = 30

HEADER, AVERAGE_SPEED = "vehicle.drivetrain.batteryManagement.header", "vehicle.vehicle.avgSpeed"
POSITION = (descriptors.LATITUDE, descriptors.LONGITUDE)

API = (
    "mappings", "basicData", "telematicData", "containers_list", "containers_create", "containers_delete",
    "chargingHistory", "smartMaintenanceTyreDiagnosis", "locationBasedChargingSettings", "image",
)  # fmt: skip


def of_table(error_id, message=None, note=""):
    status, text = TABLE[error_id]
    return "status", {"status": status, "body": {"exveErrorId": error_id, "exveErrorMsg": message or text, "exveNote": note}}


ERRORS = {error_id: of_table(error_id) for error_id in TABLE}
ERRORS.update(
    {
        "invalid_token": of_table("CU-127", "invalid_token"),
        "400": ("status", {"status": 400}),
        "401": ("status", {"status": 401}),
        "403": ("status", {"status": 403}),
        "404": ("status", {"status": 404}),
        "429": ("status", {"status": 429}),
        "500 fault": ("http_500_fault", {}),
        "503 until tomorrow": ("status", {"status": 503, "headers": {"Retry-After": "86400"}}),
        "302": ("status", {"status": 302, "headers": {"Location": "https://evil.example.com/"}}),
        "HTML": ("html", {}),
        "HTML 200": ("html", {"status": 200}),
        "nothing": ("empty", {}),
        "other JSON": ("status", {"status": 200, "body": [1]}),
        "cut": ("truncated", {}),
        "connection reset": ("reset", {}),
        "no answer": ("timeout", {"seconds": 0}),
        "answer lost": ("reply_lost", {}),
    }
)


@pytest.fixture
def cloud():
    cloud = SimulatedCloud(fleet="i3")
    # start at noon tomorrow, so that nothing has a time in the future
    cloud.advance_clock(129600 - cloud.now() % DAY)
    yield cloud
    cloud.close()


@pytest.fixture
def home(cloud, tmp_path):
    return household(cloud, tmp_path)


def vin(home):
    return home.cloud.cars()[0]


def count(home, *places):
    return sum(1 for call in home.cloud.calls() if call["where"] in places)


def ends(home, seconds=5 * HALF_HOUR):
    """Ends the fault; the car must be read again within this time."""
    home.cloud.clear_faults()
    home.cloud.set_car(vin(home), soc=61)
    live(home, seconds)
    # compare values only: if BMW did not send the car's description, its name is another one
    assert [car["stateOfCharge"] for car in home.outlet.cars.values()] == [61], (home.state, home.text)
    assert home.state == "ONLINE", home.text


# every error at every call

#: one error of each kind that the module distinguishes
KINDS = "400 401 404 CU-104 CU-105 CU-124 CU-402 CU-429 HTML".split() + ["503 until tomorrow", "other JSON", "no answer"]
PLAYED = sorted(ERRORS) if os.environ.get("FAULTS") == "all" else KINDS
#: errors about the number of calls: the module then makes no calls for hours
QUOTA = ("429", "CU-429")
#: answers with new tokens that are lost: the old tokens are used up, so the user must sign in again
LOST_TOKENS = ("answer lost", "cut")


def failed(home):
    """{call: how often it failed}."""
    calls = [
        call["where"] + call["method"] for call in home.cloud.calls() if call["kind"] == "api" and not 200 <= (call["status"] or 0) < 300
    ]
    return {call: calls.count(call) for call in calls}


def at_any_call():
    """Each error at each call. A third of them is not marked slow, so that each error and each call is tested in quick runs too."""
    for row, place in enumerate(API):
        for column, error in enumerate(PLAYED):
            yield pytest.param(place, error, marks=[pytest.mark.slow] if (row + column) % 3 else [])


@pytest.mark.parametrize("place, error", at_any_call())
def test_no_error_at_any_call_takes_the_days_calls(home, place, error):
    kind, options = ERRORS[error]
    home.cloud.add_fault(place, kind, times=None, **options)
    home.sign_in()
    live(home, DAY)
    assert most_in_a_day(home) <= AUTOMATIC
    assert max(failed(home).values(), default=0) <= MOST_OF_ONE, failed(home)
    home.cloud.reset_quota()
    # after containers_create it finds the accepted descriptors with shorter lists, so it takes some polls until all are back
    ends(home, 6 * 3600 if error in QUOTA or place == "containers_create" else 3 * 3600)


@pytest.mark.parametrize("error", [error for error in PLAYED if error not in QUOTA])
def test_no_error_at_a_car_that_was_read_before_takes_the_days_calls(home, error):
    home.sign_in()
    kind, options = ERRORS[error]
    home.cloud.add_fault("telematicData", kind, times=None, **options)
    live(home, DAY)
    assert most_in_a_day(home) <= AUTOMATIC
    assert max(failed(home).values(), default=0) <= MOST_OF_ONE, failed(home)
    home.cloud.reset_quota()
    ends(home, 3 * 3600)


@pytest.mark.parametrize("error", [error for error in PLAYED if error not in LOST_TOKENS])
def test_no_error_at_the_tokens_is_asked_for_again_and_again(home, error):
    home.sign_in()
    kind, options = ERRORS[error]
    home.cloud.reset_calls()
    home.cloud.add_fault("refresh", kind, times=None, **options)
    live(home, DAY)
    # requests without an answer may be repeated more often
    assert count(home, "refresh") <= (150 if error in ("no answer", "connection reset") else MOST_RENEWALS)
    assert most_in_a_day(home) <= AUTOMATIC and home.state != "ONLINE"
    ends(home, 2 * 3600)


@pytest.mark.parametrize("error", PLAYED)
@pytest.mark.parametrize("place", ["device_code", "token"])
def test_no_error_at_a_sign_in_is_asked_for_without_end(home, place, error):
    kind, options = ERRORS[error]
    home.cloud.add_fault(place, kind, times=None, **options)
    home.start().begin_sign_in()
    live(home, DAY)
    assert count(home, "device_code") == 1 and count(home, "token") <= 61
    assert home.state not in ("ONLINE", "WAITING_FOR_APPROVAL")
    # now the user must sign in
    home.cloud.clear_faults()
    home.sign_in()
    assert home.state == "ONLINE"


# faults that BMW really had


def retire(home, *names, how="named"):
    home.cloud.settings(retired_descriptors=list(names), retired_refusal=how)


def until(home, condition, restarts=False):
    """Lets up to ten half days pass until the condition is true. ``restarts``: openHAB restarts after each of them."""
    for _ in range(10):
        if condition(home):
            return home
        live(home, DAY / 2)
        if restarts:
            home.service.stop()
            home = household(home.cloud, home.folder).start()
    assert condition(home)
    return home


def made(home):
    """The descriptors of the container in use (set)."""
    active = [one for one in home.cloud.containers() if one["state"] == "ACTIVE"]
    return set(active[-1]["technicalDescriptors"])


@pytest.mark.parametrize("names", [POSITION, (HEADER, AVERAGE_SPEED)])
def test_two_retired_keys_are_left_out_within_the_first_poll_and_named_in_the_report(home, names):
    retire(home, *names)
    home.sign_in()
    assert home.state == "ONLINE" and made(home) == set(descriptors.ALL) - set(names)
    assert home.calls().count("containers") == 4  # one list, three tries
    home.cloud.set_car(vin(home), odometer_km=50000)
    live(home, 6 * 3600)
    assert home.car()["odometer"] == 50000 and most_in_a_day(home) <= AUTOMATIC
    for name in names:
        assert name in home.service.diagnostics()


def test_many_retired_keys_cost_a_few_calls_a_poll_and_no_data(home):
    gone = [name for name in descriptors.ALL if name not in descriptors.CORE][:12]
    retire(home, *gone)
    home.sign_in()
    assert home.state == "ONLINE" and home.car()["stateOfCharge"] == 68
    live(home, DAY)
    assert most_in_a_day(home) <= AUTOMATIC
    live(home, DAY)
    assert made(home) == set(descriptors.ALL) - set(gone)
    assert len([one for one in home.cloud.containers() if one["state"] == "ACTIVE"]) == 1


@pytest.mark.parametrize("how", ["CU-402", "500"])
def test_a_retired_key_that_bmw_does_not_name_is_found_within_days(home, how):
    retire(home, AVERAGE_SPEED, how=how)
    home.sign_in()
    assert home.car()["stateOfCharge"] == 68
    live(home, DAY)
    assert most_in_a_day(home) <= AUTOMATIC
    until(home, lambda home: made(home) == set(descriptors.ALL) - {AVERAGE_SPEED})
    assert AVERAGE_SPEED in home.service.diagnostics()
    home.cloud.reset_calls()
    live(home, DAY / 2)
    assert "containers" not in home.calls()


def test_a_key_that_is_back_is_read_again_some_weeks_later(home):
    retire(home, AVERAGE_SPEED)
    home.sign_in()
    retire(home)
    home.clock.advance(29 * DAY)
    home.sign_in()  # the refresh token has expired
    live(home, 5 * HALF_HOUR)
    assert made(home) == set(descriptors.ALL) and "refuses" not in home.service.diagnostics()


@pytest.mark.parametrize("how", ["500", "CU-403"])
def test_a_list_that_is_too_long_becomes_as_long_as_bmw_makes_it(home, how):
    home.cloud.settings(container_most_keys=60, container_too_long=how)
    home.sign_in()
    assert home.state == "ONLINE" and made(home) == set(descriptors.CORE)
    live(home, DAY)
    assert most_in_a_day(home) <= AUTOMATIC
    home = until(home, lambda home: "takes no longer list" in home.service.diagnostics(), restarts=True)
    assert len(made(home)) == 60 and "refuses" not in home.service.diagnostics()
    home.cloud.reset_calls()
    live(home, DAY / 2)
    assert "containers" not in home.calls()


@pytest.mark.parametrize("error_id", ["CU-400", "CU-105", "CU-121", "CU-122", "CU-500"])
def test_a_container_that_is_no_longer_accepted_is_replaced_and_deleted(home, error_id):
    home.sign_in()
    home.cloud.outdate_containers(error_id)
    live(home, 5 * HALF_HOUR)
    ends(home)
    assert most_in_a_day(home) <= AUTOMATIC
    states = [one["state"] for one in home.cloud.containers()]
    # with the other errors BMW says that the container is gone, so the module does not delete it
    assert states == (["DELETED", "ACTIVE"] if error_id in ("CU-400", "CU-500") else ["ACTIVE", "ACTIVE"])


def test_of_new_containers_that_do_not_help_there_are_few(home):
    home.sign_in()
    home.cloud.add_fault("telematicData", "status", times=None, status=400)
    live(home, 4 * DAY)
    # the second container comes after a day, the third one after two more days
    assert len(home.cloud.containers()) == 4 and most_in_a_day(home) <= AUTOMATIC


def test_a_sign_in_by_a_person_makes_a_new_container(home):
    home.sign_in()
    home.cloud.outdate_containers("CU-400")
    home.sign_in()
    live(home, HALF_HOUR)
    assert home.state == "ONLINE"
    assert [one["state"] for one in home.cloud.containers()] == ["DELETED", "ACTIVE"]


def test_where_deleted_containers_count_many_sign_ins_leave_one_that_works(home):
    home.cloud.settings(deleted_containers_count=True)
    for _ in range(12):
        home.sign_in()
        home.clock.advance(DAY)
    live(home, HALF_HOUR)
    assert home.state == "ONLINE", home.text
    assert len([one for one in home.cloud.containers() if one["state"] == "ACTIVE"]) == 1


def test_containers_of_others_are_never_deleted(home):
    owner = home.cloud.garage.account("home")
    for number in range(3):
        home.cloud.containers_store.create(owner, "evcc {}".format(number), "test", [HEADER])
    home.sign_in()
    home.cloud.outdate_containers("CU-400")
    live(home, DAY)
    assert [one["state"] for one in home.cloud.containers() if one["name"].startswith("evcc")] == ["ACTIVE"] * 3


@pytest.mark.parametrize("data", ["none", "nulls"])
def test_a_car_of_which_bmw_has_nothing_is_told_with_what_to_do(home, data):
    home.cloud.settings(car_data=data)
    home.sign_in()
    assert home.car()["model"] == "i3 120"
    assert "BMW has no data yet" in home.text and "lock and unlock the car" in home.text
    live(home, DAY)
    assert "BMW has no data yet" in home.text and most_in_a_day(home) <= AUTOMATIC
    home.cloud.settings(car_data="usual")
    ends(home)
    assert home.text == "Online"


def test_a_sign_in_server_that_is_down_for_days_is_asked_ever_more_seldom(home):
    home.sign_in()
    live(home, DAY)
    home.cloud.reset_calls()
    home.cloud.add_fault("refresh", "status", times=None, status=503, headers={"Retry-After": "86400"})
    live(home, 3 * DAY)
    assert 3 * 8 <= count(home, "refresh") <= 3 * 16
    assert home.state == "OFFLINE" and "next call at" in home.text
    ends(home, 2 * 3600 + HALF_HOUR)


def test_a_dead_sign_in_is_not_tried_again_and_again(home):
    home.sign_in()
    home.cloud.reset_calls()
    home.cloud.revoke()
    live(home, 2 * DAY)
    assert count(home, "refresh") <= 16 and home.state == "SIGN_IN_NEEDED" and "sign in again" in home.text
    home.sign_in()
    assert home.state == "ONLINE"


def test_the_pause_after_the_limit_is_known_after_a_restart(home):
    home.sign_in()
    home.cloud.settings(quota=home.cloud.quota_used())
    live(home, 5 * HALF_HOUR)
    assert home.state == "QUOTA_EXCEEDED"
    home.pass_time(600)
    home.service.stop()
    home.cloud.reset_calls()
    after = household(home.cloud, home.folder).start()
    assert after.outlet.all_values("accountState") == ["QUOTA_EXCEEDED"] and "next call at" in after.text
    assert after.calls() == []


def test_what_failed_is_left_alone_and_told_after_a_restart_as_well(home):
    home.sign_in()
    home.cloud.add_fault("telematicData", "status", times=None, status=503, headers={"Retry-After": "7200"})
    live(home, 3 * HALF_HOUR)
    home.cloud.reset_calls()
    for _ in range(5):
        home.service.stop()
        home = household(home.cloud, home.folder).start()
        assert home.outlet.all_values("accountState")[0] == "OFFLINE" and "HTTP 503" in home.text
        home.tick()
    assert home.calls() == []
    ends(home)


def test_a_person_is_let_through_a_pause(home):
    home.sign_in()
    home.cloud.add_fault("telematicData", "status", times=None, status=503, headers={"Retry-After": "7200"})
    live(home, 3 * HALF_HOUR)
    home.cloud.clear_faults()
    home.update()
    assert home.state == "ONLINE"


@pytest.mark.parametrize("kind", sorted(APP_KEYS))
def test_the_older_clouds_leave_alone_what_fails_too(cloud, tmp_path, kind):
    home = household(cloud, tmp_path, kind=kind, client_id=None, username=HOME_USER, password=HOME_PASSWORD, **APP_KEYS[kind])
    home.start()
    if not home.account.is_signed_in:
        home.service.sign_in(cloud.new_captcha_token())
        home.worker.run()
    assert home.account.is_signed_in, home.text
    live(home, 3600)
    cloud.reset_calls()
    cloud.add_fault("api", "status", times=None, status=503)
    live(home, DAY)
    assert max(failed(home).values()) <= MOST_OF_ONE, failed(home)
    assert home.state == "OFFLINE"
    cloud.clear_faults()
    live(home, 5 * HALF_HOUR)
    assert home.state == "ONLINE", home.text


def test_an_older_cloud_that_signs_in_alone_does_not_do_so_at_every_tick(cloud, tmp_path):
    home = household(cloud, tmp_path, kind="connecteddrive", username=HOME_USER, password=HOME_PASSWORD, **APP_KEYS["connecteddrive"])
    cloud.add_fault("cd_token", "status", times=None, status=503)
    home.start()
    for _ in range(24 * 12):
        home.tick()
        home.pass_time(300)
    assert count(home, "cd_token") <= MOST_RENEWALS
    cloud.clear_faults()
    live(home, 3 * HALF_HOUR)
    assert home.state == "ONLINE", home.text
