"""Reads and checks the user's settings in ``conf/services/bmw.cfg``.

An error is reported in one line and affects only its own setting: an unknown key is ignored, and a bad value is replaced by the
default, or for the lock by the safe value. An account without its required settings stays off; the others run.
"""

from __future__ import absolute_import, unicode_literals

import logging
import os

from bmw import clouds, cron
from bmw.compat import lines_of, lower, text_of_file, text_type
from bmw.errors import ConfigError, StoreError
from bmw.net import mqtt
from bmw.net.http import TIMEOUT, checked_base
from bmw.pattern import Pattern
from bmw.redact import remember
from bmw.storage import files, secret_source

log = logging.getLogger("bmw")

#: name of the account for keys without an account name
DEFAULT = ""

DEFAULT_REFRESH_MINUTES = 30
#: mistakes of one kind that are told one by one: a wrong file has thousands of them
MAX_NAMED = 10
#: what to do about a line without '=': people post openHAB's log in the forum
_IN_THE_LOG = "write key = value; openHAB itself writes the whole line into openhab.log, so if it has a password, remove it there too"
#: stands for bytes that were not UTF-8
_NOT_UTF8 = "\ufffd"
_UUID = Pattern(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_DIGITS = Pattern("^[0-9]{1,9}$")
ITEM_NAME = Pattern(r"^[A-Za-z_][A-Za-z0-9_]*$")
_ACCOUNT_NAME = Pattern(r"^[a-z][a-z0-9]*$")
#: a topic to publish to, without wildcards and empty levels; {car} stands for a car's name
_TOPIC = Pattern(r"^[^/#+$\x00-\x1f][^/#+\x00-\x1f]*(/[^/#+\x00-\x1f]+)*\Z")
MAX_TOPIC = 200
#: what can be a key, also a mistyped one
_KEY = Pattern(r"[A-Za-z0-9_.-]*\Z")


def _cloud(text):
    if text not in clouds.CLOUDS:
        raise ConfigError("there is no cloud '{}'".format(text), "use one of {}".format(", ".join(sorted(clouds.CLOUDS))))
    return text


def _client_id(text):
    text = lower(text.strip())  # some portals show it in upper case; the server requires lower case
    if not _UUID.match(text):
        raise ConfigError(
            "the client id is not of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
            "copy it from the CarData page of the BMW portal",
        )
    return text


def _refresh(text):
    if _DIGITS.match(text):
        minutes = int(text)
        if minutes not in cron.STEPS:
            steps = ", ".join(text_type(step) for step in cron.STEPS)
            raise ConfigError("refresh is {} minutes".format(text), "use one of {} or a cron expression".format(steps))
        return minutes
    return cron.check(text)


def _whole(lowest, highest):
    def parse(text):
        if not _DIGITS.match(text) or not lowest <= int(text) <= highest:
            raise ConfigError("'{}' is not a whole number from {} to {}".format(text, lowest, highest))
        return int(text)

    return parse


def _capacity(text):
    try:
        kwh = float(text.replace(",", "."))
    except ValueError:
        kwh = 0
    if not 1 <= kwh <= 300:
        raise ConfigError("'{}' is not a battery capacity".format(text), "write kWh, for example 27.2")
    return kwh


def _price(text):
    """A number, or the name of an item."""
    if ITEM_NAME.match(text):
        return text
    try:
        price = float(text.replace(",", "."))
    except ValueError:
        price = -1
    if not 0 <= price <= 100:
        raise ConfigError("'{}' is no price of a kWh".format(text), "write a number such as 0.35, or the name of an item")
    return price


def _item_name(text):
    if not ITEM_NAME.match(text):
        raise ConfigError("'{}' is not an item name".format(text), "use letters, digits and _")
    return text


def _item_prefix(text):
    if not ITEM_NAME.match(text):
        raise ConfigError("'{}' cannot start an item name".format(text), "use letters, digits and _")
    return text


def _one_of(*choices):
    def parse(text):
        if text not in choices:
            raise ConfigError("'{}' is not a valid value".format(text), "use one of {}".format(", ".join(choices)))
        return text

    return parse


def _yes_no(text):
    words = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
    if lower(text) not in words:
        raise ConfigError("'{}' is neither yes nor no".format(text))
    return words[lower(text)]


def _extra(text):
    from bmw.vehicle import extra  # not at the top, as few users need it

    if lower(text) == extra.ALL:
        return extra.ALL
    names = extra.names_of(text)
    wrong = [name for name in names if extra.key_of(name) is None]
    if wrong:
        raise ConfigError(
            "'{}' is not a BMW descriptor".format(wrong[0]), "write all, or names like vehicle.vehicle.timeSetting, separated by commas"
        )
    return ", ".join(names)


def _places(text):
    from bmw.places import setting  # not at the top, as few users need it

    return setting.places(text)


def _text(text):
    return text


def _secret(text):
    remember(text)
    return text


def _base(text):
    return checked_base(text, "the address")


def _broker_url(text):
    mqtt.parse_url(text)
    return text


def _topic(text):
    if len(text) > MAX_TOPIC or not _TOPIC.match(text):
        raise ConfigError("it is no topic to publish to", "write words with / between them, without # and +")
    return text


#: who may see a setting's value. PUBLIC: reports show it. HARMLESS: reports do not show it, other texts may. PRIVATE: it is removed
#: from reports. NAME, SECRET: as PRIVATE, and the value may be elsewhere (``bmw.storage.secret_source``); a NAME alone gives no access
PUBLIC, HARMLESS, PRIVATE, NAME, SECRET = "public", "harmless", "private", "name", "secret"


class Setting(object):
    """One key of the file: its parser, who may see its value, its default, and whether it is global (not per account).

    ``careful``: the value to use if the written one is invalid; None = ignore the invalid value.
    """

    def __init__(self, parse, privacy, default=None, is_global=False, careful=None):
        self.parse = parse
        self.privacy = privacy
        self.default = default
        self.is_global = is_global
        self.careful = careful


SETTINGS = {
    "cloud": Setting(_cloud, PUBLIC, "cardata"),
    "client_id": Setting(_client_id, PRIVATE),
    "refresh": Setting(_refresh, PUBLIC, DEFAULT_REFRESH_MINUTES),
    "calls_per_day": Setting(_whole(10, 1000000), PUBLIC, 50),
    "username": Setting(_secret, NAME),
    "password": Setting(_secret, SECRET),
    "api_key": Setting(_secret, SECRET),
    "api_secret": Setting(_secret, SECRET),
    "security_answer": Setting(_secret, SECRET),
    "region": Setting(_one_of("row", "na", "cn"), PUBLIC, "row"),
    "brand": Setting(_one_of("bmw", "mini", "toyota"), PUBLIC, "bmw"),
    "app_version": Setting(_text, HARMLESS, "4.9.2(36892)"),
    "stream": Setting(_one_of("on", "off"), PUBLIC, "on"),
    "stream_url": Setting(_broker_url, PRIVATE),
    "stream_topic": Setting(_text, PRIVATE),
    "stream_user": Setting(_secret, NAME),
    "stream_password": Setting(_secret, SECRET),
    "relay_url": Setting(_broker_url, PRIVATE),
    "relay_topic": Setting(_topic, HARMLESS, "bmw"),
    "relay_values": Setting(_topic, HARMLESS),
    "relay_user": Setting(_secret, NAME),
    "relay_password": Setting(_secret, SECRET),
    "battery_capacity": Setting(_capacity, PUBLIC),
    "price": Setting(_price, HARMLESS),
    "wallbox_power_item": Setting(_item_name, HARMLESS),
    "home_radius": Setting(_whole(20, 5000), PUBLIC, 150),
    "places": Setting(_places, PRIVATE, ()),
    "extra": Setting(_extra, PUBLIC, ""),
    "allow_unlock": Setting(_yes_no, PUBLIC, False, careful=False),
    "confirm_unlock": Setting(_yes_no, PUBLIC, False, careful=True),
    "data": Setting(_yes_no, PUBLIC, True),
    "commands": Setting(_text, PUBLIC, ""),
    "timeout": Setting(_whole(1, 300), PUBLIC, TIMEOUT),
    "command_timeout": Setting(_whole(1, 3600), PUBLIC),
    "auth_url": Setting(_base, PRIVATE),
    "api_url": Setting(_base, PRIVATE),
    "item_prefix": Setting(_item_prefix, HARMLESS, "BMW", is_global=True),
    "names": Setting(_text, HARMLESS, "", is_global=True),
    "language": Setting(_one_of("en", "de"), PUBLIC, "en", is_global=True),
    "sitemap": Setting(_yes_no, PUBLIC, True, is_global=True),
}


def keys_of(*privacies):
    """The keys (sorted list) of the settings with one of these privacies."""
    return sorted(key for key, setting in SETTINGS.items() if setting.privacy in privacies)


_MAY_BE_ELSEWHERE = frozenset(keys_of(NAME, SECRET))


class AccountConfig(object):
    """The settings of one account, as attributes named like the keys.

    Attributes:
        name (str): '' for the only or first account.
        problem (ConfigError or None): why this account cannot work at all.
    """

    def __init__(self, name, values, problem=None):
        self.name = name
        self.problem = problem
        for key, setting in SETTINGS.items():
            setattr(self, str(key), values.get(key, setting.default))

    def cron(self):
        """The cron expression of the refresh."""
        if isinstance(self.refresh, int):
            return cron.spread(self.refresh, self.client_id or self.name)
        return self.refresh


class Config(object):
    """All settings.

    Attributes:
        accounts (list of AccountConfig): at least one.
        problems (list of ConfigError): errors in the file that stop no account.
        secret_files (list of str): files with secret settings.
        item_prefix, names, language: see ``conf/services/bmw.cfg``.
    """

    def __init__(self, accounts, problems, values, secret_files=()):
        self.accounts = accounts
        self.problems = problems
        self.secret_files = [path for path in secret_files if path]
        for key, setting in SETTINGS.items():
            if setting.is_global:
                setattr(self, str(key), values.get(key, setting.default))


def load(path):
    """The Config of a file. Never raises: a missing or unreadable file becomes the problem of the only account."""
    try:
        data = files.read_settings(path)
    except StoreError as error:
        return Config([AccountConfig(DEFAULT, {}, ConfigError(error.problem, error.advice))], [], {})
    if data is None:
        problem = ConfigError("The file {} is missing".format(os.path.basename(path)), "copy it to conf/services and fill in client_id")
        return Config([AccountConfig(DEFAULT, {}, problem)], [], {})
    return parse(text_of_file(data), os.path.dirname(os.path.abspath(path)), files.is_open_to_all(path))


def parse(text, folder="", is_open=False):
    """The Config of a file's text; errors are collected in ``problems``.

    Args:
        folder (str): folder of the file, base of relative paths of secret files.
        is_open (bool): True if everybody on the machine may read the file.
    """
    problems, unread, unknown = [], [], []
    pairs = _unique(_pairs(text, unread))
    names = _account_names(pairs.pop("accounts", ""), problems)
    values = dict((name, {}) for name in [DEFAULT] + names)
    for key, value in pairs.items():
        account, _, setting = key.rpartition(".")
        if account not in values or setting not in SETTINGS or (account and SETTINGS[setting].is_global):
            unknown.append(key)
            continue
        try:
            if setting in _MAY_BE_ELSEWHERE:
                value = secret_source.resolve(value, folder)
            if _NOT_UTF8 in value:  # a wrong password, sent again and again, would lock the account
                raise ConfigError("it has a character that is not UTF-8", "save the file as UTF-8")
            values[account][setting] = SETTINGS[setting].parse(value)
        except ConfigError as error:
            problems.append(ConfigError("{}: {}".format(key, error.problem), error.advice))
            if SETTINGS[setting].careful is not None:
                values[account][setting] = SETTINGS[setting].careful
    problems = few(unread) + few(unknown, lambda key: _unknown(key, names)) + problems
    shared = values[DEFAULT]
    accounts = [_account(name, _merged(shared, values[name]), problems) for name in names or [DEFAULT]]
    for account in accounts:
        if account.commands and account.commands not in names:
            problems.append(ConfigError("commands: there is no account '{}'".format(account.commands), "name one of accounts"))
            account.commands = ""
    problems.extend(_shared_clients(accounts))
    problems.extend(problem for account in accounts for problem in _without_relay(account))
    problems.extend(_shared_topics(accounts))
    problems.extend(_without_effect(accounts, values if names else {DEFAULT: shared}))
    secrets = dict((key, value) for key, value in pairs.items() if key.rpartition(".")[2] in _MAY_BE_ELSEWHERE)
    of_accounts = [value for key, value in secrets.items() if key.rpartition(".")[0] in values]
    if is_open:
        problems.extend(_shown_to_all(secrets))
    return Config(accounts, problems, shared, [secret_source.path(value, folder) for value in of_accounts])


def _shown_to_all(secrets):
    """The problem (list of at most one) that everybody on the machine can read passwords in the file."""
    literal = sorted(key for key, value in secrets.items() if secret_source.is_literal(value))
    shown = [key for key in literal if SETTINGS[key.rpartition(".")[2]].privacy == SECRET][:MAX_NAMED]
    # to make the file private is not enough: openHAB's copy in userdata/config is as readable as openHAB's other files
    advice = "write file:NAME or env:NAME instead of the secret; chmod alone is not enough, as openHAB copies bmw.cfg into userdata/config"
    return [ConfigError("everybody on this machine can read {}".format(" and ".join(shown)), advice)] if shown else []


def _shared_clients(accounts):
    """Problems (list of ConfigError) of accounts with the same client: each would take the stream and the calls from the others."""
    owners = {}
    for account in accounts:
        cloud = clouds.find(account.cloud)
        if cloud.HOLDER == "client_id" and account.client_id:
            owners.setdefault((account.client_id,) + tuple(cloud.bases(account)), []).append(account.name)
    advice = (
        "BMW allows one stream and one number of calls a day for it, so make a client for each BMW account, or remove one of them"
        " from accounts"
    )
    shared = [names for names in owners.values() if len(names) > 1]
    return [ConfigError("{} have the same client_id".format(" and ".join(names)), advice) for names in sorted(shared)]


def _without_relay(account):
    """Problems (list of ConfigError) of an account's relay. A relay that could send each message round for ever is switched off."""
    if account.relay_url is None:
        written = [key for key in _FOR_RELAY if getattr(account, str(key)) != SETTINGS[key].default]
        return [_no_effect(account, key, "{} is not set".format(_key(account, "relay_url"))) for key in written]
    cloud = clouds.find(account.cloud)
    if account.stream == "on" and cloud.STREAMS and not cloud.relays(account):
        account.relay_url = None
        return [
            _no_effect(account, "relay_url", "the stream comes from a broker at home (stream_url), which other programs can read as well")
        ]
    if not cloud.relays(account) and not (account.data and account.relay_values):
        account.relay_url = None
        reason = "there is no stream to pass on, and relay_values is not set"
        return [_no_effect(account, "relay_url", reason)] if account.data else []
    problems = []
    if account.relay_password and not account.relay_user:
        problems.append(_no_effect(account, "relay_password", "{} is not set".format(_key(account, "relay_user"))))
    if account.relay_values == account.relay_topic:
        account.relay_values = None
        problems.append(_no_effect(account, "relay_values", "relay_topic is the same, and programs that read it expect BMW's messages"))
    return problems


#: settings that say what is published; without relay_url nothing is
_FOR_RELAY = ("relay_topic", "relay_values")


def _shared_topics(accounts):
    """Problems (list of ConfigError) of accounts that publish to the same topics: each would overwrite what the other says."""
    problems = []
    for key in ("relay_topic", "relay_values"):
        owners = {}
        for account in accounts:
            publishes = account.data if key == "relay_values" else clouds.find(account.cloud).relays(account)
            if account.relay_url and getattr(account, str(key)) and publishes:
                owners.setdefault((account.relay_url, getattr(account, str(key))), []).append(account.name)
        advice = "each overwrites what the other says, so write one for each account, such as {}.{}".format("{}", key)
        shared = [names for names in owners.values() if len(names) > 1]
        problems += [
            ConfigError("{} have the same {}".format(" and ".join(names), key), advice.format(names[0])) for names in sorted(shared)
        ]
    return problems


def _without_effect(accounts, values):
    """Problems (list of ConfigError) of command settings without effect, so that nobody relies on them.

    Args:
        values (dict): name of an account -> the settings written for this account only.
    """
    by_name = dict((account.name, account) for account in accounts)
    problems = []
    for account in accounts:
        sender = by_name.get(account.commands, account)
        own = values[account.name]
        if not clouds.find(sender.cloud).COMMANDS:
            written = ["commands"] if sender is not account else [key for key in _FOR_COMMANDS if own.get(key)]
            problems.extend(_no_effect(account, key, "{} takes no commands".format(clouds.find(sender.cloud).title)) for key in written)
        elif sender is not account:
            problems.extend(_without_effect_in_pair(account, sender, own))
    return problems


#: settings for the lock; only clouds with commands use them
_FOR_COMMANDS = ("allow_unlock", "confirm_unlock")


def _without_effect_in_pair(account, sender, own):
    """The same for an account whose commands another account sends. The stricter setting of the two counts."""
    if not account.data:
        yield _no_effect(account, "commands", "{} is no".format(_key(account, "data")))
    elif account.allow_unlock and not sender.allow_unlock:
        yield _no_effect(account, "allow_unlock", "{} is no".format(_key(sender, "allow_unlock")))
    elif sender.allow_unlock and not account.allow_unlock and not sender.data:
        yield _no_effect(sender, "allow_unlock", "{} is no".format(_key(account, "allow_unlock")))
    if "command_timeout" in own:
        yield _no_effect(account, "command_timeout", "{} sends the commands".format(sender.name))


def _no_effect(account, setting, reason):
    return ConfigError("{} has no effect".format(_key(account, setting)), reason)


def _key(account, setting):
    return "{}.{}".format(account.name, setting) if account.name else setting


def _merged(shared, own):
    values = dict(shared)
    values.update(own)
    return values


def _pairs(text, problems):
    for number, line in enumerate(lines_of(text.lstrip("\ufeff")), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        key, equals, value = line.partition("=")
        key, value = key.strip(), value.strip()
        if not equals:
            problems.append(ConfigError("line {} has no '='".format(number), _IN_THE_LOG))
        elif not _KEY.match(key) or value == "=":
            # a secret may stand before the '=', as in "password: abc=def", or end with it, so nothing of the line is shown
            problems.append(ConfigError("line {} is not understood".format(number), "write key = value"))
        elif value:
            yield key, value


def _unique(pairs):
    """{key: value}; of two lines the last one counts, but where they do not agree on what opens the car: then neither is believed."""
    found = {}
    for key, value in pairs:
        if found.get(key, value) != value and key.rpartition(".")[2] in _FOR_COMMANDS:
            value = "{} and {}".format(found[key], value)
        found[key] = value
    return found


def _account_names(text, problems):
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if not _ACCOUNT_NAME.match(name):
            problems.append(ConfigError("accounts: '{}' is not a name".format(name), "use small letters and digits"))
    return [name for number, name in enumerate(names) if _ACCOUNT_NAME.match(name) and name not in names[:number]]


def few(found, told=lambda problem: problem):
    """The problems (list of ConfigError) of what was found: one each for the first, made by ``told``, and how many more there are."""
    more = len(found) - MAX_NAMED
    rest = [ConfigError("{} more lines like these are ignored".format(more), "is it the right file?")] if more > 0 else []
    return [told(one) for one in found[:MAX_NAMED]] + rest


def _unknown(key, accounts):
    import difflib  # not at the top: rarely needed and slow to load

    known = sorted(SETTINGS) + ["accounts"] + ["{}.{}".format(a, s) for a in accounts for s in SETTINGS]
    near = difflib.get_close_matches(key, known, 1)
    return ConfigError("the key '{}' is unknown and ignored".format(key), "did you mean '{}'?".format(near[0]) if near else "")


def _account(name, values, problems):
    cloud = clouds.find(values.get("cloud", SETTINGS["cloud"].default))
    missing = [key for key in cloud.NEEDS if key not in values]
    problem = None
    if missing:
        lines = tuple(start.format(key) for key in missing for start in ("{}: ", name + ".{}: "))
        wrong = [p for p in problems if p.problem.startswith(lines)]
        problem = wrong[0] if wrong else ConfigError("{} is not set".format(" and ".join(missing)), cloud.NEEDS[missing[0]])
    return AccountConfig(name, values, problem)
