"""bmw.clouds.cardata.live: from a message of the stream to the items: the car, the changes, one post per burst, ignored messages."""

import json
import logging

import pytest
from bmw import redact, times
from bmw.account.saved_state import SAVE_LIVE, SAVE_SOON
from bmw.clouds.cardata import entries
from bmw.clouds.cardata import live as cardata_live
from bmw.clouds.cardata.descriptors import TABLE
from bmw.clouds.cardata.extra import Extras
from bmw.clouds.cardata.live import Live
from bmw.clouds.cardata.stream import BmwSource, LocalSource
from bmw.net import mqtt
from bmw.storage.store import Store
from bmw.vehicle import extra
from bmw.vehicle.vehicle import Reading

from tests.cloud import SimulatedCloud
from tests.cloud.descriptors import CATALOGUE, EVERYTHING
from tests.unit.fakes import NOON, VIN, car, settings
from tests.unit.home import Home

SOC = "vehicle.drivetrain.batteryManagement.header"
DOOR = "vehicle.cabin.door.row1.driver.isOpen"


class FakeService:
    """A service with cars and a memory; keeps the readings that it was given."""

    def __init__(self, *cars):
        self.cars = {vehicle.vin: vehicle for vehicle in cars}
        self.kept = {}
        self.taken = []
        self.failing = set()
        self.caught_up = 0

    def catch_up(self):
        self.caught_up += 1

    def memory(self):
        return self.kept

    def vehicle(self, vin):
        return self.cars.get(vin)

    def take(self, vehicle, readings):
        if vehicle.vin in self.failing:
            raise RuntimeError("nobody thought of this")
        self.taken.append({key: reading.value for key, reading in readings.items()})
        vehicle.update(readings)


@pytest.fixture
def service():
    return FakeService(car())


@pytest.fixture
def live(service, outlet, clock, worker):
    return Live(LocalSource("mqtt://localhost:1883", "bmw/+"), lambda broker, hear: None, service, outlet, clock, worker)


def message(vin=VIN, time=NOON, **values):
    names = {"soc": SOC, "door": DOOR}
    data = {names[key]: {"value": value, "timestamp": times.to_iso(time)} for key, value in values.items()}
    return json.dumps({"vin": vin, "topic": vin, "timestamp": times.to_iso(time), "data": data}).encode()


def test_a_burst_of_messages_is_one_post(live, service, worker, clock):
    for number in range(20):
        live.receive(message(soc=number, time=NOON + number))
        worker.pass_time(0.005)
    assert service.taken == []
    worker.pass_time(cardata_live.BURST)
    assert service.taken == [{"stateOfCharge": 19}]


def test_a_burst_that_goes_on_does_not_put_the_post_off(live, service, worker):
    for number in range(100):
        live.receive(message(soc=number, time=NOON + number))
        worker.pass_time(0.01)
    assert len(service.taken) >= 5


def test_only_what_changed_is_translated(live, service, worker):
    live.receive(message(soc=50, door=True))
    worker.pass_time(1)
    live.receive(message(soc=51, door=True, time=NOON + 1))
    live.receive(message(soc=51, time=NOON + 1))
    worker.pass_time(1)
    assert service.taken[0] == {"stateOfCharge": 50, "doorDriverFront": True}
    live.receive(message(soc=52, time=NOON + 2))
    worker.pass_time(1)
    assert service.taken[-1] == {"stateOfCharge": 52}


