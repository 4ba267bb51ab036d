# The reader's state: marks, stars, tags, notes, undo, merge and split; unknown ids change nothing.
. "$(dirname "$0")/lib.sh"
"$CARREL" import tests/fixtures/papers.jsonl >/dev/null 2>&1
A=arxiv:2401.00001 B=arxiv:2402.00002
ids() { "$CARREL" -q search --ids "$@" 2>/dev/null | sort | tr '\n' ' '; }

run "mark read" 0 "$CARREL" mark read $A $B
same "both are" "$A $B " "$(ids is:read)"
run "star" 0 "$CARREL" mark star https://arxiv.org/abs/2401.00001
same "one is" "$A " "$(ids is:starred)"
run "undo the star" 0 "$CARREL" undo
same "none is" "" "$(ids is:starred)"
run "undo both marks at once" 0 "$CARREL" undo
same "none is read" "" "$(ids is:read)"
run "nothing left to undo" 1 "$CARREL" undo
run "both marks again" 0 "$CARREL" redo
same "both are read" "$A $B " "$(ids is:read)"
run "the history" 0 "$CARREL" undo --list
has "names the step" out "'Attention in Small Gardens' marked read and 1 more  (again)"
lacks "and no ids" out $A
run "one step of many taken back" 0 "$CARREL" undo 5
run "and as data" 0 "$CARREL" undo --list --limit 1 --json
has "it is undone" out '"undone":true,"redo":true'
has "with all its ids" out "\"changes\":2,\"ids\":[\"$A\",\"$B\"]"
run "unknown id" 4 "$CARREL" mark read $A arxiv:2412.99999
same "leaves the known one alone" "" "$(ids is:read)"
run "no id" 4 "$CARREL" mark read nonsense
run "wrong state" 2 "$CARREL" mark finished $A
run "nothing named" 2 "$CARREL" mark

run "tag" 0 "$CARREL" tag toread $A $B
same "is found" "$A $B " "$(ids tag:toread)"
run "untag" 0 "$CARREL" untag toread $A
same "one less" "$B " "$(ids tag:toread)"
run "a tag that cannot be typed" 2 "$CARREL" tag 'two words' $A
printf '%s\n' "$A" "$B" | "$CARREL" -q tag piped - 2>"$T/err"
same "ids from standard input" "$A $B " "$(ids tag:piped)"

run "note" 0 "$CARREL" note $A 'read the second page again'
same "is found" "$A " "$(ids has:note)"
run "show has it" 0 "$CARREL" show $A
has "the note" out "read the second page again"
printf '#!/bin/sh\necho edited >"$1"\n' >"$T/editor" && chmod +x "$T/editor"
run "note by editor" 0 env EDITOR="$T/editor" VISUAL= "$CARREL" note $A
has "says that it replaced one" err "replaced"
run "a broken editor changes nothing" 1 env EDITOR=false "$CARREL" note $A

