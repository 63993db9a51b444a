"""Puts the parts of an account, and the accounts, together, and ends them: the same inside openHAB and elsewhere.

What differs between these places comes in as an argument; the names of the records, and what is joined to what, stand here only.
"""

from __future__ import absolute_import, unicode_literals

from bmw import clouds, times
from bmw.account.account import Account
from bmw.net.http import Http
from bmw.polling.service import Service
from bmw.record import record
from bmw.steps import do_all

#: cloud (bmw.clouds.base.Cloud), account (bmw.account.account.Account), service (bmw.polling.service.Service)
Parts = record("Parts", "cloud account service")


def record_of(config):
    """Start of the names (text) of an account's records in the store."""
    return config.name or "account"


def binding(config):
    """What an account's token item is sealed for, besides its name (tuple of text): account, cloud, client id or user."""
    return record_of(config), config.cloud, clouds.find(config.cloud).holder(config)


def assemble(
    config, problems, store, outlet, transport, clock, worker, make_wire=None, lock_of=lambda path: None, local_hour=times.local_hour
):
    """The Parts of an account, not yet started.

    Args:
        config (bmw.config.AccountConfig), problems (list of ConfigError): settings, and what is wrong with the file.
        store (bmw.storage.store.Store). outlet: where states go, see ``bmw.openhab.outlet``. transport: see ``bmw.net.http``.
        clock: object with ``now()``. worker: see ``bmw.worker``.
        make_wire: callable, an unconnected wire for ``bmw.net.mqtt``; None = no stream is wanted, whatever the settings say.
        lock_of: callable, path of the file of the tokens -> the re-entrant lock for them, see ``bmw.account.account.Account``.
        local_hour: callable, epoch seconds -> hour of the day at home.
    """
    name = record_of(config)
    cloud_class = clouds.find(config.cloud)
    cloud = cloud_class(config, Http(transport, cloud_class.bases(config), config.timeout), clock)
    tokens = "{}.{}.token".format(name, cloud.name)
    account = Account(
        cloud, store, tokens, clock, lock_of(store.path(tokens)), lambda _tokens: outlet.tokens(account), cloud_class.holder(config)
    )
    service = Service(config, problems, cloud, account, store, outlet, clock, worker, name, local_hour)
    if make_wire is not None:
        service.attach(cloud.make_live(account, service, outlet, worker, make_wire))
    return Parts(cloud, account, service)


def join(configs, services):
    """Lets the commands of an account go by another one, where its settings name one; before any is started.

    Args:
        configs (list of bmw.config.AccountConfig), services (list of bmw.polling.service.Service): of all accounts, in the same order.
    """
    by_name = dict((config.name, service) for config, service in zip(configs, services))
    for config, service in zip(configs, services):
        if config.commands:
            service.send_commands_by(by_name[config.commands])


def stop(services, on_told):
    """Ends all services; what goes wrong with one keeps no other from its end.

    Args:
        services (list of bmw.polling.service.Service): of all accounts.
        on_told: called without arguments when every command has told its end, before new tokens are waited for.
    """
    # nothing is sent any more before the first is stopped: one account sends the commands of another
    steps = [one.halt for one in services] + [one.stop for one in services] + [on_told] + [one.finish for one in services]
    do_all(steps, "The BMW module could not be stopped as it should")
