# Events of websites: what is taken, put off and refused; counted once and never lost, whatever kills the service; the
# figures, and when an answer about them is read anew; the script that sends them.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
here=$(dirname "$0")
echo '{"id":"arxiv:2602.00001","title":"Reading lamps","authors":["Ann Lee"],"published":"2026-02-20","doi":"10.1000/lamps"}' >"$T/papers.jsonl"
run "papers" 0 "$CARREL" -L "$LIB" import "$T/papers.jsonl"
head -c 36 /dev/urandom | base64 -w 0 >"$T/secret"
printf '[serve]\n\tsecret-file = %s\n\trate = 0\n\tcors-origin = https://site.example\n[events]\n\tqueue = 1000\n' "$T/secret" >"$T/config/service"
with() { "$CARREL" --config "$T/config/service" -L "$LIB" "$@"; }
sql() { sqlite3 "$LIB/library.db" "$1"; }
# Who asks for figures has what came before counted.
counted() { curl -s -f -o /dev/null -H "Authorization: Bearer $reader" "$URL/metrics/realtime" || bad "figures"; }
token=$(with token --scope events)
reader=$(with token --scope read)
serve --config "$T/config/service"
uuid() { cat /proc/sys/kernel/random/uuid; }
at() { date -u -d "@$(($(date +%s) $*))" +%FT%TZ; }
now=$(at + 0)
# post NAME STATUS KIND BODY [CURL OPTION...]
post() {
    name=$1 want=$2 kind=$3 body=$4
    shift 4
    ask "$name" "$want" "/events/$kind" -H "Authorization: Bearer $token" -H "Content-Type: application/json" -d "$body" "$@"
}
id=$(uuid)
view="\"event_id\":\"$id\",\"at\":\"$now\""

# What is taken.
post "a pageview" 202 pageview "{$view,\"paper\":\"2602.00001v2\",\"path\":\"/lamps?session=1#top\",\"referrer\":\"https://www.News.example/a?b\",\"visitor\":\"zelda\"}"
same "is accepted" '{"accepted":1,"duplicate":0,"rejected":[]}' "$(cat "$T/out")"
post "again" 202 pageview "{$view,\"paper\":\"2602.00001\"}"
same "is a duplicate" '{"accepted":0,"duplicate":1,"rejected":[]}' "$(cat "$T/out")"
post "a click" 202 click "{\"event_id\":\"$(uuid)\",\"at\":\"$now\",\"paper\":\"https://doi.org/10.1000/lamps\",\"target\":\"https://other.example/x\",\"visitor\":\"zelda\"}"
post "a search" 202 search "{\"event_id\":\"$(uuid)\",\"at\":\"$now\",\"query\":\" Bright  LAMPS \",\"results\":0,\"visitor\":\"bo\"}"
post "a page without a paper" 202 pageview "{\"event_id\":\"$(uuid)\",\"at\":\"$now\",\"path\":\"/about\"}"
post "a paper that the library does not have" 202 pageview "{\"event_id\":\"$(uuid)\",\"at\":\"$now\",\"paper\":\"arxiv:2602.00009\",\"visitor\":\"bo\"}"
ask "as a browser sends it" 202 "/events/pageview?token=$token" -H 'Content-Type: text/plain;charset=UTF-8' -H 'Origin: https://site.example' \
    -d "{\"event_id\":\"$(uuid)\",\"at\":\"$now\",\"path\":\"/about\"}"
has "which may read the answer" headers "Access-Control-Allow-Origin: https://site.example"
post "a batch with bad ones" 202 pageview "[{\"event_id\":\"$(uuid)\",\"at\":\"$now\",\"path\":\"/late\"},{\"event_id\":\"$(uuid)\",\"at\":\"$now\",\"paper\":\"lamps\"},7,{\"event_id\":\"$(uuid)\",\"at\":\"$now\"},{\"event_id\":\"$(uuid)\",\"at\":\"$now\",\"path\":\"/a\",\"colour\":1}]"
has "tells of the good ones" out '"accepted":1,"duplicate":0'
same "and of each other" "1 paper|2 |3 path|4 colour" "$(sqlite3 :memory: "SELECT group_concat(json_extract(value, '\$.index') || ' ' || ifnull(json_extract(value, '\$.field'), ''), '|') FROM json_each(CAST(readfile('$T/out') AS TEXT), '\$.rejected')")"

