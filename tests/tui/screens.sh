# Views drawn without a terminal, and what keys do to them.
. "$(dirname "$0")/lib.sh"
screen today today
screen library library
screen library-narrow library --size 40x10
screen library-wide library --size 140x20
screen library-ascii library --ascii --size 100x10
screen library-linear library --linear --size 80x10
screen smallest library --size 20x5
screen search search attention
screen search-typed library --keys '/garden'
screen search-accepted library --keys '/garden<CR>'
screen search-error library --keys '/"open<CR>'
screen search-none library --keys '/xyzzy<CR>'
screen search-escape library --keys '/<Esc>'
screen paper paper arxiv:2401.00001
screen paper-opened library --keys 'jj<CR>'
screen paper-find paper arxiv:2401.00001 --keys '/generalization<CR>'
screen paper-missing library --keys ':paper arxiv:2412.99999<CR>'
screen help help
screen help-find help --keys '/bracket<CR>'
screen log log
screen cursor library --keys 'jjG'
screen cursor-top library --keys 'jjggk'
screen sidebar library --keys '<Tab>j'
screen sidebar-open library --keys '<Tab>jj<CR>'
screen prompt library --keys ':he<Tab>'
screen prompt-offers library --keys ':mark <Tab>'
screen prompt-completed library --keys ':mark s<Tab>t<Tab>'
screen prompt-names library --keys ':show arxiv:2401.00001<Tab>'
screen prompt-unknown library --keys ':nonsense<CR>'
screen unbound library --keys 'zz'
screen error-wrapped library --keys ':merge arxiv:2401.00001 arxiv:9999.99999<CR>' --size 40x10
screen answer library --keys ':stats<CR>'
screen answer-gone library --keys ':stats<CR><Esc>'
screen tag-usage library --keys ':tag<CR>' --size 60x8
screen sort-usage library --keys ':sort title<CR>' --size 60x8
screen log-enter log --keys '<CR>'
screen slip library --keys '/"in small gar'
screen slip-accepted library --keys '/"in small gar<CR>'
screen relaxed library --keys '/attention gardens quantum<CR>'
screen show-answer library --keys 'jj:show<CR>'
screen feed library --keys ':query add maths cat:math.PR<CR><Tab>jjjj<CR>'
screen feed-back library --keys '<Tab>jjjj<CR><Esc>'
screen marks-cleared library --keys '<Space><Space>:tag blue<CR>' --size 60x8
screen marks-again library --keys '<Space><Space>:tag blue<CR>gv' --size 60x8
screen today-nothing today --size 100x8
screen svg library --size 40x6 --svg
screen ansi library --size 40x6 --ansi --color=always

cursor() { row=$2; what=$1; shift 2; run "$what" 0 "$CARREL" dump "$@" --json; has "$what: row" out "\"cursor\":$row,"; }
cursor "a count" 3 library --keys '3j'
cursor "a count from the end" 1 library --keys 'G3k'
cursor "a digit before G is a room" 4 today --keys '2G'
cursor "and before gg" 0 library --keys 'G2gg'
run "which is told" 0 "$CARREL" dump today --keys '2G'
has "with what goes to a row" out "2, then G; :2 goes to row 2"
run "so is a count of one digit" 0 "$CARREL" dump library --keys '3j'
has "with what the digit is else" out "3j: a count; 3, and a moment without a key, is Search"
cursor "a row by number" 3 library --keys ':4<CR>'
run "a digit alone is a view" 0 "$CARREL" dump library --keys '1' --json
has "that view" out '"view":"today"'
run "a digit before another key, too" 0 "$CARREL" dump library --keys '8?' --json
has "and then the key" out '"view":"help"'
for size in 60x20 40x10; do
    run "hints at $size" 0 "$CARREL" dump library --size $size
    same "keep those that lead to the others" "? help  Q quit" "$(tail -n 1 "$T/out" | grep -o '? help  Q quit *$' | sed 's/ *$//')"
done
run "a new query replaces the old one" 0 "$CARREL" dump library --keys '/attention<CR>/quantum<CR>' --json
has "only the new one" out '"query":"quantum"'
run "or edits it" 0 "$CARREL" dump library --keys '/gardens<CR>/<Home>small <CR>' --json
has "both" out '"query":"small gardens"'
run "Esc restores the query" 0 "$CARREL" dump library --keys '/attention<CR>/quantum<Esc>' --json
has "as before" out '"query":"attention"'
run "nothing is open after Esc" 0 "$CARREL" dump library --keys '/attention<Esc>' --json
has "the library" out '"view":"library"'
cursor "next unread" 3 library --keys 'jrrggn'
run "next unread inside a paper" 0 "$CARREL" dump library --keys '<CR>]u' --json
has "the paper below" out '"id":"arxiv:hep-th/9901001"'
"$CARREL" -q mark unread arxiv:2402.00002 arxiv:2401.00001

