"""MyBMW's requests and answers: sign-in with captcha and PKCE, headers, cars, commands, quota, and the refusals since 2025."""

import base64
import hashlib
import json

import pytest
import responses
from bmw.account.account import Account
from bmw.account.session import Session
from bmw.clouds.mybmw.cloud import MyBMW
from bmw.clouds.tokens import Tokens
from bmw.commands import definitions
from bmw.compat import parse_qs
from bmw.errors import AccessDenied, BadAnswer, CommandFailed, NotFound, QuotaExceeded, ServerError, SignInFailed, SignInNeeded
from bmw.net.http import Http, RequestsTransport
from bmw.polling.budget import Budget
from bmw.redact import clean
from responses import matchers

from tests.unit.fakes import VIN, car, settings

API = "https://cocoapi.bmwgroup.com"
CONFIG = API + "/eadrax-ucs/v1/presentation/oauth/config"
AUTH = "https://customer.bmwgroup.com/gcdm/oauth"
STATE = API + "/eadrax-vcs/v4/vehicles/state"
LIST = API + "/eadrax-vcs/v5/vehicle-list"
REMOTE = API + "/eadrax-vrccs/v4/presentation/remote-commands/"
EVENT = API + "/eadrax-vrccs/v3/presentation/remote-commands/eventStatus"
CHARGING = API + "/eadrax-crccs/v1/vehicles/" + VIN
CAPTCHA = "P1_solved-by-a-person"

APP_CONFIG = {
    "clientName": "mybmwapp",
    "clientId": "the-client",
    "clientSecret": "the-client-secret",
    "gcdmBaseUrl": "https://customer.bmwgroup.com",
    "returnUrl": "com.bmw.connected://oauth",
    "tokenEndpoint": "https://customer.bmwgroup.com/gcdm/oauth/token",
    "scopes": ["openid", "vehicle_data", "remote_services"],
}


def configured(**values):
    """The settings of an account; settings that are not given have a user's usual values."""
    login = {"username": "home@example.org", "password": "a password", "api_key": "the-app-key"}
    return settings(**dict(login, **values))


def made(clock, **values):
    config = configured(**values)
    return MyBMW(config, Http(RequestsTransport(), MyBMW.bases(config)), clock)


def form_of(request):
    body = request.body.decode("ascii") if isinstance(request.body, bytes) else request.body
    return {name: found[0] for name, found in parse_qs(body).items()}


def json_of(request):
    return json.loads(request.body)


@pytest.fixture
def cloud(clock):
    return made(clock)


@pytest.fixture
def session(cloud, store, clock):
    account = Account(cloud, store, "tokens", clock)
    now = clock.now()
    account.signed_in(Tokens(access_token="first-token", refresh_token="first-refresh", expires_at=now + 3600, obtained_at=now))
    return Session(cloud.http, account, Budget(None), clock, {}, lambda: None)


@pytest.fixture
def vehicle():
    return car(facts={"driveTrain": "ELECTRIC_WITH_RANGE_EXTENDER", "model": "i3 (+ REX)"})


@pytest.fixture
def wire():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def plan_sign_in(wire, **changes):
    """Plans the four answers of a successful sign-in. The second one returns the state of the request."""
    wire.get(CONFIG, json=dict(APP_CONFIG, **changes))

    def authenticate(request):
        form = form_of(request)
        if "authorization" not in form:
            # BMW's answer really is not a valid URL
            target = "redirect_uri=com.bmw.connected://oauth?client_id=x&state=y&authorization=the%2Dauthorization"
            cookies = [
                ("Set-Cookie", "GCDMSSO=one; Path=/gcdm; HttpOnly"),
                ("Set-Cookie", "GCDMLOC=en-US; Path=/"),
            ]
            return 200, cookies, json.dumps({"redirect_to": target})
        location = "com.bmw.connected://oauth?code=the-code&state={}&nonce=n".format(form["state"])
        return 302, {"Location": location}, ""

    wire.add_callback("POST", AUTH + "/authenticate", authenticate)
    wire.post(
        AUTH + "/token",
        json={
            "access_token": "new-token",
            "refresh_token": "new-refresh",
            "expires_in": 3599,
            "id_token": "eyJhbGci.eyJzdWIi.sig",
            "gcid": "the-gcid",
            "scope": "openid",
        },
    )


