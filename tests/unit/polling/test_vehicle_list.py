"""bmw.polling.vehicle_list: the cars, their names, and which car is next."""

import json
import re

import pytest
from bmw.clouds.base import Cloud, Found
from bmw.errors import AccessDenied, NetworkError, NotFound, Paused, ServerError, SignInNeeded
from bmw.polling import vehicle_list
from bmw.polling.vehicle_list import VehicleList, vehicle_name
from bmw.vehicle.vehicle import Reading
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import car, raising

FIRST, SECOND, THIRD = "WBY00TEST00000001", "WBY00TEST00000002", "WBY00TEST00000003"


class ListingCloud(Cloud):
    """A cloud with a list of cars (VIN -> model; None: BMW has no description). Counts the requests."""

    def __init__(self, **models):
        self.models = models
        self.readable = set(models)
        self.listed, self.described = 0, []
        self.trouble = None

    def vehicles(self, _session):
        self.listed += 1
        if self.trouble:
            raise self.trouble
        return [Found(vin, vin in self.readable) for vin in self.models]

    def facts(self, _session, vin):
        self.described.append(vin)
        if self.models[vin] is None:
            raise NotFound("nothing is known of it")
        return {"model": self.models[vin]}


@pytest.fixture
def cloud():
    return ListingCloud(**{FIRST: "i3 120", SECOND: "i3 94"})


@pytest.fixture
def cars(cloud, clock):
    return listed(VehicleList(cloud, clock))


def listed(cars):
    """Reads the list and the facts and names all cars."""
    cars.refresh_list(None)
    for vehicle in cars.vehicles:
        cars.fetch_facts(None, vehicle)
        cars.assign_name(vehicle)
    return cars


def again(cars, cloud, clock, is_same_cloud=True):
    """The list after a restart: it was stored and loaded."""
    restarted = VehicleList(cloud, clock)
    restarted.load(json.loads(json.dumps(cars.to_record())), is_same_cloud)
    return restarted


def names(cars):
    return [vehicle.name for vehicle in cars.vehicles]


def test_cars_are_named_by_their_model_and_are_found_by_name_and_vin(cars):
    assert names(cars) == ["i3", "i3_2"]
    assert cars.find_named("i3_2") is cars.find(SECOND) is cars.vehicles[1]
    assert cars.find_named("i4") is None and cars.find("WBY00TEST00000009") is None


def test_a_name_is_given_once_and_whoever_gives_it_is_told_to_store_it(clock):
    cars = VehicleList(ListingCloud(**{FIRST: "i3"}), clock)
    cars.refresh_list(None)
    assert cars.named() == []
    cars.fetch_facts(None, cars.vehicles[0])
    assert cars.assign_name(cars.vehicles[0]) is True and cars.assign_name(cars.vehicles[0]) is False
    assert cars.named() == cars.vehicles


def test_the_list_is_asked_for_once_a_day_or_when_it_is_wanted(cars, cloud, clock):
    clock.advance(vehicle_list.LIST_AGAIN - 1)
    cars.refresh_list(None)
    assert cloud.listed == 1
    clock.advance(1)
    cars.refresh_list(None)
    assert cloud.listed == 2
    cars.list_again()
    cars.refresh_list(None)
    assert cloud.listed == 3


def test_an_empty_list_is_asked_for_every_time(clock):
    cloud = ListingCloud()
    cars = VehicleList(cloud, clock)
    cars.refresh_list(None)
    cars.refresh_list(None)
    assert cloud.listed == 2


def test_after_a_clock_that_was_ahead_the_list_is_asked_for_again(cars, cloud, clock):
    clock.advance(-3600)
    cars.refresh_list(None)
    assert cloud.listed == 2


def test_a_list_that_bmws_server_fails_at_leaves_the_cars_as_they_were_and_is_asked_for_hours_later(cars, cloud, clock):
    clock.advance(vehicle_list.LIST_AGAIN)
    cloud.trouble = ServerError("BMW's server failed")
    for seconds in (0, vehicle_list.LIST_AFTER_FAILURE - 1, 1):
        clock.advance(seconds)
        cars.refresh_list(None)
    assert names(cars) == ["i3", "i3_2"] and cloud.listed == 3


