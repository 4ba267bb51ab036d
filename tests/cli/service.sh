# Shared by the tests of the service: starting and stopping it, and asking it with curl. Sourced after lib.sh.
unset CARREL_CLOCK # tokens and their ends are in real time
LIB=$T/lib
# serve [OPTION...]: starts it; $URL leads to it, $SERVER is its process. Nothing is harvested but what a test asks for
# (BACKGROUND=true: by the schedule, too).
serve() {
    : >"$T/serve.err" # what the last one said is no sign of this one
    "$CARREL" -L "$LIB" -v -c harvest.background="${BACKGROUND:-false}" "$@" serve --listen 127.0.0.1:0 >"$T/serve.out" 2>"$T/serve.err" </dev/null &
    SERVER=$!
    replays="$replays $SERVER"
    i=0
    until grep -q 'serves http' "$T/serve.err" || [ $i -gt 600 ]; do sleep 0.05; i=$((i + 1)); done
    URL=$(sed -n 's/.*serves \(http:[^ ]*\).*/\1/p' "$T/serve.err")
}
stop() { kill -TERM "$SERVER"; wait "$SERVER"; ended=$?; }
# ask NAME STATUS PATH [CURL OPTION...]: the body is in out, the headers are in headers.
ask() {
    name=$1 want=$2 path=$3
    shift 3
    : >"$T/out"
    got=$(curl -s -o "$T/out" -D "$T/headers" -w '%{http_code}' "$@" "$URL$path")
    if [ "$got" = "$want" ]; then good "$name"; else bad "$name" "status $got, not $want" "$(cat "$T/out")"; fi
}
# flood NAME PATH: it is asked for until that is too much; the last answer is in out and headers, as ask's.
flood() {
    i=0 got=
    until [ "$got" = 429 ] || [ $i -eq 40 ]; do
        i=$((i + 1)) got=$(curl -s -o "$T/out" -D "$T/headers" -w '%{http_code}' "$URL$2")
    done
    same "$1" 429 "$got"
}
error() { has "$1" out "\"code\":\"$2\""; }

