"""bmw.pattern: regular expressions that cost nothing at the start."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import bmw
import pytest
from bmw.pattern import Pattern

FOLDER = Path(bmw.__path__[0])
SOURCES = sorted(FOLDER.rglob("*.py"))
#: need openHAB's Java classes
NOT_HERE = ("bmw.openhab",)


def test_a_pattern_is_compiled_at_its_first_use_and_only_then(monkeypatch):
    compiled = []
    monkeypatch.setattr(re, "compile", lambda text, flags, real=re.compile: compiled.append((text, flags)) or real(text, flags))
    pattern = Pattern("a(b)", re.IGNORECASE)
    assert compiled == []
    assert pattern.match("AB").group(1) == "B" and pattern.match("ab") and not pattern.match("b")
    assert compiled == [("a(b)", re.IGNORECASE)]
    assert pattern.sub("x", "1ab2") == "1x2" and pattern.split("1ab2") == ["1", "b", "2"]


def test_a_pattern_that_is_none_is_told_by_its_use():
    with pytest.raises(re.error):
        Pattern("(").match("")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_no_module_compiles_an_expression_when_it_is_loaded(path):
    if path.name == "pattern.py":
        return
    calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    assert not [call for call in calls if isinstance(call, ast.Attribute) and ast.unparse(call) == "re.compile"]


def patterns_in(thing):
    if isinstance(thing, Pattern):
        return [thing]
    return [found for one in thing for found in patterns_in(one)] if isinstance(thing, (tuple, list)) else []


def test_every_pattern_of_the_modules_can_be_compiled():
    names = [one.name for one in pkgutil.walk_packages(bmw.__path__, "bmw.", onerror=lambda name: None)]
    modules = [importlib.import_module(name) for name in names if not name.startswith(NOT_HERE) and not name.endswith("__main__")]
    found = [pattern for module in modules for thing in vars(module).values() for pattern in patterns_in(thing)]
    assert len(found) > 40
    for pattern in found:
        assert pattern.search("") is None or pattern.search("").group() == ""
