"""The charges of a car: one list made of what BMW's history tells and what the car said itself, each charge once. Pure.

An entry of the log (see ``bmw.logbook.ledger``) has ``id``, what BMW tells (``bmw``), what is ours (``own``), and ``price``. BMW's
figures count where there are any. Times are epoch seconds, energies kWh: BMW's is taken from the grid, ours is what reached the battery.
"""

from __future__ import absolute_import, unicode_literals

import json

from bmw import times
from bmw.compat import is_number
from bmw.pattern import Pattern
from bmw.record import record
from bmw.vehicle.vehicle import Reading

BMW, OWN = "bmw", "own"
#: kWh of one charge that cannot be, and seconds that none takes: an answer with such a charge would swallow all others
MAX_ENERGY, MAX_SECONDS = 1000, 14 * 86400
#: field -> the most that it can be; one that is more is unknown
_MOST = {"energy": MAX_ENERGY, "seconds": MAX_SECONDS, "odometer": 999999}
#: seconds for which the present price is taken as that of a charge that has ended
PRICE_HOLDS = 86400
#: price of a kWh; it can be below zero for a short time
MAX_PRICE = 100
_PRICE = Pattern(r"\s*(-?[0-9]{1,9}(?:\.[0-9]{1,20})?)(?:\s|$)")
#: characters
MAX_CURVE, MAX_PLACE = 2000, 100
#: the entry with the sum of those that were dropped, as the log had too many, and the one with the total at its loss
EARLIER, RESTORED = "earlier", "restored"

_FIELDS = ("start", "end", "seconds", "energy", "from", "to", "place", "odometer", "curve")
#: the charge that this entry turned out to be a part of
_PART_OF = "part_of"

#: One charge. start, end: epoch seconds. seconds: of charging, may be less. energy: kWh. begin, final: state of charge in percent.
#: odometer: km. curve: text, see ``bmw.clouds.cardata.history``. levels: text of the states of charge, only the car itself tells them.
#: price: of a kWh. cost: in the same currency. sources: {field of the entry: BMW or OWN}. What is unknown is None.
Charge = record("Charge", "id start end seconds energy begin final place odometer curve levels price cost sources")


def charge_of(entry):
    """The Charge of an entry; None if it is none that has ended."""
    if _PART_OF in entry:
        return None
    found, sources = {}, {}
    for source in (OWN, BMW):
        for field, value in entry.get(source, {}).items():
            if value is not None:
                found[field], sources[field] = value, source
    start, end = found.get("start"), found.get("end")
    if not (is_number(start) and is_number(end)):
        return None
    energy, price = found.get("energy"), entry.get("price")
    cost = 0.0 if energy == 0 else None if None in (energy, price) else round(energy * price, 2)
    begin, final, place = found.get("from"), found.get("to"), found.get("place")
    more = (found.get("odometer"), found.get("curve"), found.get("levels"), price, cost, sources)
    return Charge(entry["id"], start, end, found.get("seconds"), energy, begin, final, place, *more)


def charges_of(entries):
    """The charges (list of Charge), the oldest first."""
    found = [charge for charge in (charge_of(entry) for entry in entries) if charge is not None]
    return sorted(found, key=lambda charge: charge.start)


def with_bmws(entries, sessions, capacity):
    """The entries (list) that are new or changed by what BMW's history tells.

    Args:
        entries (list of dict): those of the log.
        sessions (list of dict): fields as in ``_FIELDS``; what is unknown is None or missing.
        capacity (float or None): kWh of the battery, for a session of which BMW does not tell the energy.
    """
    known = dict((entry["id"], entry) for entry in entries)
    ids = set(known)
    by_start = dict((entry[BMW]["start"], entry) for entry in entries if BMW in entry)
    own = [entry for entry in entries if OWN in entry and BMW not in entry and _PART_OF not in entry]
    changed = {}
    for session in sessions:
        told = _told(session)
        if told is None:
            continue
        same = [entry for entry in own if _overlap(entry[OWN], told) > 0]
        same.sort(key=lambda entry: -_overlap(entry[OWN], told))
        entry = by_start.get(told["start"]) or (same.pop(0) if same else {"id": _new_id(told["start"], ids)})
        ids.add(entry["id"])
        entry = _with_energy(dict(entry, bmw=dict(entry.get(BMW, {}), **told)), capacity)
        by_start[told["start"]] = changed[entry["id"]] = entry
        changed.update((part["id"], dict(part, part_of=entry["id"])) for part in same)
        own = [one for one in own if one["id"] != entry["id"] and one not in same]
    return [entry for name, entry in changed.items() if entry != known.get(name)]


def _told(session):
    """What is known of a session (dict); None if it cannot be."""
    told = dict((field, session[field]) for field in _FIELDS if session.get(field) is not None)
    start, end = told.get("start"), told.get("end")
    if not (is_number(start) and is_number(end)) or not 0 <= end - start <= MAX_SECONDS:
        return None
    for field, most in _MOST.items():
        if told.get(field, 0) > most:
            del told[field]
    if "curve" in told:
        told["curve"] = curve_text(told["curve"])
    if "place" in told:
        told["place"] = told["place"][:MAX_PLACE]
    return told


def with_own(entries, own):
    """The entry (dict) that is new or changed by a charge that the car told itself (``own``, dict, as in ``_FIELDS``, and ``levels``).

    BMW's history may have told the same charge before.
    """
    for entry in entries:
        if OWN in entry and entry[OWN].get("start") == own["start"]:
            return dict(entry, own=own)
    same = [entry for entry in entries if BMW in entry and _overlap(entry[BMW], own) > 0]
    if not same:
        return {"id": _new_id(own["start"], set(entry["id"] for entry in entries)), OWN: own}
    same.sort(key=lambda entry: -_overlap(entry[BMW], own))
    for entry in same:
        if "start" not in entry.get(OWN, {}):
            return dict(entry, own=dict(own, **entry.get(OWN, {})))
    return {"id": _new_id(own["start"], set(entry["id"] for entry in entries)), OWN: own, _PART_OF: same[0]["id"]}


