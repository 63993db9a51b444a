# -*- coding: utf-8 -*-
"""The text of the sitemap for all accounts and their cars: the most important values first, the rest one page below.

Pure: knows the vocabulary and the sitemap syntax that openHAB 2.5 to 5.x understand (no Input, no AND in conditions, Frames
never next to other elements). Patterns and state words come from the items.
"""

from __future__ import absolute_import, unicode_literals


from bmw.items.model import SECTIONS
from bmw.pattern import Pattern
from bmw.record import record
from bmw.vehicle import extra
from bmw.vehicle.vehicle import Reading
from bmw.vehicle.vocabulary import ACCOUNT, COMMAND, PICTURE, VEHICLE, VEHICLE_POINTS

#: label (text), items and commands: {key of the vocabulary: name of an existing item}
Car = record("Car", "label items commands")
#: label (text, '' for the only account), items: {key: item name}, cars: list of Car
Account = record("Account", "label items cars")

#: URL of the dashboard page, which shows the sign-in's QR code
PAGE_URL = "/static/bmw/index.html"

_GREEN_IF_SHUT = (("==OPEN", "red"), ("==CLOSED", "green"))
_PERCENT = (("<=15", "red"), ("<=30", "orange"), (">30", "green"))
#: key -> (condition, colour) of its value; the first true condition counts
_COLOURS = {
    "stateOfCharge": _PERCENT,
    "fuelLevel": _PERCENT,
    "doors": _GREEN_IF_SHUT,
    "windows": _GREEN_IF_SHUT,
    "doorLockState": (
        ("==SECURED", "green"),
        ("==LOCKED", "green"),
        ("==SELECTIVE_LOCKED", "orange"),
        ("==PARTIALLY_LOCKED", "orange"),
        ("==UNLOCKED", "red"),
    ),
    "chargingStatus": (("==CHARGING", "green"), ("==ERROR", "red"), ("==CHARGING_PAUSED", "orange")),
    "commandStatus": (("==EXECUTED", "green"), ("==QUEUED", "orange"), ("==SENT", "orange"), ("==PENDING", "orange"),
                      ("==DELIVERED", "orange"), ('=="TIMED OUT"', "red")),
    "accountState": (("==ONLINE", "green"), ("==WAITING_FOR_APPROVAL", "orange"), ("==OFFLINE", "orange")),
    "callsLeft": (("<=5", "red"), ("<=15", "orange")),
}  # fmt: skip

#: lines of a car, from the top: (section of the subpage, '' = none; keys). The line shows the first key that the car has. If it has
#: none of them, the line shows the section's name
_LINES = (
    ("battery", ("stateOfCharge", "fuelLevel")),
    ("", ("electricRange",)),
    ("", ("totalRange",)),
    ("", ("fuelRange",)),
    ("charging", ("chargingStatus",)),
    ("", ("pluggedIn",)),
    ("", ("chargingTimeRemaining",)),
    ("doors", ("doors",)),
    ("", ("doorLockState",)),
    ("windows", ("windows",)),
    ("climate", ("climateStatus",)),
    ("tyres", ()),
    ("location", ("odometer",)),
    ("service", ("nextService",)),
    ("", ("lastUpdate",)),
    (extra.SECTION, ()),
)
#: no line: the curve is data for charts, and the position has a map
_NOT_TO_READ = frozenset(("lastChargingCurve", "position"))
#: lines that are only visible while another point has a state
_WHILE = {"chargingTimeRemaining": ("charging", "ON"), "climateTimeRemaining": ("climateActive", "ON")}

_WORDS = {
    "sign in": ("Sign in to BMW", "Anmeldung bei BMW"),
    "cancel": ("Cancel", "Abbrechen"),
    "start": ("Start", "Starten"),
    "stop": ("Stop", "Beenden"),
    "account": ("Account", "Konto"),
    "cars": ("Cars", "Autos"),
    "control": ("Control", "Steuern"),
    "more": ("Further commands", "Weitere Befehle"),
    "map": ("Position", "Position"),
    "update": ("Update", "Aktualisieren"),
    "report": ("Something wrong?", "Stimmt etwas nicht?"),
    "QR code": ("Sign in by phone", "Mit dem Handy anmelden"),
}
#: command key -> (command, word of its button or None for the item's own label)
_PUSH = (("ON", None),)
_START_STOP = (("ON", "start"), ("OFF", "stop"))
_BUTTONS = (("lock", _PUSH), ("climate", _START_STOP), ("charge", _START_STOP))
_MORE_BUTTONS = (("unlock", _PUSH), ("flashLights", _PUSH), ("soundHorn", _PUSH), ("findVehicle", _PUSH))
#: a selection sends one command; a slider or stepper would send every value in between, and each costs a call to BMW
_CHOICES = (("chargingTarget", (50, 60, 70, 75, 80, 85, 90, 95, 100), "%"), ("chargingCurrentLimit", (6, 8, 10, 13, 16, 20, 25, 32), "A"))

