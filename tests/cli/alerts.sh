# Alerts: what is new, replaced or withdrawn comes to each rule once, whatever dies in between.
. "$(dirname "$0")/lib.sh"
paper() { echo "{\"id\":\"arxiv:2405.$1\",\"title\":\"$2\",\"abstract\":\"Words about it.\",\"authors\":[\"A. Writer\"],\"categories\":[\"cs.DB\"],\"published\":\"2024-05-01\"}"; }
fired() { "$CARREL" -q alert log --all | wc -l | tr -d ' '; }
paper 00001 "Gardens before the rule" >"$T/a.jsonl"
run "a first paper" 0 "$CARREL" import "$T/a.jsonl"

run "no rules yet" 0 "$CARREL" alert
has "says how to make one" err "alert add NAME"
run "a rule" 0 "$CARREL" alert add garden --on new --query gardens
run "one of that name is there" 1 "$CARREL" alert add garden --on new
has "and which" err "garden"
run "an event that does not exist" 2 "$CARREL" alert add x --on sometimes
has "names those that do" err "new, replaced, withdrawn or trend"
run "no event" 2 "$CARREL" alert add x
run "a query that does not parse" 2 "$CARREL" alert add x --on new --query '(a'
run "a name of two words" 2 "$CARREL" alert add 'a b' --on new
run "surplus words" 2 "$CARREL" alert add a b --on new
run "rm of what is not there" 4 "$CARREL" alert rm nosuch
run "a query that is not whole" 2 "$CARREL" alert add half --on new --query 'cat:'
has "is refused" err "--query: cat: needs a value"
run "no name" 2 "$CARREL" alert add
has "says what belongs there" err "alert add NAME --on"
run "dismiss of no number and no rule" 4 "$CARREL" alert dismiss first
run "dismiss of an unknown number" 4 "$CARREL" alert dismiss 77
same "what was here before does not fire" 0 "$(fired)"

{ paper 00002 "Gardens after the rule"; paper 00003 "Something else"; } >"$T/b.jsonl"
run "two papers" 0 "$CARREL" import "$T/b.jsonl"
has "the import says that one fired" err "1 alert: carrel alert log"
run "the log" 0 "$CARREL" alert log
has "has it with its reason" out "garden: new  arxiv:2405.00002  Gardens after the rule"
lacks "and not the other" out "Something else"
run "the same papers again" 0 "$CARREL" import "$T/b.jsonl"
same "fire nothing" 1 "$(fired)"

run "a rule for versions" 0 "$CARREL" alert add newer --on replaced
run "a rule for withdrawals" 0 "$CARREL" alert add gone --on withdrawn
versioned 2405.00009 1 'Lanterns by version' >"$T/v1.xml"; versioned 2405.00009 3 'Lanterns by version' >"$T/v3.xml"
"$CARREL" -q import "$T/v1.xml" >/dev/null 2>&1
same "a first version fires nothing" 1 "$(fired)"
"$CARREL" -q import "$T/v3.xml" >/dev/null 2>&1
"$CARREL" alert log >"$T/out"
has "a third one does" out "newer: replaced v1 to v3  arxiv:2405.00009"
"$CARREL" -q import "$T/v3.xml" "$T/v1.xml" >/dev/null 2>&1
same "an older one does not" 2 "$(fired)"
deleted 2405.00009 >"$T/gone.xml"
"$CARREL" -q import "$T/gone.xml" >/dev/null 2>&1
"$CARREL" alert log >"$T/out"
has "a withdrawal" out "gone: withdrawn  arxiv:2405.00009"
"$CARREL" -q import "$T/gone.xml" >/dev/null 2>&1
same "once" 3 "$(fired)"