def test_an_older_message_and_a_duplicate_change_nothing(live, service, worker):
    live.receive(message(soc=50))
    worker.pass_time(1)
    live.receive(message(soc=50))
    live.receive(message(soc=40, time=NOON - 60))
    worker.pass_time(1)
    assert service.taken == [{"stateOfCharge": 50}]


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_an_error_at_one_car_costs_the_others_nothing(outlet, clock, worker, failing, caplog):
    vins = [VIN, "WBY00TEST00000002", "WBY00TEST00000003"]
    service = FakeService(*[car(vin, vin=vin) for vin in vins])
    service.failing = {vins[failing]}
    live = Live(LocalSource("mqtt://localhost:1883", "bmw/+"), lambda broker, hear: None, service, outlet, clock, worker)
    for number, vin in enumerate(vins):
        live.receive(message(vin=vin, soc=50 + number))
    clock.advance(cardata_live.BURST)
    worker.run()
    (record,) = caplog.records
    assert record.exc_info and "left out" in record.message
    assert sorted(readings["stateOfCharge"] for readings in service.taken) == sorted({50, 51, 52} - {50 + failing})


def test_errors_that_nobody_expects_are_told_once_and_good_messages_go_on(live, service, worker, caplog, monkeypatch):
    merge = entries.merge
    monkeypatch.setattr(entries, "merge", lambda *arguments: 1 / 0)
    for _ in range(5):
        live.receive(message(soc=50))
    monkeypatch.setattr(entries, "merge", merge)
    service.failing = {VIN}
    for number in range(5):
        live.receive(message(soc=number, time=NOON + number))
        worker.pass_time(1)
    assert len(caplog.records) == 2
    service.failing = set()
    live.receive(message(soc=50, time=NOON + 10))
    worker.pass_time(1)
    assert service.taken == [{"stateOfCharge": 50}]


def test_a_stream_that_never_pauses_is_posted_at_a_calmer_pace_until_it_does(live, service, worker):
    def posts_in(seconds):
        before = len(service.taken)
        for _ in range(seconds * 20):
            live.receive(message(soc=len(service.taken) % 100, time=worker.now()))
            worker.pass_time(0.05)
        return len(service.taken) - before

    posts_in(15)
    assert 15 <= posts_in(10) <= 21
    worker.pass_time(cardata_live.MANY_WITHIN)
    assert posts_in(2) >= 9


def test_the_time_of_the_last_message_is_shown(live, outlet, worker, clock):
    live.receive(message(soc=50))
    worker.pass_time(1)
    assert outlet.shown["lastMessage"] == NOON + cardata_live.BURST


def test_a_car_that_is_not_ours_is_ignored_with_one_line_that_hides_its_vin(live, service, worker, caplog):
    other = "WBY00TEST00000999"
    with caplog.at_level(logging.DEBUG, "bmw"):
        for number in range(5):
            live.receive(message(vin=other, soc=number))
        worker.pass_time(1)
    assert service.taken == [] and len(caplog.records) == 1 and other not in caplog.text


def test_a_stream_of_ever_new_cars_fills_neither_log_nor_memory(live, service, worker, caplog):
    redact.remember_for_a_while("the true token")
    with caplog.at_level(logging.WARNING, "bmw"):
        for number in range(100, 200 + redact.MAX_SECRETS):
            live.receive(message(vin="WBY00TEST{:08}".format(number), soc=50))
    assert 0 < len(caplog.records) <= cardata_live.MAX_NAMED
    assert service.kept == {} and live._heard_at == {} and live._changed == {}
    # our secrets are still known: foreign VINs did not push them out
    assert redact.clean("with the true token") == "with [secret]"


@pytest.mark.parametrize("vin", ["CONNECTED", "x" * 100000, "a line\nof its own", "WBY\nabc"])
def test_what_a_stream_calls_a_car_is_neither_hidden_elsewhere_nor_shown(live, caplog, vin):
    with caplog.at_level(logging.WARNING, "bmw"):
        live.receive(message(vin=vin, soc=50))
    assert redact.clean("CONNECTED") == "CONNECTED"
    (record,) = caplog.records
    assert len(record.getMessage()) < 200 and "\n" not in record.getMessage()


def test_ever_new_descriptors_and_endless_values_stay_out_of_the_memory(live, service, worker):
    for number in range(300):
        data = {"some.new.thing%d" % number: {"value": number}, SOC: {"value": "9" * 30000, "unit": "x" * 200}}
        live.receive(json.dumps({"vin": VIN, "timestamp": times.to_iso(NOON), "data": data}).encode())
    live.receive(message(soc=50))
    worker.pass_time(1)
    assert list(service.kept["telematic"][VIN]) == [SOC] and service.taken == [{"stateOfCharge": 50}]


