"""bmw.net.address: takes addresses apart, and takes nothing for an address that another program might read differently."""

from urllib.parse import urlsplit

import pytest
from bmw.net.address import MAX_CHARACTERS, origin, split
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "url, found",
    [
        ("https://api.example.com", ("https", "api.example.com", None, "")),
        ("HTTPS://API.Example.com:8443/a/b?c=d#e", ("https", "api.example.com", 8443, "/a/b")),
        ("http://[::1]:80/", ("http", "::1", 80, "/")),
        ("mqtts://my_broker.local:9000", ("mqtts", "my_broker.local", 9000, "")),
    ],
)
def test_an_address_has_scheme_host_port_and_path(url, found):
    assert tuple(split(url)) == found


@pytest.mark.parametrize(
    "url",
    [None, "", "host", "//host", "https://", "https:///path", "https://user@host", "https://user:word@host", "https://host:", "https://host:x",
     "https://host:65536", "https://host:999999", "https://[::1", "https://ho st", "https://host/a b", "https://host\n",
     "https://host\\@other", "https://h\u00f6st", "https://host:\u0661", "1ttp://host", "https://host/" + "a" * MAX_CHARACTERS],
)  # fmt: skip
def test_anything_else_is_none(url):
    assert split(url) is None and origin(url) is None


def test_an_origin_does_not_depend_on_path_or_capitals():
    assert origin("https://Host:1/a?b") == origin("HTTPS://host:1") == ("https", "host", 1)
    assert origin("https://host:1") != origin("https://host:2") != origin("http://host:2") != origin("https://host")


@given(st.text("htps:/[]@.#?0a\\ ", max_size=20).map(lambda end: "https://" + end))
def test_what_is_understood_is_what_the_standard_library_understands(url):
    found = split(url)
    if found is not None:
        parts = urlsplit(url)
        assert (found.scheme, found.host, found.port, found.path) == (parts.scheme, parts.hostname, parts.port, parts.path)