# Somebody else writes while the editor is open: nothing of either is lost.
note() { sqlite3 "$CARREL_LIBRARY/library.db" "SELECT body FROM note"; }
meanwhile() { printf '#!/bin/sh\n"%s" -q note %s "$MEANWHILE"\n%s\n' "$CARREL" $A "$1" >"$T/editor"; }
editing() { # NAME NOTE MEANWHILE
    "$CARREL" -q note $A "$2"
    run "$1" 0 env MEANWHILE="$3" EDITOR="$T/editor" VISUAL= "$CARREL" note $A
}
meanwhile 'echo "from the editor" >"$1"'
editing "a note that changes while the editor is open" before "from the shell"
has "is told" err "$A: the note was changed meanwhile; both texts are in it"
same "both texts are there" "from the shell||-- also written on||from the editor" "$(note | sed 's/^\(-- also written on\).*/\1/' | paste -sd '|')"
run "undo" 0 "$CARREL" undo
same "leaves the other's" "from the shell" "$(note)"
meanwhile 'printf "\\nand below\\n" >>"$1"'
editing "lines below what both have" "common
lines" "common
lines
of the shell"
same "stand there once" "common|lines|of the shell||-- also written on||and below" "$(note | sed 's/^\(-- also written on\).*/\1/' | paste -sd '|')"
editing "one goes on from the other" "common
lines" "common"
has "which is told" err "of both texts the longer one, which has the other in it, stands"
same "and is the note" "common|lines|and below" "$(note | paste -sd '|')"
meanwhile :
editing "an editor that is left as it was" before "from the shell"
has "tells what happened" err "changed meanwhile, and stays as it is now"
same "leaves the other's text" "from the shell" "$(note)"
meanwhile ': >"$1"'
editing "a note that is deleted there" before "from the shell"
same "stays as it was not seen" "from the shell" "$(note)"
printf '#!/bin/sh\nprintf "kept\\0not lost" >"$1"\n' >"$T/editor"
run "a NUL byte" 2 env EDITOR="$T/editor" VISUAL= "$CARREL" note $A
has "loses nothing" err "a NUL byte ends the text before its end"
same "as its file stays" 1 "$(grep -c "not lost" "$(sed -n 's/.*what you wrote is in \([^:]*\):.*/\1/p' "$T/err")")"
printf '#!/bin/sh\nrm "$1"\n' >"$T/editor"
run "an editor that takes the file away" 1 env EDITOR="$T/editor" VISUAL= "$CARREL" note $A
lacks "has left nothing" err "what you wrote"
meanwhile 'echo "from the editor" >"$1"'
editing "a note that is deleted meanwhile" before ""
has "is told" err "deleted meanwhile; yours stands there again"
same "is there again" "from the editor" "$(note)"

# What was written and cannot be saved stays in its file.
kept() { sed -n 's/.*what you wrote is in \([^ :]*\):.*/\1/p' "$T/err"; }
printf '#!/bin/sh\necho precious >"$1"\nsqlite3 "%s/library.db" "CREATE TRIGGER refuse BEFORE INSERT ON op BEGIN SELECT RAISE(ABORT, %s); END"\n' "$CARREL_LIBRARY" "'the disk is on fire'" >"$T/editor"
run "a note that cannot be saved" 1 env EDITOR="$T/editor" VISUAL= "$CARREL" note $A
sqlite3 "$CARREL_LIBRARY/library.db" "DROP TRIGGER refuse"
has "says why" err "the disk is on fire"
same "and where it is" precious "$(cat "$(kept)")"
rm -f "$(kept)"
printf '#!/bin/sh\nhead -c 1100000 /dev/zero | tr "\\0" x >"$1"\n' >"$T/editor"
run "a note that is too large" 1 env EDITOR="$T/editor" VISUAL= "$CARREL" note $A
same "stays, too" 1100000 "$(wc -c <"$(kept)")"
rm -f "$(kept)"
printf '#!/bin/sh\necho precious >"$1"\nexit 1\n' >"$T/editor"
run "an editor that fails" 1 env EDITOR="$T/editor" VISUAL= "$CARREL" note $A
same "has written, too" precious "$(cat "$(kept)")"
rm -f "$(kept)"
run "nothing written" 1 env EDITOR=false VISUAL= "$CARREL" note $A
lacks "nothing kept" err "what you wrote"
if [ "$(id -u)" -eq 0 ]; then nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'; else nobody=; fi
mkdir "$T/shut"
cp "$CARREL_LIBRARY/library.db" "$T/shut/"
chmod 444 "$T/shut/library.db"
chmod 555 "$T/shut"
chmod 711 "$T"
printf '#!/bin/sh\ntouch "%s/opened"\n' "$T" >"$T/editor"
if $nobody "$CARREL" --version >"$T/out" 2>&1; then
    run "a library that may not be written" 1 $nobody env EDITOR="$T/editor" VISUAL= "$CARREL" -L "$T/shut" note $A
    has "is told" err "open for reading only"
    run "of an edit, too" 1 $nobody env EDITOR="$T/editor" VISUAL= "$CARREL" -L "$T/shut" edit $A
    same "before the editor opens" no "$([ -e "$T/opened" ] && echo yes || echo no)"
