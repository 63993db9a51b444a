"""What a simulated car does in a year, and what there was to see of it. Pure: random numbers with a fixed seed, no clock, no cloud.

The driver commutes on most days, goes far on some weekends, and charges at home at night or at a fast charger on the way.
"""

import random
from dataclasses import dataclass

HOUR, DAY = 3600, 86400
HOME, WORK = (48.1769, 11.5585), (48.2500, 11.6500)
#: kWh per 100 km, and the part of the energy of the grid that reaches the battery
CONSUMPTION, EFFICIENCY = 18.0, 0.9
#: kWh of the new battery, and the part of them that is lost in a year
CAPACITY, LOSS = 80.7, 0.03
#: a charge on the way below so many percent
LOWEST = 20
#: days of the year from which on a kWh costs that much
PRICES = ((0, 0.30), (120, 0.36), (240, 0.28))
#: (day of the year, what is lost, hours). stalled: the network loses what the stream sends. refused: BMW ends the stream. deaf: BMW has
#: lost the choice of data. off: the house has no internet
GAPS = (
    (20, "stalled", 5),
    (47, "refused", 30),
    (75, "off", 9),
    (103, "off", 80),
    (150, "stalled", 50),
    (178, "deaf", 72),
    (205, "refused", 4),
    (222, "off", 26),
    (268, "deaf", 12),
    (290, "stalled", 90),
    (314, "off", 55),
    (341, "refused", 40),
)
#: days between which BMW answers each request for its history with an error
NO_HISTORY = (130, 152)
#: days between which BMW's history leaves all charges out, for ever: only the car tells of them
UNTOLD = (182, 200)
#: days -> how openHAB ends then, in the middle of what; "none" would be a quiet moment
ENDS = {12: ("stop", "charge"), 33: ("reload", "trip"), 88: ("kill", "charge"), 131: ("stop", "trip"), 166: ("reload", "charge")}
ENDS.update({197: ("kill", "trip"), 256: ("stop", "none"), 301: ("reload", "none"), 330: ("stop", "charge")})
#: days before a change of the price on which nothing is late, so that it is clear which price holds
CALM = 3


@dataclass
class Trip:
    """start, end: epoch seconds. odometer: km at its end. was_heard: the stream told all of it."""

    start: float
    end: float
    distance: int
    odometer: int
    energy: float
    was_heard: bool = True


@dataclass
class Charge:
    """start, end: epoch seconds. grid: kWh, None where BMW does not tell them. battery: kWh. price: of a kWh at its end.

    is_told: BMW's history has it."""

    start: int
    end: int
    begin: float
    final: float
    grid: float
    battery: float
    odometer: int
    price: float
    is_told: bool

    @property
    def energy(self):
        """kWh that the log should have."""
        return self.battery if self.grid is None else self.grid


def capacity(day):
    """kWh of the battery on that day of the year."""
    return CAPACITY * (1 - LOSS * day / 365.0)


def price(day):
    return max(row for row in PRICES if row[0] <= day)[1]


def is_calm(day):
    """True shortly before a change of the price."""
    return any(0 <= begin - day <= CALM for begin, _price in PRICES[1:])


class Driver:
    """Decides what happens. All chances are of one seed, so each year is the same."""

    def __init__(self, seed=18):
        self._chance = random.Random(seed)

    def trips(self, day):
        """[(hour of the day, km, minutes, has a short stop)] of a day; an even number, or none."""
        chance = self._chance
        if chance.random() < 0.04:
            return []
        if day % 7 in (5, 6) and chance.random() < 0.3:
            far = chance.randint(60, 140)
            return [(9 + chance.random(), far, far, True), (16 + chance.random(), far, far + 10, False)]
        near = chance.randint(4, 38)
        return [
            (6.5 + chance.random(), near, 12 + near, chance.random() < 0.1),
            (16 + 2 * chance.random(), near + chance.randint(0, 3), 14 + near, chance.random() < 0.2),
        ]

    def charges_tonight(self, soc):
        return soc < 45 or self._chance.random() < 0.8

    def target(self):
        return self._chance.choice((80, 80, 80, 90, 100))

    def start_in(self):
        """Seconds after 21:00."""
        return self._chance.randint(0, 3 * HOUR)

    def is_told_late(self, day):
        """Seconds from the end of a charge until BMW's history has it."""
        if is_calm(day) or self._chance.random() < 0.6:
            return 300
        return self._chance.choice((HOUR, 3 * HOUR, 6 * HOUR, 14 * HOUR, 20 * HOUR, 60 * HOUR))

    def has_energy(self):
        """False for a session of which BMW does not tell the energy."""
        return self._chance.random() > 0.05

    def is_shown_running(self):
        """True for a session that BMW's history has from its start on, without an end."""
        return self._chance.random() < 0.2
