#!/bin/sh
# One fuzz target for some seconds, from its seeds: tests/fuzz/once.sh TARGET
set -u
target=$1 seeds=tests/fuzz/corpus/$(basename "$1")
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
[ -d "$seeds" ] || seeds=
# shellcheck disable=SC2086 # no seeds: no argument
"$target" -runs=20000 -seed=1 -max_total_time=8 -max_len=8192 -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="$corpus"/ "$corpus" $seeds && echo "ok - $target"
