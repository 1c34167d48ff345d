#!/usr/bin/env bash
# Measurements beside what people use today, on the embedded cluster: npm run bench
source "$(dirname "$0")/setup.sh"
exec node bench/main.ts "$@"
