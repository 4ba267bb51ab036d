# What is told to those who run the service: /metrics, the rules and the dashboard that are made of it, and whether all that
# these name is really told.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
deploy=$(cd "$(dirname "$0")/../../deploy" && pwd)

# A service of which every part has done something: a harvest with a page that cannot be had, a delivery nobody takes, a job
# that waits, an event.
cat >"$T/script" <<X
papers p records=20 seed=3 categories=cs.CL from=2025-02-01 per-day=20
route /oai
answer 200 oai=p
X
start_replay "$T/script"
for name in secret hook; do head -c 36 /dev/urandom | base64 -w 0 >"$T/$name"; done
cat >"$T/config/service" <<X
[serve]
	secret-file = $T/secret
	rate = 0
[source "arxiv"]
	oai-url = $REPLAY_URL/oai
	api-url = $REPLAY_URL/api
	rss-url = $REPLAY_URL/rss
	category = cs.CL
	interval = 5ms
[webhook "site"]
	url = http://127.0.0.1:1/carrel
	secret-file = $T/hook
[webhook]
	attempts = 1
X
with() { "$CARREL" --config "$T/config/service" -L "$LIB" "$@"; }
run "a harvest" 0 with sync --source arxiv --since 2025-01-01
with worker --once --kind webhook >/dev/null 2>&1
token=$(with token --scope events)
serve --config "$T/config/service" -c worker.threads=0
ask "metrics" 200 /metrics
cp "$T/out" "$T/metrics"
waiting() { sed -n 's/^carrel_jobs_oldest_waiting_seconds //p' "$T/$1"; }
same "no job waits" 0 "$(waiting metrics)"
same "nor has the queue written anything" 0 "$(sed -n 's/^carrel_events_commit_size_count //p' "$T/metrics")"
with jobs add doctor >/dev/null 2>&1
curl -s -o "$T/out" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$URL/events/click" \
    -d "[$(for i in 1 2 3; do printf '%s{"event_id":"%s","at":"%s","target":"https://example.org/"}' "${comma:-}" "$(cat /proc/sys/kernel/random/uuid)" "$(date -u +%FT%TZ)"; comma=,; done)]"
has "events" out '"accepted":3'
sleep 0.2
ask "metrics" 200 /metrics
cp "$T/out" "$T/metrics"
metric() { has "$1" metrics "$2"; }
same "a job waits" 1 "$(waiting metrics | awk '{ print ($1 > 0.1 && $1 < 60) }')"
metric "papers" "carrel_papers 20"
metric "transactions by their events" 'carrel_events_commit_size_bucket{le="2"} 0'
metric "of three" 'carrel_events_commit_size_bucket{le="5"} 1'
metric "in all" "carrel_events_commit_size_sum 3"
metric "and how long they took" 'carrel_events_commit_duration_seconds_bucket{le="+Inf"} 1'
metric "dead letters" 'carrel_webhook_deliveries{webhook="site",state="dead"} 1'
metric "gaps" 'carrel_harvest_gaps{source="arxiv"} 0'
metric "origins" 'carrel_origin_stopped{origin="arxiv"} 0'
metric "listeners" "carrel_websocket_clients 0"
now=$(date +%s)
same "when a source was read" 1 "$(sed -n 's/^carrel_harvest_last_success_timestamp_seconds{source="arxiv"} //p' "$T/metrics" | awk -v now="$now" '{ print ($1 > now - 120 && $1 <= now + 1) }')"
same "what is free" 1 "$(sed -n 's/^carrel_disk_free_bytes //p' "$T/metrics" | awk '{ print ($1 > 0) }')"
same "the library's size" "$(stat -c %s "$LIB/library.db")" "$(sed -n 's/^carrel_library_bytes{file="library.db"} //p' "$T/metrics")"
same "every sample has its type" "" "$(awk '/^# TYPE/ { type[$3] = $4; next } /^#/ { next }
    { name = $1; sub(/\{.*/, "", name); base = name; sub(/_(bucket|sum|count)$/, "", base); if (!(name in type) && type[base] != "histogram") print name }' "$T/metrics")"
metric "an origin that answers" 'carrel_origin_failing{origin="arxiv"} 0'
same "and one that does not" 1 "$(grep -c '^carrel_origin_failing{.*} 1$' "$T/metrics")"

# Whatever the rules and the dashboard name is there.
named() { grep -oE '\b(carrel|process)_[a-z_]+' "$1" | sort -u; }
for file in alerts.yml dashboard.json; do
    there=0
    for name in $(named "$deploy/$file"); do
        if grep -qE "^$name[ {]" "$T/metrics"; then there=$((there + 1)); else bad "$file: $name" "is no figure of /metrics"; fi
    done
    [ $there -gt 10 ] && good "$file: $there figures are there" || bad "$file: names figures" "$there"
done
if command -v promtool >/dev/null; then
    run "the answer is good" 0 sh -c 'promtool check metrics <"$1"' sh "$T/metrics"
    run "so are the rules" 0 promtool check rules "$deploy/alerts.yml"
    run "they speak when they should" 0 promtool test rules "$(dirname "$0")/../fixtures/alerts.yml"
    { echo 'groups: [{ name: dashboard, rules: ['; sed -n 's/.*"expr": \("\([^"\\]\|\\.\)*"\).*/{ record: "a:b", expr: \1 },/p' "$deploy/dashboard.json" | sed 's/\$__rate_interval/5m/g'; echo ']}]'; } >"$T/panels.yml"
    same "the dashboard asks" "$(grep -c '"expr"' "$deploy/dashboard.json")" "$(grep -c record "$T/panels.yml")"
    run "what can be asked" 0 promtool check rules --lint=none "$T/panels.yml"
else
    echo "ok - rules and dashboard by promtool # SKIP there is no promtool (Debian: prometheus)"
fi
same "the dashboard is JSON" carrel "$(sqlite3 :memory: "SELECT json_extract(CAST(readfile('$deploy/dashboard.json') AS TEXT), '\$.title')")"
stop
same "it ends cleanly" 0 $ended
finish
