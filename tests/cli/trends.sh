# What rises: 90 days of made-up samples (tests/samples.awk) with a riser, a flat classic, a burst and gaps.
. "$(dirname "$0")/lib.sh"
TODAY=20513 # 2026-03-01
made() { awk -v emit="$1" -v n=400 -v today=$TODAY -f "$(dirname "$0")/../samples.awk"; }
field() { sqlite3 :memory: "SELECT json_extract(CAST(readfile('$T/out') AS TEXT), '$1')"; }

"$CARREL" -q import tests/fixtures/papers.jsonl >/dev/null 2>&1
run "a library without samples" 0 "$CARREL" trends
same "shows nothing" "" "$(cat "$T/out")"
has "and says why" err "no samples yet"
run "as JSON" 0 "$CARREL" trends --json
same "is an empty list" '{"version":1,"metric":null,"day":"2026-03-01","window_days":7,"sort":"velocity","works":0,"measured":0,"items":[]}' "$(cat "$T/out")"

made papers | "$CARREL" -q import - >/dev/null 2>&1
made samples | sqlite3 "$CARREL_LIBRARY/library.db"
run "trends" 0 "$CARREL" trends --limit 3
same "the riser comes first" 1 "$(sed -n 3p "$T/out" | grep -c 'A Riser')"
same "its gaps show" 1 "$(sed -n 3p "$T/out" | grep -c '▁·▁▂▂▂·▃▄▅▆█')"
run "in ASCII" 0 "$CARREL" --ascii trends --limit 3
same "only that" 0 "$(LC_ALL=C grep -c '[^ -~]' "$T/out")"
run "all as JSON" 0 "$CARREL" trends --limit 1000 --json
same "is valid" 1 "$(sqlite3 :memory: "SELECT json_valid(CAST(readfile('$T/out') AS TEXT))")"
same "first" "A Riser" "$(field '$.items[0].title')"
same "its samples" 11 "$(field '$.items[0].samples')"
same "its gaps" 2 "$(field '$.items[0].gaps')"
same "every point is a sample" 11 "$(sqlite3 :memory: "SELECT json_array_length(CAST(readfile('$T/out') AS TEXT), '\$.items[0].points')")"
same "the sampled paper that fell silent has no velocity and is last" "Fell Silent|" \
    "$(sqlite3 :memory: "SELECT json_extract(value, '\$.title'), json_extract(value, '\$.velocity') FROM json_each(CAST(readfile('$T/out') AS TEXT), '\$.items') ORDER BY key DESC LIMIT 1")"
same "a classic is high, not fast" "1" \
    "$(sqlite3 :memory: "SELECT json_extract(value, '\$.value') > 10000 AND json_extract(value, '\$.velocity') < 1 FROM json_each(CAST(readfile('$T/out') AS TEXT), '\$.items') WHERE json_extract(value, '\$.title') = 'A Flat Classic'")"
run "by value" 0 "$CARREL" trends --sort val --json
same "the classic" "A Flat Classic" "$(field '$.items[0].title')"
run "of a category" 0 "$CARREL" trends --category math.PR --json --limit 1000
same "only of that" "math.PR" "$(sqlite3 :memory: "SELECT group_concat(DISTINCT json_extract(value, '\$.category')) FROM json_each(CAST(readfile('$T/out') AS TEXT), '\$.items')")"
same "small groups give way to wider ones" 1 "$(sqlite3 :memory: "SELECT min(json_extract(value, '\$.group_size')) >= 20 FROM json_each(CAST(readfile('$T/out') AS TEXT), '\$.items')")"
same "and it alone is counted" "$(sqlite3 :memory: "SELECT json_array_length(CAST(readfile('$T/out') AS TEXT), '\$.items')")" "$(sed 's/.*"works":\([0-9]*\).*/\1/' "$T/out")"
run "as text" 0 "$CARREL" trends --category math.PR
has "says what it counts" out "papers in math.PR have a velocity"
run "of categories" 0 "$CARREL" trends --category 'cs.*' --limit 1
run "comments" 0 "$CARREL" trends --metric comments --window 30d --json
same "over a month" "comments 30" "$(field '$.metric') $(field '$.window_days')"
run "no such metric" 4 "$CARREL" trends --metric stares
has "what there is" err "sampled are comments, upvotes"
run "no such category" 4 "$CARREL" trends --category cs.ZZ
run "no such order" 2 "$CARREL" trends --sort fame
run "no such window" 2 "$CARREL" trends --window 7
run "an argument" 2 "$CARREL" trends upvotes
run "half a year later" 0 env CARREL_CLOCK=2026-09-01T12:00:00Z "$CARREL" trends
has "nothing moves, and why" err "the newest is of 2026-03-01"

# A work with two series: the one whose newest value is higher leads, and nothing is added up.
sqlite3 "$CARREL_LIBRARY/library.db" "INSERT INTO sample SELECT work_id, source, metric, 'hf:other', day, value * 3 FROM sample
    WHERE item = 'hf:2601.00001' AND metric = 'upvotes'"
run "two series of one work" 0 "$CARREL" trends --json --limit 2
same "one item" "A Riser hf:other 909.0" "$(field '$.items[0].title') $(field '$.items[0].item') $(sqlite3 :memory: "SELECT 1.0 * json_extract(CAST(readfile('$T/out') AS TEXT), '\$.items[0].value')")"
same "of its own samples" 11 "$(field '$.items[0].samples')"
same "and not twice" 0 "$(field '$.items[1].title' | grep -c 'A Riser')"
run "search by trend" 0 "$CARREL" search --sort trending --ids --limit 2 cat:cs.CL
same "fastest first" "arxiv:2601.00001" "$(head -n 1 "$T/out")"
has "says what it looked through" err "only the 399 papers with a velocity"
run "with words" 0 "$CARREL" search --sort trending --json --limit 3 'lattice cat:cs.LG'
same "more than a page of them" "1" "$(sqlite3 :memory: "SELECT json_extract(CAST(readfile('$T/out') AS TEXT), '\$.total') > 3")"
same "all of it once" "" "$("$CARREL" -q search --sort trending --ids cat:cs.CV | sort | uniq -d)"
run "of pages" 2 "$CARREL" search --sort trending --in text x
run "completion" 0 "$CARREL" completion words -- trends --sort ''
has "of orders" out "zscore"
finish
