"""Every input of the fuzzer's corpus, among them all that once broke something, is taken without harm."""

import time
from pathlib import Path

import pytest

from tests.fuzz import harnesses

CORPUS = Path(__file__).resolve().parent / "corpus"
INPUTS = [(name, path) for name in harnesses.HARNESSES for path in sorted((CORPUS / name).iterdir())]
#: seconds per input on a busy machine; normally it takes milliseconds
PATIENCE = 5


@pytest.mark.parametrize("name, path", INPUTS, ids=["{}-{}".format(name, path.name) for name, path in INPUTS])
def test_an_input_is_taken_or_refused_in_our_own_words(name, path):
    started = time.monotonic()
    harnesses.run(name, path.read_bytes())
    assert time.monotonic() - started < PATIENCE


@pytest.mark.parametrize("name", sorted(harnesses.HARNESSES))
def test_cut_inputs_are_taken_too(name):
    for _name, path in [one for one in INPUTS if one[0] == name]:
        data = path.read_bytes()
        for part in range(1, 8):
            harnesses.run(name, data[: len(data) * part // 8])


@pytest.mark.parametrize("name", sorted(harnesses.HARNESSES))
def test_a_foreign_error_is_not_let_pass(name, monkeypatch):
    def broken(data):
        raise KeyError("a mistake of ours")

    monkeypatch.setitem(harnesses.HARNESSES, name, broken)
    with pytest.raises(KeyError):
        harnesses.run(name, b"")
