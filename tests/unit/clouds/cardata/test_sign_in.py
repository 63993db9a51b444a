"""bmw.clouds.cardata.sign_in: device grant with PKCE and rotating refresh tokens, with static answers."""

import base64
import hashlib

import pytest
import responses
from bmw.clouds.cardata import sign_in
from bmw.clouds.tokens import Tokens
from bmw.errors import BadAnswer, BmwError, NetworkError, ServerError, SignInFailed, SignInNeeded
from bmw.net.http import Http, RequestsTransport
from bmw.redact import clean
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import CLIENT_ID, NOON, FakeWire, answer, no_network
from tests.unit.strategies import JSON

AUTH = "https://auth.example.com"
CODE = {"user_code": "kWq7RtZa", "device_code": "device-code-1", "interval": 5, "expires_in": 300,
        "verification_uri": "https://auth.example.com/oneid/link"}  # fmt: skip
TOKEN = {"access_token": "access-1", "refresh_token": "refresh-1", "id_token": "identity-1", "expires_in": 3599,
         "scope": "openid cardata:api:read", "gcid": "3f2b7c1e-0d5a-4a6f-9b1d-7a2c5e8f0a11", "token_type": "Bearer"}  # fmt: skip
FAULT = {"fault": {"faultstring": "Invalid Access Token", "detail": {"errorcode": "keymanagement.service.invalid_access_token"}}}
OLD = Tokens(access_token="access-0", refresh_token="refresh-0", id_token="identity-0", gcid="gcid-0", scope="openid",
             expires_at=NOON, obtained_at=NOON - 3600)  # fmt: skip


def error(word, status=400):
    return answer({"error": word, "error_description": "as BMW says it"}, status)


def begin(*answers):
    wire = FakeWire(*answers)
    return sign_in.begin(Http(wire, [AUTH]), AUTH, CLIENT_ID, NOON), wire


def poll(prompt, *answers, now=NOON + 5):
    return sign_in.poll(Http(FakeWire(*answers), [AUTH]), AUTH, CLIENT_ID, prompt, now)


def refresh(*answers):
    wire = FakeWire(*answers)
    return sign_in.refresh(Http(wire, [AUTH]), AUTH, CLIENT_ID, OLD, NOON), wire


@pytest.fixture
def prompt():
    return begin(answer(CODE))[0]


# PKCE


def test_the_challenge_is_the_unpadded_hash_of_the_verifier():
    # example of RFC 7636, appendix B
    assert sign_in.challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_each_verifier_is_new_and_of_the_allowed_form():
    verifiers = {sign_in.new_verifier() for _ in range(20)}
    assert len(verifiers) == 20
    assert all(
        43 <= len(one) <= 128 and set(one) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~") for one in verifiers
    )


# the start


def test_a_sign_in_asks_for_a_device_code_with_all_scopes_and_a_challenge():
    prompt, wire = begin(answer(CODE))
    form = wire.form()
    assert wire.requests[0].url == AUTH + "/gcdm/oauth/device/code"
    assert (form["client_id"], form["response_type"], form["code_challenge_method"]) == (CLIENT_ID, "device_code", "S256")
    assert form["scope"] == "authenticate_user openid cardata:api:read cardata:streaming:read"
    verifier = prompt.secrets["code_verifier"]
    assert form["code_challenge"] == base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def test_the_person_gets_a_link_that_holds_the_code(prompt):
    assert prompt.link == "https://auth.example.com/oneid/link?user_code=kWq7RtZa"
    assert (prompt.code, prompt.interval, prompt.expires_at) == ("kWq7RtZa", 5, NOON + 300)


def test_a_complete_link_of_bmws_own_is_used():
    assert begin(answer(dict(CODE, verification_uri_complete="https://x/y")))[0].link == "https://x/y"


def test_what_bmw_leaves_out_has_bmws_usual_values():
    prompt, _wire = begin(answer({"user_code": "a b&c", "device_code": "device-code-1"}))
    assert (prompt.interval, prompt.expires_at) == (5, NOON + 300)
    assert prompt.link == AUTH + "/oneid/link?user_code=a%20b%26c"


def test_device_code_and_verifier_are_never_shown(prompt):
    assert clean("{device_code} {code_verifier}".format(**prompt.secrets)) == "[secret] [secret]"


