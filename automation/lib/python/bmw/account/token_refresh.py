"""When an account's token is refreshed: at the start if it is due, then always before it expires, and again after a failure.

``bmw.account.account`` refreshes it. Runs on the account's worker.
"""

from __future__ import absolute_import, unicode_literals

from bmw.errors import BmwError

#: seconds after which a failed refresh is tried again
RETRY = 300
#: seconds after which it looks again at the latest
LOOK_AGAIN = 3600


class TokenRefresh(object):
    """See the module's docstring.

    Args:
        parts (bmw.parts.Parts): those of the account.
        saved (bmw.account.saved_state.SavedState): stores until when the token is left alone.
    """

    def __init__(self, parts, saved):
        self._account = parts.account
        self._cloud = parts.cloud
        self._worker = parts.worker
        self._status = parts.status
        self._saved = saved
        self._is_troubled = False
        self._is_running = False

    def start(self):
        """Refreshes the token now if it is due, and goes on."""
        self._is_running = True
        self._worker.every("token", RETRY, self._refresh)()

    def go_on(self):
        """Starts unless it runs: the tokens may have come from the token item, long after the start."""
        if not self._is_running:
            self.start()

    def _refresh(self):
        """Seconds until it must be called again."""
        try:
            self._account.keep_fresh()
            if self._is_troubled:
                self._is_troubled = False
                self._status.tell("ONLINE", "Signed in to {}".format(self._cloud.title))
        except BmwError as error:
            self._is_troubled = True
            self._status.tell_error(error)
            self._saved.save_budget()
        self._saved.show_errors()
        wait = self._account.due_again_in()
        if wait is None:
            self._is_running = False
            self._worker.cancel("token")
            return None
        # a clock that was never set shows a token as good for decades, and is set one day
        return min(LOOK_AGAIN, max(wait, RETRY if wait == 0 else 1)) + 1
