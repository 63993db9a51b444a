"""ConnectedDrive's requests, answers and errors, exactly as its servers expect and send them."""

import base64
import json

import pytest
import responses
from bmw.account.account import Account
from bmw.account.session import Session
from bmw.clouds.connecteddrive.cloud import ConnectedDrive
from bmw.clouds.tokens import Tokens
from bmw.commands import definitions
from bmw.compat import parse_qs
from bmw.errors import (
    AccessDenied,
    BadAnswer,
    CommandFailed,
    NetworkError,
    NotFound,
    QuotaExceeded,
    ServerError,
    SignInFailed,
    TokenRejected,
)
from bmw.net.http import Http, RequestsTransport
from bmw.polling.budget import Budget
from responses import matchers

from tests.unit.fakes import VIN, car, settings

TOKEN_URL = "https://customer.bmwgroup.com/gcdm/oauth/token"
API = "https://b2vapi.bmwgroup.com/webapi/v1"
CAR = API + "/user/vehicles/" + VIN

STATUS = {
    "vehicleStatus": {
        "vin": VIN,
        "mileage": 42817,
        "updateReason": "CHARGING_STARTED",
        "updateTime": "2019-03-04T18:22:07+0100",
        "internalDataTimeUTC": "2019-03-04T17:21:55",
        "doorDriverFront": "OPEN",
        "doorPassengerFront": "CLOSED",
        "doorDriverRear": "UNKOWN",
        "windowDriverFront": "INTERMEDIATE",
        "sunroof": "INVALID",
        "trunk": "CLOSED",
        "doorLockState": "SECURED",
        "parkingLight": "LEFT",
        "positionLight": "OFF",
        "remainingFuel": 6.5,
        "fuelPercent": 72,
        "remainingRangeFuel": 92,
        "remainingRangeElectric": 104,
        "maxRangeElectric": 171,
        "chargingLevelHv": 61,
        "chargingStatus": "CHARGING",
        "connectionStatus": "CONNECTED",
        "chargingTimeRemaining": 143,
        "position": {"lat": 48.1372, "lon": 11.5756, "heading": 214, "status": "OK"},
        "checkControlMessages": [{"ccmId": 142, "ccmDescriptionShort": "Tyre pressure low"}],
        "cbsData": [
            {"cbsType": "VEHICLE_TUV", "cbsDueDate": "2021-01", "cbsRemainingMileage": -1},
            {"cbsType": "BRAKE_FLUID", "cbsDueDate": "2020-05", "cbsRemainingMileage": 18000},
        ],
    }
}
#: 2019-03-04 17:22:07 UTC
UPDATED = 1551720127.0


def configured(**values):
    """The settings of an account; settings that are not given have a user's usual values."""
    login = {"username": "home@example.org", "password": "Wörd & pass=1"}
    return settings(**dict(login, api_key="the-app-key", api_secret="the-app-secret", **values))


def made(clock, **values):
    config = configured(**values)
    return ConnectedDrive(config, Http(RequestsTransport(), ConnectedDrive.bases(config)), clock)


def signed_in(cloud, store, clock):
    """A session of an account whose first token is valid for eight hours."""
    account = Account(cloud, store, "tokens", clock)
    account.signed_in(Tokens(access_token="first-token", expires_at=clock.now() + 28800, obtained_at=clock.now()))
    return Session(cloud.http, account, Budget(None), clock, {}, lambda: None)


def form_of(request):
    body = request.body.decode("ascii") if isinstance(request.body, bytes) else request.body
    return {name: found[0] for name, found in parse_qs(body).items()}


@pytest.fixture
def cloud(clock):
    return made(clock)


@pytest.fixture
def session(cloud, store, clock):
    return signed_in(cloud, store, clock)


@pytest.fixture
def vehicle():
    return car(facts={"driveTrain": "BEV_REX"})


@pytest.fixture
def wire():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def read(wire, cloud, session, vehicle, status):
    """The readings of a status; all rare calls answer 404."""
    wire.get(CAR + "/status", json={"vehicleStatus": status})
    return cloud.read(session, vehicle)


