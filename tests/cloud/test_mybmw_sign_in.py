"""Signing in to MyBMW: configuration, captcha, code with PKCE, rotating tokens."""

import pytest

from tests.cases import cases

from . import HOME_PASSWORD, HOME_USER, CloudError, jwt
from .apps import MyBMW


@pytest.fixture
def app(cloud):
    return MyBMW(cloud)


def error(answer):
    return answer.status_code, answer.json["error"]


def test_the_configuration_leads_the_app_back_to_this_cloud(app):
    told = app.config().json
    assert told["gcdmBaseUrl"] == "http://localhost"
    assert told["tokenEndpoint"] == "http://localhost/gcdm/oauth/token"
    assert told["returnUrl"] == "com.bmw.connected://oauth" and "offline_access" in told["scopes"]


@pytest.mark.parametrize(
    "headers", [{"ocp-apim-subscription-key": "wrong"}, {"x-user-agent": "curl"}, {"x-user-agent": "android(A);bmw;4.9.2(36892);moon"}]
)
def test_the_configuration_is_refused_without_the_apps_key_or_user_agent(app, headers):
    assert app.config(**headers).status_code == 403


def test_a_whole_sign_in_gives_tokens(cloud, app):
    app.sign_in()
    assert app.tokens["expires_in"] == 3599 and app.tokens["token_type"] == "Bearer"
    assert app.tokens["gcid"] == cloud.accounts()[0]["gcid"]
    assert jwt.verify(app.tokens["id_token"])["sub"] == app.tokens["gcid"]
    assert app.get("/eadrax-vcs/v4/vehicles/state").status_code == 200


def test_the_first_step_answers_something_that_is_no_address(app):
    answer = app.first_step()
    assert answer.status_code == 200
    assert answer.json["redirect_to"].startswith("redirect_uri=com.bmw.connected://oauth?client_id=")
    assert len(answer.headers.getlist("Set-Cookie")) == 2


def test_the_second_step_redirects_with_code_state_and_nonce(app):
    answer = app.second_step(app.first_step())
    assert answer.status_code == 302
    location = answer.headers["Location"]
    assert location.startswith("com.bmw.connected://oauth?code=")
    assert "state=a-state" in location and "nonce=a-nonce" in location


def test_a_sign_in_without_a_captcha_is_refused(app):
    assert error(app.authenticate(username=HOME_USER, password=HOME_PASSWORD)) == (401, "invalid_client")


def test_a_made_up_captcha_is_refused(app):
    assert error(app.first_step("P1_made_up")) == (401, "invalid_client")


def test_a_captcha_is_good_for_one_attempt(cloud, app):
    captcha = cloud.new_captcha_token()
    assert captcha.startswith("P1_")
    assert error(app.first_step(captcha, password="wrong")) == (401, "invalid_client")
    assert error(app.first_step(captcha)) == (401, "invalid_client")


def test_a_captcha_grows_stale(cloud, app):
    captcha = cloud.new_captcha_token()
    cloud.advance_clock(121)
    assert error(app.first_step(captcha)) == (401, "invalid_client")


def test_the_second_step_needs_the_cookies_of_the_first(cloud, app):
    first = app.first_step()
    assert error(MyBMW(cloud).second_step(first)) == (401, "invalid_client")


def test_an_authorization_works_once(app):
    first = app.first_step()
    assert app.second_step(first).status_code == 302
    assert error(app.second_step(first)) == (401, "invalid_client")


def test_a_code_works_once(app):
    code = app.code()
    assert app.token(code).status_code == 200
    assert error(app.token(code)) == (400, "invalid_request")


def test_a_code_needs_its_verifier(app):
    assert error(app.token(app.code(), verifier="another")) == (400, "invalid_request")


def test_a_code_needs_the_client_secret(app):
    assert error(app.token(app.code(), secret="wrong")) == (401, "invalid_client")


def test_a_code_expires_after_a_minute(cloud, app):
    code = app.code()
    cloud.advance_clock(61)
    assert error(app.token(code)) == (400, "invalid_request")


@pytest.mark.parametrize(
    "wrong", [{"code_challenge_method": "plain"}, {"redirect_uri": "https://elsewhere"}, {"nonce": ""}, {"code_challenge": ""}]
)
def test_an_incomplete_request_is_invalid(app, wrong):
    assert error(app.authenticate(**wrong)) == (400, "invalid_request")


def test_a_refresh_rotates_and_needs_no_captcha(app):
    old = app.sign_in().tokens
    new = app.refresh().json
    assert set(new) == set(old)
    assert new["refresh_token"] != old["refresh_token"] and new["access_token"] != old["access_token"]
    assert app.refresh(new["refresh_token"]).status_code == 200


def test_a_used_refresh_token_is_dead(app):
    app.sign_in().refresh()
    assert error(app.refresh()) == (400, "invalid_request")


def test_an_access_token_expires(cloud, app):
    app.sign_in()
    cloud.advance_clock(3600)
    assert app.get("/eadrax-vcs/v4/vehicles/state").status_code == 401


def test_a_new_password_ends_all_tokens(cloud, app):
    app.sign_in()
    password = cloud.change_password()
    assert error(app.refresh()) == (400, "invalid_request")
    assert error(app.first_step()) == (401, "invalid_client")
    assert app.first_step(password=password).status_code == 200


def test_revoking_ends_the_apps_tokens_too(cloud, app):
    app.sign_in()
    cloud.revoke()
    assert app.get("/eadrax-vcs/v4/vehicles/state").status_code == 401


def test_a_cardata_token_opens_nothing_here_and_the_other_way_round(cloud, app, owner, vin):
    app.sign_in()
    mine, theirs = app.tokens, owner.tokens
    app.tokens, owner.tokens = theirs, mine
    assert app.get("/eadrax-vcs/v4/vehicles/state").status_code == 401
    assert owner.get("/customers/vehicles/mappings").status_code == 401


def test_too_many_logins_are_answered_with_an_empty_429(cloud, app):
    cloud.add_fault("mybmw_authenticate", "status", status=429)
    answer = app.first_step()
    assert (answer.status_code, answer.data) == (429, b"")


def test_calls_are_named_by_cloud_and_step(cloud, app):
    app.config()
    app.sign_in()
    app.refresh()
    assert [(call["cloud"], call["where"]) for call in cloud.calls()] == [
        ("mybmw", "mybmw_" + where) for where in ("config", "authenticate", "authenticate", "token", "refresh")
    ]


def test_secrets_lists_what_a_sign_in_uses(cloud, app):
    captcha = cloud.new_captcha_token()
    app.first_step(captcha)
    app.sign_in()
    issued = {captcha, HOME_PASSWORD, app.tokens["access_token"], app.tokens["refresh_token"], app.tokens["id_token"], app.tokens["gcid"]}
    assert issued <= set(cloud.secrets())


def test_another_account_signs_in_with_its_own_password(cloud, app):
    cloud.add_account("second")
    assert cloud.accounts()[1]["username"] == "second@example.org"
    assert app.first_step(user="second@example.org").status_code == 401
    assert app.first_step(user="second@example.org", password="Simulated-password-second").status_code == 200
    with pytest.raises(CloudError):
        cloud.change_password("third")


# the requests of another program that BMW accepted


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in cases("legacy.json") if "second_step" in case])
def test_a_sign_in_as_a_working_program_sent_it(app, case):
    authorization = app.first_step().json["redirect_to"].partition("authorization=")[2]
    fields = dict(app.fields(), authorization=authorization)
    answer = app.authenticate_with({name: fields[name] for name in case["second_step"]})
    assert answer.status_code == 302 and "code=" in answer.headers["Location"]
