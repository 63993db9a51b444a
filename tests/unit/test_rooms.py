"""The order of the rooms of the library: a room imports only from itself and from rooms below it."""

import ast
from pathlib import Path

import pytest

LIBRARY = Path(__file__).resolve().parents[2] / "automation" / "lib" / "python" / "bmw"

#: from the top down; what stands in one line may not import each other
ORDER = (
    ("openhab", "cli"),
    ("api",),
    ("assembly", "api_host"),
    ("polling",),
    ("support",),
    ("items",),
    ("account",),
    ("config",),
    ("clouds",),
    ("commands",),
    ("vehicle",),
    ("storage",),
    ("net",),
    ("worker", "switches", "cron", "instance"),
    ("parts",),
    ("redact", "times", "record", "steps"),
    ("errors", "interfaces"),
    ("compat",),
)
LEVEL = {room: number for number, line in enumerate(ORDER) for room in line}
#: why an import may go up: found at run time only, or the way in from outside
UPWARDS = {
    ("api", "openhab"): "a user's script finds the running module by the bridge",
}


def room_of(path):
    """The room of a file: its folder below the library, or the module itself."""
    first = path.relative_to(LIBRARY).parts[0]
    return first[: -len(".py")] if first.endswith(".py") else first


def imported(path):
    """The rooms that a file imports from."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "bmw":
            yield from (alias.name for alias in node.names if alias.name in LEVEL)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bmw."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("bmw."))


FILES = [path for path in sorted(LIBRARY.rglob("*.py")) if room_of(path) not in ("__init__", "__main__")]


def upward(room, others):
    """The rooms among ``others`` that ``room`` may not import."""
    return sorted(other for other in set(others) if other != room and LEVEL[other] <= LEVEL[room] and (room, other) not in UPWARDS)


def test_every_room_has_its_place():
    assert {room_of(path) for path in FILES} == set(LEVEL)


@pytest.mark.parametrize("path", FILES, ids=[path.relative_to(LIBRARY).as_posix() for path in FILES])
def test_a_room_imports_only_rooms_below_it(path):
    assert upward(room_of(path), imported(path)) == []


def test_an_import_from_above_would_be_noticed():
    assert upward("vehicle", ["clouds", "compat"]) == ["clouds"]
    assert upward("cli", ["openhab", "polling"]) == ["openhab"]
