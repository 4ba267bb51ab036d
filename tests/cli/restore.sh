# Bringing a backup back: never under a process that has the library open, which would go on in a file that is gone; and a
# service whose library was taken from under it says so.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
head -c 36 /dev/urandom | base64 -w 0 >"$T/secret"
# in_use NAME PID WORDS: restoring is refused, whether or not force is used, and the process is named.
in_use() {
    run "restore while $1" 1 "$CARREL" -L "$LIB" restore --force "$T/backup"
    has "names the process ($1)" err "$LIB is in use by process $2 ($3"
    has "and what to do ($1)" err "): stop it first"
}
"$CARREL" -L "$LIB" -q import tests/fixtures/papers.jsonl
run "backup" 0 "$CARREL" -L "$LIB" backup "$T/backup"
before=$(stat -c %i "$LIB/library.db")

serve -c serve.secret-file="$T/secret"
run "ready" 0 "$CARREL" health "$URL"
in_use "it is served" "$SERVER" "carrel -L"
same "the file is the one that was there" "$before" "$(stat -c %i "$LIB/library.db")"
run "and nothing was set aside" 1 test -e "$LIB/library.db.before-restore"
stop
same "the service ended" 0 $ended

# A connection that has read once, and waits.
mkfifo "$T/idle" "$T/seen"
sqlite3 "$LIB/library.db" <"$T/idle" >"$T/seen" &
idle=$!
replays="$replays $idle"
exec 7>"$T/idle"
echo 'SELECT count(*) FROM work;' >&7
read -r _ <"$T/seen"
in_use "somebody waits with it open" "$idle" "sqlite3 $LIB/library.db"
if unshare -rpf --mount-proc true 2>/dev/null; then
    run "restore from another container" 1 unshare -rpf --mount-proc "$CARREL" -L "$LIB" restore --force "$T/backup"
    has "cannot name it" err "in use by a process of another container: stop it first"
else
    echo "ok - restore from another container # SKIP unshare may not"
fi
exec 7>&-
wait "$idle"
# The line of docs/DEPLOY.md: the newest backup is meant, whatever day of the week it is.
mkdir "$T/backups"
for day in 1 2 3; do cp "$T/backup" "$T/backups/$day.backup" && touch -d "2026-03-0$day 03:00" "$T/backups/$day.backup"; done
touch -d "2026-03-08 03:00" "$T/backups/2.backup"
line=$(sed -n 's|^carrel-service \(restore --force .*\)|\1|p' docs/DEPLOY.md | sed "s|/var/lib/carrel-backups|$T/backups|")
run "the line that the page has" 0 sh -c "\"\$CARREL\" -L '$T/by-line' $line"
has "takes the newest" err "($T/backups/2.backup is of 2026-03-08T03:00:00Z)"
lacks "and tells of nothing that it replaced" err "in the place of"
echo '{"id":"arxiv:2601.00001","title":"One that came later","authors":["A B"],"published":"2026-01-01"}' | "$CARREL" -L "$LIB" -q import - 2>/dev/null
run "restore when nobody has it open" 0 "$CARREL" -L "$LIB" restore --force "$T/backup"
has "tells what came back" err "restored into $LIB: 5 papers, last changed "
has "of which file" err " ($T/backup is of $(date -u -r "$T/backup" +%Y-%m-%dT%H:%M:%SZ))"
has "what it took the place of" err "in the place of 6 papers, last changed "
has "and where that is" err "; kept as $LIB/library.db.before-restore"
run "keeps what was there" 0 test -s "$LIB/library.db.before-restore"
run "and is sound" 0 "$CARREL" -L "$LIB" doctor
printf 'this is not a database, and long enough to be looked at as one .........................................' >"$LIB/library.db"
run "restore over what is no library" 0 "$CARREL" -L "$LIB" restore --force "$T/backup"
has "tells that" err "in the place of what was no sound library; kept as"
has "keeps that as it was" lib/library.db.before-restore "this is not a database"

# Somebody else's hand has no such scruple.
token=$("$CARREL" -L "$LIB" -c serve.secret-file="$T/secret" token new --scope write)
serve -c serve.secret-file="$T/secret"
ask "a service that has its library" 200 /health
cp "$LIB/library.db" "$T/other" && mv "$T/other" "$LIB/library.db"
ask "whose library is another now is not ready" 503 /health
has "and says what to do" out "library.db was replaced while the service had it open: stop the service and start it again"
ask "it is alive, though" 200 "/health?check=live"
ask "what would be written into nothing is refused" 503 /events/pageview -X POST -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{"path":"/"}'
error "as what may be tried again" busy
run "carrel health has the words" 1 "$CARREL" health "$URL"
has "of the problem" err "alive but not ready: $LIB/library.db was replaced"
rm "$LIB/library.db"
ask "nor when it is gone" 503 /health
has "which is told so" out "library.db was removed"
ask "again" 503 /health
same "the log has one error" 1 "$(grep -c 'while the service had it open' "$T/serve.err")"
stop
finish
