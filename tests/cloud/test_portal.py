"""ConnectedDrive's web portal as the owner's browser met it."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from .apps import ConnectedDrive, Portal, xml_status
from .portal_sign_in import REDIRECTS


@pytest.fixture
def browser(cloud):
    return Portal(cloud).sign_in()


def browser_of(cloud, kind, **fields):
    return Portal(cloud).sign_in(cloud.add_car(kind, **fields))


# Signing in


@pytest.mark.parametrize("redirect_uri", REDIRECTS)
def test_the_token_comes_in_the_fragment_of_a_redirect(cloud, redirect_uri):
    answer = Portal(cloud).login(redirect_uri=redirect_uri)
    address, _, fragment = answer.headers["Location"].partition("#")
    told = parse_qs(fragment)
    assert (answer.status_code, address) == (302, redirect_uri)
    assert (told["token_type"], told["expires_in"], told["state"]) == (["Bearer"], ["3599"], ["a-state"])
    assert told["access_token"] and "refresh_token" not in told


def test_the_order_in_the_fragment_may_vary(cloud):
    cloud.settings(portal_fragment_order="reversed")
    assert "#expires_in=" in Portal(cloud).login().headers["Location"]


def test_an_unknown_client_is_refused(cloud):
    answer = Portal(cloud).login(client_id="unknown")
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("wrong", [{"redirect_uri": "https://elsewhere"}, {"scope": ""}])
def test_an_incomplete_login_is_refused(cloud, wrong):
    assert Portal(cloud).login(**wrong).json["error"] == "invalid_request"


def test_a_wrong_password_gives_no_token(cloud):
    assert Portal(cloud).login(password="wrong").status_code == 401
    cloud.settings(portal_refusal=302)
    answer = Portal(cloud).login(password="wrong")
    assert answer.status_code == 302 and "#" not in answer.headers["Location"]
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["error"]


def test_a_token_dies_after_its_time(cloud, browser):
    cloud.advance_clock(3600)
    assert browser.car("dynamic").status_code == 401


def test_the_mobile_apps_token_is_good_here_too(cloud, vin):
    app = ConnectedDrive(cloud).sign_in()
    assert app.get("/api/vehicle/dynamic/v1/" + vin).status_code == 200


# Reading


def test_the_cars_are_a_bare_list(browser):
    (row,) = browser.get("/api/me/vehicles/v2").json
    assert (row["vin"], row["brand"], row["steering"], row["hasRex"]) == (browser.vin, "BMW_I", "LEFT", False)


def test_all_attributes_are_texts(cloud):
    for kind in ("i3", "i3_rex", "i4", "phev", "combustion"):
        attributes = browser_of(cloud, kind).attributes()
        assert all(value is None or isinstance(value, str) for value in attributes.values()), kind


def test_the_attributes_show_the_canonical_car(cloud, browser):
    cloud.set_car(
        browser.vin,
        soc=61,
        range_electric_km=104,
        odometer_km=42817.4,
        lock="SECURED",
        latitude=48.1372,
        door_driver_front="OPEN",
        heading=214,
    )
    told = browser.attributes()
    assert (told["chargingLevelHv"], told["beRemainingRangeElectric"], told["mileage"]) == ("61.0", "104.0", "42817")
    assert (told["door_lock_state"], told["door_driver_front"]) == ("SECURED", "OPEN")
    assert (told["gps_lat"], told["heading"], told["beRemainingRangeElectricMile"]) == ("48.1372", "214", "65.0")


def test_charging_in_the_portals_words(cloud, browser):
    assert browser.attributes()["chargingSystemStatus"] == "NOCHARGING"
    assert browser.attributes()["chargingTimeRemaining"] is None
    cloud.set_car(browser.vin, plugged=True, charging_status="CHARGING", charging_time_remaining_min=143)
    told = browser.attributes()
    assert (told["chargingSystemStatus"], told["chargingHVStatus"]) == ("CHARGINGACTIVE", "CHARGING")
    assert (told["connectorStatus"], told["chargingTimeRemaining"]) == ("CONNECTED", "143")


def test_the_offset_moves_only_the_converted_times(cloud, browser):
    cloud.set_car(browser.vin, at=2000000000, soc=50)
    told = browser.attributes(offset=-60)
    assert told["updateTime"] == "18.05.2033 03:33:20 UTC"
    assert (told["updateTime_converted"], told["updateTime_converted_time"]) == ("18.05.2033 04:33", "04:33")
    assert told["updateTime_converted_timestamp"] == "2000003600000", "the offset is in it, as in BMW's"


def test_the_end_of_the_trip_is_the_cars_own_time_and_calls_itself_utc(cloud, browser):
    cloud.set_car(browser.vin, at=2000000000, trip_end_time=2000000000)
    assert browser.attributes()["Segment_LastTrip_time_segment_end"] == "18.05.2033 04:33:20 UTC"


def test_a_car_tells_zeros_of_what_it_does_not_have(cloud, browser):
    assert browser.attributes()["remaining_fuel"] == "0"
    assert browser_of(cloud, "combustion").attributes()["chargingLevelHv"] == "0.0"


def test_a_miles_car_tells_the_distance_to_a_service_in_miles(cloud):
    told = browser_of(cloud, "i3", distance_unit="mi").car("dynamic").json
    assert told["attributesMap"]["unitOfLength"] == "mi"
    assert told["attributesMap"]["condition_based_services"].endswith("00100,OK,2027-05,8699")
    assert told["vehicleMessages"]["cbsMessages"][2]["unitOfLengthRemaining"] == "8699"


def test_services_are_one_text_and_a_list(browser):
    told = browser.car("dynamic").json
    services = told["attributesMap"]["condition_based_services"]
    assert services.split(";")[0] == "00003,OK,2027-05," and services.endswith("00100,OK,2027-05,14000")
    assert [one["id"] for one in told["vehicleMessages"]["cbsMessages"]] == [3, 32, 100]


@pytest.mark.parametrize("name", ["socmax", "socMax"])
def test_the_battery_is_told_in_kwh_under_either_name(cloud, browser, name):
    cloud.settings(portal_soc_max_name=name)
    cloud.set_car(browser.vin, soc=50)
    told = browser.car("navigation").json
    assert (told["soc"], told[name]) == (18.95, 37.9) and len({"socmax", "socMax"} & set(told)) == 1


def test_a_plug_in_hybrid_has_more_to_tell_the_navigation(cloud):
    assert "vehicleMass" in browser_of(cloud, "phev").car("navigation").json


def test_efficiency_tells_trips_as_texts(browser):
    told = browser.car("efficiency").json
    assert {"name": "LASTTRIP_DELTA_KM", "unit": "KM", "lastTrip": "12.4"} in told["lastTripList"]
    assert told["scoreList"][0]["lifeTime"] == 14.6
    assert {"characteristic": "ACCELERATION", "quantity": 4} in told["characteristicList"]


def test_the_charging_profile_is_the_mobile_apis(browser):
    answer = browser.get("/api/vehicle/remoteservices/chargingprofile/v1/" + browser.vin)
    assert answer.json["weeklyPlanner"]["chargingMode"] == "IMMEDIATE_CHARGING"


def test_specs_service_and_dealer_are_told(browser):
    assert browser.car("specs").json["bodyType"] == "I01"
    assert len(browser.car("service").json["services"]) == 3
    assert browser.car("servicepartner").json["name"] == "Test Dealer"


def test_pictures_are_addresses_by_angle(browser):
    rows = browser.car("image", startAngle=0, stepAngle=90, width=780).json["angleUrls"]
    assert [row["angle"] for row in rows] == ["0", "90", "180", "270"]
    picture = browser.get(urlsplit(rows[1]["url"]).path)
    assert picture.data.startswith(b"\x89PNG")


@pytest.mark.parametrize("what", ["dynamic", "navigation", "efficiency", "specs", "service", "image"])
def test_an_unknown_vin_is_not_found(browser, what):
    browser.vin = "WBY8P0TEST9999999"
    assert browser.car(what).status_code == 404


def test_a_path_that_is_not_there_is_not_found(browser):
    assert browser.get("/api/vehicle/nothing").status_code == 404


# Remote services


def test_a_service_walks_to_its_end_in_xml(cloud, browser):
    cloud.set_car(browser.vin, lock="UNLOCKED")
    answer = browser.command("RDL")
    assert answer.mimetype == "application/xml" and xml_status(answer) == "PENDING"
    assert [xml_status(browser.execution()) for _ in range(3)] == ["PENDING", "DELIVERED_TO_VEHICLE", "EXECUTED"]
    assert browser.attributes()["door_lock_state"] == "LOCKED"


def test_the_status_is_a_direct_child_of_the_root(browser):
    assert re.search(r"<(\w+)>(<\w+>\w*</\w+>)*<remoteServiceStatus>", browser.command("RLF").text)


def test_a_failed_service_says_so(cloud, browser):
    cloud.command_plan(outcome="FAILED", steps=["PENDING"])
    browser.command("RDU")
    assert [xml_status(browser.execution()) for _ in range(2)] == ["PENDING", "NOT_EXECUTED"]


def test_an_unknown_code_and_a_missing_service_are_refused(cloud, browser):
    assert browser.command("XXX").status_code == 404
    cloud.set_car(browser.vin, remote_services=["lock"])
    assert browser.command("RDU").status_code == 403


def test_past_services_are_in_the_history(browser):
    browser.command("RLF")
    browser.command("RHB")
    rows = browser.get("/api/vehicle/remoteservices/v1/%s/history" % browser.vin).json
    assert [row["rsType"] for row in rows] == ["RHB", "RLF"]


def test_a_message_is_sent_to_the_car(cloud, browser):
    body = {"vins": [browser.vin], "subject": "Subject", "message": "Text"}
    assert browser.post("/api/vehicle/myinfo/v1", json=body).status_code == 200
    assert cloud.commands()[0]["arguments"] == {"name": "Subject", "additionalInfo": "Text"}
    assert browser.get("/api/vehicle/myinfo/v1").json[0]["subject"] == "Subject"
    assert browser.post("/api/vehicle/myinfo/v1", json={"vins": []}).status_code == 400
