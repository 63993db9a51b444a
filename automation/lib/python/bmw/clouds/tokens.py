"""The tokens from a sign-in or refresh, the same for all clouds."""

from __future__ import absolute_import, unicode_literals

from bmw.compat import is_number, text_type
from bmw.errors import BadAnswer
from bmw.pattern import Pattern
from bmw.redact import remember, remember_for_a_while

#: assumed lifetime in seconds if the answer has none (BMW's tokens: 3600)
UNSTATED_LIFE = 1800
#: a longer lifetime (seconds) is not plausible for an access token
MAX_LIFE = 30 * 86400
#: characters of a token (BMW's: up to 2,000) and of an account's id (36) at most, because secrets are remembered
MAX_TOKEN, MAX_ID = 65536, 1000
#: epoch seconds at the end of the year 9999; a later time is not valid
_LATEST = 253402300800

_TEXTS = ("access_token", "refresh_token", "id_token", "gcid", "scope")
_NUMBERS = ("expires_at", "obtained_at", "serial")
_FIELDS = _TEXTS + _NUMBERS


#: an access token is sent in a header, which holds no other characters (RFC 6749, appendix A.12)
_SENDABLE = Pattern(r"[\x20-\x7e]+\Z")


class Tokens(object):
    """Tokens as strings (or None), times as epoch seconds.

    Attributes:
        access_token, refresh_token, id_token, gcid, scope (str or None)
        expires_at, obtained_at (float): of the access token.
        serial (float or None): grows with each set of an account, independent of the clock; see ``bmw.account.account``.
    """

    def __init__(self, **fields):
        for name in _FIELDS:
            setattr(self, name, fields.get(name))
        remember(self.gcid)
        remember_for_a_while(self.access_token, self.refresh_token, self.id_token)

    def __repr__(self):
        return str("Tokens(...)")

    def has_scope(self, scope):
        """True if the scope (str) was granted."""
        return scope in (self.scope or "").split()

    @property
    def order(self):
        """A sort key (float): greater for the newer of two sets of an account. Sets from old versions have only the time."""
        return self.serial or self.obtained_at

    def to_record(self):
        """JSON-able form, for the store."""
        return dict((name, getattr(self, str(name))) for name in _FIELDS)


def from_record(record):
    """The Tokens of ``Tokens.to_record()``.

    Raises:
        ValueError: not a valid record of tokens.
    """
    if not isinstance(record, dict):
        raise ValueError("no record")
    texts = [record.get(name) for name in _TEXTS]
    is_good = bool(texts[0]) and all(value is None or isinstance(value, text_type) for value in texts)
    if not is_good or not (_is_time(record.get("expires_at")) and _is_time(record.get("obtained_at"))):
        raise ValueError("no tokens")
    if record.get("serial") is not None and not _is_time(record["serial"]):
        raise ValueError("no number")
    return Tokens(**dict((str(name), record.get(name)) for name in _FIELDS))


def from_answer(answer, now, older=None):
    """The Tokens from a token endpoint's JSON (dict), received at ``now``.

    A missing field keeps its ``older`` value: some refresh answers have no gcid, id_token or refresh_token.

    Raises:
        BadAnswer: the answer has no access token. Its ``tokens`` are the older ones with the new refresh token, if there is one:
            BMW accepts no other from then on.
    """
    older = older or Tokens()
    access_token = _text(answer.get("access_token"))
    if access_token is not None and not _SENDABLE.match(access_token):
        access_token = None
    kept = (("refresh_token", MAX_TOKEN), ("id_token", MAX_TOKEN), ("gcid", MAX_ID), ("scope", MAX_TOKEN))
    fields = dict((str(name), _text(answer.get(name), longest) or getattr(older, str(name))) for name, longest in kept)
    if access_token is not None:
        return Tokens(access_token=access_token, expires_at=now + _life(answer.get("expires_in")), obtained_at=now, **fields)
    error = BadAnswer("BMW's answer has no access token", "it is tried again")
    if older.access_token is not None and _text(answer.get("refresh_token")) is not None:
        error.tokens = Tokens(access_token=older.access_token, expires_at=older.expires_at, obtained_at=now, **fields)
    raise error


def _text(value, longest=MAX_TOKEN):
    """The value if it is a non-empty text of at most ``longest`` characters, else None."""
    return value if isinstance(value, text_type) and 0 < len(value) <= longest else None


def _life(value):
    return float(value) if is_number(value) and 0 < value <= MAX_LIFE else UNSTATED_LIFE


def _is_time(value):
    return is_number(value) and 0 <= value < _LATEST
