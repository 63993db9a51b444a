"""The BMW clouds by the name that the configuration uses. One module per API."""

from __future__ import unicode_literals

from bmw.clouds.cardata import CarData

CLOUDS = dict((cloud.name, cloud) for cloud in (CarData,))
