# The service: routes, answers, errors, tokens, beginning and end; asked with curl on the loopback address.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"

cat >"$T/papers.jsonl" <<X
{"id":"arxiv:2602.00001","title":"Reading lamps","authors":["Ann Lee"],"published":"2026-02-20","categories":["cs.CL"],"abstract":"Bright lamps for reading rooms."}
{"id":"arxiv:hep-th/9901001","title":"Strings and lamps","authors":["Bo Ray"],"published":"1999-01-04","categories":["hep-th"]}
{"id":"doi:10.1000/a.b(c)","title":"Desks, a survey","authors":["Cy Day"],"published":"2020"}
X
run "papers" 0 "$CARREL" -L "$LIB" import "$T/papers.jsonl"
serve
ask "health" 200 /health
has "is alive and ready" out '"live":true,"ready":true'
ask "search" 200 "/search?q=lamps&limit=1"
has "answers as the command does" out '"kind":"paper","id":"arxiv:hep-th/9901001"'
next=$(sed -n 's/.*"next":"\([^"]*\)".*/\1/p' "$T/out")
ask "the next page" 200 "/search?q=lamps&limit=1&cursor=$next"
has "by its cursor" out 'arxiv:2602.00001'
ask "a cursor that is none" 400 "/search?q=lamps&cursor=zz"
ask "words that look like options" 200 "/search?q=--batch%20/etc/passwd"
ask "a paper" 200 /papers/arxiv:2602.00001
has "as a record" out '"title":"Reading lamps"'
etag=$(sed -n 's/^ETag: \(.*\)\r$/\1/p' "$T/headers")
ask "unchanged" 304 /papers/arxiv:2602.00001 -H "If-None-Match: $etag"
same "without a body" 0 "$(wc -c <"$T/out")"
ask "an id with a slash" 200 /papers/arxiv:hep-th/9901001
ask "and one that is escaped" 200 /papers/arxiv:hep-th%2F9901001
ask "a DOI with brackets" 200 "/papers/doi:10.1000/a.b(c)"
ask "papers like it" 200 /papers/arxiv:hep-th/9901001/related
has "are a list" out '"version":1,"items":['
ask "no such paper" 404 /papers/arxiv:2602.09999
error "is told" not_found
has "with its field" out '"field":"id"'
ask "papers by pages" 200 "/papers?limit=2"
has "say how many" out '"total":3'
has "and lead on" out '"next":"'
ask "those of a query" 200 "/papers?query=title:desks"
has "alone" out '"total":1'
ask "a query that does not parse" 400 "/papers?query=(lamps"
has "names the field" out '"field":"query"'
for path in /repos /trends /topics /jobs; do
    ask "$path" 200 $path
    has "is a list" out '"items":['
done
ask "the page" 200 /
has "is a page" headers "Content-Type: text/html"
has "that runs no script but its own" headers "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
has "and stands in no frame" headers "X-Frame-Options: DENY"
ask "its script" 200 /live.js
has "is one" headers "Content-Type: text/javascript"
ask "its style" 200 /live.css
has "too" headers "Content-Type: text/css"
ask "HEAD" 200 /papers -I
same "has no body" 0 "$(grep -c version "$T/out")"
ask "OPTIONS" 204 /papers -X OPTIONS
has "says what may be asked" headers "Allow: GET, HEAD, OPTIONS"
ask "POST where it is not meant" 405 /search -X POST -d x=1
has "says what is" headers "Allow: GET"
ask "a body where none is taken" 400 /search -X GET -d x=1
ask "nothing here" 404 /nothing
ask "an unknown parameter" 400 "/search?q=a&colour=red"
has "is named" out '"field":"colour"'
ask "no query" 400 /search
has "is named" out '"field":"q"'
ask "an empty one" 200 "/search?q="
ask "a query that is no text" 400 "/search?q=%ff"
has "is named, too" out '"field":"q"'
ask "a bracket alone" 400 "/search?q=a("
has "is its fault" out '"field":"q"'
ask "a cursor of nothing" 400 "/search?q=a&cursor=garbage"
has "is another's" out '"field":"cursor"'
ask "a field that is none" 200 "/search?q=foo:bar"
has "is told" out '"note":"foo: is no field'
ask "one given twice" 400 "/search?q=a&q=b"
ask "a number out of range" 400 "/search?limit=100000"
ask "a choice that is none" 400 "/search?mode=magic"
has "says what there is" out "hybrid|lexical|semantic"
ask "an address that is too long" 414 "/search?q=$(head -c 9000 /dev/zero | tr '\0' a)"
ask "a value that is too long" 400 "/search?q=$(head -c 5000 /dev/zero | tr '\0' a)"
ask "gzip" 200 /openapi.json -H "Accept-Encoding: gzip"
has "is used" headers "Content-Encoding: gzip"
same "and right" "$(curl -s "$URL/openapi.json" | sha256sum)" "$(gunzip -c "$T/out" | sha256sum)"
ask "not when it is refused" 200 /openapi.json -H "Accept-Encoding: gzip;q=0"
lacks "then" headers "Content-Encoding"
ask "the description" 200 /openapi.json
has "is OpenAPI 3.1" out '"openapi":"3.1.0"'
ask "the page" 200 /docs
has "is HTML" headers "Content-Type: text/html"
lacks "without a word from elsewhere" out 'src="http'
has "each answer has a number" headers "X-Request-Id: "
has "that the log has" serve.err "$(sed -n 's/^X-Request-Id: \(.*\)\r$/\1/p' "$T/headers")"
ask "a token where none is needed" 200 "/jobs" -H "Authorization: Bearer x"
run "no library is written to" 0 "$CARREL" -L "$LIB" doctor
stop
same "SIGTERM ends it cleanly" 0 $ended

