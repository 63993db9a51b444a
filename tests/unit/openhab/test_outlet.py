"""bmw.openhab.outlet with items in memory: which item gets a value, and what is read from the user's own items."""

import pytest
from bmw.items.model import ItemSpec, Model
from bmw.openhab.outlet import Outlet
from bmw.vehicle.vocabulary import VEHICLE

from tests.contract.on_cpython import ItemsInMemory, NoPage, NoPictures
from tests.unit.fakes import car


@pytest.fixture
def items():
    return ItemsInMemory()


class WatchedItems(ItemsInMemory):
    """Corrects foreign writes at once; the real items need some checks for that."""

    def __init__(self):
        super().__init__()
        self.wanted = {}

    def write(self, values):
        missing = super().write(values)
        self.wanted.update((row[0], self.states[row[0]]) for row in values if row[0] in self.states)
        return missing

    def correct_items(self, first=(), tolerance=None):
        self.states.update(self.wanted)

    def forget(self, names):
        for name in names:
            self.wanted.pop(name, None)


def outlet(items, **own_names):
    return Outlet(items, Model("BMW", "", "en", own_names), None, NoPage(), NoPictures())


I3 = car("i3", "WBY00TEST00000001", doorLockState="UNLOCKED")
I4 = car("i4", "WBY00TEST00000002", doorLockState="LOCKED")


def lock(items):
    return {name: state for name, state in items.states.items() if name.endswith(("DoorLockState", "MyLock"))}


def show(out, *cars):
    out.settle([(one, first) for one, first in cars], [])
    for one, first in cars:
        out.vehicle(one, VEHICLE, first)


def test_the_items_of_a_car_that_is_gone_say_that_nothing_is_known(items):
    out = outlet(items)
    show(out, (I3, True), (I4, False))
    out.settle([(I3, True)], [(I4, False)])
    assert lock(items) == {"BMW_i3_DoorLockState": "UNLOCKED", "BMW_i4_DoorLockState": None}


def test_a_log_has_an_item_and_shows_nothing_when_its_car_is_gone(items):
    out = outlet(items)
    show(out, (I3, True), (I4, False))
    out.logbook(I3, "chargingLog", '{"rows":[]}', True)
    assert items.states["BMW_i3_ChargingLog"] == '{"rows":[]}' and "BMW_i4_ChargingLog" not in items.states
    out.settle([(I4, True)], [(I3, False)])
    assert items.states["BMW_i3_ChargingLog"] is None


def test_the_users_item_is_nobodys_while_the_first_car_is_gone(items):
    out = outlet(items, doorLockState="MyLock")
    show(out, (I3, True), (I4, False))
    out.settle([(I4, False)], [(I3, True)])
    assert lock(items) == {"MyLock": None, "BMW_i4_DoorLockState": "LOCKED"}


def test_a_car_that_becomes_the_first_leaves_the_items_that_it_had(items):
    out = outlet(items, doorLockState="MyLock")
    show(out, (I3, True), (I4, False))
    show(out, (I4, True))
    assert lock(items) == {"MyLock": "LOCKED", "BMW_i4_DoorLockState": None}


def test_of_two_cars_with_one_item_the_first_has_it_and_the_other_is_told(items, caplog):
    out = outlet(items, doorLockState="BMW_i4_DoorLockState")
    for _ in range(3):
        show(out, (I3, True), (I4, False))
    assert lock(items) == {"BMW_i4_DoorLockState": "UNLOCKED"}
    told = [record.getMessage() for record in caplog.records if "DoorLockState" in record.getMessage()]
    assert told == ["The item BMW_i4_DoorLockState belongs to i3 and cannot show i4: correct names"]


def test_a_new_car_may_go_on_with_the_items_of_one_that_is_gone(items):
    out = outlet(items, doorLockState="BMW_i3_DoorLockState")
    show(out, (I3, False))
    out.settle([(I4, True)], [(I3, False)])
    out.vehicle(I4, VEHICLE, True)
    assert lock(items) == {"BMW_i3_DoorLockState": "LOCKED"}


