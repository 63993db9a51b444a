"""A persistence service inside the real openHAB whose stored states a test writes.

openHAB's own REST resource asks it, as it asks an add-on. The add-ons themselves are not in openHAB's distribution.
"""

import json
import urllib.error

SCRIPT = "automation/jsr223/history_service.py"
DATA = "stored_history.json"
#: the id of the add-on that openHAB's users have
SERVICE = "rrd4j"

SOURCE = """
import io, json, os
from java.time import Instant, ZoneId
from java.util import ArrayList, HashSet, Hashtable
from org.openhab.core.library.types import QuantityType
from org.openhab.core.persistence import FilterCriteria, HistoricItem, QueryablePersistenceService
from org.openhab.core.types import UnDefType
from org.osgi.framework import FrameworkUtil


class Stored(HistoricItem):
    def __init__(self, name, millis, state):
        self._name, self._millis, self._state = name, millis, state

    def getName(self):
        return self._name

    def getTimestamp(self):
        return Instant.ofEpochMilli(self._millis).atZone(ZoneId.systemDefault())

    def getState(self):
        return UnDefType.UNDEF if self._state == "UNDEF" else QuantityType(self._state)


class Service(QueryablePersistenceService):
    def getId(self):
        return {service!r}

    def getLabel(self, locale):
        return "Stored by a test"

    def store(self, item, alias=None):
        pass

    def getDefaultStrategies(self):
        return ArrayList()

    def getItemInfo(self):
        return HashSet()

    def query(self, criteria):
        begin, end = [date and date.toInstant().toEpochMilli() for date in (criteria.beginDate, criteria.endDate)]
        with io.open({path!r}, encoding="utf-8") as stream:
            rows = json.load(stream).get(criteria.itemName, [])
        rows = [row for row in rows if (begin is None or row[0] >= begin) and (end is None or row[0] <= end)]
        rows.sort(reverse=criteria.ordering == FilterCriteria.Ordering.DESCENDING)
        return ArrayList([Stored(criteria.itemName, *row) for row in rows[:criteria.pageSize]])


# that bundle, as for another one openHAB cannot see that it is of this class
context = FrameworkUtil.getBundle(QueryablePersistenceService).bundleContext
registration = context.registerService("org.openhab.core.persistence.PersistenceService", Service(), Hashtable())


def scriptUnloaded():
    registration.unregister()
"""


class HistoryService:
    """Installs the service in a running openHAB; ``remove`` ends it."""

    def __init__(self, openhab):
        self._openhab = openhab
        self._data = openhab.userdata / DATA
        self.write({})
        openhab.write_conf(SCRIPT, SOURCE.format(service=SERVICE, path=str(self._data)))

    def write(self, states):
        """states: {item: [(milliseconds, state)]}."""
        self._data.write_text(json.dumps(states), "utf-8")

    def is_there(self, item="BMW_i4_StateOfCharge"):
        """Whether openHAB has the service."""
        try:
            self._openhab.rest("GET", "/persistence/items/{}?boundary=true&serviceId={}".format(item, SERVICE))
        except urllib.error.HTTPError:
            return False
        return True

    def remove(self):
        self._openhab.remove_conf(SCRIPT)
