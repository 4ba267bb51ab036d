# The configuration of a service that runs: webhooks follow it, whatever becomes of the file; the rest is told.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
if ! command -v python3 >/dev/null; then
    echo "ok - the configuration of a service that runs # SKIP there is no python3"
    finish
fi
here=$(dirname "$0")
for name in secret admin; do head -c 36 /dev/urandom | base64 -w 0 >"$T/$name"; done
printf short >"$T/short"
mkdir "$T/got" && : >"$T/got/log" && mkfifo "$T/port"
python3 "$here/receiver.py" "$T/got" "$T/secret" >"$T/port" &
replays="$replays $!"
read -r port <"$T/port"
HOOK="http://127.0.0.1:$port/carrel"
CONFIG=$T/config/carrel/config; mkdir "$T/config/carrel"
printf '[serve]\n\tsecret-file = %s\n' "$T/admin" >"$T/base"
# configure TEXT: the file is the base and this, put in its place at once, as editors do.
configure() { { cat "$T/base"; printf '%b' "$1"; } >"$CONFIG.new"; mv "$CONFIG.new" "$CONFIG"; }
said() { n=0; until grep -qF "$1" "$T/serve.err" || [ $n -gt 600 ]; do sleep 0.05; n=$((n + 1)); done; has "$2" serve.err "$1"; }
told() { awk '$2 == 200' "$T/got/log" | wc -l; }
until_told() { n=0; until [ "$(told)" -ge "$1" ] || [ $n -gt 600 ]; do sleep 0.05; n=$((n + 1)); done; same "$2" "$1" "$(told)"; }
read_text() { ask "a text" 202 /process/text -X POST -H "$W" -H 'Content-Type: application/json' -d "{\"text\":\"$1\"}"; }
problem() { curl -s "$URL/health" | sed 's/.*"problem"://'; }
hook="[webhook \"site\"]\n\turl = $HOOK\n\tsecret-file = $T/secret\n"

configure ''
W="Authorization: Bearer $("$CARREL" -L "$LIB" token new --scope write)"
A="Authorization: Bearer $("$CARREL" -L "$LIB" token new --scope admin)"
serve
read_text "Lamps that nobody is told of."
n=0; until "$CARREL" -L "$LIB" jobs list --state done | grep -q process || [ $n -gt 300 ]; do sleep 0.1; n=$((n + 1)); done
configure "$hook"
said "the configuration was read again" "a webhook that is configured while the service runs is seen"
read_text "Lamps that burn in the reading room."
until_told 1 "and told"
ask "GET /webhooks" 200 /webhooks -H "$A"
has "knows what it wants" out '"on":["scraper-complete","document-processed"]'
configure "$hook[webhook \"new\"]\n\turl = https://example.org/x\n"
said "webhook.new.secret-file is not set" "one without a secret is told"
has "in /health" serve.err "webhook.new.secret-file is not set"
case $(problem) in *webhook.new.secret-file*) good "as the problem" ;; *) bad "as the problem" "$(problem)" ;; esac
read_text "Lamps that burn in the stacks."
until_told 2 "the other one is told all the same"
configure "$hook\n[serve"
said "webhooks: $CONFIG" "a file that cannot be read is told"
read_text "Lamps that burn in the attic."
sleep 1
configure "$hook"
kill -HUP "$SERVER"
until_told 3 "what happened meanwhile is told when it can be read again"
same "and there is no problem any more" 'null}' "$(problem)"
printf '\trate = 7\n' >>"$T/base"
configure "$hook"
said "all else holds from the next start" "what is not followed is told"
stop
same "SIGTERM ends it cleanly" 0 "$ended"

# ---- at the start ----
refused() { name=$1; shift; run "$name" 2 timeout 5 "$CARREL" -L "$LIB" "$@" serve --listen 127.0.0.1:0; }
refused "a webhook without a secret" -c webhook.new.url=https://example.org/x
has "is refused" err "webhook.new.secret-file is not set"
refused "one with a secret that is too short" -c webhook.site.secret-file="$T/short"
has "is, too" err "a secret has 32 bytes or more, this one 5"
refused "one whose secret is not there" -c webhook.site.secret-file="$T/nothing"
refused "one over plain http" -c webhook.site.url=http://example.org/x
has "with its name" err "webhook.site.url"
refused "a secret of ours that is not there" -c serve.secret-file="$T/nothing"
finish
