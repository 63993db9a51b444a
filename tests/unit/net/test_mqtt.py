"""Our MQTT connection against a real broker over TLS, and its packets byte by byte (OASIS MQTT 3.1.1)."""

import threading
import time

import pytest
from bmw.errors import ConfigError, NetworkError
from bmw.net import mqtt
from bmw.net.socket_wire import SocketWire

from tests.cloud import SimulatedCloud
from tests.cloud.conftest import Person

pytest.importorskip("amqtt", reason="the simulated stream's broker needs Python 3.10")
from tests.cloud.stream import SimulatedStream  # noqa: E402


NO_BROKER = "The server does not answer as an MQTT broker: check its address in bmw.cfg"


class Ear:
    """Records the events of connections; ``wait`` waits for one."""

    def __init__(self):
        self._condition = threading.Condition()
        self.told = []

    def __call__(self, connection, event, detail):
        with self._condition:
            self.told.append((event, detail))
            self._condition.notify_all()

    def wait(self, event, seconds=10):
        """Waits for this event; returns the detail of the first one."""
        with self._condition:
            found = self._condition.wait_for(lambda: [d for e, d in self.told if e == event], seconds)
        assert found, "no '{}' in {}".format(event, [e for e, _d in self.told])
        return found[0]


@pytest.fixture(scope="module")
def cloud():
    return SimulatedCloud(quota=1000)


@pytest.fixture
def stream(cloud):
    with SimulatedStream(cloud) as stream:
        yield stream


@pytest.fixture
def owner(cloud):
    return Person(cloud).sign_in()


@pytest.fixture
def ear():
    return Ear()


@pytest.fixture
def connect(stream, owner, ear):
    made = []

    def connect(password=None, topic=None, ca_file=None, port=None, host="localhost"):
        gcid = owner.tokens["gcid"]
        broker = mqtt.Broker(host, port or stream.port, True, gcid, password or owner.tokens["id_token"], topic or gcid + "/+")
        connection = mqtt.Connection(broker, "test-%d" % len(made), SocketWire(ca_file or stream.ca_file), ear)
        made.append(connection)
        connection.open()
        return connection

    yield connect
    for connection in made:
        connection.close()


def stream_threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("bmw-stream")]


def until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_a_change_of_the_car_arrives(connect, ear, cloud, stream):
    connect()
    ear.wait(mqtt.CONNECTED)
    cloud.set_car(cloud.cars()[0], soc=42)
    topic, payload = ear.wait(mqtt.MESSAGE)
    assert topic.endswith(cloud.cars()[0]) and b'"value": 42' in payload


def test_it_sends_the_servers_name(connect, ear, stream):
    connect()
    ear.wait(mqtt.CONNECTED)
    assert stream.server_names == ["localhost"]


def test_an_unknown_certificate_authority_is_refused(connect, ear, tmp_path):
    from tests.cloud.certificate import Certificates

    connect(ca_file=str(Certificates(tmp_path).ca_file))
    assert "certificate" in ear.wait(mqtt.LOST).text()


def test_a_certificate_for_another_name_is_refused(cloud, ear, owner):
    with SimulatedStream(cloud, names=("elsewhere.example",)) as stream:
        broker = mqtt.Broker("localhost", stream.port, True, "x", "y", "x/+")
        mqtt.Connection(broker, "test", SocketWire(stream.ca_file), ear).open()
        assert "certificate" in ear.wait(mqtt.LOST).text()


def test_a_wrong_token_is_told_with_the_brokers_code(connect, ear):
    connect(password="wrong")
    assert ear.wait(mqtt.REFUSED) in mqtt.BAD_CREDENTIALS


def test_a_topic_that_is_not_ours_is_told(connect, ear):
    connect(topic="somebody-else/+")
    ear.wait(mqtt.NOT_SUBSCRIBED)


def test_no_data_selected_is_told(connect, ear, stream):
    stream.selected = False
    connect()
    ear.wait(mqtt.NOT_SUBSCRIBED)


def test_an_end_by_the_broker_is_told_once(connect, ear, stream):
    connect()
    ear.wait(mqtt.CONNECTED)
    stream.drop_all()
    assert isinstance(ear.wait(mqtt.LOST), NetworkError)
    until(lambda: not stream_threads())
    assert [event for event, _detail in ear.told] == [mqtt.CONNECTED, mqtt.LOST]


def test_a_closed_connection_says_nothing_more_and_leaves_no_thread(connect, ear, stream):
    connection = connect()
    ear.wait(mqtt.CONNECTED)
    connection.close()
    until(lambda: not stream_threads() and stream.sessions() == 0)
    assert [event for event, _detail in ear.told] == [mqtt.CONNECTED]


