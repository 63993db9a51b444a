"""bmw.openhab.items when two threads write the same item. Java and openHAB are replaced by stand-ins here; tests/openhab uses the real ones."""

import importlib
import sys
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest
from bmw.items.model import ItemSpec


class State:
    """A state of openHAB: a text."""

    UNDEF = None
    valueOf = None

    def __init__(self, text=None):
        self.text = text

    def equals(self, other):
        return type(self) is type(other) and self.text == other.text


def core_class(path):
    return type(path, (State,), {})


class Item:
    def __init__(self, kind="String", groups=()):
        self.kind, self.groups, self.state = kind, groups, None

    def getType(self):
        return self.kind

    def getState(self):
        return self.state

    def getGroupNames(self):
        return self.groups

    def addGroupName(self, name):
        self.groups = list(self.groups) + [name]


class Registry(dict):
    """openHAB's items by name; ``update`` fails for items from files, as in openHAB."""

    files = ()

    def __init__(self, **items):
        super().__init__(**items)
        self.updated = []

    def update(self, item):
        self.updated.append(next(name for name, one in self.items() if one is item))


def group(name, *parents):
    return ItemSpec(name, "Group", "Label of " + name, "", parents, (), {})


def watched(items, registry):
    """An ``Items`` that can make a group."""
    made = items(SimpleNamespace(postUpdate=lambda item, state: setattr(item, "state", state)), registry)
    made._managed = SimpleNamespace(get=lambda name: registry.get(name) if name not in registry.files else None)

    def ensure(spec):
        return registry.setdefault(spec.name, Item("Group", spec.groups))

    made.ensure = ensure
    return made


@pytest.fixture
def items(monkeypatch):
    java = SimpleNamespace(Exception=Exception, IllegalStateException=RuntimeError)
    for name, module in (("java", MagicMock()), ("java.lang", java), ("java.time", MagicMock())):
        monkeypatch.setitem(sys.modules, name, module)
    versions = SimpleNamespace(core_class=core_class, service=MagicMock(), time_zones=MagicMock())
    monkeypatch.setitem(sys.modules, "bmw.openhab.versions", versions)
    monkeypatch.delitem(sys.modules, "bmw.openhab.items", raising=False)
    yield importlib.import_module("bmw.openhab.items").Items
    sys.modules.pop("bmw.openhab.items", None)


def test_an_item_that_two_threads_wrote_at_once_shows_what_is_wanted(items):
    """Another account's command ends on that account's thread while this account writes the same item."""
    status = Item()
    events = SimpleNamespace(postUpdate=lambda item, state: setattr(item, "state", state))
    ours = items(events, SimpleNamespace(get=lambda name: status))
    others = []

    def slow_string(text):
        for write in others[:]:
            others.remove(write)
            write()  # the other thread writes in between
        return State(text)

    ours._ours["String"] = ours._makers["String"] = slow_string

    def write(text):
        ours.write([("Status", text, "", "String")])

    write("QUEUED")
    others.append(lambda: write("EXECUTED"))
    write("SENT")
    for _ in range(3):
        ours.correct_items()
    assert status.state.text == "EXECUTED"


def test_a_deleted_group_gets_its_members_again_and_no_item_of_a_file_is_touched(items):
    registry = Registry(Door=Item(groups=["Mine"]), Lock=Item(groups=["Doors"]), Filed=Item())
    registry.files = ["Filed"]
    ours = watched(items, registry)
    ours.ensure_group(group("Doors", "House"), ["Door", "Lock", "Filed", "Missing"])
    assert (registry["Doors"].kind, registry["Doors"].groups) == ("Group", ("House",))
    assert (registry["Door"].groups, registry.updated) == (["Mine", "Doors"], ["Door"])
    assert "Missing" not in registry and registry["Filed"].groups == ()


def test_an_item_that_was_removed_from_an_existing_group_is_not_added_again(items):
    registry = Registry(Doors=Item("Group"), Door=Item())
    watched(items, registry).ensure_group(group("Doors"), ["Door"])
    assert (registry["Door"].groups, registry.updated) == ((), [])


def test_an_item_where_a_group_should_be_is_told_once_with_what_to_do_and_stays(items, caplog):
    registry = Registry(House=Item("Group"), Doors=Item("Switch"), Door=Item())
    ours = watched(items, registry)
    for _ in range(3):
        ours.ensure_group(group("Doors", "House"), ["Door"])
    assert [record.getMessage() for record in caplog.records] == [
        "The item Doors of type Switch has the name of the group 'Label of Doors', which is missing therefore: give your item another"
        " name, or set item_prefix in bmw.cfg"
    ]
    assert (registry["Doors"].kind, registry["Door"].groups, registry.updated) == ("Switch", (), [])


class Uncomparable(State):
    """Like openHAB's ``1E-2147483647 %`` or ``1E2147483647 one``, which anybody can write: comparing or printing it overflows."""

    def equals(self, other):
        raise ArithmeticError("Overflow")

    def toString(self):
        raise ArithmeticError("Overflow")


def test_a_state_that_openhab_cannot_write_as_text_is_none(items):
    assert watched(items, Registry(Wallbox=Item())).state("Wallbox") is None
    registry = Registry(Wallbox=Item())
    registry["Wallbox"].state = Uncomparable()
    assert watched(items, registry).state("Wallbox") is None


