"""The command line on CPython, to try an account on a computer before installing it in openHAB: ``python3 -m bmw --help``.

Handles arguments, printing and exit codes; the same services as inside openHAB do the work (``bmw.cli.accounts``).
Exit codes: 0 success, 1 failure, 2 wrong usage, 130 interrupted.
"""

from __future__ import absolute_import, unicode_literals

import argparse
import json
import logging
import os
import re
import sys
import time

from bmw import __version__, assembly, config
from bmw.cli import charges_table, sheet, table, trips_table
from bmw.cli.accounts import CliError, advised, open_accounts
from bmw.commands import definitions
from bmw.commands.unlocking import CONFIRM, CONFIRM_AFTER
from bmw.compat import lower, to_bytes
from bmw.errors import BmwError, SignInFailed
from bmw.items import items_file, items_yaml, names
from bmw.items.model import Model
from bmw.net.http import RequestsTransport
from bmw.redact import clean
from bmw.storage import files
from bmw.support import dump
from bmw.times import SystemClock

#: required packages; import name and PyPI name are the same
NEEDED = ("requests", "cryptography")

_DESCRIPTION = "BMW cars on the command line: sign in, show the car, send a command. It uses the settings in openHAB's bmw.cfg."
_EPILOG = (
    "Tokens and states are stored sealed in the store folder. BMW CarData allows 50 calls a day per user. The store counts the calls"
    " made here, but not those of an openHAB elsewhere."
)


_NO_LOG = "openHAB keeps the log in its folder userdata/bmw: give that with --store, as openHAB's user"
#: items that show the progress of a command
_COMMAND_LIFE = ["commandStatus", "lastCommand"]


class Terminal(object):
    """Input and output of the command line. ``out``, ``err``, ``input``: text streams."""

    def __init__(self, out=None, err=None, input=None):
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._input = input or sys.stdin

    def say(self, text):
        """Prints a line of the result."""
        self._out.write(text + "\n")
        self._out.flush()

    def note(self, text):
        """Prints a remark to the error stream, so that JSON can be piped."""
        self._err.write(text + "\n")

    def read(self):
        """Reads one line from the user or a pipe."""
        return self._input.readline().strip()


def main(arguments=None, terminal=None, transport=None, clock=None, sleep=time.sleep):
    """Runs the command line; returns the exit code.

    Args:
        arguments (list of str or None): None = arguments of the process.
        terminal (Terminal), transport (see ``bmw.net.http``), clock, sleep: None = the real ones.
    """
    terminal = terminal or Terminal()
    options = _parser().parse_args(arguments)
    missing = [name for name in NEEDED if not _is_installed(name)]
    if missing:
        packages = " ".join("python3-" + name for name in missing)
        terminal.note(
            "Missing: {0}. Install with: python3 -m pip install {0}, on Debian: sudo apt install {1}".format(" ".join(missing), packages)
        )
        return 2
    handler = _log_handler(terminal, options)
    logging.getLogger("bmw").addHandler(handler)
    try:
        return _run(options, terminal, transport or RequestsTransport(), clock or SystemClock(), sleep)
    except BmwError as error:
        terminal.note(clean(advised(error.text())))
        return 1
    except KeyboardInterrupt:
        terminal.note("Interrupted")
        return 130
    finally:
        logging.getLogger("bmw").removeHandler(handler)


def _run(options, terminal, transport, clock, sleep):
    settings = config.load(_option(options, "config", "bmw.cfg"))
    for problem in settings.problems:
        terminal.note("bmw.cfg: " + problem.text())
    recorder = dump.Recorder(transport)
    accounts = open_accounts(settings, _option(options, "store", _default_store()), recorder, clock, sleep)
    chosen = _of_account(accounts, _option(options, "account", None))
    code = options.do(options, chosen, terminal, Context(settings, recorder))
    for account in chosen:
        left = account.service.calls_left()
        if left is not None and not account.config.problem:
            name = " of account " + account.config.name if account.config.name else ""
            terminal.note("{} of {} calls left today{}".format(left, account.config.calls_per_day, name))
    return code


