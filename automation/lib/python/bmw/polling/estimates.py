"""Keeps the estimated state of charge of the cars up to date while they charge. See ``bmw.vehicle.estimate``.

Runs on the account's worker.
"""

from __future__ import absolute_import, unicode_literals

from bmw.vehicle import estimate


class Estimates(object):
    """See the module's docstring.

    Args:
        parts (bmw.parts.Parts): those of the account.
        show: callable (vehicle), estimates and shows a car again.
    """

    def __init__(self, parts, show):
        self._config = parts.config
        self._clock = parts.clock
        self._worker = parts.worker
        self._outlet = parts.outlet
        self._vehicle_list = parts.vehicle_list
        self._show = show
        self._meters = {}  # VIN -> bmw.vehicle.estimate.Meter

    def update(self, vehicle):
        """Estimates now, and repeatedly while the car charges. Returns the changed keys (set)."""
        now = self._clock.now()
        found = estimate.reading(vehicle.readings, now, self._config.battery_capacity, self._wallbox_power(vehicle, now))
        # after the estimate, which needs the remaining time
        changed = vehicle.pass_time(now)
        timer = "estimate " + vehicle.vin
        if found is not None and estimate.is_open(vehicle.readings, now):
            self._worker.every(timer, estimate.EVERY, lambda: self._go_on(vehicle, timer), first=estimate.EVERY)
        else:
            self._worker.cancel(timer)
        if found is None:
            return changed
        known = vehicle.readings.get(estimate.KEY)
        vehicle.readings[estimate.KEY] = found
        return changed if known is not None and known.value == found.value else changed | set([estimate.KEY])

    def _go_on(self, vehicle, timer):
        if vehicle in self._vehicle_list.vehicles:
            self._show(vehicle)
        else:  # it has left the account meanwhile
            self._worker.cancel(timer)

    def _wallbox_power(self, vehicle, now):
        """Mean watts of the user's wallbox since the car's last state of charge; None if unknown, or if another car may be charging."""
        if not self._config.wallbox_power_item or not _is_charging(vehicle):
            self._meters.pop(vehicle.vin, None)
            return None
        said = vehicle.readings.get("stateOfCharge")
        is_only = not any(_is_charging(other) for other in self._vehicle_list.vehicles if other is not vehicle)
        power = self._outlet.power(self._config.wallbox_power_item) if is_only else None
        return self._meters.setdefault(vehicle.vin, estimate.Meter()).mean(said.time if said else None, now, power)


def _is_charging(vehicle):
    charging = vehicle.readings.get("charging")
    return charging is not None and charging.value is True
