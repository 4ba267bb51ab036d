# The papers a new library starts with: every line becomes a work of its own, and the fields agree with each other.
. "$(dirname "$0")/lib.sh"
S=data/starter.jsonl
lines=$(wc -l <"$S")

run "the starter library imports" 0 "$CARREL" import --json "$S"
same "every line is a work of its own" "{\"seen\":$lines,\"added\":$lines,\"updated\":0,\"unchanged\":0,\"rejected\":0,\"merged\":0,\"binned\":0}" "$(cat "$T/out")"
same "about two hundred" yes "$([ "$lines" -ge 190 ] && [ "$lines" -le 210 ] && echo yes || echo "$lines")"
run "and the library is sound" 0 "$CARREL" doctor
same "no two titles alike" "" "$(sed 's/.*"title": "\([^"]*\)".*/\1/' "$S" | tr 'A-Z' 'a-z' | sort | uniq -d)"
same "each has an id, a title, words of ours, authors and a date" "" "$(grep -vE \
    '^\{"id": "(arxiv|doi):[^"]+", "title": "[^"]+", "abstract": "[^"]{40,300}", "authors": \["[^]]+"\], .*"published": "[12][0-9]{3}(-[0-9]{2}){0,2}"' "$S")"
# A list written "A, B and C" in one string, "Family, Given" or "et al." would show as a comma or a word inside a name.
same "authors are one name each" "" "$(sed 's/.*"authors": \[\([^]]*\)\].*/\1/' "$S" | grep -E '[^"],|"(and )|( et al| and |others)')"
same "an arXiv id begins with the month of its first version" "" "$(sed -n \
    's/^{"id": "arxiv:\([0-9][0-9]\)\([0-9][0-9]\)\..*"published": "20\([0-9][0-9]\)-\([0-9][0-9]\).*/\1\2 \3\4/p' "$S" | awk '$1 != $2')"
same "an arXiv paper has its category" "" "$(grep '"id": "arxiv:' "$S" | grep -v '"categories": \["[a-z-]*\.[A-Za-z-]*"')"
same "the page is the id's own" "" "$(sed -nE 's/^\{"id": "(arxiv|doi):([^"]+)".*"url": "([^"]+)".*/\1 \2 \3/p' "$S" | awk '
    $3 != ($1 == "doi" ? "https://doi.org/" : "https://arxiv.org/abs/") $2')"

# The searches that the README and the summary of `make run` try on it.
for query in attention 'title:transformer date:2021' '"image text" -speech' 'title:learning date:2015..' \
    '"language model" OR translation' 'author:lamport' 'date:..1980'; do
    run "search $query" 0 "$CARREL" search --ids "$query"
    same "finds something" yes "$([ -s "$T/out" ] && echo yes)"
done
finish