class Context(object):
    """Further data for commands: settings (bmw.config.Config), recorder (bmw.support.dump.Recorder)."""

    def __init__(self, settings, recorder):
        self.settings = settings
        self.recorder = recorder


# the commands: (options, accounts, terminal, context) -> exit code


def sign_in(options, accounts, terminal, _context):
    code = 0
    for account in accounts:
        try:
            _sign_in(options, account, terminal)
        except BmwError as error:
            terminal.note(_prefix(account) + clean(advised(error.text())))
            code = 1
    return code


def _sign_in(options, account, terminal):
    def show_prompt(link, code):
        terminal.say("Open {} and approve the code {}".format(link, code))
        terminal.say("Waiting for your approval ...")

    answer = options.captcha
    if answer == "-":
        answer = terminal.read()
    elif not answer and account.cloud.ASKS_FOR_INPUT and not account.config.problem:
        answer = _ask_for_input(account, terminal)
    account.sign_in(answer, show_prompt)
    terminal.say("{}Signed in to {}".format(_prefix(account), account.cloud.title))
    if account.trouble():
        terminal.note(_prefix(account) + account.trouble())
    for vehicle in account.service.vehicles():
        terminal.say(table.car_line(account.config.name, vehicle))


def _ask_for_input(account, terminal):
    """Input from the user for the cloud's sign-in. The cloud's own error text says what it needs."""
    try:
        account.cloud.begin_sign_in(None)
    except SignInFailed as what:
        terminal.say(advised(what.text()))
    terminal.say("Token (a long one may be cut by the terminal; then use --captcha - and a pipe):")
    return terminal.read()


def list_cars(options, accounts, terminal, _context):
    for account in accounts:
        if not account.service.vehicles():
            account.update()
        for vehicle in account.service.vehicles():
            terminal.say(table.car_line(account.config.name, vehicle))
    return 0


def show(options, accounts, terminal, context):
    accounts = [account for account in accounts if _has(account, options.car)] or accounts
    troubles = _updated(accounts)
    for trouble in troubles:
        terminal.note(trouble)
    cars = [(account, vehicle) for account in accounts for vehicle in _named(account, options.car)]
    if not cars and not troubles:
        raise _no_car(options.car, accounts)
    rows = [(account.config.name, vehicle, account.service.can_command) for account, vehicle in cars]
    if options.json:
        terminal.say(_json([table.as_json(*row) for row in rows]))
    else:
        terminal.say("\n\n".join(table.table(account, vehicle, context.settings.language) for account, vehicle, _can in rows))
    return 1 if troubles else 0


def _updated(accounts):
    """Polls all accounts and returns the errors (list of text). Known values stay after an error."""
    troubles = []
    for account in accounts:
        try:
            account.update()
        except BmwError as error:
            troubles.append(_prefix(account) + clean(advised(error.text())))
    return troubles


def send(options, accounts, terminal, context):
    command, arguments = definitions.of_text(" ".join([options.what] + options.arguments))
    accounts = _with_cars(accounts, context.settings)
    for account in accounts:
        if not account.service.vehicles():
            account.update()
    found = [(account, vehicle) for account in accounts for vehicle in _named(account, options.car)]
    if not found:
        raise _no_car(options.car, accounts)
    if len(found) > 1:
        raise CliError("There are several cars '{}'".format(options.car), "name the account with --account")
    account, vehicle = found[0]
    reasons = []

    def show(state, why):
        reasons.append(why)
        terminal.say("{}: {}".format(state, why) if why else state)

    state = account.send(vehicle, command, arguments, show)
    if reasons[-1] == CONFIRM:
        terminal.note("Type {} to confirm".format(definitions.UNLOCK))
        if terminal.read() == definitions.UNLOCK:
            account.rest(CONFIRM_AFTER)  # the answer may come from a program, and at once
            state = account.send(vehicle, command, arguments, show)
    return 0 if state == definitions.EXECUTED else 1


def _with_cars(accounts, settings):
    """The accounts without those that only send for others: through these a car would be reached without its account's settings."""
    senders = assembly.senders(settings.accounts)
    shown = [account for account in accounts if account.config.name not in senders]
    if not shown:
        name = accounts[0].config.name
        raise CliError("The account {} only sends the commands of {}".format(name, senders[name]), "name that one with --account")
    return shown


