#!/bin/sh
# Questions of our own whose answer stands on a page we know (bench/questions.tsv: question, file, page): is that page among the
# first five passages?     sh bench/questions.sh LIBRARY FOLDER
set -eu
library=$1
folder=$2
for mode in lexical semantic hybrid; do
    grep -v '^#' bench/questions.tsv | while IFS="$(printf '\t')" read -r question file page; do
        name=$(sha256sum "$folder/$file" | cut -c1-16)
        rank=$(build/carrel -q -L "$library" search --in text --mode $mode --json --limit 5 -- "$question" 2>/dev/null |
            tr '{' '\n' | grep -o '"page":[0-9]*,"heading":[^{]*"document":"file:[0-9a-f]*"' |
            sed 's/"page":\([0-9]*\),.*"document":"file:\([0-9a-f]*\)"/\2 \1/' | grep -n "^$name $page\$" | head -n 1 | cut -d: -f1)
        echo "${rank:-0} $question"
    done >"${TMPDIR:-/tmp}/carrel-questions.$$"
    awk -v mode=$mode '{ n++; if ($1 > 0) { five++; sum += 1 / $1 } if ($1 == 1) one++ }
        END { printf "questions, %-8s page among the first five: %d of %d, first: %d, mean reciprocal rank %.2f\n", mode, five, n, one, sum / n }' "${TMPDIR:-/tmp}/carrel-questions.$$"
    [ -z "${VERBOSE:-}" ] || grep '^0 ' "${TMPDIR:-/tmp}/carrel-questions.$$" || true
    rm -f "${TMPDIR:-/tmp}/carrel-questions.$$"
done
