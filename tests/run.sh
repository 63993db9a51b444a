#!/usr/bin/env bash
# Sets everything up and passes all tests: lint, on CPython, and in a real openHAB on both Jython versions that users have.
# tests/run.sh fast leaves out the second Jython. The last line says how many tests ran where.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/setup.sh

jythons=(2.7.4 2.7.2)
[ "${1:-}" = fast ] && jythons=(2.7.4)
results=.cache/results
rm -rf "$results"
mkdir -p "$results"
status=0

# Runs one part to its end even if a test fails, so that one run tells all; its counts are kept for the summary.
part() {
  local name=$1
  shift
  echo "== $name"
  "$PYTHON" -m pytest -q --junit-xml "$results/$name.xml" "$@" || status=1
}

echo "== lint"
"$PYTHON" -m tests.lint || status=1
part cpython tests/unit tests/cloud tests/install
"$PYTHON" -m tests.openhab.install "${jythons[@]}"
for jython in "${jythons[@]}"; do
  part "openhab-jython-$jython" tests/openhab --jython "$jython"
done
[ -d tests/browser ] && part openhab-browser tests/browser --jython 2.7.4

"$PYTHON" -m tests.summary "$results" || status=1
exit $status
