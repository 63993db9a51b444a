"""Transport with the JVM's own HTTP client (Java 11 and later), see ``bmw.net.http``.

openHAB uses this instead of requests: requests on Jython 2.7.2 sends no TLS server name, and takes seconds to import. The JVM
checks TLS certificates and host names. One client serves all accounts and survives a reload of the script, so that its threads
and connections exist only once.
"""

from __future__ import absolute_import, unicode_literals

import logging

from jarray import zeros
from java.io import ByteArrayOutputStream, IOException
from java.lang import Exception as JavaException
from java.lang import InterruptedException, System, Thread
from java.net import URI, ConnectException, UnknownHostException
from java.net.http import HttpClient, HttpConnectTimeoutException, HttpRequest, HttpResponse, HttpTimeoutException
from java.nio.channels import UnresolvedAddressException
from java.security.cert import CertificateException
from java.time import Duration
from java.util.concurrent import CompletableFuture, ExecutionException, RejectedExecutionException, TimeUnit
from java.util.concurrent import TimeoutException as FutureTimeout
from javax.net.ssl import SSLException, SSLParameters

from bmw.compat import lower, text_type
from bmw.errors import NetworkError
from bmw.net.http import MAX_BYTES, Response
from bmw.openhab.tls import strict
from bmw.pattern import Pattern

log = logging.getLogger("bmw")

CONNECT_TIMEOUT = 10
#: The client counts its timeout by the clock on the wall (Java 11): set ahead, that ends a request at once. Where that costs the sign-in
#: a request has no timeout of the client's, and only ``_wait`` counts. One that gets no answer then keeps an open file and 40 kB until
#: the server closes it. So many requests of an account may end like that; from then on the client's timeout counts for all
MAX_HANGING = 20
_CLIENT = "http client"
#: the client's number in its text; its thread has the same number
_NUMBER = Pattern("[(]([0-9]+)[)]")


class _LimitedBody(HttpResponse.BodySubscriber):
    """Collects a body up to MAX_BYTES; a longer one is an error."""

    def __init__(self):
        self._future = CompletableFuture()
        self._subscription = None
        self._body = ByteArrayOutputStream()  # not a list: a server may send byte by byte, and each object here takes a hundred

    def getBody(self):
        return self._future

    def onSubscribe(self, subscription):
        self._subscription = subscription
        subscription.request(1)

    def onNext(self, buffers):
        for buffer in buffers:
            if self._body.size() + buffer.remaining() > MAX_BYTES:
                self._subscription.cancel()
                self._future.completeExceptionally(IOException("answer too large"))
                return
            data = zeros(buffer.remaining(), "b")
            buffer.get(data)
            self._body.write(data, 0, len(data))
        self._subscription.request(1)

    def onError(self, error):
        self._future.completeExceptionally(error)

    def onComplete(self):
        self._future.complete(True)

    def data(self):
        """The whole body (bytes). Not through the future: it would convert the bytes to a text."""
        return bytes(bytearray(self._body.toByteArray()))

    def abort(self):
        """Closes the connection of an answer that does not end; cancelling the future is not enough."""
        if self._subscription is not None:
            self._subscription.cancel()


class _OneBody(HttpResponse.BodyHandler):
    """Provides one body and keeps a reference to it."""

    def __init__(self):
        self.body = _LimitedBody()

    def apply(self, _info):
        return self.body


