"""The sign-in as a client meets it: device codes, PKCE, polling, tokens, refresh."""

import threading

import pytest
from cryptography.exceptions import InvalidSignature

from . import jwt
from .conftest import ALL, VERIFIER, Person


def error(answer):
    return answer.status_code, answer.json["error"]


def test_a_device_code_answer_has_what_a_client_needs(person):
    answer = person.ask_code()
    assert answer.status_code == 200
    body = answer.json
    assert len(body["user_code"]) == 8 and body["user_code"].isalnum()
    assert (body["interval"], body["expires_in"]) == (5, 300)
    assert body["verification_uri"].endswith("/oneid/link")
    assert "verification_uri_complete" not in body


@pytest.mark.parametrize("missing", ["client_id", "response_type", "code_challenge", "code_challenge_method"])
def test_a_device_code_request_without_a_required_field_is_invalid(person, missing):
    assert error(person.ask_code(**{missing: None})) == (400, "invalid_request")


def test_a_plain_challenge_is_refused(person):
    assert error(person.ask_code(code_challenge_method="plain")) == (400, "invalid_request")


def test_an_unknown_client_is_invalid(person):
    assert error(person.ask_code(client_id="00000000-0000-4000-8000-000000000000")) == (401, "invalid_client")


def test_an_undecided_code_is_pending(person):
    code = person.ask_code().json
    assert error(person.poll(code["device_code"])) == (403, "authorization_pending")


def test_polling_faster_than_the_interval_means_slow_down(cloud, person):
    code = person.ask_code().json["device_code"]
    person.poll(code)
    assert error(person.poll(code)) == (400, "slow_down")
    cloud.advance_clock(6)
    assert error(person.poll(code)) == (400, "slow_down"), "the interval has grown by five seconds"
    cloud.advance_clock(20)
    assert error(person.poll(code)) == (403, "authorization_pending")


def test_polling_at_the_interval_is_welcome(cloud, person):
    code = person.ask_code().json["device_code"]
    for _ in range(4):
        assert error(person.poll(code)) == (403, "authorization_pending")
        cloud.advance_clock(5)


def test_a_code_expires_after_five_minutes(cloud, person):
    code = person.ask_code().json
    cloud.advance_clock(301)
    assert error(person.poll(code["device_code"])) == (401, "expired_token")
    assert cloud.pending_codes() == []


def test_a_declined_code_is_denied(cloud, person):
    code = person.ask_code().json
    cloud.decline(code["user_code"])
    assert error(person.poll(code["device_code"])) == (403, "access_denied")


def test_an_approved_code_gives_tokens_once(cloud, person):
    code = person.ask_code().json
    cloud.approve(code["user_code"])
    tokens = person.poll(code["device_code"]).json
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 3599
    assert sorted(tokens["scope"].split()) == sorted(ALL.split())
    assert tokens["gcid"] == cloud.accounts()[0]["gcid"]
    assert error(person.poll(code["device_code"])) == (400, "invalid_grant")


def test_a_missing_verifier_is_an_invalid_request(cloud, person):
    code = person.ask_code().json
    cloud.approve()
    assert error(person.poll(code["device_code"], verifier=None)) == (400, "invalid_request")


def test_a_wrong_verifier_gives_no_tokens_and_the_right_one_still_does(cloud, person):
    code = person.ask_code().json
    cloud.approve()
    assert error(person.poll(code["device_code"], verifier=VERIFIER + "x")) == (400, "invalid_grant")
    assert person.poll(code["device_code"]).status_code == 200


def test_user_codes_tell_capital_from_small_letters(cloud, person):
    code = person.ask_code().json["user_code"]
    with pytest.raises(ValueError):
        cloud.approve(code.swapcase())


def test_the_id_token_is_a_signed_jwt_for_this_client(cloud, owner):
    claims = jwt.verify(owner.tokens["id_token"])
    assert claims["aud"] == owner.client_id
    assert claims["sub"] == owner.tokens["gcid"]
    assert claims["exp"] - claims["iat"] == 3600
    assert cloud.tokens.stream_login(owner.tokens["gcid"], owner.tokens["id_token"])
    cloud.advance_clock(3600)
    assert not cloud.tokens.stream_login(owner.tokens["gcid"], owner.tokens["id_token"])


