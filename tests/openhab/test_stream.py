"""The CarData stream inside a real openHAB: a real broker over TLS, a real sign-in, items that follow the car.

One instance serves all tests; most begin with a fresh connection, made by writing bmw.cfg anew. RECONNECTS=200 in the
environment lets test_every_token_is_followed_by_the_next run for a week's worth of tokens.
"""

import json
import os
import socket
import statistics
import sys
import threading
import time

import pytest

from tests.openhab import layout

sys.path.insert(0, str(layout.REPO / "automation" / "lib" / "python"))

from bmw.net import mqtt  # noqa: E402
from bmw.net.mqtt import LOST, Broker, Connection  # noqa: E402
from bmw.net.socket_wire import SocketWire  # noqa: E402

from tests.cloud import SimulatedCloud  # noqa: E402
from tests.cloud.clock import iso  # noqa: E402
from tests.cloud.conftest import Person  # noqa: E402
from tests.openhab.jvm_clock import WHY_NOT, JvmClock  # noqa: E402
from tests.openhab.server import wait_until  # noqa: E402

pytest.importorskip("amqtt", reason="the simulated stream's broker needs Python 3.10")
from tests.cloud.stream import SimulatedStream  # noqa: E402

STATE, CHARGE, DOOR = "BMW_StreamState", "BMW_i3_StateOfCharge", "BMW_i3_DoorDriverFront"
ESTIMATE = "BMW_i3_EstimatedStateOfCharge"
MB = 1024 * 1024
RECONNECTS = int(os.environ.get("RECONNECTS", "8"))
SOC = "vehicle.drivetrain.batteryManagement.header"
ODOMETER, LOCK = "vehicle.vehicle.travelledDistance", "vehicle.cabin.door.lock.status"
#: payloads that are no valid messages
MALFORMED = {
    "nothing": b"",
    "cut short": b'{"vin": "WBY',
    "cut in a letter": '{"vin": "\u00fc'.encode()[:-1],
    "not UTF-8": b"\xff\xfe\x00{}",
    "HTML": b"<!DOCTYPE html><html></html>",
    "two objects": b"{} {}",
    "nested without end": b"[" * 5000,
    "null": b"null",
    "a number": b"17",
    "a list": b"[]",
    "an empty object": b"{}",
    "a number as VIN": b'{"vin": 17, "data": {}}',
    "no VIN": b'{"data": {}}',
}


