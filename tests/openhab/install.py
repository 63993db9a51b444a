"""Prepare a real openHAB, once per Jython version, so that a test's instance starts in seconds.

Every step leaves a marker when it is complete, so a run that was killed goes on where it stopped and a
complete one costs nothing. The prepared tree is never run by a test: server.py copies from it. This room
knows openHAB's parts and where they come from, and nothing about the module under test.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from tests.openhab import given, layout

COPY_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
OPENHAB_ARTIFACT = "org.openhab.distro:openhab:{}:zip"
JYTHON_ARTIFACT = "org.python:jython-standalone:{}"
SCRIPT_API = "org/openhab/core/bundles/org.openhab.core.automation.module.script"

MANIFEST = """Manifest-Version: 1.0
Bundle-ManifestVersion: 2
Bundle-SymbolicName: tests.openhab.engine
Bundle-Name: Jython {jython} for the openHAB test harness
Bundle-Version: {jython}
Bundle-ClassPath: .,lib/jython.jar
Import-Package: org.openhab.core.automation.module.script,javax.script
DynamicImport-Package: *
Service-Component: OSGI-INF/component.xml
Provide-Capability: osgi.service;objectClass:List<String>="org.openhab.cor
 e.automation.module.script.ScriptEngineFactory"

"""

# openHAB reads it at its very first start only; without it, it searches the network for add-ons for a minute.
ADDONS_CFG = "package = minimal\nremote = false\n"

# The first boot stops them for good: they listen on every network address and no test needs them.
UNWANTED = ("org.openhab.core.model.lsp", "org.openhab.core.io.transport.mdns")

# The first boot runs it: it compiles the standard library and fills Jython's cache of Java packages.
WARM_UP = (
    "UNWANTED = {!r}\n".format(UNWANTED)
    + """
import json, hashlib, hmac, base64, uuid, threading, urllib, urllib2, ssl, re, time, datetime, traceback
from java.net.http import HttpClient
from org.osgi.framework import FrameworkUtil
from org.slf4j import LoggerFactory
scriptExtension.importPreset("RuleSupport")
scriptExtension.importPreset("RuleSimple")
class WarmUp(SimpleRule):
    def execute(self, module, inputs):
        pass
automationManager.addRule(WarmUp())
for bundle in FrameworkUtil.getBundle(scriptExtension.getClass()).bundleContext.bundles:
    if bundle.symbolicName in UNWANTED:
        bundle.stop()
LoggerFactory.getLogger("tests.openhab.warm_up").warn("Jython is warm")
"""
)


def main(versions=layout.JYTHON_VERSIONS):
    for jython in versions:
        started = time.monotonic()
        print(
            "openHAB {} with Jython {}: {} ({:.1f} s)".format(given.version().text, jython, prepare(jython), time.monotonic() - started),
            flush=True,
        )


def prepare(jython=layout.DEFAULT_JYTHON):
    """Make the prepared tree of this Jython version if it is not there, and return its path."""
    tree = layout.tree(jython)
    with only_one_installer():
        if not layout.GIVEN:
            step("unpack openHAB", layout.DIST, layout.OPENHAB_VERSION, unpack_distribution)
        if jython == layout.OWN_JYTHON:
            add_on = given.add_on(layout.DIST)
            step("copy the add-on", tree / "addons", add_on.name, lambda folder: shutil.copy(add_on, folder))
        else:
            make_jython(tree, jython)
        end_orphan(tree / "prepared")
        step("first boot with Jython " + jython, tree / "prepared", boot_fingerprint(tree, jython), lambda folder: first_boot(folder, tree))
    return tree


def make_jython(tree, jython):
    """Make what openHAB's Jython add-on contains: the script engine and Jython's standard library."""
    step("Jython {} engine bundle".format(jython), tree / "addons", engine_fingerprint(jython), lambda folder: build_engine(folder, jython))
    step("Jython {} standard library".format(jython), tree / "jython", jython, lambda folder: unpack_standard_library(folder, jython))


def step(name, folder, fingerprint, make):
    """Make a folder unless it exists with the same fingerprint. The marker is written last, so an unfinished folder never counts."""
    marker = folder.parent / (folder.name + ".done")
    if marker.exists() and marker.read_text() == fingerprint and folder.is_dir():
        return
    print("openHAB: {} ...".format(name), flush=True)
    marker.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make(folder)
    marker.write_text(fingerprint)


@contextlib.contextmanager
def only_one_installer():
    layout.ROOT.mkdir(parents=True, exist_ok=True)
    with open(layout.ROOT / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def engine_fingerprint(jython):
    sources = b"".join(path.read_bytes() for path in sorted(layout.ENGINE_SOURCE.iterdir()))
    return hashlib.sha256(sources + (MANIFEST + jython).encode()).hexdigest()


def boot_fingerprint(tree, jython):
    """The prepared userdata contains absolute paths, so a moved repository needs a new one."""
    text = "|".join([engine_fingerprint(jython), str(tree), given.version().text, WARM_UP, ADDONS_CFG])
    return hashlib.sha256(text.encode()).hexdigest()


def download(artifact):
    """Fetch one artifact with Maven, without its dependencies: openHAB's zip has no pom."""
    group, name, version, kind = (artifact.split(":") + ["jar"])[:4]
    target = layout.DOWNLOADS / "{}-{}.{}".format(name, version, kind)
    if target.exists() and zipfile.is_zipfile(target):
        return target
    print("openHAB: download {} ...".format(target.name), flush=True)
    partial = layout.DOWNLOADS / "partial"
    partial.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mvn", "-q", "-B", COPY_GOAL, "-Dartifact=" + artifact, "-DoutputDirectory={}".format(partial)], check=True)
    os.replace(partial / target.name, target)
    return target


