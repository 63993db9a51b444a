"""Runs one harness in the fuzzer: ``python -m tests.fuzz.fuzz HARNESS [options and corpus folders of libFuzzer]``."""

import logging
import sys

import atheris

with atheris.instrument_imports(include=["bmw"]):
    from tests.fuzz import harnesses
from tests.fuzz.mutate import mutate


def main():
    name = sys.argv.pop(1)
    logging.getLogger("bmw").addHandler(logging.NullHandler())
    logging.getLogger("bmw").propagate = False

    def mutator(data, max_size, seed):
        return mutate(data, max_size, seed, atheris.Mutate)

    options = {"custom_mutator": mutator} if name in ("cardata", "old_clouds") else {}
    atheris.Setup(sys.argv, lambda data: harnesses.run(name, data), **options)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
