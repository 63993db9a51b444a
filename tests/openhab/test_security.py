"""What docs/security.md promises, in a real openHAB: passwords in files, what openHAB keeps of them, old TLS, new and lost keys."""

import contextlib
import os
import socket
import ssl
import stat
import sys
import threading
import time
import warnings

import pytest

from tests.cloud import HOME_PASSWORD, HOME_USER
from tests.cloud.certificate import Certificates
from tests.cloud.tls_server import TlsServer
from tests.openhab.faults_house import Disk
from tests.openhab.home import SETTINGS_FILE, STARTED, Home
from tests.openhab.jvm_clock import WHY_NOT, JvmClock
from tests.openhab.layout import REPO
from tests.openhab.probe import Hand
from tests.openhab.server import wait_until

sys.path.insert(0, str(REPO / "automation" / "lib" / "python"))

from bmw.storage import cipher, key_file  # noqa: E402
from bmw.storage.seal import Seal  # noqa: E402
from bmw.storage.store import RESERVED, Store  # noqa: E402

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    OLD = ssl.TLSVersion.TLSv1_1

pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")

#: uses the module's file functions in the JVM, on an interrupted thread too; that JVM makes new files readable by everybody
DISK = Hand(
    "Disk",
    """
import os
from java.lang import Thread
from bmw.storage import files
from bmw.openhab import disk

# this script has modules of its own
files.sync_folder, files.create, files.reopen, files.calmly = disk.sync_folder, disk.create, disk.reopen, disk.calmly


def create(path, text):
    file = disk.create(path)
    mode = os.stat(path).st_mode & 0o777
    file.put(text.encode("utf-8"))
    file.put(text[:3].encode("utf-8"))
    file.close()
    return mode


def interrupted(path, text):
    Thread.currentThread().interrupt()
    try:
        mode = create(path, text)
        disk.sync_folder(os.path.dirname(path))
    finally:
        was_interrupted = Thread.interrupted()
    return mode, was_interrupted


def kept(path, text):
    # what is read of a file that was written there
    Thread.currentThread().interrupt()
    try:
        files.write(path, text.encode("utf-8"))
        return files.read(path).decode("utf-8"), Thread.currentThread().isInterrupted()
    finally:
        Thread.interrupted()


def error(name, path):
    try:
        getattr(disk, name)(path)
    except IOError as problem:
        return files._advice(problem)


def over(path, text):
    file = disk.reopen(path)
    file.put(text.encode("utf-8"))
    file.close()


DO = {"create": create, "interrupted": interrupted, "kept": kept, "error": error, "over": over}
""",
)
#: token requests that get no answer
UNANSWERED = Hand(
    "Unanswered",
    """
from bmw.errors import NetworkError
from bmw.net.http import Request
from bmw.openhab.http import JvmTransport
from bmw.openhab.jvm import Shared


def ask(url, count):
    transport = JvmTransport(Shared(itemRegistry))
    for _ in range(count):
        try:
            transport(Request("POST", url, {}, b"", 0.2, True))
        except NetworkError as error:
            told = error.problem
    return told


DO = {"ask": ask}
""",
)
#: lets an answer come in pieces of two bytes; says what was read, and how much memory it takes
PIECES = Hand(
    "Pieces",
    """
from java.lang import Runtime, System
from java.nio import ByteBuffer
from java.util import ArrayList
from java.util.concurrent import Flow
from bmw.openhab.http import _LimitedBody


class Subscription(Flow.Subscription):
    def request(self, _count):
        pass

    def cancel(self):
        pass


def used():
    System.gc()
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()


def take(count):
    body = _LimitedBody()
    body.onSubscribe(Subscription())
    before = min(used() for _ in range(3))
    for _ in range(count // 1000):
        body.onNext(ArrayList([ByteBuffer.wrap("ab") for _ in range(1000)]))
    return min(used() for _ in range(3)) - before, len(body.data())


DO = {"take": take}
""",
)
#: a JVM that allows all algorithms and also offers TLS 1.1
OLD_JVM = "-Djava.security.properties={} -Djdk.tls.client.protocols=TLSv1.2,TLSv1.1"
EVERYTHING = "jdk.tls.disabledAlgorithms=\njdk.tls.legacyAlgorithms=\n"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def home(openhab_factory, certificates, tmp_path_factory):
    allowed = tmp_path_factory.mktemp("jvm") / "java.security"
    allowed.write_text(EVERYTHING)
    clock = JvmClock(tmp_path_factory.mktemp("clock") / "clock")
    options = " ".join([certificates.jvm_options(), OLD_JVM.format(allowed)])
    home = Home(openhab_factory(jvm_options=options, environment=clock.environment()))
    home.clock = clock
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
    """openHAB keeps its own plain copy of all settings in conf/services."""
    home.configure(**portal(home, password="file:bmw-password"))
    home.wait_status("ONLINE")
    assert holders(home, HOME_PASSWORD) == ["conf/services/bmw-password"]


