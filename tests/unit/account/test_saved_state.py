"""bmw.account.saved_state: what is stored for an account, and when."""

import json

import pytest
from bmw.account.saved_state import SAVE_LIVE, SAVE_SOON, SavedState
from bmw.account.status import Status
from bmw.errors import StoreError
from bmw.polling.budget import Budget
from bmw.polling.vehicle_list import VehicleList

from tests.unit.fakes import car, parts_of, settings

STATE, READINGS, CALLS = "account.state", "account.readings", "account.cardata.calls"


class Cloud:
    name = "cardata"
    CHANGES_OFTEN = frozenset(["telematic"])
    wants_extra = None


class Account:
    def __init__(self):
        self.store_error = None

    def save_again(self):
        """Nothing."""


class Times:
    polled_at = None


class Records(dict):
    """A store in memory; saving fails while ``full`` is True."""

    full = False

    def __init__(self):
        self.written = []

    def load(self, name):
        return self.get(name)

    def has(self, name):
        return name in self

    def save(self, name, record):
        if self.full:
            raise StoreError("Cannot write {}".format(name), "make room")
        self[name] = json.loads(json.dumps(record))
        self.written.append(name)

    save_light = save

    def take_written(self):
        """The names of the records that were written since the last call, in order."""
        written, self.written = self.written, []
        return written


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
            config=settings(),
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
    assert set(store) == {STATE, READINGS, CALLS}
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
    assert (again.memory, again.outcome, again._times.polled_at) == ({"container": "c1"}, ["ONLINE", "Online"], 5.0)
    assert [vehicle.name for vehicle in parts_again.vehicle_list.vehicles] == ["i3"]
    assert parts_again.budget.spent(1.0) == 1


def test_another_cloud_has_its_own_memory_and_its_first_poll_and_the_way_back_loses_nothing(state_of):
    class Other:
        name = "mybmw"
        CHANGES_OFTEN = frozenset()
        wants_extra = None

    state, _parts = state_of()
    state.load()
    state.is_loaded = True
    state.memory.update(container="c1", telematic={"a": 1})
    state.outcome, state._times.polled_at = ("ONLINE", "Online"), 5.0
    state.save()
    other, _parts = state_of(Other)
    other.load()
    assert (other.memory, other.outcome, other._times.polled_at) == ({}, None, None)
    other.is_loaded = True
    other.save()
    back, _parts = state_of()
    back.load()
    assert back.memory == {"container": "c1", "telematic": {"a": 1}}


@pytest.mark.parametrize("is_soon, seconds", [(True, SAVE_SOON), (False, SAVE_LIVE)])
def test_many_changes_are_one_save_and_a_stop_saves_what_waits(state_of, store, worker, is_soon, seconds):
    state, _parts = state_of()
    state.is_loaded = True
    for _ in range(3):
        state.save_later(is_soon)
        worker.pass_time((seconds - 1) / 3)
    assert store == {}
    worker.pass_time(1)
    assert READINGS in store
    store.clear()
    state.save_waiting()
    assert store == {}, "nothing waits any more"
    state.save_later(is_soon)
    state.save_waiting()
    assert READINGS in store
    store.clear()
    worker.pass_time(2 * seconds)
    assert store == {}, "it was saved by the stop"


def test_changes_that_a_user_would_miss_are_saved_soon_even_if_numbers_wait(state_of, store, worker):
    state, _parts = state_of()
    state.is_loaded = True
    state.save_later()
    state.save_later(is_soon=True)
    state.save_later()
    worker.pass_time(SAVE_SOON)
    assert READINGS in store


def test_what_cost_a_call_is_saved_soon(state_of, store, worker):
    state, _parts = state_of()
    state.is_loaded = True
    state.save_budget()
    state.save_later()
    worker.pass_time(SAVE_SOON)
    assert READINGS in store.take_written()
    state.memory["telematic"] = {"a": 1}
    state.save_later()
    worker.pass_time(SAVE_SOON)
    assert store.take_written() == [], "no call was made since"


def test_what_did_not_change_is_not_written_again(state_of, store):
    state, parts = state_of()
    state.load()
    state.is_loaded = True
    parts.vehicle_list.vehicles = [car("i3")]
    state.save()
    assert set(store.take_written()) == {STATE, READINGS, CALLS}
    state.save()
    state.save_budget()
    assert store.take_written() == []
    parts.vehicle_list.vehicles[0].update(car(stateOfCharge=58).readings)
    state.save()
    assert store.take_written() == [READINGS]
    state._times.polled_at = 7.0
    state.save()
    assert store.take_written() == [CALLS]
    state.memory["container"] = "c2"
    state.save()
    assert store.take_written() == [STATE]


