"""What stands in for a part of the module, in the tests and on the command line, offers all that the part does."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = "automation/lib/python/bmw/"
WORKER = (LIBRARY + "worker.py", "Worker")
OUTLET = (LIBRARY + "openhab/outlet.py", "Outlet")
ITEMS = (LIBRARY + "openhab/items.py", "Items")

#: stand-in, the part, and the part's methods that none asks a stand-in for
PAIRS = [
    (("tests/unit/fakes.py", "HandWorker"), WORKER, set()),
    ((LIBRARY + "cli/worker.py", "CliWorker"), WORKER, set()),
    (("tests/unit/fakes.py", "RecordingOutlet"), OUTLET, {"prepare", "name_of"}),
    ((LIBRARY + "cli/accounts.py", "CliOutlet"), OUTLET, {"prepare", "name_of"}),
    (("tests/contract/on_cpython.py", "ItemsInMemory"), ITEMS, {"show_image"}),
]


def methods(where):
    """The public methods of a class and the names of their arguments, read from its text: openHAB's cannot be imported here."""
    path, name = where
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    return {
        node.name: [one.arg for one in node.args.args]
        for node in body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not node.decorator_list
    }


@pytest.mark.parametrize("stand_in, part, left_out", PAIRS, ids=[one[1] for one, _part, _left_out in PAIRS])
def test_a_stand_in_offers_what_the_part_does(stand_in, part, left_out):
    promised, offered = methods(part), methods(stand_in)
    assert left_out < set(promised)
    wanted = {name: arguments for name, arguments in promised.items() if name not in left_out}
    assert {name: offered.get(name) for name in wanted} == wanted