def test_a_forged_id_token_does_not_verify(owner):
    head, body, signature = owner.tokens["id_token"].split(".")
    with pytest.raises(InvalidSignature):
        jwt.verify(".".join((head, body[:-4] + "AAAA", signature)))


def test_only_subscribed_scopes_are_granted(cloud, person):
    cloud.settings(subscribed_scopes=["openid"])
    tokens = person.sign_in().tokens
    assert tokens["scope"] == "openid"
    assert person.get("/customers/vehicles/mappings").json["exveErrorId"] == "CU-103"


def test_without_openid_there_is_no_id_token(person):
    assert "id_token" not in person.sign_in("authenticate_user cardata:api:read").tokens


def test_without_any_subscribed_service_the_sign_in_is_denied(cloud, person):
    cloud.settings(subscribed_scopes=[])
    code = person.ask_code().json
    cloud.approve()
    assert error(person.poll(code["device_code"])) == (403, "access_denied")


def test_a_refresh_gives_a_whole_new_set(owner):
    before = owner.tokens
    after = owner.refresh().json
    assert set(after) == set(before)
    for name in ("access_token", "refresh_token", "id_token"):
        assert after[name] != before[name]
    assert after["gcid"] == before["gcid"]


@pytest.mark.parametrize("wanted", ["invalid_grant", "invalid_request"])
def test_a_used_refresh_token_is_dead(cloud, owner, wanted):
    cloud.settings(reuse_error=wanted)
    assert owner.refresh().status_code == 200
    assert error(owner.refresh()) == (400, wanted)


def test_a_grace_for_used_refresh_tokens_can_be_tried(cloud, owner):
    cloud.settings(reuse_grace=60)
    assert [owner.refresh().status_code for _ in range(2)] == [200, 200]
    cloud.advance_clock(60)
    assert error(owner.refresh()) == (400, "invalid_grant")


def test_of_several_refreshes_at_once_one_wins(owner):
    token = owner.tokens["refresh_token"]
    statuses = []
    start = threading.Barrier(4)

    def race():
        start.wait(10)
        statuses.append(Person(owner.cloud).refresh(token).status_code)

    racers = [threading.Thread(target=race) for _ in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(10)
    assert sorted(statuses) == [200, 400, 400, 400]


def test_a_refresh_token_dies_after_fourteen_days(cloud, owner):
    cloud.advance_clock(14 * 86400 - 60)
    owner.tokens = owner.refresh().json
    cloud.advance_clock(14 * 86400 + 1)
    assert error(owner.refresh()) == (400, "invalid_grant")


def test_a_refresh_token_belongs_to_its_client(cloud, owner):
    stranger = Person(cloud, cloud.add_account("second"))
    assert error(stranger.refresh(owner.tokens["refresh_token"])) == (400, "invalid_grant")


def test_a_refresh_never_widens_the_scope(cloud, person):
    cloud.settings(subscribed_scopes=["openid"])
    person.sign_in()
    cloud.settings(subscribed_scopes=["openid", "cardata:api:read"])
    assert person.refresh().json["scope"] == "openid"


def test_leaving_a_service_ends_the_tokens(cloud, owner):
    cloud.settings(subscribed_scopes=["openid"])
    assert error(owner.refresh()) == (400, "invalid_grant")
    assert owner.get("/customers/vehicles/mappings").status_code == 401


def test_a_refresh_answer_can_lack_fields(cloud, owner):
    cloud.settings(omit_in_refresh=["gcid", "id_token"])
    assert not {"gcid", "id_token"} & set(owner.refresh().json)


def test_a_deleted_client_is_unknown_and_its_tokens_are_dead(cloud, owner):
    cloud.delete_client()
    assert error(owner.refresh()) == (401, "invalid_client")
    assert owner.get("/customers/vehicles/mappings").json["exveErrorId"] == "CU-101"
    owner.client_id = cloud.create_client()
    assert owner.sign_in().get("/customers/vehicles/mappings").status_code == 200


def test_an_unsupported_grant_type_is_refused(person):
    assert error(person.poll("x", grant_type="password")) == (400, "invalid_request")


def test_auto_approve_needs_no_person(cloud, person):
    cloud.settings(auto_approve=True)
    assert person.poll(person.ask_code().json["device_code"]).status_code == 200


def test_token_calls_do_not_count_against_the_quota(cloud, owner):
    owner.refresh()
    assert cloud.quota_used() == 0
