# Addresses that come over HTTP lead to the public internet alone: neither a redirect from there nor a name that leads
# elsewhere the next time it is looked up (DNS rebinding) reaches this machine. The internet is made up by a library that is
# loaded before all others (tests/elsewhere); carrel itself is the one that is installed.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
for need in python3 openssl; do
    command -v $need >/dev/null || { echo "ok - another internet # SKIP there is no $need"; finish; }
done
here=$(cd "$(dirname "$0")" && pwd)
SHIM="$(cd "$(dirname "$CARREL")" && pwd)/tests/elsewhere.so"
PUBLIC=93.184.215.14
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/ca.key" -out "$T/ca.pem" -days 30 -subj "/CN=ca" 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout "$T/site.key" -out "$T/site.csr" -subj "/CN=site" 2>/dev/null
echo 'subjectAltName=DNS:public.example,DNS:turns.example,DNS:inner.example,DNS:localhost,IP:127.0.0.1,IP:0.0.0.0' >"$T/site.ext"
openssl x509 -req -in "$T/site.csr" -CA "$T/ca.pem" -CAkey "$T/ca.key" -CAcreateserial -days 30 -extfile "$T/site.ext" -out "$T/site.pem" 2>/dev/null
tail -c +2 "$here/../fuzz/corpus/process_extract/pdf" >"$T/one.pdf"
# What a server out there may say: each of these is this machine.
cat >"$T/targets" <<'X'
http://127.0.0.1:{http}/caught
https://127.0.0.1:{https}/caught
https://localhost:{https}/caught
https://0.0.0.0:{https}/caught
https://2130706433:{https}/caught
https://0x7f.1:{https}/caught
https://[::1]:{https}/caught
https://[::ffff:127.0.0.1]:{https}/caught
https://[64:ff9b::7f00:1]:{https}/caught
https://inner.example:{https}/caught
https://169.254.169.254/latest/meta-data/
X
cat >"$T/names" <<X
public.example $PUBLIC
turns.example $PUBLIC 127.0.0.1
inner.example 127.0.0.1
git.example $PUBLIC 127.0.0.1
X
mkfifo "$T/ports"
: >"$T/log"
python3 "$here/elsewhere.py" "$T/site.pem" "$T/site.key" "$T/one.pdf" "$T/log" "$T/targets" >"$T/ports" 2>"$T/ports.err" &
replays="$replays $!"
read -r HTTPS PLAIN <"$T/ports" || { bad "elsewhere.py" "$(cat "$T/ports.err")"; finish; }
echo '{"title":"Desks"}' >"$T/papers.jsonl"
run "a library" 0 "$CARREL" -L "$LIB" import "$T/papers.jsonl"
head -c 36 /dev/urandom | base64 -w 0 >"$T/secret"
token=$("$CARREL" -L "$LIB" -c serve.secret-file="$T/secret" token --scope write)
export ELSEWHERE_NAMES="$T/names" ELSEWHERE_HERE=$PUBLIC
PRELOADED="$CARREL"
CARREL="$T/carrel" # with the library before all others; what the tests around it do, is not
printf '#!/bin/sh\nLD_PRELOAD="%s" exec "%s" "$@"\n' "$SHIM" "$PRELOADED" >"$CARREL"
chmod +x "$CARREL"
serve -c serve.secret-file="$T/secret" -c serve.rate=0 -c net.ca-file="$T/ca.pem" -c worker.threads=2 -c harvest.backoff=5ms
# told NAME STATE ADDRESS: a PDF of this address; how its job has ended is in out
told() {
    ask "$1" 202 /process/pdf -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "{\"url\":\"$3\"}"
    job=$(sed -n 's/.*"id":\([0-9]*\).*/\1/p' "$T/out")
    i=0
    while [ $i -lt 400 ]; do
        curl -s "$URL/process/status/$job" >"$T/out"
        grep -qE '"state":"(done|failed|cancelled)"' "$T/out" && break
        sleep 0.05
        i=$((i + 1))
    done
    has "$1, $2" out "\"state\":\"$2\""
}
told "from the internet" done "https://public.example:$HTTPS/good.pdf"
has "as it is asked there" log "https public.example:$HTTPS /good.pdf"
n=0
while read -r target; do
    n=$((n + 1))
    told "led to $target" failed "https://public.example:$HTTPS/$n.pdf"
done <"$T/targets"
has "all of them were led" log "https public.example:$HTTPS /$n.pdf"
told "a name, the first time" done "https://turns.example:$HTTPS/good.pdf"
told "the next time, when it leads here" failed "https://turns.example:$HTTPS/other.pdf"
has "is seen when the socket is opened" out "inside this network"
same "it was looked up twice" 2 "$(wc -c <"$T/names.turns.example")"
told "a name that leads here at once" failed "https://inner.example:$HTTPS/good.pdf"
lacks "nobody has got in here" log caught
lacks "by no name" log "https inner.example"
same "nor the second time" 1 "$(grep -c 'https turns.example' "$T/log")"
stop

# Git looks names up by itself, a second time. Its child, asked as the service asks it.
git_child() {
    LD_PRELOAD="$SHIM" "$PRELOADED" --vcs-child "https://git.example:$HTTPS/a.git" "$T/clone" 1000000 "$1" carrel "" "$T/ca.pem" 3>"$T/said" </dev/null >/dev/null 2>&1
}
git_child 1
same "a repository's name was looked up twice" 2 "$(wc -c <"$T/names.git.example")"
if grep -aq "has a private address" "$T/said"; then good "the second time it led here, and was refused"; else bad "the second time" "$(cat "$T/said")"; fi
lacks "before a byte was sent" log git.example
finish
