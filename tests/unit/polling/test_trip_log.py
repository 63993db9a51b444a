"""bmw.polling.trip_log: the trips of a car at the simulated BMW, in their file."""

import json
import os

import pytest
from bmw.logbook import ledger, real_use, trips
from bmw.polling import trip_log
from bmw.storage import files, record_names
from bmw.vehicle.vehicle import Reading

from tests.cloud import SimulatedCloud, scenario
from tests.unit.fakes import UNEXPECTED, raising
from tests.unit.home import Home


@pytest.fixture
def cloud():
    cloud = SimulatedCloud(fleet="none")
    cloud.add_car("i4")
    cloud.advance_clock(129600 - cloud.now() % 86400)
    yield cloud
    cloud.close()


@pytest.fixture
def home(cloud, tmp_path):
    cloud.settings(quota=100000)
    say(cloud, odometer_km=1000, soc=80.0, moving=False)
    return Home(cloud, tmp_path, calls_per_day=100000).sign_in()


def say(cloud, **fields):
    cloud.set_car(cloud.cars()[0], **fields)


def drive(home, kilometres, minutes=60, per_100_km=22.0):
    """The car is driven that far, with a poll every ten minutes, and stands for a while."""
    begin = home.cloud.car(home.cloud.cars()[0])
    say(home.cloud, moving=True)
    home.update()
    for part in range(1, 1 + minutes // 10):
        done = kilometres * part * 10.0 / minutes
        home.pass_time(600)
        say(home.cloud, odometer_km=int(begin["odometer_km"] + done), soc=begin["soc"] - done * per_100_km / 100)
        home.update()
    say(home.cloud, moving=False)
    home.update()
    home.pass_time(trips.STANDS + 60)
    home.update()


def path_of(home):
    return str(home.folder / record_names.trips("account", home.cloud.cars()[0]))


def logged(home):
    return trips.trips_of(ledger.Ledger(path_of(home)).entries())


def test_a_trip_is_in_the_log_with_its_energy(home):
    drive(home, 60)
    (trip,) = logged(home)
    assert (trip.distance, trip.begin, trip.final, trip.has_gap) == (60, 80, pytest.approx(66.8, abs=0.1), False)
    assert trip.energy == pytest.approx(0.132 * home.car("i4")["batteryCapacity"], rel=0.02)


def test_the_dashboard_gets_the_log_after_each_trip_and_after_a_restart(home):
    assert ("i4", "tripLog") not in home.outlet.logbooks
    drive(home, 60)
    drive(home, 30)
    text = home.outlet.logbooks["i4", "tripLog"]
    assert [row[2] for row in json.loads(text)["rows"]] == [30, 60]
    home = home.restart()
    home.update()
    assert home.outlet.logbooks["i4", "tripLog"] == text


def test_the_dashboard_is_told_that_there_are_more_trips_than_it_gets(home):
    home.service.stop()
    entry, start = {"odometer": 1000.0, "distance": 1.0}, home.clock.now() - 900000
    log = ledger.Ledger(path_of(home))
    for first, count, is_cut in ((0, trip_log.LATEST, False), (trip_log.LATEST, 1, True)):
        moments = [start + 60 * number for number in range(first, first + count)]
        log.put([dict(entry, id=str(moment), start=moment, end=moment + 30) for moment in moments])
        home = home.restart()
        home.update()
        shown = json.loads(home.outlet.logbooks["i4", "tripLog"])
        assert (len(shown["rows"]), shown["cut"]) == (trip_log.LATEST, is_cut)


def test_what_was_learned_is_shown_with_the_number_of_trips(home):
    drive(home, 60)
    drive(home, 60)
    capacity = home.car("i4")["batteryCapacity"]
    assert home.car("i4")["realConsumptionTrips"] == 2
    assert home.car("i4")["realConsumption"] == pytest.approx(0.22 * capacity, rel=0.02)
    assert home.car("i4")["realRange"] == pytest.approx(home.car("i4")["stateOfCharge"] / 0.22, rel=0.03)


def test_days_of_drives_and_charges_seen_by_polls_agree_with_what_the_car_used(home):
    vin = home.cloud.cars()[0]
    begin = home.cloud.car(vin)["odometer_km"]
    seconds = 0
    for _day in range(6):
        state = scenario.begin(home.cloud.car(vin))
        while not state["done"]:
            later = scenario.step(state, 30)
            home.cloud.set_car(vin, **{key: value for key, value in later["fields"].items() if value != state["fields"].get(key)})
            state, seconds = later, seconds + 30
            home.pass_time(30)
            if seconds % 540 == 0:
                home.update()
        home.pass_time(8 * 3600)
        home.update()
    found = logged(home)
    assert sum(trip.distance for trip in found) == pytest.approx(home.cloud.car(vin)["odometer_km"] - begin, abs=1)
    assert home.car("i4")["realConsumption"] == pytest.approx(scenario.KWH_PER_100KM, rel=0.02)
    assert [trip.distance for trip in found] == [25] * 12 and not any(trip.has_gap for trip in found)


def test_the_users_capacity_counts_more_than_the_cars(cloud, tmp_path):
    say(cloud, odometer_km=1000, soc=80.0, moving=False)
    home = Home(cloud, tmp_path, calls_per_day=100000, battery_capacity=50.0)
    cloud.settings(quota=100000)
    drive(home.sign_in(), 60)
    assert logged(home)[0].energy == pytest.approx(0.132 * 50, rel=0.02)


def test_a_restart_on_the_way_and_one_after_it_lose_nothing(home):
    say(home.cloud, moving=True)
    home.update()
    home.pass_time(600)
    say(home.cloud, odometer_km=1020, soc=76.0)
    home.update()
    home.service.stop()
    home = Home(home.cloud, home.folder, calls_per_day=100000).start()
    drive(home, 40)
    assert [(trip.distance, trip.begin) for trip in logged(home)] == [(60, 80)]
    home.service.stop()
    home = Home(home.cloud, home.folder, calls_per_day=100000).start()
    assert home.car("i4")["realConsumptionTrips"] == 1
    drive(home, 30)
    assert [trip.distance for trip in logged(home)] == [60, 30]


def test_a_log_of_years_changes_nothing(home):
    entry = {"start": 1.0, "end": 2.0, "odometer": 500.0, "distance": 1.0}
    home.service.stop()
    years = ledger.Ledger(path_of(home))
    years.put([trips.open_entry(trips.new_state([]))])
    years.put([dict(entry, id=str(number), start=float(number), end=number + 1.0) for number in range(3 * trip_log.LATEST)])
    years.put([dict(entry, id="last", start=1e6, end=1e6 + 1, odometer=1000.0)])
    home = Home(home.cloud, home.folder, calls_per_day=100000).start()
    say(home.cloud, moving=True, odometer_km=1010, soc=75.0)
    home.update()
    home.service.stop()
    home = Home(home.cloud, home.folder, calls_per_day=100000).start()
    drive(home, 60)
    assert [(trip.distance, trip.begin) for trip in logged(home)][-1] == (70, 80)


def test_the_file_is_private_and_holds_neither_the_vin_nor_a_position(home):
    drive(home, 60)
    car = home.cloud.car(home.cloud.cars()[0])
    text = open(path_of(home)).read()
    assert os.stat(path_of(home)).st_mode & 0o777 == 0o600
    assert home.cloud.cars()[0] not in text and home.cloud.cars()[0] not in path_of(home)
    assert str(car["latitude"])[:5] not in text and str(car["longitude"])[:5] not in text


def test_a_trip_writes_twice_and_a_poll_nothing(home, monkeypatch):
    drive(home, 20)
    written = []
    append = files.append
    monkeypatch.setattr(files, "append", lambda path, data: (written.append(path), append(path, data)))
    drive(home, 30)
    assert [path for path in written if path.endswith(".trips")] == [path_of(home)] * 2
    for _poll in range(5):
        home.pass_time(1800)
        home.update()
    assert len([path for path in written if path.endswith(".trips")]) == 2


def test_a_disk_that_takes_nothing_is_told_once_and_the_trip_is_written_later(home, monkeypatch, caplog):
    append = files.append
    monkeypatch.setattr(files, "append", raising(lambda text: files.StoreError("Cannot write", "free some space")))
    drive(home, 60)
    assert caplog.text.count("The trips of i4 cannot be kept: Cannot write") == 1 and home.state == "ONLINE"
    monkeypatch.setattr(files, "append", append)
    home.update()
    assert [trip.distance for trip in logged(home)] == [60]


def test_a_file_that_cannot_be_read_stops_no_poll(home, caplog):
    home.service.stop()
    if os.path.exists(path_of(home)):
        os.remove(path_of(home))
    os.mkdir(path_of(home))
    home = Home(home.cloud, home.folder, calls_per_day=100000).start()
    drive(home, 20)
    assert (home.state, home.car("i4")["odometer"]) == ("ONLINE", 1020)
    assert caplog.text.count("The trips of i4 cannot be kept") == 1


@pytest.mark.parametrize("error", UNEXPECTED)
@pytest.mark.parametrize("where", [(trips, "look"), (real_use, "readings")])
def test_an_error_of_its_own_stops_no_poll_and_is_logged_once(home, monkeypatch, caplog, error, where):
    monkeypatch.setattr(*where, raising(error))
    for soc in (70, 60):
        say(home.cloud, soc=soc)
        home.update()
    assert (home.state, home.car("i4")["stateOfCharge"]) == ("ONLINE", 60)
    assert caplog.text.count("The log of trips has an error; the cars are polled all the same") == 1


@pytest.mark.parametrize("is_stopped, distances", [(True, []), (False, [500])])
def test_a_stopped_instance_writes_nothing_more(home, is_stopped, distances):
    vehicle = home.service.vehicles()[0]
    if is_stopped:
        home.service.stop()
    now = home.clock.now()
    home.service.take(vehicle, {"odometer": Reading(1500, now), "moving": Reading(False, now)})
    home.clock.advance(trips.STANDS + 60)
    home.service.take(vehicle, {})
    assert [trip.distance for trip in logged(home)] == distances


def test_an_account_that_reads_nothing_keeps_no_log(cloud, tmp_path):
    home = Home(cloud, tmp_path, data=False).sign_in()
    home.update()
    assert [name for name in os.listdir(str(tmp_path)) if name.endswith(".trips")] == []