# What is not.
refused() { # NAME FIELD KIND MEMBERS
    post "$1" 400 "$3" "{$4}"
    has "$1: names the member" out "\"field\":\"$2\""
}
fresh="\"event_id\":\"$(uuid)\""
refused "an id that is none" event_id pageview "\"event_id\":\"x\",\"at\":\"$now\",\"path\":\"/\""
refused "no id" event_id pageview "\"at\":\"$now\",\"path\":\"/\""
refused "no time" at pageview "$fresh,\"path\":\"/\""
refused "a time that is none" at pageview "$fresh,\"at\":\"yesterday\",\"path\":\"/\""
plain=${now%Z} # RFC 3339 is date, T, time and zone
for form in "$plain" "$(echo "$now" | tr T ' ')" "${now%T*}" "$(date -u -R)" "$(date -u +%Y%m%dT%H%M%SZ)" "$plain.Z" "${plain%:*}Z" "$plain+0000" "$plain+01"; do
    refused "a time like '$form'" at pageview "$fresh,\"at\":\"$form\",\"path\":\"/\""
done
refused "six minutes ahead" at pageview "$fresh,\"at\":\"$(at + 360)\",\"path\":\"/\""
refused "eight days back" at pageview "$fresh,\"at\":\"$(at - 691200)\",\"path\":\"/\""
refused "no place" path pageview "$fresh,\"at\":\"$now\""
refused "no such paper" paper pageview "$fresh,\"at\":\"$now\",\"paper\":\"what\""
refused "no target" target click "$fresh,\"at\":\"$now\""
refused "no query" query search "$fresh,\"at\":\"$now\",\"query\":\"  \""
refused "fewer results than none" results search "$fresh,\"at\":\"$now\",\"query\":\"a\",\"results\":-1"
refused "a path that is none" path pageview "$fresh,\"at\":\"$now\",\"path\":7"
post "a batch of bad ones" 400 pageview '[{"event_id":"x"}]'
has "names the first one's member" out '"field":"event_id"'
post "an empty batch" 400 pageview '[]'
printf '[%s]' "$(i=0; while [ $i -lt 1001 ]; do printf '%s{}' "$([ $i -eq 0 ] || echo ,)"; i=$((i + 1)); done)" >"$T/many"
post "more than a thousand" 400 pageview "@$T/many"
post "no JSON" 400 pageview '{'
ask "without a token" 401 /events/pageview -H 'Content-Type: application/json' -d '{}'
ask "with one to read" 403 /events/pageview -H "Authorization: Bearer $(with token --scope read)" -H 'Content-Type: application/json' -d '{}'
ask "plain text elsewhere" 405 /search -H 'Content-Type: text/plain' -d '{}'
post "six days back" 202 pageview "{\"event_id\":\"$(uuid)\",\"at\":\"$(at - 518400)\",\"path\":\"/old\"}"
post "four minutes ahead" 202 pageview "{\"event_id\":\"$(uuid)\",\"at\":\"$(at + 240)\",\"path\":\"/soon\"}"

# Nothing is kept of who it was.
same "paths without what is private" "/about /lamps /late /old /soon" "$(sql "SELECT group_concat(name, ' ') FROM (SELECT name FROM usage_name WHERE kind = 2 ORDER BY name)")"
same "sites without paths" news.example "$(sql 'SELECT name FROM usage_name WHERE kind = 3')"
lacks "no address in the log" serve.err "127.0.0.1 POST /events"
same "nor in the library" 0 "$(grep -ac '127\.0\.0\.1' "$LIB/library.db" || :)"
same "nor what a visitor is called" 0 "$(sql .dump | grep -c "zelda" || :)"
same "the salt is the owner's alone" 600 "$(stat -c %a "$LIB/visitors.salt")"

