#!/usr/bin/env bash
# The demo, with all of its set-up: npm run demo
source "$(dirname "$0")/setup.sh"
exec node demo/main.ts "$@"
