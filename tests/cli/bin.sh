# Papers are removed and come back: what it was before, byte for byte; and not by what sources bring.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
"$CARREL" import tests/fixtures/papers.jsonl >/dev/null 2>&1
A=arxiv:2401.00001 B=arxiv:2402.00002
ids() { "$CARREL" -q search --ids "$@" 2>/dev/null | sort | tr '\n' ' '; }
all() { "$CARREL" export --format jsonl; }
sound() { run "$1: the library is sound" 0 "$CARREL" doctor; }

"$CARREL" -q tag keep $A
"$CARREL" -q mark read $A
"$CARREL" -q mark star $A
"$CARREL" -q note $A 'of the garden'
"$CARREL" -q collect survey $A $B
all >"$T/before"

# ---- one, and undo ----
run "rm" 0 "$CARREL" rm $A
has "tells its title" err "'Attention in Small Gardens' is in the bin; carrel undo brings it back"
same "it is not found" "" "$(ids "$A")"
run "nor shown" 4 "$CARREL" show $A
has "which tells the way back" err "$A was removed; 'carrel bin restore' brings it back"
same "nor exported" "$(grep -v '"id":"'$A'"' "$T/before")" "$(all)"
run "the bin" 0 "$CARREL" bin
has "lists it" out "$A  Attention in Small Gardens"
run "as data" 0 "$CARREL" bin --json
has "with its id" out '"id":"'$A'","title":"Attention in Small Gardens","removed":"2026-03-01T12:00:00Z"'
sound "without it"
run "it is imported" 0 "$CARREL" import tests/fixtures/papers.jsonl
has "which is told" err "1 is in the bin, of papers that were removed: carrel bin restore ID brings one back"
has "and counted" out "0 added, 0 updated, 4 unchanged, 0 rejected"
same "and does not come" "$(grep -v '"id":"'$A'"' "$T/before")" "$(all)"
run "the history" 0 "$CARREL" undo --list --limit 1
has "names it by its title" out "removal of 'Attention in Small Gardens'"
run "undo" 0 "$CARREL" undo
has "tells it" err "taken back: removal of 'Attention in Small Gardens'"
all >"$T/after"
same "all is as it was" "" "$(diff "$T/before" "$T/after")"
same "marks, too" "$A " "$(ids 'is:read is:starred tag:keep has:note collection:survey')"
sound "with it again"
run "redo" 0 "$CARREL" redo
has "tells it, too" err "done again: removal of 'Attention in Small Gardens'"
same "it is gone again" "" "$(ids "$A")"
run "and taken back" 0 "$CARREL" undo
same "whole" "" "$(all | diff "$T/before" -)"

# ---- what would go, and all of it ----
run "what would go" 0 "$CARREL" rm --dry-run --query 'tag:keep'
same "is shown" "$A  Attention in Small Gardens" "$(cat "$T/out")"
has "and counted" err "1 paper would go into the bin"
run "of names, too" 0 "$CARREL" rm --dry-run $A $B
has "in their number" err "2 papers would go into the bin"
run "of what is not here" 4 "$CARREL" rm --dry-run arxiv:2401.99999
same "nothing is gone" "" "$(all | diff "$T/before" -)"
(n=0; while [ $n -lt 6 ]; do n=$((n + 1)); echo "@misc{k$n, title={Number $n}}"; done) >"$T/six.bib"
run "six papers" 0 "$CARREL" -L "$T/six" import "$T/six.bib"
run "an empty query" 2 "$CARREL" -L "$T/six" rm --query ' '
has "asks twice" err "an empty query finds all 6 papers: --yes removes them, --dry-run shows them, and a query takes some"
run "what it would take" 0 "$CARREL" -L "$T/six" rm --dry-run --query ''
same "is all" 6 "$(wc -l <"$T/out")"
same "which is here" 6 "$("$CARREL" -q -L "$T/six" search --ids '' | wc -l)"
run "with --yes" 0 "$CARREL" -L "$T/six" rm --query '' --yes
has "it goes" err "6 papers are in the bin"
run "and comes back" 0 "$CARREL" -L "$T/six" undo
run "a handful" 0 sh -c "'$CARREL' -L '$T/six' rm --query title:number && '$CARREL' -L '$T/six' undo && '$CARREL' -L '$T/six' rm --query title:6 && '$CARREL' -L '$T/six' rm --query ''"
has "goes unasked" err "5 papers are in the bin"

