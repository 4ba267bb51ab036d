# The Reader: a paper of four pages, its text, outline, search, marks, the way back, and the place that is kept.
. "$(dirname "$0")/lib.sh"
cli=$(cd "$(dirname "$0")/../cli" && pwd)
words() { i=0; while [ $i -lt "$2" ]; do echo "The $1 of item $i is measured again and again until reading number $i agrees with it."; i=$((i + 1)); done; }
cat >"$T/known.jsonl" <<'END'
{"id":"arxiv:2401.11111","title":"Copper lanterns for quiet reading rooms","abstract":"We light desks.","authors":["Ada Winter","Ben Frost"],"categories":["cs.DL"],"published":"2024-01-20"}
{"id":"arxiv:1901.22222","title":"On the endurance of oak desks","abstract":"Oak lasts.","authors":["Cora Elm"],"categories":["cs.DL"],"published":"2019-01-07"}
END
"$CARREL" -q import "$T/known.jsonl" >/dev/null 2>&1
{
    printf '# Copper lanterns for quiet reading rooms\nAda Winter, Ben Frost\n\narXiv:2401.11111v2\n\n'
    printf 'Abstract\nWe light desks with lanterns made of copper. Nobody was harmed.\n\n# 1 Introduction\n'
    words lantern 12
    printf '\\f\n# 2 Method\nThe flux capacitor of each lantern hums at forty hertz, as the endurance\nof oak desks predicts [1], and lamps tire the eye [2]. Figure 1 shows one of them.\nMore is at https://example.org/lanterns for whoever asks.\n\n'
    printf 'Figure 1: A lantern on a desk of oak, seen from its left side.\n\n'
    words flame 12
    printf '\\f\n# 3 Results\n'
    words glow 15
    printf '\\f\n# 4 Conclusion\nLanterns help, as Table 7 would show.\n\n# References\n[1] C. Elm. On the endurance of oak desks. Journal of Desks, 2019.\n\n[2] D. Reed. Lamps and the eye. Optics, 2015.\n'
} | LC_ALL=C awk -f "$cli/pdf.awk" >"$T/lanterns.pdf"
run "a document" 0 "$CARREL" process "$T/lanterns.pdf"
doc=$("$CARREL" show --json 2401.11111 | grep -o 'file:[0-9a-f]\{16\}' | head -n 1)

screen reader reader 2401.11111
screen reader-wide reader 2401.11111 --size 120x40
screen reader-narrow reader 2401.11111 --size 40x12
screen reader-smallest reader 2401.11111 --size 20x5
screen reader-linear reader 2401.11111 --linear --size 80x12
screen reader-ascii reader 2401.11111 --ascii --keys 'j' --size 60x14
screen reader-outline reader 2401.11111 --keys ']]O' --size 120x40
screen reader-outline-over reader 2401.11111 --keys 'ggO' --size 60x14
screen reader-find reader 2401.11111 --keys 'gg/flame<CR>nn'
screen reader-find-typed reader 2401.11111 --keys 'gg/oak desks'

