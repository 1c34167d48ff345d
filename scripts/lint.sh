#!/usr/bin/env bash
# Types, format and lint rules (import directions among them), generated README tables.
source "$(dirname "$0")/setup.sh"
tsc -p tsconfig.json
biome ci .
node scripts/readme-tables.ts --check
