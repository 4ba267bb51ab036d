# Scrapes, documents, repositories and texts through the service: jobs that are made, told of, ended and finished,
# whatever is sent, and whoever is killed.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
here=$(dirname "$0")

cat >"$T/script" <<X
papers p records=300 seed=3 categories=cs.CL from=2026-02-01 per-day=20 page=20
papers q records=40 seed=5 categories=cs.LG from=2026-02-01 per-day=20 page=20
route /oai loop
answer 200 oai=p delay=100
route /api/query loop
answer 200 arxiv=q
route /papers/one.pdf
answer 200 type=application/pdf file=one.pdf
route /away
answer 302 header="Location: {url}/papers/one.pdf"
route /page
answer 200 type=text/html body="<html><body>Log in</body></html>"
X
tail -c +2 "$here/../fuzz/corpus/process_extract/pdf" >"$T/one.pdf"
start_replay "$T/script"
head -c 48 /dev/urandom | base64 -w 0 >"$T/secret"
cat >"$T/config/carrel.jobs" <<X
[harvest]
    backoff = 5ms
[source "arxiv"]
    oai-url = $REPLAY_URL/oai
    api-url = $REPLAY_URL/api/query
    rss-url = $REPLAY_URL/rss
    category = cs.CL
    interval = 5ms
[serve]
    secret-file = $T/secret
    rate = 0
    upload-limit = 200KiB
X
with() { "$CARREL" --config "$T/config/carrel.jobs" -L "$LIB" "$@"; }
run "a token to write" 0 with token new --scope write
write="Authorization: Bearer $(cat "$T/out")"
reader="Authorization: Bearer $(with token new --scope read)"
admin="Authorization: Bearer $(with token new --scope admin)"
start() { serve --config "$T/config/carrel.jobs" "$@"; }
# post NAME STATUS PATH JSON [CURL OPTION...]
post() {
    said=$1 code=$2 to=$3 json=$4
    shift 4
    ask "$said" "$code" "$to" -X POST -H "$write" -H "Content-Type: application/json" -d "$json" "$@"
}
sent() { ask "$1" "$2" /process/pdf -X POST -H "$write" "$3" "$4"; } # NAME STATUS CURL OPTION
job() { sed -n 's/.*"job":{"id":\([0-9]*\),.*/\1/p' "$T/out"; }
field() { has "$1" out "\"field\":\"$2\""; }
# sees PATTERN PATH: waits until the answer has it.
sees() {
    i=0
    until curl -s -H "$reader" "$URL$2" | tee "$T/out" | grep -Eq "$1" || [ $i -gt 600 ]; do sleep 0.05; i=$((i + 1)); done
}
# ends NAME STATE ID [PATH]: waits until the job is at an end, and compares its state.
ends() {
    sees '"state":"(done|failed|cancelled)","progress"|"error":\{' "${4:-/process/status/}$3"
    same "$1" "$2" "$(sed -n 's/^{"job":.*"state":"\([a-z]*\)","progress".*/\1/p' "$T/out")"
}
scrape_ends() { ends "$1" "$2" "$3" "/scrape/status?job="; }
requests() { grep -vc '^#' "$REPLAY_LOG"; }

start
# ---- scrapes ----
post "a scrape" 202 /scrape/arxiv '{"since":"2026-02-01"}'
same "is a job, in the queue or under way already" 1 "$(grep -cE '"kind":"harvest","state":"(queued|running)"\}\}' "$T/out")"
has "with its address" headers "Location: /scrape/status?job="
first=$(job)
sees '"progress":\{"done":[1-9]' "/scrape/status?job=$first"
has "its progress is seen while it runs" out '"state":"running"'
ask "what is under way" 200 /scrape/status -H "$reader"
has "names it" out "\"items\":[{\"id\":$first,\"kind\":\"harvest\""
ask "the queue" 200 "/jobs?state=running&kind=harvest" -H "$reader"
has "has it" out "\"items\":[{\"id\":$first,"
run "so has the command" 0 with jobs list
has "by its source" out "arxiv"
run "and the desk" 0 with dump jobs
has "on its screen" out "harvest"
scrape_ends "it comes to its end" done "$first"
has "with what came" out '"seen":300,"added":300,'
same "and has the members that are promised" '{"job":{"id","kind","state","progress":{"done","total"},"attempts","next","error","result"}}' \
    "$(sed 's/"result":{.*/"result":}}/; s/:[0-9][0-9]*//g; s/:"[a-z]*"//g; s/"next":null/"next"/; s/"error":null/"error"/; s/"result":/"result"/' "$T/out")"
