"""bmw.clouds.cardata.errors: the status 403 has many causes; the exveErrorId decides."""

import pytest
from bmw import errors, redact
from bmw.clouds.cardata.errors import ContainerGone, ContainersFull, DescriptorRefused, Refused, check
from bmw.net.http import Response
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import answer
from tests.unit.strategies import JSON


def refusal(error_id, status, message="", note="", **headers):
    body = {"exveErrorId": error_id, "exveErrorRef": "ref", "exveErrorMsg": message, "exveNote": note}
    return answer(body, status, **headers)


def raised(response):
    with pytest.raises(errors.CloudError) as error:
        check(response)
    return error.value


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_success_is_passed_on(status):
    response = answer("", status)
    assert check(response) is response


@pytest.mark.parametrize(
    "error_id, status, kind",
    [
        ("CU-100", 401, errors.TokenRejected),
        ("CU-101", 401, errors.TokenRejected),
        ("CU-102", 401, errors.TokenRejected),
        ("CU-102", 403, errors.TokenRejected),
        ("CU-103", 403, errors.AccessDenied),
        ("CU-104", 403, errors.AccessDenied),
        ("CU-105", 403, ContainerGone),
        ("CU-120", 400, errors.AccessDenied),
        ("CU-121", 400, ContainerGone),
        ("CU-122", 400, ContainerGone),
        ("CU-124", 400, ContainersFull),
        ("CU-124", 403, ContainersFull),
        ("CU-126", 404, errors.NotFound),
        ("CU-127", 404, errors.NotFound),
        ("CU-400", 400, Refused),
        ("CU-402", 400, DescriptorRefused),
        ("CU-403", 403, DescriptorRefused),
        ("CU-429", 403, errors.QuotaExceeded),
        ("CU-429", 429, errors.QuotaExceeded),
        ("CU-500", 500, errors.ServerError),
        ("CU-503", 503, errors.ServerError),
        ("CU-999", 403, Refused),
    ],
)
def test_the_error_id_decides(error_id, status, kind):
    assert type(raised(refusal(error_id, status))) is kind


def test_an_invalid_token_is_known_by_its_message_under_a_strange_id_too():
    assert type(raised(refusal("CU-127", 403, "invalid_token", "presented token is invalid or expired"))) is errors.TokenRejected


@pytest.mark.parametrize(
    "status, kind",
    [(401, errors.TokenRejected), (403, Refused), (404, errors.NotFound), (429, errors.QuotaExceeded),
     (500, errors.ServerError), (502, errors.ServerError), (302, Refused)],
)  # fmt: skip
@pytest.mark.parametrize("body", ["", "<html>Service unavailable</html>", "[]", "null", "3"])
def test_without_an_id_the_status_decides(status, kind, body):
    assert type(raised(answer(body, status))) is kind


def test_a_refused_descriptor_keeps_bmws_words():
    error = raised(refusal("CU-402", 400, "A telematic key is invalid", "The telematic key vehicle.x is invalid."))
    assert "vehicle.x" in error.note


@pytest.mark.parametrize("text, seconds", [("120", 120.0), ("", None), ("soon", None), ("\u00b2", None), ("-5", None), ("9" * 400, None)])
def test_a_retry_after_in_seconds_is_kept(text, seconds):
    assert raised(refusal("CU-429", 403, retry_after=text)).retry_at == seconds


@pytest.mark.parametrize("error_id", ["CU-101", "CU-103", "CU-104", "CU-105", "CU-124", "CU-429", "CU-500"])
def test_what_a_person_could_do_is_told(error_id):
    assert raised(refusal(error_id, 500)).advice


@given(st.integers(300, 599), JSON)
def test_any_answer_but_a_success_is_a_cloud_error(status, body):
    raised(answer(body, status))


@given(st.integers(300, 599), st.dictionaries(st.sampled_from(["exveErrorId", "exveErrorMsg", "exveNote"]), JSON))
def test_strange_error_fields_are_a_cloud_error_too(status, body):
    raised(answer(body, status))


@given(st.integers(300, 599), st.binary())
def test_any_bytes_but_a_success_are_a_cloud_error(status, body):
    raised(Response(status, {}, body))


def test_an_id_without_end_is_cut():
    assert len(raised(refusal("CU-" + "9" * 100000, 403)).text()) < 300


def test_what_stands_in_place_of_an_id_shows_no_part_of_a_secret():
    redact.remember_for_a_while("aV8KMZbyWaC5sZRIiQ0x")
    for text in ("token aV8KMZbyWaC5sZRIiQ0x", "of WBY1Z21010V300001"):
        problem = raised(refusal(text, 403)).problem
        assert "aV8KM" not in problem and "WBY1Z" not in problem and "HTTP 403" in problem
