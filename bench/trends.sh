#!/bin/sh
# Trends, topics and statistics on 150,000 made-up papers (tests/samples.awk), the newest 6,000 with 90 days of samples. The papers
# are spread over ten years for trends, so that the sampled ones are old enough, and over half a year for topics, so
# that all of them are read. With CARREL_BENCH_LIBRARY a library of one's own is asked for its topics as well.
set -eu
cd "$(dirname "$0")/.."
carrel=$PWD/build/carrel
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export CARREL_CLOCK=2026-03-01T12:00:00Z LC_ALL=C.UTF-8 XDG_CONFIG_HOME="$T"
made() { awk -v emit="$1" -v n=150000 -v sampled=6000 -v today=20513 -v span="$2" -f tests/samples.awk; }
made papers 3600 | "$carrel" -q -L "$T/years" import - >/dev/null 2>&1
made samples 3600 | sqlite3 "$T/years/library.db"
made papers 180 | "$carrel" -q -L "$T/half" import - >/dev/null 2>&1
timed() {
    name=$1
    shift
    for i in 1 2 3 4 5; do
        /usr/bin/time -f '%e %M' -a -o "$T/$name" "$@" >/dev/null 2>&1
    done
    sort -n "$T/$name" | awk -v name="$name" 'NR == 3 { printf "%-28s %6.2f s %5d MB\n", name, $1, $2 / 1024 }'
}
echo "samples: $(sqlite3 "$T/years/library.db" 'SELECT count(*), count(DISTINCT work_id) FROM sample' | tr '|' ' ') (rows, papers)"
timed trends "$carrel" -L "$T/years" trends
timed trends-category "$carrel" -L "$T/years" trends --category cs.CL --window 30d --sort zscore
timed search-trending "$carrel" -L "$T/years" search --sort trending hedgehogs
timed topics "$carrel" -L "$T/half" topics
timed stats "$carrel" -L "$T/half" stats --json
timed clusters "$carrel" -L "$T/half" topics --clusters
timed topics-category "$carrel" -L "$T/half" topics --category cs.CL
[ -n "${CARREL_BENCH_LIBRARY:-}" ] || exit 0
timed topics-own "$carrel" -L "$CARREL_BENCH_LIBRARY" topics
timed clusters-own "$carrel" -L "$CARREL_BENCH_LIBRARY" topics --clusters
timed stats-own "$carrel" -L "$CARREL_BENCH_LIBRARY" stats --json