fi
chmod 755 "$T/shut"
rm -rf "$T/shut"
run "empty note deletes" 0 "$CARREL" note $A ''
same "it is gone" "" "$(ids has:note)"

run "no terminal, no editor" 2 env EDITOR= VISUAL= "$CARREL" note $A
has "says what to do" err "give the TEXT"

run "untag what is not there" 0 "$CARREL" untag nosuch $A
has "says so" err "no paper here has the tag nosuch"
run "a tag of two words" 2 "$CARREL" tag to read $A
has "is told as that" err "'read' is no paper's id, and a tag has no blanks: to-read"
run "a tag of three" 2 "$CARREL" tag Thesis Chapter 2 $A
has "is told whole" err "'Chapter' is no paper's id, and a tag has no blanks: Thesis-Chapter-2"
run "mark twice" 0 "$CARREL" mark read $A $A
run "mark again" 0 "$CARREL" mark read $A
has "tells that it was so" err "1 paper was read already"
run "no star to take off" 0 "$CARREL" mark unstar $A
has "is told, too" err "1 paper had no star"
run "query of a query" 0 "$CARREL" query add base 'is:read'
run "made of another" 0 "$CARREL" query add top 'query:base tag:x'
run "the lower one stays" 2 "$CARREL" query rm base
has "and why" err "uses query:base"
run "a query with a phrase" 0 "$CARREL" query add phrase '"quiet  rooms"' -lamps
same "keeps the quotes that the shell has left" '"query":"\"quiet  rooms\" -lamps",' "$("$CARREL" query list --json | grep -o '"query":"[^}]*lamps",')"
"$CARREL" -q query rm phrase
run "replace a query" 0 "$CARREL" query add top 'query:base'
has "tells the old one" err "replaced 'query:base tag:x'"
run "surplus arguments undo nothing" 2 "$CARREL" undo everything
run "marks travel" 0 "$CARREL" export --format jsonl -o "$T/marks.jsonl"
"$CARREL" -q -L "$T/other" import "$T/marks.jsonl" >"$T/out"
run "in another library" 0 "$CARREL" -L "$T/other" search --ids is:read
has "they are there" out $A
"$CARREL" -q query rm top && "$CARREL" -q query rm base && "$CARREL" -q mark unread $A

