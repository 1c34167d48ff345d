#!/usr/bin/env bash
# The invariants of a deploy with a fault at each of its writes, and over many random stories: npm run proof
# PROOF_SEEDS="7 8" runs the stories of these seeds.
source "$(dirname "$0")/setup.sh"
export PROOF_SEEDS="${PROOF_SEEDS:-$(seq -s ' ' 1 20)}"
exec node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js \
  --selectProjects api --testPathPatterns test/api/deploy/invariants test/api/deploy/states/adoption-killed "$@"
