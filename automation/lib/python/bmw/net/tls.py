"""TLS settings on CPython: certificate and host name are checked, at least version 1.2. In openHAB: ``bmw.openhab.tls``."""

from __future__ import absolute_import, unicode_literals


def context(ca_file=None):
    """An SSLContext for a client.

    Args:
        ca_file (str or None): file with certificates to trust instead of the system's.
    """
    import ssl  # not at the top: slow to import on Jython, where nobody uses it

    made = ssl.create_default_context(cafile=ca_file)
    made.minimum_version = ssl.TLSVersion.TLSv1_2  # novm: CPython 3 only
    return made
