"""The ConnectedDrive web portal, ended by BMW. ``cloud.py`` is the way in."""
