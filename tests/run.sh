#!/usr/bin/env bash
# Sets everything up and passes all tests: lint, audit, on CPython, in a real openHAB, and in a browser. The last lines say how many ran where.
# tests/run.sh fast leaves out the second Jython. tests/run.sh long (hours) runs the simulated week, every row of the fault matrix
# and an hour's soak whole; by default they are cut short.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/browser/setup.sh

results=.cache/results
rm -rf "$results"
mkdir -p "$results"
status=0

# Two files at a time, each with an openHAB of its own; a file's tests stay together.
side_by_side=(-n 2 --dist loadfile)

# Runs one part to its end even if a test fails, so that one run tells all; its counts are kept for the summary. Files of
# tests in a real openHAB get a second try from their start, one by one; the summary names what needed it.
part() {
  local name=$1 again
  shift
  echo "== $name"
  "$PYTHON" -m pytest -q --junit-xml "$results/$name.xml" "$@" && return
  if [ "$name" != cpython ] && again=$("$PYTHON" -m tests.summary --failed-files "$results/$name.xml") && [ -n "$again" ]; then
    echo "== $name, second try"
    # shellcheck disable=SC2086  # one word per file
    "$PYTHON" -m pytest -q --junit-xml "$results/$name.again.xml" "$1" $again || status=1
  else
    status=1
  fi
}

if [ "${1:-}" = long ]; then
  export WEEK_DAYS=7 FAULTS=all RECONNECTS=200
fi

echo "== lint"
"$PYTHON" -m tests.lint || status=1
echo "== audit"
"$PYTHON" -m tests.audit || status=1
part cpython "${side_by_side[@]}" tests/unit tests/contract tests/cloud tests/install tests/fuzz
part openhab-jython-2.7.4 --jython=2.7.4 "${side_by_side[@]}" tests/openhab
if [ "${1:-}" != fast ]; then
  # the Jython inside openHAB's own add-on up to 4.1: all that touches the language, TLS, threads, files and the registry
  core=(language cardata bad_input commands names stream security)
  part openhab-jython-2.7.2 --jython=2.7.2 "${side_by_side[@]}" $(printf 'tests/openhab/test_%s.py ' "${core[@]}")
fi
if [ "${1:-}" = long ]; then
  SOAK_MINUTES=60 part openhab-soak --jython=2.7.4 tests/openhab/test_week.py -s
fi
part openhab-browser --jython=2.7.4 tests/browser

"$PYTHON" -m tests.summary "$results" || status=1
exit $status
