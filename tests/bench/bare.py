"""Compares our way to the items with the bare minimum: a loop of ``events.postUpdate`` with the same states for items of the same kind. Both
alternate in one thread, and with them the least that any loop would need for the whole way. Median and range of five repetitions."""

from statistics import median

from tests.bench.house import spread

#: repetitions, and rounds of each
REPETITIONS, ROUNDS = 5, 20
ROWS = (
    ("posting what changed", "posting"),
    ("the whole way from the parsed answer", "whole"),
    ("the least of such a way, a loop that checks nothing", "least"),
)


def measure(house):
    told = house.inside("bare", house.answer(), 150, REPETITIONS * ROUNDS)
    bare = _medians(told["bare"])
    for what, name in ROWS:
        ours = _medians(told[name])
        ratios = [one / other for one, other in zip(ours, bare)]
        note = "other: bare postUpdate of {} states".format(told["states"])
        house.row("items: {} (ms of CPU)".format(what), spread(bare), spread(ours), spread(ratios), note)


def _medians(seconds):
    """The median of each repetition in milliseconds."""
    return [1000 * median(seconds[start : start + ROUNDS]) for start in range(0, len(seconds), ROUNDS)]