@pytest.mark.parametrize("status", [400, 401])
def test_an_unknown_client_id_is_told(status):
    with pytest.raises(SignInFailed) as failure:
        begin(error("invalid_client", status))
    assert "client id" in failure.value.problem and "bmw.cfg" in failure.value.advice


@pytest.mark.parametrize(
    "response", [answer("<html>", 503), answer(FAULT, 500), error("server_error", 500), answer("", 502), error("slow_down", 429)]
)
def test_bmws_trouble_at_the_beginning_is_passing(response):
    with pytest.raises(ServerError):
        begin(response)


@pytest.mark.parametrize("body", ["<html>", "", "[]", {}, {"user_code": "a"}, {"user_code": 12345678, "device_code": "x"}])
def test_a_beginning_without_codes_is_a_bad_answer(body):
    with pytest.raises(BadAnswer):
        begin(answer(body))


def test_no_network_at_the_beginning_is_a_network_error():
    with pytest.raises(NetworkError):
        begin(no_network())


# waiting for the person


def test_an_approved_code_gives_tokens(prompt):
    tokens = poll(prompt, answer(TOKEN))
    assert (tokens.access_token, tokens.refresh_token, tokens.expires_at) == ("access-1", "refresh-1", NOON + 5 + 3599)


def test_polling_sends_the_device_code_and_the_verifier(prompt):
    wire = FakeWire(answer(TOKEN))
    sign_in.poll(Http(wire, [AUTH]), AUTH, CLIENT_ID, prompt, NOON)
    assert wire.form() == {"client_id": CLIENT_ID, "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
                           "device_code": "device-code-1", "code_verifier": prompt.secrets["code_verifier"]}  # fmt: skip


@pytest.mark.parametrize(
    "response",
    [
        error("authorization_pending", 403),
        error("authorization_pending", 400),
        answer("<html>Forbidden</html>", 403),
        answer("", 403),
        answer(FAULT, 500),
        answer("<html>", 503),
        answer("Too many", 429),
        answer({"timestamp": 1, "status": 500, "error": "Internal Server Error"}, 500),
        error("temporarily_unavailable", 503),
        error("too_many_requests", 429),
        answer({"error": {"code": 1}}, 400),
        answer({"error": ["odd"]}, 400),
        answer("", 200),
        answer({}, 200),
        answer({"access_token": None}, 200),
        no_network(),
    ],
)
def test_bmws_trouble_while_waiting_does_not_end_the_sign_in(prompt, response):
    assert poll(prompt, response) is None
    assert prompt.interval == 5


def test_slow_down_adds_five_seconds_each_time(prompt):
    assert poll(prompt, error("slow_down")) is None
    assert poll(prompt, error("slow_down", 429)) is None
    assert prompt.interval == 15


@pytest.mark.parametrize(
    "word, status, words",
    [
        ("access_denied", 403, "declined"),
        ("expired_token", 401, "expired"),
        ("expired_token", 500, "expired"),
        ("invalid_client", 401, "client id"),
        ("invalid_grant", 400, "ended"),
        ("invalid_request", 400, "refused"),
        ("invalid_token", 400, "refused"),
    ],
)
def test_a_final_word_ends_the_sign_in_and_says_what_to_do(prompt, word, status, words):
    with pytest.raises(SignInFailed) as failure:
        poll(prompt, error(word, status))
    assert words in failure.value.problem
    assert failure.value.advice


def test_a_decline_that_nobody_made_comes_with_the_list_of_what_helps(prompt):
    with pytest.raises(SignInFailed) as failure:
        poll(prompt, error("access_denied", 403))
    assert all(word in failure.value.advice for word in ("CarData API", "CarData Stream", "private browser window", "delete the client"))


@pytest.mark.parametrize("response", [no_network(), answer("<html>", 503), answer(FAULT, 500), answer("", 403), answer({}, 200)])
def test_after_its_end_a_code_is_given_up_when_bmw_says_nothing_clear(prompt, response):
    assert poll(prompt, response, now=NOON + 299) is None
    with pytest.raises(SignInFailed) as failure:
        poll(prompt, response, now=NOON + 300)
    assert "expired" in failure.value.problem


def test_a_clock_that_was_set_forward_ends_no_sign_in_that_bmw_goes_on_with(prompt):
    assert poll(prompt, error("authorization_pending", 403), now=NOON + 86400) is None
    assert poll(prompt, answer(TOKEN), now=NOON + 86400).access_token == "access-1"


