"""tests.values_page: docs/values.md agrees with the tables and with the values that the clouds really send."""

import pytest
from bmw.vehicle.vocabulary import VEHICLE

from tests import values_page
from tests.cloud import SimulatedCloud
from tests.contract import told, told_seldom

#: the cloud's name in the contract -> its title on the page
TITLES = {
    "cardata": values_page.CARDATA,
    "connecteddrive": values_page.CONNECTEDDRIVE,
    "portal": values_page.PORTAL,
    "mybmw": values_page.MYBMW,
}


def test_the_committed_page_is_what_the_command_prints():
    assert values_page.PAGE.read_text("utf-8") == values_page.page(), "run: python -m tests.values_page --write"


def test_every_value_is_read_from_somewhere_and_nothing_else_is_told():
    assert [key for key in VEHICLE if not values_page._sources(key)] == []
    assert [key for found in values_page.SOURCES.values() for key in found if key not in VEHICLE] == []


@pytest.mark.parametrize("kind", ["i3_rex", "i4", "phev"])
@pytest.mark.parametrize("name", TITLES)
def test_what_a_cloud_tells_of_a_car_is_on_the_page(name, kind):
    cloud = SimulatedCloud(fleet="none")
    vin = cloud.add_car(kind)
    wanted = dict(told.expected(name, cloud, vin), **told_seldom.expected(name, cloud, vin))
    listed = set(values_page.SOURCES[TITLES[name]]) | set(values_page.DERIVED)
    assert {key for key, value in wanted.items() if value is not None} - listed == set()