run "as JSON" 0 "$CARREL" alert log --json
has "with its parts" out '"alert":"newer","on":"replaced","detail":"v1 to v3","paper":"arxiv:2405.00009"'
run "dismiss one" 0 "$CARREL" alert dismiss 1
same "it is put away" 2 "$("$CARREL" -q alert log | wc -l | tr -d ' ')"
run "which can be undone" 0 "$CARREL" undo
has "as what it was" err "dismissal of alert garden on 'Gardens after the rule'"
same "it is back" 3 "$("$CARREL" -q alert log | wc -l | tr -d ' ')"
run "dismiss all" 0 "$CARREL" alert dismiss all
run "none is open" 0 "$CARREL" alert log
has "and says so" err "no alerts are open; --all"
same "the journal keeps them" 3 "$(fired)"
run "rm" 0 "$CARREL" alert rm gone
same "what it told stays" 3 "$(fired)"

# What is done by hand to papers that are here is no news to any rule: not a merge, not what takes it apart.
"$CARREL" -q alert add again --on new
"$CARREL" -q alert add left --on withdrawn
before=$(fired)
"$CARREL" -q merge arxiv:2405.00003 arxiv:2405.00009
same "a merge fires nothing" "$before" "$(fired)"
"$CARREL" -q split arxiv:2405.00003
same "nor does a split" "$before" "$(fired)"
"$CARREL" -q undo
"$CARREL" -q undo
run "apart after both were undone" 0 "$CARREL" search --ids id:2405.00009
same "undoing them fires nothing" "$before" "$(fired)"
"$CARREL" -q alert rm left
{ paper 00006 "News after a split"; } >"$T/e.jsonl"
"$CARREL" -q import "$T/e.jsonl" >/dev/null 2>&1
"$CARREL" -q alert dismiss all
same "what comes after it fires" $((before + 1)) "$(fired)"
"$CARREL" -q alert rm again

# A job fires as well as a command.
paper 00004 "Gardens of a job" >"$T/c.jsonl"
"$CARREL" -q import --background "$T/c.jsonl" >/dev/null 2>&1
"$CARREL" -q worker --once >/dev/null 2>&1
if command -v sqlite3 >/dev/null; then
    same "a worker's import has fired before anybody looks" 1 \
        "$(sqlite3 "$CARREL_LIBRARY/library.db" 'SELECT count(*) FROM alert WHERE dismissed IS NULL')"
fi

# A rule that no longer works keeps its events and does not stop the others.
"$CARREL" -q query add base gardens
"$CARREL" -q alert add second --on new --query query:base
run "what is used is not forgotten" 1 "$CARREL" query rm base
has "and by whom" err "base is used by alert second"
same "it is there" 1 "$("$CARREL" -q query list | grep -c '^base')"
run "unless one insists" 0 "$CARREL" query rm base --force
has "what waits for it" err "without which there waits: alert second"
paper 00005 "Gardens once more" >"$T/d.jsonl"
run "an import with a broken rule" 0 "$CARREL" import "$T/d.jsonl"
has "says which" err "alert second:"
has "the other one fires" err "1 alert:"
"$CARREL" -q query add base gardens
run "mended" 0 "$CARREL" alert log
has "it tells what it missed" out "second: new  arxiv:2405.00005"

# One rule's own rows, and the names that completion offers.
run "the log of a rule" 0 "$CARREL" alert log second
same "is its own" 1 "$(wc -l <"$T/out" | tr -d ' ')"
run "dismiss a rule's" 0 "$CARREL" alert dismiss second
same "and only these" 0 "$("$CARREL" -q alert log second | wc -l | tr -d ' ')"
same "the others stay" "yes" "$([ -n "$("$CARREL" -q alert log garden)" ] && echo yes)"
same "completion" "second " "$("$CARREL" completion words -- alert test sec | tr '\n' ' ')"
same "of events" "trend " "$("$CARREL" completion words -- alert add x --on tr | tr '\n' ' ')"

# What a rule would tell, without telling it.
before=$(fired)
run "a test" 0 "$CARREL" alert test garden --limit 2
same "shows what its query finds" 2 "$(grep -c 'garden: new  arxiv:.*Gardens' "$T/out")"
run "of withdrawals" 0 "$CARREL" alert test second --json
has "as JSON" out '"alert":"second","on":"new","detail":""'
run "of nothing there" 4 "$CARREL" alert test nosuch
run "without a command" 2 "$CARREL" alert test garden --run
has "says how to set one" err "[alert] run = PROGRAM"
same "the journal is as it was" "$before" "$(fired)"
"$CARREL" -q alert rm second