# sign-in


def test_the_password_grant_is_signed_with_the_apps_key(wire, cloud, clock):
    wire.post(TOKEN_URL, json={"access_token": "new-token", "expires_in": 28799, "refresh_token": "unused"})
    tokens = cloud.begin_sign_in()
    sent = wire.calls[0].request
    assert sent.headers["Authorization"] == "Basic " + base64.b64encode(b"the-app-key:the-app-secret").decode()
    assert form_of(sent) == {
        "grant_type": "password",
        "username": "home@example.org",
        "password": "Wörd & pass=1",
        "scope": "authenticate_user vehicle_data remote_services",
    }
    assert (tokens.access_token, tokens.expires_at) == ("new-token", clock.now() + 28799)


@pytest.mark.parametrize(
    "status, answer, word",
    [
        (400, {"error": "invalid_grant", "error_description": "the authN circuit failed"}, "password"),
        (401, {"error": "invalid_client"}, "api_key"),
        (401, {"error": "client disabled"}, "api_key"),
        (400, "no", "password"),
        (403, {"error": "forbidden"}, "password"),
    ],
)
def test_a_refused_sign_in_says_what_to_check(wire, cloud, status, answer, word):
    body = answer if isinstance(answer, str) else json.dumps(answer)
    wire.post(TOKEN_URL, body=body, status=status)
    with pytest.raises(SignInFailed) as refused:
        cloud.begin_sign_in()
    assert word in refused.value.advice


@pytest.mark.parametrize("status, kind", [(500, ServerError), (429, ServerError), (410, AccessDenied)])
def test_a_broken_or_closed_sign_in_server_is_no_wrong_password(wire, cloud, status, kind):
    wire.post(TOKEN_URL, body="INTERNAL SERVER ERROR", status=status)
    with pytest.raises(kind) as failure:
        cloud.begin_sign_in()
    assert not isinstance(failure.value, SignInFailed)


@pytest.mark.parametrize("status, body", [(403, "<html>no</html>"), (404, "[]"), (407, ""), (302, "{}"), (200, "<html>please pay</html>")])
def test_the_page_of_a_gateway_is_no_wrong_password(wire, cloud, status, body):
    """A password that counts as wrong is not sent again until a person comes."""
    wire.post(TOKEN_URL, body=body, status=status)
    with pytest.raises(BadAnswer):
        cloud.begin_sign_in()


def test_a_sign_in_answer_without_token_is_a_bad_answer(wire, cloud):
    wire.post(TOKEN_URL, json={"token_type": "Bearer"})
    with pytest.raises(BadAnswer):
        cloud.begin_sign_in()


def test_a_rejected_token_leads_to_one_new_sign_in_and_one_repeat(wire, cloud, session, vehicle):
    wire.get(CAR + "/statistics/lastTrip", status=401)
    wire.get(CAR + "/statistics/lastTrip", json={"lastTrip": {"duration": 20}})
    wire.post(TOKEN_URL, json={"access_token": "second-token", "expires_in": 3600})
    assert cloud.last_trip(session, vehicle) == {"duration": 20}
    assert wire.calls[-1].request.headers["Authorization"] == "Bearer second-token"


def test_a_token_that_is_rejected_again_is_given_up(wire, cloud, session, vehicle):
    wire.get(CAR + "/rangemap", status=401)
    wire.post(TOKEN_URL, json={"access_token": "second-token", "expires_in": 3600})
    with pytest.raises(TokenRejected):
        cloud.range_map(session, vehicle)
    assert len(wire.calls) == 3


def test_each_region_has_its_own_hosts(clock):
    hosts = {region: ConnectedDrive.bases(configured(region=region)) for region in ("row", "na", "cn")}
    assert hosts["na"] == ["https://login.bmwusa.com", "https://b2vapi.bmwgroup.us"]
    assert hosts["cn"] == ["https://customer.bmwgroup.cn", "https://b2vapi.bmwgroup.cn:8592"]
    own = configured(auth_url="https://a.example", api_url="https://b.example")
    assert ConnectedDrive.bases(own) == ["https://a.example", "https://b.example"]


