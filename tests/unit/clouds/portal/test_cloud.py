"""The requests and answers of ConnectedDrive's web portal: sign-in by a redirect, values as texts, commands in XML."""

import json

import pytest
import responses
from bmw import times
from bmw.account.account import Account
from bmw.account.session import Session
from bmw.clouds.portal.cloud import Portal
from bmw.clouds.portal.sign_in import CLIENT_ID, REDIRECT_URI
from bmw.clouds.tokens import Tokens
from bmw.commands import definitions
from bmw.compat import parse_qs
from bmw.errors import AccessDenied, BadAnswer, CommandFailed, NotFound, QuotaExceeded, ServerError, SignInFailed
from bmw.net.http import Http, RequestsTransport
from bmw.polling.budget import Budget
from responses import matchers

from tests.unit.fakes import VIN, car, settings

SIGN_IN = "https://customer.bmwgroup.com/gcdm/oauth/authenticate"
API = "https://www.bmw-connecteddrive.de"
DYNAMIC = API + "/api/vehicle/dynamic/v1/" + VIN
REMOTE = API + "/api/vehicle/remoteservices/v1/" + VIN

ATTRIBUTES = {
    "mileage": "42817",
    "unitOfLength": "km",
    "chargingLevelHv": "61.0",
    "soc_hv_percent": "58.4",
    "beRemainingRangeElectric": "64.0",
    "beRemainingRangeElectricKm": "104.0",
    "beMaxRangeElectricKm": "171.0",
    "beRemainingRangeFuelKm": "92.0",
    "remaining_fuel": "6",
    "fuelPercent": "72",
    "chargingSystemStatus": "CHARGINGACTIVE",
    "chargingHVStatus": "CHARGING",
    "chargingLogicCurrentlyActive": "DELAYED_CHARGING",
    "connectorStatus": "CONNECTED",
    "chargingTimeRemaining": "143",
    "door_lock_state": "SELECTIVE_LOCKED",
    "door_driver_front": "OPEN",
    "door_passenger_front": "CLOSED",
    "window_driver_front": "OPEN_TILT",
    "hood_state": "CLOSED",
    "trunk_state": None,
    "sunroof_state": "INVALID",
    "lights_parking": "OFF",
    "gps_lat": "48.1372",
    "gps_lng": "11.5756",
    "heading": "214",
    "vehicle_tracking": "1",
    "condition_based_services": "00003,OK,2020-05,;00032,OK,2021-01,;00100,PENDING,,29000",
    "updateTime": "04.03.2019 17:22:07 UTC",
    "updateTime_converted_timestamp": "1551723727000",
    "Segment_LastTrip_time_segment_end": "04.03.2019 17:10:00 UTC",
    "lastUpdateReason": "VEHCSHUTDOWN_SECURED",
}
#: 2019-03-04 17:22:07 UTC
UPDATED = 1551720127.0


def configured(**values):
    """The settings of an account; settings that are not given have a user's usual values."""
    login = {"username": "home@example.org", "password": "a password", "client_id": None}
    return settings(**dict(login, **values))


def made(clock, **values):
    config = configured(**values)
    return Portal(config, Http(RequestsTransport(), Portal.bases(config)), clock)


def form_of(request):
    body = request.body.decode("ascii") if isinstance(request.body, bytes) else request.body
    return {name: found[0] for name, found in parse_qs(body).items()}


@pytest.fixture
def cloud(clock):
    return made(clock)


@pytest.fixture
def session(cloud, store, clock):
    account = Account(cloud, store, "tokens", clock)
    account.signed_in(Tokens(access_token="first-token", expires_at=clock.now() + 3600, obtained_at=clock.now()))
    return Session(cloud.http, account, Budget(None), clock, {}, lambda: None)


@pytest.fixture
def vehicle():
    return car(facts={"driveTrain": "BEV_REX"})


@pytest.fixture
def wire():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def read(wire, cloud, session, vehicle, messages=None, **attributes):
    """The readings of the attributes; all rare calls answer nothing."""
    wire.get(DYNAMIC, json={"attributesMap": attributes, "vehicleMessages": messages})
    return cloud.read(session, vehicle)


# sign-in


