"""bmw.account.status: the account's state and text, whatever BMW writes into an error."""

from bmw import redact
from bmw.account.status import MAX_CHARACTERS, Status
from bmw.errors import ServerError


def test_a_line_without_end_is_cut_after_its_secrets_were_hidden(outlet):
    redact.remember_for_a_while("a secret of some length")
    status = Status(outlet, "", [])
    for before in range(MAX_CHARACTERS - 40, MAX_CHARACTERS + 1):
        status.show_error(ServerError("x" * before + "a secret of some length" + "y" * 100000))
        assert len(outlet.shown["account"]) == MAX_CHARACTERS and "a secret" not in outlet.shown["account"]