# ---- whatever a work is made of ----
"$CARREL" -q alert add fresh --on new >/dev/null 2>&1
versioned 2405.00001 1 'Lanterns by version' | "$CARREL" -q import --format arxiv-atom -
versioned 2405.00001 2 'Lanterns by version' | "$CARREL" -q import --format arxiv-atom -
versioned 2405.00002 1 'Withdrawn lanterns' | "$CARREL" -q import --format arxiv-atom -
deleted 2405.00002 | "$CARREL" -q import --format oai -
printf '%s\n' '{"id":"doi:10.1000/lanterns","title":"Lanterns by version","authors":["B. Writer"],"published":"2024-06"}' \
    '{"id":"doi:10.1000/other","title":"Quite another paper","authors":["C. Other"],"published":"2023"}' \
    '{"id":"doi:10.1000/mend","title":"A titel to mend","authors":["D. Mend"],"published":"2022"}' \
    '{"title":"Nobody has numbered this","authors":["E. None"],"published":"2021"}' | "$CARREL" -q import -
printf '@article{key19, title={An entry of a list}, author={Fay, F}, journal={J}, year=2019, doi={10.1000/entry}}\n' >"$T/a.bib"
"$CARREL" -q import "$T/a.bib"
"$CARREL" -q merge $B doi:10.1000/other
"$CARREL" -q edit doi:10.1000/mend 'title=A title that was mended' doi=10.1000/mended
"$CARREL" -q tag keep doi:10.1000/mend
printf '# A document of its own\nAda Winter\n\n# 1 Introduction\nIt says what it says, and no more.\n' | LC_ALL=C awk -f "$here/pdf.awk" >"$T/own.pdf"
"$CARREL" -q process "$T/own.pdf" >/dev/null
own=$(ids 'title:document' | tr -d ' ')
all >"$T/before"
"$CARREL" alert log --json --all >"$T/alerts" 2>/dev/null
"$CARREL" show --json arxiv:2405.00001 >"$T/show"
for id in arxiv:2405.00001 arxiv:2405.00002 doi:10.1000/mended $B doi:10.1000/entry "$(ids 'title:numbered date:2021' | tr -d ' ')" "$own"; do
    run "rm $id" 0 "$CARREL" rm "$id"
    "$CARREL" alert log --json --all >"$T/alerts.now" 2>/dev/null
    lacks "$id: no alert without a paper" alerts.now '"paper":null'
    same "$id is nowhere" "" "$(all | grep -F "\"id\":\"$id\"")"
    lacks "$id: no alert of it" alerts.now "\"paper\":\"$id\""
    sound "without $id"
    run "undo of $id" 0 "$CARREL" undo
    same "$id is as it was" "" "$(all | diff "$T/before" -)"
    sound "with $id again"
done
same "also the sources behind one" "" "$("$CARREL" show --json arxiv:2405.00001 | diff "$T/show" -)"
same "and its alerts" "" "$("$CARREL" alert log --json --all 2>/dev/null | diff "$T/alerts" -)"
run "the text of one" 0 "$CARREL" read "$own"
has "is there again" out "It says what it says"
run "one of two that are one, split" 0 "$CARREL" split $B
"$CARREL" -q undo

# ---- a document of what was removed ----
text() { printf '# %s\nAda Winter\n\narXiv:%s\n\n# 1 Introduction\n%s\n' "$1" "$2" "$3" | LC_ALL=C awk -f "$here/pdf.awk"; }
"$CARREL" -q rm $A
text 'Attention in Small Gardens' 2401.00001 'It says what it says of peonies.' >"$T/late.pdf"
text 'The cost of wooden bridges' 2401.00001 'It says nothing of gardens.' >"$T/bridge.pdf"
run "a file of it is read" 0 "$CARREL" process "$T/late.pdf"
has "into the bin, which is told" out "(of a paper that was removed: 'carrel bin restore file:"
same "it is not found" "" "$(ids --in text peonies)"
sound "with it"
run "one that has a number by mistake" 0 "$CARREL" process "$T/bridge.pdf"
same "is a paper of its own" 1 "$(ids 'title:wooden' | wc -w)"
run "its PDF is not fetched" 3 "$CARREL" process $A
has "but the way back told" err "$A was removed; 'carrel bin restore' brings it back"
"$CARREL" -q rm "$(ids 'title:wooden' | tr -d ' ')"
run "brought back" 0 "$CARREL" bin restore $A
run "its text" 0 "$CARREL" read $A
has "is there" out "of peonies"
sound "with both"
"$CARREL" -q bin empty --yes
all >"$T/before"

