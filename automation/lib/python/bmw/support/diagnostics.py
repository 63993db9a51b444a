"""The diagnostics report for a forum post: state of the module, an account and its cars, without private data.

Only builds text. ``Cloud.about_account`` and ``Cloud.about_car`` add what only the cloud knows. The report contains no value of a
car. ``bmw.support.dump`` and ``bmw.redact`` clean the whole text, because texts from BMW may contain anything.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw import __version__, config
from bmw.compat import text_type
from bmw.record import record
from bmw.redact import mask_vin
from bmw.support import dump
from bmw.times import distance, span, to_iso

log = logging.getLogger("bmw")

#: The data of a report; times are epoch seconds or None.
#: settings (bmw.config.AccountConfig), cloud (bmw.clouds.base.Cloud), tokens (bmw.clouds.tokens.Tokens or None)
#: memory (dict): what the cloud remembers. state, text: those of the account's items. budget (bmw.polling.budget.Budget)
#: polled_at, next_at; live: has ``about(now)``, or None. publisher: has ``about()``, or None
#: vehicles (list of bmw.vehicle.vehicle.Vehicle), left_out (list of str): VINs of cars that the account cannot read
Facts = record("Facts", "settings cloud tokens memory state text budget polled_at next_at live publisher vehicles left_out")

#: The environment. versions (list of text). warnings: callable, see ``bmw.support.log_tail.LogTail.lines``.
Surroundings = record("Surroundings", "versions warnings")

#: limits that fit into a forum post: cars, characters of a line
MAX_CARS = 10
MAX_LINE = 1500


def report(facts, surroundings, now):
    """The report (text of several lines).

    Args:
        facts (Facts), surroundings (Surroundings), now (float): epoch seconds.
    """
    lines = ["BMW diagnostics, {}".format(to_iso(now)[:16].replace("T", " ") + " UTC")]
    for name, block in _BLOCKS:
        try:
            lines += block(facts, surroundings, now)
        except Exception as error:  # a report is needed most when something is broken, so the other blocks go on
            log.debug("No '%s' in the report", name, exc_info=True)
            lines.append("{}: not available ({})".format(name, type(error).__name__))
    text = dump.anonymous("\n".join(lines), _secrets(facts))
    return "\n".join(line[:MAX_LINE] for line in text.splitlines())


def _versions(_facts, surroundings, _now):
    return ["versions: " + ", ".join(["module " + __version__] + list(surroundings.versions))]


def _account(facts, _surroundings, now):
    state = "{} ({})".format(facts.state, facts.text) if facts.state else "not started"
    lines = ["cloud: " + facts.cloud.title, "account: " + state]
    if facts.tokens is None:
        return lines + ["token: none, not signed in"]
    ends = facts.tokens.expires_at
    return lines + ["token: {} {}".format("ends" if ends is not None and ends > now else "ended", distance(ends, now))]


def _cloud(facts, _surroundings, _now):
    return facts.cloud.about_account(facts.tokens, facts.memory)


def _stream(facts, _surroundings, now):
    return facts.live.about(now) if facts.live is not None else []


def _relay(facts, _surroundings, _now):
    return [facts.publisher.about()] if facts.publisher is not None else []


def _calls(facts, _surroundings, now):
    limit = facts.budget.limit
    line = "calls: " + ("{} of {} left".format(facts.budget.left(now), limit) if limit is not None else "not limited")
    line += "; last refresh {}".format(distance(facts.polled_at, now))
    if facts.next_at is not None:
        line += ", next {}".format(distance(facts.next_at, now) if facts.next_at > now else "is due")
    if facts.budget.blocked_until > now:
        line += "; BMW refused, none for another {}".format(span(facts.budget.blocked_until - now))
    return [line]


def _settings(facts, _surroundings, _now):
    """Settings that differ from the defaults; only the key if the value may be private."""
    changed = []
    for key, setting in sorted(config.SETTINGS.items()):
        value = getattr(facts.settings, str(key))
        if value != setting.default:
            changed.append("{}={}".format(key, value) if setting.privacy == config.PUBLIC else key)
    return ["settings: " + (", ".join(changed) or "as by default")]


def _cars(facts, _surroundings, now):
    left_out = ["left out: {} (not its primary user)".format(mask_vin(vin)) for vin in facts.left_out[:MAX_CARS]]
    if not facts.vehicles:
        return ["cars: none known"] + left_out
    lines = [line for vehicle in facts.vehicles[:MAX_CARS] for line in _car(facts, vehicle, now)]
    more = len(facts.vehicles) - MAX_CARS
    return lines + (["and {} more cars".format(more)] if more > 0 else []) + left_out


def _car(facts, vehicle, now):
    about = [text_type(vehicle.facts[key]) for key in ("model", "driveTrain") if vehicle.facts.get(key)]
    known = [key for key, reading in dict(vehicle.readings).items() if reading.value is not None]
    updated = vehicle.readings.get("lastUpdate")
    head = "car {}: {}; {} values, last update {}".format(
        vehicle.name or "without a name yet",
        ", ".join(about + [mask_vin(vehicle.vin)]),
        len(known),
        distance(updated.value if updated is not None else None, now),
    )
    return [head] + ["  " + line for line in facts.cloud.about_car(facts.memory, vehicle)]


def _warnings(_facts, surroundings, now):
    told = [(text, "{} times, the last ".format(count) if count > 1 else "", at) for text, count, at in surroundings.warnings()]
    lines = ["  {}{}: {}".format(often, distance(at, now), text) for text, often, at in told]
    return ["last warnings:"] + lines if lines else ["last warnings: none since the start"]


_BLOCKS = (
    ("versions", _versions),
    ("account", _account),
    ("cloud", _cloud),
    ("stream", _stream),
    ("relay", _relay),
    ("calls", _calls),
    ("settings", _settings),
    ("cars", _cars),
    ("last warnings", _warnings),
)


def _secrets(facts):
    """Texts that must not be in the report."""
    private = [getattr(facts.settings, str(key)) for key in config.keys_of(config.PRIVATE, config.NAME, config.SECRET)]
    tokens = facts.tokens
    private += [tokens.access_token, tokens.refresh_token, tokens.id_token, tokens.gcid] if tokens is not None else []
    private += facts.left_out
    for vehicle in facts.vehicles:
        readings = dict(vehicle.readings)
        private += [vehicle.vin] + [readings[key].value for key in dump.OUR_WORDS if key in readings]
    return [text for text in private if isinstance(text, text_type)]