def test_closing_while_it_connects_leaves_no_thread(connect, ear, stream):
    stream.stalled = True
    connection = connect()
    until(stream_threads)
    connection.close()
    until(lambda: not stream_threads())
    assert ear.told == []


def test_a_half_open_connection_is_noticed(connect, ear, stream, monkeypatch):
    monkeypatch.setattr(mqtt, "PING_EVERY", 0.2)
    monkeypatch.setattr(mqtt, "DEAD_AFTER", 0.6)
    write, written = SocketWire.write, []
    monkeypatch.setattr(SocketWire, "write", lambda wire, data: (written.append(data), write(wire, data)))
    connect()
    ear.wait(mqtt.CONNECTED)
    until(lambda: written.count(b"\xc0\x00") >= 5)  # takes longer than DEAD_AFTER: the answers to the pings keep it alive
    assert [event for event, _detail in ear.told] == [mqtt.CONNECTED]
    stream.stalled = True
    assert "does not answer" in ear.wait(mqtt.LOST).text()


def test_nobody_listening_is_told(connect, ear, stream):
    port = stream.port
    stream.stop()
    connect(port=port)
    assert "cannot be reached" in ear.wait(mqtt.LOST).text()


def test_an_unknown_host_is_told(connect, ear):
    connect(host="nobody.invalid")
    assert "name was not found" in ear.wait(mqtt.LOST).text()


# packets


class Bytes:
    """A wire that delivers these bytes; keeps what is written."""

    def __init__(self, data):
        self._data = data
        self.written = b""

    def open(self, host, port, is_tls, timeout):
        pass

    def wait_at_most(self, seconds):
        pass

    def write(self, data):
        self.written += data

    def close(self):
        pass

    def read(self, count):
        part, self._data = self._data[:count], self._data[count:]
        if len(part) < count:
            raise NetworkError("end")
        return part


def test_the_connect_packet_is_as_the_standard_says():
    assert mqtt.connect_packet("me", "u", "p") == bytes.fromhex("10 14 0004 4d515454 04 c2 001e 0002 6d65 0001 75 0001 70")
    assert mqtt.connect_packet("me", None, None) == bytes.fromhex("10 0e 0004 4d515454 04 02 001e 0002 6d65")


def test_the_will_stands_before_the_user_and_is_retained():
    packet = mqtt.connect_packet("me", "u", "p", ("t", b"\xff!"))
    assert packet == bytes.fromhex("10 1b 0004 4d515454 04 e6 001e 0002 6d65 0001 74 0002 ff21 0001 75 0001 70")
    assert mqtt.connect_packet("me", None, None, ("t", b"")) == bytes.fromhex("10 13 0004 4d515454 04 26 001e 0002 6d65 0001 74 0000")


def test_the_publish_packet_asks_for_no_answer():
    assert mqtt.publish_packet("t", b"x") == bytes.fromhex("30 04 0001 74 78")
    assert mqtt.publish_packet("t", b"", True) == bytes.fromhex("31 03 0001 74")


def test_a_connection_without_a_topic_asks_for_none_and_publishes(ear):
    line = Line("20020000")
    connection = mqtt.Connection(mqtt.Broker("h", 1, False, None, None, None), "me", line, ear, ("w", b"gone"), "bmw-other")
    connection.open()
    ear.wait(mqtt.CONNECTED)
    connection.publish("t", b"x")
    assert line.written == mqtt.connect_packet("me", None, None, ("w", b"gone")) + bytes.fromhex("30 04 0001 74 78")
    until(lambda: {"bmw-other", "bmw-other-ping"} <= {thread.name for thread in threading.enumerate()})
    connection.close()
    until(lambda: not [thread for thread in threading.enumerate() if thread.name.startswith("bmw-other")])


def test_a_message_that_nobody_asked_for_ends_the_connection(ear):
    line = Line("20020000 3004 0001 74 78")
    mqtt.Connection(mqtt.Broker("h", 1, False, None, None, None), "me", line, ear).open()
    assert ear.wait(mqtt.LOST).text() == NO_BROKER
    assert [event for event, _detail in ear.told] == [mqtt.CONNECTED, mqtt.LOST] and line.closed.is_set()


def hear_all(data):
    """The events of a connection that receives these bytes (hex) from the broker."""
    ear = Ear()
    mqtt.Connection(mqtt.Broker("h", 1, False, None, None, "t"), "me", Bytes(bytes.fromhex(data)), ear).open()
    ear.wait(mqtt.LOST)
    return ear.told[:-1]