# The command: words, no shell, JSON on its standard input, at least once.
cat >"$T/hook" <<X
#!/bin/sh
[ ! -e "$T/broken" ] || { echo "no bell to ring" >&2; exit 3; }
echo x >>"$T/begun"
[ ! -e "$T/slow" ] || sleep 30
[ ! -e "$T/lazy" ] || sleep 0.3
printf '%s,' "\$#" "\$@" >>"$T/told.args"
cat >>"$T/told"
X
chmod +x "$T/hook"
hooked() { ${EXEC:-} "$CARREL" -c alert.backoff=0s -c "alert.run=$T/hook 'a \"\$(touch $T/oops)\" ; b" "$@"; }
run "a test runs it" 0 hooked alert test garden --limit 2 --run
has "and says so" err "the command was told of 2"
has "with the rows" told '"version":1,"alert":"garden","items":[{"at":"2026-03-01T12:00:00Z","alert":"garden","on":"new"'
same "its words are words" "4,'a,\$(touch $T/oops),;,b," "$(cat "$T/told.args")"
[ ! -e "$T/oops" ] && good "no shell saw them" || bad "no shell saw them"
same "and the journal knows nothing" "$before" "$(fired)"
: >"$T/told"
paper 00011 'Gardens \"; touch oops; $(touch oops)' >"$T/f.jsonl"
run "an import with a command" 0 hooked import "$T/f.jsonl"
has "tells of the new one" told '"title":"Gardens \"; touch oops; $(touch oops)"'
run "the log" 0 hooked alert log garden --json
same "does not run it again" 1 "$(grep -c '"paper":"arxiv:2405.00011"' "$T/told")"
has "and knows" out '"paper":"arxiv:2405.00011","title":"Gardens \"; touch oops; $(touch oops)","dismissed":false,"command":"told"'
: >"$T/told"; touch "$T/broken"
paper 00012 "Gardens without a bell" >"$T/g.jsonl"
run "an import whose command fails" 0 hooked import "$T/g.jsonl"
has "says why" err "alerts: the command of alert garden: $T/hook ended with 3: no bell to ring"
has "but that it fired" err "1 alert:"
run "the log tries again" 0 hooked alert log
has "and keeps the failure" out "Gardens without a bell  [not told yet: "
rm "$T/broken"
hooked -q alert log garden >/dev/null
same "once it works it is told" 1 "$(grep -c 'Gardens without a bell' "$T/told")"
touch "$T/broken"
paper 00013 "Gardens given up" >"$T/h.jsonl"
hooked -q import "$T/h.jsonl" >/dev/null 2>&1
hooked -q alert log >/dev/null 2>&1
hooked -q alert log >/dev/null 2>&1
rm "$T/broken"
: >"$T/told"
hooked alert log >"$T/out" 2>/dev/null
has "three times is enough" out "Gardens given up  [not told, given up; alert retry: "
same "then it is left" "" "$(cat "$T/told")"
run "retry without a command" 0 "$CARREL" alert retry
has "says that there is none" err "alert garden: no command is set"
run "of another rule" 4 hooked alert retry nosuch
run "retry" 0 hooked alert retry garden
has "tells it after all" err "the command was told of 1"
same "once" 1 "$(grep -c 'Gardens given up' "$T/told")"
run "once more" 0 hooked alert retry
has "has nothing to tell" err "were told"
# What cannot start has not tried; the next try waits, and a retry does not.
paper 00016 "Gardens behind a wall" >"$T/m.jsonl"
for i in 1 2 3 4; do "$CARREL" -q -c alert.backoff=0s -c alert.run=/nowhere/bell import "$T/m.jsonl" >/dev/null 2>&1; done
"$CARREL" -c alert.run=/nowhere/bell alert log >"$T/out" 2>/dev/null
has "four times that nothing could start" out "Gardens behind a wall  [not told yet: "
"$CARREL" -q -c "alert.run=$T/hook" alert log >/dev/null 2>&1
same "the next try waits" 0 "$(grep -c 'behind a wall' "$T/told")"
run "at once" 0 "$CARREL" -c "alert.run=$T/hook" alert retry
same "by a retry" 1 "$(grep -c 'behind a wall' "$T/told")"
# Leaving while it runs: it was never tried, and is told by the next who comes.
touch "$T/slow"; : >"$T/begun"
paper 00017 "Gardens left in a hurry" >"$T/n.jsonl"
"$CARREL" -q import --background "$T/n.jsonl" >/dev/null 2>&1
"$CARREL" -q -c "alert.run=$T/hook" worker --once >/dev/null 2>&1 &
one=$!
i=0
while [ ! -s "$T/begun" ] && [ $i -lt 600 ]; do sleep 0.05; i=$((i + 1)); done
kill $one; wait $one
rm "$T/slow"
if command -v sqlite3 >/dev/null; then
    same "interrupted, it has not tried" "0 0" "$(sqlite3 -separator ' ' "$CARREL_LIBRARY/library.db" "SELECT tries, claimed FROM alert WHERE hook = 1")"
