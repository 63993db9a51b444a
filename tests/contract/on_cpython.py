"""A home on CPython: the library as openHAB has it, but items in memory, a worker that is run by hand, and the wire through
``responses`` into the simulated cloud. Time is the cloud's clock, so nothing has to be waited for.
"""

import re
import threading

import requests
import responses
from bmw import clouds, config
from bmw.assembly import Environment, assemble, binding
from bmw.items.model import Model
from bmw.net.http import RequestsTransport
from bmw.net.socket_wire import SocketWire
from bmw.openhab.outlet import Outlet
from bmw.storage import cipher
from bmw.storage.key_file import KEY_BYTES
from bmw.storage.seal import Seal
from bmw.storage.store import Store
from bmw.vehicle.states import state_text
from bmw.vehicle.vocabulary import COMMAND

from tests.cloud import SimulatedCloud
from tests.contract.clouds import CLOUDS, VINS, settings
from tests.unit.fakes import HandWorker

URL = "https://bmw.example"
#: seconds: an answer that takes longer is a timeout
TIMEOUT = 2
#: longest wait for a condition, in seconds of the cloud's time
PATIENCE = 600


class Wire:
    """Passes requests of the library ``requests`` to the simulated cloud, and fails like a network."""

    def __init__(self, app):
        self._app = app
        self._mock = responses.RequestsMock(assert_all_requests_are_fired=False)
        for method in ("GET", "POST", "DELETE"):
            self._mock.add_callback(method, re.compile(re.escape(URL) + "/.*"), self._answer)

    def start(self):
        self._mock.start()

    def stop(self):
        self._mock.stop(allow_assert=False)
        self._mock.reset()

    def _answer(self, request):
        """(status, headers, body). A request that takes too long is given up, as a client gives up a socket."""
        answers = []
        thread = threading.Thread(target=self._ask, args=(request, answers), daemon=True)
        thread.start()
        thread.join(request.req_kwargs["timeout"])
        if thread.is_alive():
            raise requests.exceptions.ReadTimeout()
        if isinstance(answers[0], Exception):
            raise requests.exceptions.ConnectionError(answers[0])
        answer = answers[0]
        return answer.status_code, list(answer.headers.items()), answer.data

    def _ask(self, request, answers):
        path = request.url[len(URL) :]
        try:
            answers.append(
                self._app.test_client(use_cookies=False).open(
                    path, method=request.method, data=request.body, headers=dict(request.headers), base_url=URL
                )
            )
        except ConnectionError as dropped:
            answers.append(dropped)


class ItemsInMemory:
    """openHAB's items for the outlet: made when needed, with a type and a state as text."""

    def __init__(self):
        self.specs = {}
        self.members = {}  # members of groups, as groups can be made after their items
        self.states = {}
        self.history = []

    def exists(self, name):
        return name in self.specs

    def shows(self, name):
        return self.state(name) is not None

    def state(self, name):
        return self.states.get(name)

    def ensure(self, spec):
        self.specs.setdefault(spec.name, spec)

    def ensure_group(self, spec, members):
        if spec.name not in self.specs:
            self.ensure(spec)
            self.members[spec.name] = [name for name in members if name in self.specs]

    def write(self, values):
        missing = set()
        for name, value, unit, native_type in values:
            if name not in self.specs:
                missing.update([name] if value is not None else [])
                continue
            text = state_text(value, unit, self.specs[name].item_type, native_type)
            if self.states.get(name) != text:
                self.states[name] = text
                self.history.append((name, text))
        return missing

    def correct_items(self, first=(), tolerance=None):
        """Does nothing: nobody else writes these items."""

    def forget(self, names):
        """Does nothing: no item is corrected here."""

    def show_image(self, spec, picture):
        """Does nothing: cars have no pictures here."""


class NoPage:
    """Writes no sitemap."""

    def show_account(self):
        pass

    def show_car(self, vehicle, is_first):
        pass


class NoPictures:
    """Says that each picture is there, so that none is requested."""

    def has(self, name):
        return True

    def load(self, name):
        return None

    def keep(self, name, picture):
        pass


def make_service(account_config, clock, folder, items, worker):
    """An account's service with all parts as in openHAB, except those that need openHAB."""
    seal = Seal(lambda: [b"k" * KEY_BYTES], cipher)
    outlet = Outlet(items, Model("BMW", account_config.name, "en"), seal.bound_to(*binding(account_config)), NoPage(), NoPictures())
    outlet.prepare(leave_out=() if clouds.find(account_config.cloud).ASKS_FOR_INPUT else ("signInInput",))
    store = Store(str(folder), seal)
    environment = Environment(store, RequestsTransport(), clock, SocketWire, local_hour=lambda now: 12)
    return assemble(environment, account_config, [], outlet, worker).service


