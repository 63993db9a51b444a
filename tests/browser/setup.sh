#!/usr/bin/env bash
# Installs what the browser tests need: Chromium with its driver, the Python packages, axe-core. Does nothing if all is there.
# Run it, or source it after tests/setup.sh. Chromium is a package of the system, so no browser is downloaded separately.
set -euo pipefail

browser_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$browser_dir/../setup.sh"

# Each line: the Debian package, and a check that succeeds if it is not needed.
missing_browser_packages() {
  [ -x /usr/bin/chromium ] || echo chromium
  [ -x /usr/bin/chromedriver ] || echo chromium-driver
  command -v npm >/dev/null || echo npm
  # the font of Android's wall tablets, so that screenshots look as there
  [[ "$(fc-list 2>/dev/null)" == *[Rr]oboto* ]] || echo fonts-roboto-unhinted
}

require_browser() {
  local missing
  missing=$(missing_browser_packages | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "setup: apt-get install $missing"
    # shellcheck disable=SC2086  # one word per package
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >/dev/null
    missing=$(missing_browser_packages | tr '\n' ' ')
  fi
  if [ -n "$missing" ]; then
    echo "setup: please install for the browser tests: $missing" >&2
    return 1
  fi
}

# The marker is inside .venv, because tests/setup.sh may make a new .venv.
require_browser_python() {
  local marker wanted
  marker=$(dirname "$(dirname "$PYTHON")")/browser-requirements.sha256
  wanted=$(sha256sum < "$browser_dir/requirements.txt")
  [ "$(cat "$marker" 2>/dev/null)" = "$wanted" ] && return 0
  "$PYTHON" -m pip install --quiet --disable-pip-version-check -r "$browser_dir/requirements.txt"
  printf '%s' "$wanted" > "$marker"
}

require_axe() {
  local folder=$browser_dir/../../.cache/axe
  cmp -s "$browser_dir/package.json" "$folder/package.json" && [ -f "$folder/node_modules/axe-core/axe.min.js" ] && return 0
  mkdir -p "$folder"
  cp "$browser_dir/package.json" "$folder/"
  npm install --prefix "$folder" --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error
}

require_browser
require_browser_python
require_axe
