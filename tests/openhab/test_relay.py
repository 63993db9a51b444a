"""The relay inside a real openHAB: BMW's messages and the cars' values at a real broker at home, and a broker that makes trouble.

One instance serves all tests; each begins with bmw.cfg written anew.
"""

import json
import time

import pytest

from tests.cloud import SimulatedCloud
from tests.cloud.deaf_broker import DeafBroker
from tests.openhab.server import wait_until

pytest.importorskip("amqtt", reason="the simulated stream's broker needs Python 3.10")
from tests.cloud.stream import SimulatedStream  # noqa: E402

STATE, CHARGE = "BMW_StreamState", "BMW_i3_StateOfCharge"
PASSWORD = "hunter2-at-home"
AWAY = "CONNECTED: the relay does not work: "


class Home:
    """A signed-in openHAB with its cloud, BMW's stream and a broker at home."""

    def __init__(self, openhab, cloud, stream, broker):
        self.openhab, self.cloud, self.stream, self.broker = openhab, cloud, stream, broker
        self.vin = cloud.cars()[0]
        self._number = 0
        self._soc = 20

    def configure(self, **settings):
        """Writes bmw.cfg, without what is None, and waits until the module has read it."""
        self._number += 1
        settings = {
            "client_id": self.cloud.accounts()[0]["client_id"],
            "auth_url": self.cloud.url,
            "api_url": self.cloud.url,
            "stream_url": self.stream.url,
            "relay_url": self.broker.url,
            "relay_user": "me",
            "relay_password": PASSWORD,
            "relay_values": "cars/{car}",
            **settings,
        }
        since = self.openhab.log_size()
        lines = ["# %d" % self._number] + ["%s = %s" % setting for setting in settings.items() if setting[1] is not None]
        self.openhab.write_conf("services/bmw.cfg", "\n".join(lines) + "\n")
        if self._number > 1:
            self.openhab.wait_for_log("BMW integration .* started", since)
            self.openhab.wait_for_log("Stream: CONNECTED", since)
        return since

    def follow(self):
        """Changes the car's state of charge; returns the seconds until the item shows it."""
        self._soc = 20 + (self._soc - 19) % 70
        begin = time.monotonic()
        self.cloud.set_car(self.vin, soc=self._soc)
        wait_until(lambda: self.openhab.state(CHARGE).split()[0] in ("%d" % self._soc, "%d.0" % self._soc), 20, "the item", self.openhab)
        return time.monotonic() - begin

    def raw(self):
        """The messages about the car that came to the broker at home."""
        return [payload for topic, payload, _kept in list(self.broker.client_messages) if topic == "bmw/" + self.vin]

    def says_connected(self):
        status = self.broker.kept().get("bmw/status")
        return json.loads(status)["connected"] if status else None

    def relays(self):
        """A change of the car comes to the broker, as message and as value."""
        before = len(self.raw())
        self.follow()
        wait_until(lambda: self.broker.kept().get("cars/i3/soc") == b"%d" % self._soc, 20, "the value", self.openhab)
        wait_until(lambda: len(self.raw()) > before, 20, "the message", self.openhab)


@pytest.fixture(scope="module")
def house(openhab_factory):
    with SimulatedCloud(auto_approve=True, code_interval=1, quota=1000) as cloud, SimulatedStream(cloud, names=("localhost",)) as stream:
        with SimulatedStream(cloud, tls=False, relay=True, forwards=False, user="me", password=PASSWORD) as broker:
            openhab = openhab_factory(jvm_options=stream.certificates.jvm_options())
            openhab.install_module()
            openhab.install_probe()
            home = Home(openhab, cloud, stream, broker)
            home.configure()
            openhab.start().wait_ready()
            openhab.wait_state("BMW_AccountState", "SIGN_IN_NEEDED", 60)
            openhab.command("BMW_SignIn", "ON")
            openhab.wait_state("BMW_AccountState", "ONLINE")
            openhab.wait_state(STATE, "CONNECTED", 60)
            yield home
            openhab.stop()
            log = openhab.log()
            assert not [secret for secret in cloud.secrets() + [PASSWORD] if secret in log], "a secret is in the log"
            assert "Unexpected error" not in log and "cannot be published" not in log


