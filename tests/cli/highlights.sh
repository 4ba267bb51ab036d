# Highlights: made at the desk, kept as quotes that are found again, listed as text and data, undone, merged, backed up.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
cat >"$T/known.jsonl" <<'END'
{"id":"arxiv:2401.11111","title":"Copper lanterns for quiet reading rooms","authors":["Ada Winter"],"published":"2024-01-20"}
{"id":"arxiv:1901.22222","title":"On the endurance of oak desks","authors":["Cora Elm"],"published":"2019-01-07"}
END
run "two papers" 0 "$CARREL" import "$T/known.jsonl"
{
    printf '# Copper lanterns for quiet reading rooms\nAda Winter\n\narXiv:2401.11111v2\n\n# 1 Introduction\n'
    printf 'Lamps tire the eye of whoever reads at night. We measured forty readers in\nquiet rooms. Nobody was harmed by it.\n\n'
    printf '\\f\n# 2 Method\nThe flux capacitor of each lantern hums at forty hertz. Oak desks do not mind.\n'
} | LC_ALL=C awk -f "$here/pdf.awk" >"$T/lanterns.pdf"
run "a document" 0 "$CARREL" process "$T/lanterns.pdf"
run "nothing yet" 0 "$CARREL" highlights
has "says how" err "v selects and H highlights"
same "as data" '{"version":1,"items":[]}' "$("$CARREL" highlights --json)"
run "nothing into a file" 4 "$CARREL" highlights -o "$T/nothing.md"
has "is said" err "nothing is highlighted, so $T/nothing.md was not written"
run "and not written" 1 test -e "$T/nothing.md"
desk() { "$CARREL" dump reader 2401.11111 --keys "$1" --json >"$T/out" 2>"$T/err" || bad "keys $1" "$(cat "$T/err")"; }
rows() { "$CARREL" highlights --json ${2:+"$2"} >"$T/rows" && sqlite3 :memory: "SELECT $1 FROM json_each(CAST(readfile('$T/rows') AS TEXT), '\$.items')"; }
q="json_extract(value, '\$.quote')"
desk 'gg]jv)H'
has "is said" out "highlighted; u takes it back"
same "two sentences" "Lamps tire the eye of whoever reads at night. We measured forty readers in quiet rooms." "$(rows "$q")"
same "where they are" "same 1 arxiv:2401.11111" "$(rows "json_extract(value, '\$.state') || ' ' || json_extract(value, '\$.page') || ' ' || json_extract(value, '\$.paper')")"
desk ':2<CR>jvaAsk the "makers" about it<CR>'
has "with a note" out "highlighted"
same "a sentence of page 2" "The flux capacitor of each lantern hums at forty hertz." "$(rows "$q" | tail -n 1)"
run "as text" 0 "$CARREL" highlights arxiv:2401.11111
has "by paper" out "arxiv:2401.11111  Copper lanterns for quiet reading rooms"
has "with page" out "  p. 2    “The flux capacitor"
has "and note" out 'Ask the "makers" about it'

# Of all papers: as Markdown, narrowed down, at the desk; notes and removals by command.
run "as Markdown" 0 "$CARREL" highlights --format md
has "a heading" out "## Copper lanterns for quiet reading rooms"
has "a quotation" out "> The flux capacitor of each lantern hums at forty hertz. (p. 2)"
run "into a file" 0 "$CARREL" highlights --format md -o "$T/quotes.md"
has "says so" err "2 highlights in $T/quotes.md"
run "once more, as data" 0 "$CARREL" highlights --json -o "$T/quotes.md"
run "and again" 0 "$CARREL" highlights --format md -o "$T/quotes.md"
cp "$T/quotes.md" "$T/before"
for format in md json; do
    run "of nothing, as $format" 4 "$CARREL" highlights --format $format --find nosuchword -o "$T/quotes.md"
    has "that is said" err "nothing like that is highlighted, so $T/quotes.md was not written"
    same "and nothing printed" "" "$(cat "$T/out")"
    run "the file stands" 0 cmp "$T/before" "$T/quotes.md"
