"""Compares our way to the items with the bare minimum: a loop of ``events.postUpdate`` with the same states for items of the same kind. Both
alternate in one thread."""

from statistics import median


def measure(house):
    told = house.inside("bare", house.answer(), 150, 100)
    bare = 1000 * median(told["bare"])
    for what, name in (("posting what changed", "posting"), ("the whole way from the parsed answer", "whole")):
        ours = 1000 * median(told[name])
        note = "other: bare postUpdate of {} states".format(told["states"])
        house.row("items: {} (ms of CPU)".format(what), "{:.2f}".format(bare), "{:.2f}".format(ours), "{:.2f}".format(ours / bare), note)