@pytest.mark.parametrize("trouble", [ServerError("BMW's server failed"), NetworkError("no line"), AccessDenied("no")])
def test_a_first_list_that_fails_is_told(clock, trouble):
    cloud = ListingCloud()
    cloud.trouble = trouble
    with pytest.raises(type(trouble)):
        VehicleList(cloud, clock).refresh_list(None)


@pytest.mark.parametrize("trouble", [NetworkError("no line"), SignInNeeded("no")])
def test_trouble_that_the_cars_would_have_too_is_told(cars, cloud, clock, trouble):
    clock.advance(vehicle_list.LIST_AGAIN)
    cloud.trouble = trouble
    with pytest.raises(type(trouble)):
        cars.refresh_list(None)


def test_a_car_of_another_primary_user_is_left_out(cloud, clock):
    cloud.readable = {SECOND}
    assert [vehicle.vin for vehicle in listed(VehicleList(cloud, clock)).vehicles] == [SECOND]


LEFT_OUT = "{} is left out, as this account is not its primary user: map it to this account as primary user in the BMW portal or app"
GONE = "{} is no longer among the cars of this account: its items show nothing until it is back"


def test_a_car_that_is_left_out_is_told_for_a_day_with_what_to_do_and_then_only_in_the_report(cloud, clock):
    cloud.readable = {FIRST}
    cars = listed(VehicleList(cloud, clock))
    assert cars.news() == [LEFT_OUT.format("VIN*0002")] and cars.left_out == [SECOND]
    cars = again(cars, cloud, clock)
    clock.advance(vehicle_list.TOLD_FOR - 1)
    assert cars.news() == [LEFT_OUT.format("VIN*0002")]
    clock.advance(1)
    for _ in range(3):
        assert cars.news() == [] and cars.left_out == [SECOND]
        cars.list_again()
        listed(cars)
    cloud.readable = {FIRST, SECOND}
    cars.list_again()
    listed(cars)
    assert cars.news() == [] and cars.left_out == []


def test_a_car_that_is_gone_is_told_for_a_day(cars, cloud, clock):
    assert cars.news() == []
    del cloud.models[FIRST]
    cars.list_again()
    listed(cars)
    assert cars.news() == [GONE.format("i3")] and cars.left_out == []
    clock.advance(vehicle_list.TOLD_FOR)
    cars.list_again()
    listed(cars)
    assert cars.news() == []


def test_a_car_that_is_back_within_the_day_is_no_longer_told_as_gone(cars, cloud):
    for readable, news in (({SECOND}, [LEFT_OUT.format("i3")]), ({FIRST, SECOND}, []), ({SECOND}, [LEFT_OUT.format("i3")])):
        cloud.readable = readable
        cars.list_again()
        listed(cars)
        assert cars.news() == news


def test_after_a_clock_that_was_ahead_old_news_are_not_told(cars, cloud, clock):
    cloud.readable = {SECOND}
    cars.list_again()
    listed(cars)
    clock.advance(-10)
    assert cars.news() == []


def test_of_an_older_version_no_car_that_left_long_ago_is_told(cars, cloud, clock):
    stored = cars.to_record()
    del stored["left_out"], stored["news"]
    stored["vehicles"] = []
    cloud.readable = set()
    del cloud.models[FIRST]
    older = VehicleList(cloud, clock)
    older.load(stored, True)
    listed(older)
    assert older.news() == [LEFT_OUT.format("i3_2")]


def test_a_car_that_left_and_comes_back_has_its_name_and_is_news(cars, cloud):
    assert cars.take_new()
    cloud.readable = {SECOND}
    cars.list_again()
    listed(cars)
    assert names(cars) == ["i3_2"] and not cars.take_new()
    cloud.readable = {FIRST, SECOND}
    cars.list_again()
    listed(cars)
    assert names(cars) == ["i3", "i3_2"] and cars.take_new()


def test_a_car_that_is_still_there_is_the_same_object_with_what_it_said(cars):
    before = list(cars.vehicles)
    cars.list_again()
    cars.refresh_list(None)
    assert [one is other for one, other in zip(before, cars.vehicles)] == [True, True]


