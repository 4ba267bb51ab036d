# One pace for all machines: two libraries, each in its own process, that share a peer ask a source in turn; what dies,
# stops, refuses or wants to be left alone at one of them is known to the other.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
INTERVAL=300
export CARREL_LEASE_LOOPBACK=1
head -c 36 /dev/urandom | base64 -w 0 >"$T/secret"
"$CARREL" -L "$LIB" -c serve.secret-file="$T/secret" token --scope sync >"$T/token"
"$CARREL" -L "$LIB" -c serve.secret-file="$T/secret" token --scope read >"$T/reader"
# The settings of the source are everybody's.
places() { printf -- '-c source.arxiv.oai-url=%s/oai -c source.arxiv.api-url=%s/api -c source.arxiv.rss-url=%s/rss' "$REPLAY_URL" "$REPLAY_URL" "$REPLAY_URL"; }
arxiv() {
    ${EXEC-} env CARREL_CLOCK=2026-03-01T12:00:00Z "$CARREL" $(places) -c source.arxiv.category=cs.CL \
        -c source.arxiv.interval=${INTERVAL}ms -c harvest.backoff=5ms "$@"
}
serve_lease() { serve -c serve.secret-file="$T/secret" -c serve.rate=0 $(places) -c source.arxiv.interval=${INTERVAL}ms; }
# at LIBRARY COMMAND...: carrel of another machine, whose peer is the service
at() {
    library=$1
    shift
    arxiv -L "$T/$library" -c peer.lab.url="$URL" -c peer.lab.token-file="$T/token" "$@"
}
post() { # NAME STATUS MEMBERS [TOKEN]
    ask "$1" "$2" /sync/lease -H "Authorization: Bearer $(cat "${4:-$T/token}")" -H 'Content-Type: application/json' \
        -d "{\"machine\":\"m\",\"holder\":\"h\",\"origin\":\"place\",$3}"
}
requests() { grep -vc '^#' "$REPLAY_LOG"; }
member() { sed -n "s/.*\"$1\":\\([0-9]*\\).*/\\1/p" "$T/out"; }
PAPERS='papers p records=240 seed=3 categories=cs.CL from=2026-02-01 per-day=60 page=40'
printf '%s\nroute /oai\nanswer 200 oai=p delay=30\n' "$PAPERS" >"$T/good"

# The route.
start_replay "$T/good"
serve_lease
post "a lease" 200 '"do":"ask","interval_ms":60000,"hold_ms":60000'
has "is given" out '"granted":true'
lease=$(member lease)
post "asked for again by the same" 200 '"do":"ask","interval_ms":60000,"hold_ms":60000'
same "it is the same" "$lease" "$(member lease)"
ask "another sender" 200 /sync/lease -H "Authorization: Bearer $(cat "$T/token")" -H 'Content-Type: application/json' \
    -d '{"do":"ask","machine":"m","holder":"i","origin":"place","interval_ms":60000}'
has "has to wait" out '"granted":false,"lease":0,"for_ms":0,"wait_ms":'
post "renewed" 200 "\"do\":\"renew\",\"hold_ms\":60000,\"lease\":$lease"
has "it holds" out '"granted":true'
post "a number that nobody has" 200 '"do":"renew","lease":999999'
has "holds nothing" out '"granted":false'
post "given back" 200 "\"do\":\"return\",\"lease\":$lease,\"status\":403,\"refused\":true,\"error\":\"HTTP 403, go away\""
post "what refuses one" 200 '"do":"ask"'
has "is left alone by all" out 'go away'
post "until somebody says otherwise" 200 '"do":"lift"'
post "then" 200 '"do":"ask"'
has "it is the turn of who has waited" out '"granted":false'
ask "who" 200 /sync/lease -H "Authorization: Bearer $(cat "$T/token")" -H 'Content-Type: application/json' \
    -d '{"do":"ask","machine":"m","holder":"i","origin":"place"}'
has "may ask again" out '"granted":true'
post "without a number" 400 '"do":"return"'
has "it is named" out '"field":"lease"'
post "another verb" 400 '"do":"take"'
post "another scope" 403 '"do":"ask"' "$T/reader"
ask "no token" 401 /sync/lease -H 'Content-Type: application/json' -d '{}'
"$CARREL" -L "$LIB" -c serve.secret-file="$T/secret" audit --json >"$T/out" 2>&1
lacks "the audit is not filled with it" out '/sync/lease","status":200'

