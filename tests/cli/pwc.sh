# Papers with Code: dumps of papers and links, what they become, whose data they stay.
. "$(dirname "$0")/lib.sh"
page=https://paperswithcode.com/paper
paper() { # SLUG ARXIV|null TITLE AUTHOR
    printf '{"paper_url":"%s/%s","arxiv_id":%s,"title":"%s","abstract":"About %s.","authors":["%s"],"date":"2018-05-27","tasks":["Question Answering"],"methods":[],"url_abs":null,"url_pdf":null}' \
        $page "$1" "$2" "$3" "$3" "$4"
}
link() { # SLUG REPOSITORY OFFICIAL PAPER README
    printf '{"paper_url":"%s/%s","paper_title":"T %s","paper_arxiv_id":null,"repo_url":"https://github.com/%s","is_official":%s,"mentioned_in_paper":%s,"mentioned_in_github":%s,"framework":"pytorch"}' \
        $page "$1" "$1" "$2" "$3" "$4" "$5"
}
{ printf '[\n'; paper one '"1805.10616"' "Dynamic Networks" "Ann Lee"; printf ',\n'; paper two null "Second Paper" "Bo Ray"; printf ',\n'; paper one-1 '"1805.10616"' "Dynamic Networks" "Ann Lee"; printf '\n]\n'; } >"$T/papers.json"
{
    printf '['
    link one a/1 true false false; printf ','
    link three a/2 false false true; printf ','
    link one a/3 '"false"' '"true"' false; printf ','
    link one-1 a/4 null null null; printf ','
    link one a/1 true false false; printf ','
    link three a/2 true false false; printf ']'
} >"$T/links.json"

run "papers, format seen by itself" 0 "$CARREL" import --json "$T/papers.json"
same "two names of one arXiv paper are one work" '{"seen":3,"added":2,"updated":1,"unchanged":0,"rejected":0,"merged":0,"binned":0}' "$(cat "$T/out")"
run "again" 0 "$CARREL" import --json --format pwc "$T/papers.json"
has "nothing changes" out '"unchanged":3'
gzip -c "$T/links.json" >"$T/links.json.gz"
run "links, gzip" 0 "$CARREL" import --json "$T/links.json.gz"
same "rows add to their paper" '{"seen":6,"added":1,"updated":4,"unchanged":1,"rejected":0,"merged":0,"binned":0}' "$(cat "$T/out")"
run "links again" 0 "$CARREL" import --json "$T/links.json"
has "add nothing" out '"unchanged":6'
run "a paper with all its code" 0 "$CARREL" show 1805.10616
has "official" out "https://github.com/a/1  (official: Papers with Code, pytorch) 98%"
has "stated in the paper, by a text" out "https://github.com/a/3  (paper: Papers with Code, pytorch)"
has "listed, under its other name" out "https://github.com/a/4  (listed: Papers with Code, pytorch) 40%"
has "attributed" out "data from   Papers with Code, CC-BY-SA-4.0 (https://huggingface.co/pwc-archive)"
lacks "no older versions" out "(older)"
run "by its address there" 0 "$CARREL" show --json $page/three
has "the stronger evidence stands" out '"evidence":"official"'
has "with how sure that is" out '"confidence":0.98'
has "attributed as data" out '"license":"CC-BY-SA-4.0"'
has "titled by the link" out '"title":"T three"'
cat >"$T/owner.jsonl" <<X
{"id":"arxiv:2401.00001","title":"Owned","authors":["José García"],"code_urls":["https://github.com/jgarcia/owned","https://github.com/lab/owned"]}
X
run "code without a word for it" 0 "$CARREL" -L "$T/owned" import "$T/owner.jsonl"
run "is weighed by its owner" 0 "$CARREL" -L "$T/owned" show 2401.00001
has "who is called like an author" out "https://github.com/jgarcia/owned  (author: its owner is called like José García) 60%"
lacks "or says nothing" out "lab/owned  ("
run "the same as data" 0 "$CARREL" -L "$T/owned" show --json 2401.00001
has "has it, too" out '"evidence":"author","said":"its owner is called like José García","confidence":0.6'
run "in the desk" 0 "$CARREL" -L "$T/owned" dump paper 2401.00001 --size 140x40
has "it is told as well" out "called like José García) 60%"

