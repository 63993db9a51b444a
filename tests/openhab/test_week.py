"""A week of the CarData stream in a real openHAB, in minutes: the simulated cloud's clock and the module's go SPEED times faster.

Tokens live their hour, so a week has some 200 reconnects; after each one the car says something new, which must reach its item. On the
way the script is loaded anew, openHAB is killed and restarted. WEEK_DAYS=7 runs the whole week (20 minutes); the default is a
stretch of it. SOAK_MINUTES=60 goes on for an hour of real time instead. The figures are printed.
"""

import os
import time

import pytest

from tests.openhab import layout
from tests.openhab.home import SCRIPT, STARTED
from tests.openhab.server import wait_until

pytest.importorskip("amqtt", reason="the simulated stream's broker needs Python 3.10")
from tests.cloud import SimulatedCloud  # noqa: E402
from tests.cloud.stream import SimulatedStream  # noqa: E402

SPEED = 500
DAY = 86400
SOAK_MINUTES = float(os.environ.get("SOAK_MINUTES", "0"))
DAYS = SOAK_MINUTES * 60 * SPEED / DAY if SOAK_MINUTES else float(os.environ.get("WEEK_DAYS", "0.4"))
#: BMW's calls per day, and the item that is watched
CALLS, CHARGE = 50, "BMW_i3_StateOfCharge"
#: allowed growth of heap (bytes), threads and open files; these figures vary
HEAP_MORE, THREADS_MORE, FILES_MORE = 30e6, 6, 25

#: put before the script: makes the module's clock and waits faster; waits for the machine itself (TLS, HTTP) stay as they are
HURRY = """
import threading
import time as real_time
from bmw import times, worker
from bmw.clouds.cardata import stream
from bmw.openhab import jvm

SPEED, ORIGIN = {speed}, {origin!r}
real_monotonic = jvm.monotonic


def fast_now(self):
    return ORIGIN + (real_time.time() - ORIGIN) * SPEED


class FastCondition(object):
    def __init__(self):
        self._condition = threading.Condition()
        self.notify = self._condition.notify

    def __enter__(self):
        return self._condition.__enter__()

    def __exit__(self, *problem):
        return self._condition.__exit__(*problem)

    def wait(self, seconds):
        self._condition.wait(float(seconds) / SPEED)


class FastThreading(object):
    Condition, Thread, current_thread = FastCondition, threading.Thread, staticmethod(threading.current_thread)


times.SystemClock.now = fast_now
worker.threading = FastThreading
jvm.monotonic = lambda: real_monotonic() * SPEED
from bmw.openhab import app as hurried_app

assert hurried_app.monotonic is jvm.monotonic
hurried_app.WATCH_SETTINGS = hurried_app.WATCH_SETTINGS * SPEED
stream.CONNECT_WITHIN = stream.CONNECT_WITHIN * SPEED
stream.MAX_PER_MINUTE = 1000
"""


