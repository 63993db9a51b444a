# -*- coding: utf-8 -*-
"""The log of charges as the command line prints it: a table by months, and CSV for LibreOffice and Excel. Pure."""

from __future__ import absolute_import, unicode_literals

from bmw import times
from bmw.cli import sheet
from bmw.logbook import capacity

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
_CAPACITY = {
    "en": "A full charge takes {} kWh from the grid (our own figure, learned from {} charges)",
    "de": "Eine volle Ladung braucht {} kWh aus dem Netz (eigene Berechnung aus {} Ladevorgängen)",
}
_COST = {"en": "cost", "de": "Kosten"}


def text(vehicle, charges, language):
    """The table (text) of a car's charges, with a sum below each month."""
    lines = [vehicle.name]
    for month, of_month in sheet.by_month(charges):
        rows = sheet.aligned([_row(charge, language) for charge in of_month], (1, 2, 3, 4, 5))
        lines += ["", month] + ["  " + row for row in rows] + ["  " + _sum(of_month, language)]
    energy, number = capacity.learned(charges)
    if energy is not None:
        lines += ["", _CAPACITY[language].format(sheet.number(energy, 1, language), number)]
    return "\n".join(lines)


def _row(charge, language):
    span = ["" if part is None else "{:.0f} %".format(part) for part in (charge.begin, charge.final)]
    return (
        sheet.moment(charge.start, "en"),
        times.span(charge.end - charge.start),
        " - ".join(part or "?" for part in span) if any(span) else "",
        "" if charge.energy is None else sheet.number(charge.energy, 1, language) + " kWh",
        "" if charge.price is None else sheet.number(charge.price, 4, language),
        "" if charge.cost is None else sheet.number(charge.cost, 2, language),
        _SOURCES[language].get(charge.sources.get("energy"), ""),
        charge.place or "",
    )


def _sum(charges, language):
    known = [charge.energy for charge in charges if charge.energy is not None]
    line = _TOTAL[language].format(len(charges), sheet.number(sum(known), 1, language))
    costs = [charge.cost for charge in charges]
    return line if None in costs else "{}, {} {}".format(line, _COST[language], sheet.number(sum(costs), 2, language))


def csv(cars, language, with_vin=False):
    """CSV (text) for LibreOffice and Excel: with semicolons and decimal commas in German, else with commas and points.

    Args:
        cars (list of (Vehicle, list of Charge)).
    """
    heads = _HEADS[language] + ([_VIN[language]] if with_vin else [])
    return sheet.csv([heads] + [_cells(vehicle, charge, language, with_vin) for vehicle, charges in cars for charge in charges], language)


def _cells(vehicle, charge, language, with_vin):
    minutes = None if charge.seconds is None else charge.seconds / 60.0
    return [
        sheet.harmless(vehicle.name),
        sheet.moment(charge.start, language),
        sheet.moment(charge.end, language),
        sheet.harmless(charge.place or ""),
        sheet.number(charge.odometer, 0, language),
        sheet.number(charge.begin, 0, language),
        sheet.number(charge.final, 0, language),
        sheet.number(charge.energy, 3, language),
        _SOURCES[language].get(charge.sources.get("energy"), ""),
        sheet.number(charge.price, 4, language),
        sheet.number(charge.cost, 2, language),
        sheet.number(minutes, 0, language),
    ] + ([sheet.harmless(vehicle.vin)] if with_vin else [])
