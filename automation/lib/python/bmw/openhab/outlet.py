"""Between the service and the items: which item a word of the vocabulary goes to, and the sealed token item.

It is the ``bmw.interfaces.Outlet`` of openHAB; ``prepare`` and ``name_of`` are for ``bmw.openhab.app`` only.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.commands import definitions
from bmw.errors import StoreError
from bmw.items.model import is_writable
from bmw.vehicle import estimate, extra
from bmw.vehicle.states import LOCK
from bmw.vehicle.vehicle import Reading
from bmw.vehicle.vocabulary import ACCOUNT, ACCOUNT_POINTS, COMMAND, PICTURE, VEHICLE

log = logging.getLogger("bmw")

_NOTHING = Reading(None)
#: characters of a sealed token; anybody may write more into the item
MAX_SEALED = 100000

#: looks (see ``bmw.items.corrections``) for which a switch may show what a person commanded: of the account, whose work is done between two
#: looks; of a car, longer than any command lives
UNDER_WAY = 1
COMMAND_LIFE = 240
#: keys of a car's items that only a person sets
_SET_BY_PEOPLE = sorted(set(definitions.ITEMS).difference(definitions.SWITCHES))
#: those of the account with another one: a token that persistence restores late may be the newer one
_PATIENCE_OF = {"accessToken": COMMAND_LIFE, "tokenExpiry": COMMAND_LIFE}


class Outlet(object):
    """Shows one account and its cars in openHAB's items.

    Args:
        items (bmw.openhab.items.Items), model (bmw.items.model.Model).
        seal (what ``bmw.storage.seal.Seal.bound_to`` gives for the account, or None): for the token item.
        page (bmw.openhab.files_out.AccountPage): the account's part of the sitemap.
        pictures (bmw.openhab.files_out.PictureFiles): where pictures of cars are kept.
    """

    def __init__(self, items, model, seal, page, pictures):
        self._not_there = set()  # items of the user's that were told to be missing
        self._pictures = pictures
        self._page = page
        self._on_page = set()  # names of cars of which the page shows every item
        self._places = {}
        self._items = items
        self._model = model
        self._seal = seal
        self._account_items = []
        self._owners = {}  # item name -> name of the car that it belongs to
        self._patience = {}  # item name -> looks, of the items that a person commands

    def prepare(self, leave_out=()):
        """Makes the account's items but those of the keys ``leave_out``, so that rules can be triggered by them."""
        self._items.ensure(self._model.root())
        self._items.ensure(self._model.account_group())
        for point in ACCOUNT_POINTS:
            if point.key not in leave_out:
                self._items.ensure(self._model.account_item(point))
        self._page.show_account()

    def name_of(self, key):
        """The name of an account item."""
        return self._model.account_item(ACCOUNT[key]).name

    def account(self, key, value):
        """Shows a value of the account; None is UNDEF."""
        point = ACCOUNT[key]
        spec = self._model.account_item(point)
        if spec.name not in self._account_items:
            self._account_items.append(spec.name)
            self._patience[spec.name] = _PATIENCE_OF.get(key, UNDER_WAY if is_writable(point) else 0)
        self._write([(spec.name, value, point.unit, point.item_type)], lambda missing: self._items.ensure(spec))

    def vehicle(self, vehicle, keys, is_first):
        """Shows what a car says under ``keys``."""
        places, readings, values = self._places_of(vehicle, is_first), vehicle.readings, []
        for key in keys:
            reading = readings.get(key, _NOTHING)
            if key in places:
                name, unit, native_type = places[key]
                unit = reading.unit or unit
            elif extra.is_key(key):
                name, unit, native_type = self._extra_row(vehicle, key, is_first)
            else:
                continue  # its item is another car's
            values.append((name, reading.value, unit, native_type))
        self._write(values, lambda missing: self._make_missing(vehicle, keys, missing, is_first))
        self._show_page(vehicle, is_first)

    def _make_missing(self, vehicle, keys, missing, is_first):
        names = dict((self._model.vehicle_item_name(vehicle, key, is_first), key) for key in keys)
        points = [extra.point_of(names[name], vehicle.readings.get(names[name], _NOTHING)) for name in missing]
        self._make(vehicle, points, is_first)

    def _places_of(self, vehicle, is_first):
        """{key: (item name, unit, native type)} of a car, made once: it is looked up for each value of each refresh."""
        which = (vehicle.name, is_first)
        if which not in self._places:
            points = ((point, self._model.vehicle_item(vehicle, point, is_first).name) for point in VEHICLE.values())
            self._places[which] = dict(
                (point.key, (name, point.unit, LOCK if point.key == "locked" else point.item_type))
                for point, name in points
                if self._is_owner(vehicle, name)
            )
        return self._places[which]

    def _is_owner(self, vehicle, name):
        return self._owners.get(name, vehicle.name) == vehicle.name

    def settle(self, present, gone):
        """Says which cars there are: an item belongs to one that is there, or shows that nothing is known (UNDEF).

        Args:
            present (list of (Vehicle, bool)): the cars of the account with names, and whether it is the first one; the first one first.
            gone (list of (Vehicle, bool)): those that had items.
        """
        self._places, owners = {}, {}
        for vehicle, is_first in present:
            for name in (self._model.vehicle_item_name(vehicle, key, is_first) for key in _keys_of(vehicle)):
                if owners.setdefault(name, vehicle.name) != vehicle.name and self._is_owner(vehicle, name):
                    log.warning("The item %s is that of %s, %s is not shown in it: mend names", name, owners[name], vehicle.name)
        self._owners = owners
        # what a car's items are called hangs on which one is the first, and on the setting: those by other names are nobody's now
        either = self._model.vehicle_item_names
        names = set(name for vehicle, _is_first in present + gone for key in _keys_of(vehicle) for name in either(vehicle, key))
        self._items.write([(name, None, "", "") for name in sorted(names.difference(owners))])
        # they may have been a gone car's: what a person sets them to stays again
        self._items.let_go(self._model.vehicle_item_name(vehicle, key, is_first) for vehicle, is_first in present for key in _SET_BY_PEOPLE)

    def _extra_row(self, vehicle, key, is_first):
        """(item name, unit, native type) of a value beyond the vocabulary, which are those of what the car says now."""
        point = extra.point(key, vehicle.readings.get(key, _NOTHING))
        return self._model.vehicle_item_name(vehicle, key, is_first), point.unit, point.item_type

    def wants_picture(self, vehicle):
        """True if BMW shall be asked for a picture of the car: none is kept yet."""
        return not self._pictures.is_there(self._model.vehicle_group(vehicle).name)

    def picture(self, vehicle, picture, is_first):
        """Keeps a car's picture (bmw.vehicle.picture.Picture) as a file and shows it; a file that cannot be written stops nothing."""
        self._pictures.keep(self._model.vehicle_group(vehicle).name, picture)
        self._show_picture(vehicle, picture, is_first)

    def show_stored_picture(self, vehicle, is_first):
        """Shows the picture that is kept as a file, if there is one."""
        picture = self._pictures.load(self._model.vehicle_group(vehicle).name)
        if picture is not None:
            self._show_picture(vehicle, picture, is_first)

    def _show_picture(self, vehicle, picture, is_first):
        spec = self._model.vehicle_item(vehicle, PICTURE, is_first)
        if not self._items.exists(spec.name):
            self._ensure_groups(vehicle, PICTURE.section)
        self._items.show_image(spec, picture)
        self._show_page(vehicle, is_first)

    def prepare_commands(self, vehicle, can, is_first):
        """Makes the items for the commands in ``can``; returns {key: item name}, also of the user's own items for the others."""
        names = {}
        for key, wanted in definitions.ITEMS.items():
            spec = self._model.vehicle_item(vehicle, COMMAND[key], is_first)
            if can.intersection(wanted):
                self._ensure_groups(vehicle, "commands")
                self._items.ensure(spec)
            if self._items.exists(spec.name):
                names[key] = spec.name
        return names

    def command(self, vehicle, key, value, is_first):
        """Shows a command item, its status or time."""
        point = COMMAND[key]
        name = self._model.vehicle_item(vehicle, point, is_first).name
        if not self._is_owner(vehicle, name):
            return
        if is_writable(point):
            self._patience[name] = COMMAND_LIFE
        self._write([(name, value, point.unit, point.item_type)], lambda missing: self._make(vehicle, [point], is_first))
        self._show_page(vehicle, is_first)

    def command_state(self, vehicle, key, is_first):
        """The text of the state of a car's command item, or None if it has none."""
        return self._items.state(self._model.vehicle_item(vehicle, COMMAND[key], is_first).name)

    def put_right(self):
        """Puts right what items show that something else wrote: the account's each time, those of the cars in turn.

        To be called every ``bmw.items.corrections.EVERY`` seconds.
        """
        self._items.put_right(self._account_items, self._patience)

    def _write(self, values, make):
        """Posts values (see ``Items.write``); ``make`` (callable, names) makes the items that a first known value needs."""
        missing = self._items.write(values)
        if missing:
            make(missing)
            self._items.write([entry for entry in values if entry[0] in missing])

    def _make(self, vehicle, points, is_first):
        """Makes items of a car, which has none for what it never says."""
        for point in points:
            self._ensure_groups(vehicle, point.section)
            self._items.ensure(self._model.vehicle_item(vehicle, point, is_first))

    def _show_page(self, vehicle, is_first):
        if vehicle.name not in self._on_page:
            self._on_page.add(vehicle.name)
            self._page.show_car(vehicle, is_first)

    def _ensure_groups(self, vehicle, section):
        self._on_page.discard(vehicle.name)
        self._items.ensure(self._model.vehicle_group(vehicle))
        self._items.ensure(self._model.section_group(vehicle, section))

    def power(self, name):
        """The watts (float) that an item of the user's shows, None where it shows none; that it is not there is told once."""
        if not self._items.exists(name):
            if name not in self._not_there:
                self._not_there.add(name)
                log.warning("There is no item %s (wallbox_power_item in bmw.cfg): the estimate goes without it", name)
            return None
        return estimate.watts(self._items.state(name))

    def tokens(self, account):
        """Shows the account's tokens: sealed, with their end."""
        self.account("accessToken", self._seal.close(account.export(), self.name_of("accessToken")) if self._seal else None)
        self.account("tokenExpiry", account.tokens.expires_at)

    def tokens_again(self, account):
        """Shows them if an item of theirs shows nothing: deleted meanwhile."""
        if account.tokens is not None and not all(self._items.shows(self.name_of(key)) for key in ("accessToken", "tokenExpiry")):
            self.tokens(account)

    def sealed_token(self):
        """The text sealed in the token item (restored by a persistence service), or None."""
        name = self.name_of("accessToken")
        sealed = self._items.state(name)
        if not sealed or not self._seal or len(sealed) > MAX_SEALED:
            return None
        try:
            return self._seal.open(sealed, name)
        except StoreError:
            log.info("The token item holds nothing that can be used")
            return None


def _keys_of(vehicle):
    """The keys (list) of all items that a car can have."""
    return list(VEHICLE) + list(COMMAND) + [PICTURE.key] + [key for key in vehicle.readings if extra.is_key(key)]
