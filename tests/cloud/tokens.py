"""Device codes and tokens: who may do what, and until when (device grant with PKCE, rotating refresh).

Pure bookkeeping on the simulated clock. It must not know HTTP; a refusal is an OAuthError that the HTTP room
words.
"""

import hashlib
import secrets
import threading
import uuid

from . import jwt
from .errors import CloudError

USER_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789"
# A client that waits exactly `interval` may poll slightly early by its own timer.
POLL_TOLERANCE = 0.25
SLOW_DOWN_STEP = 5


class OAuthError(Exception):
    def __init__(self, error, description):
        Exception.__init__(self, description)
        self.error = error
        self.description = description


class DeviceCode:
    def __init__(self, account, scopes, challenge, now, settings):
        self.account = account
        self.client_id = account.client_id
        self.scopes = scopes
        self.challenge = challenge
        # Looks like a JWT, as BMW's code does, but is random.
        self.device_code = ".".join(jwt.base64url(secrets.token_bytes(size)) for size in (24, 48))
        self.user_code = "".join(secrets.choice(USER_CODE_LETTERS) for _ in range(8))
        self.expires = now + settings.code_lifetime
        self.interval = settings.code_interval
        self.last_poll = None
        self.state = "approved" if settings.auto_approve else "pending"


class Grant:
    """The account, client, scopes and end of a token."""

    def __init__(self, account, client_id, scopes, expires):
        self.account = account
        self.client_id = client_id
        self.scopes = scopes
        self.expires = expires
        self.used_at = None
        self.revoked = False


class TokenStore:
    def __init__(self, clock, settings, garage):
        self._clock = clock
        self._settings = settings
        self._garage = garage
        self._lock = threading.RLock()
        self._codes = []
        self._access = {}
        self._refresh = {}
        self._ids = {}
        self.ever_issued = []

    # Device codes

    def start(self, client_id, scope, challenge, method):
        account = self._client(client_id)
        if not challenge:
            raise OAuthError("invalid_request", "code_challenge is missing")
        if method != "S256":
            raise OAuthError("invalid_request", "code_challenge_method must be S256")
        requested = scope.split() if scope else list(account.subscribed_scopes)
        with self._lock:
            code = DeviceCode(account, requested, challenge, self._clock.now(), self._settings)
            self._codes.append(code)
            self.ever_issued.append(code.device_code)
            return code

    def pending(self):
        """The codes that the owner can still approve, newest last."""
        with self._lock:
            now = self._clock.now()
            return [code for code in self._codes if code.state == "pending" and code.expires > now]

    def find_pending(self, user_code):
        return next((code for code in self.pending() if code.user_code == user_code), None)

    def decide(self, user_code, state):
        """Approve or decline a user code; None: the newest pending one."""
        with self._lock:
            waiting = self.pending()
            code = self.find_pending(user_code) if user_code else (waiting[-1] if waiting else None)
            if code is None:
                raise CloudError("no such pending user code")
            code.state = state
            return code.user_code

    def poll(self, client_id, device_code, verifier):
        """Tokens for an approved device code; otherwise raises an OAuthError with the reason."""
        self._client(client_id)
        if not device_code:
            raise OAuthError("invalid_request", "device_code is missing")
        if not verifier:
            raise OAuthError("invalid_request", "code_verifier is missing")
        with self._lock:
            code = next((one for one in self._codes if one.device_code == device_code), None)
            if code is None or code.client_id != client_id or code.state == "used":
                raise OAuthError("invalid_grant", "the device code is unknown or used")
            if not fits(verifier, code.challenge):
                raise OAuthError("invalid_grant", "code_verifier does not fit code_challenge")
            self._check_pace(code)
            return self._redeem(code)

    def _check_pace(self, code):
        now = self._clock.now()
        last, code.last_poll = code.last_poll, now
        if now >= code.expires:
            raise OAuthError("expired_token", "the device code has expired")
        if last is not None and 0 <= now - last < code.interval - POLL_TOLERANCE:
            code.interval += SLOW_DOWN_STEP
            raise OAuthError("slow_down", "poll every %d seconds" % code.interval)

    def _redeem(self, code):
        if code.state == "pending":
            raise OAuthError("authorization_pending", "the user has not decided yet")
        granted = [scope for scope in code.scopes if scope in code.account.subscribed_scopes]
        if code.state == "declined" or not granted:
            raise OAuthError("access_denied", "the user declined, or no service is subscribed")
        code.state = "used"
        return self._issue(code.account, code.client_id, granted)

    # Refresh and use

    def refresh(self, client_id, refresh_token):
        self._client(client_id)
        if not refresh_token:
            raise OAuthError("invalid_request", "refresh_token is missing")
        with self._lock:
            grant = self._refresh.get(refresh_token)
            if grant is None or grant.client_id != client_id:
                raise OAuthError("invalid_grant", "the refresh token is unknown")
            if grant.used_at is not None and self._clock.now() >= grant.used_at + self._settings.reuse_grace:
                raise OAuthError(self._settings.reuse_error, "the refresh token was used before")
            if grant.revoked or self._clock.now() >= grant.expires:
                raise OAuthError("invalid_grant", "the refresh token is expired or revoked")
            grant.used_at = self._clock.now() if grant.used_at is None else grant.used_at
            # A refresh never adds scopes, even if the owner has subscribed more since.
            return self._issue(grant.account, client_id, grant.scopes)

    def access(self, token):
        """The grant of an access token, expired or not; None if this cloud never issued it."""
        return self._access.get(token)

    def is_alive(self, grant):
        return not grant.revoked and self._clock.now() < grant.expires

    def stream_login(self, gcid, id_token):
        """True if this MQTT user may log in with this password; for the stream's broker."""
        grant = self._ids.get(id_token)
        return grant is not None and self.is_alive(grant) and grant.account.gcid == gcid and "cardata:streaming:read" in grant.scopes

    def revoke(self, account):
        with self._lock:
            for grants in (self._access, self._refresh, self._ids):
                for grant in grants.values():
                    if grant.account is account:
                        grant.revoked = True

    def _client(self, client_id):
        if not client_id:
            raise OAuthError("invalid_request", "client_id is missing")
        account = self._garage.account_of_client(client_id)
        if account is None:
            raise OAuthError("invalid_client", "the client is unknown")
        return account

    def _issue(self, account, client_id, scopes):
        now = self._clock.now()
        life = self._settings.access_lifetime
        access, refresh = secrets.token_urlsafe(48), secrets.token_urlsafe(48)
        self._access[access] = Grant(account, client_id, scopes, now + life)
        self._refresh[refresh] = Grant(account, client_id, scopes, now + self._settings.refresh_lifetime)
        # real answers have one second less than the lifetime
        answer = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": max(1, int(life) - 1),
            "refresh_token": refresh,
            "scope": " ".join(scopes),
            "gcid": account.gcid,
        }
        if "openid" in scopes:
            answer["id_token"] = jwt.sign(
                {
                    "iss": "simulated-cloud",
                    "sub": account.gcid,
                    "aud": client_id,
                    "iat": int(now),
                    "exp": int(now + life),
                    "jti": str(uuid.uuid4()),
                    "scope": answer["scope"],
                }
            )
            self._ids[answer["id_token"]] = Grant(account, client_id, scopes, now + life)
            self.ever_issued.append(answer["id_token"])
        self.ever_issued += [access, refresh]
        return answer


def fits(verifier, challenge):
    return jwt.base64url(hashlib.sha256(verifier.encode("utf-8")).digest()) == challenge