@pytest.mark.parametrize(
    "fragment",
    [
        "access_token=Abc-123&token_type=Bearer&expires_in=3599&state=x",
        "state=x&expires_in=3599&token_type=Bearer&access_token=Abc-123",
    ],
)
def test_the_token_is_taken_from_the_redirects_fragment_in_any_order(wire, cloud, clock, fragment):
    wire.post(SIGN_IN, status=302, headers={"Location": REDIRECT_URI + "#" + fragment})
    tokens = cloud.begin_sign_in()
    assert (tokens.access_token, tokens.expires_at, tokens.refresh_token) == (
        "Abc-123",
        clock.now() + 3599,
        None,
    )
    assert len(wire.calls) == 1
    sent = form_of(wire.calls[0].request)
    assert (sent["client_id"], sent["response_type"], sent["redirect_uri"]) == (
        CLIENT_ID,
        "token",
        REDIRECT_URI,
    )
    assert (sent["username"], sent["password"]) == ("home@example.org", "a password")
    assert "Authorization" not in wire.calls[0].request.headers


@pytest.mark.parametrize("life", ["x", "9" * 5000])
def test_a_refresh_is_a_new_sign_in(wire, cloud, life):
    wire.post(SIGN_IN, status=302, headers={"Location": REDIRECT_URI + "#access_token=second&expires_in=" + life})
    tokens = cloud.refresh(Tokens(access_token="first"))
    assert tokens.access_token == "second"


def test_the_apps_key_is_sent_along_where_there_is_one(wire, clock):
    wire.post(SIGN_IN, status=302, headers={"Location": REDIRECT_URI + "#access_token=t"})
    made(clock, api_key="key", api_secret="secret").begin_sign_in()
    assert wire.calls[0].request.headers["Credentials"] == "key:secret"
    assert wire.calls[0].request.headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    "status, location",
    [
        (302, REDIRECT_URI + "?error=access_denied"),
        (302, REDIRECT_URI + "#state=x"),
        (401, ""),
        (400, ""),
        (200, ""),
    ],
)
def test_bmws_answer_without_a_token_is_a_refused_sign_in(wire, cloud, status, location):
    wire.post(SIGN_IN, json={"error": "invalid_client"}, status=status, headers={"Location": location})
    with pytest.raises(SignInFailed) as refused:
        cloud.begin_sign_in()
    assert "bmw.cfg" in refused.value.advice


@pytest.mark.parametrize("status", [400, 401])
def test_a_refusal_without_a_reason_is_a_refused_sign_in(wire, cloud, status):
    wire.post(SIGN_IN, body="<html>", status=status)
    with pytest.raises(SignInFailed):
        cloud.begin_sign_in()


@pytest.mark.parametrize(
    "status, location",
    [
        (302, "https://elsewhere.example/#access_token=stolen"),
        (302, "http://hotel.example/login?error=access_denied"),
        (302, ""),
        (200, ""),
        (403, ""),
        (404, ""),
        (511, ""),
    ],
)
def test_the_page_of_a_gateway_is_no_wrong_password(wire, cloud, status, location):
    """A password that counts as wrong is not sent again until a person comes."""
    wire.post(SIGN_IN, body="<html>please pay</html>", status=status, headers={"Location": location})
    with pytest.raises(ServerError) as failure:
        cloud.begin_sign_in()
    assert not isinstance(failure.value, SignInFailed)


@pytest.mark.parametrize("status, kind", [(503, ServerError), (410, AccessDenied)])
def test_a_broken_or_closed_sign_in_server_is_no_wrong_password(wire, cloud, status, kind):
    wire.post(SIGN_IN, body="<html>", status=status)
    with pytest.raises(kind) as failure:
        cloud.begin_sign_in()
    assert not isinstance(failure.value, SignInFailed)


def test_outside_europe_the_apps_hosts_are_asked():
    assert Portal.bases(configured(region="na")) == ["https://login.bmwusa.com", "https://b2vapi.bmwgroup.us"]
    assert Portal.bases(configured())[1] == API


# cars and their data


