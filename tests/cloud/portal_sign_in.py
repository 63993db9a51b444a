"""Signing in to ConnectedDrive's web portal: user and password for a redirect that carries the token.

This is the implicit grant. The client id is the portal's own, which its page told every visitor.
"""

from urllib.parse import urlencode

from flask import Response

from .app_tokens import BAD_REQUEST
from .tokens import OAuthError

PORTAL_CLIENT_ID = "dbf0a542-ebd1-4ff0-a9a7-55172fbfce35"
REDIRECTS = (
    "https://www.bmw-connecteddrive.com/app/default/static/external-dispatch.html",
    "https://www.bmw-connecteddrive.com/app/static/external-dispatch.html",
)


def authenticate(cloud, form):
    if form.get("client_id") != PORTAL_CLIENT_ID:
        raise OAuthError("invalid_client", "Client authentication failed (unknown client)")
    if form.get("redirect_uri") not in REDIRECTS or not form.get("scope"):
        raise OAuthError("invalid_request", BAD_REQUEST)
    account = cloud.app_tokens.account(form.get("username"), form.get("password"))
    if account is None:
        return _refuse(cloud, form)
    answer = cloud.app_tokens.issue(
        "portal", account, PORTAL_CLIENT_ID, form["scope"].split(), cloud.options.access_lifetime, refreshable=False
    )
    names = ["access_token", "token_type", "expires_in"]
    if cloud.options.portal_fragment_order == "reversed":
        names.reverse()
    pairs = [(name, answer[name]) for name in names]
    if form.get("state"):
        pairs.append(("state", form["state"]))
    return Response(b"", 302, {"Location": "%s#%s" % (form["redirect_uri"], urlencode(pairs))})


def _refuse(cloud, form):
    """For a wrong password both answers were seen: an error, and a redirect with an error in it."""
    if cloud.options.portal_refusal == 302:
        return Response(b"", 302, {"Location": form["redirect_uri"] + "?error=access_denied"})
    raise OAuthError("invalid_client", "Client authentication failed")
