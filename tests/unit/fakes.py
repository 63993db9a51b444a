"""Stand-ins for parts that the library gets from outside: clock, worker, items, wire.

They keep to the interfaces of the real ones; none of them knows a BMW cloud.
"""

import json

from bmw.commands import definitions
from bmw.compat import parse_qs
from bmw.config import AccountConfig
from bmw.errors import NetworkError, Stopped
from bmw.net.http import Response
from bmw.parts import Parts
from bmw.vehicle.vehicle import Reading, Vehicle
from bmw.worker import repeat

#: 2026-10-03 12:00:00 UTC, a Saturday
NOON = 1791028800.0
CLIENT_ID = "0d9f6a3c-4b1e-4f7a-8c52-6e1b3a5d7f90"
VIN = "WBY00TEST00000001"


class JavaError(BaseException):
    """Like a Java exception on Jython: ``except Exception`` does not catch it."""


#: unexpected errors, which no code handles by their type
UNEXPECTED = [ValueError, JavaError]


def raising(error):
    """Returns a function that takes any arguments and raises this error."""

    def fail(*_arguments, **_options):
        raise error("nobody expects this")

    return fail


class FakeClock:
    """A clock that moves only when the test moves it."""

    def __init__(self, now=NOON):
        self.seconds = now

    def now(self):
        return self.seconds

    def advance(self, seconds):
        self.seconds += seconds


class HandWorker:
    """The worker without a thread: the test runs the work and moves the clock."""

    def __init__(self, clock):
        self._clock = clock
        self._order = 0
        self._timetable = {}
        self.is_started = False
        self.is_stopped = False

    def start(self):
        self.is_started = True

    def now(self):
        return self._clock.now()

    def submit(self, function):
        self._put(self._order + 1, 0, function)

    def later(self, name, seconds, function):
        self._put(name, seconds, function)

    def _put(self, key, seconds, function):
        if not self.is_stopped:
            self._order += 1
            self._timetable[key] = (self._clock.now() + seconds, self._order, function)

    def later_unless_waiting(self, name, seconds, function):
        if name not in self._timetable:
            self.later(name, seconds, function)

    def every(self, name, seconds, function, first=0):
        return repeat(self, name, seconds, function, first)

    def cancel(self, name):
        self._timetable.pop(name, None)

    def stop(self, timeout=2.0):
        self.is_stopped = True
        self._timetable.clear()

    def waiting(self):
        return set(self._timetable)

    def due_in(self, name):
        """Seconds until that piece of work is due."""
        return self._timetable[name][0] - self._clock.now()

    def run(self):
        """Runs all work that is due, including work that becomes due meanwhile."""
        while self._timetable:
            name = min(self._timetable, key=lambda one: self._timetable[one][:2])
            if self._timetable[name][0] > self._clock.now():
                return
            try:
                self._timetable.pop(name)[2]()
            except Stopped:
                pass  # ends this piece of work, as in the real worker

    def pass_time(self, seconds):
        """Moves the clock forward and runs each piece of work when it is due."""
        end = self._clock.now() + seconds
        self.run()
        while self._timetable and min(due for due, _order, _work in self._timetable.values()) <= end:
            due = min(due for due, _order, _work in self._timetable.values())
            self._clock.advance(max(0.0, due - self._clock.now()))
            self.run()
        self._clock.advance(max(0.0, end - self._clock.now()))


class RecordingOutlet:
    """Keeps the last value of each key, and all posts in order."""

    def __init__(self):
        self.shown = {}
        self.history = []
        self.cars = {}
        self.posts = []
        self.pictures = {}
        self.logbooks = {}  # (car, key) -> text
        self.sealed = None
        self.powers = {}  # item name -> watts
        self.prices = {}  # item name -> price of a kWh

    def account(self, key, value):
        self.shown[key] = value
        self.history.append((key, value))

    def correct_items(self):
        """Does nothing: the tests of the items cover it."""

    def settle(self, present, gone):
        self.settled = [[vehicle.name for vehicle, _is_first in cars] for cars in (present, gone)]

    def vehicle(self, vehicle, keys, is_first):
        values = self.cars.setdefault(vehicle.name, {})
        for key in keys:
            reading = vehicle.readings.get(key)
            if reading is not None and (key not in values or values[key] != reading.value):
                values[key] = reading.value
                self.posts.append((vehicle.name, key, reading.value))

    def prepare_commands(self, vehicle, can, is_first):
        """The names of the command items."""
        wanted = [key for key, names in definitions.ITEMS.items() if can.intersection(names)]
        return {key: "{}_{}".format(vehicle.name, key) for key in wanted}

    def command(self, vehicle, key, value, is_first):
        self.cars.setdefault(vehicle.name, {})[key] = value

    def command_state(self, vehicle, key, is_first):
        return self.cars.get(vehicle.name, {}).get(key)

    def wants_picture(self, vehicle):
        return vehicle.name not in self.pictures

    def picture(self, vehicle, picture, is_first):
        self.pictures[vehicle.name] = picture

    def show_stored_picture(self, vehicle, is_first):
        """No stored picture."""

    def logbook(self, vehicle, key, text, is_first):
        self.logbooks[vehicle.name, key] = text

    def power(self, name):
        return self.powers.get(name)

    def price(self, name):
        return self.prices.get(name)

    def tokens(self, account):
        """No token item: the tests of the items cover it."""

    def tokens_again(self, account):
        """Does nothing: no item is deleted here."""

    def sealed_token(self):
        return self.sealed

    def all_values(self, key):
        """All values of an account item, in order."""
        return [value for name, value in self.history if name == key]


class Published:
    """Keeps the messages for other programs."""

    problem = ""

    def __init__(self):
        self.sent, self.kept = [], {}
        self.on_change = None
        self.is_running = False

    def watch(self, on_change):
        self.on_change = on_change

    def start(self):
        self.is_running = True

    def send(self, topic, payload):
        self.sent.append((topic, payload))

    def keep(self, topic, payload):
        self.kept[topic] = payload

    def about(self):
        return "relay: a stand-in"

    def stop(self):
        self.is_running = False


def parts_of(**known):
    """An account's parts; parts that are not given are None."""
    return Parts(**dict(dict.fromkeys(Parts.FIELDS), **known))


class FakeWire:
    """A transport with planned answers; keeps the requests."""

    def __init__(self, *answers):
        self._answers = list(answers)
        self.requests = []

    def plan(self, *answers):
        self._answers.extend(answers)
        return self

    def __call__(self, request):
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def form(self, number=-1):
        fields = parse_qs(self.requests[number].body.decode("ascii"))
        return {name: values[0] for name, values in fields.items()}

    def json(self, number=-1):
        return json.loads(self.requests[number].body.decode("utf-8"))


def answer(body=None, status=200, **headers):
    """A Response. A dict, list or number becomes JSON, a text is sent as it is."""
    data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode("utf-8")
    return Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, data)


def no_network():
    """The error of a transport without a connection."""
    return NetworkError("Connection failed (ConnectionError)")


def settings(**values):
    """The settings of one account; settings that are not given have their defaults."""
    return AccountConfig(values.pop("name", ""), dict({"client_id": CLIENT_ID}, **values), values.pop("problem", None))


def car(name="i3", vin=VIN, time=NOON, facts=None, **values):
    """A car in one line: ``car(stateOfCharge=57, doorLockState="SECURED")``."""
    vehicle = Vehicle(vin, name, facts)
    vehicle.update({key: Reading(value, time) for key, value in values.items()})
    return vehicle
