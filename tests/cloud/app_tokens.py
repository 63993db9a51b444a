"""Passwords, captchas and tokens of the three app-era clouds. CarData's device grant is tokens.py.

Pure bookkeeping on the simulated clock; a refusal is an OAuthError that the HTTP room words. A token is good
for the cloud that it was issued for, and for the sister cloud that SHARED names.
"""

import secrets
import threading
import uuid

from . import jwt
from .tokens import Grant, OAuthError

BAD_CLIENT = (
    "Client authentication failed (e.g., login failure, unknown client, no client authentication "
    "included or unsupported authentication method)"
)
BAD_REQUEST = "The request is missing a required parameter, includes an invalid parameter value, or is otherwise malformed."

# cloud -> clouds whose tokens it accepts. The mobile host serves some of the portal's paths, so these two accept each other's.
SHARED = {"cd": ("cd", "portal"), "portal": ("cd", "portal"), "mybmw": ("mybmw",)}


class OneTime:
    """Captchas, authorizations and codes: each works once and expires soon."""

    def __init__(self, clock):
        self._clock = clock
        self._lock = threading.Lock()
        self._kept = {}

    def issue(self, prefix, life, content=True):
        token = prefix + secrets.token_urlsafe(32)
        with self._lock:
            self._kept[token] = (content, self._clock.now() + life)
        return token

    def take(self, token):
        """The content that was issued with the token; None if it is unknown or expired. The token is used up in any case."""
        with self._lock:
            content, expires = self._kept.pop(token, (None, 0))
        return content if self._clock.now() < expires else None


class AppTokens:
    def __init__(self, clock, settings, garage):
        self._clock = clock
        self._settings = settings
        self._garage = garage
        self._lock = threading.RLock()
        self._access = {}
        self._refresh = {}
        self._one_time = OneTime(clock)
        self.ever_issued = []

    def account(self, username, password):
        """The account with this user name and password, or None."""
        return next((one for one in self._garage.accounts() if (one.username, one.password) == (username, password)), None)

    def once(self, prefix, life, content=True):
        """A token that works once; `redeem` returns its content."""
        token = self._one_time.issue(prefix, life, content)
        self.ever_issued.append(token)
        return token

    def redeem(self, token):
        return self._one_time.take(token)

    def issue(self, cloud, account, client_id, scopes, life, refreshable=True):
        """New tokens in the form of the token endpoint's answer."""
        now = self._clock.now()
        access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(36)
        with self._lock:
            self._access[access] = self._grant(cloud, account, client_id, scopes, now + life)
            self.ever_issued.append(access)
            if refreshable:
                until = now + self._settings.refresh_lifetime
                self._refresh[refresh] = self._grant(cloud, account, client_id, scopes, until)
                self.ever_issued.append(refresh)
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": max(1, int(life) - 1)}
        if refreshable:
            answer["refresh_token"] = refresh
        return dict(answer, scope=" ".join(scopes))

    def issue_open_id(self, cloud, account, client_id, scopes, life):
        """Like `issue`, plus OpenID's fields: the gcid and a signed id token."""
        answer = self.issue(cloud, account, client_id, scopes, life)
        now = self._clock.now()
        answer["id_token"] = jwt.sign(
            {
                "iss": "simulated-cloud",
                "sub": account.gcid,
                "aud": client_id,
                "iat": int(now),
                "exp": int(now + life),
                "jti": str(uuid.uuid4()),
            }
        )
        self.ever_issued.append(answer["id_token"])
        return dict(answer, usid=secrets.token_urlsafe(12), gcid=account.gcid)

    def refresh(self, cloud, client_id, refresh_token):
        """The grant of a refresh token; uses the token up."""
        with self._lock:
            grant = self._refresh.get(refresh_token)
            if (
                grant is None
                or grant.cloud != cloud
                or grant.client_id != client_id
                or grant.used_at is not None
                or not self._is_alive(grant)
            ):
                raise OAuthError("invalid_request", BAD_REQUEST)
            grant.used_at = self._clock.now()
            return grant

    def signed_in(self, cloud, token):
        """The account of a valid access token at this cloud; None for any other token."""
        grant = self._access.get(token)
        if grant is None or grant.cloud not in SHARED[cloud] or not self._is_alive(grant):
            return None
        return grant.account

    def owner(self, token):
        """The account of an access token, valid or not; for counting calls, not for access."""
        grant = self._access.get(token)
        return grant.account if grant else None

    def revoke(self, account):
        with self._lock:
            for grant in list(self._access.values()) + list(self._refresh.values()):
                if grant.account is account:
                    grant.revoked = True

    def _is_alive(self, grant):
        return not grant.revoked and self._clock.now() < grant.expires

    def _grant(self, cloud, account, client_id, scopes, expires):
        grant = Grant(account, client_id, scopes, expires)
        grant.cloud = cloud
        return grant
