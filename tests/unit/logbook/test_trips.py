"""bmw.logbook.trips: a car's trips by its odometer, whatever of them was told."""

import json
import random

import pytest
from bmw.logbook import trips
from bmw.vehicle.vehicle import Reading, Vehicle
from hypothesis import given
from hypothesis import strategies as st

NOON = 1791028800.0
MINUTE = 60.0
CAPACITY = 80.0


class Drive:
    """A car, what it says, and the log that listens."""

    def __init__(self, capacity=CAPACITY, **values):
        self.now = NOON
        self.car = Vehicle("WBY00TEST00000001", "i4")
        self.capacity = capacity
        self.entries = {}
        self.state = trips.new_state([])
        if values:
            self.say(**values)

    def say(self, after=0, at=None, **values):
        """The car says this ``after`` so many seconds; ``at``: a late message, with this time."""
        self.now += after
        time = self.now if at is None else at
        self.car.update({key: Reading(value, time) for key, value in values.items()})
        return self.look()

    def look(self, after=0):
        self.now += after
        was_under_way = trips.is_under_way(self.state)
        self.state, entry = trips.look(self.state, self.car.readings, self.now, self.capacity)
        if entry is not None:
            self.put(entry)
        if trips.is_under_way(self.state) != was_under_way:
            self.put(trips.open_entry(self.state))
        return self

    def put(self, entry):
        assert entry["id"] == trips.OPEN or entry["id"] not in self.entries
        self.entries[entry["id"]] = json.loads(json.dumps(entry))

    def restart(self):
        self.state = trips.new_state(list(self.entries.values()))
        return self.look()

    @property
    def trips(self):
        return trips.trips_of(list(self.entries.values()))

    @property
    def spans(self):
        """[(start, end) in minutes after noon, distance]"""
        return [((trip.start - NOON) / MINUTE, (trip.end - NOON) / MINUTE, trip.distance) for trip in self.trips]


@pytest.fixture
def drive():
    return Drive(odometer=1000, stateOfCharge=80, moving=False, place="HOME", chargingStatus="NOT_CHARGING")


def test_a_trip_told_by_the_stream_has_start_end_distance_energy_and_places(drive):
    drive.say(10 * MINUTE, moving=True)
    for km in range(1, 31):
        drive.say(MINUTE, odometer=1000 + km, stateOfCharge=80 - km / 5.0)
    drive.say(MINUTE, moving=False, place="work").look(trips.STANDS + 1)
    (trip,) = drive.trips
    assert drive.spans == [(10, 41, 30)]
    assert (trip.odometer, trip.begin, trip.final, trip.origin, trip.destination) == (1030, 80, 74, "HOME", "work")
    assert (trip.energy, trip.has_gap) == (pytest.approx(4.8), False)


def test_a_car_that_tells_its_odometer_at_the_end_only_has_the_same_trip(drive):
    drive.say(10 * MINUTE, moving=True)
    for minute in range(30):
        drive.say(MINUTE, stateOfCharge=79.8 - minute / 5.0)
    drive.say(MINUTE, moving=False, odometer=1030).look(trips.STANDS + 1)
    assert drive.spans == [(10, 41, 30)]
    assert (drive.trips[0].begin, drive.trips[0].final) == (80, 74)


def test_polls_alone_show_the_trip_between_them(drive):
    drive.say(30 * MINUTE, odometer=1000, stateOfCharge=80, moving=False)
    drive.say(30 * MINUTE, odometer=1012, stateOfCharge=77, moving=True)
    drive.say(30 * MINUTE, odometer=1031, stateOfCharge=74, moving=False)
    drive.say(30 * MINUTE, odometer=1031, stateOfCharge=74, moving=False)
    assert [(span[2], trip.begin, trip.final) for span, trip in zip(drive.spans, drive.trips)] == [(31, 80, 74)]


def test_a_short_stop_belongs_to_the_trip_and_a_long_one_ends_it(drive):
    drive.say(MINUTE, moving=True).say(10 * MINUTE, odometer=1010).say(MINUTE, moving=False)
    drive.say(5 * MINUTE, moving=True).say(10 * MINUTE, odometer=1020).say(0, moving=False)
    drive.look(trips.STANDS + 1)
    drive.say(MINUTE, moving=True).say(10 * MINUTE, odometer=1030).say(0, moving=False).look(trips.STANDS + 1)
    assert [distance for _start, _end, distance in drive.spans] == [20, 10]


