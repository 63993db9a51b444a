"""The contract of all clouds in a real openHAB: one instance, switched from cloud to cloud by its settings, driven by items."""

import time

import pytest

from tests.contract import cases
from tests.contract.clouds import CLOUDS, VINS, settings
from tests.openhab.home import Home, Presses

#: seconds: short, because tests wait for the timeouts, but long enough for a busy machine
TIMES = {"timeout": 3, "command_timeout": 2}
#: a cron that never fires: only the cases poll
NEVER = "0 0 4 1 1 ?"
COMMAND_ITEMS = (
    "Lock",
    "Unlock",
    "FlashLights",
    "SoundHorn",
    "Climate",
    "Charge",
    "FindVehicle",
    "ChargingTarget",
    "ChargingCurrentLimit",
    "Destination",
    "Command",
    "CommandStatus",
    "LastCommand",
)
#: values that these clouds are asked for every half hour only
SELDOM = (
    "chargingMode",
    "chargingPreference",
    "chargingWindowStart",
    "climateAtDeparture",
    "departureTimer1",
    "lastTripDistance",
    "batteryEnergy",
)
USUAL = {"access_lifetime": 3600, "cd_access_lifetime": 28800}


class OpenHABHome:
    """See ``tests.contract.cases``."""

    def __init__(self, home):
        self._home = home
        self._openhab = home.openhab
        self._last_status = None
        self._presses = Presses()
        self.cloud = home.cloud
        self.facts = None
        self.vin = None

    @property
    def seldom(self):
        return SELDOM if self.facts.name in ("connecteddrive", "portal") else ()

    def use(self, facts):
        """Changes to another cloud."""
        if self.facts is facts:
            return
        self._put_right()
        if self.facts is not None:
            # read all cars first: values of the last cloud must not pass for values of the next one
            self.garage(*cases.FLEET)
            self.sign_in()
        self.facts = facts
        self.garage()
        before = self.state("BMW_LastRefresh")
        self._home.configure(**settings(facts, self.cloud.url, refresh=NEVER, **TIMES))
        if facts.renews_alone:  # it signs in by itself and finds no car
            self.wait("BMW_LastRefresh", lambda state: state != before)
            self.wait("BMW_AccountState", "NO_CAR")
        else:
            self.wait("BMW_AccountState", "SIGN_IN_NEEDED")

    def prepare(self):
        """The usual start of a case: no faults, signed in, one car."""
        self._put_right()
        if self.cloud.cars() != [VINS[self.facts.kind]]:
            self.garage(self.facts.kind)
            self.sign_in()
        if self.state("BMW_AccountState") != "ONLINE":
            self.sign_in()
        self.wait("BMW_AccountState", "ONLINE")

    def _put_right(self):
        self.cloud.clear_faults()
        self.cloud.command_plan()
        self.cloud.settings(**USUAL)

    # the home's side of the contract

    def now(self):
        return self.cloud.now()

    def last_call(self):
        return self._home.last_call()

    @property
    def name(self):
        return self.car_name(self.facts.kind)

    def car_name(self, kind):
        model = {"i3": "i3", "i4": "i4", "phev": "330e", "combustion": "320i"}[kind]
        # the name depends on the first cloud: ConnectedDrive writes models in capitals
        return next(name[4:] for name in self._openhab.items() if name.lower() == "bmw_" + model)

    def item(self, end):
        return "BMW_{}_{}".format(self.name, end)

    def state(self, item):
        return self._openhab.state(item)

    def states(self, name, with_commands=False):
        start = "BMW_{}_".format(name)
        left_out = [] if with_commands else [start + end for end in COMMAND_ITEMS]
        items = self._openhab.items().items()
        return {item: entry["state"] for item, entry in items if item.startswith(start) and item not in left_out}

    def command(self, item, text):
        self._presses.wait(item, text)
        self._openhab.command(item, text)

    def update(self):
        self._home.force_update()

    def begin_sign_in(self):
        self.command("BMW_SignIn", "ON")

    def sign_in(self):
        before = self.state("BMW_LastRefresh")
        if self.facts.signs_in == "captcha":
            self.command("BMW_SignInInput", self.cloud.new_captcha_token())
        else:
            self.begin_sign_in()
        if self.facts.signs_in == "person":
            self._home.wait(self.cloud.pending_codes, "a code to approve")
            self.cloud.approve()
        self.wait("BMW_LastRefresh", lambda state: state != before)

    def garage(self, *kinds):
        for vin in self.cloud.cars():
            self.cloud.remove_car(vin)
        vins = [self.cloud.add_car(kind, vin=VINS[kind]) for kind in kinds]
        self.vin = vins[0] if vins else None
        return vins

    def forget_seldom(self):
        """Does nothing: the test cannot wait half an hour; each cloud's first poll reads these values."""

    def pass_time(self, seconds):
        end = time.monotonic() + seconds
        self._home.wait(lambda: time.monotonic() > end, "time to pass")

    def wait(self, item, wanted):
        self._openhab.wait_state(item, wanted)

    def mark(self):
        """The present size of events.log. Also keeps the status: each line names the state before, which can contain any text."""
        self._status_item = self.item("CommandStatus")
        self._last_status = self.state(self._status_item) or "NULL"
        return self._openhab.events_size()

    def statuses(self, since):
        start, states, last = "Item '{}' changed from ".format(self._status_item), [], self._last_status
        lines = self._openhab.events(since).splitlines()
        for change in (line.partition(start)[2] for line in lines if start in line):
            assert change.startswith(last + " to "), change
            last = change[len(last) + 4 :]
            states.append(last)
        return states

    def wait_status(self, since, fits):
        self._home.wait(lambda: any(fits(state) for state in self.statuses(since)), lambda: "an end after {}".format(self.statuses(since)))


@pytest.fixture(scope="module")
def home(openhab_factory):
    home = Home(openhab_factory(), fleet="none", quota=1000000)
    home.start()
    yield OpenHABHome(home)
    home.close()


def _every_case():
    for name, facts in CLOUDS.items():
        for case in cases.cases(facts):
            yield pytest.param(name, case, id="{}-{}".format(name, case.name))


@pytest.mark.parametrize("name, case", _every_case())
def test_every_cloud_keeps_the_contract(home, name, case):
    home.use(CLOUDS[name])
    if case.run is not cases.every_state_of_every_kind_of_car_is_shown:  # this case needs an account without cars
        home.prepare()
    case.run(home)
