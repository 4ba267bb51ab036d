#!/bin/sh
# Documents: what becomes of the collections of PDFs below $CARREL_SHARED/data/wire (states, time, memory), how well they are
# read beside pdftotext and mutool, how fast, and whether questions find the page that answers them.
set -eu
cd "$(dirname "$0")/.."
wire=${CARREL_SHARED:-../shared}/data/wire
if [ ! -d "$wire/pdf-sci" ]; then
    echo "skipped: there are no PDFs in $wire"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CONFIG_HOME="$work/config"
for set in pdf-sci pdf-hostile pdf-encrypted; do
    env time -f '%e s, peak memory of a process %M KiB' build/carrel -q -L "$work/library" process "$wire/$set" >"$work/out" 2>"$work/err" || true
    echo "$set: $(grep -v '^  ' "$work/out" | cut -d' ' -f1 | sort | uniq -c | awk '{ printf "%s %s, ", $2, $1 }')$(tail -n 1 "$work/err")"
done
build/carrel -L "$work/library" doctor | grep -v '^ok' || echo "doctor: content"
find "$wire/pdf-sci" -name '*.pdf' | sort | tr '\n' '\0' | xargs -0 build/bench/documents_quality speed
build/bench/documents_quality "$wire/pdf-sci" bench/documents_titles.tsv
sh bench/questions.sh "$work/library" "$wire/pdf-sci"
