# The service: tokens signed by RSA keys, which are never taken for secrets; HTTPS; health; logs for programs.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
echo '{"title":"Lamps"}' >"$T/papers.jsonl"
run "a library" 0 "$CARREL" -L "$LIB" import "$T/papers.jsonl"
openssl genrsa -out "$T/key.pem" 2048 2>/dev/null
openssl rsa -in "$T/key.pem" -pubout -out "$T/public.pem" 2>/dev/null
printf '[serve]\n\talgorithm = RS256\n\tkey-file = %s\n' "$T/key.pem" >"$T/config/rsa"
with() { "$CARREL" --config "$T/config/rsa" -L "$LIB" "$@"; }
token=$(with token --scope admin --expires 1h)
same "a token has three parts" 3 "$(echo "$token" | tr . '\n' | wc -l)"
b64() { base64 -w 0 | tr '+/' '-_' | tr -d =; }
unb64() { tr '_-' '/+' | sed 's/$/==/' | base64 -d 2>/dev/null; }
same "and is signed with RSA" RS256 "$(echo "$token" | cut -d. -f1 | unb64 | sed -n 's/.*"alg":"\([A-Z0-9]*\)".*/\1/p')"
"$CARREL" --config "$T/config/rsa" -L "$LIB" -v --log-json serve --listen 0.0.0.0:0 >"$T/serve.out" 2>"$T/serve.err" </dev/null &
SERVER=$!
replays="$replays $SERVER"
i=0
until grep -q 'serves http' "$T/serve.err" || [ $i -gt 600 ]; do sleep 0.05; i=$((i + 1)); done
URL=http://127.0.0.1:$(sed -n 's/.*serves http:[^ ]*:\([0-9]*\) .*/\1/p' "$T/serve.err")
ask "with it" 200 /jobs -H "Authorization: Bearer $token"
ask "without it" 401 /jobs
# The classic confusion: HS256, with the public key as its secret.
body=$(printf '{"alg":"HS256","typ":"JWT"}' | b64).$(echo "$token" | cut -d. -f2)
hex=$(od -An -v -tx1 <"$T/public.pem" | tr -d ' \n')
ask "the public key is no secret" 401 /jobs -H "Authorization: Bearer $body.$(printf %s "$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$hex" -binary | b64)"
has "whatever the token says of itself" out "signed in another way than ours"
ask "nor is none an algorithm" 401 /jobs -H "Authorization: Bearer $(printf '{"alg":"none"}' | b64).$(echo "$token" | cut -d. -f2)."
openssl genrsa -out "$T/other.pem" 2048 2>/dev/null
body=$(printf '{"alg":"RS256","typ":"JWT"}' | b64).$(echo "$token" | cut -d. -f2)
ask "nor does another key sign" 401 /jobs -H "Authorization: Bearer $body.$(printf %s "$body" | openssl dgst -sha256 -sign "$T/other.pem" -binary | b64)"
for bad in x a.b.c . .. "$(head -c 3000 /dev/zero | tr '\0' e).x.y" '{}.{}.{}'; do
    ask "a token like $(printf %.8s "$bad")" 401 /jobs -H "Authorization: Bearer $bad"
done
ask "ready?" 200 "/health?check=ready"
ask "alive?" 200 "/health?check=live"
ask "anything else?" 400 "/health?check=well"
id=$(sed -n 's/^X-Request-Id: \(.*\)\r$/\1/p' "$T/headers")
stop
grep '^{' "$T/serve.err" >"$T/out"
has "the log for programs has the request in parts" out "\"request\":{\"request_id\":\"$id\",\"client\":\"127.0.0.1\",\"method\":\"GET\",\"path\":\"/health\",\"status\":400"
same "and nothing else" 0 "$(grep -vc '^{.*}$' "$T/serve.err")"

# A new key signs; tokens of the old one hold while its public half is there.
printf '[serve]\n\talgorithm = RS256\n\tkey-file = %s\n\tkey-file = %s\n' "$T/other.pem" "$T/public.pem" >"$T/config/rsa"
serve --config "$T/config/rsa"
ask "after a change of keys" 200 /jobs -H "Authorization: Bearer $token"
ask "a token of the new one" 200 /jobs -H "Authorization: Bearer $(with token --scope read)"
stop
printf '[serve]\n\talgorithm = RS256\n\tkey-file = %s\n' "$T/public.pem" >"$T/config/rsa"
run "a public key alone does not sign" 2 with token --scope read
has "which is told" err "must be a private one"
openssl genrsa -out "$T/weak.pem" 1024 2>/dev/null
run "nor does one that is too short" 2 with -c serve.key-file="$T/weak.pem" token --scope read
has "which says how long it has to be" err "2048"
run "nor a file that is none" 2 with -c serve.key-file="$T/serve.out" token --scope read
run "no key" 2 "$CARREL" -L "$LIB" -c serve.algorithm=RS256 token --scope read
has "says how to make one" err "openssl genrsa"
run "another algorithm" 2 "$CARREL" -L "$LIB" -c serve.algorithm=ES256 token
has "is not among them" err "RS256"

# HTTPS.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/tls.key" -out "$T/tls.pem" -days 2 -subj /CN=localhost -addext "subjectAltName=IP:127.0.0.1" 2>/dev/null
serve -c serve.tls-certificate-file="$T/tls.pem" -c serve.tls-key-file="$T/tls.key"
has "it says so" serve.err "serves https://127.0.0.1"
URL=$(sed -n 's/.*serves \(https:[^ ]*\).*/\1/p' "$T/serve.err")
ask "over TLS" 200 /health --cacert "$T/tls.pem"
ask "to whom does not know the certificate" 000 /health
secure=$URL URL=http${URL#https}
ask "in plain" 000 /health --max-time 5
URL=$secure
stop
same "ends cleanly" 0 $ended
run "a certificate without its key" 2 timeout 20 "$CARREL" -L "$LIB" -c serve.tls-certificate-file="$T/tls.pem" serve --listen 127.0.0.1:0
run "a certificate that is none" 2 timeout 20 "$CARREL" -L "$LIB" -c serve.tls-certificate-file="$T/serve.out" -c serve.tls-key-file="$T/tls.key" serve --listen 127.0.0.1:0
has "is told" err "certificate or its key is refused"
finish