"$CARREL" -q -L "$T/turned" import "$T/links.json" "$T/papers.json" >/dev/null
for lib in library turned; do "$CARREL" -L "$T/$lib" show --json 1805.10616 pwc:three pwc:two; done >"$T/both"
same "links before papers come to the same" "$(head -n 3 "$T/both")" "$(tail -n 3 "$T/both")"
{ printf '['; i=0; while [ $i -lt 1200 ]; do link many "b/$i" false false false; printf ','; i=$((i + 1)); done; link many b/7 false true false; printf ']'; } >"$T/many.json"
run "a paper that everybody implements" 0 "$CARREL" -L "$T/many" import --json "$T/many.json"
same "row after row" '{"seen":1201,"added":1,"updated":1200,"unchanged":0,"rejected":0,"merged":0,"binned":0}' "$(cat "$T/out")"
"$CARREL" -L "$T/many" show pwc:many >"$T/out"
same "has all of it" 1200 "$(grep -c github.com/b/ "$T/out")"
has "the stronger word stands" out "https://github.com/b/7  (paper: Papers with Code, pytorch)"
run "export" 0 "$CARREL" export --format jsonl -o "$T/one.jsonl"
has "says whose data it is" one.jsonl '"attribution":[{"name":"pwc","title":"Papers with Code","license":"CC-BY-SA-4.0"'
run "into another library" 0 "$CARREL" -q -L "$T/other" import "$T/one.jsonl"
run "and out of it" 0 "$CARREL" -L "$T/other" export --format jsonl -o "$T/two.jsonl"
same "the attribution goes with it" "$(grep -o '"attribution":.*' "$T/one.jsonl" | sort)" "$(grep -o '"attribution":.*' "$T/two.jsonl" | sort)"
run "a work without it" 0 "$CARREL" -q -L "$T/other" import tests/fixtures/papers.jsonl
"$CARREL" -L "$T/other" show 1706.03762 >"$T/out" 2>&1
lacks "is not attributed" out "Papers with Code"
run "site" 0 "$CARREL" export --format site -o "$T/site"
run "site again" 0 "$CARREL" export --json --format site -o "$T/site"
has "byte for byte the same" out '"written":0'
same "its manifest names it" 1 "$(grep -c '"papers":3,"attribution":\[{"name":"pwc"' "$T/site/manifest.json")"
same "so do the records" 3 "$(cat "$T"/site/papers/*.json | grep -o '"attribution":' | wc -l)"
run "a site of other papers" 0 "$CARREL" export --format site --force --query "title:nothingatall" -o "$T/bare"
lacks "needs no attribution" bare/manifest.json attribution
run "a feed" 0 "$CARREL" export --format atom
has "has it as its rights" out "<rights>Contains data from Papers with Code, CC-BY-SA-4.0 (https://huggingface.co/pwc-archive)</rights>"

printf '[%s,{"repo_url":1},{"a":1,},]' "$(link four a/5 true true true)" >"$T/bad.json"
run "what is no row is left out" 3 "$CARREL" import --json "$T/bad.json"
same "the rest is kept" '{"seen":4,"added":1,"updated":0,"unchanged":0,"rejected":3,"merged":0,"binned":0}' "$(cat "$T/out")"
has "a mistake in JSON is told" err "bad.json:1: not JSON"
printf '[%s,%s' "$(link five a/6 true true true)" "$(link six a/7 true true true | head -c 60)" >"$T/cut.json"
run "a cut dump" 3 "$CARREL" import --json "$T/cut.json"
has "is told" err "cut short"
has "what was whole is kept" out '"added":1'
printf "[{\"id\":1}]" >"$T/array.json"
run "another array" 1 "$CARREL" -L "$T/none" import "$T/array.json"
has "is told from the archive" err "--format hf"

