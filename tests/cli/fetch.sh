# PDFs out of the network: from arXiv within its budget, from other addresses, resumed, by rule; and what is no PDF.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
INTERVAL=60
page() { printf '# %s\nAda Winter\n\n# 1 Part\n' "$1"; i=0; while [ $i -lt 30 ]; do echo "The $2 of item $i is weighed again until reading $i agrees."; i=$((i + 1)); done; }
page "Copper lanterns for quiet reading rooms" lantern | LC_ALL=C awk -f "$here/pdf.awk" >"$T/lanterns.pdf"
page "Moss on the north side" moss | LC_ALL=C awk -f "$here/pdf.awk" >"$T/moss.pdf"
size=$(wc -c <"$T/lanterns.pdf")
cat >"$T/script" <<X
route /pdf/2401.11111
answer 503 body="busy"
answer 200 type=application/pdf file=lanterns.pdf etag="\"v1\"" cut=700
answer 200 type=application/pdf file=lanterns.pdf etag="\"v1\"" cut=900
answer 200 type=application/pdf file=lanterns.pdf etag="\"v1\""
route /pdf/2401.22222 loop
answer 200 type=text/html body="<!doctype html><html><body>Please log in</body></html>"
route /pdf/2401.33333
answer 404 body="gone"
route /pdf/2401.44444
answer 200 type=application/pdf file=moss.pdf
route /elsewhere/moss.pdf
answer 200 type=application/pdf file=moss.pdf
route /slow.pdf
answer 200 type=application/pdf file=lanterns.pdf etag="\"s\"" drip=200/300
answer 200 type=application/pdf file=lanterns.pdf etag="\"s\""
route /changed.pdf
answer 200 type=application/pdf file=moss.pdf etag="\"old\"" cut=500
answer 200 type=application/pdf file=lanterns.pdf etag="\"new\""
X
start_replay "$T/script"
mkdir -p "$XDG_CONFIG_HOME/carrel"
cat >"$XDG_CONFIG_HOME/carrel/config" <<X
[source "arxiv"]
    pdf-url = $REPLAY_URL/pdf
    oai-url = $REPLAY_URL/oai
    api-url = $REPLAY_URL/api
    rss-url = $REPLAY_URL/rss
    interval = ${INTERVAL}ms
[harvest]
    backoff = 5ms
X
cat >"$T/papers.jsonl" <<X
{"id":"arxiv:2401.11111","title":"Lamps","authors":["Ada Winter"],"categories":["cs.DL"],"published":"2024-01-20"}
{"id":"arxiv:2401.22222","title":"Behind a wall","authors":["Ben Frost"],"published":"2024-01-20"}
{"id":"arxiv:2401.33333","title":"Nowhere","authors":["Cora Elm"],"published":"2024-01-20"}
{"id":"arxiv:2401.44444","title":"Moss","authors":["Ada Winter"],"published":"2024-01-20"}
{"id":"doi:10.1234/none","title":"No address","authors":["Dan Reed"],"published":"2015"}
{"id":"doi:10.1234/inside","title":"An inside address","authors":["Eve Brook"],"published":"2016","pdf_url":"http://127.0.0.1:1/x.pdf"}
X
run "papers" 0 "$CARREL" import "$T/papers.jsonl"

run "a PDF by id, through a busy server and two cuts" 0 "$CARREL" process --json arxiv:2401.11111
has "is read" out '"state":"done"'
has "and joins the paper that asked, whatever its title" out '"work":"arxiv:2401.11111"'
same "each request asked for the rest alone" "700 900 $((size - 700 - 900))" "$(awk -F '\t' '$6 == "/pdf/2401.11111" && $7 != 503 { print $8 }' "$REPLAY_LOG" | xargs)"
run "asked again" 0 "$CARREL" process 2401.11111
has "it is there already" out "there already"
run "found by a word of it" 0 "$CARREL" search --in text --json lantern
has "there" out '"id":"arxiv:2401.11111"'
run "a web page in place of it" 3 "$CARREL" process arxiv:2401.22222
has "is seen" err "web page in place of a PDF"
run "what is not there" 3 "$CARREL" process arxiv:2401.33333
has "is said" err "nothing at this address"
run "a paper without address" 3 "$CARREL" process doi:10.1234/none
has "is told so" err "where its PDF is"
run "an address that a record says may not be private" 3 "$CARREL" process doi:10.1234/inside
has "is refused" err "is not asked"
run "an address of one's own" 0 "$CARREL" process --json "$REPLAY_URL/elsewhere/moss.pdf"
has "is a paper of its own" out '"work":"file:'
run "neither" 3 "$CARREL" process nosuchthing
has "is named" err "nosuchthing"
paced "one budget for all of arXiv" $INTERVAL /pdf/
same "nothing is left over" "" "$(ls "$CARREL_LIBRARY/cache/partial")"

# Stopped in the middle, and going on.
"$CARREL" process "$REPLAY_URL/slow.pdf" >"$T/out" 2>"$T/err" &
pid=$!
sleep 1
kill -INT $pid
wait $pid
same "stopped" 130 $?
same "what came is kept" 1 "$(ls "$CARREL_LIBRARY/cache/partial" | grep -c part)"
run "going on" 0 "$CARREL" process "$REPLAY_URL/slow.pdf"
has "is whole" out "there already"
run "another version in the middle" 0 "$CARREL" process --json "$REPLAY_URL/changed.pdf"
has "is not glued to the first" out '"state":"done"'

# By rule, as jobs.
run "marked for later" 0 "$CARREL" -c process.fetch=later mark later arxiv:2401.44444 arxiv:2401.11111 doi:10.1234/none
has "one will be fetched" err "1 PDF will be fetched"
run "a worker does it" 0 "$CARREL" worker --once
run "it is there" 0 "$CARREL" show --json arxiv:2401.44444
has "as a document" out '"format":"pdf","state":"done"'
run "without the rule" 0 "$CARREL" mark later arxiv:2401.22222
lacks "nothing is" err "fetched"
run "in the background" 0 "$CARREL" process --background arxiv:2401.33333
has "by a job" out "fetches arxiv:2401.33333"
run "a PDF that is here, in the background" 0 "$CARREL" process --background arxiv:2401.11111
asked=$(grep -c /pdf/2401.11111 "$REPLAY_LOG")
run "which fails" 3 "$CARREL" worker --once
run "and says why" 0 "$CARREL" jobs
has "there" out "nothing at this address"
same "what is here is not asked for again" "$asked" "$(grep -c /pdf/2401.11111 "$REPLAY_LOG")"
run "a backup" 0 "$CARREL" backup "$T/backup"
has "leaves out what can be fetched again" err "that can be fetched again (--with-files takes them too)"
run "comes back" 0 "$CARREL" -L "$T/bare" restore "$T/backup"
run "as a sound library" 0 "$CARREL" -L "$T/bare" doctor
has "that knows what it lacks" out "have their text but not their file"
run "and finds its texts" 0 "$CARREL" -L "$T/bare" search --in text lantern
run "with all files" 0 "$CARREL" backup --with-files "$T/backup"
run "it comes back" 0 "$CARREL" -L "$T/whole" restore "$T/backup"
run "sound as well" 0 "$CARREL" -L "$T/whole" doctor
lacks "with everything" out "not their file"
stop_replays
finish