def test_a_password_that_everybody_can_read_is_told_beside_the_state(home):
    since = home.openhab.log_size()
    home.configure(**portal(home, password=HOME_PASSWORD))
    assert "everybody" not in home.openhab.state("BMW_Account")
    (home.openhab.conf / "services" / "bmw.cfg").chmod(0o644)
    told = home.openhab.wait_state("BMW_Account", lambda text: "everybody on this machine can read password" in text)
    assert "file:NAME or env:NAME instead" in told and "openHAB copies bmw.cfg into userdata/config" in told
    home.wait_status("ONLINE")
    assert HOME_PASSWORD not in home.openhab.log(since)
    # this is why a password belongs in its own file: openHAB copied the setting
    assert [path for path in holders(home, HOME_PASSWORD) if path.startswith("userdata/config/")]


def holders(home, text):
    """The files in openHAB's conf and userdata that contain the text."""
    found = []
    for root in (home.openhab.conf, home.openhab.userdata):
        for path in root.rglob("*"):
            if path.is_file() and text.encode() in path.read_bytes():
                found.append("{}/{}".format(root.name, path.relative_to(root)))
    return sorted(found)


# TLS


def ask(home, server, words):
    """Makes the module sign in at a server; waits until the account's text contains these words."""
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


def test_a_server_that_never_answers_token_requests_gets_few_connections_that_stay_open(home):
    """Java closes none of them by the steady clock, so a month without an answer would use up openHAB's files and memory."""
    connections, listener = [], socket.create_server(("127.0.0.1", 0), backlog=100)

    def accept():
        with contextlib.suppress(OSError):
            while True:
                connections.append(listener.accept()[0])

    threading.Thread(target=accept, daemon=True).start()
    try:
        told = UNANSWERED.ask(home.openhab, "ask", "http://127.0.0.1:{}/".format(listener.getsockname()[1]), 30)
        assert "answer" in told
        wait_until(lambda: len([one for one in connections if not is_ended(one)]) <= 20 and len(connections) == 30, 20, "the others to end")
        assert len([one for one in connections if not is_ended(one)]) == 20
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        for one in [listener, *connections]:
            one.close()


def test_an_answer_in_tiny_pieces_takes_not_much_more_memory_than_itself(home):
    """A server that sends byte by byte would else fill openHAB's memory with the 8 MB that an answer may have."""
    taken, read = PIECES.ask(home.openhab, "take", 300000, timeout=60)
    assert read == 600000
    assert taken < 10000000


def is_ended(connection):
    """True if the other side has closed the connection; what it sent is read."""
    try:
        while connection.recv(65536, socket.MSG_DONTWAIT):
            pass
        return True
    except BlockingIOError:
        return False


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


