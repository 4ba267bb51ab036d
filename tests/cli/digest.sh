# Digests: what is new by feed, what fired, in four forms; and the units that harvest what is due.
. "$(dirname "$0")/lib.sh"
run "no library" 1 "$CARREL" digest
has "says how to make one" err "carrel import FILE"
"$CARREL" -q import tests/fixtures/papers.jsonl >/dev/null 2>&1

run "without saved queries" 0 "$CARREL" digest
has "its days" out "What is new, 2026-02-23 to 2026-03-01"
has "all papers" out "All papers: 5 new"
has "no alert" out "No alert has fired."
has "the reading list" out "0 for later, 0 starred, 5 unread."
cp "$T/out" "$T/first"
run "again" 0 "$CARREL" digest
same "the same bytes" "$(cksum <"$T/first")" "$(cksum <"$T/out")"
run "later on" 0 env CARREL_CLOCK=2026-05-01T12:00:00Z "$CARREL" digest --period day
has "nothing is new" out "All papers: 0 new"
has "and says so" out "Nothing new."
run "since a date" 0 env CARREL_CLOCK=2026-05-01T12:00:00Z "$CARREL" digest --since 2026-03
has "has them" out "All papers: 5 new"

"$CARREL" -q query add garden 'title:gardens'
"$CARREL" -q query add base 'title:hedgehogs'
"$CARREL" -q query add top 'query:base'
echo '{"id":"doi:10.1002/(sici)1097<1::aid>3","title":"Brackets in a name","abstract":"x","authors":["A"],"published":"1996-05-01"}' |
    "$CARREL" -q import - >/dev/null 2>&1
run "a DOI with brackets" 0 "$CARREL" digest --format md --query 'title:brackets'
has "stays inside its link" out "(<https://doi.org/10.1002/(sici)1097%3C1::aid%3E3>)"
"$CARREL" -q mark later arxiv:2401.00001
"$CARREL" -q alert add fresh --on new
echo '{"id":"arxiv:2405.00007","title":"Gardens of 1 < 2 & [links](x)","abstract":"x","authors":["A"],"published":"2024-05-01"}' |
    "$CARREL" -q import - >/dev/null 2>&1
run "with feeds" 0 "$CARREL" digest
has "each has its number" out "garden: 2 new"
has "the alert" out "fresh, new: Gardens of 1 < 2 & [links](x) (arxiv:2405.00007)"
has "one for later" out "1 for later"
run "one query instead" 0 "$CARREL" digest --query 'title:hedgehogs'
has "is the only one" out "title:hedgehogs: 1 new"
lacks "no feed" out "garden:"

run "two formats in one word" 2 "$CARREL" digest --format "text md"
run "Markdown" 0 "$CARREL" digest --format md
has "a title says nothing to Markdown" out '[Gardens of 1 \< 2 & \[links\](x)](<https://arxiv.org/abs/2405.00007>)'
run "HTML into a file" 0 "$CARREL" digest --format html -o "$T/page.html"
has "a whole page" page.html '<html lang="en">'
has "a title says nothing to HTML" page.html 'Gardens of 1 &lt; 2 &amp; [links](x)</a>'
lacks "nothing is fetched" page.html 'src='
same "nothing on standard output" "" "$(cat "$T/out")"
run "JSON" 0 "$CARREL" digest --format json
has "feeds" out '"name":"garden","query":"title:gardens","new":2'
has "alerts" out '"alert":"fresh","on":"new"'

