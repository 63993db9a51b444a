"""ConnectedDrive (b2vapi), closed by BMW. Start reading in ``cloud.py``."""