@pytest.fixture
def home(house):
    house.configure()
    house.openhab.wait_state(STATE, "CONNECTED")
    wait_until(house.says_connected, 30, "the status", house.openhab)
    house.broker.client_messages.clear()
    return house


def threads(openhab):
    return sorted(name for name in openhab.probe()["threads"] if name.startswith("bmw-relay"))


def test_a_message_of_bmw_arrives_at_home_as_it_came_and_its_value_is_kept(home):
    sent = []
    publish = home.stream.publish
    home.stream.publish = lambda vin, payload, gcid=None: (sent.append(payload), publish(vin, payload, gcid))
    try:
        home.relays()
    finally:
        home.stream.publish = publish
    assert home.raw() == sent and len(sent) == 1
    gcid = home.cloud.garage.accounts()[0].gcid.encode()
    assert not [one for one in home.broker.client_messages if gcid in one[0].encode() or gcid in one[1]]
    assert home.broker.kept()["cars/i3/odometer"].isdigit() and home.broker.kept()["cars/i3/status"] in (b"A", b"B", b"C")


def test_the_report_names_the_relay_and_no_address(home):
    home.relays()
    since = home.openhab.log_size()
    home.openhab.command("BMW_Diagnose", "ON")
    home.openhab.wait_for_log("relay: connected; ", since)
    assert home.broker.url not in home.openhab.state("BMW_Diagnostics")


def test_a_broker_that_is_away_harms_nothing_and_gets_all_when_it_is_back(home):
    since = home.openhab.log_size()
    home.broker.stop()
    home.openhab.wait_state(STATE, lambda state: state.startswith(AWAY))
    assert max(home.follow() for _ in range(10)) < 3
    home.broker.client_messages.clear()
    home.broker.start()
    wait_until(home.says_connected, 60, "the status", home.openhab)
    home.openhab.wait_state(STATE, "CONNECTED")
    assert len(home.raw()) == 10
    home.relays()
    lines = [line for line in home.openhab.log(since).splitlines() if "Relay: " in line and "WARN" in line]
    assert 1 <= len(lines) <= 2 and len(set(line.partition("Relay: ")[2] for line in lines)) == len(lines)


def test_a_refused_login_is_told_without_the_password(home):
    since = home.configure(relay_password="wrong-word")
    home.openhab.wait_state(STATE, AWAY + "The broker refuses the login: check its user and password in bmw.cfg")
    home.follow()
    assert "wrong-word" not in home.openhab.log(since)


def test_a_broker_that_takes_nothing_delays_neither_the_car_nor_a_reload(home):
    with DeafBroker() as deaf:
        home.configure(relay_url=deaf.url)
        wait_until(lambda: deaf.lines, 30, "the connection", home.openhab)
        large = json.dumps({"vin": home.vin, "data": {"some.new.thing": {"value": "x" * 200000}}}).encode()
        for _ in range(60):
            home.stream.publish(home.vin, large)
        home.follow()  # after the large messages, which take their time
        assert max(home.follow() for _ in range(5)) < 5
        begin = time.monotonic()
        home.configure()
        print("\nrelay: reload in %.1f s with a broker that takes nothing" % (time.monotonic() - begin))
    home.relays()


def test_after_a_reload_one_connection_is_left_and_the_status_is_right(home):
    for _ in range(3):
        home.configure()
    wait_until(home.says_connected, 30, "the status", home.openhab)
    time.sleep(2)
    assert home.says_connected() and threads(home.openhab) == ["bmw-relay", "bmw-relay-out", "bmw-relay-ping"]
    home.relays()


def test_without_the_setting_nothing_is_connected_and_what_was_last_said_is_that_it_ended(home):
    home.configure(relay_url=None, relay_user=None, relay_password=None, relay_values=None)
    wait_until(lambda: home.says_connected() is False, 30, "the farewell", home.openhab)
    wait_until(lambda: threads(home.openhab) == [], 30, "the threads to end", home.openhab)
    home.follow()


def test_a_removed_script_says_that_it_ended_and_leaves_no_thread(home):
    home.openhab.remove_conf("automation/jsr223/bmw.py")
    wait_until(lambda: home.says_connected() is False, 30, "the farewell", home.openhab)
    wait_until(lambda: threads(home.openhab) == [], 30, "the threads to end", home.openhab)