# What is written at the desk is in the library.
run "mark and tag by keys" 0 "$CARREL" dump library --keys 'rs:tag fine<CR>'
same "read" 1 "$("$CARREL" -q search --ids is:read | wc -l)"
same "starred" 1 "$("$CARREL" -q search --ids is:starred | wc -l)"
same "tagged" 1 "$("$CARREL" -q search --ids tag:fine | wc -l)"
run "marked rows together" 0 "$CARREL" dump library --keys '<Space><Space>:mark later<CR>'
same "both" 2 "$("$CARREL" -q search --ids is:later | wc -l)"
run "undo by key" 0 "$CARREL" dump library --keys 'u'
same "both back" 0 "$("$CARREL" -q search --ids is:later | wc -l)"
run "JSON of a view" 0 "$CARREL" dump library --json
has "rows" out '"items":[{"id":"arxiv:2503.00003"'
run "no such view" 4 "$CARREL" dump kitchen
run "size out of range" 2 "$CARREL" dump library --size 10x2
run "paper without id" 2 "$CARREL" dump paper
same "told once" 1 "$(wc -l <"$T/err")"
run "no such paper" 4 "$CARREL" dump paper arxiv:2412.99999
same "told once, too" 1 "$(wc -l <"$T/err")"
same "and nothing drawn" "" "$(cat "$T/out")"
run "no id at all" 4 "$CARREL" dump paper nosuch
run "no such job" 4 "$CARREL" dump job 99
run "no such source" 4 "$CARREL" dump source nosuch
run "a query that does not parse" 2 "$CARREL" dump search 'title:"'
has "says where" err "column 7"
run "no such option" 2 "$CARREL" dump library --colour
"$CARREL" -q import --background tests/fixtures/papers.jsonl 2>/dev/null
for view in today library search jobs harvest log help 'search attention' 'paper arxiv:2401.00001' 'job 1' 'source arxiv'; do
    run "JSON of $view" 0 "$CARREL" dump $view --json
    same "is valid" 1 "$(sqlite3 :memory: "SELECT json_valid(CAST(readfile('$T/out') AS TEXT))")"
done
run "export without a place" 0 "$CARREL" dump library --keys ':export --format jsonl<CR>' --json
has "asks for one" out "say where with -o FILE"
run "export to one's home" 0 "$CARREL" dump library --keys ':export --format jsonl -o ~/all.jsonl<CR>' --json
has "is told" out "all.jsonl: the whole library: 5 papers"
run "with papers marked" 0 "$CARREL" dump library --keys "<Space><Space>:export -o $T/marked.jsonl<CR>" --json
has "it is these" out "marked.jsonl: the 2 marked papers"
same "as they were marked" "$("$CARREL" dump library --keys "<Space><Space>|cat >$T/piped<CR>" >/dev/null; sort "$T/piped")" "$(sort "$T/marked.jsonl")"
run "a range" 0 "$CARREL" dump library --keys "Vjj:export -o $T/marked.jsonl<CR>" --json
has "is, too" out "marked.jsonl: the 3 marked papers"
run "a query wins" 0 "$CARREL" dump library --keys "<Space><Space>:export -o $T/marked.jsonl --query title:hedgehogs<CR>" --json
has "and is told" out "marked.jsonl: 1 paper of 'title:hedgehogs'"
run "papers by name" 0 "$CARREL" export -o "$T/marked.jsonl" arxiv:2402.00002
has "in a shell" err "marked.jsonl: 1 paper"
run "a query without --query" 4 "$CARREL" export -o "$T/marked.jsonl" title:hedgehogs
has "is told where it belongs" err "a query behind --query"
run "papers and a query" 2 "$CARREL" export --query x arxiv:2402.00002
run "a feed of papers" 2 "$CARREL" export --format atom arxiv:2402.00002
same "and is there" 5 "$(wc -l <"$HOME/all.jsonl")"
run "a key of one's own" 0 "$CARREL" -c 'keys.global.bind=X goto-end' dump library --keys 'X' --json
has "moves" out '"cursor":4'
run "a bad binding" 2 "$CARREL" -c 'keys.global.bind=X' dump library
# Open alerts show in Today until they are put away.
"$CARREL" -q alert add fresh --on new
for n in 1 2; do
    echo "{\"id\":\"arxiv:2405.0000$n\",\"title\":\"News $n\",\"abstract\":\"x\",\"authors\":[\"A. Writer\"],\"published\":\"2024-05-01\"}"
