#!/bin/sh
# The dumps of Papers with Code, as large as they were: time, rate and peak memory of importing each, gzip as it comes.
#   make bench-pwc      PAPERS=576000 LINKS=300000 TASKS=2000 changes how large; CORPUS=FILE.jsonl names papers to make others from
# Needs about 5 GB below $TMPDIR; takes some five minutes.
set -eu
cd "$(dirname "$0")/.."
papers=${PAPERS:-576000} links=${LINKS:-300000} tasks=${TASKS:-2000}
work=$(mktemp -d "${TMPDIR:-/tmp}/carrel-pwc-XXXXXX")
trap 'rm -rf "$work"' EXIT
export XDG_CONFIG_HOME="$work/config" CARREL_LIBRARY="$work/library"

corpus=${CORPUS:-}
if [ -z "$corpus" ] && ls "${CARREL_SHARED:-../shared}"/data/corpus/arxiv-0*.jsonl.zst >/dev/null 2>&1; then
    corpus=$work/corpus.jsonl
    zstdcat "${CARREL_SHARED:-../shared}"/data/corpus/arxiv-0*.jsonl.zst >"$corpus"
fi
dump() { # COUNT OF PAPERS, FILE
    build/bench/scale_papers 0 "$1" <"${corpus:-/dev/null}" | build/bench/pwc_dump papers | gzip -1 >"$2"
}
# import WHAT FILE: what was counted, how fast, how much memory.
import() {
    start=$(date +%s%N)
    env time -f '%M' build/carrel -q import --json "$2" 2>"$work/err" >"$work/counts"
    awk -v what="$1" -v t="$(($(date +%s%N) - start))" -v kib="$(tail -n 1 "$work/err")" -F '[:,}]' '
        { printf "%s: %d records in %.1f s, %.0f/s, peak memory %.0f MB (%d added, %d updated, %d unchanged)\n",
              what, $2, t / 1e9, $2 * 1e9 / t, kib / 1024, $4, $6, $8 }' "$work/counts"
}

dump $((papers / 10)) "$work/tenth.json.gz"
import "a tenth of the papers" "$work/tenth.json.gz"
rm -rf "$work/tenth.json.gz" "$CARREL_LIBRARY"

dump "$papers" "$work/papers.json.gz"
build/bench/pwc_dump links "$links" "$papers" | gzip -1 >"$work/links.json.gz"
build/bench/pwc_dump tables "$tasks" "$papers" | gzip -1 >"$work/tables.json.gz"
du -m "$work"/*.gz | awk '{ sub(".*/", "", $2); printf "%s: %d MB\n", $2, $1 }'
rm -f "$work/corpus.jsonl"
import "papers-with-abstracts" "$work/papers.json.gz"
import "links-between-papers-and-code" "$work/links.json.gz"
import "the links again" "$work/links.json.gz"
import "evaluation-tables (tasks and tables)" "$work/tables.json.gz"
du -sm "$CARREL_LIBRARY" | awk '{ print "library: " $1 " MB" }'
for words in "tables" "tables Task\ 1" "tables --methods"; do
    start=$(date +%s%N)
    eval "build/carrel $words" >/dev/null
    awk -v what="$words" -v t="$(($(date +%s%N) - start))" 'BEGIN { printf "carrel %s: %.0f ms\n", what, t / 1e6 }'
done