@pytest.mark.parametrize("hours", [3, 23])
def test_a_car_whose_clock_is_ahead_of_ours_has_each_trip(drive, hours):
    def say(minutes, **values):
        drive.say(minutes * MINUTE, at=drive.now + (minutes + hours * 60) * MINUTE, **values)

    for km in (1010, 1030):
        say(60, moving=True)
        say(10, odometer=km)
        say(1, moving=False)
        drive.look(trips.STANDS + 1)
    assert [distance for _start, _end, distance in drive.spans] == [10, 20]
    assert all(trip.end <= drive.now for trip in drive.trips)


def test_an_odometer_that_comes_late_belongs_to_its_trip(drive):
    drive.say(MINUTE, moving=True).say(10 * MINUTE, odometer=1010).say(MINUTE, moving=False).say(2 * MINUTE, odometer=1011)
    drive.look(trips.STANDS + 1)
    assert [distance for _start, _end, distance in drive.spans] == [11]


def test_a_message_from_before_changes_nothing(drive):
    drive.say(MINUTE, moving=True).say(10 * MINUTE, odometer=1010, stateOfCharge=77)
    drive.say(MINUTE, at=drive.now - 5 * MINUTE, odometer=1004, stateOfCharge=79, moving=False)
    drive.say(MINUTE, moving=False).look(trips.STANDS + 1)
    assert [(trip.distance, trip.final) for trip in drive.trips] == [(10, 77)]


def test_a_ferry_or_a_tow_truck_is_no_trip(drive):
    drive.say(MINUTE, moving=True, place="ELSEWHERE").say(90 * MINUTE, moving=False, place="island").look(trips.STANDS + 1)
    assert drive.trips == []
    drive.say(MINUTE, moving=True).say(5 * MINUTE, odometer=1003, moving=False).look(trips.STANDS + 1)
    assert [(trip.distance, trip.origin) for trip in drive.trips] == [(3, "island")]


def test_a_trip_through_a_gap_of_a_day_is_one_that_says_so(drive):
    drive.say(86400, odometer=1200, stateOfCharge=40, moving=False).look(trips.STANDS + 1)
    (trip,) = drive.trips
    assert (trip.distance, trip.has_gap, trip.energy) == (200, True, pytest.approx(32))


def test_a_trip_that_nobody_heard_is_told_in_the_next_one(drive):
    drive.now += 86400
    drive.say(0, moving=True).say(MINUTE, odometer=1151).say(MINUTE, odometer=1152).say(0, moving=False).look(trips.STANDS + 1)
    assert [(trip.distance, trip.has_gap) for trip in drive.trips] == [(152, True)]


def test_a_gap_within_a_trip_is_told_as_well(drive):
    drive.say(MINUTE, moving=True).say(10 * MINUTE, odometer=1010).say(70 * MINUTE, odometer=1100).say(MINUTE, moving=False)
    drive.look(trips.STANDS + 1)
    assert [(trip.distance, trip.has_gap) for trip in drive.trips] == [(100, True)]


def test_a_charge_on_the_way_ends_a_trip_with_the_charge_before_it(drive):
    drive.say(MINUTE, moving=True).say(60 * MINUTE, odometer=1100, stateOfCharge=55).say(0, moving=False)
    drive.say(2 * MINUTE, chargingStatus="CHARGING").say(20 * MINUTE, stateOfCharge=80).say(0, chargingStatus="CHARGING_ENDED")
    drive.say(2 * MINUTE, moving=True).say(60 * MINUTE, odometer=1200, stateOfCharge=55).say(0, moving=False).look(trips.STANDS + 1)
    assert [(trip.distance, trip.begin, trip.final) for trip in drive.trips] == [(100, 80, 55), (100, 80, 55)]


def test_the_state_of_charge_after_a_charge_is_not_taken_for_the_end_of_the_trip(drive):
    drive.say(3600, odometer=1100, moving=False, chargingStatus="CHARGING", stateOfCharge=75)
    (trip,) = drive.trips
    assert (trip.distance, trip.final, trip.energy) == (100, None, None)


def test_a_charge_between_two_polls_is_not_taken_for_the_end_of_the_trip(drive):
    drive.say(MINUTE, moving=True).say(60 * MINUTE, odometer=1040, stateOfCharge=72).say(0, moving=False)
    drive.say(90 * MINUTE, stateOfCharge=79)
    assert [(trip.distance, trip.final) for trip in drive.trips] == [(40, 72)]
    end = drive.now + 30 * MINUTE
    drive.say(120 * MINUTE, at=end, odometer=1080, moving=False).say(0, stateOfCharge=78)
    assert [(trip.distance, trip.final) for trip in drive.trips][1:] == [(40, None)]


