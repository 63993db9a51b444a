"""All readings of real cars from BMW's real answers: tests/cases/cars, checked by a person line by line."""

import json

import pytest
from bmw.vehicle.vocabulary import VEHICLE

from tests.cases import real_cars

CARS = [pytest.param(name, cloud, id="{} in {}".format(name, cloud)) for name, cloud in real_cars.cars()]


@pytest.mark.parametrize("name, cloud", CARS)
def test_the_readings_of_a_car_are_those_that_were_looked_at(name, cloud):
    assert real_cars.told(name, cloud) == real_cars.kept(name, cloud), "see tests/cases/real_cars.py for how to renew them"


def test_there_are_no_readings_without_a_car():
    kept = {path.stem for path in real_cars.FOLDER.glob("*.txt")}
    assert kept == {"{}.{}".format(name, cloud) for name, cloud in real_cars.cars()}


def test_every_car_names_its_source_and_no_real_vin():
    for path in real_cars.FOLDER.glob("*.json"):
        car = json.loads(path.read_text("utf-8"))
        assert car["source"] and car["car"] and car["home_zone"], path.name
        assert path.read_text("utf-8").count('"vin"') == path.read_text("utf-8").count('"WBY00TEST00000001"'), path.name


def test_a_readings_line_is_of_the_vocabulary():
    for name, cloud in real_cars.cars():
        assert {line.split()[0] for line in real_cars.kept(name, cloud).splitlines()} <= set(VEHICLE)
