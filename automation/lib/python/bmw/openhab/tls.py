"""TLS settings on the JVM: certificate and host name are checked, at least version 1.2, independent of the JVM's settings."""

from __future__ import absolute_import, unicode_literals

PROTOCOLS = ["TLSv1.3", "TLSv1.2"]


def strict(parameters):
    """Sets this in javax.net.ssl.SSLParameters and returns them. The JVM's default trust manager checks the certificate."""
    parameters.setProtocols(PROTOCOLS)
    parameters.setEndpointIdentificationAlgorithm("HTTPS")
    return parameters