# at NAME FIELD VALUE KEYS [ARGUMENT]: where keys lead to, without leaving a trace of it.
at() {
    "$CARREL" dump reader "${5:-$doc}" --keys "gg$4" --json >"$T/out" 2>"$T/err" || bad "$1" "$(cat "$T/err")"
    same "$1" "$3" "$(sqlite3 :memory: "SELECT json_extract(CAST(readfile('$T/out') AS TEXT), '\$.$2')")"
}
at "the next section" section "1 Introduction" ']'
at "three further" section "3 Results" '3]'
at "and back" section "1 Introduction" '3][['
at "a page" page 3 ':page 3<CR>'
at "a page by its number" page 2 ':2<CR>'
at "a page before G" page 4 '4G'
at "no such page" message "there is no page 9: it has 4" ':9<CR>'
at "the end" percent 100 'G'
at "half of it" percent 50 '50%'
at "beyond the end" message "a percentage is 0 to 100, as in 50%" '101%'
at "a mark" page 3 ':3<CR>maggma'"'a:3<CR>mbgg'b"
at "a mark that is kept" page 3 "'b"
at "one that is not set" message "no mark z in this document; mz sets it" "'z"
at "one that is no letter" message "a mark is a letter from a to z" 'm7'
at "the way back" page 2 ':2<CR>:4<CR><C-o>'
at "and forward again" page 4 ':2<CR>:4<CR><C-o><C-o><Tab><Tab>'
at "no way back" message "no jump before this" '<C-o><C-o>'
at "counted" matches 12 '/FLAME<BS><BS><BS><BS><BS>flame<CR>'
at "the second" match 2 '/flame<CR>n'
at "the last, round the corner" match 12 '/flame<CR>N'
at "over the end of a line" matches 1 '/endurance of oak desks predicts<CR>'
at "nowhere" message "'zebra' is not in this document" '/zebra<CR>'
at "left: as it was" offset 0 '/flame<Esc>'
at "n goes on after Esc" matches 12 '/flame<CR><Esc>n'
at "also when that left something else" message "'zebra' is not in this document" '/zebra<CR>O<Esc>n'
at "and when another search was left" find flame '/flame<CR>/glow<Esc>n'
at "round the corner is told" message "from the beginning again" '/flame<CR>Gn'
at "so is the other corner" message "from the end again" '/flame<CR>N'
at "and that there is no other" message "the only one" '/endurance of oak desks predicts<CR>n'
at "nothing typed yet" message "/ searches in this document" 'n'
at "narrower" 'lines[0]' "Copper lanterns for quiet" ':reading-width 30<CR>gg'
at "too narrow" message "reading-width is 20 to 200 columns; it is 76" ':reading-width 3<CR>'
at "Esc closes the outline first" view reader 'O<Esc>'
at "headings are searched there" section "4 Conclusion" 'O/concl<CR><CR>'
at "one after the other" section "2 Method" 'O/o<CR>n<CR>'
at "and back" section "1 Introduction" 'O/o<CR>nN<CR>'
at "which one has none is told" message "no heading has 'zebra'" 'O/zebra<CR>'
at "and no text is searched" matches "" 'O/concl<CR><CR>'
at "no number and no command" message "no command '12abc'; ? lists all" ':12abc<CR>'

# What is mentioned: chosen, shown beside or below the text, followed.
screen reader-peek reader 2401.11111 --keys 'gg]]fp'
screen reader-peek-wide reader 2401.11111 --keys 'gg]]fffp' --size 120x40
screen reader-peek-linear reader 2401.11111 --keys 'gg]]fp' --linear --size 80x16
at "the first mention" mention "[1]" ':2<CR>f'
at "the next" mention "[2]" ':2<CR>ff'
at "a figure" mention "Figure 1" ':2<CR>fff'
screen reader-hints reader 2401.11111 --keys ':2<CR>f'
at "letters stand over them" hints.s "[2]" ':2<CR>f'
at "and choose" mention "Figure 1" ':2<CR>fd'
at "also what comes before" mention "[1]" ':2<CR>fffa'
at "they go when one is typed" hints "" ':2<CR>fd'
at "and with any other key" hints "" ':2<CR>fj'
at "but stay for more" hints.d "Figure 1" ':2<CR>fff'
at "a letter that none has" message "no mention has the letter z" ':2<CR>fz'
at "which is no letter any more" mention "[1]" ':2<CR>fzs'
at "an address" mention "https://example.org/lanterns" ':2<CR>ffff'
at "round the corner" mention "[1]" ':2<CR>fffff'
at "backwards" mention "[2]" ':2<CR>fffF'
at "three at once" mention "Figure 1" ':2<CR>3f'
at "six, round the corner" mention "[2]" ':2<CR>6f'
at "two back" mention "[1]" ':2<CR>fff2F'
at "the other way" mention "https://example.org/lanterns" ':2<CR>gf'
at "a reference that is here" 'peek.lines[1]' "arxiv:1901.22222  On the endurance of oak desks" ':2<CR>fp'
at "one that is not" 'peek.lines[1]' "Not in the library." ':2<CR>ffp'
at "its caption" 'peek.lines[0]' "Figure 1: A lantern on a desk of oak, seen from its left side." ':2<CR>fffp'
at "the panel follows" 'peek.of' "[2]" ':2<CR>fpf'
at "and closes" peek "" ':2<CR>fpp'
at "by Esc, too" peek "" ':2<CR>fp<Esc>'
at "a table that is nowhere" 'peek.lines[0]' "Table 7 was not found in this document." ':4<CR>p'
at "Enter opens the paper" view paper ':2<CR>f<CR>'
at "or goes there" line "Figure 1: A lantern on a desk of oak, seen from its left side." ':2<CR>fff<CR>'
at "an address without a terminal" message "not without a terminal: https://example.org/lanterns" ':2<CR>ffffo'
at "a reference without one" message "this reference names no address" ':2<CR>ffo'
run "nothing here" 0 "$CARREL" dump reader 2401.11111 --keys 'gg]jjf' --size 80x8
has "is said" out "nothing on this screen that could be shown or followed"