class JvmTransport(object):
    """Sends requests with one HttpClient for the whole JVM.

    Args:
        shared (bmw.openhab.jvm.Shared): keeps the client across reloads of the script.
    """

    def __init__(self, shared):
        self._shared = shared
        #: another Java may name the client's thread otherwise; then one that lives cannot be told from one that has ended
        self._can_tell = True
        self._hanging = 0  # requests without a timeout that got no answer

    def __call__(self, request):
        """Sends a ``bmw.net.http.Request``; see ``bmw.net.http``."""
        may_hang = request.brings_tokens and self._hanging < MAX_HANGING
        handler, asked = _OneBody(), _build(request, may_hang)
        try:
            future = self._client().sendAsync(asked, handler)
        except RejectedExecutionException:
            raise NetworkError("The connection's thread has ended", "it is tried again with a new one", has_left=False)
        try:
            answer = _wait(future, request.timeout)
            return _response(answer, handler.body.data())
        except FutureTimeout:
            _give_up(future, handler)
            self._hanging += may_hang
            raise NetworkError("No complete answer within {} seconds".format(request.timeout))
        except ExecutionException as error:
            raise _network_error(error.getCause())

    def _client(self):
        """The client, a new one if its thread has ended: the client itself never starts another, and no request would get an answer."""
        client = self._shared.get(_CLIENT, _new_client)
        if self._can_tell and _has_ended(client):
            log.warning("Java's HTTP client has ended, for example for lack of memory: there is a new one now")
            self._shared.drop(_CLIENT, client)
            client = self._shared.get(_CLIENT, _new_client)
            self._can_tell = not _has_ended(client)
        return client


def _has_ended(client):
    number = _NUMBER.search(client.toString())
    if number is None:
        return False
    name = "HttpClient-{}-SelectorManager".format(number.group(1))
    return not any(thread.getName() == name for thread in Thread.getAllStackTraces().keySet())


def _wait(future, seconds):
    """The future's result. An interrupted thread goes on waiting, because BMW sends a new token only once."""
    end, was_interrupted = System.nanoTime() + int(seconds * 1e9), False
    try:
        while True:
            try:
                return future.get(max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)
            except InterruptedException:
                was_interrupted = True
    finally:
        if was_interrupted:
            Thread.currentThread().interrupt()


def _new_client():
    builder = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(CONNECT_TIMEOUT)).sslParameters(strict(SSLParameters()))
    return builder.followRedirects(HttpClient.Redirect.NEVER).version(HttpClient.Version.HTTP_1_1).build()


def _give_up(future, handler):
    future.cancel(True)
    handler.body.abort()


def _response(answer, body):
    headers = {}
    for name in answer.headers().map().keySet():
        headers[lower(text_type(name))] = answer.headers().firstValue(name).orElse("")
    return Response(answer.statusCode(), headers, body, list(answer.headers().allValues("set-cookie")))


def _build(request, may_hang):
    body = request.body
    publisher = HttpRequest.BodyPublishers.noBody() if body is None else HttpRequest.BodyPublishers.ofByteArray(body)
    try:
        builder = HttpRequest.newBuilder(URI.create(request.url)).method(request.method, publisher)
        if not may_hang:
            builder.timeout(Duration.ofMillis(int(request.timeout * 1000)))
        for name, value in request.headers.items():
            builder.header(name, value)
        return builder.build()
    except JavaException as error:
        raise NetworkError("The request cannot be made ({})".format(error.getClass().getSimpleName()), has_left=False)


#: (cause, what happened, what to do, whether the request may have left), the first that is anywhere in the chain of causes
_CAUSES = (
    (HttpConnectTimeoutException, "No answer in time", "", False),
    (HttpTimeoutException, "No answer in time", "", True),
    (UnresolvedAddressException, "The server's name was not found", "check the network and DNS", False),
    (UnknownHostException, "The server's name was not found", "check the network and DNS", False),
    (CertificateException, "The server's certificate is not trusted", "check the machine's date and CA certificates", False),
    (SSLException, "No secure connection (TLS 1.2 or newer) to the server", "check the network", True),
    (ConnectException, "The server cannot be reached", "check the network", False),
)


def _network_error(cause):
    chain = []
    while cause is not None:
        chain.append(cause)
        cause = cause.getCause()
    for kind, problem, advice, has_left in _CAUSES:
        if any(isinstance(seen, kind) for seen in chain):
            return NetworkError(problem, advice, has_left)
    return NetworkError("Connection failed ({})".format(chain[0].getClass().getSimpleName()))