# Evaluation tables, methods and data sets.
cat >"$T/methods.json" <<'E'
[{"url":"https://paperswithcode.com/method/bert","name":"BERT","full_name":"Deep Rakes","description":"Rakes.","paper":{"title":"On Rakes","url":"https://paperswithcode.com/paper/on-rakes"},"introduced_year":2018,"source_url":"https://arxiv.org/abs/1810.04805v2","source_title":"BERT","code_snippet_url":"https://github.com/a/b","num_papers":7,"collections":[{"collection":"Language Models","area_id":"nlp","area":"Natural Language Processing"}]},
{"name":"ooJpiued","full_name":"ooJpiued","description":"Please enter a description about the method here","introduced_year":2000,"collections":[]},
{"name":null,"introduced_year":2000}]
E
cat >"$T/datasets.json" <<'E'
[{"url":"https://paperswithcode.com/dataset/roses","name":"Roses-10","full_name":"Ten Roses","homepage":"https://example.org/roses","description":"Pictures of roses.","paper":null,"introduced_date":"2015-01-01","modalities":["Images"],"languages":[],"tasks":[{"task":"Garden Design","url":"x"}],"variants":["Roses-5"],"num_papers":3,"data_loaders":[]}]
E
run "tables" 0 "$CARREL" import --json tests/fixtures/evaluation-tables.json
same "tasks and tables" '{"seen":6,"added":6,"updated":0,"unchanged":0,"rejected":0,"merged":0,"binned":0}' "$(cat "$T/out")"
run "tables again" 0 "$CARREL" import --json tests/fixtures/evaluation-tables.json
has "change nothing" out '"unchanged":6'
run "methods, one without a name" 3 "$CARREL" import --json "$T/methods.json"
same "without what nobody described" '{"seen":2,"added":1,"updated":0,"unchanged":0,"rejected":1,"merged":0,"binned":0}' "$(cat "$T/out")"
run "data sets" 0 "$CARREL" import --json "$T/datasets.json"
has "are kept" out '"added":1'
printf '[%s]' "$(paper on-rakes null "On Rakes" "Cy Dee")" | "$CARREL" -q import - >/dev/null
run "tasks" 0 "$CARREL" tables
has "with their tables" out "Garden Design"
has "and whose they are" out "data from   Papers with Code"
lacks "not the empty one's data set" out "Empty"
run "a task" 0 "$CARREL" tables "garden design"
has "its data sets, the best by number" out "Accuracy 91.25  Rake"
has "parts of data sets" out "Roses-10 / thorny"
has "less is better where the name says so" out "Error rate 2.5  Glove"
has "its subtasks" out "wider than  Weeding"
has "whose data it is" out "data from   Papers with Code, CC-BY-SA-4.0"
run "a table" 0 "$CARREL" tables "Garden Design" Roses-10
same "in the order of its metric, none last" "Rake Shears Spade Hoe" "$(awk '/^ +[0-9]/ { printf "%s%s", s, $2; s = " " }' "$T/out")"
has "with paper" out "pwc:on-rakes"
has "and code" out "https://github.com/a/spade"
has "attributed" out "CC-BY-SA-4.0"
run "by another metric" 0 "$CARREL" tables "Garden Design" Roses-10 --metric para
same "the fewest first" "Hoe Spade" "$(awk '/^ +[12] / { printf "%s%s", s, $2; s = " " }' "$T/out")"
run "reversed" 0 "$CARREL" tables "Garden Design" Roses-10 --metric 2 --reverse --limit 1 --json
has "as data" out '"sorted_by":"Params","less_is_better":false,"rows":4,"items":[{"model":"Spade","results":{"Accuracy":{"text":"85.1%","number":85.1},"Params":{"text":"3.0m","number":3000000}}'
has "attributed, too" out '"attribution":[{"name":"pwc"'
run "a metric that is none" 2 "$CARREL" tables "Garden Design" Roses-10 --metric taste
has "is told" err "this table has Accuracy, Params, Speed"
run "a task that is none" 4 "$CARREL" tables garden
has "what is like it" err "there is Garden Design"
run "a data set that is none" 4 "$CARREL" tables "Garden Design" Tulips
has "what there is" err "there is Roses-10"
run "a method" 0 "$CARREL" tables --methods bert
has "who introduced it" out "pwc:on-rakes"
run "a data set" 0 "$CARREL" tables --datasets --json roses-10
has "what it is for" out '"part_of":["Garden Design"]'
has "its tables" out '"task":"Weeding","dataset":"Roses-10","rows":2,"metric":"FID","best":"3","best_model":"By fire"'
run "statistics" 0 "$CARREL" stats
has "count the catalogue" out "tables 3 with 8 results, methods 1, data sets 2"
run "find" 0 "$CARREL" tables --datasets --find ROSE
has "by a part of the name" out "thorny"
run "a paper" 0 "$CARREL" show pwc:on-rakes
has "where it stands" out "results     1 of 4 on Roses-10 (Garden Design): Accuracy 91.25, Rake"
has "its tasks" out "tasks       Question Answering"
run "completion" 0 "$CARREL" completion words tables Gard
has "knows tasks" out "Garden Design"
run "help" 0 "$CARREL" help tables
has "tells the options" out "--metric"
run "empty library" 0 "$CARREL" -L "$T/other" tables --datasets
has "what to do" err "evaluation-tables"
{ printf '['; i=0; while [ $i -lt 40 ]; do printf '{"task":"T%s","datasets":[],"subtasks":[' $i; i=$((i + 1)); done; printf '{}'; i=0; while [ $i -lt 40 ]; do printf ']}'; i=$((i + 1)); done; printf ']'; } >"$T/deep.json"
run "tasks without end" 3 "$CARREL" import --json "$T/deep.json"
same "are left out below" '{"seen":26,"added":25,"updated":0,"unchanged":0,"rejected":1,"merged":0,"binned":0}' "$(cat "$T/out")"
run "two works become one" 0 "$CARREL" merge pwc:on-rakes pwc:two
run "with the results" 0 "$CARREL" show pwc:two
has "of both" out "1 of 4 on Roses-10"
run "split" 0 "$CARREL" split pwc:on-rakes
run "the results" 0 "$CARREL" show pwc:two
lacks "are the other's again" out "Roses-10"
run "papers of a task" 0 "$CARREL" search --ids 'task:"question answering" rakes'
has "are found" out pwc:on-rakes
run "by the beginning of its name" 0 "$CARREL" search --json 'task:quest*'
has "all of them" out '"total":3'
run "of a method that nothing names" 0 "$CARREL" search --json method:none
has "none" out '"total":0'
run "by where they come from" 0 "$CARREL" search --ids source:pwc
has "links, too" out pwc:three
run "export with tasks" 0 "$CARREL" export --format jsonl --query "title:rakes"
has "names them" out '"tasks":["Question Answering"]'
run "doctor" 0 "$CARREL" doctor
finish