# Two machines, and the one with the service.
at one sync --json >"$T/one.out" 2>"$T/one.err" </dev/null &
one=$!
at two sync --json >"$T/two.out" 2>"$T/two.err" </dev/null &
two=$!
arxiv -L "$LIB" sync --json >"$T/lab.out" 2>"$T/lab.err" </dev/null &
wait $one && wait $two && wait $!
same "three machines at once end well" 0 $?
paced "one pace for all" $INTERVAL
for machine in one two lab; do has "$machine has all" $machine.out '"seen":240'; done
has "it was given leave" one.out '"pace_problem":null'
sqlite3 "$LIB/library.db" "SELECT holder FROM request WHERE source = 'arxiv' ORDER BY id" >"$T/holders"
# As long as all three have something to ask for, none has two turns in a row. (One that was too slow to come has lost its place.)
same "in turn" "18 asked, three machines, in turn" "$(awk '{ who[NR] = $1; last[$1] = NR } !($1 in first) { first[$1] = NR; machines++ }
    END { to = NR; for (m in first) { if (first[m] > from) from = first[m]; if (last[m] < to) to = last[m] }
          for (i = from + 1; i <= to; i++) if (who[i] == who[i - 1]) again++
          print NR " asked, " (machines == 3 ? "three" : machines) " machines, " (again < 2 ? "in turn" : again " in a row") }' "$T/holders")"
stop
same "the service ends well" 0 $ended
stop_replays

# One is told to wait: all do.
printf '%s\nroute /oai\nanswer 200 oai=p times=3\nanswer 429 header="Retry-After: 3"\nanswer 200 oai=p\n' "$PAPERS" >"$T/limited"
rm -rf "$T/one" "$T/two"
start_replay "$T/limited"
serve_lease
at one -q sync >"$T/one.out" 2>&1 </dev/null &
one=$!
at two -q sync >"$T/two.out" 2>&1 </dev/null &
wait $one && wait $!
same "told to wait by a 429: both end well" 0 $?
paced "at one pace" $INTERVAL
same "nobody asks for three seconds" "waited" "$(sort -t "$(printf '\t')" -k2,2n "$REPLAY_LOG" | awk -F '\t' 'limited && !told { told = 1
    print ($2 >= limited + 2900) ? "waited" : "only " ($2 - limited) " ms" } $7 == 429 { limited = $3 }')"
stop
stop_replays

# A holder is killed while it waits for an answer: its lease ends by itself, and the other goes on.
printf '%s\nroute /oai\nanswer 200 oai=p delay=60000\nanswer 200 oai=p\n' "$PAPERS" >"$T/slow"
rm -rf "$T/one" "$T/two"
start_replay "$T/slow"
serve_lease
open() { sqlite3 -cmd '.timeout 2000' "$LIB/library.db" "SELECT count(*) FROM request WHERE source = 'arxiv' AND settled IS NULL AND holder LIKE '@%'"; }
EXEC=exec at one sync >"$T/one.out" 2>&1 </dev/null &
one=$!
held_back
same "it has a lease" 1 "$(open)"
is_carrel $one || bad "what is killed is carrel itself"
kill -9 $one
wait $one 2>/dev/null
began=$(date +%s%3N)
at two -q sync >"$T/two.out" 2>&1 </dev/null
same "killed with a lease: the other goes on" 0 $?
took=$(($(date +%s%3N) - began))
same "when it has ended" "" "$([ $took -ge 6000 ] && [ $took -lt 40000 ] || echo "after $took ms")"
stop_replays

# The service ends while a request is under way: nobody can keep its lease, so it is broken off. Then each has its own pace.
rm -rf "$T/one" "$T/two"
start_replay "$T/slow"
serve_lease
at one sync --source arxiv >"$T/one.out" 2>"$T/one.err" </dev/null &
one=$!
held_back
stop
same "the service stops with a lease given out" 0 $ended
wait $one
same "its holder goes on" 0 $?
cp "$T/one.out" "$T/out"
has "and says so" out "without its leave this machine keeps a pace of its own"
has "in the log, too" one.err "without its leave this machine keeps a pace of its own"
same "once" 1 "$(grep -c "pace of its own" "$T/one.err")"
has "what could not be kept was tried again" out "1 tried again"
paced "by its own ledger" $INTERVAL
at two sync --source arxiv >"$T/two.out" 2>"$T/two.err" </dev/null
same "the other one, too" 0 $?
has "says so, too" two.out "peer lab"
rm -rf "$T/two"
run "where its leave is required" 3 at two -c peer.lab.lease=required sync --source arxiv
has "nothing is asked" out "is not asked: peer lab gives no leave (peer.lab.lease = required)"
rm -rf "$T/two"
run "where none is wanted" 0 at two -c peer.lab.lease=no sync --source arxiv
lacks "the peer is not spoken of" out "peer lab"
stop_replays

# What cannot work is told.
rm -rf "$T/one"
start_replay "$T/good"
serve_lease
run "a token without the scope" 0 at one -c peer.lab.token-file="$T/reader" sync --source arxiv
has "is told" out "this needs the scope sync"
rm -rf "$T/one"
run "a token that is not there" 0 at one -c peer.lab.token-file="$T/none" sync --source arxiv
has "is told" out "$T/none"
run "a library that is its own peer" 0 arxiv -L "$LIB" -c peer.lab.url="$URL" -c peer.lab.token-file="$T/token" sync --source arxiv
has "is told" out "peer lab is this library itself"
finish
