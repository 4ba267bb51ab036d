#!/bin/sh
# Harvest at full speed: 50,000 records over OAI-PMH from the replay server on this machine, no pause between
# requests. Prints records a second and peak memory for as many and for a fifth, so that it can be seen to be flat.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
export CARREL_CLOCK=2026-02-01T12:00:00Z XDG_CONFIG_HOME="$work/config"

for records in 10000 50000; do
    printf 'papers p records=%d categories=cs.CL from=2026-01-15 per-day=5000 page=2500\nroute /oai\nanswer 200 oai=p\n' $records >"$work/script"
    mkfifo "$work/port"
    build/tests/replay "$work/script" >"$work/port" &
    server=$!
    read -r port <"$work/port"
    url=http://127.0.0.1:$port
    start=$(date +%s%N)
    env time -f %M build/carrel -q -L "$work/$records" -c source.arxiv.oai-url=$url/oai -c source.arxiv.api-url=$url/api \
        -c source.arxiv.rss-url=$url/rss -c source.arxiv.category=cs.CL -c source.arxiv.interval=0s sync >"$work/out" 2>"$work/peak"
    end=$(date +%s%N)
    kill "$server"
    rm "$work/port"
    awk -v n=$records -v t="$((end - start))" -v m="$(tail -n 1 "$work/peak")" 'BEGIN {
        printf "harvest: %d records in %.1f s, %.0f/s, peak memory %d MiB\n", n, t / 1e9, n * 1e9 / t, m / 1024 }'
done
