"""Writes an ``.items`` file with the items that the module creates by itself, for people who prefer text files.

Pure: turns ``bmw.items.model.ItemSpec`` into items syntax that openHAB 2.5 to 5.x understand.
"""

from __future__ import absolute_import, unicode_literals


from bmw.compat import text_type
from bmw.pattern import Pattern
from bmw.vehicle import extra
from bmw.vehicle.vocabulary import ACCOUNT_POINTS, COMMAND

HEADER = """// The items of the BMW integration. To keep them in a file instead of openHAB's storage, save this as conf/items/bmw.items.
// First delete the items with these names in openHAB, because two items cannot have the same name.
"""
#: setting of the state description that is written into the label's brackets
IN_LABEL = "pattern"


def items_file(specs):
    """The text of a file with these items, in the given order. An item that occurs twice (the root) is written once."""
    return HEADER + "\n" + "\n".join(line(spec) for spec in once(specs)) + "\n"


def once(specs):
    """The specs (list) in their order, without those of a name that was there before."""
    kept, seen = [], set()
    for spec in specs:
        if spec.name not in seen:
            seen.add(spec.name)
            kept.append(spec)
    return kept


def specs_of(model, vehicles, command_keys=()):
    """The specs of an account and its cars. Groups come before their members; a car has items only for values that it has reported.

    Args:
        model (bmw.items.model.Model). vehicles (list of bmw.vehicle.vehicle.Vehicle): the first one is the account's first car.
        command_keys: keys of bmw.vehicle.vocabulary.COMMAND; each car gets their items.
    """
    specs = [model.root(), model.account_group()] + [model.account_item(point) for point in ACCOUNT_POINTS]
    for number, vehicle in enumerate(vehicles):
        points = extra.points_of(vehicle.readings)
        points += [COMMAND[key] for key in sorted(command_keys)]
        specs.append(model.vehicle_group(vehicle))
        for section in _in_order(point.section for point in points):
            specs.append(model.section_group(vehicle, section))
            specs += [model.vehicle_item(vehicle, point, number == 0) for point in points if point.section == section]
    return specs


def line(spec):
    """One item in openHAB's syntax."""
    description = spec.metadata.get("stateDescription", ("", {}))[1]
    pattern = description.get(IN_LABEL)
    label = _plain(spec.label) + (" [{}]".format(pattern) if pattern else "")
    parts = [spec.item_type, spec.name, _string(label)]
    parts += ["<{}>".format(spec.icon)] if spec.icon else []
    parts += ["({})".format(", ".join(spec.groups))] if spec.groups else []
    parts += ["[{}]".format(", ".join(_string(tag) for tag in spec.tags))] if spec.tags else []
    metadata = [_metadata(*entry) for entry in sorted(spec.metadata.items())]
    parts += ["{{ {} }}".format(", ".join(metadata))] if metadata else []
    return " ".join(parts)


def _metadata(namespace, entry):
    value, settings = entry
    pairs = ["{}={}".format(key, _value(setting)) for key, setting in sorted(settings.items()) if key != IN_LABEL]
    return "{}={}".format(namespace, _string(value)) + (" [{}]".format(", ".join(pairs)) if pairs else "")


def _value(setting):
    if isinstance(setting, bool):
        return "true" if setting else "false"
    return _string(setting) if isinstance(setting, text_type) else text_type(setting)


def _plain(label):
    """A label from outside. openHAB would read brackets in it as a pattern."""
    return label.replace("[", "(").replace("]", ")")


_CONTROL = Pattern("[\\x00-\\x1f\\x7f\\s]+")


def _string(text):
    return '"{}"'.format(_CONTROL.sub(" ", text).replace("\\", "/").replace('"', "'"))


def _in_order(names):
    seen = []
    for name in names:
        if name not in seen:
            seen.append(name)
    return seen
