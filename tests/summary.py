"""The closing lines of tests/run.sh: how many tests ran on CPython and how many in a real openHAB."""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def counts(path):
    """(passed, failed, skipped) of a JUnit file."""
    suites = list(ElementTree.parse(path).getroot().iter("testsuite"))
    total, failures, errors, skipped = (
        sum(int(suite.get(name)) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
    )
    return total - failures - errors - skipped, failures + errors, skipped


def main(folder):
    rows = {path.stem: counts(path) for path in sorted(Path(folder).glob("*.xml"))}
    for name, (passed, failed, skipped) in rows.items():
        print("{:24} {:5} passed {:3} failed {:3} skipped".format(name, passed, failed, skipped))
    on_cpython = sum(passed for name, (passed, _, _) in rows.items() if name == "cpython")
    in_openhab = sum(passed for name, (passed, _, _) in rows.items() if name != "cpython")
    print("tests that passed: {} on CPython, {} in a real openHAB".format(on_cpython, in_openhab))
    failed = sum(row[1] for row in rows.values())
    print("{} passed, {} failed".format(on_cpython + in_openhab, failed))
    return 1 if failed or not on_cpython or not in_openhab else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