fi
"$CARREL" -q -c "alert.run=$T/hook" alert log >/dev/null 2>&1
same "an interrupted one is told by the next" 1 "$(grep -c 'left in a hurry' "$T/told")"
touch "$T/slow"
paper 00014 "Gardens that take time" >"$T/i.jsonl"
start=$(date +%s)
hooked -c alert.time-limit=200ms import "$T/i.jsonl" >"$T/out" 2>"$T/err"
same "a slow command is killed" 1 "$(($(date +%s) - start < 15))"
has "and that is said" err "took longer than 0.2 s and was killed"
rm "$T/slow"
run "no such program" 0 "$CARREL" -c alert.run=/nowhere/bell import "$T/i.jsonl"
has "is told" err "cannot run /nowhere/bell"
run "for one rule only" 0 "$CARREL" -c alert.garden.run= -c alert.run="$T/hook" alert list
same "it can be left out" 0 "$(grep -c '^garden.*runs' "$T/out")"
"$CARREL" -q -c alert.garden.run= -c alert.run="$T/hook" alert log >/dev/null 2>&1
same "and nothing waits for it" none "$("$CARREL" alert log garden --json | sed 's/.*"paper":"arxiv:2405.00014"[^}]*"command":"\([a-z]*\)".*/\1/')"

# Two at a time tell a row once; carrel dying while its command runs, it is told again.
touch "$T/lazy"; : >"$T/told"
paper 00021 "Gardens for two" >"$T/j.jsonl"
"$CARREL" -q import "$T/j.jsonl" >/dev/null 2>&1 # no command is set here: nothing waits
same "without a command" "" "$(cat "$T/told")"
paper 00022 "Gardens for both" >"$T/k.jsonl"
hooked -q import "$T/k.jsonl" >/dev/null 2>&1 & one=$!
while [ ! -s "$T/told" ] && kill -0 $one 2>/dev/null; do hooked -q alert log >/dev/null 2>&1; done
wait $one
hooked -q alert log >/dev/null 2>&1
same "is told once" "1 0" "$(grep -c 'Gardens for both' "$T/told") $(grep -c 'Gardens for two' "$T/told")"
rm "$T/lazy"
if command -v sqlite3 >/dev/null; then
    touch "$T/slow"; : >"$T/begun"
    paper 00023 "Gardens of the dead" >"$T/l.jsonl"
    EXEC=exec hooked -q import "$T/l.jsonl" >/dev/null 2>&1 & one=$! # the program, not a shell around it
    i=0
    while [ ! -s "$T/begun" ] && [ $i -lt 600 ]; do sleep 0.05; i=$((i + 1)); done
    is_carrel $one && good "who is killed is carrel" || bad "who is killed is carrel"
    kill -9 $one; wait $one 2>/dev/null
    rm "$T/slow"
    hooked alert log >"$T/out" 2>&1
    has "killed while its command runs" out "Gardens of the dead"
    same "it is somebody's still" 0 "$(grep -c 'Gardens of the dead' "$T/told")"
    sqlite3 "$CARREL_LIBRARY/library.db" "UPDATE alert SET claimed = 1 WHERE claimed > 0" # a minute later
    hooked -q alert log >/dev/null 2>&1
    same "and then told" 1 "$(grep -c 'Gardens of the dead' "$T/told")"
