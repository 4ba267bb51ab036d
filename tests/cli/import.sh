# Importing: counts, bad lines by number, formats, gzip, importing twice, wrong input.
. "$(dirname "$0")/lib.sh"
F=tests/fixtures/papers.jsonl

run "import makes the library" 0 "$CARREL" import --json "$F"
same "counts" '{"seen":5,"added":5,"updated":0,"unchanged":0,"rejected":0,"merged":0,"binned":0}' "$(cat "$T/out")"
run "importing again" 0 "$CARREL" import --json "$F"
same "nothing changes" '{"seen":5,"added":0,"updated":0,"unchanged":5,"rejected":0,"merged":0,"binned":0}' "$(cat "$T/out")"

printf '%s\n' '{"title":"Good"}' 'not json' '{"abstract":"no title"}' '{"id":"what is this","title":"x"}' '' '{"title":"Good two"}' >"$T/mixed.jsonl"
run "bad records are partial" 3 "$CARREL" import --json "$T/mixed.jsonl"
same "and counted" '{"seen":5,"added":2,"updated":0,"unchanged":0,"rejected":3,"merged":0,"binned":0}' "$(cat "$T/out")"
has "line of broken JSON" err "mixed.jsonl:2: not JSON"
has "line without title" err "mixed.jsonl:3: no title"
has "line with a strange id" err "mixed.jsonl:4: the id"

# What would be lost without a word: fields by another name, and records that join a paper by their title.
printf '%s\n' '{"title":"Gardens of the first kind, and how they grow","authors":["Ann Lee","Bo Ray"],"published":"2024-01-02","summary":"x"}' '{"title":"Second","summary":"x","year":2024}' '{"title":"Third","summary":"x"}' '{"id":"what is this","title":"x","other":1}' >"$T/fields.jsonl"
run "unknown fields" 3 "$CARREL" -L "$T/fields" import "$T/fields.jsonl"
has "are told once" err "fields.jsonl: unknown field 'summary' (line 1, and 2 more)"
has "each" err "fields.jsonl: unknown field 'year' (line 2);"
lacks "but not of what was refused" err "'other'"
lacks "and nothing was merged" err merged
run "what an export writes" 0 "$CARREL" -L "$T/fields" export --format jsonl -o "$T/own.jsonl"
run "imports again" 0 "$CARREL" -L "$T/fields" import "$T/own.jsonl"
lacks "without a word" err unknown
printf '%s\n' '{"id":"doi:10.1000/gardens","title":"Gardens of the First Kind, and How They Grow","authors":["Ann Lee","Bo Ray"],"published":"2024-01-02"}' >"$T/joins.jsonl"
run "a record of the same title" 0 "$CARREL" -L "$T/fields" import "$T/joins.jsonl"
has "is told to have joined" err "1 of them merged with papers that are here already"
run "which can be looked at" 0 "$CARREL" -L "$T/fields" duplicates --merged
has "with the way back" out "carrel split doi:10.1000/gardens"
run "once more" 0 "$CARREL" -L "$T/fields" import --json "$T/joins.jsonl"
has "it is known by its id" out '"merged":0'
run "as JSON" 0 "$CARREL" -L "$T/fields" duplicates --merged --json
has "too" out '"merged":"doi:10.1000/gardens"'
run "help" 0 "$CARREL" help import
has "lists the fields" out "code_urls"

gzip -c "$F" >"$T/papers.jsonl.gz"
run "gzip is seen by its bytes" 0 "$CARREL" -L "$T/gz" import --json "$T/papers.jsonl.gz"
has "all of it" out '"added":5'
head -c 200 "$T/papers.jsonl.gz" >"$T/cut.gz"
run "cut gzip" 1 "$CARREL" -L "$T/cut" import "$T/cut.gz"
has "says so" err "cut"

"$CARREL" -L "$T/stdin" import - <"$F" >"$T/out" 2>"$T/err"
has "standard input" out "5 added"
run "missing file" 1 "$CARREL" import "$T/none"
has "is named" err "$T/none"
run "folder" 1 "$CARREL" import "$T"
has "is refused" err "is a folder"
run "one missing among good" 3 "$CARREL" import "$T/none" "$F"
printf '<html><body>Log in</body></html>' >"$T/portal.xml"
run "a web page is no feed" 1 "$CARREL" import "$T/portal.xml"
has "and is called one" err "web page"
run "no file named" 2 "$CARREL" import
run "unknown format" 2 "$CARREL" import --format docx "$F"
run "unknown option" 2 "$CARREL" import --fast "$F"
run "wrong format asked for" 1 "$CARREL" import --format oai "$F"
: >"$T/empty"
run "empty file" 1 "$CARREL" import "$T/empty"
run "export a feed" 0 "$CARREL" export --format atom --limit 3 -o "$T/own.atom"
has "tells that there is more" err "the newest 3 of"
"$CARREL" export --format jsonl >"$T/before" && "$CARREL" -q import "$T/own.atom" >/dev/null && "$CARREL" export --format jsonl >"$T/after"
same "reading it back changes no field" "$(cat "$T/before")" "$(sed 's|,"url":"https://arxiv.org[^"]*"||' "$T/after")"
printf '%s\n' '{"title":"When","published":"yesterday"}' '{"title":"Nul \u0000"}' >"$T/dates.jsonl"
run "a date that is none" 3 "$CARREL" import "$T/dates.jsonl"
has "is named" err "dates.jsonl:1: published or updated is no date"
has "a NUL in plain words" err "dates.jsonl:2: not JSON: a text holds"
finish
