# What goes wrong between peers, in words that say what to do: a service that refuses, another server in its place.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
A="$T/a"
: >"$T/config.a"
on() { "$CARREL" -q -L "$A" --config "$T/config.a" -c harvest.backoff=1ms "$@"; }
there() { "$CARREL" -q -L "$LIB" -c serve.secret-file="$T/secret" "$@"; }
peer() { # NAME ADDRESS [OPTION...]: instead of the one that was there
    on peer rm "$1" >/dev/null 2>&1
    on peer add "$@" || bad "peer add $*"
}
echo '{"id":"arxiv:2601.00001","title":"Gardens","authors":["Ada Lindgren"]}' >"$T/one.jsonl"
head -c 48 /dev/urandom >"$T/secret"
there import "$T/one.jsonl" >/dev/null
on import "$T/one.jsonl" >/dev/null
serve -c serve.secret-file="$T/secret" -c serve.rate=0

# ---- why a token is refused ----
there token new --scope read >"$T/read.token"
there token new --scope sync >"$T/good.token"
echo "no token of anybody" >"$T/odd.token"
refused() { # NAME FILE WORDS
    peer server "$URL" --token-file "$T/$2"
    run "$1" 3 on sync --peer server
    has "is told why" out "$3; 'carrel token new --scope sync' there makes another for $T/$2"
}
refused "a token for reading" read.token "$URL refuses us (HTTP 403): this needs the scope sync; the token has read"
refused "what is no token" odd.token "$URL refuses us (HTTP 401): the token is refused: it is no JSON Web Token"
printf '[peer "server"]\n    url = %s\n' "$URL" >"$T/config.none"
run "no token at all" 3 "$CARREL" -q -L "$A" --config "$T/config.none" sync --peer server
same "is told as a failure alone" "peer server: failed" "$(head -1 "$T/out")"
has "is told, too" out "this needs a token: Authorization: Bearer ...; 'carrel token new --scope sync' there makes one for this peer's token-file"
peer server "$URL" --token-file "$T/good.token"
on tag green arxiv:2601.00001
run "the right one goes" 0 on sync --peer server
has "one of each is told as one" out " and 1 operation came ("
there audit >"$T/out"
has "in the audit, too" out "1 paper, 1 operation"
lacks "which is no several" out "1 operations"
there token revoke "$(there token list | awk '/sync/ { print $1; exit }')" >/dev/null
refused "until it is taken back" good.token "this library did not give it out, or has taken it back"
run "the list" 0 on peer list
has "says the same" out "failed: $URL refuses us (HTTP 401): the token is refused: this library did not give it out, or has taken it back; 'carrel token new"

: >"$T/empty.token"
peer server "$URL" --token-file "$T/good.token"
on -q -c peer.server.token-file="$T/empty.token" sync --peer server >"$T/out" 2>&1
has "a file that holds no token" out "$T/empty.token holds no token"
run "which the list has noted" 0 on peer list
has "as what went wrong" out "failed: $T/empty.token holds no token"
lacks "and not as what is to be done now" out "next: now"
run "as has the status" 0 on sync --status --json
has "with its time" out '"error":"'"$T/empty.token holds no token"
lacks "of the failure" out '"tried":null'

# ---- no carrel ----
peer server "$URL/elsewhere" --token-file "$T/good.token"
run "another path of the service" 3 on sync --peer server
has "is told in its words" out "$URL/elsewhere says: there is nothing at this address; /docs lists what there is (HTTP 404); is its path right?"
lacks "and not as it came" out '{"error"'
peer server "https://${URL#http://}" --token-file "$T/good.token"
run "https where http is spoken" 3 on sync --peer server
has "is told what it may be" out "(is it http there, not https?)"
printf 'route /*\nanswer 404 type=application/json times=1 body={"detail":"Not Found"}\nanswer 404 type=text/html times=1 body=<html>no</html>\nanswer 200 type=text/html body=<html>hello</html>\n' >"$T/other"
start_replay "$T/other"
peer server "$REPLAY_URL" --token-file "$T/good.token"
for what in "JSON of another kind" "a page for people"; do
    run "$what" 3 on sync --peer server
    has "is of no carrel" out "$REPLAY_URL answers as no carrel does (HTTP 404): another server is there, or in front of it, or the path is wrong"
done
run "a page that greets" 3 on sync --peer server
has "is none, too" out "$REPLAY_URL answers as no carrel does (HTTP 200)"
cat >"$T/hostile" <<X
route /*
answer 403 type=application/json times=1 body=<<END
{"error":{"message":"one\\u001b[31m two\\nthree $(printf '%0300d' 0)"}}
END
answer 507 type=application/json body=<<END
{"error":{"code":"no_room","message":"/var/x: cannot write"}}
END
X
start_replay "$T/hostile"
peer server "$REPLAY_URL" --token-file "$T/good.token"
run "words that are long and not for a terminal" 3 on sync --peer server
has "are made fit" out "two three 000"
lacks "for one" out "$(printf '\033')"
lacks "and cut" out "$(printf '%0180d' 0)"
has "with what to do behind them" out "'carrel token new --scope sync' there makes another for"
run "a disk that is full there" 3 on sync --peer server
has "is told as that" out "the disk of $REPLAY_URL is full: nothing was lost, free some there and do it again"
same "and it is not asked again at once" 2 "$(grep -vc '^#' "$REPLAY_LOG")"
stop

# ---- a clock that is ahead ----
mkdir "$T/stick"
at() { # CLOCK LIBRARY COMMAND...
    CARREL_CLOCK=$1T12:00:00Z
    export CARREL_CLOCK
    lib=$2
    shift 2
    "$CARREL" -L "$T/$lib" --config "$T/config.$lib" "$@"
    status=$?
    unset CARREL_CLOCK
    return $status
}
for lib in early late third; do
    : >"$T/config.$lib"
    at 2026-12-01 $lib -q import "$T/one.jsonl" >/dev/null
    at 2026-12-01 $lib -q peer add stick "$T/stick"
done
at 2026-12-10 late -q tag green arxiv:2601.00001
at 2026-12-10 late -q tag wet arxiv:2601.00001
run "a clock that is nine days ahead" 0 at 2026-12-10 late sync --peer stick
late=$(ls "$T/stick" | cut -c 1-8)
run "whose words are taken" 0 at 2026-12-01 early sync --peer stick
same "and told once" 1 "$(cat "$T/out" "$T/err" | grep -c 'a clock wrong')"
has "how many, whose and when" out "2 changes of the machine $late carry times up to 2026-12-10T12:00:00Z, and here it is 2026-12-01T12:00:00Z: is a clock wrong?"
run "which hands them on" 0 at 2026-12-01 early sync --peer stick
lacks "and does not tell them again" out "a clock wrong"
run "a third one hears them twice" 0 at 2026-12-01 third sync --peer stick --json
has "and counts them once" out '"ahead":2,'
run "a time of day that is behind" 0 at 1999-01-01 late tag old arxiv:2601.00001
has "is told with both times" err "it is 1999-01-01T12:00:00Z now, but this library's clock was at 2026-12-10T12:00:00Z already: the time of day may be wrong"
finish
