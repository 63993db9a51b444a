"""Writes states into openHAB's items, natively: makes what is missing, posts only what changed, touches nothing else.

An item that is already there is never changed, only updated, whatever its type: the state is made to fit. What others write into
our items is put right. A state that comes from openHAB may be null: openHAB 5.2 restores such.
"""

from __future__ import absolute_import, unicode_literals

import logging

from java.lang import Exception as JavaException
from java.lang import IllegalStateException
from java.time import ZonedDateTime

from bmw.items.corrections import Contest
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

#: items that ``Items.put_right`` looks at in one go, so that 50 cars never keep it busy
SLICE = 300
#: names that are told in one line at most
MAX_NAMED = 5
#: part of a number by which it may be another one after a conversion to the item's unit
_CONVERTED = 1e-6


class _Wanted(object):
    """What an item shall show: the row of ``Items.write`` (None for a picture), its text, and the state, made at its first need."""

    __slots__ = ("row", "item_type", "text", "state", "posted_at")


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
        self._zone = versions.time_zone(item_registry)
        # of the text of a number openHAB makes the state faster than we do; of "NULL" it would make no String
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
        self._wanted = {}  # item name -> _Wanted
        self._contest = Contest()
        self._look = 0
        self._ahead = []  # the names that the next looks are for

    def exists(self, name):
        """True if there is an item of that name."""
        return self._registry.get(name) is not None

    def shows(self, name):
        """True if there is an item of that name and it has a state."""
        return self._known_state(name) is not None

    def state(self, name):
        """The text of an item's state, or None if there is no item or it has none."""
        state = self._known_state(name)
        return state.toString() if state is not None else None

    def _known_state(self, name):
        item = self._registry.get(name)
        state = item.getState() if item is not None else None
        return None if isinstance(state, _UnDef) else state

    def ensure(self, spec):
        """Makes the item of a ``bmw.items.model.ItemSpec`` if there is none of that name; returns the item, None while openHAB stops."""
        item = self._registry.get(spec.name)
        if item is not None:
            return item
        builder = self._builders.newItemBuilder(spec.item_type, spec.name).withLabel(spec.label).withCategory(spec.icon)
        try:
            self._registry.add(builder.withGroups(list(spec.groups)).withTags(set(spec.tags)).build())
        except IllegalStateException:
            log.debug("%s is not made, as openHAB is stopping", spec.name)  # its item storage has gone before us
            return None
        for namespace, (value, settings) in spec.metadata.items():
            self._describe(spec.name, namespace, value, settings)
        return self._registry.get(spec.name)

    def write(self, values):
        """Posts values to their items where that changes what these show, whoever wrote it.

        Args:
            values: list of (item name, value, unit, native type), the latter three as for ``bmw.vehicle.states.state_text``; None is UNDEF.

        Returns:
            The names (set) of those for whose known value there is no item.
        """
        find, ours, posts, missing = self._registry.get, self._ours, [], set()
        for row in values:
            name, value, unit, native_type = row
            item = find(name)
            if item is None:
                if value is not None:
                    missing.add(name)
                continue
            item_type = item.getType()
            text = state_text(value, unit, item_type, native_type)
            if text is None and value is not None:
                self._refuse(name, item_type)
            if item_type == "Group":
                continue  # what a group shows is made of its members
            wanted, is_news = self._want(row, item_type, text)
            if is_news or not _is_same(item.getState(), self._state_of(wanted)):
                wanted.posted_at = self._look
                posts.append((item, self._state_of(wanted) if text is None or item_type in ours else text))
        post = self._events.postUpdate
        for item, state in posts:
            post(item, state)
        return missing

    def _want(self, row, item_type, text):
        """(_Wanted, is news) of a row: another text than the last one is another state, which needs no look at the item."""
        wanted = self._wanted.get(row[0])
        if wanted is None:
            wanted = self._wanted[row[0]] = _Wanted()
            is_news = False
        elif wanted.text == text and wanted.item_type == item_type:
            wanted.row = row
            return wanted, False
        else:
            is_news = wanted.item_type == item_type
        wanted.row, wanted.item_type, wanted.text, wanted.state, wanted.posted_at = row, item_type, text, None, -1
        return wanted, is_news

    def let_go(self, names):
        """Posts nothing anew to these items, until something is written to them again."""
        for name in names:
            self._wanted.pop(name, None)

    def put_right(self, first=(), patience=None):
        """Looks at items, and posts anew what was posted last to those that show something else: others can write, too.

        All that were posted to have their turn, so many in one go; to be called every ``bmw.items.corrections.EVERY`` seconds.

        Args:
            first: names of the items to look at each time.
            patience: {item name: number of looks for which it may show something else}.
        """
        self._look += 1
        patience = patience or {}
        for name in self._next_names(first):
            item, wanted = self._registry.get(name), self._wanted.get(name)
            # what was posted since the last look may be on its way
            if item is None or wanted is None or wanted.posted_at >= self._look - 1 or item.getType() == "Group":
                continue
            if item.getType() == wanted.item_type and _is_same(item.getState(), self._state_of(wanted)):
                self._contest.is_right(name, self._look)
            elif self._contest.may_put_right(name, self._look, patience.get(name, 0)):
                self._post_again(item, wanted)
        self._tell_contested()

    def _next_names(self, first):
        if not self._ahead:
            self._ahead = [name for name in list(self._wanted) if name not in first]
        names, self._ahead = self._ahead[:SLICE], self._ahead[SLICE:]
        return list(first) + names

    def _post_again(self, item, wanted):
        if item.getType() != wanted.item_type:
            if wanted.row is not None:
                self.write([wanted.row])  # the user made the item anew
            return
        wanted.posted_at = self._look
        self._events.postUpdate(item, self._state_of(wanted))

    def _tell_contested(self):
        names = self._contest.take_contested(self._look)
        if names:
            more = " and {} more".format(len(names) - MAX_NAMED) if len(names) > MAX_NAMED else ""
            told = ", ".join(names[:MAX_NAMED]) + more
            log.warning("Something else keeps writing to %s: put right once a minute only, look for a rule, link or profile on it", told)

    def show_image(self, spec, picture):
        """Posts a bmw.vehicle.picture.Picture to the item of a spec if that changes its state. An item of another type stays as it is."""
        item = self.ensure(spec)
        if item is None or item.getType() != spec.item_type:
            return
        wanted = self._wanted[spec.name] = _Wanted()
        wanted.row, wanted.item_type, wanted.text, wanted.posted_at = None, spec.item_type, None, -1
        wanted.state = _Raw(picture.data, picture.mime)
        if not _is_same(item.getState(), wanted.state):
            wanted.posted_at = self._look
            self._events.postUpdate(item, wanted.state)

    def _refuse(self, name, item_type):
        if name not in self._refused:
            self._refused.add(name)
            what = "it is left alone" if item_type == "Group" else "it is set to UNDEF"
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
        """Metadata is a help to UIs only: an item without it still works."""
        try:
            self._metadata.add(_Metadata(_MetadataKey(namespace, name), value, settings))
        except JavaException as error:
            log.debug("No %s metadata for %s (%s)", namespace, name, error.getClass().getSimpleName())


def _is_same(shown, wanted):
    """True if an item's state (may be null) is the wanted one, or the same in another unit: an item may convert what it gets."""
    if shown is None:
        return False
    if shown.equals(wanted):
        return True
    if not isinstance(shown, (_Decimal, _Quantity)) or not isinstance(wanted, (_Decimal, _Quantity)):
        return False
    if isinstance(shown, _Quantity) and isinstance(wanted, _Quantity):
        shown = shown.toUnit(wanted.getUnit())
        if shown is None:
            return False
    one, other = shown.doubleValue(), wanted.doubleValue()
    # not by the one that is shown: 1E400, which anybody may write, is infinite as a double
    return abs(one - other) <= _CONVERTED * max(abs(other), _CONVERTED)
