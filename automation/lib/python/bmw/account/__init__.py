"""The BMW account: sign-in, tokens, authorized requests, and the account's state.

``sign_in.py`` signs in. ``account.py`` keeps the tokens, and ``token_refresh.py`` refreshes them in time. ``session.py`` sends the
requests; ``pauses.py`` leaves alone what failed. ``status.py`` shows the account's state. ``saved_state.py`` stores the rest,
divided by ``records.py``.
Knows no car and no item. ``bmw.storage`` stores the tokens; ``bmw.clouds`` knows the sign-in of each cloud.
"""
