#!/bin/sh
# Draws the exported website and the service's page into screenshots/*.png, by a headless Chromium. The website's
# pictures come out the same each time; the live page shows the time at which it was drawn.
set -eu
cd "$(dirname "$0")/.."
carrel=$PWD/build/carrel
python=/usr/bin/python3
[ -x $python ] || python=python3
T=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null; rm -rf "$T"' EXIT
export CARREL_LIBRARY="$T/library" XDG_CONFIG_HOME="$T/config" LC_ALL=C.UTF-8 TZ=UTC PYTHONDONTWRITEBYTECODE=1
"$carrel" -q import data/starter.jsonl >/dev/null
"$carrel" -q query add vision 'cat:cs.CV'
"$carrel" -q query add speech 'speech OR audio'
"$carrel" -q tag toread arxiv:2103.00020
sqlite3 "$CARREL_LIBRARY/library.db" "INSERT INTO sample SELECT w.id, 'huggingface', 'upvotes', w.key, 20484 + d.value,
    3 + d.value * (w.id % 7 + 1) + d.value * d.value * (w.id % 3) / 9 FROM work w, generate_series(0, 29) d WHERE w.id % 5 = 0"
"$carrel" -q -c site.title='Papers of the reading room' export --format site -o "$T/site"
unset CARREL_CLOCK # make.sh has set it: events of today would be of the future, and a browser has no clock but today's

head -c 48 /dev/urandom >"$T/secret"
mkdir -p "$T/config/carrel"
printf '[serve]\n\tsecret-file = %s/secret\n[harvest]\n\tbackground = false\n' "$T" >"$T/config/carrel/config"
"$carrel" serve --listen 127.0.0.1:0 2>"$T/log" &
server=$!
until grep -qs 'serves http' "$T/log"; do sleep 0.1; done
url=$(sed -n 's/.*serves \(http:[^ ]*\).*/\1/p' "$T/log")
token=$("$carrel" token new --scope write)
# A refusal is told with its reason.
send() { curl -sS --fail-with-body --retry 3 -o "$T/answer" -H "Authorization: Bearer $token" "$@" || { cat "$T/answer" >&2; exit 1; }; }
now=$(date +%s)
views=0
while [ $((views += 1)) -le 60 ]; do # more of them lately, and of the first papers
    paper=$("$carrel" search --ids --limit 8 'attention' | sed -n "$((views % 8 * (views % 3) / 2 + 1))p")
    printf '%s{"event_id":"00000000-0000-4000-8000-%012d","at":"%s","paper":"%s","path":"/papers","visitor":"v%d"}' "$([ $views -gt 1 ] && echo ,)" $views \
        "$(date -u -d "@$((now - (60 - views) * (60 - views) / 2))" +%FT%TZ)" "$paper" $((views % 23))
done | { printf '['; cat; printf ']'; } | send -H 'Content-Type: application/json' -d @- "$url/events/pageview"
awk -f tests/cli/pdf.awk >"$T/lanterns.pdf" <<'X'
# Lanterns for reading at night
A. Lindgren

Abstract
We light a page with a lantern and measure how long a reader stays awake beside it.
X
for file in "$T/lanterns.pdf" tests/fixtures/locked.pdf; do
    send -F "file=@$file" "$url/process/pdf"
done
"$carrel" -q jobs add import '{"file":"/media/stick/proceedings-2025.jsonl"}'
sleep 3 # until they are done
$python screenshots/site.py "$T/site" "$url/" "$token" screenshots
