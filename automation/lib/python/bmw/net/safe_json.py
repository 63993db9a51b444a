"""JSON that others wrote, read within limits: size, nesting, digits of a number, number of values.

Python's own reader has none of them: on Jython a number of a million digits keeps it busy for minutes, and brackets without
end are no error of JSON there but of the machine. The limits are checked before anything is parsed, by a few passes that the
runtime does at once for a whole text: some hundredths of what the parsing itself costs.
"""

from __future__ import absolute_import, unicode_literals

import json
import re

from bmw.compat import to_text

#: bytes of a text: BMW's longest answers and messages are some tens of kilobytes
MAX_BYTES = 1024 * 1024
#: brackets within brackets: BMW nests eight deep
MAX_DEPTH = 64
#: digits in a row, outside of texts: a value of a car has some ten
MAX_DIGITS = 1000
#: values, keys counted as such: a text of 30 kB has a thousand
MAX_VALUES = 50000

_DIGITS = re.compile("[0-9]+")
#: a number of too many digits has at least so many in a row among each so many-th letter
_STEP = 100
_LONG_NUMBER_IN_STEPS = re.compile("[0-9]{%d}" % (MAX_DIGITS // _STEP))


class BadJson(ValueError):
    """Not JSON, or beyond the limits. The text goes on after "it is" and says nothing of the content."""


def parse(data, most_values=MAX_VALUES):
    """What the JSON text says.

    Args:
        data (bytes or text). most_values (int): values that it may have, keys counted as such.

    Raises:
        BadJson: not JSON, or beyond a limit.
    """
    # before it is made a text: letters are never more than bytes
    if len(data) > MAX_BYTES:
        raise BadJson("longer than {} kB".format(MAX_BYTES // 1024))
    text = to_text(data)
    _check(text, most_values)
    try:
        return json.loads(text)
    except ValueError:
        raise BadJson("not JSON")


def _check(text, most_values):
    """Raises BadJson for what is JSON so far and would cost too much."""
    # texts counted as well, these are never too low, and cost next to nothing
    brackets = text.count("[") + text.count("{")
    values = text.count(",") + text.count(":") + brackets
    has_long_number = bool(_LONG_NUMBER_IN_STEPS.search(text[::_STEP]))
    if brackets <= MAX_DEPTH and values <= most_values and not has_long_number:
        return
    structure = _without_texts(text)
    if has_long_number and max(len(run) for run in _DIGITS.findall(structure) or [""]) > MAX_DIGITS:
        raise BadJson("not usable, a number has more than {} digits".format(MAX_DIGITS))
    if structure.count(",") + structure.count(":") + structure.count("[") + structure.count("{") > most_values:
        raise BadJson("made of more than {} values".format(most_values))
    if _depth(structure) > MAX_DEPTH:
        raise BadJson("nested more than {} deep".format(MAX_DEPTH))


def _without_texts(text):
    """The JSON text without what is between quotes.

    Up to the first place that is no JSON, where the reader gives up, this sees the same quotes as the reader does.
    """
    if "\\" in text:
        text = text.replace("\\\\", "").replace('\\"', "")
    return "".join(text.split('"')[::2])


def _depth(structure):
    depth = deepest = 0
    for opened in structure.replace("[", "{").replace("]", "}").split("}"):
        depth += opened.count("{")
        deepest = max(deepest, depth)
        depth -= 1
    return deepest
