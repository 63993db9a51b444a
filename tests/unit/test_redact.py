"""bmw.redact: removes what must never be in a log or an item."""

import pytest
from bmw import redact
from bmw.redact import clean, mask_vin, remember
from hypothesis import given
from hypothesis import strategies as st

#: like tokens, passwords and UUIDs; none of them occurs in the replacement text itself
SECRETS = st.text("ABCDEFGHJKabcdefghkmnpq0123456789-_", min_size=10, max_size=60)


@given(st.lists(SECRETS, min_size=1, max_size=6), st.text(max_size=30), st.text(max_size=30))
def test_no_remembered_secret_is_left_in_a_text(secrets, before, between):
    remember(*secrets)
    cleaned = clean(before + between.join(secrets) + before)
    assert not [secret for secret in secrets if secret in cleaned]


@pytest.mark.parametrize(
    "text, cleaned",
    [
        ("password=T%C3%BCr%20%261%5C%22x", "password=[secret]"),  # in a form
        ("T%C3%BCr+%261%5C%22x", "[secret]"),
        ('{"answer": "T\u00fcr &1\\\\\\"x"}', '{"answer": "[secret]"}'),  # in JSON
        ('{"answer": "T\\u00fcr &1\\\\\\"x"}', '{"answer": "[secret]"}'),
        ("u'T\\xfcr &1\\\\\"x'", "u'[secret]'"),  # in an error's text of Python 2
        ('ValueError: T\\xfcr &1\\"x', "ValueError: [secret]"),
    ],
)
def test_a_secret_is_hidden_whole_however_it_is_written(text, cleaned):
    remember('T\u00fcr &1\\"x')
    assert clean(text) == cleaned


def test_a_secret_inside_another_one_hides_no_less():
    remember("abcdefgh", "abcdefghijkl")
    assert clean("x abcdefghijkl y") == "x [secret] y"
    remember("secret-of-both", "its-secret-of-both-and-more")
    assert clean("x its-secret-of-both-and-more y") == "x [secret] y"


def test_a_secret_of_six_letters_is_hidden_already():
    remember("Passw0")
    assert clean("tried Passw0") == "tried [secret]"


def test_the_tokens_before_the_newest_are_hidden_as_well():
    redact.remember_for_a_while("token-number-one")
    redact.remember_for_a_while("token-number-two")
    assert clean("token-number-one, token-number-two") == "[secret], [secret]"


def test_nothing_and_short_words_are_not_remembered():
    remember(None, "", "open", "i3")
    assert clean("open the i3") == "open the i3"


def test_a_password_is_hidden_however_often_tokens_rotate_afterwards():
    remember("my-own-password")
    for number in range(3000):
        redact.remember_for_a_while("token-number-{}".format(number))
    assert clean("tried my-own-password") == "tried [secret]"


def test_old_tokens_are_forgotten_so_that_the_memory_does_not_grow():
    for number in range(3000):
        redact.remember_for_a_while("token-number-{}".format(number))
    assert clean("token-number-2999") == "[secret]"
    assert len(redact._passing) <= redact.MAX_SECRETS


def test_a_token_that_is_still_in_use_is_not_forgotten_for_newer_ones():
    for number in range(1000):
        redact.remember_for_a_while("token-number-{}".format(number), "the refresh token that stays")
    assert clean("sent the refresh token that stays") == "sent [secret]"
    assert len(redact._passing) <= redact.MAX_SECRETS


@pytest.mark.parametrize(
    "text, cleaned",
    [
        ("car WBY00TEST00000001 asks", "car VIN*0001 asks"),
        ("/customers/vehicles/WBA5P3TEST0000004/basicData", "/customers/vehicles/VIN*0004/basicData"),
        ("car wby00test00000001 asks", "car VIN*0001 asks"),
        ("BMW_WBY00TEST00000001_Locked", "BMW_VIN*0001_Locked"),
        ("Authorization: Bearer abc.DEF-123", None),
        ("authorization=Basic dXNlcjpwYXNz", None),
        ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjMifQ.c2lnbmF0dXJl", "[token]"),
    ],
)
def test_what_looks_secret_is_hidden_whoever_sent_it(text, cleaned):
    if cleaned is not None:
        assert clean(text) == cleaned
    else:
        assert "[secret]" in clean(text)
        assert "abc.DEF" not in clean(text) and "dXNl" not in clean(text)


@pytest.mark.parametrize("name", ["access_token", "refresh_token", "id_token", "device_code", "code_verifier", "client_secret",
                                  "password", "gcid", "hcaptchatoken"])  # fmt: skip
