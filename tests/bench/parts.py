"""Where the CPU of a refresh, of a message and of a load goes: the parts by themselves, inside openHAB. Median and range of five repetitions."""

import re
import time
from statistics import median

from tests.bench.house import spread

REPETITIONS, ROUNDS = 5, 20
MESSAGES = 200
IMPORTS = "automation/jsr223/a_imports.py"
#: what the script and the default cloud import, in a fresh engine as for each load
TEXT = """from java.lang.management import ManagementFactory
begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
from bmw.openhab.app import instance
from bmw.openhab.rules import Rules
from bmw.clouds.cardata import cloud
took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin
from org.slf4j import LoggerFactory
LoggerFactory.getLogger("tests.bench").warn("Imports {number} took %d us" % (took // 1000))
"""


def measure(house):
    told = house.inside("parts", house.answer(), 150, REPETITIONS * ROUNDS)
    for what in ("merge", "translate", "take over", "compare and post"):
        house.row("parts of a refresh: {} (ms of CPU)".format(what), "", spread(_medians(told[what])))
    told = house.inside("message_parts", MESSAGES, REPETITIONS)
    for what in ("parse", "merge"):
        house.row("parts of a message: {} (us of CPU)".format(what), "", spread([1e6 * one for one in told[what]], "{:.0f}"))
    house.row(
        "parts of a load: imports (ms of CPU)", "", spread([_imports(house, number) for number in range(REPETITIONS + 2)][2:], "{:.0f}")
    )
    house.openhab.remove_conf(IMPORTS)


def _imports(house, number):
    since = house.openhab.log_size()
    house.openhab.write_conf(IMPORTS, TEXT.format(number=number))
    house.openhab.wait_for_log("Imports {} took".format(number), since=since, timeout=60)
    time.sleep(1)
    return int(re.search(r"Imports {} took (\d+) us".format(number), house.openhab.log(since)).group(1)) / 1000


def _medians(seconds):
    """The median of each repetition in milliseconds."""
    return [1000 * median(seconds[start : start + ROUNDS]) for start in range(0, len(seconds), ROUNDS)]
