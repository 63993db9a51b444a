"""The simulated stream, asked by an independent client (paho-mqtt): what BMW's broker promises, this one keeps."""

import json
import ssl
import threading

import pytest

from . import SimulatedCloud
from .conftest import Person, wait_until

pytest.importorskip("amqtt", reason="the simulated stream's broker needs Python 3.10")
from paho.mqtt import client as paho  # noqa: E402

from .stream import SimulatedStream  # noqa: E402


class Listener:
    """A paho client that records its events."""

    def __init__(self, stream, user, password, topic=None, qos=0):
        self.codes, self.granted, self.messages, self.lost = [], [], [], threading.Event()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311, reconnect_on_failure=False)
        self.client.username_pw_set(user, password)
        if stream.certificates:
            self.client.tls_set(stream.ca_file, cert_reqs=ssl.CERT_REQUIRED)
        self.client.on_connect = lambda client, *rest: self._on_connect(rest[2], topic or user + "/+", qos)
        self.client.on_subscribe = lambda client, data, mid, codes, properties: self.granted.append(codes[0].value)
        self.client.on_message = lambda client, data, message: self.messages.append(message)
        self.client.on_disconnect = lambda *rest: self.lost.set()
        self.client.connect("localhost", stream.port, keepalive=30)
        self.client.loop_start()

    def _on_connect(self, code, topic, qos):
        self.codes.append(code.value)
        if not code.is_failure:
            self.client.subscribe(topic, qos)

    def is_listening(self):
        return wait_until(lambda: self.granted)

    def is_lost(self):
        return self.lost.wait(10)

    def bodies(self):
        return [json.loads(message.payload) for message in self.messages]

    def end(self):
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture(scope="module")
def cloud():
    return SimulatedCloud(quota=1000)


@pytest.fixture
def vin(cloud):
    return cloud.cars()[0]


@pytest.fixture
def stream(cloud):
    with SimulatedStream(cloud) as stream:
        yield stream


@pytest.fixture
def owner(cloud):
    return Person(cloud).sign_in()


@pytest.fixture
def listen(stream, owner):
    made = []

    def listen(password=None, user=None, **options):
        listener = Listener(stream, user or owner.tokens["gcid"], password or owner.tokens["id_token"], **options)
        made.append(listener)
        return listener

    yield listen
    for listener in made:
        listener.end()


def test_a_change_is_sent_natively_typed_and_only_what_changed(listen, cloud, vin):
    listener = listen()
    assert listener.is_listening()
    cloud.set_car(vin, soc=57, door_driver_front="OPEN")
    assert wait_until(lambda: listener.messages)
    body = listener.bodies()[0]
    values = {name.rpartition(".")[2]: entry["value"] for name, entry in body["data"].items()}
    assert body["vin"] == vin and values["header"] == 57 and values["isOpen"] is True
    assert not any("travelledDistance" in name for name in body["data"])


def test_what_no_catalogue_names_is_sent_as_well_and_what_only_rest_tells_is_not(listen, cloud, vin):
    listener = listen()
    assert listener.is_listening()
    cloud.set_car(vin, others={"vehicle.brand.new": [7, "km"], "vehicle.serviceDemand.defect.id": ["17", None]})
    assert wait_until(lambda: listener.messages)
    data = listener.bodies()[0]["data"]
    assert {name: (entry["value"], entry["unit"]) for name, entry in data.items()} == {"vehicle.brand.new": (7, "km")}


def test_nothing_is_retained(listen, cloud, vin, stream):
    cloud.set_car(vin, soc=58)
    listener = listen()
    assert listener.is_listening()
    cloud.set_car(vin, soc=59)
    assert wait_until(lambda: listener.messages)
    assert len(listener.messages) == 1 and not listener.messages[0].retain


def test_more_than_qos_0_is_asked_for_in_vain(listen, cloud, vin):
    listener = listen(qos=2)
    assert listener.is_listening() and listener.granted == [0]
    cloud.set_car(vin, soc=60)
    assert wait_until(lambda: listener.messages) and listener.messages[0].qos == 0


def test_only_a_living_id_token_of_that_gcid_gets_in(listen, owner):
    for wrong in ({"password": owner.tokens["access_token"]}, {"user": "somebody"}):
        listener = listen(**wrong)
        assert wait_until(lambda: listener.codes) and listener.codes[0] != 0


def test_a_token_without_the_streaming_scope_does_not_get_in(listen, cloud):
    other = Person(cloud).sign_in("openid cardata:api:read")
    listener = listen(password=other.tokens["id_token"])
    assert wait_until(lambda: listener.codes) and listener.codes[0] != 0


def test_the_session_ends_with_the_token(listen, cloud):
    listener = listen()
    assert listener.is_listening()
    cloud.advance_clock(3601)
    assert listener.is_lost()


def test_the_session_ends_when_the_tokens_are_revoked(listen, cloud):
    listener = listen()
    assert listener.is_listening()
    cloud.revoke()
    assert listener.is_lost()


def test_a_second_client_ends_the_first(listen, stream):
    first = listen()
    assert first.is_listening()
    second = listen()
    assert second.is_listening() and first.is_lost() and stream.sessions() == 1


