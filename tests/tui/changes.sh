# What changed in a paper: the sign in lists, the line on Today, the versions on its page, the view
# of the differences and the way from one to the next.
. "$(dirname "$0")/lib.sh"
entry() { # VERSION TITLE ABSTRACT
    cat <<X
<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>answer</title><id>x</id>
<entry><id>http://arxiv.org/abs/2402.00009v$1</id><updated>2024-02-0${1}T00:00:00Z</updated><published>2024-02-01T00:00:00Z</published>
<title>$2</title><summary>$3</summary><author><name>Bo Birch</name></author>
<category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/></entry></feed>
X
}
FIRST='We show that lanterns give some light in gardens. They burn for one long night, as everybody has always known, and nobody has asked why. Their oil is dear.'
LATER='We show that brass lanterns give much light in gardens. They burn for one long night, as everybody has always known, and nobody has asked why. Their oil is cheap now, and lasts.'
entry 1 'Lanterns and gardens' "$FIRST" >"$T/v1"
entry 2 'Lanterns, gardens and light' "$LATER" >"$T/v2"
at() { CARREL_CLOCK=$1 "$CARREL" -q import "$2" 2>/dev/null >&2; }
at 2026-02-25T12:00:00Z "$T/v1"
CARREL_CLOCK=2026-02-26T12:00:00Z "$CARREL" -q mark read arxiv:2402.00009
screen changes-none changes arxiv:2402.00009
at 2026-02-27T12:00:00Z "$T/v2"
screen changes changes arxiv:2402.00009
screen changes-narrow changes arxiv:2402.00009 --size 40x12 --keys 'nnn'
screen changes-linear changes arxiv:2402.00009 --linear --size 80x20 --keys 'n'
screen changes-today today
screen changes-library library --keys '/is:changed<CR>'
screen changes-list-linear search is:changed --linear
screen changes-paper paper arxiv:2402.00009
run "D in a list opens it" 0 "$CARREL" dump search is:changed --keys 'D' --json
has "of the paper under the cursor" out '"view":"changes","id":"arxiv:2402.00009"'
run "so does the command" 0 "$CARREL" dump library --keys ':changes arxiv:2402.00009<CR>' --json
has "of the paper that it names" out '"view":"changes","id":"arxiv:2402.00009"'
run "n goes from change to change" 0 "$CARREL" dump changes arxiv:2402.00009 --keys 'nn'
has "and counts" out "change 2 of 5"
run "N goes back" 0 "$CARREL" dump changes arxiv:2402.00009 --keys 'N'
has "from the first to the last" out "change 5 of 5"
run "what is looked for comes first" 0 "$CARREL" dump changes arxiv:2402.00009 --keys '/brass<CR>n'
has "then n is the search's" out "5 changes"
run "with colours" 0 "$CARREL" dump changes arxiv:2402.00009 --ansi
has "red for what went" out "$(printf '38;5;203m[-some-]')"
has "green for what came" out "$(printf '38;5;114m{+much+}')"
run "a difference over two lines" 0 "$CARREL" dump changes arxiv:2402.00009 --ansi --size 30x20
has "keeps its colour" out "$(printf '38;5;114m')"
run "r says that it was seen" 0 "$CARREL" dump changes arxiv:2402.00009 --keys 'r'
run "which is then so" 0 "$CARREL" search --ids is:changed
same "nothing has changed" "" "$(cat "$T/out")"
run "u takes it back" 0 "$CARREL" dump library --keys 'u'
run "and it has" 0 "$CARREL" search --ids is:changed
same "changed" arxiv:2402.00009 "$(cat "$T/out")"
run "no such paper" 4 "$CARREL" dump changes arxiv:2412.99999

# The Reader notes which version was read; a mark that comes later is of that one.
doc() { printf '# Lanterns and gardens\n\narXiv:2402.00009v%s [cs.CL] 1 Feb 2024\n\n## Light\n\nWe take %s.\n' "$1" "$2"; }
doc 1 'clay and oil' >"$T/one.md"
"$CARREL" -q process "$T/one.md" >/dev/null 2>&1
"$CARREL" -q mark unread arxiv:2402.00009
"$CARREL" dump reader arxiv:2402.00009 --keys 'G' >/dev/null 2>&1
"$CARREL" -q mark read arxiv:2402.00009
run "v1 was read in the Reader, and then marked" 0 "$CARREL" changes arxiv:2402.00009
has "so that is what was read" out "v1 of 2024-02-01 (read) to v2 of 2024-02-02"
"$CARREL" -q mark read arxiv:2402.00009
run "marked once more it is the newest" 0 "$CARREL" changes arxiv:2402.00009
has "and nothing has changed" out "which was read, is the newest"
finish