# Selecting and highlighting; the rest is in tests/cli/highlights.sh.
screen reader-select reader 2401.11111 --keys 'gg]jv)' --size 80x14
at "a sentence" selection "The lantern of item 0 is measured again and again until reading number 0 agrees with it." ']jv'
at "and the next" selection "The lantern of item 0 is measured again and again until reading number 0 agrees with it. The lantern of item 1 is measured again and again until reading number 1 agrees with it." ']jv)'
at "and back" selection "The lantern of item 0 is measured again and again until reading number 0 agrees with it." ']jv)('
at "that of what was found" selection "The flame of item 3 is measured again and again until reading number 3 agrees with it." '/flame of item 3<CR>v'
at "a line" selection "The lantern of item 0 is measured again and again until reading number 0" ']jV'
at "two of them" selection "The lantern of item 0 is measured again and again until reading number 0 agrees with it. The lantern of item 1 is measured again and again until" ']jVj'
at "up from there" selection "1 Introduction" ']Vjk'
at "a paragraph" selection "1 Introduction" ']v'
at "a word" selection "The" ']jvw'
at "the same in another way" selection "The lantern of" ']jveel'
at "by a count" selection "The lantern of item" ']jv4w'
at "one less" selection "The lantern" ']jvwwwb'
at "the sentence without its last words" selection "The lantern of item 0 is measured again and again until reading number 0" ']jvbbb'
at "and without its first ones" selection "item 0 is measured again and again until reading number 0" ']jvbbbowww'
at "what was found, and further" selection "measured again" '/measured again<CR>vww'
at "to the end of the line" selection "The lantern of item 0 is measured again and again until reading number 0" ']jv$'
at "from its beginning" selection "The lantern of item 0 is measured" '/measured again<CR>v0'
at "a digit is no other view" view reader ']jvw0'
at "words of what is found are no paper's note" selection "The lantern" ']jvee'
at "copied" message "copied 17 words" ']jvy'
at "left" selection "" ']jv<Esc>'
at "nothing selected" message "v selects a sentence, w words of it, V a line; then H highlights" 'H'
at "no highlight yet" message "nothing is highlighted here; v selects, H highlights" 'gh'
at "highlighted" message "highlighted; u takes it back" ']jvH'
run "and one with a note" 0 "$CARREL" dump reader 2401.11111 --keys 'gg:3<CR>jva<CR>jva'"<C-u>Why fifteen?<CR>"
screen reader-highlights reader 2401.11111 --keys 'gggh' --size 120x40
screen reader-highlighted reader 2401.11111 --keys 'gggn' --size 80x14
screen reader-highlighted-ascii reader 2401.11111 --ascii --keys 'gggngn' --size 80x14
at "the next highlight" page 3 'gngn'
at "and back" page 1 'gngngN'
at "by the list" page 3 'ghj<CR>'
cp "$EXPECTED/reader-highlights" "$T/drawn"
has "a list has hints of its own" drawn "x remove  e note"
at "x takes the highlight off, not the paper" message "the highlight is removed; u brings it back" 'ghx'
same "the paper is not skipped" 0 "$("$CARREL" -q search --ids is:skip | wc -l | tr -d ' ')"
at "and it comes back" message "taken back: removal of a highlight in 'Copper lanterns for quiet reading rooms'" 'u'
at "its words are copied" message "copied the quote" 'ghy'
at "taken back" message "taken back: highlight in 'Copper lanterns for quiet reading rooms'" 'u'
at "a heading and what is under it" message "highlighted; u takes it back" ']VjH'
run "in the list" 0 "$CARREL" dump reader 2401.11111 --keys 'gggh' --size 200x20
has "they have a blank between them" out "1 Introduction The lantern"
printf '%s\n' 'read arxiv:2401.11111' gh | "$CARREL" --linear >"$T/out" 2>&1
has "and so they are told" out "1 Introduction The lantern of item 0"
at "taken back, too" message "taken back: highlight in 'Copper lanterns for quiet reading rooms'" 'u'