class Week:
    """openHAB, cloud and stream with a fast clock, and the readings."""

    def __init__(self, openhab, cloud, stream):
        self.openhab, self.cloud, self.stream = openhab, cloud, stream
        self.vin = cloud.cars()[0]
        self.begin = cloud.clock.now()
        self.updates = self.by_poll = 0
        self.slowest = 0.0
        self.curve = []

    def day(self):
        """Simulated days since the start."""
        return (self.cloud.clock.now() - self.begin) / DAY

    def boot(self):
        self.openhab.start().wait_ready()
        self.openhab.wait_for_log(STARTED, since=self.openhab.started_at, timeout=120)

    def reload(self, number):
        """Saves the script with a new last line."""
        since = self.openhab.log_size()
        path = self.openhab.path(SCRIPT)
        self.openhab.write_conf(SCRIPT, path.read_text("utf-8") + "# {}\n".format(number))
        self.openhab.wait_for_log(STARTED, since=since, timeout=60)

    def next_connection(self):
        logins = self.stream.good_logins()
        wait_until(lambda: self.stream.good_logins() > logins and self.stream.sessions() == 1, 60, "the next login", self.openhab)

    def follow(self):
        """Changes the car and waits for the item; repeats it if a poll came in between, which could have brought the value as well."""
        while True:
            asked, begin = len(self.asked()), time.monotonic()
            soc = 20 + self.updates % 60
            self.updates += 1
            self.cloud.set_car(self.vin, soc=soc)
            self.openhab.wait_state(CHARGE, lambda state: state.split()[0] in (str(soc), "{}.0".format(soc)), 10)
            self.slowest = max(self.slowest, time.monotonic() - begin)
            if len(self.asked()) == asked:
                return
            self.by_poll += 1

    def asked(self):
        return [call for call in self.cloud.calls() if call["kind"] == "api"]

    def most_calls(self):
        """(most calls in any 24 hours, most calls on a UTC day), by the simulated clock."""
        times = sorted(call["time"] for call in self.asked())
        rolling = max(sum(first <= moment < first + DAY for moment in times) for first in times)
        days = {}
        for moment in times:
            days[int(moment // DAY)] = days.get(int(moment // DAY), 0) + 1
        return rolling, max(days.values())

    def look(self):
        seen = self.openhab.probe()
        self.curve.append((self.day(), len(seen["threads"]), seen["heap_used"], seen["open_files"]))

    def table(self):
        lines = ["   day  threads  heap (MB)  open files"]
        return lines + ["{:6.2f} {:8d} {:10.1f} {:11d}".format(day, threads, heap / 1e6, files) for day, threads, heap, files in self.curve]


@pytest.fixture(scope="module")
def week(openhab_factory):
    with SimulatedCloud(auto_approve=True, code_interval=1, quota=CALLS) as cloud:
        with SimulatedStream(cloud, names=("localhost",)) as stream:
            openhab = openhab_factory(jvm_options=stream.certificates.jvm_options())
            openhab.install_module()
            openhab.install_probe()
            origin = cloud.clock.hurry(SPEED)
            script = (layout.REPO / SCRIPT).read_text("utf-8")
            openhab.write_conf(SCRIPT, HURRY.format(speed=SPEED, origin=origin) + script)
            settings = {
                "client_id": cloud.accounts()[0]["client_id"],
                "auth_url": cloud.url,
                "api_url": cloud.url,
                "stream_url": stream.url,
                "refresh": "0/4 * * * * ?",  # about 33 simulated minutes
            }
            openhab.write_conf("services/bmw.cfg", "".join("{} = {}\n".format(*pair) for pair in settings.items()))
            week = Week(openhab, cloud, stream)
            week.boot()
            openhab.wait_state("BMW_AccountState", "SIGN_IN_NEEDED", 60)
            openhab.command("BMW_SignIn", "ON")
            openhab.wait_state("BMW_AccountState", "ONLINE")
            openhab.wait_state("BMW_StreamState", "CONNECTED", 60)
            yield week
            openhab.stop()


def test_a_week_loses_no_update_and_no_sign_in_and_does_not_grow(week):
    for number, end in enumerate((week.openhab.kill, week.openhab.stop)):
        week.reload(number)
        week.next_connection()
        week.follow()
        end()
        week.boot()
        week.openhab.wait_state("BMW_StreamState", lambda state: state.startswith("CONNECTED"), 60)
        week.follow()
    for _warm in range(3):
        week.next_connection()
        week.follow()
    begin, logins = week.day(), week.stream.good_logins()
    week.look()
    step = max(0.1, DAYS / 14)
    while week.day() < begin + DAYS:
        week.next_connection()
        week.follow()
        if week.day() > week.curve[-1][0] + step:
            week.look()
    week.look()
    rolling, a_day = week.most_calls()
    print("\n" + "\n".join(week.table()))
    print(
        "{:.1f} days, {} logins of the stream ({} since the last restart), {} updates and none lost ({} told by a poll too), slowest"
        " {:.2f} s; at most {} calls in 24 h and {} on a UTC day".format(
            week.day(),
            week.stream.good_logins(),
            week.stream.good_logins() - logins,
            week.updates,
            week.by_poll,
            week.slowest,
            rolling,
            a_day,
        )
    )
    assert len([call for call in week.cloud.calls() if call["where"] == "device_code"]) == 1
    assert week.openhab.state("BMW_AccountState") == "ONLINE"
    assert rolling <= CALLS and a_day <= CALLS
    first, last = week.curve[0], week.curve[-1]
    assert last[1] <= first[1] + THREADS_MORE
    assert last[2] <= first[2] + HEAP_MORE
    assert last[3] <= first[3] + FILES_MORE
    assert "Unexpected error" not in week.openhab.log()
