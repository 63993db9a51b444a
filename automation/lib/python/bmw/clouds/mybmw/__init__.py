"""The MyBMW app's API, closed to other programs. ``cloud.py`` is the way in."""
