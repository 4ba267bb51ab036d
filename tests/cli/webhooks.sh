# Webhooks out: what harvests and documents bring reaches a receiver, signed, in order, once; failures, a sender
# that is killed, dead letters, sending again.
. "$(dirname "$0")/lib.sh"
unset CARREL_CLOCK # signatures are of real time
if ! command -v python3 >/dev/null; then
    echo "ok - webhooks # SKIP there is no python3"
    finish
fi
here=$(dirname "$0")
LIB=$T/lib
head -c 36 /dev/urandom | base64 -w 0 >"$T/secret"
# receive: starts a receiver; what it got is in $T/got.
receive() {
    rm -rf "$T/got" && mkdir "$T/got" && : >"$T/got/log" && rm -f "$T/port" && mkfifo "$T/port"
    python3 "$here/receiver.py" "$T/got" "$T/secret" >"$T/port" &
    RECEIVER=$!
    replays="$replays $RECEIVER"
    read -r port <"$T/port"
    HOOK="http://127.0.0.1:$port/carrel"
}
told() { sed -n 's/^[0-9]* 200 //p' "$T/got/log" | wc -l; } # deliveries that were taken
keys() { awk '{print $4}' "$T/got/log"; }
until_told() { n=0; until [ "$(wc -l <"$T/got/log")" -ge "$1" ] || [ $n -gt 1200 ]; do sleep 0.05; n=$((n + 1)); done; }

receive
cat >"$T/config/hooks" <<X
[webhook "site"]
	url = $HOOK
	secret-file = $T/secret
	on = scraper-complete
[webhook]
	backoff = 100ms
	attempts = 5
[source "arxiv"]
	category = cs.CL
	interval = 20ms
[harvest]
	backoff = 5ms
X
hooked() {
    $EXEC "$CARREL" --config "$T/config/hooks" -L "$LIB" -c source.arxiv.oai-url="$REPLAY_URL/oai" -c source.arxiv.api-url="$REPLAY_URL/api" -c source.arxiv.rss-url="$REPLAY_URL/rss" "$@"
}
cat >"$T/papers" <<X
papers p records=1200 seed=3 categories=cs.CL from=2026-02-01 per-day=60 page=100
route /oai
answer 200 oai=p
X
EXEC=
start_replay "$T/papers"

# ---- a harvest is told, in parts, in order ----
run "what is here before" 0 "$CARREL" -L "$LIB" import tests/fixtures/papers.jsonl
run "no webhook" 0 "$CARREL" -L "$LIB" webhook list
has "says so" err "no webhook is configured"
run "a harvest" 0 hooked sync --since 2026-01-01
has "says what was delivered" err "webhooks: 3 delivered"
same "in three parts" 3 "$(told)"
lacks "all of them signed" got/log UNSIGNED
cut -c 1-60 "$T/got/1.body" >"$T/out"
has "numbered" out '{"version":1,"event":"scraper-complete","webhook":"site","pa'
python3 - "$T/got" >"$T/out" <<'X'
import json, sys
parts = [json.load(open(f"{sys.argv[1]}/{n}.body")) for n in (1, 2, 3)]
ids = [r["id"] for p in parts for r in p["records"]]
print([(p["part"], p["parts"], len(p["records"])) for p in parts], len(set(ids)))
print(parts[0]["run"]["source"], parts[0]["run"]["state"], parts[0]["run"]["added"])
print(sorted(parts[0]["records"][0]))
X
has "five hundred at most, in order, each once" out "[(1, 3, 500), (2, 3, 500), (3, 3, 200)] 1200"
has "with the harvest" out "arxiv done 1200"
has "as records" out "'abstract', 'authors', 'categories'"
same "openssl says the same of the signature" "$(sed 's/.*v1=//' "$T/got/1.signature")" \
    "$( (sed 's/t=\([0-9]*\),.*/\1./' "$T/got/1.signature" | tr -d '\n'; cat "$T/got/1.body") | openssl dgst -sha256 -hmac "$(cat "$T/secret")" | sed 's/.*= //')"
run "the next harvest" 0 hooked sync --since 2026-01-01
same "brings nothing, and tells nothing" 3 "$(told)"
run "list" 0 hooked webhook list
has "knows what was delivered" out "3 delivered"
run "an import" 0 hooked import "$here/../fixtures/papers.jsonl"
same "is no harvest" 3 "$(told)"
run "doctor" 0 hooked doctor