ask "the papers" 200 "/papers?limit=1" -H "$reader"
has "are there" out '"total":300'

wish='{"categories":["cs.LG"],"query":"all:lamps","max":10}'
post "one that is named" 202 /scrape/arxiv "$wish" -H "Idempotency-Key: monday"
second=$(job)
post "sent again" 202 /scrape/arxiv "$wish" -H "Idempotency-Key: monday"
same "is the same job" "$second" "$(job)"
post "something else by that name" 409 /scrape/arxiv '{"max":11}' -H "Idempotency-Key: monday"
field "is refused" Idempotency-Key
scrape_ends "a query in categories" done "$second"
has "is one list" out '"requests":1,'
same "arXiv is asked for both" 1 "$(grep -c 'search_query=%28%28all%3Alamps%29%20AND%20%28cat%3Acs.LG%29%29' "$REPLAY_LOG")"
post "after its end, too" 202 /scrape/arxiv "$wish" -H "Idempotency-Key: monday"
same "it is the same" "$second" "$(job)"
post "a name with blanks" 400 /scrape '{}' -H "Idempotency-Key: a b"
post "all that can be asked so" 202 /scrape '{"categories":["cs.CL"],"max":1}'
third=$(job)
scrape_ends "is done" done "$third"
ask "no body at all" 202 /scrape -X POST -H "$write"
scrape_ends "is everything" done "$(job)"
ask "the history" 200 "/scrape/history?limit=2" -H "$reader"
has "goes on" out "\"next\":\"$third\""
ask "by its cursor" 200 "/scrape/history?limit=2&cursor=$third" -H "$reader"
has "to the first ones" out "\"items\":[{\"id\":$second,"
has "and their end" out '"next":null'
ask "a cursor that is none" 400 "/scrape/history?cursor=x" -H "$reader"

# ---- ending one, and trying it again ----
post "a long one" 202 /scrape/arxiv '{"categories":["cs.CL"],"since":"2026-01-01"}'
long=$(job)
post "another of its source" 202 /scrape/arxiv '{"categories":["cs.CL"],"since":"2026-01-02","max":20}'
behind=$(job)
post "while it lasts" 202 /process/text '{"text":"A note on lamps, which is read meanwhile."}'
ends "other jobs are done" done "$(job)"
ask "the one behind it" 200 "/jobs/$behind" -H "$reader"
has "waits" out '"waits_for":1'
ask "the end of the waiting one" 200 "/jobs/$behind" -X DELETE -H "$write"
has "is at once" out '"state":"cancelled"'
ask "the end of the running one" 200 "/jobs/$long/cancel" -X POST -H "$write"
scrape_ends "comes soon" cancelled "$long"
ask "twice" 409 "/jobs/$long/cancel" -X POST -H "$write"
error "cannot be" conflict
ask "once more" 200 "/jobs/$behind/retry" -X POST -H "$write"
scrape_ends "it runs" done "$behind"
ask "what is done" 409 "/jobs/$behind/retry" -X POST -H "$write"
ask "no such job" 404 "/jobs/9999" -X DELETE -H "$write"
ask "a job that is no number" 404 "/jobs/x" -H "$reader"
ask "another kind" 404 "/process/status/$long" -H "$reader"
ask "reading does not end one" 403 "/jobs/$long" -X DELETE -H "$reader"

