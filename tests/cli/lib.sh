# Shared by the command tests: a private library, a fixed clock, and checks that print TAP lines.
# Sourced. $CARREL is the program under test.
: "${CARREL:?}"
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export CARREL_CLOCK=2026-03-01T12:00:00Z CARREL_LIBRARY="$T/library" HOME="$T/home"
export XDG_CONFIG_HOME="$T/config" XDG_DATA_HOME="$T/data"
mkdir -p "$HOME" "$T/config"
failed=0
good() { echo "ok - $1"; }
bad() { echo "not ok - $1"; shift; for line; do printf '%s\n' "$line" | sed 's/^/#   /'; done; failed=1; }

# run NAME EXPECTED_STATUS COMMAND...: the outputs are in $T/out and $T/err.
run() {
    name=$1 want=$2
    shift 2
    "$@" >"$T/out" 2>"$T/err" </dev/null
    got=$?
    if [ "$got" -eq "$want" ]; then good "$name"; else bad "$name" "status $got, not $want" "$(cat "$T/out" "$T/err")"; fi
}
# has NAME FILE TEXT: the file holds the text.
has() { if grep -qF -- "$3" "$T/$2"; then good "$1"; else bad "$1" "no '$3' in:" "$(cat "$T/$2")"; fi; }
lacks() { if grep -qF -- "$3" "$T/$2"; then bad "$1" "'$3' in:" "$(cat "$T/$2")"; else good "$1"; fi; }
# same NAME EXPECTED ACTUAL
same() { if [ "$2" = "$3" ]; then good "$1"; else bad "$1" "expected: $2" "     got: $3"; fi; }
finish() { exit $failed; }
