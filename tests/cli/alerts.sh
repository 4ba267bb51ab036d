# Alerts: what is new, replaced or withdrawn comes to each rule once, whatever dies in between.
. "$(dirname "$0")/lib.sh"
paper() { echo "{\"id\":\"arxiv:2405.$1\",\"title\":\"$2\",\"abstract\":\"Words about it.\",\"authors\":[\"A. Writer\"],\"categories\":[\"cs.DB\"],\"published\":\"2024-05-01\"}"; }
versioned() { # ID VERSION
    cat <<X
<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>answer</title><id>x</id>
<entry><id>http://arxiv.org/abs/$1v$2</id><updated>2024-05-0$2T00:00:00Z</updated><published>2024-05-01T00:00:00Z</published>
<title>Lanterns by version</title><summary>Light, as of version $2.</summary><author><name>B. Writer</name></author>
<category term="cs.DB" scheme="http://arxiv.org/schemas/atom"/></entry></feed>
X
}
deleted() {
    cat <<X
<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-03-01T00:00:00Z</responseDate>
<request verb="ListRecords">http://x</request><ListRecords>
<record><header status="deleted"><identifier>oai:arXiv.org:$1</identifier><datestamp>2026-02-01</datestamp></header></record>
</ListRecords></OAI-PMH>
X
}
fired() { "$CARREL" -q alert log --all | wc -l | tr -d ' '; }
paper 00001 "Gardens before the rule" >"$T/a.jsonl"
run "a first paper" 0 "$CARREL" import "$T/a.jsonl"

run "no rules yet" 0 "$CARREL" alert
has "says how to make one" err "alert add NAME"
run "a rule" 0 "$CARREL" alert add garden --on new --query gardens
run "one of that name is there" 1 "$CARREL" alert add garden --on new
has "and which" err "garden"
run "an event that does not exist" 2 "$CARREL" alert add x --on sometimes
has "names those that do" err "new, replaced or withdrawn"
run "no event" 2 "$CARREL" alert add x
run "a query that does not parse" 2 "$CARREL" alert add x --on new --query '(a'
run "a name of two words" 2 "$CARREL" alert add 'a b' --on new
run "surplus words" 2 "$CARREL" alert add a b --on new
run "rm of what is not there" 4 "$CARREL" alert rm nosuch
run "dismiss of no number" 2 "$CARREL" alert dismiss first
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
versioned 2405.00009 1 >"$T/v1.xml"; versioned 2405.00009 3 >"$T/v3.xml"
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
run "dismiss all" 0 "$CARREL" alert dismiss all
run "none is open" 0 "$CARREL" alert log
has "and says so" err "no alerts"
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
"$CARREL" -q query rm base
paper 00005 "Gardens once more" >"$T/d.jsonl"
run "an import with a broken rule" 0 "$CARREL" import "$T/d.jsonl"
has "says which" err "alert second:"
has "the other one fires" err "1 alert:"
"$CARREL" -q query add base gardens
run "mended" 0 "$CARREL" alert log
has "it tells what it missed" out "second: new  arxiv:2405.00005"

# Killed anywhere, three thousand papers fire once each.
export CARREL_LIBRARY="$T/killed"
"$CARREL" -q import "$T/a.jsonl" >/dev/null 2>&1
"$CARREL" -q alert add all --on new
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
"$CARREL" -q alert log --all --limit 100000 >"$T/out"
same "each once after sixteen kills and two at a time" "3000 3000" \
    "$(wc -l <"$T/out" | tr -d ' ') $(grep -o 'arxiv:[0-9.]*' "$T/out" | sort -u | wc -l | tr -d ' ')"
run "the doctor agrees" 0 "$CARREL" doctor
finish
