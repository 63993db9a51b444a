"""Intervals between polls, from the calls per day, the activity of the cars, and the hour. Pure; knows no cloud."""

from __future__ import absolute_import, unicode_literals

from bmw.polling.budget import DAY, RESERVE

#: at most this share of the automatic calls is for calls in addition to the polls
MAX_EXTRA = 0.25
#: local hours in which a parked car is polled half as often
NIGHT = (23, 0, 1, 2, 3, 4, 5)
#: a tick this much (part of the wait) before its time counts as on time: a minute of half an hour, as cron ticks never fall exactly
SLACK = 1 / 30.0
#: what goes on at the cars, and how many times the steady interval is waited then. HEARD: the stream brings what changes, a
#: poll only what the stream lacks. BUSY (see ``soon``): a car drives or charges, and the stream says nothing of it
BUSY, AWAKE, ASLEEP, HEARD = "busy", "awake", "asleep", "heard"
PACE = {AWAKE: 1, ASLEEP: 2, HEARD: 4}
#: a car without news for so many seconds counts as asleep
SLEEPS_AFTER = 7200
#: shortest interval between two polls of a busy car, and how long the remaining calls must last then (seconds)
SOONEST = 600
AHEAD = 6 * 3600


def interval(calls_per_day, cars, extra=0):
    """Seconds between two automatic polls of all cars, so that the calls last the whole day.

    One interval by day, two by night. The reserve and one call for the list of cars are not used for polls. BMW's 50 calls are enough
    for one car every half hour (41 polls) and three further calls.

    Args:
        calls_per_day (int), cars (int). extra (int): further calls per day and car; reduced if there are many cars.
    """
    usable = _for_polls(calls_per_day)
    polls = max(1, (usable - min(extra * cars, int(usable * MAX_EXTRA))) // max(1, cars))
    night_hours = len(NIGHT)
    weighted_day = (24 - night_hours + night_hours / 2.0) * 3600
    return weighted_day / polls


def at_once(calls_per_day, cars):
    """Number of cars per poll (int, at least 1): all, or as many as the day's automatic calls allow (int; None = not limited)."""
    return max(1, cars if calls_per_day is None else min(cars, _for_polls(calls_per_day)))


def _for_polls(calls_per_day):
    return calls_per_day - int(calls_per_day * RESERVE) - 1


def pace(seconds, situation, local_hour):
    """Seconds until the next poll: the steady interval, longer depending on the situation (AWAKE, ASLEEP, HEARD) and at night.

    At most a day: with so many cars that there is one poll per day, there are no calls to save.
    """
    factor = PACE[situation]
    return min(DAY, seconds * (max(factor, PACE[ASLEEP]) if local_hour in NIGHT else factor))


def soon(seconds, room, cars):
    """Seconds until the next poll while a car is BUSY. It grows when few calls are left, so that they last.

    Args:
        seconds (float): the steady interval. room (int): automatic calls left. cars (int): cars per poll.
    """
    return max(min(SOONEST, seconds), AHEAD / (room // max(1, cars) + 1.0))


def is_due(now, last, wait):
    """True if a poll is due: never polled, clock set back, or ``wait`` seconds have passed since the last."""
    return last is None or last > now or now - last >= wait * (1 - SLACK)
