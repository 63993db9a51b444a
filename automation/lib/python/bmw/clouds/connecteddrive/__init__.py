"""ConnectedDrive (b2vapi), ended by BMW. ``cloud.py`` is the way in."""
