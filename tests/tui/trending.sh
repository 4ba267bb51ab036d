# Trending at the desk, on 90 days of made-up samples (tests/samples.awk).
. "$(dirname "$0")/lib.sh"
made() { awk -v emit="$1" -v n=200 -v today=20513 -f "$(dirname "$0")/../samples.awk"; }
screen trending-empty trending
made papers | "$CARREL" -q import - >/dev/null 2>&1
made samples | sqlite3 "$CARREL_LIBRARY/library.db"
screen trending trending
screen trending-wide trending --size 140x40
screen trending-ascii trending --ascii --size 60x20 --keys 'j'
screen trending-value trending --keys ':sort value<CR>' --size 100x24
screen trending-linear trending --linear --size 100x8
screen trending-smallest trending --size 20x5
screen trending-category trending --keys ':category cs.CV<CR>WO' --size 100x12
run "an empty category" 0 "$CARREL" dump trending --keys ':category cs.ZZ<CR>'
has "is told" out "no paper here is in a category 'cs.ZZ'"
has "with the way back" out ":category all"
run "all again" 0 "$CARREL" dump trending --keys ':category cs.ZZ<CR>:category all<CR>' --json
has "has them" out '"items":[{"id":"arxiv:2601.00001"'
run "another metric" 0 "$CARREL" dump trending --keys 'M' --json
has "by its key" out '"metric":"comments"'
run "a window that is none" 0 "$CARREL" dump trending --keys ':window soon<CR>'
has "is told, too" out "a window is whole days"
run "Enter" 0 "$CARREL" dump trending --keys '<CR>' --json
has "opens the paper" out '"view":"paper","paper":{"id":"arxiv:2601.00001"'
run "Enter right behind the view's digit" 0 "$CARREL" dump library --keys '5<CR>' --json
has "waits for its rows" out '"view":"paper","paper":{"id":"arxiv:2601.00001"'
run "and Esc there" 0 "$CARREL" dump library --keys '5<CR><Esc>' --json
has "is not opened again" out '"view":"trending"'
run "a star" 0 "$CARREL" dump trending --keys 's'
same "is kept" arxiv:2601.00001 "$("$CARREL" -q search --ids is:starred)"
run "by number" 0 "$CARREL" dump library --keys '5' --json
has "is that view" out '"view":"trending"'
screen trending-words trending --keys ':sort <Tab>' --size 100x8
run "a category that is not there" 4 "$CARREL" dump trending cs.ZZ
run "JSON of it" 0 "$CARREL" dump trending --json
same "is valid" 1 "$(sqlite3 :memory: "SELECT json_valid(CAST(readfile('$T/out') AS TEXT))")"
finish
