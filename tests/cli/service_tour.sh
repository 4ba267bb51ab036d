# The whole service in one walk: what is asked and what comes back, line by line ("make tour-service" shows it). Scrapes from
# a replay server, PDFs by upload and by address, both webhooks with a delivery that fails three times, events, a
# WebSocket, the figures. Lines with > are requests, with < answers.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
if ! command -v python3 >/dev/null; then
    echo "ok - a walk through the service # SKIP there is no python3"
    finish
fi
here=$(dirname "$0")
CURL_JSON="Content-Type: application/json"

# ---- telling ----
chapter() { printf '#\n# ---- %s ----\n' "$1"; }
tell() { printf '# %s %s\n' "$1" "$(printf %s "$2" | tr '\n' ' ' | cut -c 1-${3:-230})"; }
# get NAME STATUS PATH [CURL OPTION...]
get() {
    tell '>' "GET $3"
    ask "$@" -H "$reader"
    tell '<' "$got $(cat "$T/out")"
}
# post NAME STATUS PATH JSON TOKEN
post() {
    tell '>' "POST $3 $4"
    ask "$1" "$2" "$3" -X POST -H "$5" -H "$CURL_JSON" -d "$4"
    tell '<' "$got $(cat "$T/out")"
}
job() { sed -n 's/.*"job":{"id":\([0-9]*\),.*/\1/p' "$T/out"; }
# ends NAME PATH: asks until the job is at its end, and tells the last answer.
ends() {
    tell '>' "GET $2, until it is done"
    i=0
    until curl -s -H "$reader" "$URL$2" | tee "$T/out" | grep -Eq '"state":"(done|failed|cancelled)"' || [ $i -gt 400 ]; do sleep 0.05; i=$((i + 1)); done
    tell '<' "$(cat "$T/out")" 400
    has "$1" out '"state":"done"'
}
# within NAME COMMAND...: it becomes true within twenty seconds.
within() {
    name=$1 i=0
    shift
    until "$@" || [ $i -gt 400 ]; do sleep 0.05; i=$((i + 1)); done
    if "$@"; then good "$name"; else bad "$name" "$(tail -n 20 "$T/got/log" "$T/heard")"; fi
}
# figure SQL-PATH: of the JSON in out
figure() { sqlite3 :memory: "SELECT json_extract(CAST(readfile('$T/out') AS TEXT), '\$.$1')"; }