# ---- failures ----
LIB=$T/fails
printf '503\n500\n429 Retry-After: 0\n' >"$T/got/script"
: >"$T/got/log"
run "a harvest while the other side is down" 0 hooked sync --since 2026-01-01
n=0
until [ "$(told)" -eq 3 ] || [ $n -gt 100 ]; do hooked worker --once --kind webhook >"$T/out" 2>&1; n=$((n + 1)); done
same "is told in the end" "503 500 429 200 200 200" "$(awk '{print $2}' "$T/got/log" | tr '\n' ' ' | sed 's/ $//')"
same "under one key for the same delivery" 1 "$(keys | head -n 4 | sort -u | wc -l)"
same "with the same bytes" "$(cat "$T/got/4.body" | sha256sum)" "$(cat "$T/got/7.body" | sha256sum)"
same "and others for the others" 3 "$(keys | sort -u | wc -l)"

# ---- the sender is killed between sending and writing it down ----
LIB=$T/killed
printf 'hang\n' >"$T/got/script"
: >"$T/got/log"
EXEC=exec hooked sync --since 2026-01-01 >"$T/out" 2>&1 </dev/null &
pid=$!
until_told 1
kill -9 $pid
wait $pid 2>/dev/null
n=0
until [ "$(told)" -eq 3 ] || [ $n -gt 100 ]; do hooked worker --once --kind webhook >"$T/out" 2>&1; sleep 0.5; n=$((n + 1)); done
same "it is sent again, and the others once" "hang 200 200 200" "$(awk '{print $2}' "$T/got/log" | tr '\n' ' ' | sed 's/ $//')"
same "under the same key" 1 "$(keys | head -n 2 | sort -u | wc -l)"
run "doctor" 0 hooked doctor

# ---- the harvester is killed: nothing is lost and nothing doubled ----
for many in 3 6 9; do
    LIB=$T/cut$many
    stop_replays
    receive
    sed -i "s|url = .*|url = $HOOK|" "$T/config/hooks"
    start_replay "$T/papers"
    killed_after $many hooked sync --since 2026-01-01
    run "after a kill at page $many" 0 hooked sync --since 2026-01-01
    same "each paper is told once" "1200 1200" "$(python3 -c "
import glob, json
ids = [r['id'] for f in glob.glob('$T/got/*.body') for r in json.load(open(f))['records']]
print(len(ids), len(set(ids)))")"
done

# ---- dead letters ----
LIB=$T/dead
: >"$T/got/log"
printf '500\n500\n500\n500\n500\n400\n' >"$T/got/script"
run "a harvest nobody takes" 0 hooked sync --since 2026-01-01
n=0
until [ "$(wc -l <"$T/got/log")" -eq 7 ] || [ $n -gt 100 ]; do hooked worker --once --kind webhook >"$T/out" 2>&1; n=$((n + 1)); done
same "after five tries the next one has its turn; a 400 is not tried again" "500 500 500 500 500 400 200" "$(awk '{print $2}' "$T/got/log" | tr '\n' ' ' | sed 's/ $//')"
run "the dead" 0 hooked webhook list --state dead --json
same "are two" 2 "$(grep -o '"state":"dead"' "$T/out" | wc -l)"
run "doctor" 0 hooked doctor
has "mentions them" out "2 deliveries of webhooks could not be made"
run "the queue" 0 hooked jobs list --state failed
has "has them by name" out "site: scraper-complete, part 1 of 3"
run "one of them" 0 hooked webhook show 1
has "with what it said" out "answer: ok"
has "and its body" out '"event":"scraper-complete"'
key=$(sed -n 's/Idempotency-Key: //p' "$T/out")
run "once more" 0 hooked webhook redeliver --dead
run "are delivered" 0 hooked worker --once --kind webhook
same "all of them" 3 "$(told)"
same "under the old key" "$key" "$(keys | sed -n 8p)"
run "one that was delivered" 0 hooked webhook redeliver 1
run "too" 0 hooked worker --once --kind webhook
same "is another message" 4 "$(keys | sort -u | wc -l)"
run "one that is none" 4 hooked webhook redeliver 99
run "neither number nor --dead" 2 hooked webhook redeliver

# ---- other tries for what waits ----
LIB=$T/tries
: >"$T/got/log"
printf '500\n500\n500\n' >"$T/got/script"
run "a harvest that fails" 0 hooked -c webhook.attempts=9 -c webhook.backoff=1h sync --since 2026-01-01
run "fewer tries" 0 hooked -c webhook.attempts=2 webhook list
run "hold for it, too" 0 hooked jobs show 2 --json
has "as for the next" out '"attempts_max":2'