# sign-in


@pytest.mark.parametrize("answer", [None, "", "  "])
def test_without_a_captcha_the_person_is_told_where_to_solve_one(wire, cloud, answer):
    with pytest.raises(SignInFailed) as refused:
        cloud.begin_sign_in(answer)
    assert "https://customer.bmwgroup.com/oneid/login" in refused.value.advice
    assert len(wire.calls) == 0


def test_each_regions_own_login_page_is_named(clock):
    with pytest.raises(SignInFailed) as refused:
        made(clock, region="na").begin_sign_in()
    assert "https://login.bmwusa.com/oneid/login" in refused.value.advice


def test_a_solved_captcha_leads_to_tokens_in_four_calls(wire, cloud, clock):
    plan_sign_in(wire)
    tokens = cloud.begin_sign_in(CAPTCHA + "\n")
    assert (tokens.access_token, tokens.refresh_token, tokens.gcid) == (
        "new-token",
        "new-refresh",
        "the-gcid",
    )
    assert tokens.expires_at == clock.now() + 3599
    config, password, code, token = [call.request for call in wire.calls]
    assert config.headers["ocp-apim-subscription-key"] == "the-app-key"
    assert password.headers["hcaptchatoken"] == CAPTCHA
    assert (form_of(password)["username"], form_of(password)["scope"]) == (
        "home@example.org",
        "openid vehicle_data remote_services",
    )
    assert "hcaptchatoken" not in code.headers and "password" not in form_of(code)
    assert form_of(code)["authorization"] == "the-authorization" and "grant_type" not in form_of(code)
    assert token.headers["Authorization"] == "Basic " + base64.b64encode(b"the-client:the-client-secret").decode()
    assert form_of(token)["grant_type"] == "authorization_code"


def test_the_cookies_of_the_first_step_come_back_in_the_second(wire, cloud):
    plan_sign_in(wire)
    cloud.begin_sign_in(CAPTCHA)
    assert sorted(wire.calls[2].request.headers["Cookie"].split("; ")) == ["GCDMLOC=en-US", "GCDMSSO=one"]


def test_the_code_is_redeemed_with_the_verifier_of_its_challenge(wire, cloud):
    plan_sign_in(wire)
    cloud.begin_sign_in(CAPTCHA)
    verifier = form_of(wire.calls[3].request)["code_verifier"]
    wanted = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    assert form_of(wire.calls[1].request)["code_challenge"] == form_of(wire.calls[2].request)["code_challenge"] == wanted


def test_state_and_nonce_are_new_each_time(wire, cloud):
    plan_sign_in(wire)
    cloud.begin_sign_in(CAPTCHA)
    cloud.begin_sign_in(CAPTCHA)
    first, second = form_of(wire.calls[1].request), form_of(wire.calls[5].request)
    assert len({first["state"], first["nonce"], second["state"], second["nonce"]}) == 4
    assert len(first["state"]) == 22


def test_a_password_never_goes_to_a_host_that_only_the_answer_names(wire, cloud):
    plan_sign_in(wire, gcdmBaseUrl="https://evil.example", tokenEndpoint="https://evil.example/gcdm/oauth/token")
    cloud.begin_sign_in(CAPTCHA)
    hosts = {call.request.url.split("/")[2] for call in wire.calls}
    assert hosts == {"cocoapi.bmwgroup.com", "customer.bmwgroup.com"}