_SIGN_IN_STATES = ("SIGN_IN_NEEDED", "SIGN_IN_FAILED", "ACCESS_DENIED", "WAITING_FOR_APPROVAL")
_ACCOUNT_LINES = ("account", "streamState", "callsLeft", "lastRefresh", "nextRefresh")


def sitemap(accounts, language, name="bmw", label="BMW"):
    """The text of a sitemap file.

    Args:
        accounts (list of Account): with their existing items; only these are shown.
        language (str): 'en' or 'de'. name (str): file name without ``.sitemap``.
    """
    writer = _Writer(1 if language == "de" else 0)
    frames = [frame for account in accounts for frame in writer.sign_in(account)]
    cars = [car for account in accounts for car in account.cars]
    frames += writer.car_frames(cars[0]) if len(cars) == 1 else writer.car_list(cars)
    frames += [frame for account in accounts for frame in writer.account(account)]
    # the grammar requires at least one element
    frames = frames or [_element("Frame", label=label)]
    return "\n".join(["sitemap {} label={} {{".format(name, quoted(label))] + _indented(frames) + ["}", ""])


def car_of(model, vehicle, is_first, exists):
    """The Car of a bmw.vehicle.vehicle.Vehicle, with the existing items for its readings and commands.

    Args:
        model (bmw.items.model.Model). exists: callable, item name -> True if the item exists.
    """
    items, commands = {}, {}
    for key, reading in vehicle.readings.items():
        name = model.vehicle_item_name(vehicle, key, is_first)
        if reading.value is not None and exists(name):
            items[key] = name
    picture = model.vehicle_item(vehicle, PICTURE, is_first).name
    if exists(picture):
        items[PICTURE.key] = picture
    for key, point in COMMAND.items():
        name = model.vehicle_item(vehicle, point, is_first).name
        if exists(name) and name not in items.values():
            commands[key] = name
    return Car(model.vehicle_group(vehicle).label, items, commands)


def account_of(model, label, cars, exists):
    """The Account of a model, with its existing items."""
    names = dict((key, model.account_item(point).name) for key, point in ACCOUNT.items())
    return Account(label, dict((key, name) for key, name in names.items() if exists(name)), cars)