# A figure that has a place on its page is shown as a picture, and so is the page.
drawn() {
    lines=$(awk 'BEGIN { y = 780; for (i = 0; i < 8; i++) { printf "1 0 0 1 72 %d Tm (The reading lamp of row %d is drawn in Figure 1, as each of them is.) Tj ", y, i; y -= 14 } printf "1 0 0 1 72 400 Tm (Figure 1: A lamp, seen from the side.) Tj "; y = 360; for (i = 0; i < 8; i++) { printf "1 0 0 1 72 %d Tm (Below it the lamp of row %d burns on, and nobody is harmed by it.) Tj ", y, i; y -= 14 } }')
    cat <<END
%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Count 1 /Kids [3 0 R] >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >> endobj
4 0 obj << >> stream
BT /F 11 Tf $lines ET
q 200 0 0 200 150 430 cm BI /W 2 /H 2 /CS /G /BPC 8 /F /AHx ID 00FFFF00> EI Q
endstream endobj
5 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> endobj
trailer << /Root 1 0 R >>
END
}
drawn >"$T/drawn.pdf"
run "a drawing" 0 "$CARREL" process "$T/drawn.pdf"
drawing=file:$(sha256sum <"$T/drawn.pdf" | cut -c1-16)
screen reader-figure reader "$drawing" --keys 'ggfp' --size 120x30
screen reader-figure-low reader "$drawing" --keys 'ggfp'
at "its place on the page" top 14 'fpgp' "$drawing"
at "or else the page from its top" top 0 'fppgp' "$drawing"
at "at its own caption, too" 'peek.of' "Figure 1" '/Figure 1: A lamp<CR>p' "$drawing"
at "whose place is known" top 14 '/Figure 1: A lamp<CR>pgp' "$drawing"
at "and again closes it" peek "" '/Figure 1: A lamp<CR>pp' "$drawing"
run "its colours" 0 "$CARREL" dump reader "$drawing" --keys 'ggfp' --size 120x30 --svg
has "are there" out '"#000000"'
run "without pictures" 0 "$CARREL" -c ui.pictures=off dump reader "$drawing" --keys 'ggfp' --size 120x30
lacks "there is none" out "▀"
has "but its caption" out "│ Figure 1: A lamp, seen from the side."
at "the page as it was printed" view page ':2<CR>gp'
at "is the one that is read" page 2 ':2<CR>gp'
at "and back" view reader 'gp<Esc>'
sed 's/^BT .* ET$/BT \/F 11 Tf 1 0 0 1 290 30 Tm (1) Tj ET/; s/^q 200 .*/72 400 200 200 re f/' "$T/drawn.pdf" >"$T/mute.pdf"
"$CARREL" process "$T/mute.pdf" >"$T/out" 2>&1
mute=file:$(sha256sum <"$T/mute.pdf" | cut -c1-16)
run "a document without text" 1 "$CARREL" dump reader "$mute"
run "at the desk" 0 "$CARREL" dump library --keys ":read $mute<CR>"
has "says what to do" out "gp shows its pages"
run "and does it" 0 "$CARREL" dump library --keys ":read $mute<CR>gp" --json
has "by that key" out '"view":"page"'
printf '# Moss\n\nIt is green.\n' >"$T/moss.md"
run "a note" 0 "$CARREL" process "$T/moss.md"
run "has no pages" 0 "$CARREL" dump reader "file:$(sha256sum <"$T/moss.md" | cut -c1-16)" --keys 'gp'
has "and says so" out "only PDFs have printed pages"

{
    printf '# Many\n\n'
    for i in 1 2 3 4 5 6 7 8 9; do printf 'See arXiv:2401.0001%s, arXiv:2401.0002%s and doi:10.1000/x%s.\n' $i $i $i; done
} >"$T/many.md"
run "a text that mentions many" 0 "$CARREL" process "$T/many.md"
many=file:$(sha256sum <"$T/many.md" | cut -c1-16)
at "has letters in pairs" hints.sw "arXiv:2401.00017" 'f' "$many"
at "typed one after the other" mention "arXiv:2401.00017" 'fsw' "$many"
at "of which the first tells some apart" hints.sw "arXiv:2401.00017" 'fs' "$many"
at "a pair that none has" message "no mention has the letters sz" 'fsz' "$many"

