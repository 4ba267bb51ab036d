# The service and those who mean no good: requests that are two, names that were made to lead here, slow clients.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
if ! command -v python3 >/dev/null; then
    echo "ok - hostile clients # SKIP there is no python3"
    finish
fi
here=$(dirname "$0")
# hostile GROUP: the cases of hostile.py
hostile() {
    python3 "$here/hostile.py" "$URL" "$@" >"$T/tap" 2>&1 || bad "hostile.py $1" "$(cat "$T/tap")"
    cat "$T/tap"
    if grep -q '^not ok' "$T/tap"; then failed=1; fi
}
echo '{"id":"arxiv:2602.00001","title":"Reading lamps","authors":["Ann Lee"],"published":"2026-02-20"}' >"$T/papers.jsonl"
run "papers" 0 "$CARREL" -L "$LIB" import "$T/papers.jsonl"

# Where a request ends is plain, or it is none; without a token, the service goes by its own names alone.
serve -c serve.host=desk.example -c serve.rate=0
hostile framing
hostile hosts
ask "a name that is none of ours" 403 /papers -H "Host: evil.example"
has "is told, with what to do" out 'serve.host adds names'
stop
head -c 36 /dev/urandom | base64 -w 0 >"$T/secret"
serve -c serve.secret-file="$T/secret" -c serve.open-reads=true
ask "where all may read, any name will do" 200 /papers -H "Host: any.example"
stop
serve -c serve.secret-file="$T/secret"
token=$("$CARREL" -L "$LIB" -c serve.secret-file="$T/secret" token --scope read)
ask "nor is a page a stranger that has a token" 200 /papers -H "Host: evil.example" -H "Authorization: Bearer $token"
ask "without one it is" 403 /papers -H "Host: evil.example"
stop

# Behind a proxy that adds a header of its own, the last one is its word.
serve -c serve.secret-file="$T/secret" -c serve.behind-proxy=true -c serve.rate=0
ask "two headers" 200 /papers -H "Authorization: Bearer $token" -H 'X-Forwarded-For: 192.0.2.66' -H 'X-Forwarded-For: 192.0.2.1'
stop
has "the client is whom the proxy names" serve.err ' 192.0.2.1 GET /papers'

# Nobody is waited for who sends a byte now and then; nobody brings more than there is room for.
printf '[webhook-in "north"]\n\tsecret-file = %s\n' "$T/secret" >"$T/config/in"
serve --config "$T/config/in" -c serve.patience=1s -c serve.rate=0
hostile slow
stop
same "the end is clean" 0 $ended
serve --config "$T/config/in" -c serve.rate=0
hostile endless
[ -n "${CARREL_SANITIZED:-}" ] || hostile crowd $SERVER
stop
serve -c serve.client-connections=5 -c serve.rate=0
hostile connections
stop

# A request that trickles holds no connection to the library; one that is under way at the end is answered.
serve -c serve.secret-file="$T/secret" -c serve.rate=0
token=$("$CARREL" -L "$LIB" -c serve.secret-file="$T/secret" token --scope write)
ask "a body that would grow" 415 /process/text -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' -d '{}'
error "is not taken" unsupported_media_type
hostile libraries $SERVER "$token"
hostile stopping $SERVER "$token"
wait $SERVER
ended=$?
same "so the end is clean" 0 $ended

# Who visits a website is not in the log: not their preflights, not what loads the script.
serve -c serve.secret-file="$T/secret" -c serve.rate=0
ask "a preflight" 204 /events/pageview -X OPTIONS
ask "the script" 200 /carrel.js
ask "a mistake" 405 /events/click
ask "none of theirs" 200 /health
stop
same "no visitor is in the log" "" "$(grep -E '127\.0\.0\.1 .*(/events|/carrel.js)' "$T/serve.err")"
has "others are" serve.err '127.0.0.1 GET /health'

# Whatever leads nowhere counts, too.
serve -c serve.rate=12
flood "too many mistakes" /nothing
stop

# What a killed process has left of an upload goes, also when its number is somebody's again.
mkdir -p "$LIB/files/tmp"
touch -d '1 hour ago' "$LIB/files/tmp/.1.0x55d0c0ffee00.part"
touch "$LIB/files/tmp/.abcdef.part"
serve
i=0
while [ -e "$LIB/files/tmp/.1.0x55d0c0ffee00.part" ] && [ $i -lt 600 ]; do sleep 0.05; i=$((i + 1)); done
stop
same "left-overs are swept" ".abcdef.part" "$(find "$LIB/files/tmp" -name "*.part" -printf "%f")"

# While somebody else writes, deliveries wait, and nobody else does.
serve --config "$T/config/in" -c serve.rate=0
echo '{"version":1,"event":"scraper-complete","part":1,"parts":1,"records":[{"id":"arxiv:2602.00009","title":"Late lamps"}]}' >"$T/body"
: >"$T/held"
python3 -c "
import sqlite3, sys, time
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute('BEGIN IMMEDIATE')
print('held', flush=True)
time.sleep(20)" "$LIB/library.db" >"$T/held" &
holder=$!
replays="$replays $holder"
until grep -q held "$T/held"; do sleep 0.05; done
python3 "$here/send.py" "$URL/api/webhooks/scraper-complete" "$T/secret" "$T/body" -n 12 >"$T/sent" 2>&1 &
senders=$!
sleep 4
ask "health, while deliveries wait" 200 /health -m 4
ask "and papers" 200 /papers -m 4
kill $holder
wait $holder
wait $senders
same "all of them got an answer" 0 "$(grep -vcE '^(200|503) ' "$T/sent")"
has "those who waited too long may come again" sent '503 '
stop
same "and the end is clean" 0 $ended
finish
