"""The first command of the README: it sets up, signs in and ends with the car's items filled in a real openHAB."""

import os
import subprocess
from importlib.util import find_spec

from tests.cloud import SimulatedCloud
from tests.openhab import layout


def test_the_demo_ends_with_the_items_of_the_i3_filled(jython):
    answer = subprocess.run(
        ["bash", "tests/demo.sh", "--auto", "--once", "--jython", jython],
        cwd=layout.REPO,
        env=dict(os.environ, COLUMNS="200"),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    shown = dict(line.split(None, 1) for line in answer.stdout.splitlines() if line.startswith("BMW_"))
    cloud = SimulatedCloud()  # the demo's car has the same defaults before its day begins
    told = cloud.expected(cloud.cars()[0])
    assert shown["BMW_Account"] == "Online"
    assert shown["BMW_StreamState"] == ("CONNECTED" if find_spec("amqtt") else "OFF")
    for item, field, unit in (
        ("StateOfCharge", "soc", "%"),
        ("ElectricRange", "range_electric_km", "km"),
        ("Odometer", "odometer_km", "km"),
    ):
        number, shown_unit = shown["BMW_i3_" + item].split()
        assert (float(number), shown_unit) == (told[field]["value"], unit)
    assert shown["BMW_i3_DoorLockState"] == told["lock"]["value"]
    latitude, longitude = shown["BMW_i3_Position"].split(",")
    assert (float(latitude), float(longitude)) == (told["latitude"]["value"], told["longitude"]["value"])
