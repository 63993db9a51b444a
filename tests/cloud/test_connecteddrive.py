"""ConnectedDrive's mobile API as its app met it."""

import json
from urllib.parse import quote

import pytest

from . import HOME_SECURITY_ANSWER
from .apps import ConnectedDrive


@pytest.fixture
def app(cloud):
    return ConnectedDrive(cloud).sign_in()


def app_of(cloud, kind, **fields):
    return ConnectedDrive(cloud).sign_in(cloud.add_car(kind, **fields))


def error(answer):
    return answer.status_code, answer.json["error"]


# Signing in


@pytest.mark.parametrize("path", ["/gcdm/oauth/token", "/webapi/oauth/token/", "/webapi/oauth/token"])
def test_user_and_password_give_a_token_at_the_new_and_the_old_address(cloud, path):
    answer = ConnectedDrive(cloud).token(path)
    assert answer.status_code == 200
    assert set(answer.json) == {"access_token", "token_type", "expires_in", "refresh_token", "scope"}
    assert (answer.json["expires_in"], answer.json["scope"]) == (28799, "remote_services vehicle_data")


def test_the_life_of_a_token_is_what_the_answer_says(cloud):
    cloud.settings(cd_access_lifetime=600)
    app = ConnectedDrive(cloud).sign_in()
    assert app.tokens["expires_in"] == 599
    cloud.advance_clock(600)
    assert app.car("status").status_code == 401


def test_a_wrong_password_is_an_invalid_grant(cloud):
    assert error(ConnectedDrive(cloud).token(password="wrong")) == (400, "invalid_grant")


@pytest.mark.parametrize("wrong", [{"key": "wrong"}, {"secret": "wrong"}])
def test_a_wrong_app_key_is_an_invalid_client(cloud, wrong):
    assert error(ConnectedDrive(cloud).token(**wrong)) == (401, "invalid_client")


def test_a_revoked_app_key_is_told(cloud):
    cloud.settings(cd_client_disabled=True)
    assert error(ConnectedDrive(cloud).token()) == (401, "client disabled")


def test_the_scope_must_name_vehicle_data(cloud):
    assert error(ConnectedDrive(cloud).token(scope="openid")) == (400, "invalid_scope")


def test_a_token_request_must_be_a_form(cloud):
    answer = cloud.app.test_client().post("/webapi/oauth/token/", json={"grant_type": "password"})
    assert error(answer) == (400, "invalid_request")


def test_a_refresh_token_works_once(app):
    def refresh():
        return app.token(grant_type="refresh_token", refresh_token=app.tokens["refresh_token"])

    assert refresh().status_code == 200
    assert error(refresh()) == (400, "invalid_request")


@pytest.mark.parametrize("path", ["status", "chargingprofile", "statistics/lastTrip", "serviceExecutionStatus"])
def test_a_bad_token_is_refused_everywhere(app, path):
    app.tokens = {"access_token": "made-up"}
    assert app.car(path).status_code == 401


@pytest.mark.parametrize("path", ["status", "chargingprofile", "destinations", "rangemap", "image"])
def test_an_unknown_vin_is_not_found(app, path):
    app.vin = "WBY8P0TEST9999999"
    assert app.car(path).json["error"] == {"code": 404, "description": "NOT_FOUND"}


# Cars and their status


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_cars_are_listed_with_their_capabilities(app, slash):
    (row,) = app.get("/webapi/v1/user/vehicles" + slash).json["vehicles"]
    assert (row["vin"], row["driveTrain"], row["brand"], row["bodytype"]) == (app.vin, "BEV", "BMW_I", "I01")
    assert (row["doorLock"], row["chargeNow"], row["remote360"]) == ("ACTIVATED", "ACTIVATED", "NOT_SUPPORTED")
    assert row["supportedChargingModes"] == ["AC_LOW", "AC_HIGH", "DC"]


def test_a_range_extender_is_named_in_the_model(cloud):
    app = app_of(cloud, "i3_rex")
    row = next(one for one in app.get("/webapi/v1/user/vehicles").json["vehicles"] if one["vin"] == app.vin)
    assert (row["model"], row["driveTrain"]) == ("I3 94AH (+ REX)", "BEV_REX")


