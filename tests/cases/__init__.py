"""What real cars and real servers of BMW answered, and the right outcome (README.md)."""

import json
from pathlib import Path

HERE = Path(__file__).parent


def cases(name):
    """The cases (list of dict) in a file of this folder."""
    return json.loads((HERE / name).read_text("utf-8"))
