"""The settings for mutmut, and its result as a list of unnoticed changes and a table. See run.sh."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

#: what the tests of the modules are: theirs first, and those that use them as a whole
TESTS = (
    "account",
    "commands",
    "storage",
    "net",
    "polling",
    "support",
    "clouds/cardata/test_stream.py",
    "clouds/cardata/test_live.py",
    "test_redact.py",
    "test_assembly.py",
)
#: what mutmut copies beside the library, as tests read it
BESIDE = ("tests", "conf", "docs", "install.py", "README.md", "CHANGELOG.md")
#: mutmut's exit codes of a test run: 0 = all passed, 33 = no test reaches the change
SURVIVED, NOT_REACHED = 0, 33


def settings(work, modules):
    """The text of pyproject.toml. What shall be changed must not lie in mutmut's folder yet, as it takes that for up to date."""
    for module in modules:
        (work / "mutants" / "src" / "bmw" / module).unlink()
    return "\n".join(
        (
            "[tool.pytest.ini_options]",
            'addopts = "-p no:cacheprovider -p no:xdist"',
            "[tool.mutmut]",
            "paths_to_mutate = {}".format(json.dumps(["src/bmw/" + module for module in modules])),
            "tests_dir = {}".format(json.dumps(["tests/unit/" + name for name in TESTS])),
            "also_copy = {}".format(json.dumps(BESIDE)),
        )
    )


def results(work):
    """{module: {name of the change: exit code of the tests}}"""
    found = {}
    for path in sorted((work / "mutants" / "src").rglob("*.py.meta")):
        module = path.relative_to(work / "mutants" / "src" / "bmw").as_posix()[: -len(".meta")]
        found[module] = json.loads(path.read_text("utf-8"))["exit_code_by_key"]
    return found


def difference(work, name):
    """The lines (text) that a change takes away and adds."""
    shown = subprocess.run([str(Path(sys.executable).parent / "mutmut"), "show", name], cwd=work, capture_output=True, text=True).stdout
    return "\n".join(line for line in shown.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---"))


def is_of_text(shown):
    """True if a change is in words for people or in the log only: mutmut marks them, or changes the size of their letters."""
    lines = shown.splitlines()
    return "XX" in shown or (len(lines) == 2 and lines[0][1:].lower() == lines[1][1:].lower())


def survivors(work):
    """Prints what no test noticed, then a row per module."""
    table = []
    for module, codes in results(work).items():
        counts = Counter()
        for name, code in codes.items():
            shown = difference(work, name) if code in (SURVIVED, NOT_REACHED) else ""
            kind = "noticed" if not shown else "words" if is_of_text(shown) else "unnoticed"
            counts[kind] += 1
            if kind == "unnoticed":
                print("{}{}\n{}\n".format(name, " (no test reaches it)" if code == NOT_REACHED else "", shown))
        table.append((module, len(codes), counts))
    print("{:<28}{:>9}{:>9}{:>11}{:>16}".format("module", "changes", "noticed", "unnoticed", "words for people"))
    total = Counter()
    for module, count, counts in table + [("all", sum(row[1] for row in table), sum((row[2] for row in table), total))]:
        print("{:<28}{:>9}{:>9}{:>11}{:>16}".format(module, count, counts["noticed"], counts["unnoticed"], counts["words"]))


if __name__ == "__main__":
    what, folder, *names = sys.argv[1:]
    if what == "settings":
        print(settings(Path(folder), names))
    else:
        survivors(Path(folder))