def test_the_status_shows_the_canonical_car(cloud, app):
    cloud.set_car(
        app.vin,
        soc=61,
        range_electric_km=104,
        odometer_km=42817,
        lock="SECURED",
        door_passenger_rear="OPEN",
        latitude=48.1372,
        longitude=11.5756,
        heading=214,
    )
    status = app.status()
    assert (status["chargingLevelHv"], status["remainingRangeElectric"], status["mileage"]) == (61, 104, 42817)
    assert (status["doorLockState"], status["doorPassengerRear"]) == ("SECURED", "OPEN")
    assert status["remainingRangeElectricMls"] == 65 and status["maxRangeElectric"] == 170
    assert status["position"] == {"lat": 48.1372, "lon": 11.5756, "heading": 214, "status": "OK"}


def test_times_had_the_cars_offset_without_a_colon_until_2019(cloud, app):
    cloud.settings(cd_times="offset")
    cloud.set_car(app.vin, at=2000000000, soc=50)
    assert app.status()["updateTime"] == "2033-05-18T04:33:20+0100"
    assert app.status()["internalDataTimeUTC"] == "2033-05-18T03:33:20"
    cloud.settings(utc_offset=-300)
    assert app.status()["updateTime"] == "2033-05-17T22:33:20-0500"


def test_all_times_call_themselves_utc_and_that_of_the_last_trip_is_the_cars_own(cloud, app):
    cloud.set_car(app.vin, at=2000000000, soc=50, trip_end_time=2000000000 - 60)
    assert app.status()["updateTime"] == "2033-05-18T03:33:20+0000"
    assert app.car("statistics/lastTrip").json["lastTrip"]["date"] == "2033-05-18T04:32:20+0000"


def test_the_remaining_time_is_told_while_charging_and_by_a_parked_hybrid(cloud, app):
    assert "chargingTimeRemaining" not in app.status()
    assert app_of(cloud, "phev").status()["chargingTimeRemaining"] == 1224
    cloud.set_car(app.vin, plugged=True, charging_status="CHARGING", charging_time_remaining_min=143)
    assert app.status()["chargingTimeRemaining"] == 143


def test_a_car_tells_zeros_of_what_it_does_not_have(cloud, app):
    combustion = app_of(cloud, "combustion").status()
    assert (combustion["remainingFuel"], combustion["chargingLevelHv"], combustion["remainingRangeElectric"]) == (37.0, 0, 0)
    assert (app.status()["remainingFuel"], app.status()["maxFuel"]) == (0, 0)


@pytest.mark.parametrize(
    "fields, charging, connection",
    [
        ({"plugged": False}, "INVALID", "DISCONNECTED"),
        ({"plugged": True}, "NOT_CHARGING", "CONNECTED"),
        ({"plugged": True, "charging_status": "CHARGING"}, "CHARGING", "CONNECTED"),
        ({"plugged": True, "charging_status": "FINISHED_FULL"}, "FINISHED_FULLY_CHARGED", "CONNECTED"),
    ],
)
def test_charging_and_connection_in_this_apis_words(cloud, app, fields, charging, connection):
    cloud.set_car(app.vin, **fields)
    assert (app.status()["chargingStatus"], app.status()["connectionStatus"]) == (charging, connection)


@pytest.mark.parametrize("fields, word", [({"moving": True}, "VEHICLE_ACTIVE"), ({"tracking": False}, "DRIVER_DISABLED")])
def test_a_position_that_is_not_told_is_minus_one(cloud, app, fields, word):
    cloud.set_car(app.vin, **fields)
    assert app.status()["position"] == {"lat": -1, "lon": -1, "heading": -1, "status": word}


def test_messages_and_services_are_told(cloud, app):
    cloud.set_car(app.vin, check_control=[{"id": 142, "text": "Washer fluid low", "km": 41990}])
    status = app.status()
    assert status["checkControlMessages"][0]["ccmId"] == 142
    brake = status["cbsData"][0]
    assert (brake["cbsType"], brake["cbsDueDate"], brake["cbsRemainingMileage"]) == ("BRAKE_FLUID", "2027-05", 0)


