"""CarData's lines of the diagnostics report: scopes, the container, and values that a car never delivered. Only builds text."""

from __future__ import absolute_import, unicode_literals

from bmw import times
from bmw.clouds.cardata import descriptors
from bmw.clouds.cardata.sign_in import SCOPE_API, SCOPE_STREAM

#: words that are named, of those a car never delivered
MAX_LISTED = 60

#: (word of the vocabulary, descriptors of which each is a source of it), in the order of their importance to a person
_WORDS = tuple((row[0], row[2]) for row in descriptors.TABLE) + (
    ("position", (descriptors.LATITUDE, descriptors.LONGITUDE)),
    ("nextService", (descriptors.SERVICES,)),
    ("checkControl", (descriptors.MESSAGES,)),
)


def scopes(tokens, wants_stream):
    """The line about the granted scopes.

    Args:
        tokens (bmw.clouds.tokens.Tokens or None). wants_stream (bool): the settings ask for BMW's stream.
    """
    if tokens is None or not tokens.scope:
        return "scopes: not known"
    needed = ((SCOPE_API, "CarData API", True), (SCOPE_STREAM, "CarData Stream", wants_stream))
    missing = [(scope, title) for scope, title, is_needed in needed if is_needed and not tokens.has_scope(scope)]
    line = "scopes: " + tokens.scope
    for scope, title in missing:
        line += "; MISSING {}: subscribe the client to {} in the BMW portal, wait two minutes, sign in again".format(scope, title)
    return line


def container(memory):
    """The line about the container. ``memory`` (dict): the cloud's data."""
    if "container" not in memory:
        return "container: none yet, it is found or made at the next reading"
    left_out = memory.get("left_out")
    if left_out is None:
        return "container: in use, its descriptors are not known"
    asked_for = memory.get("asked_for", len(descriptors.ALL))
    count = asked_for - len(left_out)
    lines = _refused(memory)
    kind = "all" if not left_out else "core" if count == len(descriptors.CORE) else "part"
    return "container: in use, {} ({} of {} descriptors){}".format(kind, count, asked_for, lines)


def _refused(memory):
    """What BMW does not take into the container, and since when."""
    line = ""
    refused = sorted(memory.get("refused", {}).items())
    if refused:
        names = ["{} ({})".format(name, times.to_iso(when)[:10]) for name, when in refused[:MAX_LISTED]]
        more = len(refused) - len(names)
        line += "; BMW refuses {}{}".format(", ".join(names), " and {} more".format(more) if more > 0 else "")
    if "full" in memory:
        line += "; BMW takes no longer list ({})".format(times.to_iso(memory["full"])[:10])
    return line and line + "; tried again four weeks later"


def delivery(memory, vin):
    """The lines about the delivered descriptors of a car."""
    expected = set(descriptors.ALL).difference(memory.get("left_out") or ())
    entries = memory.get("telematic", {}).get(vin, {})
    delivered = set(name for name in expected if entries.get(name, {}).get("value") is not None)
    lines = ["{} of {} descriptors delivered".format(len(delivered), len(expected))]
    # a word with several sources is there as soon as one of them is
    missing = [word for word, sources in _WORDS if expected.intersection(sources) and not delivered.intersection(sources)]
    if missing:
        more = len(missing) - MAX_LISTED
        lines.append("never delivered: {}{}".format(", ".join(missing[:MAX_LISTED]), " and {} more".format(more) if more > 0 else ""))
        lines.append(
            "what to do: lock and unlock the car or drive, or tick these under 'Configure data stream' in the BMW portal;"
            " what the car has no part for never comes"
        )
    return lines
