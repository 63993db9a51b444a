"""The openHAB integration for BMW cars.

Data flows in one direction, through one package per task::

    timer / item command            openhab.rules, added by automation/jsr223/bmw.py
    CarData's stream                clouds.cardata.live
      -> polling.service            coordinates one account
      -> account                    sign-in and tokens
      -> clouds                     requests to BMW: one package per API
      -> vehicle                    the car's readings in one vocabulary
      -> openhab.items              writes openHAB states

Everything here runs on Jython 2.7 and CPython 3.9+; only ``bmw.openhab`` may import Java or the openHAB scope.
"""

__version__ = "1.0.0"
