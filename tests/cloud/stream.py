"""The stream part of the simulated cloud: a real MQTT broker (amqtt) that lets in whom BMW's would, and ends what BMW's would.

User gcid, password id_token; one session per gcid; ended when the token does; `{gcid}/{vin}` only, and only where data was
selected; QoS 0; nothing retained. Also as a broker at home (`relay=True`): user and password of its own, topic `bmw/{vin}`. A program that
forwards BMW's messages to it is simulated as well, unless `forwards=False`; then its clients do, and `client_messages` keeps what they sent.
It runs on a thread with an event loop of its own. Faults are switched on and off by a test.
"""

import asyncio
import json
import ssl
import tempfile
import threading
import uuid

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig, ListenerConfig, ListenerType

from .certificate import Certificates
from .clock import iso
from .stream_rules import STREAMS, Rules

# real seconds between two checks whether a session's token has expired
TICK = 0.05
LISTENER = "stream"


class Client:
    """A TCP connection from accept to end. `gcid` is None until its login is accepted, `topic` until it has subscribed."""

    def __init__(self, writer):
        self.writer = writer
        self.port = writer.get_extra_info("peername")[1]
        self.gcid = None
        self.password = None
        self.is_let_in = False
        self.topic = None

    def abort(self):
        self.writer.transport.abort()


class _Writer(StreamWriterAdapter):
    """Sends nothing while the stream is stalled, like a network that loses packets."""

    def __init__(self, writer, stream):
        super().__init__(writer)
        self._stream = stream

    def write(self, data):
        if not self._stream.stalled:
            super().write(data)


