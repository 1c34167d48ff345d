#!/usr/bin/env bash
# The embedded cluster: npm run cluster -- up | down | status | env
source "$(dirname "$0")/setup.sh"
exec node cluster/cli.ts "$@"
