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
serve -c serve.behind-proxy=true -c serve.rate=0
ask "two headers" 200 /papers -H 'X-Forwarded-For: 192.0.2.66' -H 'X-Forwarded-For: 192.0.2.1'
stop
has "the client is whom the proxy names" serve.err ' 192.0.2.1 GET /papers'
finish
