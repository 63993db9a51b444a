"""An account with fifty cars in a real openHAB: with BMW's fifty calls a day, which are too few, and with enough calls.

The test sets the clocks of the JVM and of the simulated cloud forward together to let days pass.
"""

import time

import pytest

from tests.openhab.home import SCRIPT, UNLIMITED, Home
from tests.openhab.jvm_clock import DAY, WHY_NOT, JvmClock

CARS, CALLS = 50, 50
#: days; a bit more than one, because the budget counts calls by the minute
NEXT_DAY = 1.01
SECONDS = "0/2 * * * * ?"
#: put before the script: the budget uses the system clock only, because the test moves only that one
DAYS_PASS = "from bmw import assembly\n\nbudget = assembly.Budget\nassembly.Budget = lambda limit, monotonic: budget(limit)\n"


class Fleet(Home):
    def __init__(self, openhab, clock):
        Home.__init__(self, openhab, quota=CALLS)
        self.clock = clock
        self.days = 0
        for _ in range(CARS - 1):
            self.cloud.add_car("i3")
        self.drive()

    def drive(self):
        """Each car sends a new odometer."""
        self._round = getattr(self, "_round", 0) + 1
        for number, vin in enumerate(self.cloud.cars()):
            self.cloud.set_car(vin, odometer_km=100000 * self._round + number)

    def shown(self):
        """{number of the car: the round of the odometer that its item shows} of all cars with items."""
        states = [one["state"] for name, one in self.openhab.items().items() if name.endswith("_Odometer")]
        told = [divmod(int(state.split()[0]), 100000) for state in states]
        return {number: one_round for one_round, number in told}

    def next_day(self):
        """Sets both clocks to the next day; returns when its cars were polled."""
        self.days += 1
        self.cloud.advance_clock(NEXT_DAY * DAY)
        self.clock.set(self.days * NEXT_DAY)
        self.openhab.wait_state("BMW_LastRefresh", lambda state: state.startswith(self.clock.today()), 60)

    def waits_until_all_say(self, one_round):
        self.wait(lambda: self.shown() == dict.fromkeys(range(CARS), one_round), lambda: "all cars: {}".format(self.shown()), 60)


@pytest.fixture(scope="module")
def fleet(openhab_factory, tmp_path_factory):
    clock = JvmClock(tmp_path_factory.mktemp("fifty") / "clock")
    fleet = Fleet(openhab_factory(environment=clock.environment()), clock)
    fleet.openhab.write_conf(SCRIPT, DAYS_PASS + fleet.openhab.path(SCRIPT).read_text("utf-8"))
    fleet.configure_file(**fleet.settings(refresh=SECONDS))
    fleet.start()
    yield fleet
    fleet.close()


def test_the_first_day_ends_with_the_allowance_and_not_beyond_it(fleet):
    fleet.openhab.command("BMW_SignIn", "ON")
    fleet.decide(fleet.openhab.wait_state("BMW_SignInLink", lambda state: state.startswith("http")), "approved")
    assert "next call at" in fleet.wait_status("QUOTA_EXCEEDED", 60)
    shown = fleet.shown()
    assert len(shown) >= 20 and set(shown.values()) == {1}
    assert fleet.cloud.quota_used() == len(fleet.api_calls()) == CALLS
    last = fleet.last_call()
    fleet.force_update()
    assert "next call at" in fleet.wait_status("QUOTA_EXCEEDED") and fleet.shown() == shown
    assert fleet.api_calls(last) == []


@pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))
def test_day_by_day_every_car_gets_its_turn(fleet):
    for _ in range(2):
        fleet.next_day()
        assert fleet.cloud.quota_used() <= CALLS
    assert len(fleet.shown()) == CARS
    fleet.drive()
    fleet.next_day()
    assert "44 of 50 cars asked" in fleet.wait_status("ONLINE") and "take turns" in fleet.openhab.state("BMW_Account")
    assert sorted(fleet.shown().values()) == [1] * 6 + [2] * 44
    fleet.next_day()
    assert fleet.cloud.quota_used() <= CALLS
    fleet.waits_until_all_say(2)


def test_with_calls_enough_a_poll_reads_all_of_them(fleet):
    fleet.cloud.settings(quota=10**6)
    fleet.configure(**fleet.settings(**UNLIMITED))
    fleet.force_update()
    fleet.drive()
    begin, last = time.monotonic(), fleet.last_call()
    fleet.force_update()
    print("\n{} cars in {:.1f} s".format(CARS, time.monotonic() - begin))
    assert set(fleet.shown().values()) == {fleet._round} and len(fleet.shown()) == CARS
    assert fleet.wait_status("ONLINE") == "Online"
    assert [call["where"] for call in fleet.api_calls(last)] == ["telematicData"] * CARS


@pytest.mark.parametrize("kind, options", [("status", {"status": 500}), ("reset", {}), ("truncated", {})])
def test_trouble_costs_none_of_them_its_last_state_and_passes_by_itself(fleet, kind, options):
    before, last = fleet.openhab.items(), fleet.last_call()
    fleet.cloud.add_fault("telematicData", kind, times=None, **options)
    fleet.force_update()
    told = fleet.wait_status("OFFLINE")
    assert ": " in told and len(told) < 200
    assert len(fleet.api_calls(last)) <= 6
    after = fleet.openhab.items()
    assert [name for name in before if name.startswith("BMW_i3") and before[name]["state"] != after[name]["state"]] == []
    fleet.cloud.clear_faults()
    fleet.drive()
    fleet.force_update()
    assert set(fleet.shown().values()) == {fleet._round} and fleet.wait_status("ONLINE") == "Online"
