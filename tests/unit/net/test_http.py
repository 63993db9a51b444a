"""bmw.net.http: HTTP requests, with the requests library as transport."""

import gzip
import json
import socket
import threading
import time
import tracemalloc
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
import responses
from bmw.compat import parse_qs
from bmw.errors import BadAnswer, ConfigError, NetworkError
from bmw.net import http
from bmw.net.http import Http, RequestsTransport, Response, checked_base
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import FakeWire, answer

BASE = "https://api.example.com"


# addresses of the configuration


@pytest.mark.parametrize(
    "url",
    ["https://api.example.com", "https://api.example.com:8443/path/", "http://localhost:8099", "http://127.0.0.1", "http://[::1]:80"],
)
def test_https_and_this_machine_are_good_addresses(url):
    assert checked_base(url, "api_url") == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    ["http://api.example.com", "ftp://localhost", "api.example.com", "https://", "https:///path", "", "https://[::1", "http://127.0.0.1.example.com",
     "http://localhost@example.com", "file:///etc/passwd"],
)  # fmt: skip
def test_any_other_address_is_a_config_error(url):
    with pytest.raises(ConfigError) as error:
        checked_base(url, "api_url")
    assert "api_url" in error.value.problem


@given(st.text() | st.text("htps:/[]@.#?0", max_size=20).map(lambda end: "https://" + end))
def test_checking_an_address_raises_nothing_but_a_config_error(url):
    try:
        assert checked_base(url, "api_url")
    except ConfigError:
        pass


# requests


def sent(**options):
    """The request that ``Http.send`` makes of these arguments."""
    wire = FakeWire(answer({}))
    Http(wire, [BASE]).send(options.pop("method", "GET"), options.pop("url", BASE + "/x"), **options)
    return wire.requests[0]


def test_a_form_is_encoded_as_utf8():
    request = sent(method="POST", form={"scope": "a b", "name": "M\u00fcller&Co"})
    assert b"M%C3%BCller%26Co" in request.body
    assert parse_qs(request.body.decode("ascii")) == {"name": ["M\u00fcller&Co"], "scope": ["a b"]}
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_a_json_body_says_so():
    request = sent(method="POST", json_body={"name": "T\u00fcr"})
    assert json.loads(request.body.decode("utf-8")) == {"name": "T\u00fcr"}
    assert request.headers["Content-Type"] == "application/json"


def test_parameters_are_encoded_into_the_address():
    assert sent(params={"to": "2026-10-03T12:00:00Z", "from": "a&b"}).url == BASE + "/x?from=a%26b&to=2026-10-03T12%3A00%3A00Z"


def test_the_callers_headers_are_not_changed():
    headers = {"Accept": "application/json"}
    sent(headers=headers, json_body={})
    assert headers == {"Accept": "application/json"}


def test_every_request_has_a_time_limit():
    assert sent().timeout == http.TIMEOUT


@pytest.mark.parametrize("seconds, wanted", [(20, http.TOKEN_TIMEOUT), (200, 200)])
def test_a_request_that_brings_tokens_says_so_and_has_longer(seconds, wanted):
    wire = FakeWire(answer({}), answer({}), answer({}))
    for options in ({"brings_tokens": True}, {"brings_tokens": True, "max_seconds": 5}, {}):
        Http(wire, [BASE], seconds).send("POST", BASE + "/x", **options)
    assert [(sent.brings_tokens, sent.timeout) for sent in wire.requests] == [(True, wanted), (True, 5), (False, seconds)]


@pytest.mark.parametrize(
    "url", ["https://evil.example.com/x", "https://api.example.com.evil.com/", "https://api.example.com:444/", "http://api.example.com/",
            "https://api.example.com@evil.com/"]
)  # fmt: skip
def test_a_host_that_was_not_named_gets_nothing(url):
    wire = FakeWire()
    with pytest.raises(NetworkError):
        Http(wire, [BASE]).send("GET", url)
    assert wire.requests == []


# answers


@given(st.binary())
def test_an_answer_that_is_not_json_is_a_bad_answer(body):
    response = Response(200, {}, body)
    try:
        response.json()
    except BadAnswer as error:
        assert "HTTP 200" in error.problem
        assert response.json_or_none() is None


