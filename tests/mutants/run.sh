#!/usr/bin/env bash
# Checks how well unit tests protect the code for lock and secrets: tests/mutants/run.sh [module ...], such as storage/seal.py
# mutmut makes one small change at a time and runs the module's own tests. It lists each change that no test noticed with its
# diff; the last lines count them. On two cores it takes hours for all modules, minutes for most single ones.
set -euo pipefail
cd "$(dirname "$0")/../.."

modules=("$@")
if [ $# = 0 ]; then
  modules=(account/account.py storage/seal.py storage/store.py commands/commander.py commands/unlocking.py commands/incoming.py
    commands/definitions.py polling/budget.py
    redact.py net/mqtt.py clouds/cardata/stream.py)
fi
folder=.cache/mutants
venv=$folder/venv
mkdir -p "$folder"
wanted=$(cat tests/requirements.txt tests/mutants/requirements.txt | sha256sum)
if [ "$(cat "$venv/requirements.sha256" 2>/dev/null)" != "$wanted" ]; then
  echo "mutants: make $venv"
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt -r tests/mutants/requirements.txt
  printf '%s' "$wanted" > "$venv/requirements.sha256"
fi

# mutmut names modules by their path below src, so the library is put there, and the tests find it at its usual place.
prepare() {
  work=$folder/${1//\//.}
  rm -rf "$work"
  mkdir -p "$work/src" "$work/mutants/automation/lib" "$work/automation/lib"
  cp -r automation/lib/python/bmw "$work/src/bmw"
  cp -r automation/jsr223 "$work/mutants/automation/"
  cp -r "$work/src" "$work/mutants/src"
  ln -s ../../src "$work/mutants/automation/lib/python"
  ln -s ../../src "$work/automation/lib/python"
  cp -r tests conf docs install.py README.md CHANGELOG.md "$work/"
  "$venv/bin/python" -m tests.mutants.report settings "$work" "$1" > "$work/pyproject.toml"
}

for module in "${modules[@]}"; do
  echo "mutants: $module"
  prepare "$module"
  (cd "$work" && ../venv/bin/mutmut run --max-children 2 > run.log 2>&1) || { tail -c 3000 "$work/run.log"; exit 1; }
done
"$venv/bin/python" -m tests.mutants.report survivors "$folder" "${modules[@]}"
