"""Writes states into openHAB's items, natively: makes what is missing, posts only what changed, touches nothing else.

An item that is already there is never changed, only updated, whatever its type: the state is made to fit.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.openhab import versions
from bmw.states import state_text
from java.lang import Exception as JavaException
from java.lang import IllegalStateException
from java.time import ZonedDateTime

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


class Items(object):
    """openHAB's items.

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
        self._posted = {}  # item name -> the text of the state that was posted last, None for UNDEF

    def exists(self, name):
        """True if there is an item of that name."""
        return self._registry.get(name) is not None

    def shows(self, name):
        """True if there is an item of that name and it has a state."""
        item = self._registry.get(name)
        return item is not None and not isinstance(item.getState(), _UnDef)

    def state(self, name):
        """The text of an item's state, or None if there is no item or it has none."""
        item = self._registry.get(name)
        if item is None or isinstance(item.getState(), _UnDef):
            return None
        return item.getState().toString()

    def ensure(self, spec):
        """Makes the item of a ``bmw.model.ItemSpec`` if there is none of that name; returns the item, None while openHAB stops."""
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
        """Posts values to their items where that changes a state.

        Args:
            values: list of (item name, value, unit, native type), the latter three as for ``bmw.states.state_text``; None is UNDEF.

        Returns:
            The names (set) of those for whose known value there is no item.
        """
        find, posted, ours, posts, missing = self._registry.get, self._posted, self._ours, [], set()
        for name, value, unit, native_type in values:
            item = find(name)
            if item is None:
                if value is not None:
                    missing.add(name)
                continue
            item_type = item.getType()
            text = state_text(value, unit, item_type, native_type)
            if text is None and value is not None:
                self._refuse(name, item_type)
            # another text than the last is another state, which needs no look at the item
            if posted.get(name, text) == text and item.getState().equals(self._state(item_type, text)):
                continue
            posted[name] = text
            posts.append((item, self._state(item_type, text) if text is None or item_type in ours else text))
        post = self._events.postUpdate
        for item, state in posts:
            post(item, state)
        return missing

    def show_image(self, spec, picture):
        """Posts a bmw.picture.Picture to the item of a spec if that changes its state. An item of another type stays as it is."""
        item = self.ensure(spec)
        if item is None or item.getType() != spec.item_type:
            return
        state = _Raw(picture.data, picture.mime)
        if not item.getState().equals(state):
            self._events.postUpdate(item, state)

    def _refuse(self, name, item_type):
        if name not in self._refused:
            self._refused.add(name)
            log.warning("The item %s of type %s cannot hold this value, it is set to UNDEF", name, item_type)

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
