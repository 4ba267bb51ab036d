# All sources in one run, each from a server of its own with faults: every record comes, the exit code tells the truth, each
# origin keeps its pace by its server's log while the others go on, and memory does not grow with the pages.
# (An origin is a host: two of the servers are called 127.0.0.1, the others localhost, 127.1 and 127.0.1, and arXiv has a budget of its own.) Another source is a script, a line in configure and a line of totals.
. "$(dirname "$0")/lib.sh"
ARXIV=40 HF=25 PWC=30 FEED=30 GITHUB=20 CROSSREF=2 # milliseconds between requests
sql() { sqlite3 "$LIB/library.db" "$1"; }

# scripts RECORDS: of papers that arXiv, Hugging Face and the archive all know in part.
scripts() {
    cat >"$T/arxiv" <<X
papers p records=$1 seed=3 categories=cs.CL from=2026-02-01 per-day=$(($1 / 20)) page=100
route /oai loop
answer 200 oai=p
answer 503 header="Retry-After: 0" body="busy"
answer 200 oai=p
answer 200 type=text/html body="<html><body>Log in</body></html>"
answer 200 oai=p cut=3000
answer 200 oai=p gzip
answer 429 body="Rate exceeded."
X
    cat >"$T/hf" <<X
papers p records=$1 seed=3 categories=cs.CL from=2026-02-01 per-day=$(($1 / 20))
route /api/daily_papers?date=2026-03-01
answer 400 type=application/json body="{\\"error\\":\\"date is in the future\\"}"
route /api/* loop
answer 200 hf=p
answer 200 hf=p cut=5000
answer 200 hf=p
answer 200 type=text/html body="<html><body>Log in</body></html>"
answer 503 header="Retry-After: 0" body="busy"
answer 200 hf=p gzip
X
    cat >"$T/pwc" <<X
papers p records=$1 seed=3 categories=cs.CL
route /* loop
answer 200 rows=p
answer 200 rows=p
answer 503 header="Retry-After: 0" body="busy"
answer 200 type=text/html body="<html><body>Log in</body></html>"
answer 200 rows=p gzip
X
    cat >"$T/feed" <<X
route /journal
answer 503 header="Retry-After: 0" body="busy"
answer 200 type=text/html body="<html><body>Log in</body></html>"
answer 200 type=application/rss+xml body=<<END
<rss version="2.0"><channel><title>A journal</title>
<item><title>One on lamps</title><link>https://journal.example/1</link><guid>https://doi.org/10.1000/1</guid><pubDate>Fri, 27 Feb 2026 08:00:00 GMT</pubDate></item>
<item><title>Two on desks</title><link>https://journal.example/2</link><guid>https://doi.org/10.1000/2</guid><pubDate>Sat, 28 Feb 2026 08:00:00 GMT</pubDate></item>
</channel></rss>
END
X
    cat >"$T/github" <<X
route /* loop
answer 200 github
answer 502 body="<html>Bad gateway</html>"
answer 200 github gzip
answer 200 type=text/html body="<html><body>Log in</body></html>"
answer 200 github
X
    cat >"$T/crossref" <<X
route /works/10.1000/1
answer 502 body="<html>Bad gateway</html>"
answer 200 type=application/json gzip body="{\"status\":\"ok\",\"message\":{\"DOI\":\"10.1000/1\",\"title\":[\"One on lamps\"],\"container-title\":[\"Lamps\"]}}"
route /works/10.1000/2
answer 200 type=text/html body="<html><body>Log in</body></html>"
answer 404 type=text/plain body="Resource not found."
route /works/*
answer 404 type=text/plain body="Resource not found."
X
}
logs=
serve() { start_replay "$T/$1"; eval "$1_url=\$REPLAY_URL $1_log=\$REPLAY_LOG"; logs="$logs $REPLAY_LOG"; }
configure() {
    cat >"$T/config/carrel.all" <<X
[harvest]
    backoff = 5ms
[source "arxiv"]
    oai-url = $arxiv_url/oai
    api-url = $arxiv_url/api
    rss-url = $arxiv_url/rss
    category = cs.CL
    interval = ${ARXIV}ms
[source "huggingface"]
    url = $hf_url
    interval = ${HF}ms
    list = daily
[source "pwc"]
    url = $(echo "$pwc_url" | sed s/127.0.0.1/localhost/)
    interval = ${PWC}ms
    dataset = pwc-archive/links-between-paper-and-code
[source "feed"]
    url = $feed_url/journal
    interval = ${FEED}ms
[source "github"]
    url = $(echo "$github_url" | sed s/127.0.0.1/127.1/)
    interval = ${GITHUB}ms
[source "crossref"]
    enabled = ${registry:-false}
    url = $(echo "$crossref_url" | sed s/127.0.0.1/127.0.1/)
    interval = ${CROSSREF}ms
X
}
# harvest: a whole sync; its peak of memory in KiB is in $peak.
harvest() {
    "$CARREL" --config "$T/config/carrel.all" -L "$LIB" sync --json >"$T/out" 2>"$T/err" </dev/null &
    pid=$!
    peak=0
    while kill -0 $pid 2>/dev/null; do
        now=$(awk '/^VmHWM/ { print $2 }' /proc/$pid/status 2>/dev/null)
        [ "${now:-0}" -le $peak ] || peak=$now
        sleep 0.05
    done
    wait $pid
    status=$?
}
begin() { scripts "$1"; for name in arxiv hf pwc feed github crossref; do serve $name; done; configure; }

LIB=$T/all
registry=true begin 1000
harvest
registry=
same "a run that ends whole says so" 0 $status
[ $status = 0 ] || sed 's/^/# /' "$T/err"
has "as data too" out '"partial":false'
small=$peak
same "arXiv's papers" 1000 "$(sql "SELECT count(*) FROM record WHERE source = 'oai-arxiv' AND current")"
same "rows of the archive, one record a paper" 1000 "$(sql "SELECT count(*) FROM record WHERE source = 'pwc-links' AND current")"
same "the feed's" 2 "$(sql "SELECT count(*) FROM record WHERE source LIKE 'feed%' AND current")"
daily=$(sql "SELECT count(*) FROM record WHERE source = 'huggingface' AND current")
same "daily papers, but for weekends" 1 "$([ "$daily" -ge 650 ] && [ "$daily" -lt 1000 ] && echo 1)"
same "repositories, as many as one run may ask for" 20 "$(sql "SELECT count(*) FROM repository")"
same "of what the archive linked in this run" 20 "$(sql "SELECT count(DISTINCT r.id) FROM repository r JOIN link l ON l.repo = r.key")"
same "with stars of today" "$(sql "SELECT count(*) FROM repository WHERE state = 1")" "$(sql "SELECT count(*) FROM repository_sample WHERE metric = 'stars'")"
same "DOIs that the feed brought in this run: one is known" "1 0" "$(sql "SELECT group_concat(known, ' ') FROM (SELECT known FROM enquiry WHERE value LIKE '10.1000/%' ORDER BY value)")"
same "and arXiv's papers' are all asked for" "$(sql "SELECT count(*) FROM alias WHERE scheme = 'doi'")" "$(sql "SELECT count(*) FROM enquiry")"
same "no work twice" "$(sql "SELECT count(*) FROM work")" "$(sql "SELECT count(DISTINCT ifnull(x.value, w.key)) FROM work w LEFT JOIN alias x ON x.work_id = w.id AND x.scheme = 'arxiv'")"
for name in arxiv:$ARXIV hf:$HF pwc:$PWC feed:$FEED github:$GITHUB crossref:$CROSSREF; do
    eval "REPLAY_LOG=\$${name%:*}_log"
    paced "${name%:*} at its pace" "${name#*:}"
done
# Three origins were asked at the same time.
overlap=$(for log in $arxiv_log $hf_log $pwc_log; do grep -v '^#' "$log" | awk -F '\t' 'NR == 1 { a = $2 } { if ($3 > b) b = $3 } END { print a, b }'; done |
    awk '{ if (NR == 1 || $1 > a) a = $1; if (NR == 1 || $2 < b) b = $2 } END { print (a < b) }')
same "at once" 1 "$overlap"
run "the doctor" 0 "$CARREL" -L "$LIB" doctor
stop_replays

# Four times as many pages; sanitizers give each byte a shadow, and say nothing about memory.
if [ -z "${CARREL_SANITIZED:-}" ]; then
    LIB=$T/more
    begin 4000
    harvest
    same "more of it" 0 $status
    same "as many as there are" 4000 "$(sql "SELECT count(*) FROM record WHERE source = 'oai-arxiv' AND current")"
    if [ $peak -le $((small + 65536)) ]; then good "memory does not follow ($small KiB, then $peak)"; else bad "memory follows" "$small KiB, then $peak"; fi
    stop_replays
fi

# What cannot be had is a gap of its source alone, and exit code 3.
LIB=$T/gap
scripts 400
sed -i 's/^route \/journal$/route \/journal loop/; /^answer 200 type=application\/rss/,$d' "$T/feed"
for name in arxiv hf pwc feed github crossref; do serve $name; done
configure
harvest
same "a source that never comes" 3 $status
has "is told" out '"partial":true'
same "the others are whole" "400 400" "$(sql "SELECT count(*) FROM record WHERE source = 'oai-arxiv' AND current") $(sql "SELECT count(*) FROM record WHERE source = 'pwc-links' AND current")"
stop_replays
finish
