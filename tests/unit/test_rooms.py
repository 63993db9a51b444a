"""The order of the rooms of the library: a room imports only from itself and from rooms below it. Private names stay private."""

import ast
from pathlib import Path

import pytest

LIBRARY = Path(__file__).resolve().parents[2] / "automation" / "lib" / "python" / "bmw"

#: from top to bottom; rooms in one line must not import each other
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
    ("places", "logbook"),
    ("vehicle",),
    ("storage",),
    ("net",),
    ("worker", "switches", "cron", "instance"),
    ("parts",),
    ("redact", "times", "record", "steps", "told"),
    ("errors", "interfaces"),
    ("compat",),
    ("pattern",),
)
LEVEL = {room: number for number, line in enumerate(ORDER) for room in line}
#: imports that may go up, and why
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


# only its owner uses a private name

#: functions that take a name as text
BY_NAME = ("getattr", "setattr", "hasattr", "delattr")


def is_private(name):
    return name.startswith("_") and not name.endswith("__")


def names_of_others(node):
    """The attribute names that this node uses, except those of ``self`` and ``cls``."""
    if isinstance(node, ast.Attribute):
        is_own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
        return [] if is_own else [node.attr]
    if isinstance(node, ast.ImportFrom):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BY_NAME:
        return [one.value for one in node.args[1:2] if isinstance(one, ast.Constant)]
    return []


def private_names_of_others(text):
    """The private names (sorted list) that a module's text uses of other objects and modules."""
    return sorted(name for node in ast.walk(ast.parse(text)) for name in names_of_others(node) if is_private(name))


@pytest.mark.parametrize("path", FILES, ids=[path.relative_to(LIBRARY).as_posix() for path in FILES])
def test_a_module_uses_no_private_name_of_another_object(path):
    assert private_names_of_others(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "service._incoming.accept()",
        "class Sender:\n    def can(self):\n        return self._sender._cloud",
        "from bmw.times import _offset",
        "getattr(account, '_tokens')",
        "account._tokens = None",
    ],
)
def test_a_private_name_of_another_object_would_be_noticed(text):
    assert len(private_names_of_others(text)) == 1


@pytest.mark.parametrize("text", ["self._x = self._y", "cls._made", "from bmw import __version__", "error.__class__", "_own()"])
def test_everyone_may_use_the_own_private_names(text):
    assert private_names_of_others(text) == []


# modules that load with the script: each one costs time when openHAB starts

#: imported later, when they are needed
LATER = (
    "bmw.support.diagnostics",
    "bmw.support.dump",
    "bmw.items.items_file",
    "bmw.cli.main",
    "bmw.api",
    "bmw.storage.cipher",
    "bmw.net.socket_wire",
)


def loaded_with(name):
    """The modules (set of dotted names) that importing this module loads, itself included."""
    loaded, waiting = set(), [name]
    while waiting:
        name = waiting.pop()
        if name not in loaded and file_of(name) is not None:
            loaded.add(name)
            waiting += at_import(file_of(name))
    return loaded


def file_of(name):
    """The file of a module or package of ours; None if it is neither."""
    path = LIBRARY.parent.joinpath(*name.split("."))
    return next((one for one in (path.with_suffix(".py"), path / "__init__.py") if name.startswith("bmw") and one.is_file()), None)


def at_import(path):
    """The names that a file imports while it loads; imports inside functions run later."""
    waiting = list(ast.parse(path.read_text("utf-8")).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ImportFrom):
            yield node.module
            yield from ("{}.{}".format(node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif not isinstance(node, (ast.FunctionDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)


def test_openhab_loads_with_the_script_only_what_it_needs_at_once():
    loaded = loaded_with("bmw.openhab.app")
    assert {"bmw.polling.service", "bmw.config", "bmw.support.log_tail"} <= loaded
    assert [name for name in sorted(loaded) if name in LATER] == []


def test_a_module_that_is_loaded_through_others_would_be_noticed():
    assert {"bmw.support.dump", "bmw.redact"} <= loaded_with("bmw.support.diagnostics")