# What was replaced or withdrawn is told from the records, without a rule.
take() { CARREL_CLOCK="$1" "$CARREL" -q -L "$T/kept" import "$2" >/dev/null 2>&1; }
kept() { env CARREL_CLOCK="$1" "$CARREL" -L "$T/kept" digest --since 2026-02-23 --format "$2"; }
for v in 1 2 3; do versioned 2405.00011 $v 'Lanterns &amp; 2405.00011' >"$T/v$v.xml"; done
versioned 2405.00012 2 'Lanterns &amp; 2405.00012' >"$T/other.xml"; deleted 2405.00012 2026-02-01 >"$T/gone.xml"
deleted 2405.00013 2026-02-01 >"$T/never.xml"; deleted 2405.00012 2026-02-27 >"$T/again.xml"
take 2026-02-01T12:00:00Z "$T/v1.xml"; take 2026-02-01T12:00:00Z "$T/other.xml"
run "before anything changes" 0 kept 2026-02-24T12:00:00Z text
has "says so" out "Nothing was replaced or withdrawn."
take 2026-02-25T12:00:00Z "$T/v2.xml"; take 2026-02-26T12:00:00Z "$T/v3.xml"
take 2026-02-27T12:00:00Z "$T/v1.xml"; take 2026-02-27T12:00:00Z "$T/never.xml"
take 2026-02-28T12:00:00Z "$T/gone.xml"; take 2026-03-01T11:00:00Z "$T/again.xml"
run "after both" 0 kept 2026-03-01T12:00:00Z text
has "counts them" out "Replaced and withdrawn: 2"
has "one line from the first to the last version" out "  - v1 to v3: Lanterns & 2405.00011 (arxiv:2405.00011)"
has "the withdrawal" out "  - withdrawn: Lanterns & 2405.00012 (arxiv:2405.00012)"
lacks "what was gone when it came is none" out "2405.00013"
lacks "a first sight of a second version neither" out "to v2"
lacks "no samples, no part" out "Rising"
run "as JSON" 0 kept 2026-03-01T12:00:00Z json
has "with numbers and time" out '"what":"replaced","from":1,"version":3,"at":"2026-02-26T12:00:00'
has "the withdrawal has its first time" out '"what":"withdrawn","at":"2026-02-28T12:00:00'
has "nothing rises" out '"rising":{"metric":null,"window_days":6,"papers":[]}'
run "as HTML" 0 kept 2026-03-01T12:00:00Z html
has "as a list" out '<li>v1 to v3: <a href="https://arxiv.org/abs/2405.00011">Lanterns &amp; 2405.00011</a>'
run "of a later week" 0 env CARREL_CLOCK=2026-03-20T12:00:00Z "$CARREL" -L "$T/kept" digest
has "none" out "Nothing was replaced or withdrawn."
i=100
while [ $i -lt 125 ]; do
    versioned 2405.00$i 1 "Lanterns &amp; 2405.00$i" >"$T/one.xml"; take 2026-02-20T12:00:00Z "$T/one.xml"
    versioned 2405.00$i 2 "Lanterns &amp; 2405.00$i" >"$T/one.xml"; take 2026-03-01T10:00:00Z "$T/one.xml"
    i=$((i + 1))
done
run "many" 0 kept 2026-03-01T12:00:00Z md
has "all are counted" out "## Replaced and withdrawn: 27"
same "twenty are listed" 20 "$(grep -c '^- v1 to v2: ' "$T/out")"
has "the others are told" out "and 7 more"

# What rises, where there are samples.
if command -v sqlite3 >/dev/null; then
    export CARREL_LIBRARY="$T/rising"
    made() { awk -v emit="$1" -v n=400 -v today=20513 -f "$(dirname "$0")/../samples.awk"; } # 2026-03-01
    made papers | "$CARREL" -q import - >/dev/null 2>&1
    made samples | sqlite3 "$CARREL_LIBRARY/library.db"
    run "what rises" 0 "$CARREL" digest
    has "of which metric and how long" out "Rising: upvotes in 6 days"
    same "ten of them" 10 "$(sed -n '/^Rising/,/^Reading/p' "$T/out" | grep -c '^  - [0-9]*, +[0-9.]* a day: ')"
    same "the riser first" 1 "$(sed -n '/^Rising/,$p' "$T/out" | sed -n 2p | grep -c 'a day: A Riser (arxiv:2601.00001)')"
    run "as JSON" 0 "$CARREL" digest --format json
    "$CARREL" trends --window 6d --limit 10 --json >"$T/trends" 2>/dev/null
    field() { sqlite3 :memory: "SELECT group_concat(json_extract(value, '\$.id') || json_extract(value, '\$.value') || json_extract(value, '\$.velocity')) FROM json_each(CAST(readfile('$T/$1') AS TEXT), '$2')"; }
    same "as the command trends has it" "$(field trends '$.items')" "$(field out '$.rising.papers')"
    run "a day" 0 "$CARREL" digest --period day --format md
    has "is compared with the one before" out "## Rising: upvotes in 1 day"
    run "long after the last sample" 0 env CARREL_CLOCK=2026-09-01T12:00:00Z "$CARREL" digest
    has "nothing rises" out "Nothing rises."
    run "since years ago" 0 "$CARREL" digest --since 2020
    has "a year at most" out "Rising: upvotes in 366 days"
fi

run "a period that is none" 2 "$CARREL" digest --period month
has "says which there are" err "day or week"
run "a date that is none" 2 "$CARREL" digest --since soon
run "a date to come" 2 "$CARREL" digest --since 2027
run "a format that is none" 2 "$CARREL" digest --format pdf
run "a query that does not parse" 2 "$CARREL" digest --query '(a'
run "a word too many" 2 "$CARREL" digest today
run "no such folder" 1 "$CARREL" digest -o "$T/nowhere/page.html"

# The units, with this program in carrel's place.
if command -v systemd-analyze >/dev/null; then
    mkdir -p "$T/units" "$T/run"
    sed "s|^ExecStart=carrel|ExecStart=$(readlink -f "$CARREL")|" deploy/systemd/user/carrel-sync.service >"$T/units/carrel-sync.service"
    cp deploy/systemd/user/carrel-sync.timer "$T/units/"
    run "the units are sound" 0 env XDG_RUNTIME_DIR="$T/run" systemd-analyze --user verify \
        "$T/units/carrel-sync.timer" "$T/units/carrel-sync.service"
    same "without a warning" "" "$(cat "$T/err")"
fi
finish