def test_a_message_may_come_before_the_subscription_is_granted():
    assert hear_all("20020000 3004 0001 74 78 9003 0001 00") == [(mqtt.MESSAGE, ("t", b"x")), (mqtt.CONNECTED, None)]


@pytest.mark.parametrize("data", ["4854545020", "20020000 d000", "2001 00", "20020000 9002 0001"])
def test_what_is_not_mqtt_is_told_as_lost(data):
    assert hear_all(data) == []


@pytest.mark.parametrize("data", ["30020000", "20020000 d003000100", "2001 00", "20020000 9002 0001"])
def test_another_packet_than_the_standard_asks_for_is_told_with_what_to_do(data):
    ear = Ear()
    mqtt.Connection(mqtt.Broker("h", 1, False, None, None, "t"), "me", Bytes(bytes.fromhex(data)), ear).open()
    assert ear.wait(mqtt.LOST).text() == NO_BROKER


def test_the_subscribe_packet_asks_for_qos_0():
    assert mqtt.subscribe_packet("a/+") == bytes.fromhex("82 08 0001 0003 612f2b 00")


def test_a_text_may_have_as_many_bytes_as_two_can_count():
    assert mqtt.subscribe_packet("a" * 65535)[4:] == b"\x00\x01\xff\xff" + b"a" * 65535 + b"\x00"


@pytest.mark.parametrize("size", [0, 1, 127, 128, 16383, 16384, mqtt.MAX_BYTES])
def test_a_packet_of_any_length_is_read_as_it_was_written(size):
    kind, body = mqtt.read_packet(Bytes(mqtt._packet(0x30, b"x" * size)))
    assert (kind, len(body)) == (0x30, size)


@pytest.mark.parametrize("size", [mqtt.MAX_BYTES + 1, 2 * mqtt.MAX_BYTES, mqtt.MAX_SKIPPED])
def test_a_message_that_is_too_large_is_passed_over_in_small_parts(size):
    class Endless(Bytes):
        read_bytes = largest = 0

        def read(self, count):
            if self._data:
                return Bytes.read(self, count)
            self.read_bytes, self.largest = self.read_bytes + count, max(self.largest, count)
            return b""

    wire = Endless(mqtt._packet(0x30, b"")[:1] + _length(size))
    assert mqtt.read_packet(wire) == (0x30, None)
    assert wire.read_bytes == size and wire.largest <= 16384


def _length(size):
    digits = bytearray()
    while size:
        size, digit = divmod(size, 128)
        digits.append(digit | (0x80 if size else 0))
    return bytes(digits)


@pytest.mark.parametrize("kind, size", [(b"\x90", mqtt.MAX_BYTES + 1), (b"\x20", 268435455), (b"\x30", mqtt.MAX_SKIPPED + 1)])
def test_another_packet_that_is_too_large_and_a_message_beyond_all_measure_are_refused(kind, size):
    with pytest.raises(NetworkError) as error:
        mqtt.read_packet(Bytes(kind + _length(size)))
    assert error.value.text() == NO_BROKER


@pytest.mark.parametrize("data", [b"\x30\xff\xff\xff\xff\xff\x01", b"\x30\x80\x80\x80\x80\x01", b"\x30\x81\x80\x80\x80\x00x"])
def test_a_length_of_five_digits_is_refused(data):
    with pytest.raises(NetworkError) as error:
        mqtt.read_packet(Bytes(data))
    assert error.value.text() == NO_BROKER


def test_what_is_too_large_is_told_and_what_comes_after_it_is_heard():
    large = "30" + _length(mqtt.MAX_BYTES + 1).hex() + "00" * (mqtt.MAX_BYTES + 1)
    told = hear_all("20020000 9003 0001 00" + large + "3004 0001 74 78")
    assert told == [(mqtt.CONNECTED, None), (mqtt.TOO_LARGE, None), (mqtt.MESSAGE, ("t", b"x"))]


@pytest.mark.parametrize("kind, body", [(0x30, b""), (0x30, b"\x00"), (0x30, b"\x00\x02t"), (0x30, b"\xff\xfft"), (0x32, b"\x00\x01t\x00")])
def test_a_message_whose_topic_is_longer_than_itself_is_broken(kind, body):
    with pytest.raises(NetworkError, match="broken message"):
        mqtt.parse_publish(kind, bytearray(body))


