"""Where a secret setting comes from: ``bmw.cfg`` itself, a file of its own, or the environment of openHAB.

Knows neither the settings nor what a secret is good for. No text here holds a secret.
"""

from __future__ import absolute_import, unicode_literals

import os

from bmw.compat import to_text
from bmw.errors import ConfigError, StoreError
from bmw.storage import files

FILE = "file:"
ENVIRONMENT = "env:"
#: no password or key is longer; a file can be, by mistake
MAX_BYTES = 4096


def is_literal(text):
    """True if a setting's value is the secret itself and does not say where it is."""
    return not text.startswith((FILE, ENVIRONMENT))


def path(text, folder):
    """The file that a setting's value names (relative to ``folder``), or None."""
    # no file's name holds a NUL, and Python fails on one
    return os.path.join(folder, text[len(FILE) :].strip().replace("\0", "")) if text.startswith(FILE) else None


def resolve(text, folder, environment=os.environ):
    """The secret that a setting's value means.

    Args:
        text (str): ``file:PATH``, ``env:NAME``, or the secret.
        folder (str): what a relative PATH is relative to.

    Raises:
        ConfigError: there is none, or the file can be read by others than its owner.
    """
    if text.startswith(FILE):
        return _of_file(path(text, folder))
    if text.startswith(ENVIRONMENT):
        return _of_environment(text[len(ENVIRONMENT) :].strip(), environment)
    return text


def _of_file(path):
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            raise ConfigError("{} is no ordinary file".format(path), "write the secret into a file")
        if files.is_open_to_group(path):
            raise ConfigError("{} can be read by others".format(path), "make it private: chmod 600 {}".format(path))
        data = files.read(path, MAX_BYTES + 1)
    except StoreError as error:
        raise ConfigError(error.problem, error.advice)
    if data is None:
        raise ConfigError("there is no file {}".format(path), "write the secret into it, for openHAB's user to read")
    if len(data) > MAX_BYTES:
        raise ConfigError("{} is too long for a secret".format(path), "write nothing but the secret into it")
    # an editor ends the last line; all else may belong to the secret
    secret = to_text(data)
    secret = secret[:-1] if secret.endswith("\n") else secret
    secret = secret[:-1] if secret.endswith("\r") else secret
    if not secret:
        raise ConfigError("{} is empty".format(path), "write the secret into it")
    if "\n" in secret:
        raise ConfigError("{} has more than one line".format(path), "write nothing but the secret into it")
    return secret


def _of_environment(name, environment):
    # Jython gives bytes
    secret = to_text(environment.get(name, ""))
    if not secret:
        raise ConfigError("there is no environment variable {}".format(name), "set it for the process of openHAB")
    return secret