# cars


@pytest.mark.parametrize("wrap", [lambda cars: {"vehicles": cars}, lambda cars: cars])
def test_cars_are_found_in_a_wrapped_and_a_bare_list(wire, cloud, session, wrap):
    wire.get(API + "/user/vehicles", json=wrap([{"vin": VIN, "model": "I3 94 (+ REX)"}, {"vin": None}, "?"]))
    assert [(car.vin, car.is_readable) for car in cloud.vehicles(session)] == [(VIN, True)]


def test_the_model_is_written_as_other_clouds_write_it(wire, cloud, session):
    entry = {
        "vin": VIN,
        "model": "I3 94 (+ REX)",
        "brand": "BMW_I",
        "driveTrain": "BEV_REX",
        "steering": "LH",
    }
    wire.get(API + "/user/vehicles", json={"vehicles": [entry]})
    assert cloud.facts(session, VIN) == {
        "model": "i3 94 (+ REX)",
        "brand": "BMW",
        "driveTrain": "BEV_REX",
        "steering": "LH",
    }


def test_a_car_that_is_gone_from_the_list_is_not_found(wire, cloud, session):
    wire.get(API + "/user/vehicles", json={"vehicles": []})
    with pytest.raises(NotFound):
        cloud.facts(session, VIN)


@pytest.mark.parametrize("answer", [{"vehicles": {}}, {}, 5, None])
def test_a_list_of_cars_that_is_none_is_a_bad_answer(wire, cloud, session, answer):
    wire.get(API + "/user/vehicles", json=answer)
    with pytest.raises(BadAnswer):
        cloud.vehicles(session)


# status


def test_a_charging_range_extender_is_read_with_the_cars_own_time(wire, cloud, session, vehicle):
    readings = read(wire, cloud, session, vehicle, STATUS["vehicleStatus"])
    said = {key: reading.value for key, reading in readings.items()}
    assert said["stateOfCharge"] == 61
    assert (said["electricRange"], said["fuelRange"], said["totalRange"]) == (104, 92, 196)
    assert (said["fuelVolume"], said["fuelLevel"], said["maxElectricRange"]) == (6.5, 72, 171)
    assert (said["chargingStatus"], said["pluggedIn"], said["chargingTimeRemaining"]) == (
        "CHARGING",
        True,
        143,
    )
    assert (said["doorDriverFront"], said["doorPassengerFront"], said["doorDriverRear"]) == (
        True,
        False,
        None,
    )
    assert (said["windowDriverFront"], said["sunroof"], said["lights"]) == ("INTERMEDIATE", None, True)
    assert (said["position"], said["heading"]) == ((48.1372, 11.5756), 214)
    assert (said["nextService"], said["serviceDistance"]) == ("Brake fluid", 18000)
    assert said["serviceDate"] < said["inspectionDate"]
    assert (said["checkControlCount"], said["checkControl"]) == (1, "Tyre pressure low")
    assert said["lastUpdateReason"] == "CHARGING_STARTED"
    assert {reading.time for reading in readings.values()} == {UPDATED}


def test_the_remaining_time_is_forgotten_when_charging_ends(wire, cloud, session, vehicle):
    vehicle.update(read(wire, cloud, session, vehicle, STATUS["vehicleStatus"]))
    wire.remove("GET", CAR + "/status")
    ended = {"chargingStatus": "FINISHED_FULLY_CHARGED", "updateTime": "2019-03-04T20:00:00+0100"}
    vehicle.update(read(wire, cloud, session, vehicle, ended))
    assert vehicle.readings["chargingTimeRemaining"].value is None
    assert vehicle.readings["charging"].value is False


def test_an_unplugged_car_that_says_invalid_does_not_charge(wire, cloud, session, vehicle):
    readings = read(wire, cloud, session, vehicle, {"chargingStatus": "INVALID", "connectionStatus": "DISCONNECTED"})
    assert readings["chargingStatus"].value == "NOT_CHARGING"


