"""SimulatedCloud: all simulated BMW clouds as one object, with a method for everything a test may want.

It only wires the rooms together; each method here is a sentence that a room carries out. methods.py lists
those that are reachable over HTTP as well.
"""

from . import descriptors
from .app import make_app
from .app_tokens import AppTokens
from .calls import CallLog
from .clock import Clock, from_iso
from .connecteddrive_sign_in import CD_API_SECRET
from .containers import Containers
from .errors import CloudError
from .faults import Faults
from .garage import MAPPINGS, Garage
from .mybmw_sign_in import MYBMW_APP_KEY, MYBMW_CLIENT_SECRET
from .quota import Quota
from .remote import Remote
from .scenario import Runner
from .server import Server
from .settings import Settings
from .tokens import TokenStore


class SimulatedCloud:
    """`with SimulatedCloud() as cloud:` serves at `cloud.url`; `cloud.app` is the Flask application."""

    def __init__(self, port=0, host="127.0.0.1", fleet="i3", **settings):
        self.host = host
        self.port = port
        self.clock = Clock()
        self.options = Settings()
        self.garage = Garage(self.clock, self.options)
        self.garage.fill(fleet)
        self.tokens = TokenStore(self.clock, self.options, self.garage)
        self.containers_store = Containers(self.clock, self.options)
        self.quota = Quota(self.clock, self.options)
        self.app_tokens = AppTokens(self.clock, self.options, self.garage)
        self.mybmw_quota = Quota(self.clock, self.options, "mybmw_quota")
        self.remote = Remote(self.clock, self.garage)
        self.call_log = CallLog(self.clock)
        self.faults = Faults()
        self.app = make_app(self)
        self.passwords_ever = []
        self._runners = {}
        self._server = None
        self.settings(**settings)

    # Serving

    @property
    def url(self):
        return "http://%s:%d" % (self.host, self.port)

    def start(self):
        """Start serving; after a stop() on the same port as before."""
        if self._server is None:
            self._server = Server(self.app, self.host, self.port)
            self.port = self._server.port
        return self

    def stop(self):
        """Stop serving; cars, tokens and containers stay, and start() goes on with them."""
        if self._server is not None:
            server, self._server = self._server, None
            self.faults.release()
            server.stop()

    def close(self):
        self.stop_scenario()
        self.stop()

    def __enter__(self):
        return self.start()

    def __exit__(self, *problem):
        self.close()

    # Cars

    def cars(self):
        """The VINs of all cars, oldest first."""
        return self.garage.vins()

    def car(self, vin):
        """All canonical fields of a car, and `timestamps` in epoch seconds."""
        self.remote.advance()
        with self.garage.lock:
            return self.garage.car(vin).as_dict()

    def set_car(self, vin, at=None, **fields):
        """The car sends these canonical fields, now or with the time `at` (epoch seconds or ISO 8601)."""
        self.garage.set_car(vin, fields, from_iso(at) if isinstance(at, str) else at)

    def add_car(self, kind, account="home", mapping="PRIMARY", vin=None, **fields):
        """Add a car of this kind to an account; returns its VIN."""
        return self.garage.add_car(kind, account, mapping, vin, **fields)

    def remove_car(self, vin):
        """The car is sold: remove it from all accounts."""
        self.garage.remove_car(vin)
        self.stop_scenario(vin)

    def set_mapping(self, vin, mapping, account="home"):
        """Make the account the car's PRIMARY or a SECONDARY user."""
        if mapping not in MAPPINGS:
            raise CloudError("mapping is one of %s" % ", ".join(MAPPINGS))
        with self.garage.lock:
            row = self.garage.account(account).mappings.get(vin)
            if row is None:
                raise CloudError("this car is not mapped to the account %r" % account)
            row["mappingType"] = mapping

    def expected(self, vin):
        """Value, unit and timestamp by canonical field, as CarData sends them; None for fields that it does not send."""
        with self.garage.lock:
            return descriptors.expected(self.garage.car(vin))

    def run_scenario(self, vin, name="day", speed=60, repeat=False):
        """Simulate a car's day, `speed` times as fast as the clock."""
        self.stop_scenario(vin)
        self._runners[vin] = Runner(self.garage, self.clock, vin, name, speed, repeat)

    def stop_scenario(self, vin=None):
        """End the simulated day of one car, or of all."""
        for one in [vin] if vin else list(self._runners):
            runner = self._runners.pop(one, None)
            if runner is not None:
                runner.stop()

    def scenarios(self):
        """The cars with a simulated day: VIN and phase."""
        return {vin: runner.phase() for vin, runner in self._runners.items() if runner.is_running()}

    # Accounts and sign-in

    def accounts(self):
        """Name, client id, user name, gcid, subscribed scopes and mappings of each account."""
        return [
            {
                "name": one.name,
                "client_id": one.client_id,
                "username": one.username,
                "gcid": one.gcid,
                "subscribed_scopes": list(one.subscribed_scopes),
                "mappings": {vin: row["mappingType"] for vin, row in one.mappings.items()},
            }
            for one in self.garage.accounts()
        ]

    def add_account(self, name):
        """Add a BMW customer; returns the client id."""
        return self.garage.add_account(name).client_id

    def pending_codes(self):
        """The user codes that wait for the owner's decision, newest last."""
        return [code.user_code for code in self.tokens.pending()]

    def approve(self, user_code=None):
        """The owner approves this code, or the newest pending one; returns the code."""
        return self.tokens.decide(user_code, "approved")

    def decline(self, user_code=None):
        """The owner declines this code, or the newest pending one; returns the code."""
        return self.tokens.decide(user_code, "declined")

    def revoke(self, account="home"):
        """Revoke all tokens of the account."""
        self.tokens.revoke(self.garage.account(account))
        self.app_tokens.revoke(self.garage.account(account))

    def change_password(self, account="home", password="Simulated-password-new"):
        """The owner changes the password, which revokes all tokens; returns the new password."""
        owner = self.garage.account(account)
        # the old one must not be in a log either
        self.passwords_ever.append(owner.password)
        owner.password = password
        self.revoke(account)
        return password

    def new_captcha_token(self):
        """The token of a solved captcha for one MyBMW sign-in."""
        return self.app_tokens.once("P1_", self.options.captcha_lifetime)

    def delete_client(self, account="home"):
        """The owner deletes the CarData client in the portal: its id is unknown, its tokens are invalid."""
        owner = self.garage.account(account)
        owner.client_id = None
        self.tokens.revoke(owner)

    def create_client(self, account="home", client_id=None):
        """The owner creates a CarData client; returns its id."""
        return self.garage.new_client(account, client_id)

    def secrets(self):
        """All tokens, passwords, keys, gcids and VINs ever issued: none of them may be in a log."""
        owners = self.garage.accounts()
        return (
            list(self.tokens.ever_issued)
            + list(self.app_tokens.ever_issued)
            + list(self.passwords_ever)
            + [MYBMW_APP_KEY, MYBMW_CLIENT_SECRET, CD_API_SECRET]
            + [one.gcid for one in owners]
            + [one.password for one in owners]
            + [one.security_answer for one in owners]
            + list(self.garage.vins_ever)
        )

    # The cloud's behaviour

    def settings(self, account="home", **changes):
        """Change settings (settings.py), clock_offset or an account's subscribed_scopes; returns all of them."""
        owner = self.garage.account(account)
        scopes = changes.pop("subscribed_scopes", None)
        offset = changes.pop("clock_offset", None)
        self.options.update(changes)
        if offset is not None:
            self.clock.offset = float(offset)
        if scopes is not None:
            self._subscribe(owner, scopes)
        return dict(self.options.as_dict(), clock_offset=self.clock.offset, subscribed_scopes=list(owner.subscribed_scopes))

    def _subscribe(self, owner, scopes):
        lost = set(owner.subscribed_scopes) - set(scopes)
        owner.subscribed_scopes = list(scopes)
        # removing a scope revokes the tokens; a new scope counts from the next sign-in on
        if lost:
            self.tokens.revoke(owner)

    def now(self):
        """The simulated time in epoch seconds."""
        return self.clock.now()

    def advance_clock(self, seconds):
        """Move the simulated time forward, or back if `seconds` is negative."""
        self.clock.advance(seconds)

    def add_fault(self, where, kind, times=1, **options):
        """Let the next `times` calls to `where` fail; times=None: all calls until clear_faults()."""
        self.faults.add(where, kind, times, **options)

    def clear_faults(self):
        """Remove all planned faults and release held connections."""
        self.faults.clear()

    # Remote services

    def command_plan(self, **plan):
        """Plan the next commands: outcome, steps, per_poll or per_step_seconds, settle_seconds, reason."""
        self.remote.plan(plan)

    def commands(self):
        """All commands sent so far: vin, command, cloud, service, arguments, time, state, polls."""
        return self.remote.log()

    def clear_commands(self):
        """Empty the log of commands."""
        self.remote.clear()

    def calls(self, since=0):
        """Calls with a number above `since`: n, time, method, path, cloud, kind, where, status (or None)."""
        return self.call_log.since(since)

    def reset_calls(self):
        """Empty the log of calls; its numbers continue."""
        self.call_log.reset()

    def quota_used(self, account="home"):
        """REST calls the account made today."""
        return self.quota.used(account)

    def reset_quota(self):
        """Give all accounts their daily calls again."""
        self.quota.reset()
        self.mybmw_quota.reset()

    def containers(self):
        """All containers of all accounts, deleted ones too."""
        return self.containers_store.all()

    def outdate_containers(self, error_id="CU-400"):
        """From now on reading a car with any present container is answered with this error."""
        self.containers_store.outdate(error_id)

    def clear_containers(self):
        """BMW loses all containers: the ids that clients stored are unknown."""
        self.containers_store.clear()
