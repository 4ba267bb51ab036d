#!/bin/sh
# Records screenshots/demo.cast (asciicast v2: asciinema play screenshots/demo.cast) from screenshots/cast.steps, on the starter library with a fixed clock.
#   screenshots/cast.sh [FILE]
set -eu
cd "$(dirname "$0")/.."
file=${1:-screenshots/demo.cast}
carrel=${CARREL:-$PWD/build/carrel}
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export HOME="$home" CARREL_LIBRARY="$home/library" XDG_CONFIG_HOME="$home/config" CARREL_CLOCK=2026-03-01T12:00:00Z LC_ALL=C.UTF-8 TERM=xterm-256color SHELL=/bin/sh
unset NO_COLOR CARREL_DESK CARREL_IDS
mkdir -p "$XDG_CONFIG_HOME/carrel"
printf '[harvest]\n    background = false\n[worker]\n    threads = 0\n[ui]\n    pictures = blocks\n' >"$XDG_CONFIG_HOME/carrel/config"
"$carrel" -q import data/starter.jsonl >/dev/null
"$carrel" -q query add vision cat:cs.CV
"$carrel" -q query add speech 'speech OR audio'
"$carrel" -q mark star arxiv:1706.03762 arxiv:1512.03385
"$carrel" -q mark later arxiv:2304.02643
python3 screenshots/cast.py screenshots/cast.steps "carrel: search, read about, mark and pipe papers" 100x30 "$carrel" >"$file.tmp"
mv "$file.tmp" "$file"
