# Days of a website: papers without a date, of 1970, before it, and dated ahead of their time. And
# whose the folder is.
. "$(dirname "$0")/lib.sh"
cat >"$T/papers.jsonl" <<'X'
{"id":"doi:10.1000/old","title":"Lanterns before","published":"1948-07-01"}
{"id":"doi:10.1000/year","title":"Lanterns of a year","published":"1970"}
{"id":"doi:10.1000/day","title":"Lanterns of a day","published":"1970-01-01"}
{"id":"arxiv:2401.00001","title":"Lanterns now","published":"2024-01-05"}
{"id":"doi:10.1000/ahead","title":"Lanterns of the next issue","published":"2999-12-31"}
{"title":"Lanterns without a date"}
X
export CARREL_CLOCK=2024-02-01T00:00:00Z
run "papers" 0 "$CARREL" import --json "$T/papers.jsonl"
run "1970 is a year like others" 0 "$CARREL" search --ids --sort date date:1970
same "with both of its papers" "doi:10.1000/day doi:10.1000/year " "$(sort "$T/out" | tr '\n' ' ')"
run "a website" 0 "$CARREL" export --format json -o "$T/site" --json
cat >"$T/look.py" <<'X'
import json, sys
index, stats, topics = (json.load(open(f"{sys.argv[1]}/{name}.json")) for name in ("search/index", "stats", "topics"))
print(" ".join(f"{name}:{count}" for name, count in index["segments"][0]["months"]))
print(" ".join(row["year"] for row in stats["years"]), sum(stats["weeks"]), stats["weeks"][-1], topics["first_day"])
X
python3 "$T/look.py" "$T/site" >"$T/out"
same "what has no date is numbered before all, 1970 is in its month" "undated:1 1948-07:1 1970-01:2 2024-01:1 2999-12:1" "$(head -n 1 "$T/out")"
same "weeks end with the newest paper that is not dated ahead" "1948 1970 2024 2999 1 1 2023-07-08" "$(tail -n 1 "$T/out")"
mkdir "$T/app" && echo '{"name":"an app"}' >"$T/app/manifest.json"
run "into a folder of somebody else's" 1 "$CARREL" export --format json -o "$T/app"
has "is refused in words" err "manifest.json is not of carrel's making: export into another folder, or take it away"
same "and nothing is written there" '{"name":"an app"}' "$(cd "$T/app" && cat ./* && rm manifest.json && ls -A)"

run "a query that finds nothing" 4 "$CARREL" export --format json --query collection:nosuch -o "$T/site"
has "leaves the website alone" err "nothing found by collection:nosuch, so $T/site was not written (--force writes a website without papers)"
has "which has its papers" site/manifest.json papers/2024-01.json
run "nor makes one" 4 "$CARREL" export --format site --query collection:nosuch -o "$T/none"
run "not even its folder" 1 test -e "$T/none"
"$CARREL" -L "$T/bare" -q import - </dev/null 2>/dev/null
run "a library of nothing" 4 "$CARREL" -L "$T/bare" export --format json -o "$T/site"
has "does not, either" err "nothing found, so $T/site was not written"
run "but may begin one" 0 "$CARREL" -L "$T/bare" export --format site -o "$T/begun"
run "who wants an empty one" 0 "$CARREL" export --format json --query collection:nosuch --force -o "$T/site"
lacks "has it" site/manifest.json papers/2024-01.json

# The lines for cron that the pages of documentation have: where it runs them PATH has no /usr/local/bin, and a source that
# fails (exit code 3) keeps nothing else from being done.
mkdir -p "$XDG_CONFIG_HOME/carrel" "$T/www"
cat >"$XDG_CONFIG_HOME/carrel/config" <<'X'
[source "arxiv"]
    category = cs.CL
    oai-url = http://127.0.0.1:1/oai
    api-url = http://127.0.0.1:1/api
    rss-url = http://127.0.0.1:1/rss
    interval = 10ms
[source "huggingface"]
    enabled = false
[harvest]
    backoff = 5ms
X
cat README.md docs/*.md | sed -n 's|^    [0-9*/]* [0-9*]* \* \* \*  *||p' | sed "s|/usr/local/bin/carrel|$CARREL|g; s|/srv/www/papers|$T/www/papers|; s|\\\\%|%|g" >"$T/cron"
by_cron() { env -i HOME="$HOME" PATH=/usr/bin:/bin CARREL_LIBRARY="$CARREL_LIBRARY" XDG_CONFIG_HOME="$XDG_CONFIG_HOME" sh -c "$1"; }
run "a sync whose source fails" 3 "$CARREL" -q sync
while IFS= read -r line; do
    by_cron "$line" >"$T/out" 2>"$T/err" </dev/null
    lacks "cron finds what it shall run: ${line##*/}" err "not found"
done <"$T/cron"
same "there are some" 3 "$(wc -l <"$T/cron")"
run "the website is written all the same" 0 test -s "$T/www/papers/index.html"
same "and the backup" 1 "$(find "$HOME/backups" -name 'carrel-[1-7].backup' | wc -l)"
finish
