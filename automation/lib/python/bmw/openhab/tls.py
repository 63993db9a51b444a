"""What the JVM's clients ask of TLS: certificate and host name checked, version 1.2 at least, whatever the JVM is set to."""

from __future__ import absolute_import, unicode_literals

PROTOCOLS = ["TLSv1.3", "TLSv1.2"]


def strict(parameters):
    """The javax.net.ssl.SSLParameters, made so. That the certificate is checked is the JVM's default trust manager."""
    parameters.setProtocols(PROTOCOLS)
    parameters.setEndpointIdentificationAlgorithm("HTTPS")
    return parameters