class Home:
    """A signed-in openHAB with its cloud and its stream."""

    def __init__(self, openhab, cloud, stream, clock):
        self.openhab, self.cloud, self.stream, self.clock = openhab, cloud, stream, clock
        self.vin = cloud.cars()[0]
        self._number = 0
        self._soc = 20

    def configure(self, **settings):
        """Write bmw.cfg and wait until the module has read it; the old connection is closed then."""
        self._number += 1
        settings = dict(
            {
                "client_id": self.cloud.accounts()[0]["client_id"],
                "auth_url": self.cloud.url,
                "api_url": self.cloud.url,
                "stream_url": self.stream.url,
            },
            **settings,
        )
        since = self.openhab.log_size()
        self.openhab.write_conf(
            "services/bmw.cfg", "# %d\n%s\n" % (self._number, "\n".join("%s = %s" % setting for setting in settings.items()))
        )
        if self._number > 1:
            self.openhab.wait_for_log("BMW integration .* started", since)
        return since

    def connect(self, **settings):
        since = self.configure(**settings)
        self.openhab.wait_for_log("Stream: CONNECTED", since)
        return self

    def follow(self, soc=None):
        """Changes the car's state of charge; returns the seconds until the item shows it."""
        soc = self.next_soc() if soc is None else soc
        begin = time.monotonic()
        self.cloud.set_car(self.vin, soc=soc)
        while not self.shows(soc):
            assert time.monotonic() < begin + 20, "lost: %s is %s" % (CHARGE, self.openhab.state(CHARGE))
        return time.monotonic() - begin

    def next_soc(self):
        """A state of charge that the car did not have recently."""
        self._soc = 20 + (self._soc - 19) % 70
        return self._soc

    def car(self):
        """{name: state} of the car's items."""
        return {name: one["state"] for name, one in self.openhab.items().items() if name.startswith("BMW_i3_")}

    def changed_by(self, *payloads):
        """Sends messages (bytes) between two openings of a door; returns the names of the car's items that they changed."""
        self.open_and_close()
        before = self.car()
        for payload in payloads:
            self.stream.publish(self.vin, payload)
        self.open_and_close()
        after = self.car()
        return {name for name in set(before).union(after) if before.get(name) != after.get(name)} - {"BMW_i3_LastUpdate"}

    def open_and_close(self):
        """Opens and closes a door and waits for the items: then all earlier messages have been written."""
        for state in ("OPEN", "CLOSED"):
            self.cloud.set_car(self.vin, door_driver_front=state)
            for item in (DOOR, "BMW_i3_Doors"):
                self.openhab.wait_state(item, state, 10)

    def says(self, descriptors, seconds_ago=0, vin=None):
        """A message (bytes) with these descriptors ({name: value}), all ``seconds_ago`` old."""
        at = iso(self.cloud.clock.now() - seconds_ago)
        return message(vin or self.vin, {name: {"value": value, "timestamp": at} for name, value in descriptors.items()})

    def shows(self, soc):
        return self.openhab.state(CHARGE).split()[0] in ("%d" % soc, "%d.0" % soc)

    def is_connected(self, timeout=60):
        wait_until(lambda: self.stream.sessions() == 1, timeout, "a session", self.openhab)
        self.openhab.wait_state(STATE, "CONNECTED", timeout)

    def refreshes(self):
        return len([call for call in self.cloud.calls() if call["where"] == "refresh"])

    def asked(self):
        return [call for call in self.cloud.calls() if call["kind"] == "api"]


@pytest.fixture(scope="module")
def home(openhab_factory, tmp_path_factory):
    clock = JvmClock(tmp_path_factory.mktemp("stream") / "clock")
    with SimulatedCloud(auto_approve=True, code_interval=1, quota=1000) as cloud:
        with SimulatedStream(cloud, names=("localhost",)) as stream:
            openhab = openhab_factory(jvm_options=stream.certificates.jvm_options(), environment=clock.environment())
            openhab.install_module()
            openhab.install_probe()
            home = Home(openhab, cloud, stream, clock)
            home.configure()
            openhab.start().wait_ready()
            openhab.wait_state("BMW_AccountState", "SIGN_IN_NEEDED", 60)
            openhab.command("BMW_SignIn", "ON")
            openhab.wait_state("BMW_AccountState", "ONLINE")
            home.is_connected()
            yield home
            openhab.stop()
            log = openhab.log()
            assert not [secret for secret in cloud.secrets() if secret in log], "a secret is in the log"


@pytest.fixture
def connected(home):
    home.stream.stalled = home.stream.refuse_connections = False
    home.stream.selected = True
    home.cloud.reset_calls()
    return home.connect()


@pytest.fixture
def listening(home):
    """Continues with the connection of the last test."""
    home.is_connected()
    home.follow()
    home.logins = home.stream.good_logins()
    yield home
    assert home.stream.good_logins() == home.logins, "the connection was lost"
    assert "Unexpected error" not in home.openhab.log()


def test_a_change_reaches_its_item_in_under_a_second_without_a_rest_call(connected):
    times = [connected.follow(soc) for soc in range(20, 50)]
    print("\nstream: change to item, median %.3f s, longest %.3f s" % (statistics.median(times), max(times)))
    assert statistics.median(times) < 1
    assert connected.asked() == []


def test_it_asks_for_the_server_by_name(connected):
    assert set(connected.stream.server_names) == {"localhost"}


def test_a_burst_of_messages_ends_with_the_last_value(connected):
    for soc in range(30, 80):
        connected.cloud.set_car(connected.vin, soc=soc)
    connected.openhab.wait_state(CHARGE, lambda state: connected.shows(79))


