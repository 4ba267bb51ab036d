# Peers and full disks: what only reads goes on, what cannot be written is told with what to do, and with room again all goes.
if [ -z "${INSIDE:-}" ]; then # small disks of its own
    if ! unshare -Urm sh -c 'mount -t tmpfs none /mnt' 2>/dev/null; then
        echo "ok - a full disk # SKIP nothing may be mounted"
        exit 0
    fi
    INSIDE=1 exec unshare -Urm sh "$0"
fi
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
mkdir "$T/disk" "$T/stick" "$T/small"
mount -t tmpfs -o size=24m none "$T/disk"
LIB=$T/disk/lib
: >"$T/config.ours"
ours() { "$CARREL" -q -L "$LIB" --config "$T/config.ours" "$@"; }
other() { "$CARREL" -q -L "$T/other" --config "$T/config.other" -c harvest.backoff=1ms "$@"; }
fill() { cat /dev/zero >"$1/fill" 2>/dev/null; }
full="the disk is full: there is no room in $LIB; nothing was lost, free some and do it again"
echo '{"id":"arxiv:2602.00001","title":"Reading lamps","authors":["Ann Lee"]}' >"$T/papers.jsonl"
run "papers" 0 ours import "$T/papers.jsonl"
head -c 36 /dev/urandom | base64 -w 0 >"$T/secret"
"$CARREL" -L "$LIB" -c serve.secret-file="$T/secret" token --scope sync >"$T/token"
serve -c serve.secret-file="$T/secret" -c serve.rate=0 # while it is open others can read it on a full disk
run "a peer" 0 ours peer add stick "$T/stick"
run "is exchanged with" 0 ours sync --peer stick
run "then something is said" 0 ours tag green arxiv:2602.00001

# ---- the own disk ----
fill "$T/disk"
run "on a full disk the list" 0 ours peer list
has "tells what waits" out "1 change waits"
run "as the status does" 0 ours sync --status
run "an exchange" 3 ours sync --peer stick
has "fails" out "peer stick: failed"
has "and says what to do" out "$full"

# ---- that of the service ----
: >"$T/config.other"
run "another library" 0 other import "$T/papers.jsonl"
run "says much" 0 other note arxiv:2602.00001 "$(head -c 90000 /dev/urandom | base64 -w 0)"
run "to the service" 0 other peer add server "$URL" --token-file "$T/token"
run "whose disk is full" 3 other sync --peer server
has "which is told" out "the disk of $URL is full: nothing was lost, free some there and do it again"
lacks "and no path of its disk" out "$LIB"
rm "$T/disk/fill"
run "with room again it goes" 0 other sync --peer server
run "and so does ours" 0 ours sync --peer stick

# ---- a stick ----
mount -t tmpfs -o size=64k none "$T/small"
run "a small stick" 0 other peer add small "$T/small"
run "is too small" 3 other sync --peer small
has "and told as full" out "the disk of $T/small is full: nothing was lost, free some and do it again"
umount "$T/small"
stop
umount "$T/disk"
finish
