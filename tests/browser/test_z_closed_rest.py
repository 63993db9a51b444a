"""With openHAB's REST interface closed the page asks for a token, keeps it in this browser only, and works. Runs last (its name)."""

import http.server
import json
import threading
import urllib.error

import pytest

RESTRICT = "services/bmw-page-test.cfg"


@pytest.fixture
def closed(signed_in):
    """The home while REST requires a token from everyone. Returns (home, token)."""
    openhab = signed_in.openhab
    token = openhab.admin_token()
    openhab.write_conf(RESTRICT, "org.openhab.restauth:implicitUserRole=false\n")
    signed_in.wait(lambda: status_of_items(openhab) == 401, "REST to be closed")
    yield signed_in, token
    openhab.write_conf(RESTRICT, "org.openhab.restauth:implicitUserRole=true\n")
    signed_in.wait(lambda: status_of_items(openhab) == 200, "REST to be open again")


def status_of_items(openhab):
    """The HTTP status of a request for the items; 404 for a moment while openHAB changes the setting."""
    try:
        openhab.items()
        return 200
    except urllib.error.HTTPError as error:
        return error.code


@pytest.fixture(scope="module")
def lamp(home):
    """An item that does not belong to the module."""
    home.openhab.add_item("Lamp", "Switch")
    home.openhab.command("Lamp", "OFF")
    home.openhab.wait_state("Lamp", "OFF")
    return "Lamp"


def is_sent(home, command, token):
    """True if openHAB took the command for the lamp."""
    try:
        home.openhab.rest("POST", "/items/Lamp", command, token=token)
        return True
    except urllib.error.HTTPError:
        return False


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"<!doctype html><title>Cats</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Logs nothing."""


@pytest.fixture(scope="module")
def elsewhere():
    """The address of a foreign page."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield "http://localhost:{}/".format(server.server_port)
        server.shutdown()


def send_from(elsewhere, home, page, item):
    """Sends a command from a page of another origin that is open in a browser at home; returns what its script gets."""
    page.driver.get(elsewhere)
    return page.driver.execute_async_script(
        "const [url, done] = arguments;"
        "fetch(url, {method: 'POST', mode: 'no-cors', body: 'ON', headers: {'Content-Type': 'text/plain'}})"
        ".then((answer) => done(answer.type), (error) => done(String(error)));",
        home.openhab.url + "/rest/items/" + item,
    )


def test_a_page_from_elsewhere_can_send_commands_while_rest_is_open(home, page, lamp, elsewhere):
    """See docs/security.md: openHAB does not check the origin of a request."""
    assert send_from(elsewhere, home, page, lamp) == "opaque"
    home.openhab.wait_state(lamp, "ON")


def test_a_page_from_elsewhere_can_send_nothing_when_rest_is_closed(lamp, closed, page, elsewhere):
    home, token = closed
    home.wait(lambda: is_sent(home, "OFF", token), "REST to be back")  # it starts anew when it is closed
    home.wait(lambda: home.openhab.rest("GET", "/items/Lamp", token=token)["state"] == "OFF", "the lamp to be off")
    assert send_from(elsewhere, home, page, lamp) == "opaque"
    assert home.openhab.rest("GET", "/items/Lamp", token=token)["state"] == "OFF"


def test_a_closed_rest_interface_is_opened_with_a_token(closed, page):
    home, token = closed
    page.driver.get(page.url)
    page.wait_connection("locked")
    assert "API token" in page.text(".notice[data-kind='locked']")
    page.find("#token").send_keys("oh.wrong.token")
    page.press(".notice[data-kind='locked'] button")
    page.wait_text(".notice[data-kind='locked'] p", lambda text: "does not accept" in text)
    page.find("#token").clear()
    page.find("#token").send_keys(token)
    page.press(".notice[data-kind='locked'] button")
    page.wait_connection("live")
    page.wait_gone(".notice[data-kind='locked']")
    page.wait(lambda: page.find(".hero-name"), "the car")
    page.reload()
    page.wait(lambda: page.find(".hero-name"), "the car, with the token that was kept")
    urls = page.driver.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert not any(token in url for url in urls)
    assert page.driver.execute_script("return document.cookie") == ""
    kept = json.loads(page.driver.execute_script("return localStorage.getItem('bmw-page.settings')"))
    assert kept["token"] == token
