"""Differences between openHAB 2.5 and 5.x: package names, folders, services, time zone.

Core classes moved from ``org.eclipse.smarthome`` (2.5) to ``org.openhab.core`` (3.0).
"""

from __future__ import absolute_import, unicode_literals

import os
import sys

from java.lang import System
from java.time import ZoneId
from org.osgi.framework import FrameworkUtil

_CORE_PACKAGES = ("org.openhab.core", "org.eclipse.smarthome.core")
_CONFIG_PACKAGES = ("org.openhab.core.config.core", "org.eclipse.smarthome.config.core")


def _find(packages, path):
    """A Java class by its path below the first package that has it. Raises ImportError if none has."""
    package, _, name = path.rpartition(".")
    for base in packages:
        module_name = str(".".join(part for part in (base, package) if part))
        try:
            # the tuple works like "from module_name import name": Jython finds Java packages only this way
            return getattr(__import__(module_name, {}, {}, (str(name),)), str(name))
        except (ImportError, AttributeError):
            continue
    raise ImportError("This openHAB has no class {}".format(path))


def core_class(path):
    """A class of openHAB's core, for example ``library.types.StringType``."""
    return _find(_CORE_PACKAGES, path)


def config_class(name):
    """A class of openHAB's configuration package, for example ``Configuration``."""
    return _find(_CONFIG_PACKAGES, name)


def service(path, near):
    """The OSGi service of a core class (path as for ``core_class``), or None.

    Args:
        near: any object whose class comes from an openHAB bundle.
    """
    try:
        wanted = core_class(path)
    except ImportError:
        return None
    context = FrameworkUtil.getBundle(near.getClass()).getBundleContext()
    reference = context.getServiceReference(wanted.getName() if hasattr(wanted, "getName") else wanted)
    return context.getService(reference) if reference is not None else None


def config_folder():
    """openHAB's conf folder."""
    return System.getProperty("openhab.conf") or os.environ.get("OPENHAB_CONF", "conf")


def userdata_folder():
    """openHAB's userdata folder."""
    return System.getProperty("openhab.userdata") or os.environ.get("OPENHAB_USERDATA", "userdata")


def told():
    """Versions of openHAB, Java and Jython (list of text), for the diagnostics report."""
    try:
        openhab = core_class("OpenHAB").getVersion()
    except ImportError:
        openhab = "of unknown version"
    jython = ".".join("{}".format(part) for part in sys.version_info[:3])
    return ["openHAB {}".format(openhab), "Jython {}".format(jython), "Java {}".format(System.getProperty("java.version"))]


def location(near):
    """A function -> openHAB's present location as (latitude, longitude), or None if nobody has set it."""
    provider = service("i18n.LocationProvider", near)

    def present():
        point = provider.getLocation() if provider is not None else None
        return None if point is None else (point.getLatitude().doubleValue(), point.getLongitude().doubleValue())

    return present


def time_zones(near):
    """A function -> openHAB's present regional time zone (java.time.ZoneId), or the machine's if openHAB has none."""
    provider = service("i18n.TimeZoneProvider", near)
    return lambda: (provider.getTimeZone() if provider is not None else None) or ZoneId.systemDefault()


_tags = {}


def knows_tag(name):
    """True if this openHAB has the semantic tag of that name, such as ``StateOfCharge`` (5.2)."""
    if name not in _tags:
        try:
            _tags[name] = core_class("semantics.SemanticTags").getById(name) is not None
        except ImportError:  # openHAB 2.5
            _tags[name] = False
    return _tags[name]
