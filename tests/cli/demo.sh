# carrel demo: a library with something in every room, in a folder that is gone afterwards.
. "$(dirname "$0")/lib.sh"
unset CARREL_LIBRARY
export TMPDIR="$T/tmp"
mkdir "$TMPDIR"
left() { find "$TMPDIR" -maxdepth 1 -name 'carrel-demo-*' | wc -l; }
demo() { "$CARREL" -q demo "$@" </dev/null 2>&1; }

run "a command on it" 0 "$CARREL" demo stats
has "has papers" out "papers   327"
has "says where it is" err "carrel-demo-"
same "and it is gone" 0 "$(left)"
run "nothing is made elsewhere" 1 test -e "$XDG_DATA_HOME/carrel"
run "what fails there" 4 "$CARREL" demo show arxiv:9999.99999
same "leaves nothing either" 0 "$(left)"
run "an unknown option" 2 "$CARREL" demo --nonsense
run "it can be kept" 0 "$CARREL" demo --keep paths
same "and is there" 1 "$(left)"
kept=$(find "$TMPDIR" -maxdepth 1 -name 'carrel-demo-*')
run "to be opened again" 0 "$CARREL" -L "$kept" doctor
has "sound" out ""
run "by any command" 0 "$CARREL" -L "$kept" search --ids lanterns
has "found" out "doi:10.5555/demo.1"
run "and by --linear without a terminal" 0 sh -c "echo today | $CARREL -L $kept --linear"
has "with news" out "Today. 1 of 5"
room() { "$CARREL" -L "$kept" dump "$@" 2>&1; }
full() { name=$1 text=$2; shift 2; room "$@" >"$T/out"; has "$name" out "$text"; }
full "Today has alerts" "Alerts: 1" today --size 100x30
full "and what was read" "gi goes on reading: Copper lanterns" today --size 100x30
full "nothing to be taken back" "nothing to undo" library --keys u
full "feeds" "lanterns" library --size 100x30
full "notes and tags" "Note: The residual streams" paper arxiv:1706.03762
full "a document" "Three fell asleep." reader doi:10.5555/demo.1
full "with a highlight" "*both cases." reader doi:10.5555/demo.1
full "trends" "Copper lanterns fo" trending
full "topics" "copper lanterns" topics
full "repositories" "carrel-demo/lanterns" repositories
full "one of them with its README" "turns the wick" repository github.com/carrel-demo/lanterns --size 100x60
full "jobs" "papers.jsonl: 120 new" jobs
full "statistics" "upvotes" analytics --size 140x90
full "and a harvest that waits" "due" harvest

# Its papers are made up: programs and machines of the reader's own are told of none.
printf '#!/bin/sh\ncat >>"%s/told"\n' "$T" >"$T/hook"
chmod +x "$T/hook"
mkdir -p "$XDG_CONFIG_HOME/carrel" "$T/stick"
echo 0123456789012345678901234567890123456789 >"$T/secret"
chmod 600 "$T/secret"
cat >"$XDG_CONFIG_HOME/carrel/config" <<X
[hook "mail"]
    on = processed
    on = new-match
    query = lanterns
    run = $T/hook
[alert]
    run = $T/hook
[peer "stick"]
    url = $T/stick
    every = 1m
[webhook "lab"]
    url = http://127.0.0.1:9/
    secret-file = $T/secret
X
run "with hooks of the reader's" 0 "$CARREL" demo jobs
lacks "none waits" out "hook"
printf '# Moths and lanterns\n\nThey come to the light.\n' >"$T/moths.md"
run "nor in one that was kept" 0 "$CARREL" -L "$kept" process "$T/moths.md"
echo "{\"title\":\"Lanterns by night\",\"authors\":[\"M. Moth\"]}" >"$T/more.jsonl"
run "nor of what comes to it" 0 "$CARREL" -L "$kept" import "$T/more.jsonl"
echo "|--as ids cat >/dev/null; echo in \$CARREL_LIBRARY" | "$CARREL" -L "$kept" --linear >"$T/out" 2>&1
has "a program that is piped to finds the demo, not the reader's library" out "in $kept"
run "none has run" 1 test -e "$T/told"
same "nor has anything gone to a peer" 0 "$(find "$T/stick" -type f | wc -l)"
rm -rf "$kept" "$XDG_CONFIG_HOME/carrel"

# However it ends, its folder goes: while it is made, and when a command runs there.
ends() { # SIGNAL, once a child runs with these words
    "$CARREL" -q demo import - <"$T/fifo" >"$T/out" 2>"$T/err" &
    pid=$! n=0
    exec 9>"$T/fifo"
    while ! pgrep -P $pid -f -- "$2" >/dev/null && [ $((n += 1)) -lt 300 ]; do sleep 0.1; done
    if [ $n -lt 300 ]; then good "it runs '$2'"; else bad "it runs '$2'" "$(ps -o args --ppid $pid)"; fi
    kill -$1 $pid
    wait $pid
    exec 9>&-
}
mkfifo "$T/fifo"
left_at() { find "$TMPDIR" -maxdepth 1 -name 'carrel-demo-*' -exec test -e {}/library.db \; -print | wc -l; }
for signal in TERM HUP; do
    ends $signal 'harvest.background=false -q import'
    same "ended by $signal it leaves nothing" 0 "$(left)"
done
"$CARREL" -q demo import - <"$T/fifo" >"$T/out" 2>"$T/err" &
pid=$! n=0
exec 9>"$T/fifo"
while [ "$(left_at)" -eq 0 ] && [ $((n += 1)) -lt 300 ]; do sleep 0.02; done
kill -TERM $pid
wait $pid
exec 9>&-
same "nor while it is made" 0 "$(left)"

run "line by line, too" 0 sh -c "echo today | $CARREL -q demo --linear"
has "with news" out "Today. 1 of 5"
same "nothing is left" 0 "$(left)"
run "its papers are not each other's" 0 "$CARREL" demo duplicates
has "as far as one can tell" err "0 likely pairs"
finish
