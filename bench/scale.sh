#!/bin/sh
# The scale bench: libraries of 100,000, 500,000 and two million papers (made of real sentences where the corpus is
# at hand, else of Zipf's words), carrel beside SQLite's bm25(), Xapian and faiss on the same documents.
#   SIZES="100000 500000" make bench-scale      CORPUS=FILE.jsonl names the papers to make others from
# Needs about 12 GB below $TMPDIR for two million; takes about an hour and a half on two cores.
set -eu
cd "$(dirname "$0")/.."
sizes=${SIZES:-100000 500000 2000000}
work=$(mktemp -d "${TMPDIR:-/tmp}/carrel-scale-XXXXXX")
trap 'rm -rf "$work"' EXIT
export XDG_CONFIG_HOME="$work/config"
now() { date +%s%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f", (b - a) / 1e9 }'; }

corpus=${CORPUS:-}
if [ -z "$corpus" ] && ls "${CARREL_SHARED:-../shared}"/data/corpus/arxiv-0*.jsonl.zst >/dev/null 2>&1; then
    corpus=$work/corpus.jsonl
    zstdcat "${CARREL_SHARED:-../shared}"/data/corpus/arxiv-0*.jsonl.zst >"$corpus"
fi
papers() { build/bench/scale_papers "$1" "$2" <"${corpus:-/dev/null}"; }

g++ -O2 -std=c++17 bench/scale_xapian.cc -o "$work/xapian" $(pkg-config --cflags --libs xapian-core jansson)
g++ -O3 -march=native -std=c++17 bench/scan_faiss.cc -o "$work/faiss" -lfaiss -lopenblas -fopenmp

have=0
for size in $sizes; do
    echo "== $size papers"
    start=$(now)
    papers $have $((size - have)) | env time -f 'peak memory %M KiB' build/carrel -q -L "$work/library" import - 2>"$work/err" >/dev/null
    seconds=$(since "$start")
    awk -v n=$((size - have)) -v t="$seconds" 'BEGIN { printf "import: %d papers in %.1f s, %.0f/s\n", n, t, n / t }'
    tail -n 1 "$work/err"
    du -sm "$work/library" | awk '{ print "library: " $1 " MB" }'
    have=$size

    build/bench/scale_search queries "$work/library" >"$work/queries"
    for mode in lexical semantic hybrid; do
        build/bench/scale_search run "$work/library" $mode <"$work/queries"
    done
    papers 90000000 1000 >"$work/thousand.jsonl"
    start=$(now)
    build/carrel -q -L "$work/library" import "$work/thousand.jsonl" >/dev/null
    echo "a thousand more: $(since "$start") s"
    start=$(now)
    build/carrel -L "$work/library" search -q attention >/dev/null 2>&1 || true
    echo "one search by command: $(since "$start") s"

    rm -f "$work/peer.db"
    build/bench/scale_search fill "$work/peer.db" "$work/library"
    build/bench/scale_search bm25 "$work/peer.db" <"$work/queries"
    rm -rf "$work/peer.db" "$work/xapian.db"
    start=$(now)
    papers 0 $size | "$work/xapian" index "$work/xapian.db"
    echo "xapian: indexed in $(since "$start") s"
    "$work/xapian" search "$work/xapian.db" <"$work/queries"
    rm -rf "$work/xapian.db"
done
"$work/faiss" "$(awk -v n="$have" 'BEGIN { print n / 1e6 }')"
build/bench/embed_bench scan || true
