"""bmw.account.records: what is stored of an account, divided by how often it changes."""

import json

import pytest
from bmw.account import records

from tests.unit.fakes import VIN, car

OFTEN = frozenset(["telematic"])


def whole(cloud="cardata", **more):
    """The single record that version 1.0.0 stores."""
    memories = {"cardata": {"container": "c1", "telematic": {VIN: {"a": 1}}}, "mybmw": {"history": {VIN: 1.0}}}
    vehicle = car(stateOfCharge=57)
    vehicle.asked_at = 4.0
    stored = {"cloud": cloud, "memories": memories, "polled_at": 5.0, "outcome": ["ONLINE", "Online"], "names": {VIN: "i3"}, "first": VIN}
    return dict(stored, vehicles=[vehicle.to_record()], **more)


def parts(cloud="cardata"):
    """The same data as three records (state, readings, polls), as the store returns them."""
    one = whole(cloud)
    rest = {key: value for key, value in one.items() if key not in ("polled_at", "outcome")}
    state, readings = records.divided(rest, cloud, OFTEN)
    vehicle = car()
    vehicle.asked_at = 4.0
    return json.loads(json.dumps([state, readings, records.polls(5.0, ("ONLINE", "Online"), [vehicle])]))


def test_joining_the_three_records_gives_the_single_record_again():
    assert records.joined(*parts()) == whole()


def test_what_a_car_says_and_when_it_was_asked_changes_nothing_of_the_state():
    one = whole()
    before = records.divided(one, "cardata", OFTEN)
    one["vehicles"][0].update(readings={"stateOfCharge": [58, 9.0, None]}, asked_at=9.0)
    one["memories"]["cardata"]["telematic"][VIN]["a"] = 2
    after = records.divided(one, "cardata", OFTEN)
    assert before[0] == after[0] and before[1] != after[1]


def test_names_facts_and_containers_change_nothing_of_the_readings():
    one = whole()
    before = records.divided(one, "cardata", OFTEN)
    one["vehicles"][0].update(name="i4", facts={"model": "i4"})
    one["memories"]["cardata"]["container"] = "c2"
    after = records.divided(one, "cardata", OFTEN)
    assert before[1] == after[1] and before[0] != after[0]


def test_the_one_record_of_an_older_version_counts_whatever_lies_beside_it():
    _state, readings, polls = parts()
    assert records.joined(whole(), {}, {}) == whole()
    assert records.joined(whole(), readings, dict(polls, polled_at=99.0)) == whole()


def test_without_the_readings_the_cars_keep_their_names_and_are_asked_at_once():
    state, _readings, polls = parts()
    joined = records.joined(state, {}, polls)
    assert joined["names"] == {VIN: "i3"} and joined["vehicles"][0]["name"] == "i3" and joined["memories"]["cardata"] == {"container": "c1"}
    assert joined.get("polled_at") is None and joined["cloud"] == "cardata"


def test_without_the_state_only_what_the_cloud_remembers_is_left_and_bmw_is_asked_at_once():
    _state, readings, polls = parts()
    assert records.joined({}, readings, polls) == {"memories": {"cardata": {"telematic": {VIN: {"a": 1}}}}}
    assert records.joined({}, {}, {}) == {"memories": {}}


def test_without_the_polls_the_readings_are_there():
    state, readings, _polls = parts()
    joined = records.joined(state, readings, {})
    assert joined["vehicles"][0]["readings"]["stateOfCharge"][0] == 57 and joined["polled_at"] is None


def test_readings_of_another_cloud_than_the_state_count_as_of_no_cloud():
    state, readings, polls = parts()
    joined = records.joined(state, dict(readings, cloud="mybmw"), polls)
    assert joined["cloud"] is None and joined.get("polled_at") is None and joined["names"] == {VIN: "i3"}


@pytest.mark.parametrize("missing", [{}, {"b": {}}])
def test_a_car_of_which_nothing_was_stored_has_no_readings_and_is_the_first_in_the_next_poll(missing):
    state, readings, polls = parts()
    joined = records.joined(state, dict(readings, vehicles=missing), dict(polls, asked=missing))
    assert joined["vehicles"][0]["readings"] == {} and joined["vehicles"][0]["asked_at"] == 0
