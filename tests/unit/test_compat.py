"""bmw.compat: text and bytes, whatever the text holds."""

import re
from pathlib import Path

import pytest
from bmw import compat
from bmw.compat import capitalize, lower, quote, to_bytes, to_text, upper


@pytest.mark.parametrize("text", ["plain", "\u00fc", "\U0001f697", ""])
def test_text_survives_the_way_to_bytes_and_back(text):
    assert to_text(to_bytes(text)) == text


def test_half_a_surrogate_pair_which_json_can_hold_is_no_error():
    assert to_bytes("a\ud800b").startswith(b"a")
    assert quote("a\ud800b").startswith("a")


def test_letters_change_their_size_by_ascii_alone():
    assert (lower("INVALID \u00dc\u0130"), upper("invalid \u00fc\u0131"), capitalize("iX")) == (
        "invalid \u00dc\u0130",
        "INVALID \u00fc\u0131",
        "Ix",
    )
    assert (lower(b"Location"), capitalize("")) == ("location", "")


def test_no_module_lets_the_language_of_the_machine_change_the_size_of_letters():
    library = Path(compat.__file__).parent
    texts = {path.relative_to(library): path.read_text("utf-8") for path in library.rglob("*.py")}
    assert len(texts) > 80
    assert [path for path, text in texts.items() if re.search(r"\.(lower|upper|capitalize|title|swapcase)\(", text)] == []
