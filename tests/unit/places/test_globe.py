"""bmw.places.globe: distances and directions that an atlas agrees with."""

import pytest
from bmw.places import globe

MUNICH, BERLIN, SYDNEY = (48.1374, 11.5755), (52.5163, 13.3777), (-33.8568, 151.2153)


@pytest.mark.parametrize(
    "here, there, kilometres",
    [
        (MUNICH, MUNICH, 0),
        (MUNICH, BERLIN, 504),
        (MUNICH, SYDNEY, 16300),
        ((0.0, 0.0), (0.0, 180.0), 20015),
        ((10.0, 179.99), (10.0, -179.99), 2.19),
        ((90.0, 0.0), (90.0, 120.0), 0),
    ],
)
def test_a_distance_is_that_along_the_great_circle(here, there, kilometres):
    assert globe.metres(here, there) / 1000 == pytest.approx(kilometres, rel=0.005, abs=1e-6)
    assert globe.metres(there, here) == pytest.approx(globe.metres(here, there))


@pytest.mark.parametrize(
    "there, degrees", [((48.2, 11.5755), 0), ((48.1374, 11.6), 90), ((48.0, 11.5755), 180), ((48.1374, 11.5), 270), (BERLIN, 14)]
)
def test_a_direction_is_counted_from_north_by_east(there, degrees):
    assert globe.direction(MUNICH, there) == pytest.approx(degrees, abs=0.6)


@pytest.mark.parametrize(
    "spot, is_place",
    [(MUNICH, True), ((0, 0), False), ((0.0, 11.5), True), ((91.0, 11.0), False), ((48.0, -181.0), False), ((float("nan"), 11.0), False)],
)
def test_what_is_no_place_on_the_globe_is_none(spot, is_place):
    assert globe.is_place(spot) is is_place