class CpythonHome:
    """See ``tests.contract.cases``."""

    #: values that cannot be tested here; none, as this home can let time pass
    seldom = ()

    def __init__(self, cloud_name, folder):
        self.facts = CLOUDS[cloud_name]
        self.cloud = SimulatedCloud(fleet="none", quota=1000000, code_interval=5)
        # start at noon tomorrow, so that no case runs past midnight
        self.cloud.advance_clock(129600 - self.cloud.now() % 86400)
        self.folder = folder
        self._chosen = {}
        self.items = ItemsInMemory()
        self.vin = self.cloud.add_car(self.facts.kind, vin=VINS[self.facts.kind])
        self._wire = Wire(self.cloud.app)
        self._wire.start()
        try:
            self._load()
            if not self.facts.renews_alone:
                self.sign_in()
        except BaseException:
            self._wire.stop()  # or the next tests would talk to this cloud
            raise

    def use(self, cloud_name):
        """The user writes another cloud into bmw.cfg."""
        self.service.stop()
        self.facts = CLOUDS[cloud_name]
        self._load()

    def choose(self, **chosen):
        """The user writes only these settings into bmw.cfg."""
        self.service.stop()
        self._chosen = chosen
        self._load()

    def close(self):
        self.service.stop()
        self.cloud.clear_faults()
        self._wire.stop()

    def _load(self):
        """Does what the script does when openHAB loads it."""
        lines = settings(self.facts, URL, timeout=TIMEOUT, stream="off", **self._chosen)
        parsed = config.parse("".join("{} = {}\n".format(*pair) for pair in lines.items()))
        assert parsed.problems == []
        self.worker = HandWorker(self.cloud.clock)
        self.service = make_service(parsed.accounts[0], self.cloud.clock, self.folder, self.items, self.worker)
        self._take_command_items(self.service.prepare(self._take_command_items))
        self.service.start()
        self.worker.run()

    def _take_command_items(self, items):
        self._command_items = items

    # the home's side of the contract

    def now(self):
        return self.cloud.now()

    def last_call(self):
        calls = self.cloud.calls()
        return calls[-1]["n"] if calls else 0

    @property
    def name(self):
        return self.service.vehicle(self.vin).name

    def car_name(self, kind):
        vehicles = [self.service.vehicle(vin) for vin in self.cloud.cars() if self.cloud.car(vin)["kind"] == kind]
        return vehicles[0].name

    def item(self, end):
        return "BMW_{}_{}".format(self.name, end)

    def state(self, item):
        return self.items.state(item)

    def states(self, name, with_commands=False):
        written = [] if with_commands else ["BMW_{}_{}{}".format(name, key[0].upper(), key[1:]) for key in COMMAND]
        ours = [item for item in self.items.states if item.startswith("BMW_{}_".format(name)) and item not in written]
        return {item: self.items.states[item] for item in ours}

    def command(self, item, text):
        if item == "BMW_SignIn":
            self.service.sign_in_switch(text)
        elif item == "BMW_SignInInput":
            self.service.sign_in_input(text)
        else:
            self.service.item_command(*(self._command_items[item] + (text,)))
        self.worker.run()

    def update(self):
        self.service.force_update()
        self.worker.run()
        assert self.state("BMW_ForceUpdate") == "OFF"

    def begin_sign_in(self):
        self.command("BMW_SignIn", "ON")

    def sign_in(self):
        if self.facts.signs_in == "captcha":
            self.command("BMW_SignInInput", self.cloud.new_captcha_token())
            return
        self.begin_sign_in()
        if self.facts.signs_in == "person":
            self.cloud.approve()
            self.pass_time(6)

    def garage(self, *kinds):
        for vin in self.cloud.cars():
            self.cloud.remove_car(vin)
        vins = [self.cloud.add_car(kind, vin=VINS[kind]) for kind in kinds]
        self.vin = vins[0] if vins else None
        return vins

    def forget_seldom(self):
        """Lets more than a day pass, so that values that are read once a day are read again."""
        self.pass_time(86500)

    def pass_time(self, seconds):
        self.worker.pass_time(seconds)

    def _wait(self, condition, what):
        end = self.now() + PATIENCE
        while not condition():
            assert self.now() < end, "waited for {}".format(what())
            self.pass_time(0.5)

    def wait(self, item, wanted):
        fits = wanted if callable(wanted) else lambda state: state == wanted
        self._wait(lambda: fits(self.state(item)), lambda: "{} to be {}; it is {}".format(item, wanted, self.state(item)))

    def mark(self):
        return len(self.items.history)

    def statuses(self, since):
        return [text for item, text in self.items.history[since:] if item == self.item("CommandStatus")]

    def wait_status(self, since, fits):
        self._wait(lambda: any(fits(state) for state in self.statuses(since)), lambda: "an end after {}".format(self.statuses(since)))


#: cloud -> the library's commands, to compare them with the contract's list
COMMANDS = {name: frozenset(clouds.find(name).COMMANDS) for name in CLOUDS}


def homes_in(folder):
    """For a fixture: yields a function (name of a cloud) -> CpythonHome; closes all homes at the end."""
    made = []

    def make(name):
        made.append(CpythonHome(name, folder))
        return made[-1]

    yield make
    for home in made:
        home.close()