def test_a_record_that_somebody_deleted_is_written_again(state_of, store):
    state, _parts = state_of()
    state.is_loaded = True
    state.save()
    del store[STATE]
    state.save()
    assert STATE in store


def test_when_the_cars_were_asked_is_stored_before_the_call_is_made(state_of, store):
    state, parts = state_of()
    state.is_loaded = True
    parts.vehicle_list.vehicles = [car("i3")]
    parts.vehicle_list.vehicles[0].asked_at = state._times.polled_at = 7.0
    state.save()
    parts.vehicle_list.vehicles[0].asked_at = state._times.polled_at = 9.0
    state.save_budget()
    again, parts_again = state_of()
    again.load()
    assert again._times.polled_at == 9.0 and parts_again.vehicle_list.vehicles[0].asked_at == 9.0


def as_version_1_0_0(parts, cloud="cardata"):
    """The same data as the single record of version 1.0.0."""
    record = {"cloud": cloud, "memories": {cloud: {"container": "c1", "telematic": {"a": 1}}}, "polled_at": 5.0, "outcome": None}
    return dict(parts.vehicle_list.to_record(), **record)


def test_what_version_1_0_0_stored_is_loaded_and_divided_by_the_next_save(state_of, store):
    _state, parts = state_of()
    parts.vehicle_list.vehicles = [car("i3", stateOfCharge=57)]
    store[STATE], store[CALLS] = as_version_1_0_0(parts), {"calls": [[10, 3]]}
    for _start in range(2):
        state, parts = state_of()
        state.load()
        assert state.memory == {"container": "c1", "telematic": {"a": 1}} and state._times.polled_at == 5.0
        assert parts.vehicle_list.vehicles[0].readings["stateOfCharge"].value == 57 and parts.budget.spent(700) == 3
        state.is_loaded = True
        state.save()
        assert "readings" not in store[STATE]["vehicles"][0] and list(store[READINGS]["vehicles"].values()) != [{}]


def test_a_kill_while_the_record_of_version_1_0_0_is_divided_costs_nothing(state_of, store, monkeypatch):
    _state, parts = state_of()
    parts.vehicle_list.vehicles = [car("i3", stateOfCharge=57)]
    old = as_version_1_0_0(parts)
    for number in range(4):
        store.clear()
        store[STATE] = old
        state, _parts = state_of()
        state.load()
        state.is_loaded = True
        real, saved = Records.save, []

        def save(records, name, record, real=real, saved=saved, number=number):
            if len(saved) == number:
                raise KeyboardInterrupt()
            saved.append(name)
            real(records, name, record)

        with monkeypatch.context() as patch:
            patch.setattr(Records, "save", save)
            patch.setattr(Records, "save_light", save)
            try:
                state.save()
            except KeyboardInterrupt:
                pass
        again, parts = state_of()
        again.load()
        assert parts.vehicle_list.vehicles[0].readings["stateOfCharge"].value == 57, saved
        assert again.memory == {"container": "c1", "telematic": {"a": 1}} and again._times.polled_at == 5.0, saved
    assert len(saved) == 3


@pytest.mark.parametrize("what", ["disk", "token"])
def test_what_could_not_be_stored_is_tried_again_soon(state_of, store, worker, what):
    state, parts = state_of()
    state.is_loaded = True
    store.full = what == "disk"
    if what == "token":
        parts.account.store_error = StoreError("The new token is not stored", "make room")
    state.save()
    store.full = False
    store.clear()
    state.save_later()
    worker.pass_time(SAVE_SOON)
    assert READINGS in store


def test_a_full_disk_is_told_in_the_status_until_there_is_room(state_of, store, outlet):
    state, _parts = state_of()
    state.is_loaded = True
    store.full = True
    state.save()
    assert "make room" in outlet.shown["account"]
    store.full = False
    state.save_budget()
    assert "make room" in outlet.shown["account"], "the readings are not saved yet"
    state.save()
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
    assert (sorted(store), tried) == ([CALLS, READINGS, STATE], ["tokens"])
    store.clear()
    state.save_waiting()
    assert (store, tried) == ({}, ["tokens"] * 2), "only the account knows whether its tokens are stored"
