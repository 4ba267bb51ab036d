# timed NAME COMMAND...: the median of five runs in milliseconds, and the largest of the processes that it waited for. Sourced;
# NAME "  ..." is a peer's. A command may be a function of the script's.
timed() {
    name=$1
    shift
    for round in 1 2 3 4 5; do
        before=$(date +%s%N)
        "$@" >/dev/null 2>&1
        echo "$((($(date +%s%N) - before) / 1000000))"
    done | sort -n | awk -v name="$name" 'NR == 3 { printf "%-34s %6d ms", name, $1 }'
    if command -v "$1" >/dev/null && [ -x "$(command -v "$1")" ] && [ -x /usr/bin/time ]; then
        /usr/bin/time -o "$T/memory" -f %M "$@" >/dev/null 2>&1 || true
        awk '{ kib = $1 } END { printf "  %4d MiB", kib / 1024 }' "$T/memory"
    fi
    echo
}
