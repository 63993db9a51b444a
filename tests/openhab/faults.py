"""The faults of the matrix that strike one exchange: a row each, as HTTP servers and the stream's broker show it.

A row's `strike(step)` switches the fault on at a step's own servers; `House.heal` switches everything off. What no broker can do
is in NOT_THERE; what only a person can end is in PERSON, both with the reason.
"""

MB = 1000000
STATUSES = (400, 401, 403, 404, 408, 409, 418, 429, 500, 502, 503, 504, 599)
#: MQTT's own refusals (CONNACK return codes, MQTT 3.1.1 chapter 3.2.2.3), for the HTTP status of the same meaning
CONNACK = {400: 1, 409: 2, 503: 3, 401: 4, 403: 5}
HTML = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<!DOCTYPE html><html></html>"


class Row:
    """A fault. `http`: callable that causes it in a step's cloud; `stream`: the same for the broker, None if it has no such fault.

    With `is_harmless` the step must not be disturbed at all. With `quiet_stream` the stream loses a message, but not its connection.
    """

    def __init__(self, name, http, stream=None, is_harmless=False, quiet_stream=False):
        self.name = name
        self._http = http
        self._stream = stream
        self.is_harmless = is_harmless
        self.quiet_stream = quiet_stream

    def reason_against(self, step):
        """Why this fault does not exist at the step (text), or None."""
        if step.name == "stream" and self._stream is None:
            return "MQTT has no such answer"
        return None

    def is_hidden(self, step):
        """True if the step must not notice the fault."""
        return self.is_harmless or (self.quiet_stream and step.name == "stream")

    def strike(self, step):
        (self._stream if step.name == "stream" else self._http)(step)


# causes of the faults


def planned(kind, **options):
    """A fault of the simulated cloud at the step's endpoint; it lasts until `heal`."""
    return lambda step: step.cloud.add_fault(step.place, kind, times=None, **options)


def shut(step):
    step.gate.shut()


def certificate(which):
    def strike(step):
        step.gate.certificates = step.house.certificates[which]
        step.gate.drop()

    return strike


def mangled(mangle):
    """Changes the broker's bytes: `mangle(number of the piece, bytes)`."""

    def strike(step):
        step.gate.mangle = mangle

    return strike


def published(payload):
    """The broker sends a message with this payload (bytes) for the car."""
    return lambda step: step.broker.publish(step.cloud.cars()[0], payload)


def redirect(step):
    target = "https://localhost:{}/elsewhere".format(step.house.trap.port)
    step.cloud.add_fault(step.place, "status", times=None, status=302, headers={"Location": target})


def status(number):
    headers = {"Retry-After": "1"} if number == 429 else {}
    code = CONNACK.get(number)
    stream = mangled(lambda count, data: bytes([0x20, 2, 0, code]) if count == 1 else data) if code else None
    return Row("HTTP {}".format(number), planned("status", status=number, headers=headers), stream)


#: valid CONNACK and SUBACK, then the header of a message of 100 MB
_HUGE = b"\x20\x02\x00\x00\x90\x03\x00\x01\x00" + b"\x30\x80\xc2\xd7\x2f" + b"x" * 4096

ROWS = (
    Row("connection refused", shut, shut),
    Row("no answer", planned("timeout", seconds=30), mangled(lambda count, data: b"")),
    Row("reset at once", planned("reset"), mangled(lambda count, data: None)),
    Row("reset after the headers", planned("reset_in_body"), mangled(lambda count, data: data if count == 1 else None)),
    Row("slow-loris body", planned("drip"), mangled(lambda count, data: data[:1] if count == 1 else b"")),
    Row("TLS: wrong name", certificate("wrong name"), certificate("wrong name")),
    Row("TLS: unknown CA", certificate("unknown CA"), certificate("unknown CA")),
    Row("TLS: expired", certificate("expired"), certificate("expired")),
) + tuple(status(number) for number in STATUSES)
ROWS += (
    Row("HTML instead of JSON", planned("html", status=200), mangled(lambda count, data: HTML if count == 1 else b"")),
    Row(
        "JSON cut short",
        planned("truncated"),
        published(
            b'{"vin": "WBY',
        ),
        quiet_stream=True,
    ),
    Row(
        "body shorter than promised", planned("truncated", lying=True), mangled(lambda count, data: b"\x20\x02\x00" if count == 1 else None)
    ),
    Row("100 MB body", planned("huge", size=100 * MB), mangled(lambda count, data: _HUGE if count == 1 else b"")),
    Row("redirect elsewhere", redirect),
    Row("wrong content type", planned("content_type"), published(b"\x89PNG\r\n\x1a\n"), is_harmless=True),
    Row("reply lost", planned("reply_lost"), mangled(lambda count, data: b"" if count == 1 else data)),
)

_STARTED_BY_A_PERSON = "who switched it on is still there: the text says what happened, the switch is off again"
_NOT_TWICE = "a command whose fate is unknown is never sent again by itself"
_USED_UP = "BMW has used up the old token and its answer is lost; whether it takes the old one for a while is unknown"
#: (row or '*', step) -> why a person is needed
PERSON = {
    ("*", "signin"): _STARTED_BY_A_PERSON,
    ("*", "command"): _NOT_TWICE,
    ("reply lost", "approval"): "BMW has given out the tokens once and its answer is lost",
    ("reply lost", "renewal"): _USED_UP,
}
# the cloud processed the request and then broke its answer: this equals a lost reply
for _name in ("reset after the headers", "slow-loris body", "JSON cut short", "body shorter than promised"):
    PERSON[_name, "approval"] = PERSON["reply lost", "approval"]
    PERSON[_name, "renewal"] = _USED_UP


def person_reason(row_name, step_name):
    """Why only the user can go on after this fault at this step, or None."""
    return PERSON.get((row_name, step_name)) or PERSON.get(("*", step_name))
