#!/bin/sh
# How many events the service takes, on the disk before each answer: by connections and sizes of batches, into an empty
# library and into one that has half a million already; and how long the figures take meanwhile.
set -eu
cd "$(dirname "$0")/.."
T=$(mktemp -d)
SERVER=
trap '[ -z "$SERVER" ] || kill -TERM $SERVER; wait; rm -rf "$T"' EXIT
SECONDS_EACH=${SECONDS_EACH:-10}
head -c 36 /dev/urandom | base64 -w 0 >"$T/secret"
printf '[serve]\n\tsecret-file = %s\n\trate = 0\n[harvest]\n\tbackground = false\n' "$T/secret" >"$T/config"
carrel() { "$PWD/build/carrel" --config "$T/config" -L "$T/library" "$@"; }
"$PWD/build/carrel" --config "$T/config" -L "$T/library" serve --listen 127.0.0.1:0 >/dev/null 2>"$T/err" &
SERVER=$! # the program itself, not a shell around it
until grep -q 'serves http' "$T/err"; do sleep 0.1; done
port=$(sed -n 's/.*serves http:[^ ]*:\([0-9]*\).*/\1/p' "$T/err")
token=$(carrel token --scope events)
bench() { build/bench/events_bench "$port" "$token" "$SECONDS_EACH" "$@"; }
bench 1 1
bench 16 1
bench 1 100
bench 4 100
bench 16 100
bench 64 100
bench 16 1000
echo "rows: $(sqlite3 "$T/library/library.db" 'SELECT count(*), (SELECT count(*) FROM usage), (SELECT count(*) FROM usage_visitors) FROM event' | tr '|' ' ') (events, counts, sets of visitors); $(du -sm "$T/library" | cut -f1) MB"
bench 16 100
for path in popular?window=24h popular?window=365d trending summary realtime; do
    for i in 1 2 3 4 5; do curl -s -o /dev/null -w '%{time_total}\n' "http://127.0.0.1:$port/metrics/$path"; done |
        awk -v path="$path" 'NR == 1 { first = $1 } { sum += $1 } END { printf "/metrics/%-22s first %.1f ms, then %.1f ms\n", path, first * 1000, (sum - first) * 250 }'
done
