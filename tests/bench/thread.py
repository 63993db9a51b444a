"""Compares the forum thread's way with ours. Theirs: each refresh starts a Python process, which reads its token by REST, polls BMW and writes each item.

Both alternate in the same openHAB, for the same changed car and with the same number of items. Theirs writes text into String items.
Ours is started by the module's own cron as usual, and in a second measurement by the switch.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from statistics import mean, median

from tests.bench.house import HERE, pair

#: seconds after a refresh until openHAB has handled its events
SETTLE = 1.5
#: seconds without polls, to measure what openHAB uses by itself
REST = 2.5
#: refreshes that warm the JVM up like some weeks of use: ours, theirs (each of these makes 80 times as many REST calls)
WARM, WARM_OTHER = 1500, 30
#: number of measurements of each
ROUNDS = 15
#: seconds between two refreshes by cron; their refresh runs in between
PERIOD = 10


def measure(house):
    table = _their_items(house)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join("{} {}\n".format(*row) for row in table))
        file.flush()
        url, params, _headers = house.question()
        command = [sys.executable, str(HERE / "external.py"), house.openhab.url, url, params["containerId"], file.name]
        refreshes = (("ours", lambda: _by_cron(house)), ("other", lambda: _run(command)), ("by switch", lambda: _by_switch(house)))
        # change the settings before the warm-up, because they load the script again
        house.configure(**house.settings(refresh="0/{} * * * * ?".format(PERIOD)))
        for turn in range(WARM):
            house.change_car(turn)
            _by_switch(house)
            time.sleep(0.02)
        for turn in range(WARM_OTHER):
            house.change_car(turn)
            _run(command)
        idle, seen = [], {"other": [], "ours": [], "by switch": []}
        for turn in range(ROUNDS):
            _sleep_until_cron()
            # doors are open with even numbers and closed with odd ones; each refresh must find a change
            numbers = {"ours": 0, "by switch": 1, "other": 2 + turn % 2}
            for name, refresh in refreshes:
                house.change_car(1000 + 4 * turn + numbers[name])
                seen[name].append(_measured(house, name, refresh))
            idle.append(house.cost(lambda: time.sleep(REST)))
        house.configure(**house.settings())
    _leave_out(idle, *seen.values())
    _tell(house, seen["other"], seen["ours"], seen["by switch"])


def _leave_out(idle, *measured):
    """Subtracts from each CPU time what openHAB uses without a refresh."""
    share = sum(cpu for cpu, _seconds in idle) / sum(seconds for _cpu, seconds in idle)
    for one in sum(measured, []):
        one["cpu"] -= share * one["seconds"]


def _their_items(house):
    """[(descriptor, item)]: as many String items as the module's items of the car, for descriptors with plain values."""
    entries = json.loads(house.answer())["telematicData"]
    plain = [name for name, entry in entries.items() if not str(entry.get("value")).startswith("[")]
    ours = [name for name, item in house.openhab.items().items() if name.startswith("BMW_i3_") and item["type"] != "Group"]
    table = [(name, "Thread_{}".format(number)) for number, name in enumerate((plain * 9)[: len(ours)])]
    names = ["Thread_Token"] + [item for _name, item in table]
    house.openhab.write_conf("items/thread.items", "".join("String {}\n".format(name) for name in names))
    house.openhab.wait_state(table[-1][1], lambda state: True)
    house.openhab.update("Thread_Token", house.token())
    return table


def _run(command):
    """Runs their refresh; returns the costs of its process."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    printed = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit("the external process failed")
    requests, written = printed.split()
    cpu, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    return {"cpu": cpu, "memory": memory, "requests": int(requests), "processes": 1, "written": float(written)}


def _by_switch(house):
    """Runs our refresh by a REST command, like a button."""
    return _answered(house, lambda: house.openhab.command("BMW_ForceUpdate", "ON"))


def _sleep_until_cron():
    """Sleeps until shortly before the next refresh by cron."""
    time.sleep((PERIOD - 0.3 - time.time()) % PERIOD)


def _by_cron(house):
    return _answered(house, lambda: None)


def _answered(house, start):
    """Starts our refresh and waits for the cloud's answer; returns its costs outside openHAB."""
    calls, asked = len(house.cloud.calls()), len(_asked(house))
    start()
    house.wait(lambda: len(_asked(house)) > asked, "the cloud to be asked")
    return {"cpu": 0.0, "memory": 0.0, "requests": len(house.cloud.calls()) - calls, "processes": house.processes()}


def _asked(house):
    """The answered requests for the car's data."""
    return [call for call in house.cloud.calls() if call["where"] == "telematicData" and call["status"]]


def _measured(house, name, refresh):
    house.mark_events()
    begin, told = time.time(), {}

    def work():
        told.update(refresh())
        time.sleep(SETTLE)

    cpu, seconds = house.cost(work)
    told["cpu"] += cpu
    changes = house.changes("Thread_[0-9]" if name == "other" else "BMW_i3_")
    # They write all items, and the last one may be unchanged; we write only changes.
    written = told.pop("written", None) or max(changes)
    answered = _asked(house)[-1]["answered"]
    return dict(told, seconds=seconds, whole=written - begin, wall=written - answered, changes=len(changes))


def _tell(house, other, ours, by_switch):
    def both(key, of=median, ours=ours):
        return of([one[key] for one in other]), of([one[key] for one in ours])

    changed = "{:.0f} and {:.0f} items changed".format(*both("changes"))
    house.row("refresh: the cloud's answer to last item written (s)", *pair(*both("wall")), changed)
    house.row("refresh: start to last item written (s)", *pair(*both("whole", ours=by_switch)), "ours by the switch")
    house.row("refresh: CPU, openHAB's and the process's (s)", *pair(*both("cpu", mean)), "mean")
    house.row("refresh: CPU, the same, ours by the switch (s)", *pair(*both("cpu", mean, by_switch)), "mean")
    house.row("refresh: processes started", *("{:.0f}".format(one) for one in both("processes")))
    house.row("refresh: HTTP requests", *pair(*both("requests"), digits=0))
    house.row("refresh: memory beside openHAB, peak (MB)", *("{:.0f}".format(one) for one in both("memory")))