# ---- 410, and the end of a webhook ----
LIB=$T/gone
: >"$T/got/log"
printf '410\n' >"$T/got/script"
run "a harvest that nobody wants any more" 0 hooked sync --since 2026-01-01
same "is told once" 1 "$(wc -l <"$T/got/log")"
run "list" 0 hooked webhook list
has "says so" out "410: wants nothing more"
run "test" 0 hooked webhook test site
has "shows the answer" out "HTTP 200"
has "to a ping" got/log "200 ping"
run "after which it is told again" 0 hooked webhook redeliver --dead
hooked worker --once --kind webhook >/dev/null 2>&1
same "all that was kept" 4 "$(told)"
printf '410\n' >"$T/got/script"
sed -i 's/on = .*/on = document-processed/' "$T/config/hooks"
: >"$T/got/log"
for i in 1 2 3; do echo "Lamp number $i burns bright." >"$T/lamp$i.md"; hooked process "$T/lamp$i.md" >/dev/null 2>&1; hooked worker --once --kind webhook >/dev/null 2>&1; done
same "410 for one of three documents" "410" "$(awk '{print $2}' "$T/got/log")"
run "list" 0 hooked webhook list
has "keeps them all" out "3 dead"
has "and says why" out "has answered 410 before and is left alone"
run "redelivery" 0 hooked webhook redeliver --dead
hooked worker --once --kind webhook >/dev/null 2>&1
same "brings them all" 3 "$(told)"

# ---- one that is broken ----
LIB=$T/broken
: >"$T/got/log"
run "a document beside a webhook without a secret" 0 hooked -c webhook.b.url=https://example.org/x process "$T/lamp1.md"
has "which is told" err "webhook.b.secret-file is not set"
hooked -c webhook.b.url=https://example.org/x worker --once --kind webhook >/dev/null 2>&1
same "the other one is told of it" 1 "$(told)"
run "what the broken one missed" 0 hooked -c webhook.b.url="$HOOK" -c webhook.b.secret-file="$T/secret" webhook redeliver --dead
hooked -c webhook.b.url="$HOOK" -c webhook.b.secret-file="$T/secret" worker --once --kind webhook >/dev/null 2>&1
same "is sent when it is whole" 2 "$(told)"
sed 's/"site"/"other"/' "$T/config/hooks" >"$T/config/renamed"
run "a webhook that has gone from the configuration" 0 "$CARREL" --config "$T/config/renamed" -L "$LIB" webhook list
has "is listed as such" out "(not in the configuration)"

# ---- documents ----
sed -i 's/on = .*/on = document-processed/' "$T/config/hooks"
LIB=$T/documents
: >"$T/got/log"
{ echo "# Lamps of the reading room"; for i in $(seq 400); do echo "## Part $i"; for k in $(seq 30); do echo "The lamp number $i of row $k burns bright and warm all night."; done; done; } >"$T/lamps.md"
run "a document" 0 hooked process "$T/lamps.md"
run "is told" 0 hooked worker --once --kind webhook
python3 - "$T/got" "$(wc -l <"$T/got/log")" >"$T/out" <<'X'
import glob, json, os, sys
bodies = sorted(glob.glob(f"{sys.argv[1]}/*.body"), key=os.path.getmtime)[-int(sys.argv[2]):]
parts = [json.load(open(b)) for b in bodies]
chunks = [c for p in parts for c in p["chunks"]]
print([p["part"] for p in parts] == list(range(1, parts[0]["parts"] + 1)), max(len(p["chunks"]) for p in parts) <= 200)
print([c["ordinal"] for c in chunks] == list(range(len(chunks))), len(parts) > 1)
print(parts[0]["event"], parts[0]["document"]["state"], parts[0]["document"]["origin"], parts[0]["work"]["title"])
X
has "in parts" out "True True"
has "with all its chunks" out "True True"
has "and its metadata" out "document-processed done lamps.md Lamps of the reading room"
run "processed again" 0 hooked process --again "$T/lamps.md"
run "and again before it was told" 0 hooked process --again "$T/lamps.md"
before=$(told)
run "is told once" 0 hooked worker --once --kind webhook
same "as it is now" "$before" "$(($(told) - before))"

# ---- what is wrong ----
printf short >"$T/short"
run "a secret that is too short" 2 hooked -c webhook.site.secret-file="$T/short" webhook test site
has "with its length" err "a secret has 32 bytes or more, this one 5"
run "plain http to another machine" 2 hooked -c webhook.site.url=http://example.org/x webhook test site
run "no address" 0 "$CARREL" -L "$LIB" -c webhook.b.secret-file=x webhook list
has "is told" err "webhook.b.url is not set"
run "for programs, too" 0 "$CARREL" -L "$LIB" -c webhook.b.secret-file=x webhook list --json
has "as the problem" out '"problem":"webhook.b.url is not set"'
run "a test that fails" 1 hooked -c webhook.site.url=http://127.0.0.1:1/ webhook test site
run "a webhook that is none" 4 hooked webhook test nobody
run "a word that is none" 2 hooked webhook paint
run "a state that is none" 2 hooked webhook list --state odd
finish
