"""What a car can be told, and the life of one command from an item to its end.

``commands.py``: names and arguments. ``commander.py``: sends one and follows it. ``command_desk.py``: the items that take commands.
Knows no cloud and no Java.
"""
