"""Parses JSON from others within limits: size, nesting, digits of a number, number of values.

Python's json module has no such limits. On Jython a number of a million digits takes minutes, and endless brackets overflow
the stack. The limits are checked before parsing, with string operations that are fast on Jython: they cost a few percent of
the parsing time.
"""

from __future__ import absolute_import, unicode_literals

import json
import re

from bmw.compat import to_text
from bmw.pattern import Pattern

#: BMW's longest answers and messages have some tens of kilobytes
MAX_BYTES = 1024 * 1024
#: BMW nests eight levels deep
MAX_DEPTH = 64
#: digits of a number: a value of a car has about ten
MAX_DIGITS = 1000
#: values and keys: 30 kB of JSON have about a thousand
MAX_VALUES = 50000

_DIGITS = Pattern("[0-9]+")
#: a quick check looks at every 100th character: a too long number shows there as a row of digits
_STEP = 100
_LONG_NUMBER_IN_STEPS = Pattern("[0-9]{%d}" % (MAX_DIGITS // _STEP))


#: an escape in a JSON text: a whole character in two halves (UTF-16), half a character, any other one
_ESCAPE = Pattern(r"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.", re.DOTALL)
#: what stands for it
_NO_CHARACTER = "\\ufffd"


class BadJson(ValueError):
    """Not JSON, or beyond the limits. The message completes "it is ..." and shows nothing of the content."""


def parse(data, max_values=MAX_VALUES):
    """The parsed JSON.

    Args:
        data (bytes or text). max_values (int): limit for values and keys.

    Raises:
        BadJson: not JSON, or beyond a limit.
    """
    # checked before decoding: a text never has more characters than bytes
    if len(data) > MAX_BYTES:
        raise BadJson("longer than {} kB".format(MAX_BYTES // 1024))
    text = to_text(data)
    _check(text, max_values)
    if "\\ud" in text or "\\uD" in text:
        text = _ESCAPE.sub(_whole, text)
    try:
        return json.loads(text)
    except ValueError:
        raise BadJson("not JSON")


def _whole(escape):
    """The escape (match). Half a character, as in a text that was cut inside one, is replaced: neither Jython nor a file can hold it."""
    return _NO_CHARACTER if escape.group(2) else escape.group()


def _check(text, max_values):
    """Raises BadJson if the text would take too long to parse."""
    # cheap upper bounds first: they also count characters inside strings
    brackets = text.count("[") + text.count("{")
    values = text.count(",") + text.count(":") + brackets
    has_long_number = bool(_LONG_NUMBER_IN_STEPS.search(text[::_STEP]))
    if brackets <= MAX_DEPTH and values <= max_values and not has_long_number:
        return
    structure = _without_texts(text)
    if has_long_number and max(len(run) for run in _DIGITS.findall(structure) or [""]) > MAX_DIGITS:
        raise BadJson("not usable, a number has more than {} digits".format(MAX_DIGITS))
    if structure.count(",") + structure.count(":") + structure.count("[") + structure.count("{") > max_values:
        raise BadJson("made of more than {} values".format(max_values))
    if _depth(structure) > MAX_DEPTH:
        raise BadJson("nested more than {} deep".format(MAX_DEPTH))


def _without_texts(text):
    """The JSON text without its strings.

    It sees the same quotes as the parser, up to the first syntax error, where the parser stops.
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
