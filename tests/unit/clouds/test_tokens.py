"""bmw.clouds.tokens: reads the token answers of all clouds."""

import json

import pytest
from bmw.clouds.tokens import MAX_ID, MAX_TOKEN, UNSTATED_LIFE, Tokens, from_answer, from_record
from bmw.errors import BadAnswer
from bmw.redact import clean
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import NOON
from tests.unit.strategies import JSON

FULL = {
    "access_token": "access-1",
    "refresh_token": "refresh-1",
    "id_token": "identity-1",
    "gcid": "3f2b7c1e-0d5a-4a6f-9b1d-7a2c5e8f0a11",
    "scope": "authenticate_user openid cardata:api:read",
    "token_type": "Bearer",
    "expires_in": 3599,
}


def test_an_answer_becomes_tokens_with_their_end():
    tokens = from_answer(FULL, NOON)
    assert (tokens.access_token, tokens.refresh_token, tokens.id_token) == ("access-1", "refresh-1", "identity-1")
    assert (tokens.expires_at, tokens.obtained_at) == (NOON + 3599, NOON)


@pytest.mark.parametrize("field", ["refresh_token", "id_token", "gcid", "scope"])
def test_a_field_that_a_refresh_answer_lacks_keeps_its_older_value(field):
    newer = from_answer({"access_token": "access-2"}, NOON + 60, from_answer(FULL, NOON))
    assert newer.access_token == "access-2"
    assert getattr(newer, field) == FULL[field]


@pytest.mark.parametrize(
    "access",
    [
        {},
        {"access_token": None},
        {"access_token": 17},
        {"access_token": ""},
        {"access_token": "a\u20acb"},
        {"access_token": "a\r\nHost: b"},
    ],
)
def test_an_answer_without_access_token_hands_on_its_refresh_token(access):
    older = from_answer(FULL, NOON)
    with pytest.raises(BadAnswer) as error:
        from_answer(dict(access, refresh_token="refresh-2", expires_in=3599), NOON + 60, older)
    kept = error.value.tokens
    assert (kept.access_token, kept.expires_at, kept.refresh_token, kept.gcid) == ("access-1", NOON + 3599, "refresh-2", FULL["gcid"])
    assert clean("refresh-2 in " + error.value.text()) == "[secret] in " + error.value.text()


def test_an_answer_without_any_token_hands_on_none():
    for answer, older in (({"id_token": "i"}, from_answer(FULL, NOON)), ({"refresh_token": "refresh-2"}, None)):
        with pytest.raises(BadAnswer) as error:
            from_answer(answer, NOON, older)
        assert error.value.tokens is None


@pytest.mark.parametrize("life", [None, "3599", 0, -1, float("nan"), True, [], 10**400, float("inf")])
def test_a_life_that_is_no_sensible_number_is_taken_as_short(life):
    assert from_answer(dict(FULL, expires_in=life), NOON).expires_at == NOON + UNSTATED_LIFE


@pytest.mark.parametrize(
    ("field", "longest"), [("refresh_token", MAX_TOKEN), ("id_token", MAX_TOKEN), ("gcid", MAX_ID), ("scope", MAX_TOKEN)]
)
def test_a_text_that_is_too_long_for_its_field_is_taken_as_missing(field, longest):
    older = from_answer(FULL, NOON)
    assert getattr(from_answer(dict(FULL, **{field: "x" * longest}), NOON + 60, older), field) == "x" * longest
    assert getattr(from_answer(dict(FULL, **{field: "x" * (longest + 1)}), NOON + 60, older), field) == FULL[field]


def test_an_endless_access_token_is_a_bad_answer():
    with pytest.raises(BadAnswer):
        from_answer(dict(FULL, access_token="x" * (MAX_TOKEN + 1)), NOON)


def test_scopes_are_told_apart_as_whole_words_in_any_order():
    tokens = from_answer(FULL, NOON)
    assert tokens.has_scope("cardata:api:read") and tokens.has_scope("openid")
    assert not tokens.has_scope("cardata:api") and not Tokens().has_scope("openid")


def test_tokens_come_back_from_the_store_as_they_were():
    tokens = from_answer(FULL, NOON)
    again = from_record(json.loads(json.dumps(tokens.to_record())))
    assert again.to_record() == tokens.to_record()


def test_tokens_never_show_themselves():
    tokens = from_answer(FULL, NOON)
    assert "access-1" not in repr(tokens)
    assert clean("got access-1 refresh-1 identity-1 {}".format(FULL["gcid"])) == "got [secret] [secret] [secret] [secret]"


@given(st.fixed_dictionaries({name: JSON for name in FULL}))
def test_a_strange_answer_is_a_bad_answer_or_gives_texts_only(answer):
    try:
        tokens = from_answer(answer, NOON)
    except BadAnswer:
        return
    record = tokens.to_record()
    assert all(record[name] is None or isinstance(record[name], str) for name in FULL if name in record)
    assert record["access_token"]
