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
masked() { sed -E "s/$(date -u +%F)/1999-12-31/g; s/[0-9-]{10}T[0-9:]{8}Z/1999-12-31T00:00:00Z/; s/took [0-9.]+ s/took 0.0 s/; s/, [0-9,]+\/s//; s/[0-9.]+ [kM]?B/N kB/g; s/next in [0-9]+ s/free/; s/127.0.0.1:[0-9]{5}/127.0.0.1:12345/" "$T/out"; }
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

# An origin that says no is left alone, and the rooms say so.
start_replay "$T/no"
settings "$REPLAY_URL" false
run "an origin that says no" 0 "$CARREL" -L "$T/second" import tests/fixtures/papers.jsonl
run "asked by a job" 0 "$CARREL" -L "$T/second" sync --background
run "fails" 3 "$CARREL" -L "$T/second" worker --once
run "Harvest" 0 "$CARREL" -L "$T/second" dump harvest --size 120x24
has "says stopped" out 'stopped: '
has "and what came" out ' 403 '
stop_replays

command -v tmux >/dev/null || { echo "ok - tmux is not here # SKIP"; finish; }
S=$T/tmux
tm() { tmux -S "$S" "$@"; }
wait_for() {
    n=0
    until tm capture-pane -p -t t | grep -qE -- "$1"; do
        n=$((n + 1))
        [ $n -lt 200 ] || return 1
        sleep 0.1
    done
}
see() { if wait_for "$2"; then good "$1"; else bad "$1" "no '$2' on:" "$(tm capture-pane -p -t t)"; fi; }

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
see "Harvest shows it" "arxiv +[0-9,]+ papers"
tm send-keys -t t x
see "x stops it" "told to stop"
see "and it stops" "arxiv +due"
tm send-keys -t t S
see "S asks again" "arxiv +[0-9,]+ papers"
tm send-keys -t t Q
see "leaves in the middle" "left 0"
n=0
while pgrep -f "$CARREL_LIBRARY" >/dev/null 2>&1 && [ $n -lt 50 ]; do n=$((n + 1)); sleep 0.1; done
run "nothing is left running" 0 "$CARREL" jobs list --state running --json
has "here" out '"items":[]'
run "the library is sound" 0 "$CARREL" doctor
tm kill-server
stop_replays
start_replay "$T/script"
settings "$REPLAY_URL" false
run "the rest comes later" 0 "$CARREL" worker --once
same "all of it, once" 4005 "$("$CARREL" stats --json | sed 's/.*"works":\([0-9]*\).*/\1/')"
finish
