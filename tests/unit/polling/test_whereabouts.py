"""bmw.polling.whereabouts: the items that say where a car is, seen from openHAB's own location."""

import logging

import pytest
from bmw.places.where import AT_HOME, DISTANCE, PLACE, Place
from bmw.polling import whereabouts
from bmw.polling.whereabouts import NO_HOME

from tests.cloud import CD_API_KEY, CD_API_SECRET, HOME_PASSWORD, HOME_USER, SimulatedCloud
from tests.unit.fakes import UNEXPECTED, raising
from tests.unit.home import Home

HOUSE = (48.1769, 11.5585)
FARM = (48.2769, 11.5585)
APP = {"api_key": CD_API_KEY, "api_secret": CD_API_SECRET}


class House(Home):
    """A home with an openHAB location, which the test can change."""

    location = HOUSE
    fails = None

    def place(self):
        if self.fails is not None:
            raise self.fails("nobody expects this")
        return self.location


@pytest.fixture
def cloud():
    cloud = SimulatedCloud(fleet="i3")
    cloud.advance_clock(129600 - cloud.now() % 86400)
    yield cloud
    cloud.close()


@pytest.fixture
def house(cloud, tmp_path):
    return House(cloud, tmp_path).sign_in()


def shown(home):
    return tuple(home.car().get(key) for key in (DISTANCE, AT_HOME, PLACE))


def move(home, latitude, longitude=11.5585, **others):
    home.cloud.set_car(home.cloud.cars()[0], latitude=latitude, longitude=longitude, **others)
    home.update()


def test_a_car_is_at_home_where_openhab_is(house):
    assert shown(house) == (0, True, "HOME")


def test_a_car_that_drives_away_and_comes_back_is_followed(house):
    move(house, 48.2669)
    assert shown(house) == (pytest.approx(10.0, abs=0.05), False, "ELSEWHERE")
    move(house, 48.1769)
    assert shown(house) == (0, True, "HOME")


def test_the_persons_own_places_have_their_names(cloud, tmp_path):
    house = House(cloud, tmp_path, places=[Place("work", FARM, None)]).sign_in()
    move(house, 48.2770)
    assert shown(house)[1:] == (False, "work")


def test_the_radius_of_the_settings_counts(cloud, tmp_path):
    house = House(cloud, tmp_path, home_radius=2000).sign_in()
    move(house, 48.19)
    assert shown(house)[1:] == (True, "HOME")


def test_a_location_that_is_changed_in_openhab_is_followed(house):
    house.location = FARM
    house.pass_time(whereabouts.EVERY)
    assert shown(house) == (pytest.approx(11.1, abs=0.1), False, "ELSEWHERE")
    house.location = None
    house.pass_time(whereabouts.EVERY)
    assert shown(house) == (None, None, None)
    house.location = HOUSE
    house.pass_time(whereabouts.EVERY)
    assert shown(house) == (0, True, "HOME")


def test_a_home_that_moves_by_less_than_the_way_out_is_a_new_one(house):
    house.location = (HOUSE[0] + 200 / 111195.0, HOUSE[1])
    house.pass_time(whereabouts.EVERY)
    assert shown(house)[1:] == (False, "ELSEWHERE")


def test_after_a_restart_the_car_is_still_at_home_on_its_edge(house):
    move(house, 48.1769 + 200 / 111195.0)
    assert shown(house)[1] is True
    house.service.stop()
    assert shown(House(house.cloud, house.folder).start())[1] is True


def test_a_home_that_moved_while_openhab_was_off_is_seen_at_the_start(house):
    house.service.stop()
    again = House(house.cloud, house.folder)
    again.location = FARM
    assert shown(again.start()) == (pytest.approx(11.1, abs=0.1), False, "ELSEWHERE")


@pytest.mark.parametrize("location", [None, (0.0, 0.0), (float("nan"), 11.0)])
def test_an_openhab_without_a_location_is_told_once_what_to_do_and_shows_nothing(cloud, tmp_path, caplog, location):
    caplog.set_level(logging.INFO, "bmw")
    house = House(cloud, tmp_path)
    house.location = location
    house.sign_in()
    for latitude in (48.2, 48.3, 48.1769):
        move(house, latitude)
    assert shown(house) == (None, None, None) and AT_HOME not in house.car()
    assert caplog.text.count(NO_HOME) == 1 and "Settings, Regional Settings" in NO_HOME


def test_a_position_that_the_driver_keeps_to_himself_is_nowhere(cloud, tmp_path):
    house = House(cloud, tmp_path, kind="connecteddrive", username=HOME_USER, password=HOME_PASSWORD, **APP).start()
    house.update()
    assert shown(house) == (0, True, "HOME")
    house.cloud.advance_clock(60)
    move(house, 48.1769, tracking=False)
    assert shown(house) == (None, None, None)


@pytest.mark.parametrize("error", UNEXPECTED)
def test_an_openhab_that_cannot_say_where_it_is_stops_no_poll_and_is_logged_once(cloud, tmp_path, caplog, error):
    house = House(cloud, tmp_path)
    house.fails = error
    house.sign_in()
    move(house, 48.2, soc=44)
    house.pass_time(10 * whereabouts.EVERY)
    assert (house.state, house.car()["stateOfCharge"]) == ("ONLINE", 44)
    assert caplog.text.count("openHAB's location cannot be read") == 1
    house.fails = None
    house.pass_time(whereabouts.EVERY)
    assert shown(house)[1] is False


@pytest.mark.parametrize("error", UNEXPECTED)
def test_an_error_of_its_own_stops_no_poll_and_is_logged_once(house, monkeypatch, caplog, error):
    monkeypatch.setattr(whereabouts.where, "readings", raising(error))
    for latitude, soc in ((48.2, 44), (48.3, 45)):
        move(house, latitude, soc=soc)
    assert (house.state, house.car()["stateOfCharge"]) == ("ONLINE", 45)
    assert shown(house) == (None, None, None)
    assert caplog.text.count("Where the cars are cannot be told") == 1


def test_no_line_of_the_log_says_where_anybody_is(cloud, tmp_path, caplog):
    caplog.set_level(logging.DEBUG, "bmw")
    house = House(cloud, tmp_path, places=[Place("work", FARM, None)]).sign_in()
    move(house, 48.2770)
    house.location = None
    house.pass_time(whereabouts.EVERY)
    assert "48.1" not in caplog.text and "48.2" not in caplog.text


def test_on_the_command_line_nobody_is_told_to_set_openhabs_location(cloud, tmp_path, caplog):
    caplog.set_level(logging.INFO, "bmw")
    home = Home(cloud, tmp_path).sign_in()
    assert "AtHome" not in caplog.text and AT_HOME not in home.car()