@pytest.mark.parametrize(
    "position",
    [
        {"lat": -1, "lon": -1, "heading": -1, "status": "DRIVER_DISABLED"},
        {"lat": 48.1, "lon": 11.5, "heading": 10, "status": "VEHICLE_ACTIVE"},
        {"lat": 0, "lon": 0, "heading": -1, "status": "OK"},
        {"lat": None, "lon": 11.5, "heading": None, "status": "OK"},
        {"lat": 148.1, "lon": 11.5, "heading": -1},
    ],
)
def test_a_position_that_is_none_is_unknown(wire, cloud, session, vehicle, position):
    readings = read(wire, cloud, session, vehicle, {"position": position})
    assert (readings["position"].value, readings["heading"].value) == (None, None)


def test_one_strange_block_costs_only_itself(wire, cloud, session, vehicle):
    strange = dict(
        STATUS["vehicleStatus"],
        position="nowhere",
        cbsData=None,
        checkControlMessages=[None, 5, {"ccmDescriptionShort": {}}],
        mileage={"km": 5},
        doorDriverFront=["OPEN"],
        remainingRangeFuel=-1,
    )
    readings = read(wire, cloud, session, vehicle, strange)
    assert readings["stateOfCharge"].value == 61
    assert {readings[key].value for key in ("odometer", "doorDriverFront", "fuelRange", "totalRange")} == {None}
    assert "position" not in readings and "serviceDate" not in readings


def test_a_word_nobody_has_seen_passes_through(wire, cloud, session, vehicle):
    readings = read(wire, cloud, session, vehicle, {"chargingStatus": "SOLAR_ONLY", "windowDriverFront": "TINTED"})
    assert (readings["chargingStatus"].value, readings["windowDriverFront"].value) == ("SOLAR_ONLY", "TINTED")


def test_a_battery_electric_car_has_no_fuel_even_if_zeros_are_sent(wire, cloud, session):
    status = {"remainingFuel": 0, "fuelPercent": 0, "remainingRangeFuel": 0, "remainingRangeElectric": 200}
    vehicle = car(facts={"driveTrain": "BEV"})
    vehicle.update(read(wire, cloud, session, vehicle, status))
    assert {key for key in vehicle.readings if key.startswith("fuel")} == set()
    assert vehicle.readings["totalRange"].value == 200


def test_without_update_time_the_internal_utc_time_counts(wire, cloud, session, vehicle):
    readings = read(wire, cloud, session, vehicle, {"mileage": 1, "internalDataTimeUTC": "2019-03-04T17:22:07"})
    assert readings["odometer"].time == UPDATED


def test_trips_and_charging_profile_are_asked_for_now_and_then(wire, cloud, session, vehicle, clock):
    wire.get(CAR + "/status", json=STATUS)
    wire.get(
        CAR + "/statistics/lastTrip",
        json={"lastTrip": {"totalDistance": 12.5, "duration": 20, "date": "2019-03-04T18:10:00+0100"}},
    )
    wire.get(
        CAR + "/statistics/allTrips",
        json={"allTrips": {"avgElectricConsumption": {"userAverage": 15.9}, "batterySizeMax": 33200}},
    )
    wire.get(
        CAR + "/chargingprofile",
        json={
            "weeklyPlanner": {
                "climatizationEnabled": True,
                "chargingMode": "DELAYED_CHARGING",
                "timer1": {"departureTime": "07:30", "timerEnabled": True, "weekdays": ["MONDAY", "FRIDAY"]},
                "timer2": {"weekdays": []},
                "preferredChargingWindow": {"startTime": "22:00", "endTime": "06:30"},
            }
        },
    )
    readings = cloud.read(session, vehicle)
    assert (readings["lastTripDistance"].value, readings["lastTripEnd"].value) == (12.5, 1551719400.0)
    assert (readings["averageConsumption"].value, readings["batteryCapacity"].value) == (15.9, 33.2)
    assert (readings["departureTimer1"].value, readings["departureTimer2"].value) == ("07:30 Mon Fri", "off")
    assert (readings["chargingWindowStart"].value, readings["climateAtDeparture"].value) == ("22:00", True)
    assert readings["chargingControl"].value == "WEEKLY_PLANNER"
    asked = len(wire.calls)
    cloud.read(session, vehicle)
    assert len(wire.calls) == asked + 1
    clock.advance(1800)
    cloud.read(session, vehicle)
    assert len(wire.calls) == asked + 5


