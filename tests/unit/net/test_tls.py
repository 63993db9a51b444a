"""bmw.net.tls: every connection of CPython's clients is TLS 1.2 or newer, to a server whose certificate and name are checked."""

import socket
import ssl
import warnings

import pytest
from bmw.errors import NetworkError
from bmw.net import http, socket_wire, tls
from bmw.net.http import Http, RequestsTransport
from bmw.net.socket_wire import SocketWire

from tests.cloud.certificate import Certificates
from tests.cloud.tls_server import TlsServer, make_old

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    TOO_OLD = [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1]
GOOD = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]

pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def strangers(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("strangers"))


def ask(server, ca_file):
    """Connects with requests."""
    return Http(RequestsTransport(str(ca_file)), [server.url]).send("GET", server.url + "/").status


def wire(server, ca_file, host="127.0.0.1"):
    """Connects with the stream's socket."""
    made = SocketWire(str(ca_file))
    try:
        made.open(host, server.port, True, 5)
        made.write(b"hello")
        return 200 if made.read(12).endswith(b"200") else None
    finally:
        made.close()


WAYS = pytest.mark.parametrize("way", [ask, wire])


@WAYS
@pytest.mark.parametrize("version", GOOD, ids=str)
def test_a_server_of_today_is_spoken_to(certificates, way, version):
    with TlsServer(certificates, version) as server:
        assert way(server, certificates.ca_file) == 200


@WAYS
@pytest.mark.parametrize("version", TOO_OLD, ids=str)
def test_a_server_of_yesterday_gets_nothing(certificates, way, version):
    with TlsServer(certificates, version) as server:
        with pytest.raises(NetworkError):
            way(server, certificates.ca_file)
        assert server.served == 0


@pytest.mark.parametrize("version", TOO_OLD, ids=str)
def test_the_server_of_yesterday_does_serve_clients_of_yesterday(certificates, version):
    """Without this check the test before could pass for a wrong reason."""
    context = make_old(ssl.create_default_context(cafile=str(certificates.ca_file)), version)
    with TlsServer(certificates, version) as server, socket.create_connection(("127.0.0.1", server.port), 5) as plain:
        try:
            client = context.wrap_socket(plain, server_hostname="127.0.0.1")
        except ssl.SSLError:
            pytest.skip("this OpenSSL cannot speak {}".format(version))
        client.sendall(b"hello")
        assert client.recv(12).endswith(b"200")


@WAYS
@pytest.mark.parametrize("version", TOO_OLD, ids=str)
def test_it_is_our_own_minimum_that_refuses_and_not_pythons(certificates, way, version, monkeypatch):
    monkeypatch.setattr(tls, "context", lambda ca_file: make_old(ssl.create_default_context(cafile=ca_file), version))
    assert http.tls is socket_wire.tls is tls
    with TlsServer(certificates, version) as server:
        try:
            assert way(server, certificates.ca_file) == 200
        except NetworkError:
            pytest.skip("this OpenSSL cannot speak {}".format(version))


@WAYS
def test_a_certificate_of_strangers_is_refused(certificates, strangers, way):
    with TlsServer(strangers) as server:
        with pytest.raises(NetworkError) as error:
            way(server, certificates.ca_file)
        assert "certificate is not trusted" in error.value.problem
        assert server.served == 0


def test_a_certificate_for_another_name_is_refused(tmp_path):
    certificates = Certificates(tmp_path, hosts=("elsewhere.example",))
    with TlsServer(certificates) as server:
        for way in (ask, wire):
            with pytest.raises(NetworkError) as error:
                way(server, certificates.ca_file)
            assert "certificate is not trusted" in error.value.problem


def test_the_context_checks_certificate_and_name_and_starts_at_version_1_2():
    context = tls.context()
    assert context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
