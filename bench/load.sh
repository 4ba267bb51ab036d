#!/bin/sh
# How many questions the service answers: GET /search (lexical, hybrid) and /papers/{id} by wrk, on 50,000 papers of the corpus,
# in turn with a peer on the same documents (bench/load_peer.py: FastAPI, uvicorn, SQLite's FTS5). Then idle WebSockets.
#   PAPERS="FILE..." CONNECTIONS=16 SECONDS_EACH=10 ROUNDS=3 sh bench/load.sh
set -eu
cd "$(dirname "$0")/.."
T=$(mktemp -d)
PIDS=
stop() { for pid in $PIDS; do kill -TERM "$pid" 2>/dev/null || :; done; wait; rm -rf "$T"; }
trap stop EXIT
: "${SECONDS_EACH:=10}" "${CONNECTIONS:=16}" "${ROUNDS:=3}"
corpus=${CARREL_SHARED:-$PWD/../shared}/data/corpus/arxiv-00.jsonl.zst
if [ -n "${PAPERS:-}" ]; then
    # shellcheck disable=SC2086 # several files
    cat $PAPERS >"$T/papers.jsonl"
elif [ -e "$corpus" ]; then
    zstd -qdc "$corpus" >"$T/papers.jsonl"
else
    echo "load: there is no $corpus; the starter library is too small to tell much" >&2
    cp data/starter.jsonl "$T/papers.jsonl"
fi
printf '[serve]\n\trate = 0\n[harvest]\n\tbackground = false\n' >"$T/config"
build/carrel --config "$T/config" -L "$T/library" import "$T/papers.jsonl"
build/carrel --config "$T/config" -L "$T/library" serve --listen 127.0.0.1:0 >/dev/null 2>"$T/err" &
PIDS="$PIDS $!"
until grep -q 'serves http' "$T/err"; do sleep 0.1; done
carrel=$(sed -n 's/.*serves \(http:[^ ]*\).*/\1/p' "$T/err")

# What is asked: two words that stand together in a title, of 500 papers; 2,000 papers by their ids.
count=$(wc -l <"$T/papers.jsonl")
awk -v step=$((count / 500 + 1)) 'NR % step == 0' "$T/papers.jsonl" | sed 's/.*"title":"\([^"]*\)".*/\1/' | tr 'A-Z' 'a-z' |
    awk '{ for (i = 2; i < NF; i++) if ($i ~ /^[a-z][a-z][a-z][a-z]+$/ && $(i + 1) ~ /^[a-z][a-z][a-z][a-z]+$/) { print $i "%20" $(i + 1); next } }' >"$T/queries"
awk -v step=$((count / 2000 + 1)) 'NR % step == 0' "$T/papers.jsonl" | sed -n 's/.*"id":"\(arxiv:[0-9.]*\)".*/\1/p' >"$T/ids"
sed 's|^|/search?limit=20\&mode=lexical\&q=|' "$T/queries" >"$T/lexical"
sed 's|^|/search?limit=20\&mode=hybrid\&q=|' "$T/queries" >"$T/hybrid"
sed 's|^|/papers/|' "$T/ids" >"$T/papers"

# The peer wants Debian's python3-fastapi and python3-uvicorn (python3-uvloop and python3-httptools make it faster).
peer=
for python in python3 /usr/bin/python3; do
    if $python -c 'import fastapi, uvicorn' 2>/dev/null; then peer=$python; fi
done
if [ -n "$peer" ]; then
    $peer bench/load_peer.py build "$T/peer.db" <"$T/papers.jsonl"
    PEER_DB="$T/peer.db" PYTHONPATH=bench $peer -m uvicorn load_peer:app --workers 2 --port 18579 --log-level warning >/dev/null 2>"$T/peer.err" &
    PIDS="$PIDS $!"
    until curl -sf -o /dev/null http://127.0.0.1:18579/papers/x || [ $? -eq 22 ]; do sleep 0.1; done
else
    echo "load: no peer (Debian: python3-fastapi python3-uvicorn)" >&2
fi

# asked NAME URL PATHS: a line
asked() {
    PATHS="$T/$3" wrk -t 2 -c "$CONNECTIONS" -d "${SECONDS_EACH}s" --latency -s bench/load.lua "$2" >"$T/wrk"
    awk -v name="$1" '/ 50% / { p50 = $2 } / 99% / { p99 = $2 } /^Requests\/sec/ { rate = $2 } /Non-2xx/ { bad = $NF }
        END { printf "%-32s %8.0f/s  p50 %s  p99 %s%s\n", name, rate, p50, p99, bad ? "  REFUSED: " bad : "" }' "$T/wrk"
}
echo "$(wc -l <"$T/queries") queries, $(wc -l <"$T/ids") papers, $CONNECTIONS connections, load $(cut -d ' ' -f 1 /proc/loadavg)"
round=0
while [ $round -lt "$ROUNDS" ]; do
    round=$((round + 1))
    asked "carrel /search lexical" "$carrel" lexical
    [ -z "$peer" ] || asked "peer   /search bm25()" http://127.0.0.1:18579 lexical
    asked "carrel /search hybrid" "$carrel" hybrid
    asked "carrel /papers/{id}" "$carrel" papers
    [ -z "$peer" ] || asked "peer   /papers/{id}" http://127.0.0.1:18579 papers
done
# shellcheck disable=SC2086 # process ids; uvicorn's workers are its children
set -- $PIDS
memory() { awk -v name="$1" '/^RssAnon/ { own += $2 } /^RssFile/ { mapped += $2 } END { printf "%s: %d MiB of its own, %d of mapped files\n", name, own / 1024, mapped / 1024 }'; }
memory carrel <"/proc/$1/status"
[ -z "$peer" ] || for worker in $(pgrep -P "$2" -f spawn_main); do cat "/proc/$worker/status"; done | memory "peer, its two workers"
python3 bench/realtime.py build/carrel 2000
