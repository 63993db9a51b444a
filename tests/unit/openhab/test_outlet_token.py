"""bmw.openhab.outlet: the token item, into which anybody on the home network may write."""

import json

import pytest
from bmw.clouds.tokens import Tokens
from bmw.items.model import Model
from bmw.openhab.outlet import MAX_SEALED, Outlet
from bmw.storage import cipher
from bmw.storage.key_file import KEY_BYTES
from bmw.storage.seal import Seal

from tests.contract.on_cpython import ItemsInMemory, NoPage, NoPictures

TOKENS = Tokens(access_token="access-1", expires_at=2e9, obtained_at=1e9)
HOME = ("home", "mybmw", "anna")


class Account:
    """The part of an account that the outlet uses."""

    tokens = TOKENS

    def export(self):
        return json.dumps(TOKENS.to_record())


class Cipher:
    """Counts the texts that it shall decrypt."""

    def __init__(self):
        self.opened = 0

    def encrypt(self, *arguments):
        return cipher.encrypt(*arguments)

    def decrypt(self, *arguments):
        self.opened += 1
        return cipher.decrypt(*arguments)


@pytest.fixture
def counted():
    return Cipher()


@pytest.fixture
def outlet_of(counted):
    """Returns a function that makes an account's outlet, with the same items and the same key."""
    items, seal = ItemsInMemory(), Seal(lambda: [b"k" * KEY_BYTES], counted)

    def make(names=HOME):
        outlet = Outlet(items, Model("BMW", names[0], "en"), seal.bound_to(*names), NoPage(), NoPictures())
        outlet.prepare()
        return outlet

    return make


def write(outlet, text):
    """Writes the item, as anybody can do over REST."""
    outlet._items.states[outlet.name_of("accessToken")] = text


def test_a_shown_token_is_opened_again(outlet_of):
    outlet_of().tokens(Account())
    assert json.loads(outlet_of().sealed_token()) == TOKENS.to_record()


@pytest.mark.parametrize("names", [("work", "mybmw", "anna"), ("home", "portal", "anna"), ("home", "mybmw", "bert")])
def test_a_token_is_opened_for_its_item_account_cloud_and_user_only(outlet_of, names):
    outlet, other = outlet_of(), outlet_of(names)
    outlet.tokens(Account())
    write(other, outlet._items.state(outlet.name_of("accessToken")))
    assert other.sealed_token() is None


@pytest.mark.parametrize("text", [None, "", "bmw1:", "null", "[" * 5000, "bmw1:" + "A" * 5000, "bmw1:\u00e4\u0000", "NULL", "UNDEF"])
def test_any_other_text_in_the_token_item_is_ignored(outlet_of, text):
    outlet = outlet_of()
    write(outlet, text)
    assert outlet.sealed_token() is None


def test_a_text_that_is_too_long_for_a_token_is_not_even_decrypted(outlet_of, counted):
    outlet = outlet_of()
    for size, tried in ((MAX_SEALED, 0), (MAX_SEALED // 2, 1)):
        write(outlet, "bmw1:" + "AAAA" * (size // 4))
        assert outlet.sealed_token() is None
        assert bool(counted.opened) == bool(tried)