class Line(Bytes):
    """A broker that accepts the login and then sends nothing; ``read`` waits until the wire is closed."""

    def __init__(self, data="20020000 9003 0001 00", more=lambda: b""):
        Bytes.__init__(self, bytes.fromhex(data))
        self.closed = threading.Event()
        self.fails = self.blocks = None
        self._more = more

    def write(self, data):
        if self.blocks is not None and data == mqtt._PING_REQUEST:
            self.blocks.set()
            self.closed.wait(10)
        if self.fails == data:
            raise NetworkError("gone")
        Bytes.write(self, data)

    def read(self, count):
        if not self._data and not self.closed.is_set():
            self._data = self._more()
        if len(self._data) >= count:
            return Bytes.read(self, count)
        raise NetworkError("closed" if self.closed.wait(10) else "waited in vain")

    def close(self):
        self.closed.set()


@pytest.fixture
def open_line(ear):
    made = []

    def open_line(line, hear=None):
        connection = mqtt.Connection(mqtt.Broker("h", 1, False, None, None, "t"), "me", line, hear or ear)
        made.append(connection)
        connection.open()
        return connection

    yield open_line
    for connection in made:
        connection.close()
    until(lambda: not stream_threads())


def test_a_ping_that_cannot_be_sent_ends_the_connection(open_line, ear, monkeypatch):
    monkeypatch.setattr(mqtt, "PING_EVERY", 0.01)
    line = Line()
    line.fails = mqtt._PING_REQUEST
    open_line(line)
    ear.wait(mqtt.LOST)
    assert line.closed.is_set()


def test_a_broker_that_completes_no_packet_is_dead_after_three_pings(open_line, ear, monkeypatch):
    monkeypatch.setattr(mqtt, "PING_EVERY", 0.01)
    line = Line("20020000 9003 0001 00 30 7f 0001")  # the start of a message that never ends
    open_line(line)
    ear.wait(mqtt.LOST)
    assert line.written.count(mqtt._PING_REQUEST) == mqtt.MAX_UNANSWERED - 1 and line.closed.is_set()


class Ticks:
    """Replaces the wait between pings. ``packets``: the broker's packet count at each ping; after the last one the connection ends."""

    def __init__(self, connection, packets):
        self._connection, self._packets = connection, list(packets)

    def wait(self, seconds):
        assert seconds == mqtt.PING_EVERY
        if self._packets:
            self._connection._packets = self._packets.pop(0)
            return False
        return True


@pytest.mark.parametrize(
    "packets, pings, is_dead", [((0, 0, 1, 1, 1, 2, 2, 2), 8, False), ((0, 0, 0, 0), 2, True), ((1, 1, 1, 1, 1), 3, True)]
)
def test_pings_in_a_row_are_counted_from_the_last_packet_on(packets, pings, is_dead):
    line = Line()
    connection = mqtt.Connection(mqtt.Broker("h", 1, False, None, None, "t"), "me", line, lambda *_told: None)
    connection._ended = Ticks(connection, packets)
    connection._ping()
    assert line.written == mqtt._PING_REQUEST * pings and line.closed.is_set() is is_dead


def test_a_broker_that_answers_pings_lives(open_line, ear, monkeypatch):
    monkeypatch.setattr(mqtt, "PING_EVERY", 0.01)
    line = Line(more=lambda: (time.sleep(0.001), b"\xd0\x00")[1])
    open_line(line)
    until(lambda: line.written.count(mqtt._PING_REQUEST) > 5 * mqtt.MAX_UNANSWERED)
    assert [event for event, _detail in ear.told] == [mqtt.CONNECTED]


def test_while_a_message_waits_to_be_heard_nothing_is_read_and_the_broker_is_not_blamed(open_line, ear, monkeypatch):
    monkeypatch.setattr(mqtt, "PING_EVERY", 0.01)
    go_on = threading.Event()

    def hear(connection, event, detail):
        ear(connection, event, detail)
        if event == mqtt.MESSAGE:
            go_on.wait(10)

    line = Line("20020000 9003 0001 00" + "3004 0001 74 78" * 3)
    open_line(line, hear)
    until(lambda: line.written.count(mqtt._PING_REQUEST) > 3 * mqtt.MAX_UNANSWERED)
    assert [event for event, _detail in ear.told] == [mqtt.CONNECTED, mqtt.MESSAGE] and len(line._data) == 12
    go_on.set()
    until(lambda: len(ear.told) >= 4)
    # from now on the broker is silent, so it must be found dead
    assert "closed" in ear.wait(mqtt.LOST, 20).text()


