"""bmw.clouds.cardata.relay: BMW's messages get to a broker at home as they are, and another copy of this module understands them."""

import json
import time

import pytest
from bmw.clouds.cardata import live, stream
from bmw.clouds.cardata.relay import Relay, status
from bmw.clouds.cardata.stream import relay_state
from bmw.net import mqtt, publisher
from bmw.net.publisher import Publisher, connector
from bmw.net.socket_wire import SocketWire
from bmw.worker import Worker

from tests.cloud import SimulatedCloud
from tests.cloud.conftest import wait_until
from tests.unit.fakes import NOON, UNEXPECTED, VIN, FakeClock, Published, RecordingOutlet, car, raising, settings
from tests.unit.home import Home

pytest.importorskip("amqtt", reason="the simulated stream's broker needs Python 3.10")
from tests.cloud.stream import SimulatedStream  # noqa: E402

GCID = "3f2b7c1e-0d5a-4a6f-9b1d-7a2c5e8f0a11"


@pytest.fixture
def sent():
    return Published()


@pytest.fixture
def relay(sent):
    return Relay(sent, "bmw", FakeClock())


def test_a_message_is_passed_on_as_it_is_and_heard_as_before(relay, sent):
    heard = []
    hear = relay.listening(lambda *event: heard.append(event), GCID)
    payload = b'{"vin": "WBY00TEST00000001"}\xff\x00 even if nobody understands it'
    events = [("line", mqtt.CONNECTED, None), ("line", mqtt.MESSAGE, (GCID + "/" + VIN, payload)), ("line", mqtt.LOST, "error")]
    for event in events:
        hear(*event)
    assert heard == events and sent.sent == [("bmw/" + VIN, payload)]


@pytest.mark.parametrize("error", UNEXPECTED)
def test_an_error_of_the_relay_costs_the_stream_nothing_and_is_told_once(relay, sent, error, monkeypatch, caplog):
    heard = []
    monkeypatch.setattr(sent, "send", raising(error))
    hear = relay.listening(lambda *event: heard.append(event), GCID)
    for _ in range(3):
        hear("line", mqtt.MESSAGE, (GCID + "/" + VIN, b"{}"))
    assert len(heard) == 3
    assert [record.getMessage() for record in caplog.records] == ["Relay: a message could not be passed on"]


def test_the_accounts_id_goes_to_nobody(relay, sent):
    hear = relay.listening(lambda *event: None, GCID)
    for topic in (GCID, GCID + "/" + GCID, "", GCID + "/", GCID + "/a b", GCID + "/#", GCID + "/\u00fc"):
        hear("line", mqtt.MESSAGE, (topic, b"{}"))
    assert sent.sent == []
    hear("line", mqtt.MESSAGE, (GCID + "/" + VIN, json.dumps({"vin": VIN, "entityId": GCID}).encode()))
    ((topic, payload),) = sent.sent
    assert json.loads(payload) == {"vin": VIN, "entityId": "0" * len(GCID)}


def test_the_connection_to_bmw_is_told_when_it_changes(relay, sent):
    for is_connected in (False, True, False):
        relay.says(is_connected)
        assert {topic: json.loads(payload) for topic, payload in sent.kept.items()} == {
            "bmw/status": {"connected": is_connected, "timestamp": int(NOON)}
        }
    sent.kept.clear()
    relay.says(False)
    assert sent.kept == {}  # it was said before


@pytest.mark.parametrize("is_connected", [True, False])
def test_our_own_source_understands_what_is_told(is_connected):
    topic, payload = status("cars/bmw", is_connected)
    assert stream.LocalSource("mqtt://localhost", "cars/bmw/+").is_relay_topic(topic) and relay_state(payload) is is_connected


class Cars:
    """A service with one car; keeps what it is told."""

    def __init__(self, vin=VIN):
        self.car, self.kept, self.heard = car(vin=vin), {}, []

    def memory(self):
        return self.kept

    def vehicle(self, vin):
        return self.car if vin == self.car.vin else None

    def take(self, vehicle, readings):
        self.heard.append({key: reading.value for key, reading in readings.items()})

    def catch_up(self):
        """Nothing to poll."""