@pytest.mark.parametrize("key", ["doorLockState", "i3.doorLockState"])
def test_the_item_from_before_the_user_named_another_one_shows_nothing_any_more(items, key):
    show(outlet(items), (I3, True))
    show(outlet(items, **{key: "MyLock"}), (I3, True))
    assert lock(items) == {"MyLock": "UNLOCKED", "BMW_i3_DoorLockState": None}


def test_a_contact_of_the_users_for_the_lock_is_open_while_the_car_is_unlocked(items):
    items.ensure(ItemSpec("MyLock", "Contact", "", "", (), (), {}))
    out = outlet(items, locked="MyLock")
    show(out, (I3, True))
    assert items.states["MyLock"] == "OPEN"
    show(out, (I4, True))
    assert items.states["MyLock"] == "CLOSED"


def test_what_a_person_sets_stays_when_a_car_that_was_gone_is_back():
    """While the car is gone the item is UNDEF, and foreign writes are corrected. Later the module must not touch the item."""
    items = WatchedItems()
    out = outlet(items)
    out.prepare_commands(I3, {"chargingSettings"}, True)
    items.states["BMW_i3_ChargingTarget"] = "80 %"
    out.settle([], [(I3, True)])
    assert items.states["BMW_i3_ChargingTarget"] is None
    out.settle([(I3, True)], [])
    items.states["BMW_i3_ChargingTarget"] = "70 %"
    out.correct_items()
    assert items.states["BMW_i3_ChargingTarget"] == "70 %"


@pytest.mark.parametrize("state, expected", [("7.2 kW", 7200.0), ("7200.0", 7200.0), (None, None), ("ON", None)])
def test_the_power_of_an_item_is_read_in_watts(items, state, expected):
    items.specs["Wallbox"], items.states["Wallbox"] = "there", state
    assert outlet(items).power("Wallbox") == expected


def test_a_missing_item_with_the_wallbox_power_is_reported_once(items, caplog):
    out = outlet(items)
    assert [out.power("Wallbox") for _ in range(3)] == [None] * 3
    told = [record.getMessage() for record in caplog.records if "wallbox_power_item" in record.getMessage()]
    assert told == ["There is no item Wallbox (wallbox_power_item in bmw.cfg): the estimate does not use it"]


def test_the_price_of_an_item_is_a_number_and_that_it_is_not_there_is_told_once(items, caplog):
    items.specs["Price"], items.states["Price"] = "there", "0.35 EUR/kWh"
    out = outlet(items)
    assert out.price("Price") == 0.35
    items.states["Price"] = "UNDEF"
    assert out.price("Price") is None
    assert [out.price("Tariff") for _ in range(3)] == [None] * 3
    told = [record.getMessage() for record in caplog.records]
    assert told == ["There is no item Tariff (price in bmw.cfg): the cost of charging is not known"]


@pytest.mark.parametrize("deleted", [["BMW_i3_gDoors"], ["BMW_i3"], ["BMW_i3_gDoors", "BMW_i3", "BMW"], ["BMW_gAccount"]])
def test_deleted_groups_come_back_with_their_members_after_a_look_at_each_car(items, deleted):
    out = outlet(items)
    out.prepare()
    show(out, (I3, True), (I4, False))
    groups = sorted(name for name, spec in items.specs.items() if spec.item_type == "Group")
    assert set(deleted) < set(groups)
    were_in = {group: set(name for name, spec in items.specs.items() if group in spec.groups) for group in deleted}
    for group in deleted:
        del items.specs[group]
    for _look in (I3, I4):
        out.correct_items()
    assert sorted(name for name, spec in items.specs.items() if spec.item_type == "Group") == groups
    made_with_it = set(deleted)  # a group names its own parent groups
    assert {group: set(items.members[group]) | made_with_it.intersection(were_in[group]) for group in deleted} == were_in


def test_no_group_is_made_for_a_car_that_left_or_for_values_that_are_not_there(items):
    out = outlet(items)
    out.prepare()
    show(out, (I3, True))
    out.settle([], [(I3, True)])
    del items.specs["BMW_i3"]
    for _ in range(3):
        out.correct_items()
    assert "BMW_i3" not in items.specs
