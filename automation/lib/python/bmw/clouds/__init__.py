"""The BMW clouds by their name in the configuration. One package per API, loaded when an account uses it."""

from __future__ import absolute_import, unicode_literals

import importlib

#: name in the configuration and of the package -> class in its module ``cloud``
CLOUDS = {
    "cardata": "CarData",
    "connecteddrive": "ConnectedDrive",
    "mybmw": "MyBMW",
    "portal": "Portal",
}


def find(name):
    """The Cloud class of a name in CLOUDS."""
    return getattr(importlib.import_module(str("bmw.clouds.{}.cloud".format(name))), CLOUDS[name])
