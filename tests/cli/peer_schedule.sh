# Peers are exchanged with by themselves: a service that runs does it as often as 'every' says, and so do jobs.
. "$(dirname "$0")/lib.sh"
unset CARREL_CLOCK # of lib.sh: nothing would ever be due again
A="$T/a" B="$T/b"
on() { lib=$1; shift; "$CARREL" -q --library "$lib" --config "$T/config.$(basename "$lib")" "$@"; }
mkdir "$T/stick"
peer() { # LIBRARY EVERY
    printf '[source "arxiv"]\n    enabled = false\n[source "hf"]\n    kind = huggingface\n    enabled = false\n[peer "stick"]\n    url = %s\n    every = %s\n' "$T/stick" "$2" >"$T/config.$1"
}
peer a 1h
peer b 1h
echo '{"id":"arxiv:2601.00001","title":"Gardens","authors":["Ada Lindgren"]}' >"$T/one.jsonl"
echo '{"id":"arxiv:2601.00002","title":"Parks","authors":["Bo Ek"],"tags":["green"]}' >"$T/two.jsonl"
on "$A" import "$T/one.jsonl" >/dev/null
on "$B" import "$T/two.jsonl" >/dev/null

# ---- as jobs ----
run "in the background" 0 on "$A" sync --peer stick --background --json
has "is a job" out '"kind":"peer","state":"queued"'
has "that knows its peer" out '"payload":{"peer":"stick"}'
run "asked for again" 0 on "$A" sync --background --json
has "with all there is" out '"kind":"peer","state":"queued"'
run "a peer that is none" 4 on "$A" sync --peer nobody --background
run "a worker does it" 0 on "$A" worker --once
run "the job" 0 on "$A" jobs show 1 --json
has "tells what went" out '"records_sent":1'
run "the list" 0 on "$A" jobs list
has "names the peer" out 'stick'
run "where it stands" 0 on "$A" peer list
has "says when it is due" out 'next: in 60 min'
run "the status" 0 on "$A" sync --status --json
has "has the peers" out '"peers":[{"name":"stick",'
has "with their pace" out '"every_ms":3600000'
run "what is due" 0 on "$A" sync --due --json
has "is no peer now" out '"peers":[]'
peer a 0s
run "with no pace" 0 on "$A" peer list
has "only when asked" out 'next: when asked'
run "is never due" 0 on "$A" sync --due --json
has "by itself" out '"peers":[]'

# ---- a service ----
peer b 1s
head -c 48 /dev/urandom >"$T/secret"
printf '[serve]\n    secret-file = %s\n' "$T/secret" >>"$T/config.b"
"$CARREL" -q --library "$B" --config "$T/config.b" serve --listen 127.0.0.1:0 >"$T/serve.out" 2>"$T/serve.err" &
replays=$!
until_true() { tries=0; until "$@"; do tries=$((tries + 1)); [ $tries -gt 200 ] && return 1; sleep 0.1; done; }
shows() { on "$1" show "$2" >/dev/null 2>&1; }
until_true shows "$B" arxiv:2601.00001 && good "the service takes what lies there" || bad "the service takes what lies there" "$(cat "$T/serve.err")"
comes() { on "$A" sync --peer stick >/dev/null; shows "$A" arxiv:2601.00002; }
until_true comes && good "and leaves its own" || bad "and leaves its own" "$(ls -R "$T/stick")"
on "$A" export --format jsonl -o "$T/a.jsonl"
on "$B" export --format jsonl -o "$T/b.jsonl"
same "both are the same" "$(cat "$T/a.jsonl")" "$(cat "$T/b.jsonl")"
mv "$T/stick" "$T/gone"
sleep 1.2
on "$B" jobs list --state failed >"$T/out"
lacks "a stick that is away is no failure" out peer
finish
