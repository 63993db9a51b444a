"""The commands of a car: from an item or a rule to the cloud, and what is told of it until its end.

``definitions.py``: their names and arguments. ``incoming.py``: takes them from items and rules. ``commander.py``: sends one and
follows it. ``progress.py``: tells each step once. Knows no cloud and no Java.
"""
