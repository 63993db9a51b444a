"""bmw.polling.published: the values of the cars for other programs: which topics, which cars, and nothing that is not wanted."""

import json
import logging

import pytest
from bmw.net.socket_wire import SocketWire
from bmw.polling.published import Published
from bmw.vehicle import plain_values

from tests.cloud import SimulatedCloud
from tests.cloud.conftest import wait_until
from tests.unit.fakes import Published as Publisher
from tests.unit.fakes import car, parts_of, raising, settings
from tests.unit.home import Home

FIRST, SECOND = car("i3", stateOfCharge=57), car("iX1", vin="WBY00TEST00000002", stateOfCharge=80)


class Cars:
    """The list of cars: i3 is the first."""

    def is_first(self, vehicle):
        return vehicle is FIRST


def publishing(topic, publisher, **config):
    return Published(parts_of(config=settings(relay_values=topic, **config), publisher=publisher, vehicle_list=Cars()))


@pytest.fixture
def publisher():
    return Publisher()


def test_each_car_has_its_topics_and_what_is_not_known_is_empty(publisher):
    one = publishing("cars/{car}", publisher)
    assert one.look(FIRST) == one.look(SECOND) == set()
    assert (publisher.kept["cars/i3/soc"], publisher.kept["cars/iX1/soc"], publisher.kept["cars/i3/odometer"]) == (b"57", b"80", b"")
    assert len(publisher.kept) == 2 * len(plain_values.VALUES) and publisher.sent == []


def test_a_topic_without_a_car_is_for_the_first_one(publisher):
    one = publishing("openWB/mqtt/vehicle/2/get", publisher)
    one.look(SECOND)
    assert publisher.kept == {}
    one.look(FIRST)
    assert publisher.kept["openWB/mqtt/vehicle/2/get/soc"] == b"57"
    one.clear(SECOND)
    assert publisher.kept["openWB/mqtt/vehicle/2/get/soc"] == b"57"


@pytest.mark.parametrize("topic", ["cars/{car}", "openWB/mqtt/vehicle/2/get"])
def test_of_a_car_that_has_left_nothing_is_known(publisher, topic):
    one = publishing(topic, publisher)
    one.look(FIRST)
    one.clear(FIRST)
    assert set(publisher.kept.values()) == {b""} and len(publisher.kept) == len(plain_values.VALUES)


@pytest.mark.parametrize("topic, config", [(None, {}), ("cars/{car}", {"data": False})])
def test_what_is_not_wanted_is_not_published(publisher, topic, config):
    one = publishing(topic, publisher, **config)
    one.look(FIRST)
    one.clear(FIRST)
    assert publisher.kept == {}


def test_a_car_without_a_name_waits_for_it(publisher):
    publishing("cars/{car}", publisher).look(car(None, stateOfCharge=1))
    assert publisher.kept == {}


def test_an_error_is_told_once_and_stops_no_poll(publisher, monkeypatch, caplog):
    monkeypatch.setattr(plain_values, "texts", raising(ValueError))
    one = publishing("cars/{car}", publisher)
    assert one.look(FIRST) == one.look(SECOND) == set()
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


# a whole account at a broker at home


def test_an_account_runs_where_its_publisher_cannot_start(tmp_path, caplog):
    home = Home(SimulatedCloud(quota=1000), tmp_path)
    started = []
    publisher = Publisher()
    publisher.start = lambda: (started.append(1), raising(MemoryError)())
    home.service._parts = parts_of(**dict({name: getattr(home.parts, name) for name in home.parts.FIELDS}, publisher=publisher))
    with pytest.raises(MemoryError):  # the real worker logs it and goes on
        home.start()
    home.begin_sign_in()
    home.cloud.approve()
    home.pass_time(6)
    assert started == [1] and home.state == "ONLINE"


def test_an_account_passes_on_messages_and_values_until_it_stops(tmp_path):
    streams = pytest.importorskip("tests.cloud.stream", reason="the simulated stream's broker needs Python 3.10")
    cloud = SimulatedCloud(quota=1000)
    vin = cloud.cars()[0]
    with streams.SimulatedStream(cloud) as bmws, streams.SimulatedStream(cloud, tls=False, relay=True, forwards=False) as broker:

        class Streaming(Home):
            make_wire = staticmethod(lambda: SocketWire(bmws.ca_file))

        home = Streaming(
            cloud, tmp_path, stream_url=bmws.url, auth_url="http://localhost:1", relay_url=broker.url, relay_values="cars/{car}"
        )
        home.sign_in()
        assert wait_until(lambda: home.worker.run() or bmws.sessions() == 1)
        cloud.set_car(vin, soc=42)
        assert wait_until(lambda: home.pass_time(1) or broker.kept().get("cars/i3/soc") == b"42")
        assert [json.loads(payload)["vin"] for topic, payload, _kept in broker.client_messages if topic == "bmw/" + vin] == [vin]
        assert json.loads(broker.kept()["bmw/status"])["connected"] is True
        assert "relay: connected; " in home.service.diagnostics() and broker.url not in home.service.diagnostics()
        assert vin not in home.service.diagnostics()
        home.service.stop()
        assert wait_until(lambda: json.loads(broker.kept()["bmw/status"])["connected"] is False)
        assert broker.kept()["cars/i3/soc"] == b"42"
