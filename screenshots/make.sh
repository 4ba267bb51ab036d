#!/bin/sh
# Draws screenshots/ from scripted sessions on the starter library, with a fixed clock, so that the same source
# gives the same pictures; but for Harvest, whose requests carry the time at which they were really sent.
# Arguments are the names of the pictures that are wanted: none is all; "pages" are those of website and service.
set -eu
cd "$(dirname "$0")/.."
carrel=$PWD/build/carrel pictures=$PWD/screenshots
library=$(mktemp -d)
replay=
trap 'kill $replay 2>/dev/null; rm -rf "$library"' EXIT
export CARREL_CLOCK=2026-03-01T12:00:00Z CARREL_LIBRARY="$library/demo" XDG_CONFIG_HOME="$library/config" LC_ALL=C.UTF-8
"$carrel" -q import data/starter.jsonl >/dev/null
"$carrel" -q query add vision 'cat:cs.CV'
"$carrel" -q query add speech 'speech OR audio'
"$carrel" -q mark star arxiv:1706.03762 arxiv:1512.03385
"$carrel" -q mark read arxiv:1810.04805 arxiv:2005.14165
"$carrel" -q mark later arxiv:2304.02643
"$carrel" -q tag toread arxiv:2103.00020
"$carrel" -q note arxiv:1706.03762 'The figure everybody redraws is on page 3.'

"$carrel" -q process docs/ARCHITECTURE.md docs/EMBEDDINGS.md docs/BENCHMARKS.md >/dev/null

"$carrel" -q import --background data/starter.jsonl 2>/dev/null
"$carrel" -q jobs add import '{"file":"/media/stick/proceedings-2025.jsonl"}' 2>/dev/null
"$carrel" -q jobs add doctor --after 2 2>/dev/null
"$carrel" -q worker --once >/dev/null 2>&1 || true # one of them fails: there is no stick
"$carrel" -q jobs add doctor '{"fix":true}' 2>/dev/null
"$carrel" -q jobs add doctor --after 4 2>/dev/null

