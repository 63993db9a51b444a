"""bmw.support.diagnostics: for every cloud, the report for a forum post has what helps and nothing private."""

import logging

import pytest
from bmw import __version__, clouds
from bmw.clouds.cardata import descriptors
from bmw.clouds.tokens import Tokens
from bmw.net.http import Http, RequestsTransport
from bmw.polling.budget import Budget
from bmw.support import diagnostics
from bmw.support.diagnostics import Facts, Surroundings
from bmw.support.log_tail import LogTail

from tests.cloud import SimulatedCloud
from tests.unit.fakes import CLIENT_ID, NOON, VIN, Published, car, settings
from tests.unit.home import Home

HOUR = 3600
TOKENS = Tokens(access_token="secret-access-token", gcid="secret-gcid-0001", scope="openid cardata:api:read", expires_at=NOON + 2520)


def cloud_of(config):
    cloud_class = clouds.find(config.cloud)
    return cloud_class(config, Http(RequestsTransport(), cloud_class.bases(config)), None)


def facts(**changes):
    """The facts of a signed-in account at noon, with these changes."""
    config = settings(**changes.pop("config", {}))
    usual = {
        "settings": config,
        "cloud": cloud_of(config),
        "tokens": TOKENS,
        "memory": {},
        "state": "ONLINE",
        "text": "Online",
        "budget": Budget(50),
        "polled_at": NOON - 600,
        "next_at": NOON + 1200,
        "live": None,
        "publisher": None,
        "vehicles": [],
        "left_out": [],
    }
    return Facts(**dict(usual, **changes))


def report(warnings=(), versions=("openHAB 3.0.1",), now=NOON, **changes):
    return diagnostics.report(facts(**changes), Surroundings(versions, lambda: list(warnings)), now)


def line(text, start):
    """The only line that begins with this text."""
    (found,) = [one for one in text.splitlines() if one.startswith(start)]
    return found


# what the report contains


def test_it_names_the_versions():
    assert line(report(), "versions") == "versions: module {}, openHAB 3.0.1".format(__version__)


def test_it_says_when_it_was_made():
    assert report().splitlines()[0] == "BMW diagnostics, 2026-10-03 12:00 UTC"


def test_it_tells_the_accounts_state_as_the_items_do():
    assert line(report(state="OFFLINE", text="no network"), "account") == "account: OFFLINE (no network)"


def test_before_the_start_it_says_so():
    assert line(report(state=None, text=""), "account") == "account: not started"


@pytest.mark.parametrize("expires_at, told", [(NOON + 2520, "ends in 42 min"), (NOON - 3 * HOUR, "ended 3 h ago"), (NOON, "ended 0 s ago")])
def test_it_tells_when_the_token_ends(expires_at, told):
    assert line(report(tokens=Tokens(access_token="a" * 20, expires_at=expires_at)), "token") == "token: " + told


def test_without_a_token_it_says_so():
    assert line(report(tokens=None), "token") == "token: none, not signed in"


def test_it_tells_the_budget():
    assert line(report(), "calls") == "calls: 50 of 50 left; last refresh 10 min ago, next in 20 min"


def test_it_tells_how_long_bmw_refuses():
    budget = Budget(50)
    budget.refused(NOON - 60, 3660)
    assert line(report(budget=budget), "calls").endswith("; BMW refused, none for another 1 h")


def test_a_refresh_that_is_due_and_one_that_never_was_are_told():
    told = line(report(polled_at=None, next_at=NOON - 5), "calls")
    assert told.endswith("last refresh never, next is due")


def test_the_relay_is_told_where_there_is_one_and_its_topics_blank_no_word_of_the_report():
    config = {"relay_url": "mqtt://192.168.1.5:1883", "relay_values": "cars", "relay_topic": "calls", "stream": "off"}
    told = report(config=config, publisher=Published())
    assert line(told, "relay") == "relay: a stand-in" and "192.168.1.5" not in told
    assert line(told, "settings") == "settings: client_id, relay_topic, relay_url, relay_values, stream=off"
    assert "cars: none known" in told and "calls: 50 of 50 left" in told and "stream: off in bmw.cfg" in told
    assert "relay" not in report()


