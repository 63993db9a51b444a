"""Storage on disk: private files, sealed records, the sealing key, secrets outside ``bmw.cfg``.

Does not know what the records mean.
"""
