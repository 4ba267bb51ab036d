# What looks wrong with papers, and the edits that mend it.
. "$(dirname "$0")/lib.sh"
cat >"$T/bad.bib" <<'X'
@article{caps, title={ATTENTION IS ALL YOU NEED: A STUDY}, author={VASWANI, ASHISH and Doe, J}, journal={J. of Things}, year=2017, note={at https://doi.org/10.1000/named.}}
@article{moji, title={Ãœber die Theorie}, author={MÃ¼ller, Hans}, journal={Physik}, year=1999, doi={10.1000/moji}, issn={1234-5678}}
@book{isbn, title={A book}, author={Doe, Jane}, year=2001, isbn={0-226-10403-7}}
@book{right, title={A good book}, author={Doe, Jane}, year=2001, isbn={978-0-226-10403-4}, issn={0317-8471}}
@misc{early, title={A preprint of its time}, author={Roe, Rick}, year=2015, eprint={1706.03762}, archiveprefix={arXiv}}
@inproceedings{acl, title={A paper of a meeting.}, author={Poe, P}, booktitle={Proc. of X}, year=2012, doi={10.18653/v1/2020.acl-main.207}}
@misc{lost, title={A child}, author={Poe, P}, year=2000, crossref={nobody}, doi={10.1000/x}}
@misc{nodoi, title={Bad identifier}, author={Poe, P}, year=2000, doi={DOI 10.1000/bad.}}
@misc{brace, title={Un{balanced title}, author={Poe, P}, year=2000}
X
run "some bad entries" 3 "$CARREL" import "$T/bad.bib"
printf '@misc{right, title={Quite another one}, author={Lee, L}, year=2002}\n@misc{when, author={Lee, L}, note={no title}}\n@misc{who, title={Of nobody}, year=2002}\n@misc{far, title={Of the future}, author={L, L}, year=2999}' >"$T/more.bib"
run "more of them" 0 "$CARREL" import "$T/more.bib"
"$CARREL" export --format jsonl >"$T/before"
run "lint" 0 "$CARREL" lint
for part in 'capitals: a title in capitals' '--fix title=Attention is all you need: A study' 'capitals: names in capitals' 'no-doi: no DOI, though one is named' '--fix doi=10.1000/named' \
    'encoding: title in a wrong character set' '--fix title=Über die Theorie' '--fix authors=Hans Müller' "bad-issn: '1234-5678' is no ISSN" "bad-isbn: '0-226-10403-7' is no ISBN" \
    'wrong-year: of 2015, but its arXiv number is of 2017-06' '--fix date=2017-06' 'wrong-year: of 2012, but its DOI says 2020' 'title-end: a full stop' \
    "dangling: crossref to 'nobody', which its file has not" "bad-doi: 'DOI 10.1000/bad.' is no DOI" '--fix doi=10.1000/bad' 'same-key: the key right, as' \
    'swallowed: title has swallowed author' '--fix title=Unbalanced title' 'no-title: no title' 'no-authors: no authors' 'no-date: no date' 'wrong-year: of the year 2999'; do
    has "tells $part" out "$part"
done
lacks "of what is right nothing" out "978-0-226"
lacks "nor of its serial" out "0317-8471"
has "and counts" err "papers looked at:"
same "nothing is changed" "" "$("$CARREL" export --format jsonl | diff "$T/before" -)"
run "as data" 0 "$CARREL" lint --json --only capitals
cp "$T/out" "$T/json"
run "which is JSON" 0 sh -c "python3 -c 'import json,sys; d=json.load(sys.stdin); assert d[\"version\"] == 1 and d[\"items\"][0][\"rule\"] == \"capitals\" and d[\"fixed\"] == 0' <'$T/json'"
run "of a query" 0 "$CARREL" lint author:roe
has "only that" out "wrong-year"
lacks "nothing else" out "capitals"
run "a rule that is none" 2 "$CARREL" lint --only spelling
has "is told with those that are" err "no-title, no-authors"
run "a query that does not parse" 2 "$CARREL" lint 'title:('
run "mended" 0 "$CARREL" lint --fix author:roe
has "what it does" out "now date=2017-06"
has "and how to take it back" err "1 edited; 'carrel undo' takes all of it back"
run "it is so" 0 "$CARREL" show arxiv:1706.03762 --bibtex
has "in the entry, too" out "month = jun"
run "nothing is left to mend" 0 "$CARREL" lint author:roe
has "there" err "0 findings"
run "taken back" 0 "$CARREL" undo
same "all is as it was" "" "$("$CARREL" export --format jsonl | diff "$T/before" -)"
run "all of it" 0 "$CARREL" lint --fix
has "several papers" err "6 edited; 'carrel undo' takes all of it back"
"$CARREL" export --format jsonl >"$T/after"
run "is one step" 0 "$CARREL" undo
has "told with its papers" err "and of 5 more papers"
same "that is taken back whole" "" "$("$CARREL" export --format jsonl | diff "$T/before" -)"
run "and done again" 0 "$CARREL" redo
has "with as many" err "and of 5 more papers"
same "whole, too" "" "$("$CARREL" export --format jsonl | diff "$T/after" -)"
run "is mended" 0 "$CARREL" lint
lacks "whatever could be" out "--fix"
# A bracket that is missing: the title has swallowed what was behind it, and is cut there.
printf '@article{open,\n  author = {Ooo, O},\n  title = {Foo of things,\n  journal = {Bar},\n  year = {2000}\n}\n\n@article{shut,\n  author = {Ooo, O},\n  title = {The year = 2000 problem},\n  journal = {Bar}, year = {2001}\n}\n' >"$T/open.bib"
run "a title without its end" 3 "$CARREL" import "$T/open.bib"
run "is seen" 0 "$CARREL" lint --only swallowed author:ooo
has "with what it has swallowed" out "title has swallowed journal, year: its closing bracket is missing"
has "and where it ends" out "--fix title=Foo of things"
has "the other one is as it should be" err "3 findings"
lacks "and is not told" out "problem"
run "it is cut" 0 "$CARREL" lint --fix --only swallowed author:ooo
run "what it had swallowed" 0 "$CARREL" export --format bibtex --query 'title:foo'
same "is written" "$(printf '@article{open,\n  author = {Ooo, O},\n  title = {Foo of things},\n  journal = {Bar},\n  year = {2000},\n}')" "$(cat "$T/out")"
run "and is no more" 0 "$CARREL" lint --only swallowed author:ooo
has "to be told" err "0 findings"
run "taken back" 0 "$CARREL" undo
# Of what no edit can say nothing is lost.
printf '@book{tome,\n  author = {Quo, O},\n  title = {Tome of things,\n  publisher = {Bar},\n  isbn = {0-226-10403-4},\n  year = {2000}\n}\n' >"$T/tome.bib"
run "a book, too" 3 "$CARREL" import "$T/tome.bib"
"$CARREL" export --format bibtex --query author:quo >"$T/before.bib"
run "is told" 0 "$CARREL" lint --fix --only swallowed author:quo
has "with what is to be done" out "title has swallowed publisher, isbn, year: the bracket that closes it is missing behind 'Tome of things'; mend the file and import it again"
has "by hand" err "0 edited"
same "and stays" "$(cat "$T/before.bib")" "$("$CARREL" export --format bibtex --query author:quo)"
# A DOI that another paper has is not taken.
printf '@article{two, title={Something else}, author={Zed, Z}, journal={J}, year=2017, note={see doi:10.1000/named}}' >"$T/two.bib"
run "another paper" 0 "$CARREL" import "$T/two.bib"
run "that names its DOI" 0 "$CARREL" lint --fix author:zed
has "is not made one with it" out "another paper here has it"
run "both are here" 0 "$CARREL" search --ids author:zed
same "still" 1 "$(wc -l <"$T/out")"
# Nor by two of one run.
for n in 1 2; do printf '@article{yan%s, title={Paper %s}, author={Yan, Z}, journal={J}, year=201%s, note={see doi:10.1000/both}}\n' $n $n $n; done >"$T/both.bib"
run "two papers that name one DOI" 0 "$CARREL" import "$T/both.bib"
run "are mended" 0 "$CARREL" lint --fix author:yan
has "the first of them" err "1 edited"
run "and stay" 0 "$CARREL" search --ids author:yan
same "two" 2 "$(wc -l <"$T/out")"
# A paper that was edited since stays, the rest is taken back.
run "three more" 0 sh -c "for n in 1 2 3; do echo \"@misc{q\$n, title={Queue \$n of things.}, author={Quu, Q}, year=200\$n, doi={10.1000/q\$n}}\"; done | '$CARREL' import -"
run "mended" 0 "$CARREL" lint --fix author:quu
run "one by hand" 0 "$CARREL" edit doi:10.1000/q2 title=Own
"$CARREL" -q undo && "$CARREL" -q redo # of the hand
run "that is undone" 0 "$CARREL" undo 2
has "takes one and three back" err "and of 2 more papers"
same "as they were" "Queue 1 of things. Queue 2 of things. Queue 3 of things." "$("$CARREL" export --format jsonl --query author:quu | grep -o 'Queue . of things\.' | sort | xargs)"

# What is wrong with an entry as it was written, and what only looks so.
cat >"$T/written.bib" <<'X'
@artcle{w1, author = {B. Efron and}, title = {First of these}, journal = jrssb, year = {19722}, month = foo, pages = {26-1}, doi = {10.1000/w1}}
@article{w2, author = {{Sand and Sons} and Lee, Ann and others}, title = {Second one}, journal = {Nature}, year = 2001, month = "10~" # jan, pages = {126--31}, doi = {10.2000/w2}}
@article{w3, author = {Lee, Ann and and Poe, P}, title = {Third of all}, journal = {Ann. Statist.}, year = 2001, pages = {e1--e9}, doi = {10.3000/w3}}
X
run "entries as they were written" 0 "$CARREL" -L "$T/written" import "$T/written.bib"
run "looked at" 0 "$CARREL" -L "$T/written" lint
for part in 'w1  bad-year: the year '"'19722'"' has not four digits' "w1  bad-month: 'foo' is no month" "w1  bad-pages: the pages '26-1' run backwards" 'w1  bad-type: there is no type @artcle' \
    'w1  bad-names: an "and" without a name in author' "w1  macro: journal 'jrssb' looks like a macro" 'w3  bad-names: an "and" without a name'; do
    has "tells $part" out "$part"
done
lacks "what only looks so is none" out "w2"
# Of many papers each is told by its key and title, and in the end each rule by its papers.
(for n in 1 2 3 4 5 6 7 8 9; do echo "@article{M$n, author = {Lee, Ann}, title = {A title that is longer than a line would have it, number $n}, journal = dam, year = 200$n, doi = {10.4000/m$n}}"; done
    echo '@article{M10, author = {Lee, Ann}, title = {Short}, journal = jcp, year = 2010, doi = {10.4000/m10}, issn = {1234-5678, 1234-5670}}') >"$T/many.bib"
run "many papers" 0 "$CARREL" -L "$T/many" import "$T/many.bib"
run "looked at" 0 "$CARREL" -L "$T/many" lint
has "one of them" out "doi:10.4000/m3  macro: journal 'dam' looks like a macro (@string) that its file has not  [M3: A title that is longer than a line woul…]"
has "a short one" out "[M10: Short]"
same "by rule" "macro dam: 9 papers bad-issn: 1 paper macro jcp: 1 paper" "$(grep paper "$T/err" | grep -v looked | xargs)"
run "as data" 0 "$CARREL" -L "$T/many" lint --json --only macro
has "with its key" out '"id":"doi:10.4000/m10","key":"M10","title":"Short","rule":"macro","subject":"jcp"'
run "of few" 0 "$CARREL" -L "$T/many" lint title:short
lacks "no more is said" err "macro"
# A field that is misspelt is none to any reader: the paper takes what it says, and nothing is lost.
cat >"$T/slips.bib" <<'X'
@article{slip, titel={Foo of {B}ars}, autor={Lee, Ann and Poe, Bob}, yaer={2019}, jounral={Nature}, pgaes={1--2}, vloume=3}
@article{usual, title={Usual names}, author={Lee, Ann}, year=2020, mdate={2020-01-01}, owner={me}, bdsk-url-1={x}, name={y}, state={z}, ids={q}, data={w}, xnote={v}}
@article{both, title={It has both}, author={Lee, Ann}, year=2021, yaer={2019}}
X
run "misspelt fields" 0 "$CARREL" -L "$T/slips" import "$T/slips.bib"
run "are told" 0 "$CARREL" -L "$T/slips" lint --only bad-field
for part in "unknown field 'titel': did you mean title?" "--fix title=Foo of Bars" "unknown field 'autor': did you mean author?" "--fix authors=Ann Lee; Bob Poe" \
    "unknown field 'yaer': did you mean year?" "--fix date=2019" "unknown field 'jounral': did you mean journal?" "--fix venue=Nature" "'pgaes': did you mean pages?" "'vloume': did you mean volume?"; do
    has "tells $part" out "$part"
done
same "six of them" 6 "$(grep -c "did you mean" "$T/out")"
lacks "what other programs write is none" out "usual"
lacks "nor is one beside the right one" out "both"
# Near is one letter, or two that have changed places; "names" are no "pages".
cat >"$T/near.bib" <<'X'
@misc{words, title={Words of their own}, author={Lee, Ann}, year=2022, names={a}, dates={b}, dot={c}, rates={d}, places={e}, tone={f}}
@misc{more, titel={More slips}, autor={Lee, Ann}, yaer=2022, dio={10.1000/more}, volumne=3, jounral={Nature}, publsher={X}, ulr={y}, pages={1}}
X
run "near ones" 0 "$CARREL" -L "$T/near" import "$T/near.bib"
run "are told" 0 "$CARREL" -L "$T/near" lint --only bad-field
lacks "words of their own are none" out "[words"
for part in "'titel': did you mean title" "'autor': did you mean author" "'yaer': did you mean year" "'dio': did you mean doi" "'volumne': did you mean volume" \
    "'jounral': did you mean journal" "'publsher': did you mean publisher" "'ulr': did you mean url"; do
    has "tells $part" out "$part"
done
"$CARREL" -L "$T/slips" export --query '' --format jsonl >"$T/before"
run "mended" 0 "$CARREL" -L "$T/slips" lint --fix --only bad-field
run "the paper says it" 0 "$CARREL" -L "$T/slips" show slip --bibtex
for part in 'title = {Foo of' 'author = {Lee, Ann and Poe, Bob}' 'year = {2019}' 'journal = {Nature}' 'yaer = {2019}' 'pgaes = {1--2}'; do
    has "has $part" out "$part"
done
run "once" 0 "$CARREL" -L "$T/slips" lint --only bad-field
same "what no edit says is left" 2 "$(grep -c "did you mean" "$T/out")"
run "taken back" 0 "$CARREL" -L "$T/slips" undo
same "whole" "" "$("$CARREL" -L "$T/slips" export --query '' --format jsonl | diff "$T/before" -)"
# What an edit has set right in an entry is as it is written, and no finding.
cat >"$T/right.bib" <<'X'
@article{right, title={A first thing}, author={J.J. Poe, D Lee}, year=201, journal=jrssb, doi={DOI 10.1000/bad.}}
X
run "an entry with faults" 0 "$CARREL" -L "$T/right" import "$T/right.bib"
run "has them" 0 "$CARREL" -L "$T/right" lint
for rule in no-date bad-doi macro bad-year bad-names; do
    has "$rule" out " $rule: "
done
"$CARREL" -q -L "$T/right" edit right 'venue=JRSS B' doi=10.1000/bad date=2010 'authors=J. J. Poe; D. Lee'
run "set right by hand" 0 "$CARREL" -L "$T/right" lint
same "it has none" "" "$(cat "$T/out")"
"$CARREL" -q -L "$T/right" undo
run "taken back" 0 "$CARREL" -L "$T/right" lint --only macro
has "it has them again" out "journal 'jrssb' looks like a macro"
finish
