"""The BMW account: sign-in, tokens, authorized requests, and the account's state.

Knows no car and no item. ``bmw.storage`` stores the tokens; ``bmw.clouds`` knows the sign-in of each cloud.
"""