# A harvest of made-up papers from the tests' own server, which is busy once, has a list that never comes, and a
# feed that it keeps to itself. (Each name of this machine is an origin of its own.)
cat >"$library/script" <<X
papers p records=2400 seed=7 categories=cs.CL,cs.LG from=2026-02-01 per-day=90 page=300
route /oai
answer 200 oai=p times=2
answer 503 header="Retry-After: 0" body="busy"
answer 200 oai=p
route /api/daily_papers* loop
answer 200 hf=p
route /api loop
answer 200 type=text/html body="<html><body>Log in to the guest network</body></html>"
route /repos/* loop
answer 200 github
route /journal loop
answer 200 type=application/rss+xml body="<rss><channel><title>J</title><item><title>On lamps</title><link>https://journal.example/1</link></item></channel></rss>"
route /private
answer 403 body="Members only."
route /gone loop
answer 500 body="Out of order."
X
mkfifo "$library/port"
build/tests/replay -l "$library/log" "$library/script" >"$library/port" &
replay=$!
read -r port <"$library/port"
feed() { printf '[source "%s"]\n    kind = feed\n    interval = 50ms\n    url = http://%s:%s/%s\n' "$1" "$2" "$port" "$3"; }
cat >"$library/harvest.config" <<X
[harvest]
    backoff = 5ms
[source "arxiv"]
    category = cs.CL
    query = cat:cs.LG
    interval = 50ms
    oai-url = http://127.0.0.1:$port/oai
    api-url = http://127.0.0.1:$port/api
    rss-url = http://127.0.0.1:$port/rss
[source "huggingface"]
    url = http://localhost:$port
    interval = 50ms
    list = daily
[source "github"]
    url = http://127.1:$port
    interval = 50ms
$(feed journal-of-lamps 127.0.1 journal)
$(feed lab-news 127.0.1 journal?lab)
$(feed members 0x7f.1 private)
$(feed old-blog 0x7f.0.1 gone)
$(feed next-year journal.example journal)
X
harvest() { "$carrel" --config "$library/harvest.config" -L "$library/harvest" "$@"; }
for name in arxiv huggingface github journal-of-lamps lab-news members old-blog; do # some fail
    harvest -q sync --source $name >/dev/null 2>&1 || true
done
harvest -q sync --background --source arxiv 2>/dev/null

# Papers with made-up votes.
made() { awk -v emit="$1" -v n=400 -v today=20513 -f tests/samples.awk; }
made papers | "$carrel" -q -L "$library/votes" import - >/dev/null
made samples | sqlite3 "$library/votes/library.db"

# Papers with made-up code, which is asked for once; its stars on the days after are made up, too.
awk 'BEGIN { while (i++ < 45) printf "{\"id\":\"arxiv:2602.%05d\",\"title\":\"Experiment %d on lattices that read\",\"authors\":[\"Ann Lee\"],\"published\":\"2026-02-%02d\",\"code_urls\":[\"https://github.com/lab-%s/experiment-%d\"]}\n", i, i, i % 28 + 1, substr("abcdef", i % 6 + 1, 1), i * i % 97 }' |
    "$carrel" -q -L "$library/code" import - >/dev/null
CARREL_CLOCK=2026-02-01T12:00:00Z "$carrel" -q -L "$library/code" -c source.github.url="http://127.0.0.1:$port" -c source.github.interval=0s sync --source github >/dev/null
sqlite3 "$library/code/library.db" "INSERT INTO repository_sample SELECT s.repository_id, s.metric, s.day + d.value, s.value + d.value * d.value / 9 + (d.value * 7 + s.repository_id) % 5
    FROM repository_sample s, generate_series(1, 28) d WHERE s.metric = 'stars' AND d.value % 9 <> 4"

# The same, by a reader of some habits.
cp -R "$library/votes" "$library/reader"
day=0
while [ $((day += 1)) -le 28 ]; do
    at() { CARREL_CLOCK=$(printf '2026-02-%02dT09:00:00Z' $day) "$carrel" -q -L "$library/reader" "$@" >/dev/null; }
    [ $((day % 7)) -eq 0 ] || at mark read "$(printf 'arxiv:2601.%05d' $((day * 3)))" "$(printf 'arxiv:2601.%05d' $((day * day % 97 + 100)))"
    [ $((day % 3)) -ne 0 ] || at mark star "$(printf 'arxiv:2601.%05d' $((day * 3)))"
    [ $((day % 5)) -ne 0 ] || at tag reading-group "$(printf 'arxiv:2601.%05d' $((day * 3)))"
    [ $((day % 4)) -ne 1 ] || at mark later "$(printf 'arxiv:2601.%05d' $((day + 200)))"
done

# Made-up records, some of which are of one work.
sqlite3 :memory: "SELECT replace(json_extract(value, '$.a'), 'bib:', 'local:') || char(10) || replace(json_extract(value, '$.b'), 'bib:', 'local:')
    FROM json_each('[' || replace(trim(readfile('tests/identity/heldout.jsonl'), char(10)), char(10), ',') || ']')" | "$carrel" -q -L "$library/pairs" import - >/dev/null

# What the test of the tour walks through.
CARREL=$carrel GITMAKER=build/tests/gitmaker CARREL_LIBRARY="$library/tour"
. tests/tui/tour/library.sh
mkdir "$library/parts"
tour_library "$library/parts" >/dev/null

# And that of the morning.
. tests/tui/morning/library.sh
CARREL_LIBRARY="$library/evening"
mkdir "$library/desk"
morning_library "$library/parts" >/dev/null 2>&1

wanted=" $* "
# What is put off, nested tags and a review that has begun.
"$carrel" -q -L "$library/demo" backup "$library/demo.backup"
"$carrel" -q -L "$library/triage" restore "$library/demo.backup"
triage() { "$carrel" -q -L "$library/triage" "$@"; }
triage priority 3 arxiv:2103.00020 arxiv:2010.11929
triage priority 1 arxiv:2112.10752
triage mark later arxiv:2006.11239 arxiv:1312.6114 arxiv:2302.13971
triage tag vision/backbones arxiv:1512.03385 arxiv:2010.11929
triage tag vision/generation arxiv:2112.10752 arxiv:2006.11239
triage tag vision arxiv:2103.00020
triage tag language/models arxiv:2005.14165 arxiv:2302.13971 arxiv:1810.04805
triage collect survey arxiv:1706.03762 arxiv:1810.04805 arxiv:2005.14165
"$carrel" -L "$library/triage" dump library --keys ':review 25 0<CR>xrLx' >/dev/null

# draw NAME LIBRARY ARGUMENTS OF DUMP...
draw() {
    picture=$1 from=$2
    shift 2
    case $wanted in "  " | *" $picture "*) "$carrel" -L "$library/$from" dump "$@" --size "$size" --svg >"$pictures/$picture-$size.svg" ;; esac
}
for size in 80x24 140x40; do
    draw today demo today
    draw library demo library
    draw search demo library --keys '/attention without recurrence OR "image text"<CR>j'
    draw passages demo search --keys '/how is the embedding model trained<CR>P'
    draw paper demo paper arxiv:1706.03762
    draw palette demo library --keys '<C-p>attn'
    draw panes demo library --keys ':layout three<CR>jj'
    draw light demo library --keys ':theme light<CR>j'
    draw contrast demo library --keys ':theme high-contrast<CR>j'
    draw jobs demo jobs --keys 'jjj'
    case $wanted in "  " | *" harvest "*) harvest dump harvest --size "$size" --svg >"screenshots/harvest-$size.svg" ;; esac
    draw trending votes trending
    draw topics votes topics
    draw clusters votes topics --keys 'v'
    draw analytics reader analytics
    draw repositories code repositories --keys 'jjj'
    draw repository code repositories --keys 'jjj<CR>'
    draw duplicates pairs duplicates
    draw queue triage queue
    draw tags triage tags
    draw review triage review
    draw log demo log
    draw help demo help
done

# Each step of it is drawn with all keys up to it.
size=80x24 pressed=
while IFS='|' read -r name keys seen gone; do
    case $name in '#'*) continue ;; esac
    pressed=$pressed$keys
    case $name in [0-9]*) draw "tour-$name" tour today --keys "$pressed" ;; esac
done <tests/tui/tour/steps

# So is the morning, each time from its beginning on a library of its own.
pressed=
while IFS='|' read -r name keys seen holds; do
    case $name in '#'*) continue ;; esac
    pressed=$pressed$keys
    case $name in
    [0-9]*)
        rm -rf "$library/morning" "$library"/desk/*
        cp -R "$library/evening" "$library/morning"
        (cd "$library/desk" && draw "morning-$name" morning today --keys "$pressed") ;;
    esac
done <tests/tui/morning/steps

case $wanted in "  " | *" pages "*) sh screenshots/pages.sh ;; esac
