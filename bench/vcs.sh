#!/bin/sh
# Clones: a made-up repository of 50,000 commits (or $COMMITS) over 400 files is cloned, read and searched, beside git
# where it answers the same question. Median of five, milliseconds of whole processes, and peak memory; files are warm. Then the
# desk and tig in a pseudo-terminal (bench/pty_bench.c): until a screen is drawn.
set -eu
cd "$(dirname "$0")/.."
carrel=$PWD/build/carrel
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export LC_ALL=C.UTF-8 XDG_CONFIG_HOME="$T" HOME="$T" CARREL_LIBRARY="$T/library"
build/tests/gitmaker "$T/made/src.git" --commits "${COMMITS:-50000}"
git -C "$T/made/src.git" gc -q
. bench/timed.sh
clone() { rm -rf "$T/library"; "$carrel" add "$T/made/src.git"; }
git_clone() { rm -rf "$T/git.git"; git clone -q --bare --no-local "$T/made/src.git" "$T/git.git"; }
file=src/part1/file1.py
R=repo:local/made/src
timed "add (clone, look over, index)" clone
timed "  git clone --bare --no-local" git_clone
timed "fetch, nothing new" "$carrel" repo $R fetch
timed "log, first 100" "$carrel" repo $R log
timed "  git log -100" git -C "$T/git.git" log -100
timed "log, 100 behind 49,000" "$carrel" repo $R log --skip 49000
timed "  git log --skip 49000 -100" git -C "$T/git.git" log --skip 49000 -100
timed "log of a file, whole" "$carrel" repo $R log $file --limit 10000
timed "  git log -- FILE" git -C "$T/git.git" log main -- $file
timed "blame" "$carrel" repo $R blame $file
timed "  git blame" git -C "$T/git.git" blame main -- $file
timed "diff of the last commit" "$carrel" repo $R diff
timed "  git show" git -C "$T/git.git" show main
timed "as of a day in 2015" "$carrel" repo $R log --at 2015-01-01 --limit 1
timed "  git log --first-parent --before" git -C "$T/git.git" log --first-parent -1 --before 2015-01-02 main
timed "search in files" "$carrel" search --in repositories gradient_17

commits=${COMMITS:-50000}
pty=$PWD/build/bench/pty_bench
mkdir -p "$T/carrel"
printf '[harvest]\n    background = false\n' >"$T/carrel/config"
echo "carrel: from start to Today, the clone's top, its log (500 commits), 8,000 of them, all, the first one"
$pty "log at the desk" "" Today ":view code $R\\r" README.md L "change $((commits - 10))" 'G\r' "change $((commits - 501))" 'G\r' "change $((commits - 8001))" G "change 0 of" -- "$carrel"
echo "carrel: from start to Today, the file, its blame"
$pty "blame at the desk" "" Today ":view code \"$R file - $file\"\\r" tensor_0 b "201" -- "$carrel"
echo "carrel: from start to Today, the clone's top, its log, what the newest commit changes"
$pty "diff at the desk" "" Today ":view code $R\\r" README.md L "change $((commits - 10))" '\r' "@@" -- "$carrel"
command -v tig >/dev/null || { echo "skipped: there is no tig"; exit 0; }
git clone -q "$T/made/src.git" "$T/work"
printf 'bind generic e move-last-line\n' >"$T/tigrc"
export TIGRC_USER="$T/tigrc"
cd "$T/work"
echo "tig: from start to its log, all of it, the first one; from start to blame begun, whole; from start to its log, what the newest changes"
$pty "  tig main" "" "change $((commits - 10))" "" "of $commits" e "change 0 of" -- tig main
$pty "  tig blame" "" query_ "" "100%" -- tig blame main -- "$file"
$pty "  tig main, Enter" "" "change $((commits - 10))" '\r' "diff --git" -- tig main
