"""Builds and runs the accounts inside openHAB: one service per account in the settings. The script calls this."""

from __future__ import absolute_import, unicode_literals

import logging
import os
import threading

from java.lang import IllegalStateException, Runtime, Thread
from java.time import Instant

from bmw import __version__, clouds, config, times
from bmw.api_host import ApiHost
from bmw import assembly
from bmw.errors import StoreError
from bmw.instance import Instance
from bmw.items import names
from bmw.items.model import Model
from bmw.openhab import cipher, disk, versions
from bmw.openhab import log as openhab_log
from bmw.openhab.bridge import Bridge
from bmw.openhab.files_out import PictureFiles, SitemapFile
from bmw.openhab.http import JvmTransport
from bmw.openhab.items import Items
from bmw.openhab.jvm import Shared, Stopper, monotonic
from bmw.openhab.mqtt import JvmWire
from bmw.openhab.outlet import Outlet
from bmw.storage import files, key_file
from bmw.storage.store import KEY_FILE, ClosedStore, open_store
from bmw.support.log_tail import LogTail
from bmw.times import SystemClock
from bmw.worker import Worker

log = logging.getLogger("bmw")


#: seconds between two checks whether the settings file has changed
WATCH_SETTINGS = 5
#: seconds between two checks whether a store that could not be opened at the start can be opened now
WATCH_STORE = 10


class App(object):
    """All accounts. ``accounts``: list of AccountRunner, for the rules."""

    def __init__(self, events, item_registry, shared):
        openhab_log.install()
        files.sync_folder, files.create, files.reopen, files.calmly = disk.sync_folder, disk.create, disk.reopen, disk.calmly
        warnings = LogTail()
        log.addHandler(warnings)
        self._settings_file = os.path.join(versions.config_folder(), "services", "bmw.cfg")
        settings_stamp = files.stamp(self._settings_file)
        self._watcher = Worker("bmw-settings", monotonic)
        settings = config.load(self._settings_file)
        self._settings_stamps = dict((path, files.stamp(path)) for path in settings.secret_files)
        self._settings_stamps[self._settings_file] = settings_stamp
        self._shared = shared
        # openHAB 3 does not unload scripts when it stops, so a JVM shutdown hook stops the accounts
        self._at_exit = Thread(Stopper(self.stop), "bmw-exit")
        self._stop_lock = threading.RLock()
        items = Items(events, item_registry)
        clock = self._clock = SystemClock()
        times.home_offset = _offset_of(versions.time_zones(item_registry))
        self._on_changed = lambda: None
        accounts = [account.name for account in settings.accounts]
        own_names, problems = names.load(settings.names, versions.config_folder(), settings.item_prefix, accounts)
        settings.problems.extend(problems)
        sitemap = SitemapFile(versions.config_folder(), settings.language, settings.sitemap, self._watcher.later, items.exists)
        self.accounts = []
        ruled, home = set(), versions.location(item_registry)
        for account in settings.accounts:
            model = Model(settings.item_prefix, account.name, settings.language, own_names, versions.knows_tag)
            page = sitemap.page(account.name, model)
            items = Items(events, item_registry)
            self.accounts.append(_build(account, settings.problems, model, items, page, clock, self._shared, ruled, home))
            own_names = {}  # own names apply to the first account only
        self._join_accounts(settings)
        for runner in self.accounts:
            runner.service.report_with(versions.told(), warnings.lines)
        self._bridge = Bridge(ApiHost(self._shown_services(settings)), self._shared)

    def _join_accounts(self, settings):
        """Connects accounts whose commands another account sends, and finds the command items."""
        assembly.join(settings.accounts, [runner.service for runner in self.accounts])
        for runner in self.accounts:
            runner.take_command_items(runner.service.prepare(runner.found_command_items))

    def _shown_services(self, settings):
        """[(account name, service)] without accounts that only send commands for another account's cars."""
        senders = assembly.senders(settings.accounts)
        return [(one.name, runner.service) for one, runner in zip(settings.accounts, self.accounts) if one.name not in senders]

    def start(self, on_changed):
        """Starts all accounts; none while openHAB is stopping.

        Args:
            on_changed: called once, on a separate thread, when the settings file has changed.
        """
        self._on_changed = on_changed
        if not _hook(Runtime.getRuntime().addShutdownHook, self._at_exit):
            # the JVM would end in the middle of a request for new tokens, which BMW gives once, and nothing would wait for it
            log.debug("Nothing is started, as openHAB is stopping")
            self.stop()
            return
        for account in self.accounts:
            account.service.start()
        self._bridge.open()
        self._watcher.start()
        files.watch(self._settings_stamps, self._watcher, WATCH_SETTINGS, self._take_changed_settings)
        if any(account.has_closed_store for account in self.accounts):
            self._watcher.every("store", WATCH_STORE, self._watch_store, first=WATCH_STORE)
        # a start creates a new key when it is due, so an instance that runs for months must restart for it
        key_file.watch(os.path.join(_store_folder(), KEY_FILE), self._clock, self._watcher, self._on_changed)
        log.info("BMW integration %s started", __version__)

    def stop(self):
        """Stops all threads of all accounts, and waits for running token requests."""
        with self._stop_lock:  # openHAB and the shutdown hook may both call it
            _hook(Runtime.getRuntime().removeShutdownHook, self._at_exit)
            self._bridge.shut()
            self._watcher.stop()
            assembly.stop([account.service for account in self.accounts], self._bridge.close)

    def _take_changed_settings(self, path):
        log.info("%s has changed and is read again", os.path.basename(path))
        self._on_changed()

    def _watch_store(self):
        """Restarts when the store can be opened again, for example after the key file or the folder's owner was restored."""
        try:
            open_store(_store_folder(), cipher, self._clock.now())
        except StoreError:
            return
        self._on_changed()
        self._watcher.cancel("store")


