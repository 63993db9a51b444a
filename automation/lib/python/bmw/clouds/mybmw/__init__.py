"""The MyBMW app's API, closed to other programs. Start reading in ``cloud.py``."""
