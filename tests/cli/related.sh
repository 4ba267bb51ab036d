# Related papers, likely duplicates and recommendations, on a small shelf made here.
. "$(dirname "$0")/lib.sh"
i=0
paper() { # ID TITLE ABSTRACT AUTHOR
    printf '{"id":"arxiv:%s","title":"%s","abstract":"%s","authors":["%s"],"published":"2025-01-02"}\n' "$@"
}
{
    paper 2501.00001 "Neural machine translation with attention" "Attention mechanisms improve neural translation between languages." "Ada Lindgren"
    paper 2501.00002 "Translating low resource languages" "Machine translation for languages with little parallel text, by transfer." "Bo Falk"
    paper 2501.00003 "Superconducting qubits at low temperature" "Coherence of superconducting qubits limits quantum processors." "Cy Grant"
    paper 2501.00004 "Error correction for quantum computers" "Surface codes protect quantum processors with superconducting qubits." "Di Hale"
    paper 2501.00005 "Galaxy rotation curves" "Rotation curves of spiral galaxies and dark matter halos." "Ada Lindgren"
    paper 2501.00006 "A survey of spiral galaxies and their dark halos and rotation" "We report one thing in many words about spiral galaxies, their dark halos and how fast they rotate in the outer parts." "Ed Ives"
    paper 2501.00007 "A survey of spiral galaxies and their dark halos and rotation (extended version)" "We report one thing in many words about spiral galaxies, their dark halos and how fast they rotate in the outer parts." "Ed Ives"
} >"$T/shelf.jsonl"
"$CARREL" -q import "$T/shelf.jsonl" >/dev/null
first() { sed -n '1s/ .*//p' "$T/out"; }

run "related" 0 "$CARREL" related arxiv:2501.00003
same "the nearest first" "arxiv:2501.00004" "$(first)"
has "with the words in common" out "words in common:"
has "and what else binds" out "meaning"
run "an author in common" 0 "$CARREL" related arxiv:2501.00001
has "is said" out "1 author in common"
run "more like these" 0 "$CARREL" related --json --limit 2 arxiv:2501.00001 arxiv:2501.00003
has "as items" out '{"version":1,"items":[{"id":"arxiv:2501.0000'
lacks "without the given ones" out '"id":"arxiv:2501.00001"'
run "ids from standard input" 0 sh -c 'echo arxiv:2501.00003 | "$CARREL" related -'
run "an unknown id" 4 "$CARREL" related arxiv:9901.00001
run "no id" 2 "$CARREL" related

run "duplicates" 0 "$CARREL" duplicates
has "the pair" out "carrel merge arxiv:2501.00006 arxiv:2501.00007"
has "with its reason" out "100% of the text in common"
run "as JSON" 0 "$CARREL" duplicates --json
has "one item" out '"id":"arxiv:2501.00006","other":"arxiv:2501.00007"'
"$CARREL" -q merge arxiv:2501.00006 arxiv:2501.00007 && "$CARREL" -q split arxiv:2501.00006
run "after a split" 0 "$CARREL" duplicates
has "no longer suggested" err "0 likely pairs"

run "cold start" 0 "$CARREL" recommend
has "says what is missing" err "mark 8 more"
run "cold start as JSON" 0 "$CARREL" recommend --json
has "no items" out '"items":[],"liked":0'
# A reader of translation papers: forty papers of two subjects, of which one is liked.
n=10
while [ $n -lt 30 ]; do
    paper "2502.000$n" "Translation of text number $n" "Neural machine translation of sentences between languages, study $n with parallel corpora." "Author A$n"
    paper "2503.000$n" "Telescope observation number $n" "Observed spectra of distant galaxies and quasars, telescope survey $n of the sky." "Author B$n"
    n=$((n + 1))
done >"$T/more.jsonl"
"$CARREL" -q import "$T/more.jsonl" >/dev/null
n=10
while [ $n -lt 22 ]; do
    CARREL_CLOCK=2026-02-${n}T12:00:00Z "$CARREL" -q mark star "arxiv:2502.000$n"
    CARREL_CLOCK=2026-02-${n}T13:00:00Z "$CARREL" -q mark skip "arxiv:2503.000$n"
    n=$((n + 1))
done
run "with a history" 0 "$CARREL" recommend --limit 6
same "what is liked comes first" "6" "$(grep -c '  arxiv:2502' "$T/out")"
has "with what speaks for it" out "like 'Translation of text"
lacks "nothing that was marked" out "2502.00010"
run "self-test" 0 "$CARREL" recommend --self-test
has "is told" out "self-test: from your first"
run "exploration" 0 "$CARREL" recommend --limit 14 --json
has "is marked" out '"exploration":true'
has "and graded" out '"self_test":{"liked":'
same "the same marks, the same list" "$("$CARREL" -q recommend | cksum)" "$("$CARREL" -q recommend | cksum)"
run "Today with a history" 0 "$CARREL" dump today --size 100x24
has "is recommended" out "recommended"
has "with the reason" out "because: "
run "and by date" 0 "$CARREL" dump today --size 100x24 --keys O
has "says so" out "newest first"
run "more like this at the desk" 0 "$CARREL" dump today --size 100x24 --keys 'gr'
has "is a search" out "Search: near:arxiv:"
run "a slip at the desk" 0 "$CARREL" dump search galxies --size 100x24
has "is offered right" out "Did you mean: galaxies"
finish
