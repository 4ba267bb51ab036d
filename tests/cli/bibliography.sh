# Bibliographies: BibTeX, RIS and CSL-JSON in and out; what came in goes out as it was; keys that depend on nothing else.
. "$(dirname "$0")/lib.sh"
cat >"$T/refs.bib" <<'X'
% Encoding: UTF-8
@string{jn = "Journal of {Things}"}
@article{Smith01, author = "Smith, J{\"o}rg and van Dyke, Ann", title = {On the {DNA} of C\'eline}, journal = jn,
  year = 2001, month = may, pages = {1--9}, my-field = {kept {as} it is}, doi = {10.1000/xyz_1}}
@inproceedings{child, title = {A child}, author = {Doe, Jane}, crossref = {par}}
@proceedings{par, title = {Proceedings of X}, year = 1999}
@misc{none, author = {Nobody}, keywords = {deep nets; reading}}
@misc{empty}
@misc{broken, title = {Never ends
X
run "BibTeX, with faults" 3 "$CARREL" import "$T/refs.bib"
has "what is good is kept" out "6 seen: 5 added, 0 updated, 0 unchanged, 1 rejected"
has "what has a fault is told once" err "refs.bib:9: broken: no closing bracket or quote of title; it was read as far as it goes"
has "the rest is told by line" err "refs.bib:8: nothing in the entry empty"
run "without a title" 0 "$CARREL" search --json untitled
has "it is called by its key" out "Untitled (none)"
run "and written without one" 0 "$CARREL" export --format bibtex --query 'title:untitled'
lacks "as it came" out "title ="
run "keywords are subjects" 0 "$CARREL" search --ids 'cat:"deep nets"'
same "of the paper" 1 "$(wc -l <"$T/out")"
run "its entry" 0 "$CARREL" show doi:10.1000/xyz_1 --bibtex
same "as it was" '@article{Smith01,
  author = {Smith, J{\"o}rg and van Dyke, Ann},
  title = {On the {DNA} of C\'"'"'eline},
  journal = {Journal of {Things}},
  pages = {1--9},
  year = {2001},
  month = may,
  my-field = {kept {as} it is},
  doi = {10.1000/xyz_1},
}' "$(cat "$T/out")"
run "inherited" 0 "$CARREL" export --format biblatex --query 'title:child'
has "from its proceedings" out "booktitle = {Proceedings of X}"
run "edited" 0 "$CARREL" edit doi:10.1000/xyz_1 "title=On RNA"
run "an entry says what the work says" 0 "$CARREL" show doi:10.1000/xyz_1 --bibtex
has "its new title" out "title = {On {RNA}}"
has "and what it had" out "my-field = {kept {as} it is}"
run "with accents of TeX" 0 "$CARREL" export --format bibtex --tex-accents --query 'title:child'
lacks "no letter beyond ASCII" out "é"

# What a hand has said stands in the field in which the entry says it, in every format; nothing else of the entry changes.
cat >"$T/said.bib" <<'X'
@article{foo2001bar, author = {Foo, Ann}, title = {On bars}, journal = {Old Journal}, year = 2001, doi = {10.1000/bar_12}, url = {https://doi.org/10.1000/bar_12}, x = {y}}
@phdthesis{ph, author = {Roe, Al}, title = {A thesis}, school = {Old School}, year = 2002}
@inproceedings{ip, author = {Poe, Al}, title = {A talk}, booktitle = {Old Proc}, booksubtitle = {Of Old}, publisher = {Pub}, year = 2002}
@book{bk, author = {Moe, Al}, title = {A book}, publisher = {Old Press}, year = 2002}
@misc{mi, author = {Zoe, Al}, title = {A misc}, year = 2002}
@article{ax, author = {Eoe, Al}, title = {An eprint}, journal = {J}, year = 2019, eprint = {1810.04805}, archiveprefix = {arXiv}}
@proceedings{pr, title = {Proc of Y}, editor = {Edd, Al}, publisher = {ACM}, year = 2003}
X
printf 'TY  - JOUR\nID  - rj\nTI  - Of RIS\nAU  - Roe, B\nJF  - Old J\nJO  - Old J\nPY  - 2001\nER  - \n' >"$T/said.ris"
said() { "$CARREL" -q -L "$T/said" "$@"; }
run "entries" 0 said import "$T/said.bib" "$T/said.ris"
said export --format bibtex >"$T/first"
for edit in 'foo2001bar venue=New Journal' 'foo2001bar doi=10.1000/bar_1' 'ph venue=New School' 'ip venue=New Proc' 'bk venue=New Press' \
    'mi venue=On a wall' 'ax date=2018-10' 'ax venue=J' 'pr authors=Al Eddy' 'rj venue=New J'; do
    said edit "${edit%% *}" "${edit#* }" >/dev/null
done
run "edited by hand" 0 said export --format bibtex
same "is written so, and so alone" "+  booktitle = {New Proc},
+  doi = {10.1000/bar_1},
+  editor = {Eddy, Al},
+  howpublished = {On a wall},
+  journal = {New Journal},
+  journal = {New J},
+  month = oct,
+  publisher = {New Press},
+  school = {New School},
+  url = {https://doi.org/10.1000/bar_1},
+  year = {2018},
-  booksubtitle = {Of Old},
-  booktitle = {Old Proc},
-  doi = {10.1000/bar_12},
-  editor = {Edd, Al},
-  journal = {Old Journal},
-  journal = {Old J},
-  publisher = {Old Press},
-  school = {Old School},
-  url = {https://doi.org/10.1000/bar_12},
-  year = {2019}," "$(diff -U 0 "$T/first" "$T/out" | grep '^[-+] ' | LC_ALL=C sort)"
for form in biblatex ris csl; do
    run "as $form" 0 said export --format $form
    lacks "no old name" out "Old "
    has "but the new ones" out "New Journal"
    has "of a school, too" out "New School"
done
run "cited" 0 said cite --style apa foo2001bar ph
has "it is by the new name" out "On bars. New Journal. https://doi.org/10.1000/bar_1"
has "the thesis, too" out "New School"
said cite --to "$T/said-to.bib" ip >/dev/null
same "and added to a file" 1 "$(grep -c 'booktitle = {New Proc}' "$T/said-to.bib")"
said edit foo2001bar doi=10.1000/zzz >/dev/null
run "a DOI that sorts behind the entry's" 0 said show foo2001bar --bibtex
has "is the hand's, too" out "doi = {10.1000/zzz}"
for edit in 'foo2001bar venue=' 'foo2001bar doi=' 'ph venue=' 'ip venue=' 'bk venue=' 'mi venue=' 'ax date=' 'ax venue=' 'pr authors=' 'rj venue='; do
    said edit "${edit%% *}" "${edit#* }" >/dev/null
done
run "taken back" 0 said export --format bibtex
same "they are as they came" "$(cat "$T/first")" "$(cat "$T/out")"

# The starter library's summaries are nobody's abstracts.
summary='BERT predicts masked words from both sides'
printf '@inproceedings{devlin2019bert, title = {BERT: Pre-training}, author = {Devlin, Jacob}, booktitle = {NAACL}, year = 2019, eprint = {1810.04805}, archiveprefix = {arXiv}}\n' >"$T/bert.bib"
starter() { "$CARREL" -q -L "$T/starter" "$@"; }
run "an entry and a summary of ours" 0 starter import "$T/bert.bib" data/starter.jsonl
run "shown" 0 starter show devlin2019bert
has "it is" out "$summary"
run "as data" 0 starter export --format jsonl --query title:BERT
has "too" out "$summary"
for form in bibtex biblatex ris csl; do
    run "as $form" 0 starter export --format $form
    lacks "it is not" out "$summary"
    same "nor is another" 0 "$(grep -cE '^ *abstract = |^AB  - |"abstract":' "$T/out")"
done
starter cite --to "$T/thesis.bib" devlin2019bert >/dev/null
same "nor in a document's file" 0 "$(grep -c abstract "$T/thesis.bib")"
sed 's/year =/abstract = {Their own words.}, year =/' "$T/bert.bib" >"$T/bert-own.bib"
run "an entry's own" 0 starter import "$T/bert-own.bib"
run "stands" 0 starter show devlin2019bert --bibtex
has "as it was written" out "abstract = {Their own words.}"

# From one format into the others, and back; packed, and from standard input.
for form in bibtex biblatex ris csl; do
    run "export as $form" 0 "$CARREL" export --format $form -o "$T/a.$form"
    gzip -c "$T/a.$form" >"$T/a.gz"
    run "import of it, by its looks" 0 "$CARREL" -L "$T/$form" import "$T/a.gz"
    has "all of it" out "5 added"
    run "and out again" 0 "$CARREL" -L "$T/$form" export --format $form -o "$T/b.$form"
    cmp -s "$T/a.$form" "$T/b.$form" && good "$form: the same bytes" || bad "$form: the same bytes" "$(diff "$T/a.$form" "$T/b.$form" | head -20)"
done
run "standard input" 0 sh -c "'$CARREL' -L '$T/in' import --format csl - <'$T/a.csl'"
run "CSL is JSON" 0 sh -c "python3 -m json.tool '$T/a.csl' >/dev/null"

# What somebody keeps by hand stays; what export wrote is written anew.
printf '@misc{mine, title = {Kept by hand}}\n' >"$T/hand.bib"
cp "$T/hand.bib" "$T/before.bib"
mkfifo "$T/pipe.bib"
cat "$T/pipe.bib" >"$T/through" &
reader=$!
run "into a pipe" 0 "$CARREL" export --format bibtex -o "$T/pipe.bib"
wait $reader
same "which stays one" yes "$([ -p "$T/pipe.bib" ] && echo yes)"
same "and carries it" "$("$CARREL" export --format bibtex -o - 2>/dev/null | grep -c '^@')" "$(grep -c '^@' "$T/through")"
run "over a .bib of one's own" 1 "$CARREL" export --format bibtex -o "$T/hand.bib"
has "it is refused" err "cite --to $T/hand.bib adds to it, export --force replaces it"
run "in another format, too" 1 "$CARREL" export --format jsonl -o "$T/hand.bib"
run "it is there still" 0 cmp "$T/before.bib" "$T/hand.bib"
run "with --force" 0 "$CARREL" export --format bibtex --force -o "$T/hand.bib"
run "from then on it is export's" 0 "$CARREL" export --format bibtex --query title:child -o "$T/hand.bib"
cp "$T/hand.bib" "$T/before.bib"
run "a field that there is none of" 2 "$CARREL" export --format bibtex --query frobnicate:star -o "$T/hand.bib"
has "is told" err "frobnicate: is no field; fields are title:"
run "a query that finds nothing" 4 "$CARREL" export --format bibtex --query tag:nosuchtag -o "$T/hand.bib"
has "is told, too" err "nothing found by tag:nosuchtag, so $T/hand.bib was not written"
run "and all is there still" 0 cmp "$T/before.bib" "$T/hand.bib"
# The ending says the format, where nothing else does.
for kind in bib:@ BIB:@ ris:TY atom:'<?xml' jsonl:'{"id"' json:'{"id"'; do
    run "to a file .${kind%%:*}" 0 "$CARREL" export -o "$T/ending.${kind%%:*}"
    same "which holds it" 1 "$(grep -v '^%' "$T/ending.${kind%%:*}" | grep . | head -1 | grep -cF -- "${kind#*:}")"
done
for into in foo.xyz foo.bib.gz a.b/foo.txt; do
    run "an ending of no format: $into" 2 "$CARREL" export -o "$T/$into"
    has "is refused" err "$into: the endings .bib, .ris, .jsonl, .atom and .opml say what is written (.json and .xml: JSON Lines); for another --format says it"
    [ -e "$T/$into" ] && bad "nothing is written to $into" || good "nothing is written to $into"
done
mkdir -p "$T/a.b"
for into in a.b/plain .hidden; do
    run "no ending: $into" 0 "$CARREL" export -o "$T/$into"
    same "is JSON Lines" 1 "$(head -1 "$T/$into" | grep -c '^{"id"')"
done
run "--format allows any" 0 "$CARREL" export --format bibtex -o "$T/foo.xyz"
run "--format goes before it" 0 "$CARREL" export --format ris -o "$T/ending.jsonl"
same "it is RIS" 1 "$(head -1 "$T/ending.jsonl" | grep -c '^TY')"
run "a reader that has seen enough" 0 sh -c "{ '$CARREL' export --format bibtex; echo \$? >'$T/status'; } | true"
same "ends it without a word" "0" "$(cat "$T/status" "$T/err")"
run "a feed may be empty" 0 "$CARREL" export --format atom --query tag:nosuchtag -o "$T/none.atom"

# The year in which it was printed is the entry's, whatever that of the preprint.
printf '{"id":"arxiv:1512.03385","title":"Deep Residual Learning for Image Recognition","authors":["Kaiming He"],"published":"2015-12-10"}\n' >"$T/arxiv.jsonl"
printf '@article{he2016resnet, title = {Deep Residual Learning for Image Recognition}, author = {He, Kaiming}, journal = {CVPR}, year = 2016, note = {arXiv:1512.03385}}\n' >"$T/he.bib"
run "a preprint" 0 "$CARREL" -L "$T/printed" import "$T/arxiv.jsonl"
run "and its entry" 0 "$CARREL" -L "$T/printed" import "$T/he.bib"
run "out again" 0 "$CARREL" -L "$T/printed" export --format bibtex
has "it is of its own year" out "year = {2016}"
lacks "without the preprint's month" out "month"

# By pandoc's conventions, and by ours.
printf '@book{k, title={The {TeX}book: A Study of Type}, maintitle={Computers}, volume=1, part=2, author={von Knuth, D.}, location={Here and There}}' >"$T/p.bib"
run "a volume" 0 "$CARREL" -L "$T/pandoc" import "$T/p.bib"
run "in CSL" 0 "$CARREL" -L "$T/pandoc" export --format csl
has "has its own title" out '"title":"The <span class=\"nocase\">TeX</span>book: A Study of Type"'
has "a particle that sorts" out '"non-dropping-particle":"von"'
has "places" out '"publisher-place":"Here; There"'
has "a part of a volume" out '"volume":"1.2"'
run "as pandoc reads it" 0 "$CARREL" -L "$T/pandoc" -c cite.as-pandoc=true export --format csl
has "it has the work's" out '"title":"Computers"'
has "as a sentence" out '"volume-title":"The TeXbook: A study of type"'
has "a particle that does not" out '"dropping-particle":"von"'

# Three papers with one key: told by the library, not by what is exported.
for n in 1 2 3; do
    printf '{"title":"Deep nets, part %s","authors":["Ann Lee"],"published":"2020-0%s","doi":"10.1000/%s"}\n' $n $n $n
done >"$T/same.jsonl"
run "papers of one key" 0 "$CARREL" -L "$T/keys" import "$T/same.jsonl"
run "all of them" 0 "$CARREL" -L "$T/keys" export --format bibtex
same "by the order in which they came" "@misc{lee2020deepb,
@misc{lee2020deepa,
@misc{lee2020deep," "$(grep @ "$T/out")"
run "one of them" 0 "$CARREL" -L "$T/keys" show doi:10.1000/2 --bibtex
has "has the same key" out "@misc{lee2020deepa,"
run "a key that is brought" 0 sh -c "printf '@misc{lee2020deepa, title={Other}, doi={10.1000/9}}' | '$CARREL' -L '$T/keys' import -"
run "stays its own" 0 "$CARREL" -L "$T/keys" show doi:10.1000/9 --csl
has "as it came" out '"id":"lee2020deepa"'
run "the others" 0 "$CARREL" -L "$T/keys" show doi:10.1000/2 --bibtex
has "go around it" out "@misc{lee2020deepb,"
run "keys for a text" 0 "$CARREL" -L "$T/keys" cite --as tex doi:10.1000/1 doi:10.1000/2
same "are those of the file" '\cite{lee2020deep,lee2020deepb}' "$(cat "$T/out")"
run "a reference" 0 "$CARREL" -L "$T/keys" cite --style apa doi:10.1000/1
same "in words" 'Lee, A. (2020). Deep nets, part 1. https://doi.org/10.1000/1' "$(cat "$T/out")"
mkdir "$T/bin"
style=$PWD/tests/fixtures/small.csl
run "a style that is none" 2 env PATH="$T/bin" "$CARREL" -L "$T/keys" cite --style nature.csl doi:10.1000/1
has "is told with those that are" err "apa, ieee, chicago, mla, acm; for others install pandoc and name a .csl file (there is no file nature.csl)"
run "a style without pandoc" 2 env PATH="$T/bin" "$CARREL" -L "$T/keys" cite --style "$style" doi:10.1000/1
has "is told, too" err "for others install pandoc"
cat >"$T/bin/pandoc" <<'X'
#!/bin/sh
[ "$*" = "--from=csljson --to=plain --citeproc --wrap=none --csl=$STYLE" ] || exit 9
grep -o '"title":"[^"]*"' | sed 's/$/\n/'
X
chmod +x "$T/bin/pandoc"
run "one of CSL" 0 env STYLE="$style" PATH="$T/bin:$PATH" "$CARREL" -L "$T/keys" cite --style "$style" doi:10.1000/1 doi:10.1000/2
same "is written by pandoc, one a line" '"title":"Deep nets, part 1"
"title":"Deep nets, part 2"' "$(cat "$T/out")"
run "an address of a style" 2 env PATH="$T/bin:$PATH" "$CARREL" -L "$T/keys" cite --style https://x.example/a.csl doi:10.1000/1
# Styles that name others, and those that are none: told without pandoc, which would ask the network.
cite_style() { env PATH="$T/bin" "$CARREL" -L "$T/keys" cite --style "$1" doi:10.1000/1; }
sed '/<bibliography/,/<\/bibliography>/d' "$style" >"$T/notes.csl"
run "a style without references" 2 cite_style "$T/notes.csl"
has "is no style for them" err "has no references, only notes in a text"
dependent() { printf '<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0" default-locale="de-DE"><info><link href="http://127.0.0.1:9/styles/%s" rel="independent-parent"/></info></style>' "$1"; }
dependent parent >"$T/dependent.csl"
run "another name of a style" 2 cite_style "$T/dependent.csl"
has "is told with what it means" err "it is another name of http://127.0.0.1:9/styles/parent: put parent.csl beside it"
dependent small >"$T/parent.csl"
run "of another name" 2 cite_style "$T/dependent.csl"
has "is none, either" err "parent.csl is another name of http://127.0.0.1:9/styles/small, too"
for link in 'x:rel="independent-parent" x:href="http://127.0.0.1:9/hidden"' \
    'rel="self" x:rel="independent-parent" href="http://127.0.0.1:9/hidden"'; do
    sed "s|<info>|&<link xmlns:x=\"http://x.example\" $link/>|" "$style" >"$T/hidden.csl"
    run "one with a prefix" 2 cite_style "$T/hidden.csl"
    has "is seen as pandoc sees it" err "hidden.csl is another name of http://127.0.0.1:9/hidden, too"
done
echo '<style' >"$T/broken.csl"
run "half a style" 1 cite_style "$T/broken.csl"
has "is told by its line" err "broken.csl: line 1: no XML"
echo '<locale/>' >"$T/broken.csl"
run "XML of another kind" 1 cite_style "$T/broken.csl"
has "is no style" err "line 1: no style of CSL"

# With the real one.
if command -v pandoc >/dev/null; then
    by_pandoc() { "$CARREL" -L "$T/keys" cite --style "$@"; }
    run "a style of CSL" 0 by_pandoc "$style" doi:10.1000/2 doi:10.1000/1
    same "in the order of asking" '[1] Lee, A. Deep nets, part 2 (2020).
[2] Lee, A. Deep nets, part 1 (2020).' "$(cat "$T/out")"
    cp "$style" "$T/parent.csl"
    run "by another name" 0 by_pandoc "$T/dependent.csl" doi:10.1000/1
    same "is what it means" '[1] Lee, A. Deep nets, part 1 (2020).' "$(cat "$T/out")"
    mkdir -p "$XDG_DATA_HOME/pandoc/csl"
    sed 's/<text variable="title"/& display="block"/' "$style" >"$XDG_DATA_HOME/pandoc/csl/stäck.csl"
    run "one of pandoc's folder, whatever the locale" 0 env LC_ALL=C "$CARREL" -L "$T/keys" cite --style stäck doi:10.1000/1 doi:10.1000/2
    same "a line each, also of blocks" '[1] Lee, A. Deep nets, part 1 (2020).
[2] Lee, A. Deep nets, part 2 (2020).' "$(cat "$T/out")"
    pandoc --print-default-data-file=default.csl >"$T/chicago.csl"
    run "Chicago as pandoc has it" 0 by_pandoc "$T/chicago.csl" doi:10.1000/1
    same "in its words" 'Lee, Ann. 2020. “Deep Nets, Part 1.” https://doi.org/10.1000/1.' "$(cat "$T/out")"
    sed 's/variable="title"/macro="nosuch"/' "$style" >"$T/broken.csl"
    "$CARREL" -L "$T/keys" cite --style "$T/broken.csl" doi:10.1000/1 >"$T/out" 2>"$T/err"
    has "what pandoc does not like is told" err "pandoc ended with 4: CiteprocParseError"
    sed 's/variable="title"/& prefix="\&#x9b;31m"/' "$style" >"$T/colours.csl"
    run "a style that would colour" 0 by_pandoc "$T/colours.csl" doi:10.1000/1
    same "is text alone" '[1] Lee, A. 31mDeep nets, part 1 (2020).' "$(cat "$T/out")"
else
    echo "ok - # SKIP there is no pandoc"
fi
run "a form that is none" 2 "$CARREL" -L "$T/keys" cite --as word doi:10.1000/1

# The .bib file of a document.
printf '@string{x = "y"}\n%% mine\n@article{Lee2020Deep, title = {Another {Paper}}, doi = {10.1000/other}}\n@misc{mine, title={{Deep} nets,\n  part 3}}' >"$T/doc.bib"
cp "$T/doc.bib" "$T/before.bib"
run "into a .bib file" 0 "$CARREL" -L "$T/keys" cite --to "$T/doc.bib" doi:10.1000/1 doi:10.1000/2 doi:10.1000/3 doi:10.1000/1
same "keys as the file has them" "lee2020deepa
lee2020deepb
mine
lee2020deepa" "$(cat "$T/out")"
has "what was there is told" err "2 added, 2 there already"
same "what it held stands" "$(cat "$T/before.bib")" "$(head -c "$(stat -c %s "$T/before.bib")" "$T/doc.bib")"
cp "$T/doc.bib" "$T/before.bib"
run "once more" 0 "$CARREL" -L "$T/keys" cite "$T/doc.bib" doi:10.1000/1 doi:10.1000/2 doi:10.1000/3
same "adds nothing" "$(cksum <"$T/before.bib")" "$(cksum <"$T/doc.bib")"
run "the file is one that can be read" 0 "$CARREL" -L "$T/doc" import "$T/doc.bib"
has "whole" out "4 added"
# An editor that replaces the file between its opening and its reading: nothing of it is lost, and the entry is there.
printf '@misc{first, title={First}}\n' >"$T/edited.bib"
mkfifo "$T/go" "$T/held"
flock "$T/edited.bib" sh -c 'echo >"$1"; read -r x <"$2"' - "$T/held" "$T/go" &
holder=$!
read -r _ <"$T/held"
"$CARREL" -L "$T/keys" cite --to "$T/edited.bib" doi:10.1000/1 >"$T/out" 2>"$T/err" &
citing=$!
n=0
while ! grep -q "^$citing .*edited.bib" "$T/waits" 2>/dev/null && [ $n -lt 100 ]; do
    n=$((n + 1))
    ls -l "/proc/$citing/fd" 2>/dev/null | sed "s/^/$citing /" >"$T/waits"
    sleep 0.05
done
printf '@misc{first, title={First}}\n@misc{second, title={Of the editor}}\n' >"$T/edited.new"
mv "$T/edited.new" "$T/edited.bib"
echo >"$T/go"
wait $citing && good "an editor's new file" || bad "an editor's new file" "$(cat "$T/err")"
wait $holder
same "has the editor's entries and what was cited" "@misc{first,
@misc{lee2020deep,
@misc{second," "$(grep -o '^@[^,]*,' "$T/edited.bib" | sort)"
# Editors that write as often as they can.
(n=0; while [ $n -lt 150 ]; do n=$((n + 1)); printf '@misc{editor%s, title={Number %s}}\n' $n $n >>"$T/busy.own"; cp "$T/busy.own" "$T/busy.new"; mv "$T/busy.new" "$T/busy.bib"; done) &
editor=$!
lost=0 n=0
while [ $n -lt 15 ]; do
    n=$((n + 1))
    "$CARREL" -q -L "$T/keys" cite --to "$T/busy.bib" doi:10.1000/2 >/dev/null 2>"$T/err" || grep -q "is being written by another program" "$T/err" || lost=$((lost + 1))
done
wait $editor
same "of many replacements none fails otherwise" 0 $lost
run "at the end" 0 "$CARREL" -L "$T/keys" cite --to "$T/busy.bib" doi:10.1000/2
same "all of the editor's are there" 150 "$(grep -c '^@misc{editor' "$T/busy.bib")"
same "and one of ours" 1 "$(grep -c 'lee2020' "$T/busy.bib")"
run "a new one, by biblatex" 0 "$CARREL" -L "$T/keys" cite --to "$T/new.bib" --biblatex doi:10.1000/1
same "begins with its entry" "@misc{lee2020deep," "$(head -1 "$T/new.bib")"
(for n in 1 2 3 4 5 6; do "$CARREL" -L "$T/keys" cite "$T/many.bib" doi:10.1000/1 doi:10.1000/2 doi:10.1000/3 >/dev/null 2>&1 & done; wait)
same "six at the same time add three" 3 "$(grep -c '^@' "$T/many.bib")"
# To what export writes anew nothing is added that the next one would take out again.
run "an export" 0 "$CARREL" -L "$T/keys" export -o "$T/anew.bib" doi:10.1000/2
cp "$T/anew.bib" "$T/before.bib"
run "into it" 1 "$CARREL" -L "$T/keys" cite --to "$T/anew.bib" doi:10.1000/1 doi:10.1000/2
has "is refused" err "$T/anew.bib is written anew by each carrel export, which would lose what is added"
has "with what to do" err "delete its first line to keep it by hand"
same "and it is as it was" "$(cat "$T/before.bib")" "$(cat "$T/anew.bib")"
run "what it has" 0 "$CARREL" -L "$T/keys" cite --to "$T/anew.bib" doi:10.1000/2
same "is cited from it" "$(sed -n 's/^@.*{\(.*\),/\1/p' "$T/anew.bib")" "$(cat "$T/out")"
sed -i 1d "$T/anew.bib"
run "without its first line" 0 "$CARREL" -L "$T/keys" cite --to "$T/anew.bib" doi:10.1000/1
run "it is kept by hand" 1 "$CARREL" -L "$T/keys" export -o "$T/anew.bib" doi:10.1000/2
same "with both" 2 "$(grep -c '^@' "$T/anew.bib")"
# An entry that is open would swallow what is added behind it.
for open in '@article{x, title={' '@article{x, title={A' '@book(x, title={A}, year=2001' '@misc{x, title="A"' '@string{x = "y'; do
    printf '@misc{good, title={Good}}\n\n%s\n' "$open" >"$T/ends-open.bib"
    cp "$T/ends-open.bib" "$T/before.bib"
    run "behind $open" 1 "$CARREL" -L "$T/keys" cite --to "$T/ends-open.bib" doi:10.1000/1
    has "nothing is added, and the line is named" err "ends-open.bib:3: ${open%%,*} has no closing bracket, so nothing was added behind it"
    same "and it is as it was" "$(cat "$T/before.bib")" "$(cat "$T/ends-open.bib")"
done
printf '@misc{x, title={A\n@misc{good,\n title={Good}}\n' >"$T/within.bib"
run "behind one that is open further up" 0 "$CARREL" -L "$T/keys" cite --to "$T/within.bib" doi:10.1000/1
has "that is told" err "within.bib:1: @misc{x has no closing bracket; BibTeX may not see what follows"
run "by a template" 0 "$CARREL" -L "$T/keys" -c 'cite.key=[Author]:[year]' show doi:10.1000/1 --bibtex
has "of the settings" out "@misc{Lee:2020,"
run "that has no such word" 2 "$CARREL" -L "$T/keys" -c 'cite.key=[auther]' show doi:10.1000/1 --bibtex
has "which is named" err '[auther]'
run "what is none" 1 sh -c "echo nothing of the kind | '$CARREL' import -"
has "said with what is read" err "BibTeX, RIS nor CSL-JSON"

# A poorer entry of the same paper that comes later takes over neither its key nor its fields.
cat >"$T/mine.bib" <<'X'
@article{robbins1951, author = {Robbins, Herbert and Monro, Sutton}, title = {A Stochastic Approximation Method},
  journal = {Ann. Math. Stat.}, volume = 22, number = 3, pages = {400--407}, year = 1951, doi = {10.1214/aoms/1177729586}}
X
cat >"$T/theirs.bib" <<'X'
@misc{rm51, author = {Robbins, H. and Monro, S.}, title = {A stochastic approximation method}, year = 1951,
  doi = {10.1214/aoms/1177729586}, note = {Read it}}
X
run "two entries of a paper" 0 "$CARREL" -L "$T/two" import "$T/mine.bib" "$T/theirs.bib"
run "are one" 0 "$CARREL" -L "$T/two" export --format bibtex
same "by the first key, the richer one, and what the other adds" '@article{robbins1951,
  author = {Robbins, Herbert and Monro, Sutton},
  title = {A Stochastic Approximation Method},
  journal = {Ann. Math. Stat.},
  volume = {22},
  number = {3},
  pages = {400--407},
  year = {1951},
  doi = {10.1214/aoms/1177729586},
  note = {Read it},
}' "$(sed '/^$/d' "$T/out")"
cp "$T/out" "$T/first"
run "both keys are told" 0 "$CARREL" -L "$T/told" import "$T/mine.bib" "$T/theirs.bib"
has "once they are known" err "2 keys for one paper: rm51 is robbins1951, by which it is cited and exported"
run "the same again" 0 "$CARREL" -L "$T/told" import "$T/mine.bib" "$T/theirs.bib"
lacks "is no news" err "2 keys"
run "but found wrong" 0 "$CARREL" -L "$T/told" lint --only two-keys
has "for good" out "doi:10.1214/aoms/1177729586  two-keys: an entry calls it rm51, and it is written as robbins1951"
same "once" 1 "$(grep -c two-keys "$T/out")"
run "of other papers" 0 "$CARREL" -L "$T/told" lint --only two-keys title:nothing
same "nothing" "" "$(cat "$T/out")"
run "many of them" 0 sh -c "for n in \$(seq 12); do echo \"@misc{a\$n, title={P \$n}, doi={10.1000/\$n}} @misc{b\$n, title={P \$n}, doi={10.1000/\$n}}\"; done | '$CARREL' -L '$T/told' import -"
same "are cut" "10 and 2 more: carrel lint --only two-keys" "$(grep -c '^2 keys' "$T/err") $(grep '^and ' "$T/err")"
# A title that was changed in the file makes another paper, and the key is told to be of two.
printf '@inproceedings{koehn2003noun, title = {Translation of Noun Phrases}, author = {Koehn, Philipp}, booktitle = {ACL}, year = 2003}\n' >"$T/koehn.bib"
sed 's/Noun Phrases/Nouns/' "$T/koehn.bib" >"$T/retitled.bib"
run "an entry" 0 "$CARREL" -L "$T/one" import "$T/koehn.bib"
lacks "of one paper" err "key for"
run "with another title" 0 env CARREL_CLOCK=2026-03-01T12:00:01Z "$CARREL" -L "$T/one" import "$T/retitled.bib"
has "its key is told" err "1 key for two papers: koehn2003noun is that of 'Translation of Noun Phrases' here, and 'Translation of Nouns' gets a letter more; if they are one: carrel merge local:"
merge=$(sed -n 's/.*if they are one: carrel //p' "$T/err")
run "the same again" 0 "$CARREL" -L "$T/one" import "$T/retitled.bib" "$T/koehn.bib"
lacks "is no news, either" err "key for"
run "what it says" 0 "$CARREL" -L "$T/one" $merge
run "makes them one" 0 "$CARREL" -L "$T/one" export --format bibtex
same "with the key and the new title" '@inproceedings{koehn2003noun,
  author = {Koehn, Philipp},
  title = {Translation of Nouns},
  booktitle = {ACL},
  year = {2003},
}' "$(cat "$T/out")"
run "for good" 0 "$CARREL" -L "$T/one" import "$T/retitled.bib"
has "the file says nothing new" out "0 added, 0 updated, 1 unchanged"
# The other way round: which of the two names sorts first does not matter.
"$CARREL" -q -L "$T/turned-one" import "$T/retitled.bib"
run "the older title last" 0 env CARREL_CLOCK=2026-03-01T12:00:01Z "$CARREL" -L "$T/turned-one" import "$T/koehn.bib"
"$CARREL" -q -L "$T/turned-one" $(sed -n 's/.*if they are one: carrel //p' "$T/err")
same "is the one then" "  title = {Translation of Noun Phrases}," "$("$CARREL" -q -L "$T/turned-one" export --format bibtex | grep '^  title')"
run "many of them, and two in one file" 0 sh -c "for n in \$(seq 12); do echo \"@misc{s\$n, title={One \$n}} @misc{s\$n, title={Two \$n}}\"; done | '$CARREL' -L '$T/one' import -"
same "are cut, too" "10 and 2 more: carrel lint --only same-key" "$(grep -c '^1 key for' "$T/err") $(grep '^and ' "$T/err")"
"$CARREL" -q -L "$T/job" import "$T/koehn.bib"
"$CARREL" -q -L "$T/job" import --background "$T/retitled.bib"
"$CARREL" -q -L "$T/job" worker --once >/dev/null
run "as a job" 0 "$CARREL" -L "$T/job" jobs show 1
has "it is told" out "1 new, 1 by a key of another paper (carrel lint --only same-key)"
has "in its result" out "same key: 1"
has "by name" out "told       1 key for two papers: koehn2003noun is that of "
has "with what makes them one" out "if they are one: carrel merge local:"
run "its page at the desk" 0 "$CARREL" -L "$T/job" dump job 1 --size 120x40
has "names it, too" out "1 key for two papers: koehn2003noun is that of "
has "below a heading" out "Keys of its entries"
run "for programs" 0 "$CARREL" -L "$T/job" jobs show 1 --json
has "it is a list" out '"told":["1 key for two papers: '
# A key is as good as an id, where nothing else is called so and one paper has it.
for key in robbins1951 rm51; do
    run "shown by $key" 0 "$CARREL" -L "$T/two" show $key
    has "it is the paper" out "doi:10.1214/aoms/1177729586"
done
run "a tag" 0 "$CARREL" -L "$T/two" tag to-read rm51
run "a mark" 0 "$CARREL" -L "$T/two" mark star robbins1951
run "an edit" 0 "$CARREL" -L "$T/two" edit rm51 venue=Other
same "are the paper's" "doi:10.1214/aoms/1177729586" "$("$CARREL" -q -L "$T/two" search --ids 'tag:to-read is:starred' | xargs)"
"$CARREL" -q -L "$T/two" undo 3
run "cited by the other key" 0 "$CARREL" -L "$T/two" cite rm51
same "it is by its own" robbins1951 "$(cat "$T/out")"
run "at the desk" 0 "$CARREL" -L "$T/two" dump library --keys ':open rm51<CR>' --json
has "it opens" out '"view":"paper","paper":{"id":"doi:10.1214/aoms/1177729586"'
run "a search" 0 "$CARREL" -L "$T/two" search rm51
has "offers it" err "did you mean: doi:10.1214/aoms/1177729586  (rm51 is the key of 'A "
run "of another word" 0 "$CARREL" -L "$T/two" search stochastic
lacks "does not" err "is the key of"
run "a word of a tag" 2 "$CARREL" -L "$T/two" tag to read
has "is told as before" err "'read' is no paper's id, and a tag has no blanks: to-read"
run "what nobody has" 4 "$CARREL" -L "$T/two" show nope
has "is told" err "'nope' is no id that carrel knows (arxiv:1706.03762, doi:10.…, their URLs, or the key of an entry)"
printf '@misc{dup, title={Of one}, doi={10.1000/dup.1}} @misc{dup, title={Of another}, doi={10.1000/dup.2}}\n' >"$T/dup.bib"
run "one key of two papers" 0 "$CARREL" -L "$T/told" import "$T/dup.bib"
run "names neither" 2 "$CARREL" -L "$T/told" show dup
has "but both" err "dup is the key of several papers; name one by its id: doi:10.1000/dup.1, doi:10.1000/dup.2"
run "its key" 0 "$CARREL" -L "$T/two" cite doi:10.1214/aoms/1177729586
same "stays" robbins1951 "$(cat "$T/out")"
run "the reference" 0 "$CARREL" -L "$T/two" cite --style apa doi:10.1214/aoms/1177729586
has "has its journal" out "Ann. Math. Stat., 22(3), 400"
run "both once more" 0 "$CARREL" -L "$T/two" import "$T/mine.bib" "$T/theirs.bib"
run "change nothing" 0 "$CARREL" -L "$T/two" export --format bibtex
same "of it" "$(cat "$T/first")" "$(cat "$T/out")"
run "and the doctor finds all as it should be" 0 "$CARREL" -L "$T/two" doctor
sed 's/number = 3, //; s/400--407/400--408/' "$T/mine.bib" >"$T/mended.bib"
run "one's own entry, mended" 0 "$CARREL" -L "$T/two" import "$T/mended.bib"
run "counts" 0 "$CARREL" -L "$T/two" export --format bibtex
has "with what it says" out "pages = {400--408}"
has "and what it no longer says stays" out "number = {3}"
run "the poorer one first" 0 "$CARREL" -L "$T/turned" import "$T/theirs.bib" "$T/mine.bib"
run "has its key" 0 "$CARREL" -L "$T/turned" export --format bibtex
has "and the type of the other" out "@article{rm51,"
has "and its fields" out "number = {3}"
# Two entries of one paper in one file: which stands goes by their order, and the file brings
# nothing new when it is imported again.
printf '@article{kitA, title={A kit}, journal={J. Leaf}, year=2011, doi={10.1000/kit}}\n' >"$T/kitA.bib"
printf '@article{kitB, title={The Kit}, journal={Leaves}, year=2011, doi={10.1000/kit}}\n' >"$T/kitB.bib"
cat "$T/kitA.bib" "$T/kitB.bib" >"$T/kits.bib"
title_is() { same "$1" "$2" "$("$CARREL" -L "$T/kits" search --json doi:10.1000/kit | grep -o '"title":"[^"]*"')"; }
run "two entries with one DOI" 0 "$CARREL" -L "$T/kits" import "$T/kits.bib"
has "are one paper" out "2 seen: 1 added, 1 updated"
for n in 2 3; do
    run "the file, time $n" 0 "$CARREL" -L "$T/kits" import "$T/kits.bib"
    has "brings nothing new" out "2 seen: 0 added, 0 updated, 2 unchanged"
done
same "nor a step to undo" 1 "$("$CARREL" -L "$T/kits" undo --list | wc -l)"
title_is "the last one stands" '"title":"The Kit"'
run "the first one alone" 0 "$CARREL" -L "$T/kits" import "$T/kitA.bib"
has "takes its place" out "1 seen: 0 added, 1 updated"
title_is "with its words" '"title":"A kit"'
run "undo" 0 "$CARREL" -L "$T/kits" undo import
title_is "gives it back" '"title":"The Kit"'
run "both in the other order" 0 "$CARREL" -L "$T/kits" import "$T/kitB.bib" "$T/kitA.bib"
has "one is new at its place" out "2 seen: 0 added, 1 updated, 1 unchanged"
title_is "the last one of them" '"title":"A kit"'
run "once more" 0 "$CARREL" -L "$T/kits" import "$T/kitB.bib" "$T/kitA.bib"
has "nothing is" out "2 seen: 0 added, 0 updated, 2 unchanged"
run "the doctor finds all as it should be" 0 "$CARREL" -L "$T/kits" doctor
printf 'TY  - JOUR\nTI  - A kit\nDO  - 10.1000/kit\nER  - \nTY  - JOUR\nTI  - Kit, the\nDO  - 10.1000/kit\nER  - \n' >"$T/kits.ris"
run "entries without keys" 0 "$CARREL" -L "$T/kitris" import "$T/kits.ris"
run "are told apart, too" 0 "$CARREL" -L "$T/kitris" import "$T/kits.ris"
has "by their words" out "2 seen: 0 added, 0 updated, 2 unchanged"

cat >"$T/twice.bib" <<'X'
@article{efron79, author = {B. Efron}, title = {Bootstrap Methods}, journal = {Ann. Statist.}, year = 1979, pages = {1--26}}
@inproceedings{efron79, author = {B. Efron and}, title = {Bootstrap methods}, year = 1979, booktitle = {Breakthroughs}, pages = {26-1}}
@article{efron79, author = {B. Efron}, title = {Another paper}, journal = {Ann. Statist.}, year = 1979}
X
run "one key twice in a file" 0 "$CARREL" -L "$T/twice" import "$T/twice.bib"
has "is told" err "twice.bib:2: efron79 is in line 1 already, of the same title; the first counts, as BibTeX has it"
has "and another paper is another" out "2 seen: 2 added"
run "the first one" 0 "$CARREL" -L "$T/twice" export --format bibtex --query title:bootstrap
has "stands" out "journal = {Ann. Statist.}"
lacks "alone" out "Breakthroughs"

# Where a paper is found: its key, the part of the journal, the collections that have it.
printf '@article{leaf11, title={Found}, author={Roe, Ann}, journal={J. Leaf}, year=2011, volume=12, number=3, pages={1-10}, doi={10.1000/found}}\n' >"$T/found.bib"
printf '{"id":"doi:10.1000/plain","doi":"10.1000/plain","title":"Plain","aliases":["arxiv:2001.00001"]}\n' >"$T/plain.jsonl"
"$CARREL" -q -L "$T/found" import "$T/found.bib" "$T/plain.jsonl"
"$CARREL" -q -L "$T/found" collect leaves leaf11
"$CARREL" -q -L "$T/found" collect trees leaf11
run "where a paper is found" 0 "$CARREL" -L "$T/found" show leaf11
for line in 'key         leaf11' 'venue       J. Leaf' 'in          volume 12 (3), pages 1–10' 'collections leaves' '            trees'; do
    has "is told: $(echo "$line" | cut -d' ' -f1)" out "$line"
done
lacks "its one name is not told twice" out aliases
run "of what has other names" 0 "$CARREL" -L "$T/found" show doi:10.1000/plain
has "they are told" out 'aliases     '
lacks "and no key that would have to be made" out 'key  '
run "on its page at the desk" 0 "$CARREL" -L "$T/found" dump paper leaf11 --size 80x30
for line in 'key         leaf11' 'in          volume 12 (3), pages 1–10' 'collections leaves, trees'; do
    has "is told, too: $(echo "$line" | cut -d' ' -f1)" out "$line"
done

# A body is called by its whole name in lists, as far as there is room.
printf '%s\n' '@misc{tair, author={{The Leaf Resource} and Roe, Ann}, title={Of a body}}' '@misc{roe, author={Roe, Ann Mary}, title={Of a person}}' >"$T/bodies.bib"
printf '[{"id":"w","type":"report","title":"Of CSL","author":[{"literal":"World Leaf Office of the North"}]}]' >"$T/bodies.json"
printf 'TY  - RPRT\nAU  - Office of Leaves\nTI  - Of RIS\nER  - \n' >"$T/bodies.ris"
run "bodies" 0 "$CARREL" -L "$T/bodies" import "$T/bodies.bib" "$T/bodies.json" "$T/bodies.ris"
run "in the desk's list" 0 "$CARREL" -L "$T/bodies" dump library --size 130x10
for name in 'The Leaf Resource +1' 'World Leaf Office o…' ' Office of Leaves' '  Roe'; do
    has "is $name" out "$name"
done
"$CARREL" -q -L "$T/bodies" edit tair 'authors=Ann Lee'
run "others by hand" 0 "$CARREL" -L "$T/bodies" dump library --size 130x10
has "are people" out '  Lee'

# What is behind a brace that nobody closes stays with the title, up to the next entry, and lint takes
# it out again.
cat >"$T/open.bib" <<'X'
@article{kow17, author={Kowalski, Jan}, title={A {DNA} entry whose brace is never closed, journal={Planta}, year=2017

@article{next18, author={Doe, Ann}, title={Next}, year=2018}
X
run "a brace that nobody closes" 3 "$CARREL" -L "$T/open" import "$T/open.bib"
has "is told" err "open.bib:1: kow17: no closing bracket or quote of title; it was read as far as it goes"
run "its paper" 0 "$CARREL" -L "$T/open" show kow17
has "has its words" out "A DNA entry whose brace is never closed, journal"
run "lint" 0 "$CARREL" -L "$T/open" lint --only swallowed --fix
run "its entry" 0 "$CARREL" -L "$T/open" show kow17 --bibtex
has "has the title alone" out "title = {A {DNA} entry whose brace is never closed},"
has "the journal" out "journal = {Planta}"
has "and the year" out "year = {2017}"

# Entries with a fault are kept, and said to be; RIS without a beginning is told.
printf '%s\n' '@book{vdv98, title = {Asymptotic Statistics}, year = 1998' '@misc{good, title = {Good}}' >"$T/open.bib"
run "no closing bracket" 3 "$CARREL" -L "$T/open" import "$T/open.bib"
has "is told" err "open.bib:1: vdv98: no closing bracket of this book; it was read as far as it goes"
has "as kept" err "all are kept, 1 of them as far as it could be read"
has "and counted once" out "2 seen: 2 added, 0 updated, 0 unchanged, 0 rejected"
printf '%s\n' 'TI  - Orphan' 'AU  - X, Y' 'ER  - ' '' 'TY  - JOUR' 'TI  - Good one' 'AU  - A, B' 'ER  - ' '' 'TI  - Behind' >"$T/orphans.ris"
run "RIS without TY" 3 "$CARREL" -L "$T/orphans" import "$T/orphans.ris"
has "is told by line" err "orphans.ris:1: values without a TY line before them: no record begins here"
has "behind the last record, too" err "orphans.ris:10: values without a TY line"
has "and counted" out "3 seen: 1 added, 0 updated, 0 unchanged, 2 rejected"
finish
