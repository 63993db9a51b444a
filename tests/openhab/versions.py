"""What differs between the versions of openHAB, as far as the tests meet it: THE table, and what follows from it.

Where files belong is known to install.py already, and is asked there. Rows marked "seen" were seen on a running openHAB of that version;
the others were read in openHAB's release notes and sources. It does no work on an openHAB, and knows no module.
"""

import functools
import importlib.util
import re
from collections import namedtuple

from tests.openhab import layout

#: since: first version; java: oldest and newest Java it starts on; loading: how the log names a script that is loaded;
#: has_source: events.log says behind a state where it came from; car: value of the semantic class of a car;
#: growing: beginnings of the names of openHAB's own threads that come and go while scripts are loaded anew;
#: has_engine: the harness can give it Jython itself, else the openHAB must bring its add-on along
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
#: the folders of this repository that openHAB has elsewhere from 4.2 on
_SCRIPTS, _LIBRARY = "automation/jsr223/", "automation/lib/python/"
_SOURCE = re.compile(r" \(source: (?:(?! \(source: ).)*\)$", re.MULTILINE)


class Version:
    """One version of openHAB. Argument: its text, such as ``3.0.1``. ValueError for one that the tests cannot run on."""

    def __init__(self, text):
        self.text = text
        number = installer().parsed(text)
        rows = [row for row in TABLE if number >= row.since]
        if not rows:
            raise ValueError("openHAB {} is too old for the tests: {}.{} is the first".format(text, *TABLE[0].since))
        self.row = rows[-1]
        self.layout = installer().layout_of(number)

    def path(self, name):
        """Where a file of this repository belongs below conf: ``automation/jsr223/bmw.py`` -> ``automation/jython/bmw.py``."""
        for ours, theirs in ((_SCRIPTS, self.layout.script + "/"), (_LIBRARY, self.layout.library + "/")):
            if (name + "/").startswith(ours):
                return (theirs + name[len(ours) :])[: None if name.startswith(ours) else -1]
        return name

    def events(self, text):
        """The text of events.log in the form that it has on 3.0.1: a state ends where its line ends."""
        return _SOURCE.sub("", text) if self.row.has_source else text

    def loaded(self, log):
        """The scripts that a log says were loaded, in that order; as written there, with or without their folder."""
        return re.findall(self.row.loading, log)

    def class_of_tag(self, value):
        """A tag as 3.0.1 writes it: ``Equipment_Vehicle_Car``, ``Equipment_Car`` and ``Car`` are ``Car``."""
        return value.rpartition("_")[2]

    def is_growing(self, thread):
        """Whether a thread is one of openHAB's own that come and go (name of the thread)."""
        return thread.startswith(self.row.growing)

    def starts_on(self, java):
        """Whether it starts on a Java, by the number of that (int)."""
        oldest, newest = self.row.java
        return oldest <= java <= newest

    def wanted_java(self):
        """For people: ``Java 11``."""
        oldest, newest = self.row.java
        return "Java {}{}".format(oldest, "" if newest == oldest else " or newer")


@functools.lru_cache(maxsize=None)
def installer():
    """install.py, which has the table of the folders."""
    spec = importlib.util.spec_from_file_location("bmw_install_for_harness", layout.REPO / "install.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