def test_a_failing_trip_call_leaves_the_status_whole(wire, cloud, session, vehicle):
    wire.get(CAR + "/status", json=STATUS)
    wire.get(CAR + "/statistics/lastTrip", status=404)
    wire.get(CAR + "/statistics/allTrips", body="<html>", status=200)
    wire.get(CAR + "/chargingprofile", json={"weeklyPlanner": None})
    assert cloud.read(session, vehicle)["stateOfCharge"].value == 61


# errors


@pytest.mark.parametrize(
    "status, kind",
    [
        (404, NotFound),
        (405, AccessDenied),
        (408, ServerError),
        (410, AccessDenied),
        (423, AccessDenied),
        (503, ServerError),
        (502, ServerError),
        (418, AccessDenied),
    ],
)
def test_an_error_status_becomes_the_error_that_fits(wire, cloud, session, vehicle, status, kind):
    wire.get(CAR + "/status", body="<html>sorry</html>", status=status)
    with pytest.raises(kind) as failure:
        cloud.read(session, vehicle)
    assert type(failure.value) is kind
    assert len(wire.calls) == 1


def test_the_closed_interface_points_to_cardata(wire, cloud, session, vehicle):
    wire.get(CAR + "/status", body="<html>Payara</html>", status=410)
    with pytest.raises(AccessDenied) as closed:
        cloud.read(session, vehicle)
    assert "cloud = cardata" in closed.value.advice


def test_a_reading_is_asked_for_once_more_after_a_500(wire, cloud, session, vehicle):
    wire.get(CAR + "/destinations", status=500)
    wire.get(CAR + "/destinations", json={"destinations": [{"city": "Munich"}]})
    assert cloud.destinations(session, vehicle) == [{"city": "Munich"}]


def test_a_500_that_stays_is_a_server_error_after_two_calls(wire, cloud, session, vehicle):
    wire.get(CAR + "/status", status=500)
    with pytest.raises(ServerError):
        cloud.read(session, vehicle)
    assert len(wire.calls) == 2


@pytest.mark.parametrize(
    "headers, wait", [({"Retry-After": "120"}, 120), ({}, 900), ({"Retry-After": "\u00b2"}, 900), ({"Retry-After": "9" * 5000}, 900)]
)
def test_429_stops_all_calls_for_the_time_named(wire, cloud, session, vehicle, clock, headers, wait):
    wire.get(CAR + "/status", body="<html>", status=429, headers=headers)
    with pytest.raises(QuotaExceeded) as refused:
        cloud.read(session, vehicle)
    assert refused.value.retry_at == clock.now() + wait
    with pytest.raises(QuotaExceeded):
        cloud.read(session, vehicle)
    assert len(wire.calls) == 1


@pytest.mark.parametrize("body", ["", '{"vehicleStatus":{"vin', "[]", "{}", '{"vehicleStatus":null}'])
def test_a_status_that_is_cut_or_empty_is_a_bad_answer(wire, cloud, session, vehicle, body):
    wire.get(CAR + "/status", body=body)
    with pytest.raises(BadAnswer):
        cloud.read(session, vehicle)


def test_a_dead_line_is_a_network_error(wire, cloud, session, vehicle):
    with pytest.raises(NetworkError):
        cloud.read(session, vehicle)


# commands


