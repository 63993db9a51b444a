"""bmw.storage.seal and bmw.storage.cipher: what is sealed can be neither read nor forged."""

import pytest
from bmw.errors import StoreError
from bmw.storage import cipher
from bmw.storage.key_file import KEY_BYTES
from bmw.storage.seal import PREFIX, Seal
from hypothesis import given
from hypothesis import strategies as st

TEXT = st.text(st.characters(blacklist_categories=("Cs",)))


@given(TEXT, TEXT)
def test_what_was_sealed_is_opened(seal, text, context):
    assert seal.open(seal.close(text, context), context) == text


def test_a_sealed_text_is_one_plain_line_that_shows_nothing(seal):
    sealed = seal.close("the refresh token\nand more", "item")
    assert sealed.startswith(PREFIX)
    assert "refresh" not in sealed and "\n" not in sealed
    assert sealed.encode("ascii")


def test_the_same_text_is_sealed_differently_each_time(seal):
    assert seal.close("x", "item") != seal.close("x", "item")


@given(st.integers(min_value=0), st.characters(blacklist_categories=("Cs",)))
def test_any_changed_character_is_rejected(seal, position, character):
    sealed = seal.close("the refresh token", "item")
    position %= len(sealed)
    changed = sealed[:position] + character + sealed[position + 1 :]
    if changed != sealed:
        with pytest.raises(StoreError):
            seal.open(changed, "item")


def test_every_changed_last_character_is_rejected_also_where_base64_would_not_care(seal):
    for size in range(3):
        sealed = seal.close("x" * size, "item")
        end = len(sealed.rstrip("="))
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
            if letter != sealed[end - 1]:
                with pytest.raises(StoreError):
                    seal.open(sealed[: end - 1] + letter + sealed[end:], "item")


@given(st.integers(min_value=0), st.text("ABCabc012-_=!\n \u00e4", min_size=1, max_size=5))
def test_any_inserted_character_is_rejected(seal, position, inserted):
    sealed = seal.close("the refresh token", "item")
    position %= len(sealed) + 1
    with pytest.raises(StoreError):
        seal.open(sealed[:position] + inserted + sealed[position:], "item")


@given(st.integers(min_value=0))
def test_any_shortened_text_is_rejected(seal, length):
    sealed = seal.close("the refresh token", "item")
    with pytest.raises(StoreError):
        seal.open(sealed[: length % len(sealed)], "item")


@given(TEXT)
def test_opening_what_was_never_sealed_raises_only_a_store_error(seal, text):
    for candidate in (text, PREFIX + text):
        with pytest.raises(StoreError):
            seal.open(candidate, "item")


def test_a_text_sealed_for_one_purpose_is_not_opened_for_another(seal):
    with pytest.raises(StoreError):
        seal.open(seal.close("x", "item"), "account.token")


def test_another_key_does_not_open(seal):
    with pytest.raises(StoreError) as error:
        Seal(lambda: [b"j" * KEY_BYTES], cipher).open(seal.close("x", "item"), "item")
    assert error.value.text() == "A sealed value cannot be opened with this key: sign in again"


def test_any_of_the_keys_opens_and_the_first_seals():
    old, new = b"o" * KEY_BYTES, b"n" * KEY_BYTES
    both = Seal(lambda: [new, old], cipher)
    assert both.open(Seal(lambda: [old], cipher).close("x", "item"), "item") == "x"
    assert Seal(lambda: [new], cipher).open(both.close("x", "item"), "item") == "x"


def test_a_key_that_another_instance_made_meanwhile_is_looked_for():
    keys = [b"o" * KEY_BYTES]
    seal = Seal(lambda: list(keys), cipher)
    keys.insert(0, b"n" * KEY_BYTES)
    assert seal.open(Seal(lambda: list(keys), cipher).close("x", "item"), "item") == "x"


def test_keys_that_are_lost_meanwhile_are_still_used():
    keys = [b"o" * KEY_BYTES]
    seal = Seal(lambda: list(keys), cipher)
    del keys[:]
    with pytest.raises(StoreError):
        seal.open("bmw1:AAAA", "item")
    assert seal.open(seal.close("x", "item"), "item") == "x"


def test_a_bound_seal_opens_for_the_same_names_only(seal):
    sealed = seal.bound_to("home", "cardata", "client").close("x", "BMW_AccessToken")
    assert seal.bound_to("home", "cardata", "client").open(sealed, "BMW_AccessToken") == "x"
    others = [
        ("other", "cardata", "client"),
        ("home", "mybmw", "client"),
        ("home", "cardata", "another"),
        ("home", "cardata"),
        ("homecardata", "client"),
    ]
    for names in others + [('home", "cardata', "client"), ()]:
        with pytest.raises(StoreError):
            seal.bound_to(*names).open(sealed, "BMW_AccessToken")
    for opened_by, context in ((seal.bound_to("home", "cardata", "client"), "BMW_Other_AccessToken"), (seal, "item")):
        with pytest.raises(StoreError):
            opened_by.open(sealed, context)


def test_a_token_item_of_version_1_0_which_any_account_opened_is_not_opened(seal):
    with pytest.raises(StoreError):
        seal.bound_to("home", "cardata", "client").open(seal.close("x", "item"), "BMW_AccessToken")
