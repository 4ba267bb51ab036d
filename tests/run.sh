#!/bin/sh
# Runs the suites that are named (default: all) against one build and adds up their results.
#   tests/run.sh [-b BUILD_DIR] [-j N] [-t] [units] [cli] [tui] [site] [fuzz]
# -j N runs so many binaries or scripts of a suite at once (default: three for each processor): half of their time is waiting.
# -t leaves out what tests/without-threads lists, for a sanitizer that looks for races only.
# Every suite prints "ok"/"not ok" lines (TAP); the last line here is "N passed, N failed[, N skipped]".
set -u
cd "$(dirname "$0")/.."

build=build jobs=$(($(nproc) * 3)) threads=
while :; do
    case "${1:-}" in
    -b) build=$2 ;;
    -j) jobs=$2 ;;
    -t) threads=yes ;;
    *) break ;;
    esac
    [ "$1" = -t ] || shift
    shift
done
[ $# -gt 0 ] || set -- units cli tui site fuzz

# Libraries of tests wait for the disk at each write: in memory, where there are 2 GB of it, they are done several times sooner.
memory=
if [ -z "${TMPDIR:-}" ] && [ -w /dev/shm ] && [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -gt 2000000 ]; then
    memory=$(mktemp -d /dev/shm/carrel-tests-XXXXXX)
    TMPDIR=$memory
    export TMPDIR
    chmod 711 "$TMPDIR" # as /tmp: tests run as somebody else, too
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work" ${memory:+"$memory"}' EXIT
log=$work/log
: >"$log"

# A private home, and nothing of the caller's carrel.
export HOME="$work/home" XDG_DATA_HOME="$work/home/data" XDG_CONFIG_HOME="$work/home/config"
mkdir -p "$HOME"
unset CARREL_LIBRARY NO_COLOR CARREL_CLOCK
export CARREL="$PWD/$build/carrel" REPLAY="$PWD/$build/tests/replay" LC_ALL=C.UTF-8 TZ=UTC
export CARREL_SHARED="${CARREL_SHARED:-$PWD/../shared}"

# What one binary or script said: its TAP goes to the log; one that fails without saying "not ok" counts as a failure.
judge() { # NAME STATUS SECONDS, with its output in $work/out
    # cmocka writes a skipped test as "not ok 3 # SKIP name".
    sed -i 's/^not ok \(.*# SKIP\)/ok \1/' "$work/out"
    sed "s|^|$1: |" "$work/out" >>"$log"
    if [ "$2" -ne 0 ] && ! grep -q '^not ok' "$work/out"; then
        echo "$1: not ok - ended with status $2" >>"$log"
    fi
    if grep -q '^not ok' "$work/out" || [ "$2" -ne 0 ]; then
        echo "FAIL $1"
        grep -v '^ok' "$work/out" | tail -n 60
    else
        echo "  ok $1 ($(grep -c '^ok' "$work/out"), $3 s)"
    fi
}
# Files of a suite are listed first: then all suites run together, some files at once, those that take longest first
# (a processor that has nothing else to do at the end waits for nobody). They are told in the order of the list.
plan=$work/plan
: >"$plan"
add() { # SUITE INTERPRETER FILE...
    suite=$1 with=$2
    shift 2
    for file; do
        name=$(basename "$file" .sh)
        if [ -n "$threads" ] && grep -qx "${suite:+$suite/}$name" tests/without-threads; then continue; fi
        echo "${suite:+$suite/}$name|$with|$file" >>"$plan"
    done
}
long='site/site|site/live|cli/package|cli/demo|cli/lease|cli/realtime|cli/repo_https|cli/sources|cli/service_jobs|tui/harvest|unit_sync|unit_store|unit_search'
run() {
    mkdir "$work/all"
    { grep -E "^($long)[|]" "$plan"; grep -vE "^($long)[|]" "$plan"; } | xargs -P "$jobs" -d '\n' -I{} sh -c '
        name=$(echo "${2%%|*}" | tr / .) rest=${2#*|}
        start=$(date +%s)
        timeout -k 5 900 ${rest%%|*} "${rest#*|}" >"$1/$name.out" 2>&1 </dev/null
        echo $? $(($(date +%s) - start)) >"$1/$name.status"' sh "$work/all" {}
    while IFS='|' read -r name with file; do
        mv "$work/all/$(echo "$name" | tr / .).out" "$work/out"
        # shellcheck disable=SC2046 # two numbers
        judge "$name" $(cat "$work/all/$(echo "$name" | tr / .).status")
    done <"$plan"
}

export CMOCKA_MESSAGE_OUTPUT=TAP
for suite; do
    case $suite in
    units) add "" "" "$build"/tests/unit_* ;;
    cli | tui)
        # shellcheck disable=SC2046 # names of ours, without blanks
        add "$suite" sh $(ls tests/"$suite"/*.sh | grep -vE '/(lib|service)\.sh$') ;;
    site) # one browser at a time
        add site "flock $work/browser sh" tests/site/site.sh tests/site/live.sh ;;
    fuzz)
        # shellcheck disable=SC2046 # names of ours, without blanks
        add fuzz "sh tests/fuzz/once.sh" $(find build/asan/fuzz -type f -perm -u+x 2>/dev/null | sort) ;;
    *) echo "tests/run.sh: no suite '$suite'" >&2; exit 2 ;;
    esac
done
run

passed=$(grep -c ': ok' "$log")
failed=$(grep -c ': not ok' "$log")
skipped=$(grep -ciE ': ok.*# skip' "$log")
grep -iE ': ok.*# skip' "$log" | sed 's/^/  skipped: /; s/: ok [-0-9 ]*/: /'
passed=$((passed - skipped))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