# ---- wrong bodies ----
while read -r route member value; do
    post "$route: $member $value" 400 "$route" "{\"$member\":$value}"
    field "names it" "$member"
done <<X
/scrape sources 5
/scrape sources ["nowhere"]
/scrape sources [1]
/scrape query 5
/scrape query ""
/scrape categories "cs.CL"
/scrape categories ["no-such"]
/scrape since 2026
/scrape since "yesterday"
/scrape max "ten"
/scrape max 0
/scrape max 1.5
/scrape colour "red"
/scrape/pwc query "lamps"
/scrape/arxiv sources ["pwc"]
/process/pdf url 5
/process/pdf url "ftp://example.org/a.pdf"
/process/pdf url "/etc/passwd"
/process/pdf id 5
/process/pdf id ""
/process/github url 5
/process/github url "file:///etc"
/process/github url "ssh://git@github.com/a/b"
/process/github url "git@github.com:a/b"
/process/github url "/tmp"
/process/github url "http://example.org/a/b"
/process/github url "https://example.org"
/process/text text 5
/process/text text ""
X
post "text without one" 400 /process/text '{"title":"x"}'
field "names it" text
post "a title that is none" 400 /process/text '{"title":5,"text":"x"}'
field "names it" title
post "an address that is none" 400 /process/text '{"text":"x","url":"x"}'
field "names it" url
post "an address and an id" 400 /process/pdf '{"url":"https://example.org/a.pdf","id":"arxiv:1706.03762"}'
post "neither" 400 /process/pdf '{}'
post "no such paper" 404 /process/pdf '{"id":"doi:10.9999/none"}'
post "an array" 400 /scrape '[]'
post "no sources" 400 /scrape '{"sources":[]}'
field "are not all of them" sources
post "a day to come" 400 /scrape "{\"since\":\"$(date -d '400 days' +%F)\"}"
field "has nothing" since
post "blanks" 400 /process/text '{"text":" \n "}'
field "are no text" text
post "somebody's page" 400 /process/github '{"url":"https://github.com/owner"}'
field "is no repository" url
has "which a message says alone" out '"message":"url: it names no repository"'
ask "a job by another name" 404 /jobs/abc -H "$reader"
field "is named" id
ask "webhooks among the jobs" 200 "/jobs?kind=webhook" -H "$reader"
post "no JSON" 400 /scrape '{'
ask "another type" 415 /process/text -X POST -H "$write" -H "Content-Type: text/plain" -d x
(cat "$T/one.pdf"; head -c 190000 /dev/zero) >"$T/long.pdf"
for type in application/octet-stream application/x-www-form-urlencoded; do
    ask "a long PDF as $type" 415 /process/pdf -X POST -H "$write" -H "Content-Type: $type" --data-binary @"$T/long.pdf"
    has "says what it must be" out "application/json or application/pdf|multipart/form-data"
done
field "by the header's name" Content-Type
ask "without a token" 401 /scrape -X POST -d '{}'
ask "with one to read" 403 /scrape -X POST -H "$reader" -d '{}'