run "a title by hand" 0 "$CARREL" edit $A title='By Hand' authors='C. D; E F' date=1999
has "tells the fields" err "$A: title, authors, date changed"
same "is found" "$A " "$(ids 'title:hand author:d date:1999')"
run "a source that speaks again" 0 "$CARREL" import tests/fixtures/papers.jsonl
same "does not undo it" "$A " "$(ids title:hand)"
run "a form" 0 sh -c "printf 'venue: Journal\n  of Gardens\n# no field\n' | \"\$0\" edit $A -" "$CARREL"
run "show" 0 "$CARREL" show $A
has "has the venue" out "Journal of Gardens"
has "and whose word it is" out "hand 2026-03-01"
printf '#!/bin/sh\nsed -i "s/^title:.*/title: From the Editor/" "$1"\n' >"$T/editor"
run "the form in an editor" 0 env EDITOR="$T/editor" VISUAL= "$CARREL" edit $A
same "what was changed there" "$A " "$(ids title:editor)"
printf '#!/bin/sh\ncp "$1" "%s/form"; sed -i "s/^date:.*/date: never/" "$1"\n' "$T" >"$T/editor"
run "a fault in the form" 2 env EDITOR="$T/editor" VISUAL= "$CARREL" edit $A
has "what nobody says stands apart" form "# Nobody says these; write behind the colon:"
same "without a value" "doi:" "$(grep '^doi:' "$T/form")"
has "is told above it" form "# ERROR: date: 'never' is no date"
has "and at the end" err "date: 'never' is no date"
# 23 bytes: what is read of it fills the memory that it has, so one step too far is seen by a sanitizer
rm -f "$(kept)"
printf '#!/bin/sh\n"%s" -q edit %s title="Of the Shell" venue="Elsewhere"\nsed -i "s/^title:.*/title: Of the Editor/" "$1"\n' "$CARREL" $A >"$T/editor"
run "fields that change while the form is open" 0 env EDITOR="$T/editor" VISUAL= "$CARREL" edit $A
has "are told, where the form's stands" err "changed meanwhile: title; yours stands, 'undo' brings the other back"
run "show" 0 "$CARREL" show $A
has "the form's" out "Of the Editor"
has "and of the others the new one" out "Elsewhere"
run "undo" 0 "$CARREL" undo
run "show" 0 "$CARREL" show $A
has "the other's is back" out "Of the Shell"
run "undo that, too" 0 "$CARREL" undo
run "a line without a colon" 2 sh -c "printf aaaaaaaaaaaaaaaaaaaaaaa | \"\$0\" edit $A -" "$CARREL"
has "says which" err "line 1: 'aaaaaaaaaaaaaaaaaaaaaaa' is no field"
printf '%s\n' '{"id":"arxiv:2405.00005","title":"Two parts","abstract":"One.\n\nAnother: of two.","authors":["A B"]}' >"$T/parts.jsonl"
"$CARREL" -q import "$T/parts.jsonl" >/dev/null
run "a form that is left as it is" 0 env EDITOR=true VISUAL= "$CARREL" edit arxiv:2405.00005
has "changes nothing" err "arxiv:2405.00005 is as it was"
run "another paper's number" 2 "$CARREL" edit $A date=1961 doi=10.1145/1234567.1234568
has "names both" err "doi:10.1145/1234567.1234568 is 'Quantum Hedgehogs', and this is 'From the Editor'"
has "and how to insist" err "'carrel merge $A doi:10.1145/1234567.1234568' says so"
same "joins nothing" "$B " "$(ids doi:10.1145/1234567.1234568)"
same "and changes nothing else" "" "$(ids date:1961)"
run "in a form" 2 sh -c "printf 'arxiv: 2402.00002\n' | \"\$0\" edit $A -" "$CARREL"
run "one of the same title" 0 "$CARREL" edit $A title='Quantum hedgehogs: a survey' doi=10.1145/1234567.1234568
has "is joined" err "it is one with $B 'Quantum Hedgehogs' now"
run "undone" 0 "$CARREL" undo
run "no such field" 2 "$CARREL" edit $A titel=x
has "tells which there are" err "fields are title, authors, date, venue, doi, arxiv, abstract"
run "undo of the editor" 0 "$CARREL" undo --past-imports
run "undo of the form" 0 "$CARREL" undo --past-imports
run "undo of the title" 0 "$CARREL" undo --past-imports
has "says so" err "edit of 'By Hand'"
same "nothing is left of it" "" "$(ids title:hand)"
same "the source speaks" "$A " "$(ids title:gardens)"

run "star and note the second" 0 "$CARREL" mark star $B
run "what an error repeats" 4 "$CARREL" show "$(printf 'x\033[31my')"
lacks "has no escapes" err "$(printf '\033')"
run "a hash cut short" 4 "$CARREL" show file:abcd
run "a title for an id" 4 "$CARREL" show Gardens
has "says what to do" err "search finds papers by their words"
run "merge" 0 "$CARREL" merge $A $B
same "both names lead to one" "$A " "$(ids "$B")"
run "merge with itself" 2 "$CARREL" merge $A $B
run "split" 0 "$CARREL" split $A
same "two again" "$B " "$(ids "$B")"
same "the star is where it was" "$B " "$(ids is:starred)"
run "undo the split" 0 "$CARREL" undo
same "one again" "$A " "$(ids "$B")"
run "undo the merge" 0 "$CARREL" undo
same "two again" "$B " "$(ids "$B")"
run "undo goes on behind them" 0 "$CARREL" undo
has "to the star" err "star of 'Quantum Hedgehogs'"
run "nothing to split" 4 "$CARREL" split $A
run "doctor" 0 "$CARREL" doctor
lacks "is content" out "BAD"

