"""bmw.compat: text and bytes, with any characters."""

import re
from pathlib import Path

import pytest
from bmw import compat
from bmw.compat import capitalize, lines_of, lower, quote, text_of_file, to_bytes, to_text, upper


@pytest.mark.parametrize("text", ["plain", "\u00fc", "\U0001f697", ""])
def test_text_survives_the_way_to_bytes_and_back(text):
    assert to_text(to_bytes(text)) == text


def test_half_a_surrogate_pair_which_json_can_hold_is_no_error():
    assert to_bytes("a\ud800b").startswith(b"a")
    assert quote("a\ud800b").startswith("a")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_is_read_as_windows_saves_it(encoding):
    assert text_of_file("client_id = \u00fc\r\n".encode(encoding)) == "client_id = \u00fc\r\n"


def test_a_big_endian_mark_is_understood():
    assert text_of_file(b"\xfe\xff\0a\0\xfc") == "a\u00fc"


@pytest.mark.parametrize("data", [b"", b"\0", b"a\0b", b"\xff\xfea", b"\xfe\xff\xd8", b"\xef\xbb\xbf\xff", b"\xff", b"a\0\xd8\xd8\xd8"])
def test_any_bytes_of_a_file_are_text(data):
    assert isinstance(text_of_file(data), str)


def test_a_line_ends_where_people_end_it_and_nowhere_else():
    odd = "a\u2028b\u2029c\x85d\x0ce\x0bf\x1cg\x1dh\x1e"
    assert lines_of(odd + "\r\n" + odd + "\r\n\r" + odd + "\n") == [odd, odd, "", odd, ""]


def test_upper_and_lower_case_change_ascii_letters_only():
    assert (lower("INVALID \u00dc\u0130"), upper("invalid \u00fc\u0131"), capitalize("iX")) == (
        "invalid \u00dc\u0130",
        "INVALID \u00fc\u0131",
        "Ix",
    )
    assert (lower(b"Location"), capitalize("")) == ("location", "")


def test_no_module_uses_pythons_own_upper_and_lower_which_depend_on_the_language():
    library = Path(compat.__file__).parent
    texts = {path.relative_to(library): path.read_text("utf-8") for path in library.rglob("*.py")}
    assert len(texts) > 80
    assert [path for path, text in texts.items() if re.search(r"\.(lower|upper|capitalize|title|swapcase)\(", text)] == []