# ---- documents ----
type="Content-Type: application/pdf"
ask "a PDF as the body" 202 /process/pdf -X POST -H "$write" -H "$type" --data-binary @"$T/one.pdf"
ends "is read" done "$(job)"
has "with its work" out '"state":"done","work":"file:'
document=$(sed -n 's/.*"result":{"id":"\(file:[0-9a-f]*\)".*/\1/p' "$T/out")
sent "as a form" 202 -F "file=@$T/one.pdf;filename=../../what I call it.pdf"
ends "it is the same document" done "$(job)"
has "by its bytes" out "\"id\":\"$document\""
same "no file is left in between" "" "$(ls -A "$LIB/files/tmp")"
ask "in chunks" 202 /process/pdf -X POST -H "$write" -H "$type" -H "Transfer-Encoding: chunked" --data-binary @"$T/one.pdf"
sent "an encrypted one" 202 -F "file=@$here/../fixtures/locked.pdf"
ends "is done in part" done "$(job)"
has "and says so" out '"state":"encrypted"'
has "as an error" out '"error":"encrypted: '
ask "what is no PDF" 400 /process/pdf -X POST -H "$write" -H "$type" -d "<html>Log in</html>"
has "is told" out "no PDF"
sent "an empty one" 400 -H "$type"
sent "a form without a file" 400 -F "file=text"
ask "with two" 400 /process/pdf -X POST -H "$write" -F "a=@$T/one.pdf" -F "b=@$T/one.pdf"
ask "a form without its boundary" 400 /process/pdf -X POST -H "$write" -H "Content-Type: multipart/form-data" -d x
(cat "$T/one.pdf"; head -c 300000 /dev/zero) >"$T/large.pdf"
ask "one that is too large" 413 /process/pdf -X POST -H "$write" -H "$type" --data-binary @"$T/large.pdf"
has "says how large it may be" out "204800 bytes"
ask "not even in chunks" 413 /process/pdf -X POST -H "$write" -H "$type" -H "Transfer-Encoding: chunked" --data-binary @"$T/large.pdf"
sent "nor in a form" 413 -F "file=@$T/large.pdf"
same "and leaves nothing" "" "$(ls -A "$LIB/files/tmp")"
ask "JSON that is too large" 413 /scrape -X POST -H "$write" -H "Content-Type: application/json" --data-binary @"$T/large.pdf"
post "a text" 202 /process/text '{"title":"On lamps and desks","text":"Reading lamps stand on desks.\n\nThey are bright.","url":"https://example.org/lamps"}'
ends "is taken in" done "$(job)"
work=$(sed -n 's/.*"work":"\([^"]*\)".*/\1/p' "$T/out")
ask "as a paper" 200 "/papers/$work" -H "$reader"
has "under its title" out '"title":"On lamps and desks"'

