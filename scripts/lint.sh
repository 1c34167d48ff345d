#!/usr/bin/env bash
# Types, format, imports, what nobody uses, Markdown, generated tables, workflows and the examples of them.
source "$(dirname "$0")/setup.sh"
tsc -p tsconfig.json
biome ci .
knip --no-progress
node scripts/lint/layers.ts
node scripts/lint/readers.ts
node scripts/lint/prose.ts
node scripts/readme-tables.ts --check
node scripts/lint/workflows.ts