def test_a_redirect_with_another_state_is_refused(wire, cloud):
    wire.get(CONFIG, json=APP_CONFIG)
    wire.post(AUTH + "/authenticate", json={"redirect_to": "redirect_uri=x://y?authorization=a"})
    wire.post(AUTH + "/authenticate", status=302, headers={"Location": "x://y?code=c&state=another"})
    with pytest.raises(SignInFailed):
        cloud.begin_sign_in(CAPTCHA)


@pytest.mark.parametrize(
    "status, body, kind",
    [
        (401, '{"error": "invalid_client"}', SignInFailed),
        (429, "", ServerError),
        (500, "INTERNAL SERVER ERROR", ServerError),
        (489, "Blocked", AccessDenied),
        (403, "Blocked", AccessDenied),
        (200, '{"redirect_to": null}', SignInFailed),
        (200, "[]", SignInFailed),
        (200, "<html>", BadAnswer),
    ],
)
def test_a_first_step_that_fails_ends_the_sign_in(wire, cloud, status, body, kind):
    wire.get(CONFIG, json=APP_CONFIG)
    wire.post(AUTH + "/authenticate", body=body, status=status)
    with pytest.raises(kind) as failure:
        cloud.begin_sign_in(CAPTCHA)
    assert type(failure.value) is kind
    assert len(wire.calls) == 2


@pytest.mark.parametrize(
    "status, body, kind",
    [
        (403, "{}", SignInFailed),
        (500, "", ServerError),
        (489, "Blocked", AccessDenied),
        (200, '{"clientId": "x"}', BadAnswer),
        (
            200,
            '{"clientId": "x", "clientSecret": 5, "returnUrl": "r", "tokenEndpoint": "t", "scopes": []}',
            BadAnswer,
        ),
        (200, '{"clientId": "x", "clientSecret": "s", "returnUrl": "r", "tokenEndpoint": "t", "scopes": ["a", 5]}', BadAnswer),
        (200, '{"clientId": "x", "clientSecret": "s", "returnUrl": "r", "tokenEndpoint": "https://[", "scopes": []}', BadAnswer),
        (200, '{"clientId": "x", "clientSecret": "s", "returnUrl": "r", "tokenEndpoint": "https://h/\u00fc", "scopes": []}', BadAnswer),
        pytest.param(200, json.dumps(dict(APP_CONFIG, clientSecret="x" * 4097)), BadAnswer, id="endless secret"),
    ],
)
def test_app_settings_that_cannot_be_used_end_the_sign_in(wire, cloud, status, body, kind):
    wire.get(CONFIG, body=body, status=status)
    with pytest.raises(kind) as failure:
        cloud.begin_sign_in(CAPTCHA)
    assert type(failure.value) is kind


def test_a_refresh_needs_no_captcha_and_takes_the_rotated_token(wire, cloud, clock):
    plan_sign_in(wire)
    old = Tokens(access_token="a", refresh_token="old-refresh", gcid="old-gcid")
    tokens = cloud.refresh(old)
    assert (tokens.access_token, tokens.refresh_token) == ("new-token", "new-refresh")
    sent = form_of(wire.calls[1].request)
    assert (sent["grant_type"], sent["refresh_token"]) == ("refresh_token", "old-refresh")
    assert len(wire.calls) == 2


@pytest.mark.parametrize(
    "status, body, kind",
    [
        (400, '{"error": "invalid_request"}', SignInNeeded),
        (401, '{"error": "invalid_client"}', SignInNeeded),
        (500, "", ServerError),
        (429, "", ServerError),
        (489, "Blocked", AccessDenied),
        (200, "{}", BadAnswer),
    ],
)
def test_a_refresh_that_fails_says_whether_a_person_is_needed(wire, cloud, status, body, kind):
    wire.get(CONFIG, json=APP_CONFIG)
    wire.post(AUTH + "/token", body=body, status=status)
    with pytest.raises(kind) as failure:
        cloud.refresh(Tokens(access_token="a", refresh_token="old"))
    assert type(failure.value) is kind


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_app_settings_that_are_refused_at_a_renewal_are_asked_again_later(wire, cloud, status):
    wire.get(CONFIG, body="Out of call volume quota. Quota will be replenished in 00:10:00.", status=status)
    with pytest.raises(SignInNeeded) as failure:
        cloud.refresh(Tokens(access_token="a", refresh_token="old"))
    assert not isinstance(failure.value, SignInFailed), "no password was refused, so it does not wait for a person"
    assert "api_key" in failure.value.advice