# ---- many, by a query ----
run "all of a day" 0 "$CARREL" rm --query 'added:today'
has "are told" err "papers are in the bin; carrel undo brings them back"
same "none is left" "" "$(all)"
sound "empty"
run "in one step" 0 "$CARREL" undo
has "that is told with its papers" err "more papers"
same "all are as they were" "" "$(all | diff "$T/before" -)"
sound "full again"
ids keep | tr ' ' '\n' >"$T/ids"
"$CARREL" search --ids tag:keep 2>/dev/null >"$T/ids"
run "ids from standard input" 0 sh -c '"$CARREL" rm - <"'"$T/ids"'"'
run "restored by name" 0 "$CARREL" bin restore $A doi:10.1000/mended
has "is told" err "2 papers are back"
same "as it was" "" "$(all | diff "$T/before" -)"
"$CARREL" -q undo
run "the names of what is in the bin" 0 "$CARREL" bin list --ids
same "one a line" "$(sort "$T/ids")" "$(sort "$T/out")"
run "names and all" 2 "$CARREL" bin restore --all $A
run "all of them" 0 "$CARREL" bin restore --all
has "come back" err "2 papers are back"
same "as they were" "" "$(all | diff "$T/before" -)"
run "none" 4 "$CARREL" bin restore --all
has "is told" err "the bin is empty"
run "what undo takes back, too" 0 "$CARREL" undo
same "they are gone" "" "$(ids tag:keep)"
run "and redo" 0 "$CARREL" redo
same "whole" "" "$(all | diff "$T/before" -)"
printf '%s\n' '{"title":"A slip of the hand","published":"2020"}' '{"title":"And another","published":"2020"}' >"$T/slip.jsonl"
run "a wrong import" 0 env CARREL_CLOCK=2026-03-02T09:30:05Z "$CARREL" import "$T/slip.jsonl"
has "tells how it is taken out" err "what was added is taken out by: carrel rm --query 'added:2026-03-02T09:30:05.000Z..2026-03-02T09:30:05.000Z'"
same "a minute is the whole of it" 2 "$("$CARREL" search --ids 'added:2026-03-02T09:30' 2>/dev/null | wc -l)"
same "and a second" 2 "$("$CARREL" search --ids 'added:2026-03-02T09:30:05' 2>/dev/null | wc -l)"
same "a millisecond is no more than that" 0 "$("$CARREL" search --ids 'added:2026-03-02T09:30:05.001Z' 2>/dev/null | wc -l)"
same "the minute before has none" 0 "$("$CARREL" search --ids 'added:2026-03-02T09:29' 2>/dev/null | wc -l)"
run "which does that" 0 sh -c "$(sed -n 's/.*by: carrel/"$CARREL"/p' "$T/err")"
has "of these two alone" err "2 papers are in the bin"
same "the rest is as it was" "" "$(all | diff "$T/before" -)"
run "asked for by its number" 0 "$CARREL" search "$("$CARREL" bin --ids --limit 1)"
has "it is told where it is" err "brings it back"
run "a time that nothing came at" 4 "$CARREL" rm --query 'added:2026-03-02T09:30:06Z..2026-03-02T10:00:00Z'
run "a query that finds nothing" 4 "$CARREL" rm --query 'title:zebra'
has "says so" err "no paper is found by 'title:zebra'"
run "both" 2 "$CARREL" rm --query x $A
run "an unknown one" 4 "$CARREL" rm $A arxiv:2412.99999
same "leaves all as it was" "" "$(all | diff "$T/before" -)"
run "what is not in the bin" 4 "$CARREL" bin restore arxiv:2412.99999
has "is told" err "arxiv:2412.99999 is not in the bin; 'carrel bin' lists it"
run "another word" 2 "$CARREL" bin eject

