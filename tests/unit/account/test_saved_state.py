"""bmw.account.saved_state: what is stored for an account, and when."""

import pytest
from bmw.account.saved_state import SAVE_LIVE, SavedState
from bmw.account.status import Status
from bmw.errors import StoreError
from bmw.polling.budget import Budget
from bmw.polling.vehicle_list import VehicleList

from tests.unit.fakes import car, parts_of

STATE, CALLS = "account.state", "account.cardata.calls"


class Cloud:
    name = "cardata"
    wants_extra = None


class Account:
    store_error = None

    def save_again(self):
        """Nothing."""


class Times:
    polled_at = None


class Records(dict):
    """A store in memory; it has no room while it is ``full``."""

    full = False

    def load(self, name):
        return self.get(name)

    def save(self, name, record):
        if self.full:
            raise StoreError("Cannot write {}".format(name), "make room")
        self[name] = record


@pytest.fixture
def store():
    return Records()


@pytest.fixture
def state_of(clock, worker, outlet, store):
    def make(cloud=Cloud):
        status = Status(outlet, "", [])
        status.show("ONLINE", "Online")
        vehicle_list = VehicleList(cloud, clock)
        parts = parts_of(
            cloud=cloud,
            account=Account(),
            clock=clock,
            store=store,
            outlet=outlet,
            worker=worker,
            budget=Budget(50),
            vehicle_list=vehicle_list,
            status=status,
        )
        return SavedState(parts, Times(), "account"), parts

    return make


def test_nothing_is_saved_before_loading_succeeded_and_nothing_after_the_end(state_of, store):
    state, _parts = state_of()
    state.save()
    state.save_budget()
    assert store == {}
    state.is_loaded = True
    state.save()
    state.save_budget()
    assert len(store) == 2
    store.clear()
    state.close()
    state.save()
    state.save_budget()
    assert store == {}


def test_what_was_saved_is_loaded(state_of):
    state, parts = state_of()
    state.load()
    state.is_loaded = True
    parts.vehicle_list.vehicles = [car("i3")]
    parts.budget.spend(1.0)
    state.memory["container"] = "c1"
    state.outcome, state._times.polled_at = ("ONLINE", "Online"), 5.0
    state.save()
    state.save_budget()
    again, parts_again = state_of()
    again.load()
    assert (again.memory, again.outcome, again._times.polled_at) == ({"container": "c1"}, ("ONLINE", "Online"), 5.0)
    assert [vehicle.name for vehicle in parts_again.vehicle_list.vehicles] == ["i3"]
    assert parts_again.budget.spent(1.0) == 1


def test_another_cloud_has_its_own_memory_and_its_first_poll_and_the_way_back_loses_nothing(state_of):
    class Other:
        name = "mybmw"
        wants_extra = None

    state, _parts = state_of()
    state.load()
    state.is_loaded = True
    state.memory["container"] = "c1"
    state.outcome, state._times.polled_at = ("ONLINE", "Online"), 5.0
    state.save()
    other, _parts = state_of(Other)
    other.load()
    assert (other.memory, other.outcome, other._times.polled_at) == ({}, None, None)
    other.is_loaded = True
    other.save()
    back, _parts = state_of()
    back.load()
    assert back.memory == {"container": "c1"}


def test_many_changes_are_one_save_and_a_stop_saves_what_waits(state_of, store, worker):
    state, _parts = state_of()
    state.is_loaded = True
    for _ in range(3):
        state.save_later()
    worker.pass_time(SAVE_LIVE - 1)
    assert store == {}
    state.save_waiting()
    assert len(store) == 1
    store.clear()
    state.save_waiting()
    assert store == {}, "nothing waits any more"


def test_a_full_disk_is_told_in_the_status_until_there_is_room(state_of, store, outlet):
    state, _parts = state_of()
    state.is_loaded = True
    store.full = True
    state.save()
    state.save_budget()
    assert "make room" in outlet.shown["account"]
    store.full = False
    state.save()
    assert "make room" in outlet.shown["account"], "the calls are not saved yet"
    state.save_budget()
    assert outlet.shown["account"] == "Online"


def test_a_stop_saves_what_could_not_be_saved_before(state_of, store):
    state, parts = state_of()
    state.is_loaded = True
    tried = []
    parts.account.save_again = lambda: tried.append("tokens")
    store.full = True
    state.save()
    state.save_budget()
    assert store == {}
    store.full, tried[:] = False, []
    state.save_waiting()
    assert (sorted(store), tried) == ([CALLS, STATE], ["tokens"])
    store.clear()
    state.save_waiting()
    assert (store, tried) == ({}, ["tokens"] * 2), "only the account knows whether its tokens are stored"
