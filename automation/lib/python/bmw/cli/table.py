"""Output of the command line about cars: a table for people, JSON for programs. Pure."""

from __future__ import absolute_import, unicode_literals

import time

from bmw import times
from bmw.compat import text_type
from bmw.items import model
from bmw.redact import mask_vin
from bmw.vehicle import extra, words
from bmw.vehicle.states import number_text, state_text

#: characters; one long text does not widen the column
MAX_WIDTH = 36


def car_line(account, vehicle):
    """One line about a car: short name, model, last digits of the VIN, last update."""
    heard = vehicle.readings.get("lastUpdate")
    parts = [vehicle.name, _title(vehicle), mask_vin(vehicle.vin), "account " + account if account else None]
    parts.append("last update {}".format(_local(heard.value)) if heard and heard.value else "no data yet")
    return "  ".join(part for part in parts if part)


def table(account, vehicle, language):
    """All known values of a car with units and times, by section (text)."""
    rows = [(point, vehicle.readings[point.key]) for point in extra.points_of(vehicle.readings)]
    cells = [(point.section, _label(point, language), _shown(point, reading, language), _local(reading.time)) for point, reading in rows]
    widths = [min(max([len(cell[column]) for cell in cells] or [0]), MAX_WIDTH) for column in (1, 2)]
    lines, section = [car_line(account, vehicle)], None
    for cell in cells:
        if cell[0] != section:
            section = cell[0]
            lines += ["", model.SECTIONS[section][1 if language == "de" else 0]]
        lines.append("  {}  {}  {}".format(cell[1].ljust(widths[0]), cell[2].ljust(widths[1]), cell[3]).rstrip())
    return "\n".join(lines)


def as_json(account, vehicle, can):
    """The known values as a JSON-able dict; times as ISO 8601 UTC, no VIN."""
    readings = dict((key, reading) for key, reading in vehicle.readings.items() if reading.value is not None)
    return {
        "name": vehicle.name,
        "account": account,
        "facts": vehicle.facts,
        "commands": sorted(can),
        "values": dict((key, _entry(extra.point_of(key, reading), reading)) for key, reading in readings.items()),
    }


def _entry(point, reading):
    return {
        "value": times.to_iso(reading.value) if point.item_type == "DateTime" else reading.value,
        "unit": _unit(point, reading) or None,
        "time": None if reading.time is None else times.to_iso(reading.time),
    }


def _unit(point, reading):
    """The unit of a value. An extra value's point has the right unit; its reading may have ``extra.MOMENT``, which is not a unit."""
    return point.unit if point.section == extra.SECTION else reading.unit or point.unit


def _title(vehicle):
    return "{} {}".format(vehicle.facts.get("brand") or "BMW", vehicle.facts.get("model") or "").strip()


def _label(point, language):
    return point.label_de if language == "de" else point.label


def _shown(point, reading, language):
    value = reading.value
    if point.item_type == "DateTime":
        return _local(value)
    if point.item_type.startswith("Number"):
        return "{} {}".format(number_text(value), _unit(point, reading)).strip()
    text = state_text(value, "", point.item_type, point.item_type)
    return words.words(point.key, point.item_type, language).get(text) or text_type(text if text is not None else value)


def _local(seconds):
    """A time in this computer's time zone; '' if there is none."""
    return "" if seconds is None else time.strftime(str("%Y-%m-%d %H:%M:%S"), time.localtime(seconds))
