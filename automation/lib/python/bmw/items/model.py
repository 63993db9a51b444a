"""The openHAB items of an account and its cars: names, groups, labels, tags and metadata. Pure; creates nothing.

The tree (prefix BMW, one car named i3)::

    BMW                       group of all
      BMW_gAccount            sign-in, token, calls left, update now
      BMW_i3                  Equipment Car
        BMW_i3_gBattery ...   sub-equipment, one per section of the vocabulary
          BMW_i3_StateOfCharge ...
"""

from __future__ import absolute_import, unicode_literals

from bmw.compat import capitalize, upper, upper_first
from bmw.items import semantics
from bmw.record import record
from bmw.vehicle import extra, words
from bmw.vehicle.vocabulary import ACCOUNT_POINTS, COMMAND, LOGS, PICTURE, VEHICLE

#: Description of an item to create. metadata: {namespace: (value, {key: value})}
ItemSpec = record("ItemSpec", "name item_type label icon groups tags metadata")

#: section -> (English, German, icon, equipment tag of openHAB 3.0)
SECTIONS = {
    "battery": ("Battery and range", "Batterie und Reichweite", "battery", "Battery"),
    "charging": ("Charging", "Laden", "poweroutlet", "PowerOutlet"),
    "doors": ("Doors and lock", "T\u00fcren und Schloss", "door", "Door"),
    "windows": ("Windows and roof", "Fenster und Dach", "window", "Window"),
    "climate": ("Climate", "Klimatisierung", "climate", "HVAC"),
    "tyres": ("Tyres", "Reifen", "pressure", "Sensor"),
    "location": ("Location and trips", "Standort und Fahrten", "motion", "Sensor"),
    "commands": ("Commands", "Befehle", "settings", "RemoteControl"),
    "service": ("Service", "Service", "settings", "Sensor"),
    extra.SECTION: ("Further values (advanced)", "Weitere Werte (f\u00fcr Experten)", "settings", "Sensor"),
}

_VEHICLE_POINTS = list(VEHICLE.values()) + list(COMMAND.values()) + list(LOGS.values()) + [PICTURE]
#: Point tags of items that a person sends commands to
_WRITABLE = frozenset(("Switch", "Control", "Setpoint"))
#: items that change often or serve the module itself; the metadata ``bmw="advanced"`` lets a user's pages and rules leave them out
_ADVANCED = frozenset(["accessToken", "tokenExpiry", "signInInput", "nextRefresh", "lastMessage", "diagnostics"] + list(LOGS))


