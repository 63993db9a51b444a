"""The commands of a car: from an item or a rule to the cloud, and their progress.

``definitions.py``: names and arguments. ``incoming.py``: accepts commands from items and rules. ``commander.py``: sends a command
and polls its progress. ``unlocking.py``: who may unlock. ``progress.py``: shows each state once. Knows no cloud and no Java.
"""