def make_dump(options, accounts, terminal, context):
    reports = []
    for account in accounts:
        account.need_sign_in()
        del context.recorder.exchanges[:]
        vehicles, troubles = dump.ask_all(account.cloud, account.service.session({}))
        reports.append(dump.report(account.cloud.title, account.config, vehicles, troubles, context.recorder.exchanges))
    text = _json(reports)
    if options.output:
        _write_output(options.output, text + "\n")
    else:
        terminal.say(text)
    return 0


def _write_output(path, text):
    # the new file replaces what is there; as root, that would be the device or the link itself
    if os.path.lexists(path) and (os.path.islink(path) or not os.path.isfile(path)):
        raise CliError("{} is not a plain file".format(path), "name another one with --output")
    files.write(os.path.abspath(path), to_bytes(text))


def print_items(options, accounts, terminal, context):
    settings = context.settings
    conf = os.path.dirname(os.path.dirname(os.path.abspath(_option(options, "config", "bmw.cfg"))))
    own_names, problems = names.load(settings.names, conf, settings.item_prefix, [one.name for one in settings.accounts])
    for problem in problems:
        terminal.note("bmw.cfg: " + problem.text())
    specs = []
    for number, account in enumerate(accounts):
        if not account.service.vehicles():
            account.update()
        model = Model(settings.item_prefix, account.config.name, settings.language, {} if number else own_names)
        can = account.service.can_command
        keys = [key for key, wanted in definitions.ITEMS.items() if can.intersection(wanted)]
        specs += items_file.specs_of(model, account.service.vehicles(), keys + _COMMAND_LIFE if keys else ())
    written = items_yaml.items_yaml(specs) if options.yaml else items_file.items_file(specs)
    terminal.say(written.rstrip())
    return 0


def list_charges(options, accounts, terminal, context):
    return _list_log(options, accounts, terminal, context.settings.language, charges_table, lambda account, car: account.charges(car))


def list_trips(options, accounts, terminal, context):
    return _list_log(options, accounts, terminal, context.settings.language, trips_table, lambda account, car: account.trips(car))


def _list_log(options, accounts, terminal, language, table_of, entries_of):
    """Prints a log, or writes it to a file. ``table_of``: module with ``text`` and ``csv``; ``entries_of``: callable (account, vehicle)."""
    cars = []
    for account in accounts:
        every = account.service.vehicles() + account.service.former_vehicles()
        for vehicle in [one for one in every if options.car is None or lower(one.name) == lower(options.car)]:
            cars.append((vehicle, sheet.chosen(entries_of(account, vehicle), options.month, options.year)))
    if options.car is not None and not cars:
        raise _no_car(options.car, accounts)
    if not any(entries for _vehicle, entries in cars):
        raise CliError("There is nothing of that in {}".format(_option(options, "store", _default_store())), _NO_LOG)
    if options.csv or options.output:
        text = table_of.csv(cars, language, options.vin)
    else:
        text = "\n\n".join(table_of.text(vehicle, entries, language) for vehicle, entries in cars if entries)
    if options.output:
        _write_output(options.output, text)
    else:
        terminal.say(text.rstrip("\n"))
    return 0


# arguments


def _month(text):
    return _matched(r"[0-9]{4}-(0[1-9]|1[0-2])\Z", text, "a month such as 2026-11")


def _year(text):
    return _matched(r"[0-9]{4}\Z", text, "a year such as 2026")


def _matched(pattern, text, what):
    if not re.match(pattern, text):
        raise argparse.ArgumentTypeError("{} is not {}".format(text, what))
    return text


