# Harvest: a server with every fault there is, processes killed at random, two at once, pacing by the
# server's own log; and what is said when something cannot be had.
. "$(dirname "$0")/lib.sh"
INTERVAL=40

# carrel against the server that was started last
sync() {
    "$CARREL" -L "$LIB" -c source.arxiv.oai-url="$REPLAY_URL/oai" -c source.arxiv.api-url="$REPLAY_URL/api" \
        -c source.arxiv.rss-url="$REPLAY_URL/rss" -c source.arxiv.category=cs.CL -c source.arxiv.query=cat:cs.LG \
        -c source.arxiv.interval=${INTERVAL}ms -c harvest.backoff=5ms "$@"
}
PAPERS='papers p records=1500 seed=3 categories=cs.CL,cs.LG from=2026-02-01 per-day=60 page=30 delete-every=50'
cat >"$T/good" <<X
$PAPERS
route /oai
answer 200 oai=p
route /api
answer 200 arxiv=p
X
cat >"$T/bad" <<X
$PAPERS
route /oai loop
answer 200 oai=p times=2
answer 503 header="Retry-After: 0" body="<h1>Retry after 0 seconds</h1>"
answer 200 oai=p
answer 429 body="Rate exceeded."
answer 200 oai=p
answer 200 oai=p cut=3000
answer 200 oai=p gzip
answer 200 type=text/html body="<html><body>Log in</body></html>"
answer 200 oai=p times=2
answer 200 oai=p expired
answer 200 oai=p drip=4000/5
answer 200 reset
route /api loop
answer 200 arxiv=p empty
answer 200 arxiv=p
answer 400 arxiv=p empty
answer 200 arxiv=p times=2
X

LIB=$T/calm
start_replay "$T/good"
run "a first harvest" 0 sync sync --json
has "is whole" out '"partial":false'
has "is counted" out '"name":"arxiv","state":"done"'
lacks "nothing is missing" out '"what"'
paced "at its pace" $INTERVAL
run "the next one asks for what is new" 0 sync sync --json
has "which is nothing" out '"seen":0'
run "not due" 0 sync sync --due
has "says so" out "not due"
run "status" 0 sync sync --status
has "shows the lists" out "oai/cs:cs:CL"
has "as far as they are" out "up to date"
"$CARREL" -L "$LIB" export --format jsonl >"$T/calm.jsonl"
run "doctor" 0 "$CARREL" -L "$LIB" doctor
run "a paper by its number" 0 sync add "$(sed -n 's/.*"id":"arxiv:\([0-9.]*\)".*/\1/p' "$T/calm.jsonl" | head -n 1)"
stop_replays

# What is due takes turns: a slice ends behind a page, and the next one goes on there.
LIB=$T/slices INTERVAL=5
start_replay "$T/good"
run "a slice" 0 sync -c harvest.slice=300ms sync --due
has "says that it goes on" out "it goes on with the next run"
n=0
while grep -q "goes on" "$T/out" && [ $n -lt 30 ]; do
    n=$((n + 1))
    sync -c harvest.slice=300ms sync --due >"$T/out" 2>"$T/err" </dev/null
done
lacks "the last one is whole" out "goes on"
"$CARREL" -L "$LIB" export --format jsonl >"$T/slices.jsonl"
same "slice by slice: the same library" "$(cksum <"$T/calm.jsonl")" "$(cksum <"$T/slices.jsonl")"
run "then it is not due" 0 sync sync --due
has "any more" out "not due"
INTERVAL=40
stop_replays

LIB=$T/storm
start_replay "$T/bad"
i=0
while [ $i -lt 20 ]; do
    sync -q sync >/dev/null 2>&1 &
    pid=$!
    sleep "0.$(printf %02d $((6 + i * 37 % 20)))"
    # The function runs in a shell of its own: its child is carrel.
    pkill -KILL -P $pid 2>/dev/null || kill -KILL $pid 2>/dev/null
    wait $pid 2>/dev/null
    i=$((i + 1))
done
tries=0
until sync -q sync >"$T/out" 2>"$T/err"; do
    tries=$((tries + 1))
    [ $tries -lt 10 ] || break
done
"$CARREL" -L "$LIB" export --format jsonl >"$T/storm.jsonl"
same "killed twenty times, through every fault: the same library" "$(cksum <"$T/calm.jsonl")" "$(cksum <"$T/storm.jsonl")"
paced "and never faster than allowed" $INTERVAL
run "doctor" 0 "$CARREL" -L "$LIB" doctor
lacks "is content" out BAD
stop_replays

LIB=$T/two
start_replay "$T/good"
sync sync >"$T/one.out" 2>&1 &
one=$!
sync sync >"$T/two.out" 2>&1 &
wait $one && wait $!
same "two at once both end well" 0 $?
"$CARREL" -L "$LIB" export --format jsonl >"$T/two.jsonl"
same "and nothing is doubled" "$(cksum <"$T/calm.jsonl")" "$(cksum <"$T/two.jsonl")"
paced "one pace for both" $INTERVAL
cat "$T/one.out" "$T/two.out" >"$T/out"
lacks "no word of locks" out locked
same "one of them did it" 1 "$(grep -c 'another carrel has just done it' "$T/out")"
stop_replays

