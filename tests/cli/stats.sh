# Statistics: made-up papers (tests/samples.awk) counted by the command and, another way, by SQL.
. "$(dirname "$0")/lib.sh"
TODAY=20513 # 2026-03-01
made() { awk -v emit="$1" -v n=400 -v today=$TODAY -f "$(dirname "$0")/../samples.awk"; }
sql() { sqlite3 "$CARREL_LIBRARY/library.db" "$1"; }
# panel NAME PATH: of the last answer; rows PANEL: "name count" of each
panel() { sqlite3 :memory: "SELECT json_extract(value, '$2') FROM json_each(CAST(readfile('$T/out') AS TEXT), '\$.items') WHERE json_extract(value, '\$.name') = '$1'"; }
rows() { sqlite3 -separator ' ' :memory: "SELECT json_extract(r.value, '\$.name'), json_extract(r.value, '\$.count') FROM json_each(CAST(readfile('$T/out') AS TEXT), '\$.items') p, json_each(p.value, '\$.rows') r WHERE json_extract(p.value, '\$.name') = '$1'"; }

run "no library" 1 "$CARREL" stats
"$CARREL" -q import tests/fixtures/papers.jsonl >/dev/null 2>&1
run "five papers" 0 "$CARREL" stats
has "none is of these weeks" out "Papers a week: none was published in these weeks"
has "nothing is read" out "Reading, a day: nothing marked yet"
made papers | "$CARREL" -q import - >/dev/null 2>&1
made samples | sqlite3 "$CARREL_LIBRARY/library.db"
at() { env CARREL_CLOCK="$1T12:00:00Z" "$CARREL" "$2" "$3" "$4" >/dev/null 2>&1 || bad "$*"; }
at 2025-08-01 mark read arxiv:2601.00001
at 2026-02-20 mark read arxiv:2601.00002
at 2026-02-20 mark star arxiv:2601.00002
at 2026-02-28 mark read arxiv:2601.00003
at 2026-02-28 note arxiv:2601.00003 'a note'
at 2026-03-01 tag green arxiv:2601.00003
at 2026-03-01 mark skip arxiv:2601.00009
"$CARREL" undo >/dev/null 2>&1
printf 'On the slow growth of lanterns.\n\nLanterns grow slowly in the dark, and nobody has told them why.\n' >"$T/lantern.txt"
"$CARREL" process "$T/lantern.txt" >/dev/null 2>&1

run "all as JSON" 0 "$CARREL" stats --json --limit 100
same "is valid" 1 "$(sqlite3 :memory: "SELECT json_valid(CAST(readfile('$T/out') AS TEXT))")"
same "the panels" "papers categories reading samples authors authors_ever sources links documents visits popular searches" \
    "$(sqlite3 :memory: "SELECT group_concat(json_extract(value, '\$.name'), ' ') FROM json_each(CAST(readfile('$T/out') AS TEXT), '\$.items')")"
has "with what was always told" out "\"works\":$(sql 'SELECT count(*) FROM work')"
same "26 weeks end with today" 2025-09-01 "$(panel papers '$.first_day')"
same "papers a week" "$(sql "WITH RECURSIVE w(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM w WHERE i < 25)
    SELECT group_concat((SELECT count(*) FROM work WHERE day > $TODAY - 182 + i * 7 AND day <= $TODAY - 182 + i * 7 + 7)) FROM w")" \
    "$(panel papers '$.rows[0].counts' | tr -d '[]')"
same "by category" "$(sql "SELECT c.code || ' ' || count(*) FROM work w JOIN work_category x ON x.work_id = w.id JOIN category c ON c.id = x.category_id
    WHERE w.day BETWEEN $TODAY - 181 AND $TODAY GROUP BY c.code ORDER BY count(*) DESC, c.code")" "$(rows categories)"
