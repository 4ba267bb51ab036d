#!/bin/sh
# Runs the suites that are named (default: all) against one build and adds up their results.
#   tests/run.sh [-b BUILD_DIR] [-j N] [units] [cli] [tui] [fuzz]
# -j N runs so many binaries or scripts of a suite at once (default 2): most of their time is waiting.
# Every suite prints "ok"/"not ok" lines (TAP); the last line here is "N passed, N failed[, N skipped]".
set -u
cd "$(dirname "$0")/.."

build=build jobs=2
while :; do
    case "${1:-}" in
    -b) build=$2 ;;
    -j) jobs=$2 ;;
    *) break ;;
    esac
    shift 2
done
[ $# -gt 0 ] || set -- units cli tui fuzz

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$work/log
: >"$log"

# A private home, and nothing of the caller's carrel.
export HOME="$work/home" XDG_DATA_HOME="$work/home/data" XDG_CONFIG_HOME="$work/home/config"
mkdir -p "$HOME"
unset CARREL_LIBRARY NO_COLOR CARREL_CLOCK
export CARREL="$PWD/$build/carrel" REPLAY="$PWD/$build/tests/replay" LC_ALL=C.UTF-8 TZ=UTC
export CARREL_SHARED="${CARREL_SHARED:-$PWD/../shared}"

# What one binary or script said: its TAP goes to the log; one that fails without saying "not ok" counts as a failure.
judge() { # NAME STATUS, with its output in $work/out
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
        echo "  ok $1 ($(grep -c '^ok' "$work/out"))"
    fi
}
run() {
    name=$1
    shift
    "$@" >"$work/out" 2>&1 </dev/null
    judge "$name" $?
}
# Files of a suite, some at once; told in their order when all have ended. None may take longer than a quarter of an hour.
run_all() { # SUITE INTERPRETER FILE...
    suite=$1 with=$2
    shift 2
    rm -rf "$work/all"
    mkdir "$work/all"
    printf '%s\n' "$@" | xargs -P "$jobs" -I{} sh -c '
        name=$(basename "$3" .sh)
        timeout -k 5 900 $1 "$3" >"$2/$name.out" 2>&1 </dev/null
        echo $? >"$2/$name.status"' sh "$with" "$work/all" {}
    for file; do
        name=$(basename "$file" .sh)
        mv "$work/all/$name.out" "$work/out"
        judge "${suite:+$suite/}$name" "$(cat "$work/all/$name.status")"
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
    fuzz)
        for target in build/fuzz/fuzz/*; do
            [ -x "$target" ] || continue
            name=$(basename "$target")
            mkdir -p "$work/corpus/$name"
            run "fuzz/$name" sh -c '"$1" -runs=30000 -seed=1 -max_total_time=15 -max_len=8192 -timeout=10 -rss_limit_mb=2048 \
                -artifact_prefix="$2"/ "$2" $([ -d "$3" ] && echo "$3") && echo "ok - $1"' \
                sh "$target" "$work/corpus/$name" "tests/fuzz/corpus/$name"
        done ;;
    *) echo "tests/run.sh: no suite '$suite'" >&2; exit 2 ;;
    esac
done

passed=$(grep -c ': ok' "$log")
failed=$(grep -c ': not ok' "$log")
skipped=$(grep -ciE ': ok.*# skip' "$log")
passed=$((passed - skipped))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
