# Webhooks in: signatures, clocks, replays; and two carrels of which one tells the other what it harvests and reads.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
if ! command -v python3 >/dev/null; then
    echo "ok - webhooks in # SKIP there is no python3"
    finish
fi
here=$(dirname "$0")
for name in secret other admin; do head -c 36 /dev/urandom | base64 -w 0 >"$T/$name"; done
cat >"$T/config/in" <<X
[webhook-in "north"]
	secret-file = $T/secret
[serve]
	secret-file = $T/admin
	rate = 0
[harvest]
	background = false
X
echo '{"title":"Desks"}' >"$T/papers.jsonl"
run "a library" 0 "$CARREL" -L "$LIB" import "$T/papers.jsonl"
cat >"$T/body" <<'X'
{"version":1,"event":"scraper-complete","webhook":"south","part":1,"parts":1,"run":null,"records":[
{"id":"arxiv:2602.00001","title":"Reading lamps","authors":["Ann Lee"],"published":"2026-02-20"},
{"id":"arxiv:2602.00002","authors":["Bo Ray"]},
{"id":"arxiv:2602.00003","title":"Desks of oak","authors":["Cy Day"],"published":"2026-02-21"}]}
X
SCRAPED=/api/webhooks/scraper-complete PROCESSED=/api/webhooks/document-processed
# post NAME STATUS [OPTION...]: the body as it is
post() {
    name=$1 want=$2
    shift 2
    python3 "$here/send.py" "$URL$SCRAPED" "$T/secret" "$T/body" "$@" >"$T/out" 2>&1
    case $(cat "$T/out") in "$want "*) good "$name" ;; *) bad "$name" "not $want:" "$(cat "$T/out")" ;; esac
}
works() { "$CARREL" -L "$1" export --format jsonl | wc -l; }

serve
ask "where nobody is known" 401 $SCRAPED -X POST -H 'Content-Type: application/json' -d '{}'
has "how to know somebody is told" out 'webhook-in'
stop
serve --config "$T/config/in"
post "without a signature" 401 -s none
post "one that is none" 401 -s "t=1"
post "one of another secret" 401 -s "t=$(date +%s),v1=$(printf %064d 0)"
python3 "$here/send.py" "$URL$SCRAPED" "$T/other" "$T/body" >"$T/out"
has "nor does a secret that is not ours" out "401 "
post "an old time" 401 -t -400
has "is told as such" out "five minutes"
post "a time to come" 401 -t 400
post "no Idempotency-Key" 400 -k none
has "is named" out '"field":"Idempotency-Key"'
post "one with blanks" 400 -k "a b"
post "another event" 400 -e document-processed
post "a ping" 200 -e ping
has "is answered" out '"event":"ping"'
post "another type" 415 -c text/plain
same "nothing of this came in" 1 "$(works "$LIB")"
post "a clock that is four minutes off" 200 -t 240 -k first
has "what came in is counted" out '"records":{"seen":3,"added":2,"updated":0,"unchanged":0,"rejected":1,"binned":0}'
has "and what did not" out '"rejected":[{"index":1,"message":'
same "in the library" 3 "$(works "$LIB")"
cp "$T/out" "$T/first"
post "the same again" 200 -k first
same "has the first answer" "$(cat "$T/first")" "$(cat "$T/out")"
post "under another key" 200 -k second
has "nothing is new" out '"unchanged":2'
post "twenty at the same time" 200 -k third -n 20
same "have one answer" 1 "$(wc -l <"$T/out")"
sed -i 's/oak/elm/' "$T/body"
post "the key of another delivery" 409 -k first
has "is told" out '"field":"Idempotency-Key"'
post "a change" 200 -k fourth
has "is one" out '"updated":1'
echo '{"version":1,"event":"scraper-complete","part":1,"parts":1,"records":[7]}' >"$T/body"
post "records that are none" 400 -k fifth
has "are named" out '"field":"records"'
echo '{' >"$T/body"
post "what is no JSON" 400 -k sixth
ask "a body that is too long" 413 $SCRAPED -X POST -H "X-Carrel-Signature: t=$(date +%s),v1=$(printf %064d 0)" -H 'Content-Type: application/json' -H 'Content-Length: 99999999' -d '{}'
stop
printf '[webhook-in "north"]\n\tsecret-file = %s\n' "$here/nothing" >"$T/config/bad"
run "a secret that is not there" 2 "$CARREL" --config "$T/config/bad" -L "$LIB" serve --listen 127.0.0.1:0
has "is told" err "webhook-in.north.secret-file"