@pytest.mark.parametrize(
    "body, why",
    [
        (b"[" * 100000, "made of more than"),
        (b"[" * 100 + b"]" * 100, "nested more than 64"),
        (b"1" * 5000, "a number has more than 1000 digits"),
        (b" " * 1048576 + b"1", "longer than 1024 kB"),
    ],
)
def test_an_answer_beyond_the_limits_is_not_parsed_and_says_why(body, why):
    with pytest.raises(BadAnswer, match=why) as error:
        Response(200, {}, body).json()
    assert len(error.value.text()) < 200


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": ', b"[" * 100000, b"\xff", b"1" * 5000])
def test_cut_deep_empty_and_html_answers_are_bad_answers(body):
    with pytest.raises(BadAnswer):
        Response(503, {}, body).json()


def test_the_text_of_an_answer_never_fails():
    assert Response(200, {}, b"T\xc3\xbcr \xff").text() == "T\u00fcr \ufffd"


# the transport on requests


@pytest.fixture
def web():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def client():
    return Http(RequestsTransport(), [BASE])


def test_status_headers_and_body_come_back(web, client):
    web.get(BASE + "/x", body=b"{}", status=418, headers={"X-Thing": "1"})
    response = client.send("GET", BASE + "/x")
    assert (response.status, response.headers["x-thing"], response.body) == (418, "1", b"{}")


def test_a_cookie_of_one_account_is_not_sent_for_another(web, client):
    web.get(BASE + "/x", headers={"Set-Cookie": "who=anna; Path=/"})
    for _account in range(2):
        assert client.send("GET", BASE + "/x").cookies == ["who=anna; Path=/"]
    assert [call.request.headers.get("Cookie") for call in web.calls] == [None, None]


def test_nothing_packed_is_asked_for_and_what_is_packed_is_not_unfolded(web, client):
    bomb = gzip.compress(b"0" * 20000000)  # 20 MB, packed into 20 kB
    web.get(BASE + "/x", body=bomb, headers={"Content-Encoding": "gzip"})
    response = client.send("GET", BASE + "/x")
    assert web.calls[0].request.headers["Accept-Encoding"] == "identity"
    assert response.body == bomb
    with pytest.raises(BadAnswer, match="not JSON"):
        response.json()


def test_a_redirect_is_an_answer_and_not_followed(web, client):
    web.get(BASE + "/x", status=302, headers={"Location": "https://evil.example.com/"})
    assert client.send("GET", BASE + "/x").status == 302
    assert len(web.calls) == 1


@pytest.mark.parametrize(
    "failure, words",
    [
        (requests.exceptions.ConnectionError("refused, token=abc"), "Connection failed"),
        (requests.exceptions.SSLError("self signed"), "certificate is not trusted"),
        (requests.exceptions.ConnectTimeout("slow"), "No answer within"),
        (requests.exceptions.ReadTimeout("slow"), "No answer within"),
        (requests.exceptions.ChunkedEncodingError("cut"), "Connection failed"),
        (requests.exceptions.InvalidURL("port"), "Connection failed"),
        (OSError("broken"), "Connection failed"),
    ],
)
def test_every_failure_of_the_line_is_a_network_error_without_details(web, client, failure, words):
    web.get(BASE + "/x", body=failure)
    with pytest.raises(NetworkError) as error:
        client.send("GET", BASE + "/x")
    assert words in error.value.problem
    assert "abc" not in error.value.text()


@pytest.mark.parametrize(
    "failure, has_left",
    [
        (requests.exceptions.ConnectTimeout("slow"), False),
        (requests.exceptions.ReadTimeout("slow"), True),
        (requests.exceptions.ConnectionError("Remote end closed connection without response"), True),
        (OSError("broken"), True),
    ],
)
def test_a_failure_says_whether_the_request_may_have_left(web, client, failure, has_left):
    web.get(BASE + "/x", body=failure)
    with pytest.raises(NetworkError) as error:
        client.send("GET", BASE + "/x")
    assert error.value.has_left is has_left


def test_a_request_that_cannot_be_made_is_a_network_error_without_details():
    with socket.create_server(("127.0.0.1", 0)) as server:
        base = "http://127.0.0.1:{}".format(server.getsockname()[1])
        with pytest.raises(NetworkError) as error:
            Http(RequestsTransport(), [base], 3).send("GET", base + "/x", headers={"Authorization": "Bearer secret\u20actoken"})
    assert error.value.has_left is False and "secret" not in error.value.text()


def test_a_request_without_a_connection_has_not_left():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        base = "http://127.0.0.1:{}".format(free.getsockname()[1])
    for url in (base + "/x", "http://localhost:1/elsewhere"):  # nobody listens there; a host that is not allowed
        with pytest.raises(NetworkError) as error:
            http.Http(http.RequestsTransport(), [base]).send("POST", url)
        assert error.value.has_left is False


def test_an_answer_without_end_is_cut_off(web, client, monkeypatch):
    monkeypatch.setattr(http, "MAX_BYTES", 1000)
    web.get(BASE + "/x", body=b"x" * 1001)
    with pytest.raises(NetworkError) as error:
        client.send("GET", BASE + "/x")
    assert "larger" in error.value.problem


class TinyPieces:
    """An answer of a megabyte that comes in pieces of two bytes."""

    left = 500000

    @property
    def raw(self):
        return self

    def read(self, _size, decode_content):
        self.left -= 1
        return bytes(bytearray(b"ab")) if self.left >= 0 else b""


def test_an_answer_in_tiny_pieces_takes_not_much_more_memory_than_itself():
    tracemalloc.start()
    try:
        body = http._read(TinyPieces(), time.monotonic() + 60)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert body == b"ab" * 500000
    assert peak < 4000000


def test_proxies_and_netrc_of_the_environment_are_not_used(web, client, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:1")
    web.get(BASE + "/x", body=b"{}")
    client.send("GET", BASE + "/x")
    assert client._transport._session.trust_env is False


class Dripping(BaseHTTPRequestHandler):
    """Sends a byte now and then and never ends: each read is in time, the whole answer is not."""

    gone = threading.Event()

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        try:
            while not self.gone.wait(0.05):
                self.wfile.write(b"x")
        except OSError:
            pass  # the client closed the connection, as it should

    def log_message(self, *_arguments):
        """Nothing."""


def test_an_answer_that_drips_ends_with_the_time_of_the_request():
    Dripping.gone.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Dripping)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    base = "http://127.0.0.1:{}".format(server.server_port)
    started = time.monotonic()
    try:
        with pytest.raises(NetworkError):
            Http(RequestsTransport(), [base], 0.3).send("GET", base + "/")
        assert time.monotonic() - started < 3
    finally:
        Dripping.gone.set()
        server.shutdown()
        thread.join(10)
        server.server_close()


@pytest.mark.parametrize(
    "value, seconds", [("120", 120.0), ("999999", 999999.0), ("1000000", None), ("9" * 100000, None), ("1 ", None), ("", None)]
)
def test_a_wait_that_a_server_names_is_believed_up_to_eleven_days(value, seconds):
    assert Response(429, {"retry-after": value}, b"").retry_after() == seconds
