# What changed in a paper since it was read: by OAI-PMH's two formats and the query API of a server,
# the paper once as it was read, then replaced, then withdrawn.
. "$(dirname "$0")/lib.sh"
MARCH=2026-03-02T12:00:00Z APRIL=2026-04-02T12:00:00Z MAY=2026-05-02T12:00:00Z

# record ID DATESTAMP METADATA; raw and plain: those of a paper
record() { printf '<record><header><identifier>oai:arXiv.org:%s</identifier><datestamp>%s</datestamp></header><metadata>%s</metadata></record>' "$@"; }
plain() { # UPDATED COMMENT ABSTRACT
    record 2602.00002 "${1:-2026-02-03}" "<arXiv xmlns='http://arxiv.org/OAI/arXiv/'><id>2602.00002</id><created>2026-02-03</created>${1:+<updated>$1</updated>}<authors><author><keyname>Ash</keyname><forenames>Ada</forenames></author></authors><title>Lamps of clay</title><categories>cs.CL</categories><comments>$2</comments><abstract>$3</abstract></arXiv>"
}
raw() { # VERSIONS COMMENT ABSTRACT, versions as DATE|SIZE
    n=0 list=
    for v in $1; do
        n=$((n + 1))
        list="$list<version version=\"v$n\"><date>${v%%|*}</date><size>${v#*|}</size></version>"
    done
    record 2602.00001 2026-02-03 "<arXivRaw xmlns='http://arxiv.org/OAI/arXivRaw/'><id>2602.00001</id><submitter>A</submitter>$(echo "$list" | tr _ ' ')<title>Lanterns and gardens</title><authors>Ada Ash and Bo Birch</authors><categories>cs.CL</categories><comments>$2</comments><abstract>$3</abstract></arXivRaw>"
}
# answers RECORD...: a list of one page for each, in turn
answers() {
    echo "route /oai*"
    for r in "$@"; do
        printf 'answer 200 type=text/xml times=1 body=<<END\n<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-03-01T00:00:00Z</responseDate><request>x</request><ListRecords>%s</ListRecords></OAI-PMH>\nEND\n' "$r"
    done
}
V1='Tue,_3_Feb_2026_10:00:00_GMT|10kb' V2='Wed,_1_Apr_2026_10:00:00_GMT|12kb' V3='Fri,_1_May_2026_10:00:00_GMT|0kb'
answers "$(raw "$V1" '5 pages' 'We show that lanterns give some light in gardens.')" \
    "$(raw "$V1 $V2" '6 pages' 'We show that brass lanterns give much light in small gardens.')" \
    "$(raw "$V1 $V2 $V3" 'This paper has been withdrawn by the authors' 'We show that brass lanterns give much light in small gardens.')" >"$T/raw"
answers "$(plain '' '3 pages' 'Lamps are old.')" "$(plain 2026-04-01 '3 pages' 'Lamps of clay are very old.')" >"$T/plain"

harvest() { # MODE CLOCK
    CARREL_CLOCK=$2 "$CARREL" -q -c source.arxiv.oai-url="$REPLAY_URL/oai" -c source.arxiv.api-url="$REPLAY_URL/api" -c source.arxiv.rss-url="$REPLAY_URL/rss" -c source.arxiv.category=cs.CL -c source.arxiv.mode="$1" \
        -c source.arxiv.interval=1ms -c harvest.backoff=5ms sync --source arxiv
}
changes() { "$CARREL" changes "$@"; }

