"""Compares the load time of the script with that of an empty one: saved in a running openHAB, with nothing compiled, and at openHAB's start."""

import os
import re
import time

from tests.bench.house import BENCH, epoch, spread
from tests.imports import STANDARD, with_cardata
from tests.openhab.home import SCRIPT, STARTED

FOLDER = "automation/jsr223/"
TEXT = 'from org.slf4j import LoggerFactory\nLoggerFactory.getLogger("tests.bench").warn("{} is ready {}")\n'
SAVES, FIRST, STARTS = 8, 5, 6
LEAST = FOLDER + "a_least.py"
#: most starts of openHAB, because starts with another order of the scripts do not count
MAX_STARTS = 20


def measure(house):
    empty = _write_before(house.openhab, "a_1", TEXT.format("Empty", "at once"), [SCRIPT])
    saved = []
    script = (house.openhab.path(SCRIPT)).read_text("utf-8")
    for number in range(SAVES):
        took = _save(house, empty, TEXT.format("Empty", number), "Empty is ready {}".format(number))
        saved.append((took, _save(house, SCRIPT, script + "# {}\n".format(number), STARTED)))
    _tell(house, "load: saved anew (s)", saved[2:])
    least = _write_least(house.openhab)
    _tell(house, "load: the least, as many empty modules (s)", [_save_least(house, empty, least, number) for number in range(SAVES)][2:])
    house.openhab.remove_conf(LEAST)
    first = []
    for number in range(FIRST):
        took = _save(house, empty, TEXT.format("Empty", -number), "Empty is ready {}".format(-number))
        _forget_compiled(house.openhab)
        first.append((took, _save(house, SCRIPT, script + "# first {}\n".format(number), STARTED)))
    _tell(house, "load: as after an install, nothing compiled (s)", first)
    # a third script comes first, so that starting Jython counts for neither of the two
    scripts = [_write_before(house.openhab, "a_0", TEXT.format("First", "too"), [empty, SCRIPT]), empty, SCRIPT]
    BENCH.remove(house.openhab)
    started, starts = [], 0
    while starts < MAX_STARTS and len(started) < STARTS:
        starts += 1
        house.openhab.restart()
        for ready in ("Empty is ready", STARTED):
            house.openhab.wait_for_log(ready, since=house.openhab.started_at, timeout=120)
        log = house.openhab.log(house.openhab.started_at)
        loaded = re.findall("Loading script '.*/({}.*)'".format(FOLDER), log)
        if [path for path in loaded if path in scripts] == scripts:
            started.append((_took(log, empty, "Empty is ready"), _took(log, SCRIPT, STARTED)))
    house.wait_status("ONLINE", 60)
    note = "; {} of {} starts, the others loaded in another order".format(len(started), starts) if len(started) < starts else ""
    _tell(house, "load: at openHAB's start, not the first (s)", started, note)


def _write_least(openhab):
    """Writes as many empty modules as ours has at its load. Returns the text of a script that imports them and the same of Python's library."""
    count = len(with_cardata()[0])
    for name in ["__init__"] + ["m{}".format(number) for number in range(count)]:
        openhab.write_conf("automation/lib/python/bench_least/{}.py".format(name), '"""Empty."""\n')
    names = sorted(STANDARD - {"__future__"}) + ["bench_least.m{}".format(number) for number in range(count)]
    return "".join("import {}\n".format(name) for name in names)


def _save_least(house, empty, text, number):
    took = _save(house, empty, TEXT.format("Empty", 100 + number), "Empty is ready {}".format(100 + number))
    return took, _save(house, LEAST, text + TEXT.format("Least", number), "Least is ready {}".format(number))


def _forget_compiled(openhab):
    """Removes what Jython has compiled of the module."""
    compiled = list(openhab.path("automation/lib/python/bmw").rglob("*$py.class"))
    if not compiled:
        raise RuntimeError("Jython has compiled nothing")
    for path in compiled:
        path.unlink()


def _write_before(openhab, name, text, later):
    """Writes a script that openHAB loads before the ``later`` ones; returns its path.

    openHAB loads scripts by name, or in the order of the folder's listing if Jython is ready early. So this searches a name that
    comes first in both. On a file system that lists files by age there is none.
    """
    folder = openhab.conf / FOLDER
    for number in range(500):
        path = folder / "{}_{}.py".format(name, number)
        path.touch()
        listed = os.listdir(folder)
        if all(listed.index(path.name) < listed.index(other[len(FOLDER) :]) for other in later):
            break
        path.unlink()
    path.write_text(text, "utf-8")
    return FOLDER + path.name


def _save(house, path, text, ready):
    """Saves a script; returns the seconds from when openHAB notices it to its last line."""
    since = house.openhab.log_size()
    house.openhab.write_conf(path, text)
    house.openhab.wait_for_log(ready, since=since, timeout=60)
    time.sleep(2)  # until its work after the start is done
    return _took(house.openhab.log(since), path, ready)


def _took(log, path, ready):
    begin = re.search(r"^(\S+ \S+) .*Loading script .*" + re.escape(path), log, re.MULTILINE)
    end = re.search(r"^(\S+ \S+) .*" + ready, log, re.MULTILINE)
    return epoch(end.group(1)) - epoch(begin.group(1))


def _tell(house, what, pairs, note=""):
    """Adds medians and ranges of the pairs (empty, ours) and of their differences to the table."""
    if not pairs:
        house.row(what, "", "", "not measured", "other: an empty script" + note)
        return
    empty, ours = (spread(column) for column in zip(*pairs))
    more = spread([one - other for other, one in pairs], "{:+.2f} s")
    house.row(what, empty, ours, more, "other: an empty script" + note)