def test_without_a_refresh_token_nothing_is_asked(wire, cloud):
    with pytest.raises(SignInNeeded):
        cloud.refresh(Tokens(access_token="a"))
    assert len(wire.calls) == 0


def test_china_is_refused_plainly(wire, clock):
    with pytest.raises(SignInFailed) as refused:
        made(clock, region="cn").begin_sign_in(CAPTCHA)
    assert "China" in refused.value.problem


def test_what_the_sign_in_learns_is_kept_out_of_texts(wire, cloud):
    plan_sign_in(wire)
    cloud.begin_sign_in(CAPTCHA)
    secrets = [
        CAPTCHA,
        "the-client-secret",
        "the-authorization",
        "the-code",
        "new-token",
        "new-refresh",
        "the-gcid",
    ]
    assert not any(secret in clean("x {} x".format(secret)) for secret in secrets)


# headers


def test_every_call_carries_what_the_app_sends(wire, cloud, session, vehicle):
    wire.get(STATE, json={"state": {"range": 1}})
    cloud.read(session, vehicle)
    cloud.read(session, vehicle)
    first, second = [call.request.headers for call in wire.calls]
    agent = first["x-user-agent"].split(";")
    assert (len(agent), agent[1], agent[3]) == (4, "bmw", "row")
    assert first["bmw-vin"] == VIN and first["Authorization"] == "Bearer first-token"
    assert first["x-correlation-id"] == first["bmw-correlation-id"] != second["x-correlation-id"]
    assert first["bmw-session-id"] == second["bmw-session-id"]
    assert first["bmw-units-preferences"].startswith("d=KM;v=L")


def test_brand_and_region_are_part_of_the_user_agent(wire, clock, store):
    cloud = made(clock, brand="mini", region="na")
    wire.get("https://cocoapi.bmwgroup.us/eadrax-ucs/v1/presentation/oauth/config", status=500)
    with pytest.raises(ServerError):
        cloud.begin_sign_in(CAPTCHA)
    assert wire.calls[0].request.headers["x-user-agent"].endswith(";mini;4.9.2(36892);na")


# cars


def test_only_confirmed_cars_are_readable(wire, cloud, session):
    cars = [
        {"vin": VIN, "mappingStatus": "CONFIRMED"},
        {"vin": "OTHER", "mappingStatus": "PENDING"},
        {"vin": 5},
        None,
    ]
    wire.post(LIST, json={"gcid": "g", "mappingInfos": cars})
    assert [(found.vin, found.is_readable) for found in cloud.vehicles(session)] == [
        (VIN, True),
        ("OTHER", False),
    ]


@pytest.mark.parametrize("answer", [[], {"mappingInfos": None}, 1])
def test_a_list_of_cars_that_is_none_is_a_bad_answer(wire, cloud, session, answer):
    wire.post(LIST, json=answer)
    with pytest.raises(BadAnswer):
        cloud.vehicles(session)


def test_facts_come_from_the_profile(wire, cloud, session):
    profile = {
        "vin": VIN,
        "model": "i3 (+ REX)",
        "brand": "BMW_I",
        "driveTrain": "ELECTRIC_WITH_RANGE_EXTENDER",
        "year": 2017,
    }
    wire.get(API + "/eadrax-vcs/v5/vehicle-data/profile", json=profile)
    assert cloud.facts(session, VIN) == {
        "model": "i3 (+ REX)",
        "brand": "BMW",
        "driveTrain": "ELECTRIC_WITH_RANGE_EXTENDER",
        "constructionYear": 2017,
    }