@pytest.mark.parametrize(
    "soc",
    ["9" * 1000000, "[" * 5000 + "]" * 5000, "[" + "0," * 100000 + "0]", '"' + "x" * 2000000 + '"'],
    ids=["digits", "depth", "values", "size"],
)
def test_a_message_beyond_the_limits_is_one_line_and_no_work(live, service, worker, caplog, soc, monkeypatch):
    payload = '{"vin": "%s", "data": {"%s": {"value": %s}}}' % (VIN, SOC, soc)
    monkeypatch.setattr(json, "loads", None)  # the test fails if the message is parsed
    with caplog.at_level(logging.WARNING, "bmw"):
        live.receive(payload.encode())
        live.receive(payload.encode())
    assert len(caplog.records) == 1 and "9999" not in caplog.text and service.kept == {}


def test_broken_messages_are_ignored_with_one_line_and_good_ones_go_on(live, service, worker, caplog):
    with caplog.at_level(logging.DEBUG, "bmw"):
        for payload in (b"{", b"", b"[1]", b"\xff"):
            live.receive(payload)
    assert len(caplog.records) == 1
    live.receive(message(soc=50))
    worker.pass_time(1)
    assert service.taken == [{"stateOfCharge": 50}]


def test_an_unknown_descriptor_beside_a_known_one_does_no_harm(live, service, worker):
    data = {"vehicle.some.new.thing": {"value": {"deep": [1]}}, SOC: {"value": 50, "timestamp": times.to_iso(NOON)}}
    live.receive(json.dumps({"vin": VIN, "timestamp": times.to_iso(NOON), "data": data}).encode())
    worker.pass_time(1)
    assert service.taken == [{"stateOfCharge": 50}]


def test_the_state_of_the_stream_is_one_line_for_the_user(live, outlet):
    live._show("CONNECTED", "")
    assert outlet.shown["streamState"] == "CONNECTED"
    live._show("OFFLINE", "no network")
    assert outlet.shown["streamState"] == "OFFLINE: no network"


# where the messages come from


def test_the_report_counts_connections_and_messages(home):
    home.say(soc=60)
    home.worker.run()
    home.pass_time(120)
    (line,) = home.live.about(home.clock.now())
    assert line.startswith("stream: CONNECTED; 1 connections and 1 messages in the 2 min since the start; last message 2 min ago"), line


def test_bmw_is_asked_unless_the_configuration_names_a_broker_at_home():
    assert isinstance(cardata_live.source_of(settings(), None), BmwSource)
    for own in (
        {"stream_url": "mqtts://customer.streaming-cardata.bmwgroup.com:9000"},
        {"stream_url": "mqtts://localhost:9001", "auth_url": "http://127.0.0.1:8080"},
    ):
        assert isinstance(cardata_live.source_of(settings(**own), None), BmwSource)


@pytest.mark.parametrize(
    "own",
    [
        {"stream_url": "mqtt://192.168.1.5:1883"},
        {"stream_url": "mqtts://192.168.1.5:8883"},
        {"stream_url": "mqtts://localhost:8883"},
        {"stream_url": "mqtts://192.168.1.5:8883", "auth_url": "http://127.0.0.1:8080"},
        {"stream_url": "mqtts://bmwgroup.com.example:8883"},
        {"stream_url": "mqtts://evilbmwgroup.com:8883"},
        {"stream_url": "mqtt://customer.streaming-cardata.bmwgroup.com:9000"},
        {"stream_url": "mqtt://localhost:8883", "auth_url": "http://127.0.0.1:8080"},
        {"stream_url": "mqtts://relay:8883", "stream_topic": "cars/+"},
        {"stream_url": "mqtts://customer.streaming-cardata.bmwgroup.com:9000", "stream_topic": "cars/+"},
        {"stream_url": "mqtts://customer.streaming-cardata.bmwgroup.com:9000", "stream_user": "me", "stream_password": "secret"},
        {"stream_url": "mqtts://relay:8883", "stream_user": "me", "stream_password": "secret"},
    ],
)
def test_a_broker_at_home_never_gets_bmws_token(own):
    broker = cardata_live.source_of(settings(**own), None).login().broker
    assert (broker.user, broker.password) == (own.get("stream_user"), own.get("stream_password"))
    assert broker.topic == own.get("stream_topic", "bmw/+")


