#!/usr/bin/env bash
# The main job on the embedded cluster, from nothing: npm run demo
source "$(dirname "$0")/setup.sh"
exec node demo/main.ts "$@"
