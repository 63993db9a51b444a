"""Steers a simulated cloud that runs in another process: the same methods as SimulatedCloud, over HTTP.

Standard library only, so that it works where the cloud's own requirements are not installed.
"""

import json
import urllib.error
import urllib.request

from .errors import CloudError
from .methods import METHODS


class CloudClient:
    """`CloudClient("http://127.0.0.1:8099").set_car(vin, soc=50)`; SimulatedCloud describes the methods."""

    def __init__(self, url, timeout=30):
        self.url = url.rstrip("/")
        self._timeout = timeout
        # no proxy, because the cloud runs on this machine
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def _call(self, name, args, kwargs):
        body = json.dumps({"args": args, "kwargs": kwargs}).encode("utf-8")
        request = urllib.request.Request("%s/_control/%s" % (self.url, name), body, {"Content-Type": "application/json"})
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                return json.loads(answer.read().decode("utf-8"))["result"]
        except urllib.error.HTTPError as problem:
            with problem:
                raise CloudError(_reason(problem.read())) from None


def _reason(body):
    try:
        return json.loads(body.decode("utf-8"))["error"]
    except (ValueError, KeyError, TypeError):
        return "the control interface failed"


def _method(name):
    def method(self, *args, **kwargs):
        return self._call(name, args, kwargs)

    method.__name__ = name
    method.__doc__ = "As SimulatedCloud.%s." % name
    return method


for _name in METHODS:
    setattr(CloudClient, _name, _method(_name))