def test_a_door_opens_and_closes_as_the_car_says(connected):
    for state in ("OPEN", "CLOSED"):
        connected.cloud.set_car(connected.vin, door_driver_front=state)
        connected.openhab.wait_state(DOOR, state, 5)


def test_malformed_messages_cost_one_log_line_and_nothing_else(listening):
    since = listening.openhab.log_size()
    assert listening.changed_by(*MALFORMED.values()) == set()
    assert listening.openhab.log(since).count("A message of the stream is not") == 1
    listening.follow()


def test_a_malformed_entry_does_not_stop_the_good_ones_of_its_message(listening):
    soc = listening.next_soc()
    good = {"value": soc, "timestamp": iso(listening.cloud.clock.now())}
    assert listening.changed_by(message(listening.vin, {ODOMETER: "no object", LOCK: {"unit": "no value"}, SOC: good})) == {
        CHARGE,
        ESTIMATE,
    }
    assert listening.shows(soc)
    listening.follow()


def test_a_message_about_a_car_that_is_not_ours_is_told_once_and_ignored(listening):
    stranger, since = "WBY00TEST00009999", listening.openhab.log_size()
    assert listening.changed_by(*[listening.says({SOC: soc}, vin=stranger) for soc in (11, 12, 13)]) == set()
    log = listening.openhab.log(since)
    assert log.count("which this account does not read") == 1 and stranger not in log
    assert not [name for name, one in listening.openhab.items().items() if stranger in str(one)]
    listening.follow()


def test_an_unknown_descriptor_does_not_stop_the_known_ones_of_its_message(listening):
    soc, names = listening.next_soc(), set(listening.openhab.items())
    unknown = {"vehicle.not.in.the.catalogue": [1], "": None, "vehicle": {"a": {"b": 1}}, "vehicle.\u00fc": "x"}
    assert listening.changed_by(listening.says(unknown)) == set()
    assert listening.changed_by(listening.says(dict(unknown, **{SOC: soc}))) == {CHARGE, ESTIMATE}
    assert listening.shows(soc) and set(listening.openhab.items()) == names
    listening.follow()


def test_a_message_that_comes_late_does_not_undo_a_newer_one(listening):
    late = listening.says({SOC: 11}, seconds_ago=60)
    much_later = listening.says({SOC: 12}, seconds_ago=400 * 86400)
    assert listening.changed_by(late, much_later, late) == set()
    listening.follow()


def test_of_a_message_with_old_and_new_entries_the_new_ones_are_taken(listening):
    now, old = listening.cloud.clock.now(), {"value": 11, "timestamp": "2020-01-01T00:00:00Z"}
    mixed = message(listening.vin, {SOC: old, ODOMETER: {"value": 77777, "unit": "km", "timestamp": iso(now)}})
    assert listening.changed_by(mixed) == {"BMW_i3_Odometer"}
    assert listening.openhab.state("BMW_i3_Odometer") == "77777 km"
    listening.follow()


def test_a_message_that_comes_twice_changes_nothing_not_even_after_a_newer_one(listening):
    first, second = listening.next_soc(), listening.next_soc()
    twice = listening.says({SOC: first}, seconds_ago=0)
    assert listening.changed_by(twice, twice) == {CHARGE, ESTIMATE}
    assert listening.shows(first)
    assert listening.changed_by(twice, twice, twice) == set()
    listening.follow(second)
    assert listening.changed_by(twice, twice) == set() and listening.shows(second)
    listening.follow()


@pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))
@pytest.mark.parametrize("days", [1, -1], ids=["ahead", "behind"])
def test_a_clock_that_jumps_by_a_day_loses_no_message_and_no_sign_in(connected, days):
    home = connected
    try:
        for offset in (days, 0):
            home.clock.set(offset)
            wait_until(lambda: home.follow() and home.openhab.state("BMW_LastMessage").startswith(home.clock.today()), 15, "the jump")
            home.follow()
            assert home.stream.sessions() == 1
            logins = home.stream.good_logins()
            home.stream.drop_all()
            wait_until(lambda: home.stream.good_logins() > logins, 30, "a new connection", home.openhab)
            home.is_connected()
            home.follow()
    finally:
        home.clock.set(0)
    assert home.openhab.state("BMW_AccountState") == "ONLINE"
    assert not [call for call in home.cloud.calls() if call["where"] == "device_code"]
    assert "Unexpected error" not in home.openhab.log()


