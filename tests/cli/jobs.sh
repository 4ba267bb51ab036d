# The queue of jobs and its worker, by command.
. "$(dirname "$0")/lib.sh"
"$CARREL" -q import tests/fixtures/papers.jsonl >/dev/null

# wait_state ID STATE: up to twenty seconds.
wait_state() {
    n=0
    until "$CARREL" jobs show "$1" --json | grep -q "\"state\":\"$2\""; do
        n=$((n + 1))
        [ $n -lt 200 ] || return 1
        sleep 0.1
    done
}
reach() { if wait_state "$2" "$3"; then good "$1"; else bad "$1" "$("$CARREL" jobs show "$2")"; fi; }

# ---- asking, listing, working ----
run "no jobs" 0 "$CARREL" jobs
has "says how to make one" err "carrel import --background"
run "no jobs as JSON" 0 "$CARREL" jobs --json
has "empty list" out '"items":[]'
run "import in the background" 0 "$CARREL" import --background tests/fixtures/papers.jsonl --json
has "answers with the job" out '{"version":1,"job":{"id":1,"kind":"import","state":"queued","progress":{"done":0,"total":0,'
run "the same again" 0 "$CARREL" import --background tests/fixtures/papers.jsonl
has "is the same job" err "job 1 (import): in the queue already"
run "a missing file" 1 "$CARREL" import --background nowhere.jsonl
run "standard input" 2 "$CARREL" import --background -
run "doctor in the background" 0 "$CARREL" doctor --background
run "a job by hand" 0 "$CARREL" jobs add doctor '{"fix":true}' --priority 5 --after 2
run "a kind that is none" 2 "$CARREL" jobs add paint
has "names those there are" err "there are clone, doctor, "
run "a payload that is none" 2 "$CARREL" jobs add doctor '[1]'
run "after a job that is none" 4 "$CARREL" jobs add doctor '{}' --after 99
run "a delay that is none" 2 "$CARREL" jobs add doctor '{}' --delay soon
run "list" 0 "$CARREL" jobs list
has "waits" out "waits for 1 other job"
run "a state that is none" 2 "$CARREL" jobs list --state asleep
run "worker" 0 "$CARREL" worker --once --threads 2 --json
same "counts" '{"version":1,"done":3,"partial":0,"failed":0,"retried":0,"cancelled":0,"returned":0}' "$(cat "$T/out")"
run "show" 0 "$CARREL" jobs show 1 --json
has "done" out '"state":"done","progress":{"done":5,"total":5,"unit":"papers"},"attempts":1,'
has "its result" out '"result":{"seen":5,"added":0,"updated":0,"unchanged":5,"rejected":0,"merged":0,"binned":0}'
run "as text" 0 "$CARREL" jobs show 1
has "what it was asked for in words" out "asked for  file: "
has "and what came of it" out "result     seen: 5; added: 0; updated: 0; unchanged: 5; rejected: 0; merged: 0; binned: 0"
lacks "none of it is JSON" out "{"
run "show as text" 0 "$CARREL" jobs show 3
has "a wish" out "asked for  fix: yes"
has "order" out "waits for  job 2"
run "only done ones" 0 "$CARREL" jobs list --state done --kind import --json
has "counts all" out '"counts":{"queued":0,"running":0,"done":3,"failed":0,"cancelled":0}'
lacks "lists one kind" out '"kind":"doctor"'

# ---- ids ----
for verb in show retry cancel; do
    run "$verb without id" 2 "$CARREL" jobs $verb
    run "$verb of an unknown id" 4 "$CARREL" jobs $verb 4711
    run "$verb of what is no id" 4 "$CARREL" jobs $verb abc
done
run "retry of a done job" 1 "$CARREL" jobs retry 1
run "an unknown verb" 2 "$CARREL" jobs paint

# ---- failing, retrying, cancelling ----
run "a bad file" 0 sh -c 'printf "{\"title\":\"Good\"}\n{\"title\":\n" >"$1/bad.jsonl"; "$2" import --background "$1/bad.jsonl"' sh "$T" "$CARREL"
run "one that will fail" 0 "$CARREL" jobs add import "{\"file\":\"$T/gone.jsonl\"}"
run "one that waits for it" 0 "$CARREL" jobs add doctor --after 5
run "worker says that not all is well" 3 "$CARREL" worker --once
run "in part" 0 "$CARREL" jobs show 4 --json
has "is done" out '"state":"done"'
has "and says what not" out 'bad.jsonl'
has "by line" out 'line 2'
run "failed" 0 "$CARREL" jobs list --state failed
has "and why" out "gone.jsonl is not there"
has "what waited for it failed, too" out "job 5, which it waits for, failed"
cp tests/fixtures/papers.jsonl "$T/gone.jsonl"
run "retry of what waited" 1 "$CARREL" jobs retry 6
has "names the other" err "retry that one"
run "retry" 0 "$CARREL" jobs retry 5
run "worker again" 0 "$CARREL" worker --once
run "both" 0 "$CARREL" jobs list --state failed --json
has "are done" out '"items":[]'
run "cancel a queued one" 0 sh -c '"$1" jobs add doctor "$2" && "$1" jobs cancel 7 --json' sh "$CARREL" '{"of\u001b[1m\nanother_carrel":1}'
has "at once" out '"state":"cancelled"'
run "told in words" 0 "$CARREL" jobs show 7
has "in one line, without what moves the cursor" out "asked for  of[1m another carrel: 1"
run "cancel twice" 1 "$CARREL" jobs cancel 7
run "several" 3 sh -c '"$1" jobs add doctor && "$1" jobs cancel 7 8' sh "$CARREL"

# ---- a worker at work: an import that waits for its file to be written ----
mkfifo "$T/pipe"
"$CARREL" jobs add import "{\"file\":\"$T/pipe\"}" >/dev/null 2>&1 # 9
"$CARREL" worker 2>"$T/worker.err" &
worker=$!
reach "runs" 9 running
exec 3>"$T/pipe"
head -n 2 tests/fixtures/papers.jsonl >&3
run "cancel a running one" 0 "$CARREL" jobs cancel 9
has "tells it" err "told to stop"
exec 3>&-
n=0
until "$CARREL" jobs show 9 --json | grep -qE '"state":"(cancelled|done)"'; do
    n=$((n + 1))
    [ $n -lt 200 ] || break
    sleep 0.1
done
same "it ends" 0 "$("$CARREL" jobs list --state running --json | grep -c '"id":9')"
kill -TERM $worker
wait $worker
same "SIGTERM is a clean end" 0 $?

# Told to leave, it gives its job back; killed, its lease ends and another does it.
"$CARREL" jobs add import "{\"file\":\"$T/pipe\"}" >/dev/null 2>&1 # 10
"$CARREL" worker >/dev/null 2>&1 &
worker=$!
reach "runs again" 10 running
exec 3>"$T/pipe"
head -n 1 tests/fixtures/papers.jsonl >&3
kill -TERM $worker
sleep 0.3
cat tests/fixtures/papers.jsonl >&3 2>/dev/null
exec 3>&-
wait $worker
same "leaves" 0 $?
run "the job" 0 "$CARREL" jobs show 10 --json
if grep -qE '"state":"(queued|done)"' "$T/out"; then good "is in the queue, or done"; else bad "is in the queue, or done" "$(cat "$T/out")"; fi
(cat tests/fixtures/papers.jsonl >"$T/pipe" 2>/dev/null) &
feeder=$!
run "and another does it" 0 timeout 60 "$CARREL" worker --once
kill $feeder 2>/dev/null
reach "in the end" 10 done
run "sound" 0 "$CARREL" doctor
finish