def test_a_damaged_key_file_is_told_with_what_to_do_and_put_back_it_costs_no_sign_in(home):
    folder = home.openhab.userdata / "bmw"
    home.force_update()  # when it ends, all records have been saved
    key, since = folder / "seal.key", home.openhab.log_size()
    files, whole = sorted(path.name for path in folder.iterdir()), key.read_bytes()
    key.write_text("rubbish")
    try:
        home.configure(calls_per_day=47, **home.settings())
        assert "seal.key is damaged: delete it and sign in again" in home.wait_status("STORE_ERROR")
        home.openhab.command("BMW_ForceUpdate", "ON")
        home.openhab.wait_state("BMW_ForceUpdate", "OFF")
        assert (key.read_text(), sorted(path.name for path in folder.iterdir())) == ("rubbish", files)
    finally:
        key.write_bytes(whole)
    home.wait_status("ONLINE")
    assert "Traceback" not in home.openhab.log(since)


# the stored sign-in: a stop, a kill, a full disk, a backup


TOKEN = "account.cardata.token"
#: seconds; such a token counts as near its end
SHORT_LIFE = 120


def renew(home, seconds=0):
    """Forces a token refresh with the next call; BMW's answer is held for ``seconds``. Returns when BMW has made the new token."""
    last = home.last_call()
    home.cloud.add_fault("telematicData", "status", status=401)
    home.cloud.add_fault("refresh", "held", seconds=seconds)
    home.openhab.command("BMW_ForceUpdate", "ON")
    home.wait(lambda: "refresh" in [call["where"] for call in home.cloud.calls(last)], "a renewal")


def stored(home):
    """The refresh token in the store, decrypted as openHAB does after a start."""
    seal = Seal(lambda: key_file.read(str(home.openhab.userdata / "bmw" / "seal.key")), cipher)
    return (Store(str(home.openhab.userdata / "bmw"), seal).load(TOKEN) or {}).get("refresh_token")


def living(home):
    """True if the store holds the refresh token that BMW issued last."""
    return stored(home) in home.cloud.tokens.ever_issued[-3:]


def free(folder):
    """Free bytes on the folder's disk."""
    disk = os.statvfs(str(folder))
    return disk.f_bavail * disk.f_frsize


@pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))
def test_a_clock_that_is_set_a_year_ahead_while_a_token_is_renewed_loses_no_sign_in(home):
    """Java 11 counts a request's timeout by that clock, so a renewal has none."""
    home.configure(**home.settings())
    if home.openhab.state("BMW_AccountState") != "ONLINE":
        home.sign_in()
    renew(home, seconds=6)
    assert not living(home), "the answer is still on its way"
    home.clock.set(365)
    try:
        home.wait(lambda: living(home), "the new token in the store")
        home.openhab.wait_state("BMW_LastRefresh", lambda state: state.startswith(home.clock.today()))
    finally:
        home.clock.set(0)


@pytest.fixture(scope="module")
def renewed(home):
    """Stops openHAB during a token refresh. Returns (the stored token before that refresh, a Disk that is not mounted yet)."""
    home.configure(**home.settings())
    if home.openhab.state("BMW_AccountState") != "ONLINE":
        home.sign_in()
    before = (home.openhab.userdata / "bmw" / TOKEN).read_bytes()
    home.cloud.settings(access_lifetime=SHORT_LIFE)
    renew(home, seconds=8)
    assert not living(home), "the answer is still on its way"
    home.openhab.stop()
    disk = Disk(home.openhab.userdata / "bmw")
    yield before, disk
    disk.unmount()


def test_a_stop_waits_for_the_answer_to_a_renewal_and_stores_it(home, renewed):
    assert living(home)