def test_every_token_is_followed_by_the_next(connected):
    home = connected
    home.cloud.settings(access_lifetime=2)
    home.cloud.advance_clock(3601)  # the long-lived token ends; all further ones are short-lived
    before, begin = None, home.stream.good_logins()
    try:
        slowest = 0
        for number in range(RECONNECTS):
            logins = home.stream.good_logins()
            wait_until(lambda: home.stream.good_logins() > logins and home.stream.sessions() == 1, 30, "the next token")
            slowest = max(slowest, home.follow(20 + number % 60))
            if number == min(5, RECONNECTS // 2):
                before = home.openhab.probe()
        after = home.openhab.probe()
    finally:
        home.cloud.settings(access_lifetime=3600)
    print(
        "\nstream: %d logins, no update lost, slowest %.3f s; threads %d -> %d, heap %.0f -> %.0f MB"
        % (
            home.stream.good_logins() - begin,
            slowest,
            len(before["threads"]),
            len(after["threads"]),
            before["heap_used"] / 1e6,
            after["heap_used"] / 1e6,
        )
    )
    assert len(named(after, "bmw-stream")) <= 4  # at most the old and the new connection
    assert after["heap_used"] < before["heap_used"] + 20e6
    assert home.openhab.state("BMW_AccountState") == "ONLINE"


def test_ended_with_its_token_it_comes_back_with_a_new_one(connected):
    connected.cloud.advance_clock(3601)
    connected.openhab.wait_state(STATE, lambda state: state.startswith("OFFLINE"))
    connected.is_connected()
    connected.follow(33)
    assert connected.refreshes() >= 1


def test_refused_it_renews_a_token_that_looks_good(connected):
    connected.stream.refuse_logins = 1
    connected.stream.drop_all()
    wait_until(lambda: connected.refreshes() == 1, 30, "the refresh")
    connected.is_connected()
    connected.follow(34)


def test_it_is_back_when_the_broker_is(connected):
    connected.stream.stop()
    connected.openhab.wait_state(STATE, lambda state: state.startswith("OFFLINE"))
    connected.stream.start()
    connected.is_connected()
    connected.follow(35)


def test_a_half_open_connection_is_noticed_within_a_minute(connected):
    connected.stream.stalled = True
    connected.openhab.wait_state(STATE, lambda state: "does not answer" in state, 60)
    connected.stream.stalled = False
    connected.is_connected(90)
    connected.follow(36)


def test_a_second_client_that_takes_over_is_told_about(connected):
    """The other client reconnects at once each time, like another openHAB."""
    connected.cloud.settings(auto_approve=False)
    tokens = Person(connected.cloud).sign_in().tokens
    broker = Broker("localhost", connected.stream.port, True, tokens["gcid"], tokens["id_token"], tokens["gcid"] + "/+")
    lines, before = [], len(connected.stream.logins)

    def come(_connection=None, event=LOST, _detail=None):
        if event == LOST:
            lines.append(Connection(broker, "other", SocketWire(connected.stream.ca_file), come))
            lines[-1].open()

    come()
    connected.openhab.wait_state(STATE, lambda state: state.startswith("IN_USE"), 120)
    logins = len(connected.stream.logins) - before
    lines[-1].close()
    assert logins < 20  # logins of both: our client must not reconnect just as fast
    connected.is_connected(120)


def test_no_data_selected_is_told_and_tried_again_later(connected):
    connected.stream.selected = False
    connected.stream.drop_all()
    connected.openhab.wait_state(STATE, lambda state: state.startswith("NO_DATA_SELECTED") and "portal" in state)


def test_a_name_that_is_not_in_the_certificate_is_refused(home):
    with SimulatedStream(home.cloud, names=("elsewhere.example",), authority=home.stream.certificates) as other:
        home.configure(stream_url=other.url)
        home.openhab.wait_state(STATE, lambda state: "certificate" in state)
        assert other.logins == []


def test_an_authority_that_is_not_trusted_is_refused(home):
    with SimulatedStream(home.cloud) as other:
        home.configure(stream_url=other.url)
        home.openhab.wait_state(STATE, lambda state: "certificate" in state)
        assert other.logins == []


def test_a_name_that_does_not_resolve_is_told(home):
    home.configure(stream_url="mqtts://nobody.invalid:9000")
    home.openhab.wait_state(STATE, lambda state: "name was not found" in state)


def test_a_broker_at_home_can_be_the_source(home):
    with SimulatedStream(home.cloud, tls=False, relay=True, user="me", password="secret-word") as relay:
        relay.relay_says(True)
        since = home.openhab.log_size()
        home.connect(stream_url=relay.url, stream_topic="bmw/+", stream_user="me", stream_password="secret-word")
        home.follow(37)
        assert "secret-word" not in home.openhab.log()
        assert "message of the stream" not in home.openhab.log(since)  # the relay's own status must not count as a message


def flood_of(size, vin):
    """A packet of this size for an endless stream: it is valid and contains no known value."""
    body = b"\x00\x01t" + message(vin, {"some.new.thing": {"value": "x" * size}})
    return mqtt._packet(0x30, body) * max(1, 100000 // len(body))


@pytest.mark.parametrize("size, megabytes", [(10, 5), (200000, 30), (900000, 50)])
def test_a_flood_of_messages_leaves_memory_and_time_for_all_other_work(home, size, megabytes):
    with Flood(flood_of(size, home.vin)) as flood:
        home.configure(stream_url=flood.url)
        wait_until(lambda: flood.sent > megabytes * MB, 120, "the flood", home.openhab)
        for _ in range(3):
            since = home.openhab.log_size()
            home.openhab.command("BMW_Diagnose", "ON")
            home.openhab.wait_for_log("BMW diagnostics, ", since, 30)
            home.openhab.wait_state("BMW_Diagnose", "OFF")
        assert flood.connections == 1, "the connection was lost"
        sent = flood.sent
        wait_until(lambda: flood.sent > sent, 30, "the flood to go on", home.openhab)
        heap = home.openhab.probe()["heap_used"]
    print("\nstream: messages of {} bytes, {:.0f} MB taken, heap {:.0f} MB".format(size, flood.sent / MB, heap / MB))
    assert "OutOfMemory" not in home.openhab.log()


class Flood:
    """A local broker that accepts everybody and sends the same bytes endlessly, as fast as the client reads."""

    def __init__(self, data):
        self.sent = self.connections = 0
        self._data = data
        self._over = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = "mqtt://127.0.0.1:%d" % self._server.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *problem):
        self._over.set()
        self._server.close()

    def _accept(self):
        while not self._over.is_set():
            try:
                line, _address = self._server.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line):
        with line:
            try:
                for answer in (b"\x20\x02\x00\x00", b"\x90\x03\x00\x01\x00"):
                    line.recv(4096)
                    line.sendall(answer)
                while not self._over.is_set():
                    line.sendall(self._data)
                    self.sent += len(self._data)
            except OSError:
                pass  # the client closed the connection


def test_a_removed_script_leaves_no_connection_and_no_thread(connected):
    connected.openhab.remove_conf("automation/jsr223/bmw.py")
    wait_until(lambda: not named(connected.openhab.probe(), "bmw-"), 20, "our threads to end", connected.openhab)
    wait_until(lambda: connected.stream.sessions() == 0, 10, "the session to end")


def named(probe, start):
    return [name for name in probe["threads"] if name.startswith(start)]


def message(vin, data):
    return json.dumps({"vin": vin, "topic": vin, "timestamp": "2026-10-03T12:00:00Z", "data": data}).encode()
