"""The forum thread's way against ours: a Python process per refresh that reads its token over REST, asks BMW and writes each item.

Turn about, in the same openHAB, for the same car that has just changed, with as many items. Theirs writes text into String items.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from statistics import median

from tests.bench.house import HERE, pair

#: seconds after a refresh in which what it set off comes to its end
SETTLE = 1.5
#: refreshes of ours that only warm the JVM up, as a few days do, and the pairs that are measured
WARM, ROUNDS = 300, 20


def measure(house):
    table = _their_items(house)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join("{} {}\n".format(*row) for row in table))
        file.flush()
        url, params, _headers = house.question()
        command = [sys.executable, str(HERE / "external.py"), house.openhab.url, url, params["containerId"], file.name]
        refreshes = {"other": lambda: _run(command), "ours": lambda: _force(house)}
        for turn in range(WARM):
            house.change_car(turn)
            _force(house)
            time.sleep(0.2)
        for turn in range(3):
            house.change_car(turn)
            _run(command)
        idle, seen = house.idle(), {"other": [], "ours": []}
        for turn in range(ROUNDS):
            for name in ("other", "ours") if turn % 2 else ("ours", "other"):
                house.change_car(1000 + 2 * turn + (name == "ours"))
                seen[name].append(_measured(house, name, refreshes[name], idle))
    _tell(house, seen["other"], seen["ours"])


def _their_items(house):
    """[(descriptor, item)]: as many String items as the module has for the car, from the descriptors that are plain values."""
    entries = json.loads(house.answer())["telematicData"]
    plain = [name for name, entry in entries.items() if not str(entry.get("value")).startswith("[")]
    ours = [name for name, item in house.openhab.items().items() if name.startswith("BMW_i3_") and item["type"] != "Group"]
    table = [(name, "Thread_{}".format(number)) for number, name in enumerate((plain * 9)[: len(ours)])]
    house.openhab.write_conf("items/thread.items", "".join("String {}\n".format(item) for _name, item in table))
    house.openhab.wait_state(table[-1][1], lambda state: True)
    house.openhab.update("Thread_Token", house.token())
    return table


def _run(command):
    """Their refresh: what the process cost."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    printed = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit("the external process failed")
    requests, written = printed.split()
    cpu, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    return {"cpu": cpu, "memory": memory, "requests": int(requests), "processes": 1, "written": float(written)}


def _force(house):
    """Our refresh: a command to the switch, as it comes from a button."""
    calls = len(house.cloud.calls())
    house.openhab.command("BMW_ForceUpdate", "ON")
    house.wait(lambda: house.cloud.calls()[-1]["status"] and len(house.cloud.calls()) > calls, "the cloud to be asked")
    return {"cpu": 0.0, "memory": 0.0, "requests": len(house.cloud.calls()) - calls, "processes": house.processes()}


def _measured(house, name, refresh, idle):
    house.mark_events()
    begin, even, cpu = time.time(), time.monotonic(), house.cpu()
    told = refresh()
    time.sleep(SETTLE)
    told["cpu"] += house.cpu() - cpu - idle * (time.monotonic() - even)
    changes = house.changes("Thread_[0-9]" if name == "other" else "BMW_i3_")
    # they write every item, and the last one may say nothing new; we write what changed
    written = told.pop("written", None) or max(changes)
    answered = [call["answered"] for call in house.cloud.calls() if call["where"] == "telematicData"][-1]
    return dict(told, whole=written - begin, wall=written - answered, changes=len(changes))


def _tell(house, other, ours):
    def both(key, of=median):
        return of([one[key] for one in other]), of([one[key] for one in ours])

    house.row("refresh: start to last item written (s)", *pair(*both("whole")), "{:.0f} and {:.0f} items changed".format(*both("changes")))
    house.row("refresh: the cloud's answer to last item written (s)", *pair(*both("wall")))
    house.row("refresh: CPU, openHAB's and the process's (s)", *pair(*both("cpu", lambda found: sum(found) / len(found))), "mean")
    house.row("refresh: processes started", *("{:.0f}".format(one) for one in both("processes")))
    house.row("refresh: HTTP requests", *pair(*both("requests"), digits=0))
    house.row("refresh: memory beside openHAB, peak (MB)", *("{:.0f}".format(one) for one in both("memory")))