def test_cars_and_facts_come_from_the_list(wire, cloud, session):
    entry = {
        "vin": VIN,
        "modelName": "i3 94 (+ REX)",
        "brand": "BMW_I",
        "series": "I",
        "doorCount": 4,
        "steering": "LEFT",
    }
    wire.get(API + "/api/me/vehicles/v2", json=[entry, {"series": "?"}])
    assert [found.vin for found in cloud.vehicles(session)] == [VIN]
    facts = cloud.facts(session, VIN)
    assert (facts["model"], facts["brand"], facts["numberOfDoors"]) == ("i3 94 (+ REX)", "BMW", 4)


def test_a_list_that_is_none_is_a_bad_answer(wire, cloud, session):
    wire.get(API + "/api/me/vehicles/v2", json={"vehicles": []})
    with pytest.raises(BadAnswer):
        cloud.vehicles(session)


def test_texts_become_values_with_the_cars_own_time(wire, cloud, session, vehicle):
    readings = read(wire, cloud, session, vehicle, **ATTRIBUTES)
    said = {key: reading.value for key, reading in readings.items()}
    assert (said["stateOfCharge"], said["odometer"], readings["odometer"].unit) == (61, 42817, "km")
    assert (said["electricRange"], said["fuelRange"], said["totalRange"]) == (104, 92, 196)
    assert (said["chargingStatus"], said["pluggedIn"], said["chargingTimeRemaining"]) == (
        "CHARGING",
        True,
        143,
    )
    assert (said["doorLockState"], said["doorDriverFront"], said["trunk"]) == ("SELECTIVE_LOCKED", True, None)
    assert (said["windowDriverFront"], said["sunroof"], said["lights"]) == ("OPEN_TILT", None, False)
    assert said["position"] == (48.1372, 11.5756)
    # a due service without a date comes before one with a date
    assert (said["nextService"], said["serviceDistance"]) == ("Vehicle check", 29000)
    assert (said["servicesDue"], said["serviceStatus"]) == (1, "PENDING")
    assert (said["serviceDate"], said["inspectionDate"]) == (None, times.parse("2021-01"))
    assert said["lastTripEnd"] == UPDATED - 727
    assert {reading.time for reading in readings.values()} == {UPDATED}


def test_a_driver_who_does_not_want_to_be_found_has_no_position(wire, cloud, session, vehicle):
    readings = read(wire, cloud, session, vehicle, **dict(ATTRIBUTES, vehicle_tracking="0"))
    assert (readings["position"].value, readings["heading"].value) == (None, None)
    silent = {key: value for key, value in ATTRIBUTES.items() if not key.startswith("gps_")}
    readings = read(wire, cloud, session, vehicle, **dict(silent, vehicle_tracking="0"))
    assert readings["position"].value is None


def test_an_odometer_in_miles_says_so(wire, cloud, session, vehicle):
    readings = read(wire, cloud, session, vehicle, mileage="26605", unitOfLength="mls")
    assert (readings["odometer"].value, readings["odometer"].unit) == (26605, "mi")


def test_nothing_but_nulls_is_all_unknown(wire, cloud, session, vehicle):
    readings = read(wire, cloud, session, vehicle, **dict.fromkeys(ATTRIBUTES))
    assert {reading.value for reading in readings.values()} == {None}


@pytest.mark.parametrize(
    "word, status",
    [("NOCHARGING", "NOT_CHARGING"), ("CHARGINGENDED", "CHARGING_ENDED"), ("SOMETHING", "SOMETHING")],
)
def test_charging_words_become_those_of_the_other_clouds(wire, cloud, session, vehicle, word, status):
    readings = read(wire, cloud, session, vehicle, chargingSystemStatus=word)
    assert readings["chargingStatus"].value == status
    assert readings["chargingTimeRemaining"].value is None


def test_messages_name_services_and_warnings_where_there_are_no_codes(wire, cloud, session, vehicle):
    messages = {
        "ccmMessages": [{"text": "Tyre pressure low", "id": 804}, {"text": None}],
        "cbsMessages": [{"text": "Brake fluid", "date": "2020-05", "unitOfLengthRemaining": "18000"}],
    }
    readings = read(wire, cloud, session, vehicle, messages, mileage="1", unitOfLength="km")
    assert (readings["checkControlCount"].value, readings["checkControl"].value) == (2, "Tyre pressure low")
    assert (readings["nextService"].value, readings["serviceDistance"].value) == ("Brake fluid", 18000)


