"""One file per real car in cars/: BMW's answers for it, and beside it all readings that the library makes of them.

    .venv/bin/python -m tests.cases.real_cars

writes the readings again. Then check the difference line by line: a value that makes no sense for this car is a fault to mend.
"""

import json

from bmw import times
from bmw.vehicle.states import number_text
from bmw.vehicle.vocabulary import VEHICLE, VEHICLE_POINTS

from tests.cases import HERE
from tests.cases.play import play
from tests.unit import conftest  # noqa: F401 - sets the path

FOLDER = HERE / "cars"


def cars():
    """[(name of the car, cloud)] of all stored answers."""
    return [(path.stem, cloud) for path in sorted(FOLDER.glob("*.json")) for cloud in sorted(_car(path.stem)["clouds"])]


def kept(name, cloud):
    """The stored readings (text), which somebody has checked."""
    path = _kept_at(name, cloud)
    return path.read_text("utf-8") if path.exists() else ""


def told(name, cloud):
    """The readings that the library makes of the answers now (text, one line per reading)."""
    car = _car(name)
    answered = car["clouds"][cloud]
    vehicle = play(dict(answered, cloud=cloud, home_zone=car["home_zone"]))
    lines = [_line(point.key, vehicle.readings[point.key]) for point in VEHICLE_POINTS if point.key in vehicle.readings]
    return "".join(line + "\n" for line in lines)


def _line(key, reading):
    unit = reading.unit or VEHICLE[key].unit
    said = "unknown" if reading.value is None else " ".join(part for part in (_text(key, reading.value), unit) if part)
    return "{:28}{:40}{}".format(key, said, times.to_iso(reading.time) if reading.time is not None else "-")


def _text(key, value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(number_text(part) for part in value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return times.to_iso(value) if VEHICLE[key].item_type == "DateTime" else number_text(value)


def _car(name):
    return json.loads((FOLDER / (name + ".json")).read_text("utf-8"))


def _kept_at(name, cloud):
    return FOLDER / "{}.{}.txt".format(name, cloud)


def main():
    for path in FOLDER.glob("*.txt"):
        path.unlink()
    for name, cloud in cars():
        _kept_at(name, cloud).write_text(told(name, cloud), "utf-8")


if __name__ == "__main__":
    main()
