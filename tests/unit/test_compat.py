"""bmw.compat: text and bytes, whatever the text holds."""

import pytest

from bmw.compat import quote, to_bytes, to_text


@pytest.mark.parametrize("text", ["plain", "\u00fc", "\U0001f697", ""])
def test_text_survives_the_way_to_bytes_and_back(text):
    assert to_text(to_bytes(text)) == text


def test_half_a_surrogate_pair_which_json_can_hold_is_no_error():
    assert to_bytes("a\ud800b").startswith(b"a")
    assert quote("a\ud800b").startswith("a")
