#!/usr/bin/env bash
# Fuzzes the harnesses of tests/fuzz/harnesses.py one after the other: tests/fuzz/run.sh [seconds per harness] [harness ...]
# New inputs are kept in .cache/fuzz. An input that finds a fault is kept there as HARNESS-crash-..., -timeout-... or -oom-...:
# fix the module with a unit test, and add the input to tests/fuzz/corpus/HARNESS; each test run replays that folder.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:-60}
shift || true
found=${BMW_FUZZ_FOLDER:-.cache/fuzz}
venv=$found/venv
mkdir -p "$found"
wanted=$(sha256sum < tests/fuzz/requirements.txt)
if [ "$(cat "$venv/requirements.sha256" 2>/dev/null)" != "$wanted" ]; then
  echo "fuzz: make $venv"
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r tests/fuzz/requirements.txt
  printf '%s' "$wanted" > "$venv/requirements.sha256"
fi

status=0
for harness in "${@:-cardata old_clouds stream settings sealed}"; do
  for name in $harness; do
    echo "== $name"
    mkdir -p "$found/$name"
    # limits: 5 seconds for an input, 1 GB for the process
    "$venv/bin/python" -m tests.fuzz.fuzz "$name" -max_total_time="$seconds" -max_len=16384 -timeout=5 -rss_limit_mb=1024 \
      -print_final_stats=1 -artifact_prefix="$found/$name-" "$found/$name" "tests/fuzz/corpus/$name" || status=1
  done
done
exit $status
