"""How MyBMW refuses a data call: one exception, one status and one body each. Data and wording only."""

BLOCKED = "Blocked"
GONE = "Resource Not Found"


class MyBMWError(Exception):
    """`body`: a text, or an object that is sent as JSON."""

    def __init__(self, status, body):
        Exception.__init__(self, status)
        self.status = status
        self.body = body


def refusal(status, message):
    return MyBMWError(status, {"statusCode": status, "message": message})


def out_of_quota(seconds):
    minutes, second = divmod(int(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return refusal(403, "Out of call volume quota. Quota will be replenished in %02d:%02d:%02d." % (hour, minute, second))


def too_fast(seconds):
    return refusal(429, "Rate limit is exceeded. Try again in %d seconds." % seconds)


def not_capable():
    """The car does not have the service; BMW's answer names no reason."""
    return MyBMWError(403, {"errorDetails": details("")})


def details(reason):
    return {
        "title": "Something went wrong",
        "description": "The request could not be carried out.",
        "presentationType": "PAGE",
        "iconId": 60217,
        "isRetriable": True,
        "errorDetails": reason,
    }
