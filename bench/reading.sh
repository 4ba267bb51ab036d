#!/bin/sh
# A book of 352 pages ($BOOK, or that of $CARREL_SHARED): read into a library, opened in the Reader, its end, a word; beside
# mutool doing what it can of that. Medians of five, milliseconds, and the peak of memory.
set -eu
cd "$(dirname "$0")/.."
carrel=$PWD/build/carrel
book=${BOOK:-${CARREL_SHARED:-../shared}/data/wire/pdf-sci/pdf.js/freeculture.pdf}
[ -f "$book" ] || { echo "skipped: there is no $book"; exit 0; }
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export LC_ALL=C.UTF-8 XDG_CONFIG_HOME="$T/config" HOME="$T" CARREL_LIBRARY="$T/library"
mkdir -p "$T/config/carrel"
printf '[harvest]\n    background = false\n' >"$T/config/carrel/config"
. bench/timed.sh
process() { rm -rf "$T/library"; "$carrel" -q process "$book"; }
beside() { if command -v "$1" >/dev/null; then shift; timed "$@"; else echo "  skipped: there is no $1"; fi; }
count() { sh -c '"$@" | grep -ci phonograph' sh "$@"; }
timed "process: the book into a library" process
timed "read FILE --page 1" "$carrel" read "$book" --page 1
beside mutool "  mutool draw -F txt FILE 1" mutool draw -q -F txt "$book" 1
timed "read FILE --page 352" "$carrel" read "$book" --page 352
beside mutool "  mutool draw -F txt FILE 352" mutool draw -q -F txt "$book" 352
timed "read FILE --text | grep" count "$carrel" read "$book" --text
beside mutool "  mutool draw -F txt FILE | grep" count mutool draw -q -F txt "$book"
id=$("$carrel" search --in text --ids --limit 1 phonograph 2>/dev/null | sed -n 1p)
timed "read ID --page 1" "$carrel" read "$id" --page 1
timed "read ID --page 352" "$carrel" read "$id" --page 352
timed "read ID --text | grep" count "$carrel" read "$id" --text
echo "the Reader: from start to Today, the book open, its end (G), its beginning (gg), a word as it is typed (/phonograph)"
build/bench/pty_bench "the Reader" "" Today ":read $id 1\\r" "THE PENGUIN PRESS" G "Circuit Court of Appeals" gg "THE PENGUIN PRESS" /phonograph "Henri Fourneaux" -- "$carrel"
