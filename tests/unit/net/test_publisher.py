"""bmw.net.publisher: what is put down for a broker gets there, and a broker that is away, slow or refuses keeps nobody waiting."""

import logging
import threading
import time

import pytest
from bmw.errors import NetworkError
from bmw.net import mqtt, publisher
from bmw.net.publisher import Publisher, connector
from bmw.net.socket_wire import SocketWire

from tests.cloud import SimulatedCloud
from tests.cloud.conftest import wait_until
from tests.cloud.deaf_broker import DeafBroker

pytest.importorskip("amqtt", reason="the simulated stream's broker needs Python 3.10")
from tests.cloud.stream import SimulatedStream  # noqa: E402

BYE = ("bmw/status", b"bye")


@pytest.fixture(scope="module")
def cloud():
    return SimulatedCloud(quota=1000)


@pytest.fixture
def broker(cloud):
    with SimulatedStream(cloud, tls=False, relay=True, forwards=False, user="me", password="secret") as broker:
        yield broker


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(publisher, "FIRST_WAIT", 0.05)


@pytest.fixture
def publish_to():
    made = []

    def publish_to(url, user="me", password="secret", farewell=BYE, now=time.monotonic):
        made.append(Publisher(connector(url, user, password, SocketWire, farewell), now, farewell))
        made[-1].start()
        return made[-1]

    yield publish_to
    for one in made:
        one.stop()
    assert wait_until(lambda: not threads())


def threads():
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("bmw-relay")]


def lines(caplog):
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_message_arrives_unchanged_and_is_not_kept_by_the_broker(broker, publish_to):
    payload = bytes(range(256)) * 100
    publish_to(broker.url).send("bmw/WBY00TEST00000001", payload)
    assert wait_until(lambda: broker.client_messages)
    assert broker.client_messages == [("bmw/WBY00TEST00000001", payload, False)] and broker.kept() == {}


def test_messages_arrive_in_order(broker, publish_to):
    one = publish_to(broker.url)
    for number in range(200):
        one.send("bmw/x", b"%d" % number)
    assert wait_until(lambda: len(broker.client_messages) == 200)
    assert [int(payload) for _topic, payload, _kept in broker.client_messages] == list(range(200))


def test_a_value_is_retained_sent_again_only_if_it_is_another_and_forgotten_if_it_is_empty(broker, publish_to):
    one = publish_to(broker.url)
    for value in (b"57", b"57", b"58", b"58"):
        one.keep("cars/i3/soc", value)
        assert wait_until(lambda value=value: broker.kept().get("cars/i3/soc") == value)
    assert [payload for _topic, payload, _kept in broker.client_messages] == [b"57", b"58"]
    one.keep("cars/i3/soc", b"")
    assert wait_until(lambda: broker.kept() == {})


def test_of_a_value_that_changes_while_the_broker_is_away_only_the_last_one_is_sent(broker, publish_to):
    one = publish_to(broker.url)
    one.keep("cars/i3/soc", b"57")
    assert wait_until(broker.kept)
    broker.stop()
    assert wait_until(lambda: one.problem)
    for number in range(1000):
        one.keep("cars/i3/soc", b"%d" % number)
    broker.client_messages.clear()
    broker.start()  # it has forgotten everything
    assert wait_until(lambda: broker.client_messages)
    assert broker.kept() == {"cars/i3/soc": b"999"} and [payload for _topic, payload, _kept in broker.client_messages] == [b"999"]
    assert one.problem == ""


def test_what_waits_for_a_broker_that_is_away_is_bounded_and_the_newest_is_kept(broker, publish_to):
    broker.stop()
    one = publish_to(broker.url)
    for number in range(publisher.MAX_MESSAGES + 50):
        one.send("bmw/x", b"%d" % number)
    assert one.about().endswith("0 messages sent, {} wait, 50 dropped".format(publisher.MAX_MESSAGES))
    broker.start()
    assert wait_until(lambda: len(broker.client_messages) == publisher.MAX_MESSAGES)
    assert broker.client_messages[0][1] == b"50" and one.about().startswith("relay: connected; ")


def test_large_messages_are_bounded_by_their_bytes():
    one = Publisher(None, time.monotonic)
    for _ in range(100):
        one.send("bmw/x", b"x" * mqtt.MAX_BYTES)
    assert one.about() == "relay: not connected yet; 0 messages sent, 7 wait, 93 dropped"
    one.send("bmw/x", b"x" * 2 * publisher.MAX_BYTES)  # the last one stays, however large
    assert one.about().endswith("1 wait, 100 dropped")


def test_the_topics_that_are_kept_are_bounded():
    one = Publisher(None, time.monotonic)
    for number in range(publisher.MAX_KEPT + 100):
        one.keep("cars/%d" % number, b"1")
    assert len(one._kept) == len(one._unsent) == publisher.MAX_KEPT


def test_the_end_is_told_and_retained_and_no_thread_is_left(broker, publish_to):
    one = publish_to(broker.url)
    one.keep("bmw/status", b"hello")
    assert wait_until(broker.kept)
    one.stop()
    assert wait_until(lambda: broker.kept() == {"bmw/status": b"bye"})
    assert wait_until(lambda: not threads())


