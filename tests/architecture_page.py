"""Prints docs/architecture.md, made from the library's imports and docstrings: python -m tests.architecture_page

With ``--write`` it is written. The order of the rooms is that of tests/unit/test_rooms.py.
"""

import ast
import re
import sys
import textwrap

from tests.unit.test_rooms import FILES, LEVEL, LIBRARY, ORDER, imported, room_of

PAGE = LIBRARY.parents[3] / "docs" / "architecture.md"
WIDTH = 100

#: (a newcomer's question, file or folder below the library)
PLACES = (
    ("where does the lock command go?", "commands/commander.py"),
    ("which words does a command item take?", "commands/definitions.py"),
    ("where is the allowance of 50 calls a day?", "polling/budget.py"),
    ("when is BMW asked next?", "polling/poll_times.py"),
    ("when is a token refreshed?", "account/token_refresh.py"),
    ("how is a token refreshed and stored?", "account/account.py"),
    ("how is a token sealed?", "storage/seal.py"),
    ("where is an item made?", "openhab/items.py"),
    ("what can a car say?", "vehicle/vocabulary.py"),
    ("how does a value of BMW become one of ours?", "clouds/cardata/descriptors.py"),
    ("where do I add a cloud?", "clouds/__init__.py"),
    ("how does the live stream come in?", "clouds/cardata/live.py"),
    ("where is the text of the sitemap?", "items/sitemap.py"),
    ("which settings are there?", "config.py"),
    ("what may a user's own rule call?", "api.py"),
    ("what must a stand-in in a test offer?", "interfaces.py"),
)

HEAD = """# Architecture

Made by `python -m tests.architecture_page --write` from the imports and docstrings below `automation/lib/python/bmw`. A test checks that
it is up to date, and another one that nothing is imported from further up.

One source runs on Jython 2.7 inside openHAB and on CPython 3.9 and newer. openHAB loads `automation/jsr223/bmw.py`, which
starts the accounts and adds the rules of `bmw/openhab/rules.py`; the command line is `python3 -m bmw`.

- **From BMW to an item**: a timer, a switch or the stream wakes the account's worker. `polling` decides what may be asked, `account` brings a
  good token, `clouds` asks and translates, `vehicle` keeps what the car said, `items` names the item, `openhab` writes its state.
- **From an item to the car**: `openhab` hears the command, `commands` understands it, sends it once through `clouds` and follows it to its
  end, which is told in the car's `CommandStatus`.
- One thread per account, the worker, does all of that in order, so that no rule of openHAB waits for BMW.

## The rooms

A room uses only rooms further down. Those on one floor do not know each other.

"""


def page():
    """The text of docs/architecture.md."""
    return "{}```\n{}\n```\n\n{}\n{}".format(HEAD, picture(), table(), questions())


def picture():
    """A house with one floor per level of rooms, from top to bottom."""
    edge = "+" + "-" * (WIDTH - 2) + "+"
    floors = [edge + "\n" + "\n".join(line for room in rooms for line in _lines(room)) for rooms in ORDER]
    return "\n".join(floors + [edge])


def _lines(room):
    name, text = _name(room), purpose(room)
    wrapped = textwrap.wrap(text, WIDTH - 20, break_on_hyphens=False)
    return ["| {:14} {} |".format(name if not number else "", line.ljust(WIDTH - 19)) for number, line in enumerate(wrapped)]


def table():
    """The table of the rooms that each room uses."""
    rows = ["| room | uses |", "|---|---|"]
    for room in sorted(LEVEL, key=lambda room: (LEVEL[room], room)):
        rows.append("| `{}` | {} |".format(_name(room), ", ".join("`{}`".format(_name(other)) for other in uses(room)) or "nothing"))
    return "\n".join(rows) + "\n"


def questions():
    """The table of questions and files."""
    rows = ["## Where to look first", "", "| question | look into |", "|---|---|"]
    return "\n".join(rows + ["| {} | `bmw/{}` |".format(*place) for place in PLACES]) + "\n"


def uses(room):
    """The rooms that a room imports from, ordered by level."""
    found = {other for path in FILES if room_of(path) == room for other in imported(path)} - {room}
    return sorted(found, key=lambda other: (LEVEL[other], other))


def purpose(room):
    """The first sentence of a room's docstring."""
    path = LIBRARY / room / "__init__.py"
    text = ast.get_docstring(ast.parse((path if path.exists() else LIBRARY / (room + ".py")).read_text("utf-8"))).partition("\n\n")[0]
    first = re.split(r"(?<=[^.])\.(?:\s|$)", " ".join(text.split()))[0]
    return first.replace("``", "")


def _name(room):
    return room + "/" if (LIBRARY / room).is_dir() else room + ".py"


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page(), "utf-8")
    else:
        sys.stdout.write(page())