fi

# Trends: a paper comes to a rule once, when it passes what the rule says.
if command -v sqlite3 >/dev/null; then
    sample() { # PAPER VALUE DAY [SOURCE]
        sqlite3 "$CARREL_LIBRARY/library.db" "INSERT INTO sample SELECT id, '${4:-hf}', 'upvotes', '$1', $3, $2 FROM work
            WHERE key = 'arxiv:2405.$1' ON CONFLICT DO UPDATE SET value = excluded.value"
    }
    hot() { "$CARREL" -q alert log hot --all; }
    sample 00002 60 20512
    run "no threshold" 2 "$CARREL" alert add hot --on trend
    has "says what there is" err "--over N"
    run "no number" 2 "$CARREL" alert add hot --on trend --over many
    run "a threshold of another event" 2 "$CARREL" alert add hot --on new --over 5
    run "a rule on a trend" 0 "$CARREL" alert add hot --on trend --over 50 --query gardens
    has "says what it waits for" err "when it has upvotes over 50 (1 is past that today, which is no news)"
    run "the list" 0 "$CARREL" alert list
    has "has its numbers" out "upvotes over 50, gardens"
    run "as JSON" 0 "$CARREL" alert list --json
    has "too" out '"metric":"upvotes","over":50'
    sample 00002 90 20513
    same "what was past it is no news" 0 "$(hot | wc -l | tr -d ' ')"
    sample 00004 50 20513
    same "not the number itself" 0 "$(hot | wc -l | tr -d ' ')"
    sample 00004 51 20513
    sample 00003 400 20513
    hot >"$T/out"
    has "but one more" out "hot: trend upvotes 51  arxiv:2405.00004"
    same "of what its query finds" 1 "$(wc -l <"$T/out" | tr -d ' ')"
    sample 00004 20 20513
    hot >/dev/null
    sample 00004 80 20513
    same "never again" 1 "$(hot | wc -l | tr -d ' ')"
    run "its test" 0 "$CARREL" alert test hot
    has "shows all that are past it" out "hot: trend upvotes 90, +30.0 a day"
    has "and that it knows them" err "2 of them were past it before and will not be told again"
    # What a sync samples is looked at when it ends.
    cat >"$T/hf" <<X
