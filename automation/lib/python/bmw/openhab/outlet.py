"""The ``bmw.interfaces.Outlet`` for openHAB: shows the values of the service in items, and keeps the sealed token item.

Only ``bmw.openhab.app`` uses ``prepare`` and ``name_of``.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.commands import definitions
from bmw.errors import StoreError
from bmw.items.model import is_writable
from bmw.vehicle import estimate, extra
from bmw.vehicle.states import LOCK
from bmw.vehicle.vehicle import Reading
from bmw.vehicle.vocabulary import ACCOUNT, ACCOUNT_POINTS, COMMAND, LOGS, PICTURE, VEHICLE

log = logging.getLogger("bmw")

_NOTHING = Reading(None)
#: characters of a sealed token; anybody may write a longer text into the item
MAX_SEALED = 100000

#: checks (see ``bmw.items.corrections``) for which a switch may show a person's command. Account commands end between two checks;
#: for a car it is longer than any command takes
ACCOUNT_COMMAND = 1
CAR_COMMAND = 240
#: keys of a car's items that only a person sets
_SET_BY_PEOPLE = sorted(set(definitions.ITEMS).difference(definitions.SWITCHES))
#: exceptions in the account: if persistence restores a token late, it may be newer than ours
_TOLERANCES = {"accessToken": CAR_COMMAND, "tokenExpiry": CAR_COMMAND}


class Outlet(object):
    """Shows one account and its cars in openHAB's items.

    Args:
        items (bmw.openhab.items.Items), model (bmw.items.model.Model).
        seal (result of ``bmw.storage.seal.Seal.bound_to`` for the account, or None): for the token item.
        page (bmw.openhab.files_out.AccountPage): the account's part of the sitemap.
        pictures (bmw.openhab.files_out.PictureFiles): stores the pictures of cars.
    """

    def __init__(self, items, model, seal, page, pictures):
        self._missing = set()  # items of the user that were already reported as missing
        self._pictures = pictures
        self._page = page
        self._on_page = set()  # names of cars whose items are all on the page
        self._places = {}
        self._items = items
        self._model = model
        self._seal = seal
        self._account_items = []
        self._owners = {}  # item name -> name of its car
        self._cars = []  # those that are there
        self._looks = 0
        self._groups = {}  # name of a car -> (number of its readings, its groups)
        self._tolerance = {}  # name of an item that accepts commands -> number of checks

    def prepare(self, leave_out=()):
        """Creates the account's items except ``leave_out`` (keys), so that they can trigger rules."""
        for group, members in reversed(self._model.account_groups([])):
            self._items.ensure_group(group, members)
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
            self._tolerance[spec.name] = _TOLERANCES.get(key, ACCOUNT_COMMAND if is_writable(point) else 0)
        self._write([(spec.name, value, point.unit, point.item_type)], lambda missing: self._items.ensure(spec))

    def vehicle(self, vehicle, keys, is_first):
        """Shows the car's readings for ``keys``."""
        places, readings, values = self._places_of(vehicle, is_first), vehicle.readings, []
        for key in keys:
            reading = readings.get(key, _NOTHING)
            if key in places:
                name, unit, native_type = places[key]
                unit = reading.unit or unit
            elif extra.is_key(key):
                name, unit, native_type = self._extra_row(vehicle, key, is_first)
            else:
                continue  # the item belongs to another car
            values.append((name, reading.value, unit, native_type))
        self._write(values, lambda missing: self._make_missing(vehicle, keys, missing, is_first))
        self._show_page(vehicle, is_first)

    def _make_missing(self, vehicle, keys, missing, is_first):
        names = dict((self._model.vehicle_item_name(vehicle, key, is_first), key) for key in keys)
        points = [extra.point_of(names[name], vehicle.readings.get(names[name], _NOTHING)) for name in missing]
        self._make(vehicle, points, is_first)

    def _places_of(self, vehicle, is_first):
        """{key: (item name, unit, native type)} of a car. Cached, because each value of each refresh needs it."""
        which = (vehicle.name, is_first)
        if which not in self._places:
            points = ((point, self._model.vehicle_item_name(vehicle, point.key, is_first)) for point in VEHICLE.values())
            self._places[which] = dict(
                (point.key, (name, point.unit, LOCK if point.key == "locked" else point.item_type))
                for point, name in points
                if self._is_owner(vehicle, name)
            )
        return self._places[which]

    def _is_owner(self, vehicle, name):
        return self._owners.get(name, vehicle.name) == vehicle.name

    def settle(self, present, gone):
        """Sets the account's cars. An item that belongs to none of them becomes UNDEF.

        Args:
            present (list of (Vehicle, bool is_first)): the account's named cars, the first car first.
            gone (list of (Vehicle, bool is_first)): former cars that had items.
        """
        self._places, self._groups, owners = {}, {}, {}
        for vehicle, is_first in present:
            for name in (self._model.vehicle_item_name(vehicle, key, is_first) for key in _keys_of(vehicle)):
                if owners.setdefault(name, vehicle.name) != vehicle.name and self._is_owner(vehicle, name):
                    log.warning("The item %s belongs to %s and cannot show %s: correct names", name, owners[name], vehicle.name)
        self._owners = owners
        self._cars = [vehicle for vehicle, _is_first in present]
        # a car's item names depend on the first car and on the setting; items with other names belong to no car now
        either = self._model.vehicle_item_names
        names = set(name for vehicle, _is_first in present + gone for key in _keys_of(vehicle) for name in either(vehicle, key))
        self._items.write([(name, None, "", "") for name in sorted(names.difference(owners))])
        # these may have belonged to a former car; do not overwrite what a person sets
        self._items.forget(self._model.vehicle_item_name(vehicle, key, is_first) for vehicle, is_first in present for key in _SET_BY_PEOPLE)

    def _extra_row(self, vehicle, key, is_first):
        """(item name, unit, native type) of an extra value. Unit and type depend on the current reading."""
        point = extra.point(key, vehicle.readings.get(key, _NOTHING))
        return self._model.vehicle_item_name(vehicle, key, is_first), point.unit, point.item_type

    def wants_picture(self, vehicle):
        """True if no picture of the car is stored yet."""
        return not self._pictures.has(self._model.vehicle_group(vehicle).name)

    def picture(self, vehicle, picture, is_first):
        """Stores a car's picture (bmw.vehicle.picture.Picture) as a file and shows it, even if the file cannot be written."""
        self._pictures.keep(self._model.vehicle_group(vehicle).name, picture)
        self._show_picture(vehicle, picture, is_first)

    def show_stored_picture(self, vehicle, is_first):
        """Shows the stored picture, if there is one."""
        picture = self._pictures.load(self._model.vehicle_group(vehicle).name)
        if picture is not None:
            self._show_picture(vehicle, picture, is_first)

    def _show_picture(self, vehicle, picture, is_first):
        spec = self._model.vehicle_item(vehicle, PICTURE, is_first)
        if not self._items.exists(spec.name):
            self._ensure_groups(vehicle, PICTURE.section)
        self._items.show_image(spec, picture)
        self._show_page(vehicle, is_first)

    def logbook(self, vehicle, key, text, is_first):
        """Shows one of a car's logs (key of ``LOGS``)."""
        point = LOGS[key]
        name = self._model.vehicle_item(vehicle, point, is_first).name
        if self._is_owner(vehicle, name):
            self._write([(name, text, point.unit, point.item_type)], lambda missing: self._make(vehicle, [point], is_first))

    def prepare_commands(self, vehicle, can, is_first):
        """Creates the items for the commands in ``can``. Returns {key: item name} of all existing command items, also the user's."""
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
        """Shows a command item, or the status or time of the last command."""
        point = COMMAND[key]
        name = self._model.vehicle_item(vehicle, point, is_first).name
        if not self._is_owner(vehicle, name):
            return
        if is_writable(point):
            self._tolerance[name] = CAR_COMMAND
        self._write([(name, value, point.unit, point.item_type)], lambda missing: self._make(vehicle, [point], is_first))
        self._show_page(vehicle, is_first)

    def command_state(self, vehicle, key, is_first):
        """The state of a car's command item as text, or None."""
        return self._items.state(self._model.vehicle_item(vehicle, COMMAND[key], is_first).name)

    def correct_items(self):
        """Corrects items that something else has overwritten: the account's in every call, the cars' in turn. So with deleted groups.

        Call it every ``bmw.items.corrections.EVERY`` seconds.
        """
        self._items.correct_items(self._account_items, self._tolerance)
        self._restore_groups()

    def _restore_groups(self):
        """Creates deleted groups again: the account's in every call, one car's in turn."""
        groups = self._model.account_groups(self._cars)
        if self._cars:
            self._looks += 1
            groups = self._groups_of(self._cars[self._looks % len(self._cars)]) + groups
        for group, members in groups:
            if any(self._items.exists(name) for name in members):
                self._items.ensure_group(group, members)

    def _groups_of(self, vehicle):
        """All groups that a car can have. Cached, as it is asked every few seconds; a car with more readings may have more items."""
        count, groups = self._groups.get(vehicle.name, (None, None))
        if count != len(vehicle.readings):
            groups = self._model.vehicle_groups(vehicle)
            self._groups[vehicle.name] = (len(vehicle.readings), groups)
        return groups

    def _write(self, values, make):
        """Posts values (see ``Items.write``). ``make`` (callable, names) creates items for values that are known for the first time."""
        missing = self._items.write(values)
        if missing:
            make(missing)
            self._items.write([entry for entry in values if entry[0] in missing])

    def _make(self, vehicle, points, is_first):
        """Creates items of a car. A car has items only for values that it has reported."""
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
        """The watts (float) that an item of the user shows, or None. A missing item is logged once."""
        return estimate.watts(self._state_of(name, "wallbox_power_item in bmw.cfg): the estimate does not use it"))

    def price(self, name):
        """The price of a kWh (float) that an item of the user shows, or None. A missing item is logged once."""
        from bmw.logbook import charges  # only where it is needed

        return charges.price_in(self._state_of(name, "price in bmw.cfg): the cost of charging is not known"))

    def _state_of(self, name, missing):
        """The text of the state of the user's item, None if there is none. ``missing``: end of the log line about that."""
        if self._items.exists(name):
            return self._items.state(name)
        if name not in self._missing:
            self._missing.add(name)
            log.warning("There is no item %s (%s", name, missing)
        return None

    def tokens(self, account):
        """Shows the account's tokens, sealed, and their expiry."""
        self.account("accessToken", self._seal.close(account.export(), self.name_of("accessToken")) if self._seal else None)
        self.account("tokenExpiry", account.tokens.expires_at)

    def tokens_again(self, account):
        """Shows the tokens again if one of their items shows nothing, for example because it was deleted."""
        if account.tokens is not None and not all(self._items.shows(self.name_of(key)) for key in ("accessToken", "tokenExpiry")):
            self.tokens(account)

    def sealed_token(self):
        """The unsealed text of the token item (restored by persistence), or None."""
        name = self.name_of("accessToken")
        sealed = self._items.state(name)
        if not sealed or not self._seal or len(sealed) > MAX_SEALED:
            return None
        try:
            return self._seal.open(sealed, name)
        except StoreError:
            log.info("The token item has no usable token")
            return None


def _keys_of(vehicle):
    """The keys (list) of all items that a car can have."""
    return list(VEHICLE) + list(COMMAND) + list(LOGS) + [PICTURE.key] + [key for key in vehicle.readings if extra.is_key(key)]
