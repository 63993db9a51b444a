#!/usr/bin/env bash
# The demo: a real openHAB with the module, against a simulated BMW cloud with an i3 that lives through its day.
# The first run installs what it needs. Options: --auto (sign in without a person), --once (end when the items are filled), --help.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/setup.sh
exec "$PYTHON" -m tests.demo "$@"
