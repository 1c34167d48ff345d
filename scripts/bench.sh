#!/usr/bin/env bash
# Measures todo-deploy against what people use today, on the embedded cluster: npm run bench
source "$(dirname "$0")/setup.sh"
exec node bench/main.ts "$@"
