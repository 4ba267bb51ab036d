# /ws/realtime: the handshake, the protocol and how it is broken, topics, slow clients, tokens, the end.
# The client is realtime.py beside this file.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
if ! command -v python3 >/dev/null; then
    echo "ok - realtime # SKIP there is no python3"
    finish
fi
export CARREL LIB
here=$(dirname "$0")
cases() { python3 "$here/realtime.py" "$1" "${URL#http://}" || failed=1; }
ended_well() { stop; same "$1 ends cleanly" 0 "$ended"; lacks "$1 says nothing bad" serve.err ERROR; }

echo '{"id":"arxiv:2602.00001","title":"Reading lamps"}' >"$T/papers.jsonl"
still="-c harvest.background=false -c worker.threads=0" # jobs stay as they are
# shellcheck disable=SC2086 # words
run "a library" 0 "$CARREL" -L "$LIB" import "$T/papers.jsonl"
serve -c serve.rate=0 $still -c serve.cors-origin=https://site.example
cases wrong
ask "a plain GET" 426 /ws/realtime
error "is told what to do" upgrade_required
ask "HEAD upgrades nothing" 426 /ws/realtime -I -H "Connection: Upgrade" -H "Upgrade: websocket"
ask "the description" 200 /openapi.json
has "has it" out '"/ws/realtime":{"get"'
has "with its answers" out '"101":'
has "all of them" out '"426":'
ended_well "all that"
lacks "no word of a message is in the log" serve.err subscribe
serve -c serve.rate=0 $still -c serve.ws-queue=8 -c serve.ws-stall=6s
cases slow
ended_well "a service with a slow client"
serve -c serve.rate=0 $still -c serve.ws-ping=500ms -c serve.ws-pong=500ms
cases half-open
ended_well "a service with a dead client"
serve -c serve.rate=0 $still -c serve.ws-clients=3
cases many
ended_well "a service that is full"
mkfifo "$T/said"
goodbyes() {
    cases stop >"$T/said" &
    while read -r line; do
        if [ "$line" = "# ready" ]; then kill -TERM "$SERVER"; else echo "$line"; fi
        case $line in "not ok"*) failed=1 ;; esac
    done <"$T/said"
    wait "$SERVER"
    same "SIGTERM ends it cleanly, with clients" 0 $?
    lacks "and says nothing bad" serve.err ERROR
}
serve -c serve.rate=0 $still
goodbyes

openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 -keyout "$T/key.pem" -out "$T/cert.pem" 2>/dev/null
tls="-c serve.tls-certificate-file=$T/cert.pem -c serve.tls-key-file=$T/key.pem"
export TLS=1
# shellcheck disable=SC2086 # two options
serve -c serve.rate=0 $still -c serve.cors-origin=https://site.example $tls
URL=$(sed -n 's/.*serves https:\/\/\([^ ]*\).*/\1/p' "$T/serve.err")
cases tls
ended_well "a service over TLS"
# shellcheck disable=SC2086
serve -c serve.rate=0 $still $tls
URL=$(sed -n 's/.*serves https:\/\/\([^ ]*\).*/\1/p' "$T/serve.err")
goodbyes
unset TLS

head -c 36 /dev/urandom | base64 -w 0 >"$T/secret"
printf '[serve]\n\tsecret-file = %s\n' "$T/secret" >"$T/config/carrel.serve"
: >"$T/serve.err"
"$CARREL" --config "$T/config/carrel.serve" -L "$LIB" -v -c serve.listen=0.0.0.0:0 serve >"$T/serve.out" 2>"$T/serve.err" </dev/null &
SERVER=$!
replays="$replays $SERVER"
i=0
until grep -q 'serves http' "$T/serve.err" || [ $i -gt 600 ]; do sleep 0.05; i=$((i + 1)); done
URL=http://127.0.0.1:$(sed -n 's/.*serves http:[^ ]*:\([0-9]*\).*/\1/p' "$T/serve.err")
export WITH="$T/config/carrel.serve" SECRET="$T/secret"
cases tokens
ended_well "a service with tokens"
lacks "no token is in the log" serve.err eyJ
run "numbers that are none" 2 timeout 20 "$CARREL" -L "$LIB" -c serve.ws-queue=0 serve --listen 127.0.0.1:0
finish
