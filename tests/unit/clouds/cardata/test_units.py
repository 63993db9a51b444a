"""bmw.clouds.cardata.units: converts BMW's spellings of units into those of the items."""

import pytest
from bmw.clouds.cardata import units
from bmw.clouds.cardata.descriptors import UNITS, translate
from bmw.vehicle import plausible

FRONT_LEFT = "vehicle.chassis.axle.row1.wheel.left.tire."


def shown(key, descriptor, value, unit):
    reading = translate({descriptor: {"value": value, "unit": unit, "timestamp": None}})[key]
    return (reading.value if reading.value is None else round(reading.value, 3)), reading.unit


@pytest.mark.parametrize("unit", ["psi", "PSI", " psi "])
def test_pounds_per_square_inch_become_kilopascal(unit):
    assert shown("tyrePressureFrontLeft", FRONT_LEFT + "pressure", "38", unit) == (262.001, "kPa")


@pytest.mark.parametrize(
    "key, descriptor, value, unit, expected",
    [
        ("tyrePressureFrontLeft", FRONT_LEFT + "pressure", "2.6", "bar", (2.6, "bar")),
        ("tyrePressureFrontLeft", FRONT_LEFT + "pressure", "2600", "hPa", (2600.0, "mbar")),
        ("tyreTemperatureFrontLeft", FRONT_LEFT + "temperature", "68", "degF", (68.0, "\u00b0F")),
        ("tyreTemperatureFrontLeft", FRONT_LEFT + "temperature", "68", "Fahrenheit", (68.0, "\u00b0F")),
        ("altitude", "vehicle.cabin.infotainment.navigation.currentLocation.altitude", "1690", "feet", (1690.0, "ft")),
        ("fuelVolume", "vehicle.drivetrain.fuelSystem.remainingFuel", "10", "gallons", (37.854, "l")),
        ("averageSpeed", "vehicle.vehicle.avgSpeed", "30", "mph", (30.0, "mph")),
        ("chargingPower", "vehicle.powertrain.electric.battery.charging.power", "7.4", "kW", (7.4, "kW")),
        ("energyToFull", "vehicle.drivetrain.electricEngine.charging.smeEnergyDeltaFullyCharged", "12100", "Wh", (12100.0, "Wh")),
        ("averageConsumption", "vehicle.drivetrain.avgElectricRangeConsumption", "4", "mi/kWh", (15.534, None)),
    ],
)
def test_what_openhab_knows_is_taken_over(key, descriptor, value, unit, expected):
    assert shown(key, descriptor, value, unit) == expected


def test_every_spelling_is_in_small_letters_and_leads_to_itself():
    for spelling, (symbol, factor) in units._SYMBOLS.items():
        assert spelling == spelling.lower() and factor > 0
        assert units.symbol(symbol) == (symbol, 1)


def test_every_measured_descriptor_is_in_a_unit_that_can_be_read():
    assert [name for name, unit in UNITS.items() if unit and units.symbol(unit) is None] == []


@pytest.mark.parametrize(
    "entries", [{}, {units.DISTANCE[0]: "km"}, {units.DISTANCE[0]: {"value": 5}}, {units.DISTANCE[1]: {"value": "parsec"}}]
)
def test_a_car_that_does_not_say_it_has_no_unit_of_distance(entries):
    assert units.distance(entries) is None


def test_the_units_of_a_distance_can_be_converted():
    assert plausible.converted(1, "mi", "km") == 1.609344
