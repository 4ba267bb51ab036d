# Searching: fields, boolean words, errors with their place, output forms, paging, saved queries.
. "$(dirname "$0")/lib.sh"
"$CARREL" import tests/fixtures/papers.jsonl >/dev/null 2>&1
ids() { "$CARREL" -q search --ids "$@" 2>"$T/err" | sort | tr '\n' ' '; }

same "a word" "arxiv:2401.00001 " "$(ids attention)"
same "stemmed" "arxiv:2401.00001 " "$(ids garden)"
same "prefix of the unstemmed word" "arxiv:2401.00001 " "$(ids 'generaliz*')"
same "author without its accents" "arxiv:2401.00001 " "$(ids 'author:ostergard')"
same "author phrase" "arxiv:2402.00002 " "$(ids 'author:"del rio"')"
same "TeX accent" "arxiv:2503.00003 " "$(ids schrodinger)"
same "Greek by name" "arxiv:2503.00003 " "$(ids alpha)"
same "phrase" "arxiv:2503.00003 " "$(ids '"long context"')"
same "phrase that is not there" "" "$(ids '"context long"')"
same "NOT" "arxiv:2401.00001 arxiv:2503.00003 arxiv:hep-th/9901001 local:$(ids 'title:report' | sed 's/local://;s/ //') " "$(ids -- '-hedgehogs')"
same "OR" "arxiv:2401.00001 arxiv:2402.00002 " "$(ids 'gardens OR hedgehogs')"
same "brackets with a filter" "arxiv:2401.00001 arxiv:2402.00002 " "$(ids '(cat:cs.CL attention) OR quantum')"
same "category with star" "arxiv:2503.00003 " "$(ids 'cat:math.*')"
same "archive" "arxiv:2401.00001 " "$(ids 'cat:cs')"
same "dates" "arxiv:2401.00001 arxiv:2402.00002 " "$(ids 'date:2024')"
same "date range" "arxiv:2402.00002 arxiv:2503.00003 " "$(ids 'date:2024-02..2025')"
same "partial date inside" "arxiv:2503.00003 " "$(ids 'date:2025-03-15')"
same "tag" "arxiv:2401.00001 " "$(ids 'tag:green')"
same "code" "arxiv:2401.00001 " "$(ids 'has:code')"
same "doi prefix" "arxiv:2402.00002 " "$(ids 'doi:10.1145/*')"
same "a DOI is an id" "arxiv:2402.00002 " "$(ids '10.1145/1234567.1234568')"
same "a URL is an id" "arxiv:2401.00001 " "$(ids 'https://arxiv.org/abs/2401.00001v3')"
same "wide characters" "arxiv:hep-th/9901001 " "$(ids '深度')"
same "punctuation in a sentence" "arxiv:2401.00001 " "$(ids 'attention: is it (small)?')"

run "open quote" 2 "$CARREL" search '"open'
has "says where" err "column 1"
run "open bracket" 2 "$CARREL" search 'a (b'
has "says where, too" err "column 3"
run "misspelt field" 2 "$CARREL" search 'autor:x'
has "offers the right one" err "did you mean author:"
run "bad date" 2 "$CARREL" search 'date:soon'
run "no hit is no error" 0 "$CARREL" search xyzzy
run "nothing to search" 2 "$CARREL" search
run "limit out of range" 2 "$CARREL" search --limit 0 x
run "an unknown mode" 2 "$CARREL" search --mode psychic x
run "by words and vectors" 0 "$CARREL" search --mode hybrid --json 'attention paid to plots of land'
has "says so" out '"mode":"hybrid"'
has "the arms of a hit" out '"arms":{"lexical":{"rank":1,'
run "by vectors alone" 0 "$CARREL" search --mode semantic --json 'attention paid to plots of land'
has "no words counted" out '"arms":{"lexical":null,"semantic":{"rank":1,'
run "explained" 0 "$CARREL" search --explain 'attention small gardens'
has "with its parts" out "by its text:"
same "vectors bring nothing that is excluded" "" "$("$CARREL" search --mode hybrid --json 'small plots of land -gardens' | grep -o 'arxiv:2401.00001')"
same "nor outside a filter" "" "$("$CARREL" search --mode hybrid --json 'small gardens cat:math.PR' | grep -o 'arxiv:2401.00001')"
same "nor without a phrase" "" "$("$CARREL" search --mode hybrid --json 'small "long context"' | grep -o 'arxiv:2401.00001')"
run "a category as a word" 0 "$CARREL" search --explain 'cs.CL attention'
has "is a filter" out "cat:cs.CL"
run "a slip" 0 "$CARREL" search 'hedghogs'
has "is offered right" err "did you mean: hedgehogs"
run "two slips in a query" 0 "$CARREL" search 'quantm hedgehgos'
has "both are" err "did you mean: quantum hedgehogs"
printf '{"title":"On Süßkartoffeln in Sand","id":"doi:10.5555/batata"}\n' >"$T/batata.jsonl"
"$CARREL" -q import "$T/batata.jsonl"
run "a word that is folded in the index" 0 "$CARREL" search süßkartofeln
has "is offered as it is written" err "did you mean: Süßkartoffeln  (spelling)"
"$CARREL" -q rm doi:10.5555/batata
run "a name" 0 "$CARREL" search --explain 'ada lindgren'
has "is known as one" out "an author is called so"
run "query too long" 2 "$CARREL" search "$(head -c 5000 /dev/zero | tr '\0' a)"

