#!/bin/sh
# Clones: a made-up repository of 50,000 commits (or $COMMITS) over 400 files is cloned, read and searched, beside git
# where it answers the same question. Median of five, milliseconds of whole processes; files are warm.
set -eu
cd "$(dirname "$0")/.."
carrel=$PWD/build/carrel
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export LC_ALL=C.UTF-8 XDG_CONFIG_HOME="$T" HOME="$T" CARREL_LIBRARY="$T/library"
build/tests/gitmaker "$T/made/src.git" --commits "${COMMITS:-50000}"
git -C "$T/made/src.git" gc -q
# timed NAME COMMAND...
timed() {
    name=$1
    shift
    for i in 1 2 3 4 5; do
        before=$(date +%s%N)
        "$@" >/dev/null 2>&1
        echo "$((($(date +%s%N) - before) / 1000000))"
    done | sort -n | awk -v name="$name" 'NR == 3 { printf "%-34s %6d ms\n", name, $1 }'
}
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
