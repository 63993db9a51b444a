"""Reads a secret setting from ``bmw.cfg`` itself, a separate file, or an environment variable of openHAB.

Knows neither the settings nor what a secret is for. No error text contains a secret.
"""

from __future__ import absolute_import, unicode_literals

import os

from bmw.compat import text_of_file, to_text
from bmw.errors import ConfigError, StoreError
from bmw.storage import files

FILE = "file:"
ENVIRONMENT = "env:"
#: no password or key is longer; a wrong file can be
MAX_BYTES = 4096


def is_literal(text):
    """True if the setting's value is the secret itself, not a place."""
    return not text.startswith((FILE, ENVIRONMENT))


def path(text, folder):
    """The file in a setting's value (relative to ``folder``), or None."""
    # Python fails on NUL in a file name
    return os.path.join(folder, text[len(FILE) :].strip().replace("\0", "")) if text.startswith(FILE) else None


def resolve(text, folder, environment=os.environ):
    """The secret of a setting.

    Args:
        text (str): ``file:PATH``, ``env:NAME``, or the secret.
        folder (str): base of a relative PATH.

    Raises:
        ConfigError: there is no secret, or others than the owner can read its file.
    """
    if text.startswith(FILE):
        return _of_file(path(text, folder))
    if text.startswith(ENVIRONMENT):
        return _of_environment(text[len(ENVIRONMENT) :].strip(), environment)
    return text


def _of_file(path):
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            raise ConfigError("{} is not a regular file".format(path), "write the secret into a file")
        if files.is_open_to_group(path):
            raise ConfigError("{} can be read by others".format(path), "make it private: chmod 600 {}".format(path))
        data = files.read(path, MAX_BYTES + 1)
    except StoreError as error:
        raise ConfigError(error.problem, error.advice)
    if data is None:
        raise ConfigError("there is no file {}".format(path), "write the secret into it; the user running openHAB must be able to read it")
    if len(data) > MAX_BYTES:
        raise ConfigError("{} is too long for a secret".format(path), "write only the secret into it")
    # editors add a line end; everything else may belong to the secret
    secret = text_of_file(data)
    secret = secret[:-1] if secret.endswith("\n") else secret
    secret = secret[:-1] if secret.endswith("\r") else secret
    if not secret:
        raise ConfigError("{} is empty".format(path), "write the secret into it")
    if "\n" in secret:
        raise ConfigError("{} has more than one line".format(path), "write only the secret into it")
    return secret


def _of_environment(name, environment):
    # Jython returns bytes
    secret = to_text(environment.get(name, ""))
    if not secret:
        raise ConfigError("there is no environment variable {}".format(name), "set it for the process of openHAB")
    return secret
