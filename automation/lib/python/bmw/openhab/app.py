"""Puts the parts together inside openHAB: one service per account of the configuration. What the script calls."""

from __future__ import unicode_literals

import logging
import os

from bmw import __version__, config, files
from bmw.account import Account
from bmw.clouds import CLOUDS
from bmw.errors import StoreError
from bmw.http import Http
from bmw.model import Model
from bmw.openhab import cipher, versions
from bmw.openhab import log as openhab_log
from bmw.openhab.http import transport
from bmw.openhab.items import Items
from bmw.openhab.outlet import Outlet
from bmw.seal import Seal, load_key
from bmw.service import Service
from bmw.store import Store
from bmw.times import SystemClock
from bmw.worker import Worker
from java.time import Instant

log = logging.getLogger("bmw")

#: the instance at work; it outlives the script's own names when a reload did not unload it
_running = None


class App(object):
    """All accounts. ``accounts``: list of AccountRunner, for the rules."""

    def __init__(self, events, item_registry):
        openhab_log.install()
        settings = config.load(os.path.join(versions.config_folder(), "services", "bmw.cfg"))
        items = Items(events, item_registry)
        clock = SystemClock()
        zone = versions.time_zone(item_registry)
        self.accounts = [_build(account, settings, items, clock, zone) for account in settings.accounts]

    def start(self):
        """Starts all accounts; an earlier instance that was not stopped is stopped first."""
        global _running
        if _running is not None and _running is not self:
            _running.stop()
        _running = self
        for account in self.accounts:
            account.service.start()
        log.info("BMW integration %s started", __version__)

    def stop(self):
        """Stops all threads of all accounts."""
        global _running
        for account in self.accounts:
            account.service.stop()
        if _running is self:
            _running = None


class AccountRunner(object):
    """An account's service, and the names that the rules need.

    Attributes:
        service (bmw.service.Service); cron (str); sign_in_item, force_update_item (str).
    """

    def __init__(self, service, cron, outlet):
        self.service = service
        self.cron = cron
        self.sign_in_item = outlet.name_of("signIn")
        self.force_update_item = outlet.name_of("forceUpdate")


def _build(account_config, settings, items, clock, zone):
    record = account_config.name or "account"
    seal, store = _open_store(account_config)
    outlet = Outlet(items, Model(settings.item_prefix, account_config.name, settings.language), seal)
    outlet.prepare()
    cloud_class = CLOUDS[account_config.cloud]
    cloud = cloud_class(account_config, Http(transport, cloud_class.bases(account_config)), clock)
    account = Account(cloud, store, record + ".token", clock, lambda _tokens: outlet.tokens(account))
    service = Service(
        account_config,
        settings.problems,
        cloud,
        account,
        store,
        outlet,
        clock,
        Worker("bmw-{}".format(record)),
        record,
        lambda now: Instant.ofEpochSecond(int(now)).atZone(zone).getHour(),
    )
    return AccountRunner(service, account_config.cron(), outlet)


def _open_store(account_config):
    """(seal, store); what stands in the way becomes the account's problem, and the seal None."""
    folder = os.path.join(versions.userdata_folder(), "bmw")
    seal = None
    try:
        files.make_private_folder(folder)
        seal = Seal(load_key(os.path.join(folder, "seal.key")), cipher)
    except StoreError as error:
        account_config.problem = account_config.problem or error
    return seal, Store(folder, seal)
