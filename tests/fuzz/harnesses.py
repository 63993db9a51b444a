"""The harnesses of the fuzzer: one for every parser of foreign data (BMW, a broker, the user, a damaged disk).

A harness takes bytes and does with them what the module would. Only BmwError may come out; what must hold besides is
asserted. An input for a cloud is text in parts, divided by a line ``%%``: first the errand, then BMW's answers, each with
a line ``status header`` before the body; the last answer is given to all further questions.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "automation" / "lib" / "python"))

from bmw import clouds, config, cron, redact, times  # noqa: E402 - the path must be set first
from bmw.clouds.cardata import entries  # noqa: E402
from bmw.clouds.cardata import live as cardata_live
from bmw.clouds.cardata import stream as cardata_stream
from bmw.clouds.tokens import Tokens, from_answer, from_record  # noqa: E402
from bmw.commands import definitions  # noqa: E402 - the path must be set first
from bmw.config import AccountConfig  # noqa: E402
from bmw.errors import BmwError, NetworkError  # noqa: E402
from bmw.items import names  # noqa: E402 - the path must be set first
from bmw.items.model import Model  # noqa: E402
from bmw.net import mqtt  # noqa: E402 - the path must be set first
from bmw.net.http import Http, Response  # noqa: E402
from bmw.polling.vehicle_list import vehicle_name  # noqa: E402
from bmw.storage import cipher, key_file  # noqa: E402 - the path must be set first
from bmw.storage.seal import Seal  # noqa: E402
from bmw.storage.store import Store  # noqa: E402
from bmw.vehicle.states import state_text  # noqa: E402
from bmw.vehicle.vehicle import Vehicle, vehicle_from  # noqa: E402
from bmw.vehicle.vocabulary import VEHICLE  # noqa: E402

from tests.unit.fakes import NOON, VIN, FakeClock, HandWorker  # noqa: E402

PART = b"\n%%\n"
#: more requests than this for one task mean an endless loop
MAX_REQUESTS = 40
#: a message, name or list may be this much longer than the input that it comes from
MAX_GROWTH = 20000


class Answers:
    """A transport that returns an input's answers and checks the requests."""

    def __init__(self, parts):
        self._answers = [_response(part) for part in parts]
        self._asked = 0

    def __call__(self, request):
        self._asked += 1
        assert self._asked <= MAX_REQUESTS, "asks without end"
        request.url.encode("ascii")
        for value in request.headers.values():
            value.encode("latin-1")
        if not self._answers:
            raise NetworkError("Connection failed")
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


class OneSession:
    """A session without budget and token refresh."""

    def __init__(self, http):
        self.memory = {}
        self._http = http

    def send(self, check, method, url, headers=None, at_once=False, **options):
        return check(self._http.send(method, url, headers=dict(headers or {}, Authorization="Bearer token"), **options))

    def has_room(self, calls):
        return True


def _response(part):
    head, _, body = part.partition(b"\n")
    status, _, header = head.decode("latin-1").partition(" ")
    status = int(status) if status.isascii() and status.isdigit() and len(status) == 3 else 200
    headers = {"location": header, "retry-after": header} if header else {}
    return Response(status, headers, body, [header] if header else [])


# use of the values that were read


def _show(vehicle):
    """Makes item states of each type from the car's readings, and stores and loads the car."""
    model = Model("BMW", "", "en")
    model.vehicle_group(vehicle)
    for key, reading in vehicle.readings.items():
        point = VEHICLE[key]
        for item_type in (point.item_type, "String", "Number", "Switch", "Contact", "DateTime", "Location"):
            text = state_text(reading.value, reading.unit or point.unit, item_type, point.item_type)
            assert text is None or isinstance(text, str), (key, item_type)
    vehicle_from(json.loads(json.dumps(vehicle.to_record())))


def _keep(tokens):
    """Stores and loads tokens, and reads the life of the stream's token."""
    again = from_record(json.loads(json.dumps(tokens.to_record())))
    assert again.to_record() == tokens.to_record()
    assert tokens.expires_at >= tokens.obtained_at
    assert cardata_stream.token_life(tokens.id_token) > 0
    again.has_scope("cardata:api:read")
    return again