def test_a_short_trip_on_which_no_percent_was_used_has_used_nothing(drive):
    drive.say(60 * MINUTE, moving=True).say(MINUTE, odometer=1004).say(0, moving=False).look(trips.STANDS + 1)
    assert [(trip.distance, trip.final, trip.energy) for trip in drive.trips] == [(4, 80, 0)]


def test_a_state_of_charge_from_the_way_is_not_taken_for_the_end_of_the_trip(drive):
    drive.say(10 * MINUTE, odometer=1010, moving=True, stateOfCharge=78)
    drive.say(10 * MINUTE, odometer=1020, moving=False, chargingStatus="CHARGING", stateOfCharge=77)
    (trip,) = drive.trips
    assert (trip.distance, trip.begin, trip.final) == (20, 80, None)


def test_a_car_that_leaves_a_charge_whose_end_nobody_saw_begins_with_an_unknown_charge(drive):
    drive.say(10 * MINUTE, chargingStatus="CHARGING", stateOfCharge=85)
    drive.say(30 * MINUTE, chargingStatus="CHARGING_ENDED", odometer=1010, moving=True, stateOfCharge=93)
    drive.say(MINUTE, moving=False).look(trips.STANDS + 1)
    assert [(trip.distance, trip.begin, trip.energy) for trip in drive.trips] == [(10, None, None)]


def test_a_charge_that_nobody_saw_leaves_the_energy_unknown(drive):
    drive.say(8 * 3600, odometer=1150, stateOfCharge=95, moving=False).look(trips.STANDS + 1)
    assert [(trip.distance, trip.energy) for trip in drive.trips] == [(150, None)]


def test_a_restart_on_the_way_costs_nothing(drive):
    drive.say(MINUTE, moving=True).say(10 * MINUTE, odometer=1010, stateOfCharge=77)
    drive.restart().say(10 * MINUTE, odometer=1020, stateOfCharge=75).restart()
    drive.say(MINUTE, moving=False).restart().look(trips.STANDS + 1)
    assert [(trip.distance, trip.begin, trip.final, trip.origin) for trip in drive.trips] == [(20, 80, 75, "HOME")]
    assert drive.entries[trips.OPEN]["state"] is None


def test_what_was_driven_while_nobody_listened_is_in_the_next_trip(drive):
    drive.say(MINUTE, moving=True).say(10 * MINUTE, odometer=1010).say(0, moving=False).look(trips.STANDS + 1)
    drive.say(86400, odometer=1500, moving=False)
    drive.restart().look(trips.STANDS + 1)
    assert [trip.distance for trip in drive.trips] == [10, 490]


def test_a_car_that_stops_speaking_on_the_way_has_ended_its_trip(drive):
    drive.say(MINUTE, moving=True).say(10 * MINUTE, odometer=1010).look(trips.SILENT - 1)
    assert drive.trips == []
    drive.look(2)
    assert [trip.distance for trip in drive.trips] == [10]
    # that it moves was said of that trip, and says nothing of the next
    drive.say(86400, odometer=1020).say(0, moving=False).look(trips.STANDS + 1)
    assert drive.trips[1].has_gap and drive.trips[1].start >= drive.trips[0].end


def test_a_car_that_never_says_that_it_moves_has_trips_all_the_same():
    drive = Drive(odometer=500.0)
    for km in range(1, 11):
        drive.say(MINUTE, odometer=500.0 + km)
    drive.look(trips.UNTOLD + 1)
    assert [(trip.distance, trip.energy) for trip in drive.trips] == [(10, None)]


def test_miles_are_kilometres_in_the_log():
    drive = Drive()
    for miles in (1000, 1010):
        drive.now += 600
        drive.car.update({"odometer": Reading(miles, drive.now, "mi")})
        drive.look()
    drive.look(trips.UNTOLD + 1).restart().look(86400)
    assert [trip.distance for trip in drive.trips] == [16.1]


def test_another_odometer_is_no_trip(drive):
    drive.say(MINUTE, odometer=90000).look(trips.SILENT + 1)
    drive.say(MINUTE, moving=True).say(5 * MINUTE, odometer=90003, moving=False).look(trips.STANDS + 1)
    assert [trip.distance for trip in drive.trips] == [3]


