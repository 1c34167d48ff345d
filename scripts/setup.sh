#!/usr/bin/env bash
# Installs what every command of this repository needs: the pinned npm packages, and with them Node 24. Sourced by the other scripts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

if ! command -v npm >/dev/null; then
  echo "npm is missing: install Node.js 20 or newer with npm (Debian: apt-get install nodejs npm), then run this again." >&2
  exit 2
fi

# npm ci only when the lock file has changed since the last one.
stamp=node_modules/.todo-deploy-lock
if ! cmp -s package-lock.json "$stamp"; then
  echo "Installing npm packages (a minute on the first run)"
  npm ci --no-progress --loglevel=error
  cp package-lock.json "$stamp"
fi
export PATH="$root/node_modules/.bin:$PATH"
