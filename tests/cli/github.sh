# GitHub: repositories that papers link to, their READMEs and stars, from a server on the loopback address.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../github.sh"
sql() { sqlite3 "$LIB/library.db" "$1"; }
github() { ${EXEC:-} "$CARREL" -L "$LIB" -c source.github.url="$REPLAY_URL" -c source.github.interval=0s -c harvest.backoff=5ms "$@"; }
asked() { grep -v '^#' "$REPLAY_LOG" | grep -c "$1"; }

LIB=$T/lib
cat >"$T/papers.jsonl" <<X
{"id":"arxiv:2602.00001","title":"Reading lamps","authors":["Ann Lee"],"published":"2026-02-20","code_urls":["http://github.com/Lee/Lamps.git"]}
{"id":"arxiv:2602.00002","title":"Reading desks","authors":["Bo Ray"],"published":"2026-02-10","code_urls":["https://github.com/old/desks/tree/main"]}
{"id":"arxiv:2602.00003","title":"Chairs that went","authors":["Cy Day"],"published":"2026-02-11","code_urls":["https://github.com/gone/chairs"]}
{"id":"arxiv:2602.00004","title":"Withheld shelves","authors":["Di Fox"],"published":"2026-02-12","code_urls":["https://github.com/law/shelves"]}
{"id":"arxiv:2602.00005","title":"A paper without code","authors":["Ed Gray"],"published":"2026-02-13"}
X
{
    echo 'route /repos/lee/lamps'
    answer 200 "$(repo Lee/Lamps 120 2026-02-27T08:00:00Z)" 'etag="\"one\""'
    answer 200 "$(repo Lee/Lamps 150 2026-02-27T08:00:00Z)" 'etag="\"two\""'
    answer 200 "$(repo Lee/Lamps 150 2026-02-27T08:00:00Z)" 'etag="\"two\""'
    answer 200 "$(repo Lee/Lamps 151 2026-03-03T08:00:00Z)" 'etag="\"four\""'
    echo 'route /repos/Lee/Lamps/readme'
    answer 200 "$(readme '# Lamps\n\nCode of [our paper](https://arxiv.org/abs/2602.00001). ![badge](https://img.shields.io/badge/arXiv-2602.00005-b31b1b.svg)\n\n<p align=center>Bright <b>light</b></p>\n')"
    answer 200 "$(readme '# Lamps\n\nCode of [our paper](https://arxiv.org/abs/2602.00001).\n')"
    echo 'route /repos/old/desks'
    echo 'answer 301 header="Location: {url}/repositories/9" type=application/json body="{\"message\":\"Moved Permanently\"}"'
    echo 'route /repositories/9'
    answer 200 "$(repo new/desks 5 2026-01-02T08:00:00Z)"
    echo 'route /repos/new/desks'
    answer 200 "$(repo new/desks 6 2026-01-02T08:00:00Z)"
    echo 'route /repos/new/desks/readme'
    answer 404 '{"message":"Not Found","status":"404"}'
    echo 'route /repos/gone/chairs'
    answer 404 '{"message":"Not Found","documentation_url":"https://docs.github.com/rest","status":"404"}'
    echo 'route /repos/law/shelves'
    answer 451 '{"message":"Repository access blocked","block":{"reason":"dmca","created_at":"2026-01-01T00:00:00Z"}}'
    echo 'route /repos/hand/made'
    answer 200 "$(repo Hand/Made 1 2026-01-02T08:00:00Z)"
    echo 'route /repos/Hand/Made/readme'
    answer 200 "$(readme 'See https://arxiv.org/abs/2602.00001, 2602.00002, arXiv:2602.00003, arxiv.org/abs/2602.00004, arXiv:2602.00005, arXiv:2602.00006, arXiv:2602.00007')"
    echo 'route /repos/no/such'
    answer 404 '{"message":"Not Found"}'
} >"$T/script"
start_replay "$T/script"
run "papers with code" 0 "$CARREL" -L "$LIB" import "$T/papers.jsonl"
run "nothing is asked unless it is switched on" 0 "$CARREL" -L "$LIB" repositories
has "which is told" err "papers of this library link to 4"
run "without https" 0 "$CARREL" -L "$LIB" show github.com/lee/lamps
run "a linked one is known by its name" 0 "$CARREL" -L "$LIB" show https://github.com/lee/lamps
has "with its papers" out "arxiv:2602.00001  Reading lamps"
echo secret-token >"$T/token"
run "the first day" 0 github -c source.github.token-file="$T/token" sync --source github --json
has "is whole" out '"partial":false'
same "four repositories, two READMEs" 4 "$(sql 'SELECT count(*) FROM repository')"
same "seven requests: one was redirected" 7 "$(asked GET)"
run "show" 0 "$CARREL" -L "$LIB" show repo:github.com/lee/lamps
has "description on one line" out "Lamps for reading"
has "licence" out "licence     MIT"
has "topics" out "topics      reading-lamps, desks"
has "stars, from when" out "stars       120 (2026-03-01)"
has "its paper, by its own word" out "arxiv:2602.00001  Reading lamps  (readme: its README names arxiv:2602.00001 as its paper)"
has "the README in words" out "Bright light"
run "the paper" 0 "$CARREL" -L "$LIB" show arxiv:2602.00001
same "one repository is one link" 1 "$(sql "SELECT count(*) FROM link WHERE work_id = (SELECT work_id FROM alias WHERE value = '2602.00001')")"
has "tells of it" out "http://github.com/Lee/Lamps.git  (readme: its README names arxiv:2602.00001 as its paper) 80%"
has "and of its stars" out "stars 120 (github, 2026-03-01)"
run "a paper that only the README names" 0 "$CARREL" -L "$LIB" show arxiv:2602.00005
has "has code now" out "https://github.com/Lee/Lamps"
run "which the doctor finds right" 0 "$CARREL" -L "$LIB" doctor
lacks "all of it" out BAD
run "and is found by it" 0 "$CARREL" -L "$LIB" search --ids has:code
has "so" out arxiv:2602.00005
run "one that moved" 0 "$CARREL" -L "$LIB" show https://github.com/old/desks
has "is known by both names" out "was called  github.com/old/desks"
has "and keeps its paper" out "arxiv:2602.00002"
run "one that has gone" 0 "$CARREL" -L "$LIB" show repo:github.com/gone/chairs
has "says so" out "state       gone: Not Found"
run "one that is withheld" 0 "$CARREL" -L "$LIB" show repo:github.com/law/shelves
has "says why" out "state       blocked: Repository access blocked (dmca)"
run "again on the same day" 0 github sync --source github --json
same "asks nothing" 7 "$(asked GET)"

