"""Fixtures: one real openHAB with a simulated BMW cloud for all browser tests, and one headless Chromium."""

import sys

import pytest

from tests.browser.chromium import chromium, prefer, set_screen
from tests.browser.dashboard import Dashboard
from tests.openhab.home import UNLIMITED, Home
from tests.openhab.server import OpenHAB

TABLET = {"width": 1280, "height": 800}
#: no limit of calls, because many tests poll; no stream, so that values come only with a poll
PLAIN = dict(UNLIMITED, stream="off")


@pytest.fixture(scope="session")
def home(request):
    openhab = OpenHAB(jython=request.config.getoption("--jython"))
    home = Home(openhab)
    home.cloud.add_car("i4")
    home.cloud.settings(quota=100000)
    home.configure_file(**home.settings(**PLAIN))
    try:
        home.start()
        yield home
    finally:
        if sys.exc_info()[0] or request.session.testsfailed:
            print("openHAB log kept: {}".format(openhab.keep_log("browser-" + openhab.workdir.name)))
        home.close()
        openhab.discard()


@pytest.fixture
def signed_in(home):
    """The home, signed in, with both cars."""
    if home.openhab.state("BMW_AccountState") != "ONLINE":
        home.sign_in()
    for car in ("i3", "i4"):
        home.openhab.wait_state("BMW_{}_LastUpdate".format(car), lambda state: state not in ("NULL", "UNDEF"))
    return home


def ask_now(home):
    """Presses 'Update now' until the module has polled: openHAB may load a new script twice, and loses a command in between."""
    home.openhab.wait_state("BMW_ForceUpdate", lambda state: state != "ON")  # a poll that runs already may not see what the test changed
    before = home.openhab.state("BMW_LastRefresh")

    def asked():
        if home.openhab.state("BMW_LastRefresh") != before:
            return home.openhab.state("BMW_ForceUpdate") == "OFF"
        if home.openhab.state("BMW_ForceUpdate") == "OFF":
            home.openhab.command("BMW_ForceUpdate", "ON")
        return False

    home.wait(asked, "the module to ask")


@pytest.fixture(scope="session")
def driver():
    with chromium() as driver:
        yield driver


@pytest.fixture
def page(home, driver):
    """The dashboard in a browser with empty storage and a wall tablet's size, not opened yet."""
    set_screen(driver, **TABLET)
    prefer(driver, prefers_color_scheme="light")
    driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": home.openhab.url, "storageTypes": "all"})
    page = Dashboard(driver, home.openhab)
    page.console()
    yield page
    driver.get("about:blank")
