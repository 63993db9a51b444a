"""Divides what is stored of an account into records, by how often it changes, and puts it together again. Pure.

The whole is what version 1.0.0 and older stored as one record:

    state       what hardly ever changes: the cars, their names and facts, containers
    readings    what the cars said last, and what the cloud remembers of it: at most what BMW tells again is lost with it
    polls       when the cars were asked, and how that ended. Stored with the calls, which are counted at the same moments
"""

from __future__ import absolute_import, unicode_literals

#: what only a whole has, and a state never
_MARK = "polled_at"


def polls(polled_at, outcome, vehicles):
    """The polls (dict). ``vehicles``: list of bmw.vehicle.vehicle.Vehicle."""
    return {"polled_at": polled_at, "outcome": outcome, "asked": dict((vehicle.vin, vehicle.asked_at) for vehicle in vehicles)}


def divided(whole, cloud, often):
    """(state, readings), both dict, of a whole.

    Args:
        whole (dict): ``cloud``, ``memories``, ``vehicles`` and more. cloud (str): the present one.
        often: keys of its memory that change with the readings.
    """
    memory = whole["memories"][cloud]
    seldom = dict((key, value) for key, value in memory.items() if key not in often)
    state = dict(whole, memories=dict(whole["memories"]), vehicles=[_without(entry, "readings", "asked_at") for entry in whole["vehicles"]])
    state["memories"][cloud] = seldom
    readings = {
        "cloud": cloud,
        "vehicles": dict((entry["vin"], entry["readings"]) for entry in whole["vehicles"]),
        "memories": {cloud: dict((key, value) for key, value in memory.items() if key in often)},
    }
    return state, readings


def joined(state, readings, polls):
    """The whole (dict) of what was stored, each {} if there is none.

    Without the readings, or where they are another cloud's, it has no last poll: BMW is asked at once.
    """
    if _MARK in state:
        return state  # stored by an older version, before or after the readings: it knows nothing of them
    whole = dict(state, memories=_merged(state.get("memories", {}), readings.get("memories", {})))
    if not state or not readings:
        return whole
    if readings["cloud"] != state["cloud"]:
        return dict(whole, cloud=None)
    asked = polls.get("asked", {})
    whole["vehicles"] = [
        dict(entry, readings=readings["vehicles"].get(entry["vin"], {}), asked_at=asked.get(entry["vin"], 0)) for entry in state["vehicles"]
    ]
    return dict(whole, polled_at=polls.get("polled_at"), outcome=polls.get("outcome"))


def _merged(memories, more):
    merged = dict((cloud, dict(memory)) for cloud, memory in memories.items())
    for cloud, memory in more.items():
        merged.setdefault(cloud, {}).update(memory)
    return merged


def _without(entry, *keys):
    return dict((key, value) for key, value in entry.items() if key not in keys)
