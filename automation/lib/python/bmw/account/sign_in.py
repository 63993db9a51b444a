"""The sign-in: shows link and code, polls for the user's approval, and shows the result.

A cloud that needs no person for it is signed in when there are no tokens. Runs on the account's worker. Knows neither cars nor a
particular cloud.
"""

from __future__ import absolute_import, unicode_literals

from bmw.account.pauses import token_steps
from bmw.clouds.base import SignInPrompt
from bmw.errors import BmwError, SignInFailed
from bmw.switches import put_back

POLL = "sign-in poll"
#: characters of the sign-in input; a captcha's token has a few thousand
MAX_INPUT = 20000
#: the name of a sign-in without a person among the pauses
_ALONE = "sign-in"


class SignIn(object):
    """One sign-in at a time.

    Args:
        parts (bmw.parts.Parts): those of the account.
        saved (bmw.account.saved_state.SavedState): says whether the tokens are loaded; stores the pauses.
        on_signed_in: called after the tokens are stored.
    """

    def __init__(self, parts, saved, on_signed_in):
        self._config = parts.config
        self._cloud = parts.cloud
        self._account = parts.account
        self._worker = parts.worker
        self._outlet = parts.outlet
        self._clock = parts.clock
        self._pauses = parts.budget.pauses
        self._status = parts.status
        self._saved = saved
        self._on_signed_in = on_signed_in
        self._prompt = None
        #: a refused sign-in is not tried again without the user, because BMW locks accounts
        self.was_refused = False

    @property
    def is_under_way(self):
        return self._prompt is not None

    def reset(self):
        """Shows that no sign-in is running (after a restart)."""
        self._worker.cancel(POLL)
        self._prompt = None
        self._status.is_taken = False
        self._outlet.account("signIn", False)
        self._outlet.account("signInLink", None)
        self._outlet.account("signInCode", None)
        self._outlet.account("signInInput", None)

    def begin(self, answer=None):
        """Starts a new sign-in because a person wants it.

        Args:
            answer (str or None): the user's input (a solved captcha), if the cloud needs it.
        """
        if self._config.problem:
            self.reset()
            self._status.show_error(self._config.problem)
        elif not self._saved.is_loaded:
            self.reset()  # the status says why: new tokens would overwrite the stored ones
        elif answer and len(answer) > MAX_INPUT:
            self.reset()
            self._status.show_error(SignInFailed("What was typed for the sign-in is too long", "solve a captcha and paste its token only"))
        else:
            self._begin(answer)

    def is_signed_in(self):
        """True if there are tokens, from the store or the token item. Signs in if the cloud needs no user for that."""
        if not self._saved.is_loaded:
            return False
        if self._account.is_signed_in:
            return True
        if self.is_under_way:
            return False
        sealed = self._outlet.sealed_token()
        if sealed and self._account.adopt(sealed):
            return True
        if self.was_refused:
            return False
        if self._cloud.SIGNS_IN_ALONE:
            self._begin_alone()
        else:
            self._status.show_error(self._account.sign_in_needed())
        return False

    def _begin_alone(self):
        """Signs in without a person; after a failure not again for a while."""
        now = self._clock.now()
        held = self._pauses.held(_ALONE, now)
        if held is not None:
            self._status.show_error(held)
            return
        error = self._begin(None)
        if error is not None and error.transient:
            self._pauses.failed(_ALONE, now, error, token_steps(error))
            self._saved.save_budget()

    def _begin(self, answer):
        """Starts a new sign-in. Returns the BmwError if that failed."""
        self.reset()
        try:
            with self._account.expecting():
                started = self._cloud.begin_sign_in(answer)
                if not isinstance(started, SignInPrompt):
                    self._keep(started)
        except BmwError as error:
            self._end(error)
            return error
        if isinstance(started, SignInPrompt):
            self._wait_for_approval(started)
        else:
            self._finish()
        return None

    def cancel(self):
        if self.is_under_way:
            self._end(SignInFailed("The sign-in was cancelled", "switch the sign-in item on to start again"))

    def _wait_for_approval(self, prompt):
        self._prompt = prompt
        self._status.is_taken = True
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
        if error is None:
            self._status.show("ONLINE", "Signed in to {}".format(self._cloud.title))
        else:
            self._status.show_error(error)
