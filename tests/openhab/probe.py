"""A hand inside the JVM: a script that answers questions of a test about what lives there, and runs console
commands.

It is part of the harness, never of the product. A question is a file in userdata, the command to the item
Probe names it, and the answer is a file again. Console commands go this way too, as Karaf's SSH server does
not come up on every start.
"""

import json
import os
import uuid

ITEM = 'Probe'
ITEMS_FILE = 'items/probe.items'
SCRIPT_FILE = 'automation/jsr223/probe.py'

ITEMS = 'String Probe "What lives in the JVM"\n'

# Runs in Jython inside openHAB. The heap is read after a collection, so that two readings can be compared.
SCRIPT = '''
import json, os, traceback
from java.io import ByteArrayInputStream, ByteArrayOutputStream, File, PrintStream
from java.lang import Runtime, System, Thread
from org.osgi.framework import FrameworkUtil
from org.slf4j import LoggerFactory
scriptExtension.importPreset("RuleSupport")
scriptExtension.importPreset("RuleSimple")


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


def answer(question):
    try:
        return {"answer": DO[question["do"]](*question["arguments"])}
    except:   # a Java exception is none of Python's: both must reach the test
        return {"error": traceback.format_exc()}


class Probe(SimpleRule):
    def __init__(self):
        self.name = "Probe"
        self.triggers = [TriggerBuilder.create().withId("probe").withTypeUID("core.ItemCommandTrigger")
                         .withConfiguration(Configuration({"itemName": "Probe"})).build()]

    def execute(self, module, inputs):
        path = os.path.join(System.getProperty("openhab.userdata"), "probe-%s" % inputs["event"].itemCommand)
        with open(path + ".question") as file:
            question = json.load(file)
        with open(path + ".part", "w") as file:
            json.dump(answer(question), file)
        os.rename(path + ".part", path + ".answer")


automationManager.addRule(Probe())
LoggerFactory.getLogger("tests.openhab.probe").warn("Probe is ready")
'''


class ProbeError(Exception):
    """The probe could not answer; the text is the traceback inside openHAB."""


def install(openhab):
    """Add the probe. In a running openHAB this returns when it is ready to be asked."""
    if (openhab.conf / SCRIPT_FILE).exists():
        return
    since = openhab.log_size()
    openhab.write_conf(ITEMS_FILE, ITEMS)
    if openhab.alive():
        openhab.wait_state(ITEM, lambda state: True)
    openhab.write_conf(SCRIPT_FILE, SCRIPT)
    if openhab.alive():
        openhab.wait_for_log('Probe is ready', since=since)


def ask(openhab, what, *arguments, timeout=30):
    """Put one question, installing the probe at the first one."""
    from tests.openhab.server import wait_until  # here, as server.py offers the probe

    install(openhab)
    openhab.wait_for_log('Probe is ready', since=openhab.started_at, timeout=timeout)
    name = uuid.uuid4().hex
    path = openhab.userdata / 'probe-{}'.format(name)
    question, answer = path.with_suffix('.question'), path.with_suffix('.answer')
    question.write_text(json.dumps({'do': what, 'arguments': arguments}))
    openhab.command(ITEM, name)
    wait_until(answer.exists, timeout, 'the probe to answer', openhab)
    told = json.loads(answer.read_text())
    os.unlink(question)
    os.unlink(answer)
    if 'error' in told:
        raise ProbeError(told['error'])
    return told['answer']
