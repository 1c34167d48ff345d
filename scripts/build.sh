#!/usr/bin/env bash
# src/ → lib/ (tsc) → dist/ (ncc). `--check` fails when the committed dist/ does not match the sources.
source "$(dirname "$0")/setup.sh"

target=dist
[ "${1:-}" = --check ] && target=$(mktemp -d)/dist

rm -rf lib
tsc -p tsconfig.build.json
# ncc leaves chunks of earlier builds where they are.
rm -f "$target"/*.js
ncc build lib/index.js --out "$target" --no-cache --license licenses.txt --target es2024 >/dev/null
printf '{\n  "type": "module"\n}\n' > "$target/package.json"

if [ "$target" != dist ]; then
  diff -rq dist "$target" || { echo "dist/ does not match src/: run 'npm run build' and commit dist/." >&2; exit 1; }
  echo "dist/ matches src/"
fi
