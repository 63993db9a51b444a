"""The openHAB integration for BMW cars.

One direction of flow, one room per job::

    clock / item command            automation/jsr223/bmw.py   (rules only)
    CarData's stream                clouds.cardata_live
      -> service                    one account at work
      -> account                    who am I, is the token good
      -> clouds                     ask BMW: one module per API
      -> vehicle                    one vocabulary for what a car says
      -> openhab.items              write openHAB states natively

Everything here runs on Jython 2.7 and CPython 3.9+; only ``bmw.openhab`` may import Java or the openHAB scope.
"""

__version__ = "1.0.0"
