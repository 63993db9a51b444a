"""bmw.net.safe_json: foreign JSON is parsed within limits, and otherwise with the result of Python's parser."""

import json

import pytest
from bmw.net import safe_json
from bmw.net.safe_json import MAX_BYTES, MAX_DEPTH, MAX_DIGITS, MAX_VALUES, BadJson
from hypothesis import given
from hypothesis import strategies as st

TRICKY = st.text(alphabet='"\\[]{},:0123456789a \u00fc\ud800', max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TRICKY,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TRICKY, inner, max_size=4),
    max_leaves=20,
)


def nested(depth, bracket="["):
    return '{"a":' * depth + "0" + "}" * depth if bracket == "{" else "[" * depth + "]" * depth


def whole(value):
    """The value with a sign for each half of a character."""
    if isinstance(value, dict):
        return {whole(key): whole(one) for key, one in value.items()}
    if isinstance(value, list):
        return [whole(one) for one in value]
    return value.replace("\ud800", "\ufffd") if isinstance(value, str) else value


@given(VALUES)
def test_what_is_within_the_limits_is_read_as_python_reads_it(value):
    text = json.dumps(value)
    assert safe_json.parse(text) == whole(json.loads(text))


@pytest.mark.parametrize(
    "written, read",
    [
        (r"\ud83d\ude97 \u00fc", "\U0001f697 \u00fc"),
        (r"caf\ud83d", "caf\ufffd"),
        (r"\uDE97\uD83D", "\ufffd\ufffd"),
        (r"\ud83d\ud83d\ude97", "\ufffd\U0001f697"),
        (r"\\ud83d \"\ud7ff", r"\ud83d " + '"\ud7ff'),
    ],
)
def test_half_a_character_costs_only_itself(written, read):
    parsed = safe_json.parse('{"place": "' + written + '", "soc": 80}')
    assert parsed == {"place": read, "soc": 80}
    parsed["place"].encode("utf-8")


@given(VALUES)
def test_the_check_sees_the_depth_that_the_reader_sees_whatever_stands_in_texts(value):
    inside = json.dumps(value)
    text = "[" * MAX_DEPTH + inside + "]" * MAX_DEPTH
    depth = safe_json._depth(safe_json._without_texts(text))
    assert depth == MAX_DEPTH + _deep(value)


def _deep(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max([_deep(one) for one in inner] or [0])


@pytest.mark.parametrize("data", [b"", b"<html>", b'{"a": ', b"\xff", b"[1] [2]", b'"\\', b'\\"[', b"nul"])
def test_what_is_no_json_is_told(data):
    with pytest.raises(BadJson, match="not JSON"):
        safe_json.parse(data)


@pytest.mark.parametrize("bracket", "[{")
def test_the_deepest_nesting_is_read_and_one_more_is_not(bracket):
    safe_json.parse(nested(MAX_DEPTH, bracket))
    safe_json.parse("[" + nested(MAX_DEPTH - 1, bracket) + ", []]")  # more brackets, but not deeper
    with pytest.raises(BadJson, match="nested more than"):
        safe_json.parse(nested(MAX_DEPTH + 1, bracket))


def test_brackets_that_close_in_texts_do_not_hide_the_depth():
    for closing in ('["]]]]}}",', '["\\"]]]]}}\\\\",', '["\\\\\\"]]",'):
        with pytest.raises(BadJson, match="nested more than"):
            safe_json.parse(closing * (MAX_DEPTH + 1) + "0" + "]" * (MAX_DEPTH + 1))


def test_brackets_in_texts_are_no_depth():
    assert safe_json.parse(json.dumps(["[" * 1000, "{" * 1000])) == ["[" * 1000, "{" * 1000]


@pytest.mark.parametrize("before", range(0, 300, 7))
def test_the_longest_number_is_read_and_one_more_digit_is_not(before):
    # at each position: the search samples only some of the characters
    text = "[" + " " * before + "{}" + ' , "x"]'
    assert safe_json.parse(text.format("1" * MAX_DIGITS))[0] == int("1" * MAX_DIGITS)
    for number in ("1" * (MAX_DIGITS + 1), "0." + "1" * (MAX_DIGITS + 1), "1e" + "1" * (MAX_DIGITS + 1)):
        with pytest.raises(BadJson, match="number has more than 1000 digits"):
            safe_json.parse(text.format(number))


def test_digits_in_a_text_are_no_number():
    assert safe_json.parse('["%s"]' % ("1" * 5000)) == ["1" * 5000]


def test_many_values_are_read_and_too_many_are_not():
    assert len(safe_json.parse("[" + "0," * (MAX_VALUES - 2) + "0]")) == MAX_VALUES - 1
    for text in ("[" + "0," * MAX_VALUES + "0]", "[" + "[]," * (MAX_VALUES // 2) + "0]", '{"a":0' + ',"a":0' * (MAX_VALUES // 2) + "}"):
        with pytest.raises(BadJson, match="made of more than"):
            safe_json.parse(text)


def test_commas_in_texts_are_no_values():
    assert safe_json.parse(json.dumps("," * MAX_VALUES + ":" * MAX_VALUES)) == "," * MAX_VALUES + ":" * MAX_VALUES


def test_what_is_too_long_is_not_even_made_a_text():
    class Long(bytes):
        def decode(self, *arguments):
            raise AssertionError("was decoded")

    safe_json.parse(b'"' + b"x" * (MAX_BYTES - 2) + b'"')
    with pytest.raises(BadJson, match="longer than 1024 kB"):
        safe_json.parse(Long(b'"' + b"x" * (MAX_BYTES - 1) + b'"'))


@given(st.binary(max_size=200) | st.text(alphabet='"\\[]{},:019 ', max_size=200))
def test_any_input_is_read_or_raises_bad_json(data):
    try:
        safe_json.parse(data)
    except BadJson:
        pass