@pytest.mark.parametrize(
    "shape",
    [
        "{}=VeryPrivate1&scope=openid",
        '{{"{}": "VeryPrivate1", "scope": "openid"}}',
        "{{'{}': 'VeryPrivate1', 'scope': 'openid'}}",
        "{{u'{}': u'VeryPrivate1', u'scope': u'openid'}}",
        '{{\\"{}\\":\\"VeryPrivate1\\",\\"scope\\":\\"openid\\"}}',
        "{}: VeryPrivate1 scope",
    ],
)
def test_a_secret_field_loses_its_value_and_keeps_its_name(name, shape):
    cleaned = clean(shape.format(name))
    assert "VeryPrivate1" not in cleaned
    assert name in cleaned and "scope" in cleaned


@pytest.mark.parametrize("text", ["latitude=48.176900", '"longitude": 11.5585', "lat: -33.9", "lng=151.2", "lat=4", "{u'lon': 11.5585}", "gps_lat: 48.1769",
                                  "lat 48.17690 and", "longitude 11,5585", "48.17690\u00b0 N, 11.55850\u00b0 E", "48\u00b0 10' 36.8\" N", "11,5585 \u00b0O"])  # fmt: skip
def test_a_place_is_hidden(text):
    assert "[place]" in clean(text)
    assert not any(digits in clean(text) for digits in ("48.1", "11.5", "33.9", "151", "36.8", "5585"))


@pytest.mark.parametrize("text", ["HTTP 403, CU-105", "0 0/30 * * * ?", "2026-10-03T12:00:00.000Z", "BMW_i3_StateOfCharge",
                                  "OPENHABCONFIGURES", "21.5 \u00b0C outside", "turned 90\u00b0 North"])  # fmt: skip
def test_ordinary_text_passes_unchanged(text):
    assert clean(text) == text


@given(st.text())
def test_cleaning_never_raises_and_changes_nothing_the_second_time(text):
    assert clean(clean(text)) == clean(text)


def test_a_shown_vin_tells_two_cars_apart_and_no_more():
    assert mask_vin("WBY00TEST00000001") == "VIN*0001"
    assert mask_vin(None) == mask_vin("") == "VIN*"


def test_of_values_without_end_the_first_stay_secret(monkeypatch):
    monkeypatch.setattr(redact, "_lasting", [])
    redact.remember("the password")
    for number in range(redact.MAX_LASTING + 50):
        redact.remember("value {:09}".format(number), "other {:09}".format(number))
    assert len(redact._lasting) == redact.MAX_LASTING and clean("the password") == "[secret]"


@pytest.mark.parametrize("before", ["", "x-", "a-eyJ-", "eyJ.", "=", "a.", "\u00e4-"])
def test_a_token_is_known_wherever_it_begins(before):
    assert clean(before + "eyJhbGciOi-J9.eyJ_zdWI.c2ln rest") in (before + "[token] rest", "a-[token] rest")


def test_a_text_without_end_that_begins_like_tokens_costs_no_time():
    # A search that starts again at each character took more than ten minutes.
    for text in ("eyJ-" * 250000, "eyJ-" * 250000 + ".", "-eyJ" * 250000):
        assert clean(text) == text


@pytest.mark.parametrize(
    "text, shown",
    [
        ("The car\nrefused\x1b[31m it", "The car refused [31m it"),
        ("closed\u202edekcol", "closed dekcol"),
        ("\u00e4rgerlich, 21.5 \u00b0C", "\u00e4rgerlich, 21.5 \u00b0C"),
    ],
)
def test_a_text_of_others_is_one_line_that_reads_as_it_stands(text, shown):
    assert redact.line(text, 100) == shown


def test_a_line_is_cut_after_its_secrets_are_hidden():
    remember("secret-at-the-end")
    assert redact.line("refused: secret-at-the-end", 13) == "refused: [sec"


#: of what the patterns look for, whole and broken
PARTS = "eyJ eyJh.bG.c2 a. \u00b0 48.1\u00b0N 11,5 \u00b0 N bearer Basic abcdefgh password gcid = : lat lng 48.5 -11 WBY00TEST00000001 wby00test00000001"
PARTS = [*PARTS.split(" "), " ", "\n", "\u00a0", "\u2003", "'", "_", "-", "WBY00TEST0000", "0001", "0" * 17]


@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=3), max_size=12).map("".join))
def test_the_quick_checks_pass_over_nothing_that_a_pattern_would_hide(text):
    quickly, shapes = clean(text), redact._SHAPES
    redact._SHAPES = [(lambda _text: True, shape, replacement) for _check, shape, replacement in shapes]
    try:
        assert quickly == clean(text)
    finally:
        redact._SHAPES = shapes


@pytest.mark.parametrize(
    "said, shown",
    [
        ("WBY1Z21010V300001", "VIN*0001"),
        ("i3 wby1z21010v300001 (94 Ah)", "i3 VIN*0001 (94 Ah)"),
        ("i3 120", "i3 120"),
        ("20261129101733000", "20261129101733000"),
        ("password: lat 48.1 at WALLBOX-STATION-NORTH", "password: lat 48.1 at WALLBOX-STATION-NORTH"),
    ],
)
def test_what_a_car_says_is_shown_without_vins(said, shown):
    assert redact.without_vins(said) == shown
