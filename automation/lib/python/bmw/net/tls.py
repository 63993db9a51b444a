"""What CPython's clients ask of TLS: certificate and host name checked, version 1.2 at least. In openHAB ``bmw.openhab.tls``."""

from __future__ import absolute_import, unicode_literals


def context(ca_file=None):
    """An SSLContext for a client.

    Args:
        ca_file (str or None): a file of certificates to trust instead of the system's.
    """
    import ssl  # here, not above: on Jython it is slow to import and never used

    made = ssl.create_default_context(cafile=ca_file)
    made.minimum_version = ssl.TLSVersion.TLSv1_2  # novm: CPython 3 only
    return made
