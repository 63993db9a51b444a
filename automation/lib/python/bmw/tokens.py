"""The set of tokens that a sign-in or refresh gives, for every cloud the same."""

from __future__ import absolute_import, unicode_literals

from bmw.compat import number_types, text_type
from bmw.errors import BadAnswer
from bmw.redact import remember, remember_for_a_while

#: seconds a token is taken to live when the answer does not say (BMW's own are 3600)
UNSTATED_LIFE = 1800
#: a stated life beyond this many seconds is no life of an access token
LONGEST_LIFE = 30 * 86400

_FIELDS = ("access_token", "refresh_token", "id_token", "gcid", "scope", "expires_at", "obtained_at")


class Tokens(object):
    """Tokens as strings (or None), times as epoch seconds.

    Attributes:
        access_token, refresh_token, id_token, gcid, scope (str or None)
        expires_at, obtained_at (float): of the access token.
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

    def to_record(self):
        """JSON-able form, for the store."""
        return dict((name, getattr(self, str(name))) for name in _FIELDS)


def from_record(record):
    """The Tokens of ``Tokens.to_record()``."""
    return Tokens(**dict((str(name), record.get(name)) for name in _FIELDS))


def from_answer(answer, now, older=None):
    """The Tokens of a token endpoint's JSON (dict) received at ``now``.

    A field that the answer lacks keeps its ``older`` value: some refresh answers leave out gcid, id_token or refresh_token.

    Raises:
        BadAnswer: there is no access token in it.
    """
    older = older or Tokens()
    access_token = _text(answer.get("access_token"))
    if access_token is None:
        raise BadAnswer("BMW's answer holds no access token", "it is tried again")
    kept = ("refresh_token", "id_token", "gcid", "scope")
    fields = dict((str(name), _text(answer.get(name)) or getattr(older, str(name))) for name in kept)
    return Tokens(access_token=access_token, expires_at=now + _life(answer.get("expires_in")), obtained_at=now, **fields)


def _text(value):
    """The value if it is a text that is not empty, else None."""
    return value if isinstance(value, text_type) and value else None


def _life(value):
    is_number = isinstance(value, number_types) and not isinstance(value, bool)
    return float(value) if is_number and 0 < value <= LONGEST_LIFE else UNSTATED_LIFE