# An address of what is in the library leads there; others into the browser.
printf '# Ferns\n\nCode is at https://github.com/fern/green/tree/main, of a paper (arXiv:1901.22222), beside https://github.com/fern/brown.\n' >"$T/ferns.md"
echo '{"id":"arxiv:2402.33333","title":"Ferns","authors":["Flora Fern"],"published":"2024-02-20","code_urls":["https://github.com/fern/green"]}' >"$T/ferns.jsonl"
"$CARREL" -q import "$T/ferns.jsonl" >/dev/null 2>&1
run "a text with addresses" 0 "$CARREL" process "$T/ferns.md"
ferns=file:$(sha256sum <"$T/ferns.md" | cut -c1-16)
at "a repository is here" 'peek.lines[0]' "repo:github.com/fern/green  not asked for yet" 'fp' "$ferns"
at "Enter opens it" view repository 'f<CR>' "$ferns"
at "and Esc comes back" view reader 'f<CR><Esc>' "$ferns"
at "a paper is, too" 'peek.lines[0]' "arxiv:1901.22222  On the endurance of oak desks" 'ffp' "$ferns"
at "and opens" view paper 'ff<CR>' "$ferns"
at "a repository that nobody knows" 'peek.lines[0]' "o opens it in \$BROWSER." 'fffp' "$ferns"
at "is outside" message "not without a terminal: https://github.com/fern/brown" 'fff<CR>' "$ferns"

# Where one was: at the next opening, by words, and by page.
later() { CARREL_CLOCK=2026-03-01T$1:00:00Z; shift; CARREL_CLOCK=$CARREL_CLOCK "$@"; CARREL_CLOCK=2026-03-01T12:00:00Z; }
run "go somewhere and leave" 0 later 13 "$CARREL" dump reader 2401.11111 --keys ':3<CR>jjj<Esc>'
same "reading goes on there" "3" "$("$CARREL" dump reader 2401.11111 --json | grep -o '"page":[0-9]*' | cut -d: -f2)"
same "what was read last comes first" "arxiv:2401.11111" "$("$CARREL" search --ids is:reading | head -n 1)"
later 14 "$CARREL" dump reader "$ferns" --keys ':1<CR>G<Esc>' >/dev/null
same "then another" "arxiv:2401.11111" "$("$CARREL" search --ids 'is:reading lanterns')"
newest_first() { "$CARREL" search --ids --sort date -- '-is:reading'; }
same "by the order, too, with the rest behind by date" "$("$CARREL" search --ids is:reading; newest_first)" "$("$CARREL" search --ids --sort read '')"
same "of a query, too" "$("$CARREL" search --ids --sort date 'cat:cs.CL')" "$("$CARREL" search --ids --sort read 'cat:cs.CL')"
for limit in 1 2 3; do
    after= && : >"$T/pages"
    while "$CARREL" search --json --limit $limit --sort read ${after:+--after "$after"} '' >"$T/out"; do
        grep -o '"id":"[^"]*"' "$T/out" | cut -d'"' -f4 >>"$T/pages"
        after=$(grep -o '"next":"[^"]*"' "$T/out" | cut -d'"' -f4)
        [ -n "$after" ] || break
    done
    same "by pages of $limit" "$("$CARREL" search --ids --sort read '')" "$(cat "$T/pages")"
    same "or by their places" "$("$CARREL" search --ids --sort read '')" "$(for at in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
        [ $((at % limit)) -ne 0 ] || "$CARREL" search --ids --limit $limit --offset $at --sort read ''; done)"
