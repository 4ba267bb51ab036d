# Pairs that may be one paper, at the desk: merged, kept apart, taken back.
. "$(dirname "$0")/lib.sh"
screen duplicates-none duplicates
cat >"$T/pairs.jsonl" <<'X'
{"id":"arxiv:2411.10001","title":"Weighing books by night","authors":["Ann Ash","Bo Birch"],"published":"2024-01-02","abstract":"We weigh the books of a small library each night and find that the shelves near doors lose most, that the loss grows with rain, and that a rug of wool in the corridor halves it within one season."}
{"id":"doi:10.1000/books.1","title":"On weighing books at night","authors":["A. Ash","B. Birch"],"published":"2025","abstract":"We weigh the books of a small library each night and find that the shelves near doors lose most, that the loss grows with rain, and that a rug of wool in the corridor halves it within one season."}
{"id":"arxiv:2411.20002","title":"Ink and frost","authors":["Cy Cedar"],"published":"2010-02-02"}
{"id":"doi:10.1000/ink","title":"Ink and Frost","authors":["C. Cedar"],"published":"2024"}
X
"$CARREL" -q import "$T/pairs.jsonl" >/dev/null 2>&1
screen duplicates duplicates
screen duplicates-narrow duplicates --size 60x20 --ascii
run "as data" 0 "$CARREL" dump library --keys 'gD' --json
has "both pairs" out '"view":"duplicates","cursor":0,"items":[{"id":"arxiv:2411.10001","other":"doi:10.1000/books.1","score":1'
run "one paper" 0 "$CARREL" dump duplicates --keys 'm' --json
has "one pair is left" out '"items":[{"id":"arxiv:2411.20002","other":"doi:10.1000/ink"'
has "it is told by title" out "'On weighing books at night' is part of 'Weighing books by night' now"
run "under the other's name" 0 "$CARREL" dump paper doi:10.1000/books.1 --json
has "it is found" out '"id":"arxiv:2411.10001"'
run "taken back" 0 "$CARREL" dump duplicates --keys 'u' --json
has "two pairs again" out '"items":[{"id":"arxiv:2411.10001"'
run "the other way round" 0 "$CARREL" dump duplicates --keys 'Mu' --json
has "and back" out '"items":[{"id":"arxiv:2411.10001","other":"doi:10.1000/books.1"'
run "two papers" 0 "$CARREL" dump duplicates --keys 'jx' --json
has "are told by title" out "' stay two papers"
lacks "are not asked about again" out '"other":"doi:10.1000/ink"'
run "by command line too" 0 "$CARREL" undo
has "it is taken back" err "being two papers"
run "asked again" 0 "$CARREL" duplicates
has "then" out "carrel merge arxiv:2411.20002 doi:10.1000/ink"
run "kept apart" 0 "$CARREL" split doi:10.1000/ink arxiv:2411.20002
has "by name" err "stay two papers"
run "no more of it" 0 "$CARREL" duplicates
lacks "no pair" out "doi:10.1000/ink"
run "one and the same" 2 "$CARREL" split arxiv:2411.10001 arxiv:2411.10001
run "one that is not here" 4 "$CARREL" split arxiv:2411.10001 arxiv:2411.99999
run "the other paper" 0 "$CARREL" dump duplicates --keys 'gl' --json
has "opens" out '"view":"paper","paper":{"id":"doi:10.1000/books.1"'
finish