@pytest.mark.parametrize(
    "command, fields",
    [
        (definitions.LOCK, {"serviceType": "DOOR_LOCK"}),
        (definitions.UNLOCK, {"serviceType": "DOOR_UNLOCK"}),
        (definitions.FLASH_LIGHTS, {"serviceType": "LIGHT_FLASH", "count": "2"}),
        (definitions.SOUND_HORN, {"serviceType": "HORN_BLOW"}),
        (definitions.CLIMATE_START, {"serviceType": "CLIMATE_NOW"}),
        (definitions.CHARGE_START, {"serviceType": "CHARGE_NOW"}),
        (definitions.FIND_VEHICLE, {"serviceType": "VEHICLE_FINDER"}),
    ],
)
def test_a_command_is_sent_as_a_form(wire, cloud, session, vehicle, command, fields):
    status = {"executionStatus": {"serviceType": fields["serviceType"], "status": "INITIATED", "eventId": "1"}}
    wire.post(CAR + "/executeService", json=status)
    assert cloud.send_command(session, vehicle, command, {}) == (fields["serviceType"], "1")
    assert form_of(wire.calls[0].request) == fields


def test_what_the_api_lacks_is_not_offered():
    lacking = {definitions.CLIMATE_STOP, definitions.CHARGE_STOP, definitions.CHARGING_SETTINGS}
    assert ConnectedDrive.COMMANDS == frozenset(definitions.ALL) - lacking


@pytest.mark.parametrize(
    "answer, state, reason",
    [
        ({"status": "INITIATED"}, definitions.PENDING, ""),
        ({"status": "PENDING", "extendedStatus": {"result": "STATUS_UNKNOWN"}}, definitions.PENDING, ""),
        ({"status": "DELIVERED"}, definitions.DELIVERED, ""),
        ({"status": "EXECUTED"}, definitions.EXECUTED, ""),
        ({"status": "NOT_EXECUTED"}, definitions.FAILED, "the car did not execute it"),
        ({"status": "TIMED_OUT"}, definitions.FAILED, "the car did not answer in time"),
        ({"status": "ERROR"}, definitions.FAILED, "ERROR"),
        ({"serviceType": "DOOR_LOCK"}, definitions.PENDING, ""),
        ({"status": ["?"]}, definitions.PENDING, ""),
        (None, definitions.PENDING, ""),
    ],
)
def test_a_commands_progress_is_asked_for_by_its_service(wire, cloud, session, vehicle, answer, state, reason):
    wire.get(
        CAR + "/serviceExecutionStatus",
        json={"executionStatus": answer},
        match=[matchers.query_param_matcher({"serviceType": "DOOR_LOCK"})],
    )
    for receipt in (("DOOR_LOCK", None), ("DOOR_LOCK", "1")):
        progress = cloud.poll_command(session, vehicle, receipt)
        assert (progress.state, progress.reason) == (state, reason)


@pytest.mark.parametrize(
    "event, state", [("2", definitions.EXECUTED), ("1", definitions.PENDING), (None, definitions.EXECUTED), (7, definitions.EXECUTED)]
)
def test_the_end_of_an_earlier_command_of_the_service_is_not_this_ones(wire, cloud, session, vehicle, event, state):
    wire.post(CAR + "/executeService", json={"executionStatus": {"serviceType": "DOOR_LOCK", "status": "INITIATED", "eventId": "2"}})
    wire.get(CAR + "/serviceExecutionStatus", json={"executionStatus": {"status": "EXECUTED", "eventId": event}})
    receipt = cloud.send_command(session, vehicle, definitions.LOCK, {})
    assert cloud.poll_command(session, vehicle, receipt).state == state


def test_unlocking_gives_the_security_answer_and_nothing_else_does(wire, clock, store, vehicle):
    cloud = made(clock, security_answer="Rosebud")
    session = signed_in(cloud, store, clock)
    wire.post(CAR + "/executeService", json={"executionStatus": {"status": "INITIATED"}})
    cloud.send_command(session, vehicle, definitions.UNLOCK, {})
    assert form_of(wire.calls[0].request)["bmwSkAnswer"] == "Rosebud"
    cloud.send_command(session, vehicle, definitions.LOCK, {})
    assert "bmwSkAnswer" not in form_of(wire.calls[1].request)


def test_a_missing_security_answer_is_named(wire, cloud, session, vehicle):
    text = "(SmartPhoneUtil-A-2013) Action is forbidden. secretKnowledge is missing but required!"
    wire.post(CAR + "/executeService", json={"error": {"code": 500, "description": text}}, status=500)
    with pytest.raises(CommandFailed) as refused:
        cloud.send_command(session, vehicle, definitions.UNLOCK, {})
    assert "security_answer" in refused.value.advice


