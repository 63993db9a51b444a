"""Builds accounts from their parts, connects them, and stops them: inside openHAB and on the command line.

Arguments provide what differs there. Only this module knows the names of the records and which part uses which.
"""

from __future__ import absolute_import, unicode_literals

from bmw import clouds, times
from bmw.account.account import Account
from bmw.account.status import Status
from bmw.net.http import Http
from bmw.parts import Parts
from bmw.polling.budget import Budget
from bmw.polling.service import Service
from bmw.polling.vehicle_list import VehicleList
from bmw.record import record
from bmw.steps import do_all
from bmw.storage import record_names

#: cloud (bmw.clouds.base.Cloud), account (bmw.account.account.Account), service (bmw.polling.service.Service)
Assembled = record("Assembled", "cloud account service")


class Environment(object):
    """What differs between openHAB and the command line.

    Args:
        store (bmw.storage.store.Store). transport, clock: see ``bmw.interfaces``.
        make_wire: callable -> an unconnected wire for ``bmw.net.mqtt``; None = never use a stream.
        lock_of: callable, path of the token file -> its re-entrant lock, see ``bmw.account.account.Account``.
        local_hour: callable, epoch seconds -> hour of the day at home.
        home: callable -> (latitude, longitude) of the house or None; None = there is nobody to ask.
    """

    def __init__(self, store, transport, clock, make_wire=None, lock_of=lambda path: None, local_hour=times.local_hour, home=None):
        self.store = store
        self.transport = transport
        self.clock = clock
        self.make_wire = make_wire
        self.lock_of = lock_of
        self.local_hour = local_hour
        self.home = home


def record_of(config):
    """Start (text) of the record names of an account in the store."""
    return config.name or "account"


def binding(config):
    """What the seal of an account's token item is bound to, besides its name (tuple of text): account, cloud, client id or user."""
    return record_of(config), config.cloud, clouds.find(config.cloud).holder(config)


def assemble(environment, config, problems, outlet, worker):
    """The Assembled account, not yet started.

    Args:
        environment (Environment).
        config (bmw.config.AccountConfig), problems (list of ConfigError): settings, and errors in the file.
        outlet: where states go, see ``bmw.interfaces.Outlet``. worker: see ``bmw.worker``.
    """
    store, clock = environment.store, environment.clock
    name = record_of(config)
    cloud_class = clouds.find(config.cloud)
    cloud = cloud_class(config, Http(environment.transport, cloud_class.bases(config), config.timeout), clock)
    tokens = record_names.token(name, cloud.name)
    lock = environment.lock_of(store.path(tokens))
    account = Account(cloud, store, tokens, clock, lock, lambda _tokens: outlet.tokens(account), cloud_class.holder(config))
    budget = Budget(config.calls_per_day if cloud.HAS_DAILY_LIMIT else None, monotonic=worker.now)
    account.pauses = budget.pauses  # stored with the calls
    status, vehicle_list = Status(outlet, config.name, problems), VehicleList(cloud, clock)
    publisher = _publisher(environment, config, cloud, worker)
    parts = Parts(config, cloud, account, store, outlet, clock, worker, budget, vehicle_list, status, publisher)
    service = Service(parts, name, environment.local_hour, environment.home)
    if environment.make_wire is not None:
        service.attach(cloud.make_live(account, service, outlet, worker, environment.make_wire, publisher))
    return Assembled(cloud, account, service)


def _publisher(environment, config, cloud, worker):
    """The Publisher of an account to the broker in its settings, or None."""
    if environment.make_wire is None or not config.relay_url:
        return None
    from bmw.net.publisher import Publisher, connector  # not at the top, as few users need it

    farewell = cloud.relay_farewell()
    connect = connector(config.relay_url, config.relay_user, config.relay_password, environment.make_wire, farewell)
    return Publisher(connect, worker.now, farewell)


def join(configs, services):
    """Connects accounts whose commands another account sends (setting ``commands``). Call it before the services start.

    Args:
        configs (list of bmw.config.AccountConfig), services (list of bmw.polling.service.Service): all accounts, in the same order.
    """
    by_name = dict((config.name, service) for config, service in zip(configs, services))
    for config, service in zip(configs, services):
        if config.commands:
            service.send_commands_by(by_name[config.commands])


def senders(configs):
    """{name of an account that only sends commands: name of an account whose cars they are for}. It shows no cars itself.

    Args:
        configs (list of bmw.config.AccountConfig): all accounts.
    """
    without_cars = set(config.name for config in configs if not config.data)
    return dict((config.commands, config.name) for config in configs if config.commands and config.commands in without_cars)


def stop(services, on_told):
    """Stops all services, even if one of them fails.

    Args:
        services (list of bmw.polling.service.Service): all accounts.
        on_told: called without arguments when every command has shown its last state, before waiting for new tokens.
    """
    # halt all before stopping the first: one account may send the commands of another
    steps = [one.halt for one in services] + [one.stop for one in services] + [on_told] + [one.finish for one in services]
    do_all(steps, "The BMW module could not be stopped as it should")