run "who wants to hear of many stars" 0 "$CARREL" -L "$LIB" alert add stars --on trend --metric stars --over 140
run "has heard of none" 0 "$CARREL" -L "$LIB" alert log
lacks "yet" out stars
export CARREL_CLOCK=2026-03-02T12:00:00Z
run "the next day" 0 github sync --source github --json
same "asks for the two that are there; the README is as it was" 9 "$(asked GET)"
same "stars of both days" "120.0 150.0" "$(sql "SELECT group_concat(value, ' ') FROM (SELECT value FROM repository_sample WHERE metric = 'stars' AND repository_id = (SELECT id FROM repository WHERE key = 'github.com/lee/lamps') ORDER BY day)")"
run "an alert on stars" 0 "$CARREL" -L "$LIB" alert log
has "has fired" out "arxiv:2602.00001"
export CARREL_CLOCK=2026-03-03T12:00:00Z
run "a day on which nothing changed" 0 github sync --source github --json
same "is a sample, too" 3 "$(sql "SELECT count(*) FROM repository_sample s JOIN repository r ON r.id = s.repository_id WHERE metric = 'stars' AND key = 'github.com/lee/lamps'")"
same "by a 304" 1 "$(awk -F '\t' '$7 == 304 || $8 == 304' "$REPLAY_LOG" | grep -c lamps)"
export CARREL_CLOCK=2026-03-04T12:00:00Z
run "after a push" 0 github sync --source github --json
same "the README is read again" 2 "$(asked /repos/Lee/Lamps/readme)"
run "what it no longer says" 0 "$CARREL" -L "$LIB" show arxiv:2602.00005
lacks "is gone" out github.com
run "stars over time" 0 "$CARREL" -L "$LIB" trends --metric stars --json
has "are a trend of the paper" out '"id":"arxiv:2602.00001"'
has "with their samples" out '"samples":4'

