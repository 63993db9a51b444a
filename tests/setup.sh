#!/usr/bin/env bash
# Makes the test environment: checks the tools, then .venv from tests/requirements.txt. Run it, or source it to have the
# virtualenv's python as "$PYTHON". Does nothing if all is there. openHAB itself is installed by tests/openhab/install.py.
set -euo pipefail

tests_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=$(dirname "$tests_dir")/.venv
PYTHON=$venv/bin/python

# Compiled modules are kept, because the tests' own take ten seconds to compile in each process. They are not kept beside the
# sources, so that an installation from there contains only its own files.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX=$(dirname "$tests_dir")/.cache/bytecode

# Each line: the Debian package, and a check that succeeds if it is not needed.
missing_packages() {
  python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
  command -v javac >/dev/null || echo default-jdk-headless
  command -v mvn >/dev/null || echo maven
}

can_install() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# Arguments: Debian packages.
install() {
  echo "setup: apt-get install $*"
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >/dev/null
}

# Optional: without it the tests that set a clock are skipped with a message.
install_faketime() {
  if ! ls /usr/lib/*/faketime/libfaketime.so.1 >/dev/null 2>&1 && can_install; then
    install faketime || echo "setup: faketime could not be installed" >&2
  fi
}

require_tools() {
  local missing
  missing=$(missing_packages | tr '\n' ' ')
  if [ -n "$missing" ] && can_install; then
    # shellcheck disable=SC2086  # one word per package
    install $missing
    missing=$(missing_packages | tr '\n' ' ')
  fi
  if [ -n "$missing" ]; then
    echo "setup: please install: $missing" >&2
    exit 1
  fi
  if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))'; then
    echo "setup: please install Python 3.9 or newer as python3" >&2
    exit 1
  fi
}

make_venv() {
  echo "setup: make .venv and install the pinned packages (about half a minute)"
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$PYTHON" -m pip install --quiet --disable-pip-version-check -r "$tests_dir/requirements.txt"
  printf '%s' "$1" > "$venv/requirements.sha256"
}

wanted=$(sha256sum < "$tests_dir/requirements.txt")
if [ ! -x "$PYTHON" ] || [ "$(cat "$venv/requirements.sha256" 2>/dev/null)" != "$wanted" ] \
   || ! command -v javac >/dev/null || ! command -v mvn >/dev/null; then
  require_tools
fi
if [ ! -x "$PYTHON" ] || [ "$(cat "$venv/requirements.sha256" 2>/dev/null)" != "$wanted" ]; then
  make_venv "$wanted"
fi
install_faketime