# the refresh


def test_a_refresh_sends_the_refresh_token_and_no_secret_of_the_sign_in():
    _tokens, wire = refresh(answer(TOKEN))
    assert wire.form() == {"grant_type": "refresh_token", "refresh_token": "refresh-0", "client_id": CLIENT_ID}


def test_a_refresh_gives_a_whole_new_set():
    tokens, _wire = refresh(answer(TOKEN))
    assert (tokens.access_token, tokens.refresh_token, tokens.id_token) == ("access-1", "refresh-1", "identity-1")


def test_what_a_refresh_leaves_out_keeps_its_value():
    tokens, _wire = refresh(answer({"access_token": "access-1", "expires_in": 3599}))
    assert (tokens.refresh_token, tokens.id_token, tokens.gcid) == ("refresh-0", "identity-0", "gcid-0")


@pytest.mark.parametrize("word", ["invalid_grant", "invalid_request", "invalid_token", "access_denied", "expired_token"])
def test_a_dead_refresh_token_needs_a_person(word):
    with pytest.raises(SignInNeeded) as failure:
        refresh(error(word))
    assert "sign in again" in failure.value.advice


def test_a_refusal_counts_also_where_the_http_code_says_that_all_is_well():
    with pytest.raises(SignInNeeded):
        refresh(error("invalid_grant", 200))
    tokens, _wire = refresh(answer({"access_token": "access-1", "error": "odd"}))
    assert tokens.access_token == "access-1"


def test_a_deleted_client_is_told_as_such():
    with pytest.raises(SignInNeeded) as failure:
        refresh(error("invalid_client", 401))
    assert "client id" in failure.value.problem


@pytest.mark.parametrize(
    "response",
    [
        answer(FAULT, 500),
        answer("<html>", 503),
        error("invalid_grant", 500),
        answer("", 403),
        error("slow_down", 429),
        answer({"error": ["odd"]}, 400),
    ],
)
def test_bmws_trouble_never_costs_the_sign_in(response):
    with pytest.raises(ServerError):
        refresh(response)


@pytest.mark.parametrize("body", ["", "<html>", "[]", {}, {"access_token": 1}, {"access_token": ""}])
def test_a_refresh_answer_without_a_token_is_a_bad_answer(body):
    with pytest.raises(BadAnswer):
        refresh(answer(body))


# random answers

FIELDS = st.dictionaries(st.sampled_from(sorted(set(CODE) | set(TOKEN) | {"error"})), JSON)


@given(st.sampled_from([200, 400, 403, 500]), JSON | FIELDS | FIELDS.map(lambda odd: dict(CODE, **odd)))
def test_beginning_raises_nothing_but_our_own_errors(status, body):
    try:
        prompt, _wire = begin(answer(body, status))
    except BmwError:
        return
    assert 0 < prompt.interval <= 3600 and prompt.expires_at > NOON
    assert isinstance(prompt.link, str) and isinstance(prompt.code, str)


@given(st.sampled_from([200, 400, 403, 500]), JSON | FIELDS | FIELDS.map(lambda odd: dict(TOKEN, **odd)))
def test_polling_and_refreshing_raise_nothing_but_our_own_errors(status, body):
    for ask in (lambda: poll(begin(answer(CODE))[0], answer(body, status)), lambda: refresh(answer(body, status))[0]):
        try:
            tokens = ask()
        except BmwError:
            continue
        assert tokens is None or isinstance(tokens.access_token, str)


# on the wire


def test_the_same_over_a_real_http_client():
    with responses.RequestsMock() as web:
        web.post(AUTH + "/gcdm/oauth/device/code", json=CODE)
        web.post(AUTH + "/gcdm/oauth/token", json={"error": "authorization_pending"}, status=403)
        web.post(AUTH + "/gcdm/oauth/token", json=TOKEN)
        http = Http(RequestsTransport(), [AUTH])
        prompt = sign_in.begin(http, AUTH, CLIENT_ID, NOON)
        assert sign_in.poll(http, AUTH, CLIENT_ID, prompt, NOON + 5) is None
        assert sign_in.poll(http, AUTH, CLIENT_ID, prompt, NOON + 10).access_token == "access-1"
        assert all(call.request.headers["Content-Type"] == "application/x-www-form-urlencoded" for call in web.calls)