# ---- the others: sources, a website that takes webhooks ----
cat >"$T/arxiv" <<X
papers p records=120 seed=3 categories=cs.CL from=2025-02-01 per-day=20 page=40
route /oai
answer 200 oai=p delay=50
route /papers/desks.pdf
answer 302 header="Location: {url}/files/desks.pdf"
route /files/desks.pdf
answer 200 type=application/pdf file=desks.pdf
X
cat >"$T/huggingface" <<X
papers p records=40 seed=5 categories=cs.LG from=2025-02-01 per-day=10
route /api/*
answer 200 hf=p
X
cat >"$T/pwc" <<X
papers p records=30 seed=7 categories=cs.CV
route /*
answer 200 rows=p
X
paper() { # TITLE WORD: a PDF of two pages
    {
        echo "# $1"
        echo "Ann Lee"
        echo
        echo "Abstract"
        echo "We look at $2 for a year, and find that $2 are bright."
        printf '\\f\n'
        echo "1 Results"
        echo "There are forty $2 in the reading room."
    } | LC_ALL=C awk -f "$here/pdf.awk"
}
paper "On Lamps in Reading Rooms" "green lamps" >"$T/lamps.pdf"
paper "A Year of Oak Desks" "oak desks" >"$T/desks.pdf"
for name in huggingface pwc arxiv; do
    start_replay "$T/$name"
    echo "$REPLAY_URL" >"$T/$name.url"
done
for name in serve hook; do head -c 36 /dev/urandom | base64 -w 0 >"$T/$name.secret"; done
mkdir "$T/got"
mkfifo "$T/port"
: >"$T/got/log"
printf '503\n500\n503\n' >"$T/got/script" # the first three tries of the first delivery
python3 "$here/receiver.py" "$T/got" "$T/hook.secret" >"$T/port" &
replays="$replays $!"
read -r port <"$T/port"
cat >"$T/config/tour" <<X
[serve]
	secret-file = $T/serve.secret
	allow-private = true
	rate = 0
[source "arxiv"]
	oai-url = $REPLAY_URL/oai
	api-url = $REPLAY_URL/api
	rss-url = $REPLAY_URL/rss
	category = cs.CL
	interval = 5ms
[source "huggingface"]
	url = $(cat "$T/huggingface.url")
	interval = 5ms
[source "pwc"]
	url = $(cat "$T/pwc.url")
	interval = 5ms
[webhook "site"]
	url = http://127.0.0.1:$port/carrel
	secret-file = $T/hook.secret
[webhook]
	backoff = 100ms
X
with() { "$CARREL" --config "$T/config/tour" -L "$LIB" "$@"; }

chapter "the service begins, with a library of its own"
write="Authorization: Bearer $(with token new --scope write)"
sender="Authorization: Bearer $(with token new --scope events)"
read_token=$(with token new --scope read)
reader="Authorization: Bearer $read_token"
serve --config "$T/config/tour"
tell '$' "carrel serve: $(grep 'serves http' "$T/serve.err")"
get "it is alive" 200 "/health?check=live"
get "and ready" 200 "/health?check=ready"

chapter "somebody listens on the WebSocket"
mkfifo "$T/listens"
python3 "$here/realtime.py" listen "${URL#http://}" "$read_token" events jobs scrapes metrics >"$T/heard" 2>"$T/heard.err" &
replays="$replays $!"
heard() { grep -q -- "$1" "$T/heard"; }
tell '>' 'GET /ws/realtime (upgrade), {"subscribe":["events","jobs","scrapes","metrics"]}'
within "it is told what it will hear" heard '"subscribed"'
tell '<' "$(head -n 1 "$T/heard")"

chapter "scrapes"
post "arXiv" 202 /scrape/arxiv '{"categories":["cs.CL"],"since":"2025-01-01"}' "$write"
arxiv=$(job)
get "is under way" 200 /scrape/status
has "as a scrape" out "\"id\":$arxiv,\"kind\":\"harvest\""
get "and in the queue" 200 "/jobs?kind=harvest"
has "as a job" out "\"id\":$arxiv,"
ends "arXiv is read" "/scrape/status?job=$arxiv"
has "whole" out '"seen":120,"added":120,'
post "Hugging Face" 202 /scrape/huggingface '{"query":"models","max":20}' "$write"
ends "is read" "/scrape/status?job=$(job)"
has "by its search" out '"seen":4,"added":4,'
post "Papers with Code" 202 /scrape/pwc '{"max":25}' "$write"
ends "is read" "/scrape/status?job=$(job)"
has "too" out '"seen":25,'
get "all three are history" 200 "/scrape/history?limit=3"
get "the papers can be found" 200 "/search?q=models&limit=1"
has "with their names" out '"id":"arxiv:'

chapter "the website is told: scraper-complete, whose first delivery fails three times"
taken() { [ "$(grep -c "^[0-9]* 200 $1 " "$T/got/log")" -ge "$2" ]; }
within "one delivery a scrape arrives" taken scraper-complete 3
while read -r line; do tell '<' "POST /carrel $line"; done <"$T/got/log"
same "the first one at the fourth try" "503 500 503 200 200 200" "$(awk '{print $2}' "$T/got/log" | tr '\n' ' ' | sed 's/ $//')"
same "under one key" 1 "$(head -n 4 "$T/got/log" | awk '{print $4}' | sort -u | wc -l)"
same "with the same bytes" 1 "$(cd "$T/got" && sha256sum 1.body 2.body 3.body 4.body | cut -c 1-64 | sort -u | wc -l)"
lacks "each is signed" got/log UNSIGNED
cp "$T/got/4.body" "$T/out"
tell '<' "$(cat "$T/out")" 500
same "it carries the papers themselves" "arxiv 120 120" "$(figure run.source) $(figure run.added) $(sqlite3 :memory: "SELECT json_array_length(CAST(readfile('$T/out') AS TEXT), '\$.records')")"
ask "the outbox" 200 /webhooks -H "Authorization: Bearer $(with token new --scope admin)"
tell '<' "$(cat "$T/out")"
has "has nothing dead" out '"dead":0'

chapter "a PDF is sent along"
tell '>' "POST /process/pdf, with lamps.pdf"
ask "it is taken" 202 /process/pdf -X POST -H "$write" -F "file=@$T/lamps.pdf"
tell '<' "$got $(cat "$T/out")"
ends "it is read" "/process/status/$(job)"
work=$(figure job.result.work)
get "it is a paper" 200 "/papers/$work"
has "by its title" out "On Lamps in Reading Rooms"

chapter "a PDF is fetched from an address, by way of a redirect"
post "it is taken" 202 /process/pdf "{\"url\":\"$REPLAY_URL/papers/desks.pdf\"}" "$write"
ends "it is read" "/process/status/$(job)"
get "its text is found" 200 "/search?q=forty%20oak%20desks&in=text&limit=1"
has "by what stands on the second page" out "forty oak desks"

chapter "the website is told: document-processed"
within "of both documents" taken document-processed 2
for body in $(awk '$3 == "document-processed" && $2 == 200 { print $1 }' "$T/got/log"); do tell '<' "$(cat "$T/got/$body.body")" 400; done
has "with their passages" "got/$body.body" "forty oak desks"
has "and their paper" "got/$body.body" '"title":"A Year of Oak Desks"'
lacks "signed" got/log UNSIGNED

chapter "a website tells what is read on it"
uuid() { cat /proc/sys/kernel/random/uuid; }
now=$(date -u +%FT%TZ) view=$(uuid)
post "a pageview" 202 /events/pageview "{\"event_id\":\"$view\",\"at\":\"$now\",\"paper\":\"$work\",\"path\":\"/lamps?who=ann\",\"visitor\":\"ann\"}" "$sender"
same "is accepted" 1 "$(figure accepted)"
post "the same again" 202 /events/pageview "{\"event_id\":\"$view\",\"at\":\"$now\",\"paper\":\"$work\"}" "$sender"
same "is a duplicate" "0 1" "$(figure accepted) $(figure duplicate)"
post "two clicks" 202 /events/click "[{\"event_id\":\"$(uuid)\",\"at\":\"$now\",\"paper\":\"$work\",\"target\":\"https://example.org/a\",\"visitor\":\"ann\"},
    {\"event_id\":\"$(uuid)\",\"at\":\"$now\",\"target\":\"https://example.org/b\",\"visitor\":\"bo\"}]" "$sender"
same "in one request" 2 "$(figure accepted)"
post "a search that finds nothing" 202 /events/search "{\"event_id\":\"$(uuid)\",\"at\":\"$now\",\"query\":\"unicorn desks\",\"results\":0,\"visitor\":\"bo\"}" "$sender"
post "one without its query" 400 /events/search "{\"event_id\":\"$(uuid)\",\"at\":\"$now\"}" "$sender"
has "names what is missing" out '"field":"query"'

chapter "the listener has heard all of it"
within "the pageview, once" heard "\"event_id\":\"$view\""
same "and without who it was" 1 "$(grep -c "\"event_id\":\"$view\"" "$T/heard")"
lacks "as was promised" heard ann
within "both clicks and the search" heard '"kind":"search"'
within "the scrapes" heard '"topic":"scrapes"'
within "the jobs, to their ends" heard '"topic":"jobs".*"kind":"process","state":"done"'
within "the figures of now" heard '"topic":"metrics".*"active_5m":2'
for topic in scrapes jobs events metrics; do tell '<' "$(grep "\"topic\":\"$topic\"" "$T/heard" | tail -n 1)"; done

chapter "the figures"
get "the summary" 200 "/metrics/summary?window=24h"
same "counts what came" "1 2 1 2" "$(for of in views clicks searches visitors; do figure totals.$of; done | tr '\n' ' ' | sed 's/ $//')"
has "and knows what was looked for in vain" out '"searches_without_results":[{"query":"unicorn desks"'
get "what is popular" 200 "/metrics/popular?window=7d"
same "is the paper that was sent" "$work 1 1" "$(figure 'items[0].id') $(figure 'items[0].views') $(figure 'items[0].clicks')"
ask "for Prometheus" 200 /metrics
grep -E '^carrel_(events_total|jobs|webhook_deliveries)\{' "$T/out" | while read -r line; do tell '<' "$line"; done
has "events" out 'carrel_events_total{fate="accepted"} 4'
has "requests" out 'carrel_http_requests_total{method="POST",route="/scrape/arxiv",status="2xx"} 1'
has "deliveries" out 'carrel_webhook_deliveries{webhook="site",state="delivered"} 5'

chapter "the end"
stop
same "SIGTERM ends it cleanly" 0 $ended
within "the listener is told: 1001" heard '^1001 '
tell '<' "close $(tail -n 1 "$T/heard")"
run "the library is whole" 0 with doctor
finish