# ---- two carrels ----
LIB=$T/b
run "a second library" 0 "$CARREL" -L "$LIB" import "$T/papers.jsonl"
serve --config "$T/config/in"
cat >"$T/config/a" <<X
[webhook "papers"]
	url = $URL$SCRAPED
	secret-file = $T/secret
	on = scraper-complete
[webhook "documents"]
	url = $URL$PROCESSED
	secret-file = $T/secret
	on = document-processed
[webhook]
	backoff = 100ms
[source "arxiv"]
	category = cs.CL
	interval = 20ms
[serve]
	secret-file = $T/admin
[harvest]
	backoff = 5ms
X
cat >"$T/papers" <<X
papers p records=700 seed=3 categories=cs.CL from=2026-02-01 per-day=60 page=100
route /oai
answer 200 oai=p
X
start_replay "$T/papers"
a() {
    $EXEC "$CARREL" --config "$T/config/a" -L "$T/a" -c source.arxiv.oai-url="$REPLAY_URL/oai" \
        -c source.arxiv.api-url="$REPLAY_URL/api" -c source.arxiv.rss-url="$REPLAY_URL/rss" "$@"
}
EXEC=
killed_after 5 a sync --since 2026-01-01
run "one harvests, after it was killed" 0 a sync --since 2026-01-01
n=0
until [ "$(works "$LIB")" -eq 701 ] || [ $n -gt 100 ]; do a worker --once --kind webhook >/dev/null 2>&1; n=$((n + 1)); done
same "the other has all of it, once" 701 "$(works "$LIB")"
a export --format jsonl | jq -r '.id + " " + .title' 2>/dev/null | sort >"$T/ids.a"
"$CARREL" -L "$LIB" export --format jsonl | jq -r '.id + " " + .title' 2>/dev/null | grep '^arxiv' | sort >"$T/ids.b"
same "the same papers" "$(sha256sum <"$T/ids.a")" "$(sha256sum <"$T/ids.b")"
run "webhook test" 0 a webhook test papers
has "shows the answer" out 'HTTP 200 in'
{ echo "# Lamps of the reading room"; for i in $(seq 300); do echo "## Part $i"; for k in $(seq 30); do echo "The lamp number $i of row $k burns bright and warm all night."; done; done; echo "## End"; echo "Here the zebrafinch sings."; } >"$T/lamps.md"
run "one reads a document" 0 a process "$T/lamps.md"
run "the other is told" 0 a worker --once --kind webhook
run "and finds it" 0 "$CARREL" -L "$LIB" search --in text zebrafinch --json
has "by its text" out '"kind":"passage"'
has "under its title" out 'Lamps of the reading room'
run "its doctor is content" 0 "$CARREL" -L "$LIB" doctor
run "once more" 0 a webhook redeliver 1
run "is taken" 0 a worker --once --kind webhook
same "and changes nothing" 702 "$(works "$LIB")"
run "the document's file comes later" 0 "$CARREL" -L "$LIB" process "$T/lamps.md"
run "and takes its place" 0 "$CARREL" -L "$LIB" read "$(a search --in text zebrafinch --json | sed -n 's/.*"id":"\(file:[0-9a-f]*\)".*/\1/p')" --text
has "with all its text" out "zebrafinch sings"
stop

# ---- over HTTP ----
LIB=$T/a
token=$(a token --scope admin)
serve --config "$T/config/a"
ask "webhooks without a token" 401 /webhooks
ask "with one" 200 "/webhooks?limit=2" -H "Authorization: Bearer $token"
has "are listed" out '"webhooks":[{"name":"documents"'
ask "of a state" 200 "/webhooks?state=dead" -H "Authorization: Bearer $token"
ask "redelivery" 202 /webhooks/1/redeliver -X POST -H "Authorization: Bearer $token"
has "is counted" out '"redelivered":1'
ask "of one that waits" 409 /webhooks/1/redeliver -X POST -H "Authorization: Bearer $token"
ask "of none" 404 /webhooks/9999/redeliver -X POST -H "Authorization: Bearer $token"
stop
finish