run "json" 0 "$CARREL" search --json attention
has "version" out '"version":1'
has "total" out '"total":1,"total_is_exact":true'
has "why" out '"why":{"lexical":[{"term":"attention"'
run "explain" 0 "$CARREL" search --explain attention
has "understood" out "understood as: attention"

same "pages follow each other" "$(ids --sort date --limit 5 '')" \
    "$( (next=; for i in 1 2 3 4 5; do
        "$CARREL" -q search --sort date --limit 1 --json ${next:+--after "$next"} '' >"$T/page"
        sed 's/.*"kind":"paper","id":"\([^"]*\)".*/\1/' "$T/page"
        next=$(sed -n 's/.*"next":"\([^"]*\)".*/\1/p' "$T/page")
    done) | sort | tr '\n' ' ')"

run "save a query" 0 "$CARREL" query add gardens 'attention OR garden'
same "and use it in another" "arxiv:2401.00001 " "$(ids 'query:gardens cat:cs.CL')"
run "unknown saved query" 2 "$CARREL" search 'query:none'
run "list as JSON" 0 "$CARREL" query list --json
run "a bad query is not saved" 2 "$CARREL" query add broken '"x'
run "forget it" 0 "$CARREL" query rm gardens
run "forget what is not there" 4 "$CARREL" query rm gardens

printf 'q1\tattention gardens\nq2\thedgehog: "quantum\n' >"$T/batch"
run "a batch" 0 "$CARREL" search --batch "$T/batch" --format trec
has "in TREC form" out "q1 Q0 arxiv:2401.00001 1 "
has "sentences with stray quotes work" out "q2 Q0 arxiv:2402.00002 1 "
run "a batch without form" 2 "$CARREL" search --batch "$T/batch"
run "a field that does not exist" 0 "$CARREL" search foo:bar
has "is named" err "foo: is no field"
has "beside those that there are" err "venue: key: kind: stars: language: topic: license:"
run "at the desk" 0 "$CARREL" dump search foo:bar --size 100x10
has "it is named, too" out "foo: is no field"
run "of filters alone" 0 "$CARREL" dump search cat:cs.ZZ
has "nothing is found" out "Nothing found."
lacks "by fewer words" out "Fewer words"
run "a field without value" 0 "$CARREL" search cat:
has "is told" err "cat: needs a value"
run "a range that ends before it begins" 2 "$CARREL" search date:2025..2020
run "a lone option" 2 "$CARREL" search -n 2 attention
run "ids are all of them" 0 "$CARREL" search --ids --limit 2 is:unread
same "unless limited" 2 "$(grep -c : "$T/out")"
run "a sentence of which no paper has all words" 0 "$CARREL" search attention gardens quantum
has "is announced" err "few papers have all of these words"
run "so it is with ids" 0 "$CARREL" search --ids attention gardens quantum
has "there, too" err "few papers have all of these words"
lacks "but not among the ids" out "few"
run "and as JSON" 0 "$CARREL" search --json attention gardens quantum
has "as a member" out '"relaxed":true'
run "a query that is met" 0 "$CARREL" search --json attention gardens
has "is not" out '"relaxed":false'
for check in '--sort colour' '--limit many' '--limit 0' '--limit 2x' '--offset -1' '--in cellar' '--mode loud'; do
    run "search $check" 2 "$CARREL" search $check attention
    has "names the option" err "${check%% *}"
