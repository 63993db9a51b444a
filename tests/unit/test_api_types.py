"""bmw/api.pyi: the types for a user's editor have the same names and arguments as bmw.api."""

import ast
from pathlib import Path

import pytest
from bmw import api

FILE = Path(api.__file__).resolve().with_suffix(".py")
STUB = ast.parse(FILE.with_suffix(".pyi").read_text("utf-8"))
CODE = ast.parse(FILE.read_text("utf-8"))


def is_public(name):
    return not name.startswith("_") or name in ("__init__", "__repr__")


def signatures(body, before=""):
    """{name: (arguments, number of defaults, decorators)} of the public functions and of the public classes' methods."""
    found = {}
    for node in body:
        if isinstance(node, ast.FunctionDef) and is_public(node.name):
            arguments = [one.arg for one in node.args.args]
            found[before + node.name] = arguments, len(node.args.defaults), [ast.unparse(one) for one in node.decorator_list]
        elif isinstance(node, ast.ClassDef) and is_public(node.name):
            found.update(signatures(node.body, node.name + "."))
    return found


def functions(body):
    return [node for node in ast.walk(ast.Module(body, [])) if isinstance(node, ast.FunctionDef)]


def test_the_stub_has_each_public_function_and_method_by_its_arguments():
    assert "Car.send_and_wait" in signatures(CODE.body)
    assert signatures(STUB.body) == signatures(CODE.body)


def test_the_stub_has_each_public_name():
    named = {node.name for node in STUB.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    assert named == {str(name) for name in api.__all__}


def test_a_record_has_the_same_fields_and_a_car_the_same_attributes():
    classes = {node.name: node for node in STUB.body if isinstance(node, ast.ClassDef)}
    fields = {name: [one.target.id for one in node.body if isinstance(one, ast.AnnAssign)] for name, node in classes.items()}
    assert tuple(fields["End"]) == api.End.FIELDS
    assert set(fields["Car"]) == set(vars(api.Car("", "i3")))


@pytest.mark.parametrize("node", functions(STUB.body), ids=lambda node: node.name)
def test_every_argument_and_every_answer_has_a_type(node):
    assert node.returns is not None
    assert [one.arg for one in node.args.args if one.annotation is None and one.arg != "self"] == []


def test_the_error_is_the_librarys():
    (error,) = [node for node in STUB.body if isinstance(node, ast.ClassDef) and node.name == "ApiError"]
    assert [ast.unparse(base) for base in error.bases] == [base.__name__ for base in api.ApiError.__bases__]
