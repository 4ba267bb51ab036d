# Clones over https: from a server of our own on 127.0.0.1, whose certificates a made-up authority has signed.
. "$(dirname "$0")/lib.sh"
for need in python3 git openssl; do
    command -v $need >/dev/null || { echo "ok - clones over https # SKIP there is no $need"; finish; }
done
GITMAKER="$(dirname "${REPLAY:?}")/gitmaker"
SERVER="$(cd "$(dirname "$0")/.." && pwd)/gitserver/serve.py"
mkdir "$T/made"
printf '%s\n' 'put lamp.py def lantern():\n    return 1\n' 'binary noise.bin 300000' 'commit 1767225600 Ann Lee: Begin' |
    "$GITMAKER" "$T/made/lamps.git" || bad "gitmaker"

# An authority, and what it signs: for localhost, and for another host.
authority() { openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/$1.key" -out "$T/$1.pem" -days 30 -subj "/CN=$1" 2>/dev/null; }
signed() { # NAME HOST
    openssl req -newkey rsa:2048 -nodes -keyout "$T/$1.key" -out "$T/$1.csr" -subj "/CN=$2" 2>/dev/null
    printf 'subjectAltName=DNS:%s\n' "$2" >"$T/$1.ext"
    openssl x509 -req -in "$T/$1.csr" -CA "$T/ca.pem" -CAkey "$T/ca.key" -CAcreateserial -days 30 -extfile "$T/$1.ext" -out "$T/$1.pem" 2>/dev/null
}
authority ca
authority stranger
signed right localhost
signed wrong example.org
serve() { # NAME: $PORT
    mkfifo "$T/$1.port"
    python3 "$SERVER" "$T/$1.pem" "$T/$1.key" "$T/made" >"$T/$1.port" 2>"$T/$1.err" &
    replays="$replays $!"
    read -r PORT <"$T/$1.port" || { bad "serve.py" "$(cat "$T/$1.err")"; exit 1; }
}
carrel() { "$CARREL" -c "net.ca-file=$CA" "$@"; }
serve right
U=https://localhost:$PORT
CA="$T/ca.pem"
R="repo:localhost:$PORT/open/lamps"
run "a certificate of an unknown authority" 1 "$CARREL" add "$U/open/lamps.git"
has "is told" err "its certificate is not valid"
CA="$T/stranger.pem"
run "of another authority than the one that is trusted" 1 carrel add "$U/open/lamps.git"
has "is told, too" err "its certificate is not valid"
CA="$T/made-up.pem"
run "a file of certificates that is not there" 2 carrel add "$U/open/lamps.git"
has "is named" err "made-up.pem holds no certificates (net.ca-file)"
CA="$T/ca.pem"
run "trusted" 0 carrel add "$U/open/lamps.git"
same "it is cloned" "$R" "$(cut -d' ' -f1 "$T/out")"
run "and can be read" 0 "$CARREL" repo "$R" file lamp.py
has "its file" out "def lantern"
printf '%s\n' 'put wick.py def wick():\n    return 2\n' 'commit 1768435200 Bo Ray: Wick' | "$GITMAKER" "$T/made/lamps.git"
run "what is new" 0 carrel repo "$R" fetch
has "is fetched" err "fetched what is new"
run "it is there" 0 "$CARREL" repo "$R" file wick.py
run "trusted by the environment" 0 env SSL_CERT_FILE="$T/ca.pem" "$CARREL" repo "$R" fetch
has "again" err "nothing is new"
run "the doctor finds nothing" 0 "$CARREL" doctor

run "a server that leads elsewhere on itself" 0 carrel add "$U/moved/lamps.git"
same "is followed" "repo:localhost:$PORT/moved/lamps" "$(cut -d' ' -f1 "$T/out")"
run "that clone goes" 0 "$CARREL" repo "repo:localhost:$PORT/moved/lamps" remove
run "a server that leads to another host" 1 carrel add "$U/away/lamps.git"
has "is not followed" err "the server leads to another address: use that one"
run "one that wants a password" 1 carrel add "$U/secret/lamps.git"
has "is told" err "it is not public, or there is no such repository"
run "one that forbids" 1 carrel add "$U/shut/lamps.git"
has "is told" err "the server refuses to serve it"
run "one that has nothing of that name" 4 carrel add "$U/open/nothing.git"
has "is told" err "there is no such repository"

# Servers that stall: before the first byte, and in the middle of the pack.
children() { ps -o pid= --ppid "$1" | wc -l; }
for what in silent slow; do
    began=$(date +%s)
    run "one that is $what" 1 carrel -c repository.time-limit=2s add "$U/$what/lamps.git"
    has "is left in time ($what)" err "it took more than 2 s (repository.time-limit)"
    if [ $(($(date +%s) - began)) -lt 30 ]; then good "soon ($what)"; else bad "soon ($what)"; fi
    "$CARREL" -c "net.ca-file=$CA" add "$U/$what/lamps.git" >"$T/out" 2>"$T/err" </dev/null &
    pid=$! waited=0
    while [ "$(children $pid)" -eq 0 ] && [ $waited -lt 500 ]; do sleep 0.01; waited=$((waited + 1)); done
    sleep 0.3
    child=$(ps -o pid= --ppid $pid | tr -d ' ')
    kill -INT $pid
    wait $pid
    same "stopped by hand ($what)" "130" "$?"
    run "its child has gone ($what)" 1 kill -0 "$child"
done
same "nothing is left" "" "$(find "$CARREL_LIBRARY/repos" -name '*cloning*' -o -name silent -o -name slow -o -name away -o -name secret)"

serve wrong
run "a certificate for another host" 1 carrel add "https://localhost:$PORT/open/lamps.git"
has "is told, too" err "its certificate is not valid"

# What else speaks https trusts the same: a 404 has come through, a handshake that failed has not.
run "a document by https" 3 "$CARREL" process "$U/open/paper.pdf"
has "is not trusted" err "certificate"
run "with the file" 3 carrel process "$U/open/paper.pdf"
has "is" err "HTTP 404"
run "the library is sound" 0 "$CARREL" doctor
finish
