"""Whether the stream keeps silent about what the polls bring: BMW loses the choice of data that is made in its portal.

Pure. All times are the car's own, so a wrong clock of ours does not count.
"""

from __future__ import absolute_import, unicode_literals

from bmw import times

#: seconds by which a value must be newer to be news: what belongs together has not quite the same time
NEWER = 60
#: after news of so many polls without a message the stream is silent; a single one may have been lost while the token was renewed
ENOUGH = 2
#: what a car says whenever it is used, and what people choose: for a car that the stream has not told of yet
TELLING = (
    "vehicle.vehicle.travelledDistance",
    "vehicle.drivetrain.batteryManagement.header",
    "vehicle.powertrain.electric.battery.stateOfCharge.displayed",
    "vehicle.drivetrain.fuelSystem.level",
    "vehicle.cabin.door.row1.driver.isOpen",
)


class Silence(object):
    """See the module's docstring.

    Attributes:
        silent (frozenset of str): VINs of the cars of which the polls bring news and the stream does not.
    """

    def __init__(self):
        self.silent = frozenset()
        self._chosen = {}  # VIN -> descriptors that the stream has told
        self._known_until = {}  # VIN -> time of the newest value at the last poll
        self._missed = {}  # VIN -> polls with news that the stream did not bring
        self._has_spoken = set()  # VINs with a message since the last poll

    def heard(self, vin, names):
        """A message of the car, with these descriptors. Returns True if it was silent until now."""
        self._chosen.setdefault(vin, set()).update(names)
        self._has_spoken.add(vin)
        self._missed.pop(vin, None)
        was_silent = vin in self.silent
        self.silent = self.silent.difference((vin,))
        return was_silent

    def interrupted(self):
        """The stream was away: what it missed meanwhile says nothing."""
        self._known_until.clear()

    def polled(self, vin, known):
        """A poll has ended, while the stream was there. Returns True if the car is silent since now.

        Args:
            known (dict): the latest entry per descriptor of the car, whichever way it came.
        """
        names = self._chosen.get(vin) or TELLING
        found = [times.parse(known[name].get("timestamp")) for name in names if name in known]
        newest = max([time for time in found if time is not None] or [0])
        before = self._known_until.get(vin)
        if before is not None and vin not in self._has_spoken and newest > before + NEWER:
            self._missed[vin] = self._missed.get(vin, 0) + 1
        self._has_spoken.discard(vin)
        self._known_until[vin] = newest
        is_new = self._missed.get(vin, 0) >= ENOUGH and vin not in self.silent
        if is_new:
            self.silent = self.silent.union((vin,))
        return is_new