def test_a_state_that_openhab_cannot_compare_is_put_right_and_keeps_no_other_item_from_being_shown(items):
    registry = Registry(Charge=Item(), Lock=Item())
    ours = watched(items, registry)

    def poll(lock):
        ours.write([("Charge", "80", "", "String"), ("Lock", lock, "", "String")])

    poll("LOCKED")
    registry["Charge"].state = Uncomparable()
    poll("UNLOCKED")
    assert (registry["Charge"].state.text, registry["Lock"].state.text) == ("80", "UNLOCKED")
    registry["Charge"].state, registry["Lock"].state = Uncomparable(), State("LOCKED")
    for _ in range(3):
        ours.correct_items()
    assert (registry["Charge"].state.text, registry["Lock"].state.text) == ("80", "UNLOCKED")


class Counted(State):
    """A state that counts how often it is compared."""

    compared = 0

    def equals(self, other):
        Counted.compared += 1
        return self.text == other.text


def right(items, value="LOCKED"):
    """(Items, registry, row, posted): the item Lock that was found right with this row."""
    registry, posted, row = Registry(Lock=Item()), [], ("Lock", value, "", "String")
    ours = watched(items, registry)
    ours._ours["String"] = ours._makers["String"] = Counted

    def post(item, state):
        posted.append(state.text)
        item.state = state

    ours._events.postUpdate = post
    for _ in range(2):
        ours.write([row])
    assert len(posted) == 1
    return ours, registry, row, posted


def test_a_value_that_was_found_right_is_not_compared_again(items):
    ours, _registry, row, posted = right(items)
    Counted.compared = 0
    ours.write([row])
    assert (Counted.compared, len(posted)) == (0, 1)


@pytest.mark.parametrize("shown", [None, Counted("UNLOCKED")])
def test_a_value_that_was_found_right_is_shown_again_after_somebody_overwrote_it(items, shown):
    ours, registry, row, posted = right(items)
    registry["Lock"].state = shown
    ours.write([row])
    assert posted == ["LOCKED"] * 2 and registry["Lock"].state.text == "LOCKED"


def test_a_value_that_was_found_right_is_shown_by_an_item_that_was_made_again(items):
    ours, registry, row, posted = right(items)
    before, registry["Lock"] = registry["Lock"], Item("Contact")
    ours._ours["Contact"] = ours._makers["Contact"] = Counted
    registry["Lock"].state = before.state
    ours.write([row])
    assert posted == ["LOCKED", "CLOSED"]


@pytest.mark.parametrize("news", [("Lock", "UNLOCKED", "", "String"), ("Lock", True, "", "String")])
def test_a_new_value_is_shown_after_one_that_was_found_right(items, news):
    ours, registry, row, posted = right(items)
    ours.write([news])
    ours.write([row])
    assert len(posted) == 3 and posted[-1] == "LOCKED"


def test_a_number_that_becomes_a_flag_of_the_same_worth_is_another_value(items):
    """1 == True in Python, but an item shows 1 for the one and ON for the other."""
    ours, _registry, _row, posted = right(items, 1)
    ours.write([("Lock", True, "", "String")])
    assert posted == ["1", "ON"]


@pytest.mark.parametrize(
    "kind, first, then, texts",
    [
        ("Number:Length", (5, "km", "Number"), (5, "mi", "Number"), ["5 km", "5 mi"]),
        ("String", (5, "", "String"), (5, "", "DateTime"), ["5"]),
    ],
)
def test_the_same_number_with_another_meaning_is_another_value(items, kind, first, then, texts):
    ours, posted = watched(items, Registry(Way=Item(kind))), []
    ours._makers["Number"] = ours._ours["Number:Length"] = ours._ours["String"] = ours._makers["String"] = Counted
    for row in (first, first, then):
        ours._events.postUpdate = lambda item, state: posted.append(getattr(state, "text", state)) or setattr(item, "state", state)
        ours.write([("Way",) + row])
    assert posted[: len(texts)] == texts and len(posted) == 2


def test_a_changed_time_zone_shows_all_times_anew_and_nothing_else(items):
    registry = Registry(Door=Item(), Time=Item("DateTime"), Text=Item())
    ours = watched(items, registry)
    ours.write([(name, "x", "", "String") for name in ("Door", "Text")])
    ours._ours["DateTime"] = ours._makers["DateTime"] = lambda text: State("{} {}".format(text, ours._zone.name))
    posted = []
    ours._events.postUpdate = lambda item, state: posted.append(state.text)
    zones = [Zone("here")]
    ours._present_zone, ours._zone = lambda: zones[-1], zones[-1]
    for _ in range(2):  # the second time it is found right
        ours.write([("Time", 0, "", "DateTime")])
        registry["Time"].state = ours._wanted["Time"].state
    posted.clear()
    ours.correct_items()
    assert posted == []
    zones.append(Zone("there"))
    ours.correct_items()
    assert len(posted) == 1 and posted[0].startswith("1970-01-01T00:00:00") and posted[0].endswith(" there")


class Zone:
    def __init__(self, name):
        self.name = name

    def equals(self, other):
        return self.name == other.name
