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
#: of the standard library, what Jython's own jar holds as well, and what loads fast there: no calendar, no collections
STANDARD = frozenset(
    "__future__ argparse base64 binascii datetime difflib errno hashlib importlib json logging math operator os random re socket ssl stat"
    " struct sys threading time traceback".split()
)
#: what a file may import besides, and why
BESIDES = {
    "lib/python/bmw/compat.py": {"urlparse", "urllib"},  # the standard library of Python 2 and 3
    "lib/python/bmw/clouds/mybmw/cloud.py": {"uuid"},  # brings ctypes along, which costs openHAB's start
    "lib/python/bmw/clouds/mybmw/sign_in.py": {"uuid"},
    "lib/python/bmw/net/http.py": {"requests", "urllib3"},  # the command line's; urllib3 is what requests is made of
    "lib/python/bmw/storage/store.py": {"zlib"},  # Java's own on Jython; loaded with the first record that needs it
    "lib/python/bmw/storage/cipher.py": {"cryptography"},  # the command line's
    "lib/python/bmw/openhab/rules.py": {"core"},  # openhab-helper-libraries, where the user has them
}
#: Java, inside openHAB; jarray is Jython's own
JAVA = frozenset(("java", "javax", "org", "jarray"))
#: who imports by a computed name, and why
BY_NAME = {
    "lib/python/bmw/clouds/__init__.py",  # the module of a cloud, by the table in that file
    "lib/python/bmw/openhab/versions.py",  # openHAB's classes, whose packages changed their names
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
    """Imports of what a user would have to install into openHAB."""
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
    """(top-level package, whether the file cannot be loaded without it) of each import."""
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
    """What pip-audit's answer (JSON) says: checked (list of names), problems (list of lines), unchecked ({why: [names]})."""

    def __init__(self, text):
        self.checked, self.problems, self.unchecked = [], [], {}
        for entry in json.loads(text)["dependencies"]:
            name = entry["name"]
            if "skip_reason" in entry:
                # the reason ends with name and version
                self.unchecked.setdefault(entry["skip_reason"].partition(":")[0], []).append(name)
                continue
            self.checked.append(name)
            for found in entry["vulns"]:
                mended = " or ".join(found["fix_versions"]) or "no version yet"
                self.problems.append("{} {}: {}, mended in {}".format(name, entry["version"], found["id"], mended))

    def lines(self):
        """What to tell."""
        lines = list(self.problems)
        if not self.checked:
            lines.append("SKIPPED, no package could be checked for known vulnerabilities")
        else:
            lines.append("{} packages checked, {} known vulnerabilities".format(len(self.checked), len(self.problems)))
        for why, names in sorted(self.unchecked.items()):
            lines.append("NOT checked, {} packages ({}): {}".format(len(names), why, ", ".join(sorted(names)) if self.checked else "all"))
        return lines


def ask(arguments, run=subprocess.run):
    """The Report on the packages of the test environment, or of requirement files (``-r``); RuntimeError if nothing was answered."""
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
