# The rooms of the queue: Jobs and Job, drawn without a terminal, and a desk that works in the background.
. "$(dirname "$0")/lib.sh"
screen jobs-empty jobs
"$CARREL" -q import --background tests/fixtures/papers.jsonl 2>/dev/null # 1
"$CARREL" -q jobs add import '{"file":"/no/such/file.jsonl"}' 2>/dev/null # 2
"$CARREL" -q jobs add doctor --after 2 2>/dev/null                        # 3
"$CARREL" -q worker --once >/dev/null 2>&1
"$CARREL" -q jobs add doctor 2>/dev/null                           # 4
"$CARREL" -q jobs add doctor '{"fix":true}' --priority 2 2>/dev/null # 5
"$CARREL" -q jobs add doctor --after 5 2>/dev/null                 # 6
"$CARREL" -q jobs add doctor 2>/dev/null                           # 7
"$CARREL" -q jobs cancel 7 2>/dev/null
screen jobs jobs
screen jobs-wide jobs --size 140x20
screen jobs-narrow jobs --size 40x10
screen jobs-ascii jobs --ascii --size 100x14
screen jobs-linear jobs --linear --size 80x10
screen jobs-failed jobs failed
screen jobs-filter jobs --keys 'fff'
screen job job 3
run "story of a failed one" 0 "$CARREL" dump job 2
has "why" out "/no/such/file.jsonl is not there"
has "what happened" out "attempt 1:"
run "a job that is none" 4 "$CARREL" dump job 99
has "says so" err "there is no job 99"
run "job without id" 2 "$CARREL" dump job
run "a filter that is none" 2 "$CARREL" dump jobs asleep

# Keys: the marked rows, else the one under the cursor.
run "cancel two" 0 "$CARREL" dump jobs --keys '<Space><Space>x' --json
has "both" out '"counts":{"queued":0,"running":0,"done":1,"failed":2,"cancelled":4}'
run "retry what failed" 0 "$CARREL" dump jobs failed --keys 'jr' --json
has "and what fell with it" out '"queued":2,"running":0,"done":1,"failed":0,'
run "Enter opens" 0 "$CARREL" dump jobs --keys '<CR>' --json
has "that job" out '"view":"job","job":{"id":2,'
run "an import at the desk" 0 "$CARREL" dump jobs --keys ':import tests/fixtures/papers.jsonl<CR>' --json
has "is a job" out 'in the queue'

# What came of an import, in words, and how it is taken out.
mkdir "$T/own" && printf '%s\n' '{"title":"A slip of the hand"}' '{"title":"And another"}' >"$T/own/slip.jsonl"
export CARREL_LIBRARY_ALL="$CARREL_LIBRARY" CARREL_LIBRARY="$T/own"
"$CARREL" -q import --background "$T/own/slip.jsonl" 2>/dev/null
"$CARREL" -q worker --once >/dev/null 2>&1
run "the story of an import" 0 "$CARREL" dump job 1 --size 120x40
has "says how many are new" out "2 new"
has "and how they are taken out" out ":rm --query added:2026-03-01T12:00:00.000Z..2026-03-01T12:00:00.000Z"
has "of the last one as a step" out ":undo import"
run "which does that" 0 "$CARREL" dump library --keys ":$(sed -n 's/.*:\(rm --query [^ ]*\).*/\1/p' "$T/out")<CR>"
has "to both" out "2 papers are in the bin"
"$CARREL" -q import --background "$T/own/slip.jsonl" 2>/dev/null
"$CARREL" -q worker --once >/dev/null 2>&1
run "what is removed and comes again" 0 "$CARREL" dump jobs --size 100x14
has "is in the bin" out "slip.jsonl: 2 in the bin"
run "and its story" 0 "$CARREL" dump job 2 --size 120x40
lacks "takes out nothing" out ":rm --query"
printf '%s\n' '{"title":"A third one"}' >"$T/own/third.jsonl"
"$CARREL" -q import "$T/own/third.jsonl"
run "u comes to an import" 0 "$CARREL" dump library --keys 'u' --size 120x20
has "and says how" out "undo again goes past it, :undo import takes it back: import of third.jsonl: 1 paper"
run "once more" 0 "$CARREL" dump library --keys 'uu' --size 120x20
has "it goes past" out "taken back: removal of 'And another'"
run "the import" 0 "$CARREL" dump library --keys ':undo import<CR>' --size 120x20
has "goes" out "taken back: import of third.jsonl: 1 paper is in the bin"
run "U" 0 "$CARREL" dump library --keys ':redo<CR>' --size 120x20
has "brings it back" out "done again: import of third.jsonl: 1 paper is back"
CARREL_LIBRARY=$CARREL_LIBRARY_ALL

# A desk with a terminal works the queue. The import's file is a pipe that nobody writes to yet.
command -v tmux >/dev/null || { echo "ok - tmux is not here # SKIP"; finish; }
"$CARREL" -q worker --once >/dev/null 2>&1
mkfifo "$T/pipe.jsonl"
"$CARREL" -q jobs add import "{\"file\":\"$T/pipe.jsonl\"}" 2>/dev/null # 9
tm -f /dev/null new-session -d -s t -x 100 -y 24 "sh"
tm send-keys -t t "PS1='prompt> '; export CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME; $CARREL; echo left \$?" Enter
see "the desk opens" "Today"
see "the status line tells what runs" "pipe.jsonl"
tm send-keys -t t 6
see "Jobs" "● running"
tm send-keys -t t G
"$CARREL" -q jobs add doctor 2>/dev/null # 10: appears and is done beside the other
see "a new job appears and is done" "10 ✓ done"
tm send-keys -t t Enter
see "the cursor stayed on its job" "Job: 1"
tm send-keys -t t Escape
tm send-keys -t t Q
see "leaves at once though its import cannot be stopped" "left 0"
run "that job" 0 "$CARREL" jobs show 9 --json
has "is in the queue again" out '"state":"queued"'
tm kill-server
finish