def test_settings_are_told_where_they_differ_from_the_default():
    told = line(report(config={"stream": "off", "allow_unlock": True, "refresh": 60}), "settings")
    assert told == "settings: allow_unlock=True, client_id, refresh=60, stream=off"


def test_of_a_setting_that_may_be_private_only_the_key_is_told():
    config = {"password": "hunter2-hunter2", "username": "anna@example.org", "stream_url": "mqtt://anna-home:1883", "item_prefix": "Anna"}
    told = report(config=config)
    assert line(told, "settings") == "settings: client_id, item_prefix, password, stream_url, username"
    assert "hunter2" not in told and "anna" not in told.lower() and CLIENT_ID not in told


def test_a_car_is_told_by_model_drivetrain_and_the_end_of_its_vin():
    one = car(facts={"model": "i3 120", "driveTrain": "BEV"}, time=NOON - 300, stateOfCharge=57, trunk=True)
    told = line(report(vehicles=[one]), "car ")
    assert told == "car i3: i3 120, BEV, VIN*0001; 3 values, last update 5 min ago"


def test_a_car_that_nothing_is_known_of_is_told():
    assert line(report(vehicles=[car(name=None)]), "car ") == "car without a name yet: VIN*0001; 0 values, last update never"
    assert "cars: none known" in report().splitlines()


def test_a_car_is_told_what_it_never_delivered():
    told = report(vehicles=[car(stateOfCharge=57)])
    assert "  0 of {} descriptors delivered".format(len(descriptors.ALL)) in told.splitlines()
    assert line(told, "  never delivered").startswith("  never delivered: stateOfCharge, ")


def test_many_cars_are_not_all_told():
    vehicles = [car("i{}".format(number), "WBY00TEST{:08d}".format(number)) for number in range(60)]
    told = report(vehicles=vehicles)
    assert told.count("\ncar ") == diagnostics.MAX_CARS and "\nand 50 more cars\n" in told
    assert len(told) < 30000


class Live:
    def about(self, now):
        return ["stream: CONNECTED, seen from {}".format(now)]


def test_the_stream_tells_for_itself():
    assert line(report(live=Live()), "stream") == "stream: CONNECTED, seen from {}".format(NOON)


def test_the_last_warnings_are_told_with_their_age():
    told = report(warnings=[("no network", 3, NOON - 120), ("no token", 1, NOON - 60)]).splitlines()
    assert told[-3:] == ["last warnings:", "  3 times, the last 2 min ago: no network", "  1 min ago: no token"]
    assert report().endswith("last warnings: none since the start")


@pytest.mark.parametrize("name", sorted(clouds.CLOUDS))
def test_every_cloud_has_a_report(name):
    told = report(config={"cloud": name}, budget=Budget(None), next_at=None, vehicles=[car(stateOfCharge=57)])
    assert "not available" not in told
    assert line(told, "cloud") == "cloud: " + clouds.find(name).title
    assert line(told, "calls") == "calls: not limited; last refresh 10 min ago"
    assert "2 values" in line(told, "car i3")


def test_what_is_broken_does_not_hide_the_rest(caplog):
    told = report(memory={"telematic": "nonsense"}, vehicles=[car(stateOfCharge=57)])
    assert line(told, "cars") == "cars: not available (AttributeError)"
    assert line(told, "calls") and line(told, "last warnings")


def test_no_line_is_endless():
    assert max(len(one) for one in report(text="x" * 100000).splitlines()) == diagnostics.MAX_LINE


# what the report must not contain