same "authors of these weeks" "$(sql "SELECT a.name || ' ' || count(*) FROM work w JOIN work_author x ON x.work_id = w.id JOIN author a ON a.id = x.author_id
    WHERE w.day BETWEEN $TODAY - 181 AND $TODAY GROUP BY a.name ORDER BY count(*) DESC, a.name")" "$(rows authors)"
same "of all" "$(sql "SELECT a.name || ' ' || count(*) FROM work_author x JOIN author a ON a.id = x.author_id GROUP BY a.name ORDER BY count(*) DESC, a.name")" \
    "$(rows authors_ever)"
same "what was done and not undone" "read 2 star 1 later 0 skip 0 note 1 tag 1" "$(rows reading | tr '\n' ' ' | sed 's/ $//')"
same "on which day" '[1,0]' "$(sqlite3 :memory: "SELECT json_array(json_extract('$(panel reading '$.rows[0].counts')', '\$[180]'), json_extract('$(panel reading '$.rows[0].counts')', '\$[181]'))")"
same "samples" "$(sql "SELECT metric || ', huggingface ' || count(*) FROM sample GROUP BY metric ORDER BY count(*) DESC")" "$(rows samples)"
same "papers sampled today" "$(sql "SELECT count(*) FROM sample WHERE metric = 'upvotes' AND day = $TODAY")" "$(panel samples '$.rows[0].counts[181]')"
same "sources" "$(sql "SELECT source || ' ' || count(*) FROM record WHERE current GROUP BY source ORDER BY count(*) DESC")" "$(rows sources)"
same "their newest" 2026-03-01T12:00:00Z "$(panel sources '$.rows[0].newest')"
same "documents" "done 1" "$(rows documents)"
same "links" "code 1" "$(rows links)"

run "four weeks of math" 0 "$CARREL" stats --json --weeks 4 --category 'math.*'
same "that are four" 4 "$(sqlite3 :memory: "SELECT json_array_length('$(panel papers '$.rows[0].counts')')")"
same "only its papers" "$(sql "SELECT count(*) FROM work_category x JOIN category c ON c.id = x.category_id WHERE c.code = 'math.PR' AND x.day BETWEEN $TODAY - 27 AND $TODAY")" \
    "$(rows papers | cut -d ' ' -f 2)"
run "few rows" 0 "$CARREL" stats --json --limit 2
same "and how many more" "2 $(($(sql 'SELECT count(DISTINCT author_id) FROM work_author') - 2))" "$(rows authors_ever | wc -l) $(panel authors_ever '$.more')"
run "bursts when asked for" 0 "$CARREL" stats --json --bursts
"$CARREL" topics --json --limit 15 >"$T/topics" 2>/dev/null
same "as topics has them" "$(sqlite3 -separator ' ' :memory: "SELECT json_extract(value, '\$.term'), json_extract(value, '\$.recent') FROM json_each(CAST(readfile('$T/topics') AS TEXT), '\$.items')")" "$(rows bursts)"
run "as text" 0 "$CARREL" stats --bursts
has "has them" out "hedge lattice"
has "has lines" out "▁"
run "in ASCII" 0 "$CARREL" --ascii stats
same "has only that" 0 "$(LC_ALL=C grep -c '[^ -~]' "$T/out")"
run "as text" 0 "$CARREL" stats --category math.PR
same "what is counted is said first" "in math.PR: $(sql "SELECT count(*) FROM work_category x JOIN category c ON c.id = x.category_id WHERE c.code = 'math.PR'") papers of $(sql 'SELECT count(*) FROM work'); of these the panels of papers, categories and authors tell" "$(head -n 1 "$T/out")"
run "of many categories" 0 "$CARREL" stats --category 'math.*' --json
has "as JSON, too" out '"works_of_category":'
run "a category that is not there" 4 "$CARREL" stats --category cs.ZZ
run "no week" 2 "$CARREL" stats --weeks 0
run "too many" 2 "$CARREL" stats --weeks 105
run "an argument" 2 "$CARREL" stats cs.CL
has "is told" err "stats takes no arguments, but got 'cs.CL'"
finish