def test_a_service_without_a_distance_tells_zero_minus_one_or_nothing(cloud, app):
    without = [{"id": number, "title": "x", "date": "2027-05", "km": None, "status": "OK", "description": "x"} for number in (3, 32, 17)]
    cloud.set_car(app.vin, services=without)
    assert [one.get("cbsRemainingMileage") for one in app.status()["cbsData"]] == [0, -1, None]


def test_trips_destinations_and_the_range_map(app):
    assert app.car("statistics/lastTrip").json["lastTrip"]["electricDistanceRatio"] == 100
    assert app.car("statistics/allTrips").json["allTrips"]["batterySizeMax"] == 42200
    assert app.car("destinations").json["destinations"][0]["city"] == "MUSTERSTADT"
    kinds = [one["type"] for one in app.car("rangemap").json["rangemap"]["rangemaps"]]
    assert kinds == ["COMFORT", "ECO_PRO", "ECO_PRO_PLUS"]


def test_a_combustion_car_has_neither_profile_nor_range_map(cloud):
    app = app_of(cloud, "combustion")
    assert [app.car(what).status_code for what in ("chargingprofile", "rangemap")] == [404, 404]


def test_a_picture_is_a_png(app):
    answer = app.car("image", width=400, height=200, view="FRONT")
    assert answer.data.startswith(b"\x89PNG")
    assert app.car("image", view="BELOW").status_code == 400


# Remote services


def test_a_service_walks_to_its_end_and_changes_the_car(cloud, app):
    cloud.set_car(app.vin, lock="UNLOCKED")
    told = app.execute("DOOR_LOCK").json["executionStatus"]
    assert (told["serviceType"], told["status"]) == ("DOOR_LOCK", "INITIATED")
    assert told["eventId"].endswith("@bmw.de")
    assert app.walk("DOOR_LOCK", 2) == ["PENDING", "DELIVERED"]
    assert app.status()["doorLockState"] == "UNLOCKED"
    assert app.walk("DOOR_LOCK", 2) == ["EXECUTED", "EXECUTED"]
    assert app.status()["doorLockState"] == "LOCKED"


def test_the_result_says_whether_something_changed(app):
    app.execute("DOOR_UNLOCK")
    told = [app.car("serviceExecutionStatus", serviceType="DOOR_UNLOCK").json["executionStatus"] for _ in range(3)]
    assert [one["extendedStatus"]["result"] for one in told] == ["STATUS_UNKNOWN", "STATUS_UNKNOWN", "STATUS_CHANGED"]


@pytest.mark.parametrize(
    "outcome, word", [("FAILED", "NOT_EXECUTED"), ("TIMED_OUT", "TIMED_OUT"), ("ERROR", "ERROR"), ("NEVER", "DELIVERED")]
)
def test_a_service_can_fail_in_several_ways(cloud, app, outcome, word):
    cloud.command_plan(outcome=outcome)
    app.execute("DOOR_UNLOCK")
    assert app.walk("DOOR_UNLOCK", 4)[-1] == word
    assert app.status()["doorLockState"] == "SECURED"


def test_the_status_can_be_missing(app):
    assert app.walk("LIGHT_FLASH", 1) == [None]


def test_a_service_that_the_car_lacks_is_forbidden(app):
    answer = app.execute("REMOTE360")
    assert answer.status_code == 500 and "forbidden" in answer.json["error"]["description"]


def test_an_unknown_service_is_a_bad_request(app):
    assert app.execute("SELF_DESTRUCT").status_code == 400


def test_unlocking_can_need_the_security_answer(cloud, app):
    cloud.settings(cd_security_question=True)
    answer = app.execute("DOOR_UNLOCK")
    assert answer.status_code == 500 and "secretKnowledge" in answer.json["error"]["description"]
    assert app.execute("DOOR_UNLOCK", bmwSkAnswer=HOME_SECURITY_ANSWER).status_code == 200
    assert app.execute("DOOR_LOCK").status_code == 200


def test_charge_now_charges_a_plugged_car(cloud, app):
    cloud.set_car(app.vin, plugged=True)
    app.execute("CHARGE_NOW")
    app.walk("CHARGE_NOW")
    assert app.status()["chargingStatus"] == "CHARGING" and app.status()["singleImmediateCharging"] is True


def test_charge_now_is_not_executed_without_a_plug(app):
    app.execute("CHARGE_NOW")
    assert app.walk("CHARGE_NOW")[-1] == "NOT_EXECUTED"