def test_a_start_on_a_full_disk_takes_up_what_a_kill_left_beside_and_loses_no_later_token(home, renewed):
    """The files are as after a kill -9 between fsync and rename. The token is at its end, so it is refreshed at once."""
    folder = home.openhab.userdata / "bmw"
    (before, disk), files = renewed, {path.name: path.read_bytes() for path in folder.iterdir()}
    disk.mount()
    if not disk.is_there:
        pytest.skip("no right to mount a file system here")
    for name, data in dict(files, **{TOKEN: before, TOKEN + ".new": files[TOKEN]}).items():
        (folder / name).write_bytes(data)
    disk.fill()
    assert free(folder) == 0
    last = home.last_call()
    try:
        home.start()
        home.wait_status("ONLINE")
        home.wait(lambda: "refresh" in [call["where"] for call in home.cloud.calls(last)], "a renewal")
        home.wait(lambda: living(home), "the living token in the store")
        assert free(folder) < RESERVED, "it was full all the time, but for the place of the old token"
    finally:
        disk.make_room()
        home.cloud.settings(access_lifetime=3600)


def test_a_store_of_yesterday_does_not_take_the_place_of_the_newer_token_in_the_item(home, renewed):
    """Like a restored backup of userdata/bmw. The item keeps its state over a reload of the script, as with persistence."""
    renew(home)
    home.openhab.wait_state("BMW_ForceUpdate", "OFF")
    home.openhab.write_conf(SETTINGS_FILE, "")  # without a client id nobody stores a token
    home.wait_status("CONFIG_ERROR")
    (home.openhab.userdata / "bmw" / TOKEN).write_bytes(renewed[0])
    home.configure(**home.settings())
    home.wait_status("ONLINE")
    renew(home)
    home.openhab.wait_state("BMW_ForceUpdate", "OFF")
    home.wait_status("ONLINE")
    assert living(home)


def test_the_text_of_one_accounts_token_item_is_of_no_use_in_anothers(home):
    sealed = home.openhab.state("BMW_AccessToken")
    assert sealed.startswith("bmw1:")
    last = home.last_call()
    home.configure(accounts="other", **home.settings())
    home.openhab.wait_state("BMW_Other_AccountState", "SIGN_IN_NEEDED")
    since = home.openhab.log_size()
    home.openhab.update("BMW_Other_AccessToken", sealed)
    home.openhab.wait_state("BMW_Other_AccessToken", sealed)
    home.openhab.command("BMW_Other_ForceUpdate", "ON")
    home.openhab.wait_for_log("The token item has no usable token", since=since)
    home.openhab.wait_state("BMW_Other_ForceUpdate", "OFF")
    assert home.openhab.state("BMW_Other_AccountState") == "SIGN_IN_NEEDED"
    assert home.api_calls(last) == []


def test_files_are_made_private_and_durable_by_the_jvm_and_no_link_is_followed(home, tmp_path):
    openhab, new, link = home.openhab, tmp_path / "new", tmp_path / "link"
    assert DISK.ask(openhab, "create", str(new), "some text") == 0o600
    assert (new.read_text(), stat.S_IMODE(new.stat().st_mode)) == ("som", 0o600)
    link.symlink_to(tmp_path / "other")
    for path in (new, link):
        assert "FileAlreadyExistsException" in DISK.ask(openhab, "error", "create", str(path))
    assert not (tmp_path / "other").exists()
    DISK.ask(openhab, "over", str(new), "another")
    assert new.read_text() == "another"
    link.unlink()
    link.symlink_to(new)
    assert DISK.ask(openhab, "error", "reopen", str(link)) and DISK.ask(openhab, "error", "reopen", str(tmp_path / "none"))
    assert DISK.ask(openhab, "interrupted", str(tmp_path / "calm"), "whole") == [0o600, True]
    assert (tmp_path / "calm").read_text() == "who"
    assert DISK.ask(openhab, "kept", str(tmp_path / "read"), "whole") == ["whole", True]
    assert DISK.ask(openhab, "error", "sync_folder", str(tmp_path)) is None
    assert DISK.ask(openhab, "error", "sync_folder", str(tmp_path / "none"))