@pytest.mark.parametrize("answer", [{}, {"attributesMap": None}, [], "x"])
def test_an_answer_without_attributes_is_a_bad_answer(wire, cloud, session, vehicle, answer):
    wire.get(DYNAMIC, json=answer)
    with pytest.raises(BadAnswer):
        cloud.read(session, vehicle)


@pytest.mark.parametrize("name", ["socmax", "socMax"])
def test_the_batterys_energy_is_read_under_both_of_its_names(wire, cloud, session, vehicle, name):
    wire.get(API + "/api/vehicle/navigation/v1/" + VIN, json={"soc": 18.21, name: 29.84, "latitude": 1})
    readings = read(wire, cloud, session, vehicle, mileage="1")
    assert (readings["batteryEnergy"].value, readings["batteryCapacity"].value) == (18.21, 29.84)
    assert "position" not in readings


def test_efficiency_gives_the_last_trip_and_the_cars_life(wire, cloud, session, vehicle):
    wire.get(
        API + "/api/vehicle/efficiency/v1/" + VIN,
        json={
            "scoreList": [
                {"attrName": "AVERAGE_ELECTRIC_CONSUMPTION", "lifeTime": 15.9},
                {"attrName": ["?"]},
            ],
            "lastTripList": [
                {"name": "LASTTRIP_DELTA_KM", "unit": "KM", "lastTrip": "12.0"},
                {"name": "AVERAGE_ELECTRIC_CONSUMPTION", "lastTrip": "13.1"},
                {"name": "ACTUAL_DISTANCE_WITHOUT_CHARGING", "lastTrip": "--"},
            ],
            "lifeTimeList": None,
        },
    )
    readings = read(wire, cloud, session, vehicle, mileage="1")
    found = {key: readings[key].value for key in ("averageConsumption", "lastTripDistance", "lastTripConsumption")}
    assert found == {"averageConsumption": 15.9, "lastTripDistance": 12, "lastTripConsumption": 13.1}
    assert "distanceSinceCharging" not in readings


def test_what_two_answers_tell_does_not_take_turns(wire, cloud, session, vehicle):
    profile = {"weeklyPlanner": {"chargingMode": "IMMEDIATE_CHARGING", "timer1": {"departureTime": "07:30"}}}
    wire.get(API + "/api/vehicle/remoteservices/chargingprofile/v1/" + VIN, json=profile)
    first = read(wire, cloud, session, vehicle, chargingLogicCurrentlyActive="DELAYED_CHARGING")
    second = cloud.read(session, vehicle)
    assert first["chargingMode"].value == second["chargingMode"].value == "DELAYED_CHARGING"
    assert first["departureTimer1"].value == "off (07:30)"
    assert "departureTimer1" not in second


def test_429_stops_all_calls(wire, cloud, session, vehicle, clock):
    wire.get(DYNAMIC, body="<html>", status=429)
    for _again in range(2):
        with pytest.raises(QuotaExceeded):
            cloud.read(session, vehicle)
    assert len(wire.calls) == 1


# commands


@pytest.mark.parametrize(
    "command, code",
    [
        (definitions.LOCK, "RDL"),
        (definitions.UNLOCK, "RDU"),
        (definitions.FLASH_LIGHTS, "RLF"),
        (definitions.SOUND_HORN, "RHB"),
        (definitions.CLIMATE_START, "RCN"),
        (definitions.FIND_VEHICLE, "RVF"),
    ],
)
def test_a_command_is_an_empty_post_to_its_code(wire, cloud, session, vehicle, command, code):
    wire.post(REMOTE + "/" + code, body="<r><remoteServiceStatus>PENDING</remoteServiceStatus></r>")
    assert cloud.send_command(session, vehicle, command, {}) == code
    assert not wire.calls[0].request.body
    assert wire.calls[0].request.headers["Content-Length"] == "0"