run "by hand" 0 github add https://github.com/hand/made
has "one is fetched" out "repo:github.com/hand/made  Lamps for reading"
run "a list of papers" 0 "$CARREL" -L "$LIB" show repo:github.com/hand/made
has "is no paper's code" out "README      names 6 papers"
has "but names them" out "arxiv:2602.00001  Reading lamps  (named in its README)"
run "once more" 0 github add https://github.com/hand/made
same "it is asked about again, whatever is known" 2 "$(asked '/repos/hand/made	')"
has "and told" out "repo:github.com/hand/made"
run "one that has gone" 4 github add https://github.com/gone/chairs
has "is asked about again, too" err "GitHub knows no such repository"
wanted() { sql "SELECT wanted FROM repository WHERE key = 'github.com/hand/made'"; }
same "what was added is kept up to date" 1 "$(wanted)"
run "until that is stopped" 0 "$CARREL" -L "$LIB" add --stop https://github.com/hand/made
has "as it says" err "is asked for no more"
same "so it is" 0 "$(wanted)"
run "what is linked" 0 "$CARREL" -L "$LIB" add --stop repo:github.com/lee/lamps
has "is still asked for" err "papers link to it"
run "what is unknown" 4 "$CARREL" -L "$LIB" add --stop https://github.com/hand/none
run "what is not there" 4 github add https://github.com/no/such
has "is told" err "GitHub knows no such repository"
same "and not kept" 0 "$(sql "SELECT count(*) FROM repository WHERE key LIKE '%/no/such'")"
run "the list" 0 "$CARREL" -L "$LIB" repositories --json
has "by stars" out '"items":[{"kind":"repository","id":"repo:github.com/lee/lamps"'
run "a wrong order" 2 "$CARREL" -L "$LIB" repositories --sort size
find() { run "$1" 0 "$CARREL" -L "$LIB" search --ids "$2"; shift 2; same "finds" "$*" "$(xargs <"$T/out")"; }
find "by its kind, most stars first" kind:repository repo:github.com/lee/lamps repo:github.com/new/desks repo:github.com/hand/made repo:github.com/gone/chairs repo:github.com/law/shelves
find "a word of its description" "kind:repository lamps" repo:github.com/lee/lamps repo:github.com/new/desks repo:github.com/hand/made
find "a name" "kind:repository desks" repo:github.com/new/desks repo:github.com/lee/lamps repo:github.com/hand/made
find "a word of its README" "kind:repository code" repo:github.com/lee/lamps
find "stars" "kind:repository stars:>100" repo:github.com/lee/lamps
find "not so many" "kind:repository stars:1..10 language:c license:MI* topic:desks" repo:github.com/new/desks repo:github.com/hand/made
find "when it was pushed to" "kind:repository date:2026-02.." repo:github.com/lee/lamps
find "of papers" "kind:repository author:ray" repo:github.com/new/desks
find "all but" "kind:repository -stars:>3 -topic:chairs lamps" repo:github.com/hand/made
find "papers by their code" "stars:>100" arxiv:2602.00001
find "papers by either" "stars:>100 OR title:chairs" arxiv:2602.00001 arxiv:2602.00003
find "papers by its language" "language:C kind:paper reading" arxiv:2602.00002 arxiv:2602.00001
run "as data" 0 "$CARREL" -L "$LIB" search --in repositories --json "reading lamps"
has "of its kind" out '"kind":"repository","id":"repo:github.com/lee/lamps","title":"Lee/Lamps","authors":["Lee"]'
has "with stars" out '"language":"C","stars":151,"papers":1,"state":"known"'
run "beside papers" 0 "$CARREL" -L "$LIB" search --in all lamps
has "in one list" out "arxiv:2602.00001"
has "of both" out "repo:github.com/lee/lamps"
run "a page" 0 "$CARREL" -L "$LIB" search --in repositories --limit 2 --json ""
has "and the next" out '"next":"h2"'
run "by meaning" 0 "$CARREL" -L "$LIB" search --in repositories --mode semantic --ids "lamp light for readers of books"
has "with other words" out repo:github.com/lee/lamps
same "each has its vector" 3 "$(sql 'SELECT count(*) FROM repository_vector')"
sql "DELETE FROM repository_vector; DELETE FROM repository_alias WHERE key = 'github.com/new/desks'; INSERT INTO repository_fts(repository_fts) VALUES('delete-all')" 2>/dev/null || sql "DELETE FROM repository_vector; DELETE FROM repository_alias WHERE key = 'github.com/new/desks'"
run "the doctor sees a lost name" 1 "$CARREL" -L "$LIB" doctor
has "and says it" out "repositories without their name"
run "and mends" 0 "$CARREL" -L "$LIB" doctor --fix
has "vectors too" out "vectors of 3 repositories made"
sql "UPDATE repository_text SET description = description || ' unseen'"
run "an index of other texts" 1 "$CARREL" -L "$LIB" doctor
has "does not agree" out "the index of repositories does not agree with the texts"
run "and is made anew" 0 "$CARREL" -L "$LIB" doctor --fix
sql "PRAGMA foreign_keys = OFF; UPDATE link SET repo = 'github.com/some/other' WHERE repo = 'github.com/lee/lamps'; INSERT INTO repository_sample(repository_id, metric, day, value) VALUES(999, 'stars', 1, 2); INSERT INTO repository_paper(repository_id, scheme, value, own, position) VALUES(998, 'arxiv', '2602.00009', 1, 0)"
run "the doctor looks at what leads to repositories" 1 "$CARREL" -L "$LIB" doctor
has "links beside their address" out "links to another repository than their address"
has "samples of none" out "1 samples of repositories that are not there"
has "papers, too" out "1 papers of repositories that are not there"
run "and mends that, too" 0 "$CARREL" -L "$LIB" doctor --fix
run "so that it is right" 0 "$CARREL" -L "$LIB" doctor
lacks "again" out BAD
same "and the link where it leads" 1 "$(sql "SELECT count(*) > 0 FROM link WHERE repo = 'github.com/lee/lamps'")"
run "stars that are none" 2 "$CARREL" -L "$LIB" search "stars:many"
run "a kind that is none" 2 "$CARREL" -L "$LIB" search "kind:book"
same "the token goes along" "authorized" "$(grep -v '^#' "$REPLAY_LOG" | head -7 | cut -f 11 | sort -u)"
same "where there is one" "-" "$(grep -v '^#' "$REPLAY_LOG" | tail -1 | cut -f 11)"
sqlite3 "$LIB/library.db" .dump >"$T/dump"
lacks "and is nowhere in the library" dump secret-token
run "the doctor" 0 "$CARREL" -L "$LIB" doctor
lacks "is content" out BAD
stop_replays