# clouds


def _sign_in(cloud, session, vehicle):
    prompt = cloud.begin_sign_in("P1_captcha")
    if isinstance(prompt, Tokens):
        return _keep(prompt)
    assert 0 < prompt.interval <= 3600 and NOON < prompt.expires_at
    for _ in range(3):
        tokens = cloud.poll_sign_in(prompt)
        if tokens:
            cloud.check_grant(_keep(tokens))
    return None


def _refresh(cloud, session, vehicle):
    _keep(cloud.refresh(Tokens(access_token="old", refresh_token="old refresh", id_token="a.b.c", gcid="g", obtained_at=NOON)))


def _vehicles(cloud, session, vehicle):
    for found in cloud.vehicles(session)[:3]:
        redact.mask_vin(found.vin)
        facts = cloud.facts(session, found.vin)
        car = Vehicle(found.vin, vehicle_name(facts.get("model"), ()), facts)
        car.update(cloud.read(session, car))
        _show(car)


def _read(cloud, session, vehicle):
    for _ in range(2):
        vehicle.update(cloud.read(session, vehicle))
        _show(vehicle)
    json.dumps(session.memory)


def _command(cloud, session, vehicle):
    arguments = {"latitude": 48.1, "longitude": 11.5, "name": "home", "target": 80, "current": 16}
    for command in sorted(cloud.COMMANDS):
        try:
            receipt = cloud.send_command(session, vehicle, command, arguments)
            if receipt is not None:
                progress = cloud.poll_command(session, vehicle, receipt)
                assert progress.state in (definitions.PENDING, definitions.DELIVERED, definitions.EXECUTED, definitions.FAILED)
                assert isinstance(progress.reason, str)
        except BmwError as error:
            error.text()


def _more(cloud, session, vehicle):
    for name in "destinations range_map command_history charging_settings navigation specs images".split():
        if hasattr(cloud, name):
            getattr(cloud, name)(session, vehicle)
    if hasattr(cloud, "found_position"):
        cloud.found_position(session, vehicle, "event", 48.1, 11.5)


ERRANDS = {"sign-in": _sign_in, "refresh": _refresh, "vehicles": _vehicles, "read": _read, "command": _command, "more": _more}
LOGIN = {"username": "home@example.org", "password": "a password", "api_key": "a key", "api_secret": "an app's secret"}


def _ask(name, errand, parts):
    settings = AccountConfig("", dict(LOGIN, client_id="0d9f6a3c-4b1e-4f7a-8c52-6e1b3a5d7f90"))
    kind = clouds.find(name)
    http = Http(Answers(parts), kind.bases(settings))
    errand(kind(settings, http, FakeClock()), OneSession(http), Vehicle(VIN, "i3", {"driveTrain": "BEV"}))


def cardata(data):
    """CarData's REST answers and its sign-in."""
    parts = data.split(PART)
    _ask("cardata", ERRANDS.get(_text(parts[0]).strip(), _read), parts[1:])


def old_clouds(data):
    """The answers and sign-ins of MyBMW, ConnectedDrive and the portal. The input's first part is ``cloud task``."""
    parts = data.split(PART)
    name, _, errand = _text(parts[0]).strip().partition(" ")
    _ask(name if name in clouds.CLOUDS else "mybmw", ERRANDS.get(errand, _read), parts[1:])


# the stream


class BytesWire:
    """A wire that delivers an input's bytes."""

    def __init__(self, data):
        self._data = data
        self.largest = 0

    def open(self, host, port, is_tls, timeout):
        pass

    def wait_at_most(self, seconds):
        pass

    def write(self, data):
        pass

    def read(self, count):
        self.largest = max(self.largest, count)
        if count > len(self._data):
            raise NetworkError("The connection was closed")
        taken, self._data = self._data[:count], self._data[count:]
        return taken

    def close(self):
        self._data = b""


