# Crossref: what publishers have registered of the library's DOIs, from a server on the loopback address.
. "$(dirname "$0")/lib.sh"
sql() { sqlite3 "$LIB/library.db" "$1"; }
ask() { ${EXEC:-} "$CARREL" -L "$LIB" -c source.crossref.url="$REPLAY_URL" -c source.crossref.interval=0s -c harvest.backoff=5ms "$@"; }
on() { ask -c source.crossref.enabled=true "$@"; }
asked() { grep -v '^#' "$REPLAY_LOG" | grep -c "$1"; }
# work DOI TITLE VENUE CITED [MORE]: as Crossref sends it, its DOI in capitals.
work() {
    printf '{"status":"ok","message-type":"work","message-version":"1.0.0","message":{"DOI":"%s","title":["%s"],' "$(echo "$1" | tr a-z A-Z)" "$2"
    printf '"container-title":["%s"],"volume":"7","issue":"2","page":"1-9","publisher":"A House","type":"journal-article",' "$3"
    printf '"issued":{"date-parts":[[2024,6,2]]},"URL":"https://doi.org/%s","is-referenced-by-count":%s%s}}' "$1" "$4" "${5:-}"
}
# answer STATUS BODY [WHAT]
answer() { printf 'answer %s type=application/json %s body=<<END\n%s\nEND\n' "$1" "${3:-}" "$2"; }
none() { echo 'answer 404 type=text/plain body="Resource not found."'; }
PACE='header="x-rate-limit-limit: 5" header="x-rate-limit-interval: 1s" header="x-concurrency-limit: 1"'

LIB=$T/lib
cat >"$T/papers.jsonl" <<X
{"id":"arxiv:2602.00001","title":"Reading \$\\\\alpha\$ lamps","authors":["Ann Lee"],"published":"2024-02-20","abstract":"As we wrote it.","venue":"to appear","doi":"10.1000/lamps"}
{"id":"doi:10.1000/desks","title":"Reading desks","authors":["Bo Ray"],"published":"2024"}
{"id":"doi:10.1000/gone","title":"Chairs that went","authors":["Cy Day"],"published":"2026-01-11"}
{"id":"arxiv:2602.00004","title":"Shelves","authors":["Di Fox"],"published":"2026-02-12"}
{"id":"doi:10.1000/shelves","title":"On the shelving of books","authors":["Di Fox"],"published":"2026-02-25"}
{"id":"arxiv:2602.00005","title":"A paper without a publisher","authors":["Ed Gray"],"published":"2026-02-13","doi":"10.48550/arXiv.2602.00005"}
X
{
    echo 'route /works/10.1000/lamps'
    answer 200 "$(work 10.1000/lamps 'Reading &lt;i&gt;lamps&lt;/i&gt;' 'Journal of Lamps &amp; Light' 12 ',"abstract":"<jats:p>As they printed it.</jats:p>"')"
    answer 200 "$(work 10.1000/lamps 'Reading lamps' 'Journal of Lamps &amp; Light' 40)"
    echo 'route /works/10.1000/desks'
    answer 200 "$(work 10.1000/desks 'Reading desks' Furniture 3)" "$PACE"
    echo 'route /works/10.1000/gone'
    none
    echo 'route /works/10.1000/shelves'
    answer 200 "$(work 10.1000/shelves 'On the shelving of books' Furniture 0 ',"relation":{"has-preprint":[{"id-type":"arxiv","id":"2602.00004","asserted-by":"subject"}]}')"
    echo 'route /works/10.1000/hand'
    answer 200 "$(work 10.1000/hand 'Made by hand' Furniture 1)"
    echo 'route /*'
    none
} >"$T/script"
start_replay "$T/script"
run "papers with DOIs" 0 "$CARREL" -L "$LIB" import "$T/papers.jsonl"
run "one of them marked" 0 "$CARREL" -L "$LIB" mark star doi:10.1000/desks
run "the section alone" 0 ask sync
has "switches nothing on" err "no source is enabled"
same "and asks nothing" 0 "$(asked GET)"
run "off" 0 ask -c source.crossref.enabled=false -c source.crossref.mailto=me@example.org sync
same "means off" 0 "$(asked GET)"
run "help" 0 "$CARREL" help config
has "says that it is off" out "crossref: false"
run "switched on" 0 on -c source.crossref.mailto=me+you@example.org sync --json
has "it is whole" out '"partial":false'
same "the marked one first, then the newest; arXiv's own is none" "desks shelves gone lamps" "$(grep -v '^#' "$REPLAY_LOG" | grep -o '10.1000%2F[a-z]*' | sed 's/.*F//' | xargs)"
same "all say who asks" 4 "$(asked 'mailto=me%2Byou%40example.org')"
paced "the pace that the headers name is kept" 190 'F(desks|shelves)'
run "a paper of arXiv" 0 "$CARREL" -L "$LIB" show arxiv:2602.00001
has "has the venue that was registered" out "Journal of Lamps & Light 7(2), 1-9"
has "keeps its title" out 'Reading α lamps'
lacks "and takes no other text" out "printed"
has "nor date" out "2024-02-20"
has "and tells how often it is cited" out "citations 12 (crossref, 2026-03-01)"
run "a paper of which the year was known" 0 "$CARREL" -L "$LIB" show doi:10.1000/desks
has "has its day now" out "2024-06-02"
run "a preprint that its publisher names" 0 "$CARREL" -L "$LIB" show arxiv:2602.00004
has "is that paper" out "10.1000/shelves"
same "one that Crossref does not know is remembered" "gone" "$(sql "SELECT substr(value, 9) FROM enquiry WHERE NOT known")"
run "the same day, by name though it is off" 0 ask sync --source crossref --json
has "a run" out '"name":"crossref","state":"done"'
same "nothing is asked again" 4 "$(asked GET)"
export CARREL_CLOCK=2026-08-27T12:00:00Z
run "before half a year is over" 0 on sync
same "neither" 4 "$(asked GET)"
export CARREL_CLOCK=2026-08-29T12:00:00Z
run "after it" 0 on sync
same "all are" 8 "$(asked GET)"
same "and cited more often" "12.0 40.0" "$(sql "SELECT group_concat(value, ' ') FROM (SELECT value FROM sample WHERE metric = 'citations' AND item = 'doi:10.1000/lamps' ORDER BY day)")"

