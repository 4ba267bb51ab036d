#!/bin/sh
# Draws screenshots/ from scripted sessions on the starter library, with a fixed clock, so that the same source
# gives the same pictures.
set -eu
cd "$(dirname "$0")/.."
carrel=$PWD/build/carrel
library=$(mktemp -d)
trap 'rm -rf "$library"' EXIT
export CARREL_CLOCK=2026-03-01T12:00:00Z CARREL_LIBRARY="$library/demo" XDG_CONFIG_HOME="$library/config" LC_ALL=C.UTF-8
"$carrel" -q import data/starter.jsonl >/dev/null
"$carrel" -q query add vision 'cat:cs.CV'
"$carrel" -q query add speech 'speech OR audio'
"$carrel" -q mark star arxiv:1706.03762 arxiv:1512.03385
"$carrel" -q mark read arxiv:1810.04805 arxiv:2005.14165
"$carrel" -q mark later arxiv:2304.02643
"$carrel" -q tag toread arxiv:2103.00020
"$carrel" -q note arxiv:1706.03762 'The figure everybody redraws is on page 3.'

"$carrel" -q import --background data/starter.jsonl 2>/dev/null
"$carrel" -q jobs add import '{"file":"/media/stick/proceedings-2025.jsonl"}' 2>/dev/null
"$carrel" -q jobs add doctor --after 2 2>/dev/null
"$carrel" -q worker --once >/dev/null 2>&1 || true # one of them fails: there is no stick
"$carrel" -q jobs add doctor '{"fix":true}' 2>/dev/null
"$carrel" -q jobs add doctor --after 4 2>/dev/null

for size in 80x24 140x40; do
    draw() { name=$1; shift; "$carrel" dump "$@" --size "$size" --svg >"screenshots/$name-$size.svg"; }
    draw today today
    draw library library
    draw search library --keys '/attention without recurrence OR "image text"<CR>j'
    draw paper paper arxiv:1706.03762
    draw jobs jobs --keys 'jjj'
    draw log log
    draw help help
done
