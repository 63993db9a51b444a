"""The parts of one account, handed as one object to everything that works for it."""

from __future__ import absolute_import, unicode_literals

from bmw.record import record

#: Made by ``bmw.assembly``.
#: config (bmw.config.AccountConfig). cloud (bmw.clouds.base.Cloud). account (bmw.account.account.Account): its tokens.
#: store (bmw.storage.store.Store). outlet, clock, worker: see ``bmw.interfaces``.
#: budget (bmw.polling.budget.Budget): the calls left. vehicle_list (bmw.polling.vehicle_list.VehicleList): its cars.
#: status (bmw.account.status.Status): its state in the items. publisher (bmw.net.publisher.Publisher or None): for other programs.
Parts = record("Parts", "config cloud account store outlet clock worker budget vehicle_list status publisher")