class _Writer(object):
    """Makes sitemap elements in one language (column of the label pairs)."""

    def __init__(self, column):
        self._column = column

    def _word(self, key):
        return _WORDS[key][self._column]

    def _label(self, point):
        return point.label_de if self._column else point.label

    # the car

    def car_list(self, cars):
        """Several cars: one line each, with the car's page below."""
        lines = [self._car_line(car) for car in cars]
        return [_element("Frame", lines, label=self._word("cars"))] if lines else []

    def _car_line(self, car):
        key = next((key for key in ("stateOfCharge", "fuelLevel", "totalRange", "fuelRange") if key in car.items), None)
        if key is None:
            return _element("Text", self.car_frames(car), label=_plain(car.label), icon="garage")
        return _element(
            "Text", self.car_frames(car), item=car.items[key], label=_plain(car.label), icon="garage", valuecolor=_COLOURS.get(key, ())
        )

    def car_frames(self, car):
        """The frames of a car's page."""
        lines = [line for section, keys in _LINES for line in self._line(car, section, keys)]
        if PICTURE.key in car.items:
            lines.append(_element("Image", item=car.items[PICTURE.key], label=self._label(PICTURE)))
        frames = [_element("Frame", lines, label=_plain(car.label))] if lines else []
        buttons = self._buttons(car)
        if buttons:
            frames.append(_element("Frame", buttons, label=self._word("control")))
        if "position" in car.items:
            view = _element("Mapview", item=car.items["position"], label=self._word("map"), height=8)
            frames.append(_element("Frame", [view], label=self._word("map")))
        return frames

    def _line(self, car, section, keys):
        """A line of the car's page as a list; empty if the car has nothing to show."""
        key = next((key for key in keys if key in car.items), None)
        page = self._section(car, section)
        if key is not None:
            # no subpage if it would only repeat this line
            return [self._value(car, VEHICLE[key], page if len(page) > 1 else ())]
        if page:
            return [_element("Text", page, label=SECTIONS[section][self._column], icon=SECTIONS[section][2])]
        return []

    def _section(self, car, section):
        if section == extra.SECTION:
            points = [extra.point(key, Reading(None)) for key in sorted(car.items) if extra.is_key(key)]
        else:
            points = [point for point in VEHICLE_POINTS if point.section == section and point.key in car.items]
        return [self._value(car, point) for point in points if point.key not in _NOT_TO_READ]

    def _value(self, car, point, page=()):
        guard, state = _WHILE.get(point.key, (None, None))
        visibility = ["{}=={}".format(car.items[guard], state)] if guard in car.items else []
        return _element(
            "Text",
            page,
            item=car.items[point.key],
            label=self._label(point),
            icon=point.icon,
            valuecolor=_COLOURS.get(point.key, ()),
            visibility=visibility,
        )

    # commands

    def _buttons(self, car):
        lines = [self._button(car.commands[key], COMMAND[key], words) for key, words in _BUTTONS if key in car.commands]
        more = [self._button(car.commands[key], COMMAND[key], words) for key, words in _MORE_BUTTONS if key in car.commands]
        more += [self._choice(car, *row) for row in _CHOICES if row[0] in car.commands]
        more += [self._command_value(car, "lastCommand")] if "lastCommand" in car.commands else []
        if "commandStatus" in car.commands and (lines or more):
            lines.append(self._command_value(car, "commandStatus"))
        if more:
            lines.append(_element("Text", more, label=self._word("more"), icon="settings"))
        return lines

    def _button(self, item, point, words):
        mappings = [(command, self._word(word) if word else self._label(point)) for command, word in words]
        return _element("Switch", item=item, label=_without_value(self._label(point)), icon=point.icon, mappings=mappings)

    def _choice(self, car, key, values, unit):
        mappings = [(value, "{} {}".format(value, unit)) for value in values]
        return _element("Selection", item=car.commands[key], label=self._label(COMMAND[key]), icon=COMMAND[key].icon, mappings=mappings)

    def _command_value(self, car, key):
        point = COMMAND[key]
        return _element("Text", item=car.commands[key], label=self._label(point), icon=point.icon, valuecolor=_COLOURS.get(key, ()))

    # the account

    def sign_in(self, account):
        """The frame for signing in; only visible while a sign-in is needed."""
        items = account.items
        if "signIn" not in items or "accountState" not in items:
            return []
        while_on = ["{}==ON".format(items["signIn"])]
        lines = [self._account_value(items, "account")] if "account" in items else []
        buttons = [("ON", self._label(ACCOUNT["signIn"])), ("OFF", self._word("cancel"))]
        label = _without_value(self._label(ACCOUNT["signIn"]))
        lines.append(_element("Switch", item=items["signIn"], label=label, icon="switch", mappings=buttons))
        lines += [self._account_value(items, key, while_on) for key in ("signInLink", "signInCode") if key in items]
        lines.append(_element("Webview", label=self._word("QR code"), url=PAGE_URL, height=14, visibility=while_on))
        visibility = ["{}=={}".format(items["accountState"], state) for state in _SIGN_IN_STATES]
        return [_element("Frame", lines, label=_joined(self._word("sign in"), account.label), visibility=visibility)]

    def account(self, account):
        """The frame with the account's state."""
        items = account.items
        lines = [self._account_value(items, "accountState")] if "accountState" in items else []
        lines += self._account_button(items, "forceUpdate", "update")
        lines += [self._account_value(items, key) for key in _ACCOUNT_LINES if key in items]
        lines += self._account_button(items, "diagnose", "report")
        return [_element("Frame", lines, label=_joined(self._word("account"), account.label))] if lines else []

    def _account_button(self, items, key, word):
        """A line with a button as a list; empty if the item does not exist."""
        if key not in items:
            return []
        button = [("ON", self._label(ACCOUNT[key]))]
        return [_element("Switch", item=items[key], label=_without_value(self._word(word)), icon="switch", mappings=button)]

    def _account_value(self, items, key, visibility=()):
        point = ACCOUNT[key]
        return _element(
            "Text",
            item=items[key],
            label=self._label(point),
            icon=point.icon,
            valuecolor=_COLOURS.get(key, ()),
            visibility=visibility,
        )


def _joined(word, name):
    return "{} {}".format(word, name) if name else word


def _without_value(label):
    """A label without a state behind it: without brackets openHAB would add the item's own pattern."""
    return label + " []"


def _plain(label):
    """A label from outside. openHAB would read brackets in it as a pattern."""
    return label.replace("[", "(").replace("]", ")")


# openHAB's syntax

#: order and format of an element's settings
_FORMS = (
    ("item", lambda value: value),
    ("label", lambda value: quoted(value)),
    ("icon", lambda value: quoted(value)),
    ("url", lambda value: quoted(value)),
    ("height", "{}".format),
    ("mappings", lambda pairs: "[{}]".format(", ".join("{}={}".format(command, quoted(word)) for command, word in pairs))),
    ("valuecolor", lambda pairs: "[{}]".format(", ".join("{}={}".format(when, quoted(colour)) for when, colour in pairs))),
    ("visibility", lambda conditions: "[{}]".format(", ".join(conditions))),
)
_CONTROL = Pattern("[\\x00-\\x1f\\x7f\\s]+")
_BRACKETS = {ord("{"): "(", ord("}"): ")", ord("\\"): "/", ord('"'): "'"}


def quoted(text):
    """A quoted string for openHAB's text files. Quotes, line ends and brackets are replaced, because car names come from outside."""
    return '"{}"'.format(_CONTROL.sub(" ", text).translate(_BRACKETS))


def _element(kind, children=(), **settings):
    """An element as a list of lines."""
    parts = ["{}={}".format(name, form(settings[name])) for name, form in _FORMS if settings.get(name)]
    head = " ".join([kind] + parts)
    return [head + " {"] + _indented(children) + ["}"] if children else [head]


def _indented(elements):
    return ["    " + line for element in elements for line in element]
