"""HTTP requests, the same way on CPython and in openHAB.

A transport is a callable ``transport(request) -> Response`` that raises ``NetworkError``. There are two: requests (here, for
CPython) and the JVM's own client (``bmw.openhab.http``). Knows nothing of BMW, tokens or items. Follows no redirect, sends
only to the configured hosts, reads at most ``MAX_BYTES`` and waits at most for the request's timeout.
"""

from __future__ import absolute_import, unicode_literals

import json
import time

from bmw.compat import lower, to_text, urlencode
from bmw.errors import BadAnswer, ConfigError, NetworkError
from bmw.net import address, safe_json, tls
from bmw.pattern import Pattern

#: seconds for one exchange, from connecting to the last byte
TIMEOUT = 20
#: the same for token requests. BMW returns new tokens once: an answer that we miss costs the sign-in. Gateways time out after 60
TOKEN_TIMEOUT = 90
#: BMW's largest answers (images, charging history) are much smaller
MAX_BYTES = 8 * 1024 * 1024

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Request(object):
    """A request. ``body`` is bytes or None, ``timeout`` is in seconds for the whole exchange.

    ``brings_tokens`` (bool): BMW answers it once, so nothing but the timeout may end it, not even a clock that is set meanwhile.
    """

    def __init__(self, method, url, headers=None, body=None, timeout=TIMEOUT, brings_tokens=False):
        self.method = method
        self.url = url
        self.headers = headers or {}
        self.body = body
        self.timeout = timeout
        self.brings_tokens = brings_tokens


#: seconds of a clock that nobody sets; Python 2 has none
_seconds = getattr(time, "monotonic", time.time)
#: eleven days at most
_SECONDS = Pattern("^[0-9]{1,6}$")


class Response(object):
    """An answer. Header names are lower case; ``body`` is bytes; ``cookies`` lists the Set-Cookie values."""

    def __init__(self, status, headers, body, cookies=()):
        self.status = status
        self.headers = headers
        self.body = body
        self.cookies = cookies

    def text(self):
        """The body as text (UTF-8; undecodable bytes replaced)."""
        return to_text(self.body)

    def json(self):
        """The parsed body. Raises BadAnswer: not JSON (HTML, incomplete, empty), or beyond the limits of ``bmw.net.safe_json``."""
        try:
            return safe_json.parse(self.body)
        except safe_json.BadJson as error:
            raise BadAnswer("BMW's answer is {} (HTTP {}, {} bytes)".format(error, self.status, len(self.body)))

    def retry_after(self):
        """The seconds (float) from the header Retry-After; None if it is missing or a date (never seen from BMW)."""
        named = _SECONDS.match(self.headers.get("retry-after", ""))
        return float(named.group()) if named else None

    def json_or_none(self):
        """The parsed body, or None if it is not JSON. For error answers, which may have any body."""
        try:
            return self.json()
        except BadAnswer:
            return None


def checked_base(url, name):
    """A base URL from the configuration, without a trailing slash.

    Raises:
        ConfigError: not https (http is allowed to this machine only, for simulators and tests).
    """
    found = address.split(url)
    if found is not None and (found.scheme == "https" or (found.scheme == "http" and found.host in LOOPBACK)):
        return url.rstrip("/")
    raise ConfigError("{} is not a https address".format(name), "write it as https://host")


class Http(object):
    """Sends requests through one transport, to the given origins only.

    Args:
        transport: callable, see the module's docstring.
        bases (list of str): URLs whose origins are allowed.
        timeout (number): default seconds for one exchange.
    """

    def __init__(self, transport, bases, timeout=TIMEOUT):
        self._transport = transport
        self._timeout = timeout
        self._bases = bases

    @property
    def token_timeout(self):
        """Seconds for a token request."""
        return max(self._timeout, TOKEN_TIMEOUT)

    def send(self, method, url, headers=None, params=None, form=None, json_body=None, body=None, brings_tokens=False, max_seconds=None):
        """Sends one request and returns the Response, whatever its status.

        Args:
            brings_tokens (bool): True for a request whose answer brings tokens; it has ``token_timeout`` seconds.
            max_seconds (number or None): upper limit for the timeout.

        Raises:
            NetworkError: no complete answer within the timeout.
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
        if not self._is_allowed(url):
            raise NetworkError("Request refused: the host is not in the configuration", has_left=False)
        timeout = self.token_timeout if brings_tokens else self._timeout
        if max_seconds is not None:
            timeout = min(timeout, max_seconds)
        return self._transport(Request(method, url, headers, body, timeout, brings_tokens))

    def _is_allowed(self, url):
        wanted = address.origin(url)
        return wanted is not None and wanted in [address.origin(base) for base in self._bases]


class RequestsTransport(object):
    """Transport with the requests library. It is imported at the first request, because that is slow."""

    def __init__(self, ca_file=None):
        """``ca_file``: file with certificates to trust instead of the system's. Certificates are always checked."""
        self._ca_file = ca_file
        self._session = None

    def __call__(self, request):
        import requests  # not at the top: openHAB does not need it
        import urllib3  # requests lets urllib3's errors through while it reads a body

        if self._session is None:
            self._session = _new_session(self._ca_file)
        started = _seconds()
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
        except requests.exceptions.Timeout as error:
            has_left = not isinstance(error, requests.exceptions.ConnectTimeout)
            raise NetworkError("No answer within {} seconds".format(request.timeout), has_left=has_left)
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, IOError) as error:
            # urllib3's word for no connection is deep within that of requests
            has_left = "NewConnectionError" not in repr(error) and "NameResolutionError" not in repr(error)
            raise NetworkError("Connection failed ({})".format(type(error).__name__), has_left=has_left)
        except ValueError as error:  # a header with other letters
            raise NetworkError("The request cannot be made ({})".format(type(error).__name__), has_left=False)
        headers = dict((lower(name), value) for name, value in answer.headers.items())
        # `headers` joins values of the same name with commas, which breaks cookies
        return Response(answer.status_code, headers, body, list(answer.raw.headers.getlist("set-cookie")))


def _new_session(ca_file):
    """A requests session that ignores environment variables and uses TLS as in ``bmw.net.tls``."""
    import requests

    class Adapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *arguments, **options):
            options["ssl_context"] = tls.context(ca_file)
            requests.adapters.HTTPAdapter.init_poolmanager(self, *arguments, **options)

    session = requests.Session()
    session.trust_env = False
    # no compression, as in the JVM's client: a small compressed answer can unpack to a huge one
    session.headers["Accept-Encoding"] = "identity"
    # accounts must not share cookies; a sign-in that needs cookies sends them itself
    session.cookies.set_policy(requests.compat.cookielib.DefaultCookiePolicy(allowed_domains=[]))
    session.mount("https://", Adapter())
    return session


def _read(answer, deadline):
    """The body of a streamed answer, within the limits of size and time."""
    # read1 returns the available bytes; read would wait for a full chunk
    read = getattr(answer.raw, "read1", answer.raw.read)
    body = bytearray()  # not a list: a server may send byte by byte
    while True:
        chunk = read(65536, decode_content=False)
        if not chunk:
            return bytes(body)
        body += chunk
        if len(body) > MAX_BYTES:
            raise NetworkError("The answer is larger than {} MB".format(MAX_BYTES // 1048576))
        if _seconds() > deadline:
            raise NetworkError("The answer did not end in time")
