"""The set of tokens that a sign-in or refresh gives, for every cloud the same."""

from __future__ import unicode_literals

from bmw.compat import number_types
from bmw.redact import remember

#: seconds a token is taken to live when the answer does not say (BMW's own are 3600)
UNSTATED_LIFE = 1800

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
        remember(self.access_token, self.refresh_token, self.id_token, self.gcid)

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
    """
    older = older or Tokens()
    life = answer.get("expires_in")
    life = float(life) if isinstance(life, number_types) and life > 0 else UNSTATED_LIFE
    kept = ("refresh_token", "id_token", "gcid", "scope")
    fields = dict((str(name), answer.get(name) or getattr(older, name)) for name in kept)
    return Tokens(access_token=answer["access_token"], expires_at=now + life, obtained_at=now, **fields)
