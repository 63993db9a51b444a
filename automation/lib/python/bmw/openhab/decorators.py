"""``@rule`` and ``@when``: from openhab-helper-libraries if they are installed and work, else our own with the same meaning.

Ours know the triggers that this module uses, in the helper libraries' syntax::

    @rule("Name", description="what for", tags=["BMW"])
    @when("Time cron 0 0/30 * * * ?")
    @when("Item BMW_ForceUpdate received command ON")
    def update(event): ...

``event`` is openHAB's event object, None for a cron trigger. An exception in a rule is logged, not raised. A function with an
attribute ``uid`` makes a rule with that UID if it is free, so that openHAB knows it again after a restart (one that was disabled stays so).
The helper libraries give each rule a new UID.
"""

from __future__ import absolute_import, unicode_literals

import logging
import sys

from java.lang import Class
from org.openhab.core.automation.module.script.rulesupport.shared.simple import SimpleRule
from org.openhab.core.automation.util import TriggerBuilder

from bmw.openhab import versions
from bmw.pattern import Pattern

log = logging.getLogger("bmw")

_PATTERNS = (
    (Pattern(r"^Time cron (?P<cronExpression>.+)$"), "timer.GenericCronTrigger"),
    (Pattern(r"^Item (?P<itemName>\w+) received command(?: (?P<command>\S+))?$"), "core.ItemCommandTrigger"),
    (Pattern(r"^Item (?P<itemName>\w+) received update(?: (?P<state>\S+))?$"), "core.ItemStateUpdateTrigger"),
    (
        Pattern(r"^Item (?P<itemName>\w+) changed(?: from (?P<previousState>\S+))?(?: to (?P<state>\S+))?$"),
        "core.ItemStateChangeTrigger",
    ),
)


class _DecoratedRule(SimpleRule):
    """A rule that calls a Python function with the event."""

    def __init__(self, function, name, description, tags, triggers):
        self.name = name
        self.description = description
        self.tags = set(tags)
        self.triggers = triggers
        self._function = function

    def execute(self, _action, inputs):
        try:
            self._function(inputs.get("event"))
        except:  # noqa: E722 - a Java exception is not a Python Exception
            log.exception("Unexpected error in the rule '%s'", self._function.__name__)


def own_when(text):
    """Adds a trigger to the decorated function. Raises ValueError for an unknown trigger."""

    def add(function):
        if not hasattr(function, "triggers"):
            function.triggers = []
        function.triggers.insert(0, _trigger(text, len(function.triggers)))
        return function

    return add


def _trigger(text, number):
    for pattern, type_uid in _PATTERNS:
        match = pattern.match(" ".join(text.split()))
        if match:
            settings = dict((key, value) for key, value in match.groupdict().items() if value is not None)
            builder = TriggerBuilder.create().withId("trigger{}".format(number)).withTypeUID(type_uid)
            return builder.withConfiguration(versions.config_class("Configuration")(settings)).build()
    raise ValueError("Unknown trigger: {}".format(text))


def own_rule(automation_manager):
    """Our ``rule`` decorator for the script with this ``automationManager``. openHAB removes the rules with the script."""

    def rule(name, description=None, tags=None):
        def add(function):
            made = _DecoratedRule(function, name, description or "", tags or [], function.triggers)
            if hasattr(function, "uid"):
                _give_uid(made, function.uid, automation_manager)
            automation_manager.addRule(made)
            return function

        return add

    return rule


def _give_uid(rule, uid, automation_manager):
    """Gives a new rule this UID, unless another rule has it: openHAB would silently drop the new rule.

    Then it keeps its random one. openHAB remembers by the UID that a rule was disabled, and a number would soon be another rule's.
    """
    registry = versions.service("automation.RuleRegistry", automation_manager)
    if registry is None or registry.get(uid) is not None:
        return
    try:
        # openHAB 3 has no method to set it, and does not call one of a Python class to ask for it
        field = Class.getDeclaredField(SimpleRule, "uid")
        field.setAccessible(True)
        field.set(rule, uid)
    except:  # noqa: E722 - a Java exception is no Python Exception; another openHAB may have no such field
        log.debug("Rules get random UIDs in this openHAB (%s)", sys.exc_info()[0].__name__)


def decorators(automation_manager):
    """(rule, when) for the calling script: from the helper libraries if they load, else ours."""
    try:
        from core.rules import rule
        from core.triggers import when

        log.debug("Using the rules of openhab-helper-libraries")
        return rule, when
    except ImportError:
        log.debug("openhab-helper-libraries are not installed; using this module's own rules")
    except:  # noqa: E722 - a Java exception is no Python Exception
        # several published versions do not load on openHAB 3 and later
        log.info("openhab-helper-libraries do not work here (%s); using this module's own rules", sys.exc_info()[0].__name__)
    return own_rule(automation_manager), own_when