# The figures.
ask "popular" 200 "/metrics/popular?window=24h"
has "by all names of a paper" out '{"id":"arxiv:2602.00001","title":"Reading lamps","views":1,"clicks":1,"visitors":1,"before":0,"change":null}'
has "unknown ones, too" out '{"id":"arxiv:2602.00009","title":null,"views":1'
etag=$(sed -n 's/^ETag: \(.*\)\r$/\1/p' "$T/headers")
ask "unchanged" 304 "/metrics/popular?window=24h" -H "If-None-Match: $etag"
post "a late event" 202 pageview "{\"event_id\":\"$(uuid)\",\"at\":\"$(at - 72000)\",\"paper\":\"arxiv:2602.00009\"}"
ask "is seen at once" 200 "/metrics/popular?window=24h" -H "If-None-Match: $etag"
has "and counted" out '"arxiv:2602.00009","title":null,"views":2'
post "one of the window before" 202 pageview "{\"event_id\":\"$(uuid)\",\"at\":\"$(at - 108000)\",\"paper\":\"arxiv:2602.00009\"}"
ask "is seen, too" 200 "/metrics/popular?window=24h"
has "as what was before" out '"views":2,"clicks":0,"visitors":2,"before":1,"change":1'
ask "trending" 200 "/metrics/trending?window=24h"
has "is what rose" out '"id":"arxiv:2602.00001"'
ask "the summary" 200 "/metrics/summary?window=7d&limit=5"
has "the site that led here" out '"referrers":[{"referrer":"news.example","views":1'
has "what was searched for" out '"searches":[{"query":"bright lamps","searches":1'
has "in vain" out '"searches_without_results":[{"query":"bright lamps","searches":1'
answer() { sqlite3 :memory: "SELECT json_extract(CAST(readfile('$T/out') AS TEXT), '\$.$1')"; }
day() { echo $(($(date -d "$(answer "$1")" +%s) / 86400)); } # midnight may pass while this runs
same "all views of those days" "$(sql "SELECT sum(views) FROM usage WHERE span = 1 AND kind = 0 AND at BETWEEN $(day 'series[0].at') AND $(day 'series[#-1].at')")" "$(answer totals.views)"
same "by day" 7 "$(sqlite3 :memory: "SELECT json_array_length(CAST(readfile('$T/out') AS TEXT), '\$.series')")"
ask "a window that is none" 400 "/metrics/summary?window=8d"
ask "now" 200 /metrics/realtime
has "the latest" out '"latest":[{"kind":"pageview"'
same "by the minute" 30 "$(sqlite3 :memory: "SELECT json_array_length(CAST(readfile('$T/out') AS TEXT), '\$.minutes')")"
run "stats" 0 with stats
has "the same figures" out "Reading lamps "
has "and searches" out "bright lamps"
run "the desk" 0 with dump analytics --size 140x80
has "shows them" out "Papers on websites, views a day"
ask "for Prometheus" 200 /metrics
has "is its format" headers "Content-Type: text/plain; version=0.0.4"
has "events" out 'carrel_events_total{fate="accepted"} 11'
has "requests" out 'carrel_http_requests_total{method="POST",route="/events/click",status="2xx"} 1'
has "how long they took" out 'carrel_http_request_duration_seconds_bucket{method="POST",route="/events/click",le="+Inf"}'
has "jobs" out 'carrel_jobs{state="queued"} 0'

# The script.
ask "the script" 200 /carrel.js
has "is kept for a day" headers "Cache-Control: public, max-age=86400"
has "with its mark" headers "ETag: "
if command -v node >/dev/null; then
    run "in a page" 0 node "$here/tracker.js" "$URL" "$token" "$here/../../data/web/carrel.js"
    same "it sent what was to be seen" "1 1 1" "$(sql "SELECT sum(e.kind = 0) || ' ' || sum(e.kind = 1) || ' ' || sum(e.kind = 2) FROM event e JOIN usage_name n ON n.id = e.path WHERE n.name LIKE '/tracked%'")"
    same "with the page's paper" 'doi:10.1000/lamps' "$(sql "SELECT DISTINCT p.name FROM event e JOIN usage_name n ON n.id = e.path JOIN usage_name p ON p.id = e.paper WHERE n.name LIKE '/tracked%'")"
else
    echo "ok - the script in a page # SKIP there is no node"
fi

# The queue: another process holds the library, and events wait.
mkfifo "$T/hold"
sqlite3 "$LIB/library.db" <"$T/hold" >/dev/null &
holder=$!
exec 9>"$T/hold"
echo "BEGIN IMMEDIATE; SELECT 1;" >&9
while sqlite3 "$LIB/library.db" "BEGIN IMMEDIATE; ROLLBACK;" 2>/dev/null; do sleep 0.1; done
batch() { # COUNT NUMBER: events whose ids are of that number
    awk -v n="$1" -v number="$2" -v at="$now" 'BEGIN {
        for (i = 0; i < n; i++) printf "%s{\"event_id\":\"%08d-0000-4000-8000-%012d\",\"at\":\"%s\",\"path\":\"/queue\",\"target\":\"x\"}", i ? "," : "[", number, i, at
        printf "]" }' | if [ "${3:-}" ]; then cat; else sed 's/,"target":"x"//g'; fi
}
batch 900 1 >"$T/batch1"
batch 200 2 >"$T/batch2"
curl -s -o "$T/waited" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "@$T/batch1" "$URL/events/pageview" &
waiting=$!
n=0
until curl -s -H "Authorization: Bearer $reader" "$URL/metrics" | grep -q "^carrel_events_waiting [1-9]" || [ $n -ge 300 ]; do sleep 0.1; n=$((n + 1)); done
post "when the queue is full" 503 pageview "@$T/batch2"
has "it says when to come again" headers "Retry-After: 1"
ask "nothing else waits" 200 /metrics/realtime
echo "ROLLBACK;" >&9
exec 9>&-
wait $holder
wait $waiting
same "what waited is accepted" '{"accepted":900,"duplicate":0,"rejected":[]}' "$(cat "$T/waited")"
post "and then there is room" 202 pageview "@$T/batch2"
stop
same "the end is clean" 0 $ended

