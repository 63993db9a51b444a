"""Writes states to openHAB's items: creates missing items and posts only changes.

An existing item keeps its type; the state is converted to fit it. If something else overwrites our items, they are corrected.
An item's state may be null: openHAB 5.2 restores such states.
"""

from __future__ import absolute_import, unicode_literals

import logging

from java.lang import Exception as JavaException
from java.lang import IllegalStateException
from java.time import ZonedDateTime

from bmw.items.corrections import Corrections
from bmw.openhab import versions
from bmw.vehicle.states import state_text

log = logging.getLogger("bmw")

_UnDef = versions.core_class("types.UnDefType")
_Decimal = versions.core_class("library.types.DecimalType")
_Quantity = versions.core_class("library.types.QuantityType")
_OnOff = versions.core_class("library.types.OnOffType")
_OpenClosed = versions.core_class("library.types.OpenClosedType")
_Percent = versions.core_class("library.types.PercentType")
_Point = versions.core_class("library.types.PointType")
_Raw = versions.core_class("library.types.RawType")
_String = versions.core_class("library.types.StringType")
_DateTime = versions.core_class("library.types.DateTimeType")
_Metadata = versions.core_class("items.Metadata")
_MetadataKey = versions.core_class("items.MetadataKey")

#: items that ``Items.correct_items`` checks per call, so that 50 cars do not block it
SLICE = 300
#: names in one log line
MAX_NAMED = 5
#: relative difference that a number may have after a conversion to the item's unit
_CONVERTED = 1e-6


class _Wanted(object):
    """What an item should show: the row of ``Items.write`` (None for a picture), its text, and the state, created when first needed.

    ``item`` and ``shown``: the item and its state when they were last found right.
    """

    __slots__ = ("row", "item_type", "text", "state", "posted_at", "item", "shown")

    def __init__(self, row, item_type, text):
        self.row, self.item_type, self.text = row, item_type, text
        self.state, self.posted_at, self.item, self.shown = None, -1, None, None

    def is_shown(self, row, item):
        """True if the same value was found right in the same state of the same item: objects are compared, no texts or states."""
        mine = self.row
        return (
            self.item is item
            and mine is not None
            and mine[1] is row[1]
            and mine[2] == row[2]
            and mine[3] == row[3]
            and self.shown is item.getState()
        )


