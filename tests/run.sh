#!/usr/bin/env bash
# Runs the tests and installs what they need. The last lines count the tests of each part.
#
#   tests/run.sh unit   the unit tests without the slow ones: a minute
#   tests/run.sh fast   lint, all on CPython without the slow ones, and an installation in a real openHAB: five minutes
#   tests/run.sh        everything: lint, audit, CPython, a real openHAB with Jython 2.7.3 (core: 2.7.2), a browser: about an hour
#   tests/run.sh long   everything, and on Jython 2.7.4, with the whole simulated week, every row of the fault matrix, 100 reloads, an hour's soak
#                       and a simulated year; then the bytes written in a day and the mutation run: hours
#
# OPENHAB_HOME=/path/to/an/unpacked/openHAB tests/run.sh [fast | long] runs only the tests in openHAB, with a copy of that openHAB (any
# version). JAVA_HOME names the Java to use.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' tests/run.sh
}

form=${1:-whole}
case $form in
  unit | fast | whole | long) [ $# -le 1 ] || { usage >&2; exit 2; } ;;
  -h | --help) usage; exit 0 ;;
  *) echo "tests/run.sh: there is no '$form'" >&2; usage >&2; exit 2 ;;
esac
if [ -n "${OPENHAB_HOME:-}" ] && [ "$form" = unit ]; then
  echo "tests/run.sh: the unit tests need no openHAB; leave OPENHAB_HOME out" >&2
  exit 2
fi

needs_browser() { [ -z "${OPENHAB_HOME:-}" ] && { [ "$form" = whole ] || [ "$form" = long ]; }; }

if needs_browser; then
  source tests/browser/setup.sh
else
  source tests/setup.sh
fi

results=.cache/results
rm -rf "$results"
mkdir -p "$results"
status=0

# Two files at a time, each with its own openHAB; a file's tests stay in one process.
side_by_side=(-n 2 --dist loadfile)
# Tests that only need CPU run on any free process; without slow tests, and with fewer hypothesis examples.
quickly=(-n 2 --dist worksteal -m "not slow" --hypothesis-profile=quick)
on_cpython=(tests/unit tests/contract tests/cloud tests/install tests/fuzz)
# what a user does: install, sign in, see items, upgrade, uninstall
smoke=(tests/openhab/test_install_openhab.py)
# everything that depends on Jython: language, TLS, threads, files, item registry
core=(language cardata bad_input commands names stream security)

# Runs a part to its end even if a test fails, and keeps its counts for the summary. Test files in a real openHAB that fail get a
# second try, one by one; the summary names the tests that needed it.
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

check() {
  echo "== $1"
  "$PYTHON" -m "tests.$1" || status=1
}

# Arguments: a Jython version and test files.
in_openhab() {
  local jython=$1
  shift
  part "openhab-jython-$jython" "--jython=$jython" "${side_by_side[@]}" "$@"
}

in_given_openhab() {
  local jython
  jython=$("$PYTHON" -m tests.openhab.given)
  if [ "$form" = fast ]; then
    in_openhab "$jython" "${smoke[@]}"
  else
    in_openhab "$jython" tests/openhab
  fi
}

# Figures for docs/benchmarks.md; only an error of the program itself fails.
figures() {
  echo "== writes"
  "$PYTHON" -m tests.bench.writes || status=1
  echo "== mutants"
  bash tests/mutants/run.sh || status=1
}

everything() {
  check lint
  check audit
  part cpython "${side_by_side[@]}" "${on_cpython[@]}"
  in_openhab 2.7.3 tests/openhab  # what openHAB 4.2 to 5.x ships
  # shellcheck disable=SC2046  # one word per file
  in_openhab 2.7.2 $(printf 'tests/openhab/test_%s.py ' "${core[@]}")  # what it shipped up to 4.1
  if [ "$form" = long ]; then
    in_openhab 2.7.4 tests/openhab
    SOAK_MINUTES=60 part openhab-soak --jython=2.7.3 tests/openhab/test_week.py -s
    YEAR_DAYS=365 part openhab-year --jython=2.7.3 tests/openhab/test_year.py -s
  fi
  part openhab-browser --jython=2.7.3 tests/browser
  if [ "$form" = long ]; then
    figures
  fi
}

if [ "$form" = long ]; then
  export WEEK_DAYS=7 FAULTS=all RECONNECTS=200 RELOADS=100
fi
if [ -n "${OPENHAB_HOME:-}" ]; then
  in_given_openhab
elif [ "$form" = unit ]; then
  part cpython "${quickly[@]}" tests/unit
elif [ "$form" = fast ]; then
  check lint
  part cpython "${quickly[@]}" "${on_cpython[@]}"
  in_openhab 2.7.3 "${smoke[@]}"
else
  everything
fi

"$PYTHON" -m tests.summary "$results" || status=1
exit $status