class Model(object):
    """Makes the specs of items.

    Args:
        prefix (str): start of all item names. language (str): 'en' or 'de'.
        account (str): name of the account, '' for the only one.
        own_names (dict): ``key`` or ``car.key`` -> the user's own item name; the plain key means the first car.
        knows_tag: callable (name) -> True if the openHAB has this semantic tag; the default has those of 3.0 only.
    """

    def __init__(self, prefix, account, language, own_names=None, knows_tag=lambda name: False):
        self._knows_tag = knows_tag
        self._prefix = prefix
        self._account_prefix = account_prefix(prefix, account)
        self._language = language
        self._is_german = language == "de"
        self._own_names = own_names or {}
        # cached, because each value of each refresh needs them
        self._account_items = {}
        self._vehicle_items = {}

    def root(self):
        return ItemSpec(self._prefix, "Group", "BMW", "garage", (), (), {})

    def account_groups(self, vehicles):
        """[(ItemSpec, names of the items in it)] of the groups of the account with these cars, the inner one first."""
        account = self.account_group()
        cars = [self._vehicle_prefix(vehicle) for vehicle in vehicles]
        names = ["{}_{}".format(self._account_prefix, upper_first(point.key)) for point in ACCOUNT_POINTS]
        return [(account, names), (self.root(), [account.name] + cars)]

    def account_group(self):
        label = "BMW-Konto" if self._is_german else "BMW account"
        return ItemSpec(self._account_prefix + "_gAccount", "Group", label, "network", (self._prefix,), ("WebService",), {})

    def account_item(self, point):
        if point.key not in self._account_items:
            name = self._own_names.get(point.key) or "{}_{}".format(self._account_prefix, upper_first(point.key))
            self._account_items[point.key] = self._item(name, point, self._account_prefix + "_gAccount")
        return self._account_items[point.key]

    def vehicle_group(self, vehicle):
        """The car's Equipment group. Section groups are created with their first item."""
        brand = vehicle.facts.get("brand") or "BMW"
        # BMWi, BMW_I, BMW_M: not a name for a voice assistant
        brand = "BMW" if upper(brand).startswith("BMW") else brand
        label = "{} {}".format(brand, vehicle.facts.get("model") or vehicle.name).strip()
        return ItemSpec(self._vehicle_prefix(vehicle), "Group", label, "garage", (self._prefix,), ("Car",), {})

    def section_group(self, vehicle, section):
        label, label_de, icon, tag = SECTIONS[section]
        parent = self._vehicle_prefix(vehicle)
        text = label_de if self._is_german else label
        return ItemSpec(self._section_name(vehicle, section), "Group", text, icon, (parent,), (tag,), {})

    def vehicle_groups(self, vehicle):
        """The same of all groups that the car can have. An item with a name of the user's own is where the user put it."""
        members = dict((section, []) for section in SECTIONS)
        for point in _VEHICLE_POINTS:
            members[point.section].append(self._default_name(vehicle, point.key))
        members[extra.SECTION] = [self._default_name(vehicle, key) for key in vehicle.readings if extra.is_key(key)]
        sections = [(self.section_group(vehicle, section), members[section]) for section in sorted(SECTIONS)]
        return sections + [(self.vehicle_group(vehicle), [group.name for group, _names in sections])]

    def vehicle_item(self, vehicle, point, is_first):
        """The item for a point of a car. ``is_first``: plain keys in the user's own names mean this car."""
        if point.section == extra.SECTION:
            return self._extra_item(vehicle, point, is_first)
        which = (vehicle.name, point.key, is_first)
        if which not in self._vehicle_items:
            name = self.vehicle_item_name(vehicle, point.key, is_first)
            self._vehicle_items[which] = self._item(name, point, self._section_name(vehicle, point.section))
        return self._vehicle_items[which]

    def vehicle_item_name(self, vehicle, key, is_first):
        """The name of the item for a key of a car."""
        own = self._own_names.get("{}.{}".format(vehicle.name, key))
        own = own or (self._own_names.get(key) if is_first else None)
        return own or self._default_name(vehicle, key)

    def vehicle_item_names(self, vehicle, key):
        """All names (list) that this item may have had: the default name, and the user's names for this car and for the first car."""
        own = [self._own_names.get(one) for one in ("{}.{}".format(vehicle.name, key), key)]
        return [self._default_name(vehicle, key)] + [name for name in own if name]

    def _default_name(self, vehicle, key):
        return "{}_{}".format(self._vehicle_prefix(vehicle), upper_first(key))

    def _extra_item(self, vehicle, point, is_first):
        """The item for an extra value, marked as advanced. Not cached, because its type depends on the value."""
        name = self.vehicle_item_name(vehicle, point.key, is_first)
        spec = self._item(name, point, self._section_name(vehicle, point.section))
        spec.metadata["bmw"] = ("advanced", {"descriptor": extra.name_of(point.key)})
        return spec

    def _vehicle_prefix(self, vehicle):
        return "{}_{}".format(self._account_prefix, vehicle.name)

    def _section_name(self, vehicle, section):
        return "{}_g{}".format(self._vehicle_prefix(vehicle), capitalize(section))

    def _item(self, name, point, group):
        label = point.label_de if self._is_german else point.label
        description = {"readOnly": not is_writable(point)}
        if point.pattern:
            description["pattern"] = point.pattern
        options = words.options(point, self._language)
        if options:
            description["options"] = options
        metadata = {"stateDescription": (" ", description)}
        if not is_writable(point):
            metadata["autoupdate"] = ("false", {})  # a command to a group, such as "all on", must not change what the car reported
        if point.unit:
            metadata["unit"] = (point.unit, {})
        if point.key in _ADVANCED:
            metadata["bmw"] = ("advanced", {})
        return ItemSpec(name, point.item_type, label, point.icon, (group,), semantics.tags(point, self._knows_tag), metadata)


def account_prefix(prefix, account):
    """Start of the names of all items of an account (str, '' for the only one)."""
    return "{}_{}".format(prefix, capitalize(account)) if account else prefix


def is_writable(point):
    """True for a point (of bmw.vehicle.vocabulary) whose item accepts commands from people."""
    return bool(_WRITABLE.intersection(point.tags))
