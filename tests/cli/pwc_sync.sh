# The archive of Papers with Code from the data-set server: pages by offset, faults on the way, what is left out.
. "$(dirname "$0")/lib.sh"
pwc() {
    "$CARREL" -L "$LIB" -c source.pwc.url="$REPLAY_URL" -c source.pwc.interval=0s -c harvest.backoff=5ms "$@"
}
sql() { sqlite3 "$LIB/library.db" "$1"; }
asked() { grep -c "$1" "$REPLAY_LOG"; }
LINKS=pwc-archive/links-between-paper-and-code PAPERS=pwc-archive/papers-with-abstracts
cat >"$T/plain" <<X
papers p records=420 seed=5 categories=cs.CL
route /*
answer 200 rows=p
X
LIB=$T/links.lib
start_replay "$T/plain"
run "links" 0 pwc -c source.pwc.dataset=$LINKS sync --source pwc --json
has "are whole" out '"partial":false'
has "one record a paper" out '"requests":10,"seen":840,"added":420,"updated":420'
same "its splits are asked for first" 1 "$(asked '/splits?dataset=pwc-archive%2Flinks-between-paper-and-code')"
same "a hundred rows a page" 1 "$(asked 'config=default&split=train&offset=800&length=100')"
same "no versions" 0 "$(sql "SELECT count(*) FROM record WHERE NOT current")"
run "a paper" 0 pwc show pwc:paper-1506-00001
has "has all its code" out "(official: Papers with Code"
has "is attributed" out "data from   Papers with Code, CC-BY-SA-4.0"
run "again" 0 pwc -c source.pwc.dataset=$LINKS sync --source pwc --json
has "one look at the last row is enough" out '"requests":1,"seen":1,"added":0,"updated":0,"unchanged":1'
same "that one" 1 "$(asked 'offset=839&length=1')"
run "all of it anew" 0 pwc -c source.pwc.dataset=$LINKS sync --source pwc --since 2020-01-01 --json
has "changes nothing" out '"requests":10,"seen":840,"added":0,"updated":0,"unchanged":840'
run "papers to them" 0 pwc -c source.pwc.dataset=$PAPERS sync --source pwc --json
has "join" out '"added":0,"updated":420'
run "one of them" 0 pwc show arxiv:1506.00001 --json
has "with authors" out '"authors":["Ann Lee"]'
has "and tasks" out '"tasks":["Question Answering"]'
run "tables and methods" 0 pwc -c source.pwc.dataset=pwc-archive/evaluation-tables -c source.pwc.dataset=pwc-archive/methods sync --json
has "are kept" out '"seen":60,"added":60'
run "a table" 0 pwc tables "Task 3" "Some Data"
has "of metrics that are a text" out "90.5"
has "with its paper" out "arxiv:1506.00004"
run "nothing configured" 3 pwc -L "$T/default.lib" sync --source pwc --json
has "reads links and methods, and says what is missing" out '"what":"splits of pwc-archive/datasets"'
run "doctor" 0 pwc doctor
lacks "is content" out BAD
stop_replays

# Stopped on the way, it goes on at its page.
LIB=$T/part.lib
start_replay "$T/plain"
run "a part" 0 pwc -c source.pwc.dataset=$LINKS sync --source pwc --max 250 --json
has "of so many rows" out '"seen":250,'
run "the rest" 0 pwc -c source.pwc.dataset=$LINKS sync --source pwc --json
same "every row once" 840 "$(sql "SELECT sum(seen) FROM harvest_run")"
same "every link" 840 "$(sql "SELECT count(*) FROM link WHERE kind = 'code'")"
same "and no page from the beginning" 1 "$(asked 'offset=0&length=100')"
stop_replays

# Faults: an overloaded server, one that is not ready, a page that cannot be had, one that is cut.
LIB=$T/faults.lib
cat >"$T/faults" <<X
papers p records=420 seed=5 categories=cs.CL
route /rows?offset=100
answer 429 header="Retry-After: 1" type=application/json body="{\\"error\\":\\"Too many requests\\"}"
answer 200 rows=p
route /rows?offset=200
answer 500 header="X-Error-Code: ResponseNotReady" type=application/json body="{\\"error\\":\\"The server is busier than usual\\"}"
answer 200 rows=p
route /rows?offset=300
answer 200 type=application/json body="{\\"rows\\":[{\\"row_idx\\":300,\\"row\\":{\\"paper"
answer 200 rows=p
route /rows?offset=400
answer 200 type=application/json body="{\\"features\\":[],\\"rows\\":[],\\"num_rows_total\\":840,\\"partial\\":false}"
answer 200 rows=p
route /rows?offset=500
answer 500 times=3 header="X-Error-Code: UnexpectedError" type=application/json body="{\\"error\\":\\"Unexpected error.\\"}"
answer 200 rows=p
route /*
answer 200 rows=p
X
start_replay "$T/faults"
run "with faults" 3 pwc -c harvest.tries=3 -c source.pwc.dataset=$LINKS sync --source pwc --json
has "each is tried again, one page is a gap" out '"seen":740'
has "which is told" out '"what":"rows 500 to 599 of pwc-archive/links-between-paper-and-code, train"'
has "by the server's code" out 'UnexpectedError'
run "the gap is asked for" 0 pwc -c harvest.tries=3 -c source.pwc.dataset=$LINKS sync --source pwc --json
same "and filled" 840 "$(sql "SELECT count(*) FROM link WHERE kind = 'code'")"
same "no gap is left" 0 "$(sql "SELECT count(*) FROM harvest_gap WHERE closed IS NULL")"
stop_replays

# What the server leaves out is a gap that a person sees.
LIB=$T/less.lib
sed 's/rows=p/rows=p partial cells/' "$T/plain" >"$T/less"
start_replay "$T/less"
run "a part of a data set" 3 pwc -c source.pwc.dataset=$PAPERS sync --source pwc --json
has "half of it" out '"seen":210,"added":210'
has "the rest is missing" out 'serves only the first part of this data set'
has "so are cells" out 'cells of 21 rows of pwc-archive/papers-with-abstracts'
same "which are not kept as if they were whole" 21 "$(sql "SELECT count(*) FROM work_text WHERE abstract = ''")"
stop_replays

# No's.
LIB=$T/no.lib
start_replay "$T/plain"
run "a data set that does not exist" 3 pwc -c source.pwc.dataset=someone/nothing -c source.pwc.dataset=pwc-archive/methods sync --source pwc --json
has "the server's own words" out 'The dataset does not exist'
has "the others are read" out '"added":10'
run "a name that is none" 2 pwc -c source.pwc.dataset="no such" sync --source pwc
has "is told" err "dataset = no such: not a data set"
run "too fast for the server" 2 "$CARREL" -L "$LIB" -c source.pwc.interval=100ms sync --source pwc
has "is refused" err "asks for at least 500 ms"
finish
