"""What the library expects of the parts that are handed to it: one class per interface, never an instance.

Inside openHAB, on the command line and in the tests these parts differ. None of them inherits from the classes here, so that
openHAB loads nothing for them; ``tests/unit/test_interfaces.py`` holds every implementation to its interface.
Methods that may be called from any thread say so; all others are called on the account's worker.
"""

from __future__ import absolute_import, unicode_literals


class Clock(object):
    """The time of day. Implemented by ``bmw.times.SystemClock``."""

    def now(self):
        """Epoch seconds (float)."""


class Worker(object):
    """One thread per account for what must not block a rule. Implemented by ``bmw.worker`` and ``bmw.cli.worker``.

    All methods may be called from any thread. After ``stop`` new work is ignored.
    """

    def start(self):
        """Begins with the work."""

    def now(self):
        """Seconds (float) that go on evenly, also when the machine's clock is set. For spans of time only."""

    def submit(self, function):
        """Does ``function()`` once, after the work that was submitted before it."""

    def later(self, name, seconds, function):
        """Does ``function()`` in ``seconds``. It replaces waiting work of the same ``name`` (str)."""

    def later_unless_waiting(self, name, seconds, function):
        """As ``later``, but waiting work of the same name keeps its time."""

    def every(self, name, seconds, function, first=0):
        """Does ``function()`` in ``first`` seconds, and each ``seconds`` after it, also after an unexpected error.

        It replaces waiting and recurring work of the same ``name`` (str). ``cancel(name)`` or ``stop`` ends it.

        ``function`` may return the seconds until its next run, where these differ; None = ``seconds``.
        Returns the work as a callable: for a caller on the worker who wants the first run before it goes on.
        """

    def cancel(self, name):
        """Forgets waiting work of that name."""

    def stop(self, timeout=2.0):
        """Lets the running work end and does no more. Waits at most ``timeout`` seconds; 0 = not at all."""


class Transport(object):
    """Sends one HTTP request. Implemented by ``bmw.net.http.RequestsTransport`` and ``bmw.openhab.http.JvmTransport``."""

    def __call__(self, request):
        """The ``bmw.net.http.Response`` to a ``bmw.net.http.Request``, whatever its status. It follows no redirect.

        Raises NetworkError: no answer within ``request.timeout`` seconds, a body that is too long, a certificate that is not trusted.
        """


class Sessions(object):
    """Makes the sessions of an account. Implemented by ``bmw.account.session.Sessions``."""

    def new(self, by_person=True, guard=None, memory=None):
        """A Session. ``by_person``: it may use the reserve of calls. ``guard``: see ``bmw.net.guard``."""


class Session(object):
    """Sends a cloud's requests; ``memory`` (dict) keeps the cloud's data. Implemented by ``bmw.account.session.Session``."""

    def send(self, check, method, url, headers=None, at_once=False, **options):
        """What ``check`` makes of the answer. Raises BmwError."""

    def has_room(self, calls):
        """True if so many calls are left for today."""


class Wire(object):
    """One TCP or TLS connection for ``bmw.net.mqtt``. Implemented by ``bmw.net.socket_wire`` and ``bmw.openhab.mqtt``.

    One thread reads, others write or close.
    """

    def open(self, host, port, is_tls, timeout):
        """Connects within ``timeout`` seconds. TLS checks certificate and host name. Raises NetworkError."""

    def wait_at_most(self, seconds):
        """From now on ``read`` waits this long for a byte."""

    def read(self, count):
        """Exactly ``count`` bytes. Raises NetworkError when the connection ends or the wait is over."""

    def write(self, data):
        """Sends all bytes. Raises NetworkError."""

    def close(self):
        """Ends the connection at once; a waiting ``read`` fails. Never raises."""


class Connection(object):
    """One MQTT connection. Implemented by ``bmw.net.mqtt.Connection``.

    Attributes:
        is_closed (bool): no more events come.
    """

    def close(self):
        """Ends the connection. May be called from any thread."""


class Publisher(object):
    """Messages for other programs, at a broker at home. Implemented by ``bmw.net.publisher.Publisher``.

    All methods may be called from any thread, and none of them waits for the broker.

    Attributes:
        problem (str): why it does not work now; '' = it works.
    """

    def watch(self, on_change):
        """``on_change()`` is called when ``problem`` has changed, on any thread."""

    def start(self):
        """Begins to connect."""

    def send(self, topic, payload):
        """Publishes a message (text, bytes); if too many wait, the oldest are dropped."""

    def keep(self, topic, payload):
        """Publishes a retained message (text, bytes), if it says something new; empty = the broker forgets the topic."""

    def about(self):
        """A line (text) for the diagnostics report."""

    def stop(self):
        """Ends it, within a second."""


class StreamSource(object):
    """Where a stream logs in. Implemented by ``BmwSource`` and ``LocalSource`` in ``bmw.clouds.cardata.stream``.

    Attributes:
        RENEWS (bool): the login has an end. REFUSED, NOT_SUBSCRIBED (AccessDenied), CHOOSE_AGAIN (str): what a person
            is told.
    """

    def login(self):
        """The ``Login`` for now. Raises BmwError."""

    def is_relay_topic(self, topic):
        """True if a message of this topic is no car's, but of the program that forwards them."""

    def renew(self, login):
        """Gets newer tokens than those of ``login``. Raises BmwError."""


