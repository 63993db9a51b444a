#!/usr/bin/env bash
# The benchmarks: prints ratios measured side by side, in one run, in one real openHAB. Nothing here passes or fails by time.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/setup.sh
exec "$PYTHON" -m tests.bench "$@"
