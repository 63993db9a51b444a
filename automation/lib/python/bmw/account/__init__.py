"""Who we are at BMW: the sign-in, the life of the tokens, requests in the account's name, and how the account is doing.

Knows no car and no item; where tokens are kept is ``bmw.storage``, what a cloud's sign-in looks like is ``bmw.clouds``.
"""
