"""One cell of the fault matrix, and what a status in trouble must say."""

OK, PERSON, NONE, FAIL = "ok", "person", "-", "FAIL"


class Cell:
    """The result of a fault at a step. `problems`: why it failed; `shown`: what users saw meanwhile."""

    def __init__(self, verdict=None, note=""):
        self.verdict = verdict
        self.note = note
        self.shown = None
        self.problems = []


def unclear(word, text):
    """What is wrong with a status during a fault (list of str): it must not look fine, and must say what happened and what to do."""
    problems = []
    if word in ("ONLINE", "CONNECTED", "EXECUTED", "NULL", "UNDEF", ""):
        problems.append("looks fine while it is not: {} {}".format(word, text))
    is_on_its_way = word in ("SENT", "PENDING", "DELIVERED")
    if not is_on_its_way and not any(mark in text for mark in (": ", "; ", ", ")) and "Open the sign-in link" not in text:
        problems.append("does not say what to do: {}: {}".format(word, text))
    return problems
