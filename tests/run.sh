#!/bin/sh
# Runs the suites that are named (default: all) against one build and adds up their results.
#   tests/run.sh [-b BUILD_DIR] [-j N] [units] [cli] [tui] [site] [fuzz]
# -j N runs so many binaries or scripts of a suite at once (default: two more than there are processors): most of their time is waiting.
# Every suite prints "ok"/"not ok" lines (TAP); the last line here is "N passed, N failed[, N skipped]".
set -u
cd "$(dirname "$0")/.."

build=build jobs=$(($(nproc) + 2))
while :; do
    case "${1:-}" in
    -b) build=$2 ;;
    -j) jobs=$2 ;;
    *) break ;;
    esac
    shift 2
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
# Files of a suite, some at once; told in their order when all have ended. None may take longer than a quarter of an hour.
run_all() { # SUITE INTERPRETER FILE...
    suite=$1 with=$2
    shift 2
    [ $# -gt 0 ] || return 0
    rm -rf "$work/all"
    mkdir "$work/all"
    printf '%s\n' "$@" | xargs -P "$jobs" -I{} sh -c '
        name=$(basename "$3" .sh)
        start=$(date +%s)
        timeout -k 5 900 $1 "$3" >"$2/$name.out" 2>&1 </dev/null
        echo $? $(($(date +%s) - start)) >"$2/$name.status"' sh "$with" "$work/all" {}
    for file; do
        name=$(basename "$file" .sh)
        mv "$work/all/$name.out" "$work/out"
        # shellcheck disable=SC2046 # two numbers
        judge "${suite:+$suite/}$name" $(cat "$work/all/$name.status")
    done
}

for suite; do
    case $suite in
    units)
        export CMOCKA_MESSAGE_OUTPUT=TAP
        run_all "" "" "$build"/tests/unit_* ;;
    cli | tui)
        # shellcheck disable=SC2046 # names of ours, without blanks
        run_all "$suite" sh $(ls tests/"$suite"/*.sh | grep -vE '/(lib|service)\.sh$') ;;
    site) # one browser at a time
        many=$jobs jobs=1
        run_all site sh tests/site/site.sh tests/site/live.sh
        jobs=$many ;;
    fuzz)
        # shellcheck disable=SC2046 # names of ours, without blanks
        run_all fuzz "sh tests/fuzz/once.sh" $(find build/fuzz/fuzz -type f -perm -u+x 2>/dev/null | sort) ;;
    *) echo "tests/run.sh: no suite '$suite'" >&2; exit 2 ;;
    esac
done

passed=$(grep -c ': ok' "$log")
failed=$(grep -c ': not ok' "$log")
skipped=$(grep -ciE ': ok.*# skip' "$log")
passed=$((passed - skipped))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
