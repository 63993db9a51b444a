"""bmw.clouds.cardata.ranges: the meaning of the ranges for each drive train, read with the table of descriptors."""

import pytest
from bmw.clouds.cardata.descriptors import translate
from bmw.times import to_iso

from tests.unit.fakes import NOON

DT = "vehicle.drivetrain."
NAMES = {
    "kombi": DT + "electricEngine.kombiRemainingElectricRange",
    "remaining": DT + "electricEngine.remainingElectricRange",
    "last": DT + "lastRemainingRange",
    "total": DT + "totalRemainingRange",
    "fuel": DT + "fuelSystem.remainingFuel",
    "soc": DT + "batteryManagement.header",
}


def entry(value, unit="km", time=NOON):
    return {"value": value, "unit": unit, "timestamp": None if time is None else to_iso(time)}


def ranges(train, **values):
    """Returns (electric, total, fuel) in km for these descriptors; "-" means: no reading."""
    entries = {NAMES[name]: value if isinstance(value, dict) else entry(value) for name, value in values.items()}
    found = translate(entries, facts={"driveTrain": train} if train else {})
    return tuple(found[key].value if key in found else "-" for key in ("electricRange", "totalRange", "fuelRange"))


@pytest.mark.parametrize(
    "train, values, expected",
    [
        ("BEV", dict(kombi="338", last="338"), (338, 338, "-")),
        ("BEV", dict(kombi=None, last="480"), (480, 480, "-")),
        ("BEV", dict(kombi="103", last="0", fuel="0"), (103, 103, "-")),
        ("BEV", dict(last="0", remaining="99"), (99, 99, "-")),
        ("BEV", dict(kombi="INVALID", last="480", remaining="99"), (480, 480, "-")),
        ("BEV", dict(kombi="0", last="0"), (0, 0, "-")),
        ("BEV", dict(last="0"), ("-", "-", "-")),
        ("BEV", dict(kombi="4095", last="338"), (338, 338, "-")),
        ("BEV", dict(kombi=None, last="4095"), (None, None, "-")),
        ("PHEV", dict(kombi="4095", remaining="17", last="419"), (17, 419, 402)),
        ("PHEV", dict(kombi="17", last="419"), (17, 419, 402)),
        ("PHEV", dict(kombi="0", last="402"), (0, 402, 402)),
        ("PHEV", dict(remaining="17", last="419"), (17, 419, 402)),
        ("PHEV", dict(kombi="17", last=None, total="419"), (17, 419, 402)),
        ("PHEV", dict(kombi="17", last="0", total="419"), (17, 419, 402)),
        ("PHEV", dict(last="419"), ("-", 419, None)),
        ("PHEV", dict(kombi="17"), (17, "-", "-")),
        ("PHEV_BEV_REX", dict(kombi="82", last="200"), (82, 200, 118)),
        ("BEV_REX", dict(kombi="82", last="0"), (82, "-", "-")),
        ("ICE", dict(last="544"), ("-", 544, 544)),
        ("CONV", dict(last="544", kombi="0", total="9"), ("-", 544, 544)),
        ("MHEV", dict(total="544"), ("-", 544, 544)),
        (None, dict(kombi="338", last="338"), (338, 338, "-")),
        (None, dict(kombi="17", last="419", fuel="29"), (17, 419, 402)),
        (None, dict(last="544", fuel="29"), ("-", 544, 544)),
        (None, dict(last="544"), ("-", 544, "-")),
    ],
)
def test_what_the_ranges_mean(train, values, expected):
    assert ranges(train, **values) == expected


def test_the_fuels_part_has_the_unit_of_both_or_kilometres():
    facts = {"driveTrain": "PHEV"}
    miles = translate({NAMES["kombi"]: entry("10", "mi"), NAMES["last"]: entry("260", "mi")}, facts=facts)["fuelRange"]
    assert (miles.value, miles.unit) == (250, "mi")
    mixed = translate({NAMES["kombi"]: entry("10", "mi"), NAMES["last"]: entry("419", "km")}, facts=facts)["fuelRange"]
    assert (mixed.value, mixed.unit) == (pytest.approx(402.9, abs=0.1), "km")


def test_a_fuels_part_is_not_made_of_a_sum_of_long_ago():
    values = dict(kombi=entry("45", time=NOON + 601), last="419")
    assert ranges("PHEV", **values) == (45, 419, "-")
    assert ranges("PHEV", **dict(values, kombi=entry("45", time=NOON + 600))) == (45, 419, 374)
    # A car sends only what changes: an electric range of 0 may be old and is still right.
    assert ranges("PHEV", kombi=entry("0", time=NOON - 9999), last="419") == (0, 419, 419)


def test_one_changed_value_gives_the_same_ranges_as_all_values():
    entries = {NAMES["kombi"]: entry("17"), NAMES["last"]: entry("419")}
    facts = {"driveTrain": "PHEV"}
    for name in ("kombi", "last"):
        found = translate(entries, {NAMES[name]}, facts)
        assert found["fuelRange"].value == 402 and found["electricRange"].value == 17


def test_a_battery_car_that_no_longer_feeds_its_cluster_shows_the_live_range():
    assert ranges("BEV", kombi=entry("300", time=NOON - 9999), last="250") == (250, 250, "-")