@pytest.mark.parametrize(
    "entry",
    [
        {"id": "1-1"},
        {"id": "1-1", "odometer": "12", "distance": 3},
        {"id": "1-1", "odometer": 12, "distance": True},
        {"id": "1-1", "odometer": 12, "distance": 3, "start": "now"},
        {"id": trips.OPEN, "state": None},
    ],
)
def test_an_entry_that_is_no_trip_is_left_out(entry):
    assert trips.trips_of([entry]) == []


STRANGE = {"km": 1.0, "stand": None, "departed": None, "ended": None}


@pytest.mark.parametrize("state", [None, 7, "trip", [], {}, {"trip": 1}, dict(STRANGE, trip=1), dict(STRANGE, trip={"start": 1})])
def test_a_strange_state_of_a_trip_is_no_state(state):
    assert trips.new_state([{"id": trips.OPEN, "state": state}])["trip"] is None


MESSAGE = st.fixed_dictionaries(
    {"after": st.sampled_from((0, 5, 60, 1000, 5000, 50000))},
    optional={
        "odometer": st.integers(1000, 1200),
        "stateOfCharge": st.one_of(st.none(), st.floats(0, 100)),
        "moving": st.one_of(st.none(), st.booleans()),
        "chargingStatus": st.sampled_from(("CHARGING", "NOT_CHARGING", "ODD")),
        "place": st.sampled_from((None, "HOME", "work")),
    },
)


@given(st.lists(st.one_of(MESSAGE, st.just("restart")), max_size=40))
def test_whatever_is_told_in_whatever_order_the_distances_add_up_to_the_odometer(messages):
    drive = Drive(odometer=1000, moving=False)
    for message in messages:
        drive.restart() if message == "restart" else drive.say(**message)
    drive.look(trips.SILENT + 1)
    assert sum(trip.distance for trip in drive.trips) == pytest.approx(drive.car.readings["odometer"].value - 1000)
    assert all(trip.distance > 0 and trip.start <= trip.end and (trip.energy is None or trip.energy >= 0) for trip in drive.trips)


def test_a_year_with_gaps_and_restarts_agrees_with_what_the_car_did():
    chance = random.Random(18)
    drive = Drive(odometer=20000, stateOfCharge=90.0, moving=False, place="HOME", chargingStatus="NOT_CHARGING")
    km, soc, driven, used, heard, restarts = 20000.0, 90.0, 0, 0.0, [], 0
    for number in range(700):
        is_heard = chance.random() > 0.05
        distance = chance.randint(2, 120)
        tell = drive.say if is_heard else lambda after=0, **values: setattr(drive, "now", drive.now + after)
        tell(0, moving=True)
        for _part in range(distance):
            km, soc = km + 1, soc - 0.2
            tell(chance.choice((40, 60, 80)), odometer=int(km), stateOfCharge=round(soc, 1))
            if chance.random() < 0.003:
                drive.restart()
                restarts += 1
        tell(30, moving=False, place="work" if number % 2 else "HOME")
        tell(trips.STANDS + 60, stateOfCharge=round(soc, 1))
        driven, used = driven + distance, used + distance * 0.2 / 100 * CAPACITY
        if is_heard:
            heard.append(distance)
        if soc < 45:
            drive.say(600, odometer=int(km), moving=False, stateOfCharge=round(soc, 1))
            drive.look(trips.STANDS + 1)
            drive.say(60, chargingStatus="CHARGING", stateOfCharge=round(soc, 1))
            soc = 90.0
            drive.say(4 * 3600, chargingStatus="CHARGING_ENDED", stateOfCharge=soc)
        if chance.random() < 0.1:
            drive.restart()
        drive.now += chance.randint(600, 8 * 3600)
    drive.say(60, odometer=int(km), moving=False, stateOfCharge=round(soc, 1)).look(trips.STANDS + 1)
    found = drive.trips
    assert sum(trip.distance for trip in found) == driven
    assert sum(trip.energy for trip in found) == pytest.approx(used, rel=0.02)
    # a trip is marked if the one before was not heard, or if nobody listened for a while
    marked = len([trip for trip in found if trip.has_gap])
    assert 700 - len(heard) - 10 <= marked <= 700 - len(heard) + restarts
    assert len(found) - marked >= len(heard) - (700 - len(heard)) - restarts