# Two that turn out to be one: what the README of the first name claimed is claimed by the one that is left.
LIB=$T/two
export CARREL_CLOCK=2026-03-01T12:00:00Z
{
    echo 'route /repos/first/name'
    answer 200 "$(number=null repo First/Name 10 2026-01-01T00:00:00Z)"
    echo 'answer 301 header="Location: {url}/repositories/3" type=application/json body="{}"'
    echo 'route /repositories/3'
    answer 200 "$(repo Second/Name 20 2026-01-01T00:00:00Z)"
    echo 'route /repos/second/name'
    answer 200 "$(repo Second/Name 20 2026-01-01T00:00:00Z)"
    echo 'route /repos/*/readme'
    answer 200 "$(readme 'The code of arXiv:2602.00005')"
    echo 'route /*'
    answer 404 '{"message":"Not Found"}'
} >"$T/two.script"
start_replay "$T/two.script"
run "papers again" 0 "$CARREL" -L "$LIB" import "$T/papers.jsonl"
run "by the first name" 0 github add https://github.com/first/name
run "by the second" 0 github add https://github.com/second/name
same "two, as it seems" "https://github.com/First/Name https://github.com/Second/Name" "$(sql "SELECT group_concat(url, ' ') FROM (SELECT url FROM link WHERE work_id = (SELECT work_id FROM alias WHERE value = '2602.00005') ORDER BY url)")"
export CARREL_CLOCK=2026-03-02T12:00:00Z
run "the next day the first has moved" 0 github sync --source github
same "they are one" 1 "$(sql "SELECT count(*) FROM repository WHERE wanted")"
same "with one claim" https://github.com/Second/Name "$(sql "SELECT group_concat(url, ' ') FROM link WHERE work_id = (SELECT work_id FROM alias WHERE value = '2602.00005')")"
same "and the samples of both days" "20.0" "$(sql "SELECT group_concat(DISTINCT value) FROM repository_sample WHERE metric = 'stars'")"
run "the doctor agrees" 0 "$CARREL" -L "$LIB" doctor
lacks "with it" out BAD
stop_replays

