"""The sign-in: shows link and code, polls for the user's approval, and shows the result.

Runs on the account's worker. Knows neither cars nor a particular cloud.
"""

from __future__ import absolute_import, unicode_literals

from bmw.clouds.base import SignInPrompt
from bmw.errors import BmwError, SignInFailed
from bmw.switches import put_back

POLL = "sign-in poll"


class SignIn(object):
    """One sign-in at a time.

    Args:
        cloud (bmw.clouds.base.Cloud), account (bmw.account.account.Account), status (bmw.account.status.Status),
        worker, outlet: parts it uses.
        on_signed_in: called after the tokens are stored.
    """

    def __init__(self, cloud, account, worker, outlet, status, on_signed_in):
        self._cloud = cloud
        self._account = account
        self._worker = worker
        self._outlet = outlet
        self._status = status
        self._on_signed_in = on_signed_in
        self._prompt = None
        #: a refused sign-in is not tried again without the user, because BMW locks accounts
        self.was_refused = False
        #: why the last one failed (BmwError), None if it did not
        self.error = None

    @property
    def is_under_way(self):
        return self._prompt is not None

    def reset(self):
        """Shows that no sign-in is running (after a restart)."""
        self._worker.cancel(POLL)
        self._prompt = None
        self._outlet.account("signIn", False)
        self._outlet.account("signInLink", None)
        self._outlet.account("signInCode", None)
        self._outlet.account("signInInput", None)

    def begin(self, answer=None):
        """Starts a new sign-in. ``answer``: the user's input (a solved captcha), if the cloud needs it."""
        self.reset()
        try:
            with self._account.expecting():
                started = self._cloud.begin_sign_in(answer)
                if not isinstance(started, SignInPrompt):
                    self._keep(started)
        except BmwError as error:
            self._end(error)
            return
        if isinstance(started, SignInPrompt):
            self._wait_for_approval(started)
        else:
            self._finish()

    def cancel(self):
        if self.is_under_way:
            self._end(SignInFailed("The sign-in was cancelled", "switch the sign-in item on to start again"))

    def _wait_for_approval(self, prompt):
        self._prompt = prompt
        self._outlet.account("signIn", True)
        self._outlet.account("signInLink", prompt.link)
        self._outlet.account("signInCode", prompt.code)
        self._status.show("WAITING_FOR_APPROVAL", "Open the sign-in link and approve the code {}".format(prompt.code))
        self._worker.every(POLL, prompt.interval, self._poll, first=prompt.interval)

    def _poll(self):
        """Seconds until the next poll, which the cloud may change; None at the end."""
        prompt = self._prompt
        try:
            with self._account.expecting():
                tokens = self._cloud.poll_sign_in(prompt)
                if tokens is not None:
                    self._keep(tokens)
        except BmwError as error:
            self._end(error)
            return None
        if tokens is None:
            return prompt.interval
        self._finish()
        return None

    def _keep(self, tokens):
        self._cloud.check_grant(tokens)
        self._account.signed_in(tokens)

    def _finish(self):
        self._end(None)
        self._on_signed_in()

    def _end(self, error):
        self.reset()
        put_back(self._worker, "signIn", lambda: self._outlet.account("signIn", self.is_under_way))
        self.was_refused = error is not None and not error.transient
        self.error = error
        if error is None:
            self._status.show("ONLINE", "Signed in to {}".format(self._cloud.title))
        else:
            self._status.show_error(error)
