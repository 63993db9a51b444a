"""A household with one BMW account: the service with all its parts, at the simulated cloud, on the simulated clock.

The worker is run by hand, so a test says what happens when, and nothing sleeps. The cloud need not be served: unless a test hands in a
transport with a network, its application is called in this process.
"""

from bmw.account.session import Session
from bmw.assembly import Environment, assemble
from urllib.parse import urlsplit
from bmw.errors import NetworkError
from bmw.net.http import Response
from bmw.polling.budget import Budget
from bmw.storage import cipher
from bmw.storage.key_file import KEY_BYTES
from bmw.storage.seal import Seal
from bmw.storage.store import Store

from tests.cloud import HOME_CLIENT_ID
from tests.unit.fakes import HandWorker, RecordingOutlet, settings

KEY = b"k" * KEY_BYTES


def in_process(cloud):
    """A transport (see bmw.net.http) that calls the simulated cloud in this process: without a network a day takes a moment."""
    client = cloud.app.test_client()

    def transport(request):
        parts = urlsplit(request.url)
        try:
            answer = client.open(
                parts.path, query_string=parts.query, method=request.method, headers=list(request.headers.items()), data=request.body
            )
        except ConnectionResetError:
            raise NetworkError("Connection failed (ConnectionResetError)") from None
        return Response(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, answer.get_data())

    return transport


class Home:
    #: callable that returns openHAB's location, see ``bmw.assembly.Environment``
    place = None
    #: callable, an unconnected wire: with it the account has its stream and its relay
    make_wire = None

    def __init__(self, cloud, folder, problems=(), key=KEY, outlet=None, kind="cardata", store=None, transport=None, clock=None, **config):
        self.cloud = cloud
        self.folder = folder
        self.clock = clock or cloud.clock
        self.worker = HandWorker(cloud.clock)
        self.outlet = outlet or RecordingOutlet()
        config = settings(**dict({"cloud": kind, "client_id": HOME_CLIENT_ID, "auth_url": cloud.url, "api_url": cloud.url}, **config))
        self.store = store or Store(str(folder), Seal(lambda: [key], cipher))
        self.hour = 12
        environment = Environment(
            self.store, transport or in_process(cloud), self.clock, self.make_wire, local_hour=lambda now: self.hour, home=self.place
        )
        made = assemble(environment, config, list(problems), self.outlet, self.worker)
        self.account, self.service = made.account, made.service
        #: for tests that make a part fail
        self.parts = made.service._parts

    def start(self):
        self.service.start()
        self.worker.run()
        return self

    def sign_in(self):
        """Starts, and the owner approves at once."""
        self.start()
        self.begin_sign_in()
        self.cloud.approve()
        self.pass_time(6)
        return self

    def begin_sign_in(self):
        self.service.sign_in()
        self.worker.run()

    def tick(self):
        self.service.tick()
        self.worker.run()

    def update(self):
        """The user presses 'Update now'."""
        self.service.force_update()
        self.worker.run()

    def pass_time(self, seconds):
        self.worker.pass_time(seconds)

    def restart(self, **options):
        """openHAB after a restart: the same files, all objects are new."""
        self.service.stop()
        return Home(self.cloud, self.folder, **options).start()

    @property
    def state(self):
        return self.outlet.shown.get("accountState")

    @property
    def text(self):
        return self.outlet.shown.get("account")

    def car(self, name="i3"):
        """The values of the car's items by key."""
        return self.outlet.cars[name]

    def calls(self, kind="api"):
        """The endpoints of all calls of this kind since ``cloud.reset_calls()``, in order."""
        return [call["where"] for call in self.cloud.calls() if call["kind"] == kind]


def session_of(home, memory=None, by_person=True):
    """Returns (cloud module, session as the service makes it), to call the cloud module directly."""
    budget = Budget(None)
    bmw = home.account._cloud
    return bmw, Session(bmw.net.http, home.account, budget, home.clock, {} if memory is None else memory, lambda: None, by_person)