@pytest.mark.parametrize(
    "private",
    [
        VIN,
        "secret-access-token",
        "secret-gcid-0001",
        "anna@example.org",
        "eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl",
        "48.137154, 11.576124",
        "0d9f6a3c-4b1e-4f7a-8c52-6e1b3a5d7f91",
        "Petuelring 130, München",
    ],
)
@pytest.mark.parametrize("place", ["text", "warning", "version", "model"])
def test_what_is_private_is_taken_out_wherever_it_comes_from(private, place):
    one = car(facts={"model": private if place == "model" else "i3"}, address="Petuelring 130, München", position=(48.137154, 11.576124))
    told = report(
        text="Trouble ({})".format(private) if place == "text" else "Online",
        warnings=[("Trouble: {}".format(private), 1, NOON)] if place == "warning" else [],
        versions=[private] if place == "version" else [],
        vehicles=[one],
    )
    assert private not in told
    assert "not available" not in told


# made by the service


@pytest.fixture
def cloud():
    with SimulatedCloud(fleet="i3") as cloud:
        cloud.advance_clock(129600 - cloud.now() % 86400)
        yield cloud


@pytest.fixture
def home(cloud, tmp_path):
    return Home(cloud, tmp_path)


def diagnose(home):
    home.service.diagnose()
    home.worker.run()
    return home.outlet.shown["diagnostics"]


def test_the_switch_puts_the_report_into_item_and_log_costs_no_call_and_goes_back(home, caplog):
    caplog.set_level(logging.INFO, "bmw")
    home.sign_in()
    home.cloud.reset_calls()
    home.outlet.shown["diagnose"] = True
    text = diagnose(home)
    assert text in [record.getMessage() for record in caplog.records]
    assert home.outlet.shown["diagnose"] is False
    assert home.cloud.calls() == []
    # openHAB sets the item to ON once more after the command
    home.outlet.shown["diagnose"] = True
    home.pass_time(5)
    assert home.outlet.shown["diagnose"] is False


def test_the_report_of_a_signed_in_account_says_what_the_cloud_knows(home):
    home.sign_in()
    home.pass_time(600)
    text = diagnose(home)
    vin = home.cloud.cars()[0]
    assert line(text, "account") == "account: ONLINE (Online)"
    assert line(text, "scopes") == "scopes: authenticate_user openid cardata:api:read cardata:streaming:read"
    assert line(text, "container").startswith("container: in use, all (")
    left = 50 - home.cloud.quota_used()
    assert line(text, "calls").startswith("calls: {} of 50 left; last refresh 10 min ago, next in ".format(left))
    assert line(text, "car i3").startswith("car i3: i3 120, BEV, VIN*{}; ".format(vin[-4:]))
    assert "never delivered: " in text and "fuelLevel" in text and "stateOfCharge," not in text


def test_the_next_refresh_in_the_report_is_that_of_the_item(home):
    home.sign_in()
    next_at = home.outlet.shown["nextRefresh"]
    home.pass_time(60)
    assert diagnostics.distance(next_at, home.clock.now()) in line(diagnose(home), "calls")


def test_no_secret_of_the_cloud_is_in_a_report(home):
    home.sign_in()
    home.cloud.add_fault("telematicData", "status", status=403)
    home.update()
    text = diagnose(home)
    secrets = home.cloud.secrets()
    assert len(secrets) > 5
    assert [secret for secret in secrets if secret in text] == []


def test_before_the_sign_in_there_is_a_report_too(home):
    home.start()
    assert home.outlet.shown["diagnose"] is False
    text = diagnose(home)
    assert line(text, "account").startswith("account: SIGN_IN_NEEDED (") and line(text, "token") == "token: none, not signed in"


def test_warnings_of_the_log_reach_the_report(home):
    tail = LogTail()
    log = logging.getLogger("bmw")
    log.addHandler(tail)
    try:
        home.service.report_with(("openHAB 3.0.1",), tail.lines)
        home.start()
        assert "Not signed in to BMW CarData" in diagnose(home).partition("last warnings:")[2]
    finally:
        log.removeHandler(tail)
