"""Writes the items that the module creates by itself as a YAML file of openHAB 5 (``conf/yaml``), for people who prefer text files. Pure.

The format: openHAB's documentation, "YAML Items" (version 1).
"""

from __future__ import absolute_import, unicode_literals

import json

from bmw.compat import text_type
from bmw.items.items_file import IN_LABEL, once
from bmw.pattern import Pattern

HEADER = """# The items of the BMW integration. To keep them in a file instead of openHAB's storage, save this as
# conf/yaml/bmw_items.yaml (openHAB 5). First delete the items with these names in openHAB, because two items
# cannot have the same name.
version: 1
items:
"""
#: namespaces of metadata that have a short form: {namespace: how its value is written}
_SHORT = {"unit": text_type, "autoupdate": lambda value: value == "true"}
#: what YAML does not take as it is, even within quotes; a label is one line
_UNPRINTABLE = Pattern("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff\\ufeff\\ufffe\\uffff]+")


def items_yaml(specs):
    """The text of a YAML file with these items (bmw.items.model.ItemSpec). An item that occurs twice (the root) is written once."""
    lines = []
    for spec in once(specs):
        lines.append("  {}:".format(spec.name))
        lines += _lines(_entry(spec), "    ")
    return HEADER + "\n".join(lines) + "\n"


def _entry(spec):
    """[(key, value)] of an item, without keys that have no value."""
    item_type, _, dimension = spec.item_type.partition(":")
    state = dict(spec.metadata.get("stateDescription", ("", {}))[1])
    pattern = state.pop(IN_LABEL, None)
    metadata = dict((key, value) for key, value in spec.metadata.items() if key not in _SHORT and key != "stateDescription")
    if state:
        metadata["stateDescription"] = (" ", state)
    pairs = [
        ("type", item_type),
        ("dimension", dimension),
        ("label", spec.label),
        ("icon", spec.icon),
        ("groups", list(spec.groups)),
        ("tags", list(spec.tags)),
        ("format", pattern),
    ]
    pairs += [(key, written(spec.metadata[key][0])) for key, written in sorted(_SHORT.items()) if key in spec.metadata]
    pairs.append(("metadata", [(key, _metadata(*metadata[key])) for key in sorted(metadata)]))
    return [pair for pair in pairs if pair[1] not in (None, "", [])]


def _metadata(value, settings):
    return [("value", value)] + ([("config", sorted(settings.items()))] if settings else [])


def _lines(pairs, indent):
    for key, value in pairs:
        if isinstance(value, list) and isinstance(value[0], tuple):
            yield "{}{}:".format(indent, key)
            for line in _lines(value, indent + "  "):
                yield line
        else:
            yield "{}{}: {}".format(indent, key, _scalar(value))


def _scalar(value):
    """JSON, which YAML includes: "text", true, ["a", "b"]."""
    if isinstance(value, text_type):
        value = _UNPRINTABLE.sub(" ", value)
    return json.dumps(value, ensure_ascii=False)