def test_the_state_is_asked_for_with_the_cars_moment(wire, cloud, session, vehicle, clock):
    query = matchers.query_param_matcher({"apptimezone": "0", "appDateTime": str(int(clock.now() * 1000))})
    wire.get(STATE, json={"state": {"currentMileage": 61344}, "capabilities": {}}, match=[query])
    assert cloud.read(session, vehicle)["odometer"].value == 61344
    assert len(wire.calls) == 1


@pytest.mark.parametrize("answer", [{}, {"state": None}, {"state": {}}, [], None])
def test_an_answer_without_state_is_a_bad_answer(wire, cloud, session, vehicle, answer):
    wire.get(STATE, json=answer)
    with pytest.raises(BadAnswer):
        cloud.read(session, vehicle)


def test_the_charging_history_is_asked_for_once_a_day_where_the_car_has_one(wire, cloud, session, vehicle, clock):
    wire.get(STATE, json={"state": {"range": 1}, "capabilities": {"isChargingHistorySupported": True}})
    wire.get(
        API + "/eadrax-chs/v2/charging-statistics",
        json={"statistics": {"totalEnergyCharged": 87, "numberOfChargingSessions": 6}},
    )
    entries = [{"title": "Yesterday", "energyCharged": "~ 22 kWh", "subtitle": None}, {"title": "Before"}]
    wire.get(API + "/eadrax-chs/v2/charging-sessions", json={"chargingSessions": {"sessions": entries}})
    readings = cloud.read(session, vehicle)
    assert (readings["energyChargedThisMonth"].value, readings["chargingSessionsThisMonth"].value) == (87, 6)
    assert readings["lastChargingSession"].value == "Yesterday, ~ 22 kWh"
    cloud.read(session, vehicle)
    assert len(wire.calls) == 4
    session.memory["history"][VIN] -= 86400
    cloud.read(session, vehicle)
    assert len(wire.calls) == 7


def test_a_failing_history_leaves_the_state_whole(wire, cloud, session, vehicle):
    wire.get(STATE, json={"state": {"currentMileage": 5}, "capabilities": {"isChargingHistorySupported": True}})
    wire.get(API + "/eadrax-chs/v2/charging-statistics", status=500)
    assert cloud.read(session, vehicle)["odometer"].value == 5


# commands


@pytest.mark.parametrize(
    "command, address",
    [
        (definitions.LOCK, REMOTE + "door-lock"),
        (definitions.UNLOCK, REMOTE + "door-unlock"),
        (definitions.FLASH_LIGHTS, REMOTE + "light-flash"),
        (definitions.SOUND_HORN, REMOTE + "horn-blow"),
        (definitions.FIND_VEHICLE, REMOTE + "vehicle-finder"),
        (definitions.CLIMATE_START, REMOTE + "climate-now?action=START"),
        (definitions.CLIMATE_STOP, REMOTE + "climate-now?action=STOP"),
        (definitions.CHARGE_START, CHARGING + "/start-charging"),
        (definitions.CHARGE_STOP, CHARGING + "/stop-charging"),
    ],
)
def test_a_command_goes_to_its_address_with_an_empty_object(wire, cloud, session, vehicle, command, address):
    wire.post(address.partition("?")[0], json={"eventId": "event-1", "creationTime": "2024-02-11T17:05:00.123Z"})
    assert cloud.send_command(session, vehicle, command, {}) == "event-1"
    sent = wire.calls[0].request
    assert (sent.url, json_of(sent), sent.headers["bmw-vin"]) == (address, {}, VIN)
    assert sent.headers["Content-Type"] == "application/json"


def test_every_command_there_is_can_be_sent():
    assert MyBMW.COMMANDS == frozenset(definitions.ALL)


def test_an_empty_answer_means_done_at_once(wire, cloud, session, vehicle):
    wire.post(REMOTE + "light-flash", body="")
    assert cloud.send_command(session, vehicle, definitions.FLASH_LIGHTS, {}) is None


