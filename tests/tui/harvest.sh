# Harvest at the desk: what is due runs by itself, papers appear, S and x, and leaving in the middle.
. "$(dirname "$0")/lib.sh"

# settings URL BACKGROUND: one source on the replay server.
settings() {
    cat >"$XDG_CONFIG_HOME/carrel/config" <<X
[harvest]
    background = $2
    backoff = 5ms
[source "arxiv"]
    category = cs.CL
    interval = 20ms
    oai-url = $1/oai
    api-url = $1/api
    rss-url = $1/rss
X
}
papers='papers p records=4000 seed=3 categories=cs.CL from=2026-02-01 per-day=160 page=40'
cat >"$T/script" <<X
$papers
route /oai
answer 200 oai=p
X
cat >"$T/slow" <<X
$papers
route /oai loop
answer 200 oai=p times=2
answer 200 oai=p drip=300/100
X
cat >"$T/no" <<X
route /oai loop
answer 403 body="No robots here."
X

# Drawn without a terminal, after a harvest by a worker. Times that are not the program's own are masked.
masked() { sed -E "s/$(date -u +%F)/1999-12-31/g; s/[0-9-]{10}T[0-9:]{8}Z/1999-12-31T00:00:00Z/; s/took [0-9.]+ s/took 0.0 s/; s/, [0-9,]+\/s//; s/[0-9.]+ [kM]?B/N kB/g; s/127.0.0.1:[0-9]{5}/127.0.0.1:12345/" "$T/out"; }
shown() {
    name=$1
    shift
    "$CARREL" dump "$@" >"$T/out" 2>"$T/err" </dev/null || bad "$name" "$(cat "$T/err")"
    masked >"$T/masked"
    [ -z "${UPDATE:-}" ] || cp "$T/masked" "$EXPECTED/$name"
    if cmp -s "$T/masked" "$EXPECTED/$name"; then good "$name"; else bad "$name" "$(diff "$EXPECTED/$name" "$T/masked")"; fi
}
start_replay "$T/script"
settings "$REPLAY_URL" false
screen harvest-new harvest
run "sync in the background" 0 "$CARREL" sync --background --max 100 --json
has "is a job" out '"kind":"harvest","state":"queued"'
has "that knows its wish" out '"payload":{"source":"arxiv","max":100}'
run "a worker does it" 0 "$CARREL" worker --once
run "the job" 0 "$CARREL" jobs show 1 --json
has "tells what came" out '"result":{"sources":[{"name":"arxiv","requests":3,"seen":100,"added":100,'
has "with its progress" out '"progress":{"done":100,'
shown harvest harvest
shown harvest-request harvest --keys 'jjjj'
shown source source arxiv
run "since when" 0 "$CARREL" jobs add harvest '{"source":"arxiv","since":"soon"}'
run "is no date" 3 "$CARREL" worker --once
run "a source that is none" 0 "$CARREL" jobs add harvest '{"source":"moon"}'
run "fails" 3 "$CARREL" worker --once
run "and says so" 0 "$CARREL" jobs list --state failed
has "by name" out 'moon'
stop_replays