route /api/*
answer 200 type=application/json body="[{\"paper\":{\"id\":\"2405.00015\",\"title\":\"Gardens on the rise\",\"summary\":\"x\",\"authors\":[{\"name\":\"A. Writer\"}],\"publishedAt\":\"2026-02-20T00:00:00Z\",\"upvotes\":70},\"publishedAt\":\"2026-02-20T00:00:00Z\"}]"
X
    start_replay "$T/hf"
    "$CARREL" -q alert dismiss all
    "$CARREL" -c source.huggingface.url="$REPLAY_URL" -c source.huggingface.interval=0s -c source.huggingface.list=trending \
        sync --source huggingface >"$T/out" 2>"$T/err"
    has "a sync says that it fired" err "2 alerts: carrel alert log" # new, and past it
    stop_replays
    same "before anybody looks" "hot upvotes 70" \
        "$(sqlite3 -separator ' ' "$CARREL_LIBRARY/library.db" "SELECT rule, detail FROM alert WHERE event = 4 AND dismissed IS NULL")"
    # Speed: three days of samples; of two numbers both must be exceeded.
    "$CARREL" -q alert add fast --on trend --over 10 --velocity 10
    for day in 20511 20512 20513; do
        sample 00005 $((2 + (day - 20511) * 15)) $day
        sample 00006 $((100 + day - 20511)) $day
    done
    run "its numbers" 0 "$CARREL" alert list
    has "are both listed" out "upvotes over 10, over 10 a day, every paper"
    "$CARREL" -q alert log fast >"$T/out"
    same "who is fast and past it" "1 1" "$(wc -l <"$T/out" | tr -d ' ') $(grep -c 'upvotes 32, +15.0 a day  arxiv:2405.00005' "$T/out")"
    # A merge and a split by hand are no news here either.
    sample 00012 70 20513
    same "one more is past it" 3 "$(hot | wc -l | tr -d ' ')"
    "$CARREL" -q merge arxiv:2405.00011 arxiv:2405.00012
    sample 00011 75 20513
    same "merged into another" 3 "$(hot | wc -l | tr -d ' ')"
    "$CARREL" -q split arxiv:2405.00011
    sample 00012 76 20513
    sample 00011 77 20513
    same "and split again" 3 "$(hot | wc -l | tr -d ' ')"
    # Deviations, among enough papers of a kind; of another metric.
    run "a z-score" 0 "$CARREL" alert add odd --on trend --zscore 3 --metric stars
    sqlite3 "$CARREL_LIBRARY/library.db" "INSERT INTO sample SELECT id, 'hf', 'stars', 'x', d.column1,
        (d.column1 - 20500) * iif(key = 'arxiv:2405.00013', 40, id % 3) FROM work, (VALUES(20512), (20513)) d"
    "$CARREL" -q alert log odd >"$T/out"
    same "the one that is" "1 1" "$(wc -l <"$T/out" | tr -d ' ') $(grep -c 'odd: trend stars 520, +40.0 a day, z .*arxiv:2405.00013' "$T/out")"
    run "rm" 0 "$CARREL" alert rm odd
    same "forgets who was past it" 0 "$(sqlite3 "$CARREL_LIBRARY/library.db" "SELECT count(*) FROM alert_passed WHERE rule_id NOT IN (SELECT id FROM alert_rule)")"
    run "the doctor agrees" 0 "$CARREL" doctor
fi

# Killed anywhere, three thousand papers fire once each; those that rise as well.
export CARREL_LIBRARY="$T/killed"
"$CARREL" -q import "$T/a.jsonl" >/dev/null 2>&1
"$CARREL" -q alert add all --on new
"$CARREL" -q alert add hot --on trend --over 5
i=0
while [ $i -lt 3000 ]; do
    paper "$(printf %05d $((i + 100)))" "Paper number $i on robust storage"
    i=$((i + 1))
done >"$T/many.jsonl"
for pause in 1 2 3 4 5 6 7 8; do
    "$CARREL" -q import "$T/many.jsonl" >/dev/null 2>&1 & pid=$!
    sleep "0.0$pause"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    "$CARREL" -q alert log >/dev/null 2>&1 & pid=$!
    sleep "0.0$pause"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
done
"$CARREL" -q import "$T/many.jsonl" >/dev/null 2>&1
"$CARREL" -q alert log >/dev/null & one=$!
"$CARREL" -q alert log >/dev/null
wait $one
"$CARREL" -q alert log all --all --limit 100000 >"$T/out"
same "each once after sixteen kills and two at a time" "3000 3000" \
    "$(wc -l <"$T/out" | tr -d ' ') $(grep -o 'arxiv:[0-9.]*' "$T/out" | sort -u | wc -l | tr -d ' ')"
if command -v sqlite3 >/dev/null; then
    for pause in 1 2 3 4 5 6; do
        sqlite3 "$CARREL_LIBRARY/library.db" "INSERT INTO sample SELECT id, 'hf', 'upvotes', key, 20507 + $pause, $pause + id % 7 FROM work"
        "$CARREL" -q alert log >/dev/null 2>&1 & pid=$!
        sleep "0.0$pause"
        kill -9 $pid 2>/dev/null
        wait $pid 2>/dev/null
        "$CARREL" -q alert log >/dev/null & one=$!
        "$CARREL" -q alert log >/dev/null
        wait $one
    done
    "$CARREL" -q alert log hot --all --limit 100000 >"$T/out"
    past=$(sqlite3 "$CARREL_LIBRARY/library.db" "SELECT count(DISTINCT work_id) FROM sample WHERE value > 5")
    same "each that rose once" "$past $past" "$(wc -l <"$T/out" | tr -d ' ') $(grep -o 'arxiv:[0-9.]*' "$T/out" | sort -u | wc -l | tr -d ' ')"
fi
run "the doctor agrees" 0 "$CARREL" doctor

# An alert follows its paper: into the work it is merged with, and out of it again; never to whoever gets its number.
LIB=$T/follow
same_alert() { run "$1" 0 "$CARREL" -L "$LIB" alert log; has "tells of the paper" out "$2"; lacks "and of no other" out "Gamma"; }
printf '{"id":"doi:10.1000/alpha","title":"Alpha of orchards","authors":["Ann Lee"],"published":"2026-01-02"}\n' >"$T/alpha.jsonl"
printf '{"id":"doi:10.2000/beta","title":"Beta of gardens","authors":["Bo Ray"],"published":"2026-01-03"}\n' >"$T/beta.jsonl"
printf '{"id":"doi:10.3000/gamma","title":"Gamma and chairs","authors":["Cy Day"],"published":"2026-01-04"}\n' >"$T/gamma.jsonl"
run "a paper" 0 "$CARREL" -L "$LIB" import "$T/alpha.jsonl"
run "a rule" 0 "$CARREL" -L "$LIB" alert add gardens --on new --query gardens
run "another paper" 0 "$CARREL" -L "$LIB" import "$T/beta.jsonl"
same_alert "an alert" "doi:10.2000/beta"
run "merged away" 0 "$CARREL" -L "$LIB" merge doi:10.1000/alpha doi:10.2000/beta
run "and a third, which gets its number" 0 "$CARREL" -L "$LIB" import "$T/gamma.jsonl"
same_alert "after the merge" "doi:10.1000/alpha"
run "taken apart" 0 "$CARREL" -L "$LIB" split doi:10.1000/alpha
same_alert "after the split" "doi:10.2000/beta"

# What waits for its paper in the bin is old to a rule that is made meanwhile, and new to the one that watched.
if command -v sqlite3 >/dev/null; then
    LIB=$T/waits
    "$CARREL" -L "$LIB" -q import "$T/a.jsonl" 2>/dev/null
    run "a rule that watches" 0 "$CARREL" -L "$LIB" alert add watching --on new
    "$CARREL" -L "$LIB" -q import "$T/alpha.jsonl" 2>/dev/null
    sqlite3 "$LIB/library.db" "DELETE FROM alert; INSERT INTO alert_event(at, event, work_id) SELECT changed, 1, id FROM work WHERE key = 'doi:10.1000/alpha'" # as if killed before
    "$CARREL" -L "$LIB" -q rm doi:10.1000/alpha
    "$CARREL" -L "$LIB" -q import "$T/beta.jsonl" 2>/dev/null
    run "one that is made later" 0 "$CARREL" -L "$LIB" alert add later --on new
    run "the paper comes back" 0 "$CARREL" -L "$LIB" bin restore doi:10.1000/alpha
    "$CARREL" -L "$LIB" -q import "$T/gamma.jsonl" 2>/dev/null
    run "who watched" 0 "$CARREL" -L "$LIB" alert log watching
    has "is told" out "doi:10.1000/alpha"
    run "who came later" 0 "$CARREL" -L "$LIB" alert log later
    lacks "is not" out "doi:10.1000/alpha"
    has "but of what is new since" out "doi:10.3000/gamma"
fi
finish