def test_what_the_api_lacks_is_not_offered():
    lacking = {
        definitions.CLIMATE_STOP,
        definitions.CHARGE_START,
        definitions.CHARGE_STOP,
        definitions.CHARGING_SETTINGS,
        definitions.SEND_DESTINATION,
    }
    assert Portal.COMMANDS == frozenset(definitions.ALL) - lacking


@pytest.mark.parametrize(
    "body, state",
    [
        ("<a><remoteServiceStatus>PENDING</remoteServiceStatus></a>", definitions.PENDING),
        (
            "<?xml version='1.0'?><n:a><n:remoteServiceStatus>DELIVERED_TO_VEHICLE</n:remoteServiceStatus></n:a>",
            definitions.DELIVERED,
        ),
        ("<a>\n <remoteServiceStatus x='1'> EXECUTED </remoteServiceStatus></a>", definitions.EXECUTED),
        ("<a><remoteServiceStatus>CANCELLED_WITH_ERROR</remoteServiceStatus></a>", definitions.FAILED),
        ("<a/>", definitions.PENDING),
        ("", definitions.PENDING),
    ],
)
def test_progress_is_read_from_the_xml(wire, cloud, session, vehicle, body, state):
    wire.get(REMOTE + "/state/execution", body=body)
    progress = cloud.poll_command(session, vehicle, "RDL")
    assert progress.state == state
    assert (progress.reason == "CANCELLED_WITH_ERROR") == (state == definitions.FAILED)


def test_an_answer_full_of_beginnings_does_not_block_the_account(wire, cloud, session, vehicle):
    # A search that starts again at each opening tag took hours here and blocked the account.
    wire.get(REMOTE + "/state/execution", body="<remoteServiceStatus " * 300000)
    assert cloud.poll_command(session, vehicle, "RDL").state == definitions.PENDING


def test_a_command_refused_at_once_says_how(wire, cloud, session, vehicle):
    wire.post(REMOTE + "/RDU", body="<r><remoteServiceStatus>NOT_ALLOWED</remoteServiceStatus></r>")
    with pytest.raises(CommandFailed) as refused:
        cloud.send_command(session, vehicle, definitions.UNLOCK, {})
    assert "NOT_ALLOWED" in refused.value.problem


def test_an_unknown_car_is_not_found(wire, cloud, session, vehicle):
    wire.post(REMOTE + "/RLF", status=404)
    with pytest.raises(NotFound):
        cloud.send_command(session, vehicle, definitions.FLASH_LIGHTS, {})


def test_a_message_goes_to_the_cars_display(wire, cloud, session, vehicle):
    wire.post(API + "/api/vehicle/myinfo/v1", json={})
    cloud.send_message(session, vehicle, "Milk", "Two litres")
    sent = json.loads(wire.calls[0].request.body)
    assert sent == {"vins": [VIN], "subject": "Milk", "message": "Two litres"}


@pytest.mark.parametrize(
    "ask, path",
    [
        ("specs", "/api/vehicle/specs/v1/"),
        ("service", "/api/vehicle/service/v1/"),
        ("service_partner", "/api/vehicle/servicepartner/v1/"),
        ("navigation", "/api/vehicle/navigation/v1/"),
        ("efficiency", "/api/vehicle/efficiency/v1/"),
        ("charging_profile", "/api/vehicle/remoteservices/chargingprofile/v1/"),
    ],
)
def test_what_else_it_tells_is_handed_on_as_it_is(wire, cloud, session, vehicle, ask, path):
    wire.get(API + path + VIN, status=500)
    wire.get(API + path + VIN, json={"some": "thing"})
    assert getattr(cloud, ask)(session, vehicle) == {"some": "thing"}


def test_pictures_are_asked_for_by_angle(wire, cloud, session, vehicle):
    query = matchers.query_param_matcher({"startAngle": "90", "stepAngle": "10", "width": "300"})
    wire.get(API + "/api/vehicle/image/v1/" + VIN, json={"angleUrls": []}, match=[query])
    assert cloud.images(session, vehicle, 90, 300) == {"angleUrls": []}


def test_the_history_of_commands_is_handed_on_as_it_is(wire, cloud, session, vehicle):
    wire.get(REMOTE + "/history", json=[{"rsType": "RDL"}])
    assert cloud.command_history(session, vehicle) == [{"rsType": "RDL"}]
