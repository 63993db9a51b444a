"""bmw.clouds.ranges: the meaning of electric, fuel and total range in the older clouds."""

import pytest
from bmw.clouds import ranges
from bmw.vehicle.vehicle import Reading


@pytest.mark.parametrize(
    "word, electric, fuel, settled",
    [
        ("PHEV", 59.0, 573.0, (59.0, 514.0, 573.0)),
        ("PLUGIN_HYBRID", 0.0, 305.0, (0.0, 305.0, 305.0)),
        ("phev", 17.0, 17.0, (17.0, 0.0, 17.0)),
        ("PHEV", 17.0, 16.0, (17.0, None, 16.0)),
        ("PHEV", None, 305.0, (None, None, 305.0)),
        ("PHEV", 17.0, None, (17.0, None, None)),
        ("BEV_REX", 48.0, 106.0, (48.0, 106.0, 154.0)),
        ("BEV_REX", None, 106.0, (None, 106.0, None)),
        ("BEV", 53.0, 0.0, (53.0, 0.0, 53.0)),
        ("CONV", 0.0, 321.0, (0.0, 321.0, 321.0)),
        (None, 48.0, 106.0, (48.0, 106.0, 154.0)),
    ],
)
def test_ranges_by_drive_train(word, electric, fuel, settled):
    readings = {"electricRange": Reading(electric, 5.0), "fuelRange": Reading(fuel, 5.0)}
    ranges.settle(readings, {"driveTrain": word}, 5.0)
    assert tuple(readings[key].value for key in ("electricRange", "fuelRange", "totalRange")) == settled


def test_a_car_that_tells_no_range_has_none():
    readings = {}
    ranges.settle(readings, {"driveTrain": "BEV"}, 5.0)
    assert readings == {}
