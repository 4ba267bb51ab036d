#!/bin/sh
# Runs the suites that are named (default: all) against one build and adds up their results.
#   tests/run.sh [-b BUILD_DIR] [units] [cli] [tui] [fuzz]
# Every suite prints "ok"/"not ok" lines (TAP); the last line here is "N passed, N failed[, N skipped]".
set -u
cd "$(dirname "$0")/.."

build=build
if [ "${1:-}" = -b ]; then
    build=$2
    shift 2
fi
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

# One suite: its TAP goes to the log; a program that fails without saying "not ok" counts as one failure.
run() {
    name=$1
    shift
    "$@" >"$work/out" 2>&1 </dev/null
    status=$?
    # cmocka writes a skipped test as "not ok 3 # SKIP name".
    sed -i 's/^not ok \(.*# SKIP\)/ok \1/' "$work/out"
    sed "s|^|$name: |" "$work/out" >>"$log"
    if [ $status -ne 0 ] && ! grep -q '^not ok' "$work/out"; then
        echo "$name: not ok - ended with status $status" >>"$log"
    fi
    if grep -q '^not ok' "$work/out" || [ $status -ne 0 ]; then
        echo "FAIL $name"
        grep -v '^ok' "$work/out" | tail -n 60
    else
        echo "  ok $name ($(grep -c '^ok' "$work/out"))"
    fi
}

for suite; do
    case $suite in
    units)
        for binary in "$build"/tests/unit_*; do
            CMOCKA_MESSAGE_OUTPUT=TAP run "$(basename "$binary")" "$binary"
        done ;;
    cli | tui)
        for script in tests/"$suite"/*.sh; do
            case $(basename "$script") in lib.sh | run.sh) continue ;; esac
            run "$suite/$(basename "$script" .sh)" sh "$script"
        done ;;
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
