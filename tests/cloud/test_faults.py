"""Each planned failure, met by a real client over a real connection."""

import http.client
import json
import socket
import threading
import time

import pytest

from .conftest import Person, wait_until


@pytest.fixture
def owner(served):
    return Person(served).sign_in()


def get(cloud, owner, path="/customers/vehicles/mappings", timeout=10):
    """(status, headers, body), read over a new connection."""
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=timeout)
    try:
        connection.request("GET", path, headers=owner.headers())
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def test_a_healthy_cloud_answers(served, owner):
    status, _, body = get(served, owner)
    assert status == 200 and json.loads(body)[0]["vin"] == served.cars()[0]


def test_the_gateway_fault_has_no_error_field(served, owner):
    served.add_fault("refresh", "http_500_fault")
    answer = owner.refresh()
    assert answer.status_code == 500
    assert answer.json["fault"]["detail"]["errorcode"] == "keymanagement.service.invalid_access_token"
    assert owner.refresh().status_code == 200, "a fault that never reached the token store costs no token"


def test_an_html_page_comes_instead_of_json(served, owner):
    served.add_fault("mappings", "html", status=502)
    status, headers, body = get(served, owner)
    assert status == 502 and headers["Content-Type"].startswith("text/html") and body.startswith(b"<!DOCTYPE")


def test_any_status_with_body_and_headers(served, owner):
    served.add_fault("api", "status", status=429, body={"exveErrorId": "CU-429"}, headers={"Retry-After": "60"})
    status, headers, body = get(served, owner)
    assert (status, headers["Retry-After"], json.loads(body)) == (429, "60", {"exveErrorId": "CU-429"})


def test_a_fault_strikes_so_many_times_and_only_there(served, owner):
    served.add_fault("mappings", "status", times=2, status=503)
    assert owner.get("/customers/containers").status_code == 200
    assert [get(served, owner)[0] for _ in range(3)] == [503, 503, 200]


def test_a_fault_without_end_lasts_until_cleared(served, owner):
    served.add_fault("any", "status", times=None, status=503)
    assert [get(served, owner)[0] for _ in range(3)] == [503, 503, 503]
    served.clear_faults()
    assert get(served, owner)[0] == 200


def test_a_reset_is_a_reset(served, owner):
    served.add_fault("mappings", "reset")
    with pytest.raises(ConnectionResetError):
        get(served, owner)
    assert get(served, owner)[0] == 200


def test_a_timeout_holds_the_connection(served, owner):
    served.add_fault("mappings", "timeout", seconds=60)
    with pytest.raises(socket.timeout):
        get(served, owner, timeout=0.3)


def test_stopping_the_cloud_releases_held_connections(served, owner):
    served.add_fault("mappings", "timeout", seconds=60)
    outcome = []

    def ask():
        try:
            outcome.append(get(served, owner, timeout=30))
        except OSError as problem:
            outcome.append(problem)
        except http.client.HTTPException as problem:
            outcome.append(problem)

    asking = threading.Thread(target=ask)
    asking.start()
    assert wait_until(lambda: len(served.calls()) and served.calls()[-1]["where"] == "mappings")
    began = time.monotonic()
    served.stop()
    asking.join(10)
    assert isinstance(outcome[0], Exception) and time.monotonic() - began < 5


def test_truncated_json_does_not_parse(served, owner):
    served.add_fault("mappings", "truncated")
    status, _, body = get(served, owner)
    assert status == 200
    with pytest.raises(ValueError):
        json.loads(body)


def test_a_lying_length_ends_early(served, owner):
    served.add_fault("mappings", "truncated", lying=True)
    with pytest.raises(http.client.IncompleteRead):
        get(served, owner)


def test_an_empty_and_a_huge_answer(served, owner):
    served.add_fault("mappings", "empty")
    served.add_fault("mappings", "huge", size=3000000)
    assert get(served, owner)[2] == b""
    assert len(get(served, owner)[2]) == 3000000


def test_a_slow_answer_is_right_in_the_end(served, owner):
    served.add_fault("mappings", "slow", seconds=0.3)
    began = time.monotonic()
    assert get(served, owner)[0] == 200
    assert time.monotonic() - began >= 0.3


def test_a_lost_reply_was_processed_nevertheless(served, owner):
    served.add_fault("refresh", "reply_lost")
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    form = "grant_type=refresh_token&client_id=%s&refresh_token=%s" % (owner.client_id, owner.tokens["refresh_token"])
    connection.request("POST", "/gcdm/oauth/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        connection.getresponse()
    connection.close()
    assert owner.refresh().json["error"] == "invalid_grant", "the old token was used up"


def test_a_planned_fault_needs_a_known_place_kind_and_option(served):
    for wrong in (("nowhere", "reset", {}), ("any", "earthquake", {}), ("any", "reset", {"colour": "red"})):
        with pytest.raises(ValueError):
            served.add_fault(wrong[0], wrong[1], **wrong[2])


def test_a_stopped_cloud_answers_nobody_and_comes_back_as_it_was(served, owner):
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
    connection.request("GET", "/customers/vehicles/mappings", headers=owner.headers())
    connection.getresponse().read()
    served.stop()
    with pytest.raises((OSError, http.client.HTTPException)):
        connection.request("GET", "/customers/vehicles/mappings", headers=owner.headers())
        connection.getresponse()
    with pytest.raises(ConnectionRefusedError):
        get(served, owner)
    served.start()
    assert get(served, owner)[0] == 200


def test_a_reset_in_the_body_comes_after_the_headers(served, owner):
    served.add_fault("mappings", "reset_in_body")
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.request("GET", "/customers/vehicles/mappings", headers=owner.headers())
    answer = connection.getresponse()
    assert answer.status == 200
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        answer.read()
    connection.close()


def test_a_dripping_answer_comes_byte_by_byte_until_faults_are_cleared(served, owner):
    served.add_fault("mappings", "drip", seconds=0.05)
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.request("GET", "/customers/vehicles/mappings", headers=owner.headers())
    answer = connection.getresponse()
    assert answer.read(2) == b"[{"
    served.clear_faults()
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    connection.close()


def test_a_huge_answer_ends_with_the_client(served, owner):
    served.add_fault("mappings", "huge", size=10**12)
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.request("GET", "/customers/vehicles/mappings", headers=owner.headers())
    assert connection.getresponse().read(10) == b'{"padding"'
    connection.close()
    assert get(served, owner)[0] == 200


def test_a_held_answer_was_processed_and_comes_when_it_is_let_go(served, owner):
    served.add_fault("refresh", "held", seconds=60)
    issued, outcome = len(served.tokens.ever_issued), []
    asking = threading.Thread(target=lambda: outcome.append(owner.refresh()))
    asking.start()
    assert wait_until(lambda: len(served.tokens.ever_issued) > issued)
    assert not outcome
    assert wait_until(lambda: served.clear_faults() or outcome)
    assert outcome[0].json["refresh_token"] in served.tokens.ever_issued[issued:]


def test_a_wrong_content_type_has_the_right_body(served, owner):
    served.add_fault("mappings", "content_type")
    _, headers, body = get(served, owner)
    assert headers["Content-Type"] == "image/png" and json.loads(body)[0]["vin"] == served.cars()[0]
