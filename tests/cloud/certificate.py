"""A certificate authority for one run, and a server certificate from it: TLS that a client can verify for real.

Writes ca.pem (for Python), ca.p12 (a trust store for Java, password `changeit`), server.pem and server.key.
"""

import datetime
import ipaddress
import uuid
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

STORE_PASSWORD = "changeit"


class Certificates:
    """`hosts`: names and addresses in the server's certificate; `days` (from, to): its validity, counted from now.

    `authority`: other Certificates; their authority signs this certificate as well.
    """

    def __init__(self, folder, hosts=("localhost", "127.0.0.1"), days=(-2, 30), authority=None):
        folder = Path(folder)
        self.ca_file = folder / "ca.pem"
        self.java_store = folder / "ca.p12"
        self.server_file = folder / "server.pem"
        self.server_key = folder / "server.key"
        self.authority = authority.authority if authority else _make_authority()
        issuer, issuer_key = self.authority
        server_key = ec.generate_private_key(ec.SECP256R1())
        server = _sign("Simulated stream", server_key, issuer, issuer_key, _names(hosts), days)
        self.ca_file.write_bytes(_pem(issuer))
        self.java_store.write_bytes(_java_store(issuer))
        self.server_file.write_bytes(_pem(server))
        self.server_key.write_bytes(
            server_key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )

    def jvm_options(self):
        """Options that make a Java process trust this server and nobody else."""
        return "-Djavax.net.ssl.trustStore=%s -Djavax.net.ssl.trustStorePassword=%s" % (self.java_store, STORE_PASSWORD)


def _make_authority():
    """Makes a new certificate authority; returns (certificate, key)."""
    key = ec.generate_private_key(ec.SECP256R1())
    extension = x509.BasicConstraints(ca=True, path_length=0)
    return _sign("Simulated CA %s" % uuid.uuid4().hex[:8], key, None, key, extension, (-2, 30)), key


def _sign(name, key, issuer, issuer_key, extension, days):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=days[0]))
        .not_valid_after(now + datetime.timedelta(days=days[1]))
    )
    return builder.add_extension(extension, critical=issuer is None).sign(issuer_key, hashes.SHA256())


def _names(hosts):
    return x509.SubjectAlternativeName([_name(host) for host in hosts])


def _name(host):
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def _java_store(authority):
    return pkcs12.serialize_java_truststore(
        [pkcs12.PKCS12Certificate(authority, b"simulated-ca")], serialization.BestAvailableEncryption(STORE_PASSWORD.encode())
    )
