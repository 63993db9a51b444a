"""The benchmarks behind tests/bench/run.sh: in one real openHAB, everything side by side, and a table at the end.

Nothing passes or fails by time: what counts are the ratios. --write puts the table into docs/benchmarks.md as well.
"""

import argparse
import os
import re
import signal
from datetime import date
from pathlib import Path

from tests.bench import bare, cars, load, memory, parts, small, stream, thread
from tests.bench.house import House
from tests.cloud.stream import SimulatedStream
from tests.openhab import install, layout

BENCHMARKS = {
    "thread": thread,
    "bare": bare,
    "parts": parts,
    "load": load,
    "stream": stream,
    "memory": memory,
    "cars": cars,
    "small": small,
}
PAGE = layout.REPO / "docs" / "benchmarks.md"
BEGIN, END = "<!-- tests/bench/run.sh --write: begin -->\n", "<!-- end -->\n"


def machine():
    name = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return "{} cores ({}), {:.0f} GB".format(os.cpu_count(), name.group(1) if name else "unknown", memory)


def table(rows):
    """The results as a Markdown table."""
    lines = [["", "the other", "ours", "ratio", ""], ["---"] * 5] + rows
    return "".join("| {} |\n".format(" | ".join(line)) for line in lines)


def write(text):
    """Replaces the last results in the page with this text."""
    old = PAGE.read_text("utf-8")
    PAGE.write_text(old[: old.index(BEGIN) + len(BEGIN)] + text + old[old.index(END) :], "utf-8")


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run.sh", description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=BENCHMARKS, nargs="+", default=list(BENCHMARKS))
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    install.prepare(layout.DEFAULT_JYTHON)
    load_before = os.getloadavg()[0]
    house = House()
    with SimulatedStream(house.cloud, names=("localhost",)) as house.stream:
        house.openhab.jvm_options = house.stream.certificates.jvm_options()
        try:
            house.start()
            for name in options.only:
                BENCHMARKS[name].measure(house)
        finally:
            house.close()
            house.openhab.discard()
    told = "{}, openHAB {}, Jython {}, {}; load of the machine before {:.1f}".format(
        date.today(), layout.OPENHAB_VERSION, layout.DEFAULT_JYTHON, machine(), load_before
    )
    text = "{}\n\n{}".format(told, table(house.rows))
    print("\n" + text)
    if options.write:
        write(text)


if __name__ == "__main__":
    main()
