"""The ConnectedDrive web portal, closed by BMW. Start reading in ``cloud.py``."""