def instance(events, item_registry, renew_rules, remove_rules):
    """The bmw.instance.Instance of a script, from openHAB's objects and the script's two functions."""
    openhab_log.install()
    shared = Shared(item_registry)
    return Instance(
        lambda: App(events, item_registry, shared), renew_rules, remove_rules, shared, Stopper, lambda: Worker("bmw-start", monotonic)
    )


def _hook(change, thread):
    """Adds or removes a shutdown hook. Returns False if the JVM is already shutting down."""
    try:
        change(thread)
    except IllegalStateException:
        return False
    return True


class AccountRunner(object):
    """An account's service, and the item names for the rules.

    Attributes:
        name (str): the account's name, '' for the only one.
        has_closed_store (bool): the store cannot be opened.
        service (bmw.polling.service.Service); cron (str); sign_in_item, force_update_item, diagnose_item (str);
            sign_in_input_item (str or None).
        command_items (dict): item name -> (vehicle name, key), for items that accept commands.
        on_command_items: called with a list of item names when a new car has more of them; set by the script.

    Args:
        ruled (set of str): names of command items of all accounts that have a rule. Each item gets only one rule and keeps it
            when its car leaves the account and comes back.
    """

    def __init__(self, name, service, cron, outlet, asks_for_input, ruled, has_closed_store):
        self.name = name
        self.has_closed_store = has_closed_store
        self.service = service
        self._ruled = ruled
        self.cron = cron
        self.sign_in_item = outlet.name_of("signIn")
        self.sign_in_input_item = outlet.name_of("signInInput") if asks_for_input else None
        self.force_update_item = outlet.name_of("forceUpdate")
        self.diagnose_item = outlet.name_of("diagnose")
        self.command_items = {}
        self.on_command_items = lambda names: None

    def found_command_items(self, items):
        """Called when cars with these command items were found: {item name: (vehicle name, key)}."""
        added = self.take_command_items(items)
        if added:
            self.on_command_items(added)

    def take_command_items(self, items):
        """Sets the cars of the command items. Returns the names (list) of items that need a rule."""
        added = [name for name in items if name not in self._ruled]
        self._ruled.update(added)
        known = dict(self.command_items)
        known.update((name, meant) for name, meant in items.items() if name in added or name in known)
        self.command_items = known  # replaced as a whole, because rules read it on other threads
        return added

    def command(self, item_name, command):
        """Called when a command item received a command (openHAB's object)."""
        vehicle_name, key = self.command_items[item_name]
        self.service.item_command(vehicle_name, key, _text_of(command))

    def sign_in_switch(self, command):
        """Called when the sign-in switch received a command (openHAB's object)."""
        self.service.sign_in_switch(_text_of(command))

    def sign_in_input(self, command):
        """Called when the sign-in input item received a command (openHAB's object)."""
        self.service.sign_in_input(_text_of(command))


def _text_of(command):
    return "" if command is None else command.toString()


def _build(account_config, problems, model, items, page, clock, shared, ruled, home):
    seal, store = _open_store(account_config, clock, shared.lock)
    bound = seal.bound_to(*assembly.binding(account_config)) if seal else None
    outlet = Outlet(items, model, bound, page, PictureFiles(versions.config_folder()))
    asks_for_input = clouds.find(account_config.cloud).ASKS_FOR_INPUT
    outlet.prepare(leave_out=() if asks_for_input else ("signInInput",))
    worker = Worker("bmw-{}".format(assembly.record_of(account_config)), monotonic)
    environment = assembly.Environment(store, JvmTransport(shared), clock, JvmWire, shared.lock, home=home)
    service = assembly.assemble(environment, account_config, problems, outlet, worker).service
    return AccountRunner(account_config.name, service, account_config.cron(), outlet, asks_for_input, ruled, seal is None)


def _offset_of(present_zone):
    """A function for ``bmw.times.home_offset``, from the result of ``versions.time_zones``."""
    return lambda seconds: present_zone().getRules().getOffset(Instant.ofEpochSecond(int(seconds))).getTotalSeconds()


def _open_store(account_config, clock, lock_of):
    """(seal, store). If the store cannot be opened, the error becomes the account's problem, and seal is None."""
    try:
        return open_store(_store_folder(), cipher, clock.now(), lock_of)
    except StoreError as error:
        account_config.problem = account_config.problem or error
        return None, ClosedStore(_store_folder(), error)


def _store_folder():
    return os.path.join(versions.userdata_folder(), "bmw")
