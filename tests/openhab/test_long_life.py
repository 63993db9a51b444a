"""What years do to one openHAB: many reloads of the script, many changes of bmw.cfg, and a start before the clock is set.

It takes minutes, so it runs only in the long form of tests/run.sh (RELOADS=100 in the environment), which prints the figures:

    RELOADS=100 python -m pytest -q -s tests/openhab/test_long_life.py
"""

import os
import time

import pytest

from tests.openhab.home import SCRIPT, STARTED, Home
from tests.openhab.jvm_clock import DAY, WHY_NOT, JvmClock

RELOADS = int(os.environ.get("RELOADS", "0"))
pytestmark = pytest.mark.skipif(not RELOADS, reason="minutes long: RELOADS=100 in the environment, or tests/run.sh long")
#: reloads and changes of settings before the first reading, so that everything that is made only once exists
WARM = 5
#: allowed growth: these figures vary, and the JVM may not have collected the last generation of the script yet. One generation has
#: about 2,000 classes and 10 MB
MORE = {"threads": 6, "heap (MB)": 20, "classes": 4000, "open files": 25}
#: the time of a clock that was never set: seconds since 1970
UNSET = 120
#: the module checks its settings each second, so that the test need not wait for a change
HURRY = "from bmw.openhab import app as hurried\n\nassert hurried.WATCH_SETTINGS > 1\nhurried.WATCH_SETTINGS = 1\n"


class Life:
    """A home, and the readings of its JVM over time."""

    def __init__(self, home):
        self.home = home
        self.curve = []
        self._script = HURRY + home.openhab.path(SCRIPT).read_text("utf-8")
        self._number = 0

    def reload(self):
        """Saves the script with a new last line."""
        since = self.home.openhab.log_size()
        self._number += 1
        self.home.openhab.write_conf(SCRIPT, "{}# {}\n".format(self._script, self._number))
        self.home.openhab.wait_for_log(STARTED, since=since, timeout=60)

    def change(self):
        """Changes a setting in bmw.cfg."""
        self._number += 1
        self.home.configure(**self.home.settings(command_timeout=10 + self._number, cloud="cardata"))

    def look(self, what, count):
        """Takes the lowest of three readings, because the JVM collects garbage at any time."""
        seen = [self.home.openhab.probe() for _ in range(3)]
        row = {
            "threads": min(len(one["threads"]) for one in seen),
            "heap (MB)": min(one["heap_used"] for one in seen) / 1e6,
            "classes": min(one["classes"] for one in seen),
            "open files": min(one["open_files"] for one in seen),
        }
        self.curve.append((what, count, row))
        print(what, count, row, flush=True)  # shows progress: such a run takes a quarter of an hour
        return row

    def table(self):
        lines = ["| after | {} |".format(" | ".join(MORE)), "| --- |" + " --- |" * len(MORE)]
        lines += [
            "| {} {} | {} |".format(count, what, " | ".join("{:.0f}".format(row[key]) for key in MORE)) for what, count, row in self.curve
        ]
        return "\n".join(lines)


@pytest.fixture(scope="module")
def home(openhab_factory, tmp_path_factory):
    clock = JvmClock(tmp_path_factory.mktemp("clock") / "clock")
    home = Home(openhab_factory(environment=clock.environment()), auto_approve=True)
    home.clock = clock
    home.openhab.install_probe()
    home.start()
    home.openhab.command("BMW_SignIn", "ON")
    home.openhab.wait_state("BMW_LastRefresh", lambda state: state not in ("NULL", "UNDEF"))
    yield home
    home.close()


def calls_left(home):
    return int(float(home.openhab.state("BMW_CallsLeft")))


@pytest.mark.skipif(WHY_NOT is not None, reason=WHY_NOT or "")
def test_a_clock_that_starts_in_1970_and_is_set_later_harms_no_token_key_count_or_item(home):
    openhab, cloud, folder = home.openhab, home.cloud, home.openhab.userdata / "bmw"
    home.force_update()
    key, all_calls = (folder / "seal.key").read_bytes(), calls_left(home) + len(home.api_calls())
    openhab.stop()
    home.clock.set((UNSET - time.time()) / DAY)
    try:
        home.start()
        for soc in ("41", "42"):
            cloud.set_car(cloud.cars()[0], soc=int(soc))
            home.force_update()
            openhab.wait_state("BMW_i3_StateOfCharge", lambda state, soc=soc: state.split()[0].partition(".")[0] == soc)
        assert openhab.state("BMW_LastRefresh").startswith("1970-01-01")
        assert (openhab.state("BMW_AccountState"), calls_left(home)) == ("ONLINE", all_calls - len(home.api_calls()))
        assert (folder / "seal.key").read_bytes() == key
    finally:
        home.clock.set(0)
    cloud.set_car(cloud.cars()[0], soc=43)

    def is_set():
        home.force_update()
        return openhab.state("BMW_LastRefresh").startswith(home.clock.today())

    home.wait(is_set, "the clock to be set")
    openhab.wait_state("BMW_i3_StateOfCharge", lambda state: state.startswith("43"))
    assert (openhab.state("BMW_AccountState"), calls_left(home)) == ("ONLINE", all_calls - len(home.api_calls()))
    openhab.restart()
    openhab.wait_for_log(STARTED, since=openhab.started_at, timeout=90)
    home.wait_status("ONLINE")
    home.force_update()
    assert calls_left(home) == all_calls - len(home.api_calls())
    assert openhab.state("BMW_AccessToken").startswith("bmw1:")
    assert len([call for call in cloud.calls() if call["where"] == "device_code"]) == 1
    assert not [path.name for path in folder.iterdir() if path.name.endswith(".damaged")]
    assert "Unexpected error" not in openhab.log()


def test_many_reloads_and_many_changes_of_the_settings_leave_nothing_behind(home, request):
    life = Life(home)
    for step in (life.reload, life.change):
        for _ in range(WARM):
            step()
    first = life.look("reloads and changes", WARM)
    for what, step in (("reloads", life.reload), ("changes", life.change)):
        for number in range(1, RELOADS + 1):
            step()
            if number % max(1, RELOADS // 4) == 0:
                last = life.look(what, number)
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\n" + life.table())
    home.wait_status("ONLINE")
    home.force_update()
    assert {name: last[name] for name in MORE if last[name] > first[name] + MORE[name]} == {}
    assert home.openhab.log().count("Unexpected error") == 0