# With a secret: tokens, scopes, ends.
printf "a secret of many bytes\\000with a nought in the middle of it" >"$T/secret" # raw bytes, noughts too
printf '[serve]\n\tsecret-file = %s\n\topen-reads = false\n\tcors-origin = https://site.example\n' "$T/secret" >"$T/config/carrel.serve"
with() { "$CARREL" --config "$T/config/carrel.serve" -L "$LIB" "$@"; }
run "a token to read" 0 with token new --scope read --expires 1h --note "a test"
read_token=$(cat "$T/out")
same "is printed alone" 1 "$(wc -l <"$T/out")"
run "another" 0 with token --scope events
run "the list" 0 with token list
has "knows it" out "a test"
id=$(with token list --json | sed -n 's/.*"id":"\([0-9a-f]*\)","scope":"read".*/\1/p')
: >"$T/serve.err"
"$CARREL" --config "$T/config/carrel.serve" -L "$LIB" -v -c harvest.background=false -c serve.listen=0.0.0.0:0 serve >"$T/serve.out" 2>"$T/serve.err" </dev/null &
SERVER=$!
replays="$replays $SERVER"
i=0
until grep -q 'serves http' "$T/serve.err" || [ $i -gt 600 ]; do sleep 0.05; i=$((i + 1)); done
URL=http://127.0.0.1:$(sed -n 's/.*serves http:[^ ]*:\([0-9]*\).*/\1/p' "$T/serve.err")
ask "whoever comes from elsewhere" 401 /papers
error "needs a token" unauthorized
has "which is said in HTTP's words" headers "WWW-Authenticate: Bearer"
ask "with it" 200 /papers -H "Authorization: Bearer $read_token"
ask "health needs none" 200 /health
ask "one that was changed" 401 /papers -H "Authorization: Bearer ${read_token%?}x"
b64() { base64 -w 0 | tr '+/' '-_' | tr -d =; }
forge() { # HEADER CLAIMS KEY
    body=$(printf %s "$1" | b64).$(printf %s "$2" | b64)
    printf '%s.%s' "$body" "$(printf %s "$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$(od -An -v -tx1 <"$3" | tr -d ' \n')" -binary | b64)"
}
now=$(date +%s)
claims() { printf '{"iss":"carrel","jti":"%s","scope":"%s","iat":%s,"exp":%s}' "$id" "$1" "$now" "$2"; }
ask "made by hand with our secret it holds" 200 /papers -H "Authorization: Bearer $(forge '{"alg":"HS256","typ":"JWT"}' "$(claims read $((now + 60)))" "$T/secret")"
ask "but not when it has expired" 401 /papers -H "Authorization: Bearer $(forge '{"alg":"HS256"}' "$(claims read $((now - 60)))" "$T/secret")"
has "which is said" out "it has expired"
ask "nor without an end" 401 /papers -H "Authorization: Bearer $(forge '{"alg":"HS256"}' '{"iss":"carrel","jti":"x","scope":"admin"}' "$T/secret")"
for times in '"exp":99999999999999999999' '"exp":9223372036854775807' '"exp":"9999999999"' "\"exp\":$((now + 60)).5" "\"exp\":$((now + 60)),\"nbf\":\"soon\"" '"exp":-1'; do
    ask "nor with $times" 401 /papers -H "Authorization: Bearer $(forge '{"alg":"HS256"}' "{\"iss\":\"carrel\",\"jti\":\"$id\",\"scope\":\"read\",$times}" "$T/secret")"
