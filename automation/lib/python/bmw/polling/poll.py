"""One poll of an account: the list of cars, then each car. Runs on the account's worker."""

from __future__ import absolute_import, unicode_literals

from bmw.errors import BmwError, NetworkError, QuotaExceeded, SignInNeeded, Stopped, TokenRejected
from bmw.redact import mask_vin

#: a poll stops after so many server errors in a row; the other cars would only cost calls
GIVE_UP = 3
#: errors of cars, and news of the list of cars, to show in one line
MAX_NAMED = 3
NO_CAR = "Signed in, but no car that can be read: map your car to this BMW account as primary user"


class Poll(object):
    """See the module's docstring.

    Args:
        parts (bmw.parts.Parts): those of the account.
        times (bmw.polling.poll_times.PollTimes), saved (bmw.account.saved_state.SavedState),
        sessions (bmw.account.session.Sessions), display (bmw.polling.display.Display): what it uses.
    """

    def __init__(self, parts, times, saved, sessions, display):
        self._config = parts.config
        self._cloud = parts.cloud
        self._account = parts.account
        self._clock = parts.clock
        self._worker = parts.worker
        self._outlet = parts.outlet
        self._budget = parts.budget
        self._vehicle_list = parts.vehicle_list
        self._status = parts.status
        self._times = times
        self._saved = saved
        self._sessions = sessions
        self._display = display

    def run(self, by_person):
        """Polls, shows and saves. Returns True if the account could be read; an error of a single car does not count.

        Args:
            by_person (bool): a person wants it: all cars, and the reserve of calls may be used.

        Raises:
            Stopped: the worker was stopped meanwhile.
        """
        session = self._sessions.new(by_person)
        self._times.polled_at = self._clock.now()
        try:
            self._vehicle_list.refresh_list(session)
            self._display.settle()
            vehicles = self._vehicle_list.in_turn()
            troubles = self._read_vehicles(session, vehicles if by_person else vehicles[: self._times.cars_at_once()])
            news = self._vehicle_list.news()
            if not self._vehicle_list.vehicles and not troubles:
                self._conclude("NO_CAR", _line(NO_CAR, news))
            else:
                self._conclude("ONLINE", _line("Online", troubles, news))
            return True
        except BmwError as error:
            self._conclude(error.state, error.text(), error.retry_at)
            return False
        finally:
            self._saved.save()

    def check_running(self):
        """Raises Stopped if the worker was stopped: the items and their rules may already belong to the next instance."""
        if self._worker.is_stopped:
            raise Stopped()

    def _conclude(self, *outcome):
        """How the poll ended: state word, line for people, and when BMW is asked next if not as usual."""
        self._saved.outcome = outcome
        self._status.tell(*outcome)

    def _read_vehicles(self, session, vehicles):
        """Polls these cars; an error of one does not stop the others. Returns the errors (list of text)."""
        self._outlet.tokens_again(self._account)
        troubles, failures, in_a_row = [], [], 0
        for vehicle in vehicles:
            waits_since, vehicle.asked_at = vehicle.asked_at, self._clock.now()
            try:
                self._read(session, vehicle)
                in_a_row = 0
                if not vehicle.name:
                    troubles.append("{}: BMW does not describe this car yet, it gets its items within hours".format(mask_vin(vehicle.vin)))
                elif self._config.data and not self._has_data(vehicle):
                    troubles.append("{}: BMW has no data yet, lock and unlock the car or drive".format(vehicle.name))
            except QuotaExceeded:
                vehicle.asked_at = waits_since  # so that it is the first in the next poll
                raise
            except (SignInNeeded, TokenRejected, NetworkError):
                raise  # an error of the account or the network also affects the other cars
            except BmwError as error:
                failures.append(error)
                in_a_row = in_a_row + 1 if error.transient else 0
                if in_a_row >= GIVE_UP or len(failures) == len(vehicles):
                    raise
                troubles.append("{}: {}".format(vehicle.name or mask_vin(vehicle.vin), error.text()))
        return self._few(vehicles) + troubles

    def _has_data(self, vehicle):
        """True if the car has said anything; what BMW describes it by is no word of the car."""
        told = self._cloud.TOLD_BY_FACTS
        return any(reading.value is not None for key, reading in vehicle.readings.items() if key not in told)

    def _few(self, vehicles):
        """A line (list of text) if not all cars were polled."""
        total = len(self._vehicle_list.vehicles)
        if len(vehicles) == total:
            return []
        line = "{} of {} cars asked, as {} calls a day are too few for all: they take turns"
        return [line.format(len(vehicles), total, self._budget.limit)]

    def _read(self, session, vehicle):
        """Polls one car and shows it."""
        self._vehicle_list.fetch_facts(session, vehicle)
        readings = self._cloud.read(session, vehicle) if self._config.data else {}
        self.check_running()
        if self._vehicle_list.assign_name(vehicle):
            self._display.settle()
            self._saved.save()
        self._display.post_all(vehicle, vehicle.update(readings))


def _line(start, *lists):
    """One line from a start and lists of texts; of each list the first ones."""
    texts = [start]
    for told in lists:
        more = len(told) - MAX_NAMED
        texts += told[:MAX_NAMED] + (["and {} more".format(more)] if more > 0 else [])
    return "; ".join(texts)