def test_what_does_not_change_is_asked_for_once_even_if_bmw_does_not_tell_it(clock):
    cloud = ListingCloud(**{FIRST: None})
    cars = VehicleList(cloud, clock)
    for _ in range(vehicle_list.NAMELESS_FOR):
        assert names(cars) in ([], [None])
        cars = again(listed(cars), cloud, clock)
    listed(cars)
    assert cloud.described == [FIRST] * vehicle_list.NAMELESS_FOR and names(cars) == ["Car"]


def test_a_car_that_bmw_describes_only_later_is_not_named_in_between(clock):
    cloud = ListingCloud(**{FIRST: None})
    cars = listed(VehicleList(cloud, clock))
    cloud.models[FIRST] = "i4 eDrive40"
    assert names(listed(cars)) == ["i4"]


def test_while_a_car_that_bmw_did_not_describe_is_left_alone_it_can_be_read(clock):
    cloud = ListingCloud(**{FIRST: None})
    cars = listed(VehicleList(cloud, clock))
    cloud.facts = raising(lambda _text: Paused("ACCESS_DENIED", "no", "", clock.now() + 600))
    cars.fetch_facts(None, cars.vehicles[0])
    cars.vehicles[0].facts = {}
    with pytest.raises(Paused):
        cars.fetch_facts(None, cars.vehicles[0])


def first_of(cars):
    return [vehicle.name for vehicle in cars.vehicles if cars.is_first(vehicle)]


def list_anew(cars, cloud, *vins):
    cloud.readable = set(vins)
    cars.list_again()
    return listed(cars)


def test_the_first_car_stays_the_first_in_whatever_order_bmw_lists_them(cars, cloud, clock):
    assert first_of(cars) == ["i3"]
    cloud.models = dict(reversed(cloud.models.items()))
    assert first_of(list_anew(cars, cloud, FIRST, SECOND)) == ["i3"] and names(cars) == ["i3", "i3_2"]
    assert first_of(again(cars, cloud, clock)) == ["i3"]


def test_while_the_first_car_is_away_no_other_takes_its_items(cars, cloud):
    assert first_of(list_anew(cars, cloud, SECOND)) == []
    assert first_of(list_anew(cars, cloud, FIRST, SECOND)) == ["i3"]


def test_a_new_car_takes_the_place_of_a_first_one_that_is_gone(cars, cloud, clock):
    cloud.models[THIRD] = "i4"
    assert first_of(list_anew(cars, cloud, SECOND, THIRD)) == ["i4"]
    assert first_of(again(cars, cloud, clock)) == ["i4"]


def test_a_car_that_was_the_first_is_it_again_when_the_one_in_its_place_is_gone(cars, cloud, clock):
    """For example a loan car: when it is gone, the user's own car gets its items back."""
    cloud.models[THIRD] = "i4"
    assert first_of(list_anew(cars, cloud, THIRD)) == ["i4"]
    assert first_of(list_anew(cars, cloud, FIRST, SECOND, THIRD)) == ["i4"]
    restarted = again(cars, cloud, clock)
    restarted.take_new()
    assert first_of(list_anew(restarted, cloud, FIRST, SECOND)) == ["i3"]
    assert restarted.take_new(), "the items that take commands are others now"
    assert first_of(list_anew(restarted, cloud, SECOND)) == []


def test_a_car_that_is_gone_is_known_by_its_name_and_has_said_nothing(cars, cloud, clock):
    assert cars.gone() == []
    list_anew(cars, cloud, SECOND)
    assert [(gone.name, gone.vin, gone.readings) for gone in again(cars, cloud, clock).gone()] == [("i3", FIRST, {})]
    assert cars.is_first(cars.gone()[0])


def test_of_a_car_that_is_gone_the_items_beyond_the_vocabulary_are_known(cars, cloud, clock):
    cars.vehicles[0].update({"extra_cabin_lock": Reading("LOCKED", 1.0), "doorLockState": Reading("LOCKED", 1.0)})
    list_anew(cars, cloud, SECOND)
    for one in (cars, again(cars, cloud, clock)):
        assert [gone.readings for gone in one.gone()] == [{"extra_cabin_lock": Reading(None)}]
    list_anew(cars, cloud, FIRST, SECOND)
    assert cars.gone() == []


