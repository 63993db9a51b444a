"""How long the script takes to load against an empty one: saved anew in a running openHAB, and at openHAB's own start."""

import os
import re
import time
from statistics import median

from tests.bench.house import BENCH, epoch
from tests.openhab.home import SCRIPT, STARTED

EMPTY = "automation/jsr223/a_empty.py"
TEXT = 'from org.slf4j import LoggerFactory\nLoggerFactory.getLogger("tests.bench").warn("{} is ready {}")\n'
SAVES, STARTS = 8, 6
#: starts at most, where the wrong script comes first
MOST_STARTS = 20


def measure(house):
    saved = {"empty": [], "ours": []}
    script = (house.openhab.conf / SCRIPT).read_text("utf-8")
    for number in range(SAVES):
        saved["empty"].append(_save(house, EMPTY, TEXT.format("Empty", number), "Empty is ready {}".format(number)))
        saved["ours"].append(_save(house, SCRIPT, script + "# {}\n".format(number), STARTED))
    _tell(house, "load: saved anew (s)", saved["empty"][2:], saved["ours"][2:])
    started = {"empty": [], "ours": []}
    first = _write_first(house.openhab)
    BENCH.remove(house.openhab)
    for _number in range(MOST_STARTS):
        house.openhab.restart()
        house.openhab.wait_for_log(STARTED, since=house.openhab.started_at, timeout=120)
        log = house.openhab.log(house.openhab.started_at)
        if re.search("Loading script '(.*)'", log).group(1).endswith(first):
            started["empty"].append(_took(log, EMPTY, "Empty is ready"))
            started["ours"].append(_took(log, SCRIPT, STARTED))
        if len(started["ours"]) == STARTS:
            break
    house.wait_status("ONLINE", 60)
    _tell(house, "load: at openHAB's start, not the first (s)", started["empty"], started["ours"])


def _write_first(openhab):
    """Writes a script that comes before both, so that none of the two is the one that wakes Jython; returns its path.

    openHAB loads scripts by their names, or as the folder happens to list them when Jython is there early: it is first in both, where
    a name can be found for that.
    """
    folder = openhab.conf / "automation" / "jsr223"
    for number in range(200):
        path = folder / "a_0_{}.py".format(number)
        path.write_text(TEXT.format("First", number), "utf-8")
        if next(os.scandir(folder)).name == path.name:
            break
        path.unlink()
    else:
        path.write_text(TEXT.format("First", 0), "utf-8")
    return "automation/jsr223/" + path.name


def _save(house, path, text, ready):
    """Seconds from openHAB's noticing a saved script to its last line."""
    since = house.openhab.log_size()
    house.openhab.write_conf(path, text)
    house.openhab.wait_for_log(ready, since=since, timeout=60)
    time.sleep(2)  # what it does when it has started is done
    return _took(house.openhab.log(since), path, ready)


def _took(log, path, ready):
    begin = re.search(r"^(\S+ \S+) .*Loading script .*" + re.escape(path), log, re.MULTILINE)
    end = re.search(r"^(\S+ \S+) .*" + ready, log, re.MULTILINE)
    return epoch(end.group(1)) - epoch(begin.group(1))


def _tell(house, what, empty, ours):
    empty, ours = median(empty), median(ours)
    house.row(what, "{:.2f}".format(empty), "{:.2f}".format(ours), "{:+.2f} s".format(ours - empty), "other: an empty script")