run "by hand, though it is off" 0 ask add https://doi.org/10.1000/HAND
has "one is fetched" out "doi:10.1000/hand  Made by hand"
run "what is not there" 4 ask add 10.1000/nothing
has "is told" err "Crossref knows no such paper"
same "and not kept" 0 "$(sql "SELECT count(*) FROM enquiry WHERE value = '10.1000/nothing'")"
run "an address that is none" 2 on -c source.crossref.mailto=me sync
has "is refused" err "not a mail address"
run "faster than Crossref allows" 2 "$CARREL" -L "$LIB" -c source.crossref.enabled=true -c source.crossref.interval=100ms sync
has "too" err "at least 200 ms"
run "the doctor" 0 "$CARREL" -L "$LIB" doctor
lacks "is content" out BAD
stop_replays

# What goes wrong: too fast, a web page in place of an answer, a wrong address.
LIB=$T/faults
export CARREL_CLOCK=2026-03-01T12:00:00Z
i=0
while [ $i -lt 25 ]; do
    printf '{"id":"doi:10.1000/%d","title":"Paper %d about nothing in particular","authors":["Ann Lee"],"published":"2026-02-%02d"}\n' $i $i $((28 - i))
    i=$((i + 1))
done >"$T/many.jsonl"
head -3 "$T/many.jsonl" >"$T/three.jsonl"
page='type=text/html body="<html><body>Log in</body></html>"'
{
    echo 'route /works/10.1000/0'
    echo "answer 429 $PACE body=\"Too many requests\""
    answer 200 "$(work 10.1000/0 'Paper 0 about nothing in particular' J 0)"
    echo 'route /works/10.1000/1'
    echo "answer 200 times=3 $page"
    answer 200 "$(work 10.1000/1 'Paper 1 about nothing in particular' J 0)"
    echo 'route /works/10.1000/2'
    echo "answer 404 times=3 $page"
    none
} >"$T/bad"
start_replay "$T/bad"
run "three papers" 0 "$CARREL" -L "$LIB" import "$T/three.jsonl"
run "trouble" 3 on -c harvest.tries=3 sync --json
has "a page that is no answer is a gap" out '"what":"doi:10.1000/1"'
has "so is a 404 in other words than Crossref's" out '"what":"doi:10.1000/2"'
paced "who was too fast waits for an interval" 990 '2F0'
same "what came is kept" 1 "$(sql "SELECT count(*) FROM enquiry")"
run "the next run" 0 on sync --json
has "has it all" out '"partial":false'
same "one of them unknown" "1 1 0" "$(sql "SELECT group_concat(known, ' ') FROM (SELECT known FROM enquiry ORDER BY value)")"
stop_replays

# Killed at any moment, it goes on where it was.
LIB=$T/killed
i=0
while [ $i -lt 25 ]; do
    echo "route /works/10.1000/$i"
    answer 200 "$(work 10.1000/$i "Paper $i about nothing in particular" J $i)" delay=5
    i=$((i + 1))
done >"$T/slow"
start_replay "$T/slow"
run "papers to be killed at" 0 "$CARREL" -L "$LIB" import "$T/many.jsonl"
middle=0
for many in 2 8 15; do
    killed_after $many on sync
    [ "$(sql "SELECT count(*) FROM enquiry")" -lt 25 ] && middle=$((middle + 1))
done
same "each kill came in the middle" 3 $middle
run "and then let be" 0 on sync --json
same "all are there" 25 "$(sql "SELECT count(*) FROM record WHERE source = 'crossref' AND current")"
same "each with its citations once" 25 "$(sql "SELECT count(*) FROM sample WHERE metric = 'citations'")"
same "and three kills cost three pages at most" 1 "$(awk -F '\t' '!/^#/ { n++ } END { print (n <= 28) }' "$REPLAY_LOG")"
run "the doctor is content" 0 "$CARREL" -L "$LIB" doctor
stop_replays
finish
