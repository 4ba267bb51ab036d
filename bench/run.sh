#!/bin/sh
# The benchmarks behind docs/BENCHMARKS.md.
#   PAPERS="FILE.jsonl ..." make bench      (default: the starter library, which is too small to tell much)
# Import rate, size and memory of carrel, embedding and vector scans (beside faiss where libfaiss-dev and libopenblas-dev are), then 200 queries against a plain FTS5 table with the same documents.
set -eu
cd "$(dirname "$0")/.."
papers=${PAPERS:-data/starter.jsonl}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CARREL_LIBRARY="$work/library" XDG_CONFIG_HOME="$work/config"

start=$(date +%s%N)
# shellcheck disable=SC2086
cat $papers | /usr/bin/env time -f 'peak memory %M KiB' build/carrel import - 2>"$work/err" | tee "$work/counts"
end=$(date +%s%N)
seen=$(sed 's/ .*//' "$work/counts")
awk -v n="$seen" -v t="$((end - start))" 'BEGIN { printf "import: %d papers in %.1f s, %.0f/s\n", n, t / 1e9, n * 1e9 / t }'
grep peak "$work/err" || true
du -sh "$work/library" | awk '{ print "library: " $1 }'
build/bench/search_bench "$work/library"
build/bench/jobs_bench "$work/jobs"
sh bench/harvest.sh

# The first of the papers' files: texts are kept in memory.
# shellcheck disable=SC2086
set -- $papers
build/bench/embed_bench texts "$1"
build/bench/embed_bench scan "${MILLIONS:-2}"
build/bench/embed_bench library "$work/vectors" "${MILLIONS:-2}"
if [ -e /usr/include/faiss/IndexBinaryFlat.h ] && ${CXX:-g++} -O2 -o "$work/scan_faiss" bench/scan_faiss.cc -lfaiss -lopenblas -fopenmp; then
    "$work/scan_faiss" "${MILLIONS:-2}"
fi