def test_closing_never_waits_for_a_broker_that_takes_nothing(open_line, ear, monkeypatch):
    monkeypatch.setattr(mqtt, "PING_EVERY", 0.01)
    line = Line()
    line.blocks = threading.Event()
    connection = open_line(line)
    assert line.blocks.wait(10)
    closing = threading.Thread(target=connection.close)
    closing.start()
    closing.join(5)
    assert not closing.is_alive() and line.closed.is_set() and connection.is_closed


def test_a_connection_whose_end_could_not_even_be_told_is_closed(open_line, monkeypatch):
    def without_memory(*_what, **_more):
        raise MemoryError()

    monkeypatch.setattr(mqtt.log, "debug", without_memory)
    connection = open_line(Line(), hear=without_memory)
    until(lambda: not stream_threads())
    assert connection.is_closed


def test_an_unexpected_error_ends_the_connection_with_words(open_line, ear):
    def broken():
        raise ValueError("unexpected")

    open_line(Line(more=broken))
    assert ear.wait(mqtt.LOST).text() == "The connection ended unexpectedly: it is tried again"


def test_the_wire_is_opened_to_the_broker_in_time_and_the_threads_have_names(open_line, monkeypatch):
    told, line = [], Line()
    heard = threading.Event()

    def hear(connection, event, _detail):
        told.append((connection, event))
        heard.set()

    monkeypatch.setattr(line, "open", lambda *how: told.append(how))
    connection = open_line(line, hear)
    assert heard.wait(10)
    assert told == [("h", 1, False, mqtt.CONNECT_TIMEOUT), (connection, mqtt.CONNECTED)]
    until(lambda: sorted(thread.name for thread in stream_threads()) == ["bmw-stream", "bmw-stream-ping"])
    assert all(thread.daemon for thread in stream_threads())  # none keeps the program from ending


def test_a_closed_connection_says_good_bye_once(open_line, ear):
    line = Line()
    connection = open_line(line)
    ear.wait(mqtt.CONNECTED)
    assert not connection.is_closed and line.written == mqtt.connect_packet("me", None, None) + mqtt.subscribe_packet("t")
    connection.close()
    assert line.written.endswith(b"\xe0\x00")
    connection.close()
    assert line.written.endswith(b"\xe0\x00") and line.written.count(b"\xe0\x00") == 1 and connection.is_closed
    assert connection._write_lock.acquire(False), "a ping would wait for ever"


@pytest.mark.parametrize("kind, body, payload", [(0x30, b"\x00\x01txyz", b"xyz"), (0x32, b"\x00\x01t\x00\x07xyz", b"xyz")])
def test_the_payload_of_a_message_is_found_with_and_without_a_packet_id(kind, body, payload):
    assert mqtt.parse_publish(kind, bytearray(body)) == ("t", payload)


@pytest.mark.parametrize(
    "kind, body, topic", [(0x30, b"\x00\x00", ""), (0x30, b"\x00\x01t", "t"), (0x31, b"\x00\x01t", "t"), (0x39, b"\x00\x01t", "t")]
)
def test_a_message_may_be_empty_and_retained_or_a_repetition(kind, body, topic):
    assert mqtt.parse_publish(kind, bytearray(body)) == (topic, b"")


@pytest.mark.parametrize(
    "url, found",
    [
        ("mqtts://broker.example.com:9000", ("broker.example.com", 9000, True)),
        ("mqtt://broker.example.com:9000/", ("broker.example.com", 9000, False)),
        ("mqtts://broker.example.com", ("broker.example.com", 8883, True)),
        ("mqtt://192.168.1.5", ("192.168.1.5", 1883, False)),
        ("mqtt://h:1", ("h", 1, False)),
        ("mqtt://" + "h" * (mqtt.MAX_URL - 7), ("h" * (mqtt.MAX_URL - 7), 1883, False)),
    ],
)
def test_an_address_names_host_and_port_and_whether_the_line_is_encrypted(url, found):
    assert mqtt.parse_url(url) == found


@pytest.mark.parametrize(
    "url",
    [
        "https://host",
        "host:9000",
        "",
        "mqtts://",
        "mqtts://host:x",
        "mqtts://[::1",
        "mqtts://host:9000/path",
        "mqtt://u:p@host",
        "mqtt://host:" + "9" * 300,
        "mqtt://" + "h" * 300,
    ],
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(ConfigError) as error:
        mqtt.parse_url(url)
    assert error.value.text() == "the address of the broker is not understood: write it as mqtts://host:port or mqtt://host:port"