class LiveSurroundings:
    """The stream's service and outlet, with one car."""

    def __init__(self):
        self.car = Vehicle(VIN, "i3")
        self.kept = {}

    def memory(self):
        return self.kept

    def vehicle(self, vin):
        return self.car if vin == VIN else None

    def take(self, vehicle, readings):
        vehicle.update(readings)
        _show(vehicle)

    def catch_up(self):
        pass

    def account(self, key, value):
        pass


def stream(data):
    """A broker's bytes with packets and the car's messages in them; without a CONNACK at the start each line is a message."""
    around, clock = LiveSurroundings(), FakeClock()
    worker = HandWorker(clock)
    live = cardata_live.Live(cardata_stream.BmwSource, None, around, around, clock, worker)
    payloads = [] if data[:1] == b"\x20" else data.split(b"\n")
    wire = BytesWire(data)
    if not payloads:
        connection = mqtt.Connection(
            mqtt.Broker("h", 1, True, "u", "p", "t"), "c", wire, lambda _c, event, detail: told.append((event, detail))
        )
        told = []
        # start no ping thread: a thousand inputs per second would be a thousand threads
        start, mqtt._start_thread = mqtt._start_thread, lambda name, target: None
        try:
            connection._live()
        except NetworkError:
            pass
        finally:
            mqtt._start_thread = start
        assert wire.largest <= mqtt.MAX_BYTES
        payloads = [detail[1] for event, detail in told if event == mqtt.MESSAGE]
    for payload in payloads:
        live.receive(payload)
    worker.pass_time(cardata_live.BURST)
    assert not worker.waiting()
    assert len(json.dumps(around.kept)) < 10 * len(data) + MAX_GROWTH
    for payload in payloads[:1]:
        entries.parse_message(payload)


# files of the user


def settings(data):
    """bmw.cfg; each line also as cron expression, address, time and file of item names."""
    text = _text(data)
    read = config.parse(text)
    for account in read.accounts:
        account.cron()
    for problem in read.problems + [account.problem for account in read.accounts if account.problem]:
        assert len(problem.text()) < len(text) + MAX_GROWTH
    own_names, problems = names._parse(text)
    assert all(isinstance(name, str) and name for name in own_names.values())
    for line in text.splitlines()[:20]:
        for parse in (cron.check, mqtt.parse_url, lambda url: config.checked_base(url, "the address")):
            _only_our_errors(parse, line)
        seconds = times.parse(line)
        assert seconds is None or isinstance(seconds, float)
        if seconds is not None:
            state_text(seconds, "", "DateTime", "DateTime")
        redact.clean(line)
        cardata_stream.token_life(line)


def _only_our_errors(parse, text):
    try:
        parse(text)
    except BmwError as error:
        assert len(error.text()) < len(text) * 3 + MAX_GROWTH


# our own files


def sealed(data):
    """A sealed value, a record and a key file with other content, and the records of tokens and cars in them."""
    seal = Seal(lambda: [b"k" * key_file.KEY_BYTES], cipher)
    text = _text(data)
    _only_our_errors(lambda sealed_text: seal.open(sealed_text, "tokens"), text)
    folder = tempfile.mkdtemp(prefix="bmw-fuzz-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    try:
        store = Store(folder, seal)
        for name, content in (("damaged", data), ("whole", seal.close(text, "whole").encode("ascii"))):
            Path(store.path(name)).write_bytes(content)
            record = store.load(name)
            if isinstance(record, dict):
                store.save(name, record)
                assert store.load(name) == record
                _only_our_errors(lambda answer: _keep(from_answer(answer, NOON)), record)
        Path(store.path("key")).write_bytes(data)
        assert all(len(key) == key_file.KEY_BYTES for key in key_file.load(store.path("key")))
    finally:
        shutil.rmtree(folder)


def _text(data):
    return data.decode("utf-8", "replace")


HARNESSES = {harness.__name__: harness for harness in (cardata, old_clouds, stream, settings, sealed)}


def run(name, data):
    """Runs a harness with an input. Our own errors are allowed. Clears the remembered secrets for the next input."""
    try:
        HARNESSES[name](data)
    except BmwError as error:
        error.text()
    finally:
        for kept in (redact._lasting, redact._passing):
            del kept[:]
