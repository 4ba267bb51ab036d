#!/bin/sh
# Harvest at full speed: records over OAI-PMH from the replay server on this machine, no pause between requests.
# Prints records a second, and memory looked at five times a second: of its own (RssAnon) in each fifth of the run,
# and the largest of mapped files (RssFile: the library's cache, which the system takes back when it needs room).
#   RECORDS="10000 50000" sh bench/harvest.sh
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
export CARREL_CLOCK=2026-02-01T12:00:00Z XDG_CONFIG_HOME="$work/config"

for records in ${RECORDS:-10000 50000}; do
    printf 'papers p records=%d categories=cs.CL from=2026-01-15 per-day=%d page=2500\nroute /oai\nanswer 200 oai=p\n' \
        "$records" $((records / 10)) >"$work/script"
    mkfifo "$work/port"
    build/tests/replay "$work/script" >"$work/port" &
    server=$!
    read -r port <"$work/port"
    url=http://127.0.0.1:$port
    start=$(date +%s%N)
    build/carrel -q -L "$work/$records" -c source.arxiv.oai-url=$url/oai -c source.arxiv.api-url=$url/api \
        -c source.arxiv.rss-url=$url/rss -c source.arxiv.category=cs.CL -c source.arxiv.interval=0s sync >"$work/out" &
    carrel=$!
    while awk '/RssAnon|RssFile/ { printf "%d ", $2 } END { print "" }' "/proc/$carrel/status" 2>/dev/null; do
        sleep 0.2
    done | awk 'NF == 2' >"$work/memory"
    wait $carrel
    end=$(date +%s%N)
    kill "$server"
    rm "$work/port"
    awk -v n="$records" -v t="$((end - start))" '
        { own[NR] = $1; if ($2 > file) file = $2 }
        END { printf "harvest: %d records in %.1f s, %.0f/s; own memory in each fifth, at most:", n, t / 1e9, n * 1e9 / t
              for (part = 0; part < 5; part++) {
                  most = 0
                  for (i = int(NR * part / 5) + 1; i <= int(NR * (part + 1) / 5); i++) if (own[i] > most) most = own[i]
                  printf " %d", most / 1024
              }
              printf " MiB; mapped files at most %d MiB\n", file / 1024 }' "$work/memory"
    rm -rf "${work:?}/$records"
done