def curve_text(points):
    """The text of a curve (list of [epoch seconds, kW or percent])."""
    return json.dumps(points, separators=(",", ":"))[:MAX_CURVE]


def curve_of(text):
    """The points (list of [epoch seconds, number]) of such a text; empty if it has none, or is cut off."""
    try:
        points = json.loads(text or "[]")
    except ValueError:
        return []
    is_curve = isinstance(points, list) and all(isinstance(one, list) and len(one) == 2 and all(map(is_number, one)) for one in points)
    return points if is_curve else []


def _overlap(one, other):
    """Seconds that two charges have in common; below zero: between them."""
    return min(one.get("end") or one["start"], other["end"]) - max(one["start"], other["start"])


def _new_id(start, ids):
    name, number = "{:.0f}".format(start), 1
    while name in ids:
        number += 1
        name = "{:.0f}-{}".format(start, number)
    return name


def _with_energy(entry, capacity):
    """The entry, with our energy from the state of charge where BMW does not tell it. BMW's state of charge counts first."""
    told, own = entry.get(BMW, {}), entry.get(OWN, {})
    is_bmws = None not in (told.get("from"), told.get("to"))
    if told.get("energy") is not None or (own.get("energy") is not None and not is_bmws):
        return entry
    begin, final = [told.get(field, own.get(field)) for field in ("from", "to")]
    energy = energy_of(begin, final, capacity)
    return entry if energy is None else dict(entry, own=dict(own, energy=energy))


def energy_of(begin, final, capacity):
    """kWh that reached a battery of ``capacity`` (kWh) between two states of charge (percent); None if one of them is unknown."""
    if None in (begin, final, capacity):
        return None
    return round(max(0.0, final - begin) / 100.0 * capacity, 3)


def with_prices(entries, price_of):
    """The entries (list) that now get their price. Once it has one, an entry keeps it.

    Args:
        price_of: callable (Charge) -> the price of a kWh, None = unknown.
    """
    priced = []
    for entry in entries:
        charge = charge_of(entry) if "price" not in entry else None
        price = price_of(charge) if charge is not None else None
        if price is not None:
            priced.append(dict(entry, price=price))
    return priced


def price_in(state):
    """The price (float) in the text of an item's state, such as ``0.35`` or ``0.35 EUR/kWh``; None if there is none."""
    found = _PRICE.match(state or "")
    price = float(found.group(1)) if found else None
    return price if price is not None and abs(price) <= MAX_PRICE else None


def merged(entries, changed):
    """The entries (list) with the changed and new ones."""
    by_id = dict((entry["id"], entry) for entry in entries)
    by_id.update((entry["id"], entry) for entry in changed)
    return list(by_id.values())


def stamped(changed, total):
    """The changed entries (list) with the total (kWh) of that moment, so that it never falls."""
    return [dict(entry, total=total) for entry in changed]


def total_of(entries):
    """kWh of all charges. It never falls, whatever is corrected: not below that of any entry."""
    charges = charges_of(entries)
    totals = [round(_energy(charges) + sum(entry["energy"] for entry in entries if entry["id"] == EARLIER), 3)]
    totals += [round(one["energy"] + _energy(charges, one["until"]), 3) for one in entries if one["id"] == RESTORED]
    return max(totals + [entry["total"] for entry in entries if is_number(entry.get("total"))])


def _energy(charges, since=0):
    """The known kWh of the charges that began after ``since``."""
    return sum(charge.energy for charge in charges if charge.energy is not None and charge.start >= since)


def restored(total, now):
    """The entry (dict) that lets the total go on from what was shown, when the log has lost a part."""
    return {"id": RESTORED, "energy": total, "until": now}


def fold(entries):
    """One entry (dict) with the energy of entries that leave the log."""
    before = sum(entry["energy"] for entry in entries if entry["id"] == EARLIER)
    return {"id": EARLIER, "energy": round(_energy(charges_of(entries)) + before, 3), "total": total_of(entries)}


#: key of the vocabulary, without the month -> what it is of a list of charges
_SUMS = (
    ("chargingSessions", len),
    ("energyCharged", lambda charges: _sum([charge.energy for charge in charges], 3)),
    ("chargingCost", lambda charges: _sum([charge.cost for charge in charges], 2)),
)
#: keys of all readings, and those of the costs
TOTAL = "energyChargedTotal"
COSTS = ("chargingCostThisMonth", "chargingCostLastMonth")
KEYS = tuple(name + month for name, _of in _SUMS for month in ("ThisMonth", "LastMonth")) + (TOTAL,)
UNKNOWN = Reading(None)


def readings(entries, now, has_price):
    """{key: Reading} of the sums of this month and the last, and of the total.

    Args:
        has_price (bool): the user has set a price.
    """
    this, before = times.month_start(now, 0), times.month_start(now, 1)
    charges = charges_of(entries)
    found = {TOTAL: total_of(entries)}
    for month, begin, end in (("ThisMonth", this, now + 86400), ("LastMonth", before, this)):
        of_month = [charge for charge in charges if begin <= charge.start < end]
        found.update((name + month, of(of_month)) for name, of in _SUMS)
    if not has_price and not any("price" in entry for entry in entries):
        found.update(dict.fromkeys(COSTS))
    return dict((key, Reading(value)) for key, value in found.items())


def _sum(numbers, digits):
    """The sum, or None if one of them is unknown."""
    return None if None in numbers else round(sum(numbers), digits)
