"""What differs between the versions of openHAB, as far as the tests meet it: THE table, and what follows from it.

Where files belong is known to install.py already, and is asked there. Rows marked "seen" were seen on a running openHAB of that version;
the others were read in openHAB's release notes and sources. It does no work on an openHAB, and knows no module.
"""

import functools
import importlib.util
import re
from collections import namedtuple

from tests.openhab import layout

#: since: first version; java: oldest and newest Java it runs on; loading: the log line of a script that is being loaded;
#: has_source: events.log names the source behind a state; car: semantic class of a car;
#: growing: how the names of openHAB's own threads begin that come and go while scripts are loaded again;
#: has_engine: the tests can add Jython themselves; if not, the openHAB must contain the add-on
Row = namedtuple("Row", "since java loading has_source car growing has_engine")
_POOLS = ("OH-scheduler-", "OH-discovery-", "OH-file-processing-", "OH-common-")
_LOADING = r"Loading script '([^']*)'"
_LOADING_AGAIN = r"(?:\(Re-\)|)Loading script '([^']*)'"
TABLE = (
    Row((3, 0), (11, 11), _LOADING, False, "Equipment_Car", _POOLS, True),  # seen on 3.0.1
    Row((4, 0), (17, 17), _LOADING, False, "Equipment_Car", _POOLS, True),
    Row((4, 2), (17, 17), _LOADING_AGAIN, False, "Equipment_Car", _POOLS, False),
    # seen on 5.2.1
    Row((5, 0), (21, 99), _LOADING_AGAIN, True, "Equipment_Vehicle_Car", _POOLS + ("OH-audio-pcm-websocket-", "OH-watchservice-"), False),
)
#: this repository's folders that have another place since openHAB 4.2
_SCRIPTS, _LIBRARY = "automation/jsr223/", "automation/lib/python/"
_SOURCE = re.compile(r" \(source: (?:(?! \(source: ).)*\)$", re.MULTILINE)


class Version:
    """An openHAB version. Argument: text such as ``3.0.1``. ValueError if the tests cannot run on it."""

    def __init__(self, text):
        self.text = text
        number = installer().parsed(text)
        rows = [row for row in TABLE if number >= row.since]
        if not rows:
            raise ValueError("openHAB {} is too old for the tests: {}.{} is the first".format(text, *TABLE[0].since))
        self.row = rows[-1]
        self.layout = installer().layout_of(number)

    def path(self, name):
        """The place below conf of a file of this repository: ``automation/jsr223/bmw.py`` -> ``automation/jython/bmw.py``."""
        for ours, theirs in ((_SCRIPTS, self.layout.script + "/"), (_LIBRARY, self.layout.library + "/")):
            if (name + "/").startswith(ours):
                return (theirs + name[len(ours) :])[: None if name.startswith(ours) else -1]
        return name

    def events(self, text):
        """The text of events.log in the form of 3.0.1: without the source behind a state."""
        return _SOURCE.sub("", text) if self.row.has_source else text

    def loaded(self, log):
        """The scripts that were loaded according to the log, in order; named as in the log, with or without folder."""
        return re.findall(self.row.loading, log)

    def class_of_tag(self, value):
        """A semantic tag in the form of 3.0.1: ``Equipment_Vehicle_Car``, ``Equipment_Car`` and ``Car`` become ``Car``."""
        return value.rpartition("_")[2]

    def is_growing(self, thread):
        """True if the thread (name) is one of openHAB's own that come and go."""
        return thread.startswith(self.row.growing)

    def starts_on(self, java):
        """True if it runs on this major version of Java (int)."""
        oldest, newest = self.row.java
        return oldest <= java <= newest

    def wanted_java(self):
        """Text for users, such as ``Java 11``."""
        oldest, newest = self.row.java
        return "Java {}{}".format(oldest, "" if newest == oldest else " or newer")


@functools.lru_cache(maxsize=None)
def installer():
    """The module install.py; it has the table of the folders."""
    spec = importlib.util.spec_from_file_location("bmw_install_for_harness", layout.REPO / "install.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
