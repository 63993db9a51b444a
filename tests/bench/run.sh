#!/usr/bin/env bash
# The benchmarks. Both sides of each ratio are measured in the same run, in the same openHAB. No test fails because of a time.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/setup.sh
exec "$PYTHON" -m tests.bench "$@"