done
echo "a thought" >>"$T/quotes.md"
cp "$T/quotes.md" "$T/before"
run "over what somebody has added" 1 "$CARREL" highlights --format md -o "$T/quotes.md"
has "is refused" err "highlights --force replaces it"
run "and it stands" 0 cmp "$T/before" "$T/quotes.md"
run "by force" 0 "$CARREL" highlights --force --format md -o "$T/quotes.md"
run "of some papers" 0 "$CARREL" highlights --query 'title:oak'
has "none" err "nothing like that"
run "with some words" 0 "$CARREL" highlights --find capacitor --format json
lacks "no other" out "Lamps tire"
run "a format that is none" 2 "$CARREL" highlights --format pdf
uid=$("$CARREL" highlights --json --find capacitor | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
run "a note by command" 0 "$CARREL" highlights note "$uid" "by command"
run "it is there" 0 "$CARREL" highlights --find "by command"
has "with the quote" out "flux capacitor"
run "a removal by command" 0 "$CARREL" highlights rm "$uid"
run "it is gone" 0 "$CARREL" highlights --find capacitor
has "indeed" err "nothing like that"
run "undone" 0 "$CARREL" undo 2
run "done again" 0 "$CARREL" redo
has "the note, too" err "done again: note of a highlight"
"$CARREL" -q undo
view() { "$CARREL" dump highlights --keys "$1" --json >"$T/out" 2>"$T/err" || bad "keys $1" "$(cat "$T/err")"; }
view '/capaci<CR>'
has "found as one types" out '"quote":"The flux capacitor'
lacks "and no other" out "Lamps tire"
view '/capaci<CR><Esc>'
has "Esc shows all again" out "Lamps tire"
view '/capaci<CR>j<CR>'
has "Enter opens the Reader" out '"view":"reader"'
has "on that page" out '"page":2'
view '/capaci<CR>eagain<CR>'
has "a note at the desk" out '"note":"Ask the'
view 'u'

run "of another paper" 0 "$CARREL" highlights 1901.22222 --json
has "none" out '"items":[]'
run "of no paper" 4 "$CARREL" highlights arxiv:9999.99999
run "of two" 2 "$CARREL" highlights 1901.22222 2401.11111

run "undo" 0 "$CARREL" undo
has "says what" err "highlight in 'Copper lanterns for quiet reading rooms'"
same "one is left" 1 "$(rows 1 | wc -l)"
desk 'gg]jX'
has "removed" out "the highlight is removed"
same "none is left" 0 "$(rows 1 | wc -l)"
run "undone" 0 "$CARREL" undo
has "says so" err "removal of a highlight"
same "it is back" 1 "$(rows 1 | wc -l)"
desk 'gg]jeA second thought<CR>'
same "its note" "A second thought" "$(rows "json_extract(value, '\$.note')")"
desk 'gg]jeA third one, at length<Esc>'
has "Esc writes nothing and says so" out "the note is not written: Enter does that; e, then Up"
same "the note is as it was" "A second thought" "$(rows "json_extract(value, '\$.note')")"
desk 'gg]je<Esc>'
lacks "nothing typed, nothing said" out "is not written"
desk 'gg]je and a third one<Esc>e<Up><CR>'
same "what was typed comes back" "A second thought and a third one" "$(rows "json_extract(value, '\$.note')")"
run "undone" 0 "$CARREL" undo
run "undone, too" 0 "$CARREL" undo
same "no note" "" "$(rows "json_extract(value, '\$.note')")"
same "in the change log" 17 "$(sqlite3 "$CARREL_LIBRARY/library.db" "SELECT count(*) FROM change_log WHERE kind = 'highlight'")"

# Read anew: the same words elsewhere, nearly the same words, none of them.
db() { sqlite3 "$CARREL_LIBRARY/library.db" "$1"; }
state() { rows "json_extract(value, '\$.state')"; }
run "read again" 0 "$CARREL" process --again "$T/lanterns.pdf"
same "it is where it was" same "$(state)"
db "UPDATE highlight SET start = start + 40, stop = stop + 40"
same "moved" moved "$(state)"
db "UPDATE highlight SET quote = replace(quote, 'whoever reads at', 'who-ever reads  a')"
same "a little otherwise" near "$(state)"
run "says so" 0 "$CARREL" highlights
has "in words" out "(it reads a little otherwise now)"
desk 'gg]j'
has "the Reader shows it" out '"state":"near"'
db "UPDATE highlight SET quote = 'Words that nobody has ever written into this paper at all'"
same "lost" lost "$(state)"
run "but told" 0 "$CARREL" highlights
has "as such" out "(these words are not there any more)"
desk 'gh<CR>'
has "in the list, too" out "its words are no longer in this document"
db "UPDATE highlight SET quote = 'Oak desks do not mind.', stop = start + 22"

# The next version of the paper is another document, with other words before.
{
    printf '# Copper lanterns for quiet reading rooms\nAda Winter\n\narXiv:2401.11111v3\n\n# 1 Introduction\n'
    printf 'This version has a new beginning, and it is longer than the one before.\n\n'
    printf '\\f\n# 2 Method\nThe flux capacitor of each lantern hums at forty hertz. Oak desks do not mind.\n'
} | LC_ALL=C awk -f "$here/pdf.awk" >"$T/third.pdf"
run "another version" 0 "$CARREL" process "$T/third.pdf"
run "opened" 0 "$CARREL" dump reader 2401.11111 --json
has "is that one" out "This version has a new beginning"
has "with the highlight" out '"state":"moved","quote":"Oak desks do not mind."'

run "merged" 0 "$CARREL" merge 1901.22222 2401.11111
same "they go along" 1 "$(rows 1 1901.22222 | wc -l)"
run "split" 0 "$CARREL" split 1901.22222
same "and come back" 1 "$(rows 1 2401.11111 | wc -l)"
run "a backup" 0 "$CARREL" backup "$T/backup"
run "comes back" 0 "$CARREL" -L "$T/other" restore "$T/backup"
same "with them" "$("$CARREL" highlights --json)" "$("$CARREL" -L "$T/other" highlights --json)"
run "the doctor" 0 "$CARREL" doctor
has "has looked at them" out "highlights"
db "UPDATE highlight SET document = '0123456789abcdef'"
run "of a document that is gone" 0 "$CARREL" highlights
has "are told" out "file:0123456789abcdef  a document that is not here"
run "which the doctor says" 0 "$CARREL" doctor
has "too" out "1 of documents that are not here"
db "UPDATE highlight SET stop = start - 1"
run "one that is none" 1 "$CARREL" doctor
has "is seen" out "highlights without a place"
finish
