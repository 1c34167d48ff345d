#!/usr/bin/env bash
# What takes longer than tests may: both levels with states of clusters whole, with every row of what `npm test` samples; among them the
# invariants of a deploy with a fault at each of its writes and over many random stories, each kind of hiccup of the API server at 60
# requests, each verb of the Role taken away, 10,000 passes of the janitor among lies, and as many tags that it deletes from a registry
# that fails. Then 1,000 histories of previews, 500,000 hostile texts for the parsers, 100,000 hostile logs, secrets of every shape in
# every input, both levels once more on the oldest Kubernetes, 100,000 histories of backups, and as many of an app in memory: npm run proof.
# The faults of backups and restores, each 20 times (FAULT_ROUNDS), each difference planted, runs killed at 50 points.
# PROOF_SEEDS="7 8" runs the stories of these seeds, HISTORIES=1000 plays so many histories, HICCUP_SEED=7 draws these requests.
source "$(dirname "$0")/setup.sh"
unset SAMPLE_SEED
export PROOF_SEEDS="${PROOF_SEEDS:-$(seq -s ' ' 1 20)}"
node scripts/test-levels.ts api cluster
node test/api/preview/proof.ts
node test/hostile/proof.ts
CANARIES=all node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js \
  --selectProjects scenario --testPathPatterns test/scenario/nothing-gets-out
FAULT_ROUNDS="${FAULT_ROUNDS:-20}" node --experimental-vm-modules --disable-warning=ExperimentalWarning \
  node_modules/jest/bin/jest.js --selectProjects scenario --testTimeout=600000 --testPathPatterns test/scenario/backup
# An older Kubernetes may not read what a newer one has stored, so it begins with nothing, and leaves nothing.
node cluster/cli.ts down --purge
env -u PROOF_SEEDS TODO_DEPLOY_KUBERNETES=1.34 timeout 120m node scripts/test-levels.ts api cluster
node cluster/cli.ts down --purge
node test/histories/retention-proof.ts
exec node test/histories/proof.ts
