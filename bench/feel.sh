#!/bin/sh
# How the desk feels: bytes that it writes to a terminal for what one does most, beside tig (on this repository) and
# newsboat (on a feed of as many entries) for the same; and how long keys take with a large library while a sync runs.
#   PAPERS=500000 sh bench/feel.sh      LIBRARY=FOLDER takes one that is there (it grows by what the sync brings)
# The sync does not pause between pages; INTERVAL=3s has it keep arXiv's pace.
# NICE=-10 puts the desk before other sessions of a machine that is shared; it needs root.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT
export XDG_CONFIG_HOME="$work/config" HOME="$work" LC_ALL=C.UTF-8
mkdir -p "$work/config/carrel"
printf '[harvest]\n    background = false\n' >"$work/config/carrel/config"
feel=$PWD/build/bench/feel_bench

# ---- bytes: the starter library, this repository, and a feed of the starter library's titles ----
build/carrel -q -L "$work/small" import data/starter.jsonl >/dev/null
build/carrel -q -L "$work/small" export --format atom -o "$work/feed.xml" >/dev/null
mkdir -p "$work/.newsboat"
echo "file://$work/feed.xml" >"$work/.newsboat/urls"
for size in 24x80 60x200; do
    echo "bytes at $size (rows x columns):"
    CARREL_LIBRARY="$work/small" $feel bytes -s $size carrel "j" j "j again" j "page down" "$(printf '\006')" "page down" "$(printf '\006')" \
        "open" '\r' "back" '\e' "search: a" /a "search: t" t "search: t" t "leave it" '\e' "Tab" "$(printf '\t')" -- build/carrel -c ui.layout=two
    if command -v tig >/dev/null && [ -e .git ]; then
        $feel bytes -s $size tig "j" j "j again" j "page down" ' ' "page down" ' ' "open" '\r' "back" q -- tig
    else
        echo "tig          skipped: it is not here"
    fi
    if command -v newsboat >/dev/null; then
        newsboat -q -u "$work/.newsboat/urls" -c "$work/cache.db" -x reload >/dev/null 2>&1 || true
        $feel bytes -s $size newsboat "into the feed" '\r' "down" '\eOB' "down again" '\eOB' "page down" '\e[6~' "page down" '\e[6~' "open" '\r' "back" q -- \
            newsboat -q -u "$work/.newsboat/urls" -c "$work/cache.db"
    else
        echo "newsboat     skipped: it is not here"
    fi
done

# ---- keys ----
papers=${PAPERS:-500000}
library=${LIBRARY:-$work/large}
if [ ! -e "$library" ]; then
    corpus=/dev/null
    if ls "${CARREL_SHARED:-../shared}"/data/corpus/arxiv-0*.jsonl.zst >/dev/null 2>&1; then
        corpus=$work/corpus.jsonl
        zstdcat "${CARREL_SHARED:-../shared}"/data/corpus/arxiv-0*.jsonl.zst >"$corpus"
    fi
    build/bench/scale_papers 0 "$papers" <"$corpus" | build/carrel -q -L "$library" import - >/dev/null
fi
sync_starts() { # records over OAI-PMH, more than there is time for
    printf 'papers p records=400000 seed=%s categories=cs.CL from=2026-01-15 per-day=40000 page=2500\nroute /oai\nanswer 200 oai=p\n' "$(date +%s)" >"$work/script"
    mkfifo "$work/port"
    build/tests/replay "$work/script" >"$work/port" &
    server=$!
    read -r port <"$work/port"
    url=http://127.0.0.1:$port
    CARREL_CLOCK=2026-02-01T12:00:00Z build/carrel -q -L "$library" -c source.arxiv.oai-url=$url/oai -c source.arxiv.api-url=$url/api \
        -c source.arxiv.rss-url=$url/rss -c source.arxiv.category=cs.CL -c source.arxiv.interval="${INTERVAL:-0s}" sync >/dev/null 2>"$work/sync.err" &
    sync=$!
    server="$server $sync"
}
records() { build/carrel -L "$library" sync --status 2>/dev/null | awk '/ records/ { n += $2 } END { print n + 0 }'; }
count() { build/carrel -L "$library" search --json --limit 1 '' | sed -n 's/.*"total":\([0-9]*\).*/\1/p'; }
for size in 24x80 60x200; do
    echo "keys at $size, $(count) papers, nothing else:"
    CARREL_LIBRARY="$library" $feel keys -s $size -n "${KEYS:-200}" ${NICE:+-g "$NICE"} build/carrel
done
sync_starts
sleep 5
for size in 24x80 60x200; do
    before=$(records)
    echo "keys at $size, $(count) papers, while a sync runs:"
    start=$(date +%s%N)
    CARREL_LIBRARY="$library" $feel keys -s $size -n "${KEYS:-200}" ${NICE:+-g "$NICE"} build/carrel
    kill -0 "$sync" 2>/dev/null || echo "  (the sync had ended: $(cat "$work/sync.err"))"
    awk -v n=$(($(records) - before)) -v t=$(($(date +%s%N) - start)) 'BEGIN { printf "  the sync read %d records meanwhile, %.0f/s\n", n, n * 1e9 / t }'
done