def _parser():
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--config", metavar="FILE", help="the settings (default: ./bmw.cfg)")
    common.add_argument("--store", metavar="FOLDER", help="where tokens are kept (default: {})".format(_default_store()))
    common.add_argument("--account", metavar="NAME", help="one of several accounts in the settings")
    common.add_argument("--verbose", action="store_true", help="show the log")
    parser = argparse.ArgumentParser(prog="bmw", description=_DESCRIPTION, epilog=_EPILOG, parents=[common])
    parser.add_argument("--version", action="version", version=__version__)
    actions = parser.add_subparsers(dest="command", metavar="COMMAND")
    actions.required = True

    def add(name, do, text):
        action = actions.add_parser(name, help=text, description=text, parents=[common])
        action.set_defaults(do=do)
        return action

    action = add("sign-in", sign_in, "Sign in. Shows a link and a code and waits; clouds with user and password sign in at once.")
    action.add_argument("--captcha", metavar="TOKEN", help="a solved captcha, if BMW asks for one; - reads it from standard input")
    add("cars", list_cars, "List the cars of the account.")
    action = add("show", show, "Poll BMW and show all known values of one car or all cars.")
    action.add_argument("car", metavar="CAR", nargs="?", help="short name as 'cars' lists it")
    action.add_argument("--json", action="store_true", help="as JSON")
    action = add("send", send, "Send a command and wait for its end; exit code 0 only if it was executed.")
    action.add_argument("car", metavar="CAR", help="short name as 'cars' lists it")
    action.add_argument("what", metavar="COMMAND", help=", ".join(definitions.ALL))
    action.add_argument(
        "arguments",
        metavar="ARGUMENT",
        nargs="*",
        help="for example target=80, or a destination: 48.137,11.575 Home; write -- before a negative number",
    )
    action = add("items", print_items, "Print the items of the account and its cars as an openHAB .items file.")
    action.add_argument("--yaml", action="store_true", help="as a YAML file for conf/yaml, openHAB 5 and newer")
    for name, function in (("charges", list_charges), ("trips", list_trips)):
        action = add(name, function, "List the {} of the log. openHAB keeps it in userdata/bmw (--store). Asks BMW nothing.".format(name))
        action.add_argument("car", metavar="CAR", nargs="?", help="short name as 'cars' lists it")
        when = action.add_mutually_exclusive_group()
        when.add_argument("--month", metavar="YYYY-MM", type=_month, help="those of a month")
        when.add_argument("--year", metavar="YYYY", type=_year, help="those of a year")
        action.add_argument("--csv", action="store_true", help="as CSV for LibreOffice and Excel, in the language of bmw.cfg")
        action.add_argument("--output", metavar="FILE", help="write the CSV to a file")
        action.add_argument("--vin", action="store_true", help="with the car's VIN in the CSV")
    action = add("dump", make_dump, "Poll BMW and print an anonymised record for a bug report. Read it before you publish it.")
    action.add_argument("--output", metavar="FILE", help="write it to a file")
    return parser


def _option(options, name, default):
    return getattr(options, str(name), default)


def _default_store():
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(base, "openhab-bmw")


def _is_installed(name):
    try:
        __import__(str(name))
        return True
    except ImportError:
        return False


class _TerminalHandler(logging.Handler):
    """Prints log lines without secrets."""

    def __init__(self, terminal, level):
        logging.Handler.__init__(self, level)
        self._terminal = terminal

    def emit(self, record):
        self._terminal.note(clean(advised(record.getMessage())))


def _log_handler(terminal, options):
    return _TerminalHandler(terminal, logging.DEBUG if _option(options, "verbose", False) else logging.ERROR)


def _of_account(accounts, name):
    chosen = [account for account in accounts if name in (None, account.config.name)]
    if not chosen:
        raise CliError("There is no account '{}'".format(name), "use one of {}".format(", ".join(m.config.name for m in accounts)))
    return chosen


def _prefix(account):
    return "{}: ".format(account.config.name) if account.config.name else ""


def _named(account, name):
    """The account's cars (list) with that name; None = all."""
    return [vehicle for vehicle in account.service.vehicles() if name is None or lower(vehicle.name) == lower(name)]


def _has(account, name):
    return name is not None and bool(_named(account, name))


def _no_car(name, accounts):
    known = [vehicle.name for account in accounts for vehicle in account.service.vehicles()]
    problem = "There is no car '{}'".format(name) if name else "There is no car that can be read"
    return CliError(problem, "there is {}".format(", ".join(known)) if known else "")


def _json(value):
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
