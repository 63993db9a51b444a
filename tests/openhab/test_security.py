"""What docs/security.md promises, in a real openHAB: passwords in files, what openHAB keeps of them, old TLS, new and lost keys."""

import os
import ssl
import stat
import time
import warnings

import pytest

from tests.cloud import HOME_PASSWORD, HOME_USER
from tests.cloud.certificate import Certificates
from tests.cloud.tls_server import TlsServer
from tests.openhab.home import STARTED, Home
from tests.openhab.probe import Hand

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    OLD = ssl.TLSVersion.TLSv1_1

pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")

DISK = Hand("Disk", "from bmw.openhab import disk\nDO = {'sync': disk.sync_folder}\n")
#: a JVM that allows everything and offers what is too old
OLD_JVM = "-Djava.security.properties={} -Djdk.tls.client.protocols=TLSv1.2,TLSv1.1"
EVERYTHING = "jdk.tls.disabledAlgorithms=\njdk.tls.legacyAlgorithms=\n"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def home(openhab_factory, certificates, tmp_path_factory):
    allowed = tmp_path_factory.mktemp("jvm") / "java.security"
    allowed.write_text(EVERYTHING)
    home = Home(openhab_factory(jvm_options=" ".join([certificates.jvm_options(), OLD_JVM.format(allowed)])))
    home.start()
    yield home
    home.close()


def portal(home, **changes):
    return home.settings(**dict({"client_id": None, "cloud": "portal", "username": HOME_USER}, **changes))


@pytest.fixture
def password_file(home):
    path = home.openhab.write_conf("services/bmw-password", HOME_PASSWORD + "\n")
    path.chmod(0o600)
    return path


# passwords


def test_a_password_file_that_others_can_read_is_refused_until_it_is_private(home, password_file):
    password_file.chmod(0o644)
    home.configure(**portal(home, password="file:bmw-password"))
    text = home.wait_status("CONFIG_ERROR")
    assert "can be read by others: make it private: chmod 600" in text
    password_file.chmod(0o600)
    home.wait_status("ONLINE")


def test_a_password_in_a_file_is_nowhere_else(home, password_file):
    """openHAB itself keeps a copy of all it reads in conf/services, in clear."""
    home.configure(**portal(home, password="file:bmw-password"))
    home.wait_status("ONLINE")
    assert holders(home, HOME_PASSWORD) == ["conf/services/bmw-password"]


def test_a_password_that_everybody_can_read_is_told_beside_the_state(home):
    since = home.openhab.log_size()
    home.configure(**portal(home, password=HOME_PASSWORD))
    assert "everybody" not in home.openhab.state("BMW_Account")
    (home.openhab.conf / "services" / "bmw.cfg").chmod(0o644)
    home.openhab.wait_state("BMW_Account", lambda text: "everybody on this machine can read password" in text)
    home.wait_status("ONLINE")
    assert HOME_PASSWORD not in home.openhab.log(since)
    # why a file of its own is worth the trouble
    assert [path for path in holders(home, HOME_PASSWORD) if path.startswith("userdata/config/")]


def holders(home, text):
    """The files of openHAB's conf and userdata that hold a text."""
    found = []
    for root in (home.openhab.conf, home.openhab.userdata):
        for path in root.rglob("*"):
            if path.is_file() and text.encode() in path.read_bytes():
                found.append("{}/{}".format(root.name, path.relative_to(root)))
    return sorted(found)


# TLS


def ask(home, server, words):
    """Lets the module sign in at a server, and waits until the account's text has these words."""
    home.configure(**portal(home, auth_url=server.url, api_url=server.url, password="x" * 12))
    home.openhab.wait_state("BMW_Account", lambda text: words in text)


def test_a_server_of_today_is_spoken_to_by_a_jvm_of_yesterday(home, certificates):
    with TlsServer(certificates) as server:
        ask(home, server, "BMW")
        home.wait(lambda: server.served > 0, "a request")


def test_a_server_that_speaks_tls_1_1_only_gets_nothing(home, certificates):
    with TlsServer(certificates, OLD) as server:
        ask(home, server, "No secure connection (TLS 1.2 or newer)")
        assert server.served == 0


def test_a_certificate_of_strangers_is_told_as_such(home, tmp_path):
    with TlsServer(Certificates(tmp_path)) as server:
        ask(home, server, "certificate is not trusted")
        assert server.served == 0


# keys


def test_an_old_key_gets_a_successor_and_the_sign_in_stays(home):
    home.configure(**home.settings())
    home.wait_status("SIGN_IN_NEEDED")
    home.sign_in()
    folder = home.openhab.userdata / "bmw"
    key = folder / "seal.key"
    before = key.read_text().split()
    old = time.time() - 100 * 86400
    os.utime(key, (old, old))
    home.configure(calls_per_day=49, **home.settings())
    home.wait_status("ONLINE")
    assert key.read_text().split()[1:] == before[:1]
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, key)] == [0o700, 0o600]
    home.configure(calls_per_day=48, **home.settings())
    home.wait_status("ONLINE")
    assert len(key.read_text().split()) == 2


def test_a_lost_key_file_is_told_and_a_new_sign_in_mends_it(home):
    home.openhab.stop()
    (home.openhab.userdata / "bmw" / "seal.key").unlink()
    home.openhab.start().wait_ready()
    home.openhab.wait_for_log(STARTED, since=home.openhab.started_at, timeout=90)
    assert "cannot be opened, because its key was lost or it is damaged" in home.wait_status("SIGN_IN_NEEDED")
    home.sign_in()


def test_what_is_renamed_is_made_durable_by_the_jvm(home):
    assert DISK.ask(home.openhab, "sync", str(home.openhab.userdata)) is True
    assert DISK.ask(home.openhab, "sync", str(home.openhab.userdata / "none")) is False