# ---- by hand again; emptied ----
"$CARREL" -q rm $A
run "added by hand" 0 "$CARREL" add $A
has "it is back" err "$A was in the bin, and is back"
same "as it was, too" "" "$(all | diff "$T/before" -)"
"$CARREL" -q rm $A
run "the bin is not emptied by a slip" 2 "$CARREL" bin empty
has "which says what would be" err "3 papers would be gone for good, which nothing takes back: bin empty --yes"
run "emptied" 0 "$CARREL" bin empty --yes
has "is told" err "3 papers are gone for good"
sound "emptied"
run "undo says what it can" 0 "$CARREL" undo
has "and cannot" err "removal of $A; nothing is left of it here: sync, import or add bring it"
run "the removal again" 0 "$CARREL" redo
run "a file that has it" 0 "$CARREL" import tests/fixtures/papers.jsonl
has "does not bring it" err "1 is in the bin"
run "emptied again" 0 "$CARREL" bin empty --yes
run "restored" 0 "$CARREL" bin restore $A
has "nothing is there" err "1 paper: nothing is left of it here; the next sync, import or add that has it brings it"
run "now the file" 0 "$CARREL" import tests/fixtures/papers.jsonl
same "brings it, with what was said of it" "$A " "$(ids 'is:read is:starred tag:keep has:note collection:survey')"
sound "again"

# ---- a backup has it ----
"$CARREL" -q rm $B
run "backup" 0 "$CARREL" backup "$T/copy.carrel"
run "restore" 0 "$CARREL" -L "$T/copy" restore "$T/copy.carrel"
run "the copy's bin" 0 "$CARREL" -L "$T/copy" bin
has "has it" out "Quantum Hedgehogs"
run "from which it comes" 0 "$CARREL" -L "$T/copy" bin restore $B
"$CARREL" -q undo

# ---- between machines ----
all >"$T/before"
mkdir "$T/shared"
exchange() { "$CARREL" -q -L "$1" sync --peer folder; }
L=$CARREL_LIBRARY
for one in "$L" "$T/other"; do "$CARREL" -q -L "$one" import /dev/null >/dev/null 2>&1; "$CARREL" -q -L "$one" peer add folder "$T/shared" 2>/dev/null; done
run "all go" 0 exchange "$L"
run "and come" 0 exchange "$T/other"
same "the same" "" "$("$CARREL" -L "$T/other" export --format jsonl | diff "$T/before" -)"
run "removed there" 0 "$CARREL" -L "$T/other" rm $A $B
run "it goes" 0 exchange "$T/other"
run "and comes here" 0 exchange "$L"
same "they are gone here" "" "$(ids "$A OR $B")"
run "into the bin" 0 "$CARREL" bin
has "both" out "Quantum Hedgehogs"
sound "by sync"
run "brought back here" 0 "$CARREL" bin restore $A $B
run "that goes" 0 exchange "$L"
run "and comes there" 0 exchange "$T/other"
same "all as before" "" "$("$CARREL" -L "$T/other" export --format jsonl | diff "$T/before" -)"
same "here, too" "" "$(all | diff "$T/before" -)"

# ---- undo of what was said of one that another machine has removed ----
"$CARREL" -q tag waiting $A
"$CARREL" -q sync --peer folder
run "the other has it" 0 exchange "$T/other"
run "and removes it" 0 "$CARREL" -q -L "$T/other" rm $A
run "which goes" 0 exchange "$T/other"
run "and comes" 0 exchange "$L"
run "undo" 0 "$CARREL" undo
has "does not claim what it cannot do" err "taken back: nothing, as it was changed elsewhere since and stays (added tag waiting on 'Attention in Small Gardens')"
run "brought back" 0 "$CARREL" bin restore $A
same "the paper has the tag" "$A " "$(ids tag:waiting)"
"$CARREL" -q untag waiting $A

# ---- a part of one that is merged here alone ----
C=doi:10.1000/mended
"$CARREL" -q merge $A $C
all >"$T/before"
run "that is removed there" 0 "$CARREL" -L "$T/other" rm $C
run "goes" 0 exchange "$T/other"
run "and goes here" 0 exchange "$L"
same "without the rest" "$A " "$(ids "$A OR $C")"
run "the bin" 0 "$CARREL" bin
has "calls it what it is called" out 'A titel to mend'
lacks "and not as what is here" out "$A"
sound "without the part"
run "then the rest goes" 0 "$CARREL" rm $A
run "one" 0 "$CARREL" bin restore $A
same "comes back without the other" "$A " "$(ids "$A OR $C")"
run "and the other" 0 "$CARREL" bin restore $C
same "to it" "" "$(all | diff "$T/before" -)"
sound "of two again"
"$CARREL" -q split $A

