"""Simulates whole days of a household with a CarData account, without a network: a poll every half hour, and the calls of each day."""

from collections import Counter

from tests.unit.home import Home

HALF_HOUR = 1800
DAY = 86400


def household(cloud, folder, **options):
    """A Home with this cloud; the cloud need not be started."""
    return Home(cloud, folder, **options)


def live(home, seconds):
    """Lets the time pass, with a tick of the cron every half hour."""
    end = home.clock.now() + seconds
    while home.clock.now() < end - 1:
        home.hour = int(home.clock.now() // 3600 % 24)
        home.tick()
        home.pass_time(min(HALF_HOUR, end - home.clock.now()))


def calls_by_day(home, kind="api"):
    """Calls of this kind per 24 hours, from the first logged call on (list of Counter: endpoint -> calls)."""
    calls = [call for call in home.cloud.calls() if call["kind"] == kind]
    days = []
    for call in calls:
        day = int((call["time"] - calls[0]["time"]) // DAY)
        days += [Counter() for _ in range(day + 1 - len(days))]
        days[day][call["where"] + ("" if call["where"] != "containers" else " " + call["method"])] += 1
    return days


def most_in_a_day(home):
    """The most calls in any 24 hours."""
    times = [call["time"] for call in home.cloud.calls() if call["kind"] == "api"]
    return max([sum(1 for other in times if time <= other < time + DAY) for time in times] or [0])
