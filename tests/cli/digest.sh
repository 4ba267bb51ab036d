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
    sed "s|^ExecStart=carrel|ExecStart=$(readlink -f "$CARREL")|" deploy/carrel-sync.service >"$T/units/carrel-sync.service"
    cp deploy/carrel-sync.timer "$T/units/"
    run "the units are sound" 0 env XDG_RUNTIME_DIR="$T/run" systemd-analyze --user verify \
        "$T/units/carrel-sync.timer" "$T/units/carrel-sync.service"
    same "without a warning" "" "$(cat "$T/err")"
fi
finish