# ---- addresses of this network are not asked ----
before=$(requests)
port=${REPLAY_URL##*:}
for host in 127.0.0.1 '[::1]' 169.254.169.254 2130706433 0x7f000001 0177.0.0.1 127.1 0.0.0.0 '[::ffff:127.0.0.1]' '[::]' '[64:ff9b::7f00:1]' \
    localhost LOCALHOST. a.localhost 10.0.0.1 192.168.1.1 172.16.0.1 100.64.0.1 '[fd00::1]' '[fe80::1]' metadata.google.internal user@127.0.0.1; do
    post "http://$host" 400 /process/pdf "{\"url\":\"http://$host:$port/papers/one.pdf\"}"
    field "is refused" url
    post "https://$host to be cloned" 400 /process/github "{\"url\":\"https://$host:$port/a/b.git\"}"
done
# added KIND ADDRESS: the job of a request that came in, however it passed the first look.
added() { with jobs add "$1" "{\"fetch\":\"$2\",\"outside\":true}" --json >"$T/out"; job; }
for fetch in "$REPLAY_URL/papers/one.pdf" "http://localhost:$port/papers/one.pdf" "https://2130706433:$port/x.pdf"; do
    ends "a job for $fetch" failed "$(added process "$fetch")"
    has "is refused when it connects" out "it is an address inside this network"
done
for fetch in "http://127.0.0.1:$port/a/b.git" "https://localhost:$port/a/b.git"; do
    ends "a clone of $fetch" failed "$(added clone "$fetch")"
done
has "is refused when it connects" out "has a private address"
mkdir -p "$T/private/objects" "$T/private/refs"
echo 'ref: refs/heads/main' >"$T/private/HEAD"
ends "a folder" failed "$(added clone "$T/private")"
has "is not for whoever comes by HTTP" out "only who is at this machine may ask"
same "nothing was asked of the network" "$before" "$(requests)"
stop
same "SIGTERM ends it cleanly" 0 $ended
start -c serve.allow-private=true
post "where that is allowed" 202 /process/pdf "{\"url\":\"$REPLAY_URL/away\"}"
ends "it is fetched, by way of a redirect" done "$(job)"
has "and is that document" out "\"id\":\"$document\""
post "a web page" 202 /process/pdf "{\"url\":\"$REPLAY_URL/page\"}"
web=$(job)
sees '"error":"' "/process/status/$web"
has "says what came" out "web page in place of a PDF"

# ---- who is killed goes on ----
post "a scrape" 202 /scrape/arxiv '{"categories":["cs.CL"],"since":"2025-12-01"}'
id=$(job)
sees '"progress":\{"done":[1-9]' "/scrape/status?job=$id"
kill -9 "$SERVER"
wait "$SERVER" 2>/dev/null
start
scrape_ends "killed in the middle, the next one finishes it" done "$id"
has "with a second try" out '"attempts":2'
post "one more" 202 /scrape/arxiv '{"categories":["cs.CL"],"since":"2025-12-02"}'
id=$(job)
sees '"state":"running"' "/scrape/status?job=$id"
stop
same "SIGTERM during a scrape is a clean end" 0 $ended
run "the job" 0 with jobs show "$id" --json
has "is in the queue again" out '"state":"queued"'
has "as if it had not begun" out '"attempts":0'
BACKGROUND=true start -c source.arxiv.every=10ms
scrape_ends "and goes on with the next start" done "$id"
sees '"slice":true' "/scrape/history"
has "the schedule asks for what is due" out '"source":"arxiv","slice":true'

# ---- what was written ----
ask "the audit" 200 "/audit?limit=1000" -H "$admin"
has "has who did what" out '"method":"POST","path":"/scrape/arxiv","status":202,"subject":"job '
has "also what was refused" out '"path":"/scrape","status":400,"subject":null'
has "and forbidden" out '"path":"/scrape","status":403,"subject":null'
ask "is not for everybody" 403 /audit -H "$write"
ask "goes by pages" 200 "/audit?limit=2" -H "$admin"
next=$(sed -n 's/.*"next":"\([0-9]*\)".*/\1/p' "$T/out")
ask "to older rows" 200 "/audit?limit=2&cursor=$next" -H "$admin"
has "two at a time" out "\"next\":\"$((next - 2))\""
run "as a command" 0 with audit --limit 3
same "with so many rows" 3 "$(wc -l <"$T/out")"
lacks "no token is in it" out "${write#*Bearer }"

# ---- its description ----
ask "the description" 200 /openapi.json
has "has the routes" out '"/process/status/{id}"'
if command -v openapi-spec-validator >/dev/null; then
    cp "$T/out" "$T/openapi.json"
    run "is valid" 0 openapi-spec-validator "$T/openapi.json"
else
    echo "ok - is valid # SKIP skipped: no openapi-spec-validator"
fi
stop
run "the library is whole" 0 with doctor

# ---- a document does not wait for the network ----
LIB=$T/busy
printf 'papers p records=20 seed=3 categories=cs.CL from=2026-02-01 per-day=20 page=20\nroute /oai loop\nanswer 200 oai=p delay=60000\n' >"$T/slow"
start_replay "$T/slow"
write="Authorization: Bearer $(with token new --scope write)" reader=$write
start -c worker.threads=1 -c source.arxiv.oai-url="$REPLAY_URL/oai"
post "a scrape of a source that does not answer" 202 /scrape/arxiv '{"since":"2026-01-01"}'
sees '"state":"running"' /jobs
post "another one" 202 /process/github '{"url":"https://example.org/owner/name"}'
post "a text" 202 /process/text '{"text":"Lamps that nobody has to wait for."}'
ends "is read meanwhile" done "$(job)"
ask "the queue" 200 /jobs -H "$reader"
has "has the rest in it" out '"counts":{"queued":1,"running":1,"done":1,'
stop
finish
