# Analytics at the desk: made-up papers with 90 days of samples (tests/samples.awk), some of them read.
. "$(dirname "$0")/lib.sh"
TODAY=20513 # 2026-03-01
made() { awk -v emit="$1" -v n=400 -v today=$TODAY -f "$(dirname "$0")/../samples.awk"; }
run "no library" 1 "$CARREL" -L "$T/none" dump analytics
echo '{"title":""}' | "$CARREL" -L "$T/empty" import - >/dev/null 2>&1 # makes a library and rejects the record
"$CARREL" -L "$T/empty" dump analytics --size 80x8 >"$T/out"
has "a library without papers says how they come" out "No papers yet. They come by a harvest (7, then S)"
screen analytics-empty analytics
made papers | "$CARREL" -q import - >/dev/null 2>&1
made samples | sqlite3 "$CARREL_LIBRARY/library.db"
for day in 01 03 04 10 17 18 19 20 27; do
    CARREL_CLOCK=2026-02-${day}T09:00:00Z "$CARREL" -q mark read "arxiv:2601.000$day" "arxiv:2601.001$day" >/dev/null
done
CARREL_CLOCK=2026-02-20T09:00:00Z "$CARREL" -q mark star arxiv:2601.00020 >/dev/null
CARREL_CLOCK=2026-02-21T09:00:00Z "$CARREL" -q mark later arxiv:2601.00021 >/dev/null
CARREL_CLOCK=2026-02-27T09:00:00Z "$CARREL" -q tag green arxiv:2601.00027 >/dev/null
screen analytics analytics
screen analytics-end analytics --keys 'G'
screen analytics-panel analytics --keys 'JJJjj'
screen analytics-wide analytics --size 140x40
screen analytics-ascii analytics --ascii --size 60x20
screen analytics-narrow analytics --size 40x14 --keys 'J'
screen analytics-smallest analytics --size 20x5
screen analytics-linear analytics --linear --size 100x14
screen analytics-of analytics math.PR --size 80x16

# goes NAME KEYS QUERY: Enter on the row that the keys lead to searches for it
goes() {
    run "$1" 0 "$CARREL" dump analytics --keys "$2<CR>" --json
    has "$1: searches" out '"view":"search"'
    has "$1: for it" out "\"query\":\"$3\""
}
goes "papers of these weeks" '' 'date:2025-09-01..2026-03-01'
goes "a category" 'Jj' 'cat:cs.CL date:2025-09-01..2026-03-01'
goes "what bursts" 'JJ' '\"hedge lattice\"'
goes "what is starred" 'JJJj' 'is:starred'
goes "what is tagged" 'JJJjjjjj' 'has:tag'
goes "an author" 'JJJJJ' 'author:\"Gus Brook\" date:2025-09-01..2026-03-01'
goes "an author of all papers" 'JJJJJJ' 'author:\"Gus Brook\"'
goes "a source" 'JJJJJJJ' 'source:jsonl'
goes "code" 'G' 'has:code'
goes "in a category" ':category math.PR<CR>' 'date:2025-09-01..2026-03-01 cat:math.PR'
run "samples" 0 "$CARREL" dump analytics --keys 'JJJJ<CR>' --json
has "are Trending's" out '"view":"trending"'
run "back to the panel's head, then to the one before" 0 "$CARREL" dump analytics --keys 'JJJjjKK' --json
has "is what bursts" out '"cursor":5'
run "weeks" 0 "$CARREL" dump analytics --keys 'W' --json
has "are 52 next" out '"weeks":52'
run "weeks by number" 0 "$CARREL" dump analytics --keys ':weeks 8<CR>' --json
has "are so many" out '"weeks":8'
run "no weeks" 0 "$CARREL" dump analytics --keys ':weeks 1000<CR>'
has "is told" out "weeks are 1 to 104, not '1000'"
run "nothing to stop" 0 "$CARREL" dump analytics --keys 'x'
has "is said" out "nothing is being counted"
run "a category that is not there" 4 "$CARREL" dump analytics cs.ZZ
run "by its key" 0 "$CARREL" dump library --keys '0' --json
has "is that view" out '"view":"analytics"'
run "by name, with a category" 0 "$CARREL" dump library --keys ':analytics cs.CL<CR>' --json
has "is that category" out '"of_category":"cs.CL"'
run "JSON" 0 "$CARREL" dump analytics --json
same "is valid" 1 "$(sqlite3 :memory: "SELECT json_valid(CAST(readfile('$T/out') AS TEXT))")"
"$CARREL" stats --bursts --limit 10 --json >"$T/said"
items() { sqlite3 :memory: "SELECT json_extract(CAST(readfile('$1') AS TEXT), '\$.items')"; }
has "has what bursts" out '"name":"hedge lattice"'
same "is what the command says" "$(items "$T/said")" "$(items "$T/out")"
finish
