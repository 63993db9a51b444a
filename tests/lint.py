"""Style and language checks. The library is one source for Python 2.7 and 3.9, so it is checked for both; tests are Python 3.9.

ruff finds mistakes, vermin finds what Python 2.7 does not have, bandit finds dangerous code, tests.audit finds new dependencies. This
module checks that only one package of the library imports openHAB. tests/openhab checks what only a real Jython can show.
"""

import ast
import subprocess
import sys
from pathlib import Path

from tests import audit

REPO = Path(__file__).resolve().parent.parent
LIBRARY = REPO / "automation" / "lib" / "python"
#: packages that exist only inside openHAB
OPENHAB_ONLY = {"java", "javax", "org", "core", "jarray"}
CHECKS = (
    ("ruff", ["ruff", "check", "--quiet", "--output-format", "concise", "automation", "tests", "install.py"]),
    ("format", ["ruff", "format", "--quiet", "--check", "automation", "tests", "install.py"]),
    ("vermin", ["vermin", "--quiet", "--no-tips", "--violations", "-t=2.7", "-t=3.9", "--exclude-regex", "pyi$", "automation/lib/python"]),
    ("bandit", ["bandit", "-q", "-r", "--format", "custom", "--msg-template", "{relpath}:{line}: {test_id} {msg}", "automation"]),
)
#: unicode texts as in Python 3. Absolute imports: otherwise Jython searches each import in the own package first, which is slow
FUTURE = "from __future__ import absolute_import, unicode_literals"
#: the folder of the virtualenv's commands
BIN = Path(sys.executable).parent


def run(name, command):
    """The problems that a tool found (list of lines)."""
    answer = subprocess.run([str(BIN / command[0])] + command[1:], cwd=REPO, capture_output=True, text=True)
    return ["{}: {}".format(name, line) for line in (answer.stdout + answer.stderr).splitlines()] if answer.returncode else []


def imports(path):
    """The top-level packages a file imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def room_problems():
    """Files outside bmw/openhab that import Java or the openHAB scope, and modules without the FUTURE line."""
    for path in sorted(LIBRARY.rglob("*.py")):
        name = path.relative_to(LIBRARY)
        text = path.read_text("utf-8")
        if "openhab" not in name.parts:
            found = OPENHAB_ONLY.intersection(imports(path))
            if found:
                yield "{}: imports {}, which only bmw/openhab may".format(name, ", ".join(sorted(found)))
        if not text.isascii() and "coding: utf-8" not in text.partition("\n")[0]:
            yield "{}: has non-ASCII text but no coding line, Jython cannot load it".format(name)
        if path.name != "__init__.py" and FUTURE not in text:
            yield "{}: lacks '{}'".format(name, FUTURE)


def script_problems():
    """openHAB passes scripts to Jython as text, so a coding line or non-ASCII text breaks them."""
    for path in sorted((REPO / "automation" / "jsr223").rglob("*.py")):
        text = path.read_text("utf-8")
        if not text.isascii() or "coding:" in text[:200]:
            yield "{}: a script must be plain ASCII without a coding line".format(path.name)


def main():
    problems = [problem for name, command in CHECKS for problem in run(name, command)]
    problems += list(room_problems()) + list(script_problems())
    problems += list(audit.pin_problems()) + list(audit.import_problems())
    print("\n".join(problems) if problems else "no problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
