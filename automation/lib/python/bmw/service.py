"""One account at work: signs in, keeps the token fresh, asks for the cars when it is time, hands what changed to the items.

All work runs on the account's worker, one piece at a time; the public methods return at once. What goes wrong ends in the
account's status item and one log line, never in an exception.
"""

from __future__ import unicode_literals

import logging

from bmw import model, schedule
from bmw.errors import BmwError, QuotaExceeded, SignInFailed, StoreError
from bmw.redact import clean, mask_vin, remember
from bmw.schedule import Budget
from bmw.session import Session
from bmw.times import to_iso
from bmw.vehicle import Vehicle, vehicle_from
from bmw.vocabulary import VEHICLE

log = logging.getLogger("bmw")

#: the list of cars is asked for again after this many seconds
LIST_AGAIN = 86400
#: seconds after which a failed token refresh is tried again
RETRY_TOKEN = 300
#: seconds after which what the stream brought is stored: not at each message, for the life of an SD card
SAVE_LIVE = 120


class Service(object):
    """See the module's docstring.

    Args:
        config (bmw.config.AccountConfig), problems (list of ConfigError): settings, and what is wrong with the file.
        cloud, account, store, clock, worker: the parts it joins.
        outlet: where states go: ``account(key, value)`` and ``vehicle(vehicle, keys, is_first)``; ``sealed_token()`` -> text or None.
        record (str): start of the names of its records in the store.
        local_hour: callable, epoch seconds -> hour of the day at home.
    """

    def __init__(self, config, problems, cloud, account, store, outlet, clock, worker, record, local_hour):
        self._config = config
        self._problems = problems
        self._cloud = cloud
        self._account = account
        self._store = store
        self._outlet = outlet
        self._clock = clock
        self._worker = worker
        self._record = record
        self._local_hour = local_hour
        self._budget = Budget(config.calls_per_day if cloud.HAS_DAILY_LIMIT else None)
        self._vehicles = []
        self._memory = {}
        self._names = {}
        self._listed_at = None
        self._polled_at = None
        self._prompt = None
        self._last_status = None
        self._live = None
        self._is_saving_later = False

    def attach(self, live):
        """Gives it a stream (``bmw.clouds.cardata_live.Live``), before ``start``."""
        self._live = live

    # what the rules call

    def start(self):
        """Shows the last known states and asks for new ones if they are due."""
        self._worker.start()
        self._worker.submit("start", self._start)

    def tick(self):
        """The cron's call: asks if it is due."""
        self._worker.submit("refresh", self._refresh_if_due)

    def force_update(self):
        """Asks now, in the name of a person; ends with the switch OFF."""
        self._worker.submit("force update", self._force_update)

    def sign_in(self):
        """Starts a sign-in anew."""
        self._worker.submit("sign-in", self._begin_sign_in)

    def cancel_sign_in(self):
        """Ends a sign-in that waits for a person."""
        self._worker.submit("sign-in", self._cancel_sign_in)

    def stop(self):
        self._worker.stop()
        if self._live is not None:
            self._live.stop()
        if self._is_saving_later:
            self._save()

    # what the stream needs, on the worker

    def memory(self):
        """What the cloud remembers (dict)."""
        return self._memory

    def vehicle(self, vin):
        """The car with that VIN, or None."""
        return next((vehicle for vehicle in self._vehicles if vehicle.vin == vin), None)

    def take(self, vehicle, readings):
        """Takes over and shows what a car said by itself; stored a little later, as there may be much of it."""
        self._post(vehicle, vehicle.update(readings))
        if not self._is_saving_later:
            self._is_saving_later = True
            self._worker.later("save", SAVE_LIVE, self._save)

    # start and restart

    def _start(self):
        self._outlet.account("signIn", False)
        self._outlet.account("forceUpdate", False)
        self._show_prompt(None)
        if self._config.problem:
            self._show_error(self._config.problem)
            return
        try:
            self._load()
            self._account.load()
        except StoreError as error:
            self._show_error(error)
        for vehicle in self._vehicles:
            self._post(vehicle, VEHICLE)
        if not self._is_signed_in():
            return
        self._show("ONLINE", "Signed in to {}".format(self._cloud.title))
        self._keep_token_fresh()
        self._refresh_if_due()

    def _load(self):
        record = self._store.load(self._record + ".state") or {}
        self._memory = record.get("memory", {})
        self._names = record.get("names", {})
        self._listed_at = record.get("listed_at")
        self._polled_at = record.get("polled_at")
        self._vehicles = [vehicle_from(entry) for entry in record.get("vehicles", [])]
        remember(*self._names)
        self._budget = Budget(self._budget.limit, self._store.load(self._record + ".calls"))

    def _save(self):
        self._is_saving_later = False
        record = {
            "memory": self._memory,
            "names": self._names,
            "listed_at": self._listed_at,
            "polled_at": self._polled_at,
            "vehicles": [vehicle.to_record() for vehicle in self._vehicles],
        }
        try:
            self._store.save(self._record + ".state", record)
            self._account.save_again()
        except StoreError as error:
            log.error("%s", error.text())

    def _save_budget(self):
        try:
            self._store.save(self._record + ".calls", self._budget.to_record())
        except StoreError as error:
            log.error("%s", error.text())

    # sign-in

    def _begin_sign_in(self):
        self._worker.cancel("sign-in poll")
        self._prompt = None
        if self._config.problem:
            self._end_sign_in(self._config.problem)
            return
        try:
            prompt = self._cloud.begin_sign_in()
        except BmwError as error:
            self._end_sign_in(error)
            return
        self._outlet.account("signIn", True)
        self._prompt = prompt
        self._show_prompt(prompt)
        self._show("WAITING_FOR_APPROVAL", "Open the sign-in link and approve the code {}".format(prompt.code))
        self._worker.later("sign-in poll", prompt.interval, self._poll_sign_in)

    def _poll_sign_in(self):
        prompt = self._prompt
        if prompt is None:
            return
        try:
            tokens = self._cloud.poll_sign_in(prompt)
            if tokens is None:
                self._worker.later("sign-in poll", prompt.interval, self._poll_sign_in)
                return
            self._cloud.check_grant(tokens)
        except BmwError as error:
            self._end_sign_in(error)
            return
        self._account.signed_in(tokens)
        self._end_sign_in(None)
        self._keep_token_fresh()
        if self._live is not None:
            self._live.hurry()
        self._listed_at = None
        self._refresh(by_person=True)

    def _cancel_sign_in(self):
        if self._prompt is not None:
            self._end_sign_in(SignInFailed("The sign-in was cancelled", "switch the sign-in item on to start again"))

    def _end_sign_in(self, error):
        self._worker.cancel("sign-in poll")
        self._prompt = None
        self._show_prompt(None)
        self._outlet.account("signIn", False)
        if error is None:
            self._show("ONLINE", "Signed in to {}".format(self._cloud.title))
        else:
            self._show_error(error)

    def _is_signed_in(self):
        if not self._account.is_signed_in:
            sealed = self._outlet.sealed_token()
            if not (sealed and self._account.adopt(sealed)):
                self._show("SIGN_IN_NEEDED", "Not signed in to {}: switch the sign-in item on".format(self._cloud.title))
                return False
        return True

    def _keep_token_fresh(self):
        """Renews the token before it ends, for as long as the worker runs."""
        try:
            self._account.keep_fresh()
        except BmwError as error:
            self._show_error(error)
        wait = self._account.due_in()
        if wait is not None:
            self._worker.later("token", max(wait, RETRY_TOKEN if wait == 0 else 1), self._keep_token_fresh)

    # asking for the cars

    def _refresh_if_due(self):
        if self._config.problem or self._prompt is not None or not self._is_signed_in():
            return
        if self._live is not None:
            self._live.start()
        now = self._clock.now()
        if self._budget.limit is not None:
            seconds = schedule.interval(self._budget.limit, len(self._vehicles))
            if not schedule.is_due(now, self._polled_at, seconds, self._local_hour(now)):
                return
            # waiting for room in the budget is no trouble to tell; a person's own calls can have used it up
            if self._polled_at is not None and not self._budget.has_room(now, max(1, len(self._vehicles))):
                return
        self._refresh(by_person=False)

    def _force_update(self):
        if not self._config.problem and self._is_signed_in():
            self._refresh(by_person=True)
        self._outlet.account("forceUpdate", False)

    def _refresh(self, by_person):
        session = Session(
            self._cloud.http, self._account, self._budget, self._clock, self._memory, self._save_budget, by_person
        )
        self._polled_at = self._clock.now()
        try:
            self._list_vehicles(session)
            troubles = self._read_vehicles(session)
            if not self._vehicles and not troubles:
                self._show("NO_CAR", "Signed in, but no car that can be read: map your car to this BMW account as primary user")
            else:
                self._show("ONLINE", "; ".join(["Online"] + troubles))
        except BmwError as error:
            self._show_error(error)
        finally:
            self._save()
        now = self._clock.now()
        self._outlet.account("lastRefresh", now)
        self._outlet.account("callsLeft", self._budget.left(now))
        if self._budget.limit is not None:
            wait = schedule.interval(self._budget.limit, len(self._vehicles))
            self._outlet.account("nextRefresh", max(now + wait, self._budget.blocked_until))

    def _list_vehicles(self, session):
        """Asks which cars there are, once a day; a car keeps its name for ever, also when it is gone for a while."""
        now = self._clock.now()
        if self._listed_at is not None and self._vehicles and 0 <= now - self._listed_at < LIST_AGAIN:
            return
        found = self._cloud.vehicles(session)
        known = dict((vehicle.vin, vehicle) for vehicle in self._vehicles)
        self._vehicles = []
        for entry in found:
            remember(entry.vin)
            if not entry.is_readable:
                log.info("%s is left out: this account is not its primary user", mask_vin(entry.vin))
                continue
            self._vehicles.append(known.get(entry.vin) or Vehicle(entry.vin, self._names.get(entry.vin)))
        self._listed_at = now

    def _read_vehicles(self, session):
        """Reads every car; trouble with one does not stop the others. Returns the troubles (list of text)."""
        troubles = []
        for vehicle in self._vehicles:
            try:
                self._describe(session, vehicle)
                self._post(vehicle, vehicle.update(self._cloud.read(session, vehicle)))
                if not vehicle.readings:
                    troubles.append("{}: BMW has no data yet, lock and unlock the car or drive".format(vehicle.name))
            except QuotaExceeded:
                raise
            except BmwError as error:
                if len(self._vehicles) == 1:
                    raise
                troubles.append("{}: {}".format(vehicle.name or mask_vin(vehicle.vin), error.text()))
        return troubles

    def _describe(self, session, vehicle):
        """Gets what does not change, once; the name follows from it and is kept."""
        if vehicle.name:
            return
        vehicle.facts = self._cloud.facts(session, vehicle.vin)
        vehicle.name = model.vehicle_name(vehicle.facts.get("model"), set(self._names.values()))
        self._names[vehicle.vin] = vehicle.name
        self._save()

    def _post(self, vehicle, keys):
        if vehicle.name and not self._worker.is_stopped:
            self._outlet.vehicle(vehicle, keys, is_first=vehicle is self._vehicles[0])

    # showing how it goes

    def _show_prompt(self, prompt):
        self._outlet.account("signInLink", prompt.link if prompt else None)
        self._outlet.account("signInCode", prompt.code if prompt else None)

    def _show_error(self, error):
        text = error.text()
        if isinstance(error, QuotaExceeded) and error.retry_at:
            text = "{} (next call at {})".format(text, to_iso(error.retry_at))
        self._show(error.state, text)

    def _show(self, state, text):
        """Puts the account's state into its items; logs it when it changed."""
        parts = [text] + ["bmw.cfg: " + problem.text() for problem in self._problems]
        text = clean(". ".join(parts))
        self._outlet.account("accountState", state)
        self._outlet.account("account", text)
        if self._last_status != (state, text):
            self._last_status = (state, text)
            level = logging.INFO if state in ("ONLINE", "WAITING_FOR_APPROVAL") else logging.WARNING
            log.log(level, "%s%s", "[{}] ".format(self._config.name) if self._config.name else "", text)