def test_with_stream_off_there_is_none(service, outlet, clock, worker):
    assert cardata_live.build(settings(stream="off"), None, service, outlet, clock, worker, None) is None


@pytest.mark.parametrize(
    "url, parsed",
    [
        ("mqtts://host", ("host", 8883, True)),
        ("mqtt://host", ("host", 1883, False)),
        ("mqtts://host:9000", ("host", 9000, True)),
    ],
)
def test_an_address_without_a_port_has_mqtts_usual_one(url, parsed):
    assert mqtt.parse_url(url) == parsed


# with the real service, at the simulated cloud


class Line:
    """A connection that is accepted at once; the test plays the broker."""

    def __init__(self, broker, hear):
        self.hear, self.is_closed = hear, False
        hear(self, mqtt.CONNECTED, None)

    def close(self):
        self.is_closed = True


class StreamingHome(Home):
    """A Home with a stream."""

    def __init__(self, cloud, folder, **config):
        Home.__init__(self, cloud, folder, **config)
        self.lines = []
        source = BmwSource(self.account, "mqtts://localhost:9000")
        self.live = Live(source, self._connect, self.service, self.outlet, self.clock, self.worker)
        self.service.attach(self.live)

    def _connect(self, broker, hear):
        self.lines.append(Line(broker, hear))
        return self.lines[-1]

    def say(self, **values):
        """The car sends these values now."""
        payload = message(vin=self.cloud.cars()[0], time=self.clock.now(), **values)
        self.lines[-1].hear(self.lines[-1], mqtt.MESSAGE, ("topic", payload))
        self.pass_time(1)


@pytest.fixture
def home(tmp_path):
    cloud = SimulatedCloud(fleet="i3")
    cloud.advance_clock(129600 - cloud.now() % 86400)  # start at noon tomorrow, so that no test runs past midnight
    return StreamingHome(cloud, tmp_path).sign_in()


def test_after_the_sign_in_the_stream_is_there_and_the_items_follow_the_car(home):
    home.say(soc=33)
    assert home.outlet.shown["streamState"] == "CONNECTED" and home.car()["stateOfCharge"] == 33


def test_a_message_costs_no_call(home):
    home.cloud.reset_calls()
    home.say(soc=33, door=True)
    assert home.car()["doorDriverFront"] is True and home.calls() == []


def test_an_older_answer_of_rest_does_not_undo_what_the_stream_told(home):
    home.say(soc=33)
    home.update()
    assert home.car()["stateOfCharge"] == 33


def test_a_newer_answer_of_rest_counts(home):
    home.say(soc=33)
    home.pass_time(60)
    home.cloud.set_car(home.cloud.cars()[0], soc=34)
    home.update()
    assert home.car()["stateOfCharge"] == 34


def test_what_the_stream_brought_survives_a_restart(home):
    home.say(soc=33)
    home.service.stop()
    again = StreamingHome(home.cloud, home.folder).start()
    assert home.lines[-1].is_closed and again.car()["stateOfCharge"] == 33
    assert again.outlet.shown["streamState"] == "CONNECTED"


def after_a_kill(home):
    """openHAB after a kill: it stored nothing when it ended."""
    return StreamingHome(home.cloud, home.folder)