done
ask "but with a beginning that is past" 200 /papers -H "Authorization: Bearer $(forge '{"alg":"HS256"}' "{\"iss\":\"carrel\",\"jti\":\"$id\",\"scope\":\"read\",\"exp\":$((now + 60)),\"nbf\":$((now - 5))}" "$T/secret")"
ask "nor with another algorithm" 401 /papers -H "Authorization: Bearer $(forge '{"alg":"HS512"}' "$(claims read $((now + 60)))" "$T/secret")"
ask "nor with none" 401 /papers -H "Authorization: Bearer $(printf '{"alg":"none"}' | b64).$(claims admin $((now + 60)) | b64)."
head -c 36 /dev/urandom | base64 -w 0 >"$T/other"
ask "nor with another secret" 401 /papers -H "Authorization: Bearer $(forge '{"alg":"HS256"}' "$(claims read $((now + 60)))" "$T/other")"
ask "nor one that was never given out" 401 /papers -H "Authorization: Bearer $(forge '{"alg":"HS256"}' "{\"iss\":\"carrel\",\"jti\":\"zzz\",\"scope\":\"admin\",\"exp\":$((now + 60))}" "$T/secret")"
ask "a scope that is not enough" 403 /papers -H "Authorization: Bearer $(with token --scope events)"
ask "write can read" 200 /papers -H "Authorization: Bearer $(with token --scope write)"
ask "a page of the site" 200 /health -H "Origin: https://site.example"
has "may ask" headers "Access-Control-Allow-Origin: https://site.example"
ask "another site" 200 /health -H "Origin: https://other.example"
lacks "may not" headers Access-Control-Allow-Origin
run "taken back" 0 with token revoke "$id"
has "it is told" err "the token $id holds no more"
ask "it is refused at once" 401 /papers -H "Authorization: Bearer $read_token"
lacks "no token is in the log" serve.err "$read_token"
ask "what is no token" 401 /papers -H "Authorization: Bearer garbage"
has "is called so" out "it is no JSON Web Token"
short=$(with token list --json | sed -n 's/.*"id":"\([0-9a-f]\{12\}\)[0-9a-f]*","scope":"events".*/\1/p')
run "the beginning of an id" 0 with token revoke "$short"
run "too short a beginning" 4 with token revoke "$(printf %.7s "$short")"
run "a token for ever" 2 with token new --expires 99999d
has "says for how long it may be" err "ten years"
stop
same "the end is clean" 0 $ended
cp "$T/secret" "$T/old"
head -c 36 /dev/urandom | base64 -w 0 >"$T/secret"
sed -i "s|^.*secret-file.*|\tsecret-file = $T/secret\n\tsecret-file = $T/old|" "$T/config/carrel.serve"
serve --config "$T/config/carrel.serve"
ask "with a new secret" 200 /jobs -H "Authorization: Bearer $(forge '{"alg":"HS256"}' "$(claims write $((now + 60)) | sed "s/$id/$(with token list --json | sed -n 's/.*"id":"\([0-9a-f]*\)","scope":"write".*/\1/p')/")" "$T/old")"
stop

head -c 36 /dev/urandom | base64 -w 0 >"$T/secret"
run "with the old secrets gone" 0 with -c serve.secret-file="$T/secret" token list
lacks "no token holds" out "  holds"
has "which is told" out "its key is gone"
run "but for one of the new one" 0 with -c serve.secret-file="$T/secret" token new --scope read --note new
run "in the list" 0 with -c serve.secret-file="$T/secret" token list --json
has "too" out '"state":"holds"'

# What it does not begin with.
printf short >"$T/short"
run "a secret that is too short" 2 timeout 20 "$CARREL" -L "$LIB" -c serve.secret-file="$T/short" serve --listen 127.0.0.1:0
has "is told" err "32 bytes or more"
run "no secret, for everybody to reach" 2 timeout 20 "$CARREL" -L "$LIB" serve --listen 0.0.0.0:0
has "is refused" err "secret-file is not set"
run "nor by PORT" 2 timeout 20 env PORT=0 "$CARREL" -L "$LIB" serve
run "an address that is none" 2 timeout 20 "$CARREL" -L "$LIB" serve --listen nowhere
has "which is told" err "HOST:PORT"
for port in 65536 99999 -1 80x; do
    run "a port like $port" 2 timeout 20 "$CARREL" -L "$LIB" serve --listen 127.0.0.1:$port
    has "is none" err "a port is a number from 0 to 65535"
done
run "nor one of PORT" 2 timeout 20 env PORT=70000 "$CARREL" -L "$LIB" -c serve.secret-file="$T/secret" serve
for origin in example.org https://example.org/ 'https://a.example b' ''; do
    run "an origin like '$origin'" 2 timeout 20 "$CARREL" -L "$LIB" -c serve.cors-origin="$origin" serve --listen 127.0.0.1:0
    has "is none" err "an origin is like https://example.org"
done
run "no key for RS256" 2 timeout 20 "$CARREL" -L "$LIB" -c serve.algorithm=RS256 -c serve.secret-file="$T/secret" serve --listen 127.0.0.1:0
has "is told" err "serve.key-file is not set"
run "a key beside HS256" 2 timeout 20 "$CARREL" -L "$LIB" -c serve.key-file="$T/secret" serve --listen 127.0.0.1:0
has "is told" err "serve.key-file is set, but serve.algorithm is HS256"
run "an empty name of a secret" 2 timeout 20 "$CARREL" -L "$LIB" -c serve.secret-file= serve --listen 0.0.0.0:0
has "is none" err "serve.secret-file is not set"
serve -c serve.rate=12
flood "too many requests" /docs
has "say when to ask again" headers "Retry-After: "
ask "but whoever watches over it is answered" 200 /health
ask "always" 200 "/health?check=live"
run "an address that is taken" 1 timeout 20 "$CARREL" -L "$LIB" serve --listen "${URL#http://}"
has "names it" err "cannot listen at"
stop
finish