LIB=$T/part
start_replay "$T/good"
run "so many and no more" 0 sync sync --max 100 --json
has "a hundred" out '"seen":100'
run "go on" 0 sync sync
"$CARREL" -L "$LIB" export --format jsonl >"$T/part.jsonl"
same "to the same library" "$(cksum <"$T/calm.jsonl")" "$(cksum <"$T/part.jsonl")"
stop_replays

cat >"$T/refuse" <<X
route /oai
answer 403 body="Automated access is not allowed"
route /api
answer 500 body="broken"
X
LIB=$T/refused
start_replay "$T/refuse"
run "a 403 is partial" 3 sync sync
has "says why" out "Automated access is not allowed"
run "and it is left alone" 3 sync sync
has "until told otherwise" out "sync --again"
same "it was asked once" 1 "$(grep -c '	/oai' "$REPLAY_LOG")"
run "asked anew" 3 sync sync --again
same "it is asked again" 2 "$(grep -c '	/oai' "$REPLAY_LOG")"
stop_replays

cat >"$T/slow" <<X
$PAPERS
route /oai
answer 200 oai=p delay=20000
X
LIB=$T/slow.lib
start_replay "$T/slow"
sync sync >"$T/out" 2>"$T/err" &
held_back
pkill -INT -P $!
wait $!
same "interrupted" 130 $?
has "says that nothing is lost" err "goes on from there"
stop_replays

# Every list behind a service that is down is told as missing, once, and is there when the service is back.
cat >"$T/down" <<X
route /oai
answer 503 body="busy"
X
LIB=$T/down.lib
start_replay "$T/down"
run "a service that is busy to the last" 3 sync -c harvest.tries=2 sync --json
has "is told" out '"partial":true'
same "with each of its lists" 2 "$(grep -o '"what"' "$T/out" | wc -l)"
run "and again" 3 sync -c harvest.tries=2 sync --json
same "as the same gaps" 2 "$(grep -o '"tries":2' "$T/out" | wc -l)"
stop_replays
start_replay "$T/good"
run "back again" 0 sync sync --json
lacks "nothing is missing" out '"what"'
"$CARREL" -L "$LIB" export --format jsonl >"$T/down.jsonl"
same "the same library" "$(cksum <"$T/calm.jsonl")" "$(cksum <"$T/down.jsonl")"
run "status as data" 0 sync sync --status --json
has "with runs" out '"state":"failed"'
sqlite3 "$LIB/library.db" "UPDATE harvest_stream SET cursor = 'oai?set=%' WHERE name LIKE 'oai%'"
run "a damaged place" 0 sync sync
has "is said" err "is damaged"
"$CARREL" -L "$LIB" export --format jsonl >"$T/down.jsonl"
same "and read again" "$(cksum <"$T/calm.jsonl")" "$(cksum <"$T/down.jsonl")"
stop_replays

# A page that never comes is passed over; a later run fetches it. The API says no in its own words.
cat >"$T/hole" <<X
papers p records=2600 seed=3 categories=cs.CL,cs.LG
route /api?start=1000
answer 200 arxiv=p empty
route /api
answer 200 arxiv=p
X
LIB=$T/hole.lib
start_replay "$T/hole"
api() { sync -c source.arxiv.mode=api -c harvest.tries=2 "$@"; }
run "an empty page in the middle" 3 api sync --since 1991
has "is a gap" out "from 1000 to"
has "with its reason" out "an empty page, though"
stop_replays
grep -v -e start=1000 -e empty "$T/hole" >"$T/filled"
start_replay "$T/filled"
run "filled by the next run" 0 api sync --json
lacks "and gone" out '"what"'
run "some can be added and some not" 3 api add "$("$CARREL" -L "$LIB" search --ids --limit 1 is:unread)" openreview:xyz 2602.99999
has "one that nobody serves" err "cannot be fetched"
has "an unknown one" err "arXiv knows no such paper"
run "none at all" 4 api add --json 2602.99999
has "as data" out '"error":"arXiv knows no such paper"'
stop_replays

# No room on the disk: one line, nothing half.
LIB=$T/full
start_replay "$T/good"
run "a first page" 0 sync sync --max 30
(trap '' XFSZ; ulimit -f 900; sync sync) >"$T/out" 2>"$T/err"
same "no room" 1 $?
same "is one line" 1 "$(wc -l <"$T/err")"
run "with room again" 0 sync sync
"$CARREL" -L "$LIB" export --format jsonl >"$T/full.jsonl"
same "the same library as ever" "$(cksum <"$T/calm.jsonl")" "$(cksum <"$T/full.jsonl")"
stop_replays

run "nobody there" 3 "$CARREL" -L "$T/none" -c source.arxiv.oai-url=http://127.0.0.1:1/ -c source.arxiv.api-url=http://127.0.0.1:1/ \
    -c source.arxiv.rss-url=http://127.0.0.1:1/ -c source.arxiv.interval=0s -c harvest.backoff=1ms sync
has "in one line" out "arxiv, after 5 tries"
run "faster than arXiv allows" 2 "$CARREL" -c source.arxiv.interval=1s sync
has "is refused" err "at least 3000 ms"
run "an unknown source" 2 "$CARREL" sync --source nosuch
run "a day that is none" 2 "$CARREL" sync --since yesterdayish
run "a category that is none" 2 "$CARREL" -c source.arxiv.category=cs.NOPE! sync
finish
