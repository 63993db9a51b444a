"""Every module of the library is valid for the Jython that runs it; the modules that a test does not load included."""

import shutil
import subprocess

from tests.openhab import install, layout

COMPILE = "import compileall, sys; sys.exit(0 if compileall.compile_dir(sys.argv[1], quiet=1, force=1) else 1)"


def test_jython_compiles_every_module(jython, tmp_path):
    install.prepare(jython)
    jar = layout.DOWNLOADS / "jython-standalone-{}.jar".format(jython)
    library = shutil.copytree(layout.REPO / "automation" / "lib" / "python", tmp_path / "lib")
    java = str(layout.java_home() / "bin" / "java")
    command = [java, "-Dpython.cachedir.skip=true", "-jar", str(jar), "-c", COMPILE, str(library)]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert len(list(library.rglob("*$py.class"))) == len(list(library.rglob("*.py")))
