"""The BMW clouds by the name that the configuration uses. One module per API, loaded when an account uses it."""

from __future__ import absolute_import, unicode_literals

import importlib

#: name in the configuration -> class in the module of that name
CLOUDS = {
    "cardata": "CarData",
    "connecteddrive": "ConnectedDrive",
    "mybmw": "MyBMW",
    "portal": "Portal",
}


def find(name):
    """The Cloud class of a name in CLOUDS."""
    return getattr(importlib.import_module(str("bmw.clouds." + name)), CLOUDS[name])
