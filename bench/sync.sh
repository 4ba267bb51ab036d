#!/bin/sh
# Papers and 100,000 operations (tags) of one library into an empty one over the service on this machine, then into a
# third one that asks the service for them: seconds, bytes on the wire, peak memory of both sides.
set -eu
cd "$(dirname "$0")/.."
T=$(mktemp -d)
SERVER=
trap '[ -z "$SERVER" ] || kill -TERM $SERVER; wait; rm -rf "$T"' EXIT
PAPERS=${PAPERS:-20000} TAGS=${TAGS:-5}
head -c 48 /dev/urandom >"$T/secret"
printf '[serve]\n    secret-file = %s\n    rate = 0\n[harvest]\n    background = false\n[worker]\n    threads = 0\n' "$T/secret" >"$T/config"
on() { lib=$1; shift; "$PWD/build/carrel" -q --config "$T/config" -L "$T/$lib" "$@"; }
awk -v n="$PAPERS" 'BEGIN { srand(1); for (i = 1; i <= n; i++) {
    printf "{\"id\":\"arxiv:%04d.%05d\",\"title\":\"Paper %d on", 1001 + int(i / 9000) % 12 + 100 * int(i / 108000), i % 99999, i
    for (k = 0; k < 6; k++) printf " w%d", int(rand() * 4000)
    printf "\",\"authors\":[\"Author %d\"],\"published\":\"2010-01-01\",\"abstract\":\"", int(rand() * 9000)
    for (k = 0; k < 120; k++) printf "w%d ", int(rand() * 9000)
    print "\"}" } }' >"$T/papers.jsonl"
on a import "$T/papers.jsonl" >/dev/null
sqlite3 "$T/a/library.db" 'SELECT key FROM work' >"$T/ids"
on b token --scope sync >"$T/token"
"$PWD/build/carrel" --config "$T/config" -L "$T/b" serve --listen 127.0.0.1:0 >/dev/null 2>"$T/err" &
SERVER=$!
until grep -qs 'serves http' "$T/err"; do sleep 0.1; done
url=$(sed -n 's/.*serves \(http:[^ ]*\).*/\1/p' "$T/err" | tr -d ',')
printf '[peer "b"]\n    url = %s\n    token-file = %s\n' "$url" "$T/token" >>"$T/config"
figure() { sed "s/.*\"$1\":\([0-9]*\).*/\1/" "$T/out"; }
peak() { sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$1/status"; }
measure() { # NAME LIBRARY
    /usr/bin/time -f %M -o "$T/mem" "$PWD/build/carrel" -q --config "$T/config" -L "$T/$2" sync --peer b --json >"$T/out"
    awk -v name="$1" -v ms="$(figure took_ms)" -v sent="$(figure bytes_sent)" -v got="$(figure bytes_received)" \
        -v rs="$(figure records_sent)" -v os="$(figure operations_sent)" -v rg="$(figure records_received)" \
        -v og="$(figure operations_received)" -v client="$(tail -1 "$T/mem")" -v server="$(peak $SERVER)" 'BEGIN {
        printf "%-24s %6.1f s  sent %d + %d in %.1f MB, received %d + %d in %.1f MB; peak %d MB here, %d MB there (so far)\n",
            name, ms / 1000, rs, os, sent / 1e6, rg, og, got / 1e6, client / 1024, server / 1024 }'
}
measure "papers" a
i=0
while [ $i -lt "$TAGS" ]; do i=$((i + 1)); on a tag "tag$i" - <"$T/ids"; done
measure "operations" a
measure "nothing new" a
measure "a third one" c
