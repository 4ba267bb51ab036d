# redo beside another machine: it does again what was undone here, and nothing of what was decided there since.
. "$(dirname "$0")/lib.sh"
mkdir "$T/stick"
on() { library=$1; shift; "$CARREL" -L "$T/$library" -c "peer.s.url=$T/stick" "$@"; }
meet() { for library; do on "$library" sync --peer s >"$T/out" 2>&1 || bad "$library meets the others" "$(cat "$T/out")"; done; }
title() { on here show "$1" | head -1; }
cat >"$T/papers.jsonl" <<'X'
{"id":"arxiv:2401.00001","title":"Alpha","authors":["Ann Moe"]}
{"id":"doi:10.1000/b","title":"Beta","authors":["Bob Noe"]}
{"id":"doi:10.1000/c","title":"Gamma","authors":["Cid Poe"]}
X
for library in here there; do on $library import "$T/papers.jsonl" >/dev/null; done

on here merge arxiv:2401.00001 doi:10.1000/b >/dev/null 2>&1
on here split arxiv:2401.00001 >/dev/null 2>&1
on here undo >/dev/null 2>&1
meet here there
on there merge arxiv:2401.00001 doi:10.1000/c >/dev/null 2>&1
meet there here
same "another machine has merged" "Alpha Alpha" "$(title doi:10.1000/b) $(title doi:10.1000/c)"
run "a split is done again" 0 on here redo
has "as it is told" err "split of doi:10.1000/b from 'Alpha'"
same "of the paper that was meant" "Beta Alpha" "$(title doi:10.1000/b) $(title doi:10.1000/c)"

on here edit arxiv:2401.00001 title=Ours >/dev/null 2>&1
on here undo >/dev/null 2>&1
run "an edit is done again" 0 on here redo
same "where nothing came between" Ours "$(title arxiv:2401.00001)"
on here undo >/dev/null 2>&1
meet here there
on there edit arxiv:2401.00001 title=Theirs >/dev/null 2>&1
meet there here
run "what another machine said since stays" 1 on here redo
has "and is told" err "carrel: title of arxiv:2401.00001 was changed elsewhere since, and stays as it is"
same "as it is" Theirs "$(title arxiv:2401.00001)"

# Two papers, two fields each: papers are told, not fields.
for n in 1 2; do echo "@misc{old$n, title={PREPRINT NUMBER $n OF ITS TIME}, author={Roe, R}, year=2015, eprint={1706.0000$n}, archiveprefix={arXiv}}"; done >"$T/two.bib"
for library in here there; do on $library import "$T/two.bib" >/dev/null 2>&1; done
run "two are mended" 0 on here lint --fix author:roe
run "which the history tells" 0 on here undo --list --limit 1
has "as two" out "of its time' and 1 more"
on here undo --list --limit 1 --json >"$T/out"
has "with all that has changed" out '"changes":4'
meet here there
on there edit arxiv:1706.00001 title=Theirs date=2011 >/dev/null 2>&1
meet there here
run "of one both fields are another machine's by now" 0 on here undo
has "which is one paper" err "and of 1 more paper; but 1 of them changed elsewhere since, and stays"
same "that is as it was told there" "Theirs PREPRINT NUMBER 2 OF ITS TIME" "$(title arxiv:1706.00001) $(title arxiv:1706.00002)"
finish