# A name is given to another repository, and what had it goes by another: numbers tell them apart.
LIB=$T/number
export CARREL_CLOCK=2026-03-01T12:00:00Z
{
    echo 'route /repos/lee/lamps'
    answer 200 "$(number=70 repo Lee/Lamps 500 2026-01-01T00:00:00Z)"
    answer 200 "$(number=80 about=Thief repo Lee/Lamps 1 2026-03-01T00:00:00Z)"
    answer 200 "$(number=80 about=Thief repo Lee/Lamps 2 2026-03-01T00:00:00Z)"
    echo 'route /repos/lee/lanterns'
    answer 200 "$(number=70 repo Lee/Lanterns 502 2026-01-01T00:00:00Z)"
    echo 'route /repos/*/readme loop'
    answer 404 '{"message":"Not Found"}'
} >"$T/number.script"
start_replay "$T/number.script"
history() { sql "SELECT group_concat(value, ' ') FROM (SELECT value FROM repository_sample JOIN repository r ON r.id = repository_id WHERE r.number = $1 AND metric = 'stars' ORDER BY day)"; }
run "a repository" 0 github add https://github.com/lee/lamps
export CARREL_CLOCK=2026-03-02T12:00:00Z
run "its name is another's" 0 github sync --source github
same "whose stars are its own" 1.0 "$(history 80)"
same "those of the first stay with it" 500.0 "$(history 70)"
run "which is told" 0 "$CARREL" -L "$LIB" show repo:github.com/lee/lamps.was-70
has "as gone" out "its name belongs to another repository now"
export CARREL_CLOCK=2026-03-03T12:00:00Z
run "it is found under a new name" 0 github add https://github.com/lee/lanterns
same "and its history goes on" "500.0 502.0" "$(history 70)"
same "nothing is doubled" 2 "$(sql "SELECT count(*) FROM repository")"
same "it is there again" 1 "$(sql "SELECT state FROM repository WHERE number = 70")"
run "the doctor is content" 0 "$CARREL" -L "$LIB" doctor
lacks "with all of it" out BAD
stop_replays

# A push changes the repository; the paper that it claims is as it was, and so are its feeds.
LIB=$T/push
export CARREL_CLOCK=2026-03-01T12:00:00Z
{
    echo 'route /repos/lee/lamps'
    answer 200 "$(repo Lee/Lamps 120 2026-02-27T08:00:00Z)"
    answer 200 "$(repo Lee/Lamps 120 2026-03-02T08:00:00Z)"
    answer 200 "$(about='Chandeliers' repo Lee/Lamps 120 2026-03-02T08:00:00Z)"
    echo 'route /repos/Lee/Lamps/readme'
    answer 200 "$(readme 'Code of [our paper](https://arxiv.org/abs/2602.00001).\n')"
    answer 200 "$(readme 'Code of [our paper](https://arxiv.org/abs/2602.00001), and more.\n')"
} >"$T/push.script"
start_replay "$T/push.script"
head -n 1 "$T/papers.jsonl" >"$T/one.jsonl"
run "one paper" 0 "$CARREL" -L "$LIB" import "$T/one.jsonl"
run "its repository" 0 github sync --source github
changed=$(sql "SELECT changed FROM work")
"$CARREL" -L "$LIB" export --format atom -o "$T/before.atom" 2>/dev/null
export CARREL_CLOCK=2026-03-02T12:00:00Z
run "after the push" 0 github sync --source github
same "the repository is another" 2026-03-02T08:00:00Z "$(sql "SELECT pushed FROM repository")"
same "with its new README" 2 "$(asked /repos/Lee/Lamps/readme)"
same "the paper is not" "$changed" "$(sql "SELECT changed FROM work")"
"$CARREL" -L "$LIB" export --format atom -o "$T/after.atom" 2>/dev/null
same "nor is its feed" "$(cat "$T/before.atom")" "$(cat "$T/after.atom")"
export CARREL_CLOCK=2026-03-03T12:00:00Z
run "another description" 0 github sync --source github
find "is searched" "kind:repository chandeliers" repo:github.com/lee/lamps
same "with one vector" 1 "$(sql 'SELECT count(*) FROM repository_vector')"
run "the doctor agrees with that" 0 "$CARREL" -L "$LIB" doctor
lacks "and finds nothing" out BAD
stop_replays

