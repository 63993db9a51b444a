# -*- coding: utf-8 -*-
"""The log of trips as the command line prints it: a table by months, and CSV. Pure."""

from __future__ import absolute_import, unicode_literals

from bmw import times
from bmw.cli import sheet
from bmw.places import where

_HEADS = {
    "en": (
        "Car,Start,End,From,To,Distance (km),Odometer (km),State of charge before (%),State of charge after (%),"
        "Energy from the battery (kWh),Consumption (kWh/100 km),Messages missing"
    ).split(","),
    "de": (
        "Auto,Beginn,Ende,Von,Nach,Strecke (km),Kilometerstand (km),Ladestand vorher (%),Ladestand nachher (%),"
        "Energie aus der Batterie (kWh),Verbrauch (kWh/100 km),Meldungen fehlen"
    ).split(","),
}
_VIN = {"en": "VIN", "de": "Fahrgestellnummer"}
_YES = {"en": "yes", "de": "ja"}
_TOTAL = {"en": "{} trips, {} km", "de": "{} Fahrten, {} km"}
_PLACES = {
    "en": {where.HOME: "home", where.ELSEWHERE: ""},
    "de": {where.HOME: "zu Hause", where.ELSEWHERE: ""},
}
#: km below which a consumption would be one of whole percents only
_LEAST = 10


def text(vehicle, trips, language):
    """The table (text) of a car's trips, with a sum below each month."""
    lines = [vehicle.name]
    for month, of_month in sheet.by_month(trips):
        total = _TOTAL[language].format(len(of_month), sheet.number(sum(trip.distance for trip in of_month), 0, language))
        rows = sheet.aligned([_row(trip, language) for trip in of_month], (1, 2, 3, 4))
        lines += ["", month] + ["  " + row for row in rows] + ["  " + total]
    return "\n".join(lines)


def _row(trip, language):
    span = ["?" if part is None else "{:.0f} %".format(part) for part in (trip.begin, trip.final)]
    consumption = _consumption(trip)
    return (
        sheet.moment(trip.start, "en"),
        times.span(trip.end - trip.start),
        sheet.number(trip.distance, 0, language) + " km",
        " - ".join(span) if span != ["?", "?"] else "",
        "" if consumption is None else sheet.number(consumption, 1, language) + " kWh/100 km",
        " - ".join(_name(place, language) or "?" for place in (trip.origin, trip.destination)),
        "({})".format(_HEADS[language][-1]) if trip.has_gap else "",
    )


def _consumption(trip):
    """kWh/100 km; None if unknown."""
    return None if trip.energy is None or trip.distance < _LEAST else trip.energy / trip.distance * 100


def _name(place, language):
    return _PLACES[language].get(place, place or "")


def csv(cars, language, with_vin=False):
    """CSV (text) for LibreOffice and Excel.

    Args:
        cars (list of (Vehicle, list of Trip)).
    """
    heads = _HEADS[language] + ([_VIN[language]] if with_vin else [])
    return sheet.csv([heads] + [_cells(vehicle, trip, language, with_vin) for vehicle, trips in cars for trip in trips], language)


def _cells(vehicle, trip, language, with_vin):
    return [
        sheet.harmless(vehicle.name),
        sheet.moment(trip.start, language),
        sheet.moment(trip.end, language),
        sheet.harmless(_name(trip.origin, language)),
        sheet.harmless(_name(trip.destination, language)),
        sheet.number(trip.distance, 1, language),
        sheet.number(trip.odometer, 1, language),
        sheet.number(trip.begin, 1, language),
        sheet.number(trip.final, 1, language),
        sheet.number(trip.energy, 3, language),
        sheet.number(_consumption(trip), 1, language),
        _YES[language] if trip.has_gap else "",
    ] + ([sheet.harmless(vehicle.vin)] if with_vin else [])
