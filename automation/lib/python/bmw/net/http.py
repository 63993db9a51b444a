"""One small way to ask a web server something, whatever the runtime.

A transport is a callable ``transport(request) -> Response`` that raises ``NetworkError``; there are two: requests (here, for
CPython) and the JVM's own client (``bmw.openhab.http``). Knows nothing of BMW, tokens or items. Follows no redirect, sends
nothing to a host that was not named, reads no answer beyond ``MAX_BYTES`` and waits no longer than the request's timeout.
"""

from __future__ import absolute_import, unicode_literals

import json
import re
import time

from bmw.compat import lower, to_text, urlencode, urlsplit
from bmw.errors import BadAnswer, ConfigError, NetworkError
from bmw.net import safe_json, tls

#: seconds for one exchange, from connecting to the last byte
TIMEOUT = 20
#: the same for one that brings tokens: BMW gives them once, and an answer that nobody waits for costs the sign-in; gateways give up
#: after 60
PATIENCE = 90
#: BMW's largest answers (images, charging history) stay far below
MAX_BYTES = 8 * 1024 * 1024

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Request(object):
    """What is sent. ``body`` is bytes or None, ``timeout`` seconds for the whole exchange."""

    def __init__(self, method, url, headers=None, body=None, timeout=TIMEOUT):
        self.method = method
        self.url = url
        self.headers = headers or {}
        self.body = body
        self.timeout = timeout


#: eleven days at most
_SECONDS = re.compile("^[0-9]{1,6}$")


class Response(object):
    """What came back. Header names are lower case; ``body`` is bytes; ``cookies`` are the Set-Cookie values, each on its own."""

    def __init__(self, status, headers, body, cookies=()):
        self.status = status
        self.headers = headers
        self.body = body
        self.cookies = cookies

    def text(self):
        """The body as text (UTF-8; undecodable bytes replaced)."""
        return to_text(self.body)

    def json(self):
        """The body parsed. Raises BadAnswer: no JSON (HTML, a cut answer, nothing), or beyond the limits of ``bmw.net.safe_json``."""
        try:
            return safe_json.parse(self.body)
        except safe_json.BadJson as error:
            raise BadAnswer("BMW's answer is {} (HTTP {}, {} bytes)".format(error, self.status, len(self.body)))

    def retry_after(self):
        """The seconds (float) that the header Retry-After names; None without, or when it is a date, which nobody has seen here."""
        named = _SECONDS.match(self.headers.get("retry-after", ""))
        return float(named.group()) if named else None

    def json_or_none(self):
        """The body parsed, or None when it is not JSON: for error answers, whose body is a help but no promise."""
        try:
            return self.json()
        except BadAnswer:
            return None


def origin(url):
    """``https://host:port`` of a URL, lower case."""
    parts = urlsplit(url)
    return lower("{}://{}".format(parts.scheme, parts.netloc))


def checked_base(url, name):
    """A base URL from the configuration, without a trailing slash.

    Raises:
        ConfigError: not https (plain http is allowed to this machine only, for simulators and tests).
    """
    try:
        parts = urlsplit(url)
        is_good = bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))
    except ValueError:  # a bracket of an IPv6 address is missing
        is_good = False
    if is_good:
        return url.rstrip("/")
    raise ConfigError("{} is not a https address".format(name), "write it as https://host")


class Http(object):
    """Sends requests by one transport, to the named origins only.

    Args:
        transport: callable, see the module's docstring.
        bases (list of str): URLs whose origins may be asked.
        timeout (number): seconds for one exchange that names no other.
    """

    def __init__(self, transport, bases, timeout=TIMEOUT):
        self._transport = transport
        self._timeout = timeout
        self._bases = bases

    @property
    def patience(self):
        """Seconds for an exchange that brings tokens."""
        return max(self._timeout, PATIENCE)

    def send(self, method, url, headers=None, params=None, form=None, json_body=None, body=None, timeout=None, within=None):
        """Sends one request and returns the Response, whatever its status.

        Args:
            within (number or None): seconds that the exchange may take at most, whatever its timeout.

        Raises:
            NetworkError: no complete answer within ``timeout`` seconds.
        """
        headers = dict(headers or {})
        if params:
            url = "{}?{}".format(url, urlencode(sorted(params.items())))
        if form is not None:
            body = urlencode(sorted(form.items())).encode("ascii")
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        elif json_body is not None:
            body = json.dumps(json_body).encode("utf-8")
            headers.setdefault("Content-Type", "application/json")
        # not taken apart in advance: urlsplit is not for openHAB's start (bmw.compat), and it remembers its last answers
        if origin(url) not in [origin(base) for base in self._bases]:
            raise NetworkError("Refused to ask a host that the configuration does not name")
        timeout = timeout or self._timeout
        return self._transport(Request(method, url, headers, body, timeout if within is None else min(timeout, within)))


class RequestsTransport(object):
    """Transport on the requests library, which is imported at the first request (it is slow to import)."""

    def __init__(self, ca_file=None):
        """``ca_file``: a file of certificates to trust instead of the system's; certificates are always checked."""
        self._ca_file = ca_file
        self._session = None

    def __call__(self, request):
        import requests  # here, not above: inside openHAB nobody needs it
        import urllib3  # what requests is made of; its own errors come through while a body is read

        if self._session is None:
            self._session = _new_session(self._ca_file)
        started = time.time()
        try:
            answer = self._session.request(
                request.method,
                request.url,
                headers=request.headers,
                data=request.body,
                timeout=request.timeout,
                verify=self._ca_file or True,
                allow_redirects=False,
                stream=True,
            )
            with answer:
                body = _read(answer, started + request.timeout)
        except requests.exceptions.SSLError:
            raise NetworkError("The server's certificate is not trusted", "check the machine's date and CA certificates")
        except requests.exceptions.Timeout:
            raise NetworkError("No answer within {} seconds".format(request.timeout))
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, IOError) as error:
            raise NetworkError("Connection failed ({})".format(type(error).__name__))
        headers = dict((lower(name), value) for name, value in answer.headers.items())
        # several of one name are joined with commas above, which cookies do not survive
        return Response(answer.status_code, headers, body, list(answer.raw.headers.getlist("set-cookie")))


def _new_session(ca_file):
    """A session of requests that heeds nothing of the environment and speaks TLS as ``bmw.net.tls`` says."""
    import requests

    class Adapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *arguments, **options):
            options["ssl_context"] = tls.context(ca_file)
            requests.adapters.HTTPAdapter.init_poolmanager(self, *arguments, **options)

    session = requests.Session()
    session.trust_env = False
    # as the JVM's client: what is not compressed cannot unfold to many times what was sent
    session.headers["Accept-Encoding"] = "identity"
    # one account's cookies are no other's; a sign-in that needs some sends them itself
    session.cookies.set_policy(requests.compat.cookielib.DefaultCookiePolicy(allowed_domains=[]))
    session.mount("https://", Adapter())
    return session


def _read(answer, deadline):
    """The body of a streamed answer, within its size and time."""
    # read1 gives what is there; read would wait for a full chunk, however slowly it comes
    read = getattr(answer.raw, "read1", answer.raw.read)
    chunks, size = [], 0
    while True:
        chunk = read(65536, decode_content=False)
        if not chunk:
            return b"".join(chunks)
        size += len(chunk)
        if size > MAX_BYTES:
            raise NetworkError("The answer is larger than {} MB".format(MAX_BYTES // 1048576))
        if time.time() > deadline:
            raise NetworkError("The answer did not end in time")
        chunks.append(chunk)