def test_a_second_client_can_be_refused_instead(listen, stream):
    stream.second_client = "refuse"
    first = listen()
    assert first.is_listening()
    second = listen()
    assert wait_until(lambda: second.codes) and second.codes[0] != 0 and stream.sessions() == 1


@pytest.mark.parametrize("topic", ["#", "+/+", "somebody/+", "{gcid}", "{gcid}/WBY00TEST00009999"])
def test_a_topic_that_is_not_ours_is_refused(listen, owner, topic):
    listener = listen(topic=topic.format(gcid=owner.tokens["gcid"]))
    assert listener.is_listening() and listener.granted == [0x80]


@pytest.mark.parametrize("topic", ["{gcid}/+", "{gcid}/#", "{gcid}/{vin}"])
def test_one_car_or_all_cars_may_be_asked_for(listen, owner, vin, topic):
    listener = listen(topic=topic.format(gcid=owner.tokens["gcid"], vin=vin))
    assert listener.is_listening() and listener.granted == [0]


def test_where_no_data_was_selected_there_is_no_stream(listen, stream):
    stream.selected = False
    listener = listen()
    assert listener.is_listening() and listener.granted == [0x80]


def test_a_secondary_user_hears_nothing(listen, cloud, vin, stream):
    other = cloud.add_car("i3", mapping="SECONDARY")
    listener = listen()
    assert listener.is_listening()
    cloud.set_car(other, soc=10)
    cloud.set_car(vin, soc=61)
    assert wait_until(lambda: listener.messages)
    assert [body["vin"] for body in listener.bodies()] == [vin]


def test_nobody_but_the_car_can_send(listen, owner, cloud, vin):
    listener = listen()
    assert listener.is_listening()
    forged = listener.client.publish("%s/%s" % (owner.tokens["gcid"], vin), json.dumps({"vin": "forged"}))
    assert wait_until(forged.is_published)
    cloud.set_car(vin, soc=63)
    assert wait_until(lambda: listener.messages)
    assert [body["vin"] for body in listener.bodies()] == [vin]


def test_it_is_back_on_the_same_port_after_an_outage(listen, stream):
    listener = listen()
    assert listener.is_listening()
    port = stream.port
    stream.stop()
    assert listener.is_lost()
    stream.start()
    assert stream.port == port and listen().is_listening()


def test_as_a_broker_at_home_it_has_its_own_login_and_topic(cloud, vin):
    with SimulatedStream(cloud, tls=False, relay=True, user="me", password="secret") as relay:
        listener = Listener(relay, "me", "secret", topic="bmw/+")
        assert listener.is_listening()
        cloud.set_car(vin, soc=62)
        assert wait_until(lambda: listener.messages) and listener.messages[0].topic == "bmw/" + vin
        stranger = Listener(relay, "me", "wrong", topic="bmw/+")
        assert wait_until(lambda: stranger.codes) and stranger.codes[0] != 0
        listener.end()
        stranger.end()


def test_at_a_broker_at_home_who_is_let_in_may_publish_also_to_be_kept(cloud, vin):
    with SimulatedStream(cloud, tls=False, relay=True, forwards=False, user="me", password="secret") as broker:
        listener, stranger = Listener(broker, "me", "secret", topic="bmw/+"), Listener(broker, "me", "wrong", topic="bmw/+")
        assert listener.is_listening() and wait_until(lambda: stranger.codes)
        stranger.client.publish("bmw/x", "no", retain=True)
        cloud.set_car(vin, soc=64)  # nothing forwards this
        listener.client.publish("bmw/x", "yes")
        listener.client.publish("bmw/y", "kept", retain=True)
        assert wait_until(lambda: len(listener.messages) == 2)
        assert [one.payload for one in listener.messages] == [b"yes", b"kept"] and broker.kept() == {"bmw/y": b"kept"}
        assert broker.client_messages == [("bmw/x", b"yes", False), ("bmw/y", b"kept", True)]
        listener.end()
        stranger.end()


def test_a_relay_tells_of_its_own_connection_and_the_broker_keeps_its_last_word(cloud, vin):
    with SimulatedStream(cloud, tls=False, relay=True, user="me", password="secret") as relay:
        relay.relay_says(True)
        relay.relay_says(False)
        listener = Listener(relay, "me", "secret", topic="bmw/+")
        assert wait_until(lambda: listener.messages) and listener.messages[0].retain
        relay.relay_says(True)
        assert wait_until(lambda: len(listener.messages) == 2)
        assert [(one.topic, json.loads(one.payload)["connected"]) for one in listener.messages] == [
            ("bmw/status", False),
            ("bmw/status", True),
        ]
        listener.end()


def test_where_bmw_lost_the_selection_the_connection_stays_and_nothing_comes(listen, stream, cloud, vin):
    listener = listen()
    assert listener.is_listening()
    stream.forgets_selection = True
    cloud.set_car(vin, soc=50)
    stream.forgets_selection = False
    cloud.set_car(vin, soc=51)
    assert wait_until(lambda: listener.messages)
    assert len(listener.messages) == 1 and not listener.lost.is_set()
