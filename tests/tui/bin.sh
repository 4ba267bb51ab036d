# Papers go into the bin at the desk, by keys and by commands, and come back.
. "$(dirname "$0")/lib.sh"
ids() { "$CARREL" -q search --ids "$@" 2>/dev/null | sort | tr '\n' ' '; }
at_cursor() { python3 -c 'import json,sys; d = json.load(sys.stdin); print(d["items"][d["cursor"]]["id"])' <"$T/out"; }
screen bin-none bin
screen bin-removed library --keys 'jX'
same "it is removed" "" "$(ids arxiv:2402.00002)"
screen bin bin
screen bin-narrow bin --size 60x12 --ascii
run "as data" 0 "$CARREL" dump library --keys 'gb' --json
has "with its title" out '"view":"bin","total":1,"cursor":0,"items":[{"id":"arxiv:2402.00002","title":"Quantum Hedgehogs","removed":"2026-03-01T12:00:00Z"}]'
run "brought back" 0 "$CARREL" dump bin --keys 'r' --json
has "the bin is empty" out '"total":0'
same "it is there" "arxiv:2402.00002 " "$(ids arxiv:2402.00002)"
run "u removes it again" 0 "$CARREL" dump bin --keys 'u' --json
has "which is seen" out '"total":1'
run "Enter, too" 0 "$CARREL" dump bin --keys '<CR>'
has "is told" out "'Quantum Hedgehogs' is back"
run "the marked ones" 0 "$CARREL" dump library --keys ' jjX'
has "are told" out "is in the bin; u brings it back"
run "undo" 0 "$CARREL" dump library --keys 'u'
has "by title" out "taken back: removal of '"
run "several" 0 "$CARREL" dump library --keys 'Vj:remove<CR>'
has "at once" out "2 papers are in the bin; u brings them back"
run "are one step" 0 "$CARREL" dump library --keys 'u' --json
same "all are back" 5 "$("$CARREL" search --ids '' 2>/dev/null | wc -l)"
run "a paper from inside" 0 "$CARREL" dump library --keys '<CR>X' --json
has "leads back to the list" out '"view":"library"'
"$CARREL" -q undo
run "by a query" 0 "$CARREL" dump library --keys ':rm --query title:hedgehogs<CR>'
has "that alone" out "'Quantum Hedgehogs' is in the bin; u brings it back"
"$CARREL" -q undo
run "u behind X" 0 "$CARREL" dump library --keys 'jXu' --json
same "leaves the cursor on what came back" "$("$CARREL" dump library --keys j --json | sed 's/"message":"[^"]*",//')" "$(sed 's/"message":"[^"]*",//' "$T/out")"
run "behind the last one" 0 "$CARREL" dump library --keys 'GXu' --json
has "too" out '"cursor":4'
run "and behind several" 0 "$CARREL" dump library --keys 'jVjXu' --json
has "where it was" out '"cursor":2'

# Marked rows of the room come back together.
"$CARREL" -q rm --query 'title:*'
run "two are marked" 0 "$CARREL" dump bin --keys '<Space><Space>' --json
has "and counted" out '"total":5,"cursor":2,"marked":2'
run "the marked ones come back" 0 "$CARREL" dump bin --keys '<Space><Space>r' --json
has "both, and no other" out '"total":3,"cursor":2,"items"'
run "a range" 0 "$CARREL" dump bin --keys 'Vjr' --json
has "comes back" out '"total":1,"cursor":0,"items"'
run "one step each" 0 "$CARREL" dump bin --keys 'uu' --json
has "are in the bin again" out '"total":5'
run "by words of a title" 0 "$CARREL" dump bin --keys 'Thedgehogs<CR>'
has "one is marked" out "1 marked, 5 papers"
run "words that are in none" 0 "$CARREL" dump bin --keys 'Tzebra<CR>'
has "mark nothing" out "no paper of the bin with 'zebra'"
run "/ goes to words of a title" 0 "$CARREL" dump bin --keys 'gg/attention<CR>' --json
has "in this room" out '"view":"bin"'
same "where they are" "arxiv:2401.00001" "$(at_cursor)"
run "or of a name" 0 "$CARREL" dump bin --keys '/2402.<CR>' --json
same "too" "arxiv:2402.00002" "$(at_cursor)"
run "n to the next" 0 "$CARREL" dump bin --keys '/arxiv:<CR>gg/arxiv:2<CR>nn' --json
same "and on" "$(python3 -c 'import json,sys; d = [i["id"] for i in json.load(sys.stdin)["items"]]; h = [i for i in d if i.startswith("arxiv:2")]; print(h[2])' <"$T/out")" "$(at_cursor)"
run "N back" 0 "$CARREL" dump bin --keys '/arxiv:2<CR>nnN' --json
same "to the one before" "$(python3 -c 'import json,sys; d = [i["id"] for i in json.load(sys.stdin)["items"]]; h = [i for i in d if i.startswith("arxiv:2")]; print(h[1])' <"$T/out")" "$(at_cursor)"
run "what is not there" 0 "$CARREL" dump bin --keys ':find zebra<CR>'
has "is told" out "no paper of the bin has 'zebra'"
run "Esc leaves the marks, and they come again" 0 "$CARREL" dump bin --keys '<Space><Esc>gv' --json
has "in the same room" out '"view":"bin","total":5,"cursor":1,"marked":1'
run "all" 0 "$CARREL" dump bin --keys 'T*<CR>r' --json
has "come back" out '"total":0'
run "by name" 0 "$CARREL" dump library --keys ':rm arxiv:2402.00002<CR>'
run "and back" 0 "$CARREL" dump library --keys ':bin restore arxiv:2402.00002<CR>'
has "told" out "'Quantum Hedgehogs' is back"
"$CARREL" -q rm arxiv:2402.00002
run "emptied by a slip" 0 "$CARREL" dump bin --keys ':bin empty<CR>'
has "it is not" out "1 paper would be gone for good"
run "emptied" 0 "$CARREL" dump bin --keys ':bin empty --yes<CR>'
has "it is" out "1 paper is gone for good"
run "where there is no paper" 0 "$CARREL" dump jobs --keys 'X'
has "nothing is removed" out "no paper is at hand here"
printf 'library\nX\nbin\nhere\nr\n' >"$T/lines"
run "in words" 0 sh -c '"$CARREL" --linear <"'"$T/lines"'"'
has "by title, once" out "is in the bin; u brings it back"
has "and the room" out ", removed 2026-03-01, "
has "from which it comes" out "is back"
finish