@pytest.mark.parametrize("encode", [str, quote])
def test_a_charging_profile_is_read_and_written(app, encode):
    profile = app.car("chargingprofile").json
    profile["weeklyPlanner"].update(chargingPreferences="CHARGING_WINDOW", climatizationEnabled=True)
    profile["weeklyPlanner"]["timer1"] = {"departureTime": "06:40", "timerEnabled": True, "weekdays": ["SUNDAY"]}
    app.execute("CHARGING_CONTROL", data=encode(json.dumps(profile)))
    app.walk("CHARGING_CONTROL")
    planner = app.car("chargingprofile").json["weeklyPlanner"]
    assert planner["chargingMode"] == "DELAYED_CHARGING" and planner["climatizationEnabled"] is True
    assert planner["timer1"] == {"departureTime": "06:40", "timerEnabled": True, "weekdays": ["SUNDAY"]}


def test_a_strange_charging_profile_is_a_bad_request(app):
    assert app.execute("CHARGING_CONTROL", data="{}").status_code == 400
    assert app.execute("CHARGING_CONTROL", data="no json").status_code == 400


def test_a_destination_goes_by_form_or_by_body(cloud, app):
    path, poi = "/webapi/v1/user/vehicles/%s/sendpoi" % app.vin, {"poi": {"lat": 48.2, "lon": 11.6, "name": "Work"}}
    answer = app.post(path, data={"data": json.dumps(poi)})
    assert answer.json["executionStatus"]["eventId"] == "-1"
    assert app.post(path, json=poi).status_code == 204
    assert [(one["command"], one["arguments"]["latitude"]) for one in cloud.commands()] == [("sendDestination", 48.2)] * 2


def test_a_poi_without_a_place_is_a_message(cloud, app):
    poi = {"poi": {"name": "Subject", "additionalInfo": "Text"}}
    app.post("/webapi/v1/user/vehicles/%s/sendpoi" % app.vin, json=poi)
    assert (cloud.commands()[0]["command"], cloud.commands()[0]["arguments"]) == (
        "sendMessage",
        {"name": "Subject", "additionalInfo": "Text"},
    )
    poi["poi"]["additionalInfo"] = "x" * 256
    assert app.post("/webapi/v1/user/vehicles/%s/sendpoi" % app.vin, json=poi).status_code == 400


def test_the_history_is_newest_first(app):
    app.execute("LIGHT_FLASH")
    app.execute("HORN_BLOW")
    assert [one["serviceType"] for one in app.car("serviceExecutionHistory").json] == ["HORN_BLOW", "LIGHT_FLASH"]


# Failures


def test_at_the_end_of_its_life_everything_is_gone(cloud, app):
    cloud.settings(cd_gone=True)
    answer = app.car("status")
    assert answer.status_code == 410 and answer.mimetype == "text/html"
    assert app.get("/api/vehicle/navigation/v1/" + app.vin).status_code == 200, "this one lived on"


@pytest.mark.parametrize("status", [429, 410, 503])
def test_a_failure_can_come_as_html(cloud, app, status):
    cloud.add_fault("cd_status", "html", status=status)
    answer = app.car("status")
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert app.car("status").status_code == 200


def test_a_failure_can_come_as_plain_text(cloud, app):
    cloud.add_fault("cd_token", "status", status=500, text="INTERNAL SERVER ERROR")
    assert (app.token().status_code, app.token().status_code) == (500, 200)
    cloud.add_fault("cd_token", "status", status=500, text="INTERNAL SERVER ERROR")
    assert app.token().text == "INTERNAL SERVER ERROR"


def test_a_fault_of_this_cloud_leaves_the_others_alone(cloud, app, owner):
    cloud.add_fault("cd", "status", times=None, status=500)
    assert app.car("status").status_code == 500
    assert owner.get("/customers/vehicles/mappings").status_code == 200


@pytest.mark.parametrize("kind, told", [("phev", 402 + 17), ("i3_rex", 118)])
def test_a_plug_in_hybrid_tells_the_combined_range_as_the_fuels_and_a_range_extender_does_not(cloud, kind, told):
    assert app_of(cloud, kind).status()["remainingRangeFuel"] == told