def unpack_distribution(folder):
    with zipfile.ZipFile(download(OPENHAB_ARTIFACT.format(layout.OPENHAB_VERSION))) as archive:
        archive.extractall(folder)
    for script in (folder / "runtime" / "bin").iterdir():
        if script.is_file():
            script.chmod(script.stat().st_mode | stat.S_IXUSR)


def build_engine(folder, jython):
    """Compile the engine factory against openHAB's own jar and pack it with Jython as an OSGi bundle."""
    jar = download(JYTHON_ARTIFACT.format(jython))
    api = next((layout.DIST / "runtime" / "system" / SCRIPT_API).rglob("*.jar"))
    classes = folder / "classes"
    sources = [str(path) for path in layout.ENGINE_SOURCE.glob("*.java")]
    compiler = ["javac", "--release", "11", "-cp", "{}:{}".format(api, jar), "-d", str(classes)]
    subprocess.run(compiler + sources, check=True)
    with zipfile.ZipFile(folder / "jython-engine-{}.tmp".format(jython), "w") as bundle:
        bundle.writestr("META-INF/MANIFEST.MF", MANIFEST.format(jython=jython))
        bundle.write(layout.ENGINE_SOURCE / "component.xml", "OSGI-INF/component.xml")
        for compiled in classes.rglob("*.class"):
            bundle.write(compiled, compiled.relative_to(classes))
        bundle.write(jar, "lib/jython.jar")
        packed = bundle.filename
    shutil.rmtree(classes)
    os.replace(packed, folder / "jython-engine-{}.jar".format(jython))


def unpack_standard_library(folder, jython):
    with zipfile.ZipFile(download(JYTHON_ARTIFACT.format(jython))) as archive:
        archive.extractall(folder, [name for name in archive.namelist() if name.startswith("Lib/") and not name.startswith("Lib/test/")])


def first_boot(folder, tree):
    """Start openHAB once, so that later its features and the engine bundle are there before it loads scripts."""
    from tests.openhab.server import OpenHAB  # imported here, because server.py imports this module

    runtime = tree / "runtime"
    if not runtime.is_symlink():
        runtime.symlink_to(os.path.relpath(layout.DIST / "runtime", tree))
    make_executable(layout.java_home() / "bin")
    shutil.copytree(layout.DIST / "conf", folder / "conf", ignore=given.NOT_COPIED)
    shutil.copytree(layout.DIST / "userdata", folder / "userdata", ignore=given.NOT_COPIED)
    append_log_over_restarts(folder / "userdata" / "etc" / "log4j2.xml")
    openhab = OpenHAB(home=tree, workdir=folder)
    openhab.write_conf("services/addons.cfg", ADDONS_CFG)
    openhab.write_conf("automation/jsr223/warm_up.py", WARM_UP)
    openhab.start()
    try:
        openhab.wait_ready(timeout=240)
        openhab.wait_for_log("Jython is warm", timeout=120)
    finally:
        openhab.stop()
    shutil.rmtree(folder / "conf" / "automation")
    for transient in ("logs", "tmp"):
        shutil.rmtree(folder / "userdata" / transient, ignore_errors=True)


def append_log_over_restarts(settings):
    """Keep one log file over all starts (openHAB begins a new one), so that an offset into it stays valid."""
    text = settings.read_text()
    settings.write_text(text.replace("<OnStartupTriggeringPolicy/>", ""))


def end_orphan(folder):
    """Kill the openHAB that a killed installer left running in the folder."""
    try:
        pid = int((folder / "java.pid").read_text())
        if str(folder) in Path("/proc/{}/cmdline".format(pid)).read_text():
            os.kill(pid, signal.SIGKILL)
    except (OSError, ValueError):
        return  # never started, or already gone


def make_executable(folder):
    """On some systems the Java from the Python package is not executable."""
    for program in folder.iterdir():
        program.chmod(program.stat().st_mode | stat.S_IXUSR)


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or layout.JYTHON_VERSIONS)