# What is not asked today is asked tomorrow: the hour's budget, and a server that says when.
LIB=$T/budget
export CARREL_CLOCK=2026-03-01T12:00:00Z
i=0
while [ $i -lt 30 ]; do
    printf '{"id":"arxiv:2602.1%04d","title":"Paper %d about nothing in particular","authors":["Ann Lee"],"published":"2026-02-%02d","code_urls":["https://github.com/lab/code-%d"]}\n' $i $i $((28 - i / 2)) $i
    i=$((i + 1))
done >"$T/many.jsonl"
printf 'route /*\nanswer 200 github\n' >"$T/any"
start_replay "$T/any"
run "thirty repositories" 0 "$CARREL" -L "$LIB" import "$T/many.jsonl"
run "of which the reader marked one" 0 "$CARREL" -L "$LIB" mark star arxiv:2602.10029
run "a run" 0 github sync --source github --json
same "asks for twenty" 20 "$(sql "SELECT count(*) FROM repository")"
same "the marked one first, then the newest" "29 0 1 2" "$(grep -v '^#' "$REPLAY_LOG" | grep -v readme | grep -o 'code-[0-9]*' | head -4 | sed s/code-// | xargs)"
run "the next one within the hour" 0 github sync --source github --json
has "goes as far as the budget" out '"partial":false'
same "which is fifty requests" 50 "$(asked GET)"
run "later" 0 github -c source.github.token-file="$T/token" sync --source github --json
same "comes the rest" 30 "$(sql "SELECT count(*) FROM repository")"
stop_replays
LIB=$T/limited
printf 'route /* loop\nanswer 403 header="X-RateLimit-Remaining: 0" header="X-RateLimit-Reset: {now+1800}" type=application/json body="{\\"message\\":\\"API rate limit exceeded\\"}"\n' >"$T/limit"
start_replay "$T/limit"
run "again thirty" 0 "$CARREL" -L "$LIB" import "$T/many.jsonl"
run "a server that has had enough" 0 github sync --source github --json
same "is asked once" 1 "$(asked GET)"
has "and says when it may be asked again" out '"next_allowed":"20'
lacks "which is no gap" out '"what"'
stop_replays

# The secondary limit, which does not say how long: a minute at least, also where there is but one try.
LIB=$T/secondary
printf 'route /* loop\nanswer 403 type=application/json body="{\\"message\\":\\"You have exceeded a secondary rate limit.\\"}"\n' >"$T/secondary.script"
start_replay "$T/secondary.script"
run "once more thirty" 0 "$CARREL" -L "$LIB" import "$T/many.jsonl"
run "a limit without a time" 0 github -c harvest.tries=1 sync --source github --json
has "is no fault" out '"partial":false'
lacks "nor a gap" out '"what"'
same "it waits for a minute" 1 "$(sql "SELECT not_before - last_end > 55000 FROM origin")"
run "asked again at once" 0 github sync --source github
same "it keeps its peace" 1 "$(asked GET)"
stop_replays