def test_a_second_new_car_takes_no_place(cars, cloud):
    cloud.models[THIRD] = "i4"
    assert first_of(list_anew(cars, cloud, FIRST, SECOND, THIRD)) == ["i3"]


def test_of_an_older_version_the_first_car_is_the_first_stored(cars, cloud, clock):
    record = cars.to_record()
    del record["first"]
    restarted = VehicleList(cloud, clock)
    restarted.load(record, is_same_cloud=True)
    assert first_of(restarted) == ["i3"]


def test_the_car_that_was_polled_longest_ago_is_next(cars, clock):
    first, second = cars.vehicles
    first.asked_at, second.asked_at = clock.now() - 60, clock.now() - 120
    assert cars.in_turn() == [second, first]
    second.asked_at = clock.now() - 30
    assert cars.in_turn() == [first, second]


def test_a_car_with_a_poll_time_in_the_future_is_next(cars, clock):
    first, second = cars.vehicles
    first.asked_at, second.asked_at = clock.now() - 60, clock.now() + 86400
    assert cars.in_turn() == [second, first]


def test_a_restart_knows_the_cars_and_asks_for_nothing(cars, cloud, clock):
    cars.vehicles[0].update(car(stateOfCharge=57).readings)
    restarted = listed(again(cars, cloud, clock))
    assert (names(restarted), cloud.listed, len(cloud.described)) == (["i3", "i3_2"], 1, 2)
    assert restarted.vehicles[0].readings["stateOfCharge"].value == 57


def test_another_cloud_keeps_names_and_forgets_what_was_said(cars, cloud, clock):
    cars.vehicles[0].update(car(stateOfCharge=57).readings)
    moved = again(cars, cloud, clock, is_same_cloud=False)
    assert names(moved) == ["i3", "i3_2"] and moved.vehicles[0].readings["stateOfCharge"].value is None
    listed(moved)
    assert (cloud.listed, len(cloud.described)) == (2, 4)


def test_nothing_stored_is_an_empty_garage(cloud, clock):
    cars = VehicleList(cloud, clock)
    cars.load({}, is_same_cloud=False)
    assert cars.vehicles == [] and cars.named() == []


# names of cars


@pytest.mark.parametrize(
    "text, taken, name",
    [
        ("i3 120", (), "i3"),
        ("i4 eDrive40", ("i3",), "i4"),
        ("i3 94Ah REX", ("i3",), "i3_2"),
        ("i3", ("i3", "i3_2"), "i3_3"),
        ("330e", (), "330e"),
        ("X1-xDrive", (), "X1_xDrive"),
        ("\u00fc\u00e4", (), "Car"),
        ("", (), "Car"),
        (120, (), "120"),
        (None, ("Car",), "Car_2"),
    ],
)
def test_a_car_is_named_after_its_model(text, taken, name):
    assert vehicle_name(text, set(taken)) == name


@given(st.none() | st.text(), st.sets(st.text()))
def test_any_model_gives_a_new_name_that_fits_into_an_item_name(text, taken):
    name = vehicle_name(text, taken)
    assert name not in taken
    assert re.match(r"^BMW_[A-Za-z0-9_]+$", "BMW_" + name)


def test_of_a_list_without_end_the_first_cars_are_taken_over(clock, caplog):
    cars = listed(
        VehicleList(ListingCloud(**{"WBY00TEST{:08}".format(number): "i3 120" for number in range(vehicle_list.MAX_CARS + 5)}), clock)
    )
    assert len(cars.vehicles) == vehicle_list.MAX_CARS and "205 cars" in caplog.text


@pytest.mark.parametrize("model", ["Account", "SignIn Tourer", "gAccount", "AccessToken"])
def test_no_car_gets_the_name_of_an_item_of_the_account(model):
    assert vehicle_name(model, set()) == model.split()[0] + "_2"


def test_a_model_without_end_gives_a_short_name():
    assert vehicle_name("x" * 100000, set()) == "x" * vehicle_list.MAX_NAME