def live_of(service, outlet, clock, worker, relay):
    source = stream.LocalSource("mqtt://localhost", "bmw/+")
    return live.Live(source, lambda broker, hear: None, service, outlet, clock, worker, relay=relay)


def test_why_it_does_not_work_stands_beside_the_streams_state(outlet, clock, worker, sent, relay):
    one = live_of(Cars(), outlet, clock, worker, relay)
    sent.problem = "the broker is gone"
    sent.on_change()
    worker.run()
    assert "streamState" not in outlet.shown  # the stream has not said anything yet
    one._show("CONNECTED", "")
    assert outlet.shown["streamState"] == "CONNECTED: the relay does not work: the broker is gone"
    one._show("OFFLINE", "no network")
    assert outlet.shown["streamState"] == "OFFLINE: no network; the relay does not work: the broker is gone"
    one._show("CONNECTED", "")
    sent.problem = ""
    sent.on_change()
    worker.run()
    assert outlet.shown["streamState"] == "CONNECTED" and json.loads(sent.kept["bmw/status"])["connected"] is True


@pytest.mark.parametrize("own", [{"stream_url": "mqtt://192.168.1.5:1883"}, {"stream_topic": "bmw/+"}])
def test_what_came_from_a_broker_at_home_is_never_passed_on(own, sent, outlet, clock, worker):
    made = live.build(settings(**own), None, Cars(), outlet, clock, worker, None, publisher=sent)
    made._show("CONNECTED", "")
    assert sent.kept == {} and sent.on_change is None


# two copies of the module, a broker between them


@pytest.fixture
def workers():
    made = []

    def work(name):
        made.append(Worker(name))
        made[-1].start()
        return made[-1]

    yield work
    for worker in made:
        worker.stop()


def test_a_second_copy_reads_what_the_first_one_passes_on(tmp_path, workers, monkeypatch):
    monkeypatch.setattr(publisher, "FIRST_WAIT", 0.05)
    cloud = SimulatedCloud(quota=1000)
    vin = cloud.cars()[0]
    clock = cloud.clock
    with SimulatedStream(cloud) as bmws, SimulatedStream(cloud, tls=False, relay=True, forwards=False) as broker:
        home = Home(cloud, tmp_path).sign_in()
        farewell = status("bmw", False)
        publish = Publisher(connector(broker.url, None, None, SocketWire, farewell), time.monotonic, farewell)
        publish.start()
        first_outlet, second_outlet, cars = RecordingOutlet(), RecordingOutlet(), Cars(vin)
        config = settings(stream_url=bmws.url, auth_url="http://127.0.0.1:1", relay_url=broker.url)
        first = live.build(
            config, home.account, Cars(vin), first_outlet, clock, workers("first"), lambda: SocketWire(bmws.ca_file), publisher=publish
        )
        second = live.build(settings(stream_url=broker.url), None, cars, second_outlet, clock, workers("second"), SocketWire)
        second.start()
        assert wait_until(lambda: second_outlet.shown.get("streamState") == "CONNECTED")
        first.start()
        assert wait_until(lambda: broker.kept() and json.loads(broker.kept()["bmw/status"])["connected"])
        cloud.set_car(vin, soc=42)
        assert wait_until(lambda: cars.heard), broker.client_messages
        assert cars.heard[0]["stateOfCharge"] == 42
        gcid = home.account.tokens.gcid
        assert not [one for one in broker.client_messages if gcid in one[0] or gcid.encode() in one[1]]
        monkeypatch.setattr(stream, "RELAY_GRACE", 0.1)
        first.stop()
        publish.stop()
        assert wait_until(lambda: second_outlet.shown["streamState"].startswith("OFFLINE: the program that forwards"))
        second.stop()
