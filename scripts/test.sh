#!/usr/bin/env bash
# Every test of the repository, on a fresh machine too: npm test [-- unit histories api scenario cluster]
source "$(dirname "$0")/setup.sh"
exec node scripts/test-levels.ts "$@"
