"""bmw.interfaces: every implementation and every stand-in of the tests has the methods of its interface, with the same arguments."""

import ast
import functools
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = "automation/lib/python/bmw/"
INTERFACES = LIBRARY + "interfaces.py"

#: interface -> its implementations: (file, class; None = the module's functions)
IMPLEMENTATIONS = {
    "Clock": [
        (LIBRARY + "times.py", "SystemClock"),
        ("tests/unit/fakes.py", "FakeClock"),
        ("tests/cloud/clock.py", "Clock"),
    ],
    "Worker": [
        (LIBRARY + "worker.py", "Worker"),
        (LIBRARY + "cli/worker.py", "CliWorker"),
        ("tests/unit/fakes.py", "HandWorker"),
    ],
    "Transport": [
        (LIBRARY + "net/http.py", "RequestsTransport"),
        (LIBRARY + "openhab/http.py", "JvmTransport"),
        ("tests/unit/fakes.py", "FakeWire"),
        ("tests/cases/play.py", "Wire"),
    ],
    "Sessions": [
        (LIBRARY + "account/session.py", "Sessions"),
        ("tests/unit/commands/test_commander.py", "GuardsOnly"),
        ("tests/unit/polling/test_rare_calls.py", "NewEachTime"),
    ],
    "Session": [
        (LIBRARY + "account/session.py", "Session"),
        ("tests/fuzz/harnesses.py", "OneSession"),
    ],
    "Wire": [
        (LIBRARY + "net/socket_wire.py", "SocketWire"),
        (LIBRARY + "openhab/mqtt.py", "JvmWire"),
        ("tests/unit/net/test_mqtt.py", "Bytes"),
        ("tests/fuzz/harnesses.py", "BytesWire"),
    ],
    "Connection": [
        (LIBRARY + "net/mqtt.py", "Connection"),
        ("tests/unit/clouds/cardata/test_stream.py", "FakeConnection"),
    ],
    "Publisher": [
        (LIBRARY + "net/publisher.py", "Publisher"),
        ("tests/unit/fakes.py", "Published"),
    ],
    "StreamSource": [
        (LIBRARY + "clouds/cardata/stream.py", "BmwSource"),
        (LIBRARY + "clouds/cardata/stream.py", "LocalSource"),
    ],
    "Live": [
        (LIBRARY + "clouds/cardata/live.py", "Live"),
        ("tests/unit/polling/test_service.py", "Heard"),
    ],
    "LiveHost": [
        (LIBRARY + "polling/service.py", "Service"),
        ("tests/fuzz/harnesses.py", "LiveSurroundings"),
        ("tests/unit/clouds/cardata/test_live.py", "FakeService"),
        ("tests/unit/clouds/cardata/test_relay.py", "Cars"),
    ],
    "Outlet": [
        (LIBRARY + "openhab/outlet.py", "Outlet"),
        (LIBRARY + "cli/accounts.py", "CliOutlet"),
        ("tests/unit/fakes.py", "RecordingOutlet"),
    ],
    "Items": [
        (LIBRARY + "openhab/items.py", "Items"),
        ("tests/contract/on_cpython.py", "ItemsInMemory"),
    ],
    "Page": [
        (LIBRARY + "openhab/files_out.py", "AccountPage"),
        ("tests/contract/on_cpython.py", "NoPage"),
        ("tests/bench/inside.py", "NoPage"),
    ],
    "Pictures": [
        (LIBRARY + "openhab/files_out.py", "PictureFiles"),
        ("tests/contract/on_cpython.py", "NoPictures"),
    ],
    "Cipher": [
        (LIBRARY + "storage/cipher.py", None),
        (LIBRARY + "openhab/cipher.py", None),
    ],
    "Disk": [
        (LIBRARY + "openhab/disk.py", None),
    ],
}
#: interface -> a method that only this interface has: a class with this method implements the interface
MARKS = {
    "Worker": "later_unless_waiting",
    "Wire": "wait_at_most",
    "StreamSource": "renew",
    "Live": "hears",
    "LiveHost": "catch_up",
    "Outlet": "prepare_commands",
    "Items": "show_image",
    "Page": "show_car",
}
#: interface -> public names of the main implementation that may be missing in the interface
BESIDE = {
    "Worker": {"is_stopped"},
    "Outlet": {"prepare", "name_of"},
    "Page": {"content"},
    "Pictures": set(),
    "Live": {"receive"},
    "Publisher": set(),
    "Items": set(),
    "Sessions": set(),
    "Session": set(),
}


@functools.lru_cache(maxsize=None)
def text_of(path):
    return (ROOT / path).read_text(encoding="utf-8")


@functools.lru_cache(maxsize=None)
def tree_of(path):
    return ast.parse(text_of(path))


@functools.lru_cache(maxsize=None)
def classes_of(path):
    """[(class, names of its methods)] of all classes in a file, nested ones too."""
    classes = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.ClassDef)]
    return [(node, {one.name for one in node.body if isinstance(one, ast.FunctionDef)}) for node in classes]


def methods(where):
    """{name: arguments} of a class's methods or a module's functions; read from the source, as openHAB's modules cannot be imported."""
    path, name = where
    body = tree_of(path).body
    if name is not None:
        body = next(node.body for node in body if isinstance(node, ast.ClassDef) and node.name == name)
    found = {}
    for node in body:
        if isinstance(node, ast.FunctionDef) and (not node.name.startswith("_") or node.name == "__call__"):
            found[node.name] = [one.arg for one in node.args.args], [ast.dump(value) for value in node.args.defaults]
    return found


PAIRS = [(interface, where) for interface, all_of in IMPLEMENTATIONS.items() for where in all_of]


def test_every_interface_has_implementations():
    assert {node.name for node in tree_of(INTERFACES).body if isinstance(node, ast.ClassDef)} == set(IMPLEMENTATIONS)


@pytest.mark.parametrize("interface, where", PAIRS, ids=["{} {}".format(one, where[0]) for one, where in PAIRS])
def test_an_implementation_offers_what_its_interface_says(interface, where):
    promised, offered = methods((INTERFACES, interface)), methods(where)
    assert promised
    assert {name: offered.get(name) for name in promised} == promised


@pytest.mark.parametrize("interface", BESIDE)
def test_an_interface_leaves_nothing_of_the_real_part_out(interface):
    offered = methods(IMPLEMENTATIONS[interface][0])
    assert set(offered) - set(methods((INTERFACES, interface))) == BESIDE[interface]


@pytest.mark.parametrize("interface, mark", MARKS.items())
def test_every_stand_in_is_known(interface, mark):
    assert mark in methods((INTERFACES, interface))
    paths = [path for folder in ("automation", "tests") for path in (ROOT / folder).rglob("*.py")]
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    named = [name for name in names if name != INTERFACES and mark in text_of(name)]
    found = {(name, node.name) for name in named for node, has in classes_of(name) if mark in has}
    assert found == set(IMPLEMENTATIONS[interface])