# The order of saved queries, which is that of the sidebar; it travels and is undone.
order() { "$CARREL" -L "$1" query list --json | grep -o '"name":"[^"]*"' | cut -d'"' -f4 | xargs; }
L="$T/ordered"
for library in "$L" "$T/other"; do echo '{"id":"arxiv:2401.00001","title":"One"}' | "$CARREL" -q -L "$library" import - 2>/dev/null; done
for q in a b c d; do "$CARREL" -q -L "$L" query add $q "word$q"; done
run "the last one to the front" 0 "$CARREL" -L "$L" query move d 1
has "where it stands is told" err "d stands at 1"
same "it is" "d a b c" "$(order "$L")"
run "one further down" 0 "$CARREL" -L "$L" query move d +1
run "and beyond the end" 0 "$CARREL" -L "$L" query move a 99
same "both" "d b c a" "$(order "$L")"
run "where it is already" 0 "$CARREL" -L "$L" query move a 4
"$CARREL" -q -L "$L" query add e worde
same "a new one comes behind them" "d b c a e" "$(order "$L")"
run "up" 0 "$CARREL" -L "$L" query move e -2
same "by two" "d b e c a" "$(order "$L")"
run "taken back" 0 "$CARREL" -L "$L" undo
has "as one step" err "taken back: the order of saved queries"
same "as it was" "d b c a e" "$(order "$L")"
run "done again" 0 "$CARREL" -L "$L" redo
same "it is again" "d b e c a" "$(order "$L")"
run "a query that is none" 4 "$CARREL" -L "$L" query move z 1
run "a place that is none" 2 "$CARREL" -L "$L" query move a first
has "is told" err "'first' is no place"
mkdir "$T/shared"
exchange() { "$CARREL" -q -L "$1" sync --peer folder; }
run "a folder between two machines" 0 "$CARREL" -L "$L" peer add folder "$T/shared"
run "one writes" 0 exchange "$L"
run "the other reads" 0 exchange "$T/other"
same "in the same order" "d b e c a" "$(order "$T/other")"
run "moved there" 0 "$CARREL" -L "$T/other" query move a 1
run "it goes" 0 exchange "$T/other"
run "and comes" 0 exchange "$L"
same "back" "$(order "$T/other")" "$(order "$L")"
# Who looks for other words is told rm.
for word in delete remove; do
    run "$word" 2 "$CARREL" $word arxiv:2401.00001
    has "says what to do" err "no command '$word': rm takes papers out of the library, into the bin"
done
run "so does help" 2 "$CARREL" help delete
has "with the way back" err "bin restore"
run "the desk" 0 "$CARREL" dump library --keys ':delete<CR>' --size 240x24
has "does so, too" out "rm takes papers out of the library"
run "and its help" 0 "$CARREL" dump library --keys ':help delete<CR>' --size 240x24
has "in the same words" out "rm takes papers out of the library"
run "what is near to nothing" 2 "$CARREL" foo
has "is not called something else" err "no command 'foo'; see: carrel help"
run "a priority beyond the last" 2 "$CARREL" priority 12 arxiv:2401.00001
has "is refused" err "which priority? 0 to 9"
# What undo takes back of a saved query says which way it was.
"$CARREL" -q query add felines cats && "$CARREL" -q query add felines "cats dogs" && "$CARREL" -q query rm felines
run "the removal of a saved query" 0 "$CARREL" undo
has "is told as one" err "taken back: removal of saved query felines"
run "its change" 0 "$CARREL" undo
has "as one" err "taken back: change of saved query felines"
run "and its beginning" 0 "$CARREL" undo
has "by its name" err "taken back: saved query felines"
# Names of tags, collections and saved queries are one word, and the line says which.
"$CARREL" -q collect plain arxiv:2401.00001
"$CARREL" -q query add plain cats
for command in 'tag "My list" arxiv:2401.00001' 'collect "My list" arxiv:2401.00001' 'collect My list arxiv:2401.00001' \
    'query add "My list" cats' 'query rename plain "My list"' 'collection rename plain "My list"'; do
    run "$command" 2 sh -c "\"$CARREL\" $command"
    has "tells what to write" err "My-list"
    has "and why" err "no blanks"
done
finish
