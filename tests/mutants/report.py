"""The settings for mutmut, and its result as a list of unnoticed changes and a table. See run.sh."""

import difflib
import json
import re
import sys
from collections import Counter
from pathlib import Path

#: files that mutmut copies besides the library, because tests read them
BESIDE = ("tests", "conf", "docs", "install.py", "README.md", "README.de.md", "CHANGELOG.md")
#: mutmut's exit codes of a test run: 0 = all passed, 33 = no test reaches the change
SURVIVED, NOT_REACHED = 0, 33
#: mutmut's exit codes when the tests did not end in time: the change makes them wait, or the machine is busy
TIMED_OUT = (36, 24, -24, 152, 255)
#: a text in quotes
TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")


#: module -> further test files that belong to it
ALSO = {"storage/store.py": ["storage/test_key_file.py"]}  # tests open_store together with the life of the keys


def tests_of(module):
    """The paths below tests/unit of a module's own tests; other tests that use it do not count."""
    path = Path(module)
    return [(path.parent / ("test_" + path.name)).as_posix()] + ALSO.get(module, [])


def settings(work, module):
    """The text of pyproject.toml. The modules to change must not be in mutmut's folder yet: it takes existing ones for up to date."""
    (work / "mutants" / "src" / "bmw" / module).unlink()
    return "\n".join(
        (
            "[tool.pytest.ini_options]",
            'addopts = "-p no:cacheprovider -p no:xdist --hypothesis-profile=mutants"',
            "[tool.mutmut]",
            "paths_to_mutate = {}".format(json.dumps(["src/bmw/" + module])),
            "tests_dir = {}".format(json.dumps(["tests/unit/" + name for name in tests_of(module)])),
            "also_copy = {}".format(json.dumps(BESIDE)),
        )
    )


def differences(path, names):
    """{name of a change: its diff (removed and added lines)}"""
    from libcst import Module, parse_module
    from mutmut.__main__ import read_mutant_function, read_original_function

    module = parse_module(path.read_text("utf-8"))
    return dict(
        (name, _difference(*(Module([read(module, name)]).code for read in (read_original_function, read_mutant_function))))
        for name in names
    )


def _difference(before, after):
    lines = list(difflib.unified_diff(before.strip().split("\n"), after.strip().split("\n"), lineterm=""))[2:]
    return "\n".join(line for line in lines if line[0] in "+-")


def is_of_words(shown):
    """True if a change is only in a text: for users, in the log, or of an internal error."""
    lines = [line[1:].strip() for line in shown.splitlines()]
    if lines[0].startswith(("log.", "raise ValueError(")):
        return True
    return len(lines) == 2 and _without_sentences(lines[0]) == _without_sentences(lines[1])


def _without_sentences(line):
    """The line without texts that contain a blank; texts without one can be keys."""
    return TEXT.sub(lambda text: "" if " " in text.group().strip("\"' ") else text.group(), line)


def row_of(folder, module):
    """Prints the changes that no test of the module noticed. Returns (module, number of changes, Counter of their results)."""
    path = folder / module.replace("/", ".") / "mutants" / "src" / "bmw" / module
    known = json.loads(path.with_name(path.name + ".meta").read_text("utf-8"))["exit_code_by_key"]
    codes = dict((name, code) for name, code in known.items() if code is not None)  # without those that were not tried
    late = [name for name, code in codes.items() if code in TIMED_OUT]
    counts = Counter({"noticed": len(codes) - len(late), "timed out": len(late)})
    for name, shown in sorted(differences(path, [name for name, code in codes.items() if code in (SURVIVED, NOT_REACHED)]).items()):
        if not shown:  # a change without effect, such as an empty text in capital letters
            counts["noticed"] -= 1
            del codes[name]
            continue
        kind = "words" if is_of_words(shown) else "unnoticed"
        counts.update({"noticed": -1, kind: 1})
        print("{}: {}{}\n{}\n".format(kind, name, " (no test reaches it)" if codes[name] == NOT_REACHED else "", shown))
    return module, len(codes), counts


def report(folder, modules):
    """Prints all unnoticed changes, then a row per module."""
    table = [row_of(folder, module) for module in modules]
    table.append(("all", sum(row[1] for row in table), sum((row[2] for row in table), Counter())))
    print("{:<28}{:>9}{:>9}{:>11}{:>11}{:>18}".format("module", "changes", "noticed", "timed out", "unnoticed", "words for people"))
    for module, count, counts in table:
        numbers = [count] + [counts[kind] for kind in ("noticed", "timed out", "unnoticed", "words")]
        print("{:<28}{:>9}{:>9}{:>11}{:>11}{:>18}".format(module, *numbers))


if __name__ == "__main__":
    what, folder, *names = sys.argv[1:]
    if what == "settings":
        print(settings(Path(folder), names[0]))
    else:
        report(Path(folder), names)
