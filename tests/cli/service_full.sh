# The service on a full disk: what cannot be kept is not acknowledged, what is read is read, and with room again all goes on.
if [ -z "${INSIDE:-}" ]; then # a small disk of its own
    if ! command -v python3 >/dev/null || ! unshare -Urm sh -c 'mount -t tmpfs none /mnt' 2>/dev/null; then
        echo "ok - a full disk # SKIP there is no python3, or nothing may be mounted"
        exit 0
    fi
    INSIDE=1 exec unshare -Urm sh "$0"
fi
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
mkdir "$T/disk"
mount -t tmpfs -o size=24m none "$T/disk"
LIB=$T/disk/lib
echo '{"id":"arxiv:2602.00001","title":"Reading lamps","authors":["Ann Lee"],"published":"2026-02-20"}' >"$T/papers.jsonl"
run "papers" 0 "$CARREL" -L "$LIB" import "$T/papers.jsonl"
head -c 36 /dev/urandom | base64 -w 0 >"$T/secret"
serve -c serve.secret-file="$T/secret" -c serve.rate=0
token=$("$CARREL" -L "$LIB" -c serve.secret-file="$T/secret" token --scope write)
events() { # so many, each on a page of its own
    python3 -c "
import datetime, json, uuid
at = datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')
print(json.dumps([{'event_id': str(uuid.uuid4()), 'at': at, 'path': '/' + str(uuid.uuid4()) * 10} for _ in range($1)]))" >"$T/events"
}
views() { curl -s "$URL/metrics/summary?window=24h" | sed -n 's/.*"totals":{"views":\([0-9]*\).*/\1/p'; }
tell() { ask "$1" "$2" "$3" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' --data-binary "@$T/$4"; }
events 10
tell "events, while there is room" 202 /events/pageview events
same "are counted" 10 "$(views)" # before the disk is full: what cannot be written is not counted either
cat /dev/zero >"$T/disk/fill" 2>/dev/null
events 1000
tell "events on a full disk" 507 /events/pageview events
error "are not acknowledged" no_room
same "nor counted" 10 "$(views)"
printf '{"text":"%s"}' "$(head -c 200000 /dev/zero | tr '\0' a)" >"$T/text"
tell "a text" 507 /process/text text
has "whose sender is not blamed" out '"message":"the disk of this service is full; its log has more under'
has "nor a field of it" out '"field":null'
id=$(sed -n 's/.* under \([0-9A-Za-z-]*\)".*/\1/p' "$T/out")
grep "$id /process/text: " "$T/serve.err" >"$T/out"
has "the log warns of it" out "warn"
has "and says where" out "$LIB/files/tmp/"
(printf '%%PDF-1.4\n'; head -c 200000 /dev/zero) >"$T/some.pdf"
ask "a document" 507 /process/pdf -H "Authorization: Bearer $token" -F file=@"$T/some.pdf"
ask "papers can be read" 200 /papers
ask "and health is well" 200 /health
rm "$T/disk/fill"
tell "with room again the same events are taken" 202 /events/pageview events
has "all of them" out '"accepted":1000,"duplicate":0'
n=0
until [ "$(views)" -eq 1010 ] || [ $((n += 1)) -gt 300 ]; do sleep 0.1; done # taken is not yet written
same "and counted" 1010 "$(views)"
tell "and the text" 202 /process/text text
same "nothing is left of what was not kept" 1 "$(find "$LIB/files/tmp" -type f | wc -l)"
stop
same "the end is clean" 0 $ended
run "the library is well" 0 "$CARREL" -L "$LIB" doctor
umount "$T/disk"
finish