def test_a_refusal_gives_bmws_own_words(wire, cloud, session, vehicle):
    wire.post(CAR + "/executeService", json={"error": {"code": 500, "description": "Engine is on"}}, status=500)
    with pytest.raises(CommandFailed) as refused:
        cloud.send_command(session, vehicle, definitions.CLIMATE_START, {})
    assert "Engine is on" in refused.value.problem
    assert len(wire.calls) == 1


def test_a_command_is_not_repeated_after_a_wordless_500(wire, cloud, session, vehicle):
    wire.post(CAR + "/executeService", body="INTERNAL SERVER ERROR", status=500)
    with pytest.raises(ServerError):
        cloud.send_command(session, vehicle, definitions.SOUND_HORN, {})
    assert len(wire.calls) == 1


@pytest.mark.parametrize("capability", ["SUPPORTED", "NOT_SUPPORTED", "NOT_AVAILABLE"])
def test_a_command_the_contract_lacks_is_refused_before_it_is_sent(wire, cloud, session, vehicle, capability):
    entry = {"vin": VIN, "hornBlow": capability, "doorLock": "ACTIVATED"}
    wire.get(API + "/user/vehicles", json={"vehicles": [entry]})
    wire.post(CAR + "/executeService", json={"executionStatus": {"status": "INITIATED"}})
    cloud.vehicles(session)
    with pytest.raises(CommandFailed):
        cloud.send_command(session, vehicle, definitions.SOUND_HORN, {})
    assert cloud.send_command(session, vehicle, definitions.LOCK, {}) == ("DOOR_LOCK", None)


def test_a_destination_is_sent_as_a_point_of_interest_and_done_at_once(wire, cloud, session, vehicle):
    wire.post(CAR + "/sendpoi", status=204)
    place = {"latitude": 48.1, "longitude": 11.5, "name": "Zoo", "city": "München"}
    assert cloud.send_command(session, vehicle, definitions.SEND_DESTINATION, place) is None
    sent = json.loads(form_of(wire.calls[0].request)["data"])
    assert sent == {"poi": {"lat": 48.1, "lon": 11.5, "name": "Zoo", "city": "München"}}


def test_a_message_is_a_place_without_position(wire, cloud, session, vehicle):
    wire.post(CAR + "/sendpoi", json={"executionStatus": {"eventId": "-1", "status": "EXECUTED"}})
    cloud.send_message(session, vehicle, "Milk", "x" * 300)
    assert json.loads(form_of(wire.calls[0].request)["data"]) == {"poi": {"name": "Milk", "additionalInfo": "x" * 255}}


def test_a_charging_profile_is_sent_whole(wire, cloud, session, vehicle):
    profile = {"twoTimesTimer": {"timer1": {"departureTime": "07:00", "timerEnabled": True}}}
    wire.post(CAR + "/executeService", json={"executionStatus": {"status": "INITIATED"}})
    assert cloud.set_charging_profile(session, vehicle, profile) == ("CHARGING_CONTROL", None)
    assert json.loads(form_of(wire.calls[0].request)["data"]) == profile


def test_a_picture_comes_as_it_is(wire, cloud, session, vehicle):
    wire.get(
        CAR + "/image",
        body=b"\x89PNG\xff",
        match=[matchers.query_param_matcher({"view": "SIDE", "width": "100", "height": "50"})],
    )
    assert cloud.image(session, vehicle, "SIDE", 100, 50) == b"\x89PNG\xff"
    assert wire.calls[0].request.headers["Accept"] == "image/png"


def test_no_secret_is_in_a_url(wire, cloud, session, vehicle):
    wire.get(CAR + "/status", json=STATUS)
    cloud.read(session, vehicle)
    wire.post(TOKEN_URL, json={"access_token": "t", "expires_in": 1})
    cloud.begin_sign_in()
    urls = " ".join(call.request.url for call in wire.calls)
    assert not any(secret in urls for secret in ("first-token", "the-app", "home@", "pass"))
