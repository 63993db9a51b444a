"""The log of what clients asked, for tests that count calls. It holds no token, no body and no whole VIN."""

import re
import threading

VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
# MyBMW has the customer's number (gcid) in a path.
GCID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class CallLog:
    def __init__(self, clock):
        self._clock = clock
        self._lock = threading.Lock()
        self._calls = []
        self._number = 0

    def begin(self, method, path, place):
        """Note a call when it arrives; `status` and `answered` stay None until it is answered."""
        path = VIN.sub(lambda match: "VIN.." + match.group()[-4:], GCID.sub("GCID", path))
        with self._lock:
            self._number += 1
            call = {
                "n": self._number,
                "time": self._clock.now(),
                "method": method,
                "cloud": place.cloud,
                "kind": place.kind,
                "where": place.where,
                "path": path,
                "status": None,
                "answered": None,
            }
            self._calls.append(call)
            return call

    def since(self, number=0):
        """The calls with a number above `number`; a reset does not restart the numbers."""
        with self._lock:
            return [dict(call) for call in self._calls if call["n"] > number]

    def reset(self):
        with self._lock:
            self._calls.clear()
