# Sources beside arXiv, each from its configuration to the library: what they bring joins the works that
# are there, what they count is sampled once a day, and their traps are walked into.
. "$(dirname "$0")/lib.sh"

# ---- Hugging Face ----
hf() {
    "$CARREL" -L "$LIB" -c source.huggingface.url="$REPLAY_URL" -c source.huggingface.interval=0s \
        -c harvest.backoff=5ms "$@"
}
sql() { sqlite3 "$LIB/library.db" "$1"; }
PAPERS='papers p records=1200 seed=3 categories=cs.CL,cs.LG from=2026-02-09 per-day=60'

# 60 papers a day from Monday 9 February to Saturday 28 February; the clock stands on Sunday 1 March, which has
# not begun at the server. What is published at weekends is in no daily list.
cat >"$T/hf" <<X
$PAPERS
route /api/daily_papers?date=2026-03-01
answer 400 type=application/json body="{\\"error\\":\\"date is in the future\\"}"
route /api/*
answer 200 hf=p
route /oai
answer 200 oai=p
X
LIB=$T/hf.lib
start_replay "$T/hf"
run "daily papers of the last thirty days" 0 hf -c source.huggingface.list=daily sync --source huggingface --json
has "are whole" out '"partial":false'
has "all of them, without the weekends" out '"seen":900,"added":900'
run "and again" 0 hf -c source.huggingface.list=daily sync --json
has "the last week is read again, and nothing is new" out '"added":0,"updated":0'
same "its requests" 8 "$(($(grep -c '/api/' "$REPLAY_LOG") - 31))"
run "by its name there" 0 hf show hf:1504.00002 --json
has "is the paper of arXiv" out '"id":"arxiv:1504.00002"'
run "code" 0 hf show arxiv:1504.00001
has "with what speaks for it" out "https://github.com/lab/1504.00001  (listed: Hugging Face, added by user)"
has "and what was counted" out "upvotes 0 (huggingface, 2026-03-01)"
run "a hidden author" 0 hf search --ids 'author:hidden'
lacks "is not shown" out arxiv
run "what comes from there" 0 hf search --json --limit 1 source:hf
has "can be asked for" out '"total":900'
same "one sample a day" "1" "$(sql "SELECT max(n) FROM (SELECT count(*) AS n FROM sample WHERE metric = 'upvotes' GROUP BY work_id)")"
same "of each paper" "900" "$(sql "SELECT count(*) FROM sample WHERE metric = 'upvotes'")"
same "a star count of none is a count" "1" "$(sql "SELECT count(*) > 0 FROM sample WHERE metric = 'github-stars' AND value = 0")"
CARREL_CLOCK=2026-03-02T12:00:00Z hf -c source.huggingface.list=daily sync >/dev/null 2>&1
same "and the next day another" "2" "$(sql "SELECT max(n) FROM (SELECT count(*) AS n FROM sample WHERE metric = 'upvotes' GROUP BY work_id)")"
same "which changes no record" 0 "$(sql "SELECT count(*) FROM record WHERE NOT current")"
run "arXiv tells of the same papers" 0 "$CARREL" -L "$LIB" -c source.arxiv.oai-url="$REPLAY_URL/oai" \
    -c source.arxiv.api-url="$REPLAY_URL/api" -c source.arxiv.rss-url="$REPLAY_URL/rss" -c source.arxiv.category=cs.CL \
    -c source.arxiv.category=cs.LG -c source.arxiv.interval=0s sync --source arxiv --json
same "each work once" "$(sql "SELECT count(*) FROM work")" "$(sql "SELECT count(DISTINCT value) FROM alias WHERE scheme = 'arxiv'")"
same "with both their records" 900 "$(sql "SELECT count(*) FROM record a JOIN record b USING (work_id) WHERE a.source = 'huggingface' AND b.source = 'oai-arxiv'")"
run "doctor" 0 hf doctor
lacks "is content" out BAD
stop_replays

# Every list there is, and single papers: those that are not known are no gap.
LIB=$T/hf.all
start_replay "$T/hf"
run "all lists" 0 hf -c source.huggingface.list=daily -c source.huggingface.list=weekly -c source.huggingface.list=monthly \
    -c source.huggingface.list=trending -c source.huggingface.list=linked -c source.huggingface.query=attention sync --json
has "are whole" out '"partial":false'
same "a week is asked for by its number" 1 "$(grep -c 'week=2026-W09&limit=100&p=0' "$REPLAY_LOG")"
same "a month by its own" 1 "$(grep -c 'month=2026-02&limit=100&p=0' "$REPLAY_LOG")"
same "a search by its words" 1 "$(grep -c '/api/papers/search?q=attention&limit=100' "$REPLAY_LOG")"
same "all pages of a list" 1 "$(grep -c 'month=2026-02&limit=100&p=12' "$REPLAY_LOG")"
same "fifty by themselves" 50 "$(grep -c '/api/papers/1504' "$REPLAY_LOG")"
same "weekends are in the month" 1200 "$(sql "SELECT count(*) FROM work")"
run "models that belong to one" 0 hf show arxiv:1504.01200 --json
has "are linked" out '"kind":"model","url":"https://huggingface.co/lab/model-1504.01200-1","evidence":"listed"'
run "all of it once more" 0 hf -c source.huggingface.list=linked sync --json
has "is nothing new" out '"added":0,"updated":0'
run "a merge" 0 hf merge arxiv:1504.00001 arxiv:1504.00002
same "has the samples of both" 2 "$(sql "SELECT count(*) FROM sample s JOIN work w ON w.id = s.work_id WHERE w.key = 'arxiv:1504.00001' AND metric = 'upvotes'")"
run "split again" 0 hf split arxiv:1504.00001
same "to each its own" "arxiv:1504.00001 arxiv:1504.00002" "$(sql "SELECT group_concat(key, ' ') FROM (SELECT w.key FROM sample s JOIN work w ON w.id = s.work_id WHERE s.item = w.key AND metric = 'upvotes' AND w.key IN ('arxiv:1504.00001', 'arxiv:1504.00002') ORDER BY w.key)")"
stop_replays

LIB=$T/hf.add
start_replay "$T/hf"
run "one by its id" 0 hf add hf:1504.00003
has "comes with its title" out "arxiv:1504.00003  "
run "one that is not there" 4 hf add hf:1504.00007
has "is said so" err "Hugging Face knows no such paper"
stop_replays

# The full text, when it is asked for.
cat >"$T/hf.text" <<X
$PAPERS
route /papers/1504.00003.md
answer 200 type=text/html body="<!doctype html><html><body>Log in</body></html>"
answer 200 type=text/markdown body=<<END
# Something about zebrafish

Ada Lee

## Introduction

The quaggas of the Karoo were counted by hand in this work.
END
route /api/*
answer 200 hf=p
X
start_replay "$T/hf.text"
run "a paper with its text" 0 hf add --text arxiv:1504.00003
same "is asked for under the ledger" 1 "$(sql "SELECT count(*) > 0 FROM request WHERE purpose = 'text of 1504.00003' AND settled IS NOT NULL")"
run "which can be read" 0 hf read arxiv:1504.00003
has "as what it says" out "The quaggas of the Karoo"
run "and found" 0 hf search --in text quaggas
has "in that paper" out "arxiv:1504.00003"
same "it is one work" 1 "$(sql "SELECT count(*) FROM work")"
run "a paper whose text is not there" 4 hf add --text hf:1504.00004
has "is said so" err "Hugging Face has no text of 1504.00004"
same "no file is left" "" "$(find "$LIB/cache" -name 'text-*')"
run "nothing to be had" 4 hf add --text openreview:xyz
stop_replays

# Faults: each is tried again and nothing is lost; what never comes is a gap and is asked for later.
cat >"$T/hf.bad" <<X
$PAPERS
route /api/daily_papers?date=2026-02-11
answer 500 body="broken"
route /api/daily_papers?date=2026-03-01
answer 200 hf=p
route /api/* loop
answer 200 hf=p
answer 200 hf=p cut=5000
answer 429 type=text/plain body="rate limited" header="RateLimit: \"api\";r=0;t=1"
answer 200 type=text/html body="<html><body>Log in</body></html>"
answer 200 hf=p gzip
answer 200 type=application/json body="{}"
answer 503 header="Retry-After: 0" body="busy"
X
LIB=$T/hf.lib2
start_replay "$T/hf.bad"
run "a server with every fault" 3 hf -c source.huggingface.list=daily -c harvest.tries=9 sync --json
has "has one gap" out '"what":"daily papers, date=2026-02-11"'
same "and only that" 840 "$(sql "SELECT count(*) FROM work")"
stop_replays
start_replay "$T/hf"
run "which a later run fills" 0 hf -c source.huggingface.list=daily sync --json
same "to the same library" 900 "$(sql "SELECT count(*) FROM work")"
stop_replays

# The window that the server tells of is kept: no request in the second after it was empty.
cat >"$T/hf.limit" <<X
$PAPERS
route /api/daily_papers loop
answer 200 hf=p
answer 200 hf=p header="RateLimit-Policy: \"fixed window\";\"api\";q=500;w=300" header="RateLimit: \"api\";r=0;t=1"
X
LIB=$T/hf.lib3
start_replay "$T/hf.limit"
run "a window that is empty" 0 hf -c source.huggingface.list=daily sync --since 2026-02-25
same "is waited for" ok "$(grep -v '^#' "$REPLAY_LOG" | sort -t "$(printf '\t')" -k2,2n | awk -F '\t' '
    NR == 3 { print ($2 - ended >= 900) ? "ok" : ($2 - ended) " ms" } { ended = $3 }')"
stop_replays

# Killed in the middle, it goes on.
LIB=$T/hf.kill
start_replay "$T/hf"
i=0
while [ $i -lt 12 ]; do
    hf -q -c source.huggingface.list=daily -c source.huggingface.list=linked sync >/dev/null 2>&1 &
    pid=$!
    sleep "0.$(printf %02d $((5 + i * 31 % 17)))"
    pkill -KILL -P $pid 2>/dev/null || kill -KILL $pid 2>/dev/null
    wait $pid 2>/dev/null
    i=$((i + 1))
done
run "killed twelve times" 0 hf -c source.huggingface.list=daily -c source.huggingface.list=linked sync
same "the same papers, and those of the weekend that trend" 950 "$(sql "SELECT count(*) FROM work")"
same "and nothing twice" 0 "$(sql "SELECT count(*) FROM (SELECT 1 FROM record WHERE current GROUP BY source, source_key HAVING count(*) > 1)")"
run "doctor" 0 hf doctor
stop_replays

# ---- feeds ----
mkdir -p "$XDG_CONFIG_HOME/carrel"
feeds() { "$CARREL" -L "$LIB" "$@"; }
rss_items() { # FIRST LAST
    i=$1
    while [ "$i" -le "$2" ]; do
        printf '<item><title>Entry %s of &eacute;t&eacute;</title><link>/posts/%s</link><description>' "$i" "$i"
        printf '&lt;p&gt;Words &amp;amp; more&lt;/p&gt;</description><dc:creator>Lee, A., Ray, B.</dc:creator></item>\n'
        i=$((i + 1))
    done
}
cat >"$T/feeds" <<X
route /journal
answer 200 etag="one" type=application/rss+xml body=<<END
<rss version="2.0"><channel><title>J</title>$(rss_items 1 3)
<item><title>On cells</title><link>https://doi.org/10.1101/2026.01.02.123456</link></item></channel></rss>
END
answer 200 etag="one" type=application/rss+xml body=<<END
<rss version="2.0"><channel><title>J</title>$(rss_items 20 22)</channel></rss>
END
route /news
answer 200 type=application/atom+xml body=<<END
<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title><entry><title type="html">On &lt;i&gt;cells&lt;/i&gt;</title>
<id>tag:news,1</id><link href="https://n.example/1"/><updated>2026-02-27T10:00:00Z</updated>
<identifier>doi:10.1101/2026.01.02.123456</identifier><author><name>Ann Lee</name></author>
<summary>Cells are told of.</summary></entry></feed>
END
route /page
answer 200 type=text/html body="<!doctype html><html><body>Log in</body></html>"
route /gone
answer 404 body="no such feed"
X
LIB=$T/feeds.lib
start_replay "$T/feeds"
cat >"$XDG_CONFIG_HOME/carrel/config" <<X
[source "my-journal"]
    kind = feed
    url = $REPLAY_URL/journal
    interval = 0s
[source "news"]
    kind = feed
    url = $REPLAY_URL/news
    interval = 0s
[harvest]
    backoff = 5ms
    tries = 2
X
run "two feeds" 0 feeds sync --json
has "one of them" out '"name":"my-journal","state":"done","requests":1,"seen":4,"added":4'
has "and the other" out '"name":"news","state":"done","requests":1,"seen":1,"added":0,"updated":1'
same "tell of one article, which is one work" 4 "$(sql "SELECT count(*) FROM work")"
run "it" 0 feeds show doi:10.1101/2026.01.02.123456
has "has the words of both" out "Cells are told of."
has "and says whose they are" out "feed:news"
run "an address within the site" 0 feeds show "url:$REPLAY_URL/posts/1"
has "is whole" out "url         $REPLAY_URL/posts/1"
has "entities of HTML" out "Entry 1 of été"
has "and tags are text" out "Words & more"
has "names with initials" out "A. Lee, B. Ray"
run "what a feed brought" 0 feeds search --json source:my-journal
has "can be asked for" out '"total":4'
run "again" 0 feeds sync --source my-journal --json
has "nothing has changed" out '"seen":0'
same "and so it said" 1 "$(grep -c '304' "$REPLAY_LOG")"
run "not due" 0 feeds sync --due
has "before six hours" out "my-journal: not due before 2026-03-01T18:00:00Z"
sql "DELETE FROM validator"
run "too long away" 3 feeds sync --source my-journal
has "is a gap, since a feed forgets" out "entries of my-journal after 2026-03-01"
has "with what to do about it" out "read it more often"
run "the next reading" 0 feeds sync --source news
run "a page in place of a feed" 3 feeds -c source.page.kind=feed -c source.page.url="$REPLAY_URL/page" -c source.page.interval=0s sync --source page
has "is told" out "a web page (HTML)"
run "a feed that is gone" 3 feeds -c source.gone.kind=feed -c source.gone.url="$REPLAY_URL/gone" -c source.gone.interval=0s sync --source gone
has "is told" out "404"
run "a feed without an address" 2 feeds -c source.x.kind=feed sync --source x
has "is told" err 'source "x" is a feed and needs url'
run "an address that is none" 2 feeds -c source.x.kind=feed -c source.x.url=example.org/feed sync --source x
run "doctor" 0 feeds doctor
lacks "is content" out BAD
stop_replays
rm "$XDG_CONFIG_HOME/carrel/config"

run "a list that is none" 2 "$CARREL" -L "$T/x" -c source.huggingface.list=hourly sync
has "is told" err "daily"
run "too fast for them" 2 "$CARREL" -L "$T/x" -c source.huggingface.interval=1ms sync
has "is refused" err "Hugging Face asks for at least 600 ms"
finish
