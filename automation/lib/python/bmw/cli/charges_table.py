# -*- coding: utf-8 -*-
"""The log of charges as the command line prints it: a table by months, and CSV for LibreOffice and Excel. Pure."""

from __future__ import absolute_import, unicode_literals

import time

from bmw import times

#: characters with which a program takes a text for a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: for Excel, which else does not read UTF-8
MARK = "\ufeff"

_HEADS = {
    "en": (
        "Car,Start,End,Place,Odometer (km),State of charge before (%),State of charge after (%),Energy (kWh),Energy told by,"
        "Price per kWh,Cost,Charging time (min)"
    ).split(","),
    "de": (
        "Auto,Beginn,Ende,Ort,Kilometerstand (km),Ladestand vorher (%),Ladestand nachher (%),Energie (kWh),Energie laut,"
        "Preis pro kWh,Kosten,Ladedauer (min)"
    ).split(","),
}
_VIN = {"en": "VIN", "de": "Fahrgestellnummer"}
_SOURCES = {
    "en": {"bmw": "BMW (grid)", "own": "own estimate (battery)"},
    "de": {"bmw": "BMW (Netz)", "own": "eigene Schätzung (Batterie)"},
}
_TOTAL = {"en": "{} charges, {} kWh", "de": "{} Ladevorgänge, {} kWh"}
_COST = {"en": "cost", "de": "Kosten"}


def chosen(charges, month=None, year=None):
    """The charges (list) of a month (text yyyy-mm), of a year (text yyyy), or all; by their start at home."""
    wanted = month or year or ""
    return [charge for charge in charges if _month(charge).startswith(wanted)]


def _month(charge):
    return time.strftime(str("%Y-%m"), times.at_home(charge.start))


def text(vehicle, charges, language):
    """The table (text) of a car's charges, with a sum below each month."""
    lines = [vehicle.name]
    for month in sorted(set(_month(charge) for charge in charges)):
        of_month = [charge for charge in charges if _month(charge) == month]
        rows = [_row(charge, language) for charge in of_month]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines += ["", month]
        lines += ["  " + _aligned(row, widths) for row in rows]
        lines.append("  " + _sum(of_month, language))
    return "\n".join(lines)


def _aligned(row, widths):
    """A line (text) with the numbers, the columns 1 to 5, to the right."""
    cells = [cell.rjust(width) if 1 <= at <= 5 else cell.ljust(width) for at, (cell, width) in enumerate(zip(row, widths))]
    return "  ".join(cells).rstrip()


def _row(charge, language):
    span = ["" if part is None else "{:.0f} %".format(part) for part in (charge.begin, charge.final)]
    return (
        _moment(charge.start, "en"),
        times.span(charge.end - charge.start),
        " - ".join(part or "?" for part in span) if any(span) else "",
        "" if charge.energy is None else _number(charge.energy, 1, language) + " kWh",
        "" if charge.price is None else _number(charge.price, 4, language),
        "" if charge.cost is None else _number(charge.cost, 2, language),
        _SOURCES[language].get(charge.sources.get("energy"), ""),
        charge.place or "",
    )


def _sum(charges, language):
    known = [charge.energy for charge in charges if charge.energy is not None]
    line = _TOTAL[language].format(len(charges), _number(sum(known), 1, language))
    costs = [charge.cost for charge in charges]
    return line if None in costs else "{}, {} {}".format(line, _COST[language], _number(sum(costs), 2, language))


def csv(cars, language, with_vin=False):
    """CSV (text) for LibreOffice and Excel: with semicolons and decimal commas in German, else with commas and points.

    Args:
        cars (list of (Vehicle, list of Charge)).
    """
    heads = _HEADS[language] + ([_VIN[language]] if with_vin else [])
    rows = [heads] + [_cells(vehicle, charge, language, with_vin) for vehicle, charges in cars for charge in charges]
    separator = ";" if language == "de" else ","
    return MARK + "".join(separator.join(_quoted(cell, separator) for cell in row) + "\n" for row in rows)


def _cells(vehicle, charge, language, with_vin):
    minutes = None if charge.seconds is None else charge.seconds / 60.0
    return [
        _harmless(vehicle.name),
        _moment(charge.start, language),
        _moment(charge.end, language),
        _harmless(charge.place or ""),
        _number(charge.odometer, 0, language),
        _number(charge.begin, 0, language),
        _number(charge.final, 0, language),
        _number(charge.energy, 3, language),
        _SOURCES[language].get(charge.sources.get("energy"), ""),
        _number(charge.price, 4, language),
        _number(charge.cost, 2, language),
        _number(minutes, 0, language),
    ] + ([_harmless(vehicle.vin)] if with_vin else [])


def _harmless(name):
    """A text that no program takes for a formula."""
    return "'" + name if name.startswith(_FORMULA) else name


def _quoted(cell, separator):
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in separator + '"\n\r\t') else cell


def _number(number, digits, language):
    text = "" if number is None else "{:.{}f}".format(number, digits)
    return text.replace(".", ",") if language == "de" else text


def _moment(seconds, language):
    return time.strftime(str("%d.%m.%Y %H:%M" if language == "de" else "%Y-%m-%d %H:%M"), times.at_home(seconds))
