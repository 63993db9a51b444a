"""Numbers, times and CSV as LibreOffice and Excel read them in the user's language. Pure."""

from __future__ import absolute_import, unicode_literals

import time

from bmw import times
from bmw.pattern import Pattern

#: where a program takes a text for a formula
_FORMULA = Pattern(r"^(?=[=+\-@\t\r])")
#: the same behind what separates cells in another language, in which somebody may open the file
_INNER_FORMULA = Pattern(r"([,;\t\r\n])(?=[=+\-@])")
#: for Excel, which else does not read UTF-8
MARK = "\ufeff"


def chosen(entries, month=None, year=None):
    """The charges or trips (list) of a month (text yyyy-mm), of a year (text yyyy), or all; by their start at home."""
    wanted = month or year or ""
    return [entry for entry in entries if month_of(entry).startswith(wanted)]


def by_month(entries):
    """[(month as text, its charges or trips)], the oldest first."""
    months = sorted(set(month_of(entry) for entry in entries))
    return [(month, [entry for entry in entries if month_of(entry) == month]) for month in months]


def month_of(entry):
    """The month (text) in which a charge or trip began."""
    return time.strftime(str("%Y-%m"), times.at_home(entry.start))


def aligned(rows, numbers):
    """The rows (list of text) with their columns in line; ``numbers``: the columns that stand to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(_padded(row, widths, numbers)).rstrip() for row in rows]


def _padded(row, widths, numbers):
    return [cell.rjust(width) if at in numbers else cell.ljust(width) for at, (cell, width) in enumerate(zip(row, widths))]


def csv(rows, language):
    """CSV (text) of rows of text: with semicolons in German, where the decimal comma is, else with commas."""
    separator = ";" if language == "de" else ","
    return MARK + "".join(separator.join(_quoted(cell, separator) for cell in row) + "\n" for row in rows)


def _quoted(cell, separator):
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in separator + '"\n\r\t') else cell


def harmless(name):
    """A text that no program takes for a formula."""
    return _FORMULA.sub("'", _INNER_FORMULA.sub(r"\1'", name))


def number(value, digits, language):
    """A number as text; empty for None."""
    text = "" if value is None else "{:.{}f}".format(value, digits)
    return text.replace(".", ",") if language == "de" else text


def moment(seconds, language):
    """A time as text that the programs read in that language."""
    return time.strftime(str("%d.%m.%Y %H:%M" if language == "de" else "%Y-%m-%d %H:%M"), times.at_home(seconds))