# What goes wrong: a page of somebody else in place of a 404, a token that cannot be read; and one that comes back.
LIB=$T/faults
head -1 "$T/papers.jsonl" >"$T/one.jsonl"
{
    echo 'route /repos/lee/lamps'
    echo 'answer 404 times=4 type=text/html body="<html><body>Not Found</body></html>"'
    answer 200 "$(repo lee/lamps 120 2026-02-27T08:00:00Z)" 'etag="\"one\""'
    answer 404 '{"message":"Not Found"}'
    answer 200 "$(repo lee/lamps 120 2026-02-27T08:00:00Z)" 'etag="\"one\""'
    echo 'route /repos/lee/lamps/readme'
    answer 200 "$(readme '# Lamps\n')"
} >"$T/faults.script"
start_replay "$T/faults.script"
run "one paper" 0 "$CARREL" -L "$LIB" import "$T/one.jsonl"
printf 'route /*\nanswer 404\n' >"$T/nothing"
run "a token file that is not there" 3 github -c source.github.token-file="$T/none" sync --source github
has "is told" out "$T/none"
run "the status" 0 github sync --source github --status
has "too" out "$T/none"
same "and nothing was asked" 0 "$(asked GET)"
run "a 404 of somebody else" 3 github -c harvest.tries=2 sync --source github --json
has "is a gap" out '"what":"repository lee/lamps"'
same "and nobody's word" 0 "$(sql "SELECT count(*) FROM repository")"
run "a second run on that day" 3 github -c harvest.tries=2 sync --source github
same "asks for it once, as what is missing, not as what is due" 4 "$(asked GET)"
run "the status" 0 github sync --source github --status --json
has "others have their turn" out '"due":0'
etags() { sql "SELECT count(*) FROM validator WHERE url LIKE '%/lamps' AND etag <> ''"; }
state() { "$CARREL" -L "$LIB" show repo:github.com/lee/lamps | grep -c '^state'; }
run "the next run has it" 0 github sync --source github
same "it is there" 0 "$(state)"
same "and the next request may say 'as before'" 1 "$(etags)"
export CARREL_CLOCK=2026-03-02T12:00:00Z
run "a day later" 0 github sync --source github
same "it has gone" 1 "$(state)"
same "and there is no 'as before'" 0 "$(etags)"
export CARREL_CLOCK=2026-05-01T12:00:00Z
run "and it comes back as it was" 0 github sync --source github
same "it is there again" 0 "$(state)"
same "for it was asked as one that is not known" 0 "$(awk -F '\t' '$7 == 304' "$REPLAY_LOG" | wc -l | tr -d ' ')"
stop_replays
export CARREL_CLOCK=2026-03-01T12:00:00Z

# A token is for the server it was set for, not for where that leads.
LIB=$T/elsewhere
{ echo 'route /repositories/8'; answer 200 "$(repo lee/lamps 1 2026-02-27T08:00:00Z)"; echo 'route /*'; answer 404 '{"message":"Not Found"}'; } >"$T/other"
start_replay "$T/other"
other=$REPLAY_LOG
{
    echo 'route /repos/lee/lamps'
    echo "answer 301 header=\"Location: http://localhost:${REPLAY_URL##*:}/repositories/8\" type=application/json body=\"{}\""
    echo 'route /*'
    answer 404 '{"message":"Not Found"}'
} >"$T/leads"
start_replay "$T/leads"
run "a redirect to another server" 0 github -c source.github.token-file="$T/token" add https://github.com/lee/lamps
same "is followed" "/repositories/8 -" "$(grep -v '^#' "$other" | cut -f 6,11 | tr '\t' ' ')"
same "but the token is for one server" authorized "$(grep -v '^#' "$REPLAY_LOG" | cut -f 11 | sort -u)"
stop_replays

# Killed at any moment, it goes on where it was: nothing is asked twice but one page, nothing doubled.
LIB=$T/killed
printf 'route /*\nanswer 200 github delay=5\n' >"$T/slow"
start_replay "$T/slow"
run "thirty to be killed at" 0 "$CARREL" -L "$LIB" import "$T/many.jsonl"
middle=0
for many in 2 9 21 32 45; do
    killed_after $many github -c source.github.token-file="$T/token" sync --source github
    there=$(sql "SELECT count(*) FROM repository")
    [ "$there" -lt 30 ] && middle=$((middle + 1))
done
same "each kill came in the middle" 5 $middle
run "and then let be" 0 github -c source.github.token-file="$T/token" sync --source github --json
same "all are there" 30 "$(sql "SELECT count(*) FROM repository")"
same "each with its stars once" "$(sql "SELECT count(*) FROM repository WHERE state = 1")" "$(sql "SELECT count(*) FROM repository_sample WHERE metric = 'stars'")"
same "and five kills cost five pages at most" 1 "$(awk -F '\t' '!/^#/ { n++; seen[$6]++ } END { for (t in seen) d += seen[t] - 1; print (d <= 5) }' "$REPLAY_LOG")"
run "the doctor is content" 0 "$CARREL" -L "$LIB" doctor
stop_replays
finish