@pytest.mark.parametrize("body", [{}, [], {"message": "queued"}, {"eventId": None}, {"eventId": True}, {"eventId": {"id": "e"}}])
def test_an_answer_that_names_no_event_does_not_mean_that_the_car_has_done_it(wire, cloud, session, vehicle, body):
    wire.post(REMOTE + "door-lock", json=body)
    with pytest.raises(BadAnswer):
        cloud.send_command(session, vehicle, definitions.LOCK, {})


def test_a_refusal_in_a_good_answer_is_one(wire, cloud, session, vehicle):
    wire.post(REMOTE + "door-lock", json={"eventId": None, "errorDetails": {"title": "Engine is on"}})
    with pytest.raises(CommandFailed, match="Engine is on"):
        cloud.send_command(session, vehicle, definitions.LOCK, {})


@pytest.mark.parametrize(
    "arguments, body",
    [
        ({"target": 80}, {"chargingTarget": 80}),
        ({"current": 16}, {"acLimitValue": 16}),
        ({"target": 100, "current": 6}, {"chargingTarget": 100, "acLimitValue": 6}),
    ],
)
def test_charging_settings_send_what_was_given(wire, cloud, session, vehicle, arguments, body):
    wire.post(CHARGING + "/charging-settings", json={"eventId": "e"})
    assert cloud.send_command(session, vehicle, definitions.CHARGING_SETTINGS, arguments) == "e"
    assert json_of(wire.calls[0].request) == body


@pytest.mark.parametrize("arguments", [{}, {"target": 15}, {"target": 105}, {"target": 81}])
def test_impossible_charging_settings_cost_no_call(wire, cloud, session, vehicle, arguments):
    with pytest.raises(CommandFailed):
        cloud.send_command(session, vehicle, definitions.CHARGING_SETTINGS, arguments)
    assert len(wire.calls) == 0


def test_a_destination_goes_to_the_accounts_own_address(wire, cloud, session, vehicle):
    wire.post(LIST, json={"gcid": "the-gcid", "mappingInfos": []})
    wire.post(API + "/eadrax-dcs/v2/user/the-gcid/send-to-car", status=201)
    place = {
        "latitude": 48.1,
        "longitude": 11.5,
        "name": "Zoo",
        "street": "Tierparkstr. 30",
        "city": "München",
    }
    assert cloud.send_command(session, vehicle, definitions.SEND_DESTINATION, place) is None
    sent = json_of(wire.calls[1].request)
    assert sent["vehicleInformation"] == {"vin": VIN}
    assert sent["places"][0]["position"] == {"lat": 48.1, "lng": 11.5}
    assert (sent["places"][0]["title"], sent["places"][0]["formattedAddress"]) == (
        "Zoo",
        "Tierparkstr. 30, München",
    )


@pytest.mark.parametrize(
    ("gcid", "sent"), [("\u0663", "%D9%A3"), ("a/../b", "a%2F..%2Fb"), ("a?b#c", "a%3Fb%23c"), ("{} {0}", "%7B%7D%20%7B0%7D")]
)
def test_a_strange_account_id_stays_one_part_of_the_address(wire, cloud, session, vehicle, gcid, sent):
    wire.post(LIST, json={"gcid": gcid, "mappingInfos": []})
    wire.post("{}/eadrax-dcs/v2/user/{}/send-to-car".format(API, sent), status=201)
    assert cloud.send_command(session, vehicle, definitions.SEND_DESTINATION, {"latitude": 48.1, "longitude": 11.5}) is None
    assert wire.calls[1].request.url == "{}/eadrax-dcs/v2/user/{}/send-to-car".format(API, sent)


