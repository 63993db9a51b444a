"""Checks the dependencies of the module and its tests: allowed imports, exact versions, known vulnerabilities.

Offline, as part of tests.lint: inside openHAB the module needs nothing but Python's standard library and Java, the command line
requests and cryptography besides. Online, by ``python -m tests.audit``: pip-audit asks PyPI for advisories on every package of
the test environment. What it could not ask is said, never passed over; with ``--strict`` it is a failure too.
"""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
REQUIREMENTS = sorted((REPO / "tests").rglob("requirements.txt"))
#: modules of the standard library that Jython has too and loads fast: no calendar, no collections
STANDARD = frozenset(
    "__future__ argparse base64 binascii datetime difflib errno hashlib importlib json logging math operator os random re socket ssl stat"
    " struct sys threading time traceback".split()
)
#: file -> other modules that it may import, and why
BESIDES = {
    "lib/python/bmw/compat.py": {"urlparse", "urllib"},  # the standard library of Python 2 and 3
    "lib/python/bmw/clouds/mybmw/cloud.py": {"uuid"},  # only here: it loads ctypes, which makes openHAB's start slower
    "lib/python/bmw/clouds/mybmw/sign_in.py": {"uuid"},
    "lib/python/bmw/net/http.py": {"requests", "urllib3"},  # for the command line; requests uses urllib3
    "lib/python/bmw/storage/store.py": {"zlib"},  # part of Java on Jython; loaded with the first record that needs it
    "lib/python/bmw/logbook/ledger.py": {"zlib"},
    "lib/python/bmw/storage/cipher.py": {"cryptography"},  # for the command line
    "lib/python/bmw/openhab/decorators.py": {"core"},  # openhab-helper-libraries, if the user has them
}
#: Java packages inside openHAB; jarray is a part of Jython
JAVA = frozenset(("java", "javax", "org", "jarray"))
#: files that import by a computed name, and why
BY_NAME = {
    "lib/python/bmw/clouds/__init__.py",  # the module of a cloud, from the table in this file
    "lib/python/bmw/openhab/versions.py",  # openHAB's classes, whose packages were renamed
    "lib/python/bmw/cli/main.py",  # whether requests and cryptography are installed
}
#: packages that must not be needed to load a module
OPTIONAL = frozenset(("requests", "urllib3", "cryptography", "core", "urlparse", "urllib"))
_PIN = re.compile(r"^[A-Za-z0-9._-]+==[A-Za-z0-9.]+( *;.*)?$")


def pin_problems(paths=tuple(REQUIREMENTS)):
    """Requirements that do not name one version."""
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            if line.strip() and not line.startswith("#") and not _PIN.match(line.strip()):
                yield "{}: '{}' is not pinned with ==".format(path.parent.name + "/" + path.name, line.strip())


def import_problems(folder=REPO / "automation"):
    """Imports of packages that users would have to install in openHAB."""
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        tree = ast.parse(path.read_text("utf-8"))
        allowed = STANDARD | BESIDES.get(name, set()) | {"bmw"} | (JAVA if "/openhab/" in name else set())
        for package, is_needed in _imports(tree):
            if package not in allowed:
                yield "{}: imports {}, which is neither Python's standard library nor Java".format(name, package)
            elif is_needed and package in OPTIONAL:
                yield "{}: needs {} to be loaded; import it where it is used".format(name, package)
        if name not in BY_NAME and any(isinstance(node, ast.Name) and node.id in ("__import__", "importlib") for node in ast.walk(tree)):
            yield "{}: imports by a computed name, which cannot be checked".format(name)


def _imports(tree):
    """(top-level package, True if the file cannot be loaded without it) of each import."""
    at_top = set(node for statement in tree.body if not isinstance(statement, ast.Try) for node in _outside_functions(statement))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
        else:
            continue
        for name in names:
            yield name.partition(".")[0], node in at_top


def _outside_functions(node):
    yield node
    if not isinstance(node, (ast.FunctionDef, ast.Lambda)):
        for child in ast.iter_child_nodes(node):
            yield from _outside_functions(child)


# known vulnerabilities


class Report:
    """pip-audit's answer (JSON): checked (list of names), problems (list of lines), unchecked ({why: [names]})."""

    def __init__(self, text):
        self.checked, self.problems, self.unchecked = [], [], {}
        for entry in json.loads(text)["dependencies"]:
            name = entry["name"]
            if "skip_reason" in entry:
                # package name and version stand at the end of the reason
                self.unchecked.setdefault(entry["skip_reason"].partition(":")[0], []).append(name)
                continue
            self.checked.append(name)
            for found in entry["vulns"]:
                mended = " or ".join(found["fix_versions"]) or "no version yet"
                self.problems.append("{} {}: {}, mended in {}".format(name, entry["version"], found["id"], mended))

    def lines(self):
        """The lines to print."""
        lines = list(self.problems)
        if not self.checked:
            lines.append("SKIPPED, no package could be checked for known vulnerabilities")
        else:
            lines.append("{} packages checked, {} known vulnerabilities".format(len(self.checked), len(self.problems)))
        for why, names in sorted(self.unchecked.items()):
            lines.append("NOT checked, {} packages ({}): {}".format(len(names), why, ", ".join(sorted(names)) if self.checked else "all"))
        return lines


def ask(arguments, run=subprocess.run):
    """The Report on the test environment's packages, or on requirement files (``-r``); RuntimeError if pip-audit gave no answer."""
    command = [str(Path(sys.executable).parent / "pip-audit"), "--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    answer = run(command + arguments, cwd=REPO, capture_output=True, text=True)
    try:
        return Report(answer.stdout)
    except (ValueError, KeyError, TypeError):
        raise RuntimeError((answer.stderr.strip().splitlines() or ["pip-audit gave no answer"])[-1])


def main(arguments, run=subprocess.run):
    others = [path for path in REQUIREMENTS if path.parent.name != "tests"]
    code = 0
    for name, what in [("test environment", [])] + [(path.parent.name, ["--no-deps", "--disable-pip", "-r", str(path)]) for path in others]:
        try:
            report = ask(what, run)
            lines, is_whole = report.lines(), not report.unchecked
            code = 1 if report.problems else code
        except RuntimeError as error:
            lines, is_whole = ["SKIPPED, the advisories could not be asked for: {}".format(error)], False
        code = 1 if "--strict" in arguments and not is_whole else code
        print("\n".join("audit of {}: {}".format(name, line) for line in lines))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
