"""What openHAB has to import before the module has started. Follows the imports at the top of the script and of our modules."""

import ast
from pathlib import Path

AUTOMATION = Path(__file__).resolve().parents[1] / "automation"
LIBRARY = AUTOMATION / "lib" / "python"

#: of Python's own library; before one is added, measure it (tests/bench/run.sh --only load)
STANDARD = set(
    "__future__ base64 binascii errno hashlib importlib json logging math operator os re stat struct sys threading time traceback".split()
)
#: the JVM's packages, and what Jython brings for them
JVM = set("java javax org jarray".split())


def file_of(module):
    """The file of one of our modules, or None if there is no such module."""
    path = LIBRARY.joinpath(*module.split("."))
    return next((one for one in (path / "__init__.py", path.with_suffix(".py")) if one.is_file()), None)


def at_the_top(path):
    """Names of what a file imports when it is loaded itself."""
    nodes = ast.parse(path.read_text("utf-8")).body
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from ("{}.{}".format(node.module, alias.name) for alias in node.names if node.module.startswith("bmw"))
        elif isinstance(node, (ast.If, ast.Try)):
            nodes.extend(node.body + node.orelse)


def loaded(path):
    """All that is imported with this file: names of our modules, and of others."""
    ours, others, waiting = set(), set(), [path]
    while waiting:
        for name in at_the_top(waiting.pop()):
            if not name.startswith("bmw"):
                others.add(name.partition(".")[0])
            elif name not in ours and file_of(name) is not None:
                ours.add(name)
                waiting.append(file_of(name))
    return ours, others


def with_cardata():
    """What is loaded for an account of the default cloud, which the settings name."""
    ours, others = loaded(AUTOMATION / "jsr223" / "bmw.py")
    more, still_others = loaded(file_of("bmw.clouds.cardata.cloud"))
    return ours | more, others | still_others
