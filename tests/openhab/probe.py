"""A hand inside the JVM: a script that answers questions of a test about what lives there, and runs console
commands.

It is part of the harness, never of the product. A question is a file in userdata, the command to the script's
item names it, and the answer is a file again. Console commands go this way too, as Karaf's SSH server does
not come up on every start.
"""

import json
import os
import uuid

# Runs in Jython inside openHAB. It collects garbage before it reads the heap, so that two readings can be compared.
SCRIPT = """
from java.io import ByteArrayInputStream, ByteArrayOutputStream, File, PrintStream
from java.lang import Runtime, System, Thread
from java.lang.management import ManagementFactory
from org.osgi.framework import FrameworkUtil


def of_rule(rule):
    return {"name": rule.name, "uid": rule.UID, "tags": list(rule.tags),
            "triggers": [t.typeUID for t in rule.triggers]}


def reading():
    System.gc()
    memory = Runtime.getRuntime()
    threads = sorted(t.name for t in Thread.getAllStackTraces().keySet() if t.alive)
    return {"threads": threads,
            "http_client_threads": len([name for name in threads if name.startswith("HttpClient-")]),
            "heap_used": memory.totalMemory() - memory.freeMemory(),
            "classes": ManagementFactory.getClassLoadingMXBean().loadedClassCount,
            "open_files": len(File("/proc/self/fd").list() or []),
            "rules": sorted((of_rule(rule) for rule in ruleRegistry.all), key=lambda rule: rule["name"])}


def service(name):
    context = FrameworkUtil.getBundle(scriptExtension.getClass()).bundleContext
    return context.getService(context.getServiceReference(name))


def console(command):
    printed = ByteArrayOutputStream()
    stream = PrintStream(printed, True, "UTF-8")
    sessions = service("org.apache.karaf.shell.api.console.SessionFactory")
    session = sessions.create(ByteArrayInputStream(b""), stream, stream)
    try:
        session.execute(command)
    finally:
        session.close()
    return printed.toString("UTF-8")


DO = {"reading": reading, "console": console}


"""

# The end of each such script; its table DO names the questions that it answers.
ANSWER = """

import json, os, traceback
from java.lang import System
from org.slf4j import LoggerFactory
scriptExtension.importPreset("RuleSupport")
scriptExtension.importPreset("RuleSimple")


def answer(question):
    try:
        return {"answer": DO[question["do"]](*question["arguments"])}
    except:   # a Java exception is none of Python's: both must reach the test
        return {"error": traceback.format_exc()}


class Hand(SimpleRule):
    def __init__(self):
        self.name = "NAME"
        self.triggers = [TriggerBuilder.create().withId("hand").withTypeUID("core.ItemCommandTrigger")
                         .withConfiguration(Configuration({"itemName": "NAME"})).build()]

    def execute(self, module, inputs):
        path = os.path.join(System.getProperty("openhab.userdata"), "NAME-%s" % inputs["event"].itemCommand)
        with open(path + ".question") as file:
            question = json.load(file)
        with open(path + ".part", "w") as file:
            json.dump(answer(question), file)
        os.rename(path + ".part", path + ".answer")


automationManager.addRule(Hand())
LoggerFactory.getLogger("tests.openhab.probe").warn("NAME is ready")
"""


class ProbeError(Exception):
    """The probe could not answer; the text is the traceback from openHAB."""


class Hand:
    """A script in openHAB that answers questions.

    Arguments: its name, also the name of its item, and its text with a table ``DO`` {question: function}.
    """

    def __init__(self, name, text):
        self.name = name
        self._text = text
        self._file = "automation/jsr223/{}.py".format(name.lower())

    def install(self, openhab):
        """Add the script. In a running openHAB it returns when the script is ready."""
        if openhab.path(self._file).exists():
            return
        since = openhab.log_size()
        openhab.write_conf("items/{}.items".format(self.name.lower()), 'String {} "Asks the JVM"\n'.format(self.name))
        if openhab.alive():
            openhab.wait_state(self.name, lambda state: True)
        openhab.write_conf(self._file, self._text + ANSWER.replace("NAME", self.name))
        if openhab.alive():
            openhab.wait_for_log(self._is_ready, since=since, timeout=60)

    def ask(self, openhab, what, *arguments, timeout=30):
        """Ask one question; the first one installs the script."""
        from tests.openhab.server import wait_until  # imported here, because server.py imports this module

        self.install(openhab)
        openhab.wait_for_log(self._is_ready, since=openhab.started_at, timeout=timeout)
        path = openhab.userdata / "{}-{}".format(self.name, uuid.uuid4().hex)
        question, answer = path.with_suffix(".question"), path.with_suffix(".answer")
        question.write_text(json.dumps({"do": what, "arguments": arguments}))
        openhab.command(self.name, path.name.partition("-")[2])
        wait_until(answer.exists, timeout, "the {} to answer".format(self.name), openhab)
        told = json.loads(answer.read_text())
        os.unlink(question)
        os.unlink(answer)
        if "error" in told:
            raise ProbeError(told["error"])
        return told["answer"]

    def remove(self, openhab):
        """Remove the script, if it is there."""
        if openhab.path(self._file).exists():
            openhab.remove_conf(self._file)

    @property
    def _is_ready(self):
        return "{} is ready".format(self.name)


PROBE = Hand("Probe", SCRIPT)
