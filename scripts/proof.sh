#!/usr/bin/env bash
# What takes longer than tests may: the invariants of a deploy with a fault at each of its writes and over many random stories, each kind of
# hiccup of the API server at 60 requests, each verb of the Role taken away, rows of states that take minutes, all rows that a run of the
# tests takes a sample of, 500,000 hostile texts for the parsers, 100,000 hostile logs, secrets of every shape in every input, and 100,000
# histories of an app in memory: npm run proof.
# PROOF_SEEDS="7 8" runs the stories of these seeds, HISTORIES=1000 plays so many histories, HICCUP_SEED=7 draws these requests.
source "$(dirname "$0")/setup.sh"
unset SAMPLE_SEED
export PROOF_SEEDS="${PROOF_SEEDS:-$(seq -s ' ' 1 20)}"
node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js \
  --selectProjects api --testPathPatterns test/api/deploy/invariants test/api/deploy/states test/api/deploy/hiccups test/api/deploy/rights "$@"
node cluster/cli.ts up
node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js \
  --selectProjects cluster --testTimeout=600000 \
  --testPathPatterns test/cluster/states/nextjs test/cluster/causes test/cluster/adoption test/cluster/workflow.test
node test/hostile/proof.ts
CANARIES=all node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js \
  --selectProjects scenario --testPathPatterns test/scenario/nothing-gets-out
exec node test/histories/proof.ts