class SimulatedStream:
    """`with SimulatedStream(cloud) as stream:` serves at `stream.url`, `mqtts://localhost:port`.

    Switches: `refuse_logins` (the next so many logins get CONNACK 5), `refuse_connections` (TCP is closed at once), `stalled`
    (half-open: nothing is sent or received), `selected` (False: no data selected in the portal, SUBACK 0x80), `forgets_selection`
    (BMW lost the selected data: the connection stays, but no message comes),
    `second_client` ("kick" the older or "refuse" the newer session of a gcid). `names` and `authority` are for its certificate.
    """

    def __init__(
        self,
        cloud,
        port=0,
        host="127.0.0.1",
        tls=True,
        relay=False,
        forwards=True,
        user=None,
        password=None,
        names=("localhost", "127.0.0.1"),
        authority=None,
    ):
        self.cloud = cloud
        self.host = host
        self.port = port
        self.relay = relay
        self.forwards = forwards
        self.levels = ("bmw",)  # a broker at home lets its clients read topics that begin so
        self.user = user
        self.password = password
        self.refuse_logins = 0
        self.refuse_connections = False
        self.stalled = False
        self.selected = True
        self.forgets_selection = False
        self.second_client = "kick"
        self.server_names = []  # the SNI names of the clients; None for a client without SNI
        self.logins = []  # time of each login, and whether it was accepted
        self.published = 0
        self.client_messages = []  # (topic, payload, is it retained) of each message that a client was allowed to publish
        self._clients = {}
        self._key = uuid.uuid4().hex
        self._folder = tempfile.TemporaryDirectory() if tls else None
        self.certificates = Certificates(self._folder.name, names, authority=authority) if tls else None
        self._loop = None
        self._thread = None
        cloud.garage.on_change(self.car_changed)

    # Serving

    @property
    def url(self):
        return "%s://localhost:%d" % ("mqtts" if self.certificates else "mqtt", self.port)

    @property
    def ca_file(self):
        return str(self.certificates.ca_file)

    def start(self):
        """Start serving; after a stop() on the same port as before."""
        STREAMS[self._key] = self
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), name="stream", daemon=True)
        self._thread.start()
        if not started.wait(10):
            raise RuntimeError("the simulated stream did not start")
        return self

    def stop(self):
        """Stop serving and close all connections."""
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join(10)
            self._thread = None

    def close(self):
        self.stop()
        STREAMS.pop(self._key, None)
        if self._folder:
            self._folder.cleanup()

    def __enter__(self):
        return self.start()

    def __exit__(self, *problem):
        self.close()

    async def _serve(self, started):
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        plugin = "%s.%s" % (Rules.__module__, Rules.__name__)
        self._broker = Broker(
            BrokerConfig(
                listeners={"default": ListenerConfig(type=ListenerType.EXTERNAL), LISTENER: ListenerConfig(type=ListenerType.EXTERNAL)},
                plugins={plugin: {"stream": self._key}},
            )
        )
        self._broker.config.max_qos = 0
        await self._broker.start()
        server = await asyncio.start_server(self._accept, self.host, self.port, ssl=self._tls())
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        while not self._over.is_set():
            self._end_expired()
            await _wait(self._over, TICK)
        server.close()
        self._end_all()
        await _wait(self._over, 0)
        await self._broker.shutdown()

    def _tls(self):
        if self.certificates is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificates.server_file, self.certificates.server_key)
        context.sni_callback = lambda connection, name, _context: self.server_names.append(name)
        return context

    async def _accept(self, reader, writer):
        client = Client(writer)
        if self.refuse_connections:
            client.abort()
            return
        self._clients[client.port] = client
        try:
            await self._broker.external_connected(StreamReaderAdapter(reader), _Writer(writer, self), LISTENER)
        except OSError:
            pass  # the client closed it first
        finally:
            self._clients.pop(client.port, None)
            client.abort()

    # Callbacks of the broker, on its event loop

    def login(self, session):
        """True if the login is accepted. Ends or refuses a second session of the same gcid."""
        client = self._clients.get(session.remote_port)
        good = client is not None and self._is_good(session.username, session.password)
        if good and self.refuse_logins > 0:
            self.refuse_logins -= 1
            good = False
        others = [one for one in self._clients.values() if one.gcid == session.username and one is not client]
        if good and others and not self.relay:
            if self.second_client == "refuse":
                good = False
            else:
                for one in others:
                    one.abort()
        self.logins.append({"time": self.cloud.clock.now(), "ok": good})
        if good:
            client.gcid, client.password, client.is_let_in = session.username, session.password, True
        return good

    def _is_good(self, user, password):
        if self.relay:
            return (user, password) == (self.user, self.password)
        return self.cloud.tokens.stream_login(user, password)

    def may_subscribe(self, session, topic):
        """True if there is a stream for this topic."""
        first, _, rest = topic.partition("/")
        if self.relay:
            good = first in self.levels
        else:
            good = self.selected and first == session.username and (rest in ("+", "#") or rest in self._vins(first))
        client = self._clients.get(session.remote_port)
        if good and client is not None:
            client.topic = topic
        return good

    def may_publish(self, session, topic):
        """True for a client of a broker at home. At BMW's broker only cars may publish; each broker refuses topics with wildcards."""
        client = self._clients.get(session.remote_port) if session is not None else None
        return self.relay and client is not None and client.is_let_in and not set("#+\0").intersection(topic)

    def published_by(self, _client_id, message):
        """Called for each message of a client that was allowed."""
        self.client_messages.append((message.topic, bytes(message.data), bool(message.publish_packet.retain_flag)))

    def kept(self):
        """{topic: payload} of the retained messages."""
        return {topic: bytes(one.data) for topic, one in dict(self._broker.retained_messages).items()}

    def _vins(self, gcid):
        return [vin for account in self.cloud.garage.accounts() if account.gcid == gcid for vin in account.mappings]

    # Sessions

    def sessions(self):
        """The number of clients that are logged in and subscribed, without those that are about to be ended as their token has expired."""
        return sum(1 for client in list(self._clients.values()) if client.topic and not self._has_expired(client))

    def good_logins(self):
        return sum(1 for login in self.logins if login["ok"])

    def drop_all(self):
        """Close all connections at once, like a restart of the broker."""
        self._loop.call_soon_threadsafe(self._end_all)

    def _end_all(self):
        for client in list(self._clients.values()):
            client.abort()

    def _end_expired(self):
        for client in list(self._clients.values()):
            if self._has_expired(client):
                client.abort()

    def _has_expired(self, client):
        return not self.relay and client.gcid is not None and not self.cloud.tokens.stream_login(client.gcid, client.password)

    # Messages

    def car_changed(self, vin, entries):
        """Called by the garage: sends a message to each account that is the car's primary user."""
        if self.forgets_selection or not self.forwards:
            return
        now = iso(self.cloud.clock.now())
        message = {"vin": vin, "entityId": str(uuid.uuid4()), "topic": vin, "timestamp": now, "data": entries}
        for account in self.cloud.garage.accounts():
            row = account.mappings.get(vin)
            if row is not None and row["mappingType"] == "PRIMARY":
                self.publish(vin, json.dumps(message).encode(), account.gcid)

    def publish(self, vin, payload, gcid=None):
        """Send a payload (bytes) as a message about `vin` to the account with this gcid (None: the first one)."""
        if self._thread is None:
            return
        gcid = gcid or self.cloud.garage.accounts()[0].gcid
        topic = "%s/%s" % ("bmw" if self.relay else gcid, vin)
        self.published += 1
        asyncio.run_coroutine_threadsafe(self._broker.internal_message_broadcast(topic, payload, 0), self._loop)

    def relay_says(self, connected):
        """The forwarding program reports whether it is connected to BMW, as a retained message."""
        payload = json.dumps({"connected": connected, "timestamp": int(self.cloud.clock.now())}).encode()
        asyncio.run_coroutine_threadsafe(self._keep("bmw/status", payload), self._loop).result(10)

    async def _keep(self, topic, payload):
        await self._broker.retain_message(None, topic, payload, 0)
        await self._broker.internal_message_broadcast(topic, payload, 0)


async def _wait(event, seconds):
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except asyncio.TimeoutError:
        pass
