"""How far apart polls are, by the calls of a day, what goes on at the cars, and the hour. Pure; knows no cloud."""

from __future__ import absolute_import, unicode_literals

from bmw.polling.budget import DAY, RESERVE

#: part of the rest at most for what is asked beside the polls
MAX_EXTRA = 0.25
#: hours of local time in which a parked car is asked half as often
NIGHT = (23, 0, 1, 2, 3, 4, 5)
#: a tick this much (part of the wait) before its time counts as on time: a minute of half an hour, as cron ticks never fall exactly
SLACK = 1 / 30.0
#: what goes on at the cars, and how many times the steady interval is waited then. HEARD: the stream brings what changes, a
#: poll only what the stream lacks. BUSY (see ``soon``): a car drives or charges, and the stream says nothing of it
BUSY, AWAKE, ASLEEP, HEARD = "busy", "awake", "asleep", "heard"
PACE = {AWAKE: 1, ASLEEP: 2, HEARD: 4}
#: seconds without news after which a car is taken to be asleep
SLEEPS_AFTER = 7200
#: shortest time between two polls of a busy car (seconds), and for how long what is left of the calls must last then
SOONEST = 600
AHEAD = 6 * 3600


def interval(calls_per_day, cars, extra=0):
    """Seconds between two automatic polls of all cars, so that the day's calls last the day.

    One interval by day, two by night. The reserve and one call for the list of cars are kept from the polls. BMW's 50 calls suffice
    for one car every half hour, 41 polls, with three calls beside them.

    Args:
        calls_per_day (int), cars (int). extra (int): calls a day and car beside the polls; many cars leave them less of the day.
    """
    usable = _for_polls(calls_per_day)
    polls = max(1, (usable - min(extra * cars, int(usable * MAX_EXTRA))) // max(1, cars))
    night_hours = len(NIGHT)
    weighted_day = (24 - night_hours + night_hours / 2.0) * 3600
    return weighted_day / polls


def at_once(calls_per_day, cars):
    """How many cars (int, at least 1) a poll asks: all, or as many as the day's automatic calls (int; None = not limited) suffice for."""
    return max(1, cars if calls_per_day is None else min(cars, _for_polls(calls_per_day)))


def _for_polls(calls_per_day):
    return calls_per_day - int(calls_per_day * RESERVE) - 1


def pace(seconds, situation, local_hour):
    """Seconds to wait for the next poll: the steady interval, longer by what goes on at the cars (AWAKE, ASLEEP, HEARD) or by night.

    A day at most: so many cars that there is one poll a day have no calls to save.
    """
    factor = PACE[situation]
    return min(DAY, seconds * (max(factor, PACE[ASLEEP]) if local_hour in NIGHT else factor))


def soon(seconds, room, cars):
    """Seconds to wait for the next poll while a car is BUSY: the less is left, the longer, so that it is never used up at once.

    Args:
        seconds (float): the steady interval. room (int): automatic calls left. cars (int): how many a poll asks.
    """
    return max(min(SOONEST, seconds), AHEAD / (room // max(1, cars) + 1.0))


def is_due(now, last, wait):
    """True if a poll is due: never polled, clock set back, or ``wait`` seconds have passed since the last."""
    return last is None or last > now or now - last >= wait * (1 - SLACK)
