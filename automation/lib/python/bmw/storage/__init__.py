"""What must survive a restart: private files, sealed records, the sealing key, secrets kept outside ``bmw.cfg``.

Knows nothing of what the records mean.
"""