# Behind a proxy visitors are told apart by what it says; else by their address and browser.
visitors() { # NAME EXPECTED HEADER...: of two events, the second with the header
    who=$1 different=$2
    shift 2
    before=$(sql "SELECT sum(visitors) FROM usage WHERE span = 1 AND kind = 0")
    post "$who" 202 pageview "{\"event_id\":\"$(uuid)\",\"at\":\"$now\",\"path\":\"/who\"}" -A one -H 'X-Forwarded-For: 192.0.2.1'
    post "$who, again" 202 pageview "{\"event_id\":\"$(uuid)\",\"at\":\"$now\",\"path\":\"/who\"}" "$@"
    counted
    same "$who: visitors" "$different" "$(($(sql "SELECT sum(visitors) FROM usage WHERE span = 1 AND kind = 0") - before))"
}
serve --config "$T/config/service" -c serve.behind-proxy=true
visitors "another address" 2 -A one -H 'X-Forwarded-For: 198.51.100.7, 192.0.2.2'
visitors "an address that is not the proxy's word" 0 -A one -H 'X-Forwarded-For: 198.51.100.7, 192.0.2.1'
stop
serve --config "$T/config/service"
visitors "one browser" 1 -A one -H 'X-Forwarded-For: 192.0.2.2'
visitors "another browser" 1 -A two
stop

# Whoever listens is told.
if command -v python3 >/dev/null; then
    export CARREL LIB WITH="$T/config/service"
    serve --config "$T/config/service"
    python3 "$here/realtime.py" events "${URL#http://}" || failed=1
    stop
    same "it ends cleanly" 0 $ended
    unset WITH
else
    echo "ok - listeners # SKIP there is no python3"
fi

# Killed under load, again and again: what was acknowledged is there, once.
: >"$T/acknowledged"
for round in 1 2 3 4; do
    serve --config "$T/config/service" -c events.queue=50000
    loads=
    for client in 1 2 3; do
        (
            n=0
            while [ $n -lt 400 ]; do
                n=$((n + 1))
                number=$((round * 1000000 + client * 100000 + n))
                batch 20 $number click >"$T/load$client"
                answer=$(curl -s -m 5 -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "@$T/load$client" "$URL/events/click" 2>/dev/null)
                case $answer in '') break ;; esac
            done
        ) &
        loads="$loads $!"
    done
    for client in 4 5; do
        (
            n=0
            while [ $n -lt 400 ]; do
                n=$((n + 1))
                batch 20 $((round * 1000000 + client * 100000 + n)) >"$T/load$client"
                answer=$(curl -s -m 5 -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "@$T/load$client" "$URL/events/pageview" 2>/dev/null)
                case $answer in
                *'"accepted":20,'*) grep -o '"event_id":"[^"]*' "$T/load$client" | cut -c 13- >>"$T/acknowledged$client" ;;
                *) break ;;
                esac
            done
        ) &
        loads="$loads $!"
    done
    sleep 0.$((4 + round))
    kill -KILL "$SERVER"
    wait "$SERVER" 2>/dev/null
    # shellcheck disable=SC2086
    wait $loads
done
cat "$T"/acknowledged? >"$T/acknowledged"
[ "$(wc -l <"$T/acknowledged")" -gt 100 ] && good "much was acknowledged" || bad "much was acknowledged" "$(wc -l <"$T/acknowledged")"
sql "SELECT lower(hex(key)) FROM event" | sort >"$T/kept"
tr -d - <"$T/acknowledged" | sort >"$T/wanted"
same "and none of it lost" 0 "$(comm -13 "$T/kept" "$T/wanted" | wc -l)"
same "or there twice" "$(sql 'SELECT count(*) FROM event')" "$(sql 'SELECT count(DISTINCT key) FROM event')"
serve --config "$T/config/service"
for form in "$plain+00:00" "$plain.25Z" "${plain}z" "$(TZ=Asia/Tokyo date -d "$now" +%FT%T+09:00)"; do
    post "a time like '$form'" 202 pageview "{\"event_id\":\"$(uuid)\",\"at\":\"$form\",\"path\":\"/zones\"}"
done
stop
same "the next one files what was left" 0 "$(sql 'SELECT count(*) FROM event_pending')"
same "every id" "$(sql 'SELECT count(*) FROM event')" "$(sql 'SELECT count(*) FROM event_key')"
same "and counts it" "$(sql 'SELECT count(*) FROM event')" "$(sql 'SELECT sum(views + clicks + searches) FROM usage WHERE span = 1 AND kind = 0')"
run "the library is whole" 0 "$CARREL" -L "$LIB" doctor
finish