@pytest.mark.parametrize("gcid", [None, "", 7, {"a": 1}, ["x"], pytest.param("x" * 1001, id="endless")])
def test_without_an_account_id_no_destination_is_sent(wire, cloud, session, vehicle, gcid):
    wire.post(LIST, json={"gcid": gcid, "mappingInfos": []})
    with pytest.raises(CommandFailed, match="did not return the account's id"):
        cloud.send_command(session, vehicle, definitions.SEND_DESTINATION, {"latitude": 48.1, "longitude": 11.5})
    assert len(wire.calls) == 1


def test_the_account_id_is_never_told(wire, cloud, session, vehicle):
    wire.post(LIST, json={"gcid": "the-private-gcid", "mappingInfos": []})
    wire.post(API + "/eadrax-dcs/v2/user/the-private-gcid/send-to-car", status=201)
    cloud.send_command(session, vehicle, definitions.SEND_DESTINATION, {"latitude": 48.1, "longitude": 11.5})
    assert "the-private-gcid" not in clean("sent to the-private-gcid")


@pytest.mark.parametrize(
    "answer, state, word",
    [
        ({"eventStatus": "PENDING"}, definitions.PENDING, ""),
        ({"eventStatus": "INITIATED"}, definitions.PENDING, ""),
        ({"eventStatus": "DELIVERED"}, definitions.DELIVERED, ""),
        ({"eventStatus": "EXECUTED", "errorDetails": None}, definitions.EXECUTED, ""),
        (
            {
                "eventStatus": "ERROR",
                "errorDetails": {
                    "title": "Sorry",
                    "description": None,
                    "errorDetails": "CHARGING_MODE_NOT_SET",
                },
            },
            definitions.FAILED,
            "CHARGING_MODE_NOT_SET",
        ),
        ({"eventStatus": "ERROR", "errorDetails": {}}, definitions.FAILED, "does not say"),
        ({"eventStatus": "SOMETHING_NEW"}, definitions.PENDING, ""),
        ({"eventStatus": None}, definitions.PENDING, ""),
        ({"eventStatus": ["?"]}, definitions.PENDING, ""),
    ],
)
def test_progress_is_asked_for_by_event(wire, cloud, session, vehicle, answer, state, word):
    wire.post(EVENT, json=answer, match=[matchers.query_param_matcher({"eventId": "event-1"})])
    progress = cloud.poll_command(session, vehicle, "event-1")
    assert progress.state == state
    assert word in progress.reason and bool(progress.reason) == bool(word)


def test_a_found_car_has_a_position(wire, cloud, session, vehicle):
    position = {"latitude": 48.2, "longitude": 11.6, "heading": 10}
    wire.post(REMOTE + "eventPosition", json={"positionData": {"status": "OK", "position": position}})
    assert cloud.found_position(session, vehicle, "event-1", 48.0, 11.0) == (48.2, 11.6)
    assert wire.calls[0].request.headers["latitude"] == "48.0"


@pytest.mark.parametrize(
    "status, body",
    [
        (403, '{"errorDetails": ""}'),
        (403, '{"errorDetails": {"title": "No", "errorDetails": ""}}'),
        (400, '{"statusCode": 400}'),
        (404, "Resource Not Found"),
    ],
)
def test_a_command_the_car_lacks_fails_with_words(wire, cloud, session, vehicle, status, body):
    wire.post(CHARGING + "/start-charging", body=body, status=status)
    with pytest.raises(CommandFailed) as refused:
        cloud.send_command(session, vehicle, definitions.CHARGE_START, {})
    assert refused.value.problem.startswith("BMW refused the command")


def test_a_command_meets_quota_and_wall_as_any_call_does(wire, cloud, session, vehicle):
    wire.post(REMOTE + "door-lock", body="Blocked", status=489)
    with pytest.raises(AccessDenied):
        cloud.send_command(session, vehicle, definitions.LOCK, {})
    wire.post(REMOTE + "horn-blow", json={"message": "Out of call volume quota."}, status=403)
    with pytest.raises(QuotaExceeded):
        cloud.send_command(session, vehicle, definitions.SOUND_HORN, {})