@pytest.mark.parametrize("values, seconds", [({"door": True}, SAVE_SOON), ({"soc": 33}, SAVE_LIVE)])
def test_a_kill_costs_the_last_two_minutes_of_states_and_the_last_half_hour_of_numbers(home, values, seconds):
    home.pass_time(SAVE_LIVE)
    home.say(**values)
    for _ in range(seconds // 20):
        home.say(soc=33)
        home.pass_time(19)
    again = after_a_kill(home)
    again.service.prepare(lambda items: None)
    (vehicle,) = again.service.vehicles()
    assert vehicle.readings["stateOfCharge"].value == 33
    assert "door" not in values or vehicle.readings["doorDriverFront"].value is True


def test_a_stream_that_never_pauses_writes_small_records_and_seldom(home, monkeypatch):
    home.pass_time(SAVE_LIVE)
    written = []
    for name in ("save", "save_light"):
        real = getattr(Store, name)
        monkeypatch.setattr(Store, name, lambda store, *what, real=real: written.append(what[0]) or real(store, *what))
    for number in range(2 * 3600 // 5):
        home.say(soc=number % 100)
        home.pass_time(4)
    mine = [name for name in written if not name.endswith(".token")]
    assert set(mine) == {"account.readings"} and 3 <= len(mine) <= 4


def test_after_the_client_id_was_changed_the_former_streams_state_does_not_stay(home):
    home.service.stop()
    again = StreamingHome(home.cloud, home.folder, outlet=home.outlet, client_id=home.cloud.add_account("other")).start()
    again.tick()
    assert again.outlet.shown["streamState"] is None and again.lines == []


def test_a_ticking_cron_leaves_the_connection_alone(home):
    for _ in range(5):
        home.tick()
    assert len(home.lines) == 1


@pytest.mark.slow
def test_a_week_has_a_new_token_every_hour_and_no_gap(home):
    for hour in range(7 * 24):
        home.pass_time(3600)
        home.say(soc=hour % 100)
        assert home.car()["stateOfCharge"] == hour % 100
    assert len(home.lines) >= 7 * 24 and home.outlet.shown["streamState"] == "CONNECTED"
    assert sum(1 for line in home.lines if not line.is_closed) == 1
    assert home.outlet.all_values("accountState").count("SIGN_IN_NEEDED") == 1  # before the sign-in


# what the service asks the stream


@pytest.mark.parametrize("seconds, calls", [(cardata_live.GAP - 1, 0), (cardata_live.GAP + 1, 1)])
def test_after_a_long_gap_what_was_missed_is_asked_for(live, service, worker, seconds, calls):
    for word, wait in (
        ("CONNECTING", 3600),
        ("CONNECTED", 3600),
        ("OFFLINE", 10),
        ("REFUSED", seconds - 10),
        ("CONNECTED", 0),
        ("CONNECTED", 0),
    ):
        live._show(word, "")
        worker.pass_time(wait)
    assert service.caught_up == calls


def test_a_car_is_heard_while_it_is_connected_and_speaks(live, service, worker):
    vehicle = service.cars[VIN]
    live._stream.state = "CONNECTED"
    assert not live.hears(vehicle)
    live.receive(message(soc=50))
    worker.pass_time(cardata_live.ACTIVE_SILENT + 1)
    assert live.hears(vehicle)
    live._stream.state = "WAITING"
    assert not live.hears(vehicle)
    live._stream.state = "CONNECTED"
    worker.pass_time(cardata_live.SILENT)
    assert not live.hears(vehicle)


def test_a_car_that_charges_is_not_heard_after_a_quarter_of_an_hour_of_silence(live, service, worker):
    vehicle = service.cars[VIN]
    live._stream.state = "CONNECTED"
    live.receive(message(soc=50))
    vehicle.readings["charging"] = Reading(True, NOON)
    worker.pass_time(cardata_live.ACTIVE_SILENT - 1)
    assert live.hears(vehicle)
    worker.pass_time(2)
    assert not live.hears(vehicle)


def test_a_car_that_streams_everything_is_heard_on_demand(service, outlet, clock, worker):
    extras = Extras("all")
    live = Live(LocalSource("mqtt://localhost:1883", "bmw/+"), lambda broker, hear: None, service, outlet, clock, worker, extras)
    streamed = [name for name, (flag, _category) in CATALOGUE.items() if flag == "S"]
    data = {name: dict(zip(("value", "unit"), EVERYTHING[name]), timestamp=times.to_iso(NOON)) for name in streamed}
    live.receive(json.dumps({"vin": VIN, "timestamp": times.to_iso(NOON), "data": data}).encode())
    worker.pass_time(1)
    told = {key for key, value in service.taken[0].items() if value is not None}
    assert {extra.key_of(name) for name in streamed if name in extras.names} <= told
    assert {row[0] for row in TABLE if set(row[2]) & set(streamed)} <= told


# the stream is silent while polls bring new values

LOST = (
    "CONNECTED: polls bring news of i3 that the stream does not: BMW sometimes loses the choice of data, so choose it again under"
    " 'Configure data stream' in the BMW portal and save"
)


def drive(home, count):
    """The car is driven and polled ``count`` times; the stream sends nothing."""
    for _ in range(count):
        home.pass_time(1200)
        home.soc = getattr(home, "soc", 60) - 1
        home.cloud.set_car(home.cloud.cars()[0], soc=home.soc)
        home.update()


def test_a_choice_of_data_that_bmw_lost_is_told_until_messages_come(home, caplog):
    home.say(soc=60)
    drive(home, 2)
    assert home.outlet.shown["streamState"] == "CONNECTED"
    drive(home, 4)
    assert home.outlet.shown["streamState"] == LOST
    assert [record.levelname for record in caplog.records if record.getMessage() == "Stream: " + LOST] == ["WARNING"]
    assert not home.live.hears(home.service.vehicles()[0])
    home.say(soc=20)
    assert home.outlet.shown["streamState"] == "CONNECTED" and home.live.hears(home.service.vehicles()[0])


def test_it_stays_told_over_the_hourly_renewal_of_the_token(home):
    drive(home, 4)
    home.pass_time(2 * 3600)
    assert len(home.lines) > 1 and home.outlet.shown["streamState"] == LOST


def test_while_the_car_sleeps_or_the_stream_tells_all_nothing_is_said(home):
    for _ in range(6):
        home.pass_time(1200)
        home.update()
    for number in range(6):
        home.pass_time(1200)
        home.cloud.set_car(home.cloud.cars()[0], soc=60 - number)
        home.say(soc=60 - number)
        home.update()
    assert set(home.outlet.all_values("streamState")) <= {None, "CONNECTING", "CONNECTED"}


def test_of_a_broker_at_home_another_thing_is_asked_for(outlet, clock, worker):
    service = FakeService(car())
    live = Live(LocalSource("mqtt://localhost:1883", "bmw/+"), Line, service, outlet, clock, worker)
    live.start()
    worker.run()
    for hour in range(4):
        service.kept = {"telematic": {VIN: {SOC: {"value": "5", "unit": None, "timestamp": times.to_iso(NOON + hour * 3600)}}}}
        live.polled([service.cars[VIN]])
    assert "i3" in outlet.shown["streamState"] and "check the program that forwards the messages" in outlet.shown["streamState"]


def test_of_many_silent_cars_the_first_ones_are_named(outlet, clock, worker):
    cars = [car("Car_{}".format(number), vin="WBY00TEST0000000{}".format(number)) for number in range(6)]
    service = FakeService(*cars)
    live = Live(LocalSource("mqtt://localhost:1883", "bmw/+"), Line, service, outlet, clock, worker)
    live.start()
    worker.run()
    for hour in range(4):
        entry = {SOC: {"value": "5", "unit": None, "timestamp": times.to_iso(NOON + hour * 3600)}}
        service.kept = {"telematic": {one.vin: entry for one in cars}}
        live.polled(cars)
    assert "news of Car_0, Car_1, Car_2 and 3 more that" in outlet.shown["streamState"]