done
printf '@article{Lee24, title={Lamps at Noon}, author={Lee, Ann}, year=2024, journal={Letters on Lamps, B}}\n' >"$T/lee.bib"
"$CARREL" import "$T/lee.bib" >/dev/null 2>&1
lee=$("$CARREL" -q search --ids title:lamps)
same "where it appeared" "$lee " "$(ids 'venue:"letters on lamps"')"
same "by the key that an entry brought" "$lee " "$(ids 'key:Lee24')"
same "and by the one that export makes" "arxiv:2402.00002 " \
    "$(ids "key:$("$CARREL" export arxiv:2402.00002 --format bibtex -o - | sed -n 's/^@.*{\(.*\),/\1/p')")"
same "or would make" "arxiv:2402.00002 " "$(ids -c cite.key='[year]x[author]' 'key:2024x*' cat:quant-ph)"
# Keys that two files brought, and a third paper that would be given the same.
printf '%s\n' '@article{li2020deep, title={Deep Lakes}, author={Li, Bo}, year=2020, doi={10.1000/61}}' \
    '@article{li2020deep, title={Deep Rivers}, author={Li, Cy}, year=2020, doi={10.1000/62}}' >"$T/li.bib"
echo '{"id":"arxiv:2006.00061","title":"Deep nets","authors":["Jane Li"],"published":"2020-06"}' >"$T/li.jsonl"
"$CARREL" -q import "$T/li.bib" >/dev/null 2>&1
"$CARREL" -q import "$T/li.jsonl" >/dev/null 2>&1
"$CARREL" export --format bibtex -o "$T/all.bib" >/dev/null
for check in 'doi:10.1000/61 li2020deep' 'doi:10.1000/62 li2020deepa' 'arxiv:2006.00061 li2020deepb'; do
    id=${check% *} key=${check#* }
    same "export writes $key" 1 "$(grep -c "^@.*{$key,$" "$T/all.bib")"
    same "key: finds it" "$id " "$(ids "key:$key")"
    same "cite says it of the paper alone" "$key" "$("$CARREL" cite "$id")"
done
sed 's/{li2020deep,/{Other20,/' "$T/li.bib" | head -1 >"$T/other.bib"
"$CARREL" -q import "$T/other.bib" >/dev/null 2>&1
same "by a key that a later entry brought" "doi:10.1000/61 " "$(ids 'key:Other20')"
run "a venue without a name" 0 "$CARREL" search 'venue:'
has "is told" err "venue: needs a value"
run "a venue of signs" 2 "$CARREL" search 'venue:"."'
has "is, too" err "names no venue"
run "no key" 2 "$CARREL" search 'key:*'
has "is no key" err "write key:lee2024lamps"
same "offered behind the field" 'venue:"Letters on Lamps, B"' "$("$CARREL" completion words -- search venue:L)"
same "and keys" 'key:Lee24' "$("$CARREL" completion words -- search key:L)"
# A reader that has seen enough ends it quietly.
python3 -c 'for i in range(3000): print("{\"id\":\"arxiv:2405.%05d\",\"title\":\"Lamps number %d\"}" % (i, i))' >"$T/many.jsonl"
"$CARREL" -q import "$T/many.jsonl"
for form in '--ids' '--json --limit 3000' '--limit 3000'; do
    { "$CARREL" -q search $form lamps 2>"$T/err"; echo $? >"$T/status"; } | head -n 1 >"$T/out"
    same "search $form | head -1" "0 1" "$(cat "$T/status" "$T/err" | tr '\n' ' ')$(wc -l <"$T/out" | tr -d ' ')"
done
finish
