# What bursts: made-up papers (tests/samples.awk) in whose last three weeks "hedge lattice" appears.
. "$(dirname "$0")/lib.sh"
made() { awk -v emit=papers -v n=1500 -v today=20513 -f "$(dirname "$0")/../samples.awk"; }
field() { sqlite3 :memory: "SELECT json_extract(CAST(readfile('$T/out') AS TEXT), '$1')"; }

"$CARREL" -q import tests/fixtures/papers.jsonl >/dev/null 2>&1
run "a library of old papers" 0 "$CARREL" topics
same "has no topics" "" "$(cat "$T/out")"
has "and says why" err "published in these periods"
made | "$CARREL" -q import - >/dev/null 2>&1
run "topics" 0 "$CARREL" topics --json --limit 200
same "is valid" 1 "$(sqlite3 :memory: "SELECT json_valid(CAST(readfile('$T/out') AS TEXT))")"
has "the phrase" out '"term":"hedge lattice"'
lacks "its parts are folded into it" out '"term":"lattice"'
lacks "and so are adjectives before one of them" out 'hedge"'
same "it began three weeks ago" 2026-02-09 "$(field '$.items[0].since')"
same "a count for each week" 26 "$(sqlite3 :memory: "SELECT json_array_length(CAST(readfile('$T/out') AS TEXT), '\$.items[0].counts')")"
id=$(field '$.items[0].papers[0].id')
same "its papers have it" 1 "$("$CARREL" show "$id" | grep -c 'hedge lattice' | sed 's/[2-9]/1/')"
run "of a category that has none" 0 "$CARREL" topics --category math.PR --json
lacks "has none" out 'hedge lattice'
run "as text" 0 "$CARREL" topics --category 'cs.*' --limit 1
has "says since when" out "papers since 2026-02-09"
run "in ASCII" 0 "$CARREL" --ascii topics --limit 1
same "only that" 0 "$(LC_ALL=C grep -c '[^ -~]' "$T/out")"
run "by months" 0 "$CARREL" topics --period month --json
same "of 30 days" 30 "$(field '$.period_days')"
run "clusters" 0 "$CARREL" topics --clusters --json
same "are valid" 1 "$(sqlite3 :memory: "SELECT json_valid(CAST(readfile('$T/out') AS TEXT))")"
has "what is new has grown most surely" out '"items":[{"term":"hedge lattice'
same "by much" 1 "$(sqlite3 :memory: "SELECT json_extract(CAST(readfile('$T/out') AS TEXT), '\$.items[0].growth') > 5")"
same "its typical papers are about it" 5 "$(sqlite3 :memory: "SELECT count(*) FROM json_each(CAST(readfile('$T/out') AS TEXT), '\$.items[0].papers') WHERE json_extract(value, '\$.title') LIKE '%hedge lattice%'")"
same "what has long been there has not" 1 "$(sqlite3 :memory: "SELECT min(json_extract(value, '\$.growth')) BETWEEN .2 AND 1.1 FROM json_each(CAST(readfile('$T/out') AS TEXT), '\$.items')")"
same "no paper counts twice" 1 "$(sqlite3 :memory: "SELECT sum(json_extract(value, '\$.works')) <= json_extract(CAST(readfile('$T/out') AS TEXT), '\$.works') FROM json_each(CAST(readfile('$T/out') AS TEXT), '\$.items')")"
cp "$T/out" "$T/first"
run "clusters again" 0 "$CARREL" topics --clusters --json
same "are the same" "" "$(cmp "$T/first" "$T/out" 2>&1)"
run "as text" 0 "$CARREL" topics --clusters --limit 1
has "with the growth" out ' new '
run "of a category with few papers" 0 "$CARREL" topics --clusters --category hep-th
has "says so" err "and fewer than 40 make no clusters"
run "of none" 4 "$CARREL" topics --clusters --category cs.ZZ
sqlite3 "$CARREL_LIBRARY/library.db" "CREATE TABLE kept AS SELECT * FROM embedding0; DELETE FROM embedding0 WHERE work_id % 9 = 0"
rm -f "$CARREL_LIBRARY/cache/signs" "$CARREL_LIBRARY/cache/rows" # they follow what carrel itself changes
run "some without vectors" 0 "$CARREL" topics --clusters --limit 1
has "says how many" err "papers have no vector and are left out"
sqlite3 "$CARREL_LIBRARY/library.db" "DELETE FROM embedding0"
run "none with vectors" 0 "$CARREL" topics --clusters
has "says what to do" err "carrel doctor --fix makes them"
sqlite3 "$CARREL_LIBRARY/library.db" "INSERT INTO embedding0 SELECT * FROM kept; DROP TABLE kept"
rm -f "$CARREL_LIBRARY/cache/signs" "$CARREL_LIBRARY/cache/rows"
run "no such period" 2 "$CARREL" topics --period year
run "no such category" 4 "$CARREL" topics --category cs.ZZ
run "the same again" 0 "$CARREL" topics --json
cp "$T/out" "$T/first"
run "and again" 0 "$CARREL" topics --json
same "is the same" "" "$(cmp "$T/first" "$T/out" 2>&1)"
finish