start_replay "$T/raw"
run "arXivRaw is harvested" 0 harvest oai-raw $MARCH
has "by its own prefix" "$(basename "$REPLAY_LOG")" "metadataPrefix=arXivRaw"
run "nothing was read" 0 changes
same "so nothing has changed" "" "$(cat "$T/out")"
CARREL_CLOCK=$MARCH "$CARREL" -q mark read arxiv:2602.00001
run "a paper with one version" 0 changes arxiv:2602.00001
has "says so" out "v1 of 2026-02-03, which was read, is the newest"
run "it is replaced" 0 harvest oai-raw $APRIL
run "what was read has changed" 0 changes
has "which, from where to where" out "v1 of 2026-02-03 (read) to v2 of 2026-04-01"
has "and how much" out "comment: 1 word added, 1 removed; abstract: 3 words added, 1 removed"
run "as a query" 0 "$CARREL" search --ids is:changed
same "it is the one" arxiv:2602.00001 "$(cat "$T/out")"
run "replaced, read or not" 0 "$CARREL" search --ids is:replaced
same "it, too" arxiv:2602.00001 "$(cat "$T/out")"
run "word by word" 0 changes 2602.00001
has "its versions" out "v2   2026-04-01  12kb  6 pages"
has "what came and went, as text" out "We show that {+brass+} lanterns give [-some-]{+much+} light in {+small+} gardens."
has "the texts are told of" out "no document of either version is here"
run "in colours" 0 "$CARREL" --color=always changes 2602.00001
has "red and green, and the marks" out "$(printf '\033[31m[-some-]\033[0m\033[32m{+much+}\033[0m')"
run "as data" 0 changes 2602.00001 --json
has "the two" out '"from":{"version":1,"at":"2026-02-03T10:00:00Z","size":"10kb"},"read":true,"to":{"version":2'
has "each stretch" out '{"removed":"some "},{"added":"much "},{"same":"light in "}'
run "the list as data" 0 changes --json
has "counts" out '"name":"abstract","added":3,"removed":1,"coarse":false}'
lacks "not each stretch" out '"same"'
run "show tells the versions" 0 "$CARREL" show 2602.00001
has "with size" out "v2   2026-04-01  12kb"
"$CARREL" export --format jsonl -o "$T/all.jsonl" 2>/dev/null
has "so does an export" all.jsonl '"versions":[{"version":1,"at":"2026-02-03T10:00:00Z","size":"10kb"},{"version":2,"at":"2026-04-01T10:00:00Z","size":"12kb"}]'
"$CARREL" -q -L "$T/second" import "$T/all.jsonl"
run "which another library reads" 0 "$CARREL" -L "$T/second" export --format jsonl
has "versions and all" out '"versions":[{"version":1,"at":"2026-02-03T10:00:00Z","size":"10kb"}'
run "the digest counts them" 0 env CARREL_CLOCK=$APRIL "$CARREL" digest
has "those that were read" out "1 paper that you have read has changed since: carrel changes"
run "seen" 0 "$CARREL" mark seen 2602.00001
run "is no news" 0 changes
same "any more" "" "$(cat "$T/out")"
"$CARREL" -q undo
run "undone, it is" 0 "$CARREL" search --ids is:changed
same "again" arxiv:2602.00001 "$(cat "$T/out")"
run "since another version" 0 changes 2602.00001 --since v2
has "which is the newest" out "v2 of 2026-04-01 is the newest"
run "one that there is not" 4 changes 2602.00001 --since v7
has "says how to write one" err "has no version 'v7': write v2, 2024-03-05, read or first"
run "no such paper" 4 changes 2602.99999
CARREL_CLOCK=$APRIL "$CARREL" -q mark read 2602.00001
run "read again it is no news" 0 changes
same "either" "" "$(cat "$T/out")"
"$CARREL" -q alert add gone --on withdrawn
run "it is withdrawn" 0 harvest oai-raw $MAY
run "which is a state" 0 "$CARREL" search --ids is:withdrawn
same "of it" arxiv:2602.00001 "$(cat "$T/out")"
run "and news" 0 changes
has "is told" out "(read) to v3 of 2026-05-01, withdrawn"
run "an alert hears of it" 0 "$CARREL" alert log
has "once" out "withdrawn"
run "the digest, too" 0 env CARREL_CLOCK=$MAY "$CARREL" digest
has "as what it is" out "withdrawn: Lanterns and gardens"

# The plain format has no numbers: the day of the newest version tells.
stop_replays
export CARREL_LIBRARY="$T/plain-library"
start_replay "$T/plain"
run "the plain format" 0 harvest oai $MARCH
"$CARREL" -q alert add newer --on replaced
CARREL_CLOCK=$MARCH "$CARREL" -q mark read 2602.00002
run "a later day" 0 harvest oai $APRIL
run "is a newer version" 0 changes 2602.00002
has "without a number" out "v1 of 2026-02-03 (read) to the version of 2026-04-01"
has "and its words" out "Lamps {+of clay+} are {+very+} old."
run "an alert hears of that" 0 "$CARREL" alert log
has "by its day" out "version of 2026-04-01"
run "the digest" 0 env CARREL_CLOCK=$APRIL "$CARREL" digest
has "says the same" out "version of 2026-04-01: Lamps of clay"

# Texts are compared where the documents of both versions were processed.
text() { # VERSION WORDS
    printf '# Lamps of clay\n\narXiv:2602.00002v%s [cs.CL] 3 Feb 2026\n\n## Method\n\n%s\n\n## Results\n\nThey burn for a long night and a day, as everybody has always known.\n' "$1" "$2"
}
text 1 'We take clay and oil, and a wick of wool.' >"$T/one.md"
text 2 'We take clay and olive oil, and a wick of flax.' >"$T/two.md"
"$CARREL" -L "$T/texts" -q import - >/dev/null 2>&1 <<X
{"id":"arxiv:2602.00002v1","title":"Lamps of clay","abstract":"Lamps are old.","authors":["Ada Ash"],"published":"2026-02-03"}
X
"$CARREL" -L "$T/texts" -q import - >/dev/null 2>&1 <<X
{"id":"arxiv:2602.00002v2","title":"Lamps of clay","abstract":"Lamps are old.","authors":["Ada Ash"],"published":"2026-02-03"}
X
run "two versions' documents" 0 "$CARREL" -L "$T/texts" process "$T/one.md" "$T/two.md"
run "are compared" 0 "$CARREL" -L "$T/texts" changes 2602.00002
has "by section" out "Method"
has "word by word" out "clay and {+olive+} oil, and a wick of [-wool-]{+flax+}"
finish