class Live(object):
    """An account's stream, as its service uses it. Implemented by ``bmw.clouds.cardata.live.Live``."""

    def start(self):
        """Connects, if it is not connected."""

    def hurry(self):
        """Connects without waiting any longer: somebody has signed in."""

    def stop(self):
        """Ends the connection, after the worker was stopped. Called from the thread that stops the account."""

    def hears(self, vehicle):
        """True if the stream is connected and the car spoke a short time ago."""

    def polled(self, vehicles):
        """A poll of these cars (list of bmw.vehicle.vehicle.Vehicle) has ended."""

    def about(self, now):
        """Lines (list of text) for the diagnostics report; ``now`` in epoch seconds."""


class LiveHost(object):
    """What a stream asks of its account. Implemented by ``bmw.polling.service.Service``."""

    def memory(self):
        """What the cloud remembers (dict), stored with the account's state."""

    def vehicle(self, vin):
        """The Vehicle, or None if the account has no such car."""

    def take(self, vehicle, readings):
        """Shows what a car said: {key: Reading}."""

    def catch_up(self):
        """Polls once, for what was missed while the stream was away."""


class Outlet(object):
    """Where an account shows its values. Implemented by ``bmw.openhab.outlet.Outlet`` and ``bmw.cli.accounts.CliOutlet``.

    Keys are those of ``bmw.vehicle.vocabulary``. ``is_first`` (bool): the car is the account's first one, which may have item names
    of the user's own.
    """

    def account(self, key, value):
        """Shows a value of the account; None = unknown."""

    def vehicle(self, vehicle, keys, is_first):
        """Shows what a car says under ``keys``."""

    def settle(self, present, gone):
        """Says which cars there are, and which have left: both list of (Vehicle, bool is_first)."""

    def prepare_commands(self, vehicle, can, is_first):
        """Makes the items for the commands in ``can`` (set of names). Returns {key: item name}."""

    def command(self, vehicle, key, value, is_first):
        """Shows a command item, or the state of a command."""

    def command_state(self, vehicle, key, is_first):
        """The state (text) of a command item; None if there is no such item."""

    def wants_picture(self, vehicle):
        """True if no picture of the car is kept."""

    def picture(self, vehicle, picture, is_first):
        """Keeps and shows a ``bmw.vehicle.picture.Picture``."""

    def show_stored_picture(self, vehicle, is_first):
        """Shows the picture that is kept, if there is one."""

    def logbook(self, vehicle, key, text, is_first):
        """Shows one of a car's logs: ``chargingLog``, ``chargingCurve`` or ``tripLog``, a text of ``bmw.logbook.dashboard``."""

    def power(self, name):
        """The watts (float) that an item of the user shows; None = unknown."""

    def price(self, name):
        """The price of a kWh (float) that an item of the user shows; None = unknown."""

    def tokens(self, account):
        """Shows the account's tokens, sealed, and when they end."""

    def tokens_again(self, account):
        """Shows them again if their items show nothing."""

    def sealed_token(self):
        """What was sealed in the token item (text), or None."""

    def correct_items(self):
        """Shows again what something else has overwritten. Called every ``bmw.items.corrections.EVERY`` seconds."""


class Items(object):
    """openHAB's items, for the outlet. Implemented by ``bmw.openhab.items.Items``."""

    def exists(self, name):
        """True if there is an item of that name."""

    def shows(self, name):
        """True if there is an item of that name and its state is known."""

    def state(self, name):
        """The text of an item's state, or None."""

    def ensure(self, spec):
        """Makes the item of a ``bmw.items.model.ItemSpec`` if there is none of that name. Returns the item, or None."""

    def write(self, values):
        """Posts (name, value, unit, native type) tuples where that changes what the items show. Returns the names that have no item."""

    def forget(self, names):
        """Forgets what was posted to these items."""

    def ensure_group(self, spec, members):
        """Makes the group of an ItemSpec if there is none, with those of ``members`` (item names) that exist."""

    def correct_items(self, first=(), tolerance=None):
        """Posts again what others have overwritten. Checks the items ``first`` each time, the others in turn.

        tolerance (dict or None): item name -> checks for which another state is accepted.
        """

    def show_image(self, spec, picture):
        """Posts a ``bmw.vehicle.picture.Picture`` to the item of ``spec``."""


class Page(object):
    """An account's part of the sitemap, which grows with its items. Implemented by ``bmw.openhab.files_out.AccountPage``."""

    def show_account(self):
        """The account's items were made."""

    def show_car(self, vehicle, is_first):
        """Items of a car were made, or could have been."""


class Pictures(object):
    """The files with the cars' pictures. Implemented by ``bmw.openhab.files_out.PictureFiles``."""

    def has(self, name):
        """True if a picture is kept for the car whose group item is called ``name``."""

    def load(self, name):
        """The Picture, or None."""

    def keep(self, name, picture):
        """Stores the Picture. An error is logged, never raised."""


class Cipher(object):
    """AES-256-GCM. Implemented by the modules ``bmw.storage.cipher`` and ``bmw.openhab.cipher``. All arguments are bytes."""

    def encrypt(key, nonce, data, context):
        """Ciphertext and tag."""

    def decrypt(key, nonce, data, context):
        """The data. Raises ValueError when key, nonce or context is another one."""


class Disk(object):
    """What Jython's os lacks. Implemented by the module ``bmw.openhab.disk``; see ``bmw.storage.files``. Raises IOError."""

    def sync_folder(folder):
        """Makes the names in a folder durable."""

    def create(path):
        """A new private file (0600) with ``put(data)``, ``add(data)`` and ``close()``; a file or link of that name is an error."""

    def reopen(path):
        """The same for a file that is there, which is not emptied; a link is an error."""