done
has "which are counted whole" out "\"total\":$("$CARREL" search --ids '' | wc -l),"
run "the order hides nothing at the desk" 0 "$CARREL" dump library --keys ':search -is:reading<CR>OOO' --size 120x24
has "where none was read" out "sorted by reading, the last one first; then by date"
lacks "but all are found" out "Nothing found"
same "before which it stood" "arxiv:2401.11111" "$("$CARREL" search --ids is:reading | sed -n 2p)"
same "the rest is not read" "arxiv:1901.22222 arxiv:2402.33333" "$("$CARREL" search --ids -- '-is:reading (id:1901.22222 OR id:2402.33333)' | sort | xargs)"
run "Today offers to go on" 0 "$CARREL" dump today
has "with the last" out "gi goes on reading: Ferns"
run "which it does" 0 "$CARREL" dump today --keys 'gi' --json
has "by that key" out "\"document\":\"${ferns#file:}\""
run "another one is read meanwhile" 0 later 15 "$CARREL" dump today --keys ':read 2401.11111<CR>gg3j<Esc>'
has "which the line says at once" out "gi goes on reading: Copper lanterns"
later 16 "$CARREL" dump reader "$ferns" --keys ':1<CR>G<Esc>' >/dev/null
run "the feed of what is read" 0 "$CARREL" dump library --size 100x24
has "stands beside the lists" out " Reading           "
run "a slip" 0 "$CARREL" dump library --keys ':read nope<CR>' --json
has "is one line" out "'nope' is no id that carrel knows"
has "where one was" out '"view":"library"'
run "at a page" 0 "$CARREL" dump reader "2401.11111 2" --json
has "is that page" out '"page":2'
run "a page that is none" 2 "$CARREL" dump reader "2401.11111 x"
run "a paper without a document" 4 "$CARREL" dump reader 1901.22222
has "says what to do" err "carrel process"
run "nothing" 2 "$CARREL" dump reader
run "an id that is none" 4 "$CARREL" dump reader arxiv:9999.99999
screen reader-none library --keys ':read 1901.22222<CR>'
run "from the paper" 0 "$CARREL" dump paper 2401.11111 --keys 'T' --json
has "by T" out '"view":"reader"'
run "from a passage" 0 "$CARREL" dump search '"flame of item 11"' --keys 'P<CR>' --json
has "at its words" out '"page":2'
has "which are marked" out '"matches":1,"match":1'
run "by its command" 0 "$CARREL" dump library --keys ':read 2401.11111 3<CR>' --json
has "at a page" out '"page":3'
run "with an option" 0 "$CARREL" dump library --keys ':read --outline 2401.11111<CR>' --json
has "is the command line's" out '"view":"answer"'
run "marked read" 0 "$CARREL" dump reader 2401.11111 --keys 'r'
same "is its paper" '"state":"read"' "$("$CARREL" show --json 2401.11111 | grep -o '"state":"read"' | head -n 1)"

# In a terminal: leaving from the middle of a document keeps the place.
if command -v tmux >/dev/null; then
    tm() { tmux -S "$T/tmux" "$@"; }
    see() { n=0; until tm capture-pane -p -t t | grep -qF -- "$1"; do n=$((n + 1)); [ $n -lt 300 ] || { bad "see $1" "$(tm capture-pane -p -t t)"; return; }; sleep 0.1; done; good "see $1"; }
    tm -f /dev/null new-session -d -s t -x 80 -y 24 "CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME $CARREL; echo left \$?; read -r _"
    see "Today"
    tm send-keys -t t ":read 2401.11111" Enter
    see "Copper lanterns for quiet reading rooms"
    tm send-keys -t t ":3" Enter
    see "page 3/4"
    # A note's prompt that another takes the place of is over: what is written next is for what is at hand.
    noted() { "$CARREL" highlights --json | grep -o '"note":"[^"]*"' | cut -d '"' -f 4 | paste -sd '|'; }
    "$CARREL" highlights --json | grep -o '{"id":"[^"]*' | cut -d '"' -f 4 >"$T/uids"
    "$CARREL" -q highlights note "$(sed -n 1p "$T/uids")" first
    "$CARREL" -q highlights note "$(sed -n 2p "$T/uids")" second
    tm send-keys -t t ":view highlights" Enter
    see "first"
    tm send-keys -t t gg j e
    see ">"
    run "another prompt" 0 timeout 20 "$CARREL" --remote 'prompt tag'
    see ":tag"
    tm send-keys -t t Escape
    while tm capture-pane -p -t t | grep -qF ":tag" && [ $n -lt 300 ]; do n=$((n + 1)) && sleep 0.1; done
    tm send-keys -t t G
    tm send-keys -t t ":annotate meant for the last" Enter
    see "the note is kept"
    same "the first keeps its note" "first|meant for the last" "$(noted)"
    tm send-keys -t t Q
    see "left 0"
    tm kill-server
    same "reading goes on where one left" 3 "$("$CARREL" dump reader 2401.11111 --json | grep -o '"page":[0-9]*' | cut -d: -f2)"
fi
finish