done | "$CARREL" -q import - >/dev/null 2>&1
screen today-alerts today
screen today-alerts-there today --keys 'k'
screen today-alerts-narrow today --keys 'kk' --size 40x12
screen today-alerts-linear today --keys "kk" --size 60x14 --linear
run "Enter on an alert" 0 "$CARREL" dump today --keys 'kk<CR>' --json
has "opens its paper" out '"view":"paper"'
has "that one" out 'arxiv:2405.00002'
run "a mark there" 0 "$CARREL" dump today --keys 'kL' --json
same "is the paper's" "arxiv:2405.00001" "$("$CARREL" search --ids 'is:later id:2405.00001')"
"$CARREL" -q mark unread arxiv:2405.00001
run "down again" 0 "$CARREL" dump today --keys 'kkjj' --json
has "is in the list" out '"cursor":0,"first":0,"alerts_open":2,"alert_cursor":-1'
run "gg is the first paper" 0 "$CARREL" dump today --keys 'kkgg' --json
has "not an alert" out '"cursor":0,"first":0,"alerts_open":2,"alert_cursor":-1'
for key in V '<Space>'; do
    run "$key on an alert" 0 "$CARREL" dump today --keys "kk$key" --json
    has "is told" out "an alert cannot be marked"
done
run "all of Today" 0 "$CARREL" dump today --keys 'ggVG:copy<CR>' --json
has "from its first paper" out "copied 7 ids"
run "a screen with no room" 0 "$CARREL" dump today --keys 'k' --size 60x9 --json
has "has no alerts" out '"alert_cursor":-1'
screen today-alerts-log today --keys ':alert log<CR>'
run "x" 0 "$CARREL" dump today --keys 'kkx' --json
has "dismisses it" out '"alerts_open":1,"alert_cursor":0'
run "u" 0 "$CARREL" dump today --keys 'kkuj' --json
has "brings it back" out '"alerts_open":2'
run "x again" 0 "$CARREL" dump today --keys 'kkx' --json
same "and that is all" "fresh: new  arxiv:2405.00001" "$("$CARREL" -q alert log | cut -c 30-57)"
same "the paper is as it was" "arxiv:2405.00002" "$("$CARREL" search --ids 'is:unread id:2405.00002')"
screen today-alerts-none today --keys ':alert dismiss all<CR>'
# A list at its top stays there when a row comes back above the cursor.
i=100
while [ $((i += 1)) -lt 131 ]; do
    echo '{"id":"arxiv:2602.00'$i'","title":"Paper '$i'","authors":["A. Bee"],"published":"2026-02-27"}'
done | "$CARREL" -q import - >/dev/null 2>&1
run "skip and undo" 0 "$CARREL" dump today --keys 'xu' --size 90x12
has "at the second row" out "2/30"
has "with the first above it" out "Paper 130"
run "a paper on a small screen" 0 "$CARREL" dump paper arxiv:2401.00001 --size 60x20
has "tells the way back and the help" out "r read  R next  s star  T text  F fetch  ? help  Esc back"
run "help from a view" 0 "$CARREL" dump paper arxiv:2401.00001 --keys '?' --json
sqlite3 :memory: "SELECT value FROM json_each(json_extract(CAST(readfile('$T/out') AS TEXT), '\$.lines'))" >"$T/lines"
same "has its keys first" "Keys: paper" "$(grep -m 1 '^Keys: ' "$T/lines")"
has "in words" lines "the log of this file or folder  [log-here]"
same "as all keys are" "" "$(awk '/^Keys:/ { on = 1 } /^Commands/ { on = 0 } on && /^  / && !/\]$/' "$T/lines")"
run "help over the sidebar" 0 "$CARREL" dump today --keys '<Tab>?/<lt>C-u><CR>'
has "is searched itself" out "Help"
lacks "not the library" out "Search:"
run "and left" 0 "$CARREL" dump today --keys '<Tab>?<Esc>m'
has "it is the sidebar again" out "only saved queries can be changed; a adds one"
run "help over a list" 0 "$CARREL" dump today --keys '?<Esc>'
lacks "leads back to the list" out "Tab back"
finish