def test_a_charging_profile_is_sent_whole(wire, cloud, session, vehicle):
    wire.post(CHARGING + "/charging-profile", json={"eventId": "e"})
    assert cloud.set_charging_profile(session, vehicle, {"servicePack": "TCB1"}) == "e"
    assert json_of(wire.calls[0].request) == {"servicePack": "TCB1"}


# errors


@pytest.mark.parametrize(
    "status, body, headers, wait",
    [
        (403, "Out of call volume quota. Quota will be replenished in 00:28:11.", {}, 28 * 60 + 11),
        (
            403,
            "Out of call volume quota. Quota will be replenished in 02:26:24.",
            {},
            2 * 3600 + 26 * 60 + 24,
        ),
        (403, "Out of call volume quota. Quota will be replenished in 00:00:00.", {}, 1),
        (403, "Quota Exceeded", {}, 3600),
        (429, "Rate limit is exceeded. Try again in 2 seconds.", {}, 4),
        (429, "", {"Retry-After": "30"}, 30),
        (429, "", {}, 300),
    ],
)
def test_no_call_is_made_until_bmw_allows_it_again(wire, cloud, session, vehicle, clock, status, body, headers, wait):
    wire.get(STATE, json={"statusCode": status, "message": body}, status=status, headers=headers)
    with pytest.raises(QuotaExceeded) as refused:
        cloud.read(session, vehicle)
    assert refused.value.retry_at == clock.now() + wait
    with pytest.raises(QuotaExceeded):
        cloud.read(session, vehicle)
    assert len(wire.calls) == 1


@pytest.mark.parametrize(
    "status, body, kind",
    [
        (489, "Blocked", AccessDenied),
        (403, "Blocked", AccessDenied),
        (403, '{"message": "Forbidden."}', AccessDenied),
        (404, "Resource Not Found", NotFound),
        (500, "<html>", ServerError),
        (503, "", ServerError),
    ],
)
def test_an_error_status_becomes_the_error_that_fits(wire, cloud, session, vehicle, status, body, kind):
    wire.get(STATE, body=body, status=status)
    with pytest.raises(kind) as failure:
        cloud.read(session, vehicle)
    assert type(failure.value) is kind
    assert len(wire.calls) == 1


@pytest.mark.parametrize("status", [489, 403])
def test_the_wall_of_2025_points_to_cardata(wire, cloud, session, vehicle, status):
    wire.get(STATE, body="Blocked", status=status)
    with pytest.raises(AccessDenied) as blocked:
        cloud.read(session, vehicle)
    assert "cloud = cardata" in blocked.value.advice


def test_a_rejected_token_is_refreshed_once_and_the_call_repeated(wire, cloud, session, vehicle):
    wire.get(STATE, json={"statusCode": 401}, status=401)
    wire.get(STATE, json={"state": {"currentMileage": 7}})
    plan_sign_in(wire)
    assert cloud.read(session, vehicle)["odometer"].value == 7
    assert wire.calls[-1].request.headers["Authorization"] == "Bearer new-token"


# pictures, settings and other data


def test_a_picture_comes_as_it_is(wire, cloud, session, vehicle):
    query = matchers.query_param_matcher({"carView": "FrontLeft", "toCrop": "true"})
    wire.get(API + "/eadrax-ics/v5/presentation/vehicles/images", body=b"\x89PNG\xff", match=[query])
    assert cloud.image(session, vehicle, "FrontLeft") == b"\x89PNG\xff"
    assert wire.calls[0].request.headers["accept"] == "image/png"
    assert wire.calls[0].request.headers["bmw-app-vehicle-type"] == "connected"


def test_charging_settings_are_handed_on_as_they_are(wire, cloud, session, vehicle, clock):
    wire.get(API + "/eadrax-crccs/v2/vehicles", json={"servicePack": "TCB1"})
    assert cloud.charging_settings(session, vehicle) == {"servicePack": "TCB1"}
    assert wire.calls[0].request.headers["bmw-current-date"] == "2026-10-03T12:00:00.000Z"
