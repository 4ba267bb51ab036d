#!/bin/sh
# A website of 150,000 papers: export, unchanged and after small changes, bytes by kind, and search in the page.
#   make bench-site     CARREL_BENCH_LIBRARY=DIR takes a library that is there instead of making one of the corpus
# Needs some 1.5 GB below $TMPDIR and, for the searches, Chromium (deploy/packages.sh browser); takes two minutes.
set -eu
cd "$(dirname "$0")/.."
carrel=$PWD/build/carrel
work=$(mktemp -d "${TMPDIR:-/tmp}/carrel-site-XXXXXX")
trap 'rm -rf "$work"' EXIT
export XDG_CONFIG_HOME="$work/config" LC_ALL=C.UTF-8
if [ -n "${CARREL_BENCH_LIBRARY:-}" ]; then
    cp -R "$CARREL_BENCH_LIBRARY" "$work/library"
else
    zstdcat "${CARREL_SHARED:-../shared}"/data/corpus/arxiv-0*.jsonl.zst | head -n "${PAPERS:-150000}" |
        "$carrel" -q -L "$work/library" import - >/dev/null
fi
# timed WHAT FORMAT FOLDER
timed() {
    env time -f '%e %U %S %M' -o "$work/time" "$carrel" -q -L "$work/library" export --json --format "$2" -o "$work/$3" >"$work/counts"
    awk -v what="$1" -F '[:,}]' 'NR == FNR { split($0, t, " "); next }
        { printf "%-34s %6.2f s (%.2f s of processors) %4.0f MB  %d files, %d written, %d removed\n", what, t[1], t[2] + t[3], t[4] / 1024, $4, $6, $10 }' "$work/time" "$work/counts"
}
echo "$(nproc) cores, load $(cut -d ' ' -f 1 /proc/loadavg)"
timed "json" json json
timed "json, unchanged" json json
timed "site" site site
timed "site, unchanged" site site
newest=$("$carrel" -L "$work/library" search --ids --limit 1 --sort date '' | head -n 1)
oldest=$(sqlite3 "$work/library/library.db" 'SELECT key FROM work WHERE day > 0 ORDER BY day, key LIMIT 1')
"$carrel" -q -L "$work/library" tag seen "$newest"
timed "site, a tag on the newest paper" site site
"$carrel" -q -L "$work/library" tag seen "$oldest"
timed "site, a tag on the oldest paper" site site
day=$(sqlite3 "$work/library/library.db" "SELECT date(max(day) * 86400, 'unixepoch') FROM work")
seq 10001 10100 | sed "s|.*|{\"id\":\"arxiv:9912.&\",\"title\":\"Lanterns number &\",\"abstract\":\"We light & lanterns and read beside them.\",\"published\":\"$day\"}|" |
    "$carrel" -q -L "$work/library" import - >/dev/null
timed "site, 100 papers more" site site
echo
# kind NAME FOLDER [WHICH...]: files, bytes, the largest of the first 300, and what gzip makes of them as a web server would.
kind() {
    name=$1 folder=$2
    shift 2
    find "$work/site/$folder" -type f "$@" >"$work/files"
    printf '%-44s %6d files %8.1f MB' "$name" "$(wc -l <"$work/files")" "$(xargs -d '\n' cat <"$work/files" | wc -c | awk '{ print $1 / 1e6 }')"
    head -n 300 "$work/files" | xargs -d '\n' -n 1 sh -c 'cat "$0" | wc -c; gzip -6 <"$0" | wc -c' |
        awk 'NR % 2 { a += $1; if ($1 > most) most = $1; next } { b += $1 } END { printf ", %.0f KB at most, gzip %.0f%%\n", most / 1000, b * 100 / a }'
}
kind "months (JSON)" papers
kind "papers for pages" data/papers
kind "search index" data/search
kind "page, style, script" . -maxdepth 1 ! -name '*.json' ! -name '.*'
kind "all" .
echo
sh deploy/packages.sh browser
python=/usr/bin/python3
[ -x $python ] || python=python3
PYTHONDONTWRITEBYTECODE=1 $python bench/site.py "$work/site" attention "deep learning" "large language model" "graph neural network" \
    "quantum error correction" "attention is all you need" "cat:cs.CL author:manning" '"contrastive learning" -vision'