class Items(object):
    """The items of one account.

    Args:
        events, item_registry: the objects of these names in a script's scope.
    """

    def __init__(self, events, item_registry):
        self._events = events
        self._registry = item_registry
        self._builders = versions.service("items.ItemBuilderFactory", item_registry)
        self._metadata = versions.service("items.MetadataRegistry", item_registry)
        self._managed = versions.service("items.ManagedItemProvider", item_registry)  # items that are in no file
        self._present_zone = versions.time_zones(item_registry)
        self._zone = self._present_zone()
        # types whose state we create. For numbers openHAB is faster; for Strings it would turn the text "NULL" into the state NULL
        self._ours = {
            "String": _String,
            "Dimmer": _Percent,
            "Contact": _OpenClosed.valueOf,
            "Switch": _OnOff.valueOf,
            "DateTime": self._date_time,
            "Location": _Point,
        }
        self._makers = dict(self._ours, Number=lambda text: _Quantity(text) if " " in text else _Decimal(text))
        self._refused = set()
        self._in_the_way = set()  # names of groups
        self._wanted = {}  # item name -> _Wanted
        self._corrections = Corrections()
        self._check_number = 0
        self._ahead = []  # names for the next checks

    def exists(self, name):
        """True if there is an item of that name."""
        return self._registry.get(name) is not None

    def shows(self, name):
        """True if there is an item of that name and it has a state."""
        return self._known_state(name) is not None

    def state(self, name):
        """The text of an item's state, or None if there is no item, or it has none that can be a text."""
        state = self._known_state(name)
        try:
            return state.toString() if state is not None else None
        except JavaException:  # as for 1E2147483647 one, which anybody may write
            return None

    def _known_state(self, name):
        item = self._registry.get(name)
        state = item.getState() if item is not None else None
        return None if isinstance(state, _UnDef) else state

    def ensure(self, spec):
        """Creates the item of a ``bmw.items.model.ItemSpec`` if none has that name. Returns the item, None while openHAB is stopping."""
        item = self._registry.get(spec.name)
        if item is not None:
            return item
        builder = self._builders.newItemBuilder(spec.item_type, spec.name).withLabel(spec.label).withCategory(spec.icon)
        try:
            self._registry.add(builder.withGroups(list(spec.groups)).withTags(set(spec.tags)).build())
        except IllegalStateException:
            log.debug("%s was not created, because openHAB is stopping", spec.name)  # openHAB closed its item storage before our script
            return None
        for namespace, (value, settings) in spec.metadata.items():
            self._describe(spec.name, namespace, value, settings)
        return self._registry.get(spec.name)

    def ensure_group(self, spec, members):
        """Creates a group if no item has its name, with the ``members`` (item names) that exist; none of the user's own files is changed.

        openHAB takes the members out of a group that is deleted. Logs once an item of the user's where the group should be.
        """
        item = self._registry.get(spec.name)
        if item is None:
            if self.ensure(spec) is not None:
                self._join([name for name in members if self.exists(name)], spec.name)
        elif item.getType() != "Group" and spec.name not in self._in_the_way:
            self._in_the_way.add(spec.name)
            log.warning(
                "The item %s of type %s has the name of the group '%s', which is missing therefore: give your item another name, or set"
                " item_prefix in bmw.cfg",
                spec.name,
                item.getType(),
                spec.label,
            )

    def _join(self, names, group):
        for name in names:
            item = self._registry.get(name)
            if group in item.getGroupNames() or self._managed.get(name) is None:
                continue
            item.addGroupName(group)  # the same item, so that it keeps its state
            self._registry.update(item)

    def write(self, values):
        """Posts values to items that show something else, whoever wrote it.

        Args:
            values: list of (item name, value, unit, native type), see ``bmw.vehicle.states.state_text``; None is UNDEF.

        Returns:
            The names (set) of missing items that have a known value.
        """
        find, known, ours, posts, missing = self._registry.get, self._wanted.get, self._ours, [], set()
        for row in values:
            name, value, unit, native_type = row
            item = find(name)
            if item is None:
                if value is not None:
                    missing.add(name)
                continue
            wanted = known(name)
            if wanted is not None and wanted.is_shown(row, item):
                continue
            item_type = wanted.item_type if wanted is not None and wanted.item is item else item.getType()  # the same item keeps its type
            text = state_text(value, unit, item_type, native_type)
            if text is None and value is not None:
                self._refuse(name, item_type)
            if item_type == "Group":
                continue  # a group's state comes from its members
            wanted, is_news = self._want(wanted, row, item_type, text)
            shown = None if is_news else item.getState()
            if not is_news and _is_same(shown, self._state_of(wanted)):
                wanted.item, wanted.shown = item, shown
            else:
                wanted.posted_at = self._check_number
                posts.append((item, self._state_of(wanted) if text is None or item_type in ours else text))
        post = self._events.postUpdate
        for item, state in posts:
            post(item, state)
        return missing

    def _want(self, wanted, row, item_type, text):
        """(_Wanted, is_news) of a row, from the _Wanted so far or None. A new text is always a new state: the item's need not be read."""
        if wanted is not None and wanted.text == text and wanted.item_type == item_type:
            wanted.row = row
            return wanted, False
        is_news = wanted is not None and wanted.item_type == item_type
        # a new one as a whole: a command's status may be written by two threads, and one's text must not meet the other's state
        wanted = self._wanted[row[0]] = _Wanted(row, item_type, text)
        return wanted, is_news

    def forget(self, names):
        """Stops correcting these items until something is written to them again."""
        for name in names:
            self._wanted.pop(name, None)

    def correct_items(self, first=(), tolerance=None):
        """Checks items and posts the last value again if something else has overwritten it.

        Call it every ``bmw.items.corrections.EVERY`` seconds; each call checks the next ``SLICE`` items.

        Args:
            first: names of the items to check every time.
            tolerance: {item name: number of checks for which it may show something else}.
        """
        self._check_number += 1
        self._follow_zone()
        tolerance = tolerance or {}
        for name in self._next_names(first):
            item, wanted = self._registry.get(name), self._wanted.get(name)
            if wanted is not None and wanted.item is item and item is not None and wanted.shown is item.getState():
                self._corrections.found_right(name, self._check_number)  # nothing has changed since it was found right
                continue
            # an update posted since the last check may not have arrived yet
            if item is None or wanted is None or wanted.posted_at >= self._check_number - 1 or item.getType() == "Group":
                continue
            shown = item.getState()
            if item.getType() == wanted.item_type and _is_same(shown, self._state_of(wanted)):
                wanted.item, wanted.shown = item, shown
                self._corrections.found_right(name, self._check_number)
            elif self._corrections.may_correct(name, self._check_number, tolerance.get(name, 0)):
                self._post_again(item, wanted)
        self._warn_of_contested()

    def _follow_zone(self):
        """Shows times anew when openHAB's time zone was changed."""
        zone = self._present_zone()
        if zone.equals(self._zone):
            return
        self._zone = zone
        times = [wanted for wanted in list(self._wanted.values()) if wanted.row is not None and wanted.row[3] == "DateTime"]
        for wanted in times:
            wanted.state = wanted.item = None
        self.write([wanted.row for wanted in times])

    def _next_names(self, first):
        if not self._ahead:
            self._ahead = [name for name in list(self._wanted) if name not in first]
        names, self._ahead = self._ahead[:SLICE], self._ahead[SLICE:]
        return list(first) + names

    def _post_again(self, item, wanted):
        if item.getType() != wanted.item_type:
            if wanted.row is not None:
                self.write([wanted.row])  # the user created the item again
            return
        wanted.posted_at = self._check_number
        self._events.postUpdate(item, self._state_of(wanted))

    def _warn_of_contested(self):
        names = self._corrections.new_contested(self._check_number)
        if names:
            more = " and {} more".format(len(names) - MAX_NAMED) if len(names) > MAX_NAMED else ""
            named = ", ".join(names[:MAX_NAMED]) + more
            log.warning("Something else keeps writing to %s: corrected only once a minute, look for a rule, link or profile on it", named)

    def show_image(self, spec, picture):
        """Posts a bmw.vehicle.picture.Picture to the item of a spec if that changes its state. Ignores an item of another type."""
        item = self.ensure(spec)
        if item is None or item.getType() != spec.item_type:
            return
        wanted = self._wanted[spec.name] = _Wanted(None, spec.item_type, None)
        wanted.state = _Raw(picture.data, picture.mime)
        if not _is_same(item.getState(), wanted.state):
            wanted.posted_at = self._check_number
            self._events.postUpdate(item, wanted.state)

    def _refuse(self, name, item_type):
        if name not in self._refused:
            self._refused.add(name)
            what = "it is not updated" if item_type == "Group" else "it is set to UNDEF"
            log.warning("The item %s of type %s cannot hold this value, %s", name, item_type, what)

    def _state_of(self, wanted):
        if wanted.state is None:
            wanted.state = self._state(wanted.item_type, wanted.text)
        return wanted.state

    def _state(self, item_type, text):
        if text is None:
            return _UnDef.UNDEF
        try:
            return self._makers[item_type.partition(":")[0]](text)
        except JavaException:
            return _UnDef.UNDEF

    def _date_time(self, text):
        return _DateTime(ZonedDateTime.parse(text).withZoneSameInstant(self._zone))

    def _describe(self, name, namespace, value, settings):
        """Adds metadata. A failure is only logged: metadata is for UIs, the item works without it."""
        try:
            self._metadata.add(_Metadata(_MetadataKey(namespace, name), value, settings))
        except JavaException as error:
            log.debug("No %s metadata for %s (%s)", namespace, name, error.getClass().getSimpleName())


def _is_same(shown, wanted):
    """True if an item's state (may be null) equals the wanted one. One that cannot be compared is another one."""
    try:
        return shown is not None and (shown.equals(wanted) or _is_same_number(shown, wanted))
    except JavaException:  # openHAB's own comparison fails for what anybody may write, such as 1E-2147483647 %
        return False


def _is_same_number(shown, wanted):
    """True if they are numbers that are equal after the item converted the wanted one to another unit."""
    if not isinstance(shown, (_Decimal, _Quantity)) or not isinstance(wanted, (_Decimal, _Quantity)):
        return False
    if isinstance(shown, _Quantity) and isinstance(wanted, _Quantity):
        shown = shown.toUnit(wanted.getUnit())
        if shown is None:
            return False
    one, other = shown.doubleValue(), wanted.doubleValue()
    # relative to the wanted value: anybody may write 1E400, which is infinite as a double
    return abs(one - other) <= _CONVERTED * max(abs(other), _CONVERTED)
