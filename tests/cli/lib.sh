# Shared by the command tests: a private library, a fixed clock, and checks that print TAP lines.
# Sourced. $CARREL is the program under test.
: "${CARREL:?}"
T=$(mktemp -d) && [ -d "$T" ] || exit 1 # nothing may be written below /
replays=
stop_replays() { for pid in $replays; do kill "$pid" 2>/dev/null; done; replays=; }
trap 'stop_replays; rm -rf "$T"' EXIT
export CARREL_CLOCK=2026-03-01T12:00:00Z CARREL_LIBRARY="$T/library" HOME="$T/home"
export XDG_CONFIG_HOME="$T/config" XDG_DATA_HOME="$T/data"
mkdir -p "$HOME" "$T/config"
failed=0
good() { echo "ok - $1"; }
bad() { echo "not ok - $1"; shift; for line; do printf '%s\n' "$line" | sed 's/^/#   /'; done; failed=1; }

# run NAME EXPECTED_STATUS COMMAND...: the outputs are in $T/out and $T/err.
run() {
    name=$1 want=$2
    shift 2
    "$@" >"$T/out" 2>"$T/err" </dev/null
    got=$?
    if [ "$got" -eq "$want" ]; then good "$name"; else bad "$name" "status $got, not $want" "$(cat "$T/out" "$T/err")"; fi
}
# has NAME FILE TEXT: the file holds the text.
has() { if grep -qF -- "$3" "$T/$2"; then good "$1"; else bad "$1" "no '$3' in:" "$(cat "$T/$2")"; fi; }
lacks() { if grep -qF -- "$3" "$T/$2"; then bad "$1" "'$3' in:" "$(cat "$T/$2")"; else good "$1"; fi; }
# same NAME EXPECTED ACTUAL
same() { if [ "$2" = "$3" ]; then good "$1"; else bad "$1" "expected: $2" "     got: $3"; fi; }
finish() { exit $failed; }
# versioned ID VERSION TITLE (as XML): what arXiv's API says of it; deleted ID [DAY]: what OAI says of one that is withdrawn.
versioned() {
    cat <<X
<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>answer</title><id>x</id>
<entry><id>http://arxiv.org/abs/$1v$2</id><updated>2024-05-0$2T00:00:00Z</updated><published>2024-05-01T00:00:00Z</published>
<title>$3</title><summary>Light, as of version $2.</summary><author><name>B. Writer</name></author>
<category term="cs.DB" scheme="http://arxiv.org/schemas/atom"/></entry></feed>
X
}
deleted() {
    cat <<X
<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-03-01T00:00:00Z</responseDate>
<request verb="ListRecords">http://x</request><ListRecords>
<record><header status="deleted"><identifier>oai:arXiv.org:$1</identifier><datestamp>${2:-2026-02-01}</datestamp></header></record>
</ListRecords></OAI-PMH>
X
}
# killed_after COUNT COMMAND...: starts it and kills it when the replay server has answered so many requests in
# all. A function that is started so has to run the program by $EXEC, or only the shell around it would be killed.
killed_after() {
    many=$1 waited=0
    shift
    EXEC=exec "$@" >"$T/out" 2>&1 </dev/null &
    pid=$!
    while [ "$(grep -vc '^#' "$REPLAY_LOG")" -lt "$many" ] && kill -0 $pid 2>/dev/null && [ $waited -lt 2000 ]; do
        sleep 0.01
        waited=$((waited + 1))
    done
    is_carrel $pid || bad "killed after $many is carrel itself" "$(cat "$T/out")"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
}
is_carrel() { [ "$(cat "/proc/$1/comm" 2>/dev/null)" = carrel ]; }

# start_replay SCRIPT: a replay server (tests/replay) plays the file until the test ends or stop_replays;
# $REPLAY_URL leads to it, $REPLAY_LOG is its log, $REPLAY_PID its process.
start_replay() {
    REPLAY_LOG="$T/replay.$(echo "$replays" | wc -w).log"
    rm -f "$REPLAY_LOG.port"
    mkfifo "$REPLAY_LOG.port"
    "${REPLAY:?}" -l "$REPLAY_LOG" "$1" >"$REPLAY_LOG.port" 2>"$REPLAY_LOG.err" &
    REPLAY_PID=$!
    replays="$replays $REPLAY_PID"
    read -r port <"$REPLAY_LOG.port" || { bad "replay $1" "$(cat "$REPLAY_LOG.err")"; exit 1; }
    REPLAY_URL="http://127.0.0.1:$port"
}
# held_back: until the replay server holds an answer back (delay): its request is on its way since then.
held_back() {
    waited=0
    until grep -q '^# held' "$REPLAY_LOG" || [ $waited -gt 300 ]; do sleep 0.1; waited=$((waited + 1)); done
}
# paced NAME INTERVAL_MS [AWK_REGEX]: by the server's log no request (whose target matches) arrived sooner
# than that after the end of the one before it, nor beside it; and there were at least two. A busy machine may note an end
# some ms after the client has had it: 20 are forgiven.
paced() {
    seen=$(grep -v '^#' "$REPLAY_LOG" | sort -t "$(printf '\t')" -k2,2n | awk -F '\t' -v least="$2" -v only="${3:-.}" '
        $6 ~ only { if (count++ && $2 < ended + least - 20) print $6 " came " ($2 - ended) " ms after the last"
                    if ($3 > ended) ended = $3 }
        END { if (count < 2) print "only " count + 0 " requests" }')
    same "$1" "" "$seen"
}