# Many sources, and each way they may stand: at a glance, with all budgets side by side.
cat >"$T/many" <<X
$papers
route /oai
answer 200 oai=p
route /api/* loop
answer 200 hf=p
route /repos/* loop
answer 200 github
route /journal loop
answer 200 type=application/rss+xml body=<<END
<rss version="2.0"><channel><title>A journal</title>
<item><title>One on lamps</title><link>https://journal.example/1</link><guid>https://journal.example/1</guid></item>
</channel></rss>
END
route /broken loop
answer 500 body="Out of order."
route /page loop
answer 200 type=text/html body="<html><body>Log in</body></html>"
route /forbidden
answer 403 body="No robots here."
route /busy loop
answer 429 header="Retry-After: 600" body="Later."
X
# feed NAME URL
feed() { printf '[source "%s"]\n    kind = feed\n    url = %s\n    interval = 20ms\n' "$1" "$2"; }
start_replay "$T/many"
settings "$REPLAY_URL" false
at=${REPLAY_URL#http://127.0.0.1}
cat >>"$XDG_CONFIG_HOME/carrel/config" <<X
[source "huggingface"]
    url = http://localhost$at
    interval = 20ms
    list = daily
[source "github"]
    url = http://127.1$at
    interval = 20ms
$(feed journal-of-lamps "http://127.0.1$at/journal")
$(feed lab-news "http://127.0.1$at/journal?lab")
$(feed broken "http://0x7f.1$at/broken")
$(feed captive "http://0x7f.0.1$at/page")
$(feed forbidden "http://2130706433$at/forbidden")
$(feed waits "http://0177.1$at/busy")
$(feed next-year "https://journal.example/feed")
X
export CARREL_LIBRARY="$T/many.library"
for name in arxiv huggingface journal-of-lamps lab-news; do run "$name" 0 "$CARREL" sync --max 100 --source $name; done
for name in broken captive forbidden; do run "$name fails" 3 "$CARREL" sync --source $name; done
run "github" 0 "$CARREL" sync --source github
run "one stands in the queue" 0 "$CARREL" sync --background --source journal-of-lamps
"$CARREL" -q sync --source waits >/dev/null 2>&1 &
waits=$!
n=0
until "$CARREL" dump harvest --size 120x40 2>/dev/null | grep -q "waits .*waiting.*asks again in"; do
    n=$((n + 1))
    [ $n -lt 100 ] || break
    sleep 0.1
done
run "one waits" 0 "$CARREL" dump harvest --size 120x40
has "as long as it was asked to" out "asks again in 10 min"
has "which its budget says, too" out "in 10 min 429"
kill $waits 2>/dev/null
wait $waits 2>/dev/null
shown harvest-many harvest --size 80x24
shown harvest-many-wide harvest --size 140x40
shown harvest-many-narrow harvest --size 60x20 --ascii
shown harvest-many-below harvest --size 80x24 --keys 'jjjjjjjjjjjjjjjj'
shown source-requests source captive --size 100x40
run "Enter on an origin of one source" 0 "$CARREL" dump harvest --size 80x24 --keys 'jjjjjjjjjjjj<CR>'
has "opens it" out "Source: broken"
run "as data" 0 "$CARREL" dump harvest --json
has "where one stands" out '"name":"forbidden","state":"refused"'
has "where another does" out '"name":"journal-of-lamps","state":"queued"'
has "what GitHub is to be asked for" out '"wants":{"what":"repositories","due":'
has "the budgets" out '"window_requests":400,"window_ms":300000,"window_used":'
has "the last answers" out '"last_status":403'
stop_replays
export CARREL_LIBRARY="$T/library"

# An origin that says no is left alone, and the rooms say so.
start_replay "$T/no"
settings "$REPLAY_URL" false
run "an origin that says no" 0 "$CARREL" -L "$T/second" import tests/fixtures/papers.jsonl
run "asked by a job" 0 "$CARREL" -L "$T/second" sync --background
run "fails" 3 "$CARREL" -L "$T/second" worker --once
run "Harvest" 0 "$CARREL" -L "$T/second" dump harvest --size 120x24
has "says stopped" out ' stopped '
has "and what came" out ' 403 '
stop_replays

command -v tmux >/dev/null || { echo "ok - tmux is not here # SKIP"; finish; }
match=-E

# The desk opens on five papers and harvests by itself; the cursor stands on the third, and stays on it.
start_replay "$T/slow"
settings "$REPLAY_URL" true
export CARREL_LIBRARY="$T/third"
"$CARREL" -q import tests/fixtures/papers.jsonl >/dev/null
tm -f /dev/null new-session -d -s t -x 110 -y 30 "sh"
tm send-keys -t t "PS1='prompt> '; export CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME; $CARREL; echo left \$?" Enter
see "the desk opens" "Today"
tm send-keys -t t 2
see "the Library" "carrel +Library"
tm send-keys -t t j j
see "the cursor is on the third" " 3/"
see "the harvest runs by itself" "arxiv: [0-9,]+ papers"
see "papers appear and the cursor stays on its own" " [0-9]+/[0-9]{3,}"
tm send-keys -t t Enter
see "which it is" "Attention in Small Gardens"
tm send-keys -t t Escape 7
see "Harvest shows it" "arxiv +running [0-9,]+ papers"
tm send-keys -t t x
see "x stops it" "^job 1 .*(told to stop|cancelled)"
see "and it stops" "arxiv +stopped"
tm send-keys -t t S
see "S asks again" "arxiv +running [0-9,]+ papers"
tm send-keys -t t Q
see "leaves in the middle" "left 0"
n=0
while pgrep -f "$CARREL_LIBRARY" >/dev/null 2>&1 && [ $n -lt 300 ]; do n=$((n + 1)); sleep 0.1; done
run "nothing is left running" 0 "$CARREL" jobs list --state running --json
has "here" out '"items":[]'
run "the library is sound" 0 "$CARREL" doctor
tm kill-server
stop_replays

# What fails is told wherever one is, with the reason: what the schedule asks for once, what a person asks for each time.
start_replay "$T/no"
settings "$REPLAY_URL" true
export CARREL_LIBRARY="$T/fourth"
"$CARREL" -q import tests/fixtures/papers.jsonl >/dev/null
tm -f /dev/null new-session -d -s t -x 80 -y 24 "sh"
tm send-keys -t t "PS1='prompt> '; export CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME; $CARREL; echo left \$?" Enter
see "Today tells of a harvest that fails" "^the harvest of arxiv failed: .*403"
see "and where more of it stands" "7 tells more"
press ':sync'
tm send-keys -t t Enter
see "what becomes of the job replaces its message" "^job 2 .harvest.: failed, arxiv is left alone since"
press 2
see "elsewhere" "carrel +Library"
press ':sync'
tm send-keys -t t Enter
see "and elsewhere, each time" "^job 3 .harvest.: failed, arxiv is left alone since"
press 7
see "Harvest" "carrel +Harvest"
press Q
see "it is left" "left 0"
tm kill-server
stop_replays
settings "http://127.0.0.1:1" false
run "without a network" 3 "$CARREL" sync --again
"$CARREL" dump harvest --size 80x24 >"$T/out"
has "a request says why there is no answer" out "Failed to connect"
export CARREL_LIBRARY="$T/third"
start_replay "$T/script"
settings "$REPLAY_URL" false
run "the rest comes later" 0 "$CARREL" worker --once
same "all of it, once" 4005 "$("$CARREL" stats --json | sed 's/.*"works":\([0-9]*\).*/\1/')"
finish