def test_an_end_that_we_cannot_tell_the_broker_tells(broker, publish_to):
    one = publish_to(broker.url)
    one.keep("bmw/status", b"hello")
    assert wait_until(broker.kept)
    one._is_stopped = True  # so that it does not come back
    broker.drop_all()
    assert wait_until(lambda: broker.kept() == {"bmw/status": b"bye"})


def test_a_refused_login_is_told_once_and_tried_again(broker, publish_to, caplog):
    changes, one = [], publish_to(broker.url, password="wrong")
    one.watch(lambda: changes.append(one.problem))
    assert wait_until(lambda: len(broker.logins) >= 4)
    assert one.problem == "The broker refuses the login: check its user and password in bmw.cfg"
    assert lines(caplog) == ["Relay: " + one.problem] and set(changes) <= {one.problem} and len(changes) <= 1
    assert "wrong" not in caplog.text and "secret" not in caplog.text
    broker.password = "wrong"
    assert wait_until(lambda: one.problem == "")


def test_a_broker_that_goes_again_and_again_is_told_once(broker, publish_to, caplog):
    one = publish_to(broker.url)
    for logins in range(1, 5):
        assert wait_until(lambda logins=logins: broker.good_logins() == logins and one.about().startswith("relay: connected"))
        broker.drop_all()
    assert wait_until(lambda: broker.good_logins() == 5)
    assert len(lines(caplog)) == 1


def test_the_pauses_grow_up_to_five_minutes(monkeypatch):
    monkeypatch.setattr(publisher, "FIRST_WAIT", 5)
    pauses = []

    def refuse(hear):
        raise NetworkError("nobody there")

    one = Publisher(refuse, lambda: 0.0)
    monkeypatch.setattr(one, "_pause", lambda seconds: pauses.append(seconds) if len(pauses) < 9 else setattr(one, "_is_stopped", True))
    one._run()
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300]


@pytest.mark.parametrize("error", [ValueError, MemoryError])
def test_an_unexpected_error_ends_no_more_than_one_connection(broker, publish_to, error, monkeypatch, caplog):
    left, write = [1], mqtt.Connection.publish

    def fail_once(connection, topic, payload, is_retained=False):
        if left:
            raise error(left.pop())
        write(connection, topic, payload, is_retained)

    monkeypatch.setattr(mqtt.Connection, "publish", fail_once)
    one = publish_to(broker.url)
    one.keep("cars/i3/soc", b"57")
    assert wait_until(lambda: broker.kept() == {"cars/i3/soc": b"57"})
    assert lines(caplog) == ["Relay: The connection ended unexpectedly: it is tried again"]


def fill(one):
    """Sends until the broker's network takes no more; returns the seconds of the slowest call."""
    slowest, sent = 0, None
    while sent is None or sent != one._sent or one._writing_since is None:
        sent = one._sent
        for _ in range(20):
            begin = time.monotonic()
            one.send("bmw/x", b"x" * 100000)
            slowest = max(slowest, time.monotonic() - begin)
        time.sleep(0.2)
    return slowest


def test_a_broker_that_takes_nothing_keeps_nobody_waiting_and_is_given_up(publish_to, monkeypatch):
    late = []
    with DeafBroker() as odd:
        one = publish_to(odd.url, now=lambda: time.monotonic() + sum(late))
        slowest = fill(one)
        assert slowest < 0.1 and len(odd.lines) == 1
        late.append(publisher.STUCK + 1)
        one.send("bmw/x", b"x")
        assert wait_until(lambda: one.problem)


def test_a_stop_does_not_wait_for_a_broker_that_takes_nothing(publish_to):
    with DeafBroker() as odd:
        one = publish_to(odd.url)
        fill(one)
        begin = time.monotonic()
        one.stop()
        assert time.monotonic() - begin < publisher.STOP_WITHIN + 1
        assert wait_until(lambda: not threads())


def test_a_broker_that_never_answers_is_told(publish_to, monkeypatch):
    monkeypatch.setattr(publisher, "CONNECT_WITHIN", 0.3)
    with DeafBroker(b"") as odd:
        one = publish_to(odd.url)
        assert wait_until(lambda: one.problem == "The broker does not answer: check the network")


def test_a_broker_that_sends_what_nobody_asked_for_is_left(publish_to):
    with DeafBroker(b"\x20\x02\x00\x00" + b"\x30\x04\x00\x01tx" * 1000) as odd:
        one = publish_to(odd.url)
        assert wait_until(lambda: one.problem == "The server does not answer as an MQTT broker: check its address in bmw.cfg")


def test_stopped_before_it_began_or_while_it_waits_it_ends_at_once(publish_to):
    Publisher(None, time.monotonic, BYE).stop()
    one = publish_to("mqtt://127.0.0.1:1")
    assert wait_until(lambda: one.problem)
    one.stop()
    assert wait_until(lambda: not threads())
