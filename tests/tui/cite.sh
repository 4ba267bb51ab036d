# Citing at the desk: the forms of a paper, copied, and added to a .bib file; of marked rows, too.
. "$(dirname "$0")/lib.sh"
cat >"$T/refs.bib" <<'X'
@inproceedings{vaswani2017, title={Attention Is All You Need}, author={Vaswani, Ashish and Shazeer, Noam}, booktitle={Advances in NIPS}, year=2017, pages={1--11}, eprint={1706.03762}, archiveprefix={arXiv}}
@article{bahdanau, title={Neural machine translation}, author={Bahdanau, D.}, journal={J. of Words}, year=2014, doi={10.1000/bah}}
X
"$CARREL" -L "$T/cited" -q import "$T/refs.bib" >/dev/null 2>&1
export CARREL_LIBRARY="$T/cited"
screen cite library --keys 'Yjjjj'
screen cite-marked library --keys '<Space>j<Space>Yj' --size 60x20 --ascii
screen cite-small library --keys 'YGJ' --size 60x20
run "what is longer than there is room for" 0 "$CARREL" dump library --keys 'YG' --size 60x20
has "says so" out "lines 1 to 5 of "
run "it scrolls" 0 "$CARREL" dump library --keys 'YGJJJJJJJJJJ' --size 60x20
match=$(sed -n 's/.* to \([0-9]*\) of \([0-9]*\); J K scroll.*/\1 \2/p' "$T/out")
same "to its end" "${match#* }" "${match% *}"
run "and back" 0 "$CARREL" dump library --keys 'YGJK' --size 60x20
has "to its beginning" out "lines 1 to 5 of "
run "another form" 0 "$CARREL" dump library --keys 'YGJk' --size 60x20
has "begins at its own" out "lines 1 to 5 of "
run "a reference" 0 "$CARREL" dump library --keys 'Yjjjj' --size 60x20
lacks "is there whole" out "lines 1 to"
run "on the smallest screen" 0 "$CARREL" dump library --keys 'YGJ' --size 20x5
run "Enter copies" 0 "$CARREL" dump library --keys 'Y<CR>'
has "what it is" out "copied vaswani2017"
run "a key" 0 "$CARREL" dump library --keys 'gy'
has "by itself" out "copied vaswani2017"
run "a form by its name" 0 "$CARREL" dump library --keys ':cite mla<CR>'
has "is copied" out "copied Vaswani, Ashish"
run "into a file" 0 "$CARREL" dump library --keys "<Space>j<Space>:cite $T/doc.bib<CR>" --size 160x24
has "of all that are marked" out "2 added, 0 there already"
has "which is told to be new, with the keys" out "doc.bib, a new file: 2 added, 0 there already: "
has "which one needs next" out "vaswani2017"
run "once more" 0 "$CARREL" dump library --keys ":cite $T/doc.bib<CR>" --size 160x24
has "nothing is added" out "doc.bib: 0 added, 1 there already: "
run "a style by its option" 0 "$CARREL" dump library --keys ':cite --style apa<CR>'
has "is copied" out "copied Vaswani, A."
run "a file of another kind" 0 "$CARREL" dump library --keys ':cite thesis.txt<CR>' --size 160x24
has "is told with what it is called" out "no form 'thesis.txt'"
has "by its name" out "(thesis.bib?)"
same "each is there once" 2 "$(grep -c '^@' "$T/doc.bib")"
run "a form that is none" 0 "$CARREL" dump library --keys ':cite word<CR>'
has "is told" out "no form 'word': there are key,"
has "and what a file is called" out "word.bib?"
run "the command line's way of saying it" 0 "$CARREL" dump library --keys ':cite --as mla<CR>'
has "is copied, too" out "copied Vaswani, Ashish"
# One thing is named, or nothing is done.
cites() { "$CARREL" dump library --keys ":cite $1<CR>" --size 140x24 >"$T/out" 2>"$T/err" && tail -n 1 "$T/out" | sed 's/ *$//'; }
mkdir "$T/at" && here=$PWD && cd "$T/at" || exit 1
case $CARREL in /*) ;; *) CARREL=$here/$CARREL ;; esac
same "a name with blanks" 'cite takes one form, or one .bib file; a name with blanks in quotes: "Chapter Two.bib"' "$(cites 'Chapter Two.bib')"
same "a form and a file" 'cite takes one form, or one .bib file; a name with blanks in quotes: "apa Notes.bib"' "$(cites 'apa Notes.bib')"
same "two forms" "cite takes one form, or one .bib file, not 'foo apa'" "$(cites 'foo apa')"
same "an option without its value" "--as of what? cite takes one form, or one .bib file" "$(cites --as)"
same "an option's and another" "cite takes one form, or one .bib file, not 'mla apa'" "$(cites '--as=mla --style apa')"
same "none of them writes a file" "" "$(ls)"
cites '"Chapter Two.bib"' >/dev/null
has "double quotes hold a name together" out "Chapter Two.bib, a new file: 1 added"
cites "'Chapter Two.bib'" >/dev/null
has "and single ones" out "Chapter Two.bib: 0 added, 1 there already"
cites "Chapter's.bib" >/dev/null
has "an apostrophe is one" out "Chapter's.bib, a new file: 1 added"
cites "'Chapter.bib" >/dev/null
has "at the beginning, too" out "'Chapter.bib, a new file: 1 added"
same "those are the files" "'Chapter.bib,Chapter Two.bib,Chapter's.bib," "$(LC_ALL=C ls | tr '\n' ,)"
cites '--to=refs.bib' >/dev/null
has "an option with its value" out "refs.bib, a new file: 1 added"
cd "$here" || exit 1
run "an entry of the paper at the cursor" 0 "$CARREL" dump library --keys ':show --bibtex<CR>'
has "is shown" out "@inproceedings{vaswani2017"
run "as data" 0 "$CARREL" dump cite arxiv:1706.03762 --json
has "all forms" out '{"form":"tex","text":"\\cite{vaswani2017}"}'
run "no paper" 4 "$CARREL" dump cite arxiv:9999.99999
run "lint at the desk" 0 "$CARREL" dump library --keys ':lint<CR>'
has "is there" out "papers looked at"
finish
