"""The closing lines of tests/run.sh: how many tests ran on CPython and how many in a real openHAB.

A file of tests with a failure is run once more from its start (a busy machine can make a real openHAB miss a deadline); what
passed only then is counted and named here, so that nothing is hidden.
"""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

AGAIN = ".again"


def cases(path):
    """{(class name, test name): passed | failed | skipped} of a JUnit file."""
    outcomes = {}
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        kinds = {child.tag for child in case}
        outcome = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        outcomes[case.get("classname"), case.get("name")] = outcome
    return outcomes


def failed_files(path):
    """The test files of a JUnit file in which something failed."""
    modules = {classname or name for (classname, name), outcome in cases(path).items() if outcome == "failed"}
    return sorted({"{}.py".format(module.replace(".", "/")) for module in modules})


def part(path):
    """(passed, failed, skipped, list of cases that passed only at the second try) of a part."""
    first = cases(path)
    again = path.with_name(path.stem + AGAIN + ".xml")
    outcomes = {**first, **cases(again)} if again.exists() else first
    recovered = [case for case, outcome in first.items() if outcome == "failed" and outcomes[case] == "passed"]
    values = list(outcomes.values())
    return values.count("passed"), values.count("failed"), values.count("skipped"), recovered


def main(folder):
    paths = [path for path in sorted(Path(folder).glob("*.xml")) if AGAIN not in path.name]
    rows = {path.stem: part(path) for path in paths}
    for name, (passed, failed, skipped, recovered) in rows.items():
        print("{:24} {:5} passed {:3} failed {:3} skipped {:3} at the second try".format(name, passed, failed, skipped, len(recovered)))
        print("".join("    second try: {}::{}\n".format(*case) for case in recovered), end="")
    on_cpython = rows["cpython"][0] if "cpython" in rows else 0
    in_openhab = sum(row[0] for name, row in rows.items() if name != "cpython")
    failed = sum(row[1] for row in rows.values())
    print("tests that passed: {} on CPython, {} in a real openHAB".format(on_cpython, in_openhab))
    print("{} passed, {} failed".format(on_cpython + in_openhab, failed))
    return 1 if failed or not rows or not all(passed for passed, *_others in rows.values()) else 0


if __name__ == "__main__":
    if sys.argv[1] == "--failed-files":
        print("\n".join(failed_files(Path(sys.argv[2]))))
    else:
        sys.exit(main(sys.argv[1]))