# ---- a library that was updated, and had kept what a newer carrel said of removals ----
old=$T/old
"$CARREL" -q -L "$old" import tests/fixtures/papers.jsonl >/dev/null 2>&1
"$CARREL" -q -L "$old" peer add folder "$T/shared" 2>/dev/null
exchange "$old"
"$CARREL" -q -L "$old" bin restore --all 2>/dev/null
run "a paper is here" 0 "$CARREL" -L "$old" show $B
sqlite3 "$old/library.db" "UPDATE meta SET value = replace(value, ' gone', '') WHERE key = 'kinds';
    DELETE FROM op WHERE kind = 'gone';
    INSERT INTO op(stamp, machine, kind, item, field, value, past)
    SELECT max(stamp) + 1, machine, 'gone', '$B', '', '1', '' FROM op;
    DROP TABLE generation; DROP INDEX work_text_venue; DROP TABLE bin; DROP TABLE bin_work; DROP TABLE bin_name; DROP INDEX op_gone;
    ALTER TABLE harvest_run DROP COLUMN binned; DELETE FROM meta WHERE key IN ('record_top', 'work_top');
    PRAGMA user_version = 34"
run "updated, it is sound" 0 "$CARREL" -L "$old" doctor
run "and the paper" 4 "$CARREL" -L "$old" show $B
has "is removed" err "$B was removed; 'carrel bin restore' brings it back"
run "as it was said" 0 "$CARREL" -L "$old" bin restore $B
run "sound again" 0 "$CARREL" -L "$old" doctor

# ---- killed in the middle ----
i=0
while [ $i -lt 2000 ]; do
    echo "{\"id\":\"arxiv:2301.$(printf %05d $((i + 100)))\",\"title\":\"Paper number $i of many\",\"abstract\":\"One $i, two $((i * 7)).\",\"authors\":[\"Author $((i % 97))\"],\"published\":\"2023-01-02\"}"
    i=$((i + 1))
done | "$CARREL" -q import -
pending() { sqlite3 "$CARREL_LIBRARY/library.db" 'SELECT count(*) FROM segment_pending'; }
found() { "$CARREL" -q search --ids --limit 300 "$@"; }
words=$(found 'number OR 777') writer=$(found 'Author 7')
run "2,000 papers" 0 "$CARREL" rm --query 'title:"of many"'
same "are gone from the ranked index, too" 0 "$(pending)"
same "and found nowhere" "" "$(found 'many')"
"$CARREL" -q undo
same "with undo they are in it again" 0 "$(pending)"
same "found as before" "$words" "$(found 'number OR 777')"
sqlite3 "$CARREL_LIBRARY/library.db" 'INSERT INTO segment_pending SELECT id, 0 FROM work'
same "so they are while the index speaks for none" "$words" "$(found 'number OR 777')"
same "by an author's name, too" "$writer" "$(found 'Author 7')"
sqlite3 "$CARREL_LIBRARY/library.db" 'DELETE FROM segment_pending WHERE work_id % 100'
same "and for some not" "$words" "$(found 'number OR 777')"
sqlite3 "$CARREL_LIBRARY/library.db" 'DELETE FROM segment_pending'
before=$(all | wc -l) round=0 torn=0
while [ $round -lt 8 ]; do
    "$CARREL" rm --query 'title:"of many"' >/dev/null 2>&1 &
    pid=$!
    sleep "0.$((round * 2 + 1))"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    now=$(all | wc -l)
    [ "$now" -eq "$before" ] || [ "$now" -eq $((before - 2000)) ] || torn=1
    "$CARREL" doctor >"$T/out" 2>&1 || torn=1
    [ "$now" -eq "$before" ] || "$CARREL" -q undo
    round=$((round + 1))
done
same "all or nothing, whenever it is killed" 0 $torn
same "and all are back" "$before" "$(all | wc -l)"
finish
