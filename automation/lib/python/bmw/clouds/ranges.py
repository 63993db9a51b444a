"""Corrects ranges of the clouds before CarData: a plug-in hybrid reports the total range as fuel range, a range extender does not.

For a 330e, ConnectedDrive's remainingRangeFuel is 573 while car and app show 573 km in total; MyBMW and the portal do the same.
"""

from __future__ import absolute_import, unicode_literals

from bmw.compat import text_type, upper
from bmw.vehicle import drive_train
from bmw.vehicle.vehicle import Reading

_PLUG_IN_HYBRID = frozenset(("PHEV", "PLUGIN_HYBRID"))


def settle(readings, facts, time):
    """Adds the total range and corrects the fuel range.

    Args:
        readings ({key: Reading}): with electricRange and fuelRange from BMW. facts (dict): of the car. time (float or None): of the
            readings.
    """
    lacks = drive_train.impossible(facts)
    parts = dict((key, readings[key].value) for key in ("electricRange", "fuelRange") if key in readings and key not in lacks)
    fuel = parts.get("fuelRange")
    if fuel is not None and upper(text_type(facts.get("driveTrain") or "")) in _PLUG_IN_HYBRID:
        electric = parts.get("electricRange")
        readings["totalRange"] = Reading(fuel, time)
        readings["fuelRange"] = Reading(fuel - electric if electric is not None and fuel >= electric else None, time)
    elif parts:
        readings["totalRange"] = Reading(None if None in parts.values() else sum(parts.values()), time)
