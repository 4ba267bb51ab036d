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
same "two names of one arXiv paper are one work" '{"seen":3,"added":2,"updated":1,"unchanged":0,"rejected":0}' "$(cat "$T/out")"
run "again" 0 "$CARREL" import --json --format pwc "$T/papers.json"
has "nothing changes" out '"unchanged":3'
gzip -c "$T/links.json" >"$T/links.json.gz"
run "links, gzip" 0 "$CARREL" import --json "$T/links.json.gz"
same "rows add to their paper" '{"seen":6,"added":1,"updated":4,"unchanged":1,"rejected":0}' "$(cat "$T/out")"
run "links again" 0 "$CARREL" import --json "$T/links.json"
has "add nothing" out '"unchanged":6'
run "a paper with all its code" 0 "$CARREL" show 1805.10616
has "official" out "https://github.com/a/1  (official: Papers with Code, pytorch)"
has "stated in the paper, by a text" out "https://github.com/a/3  (paper: Papers with Code, pytorch)"
has "listed, under its other name" out "https://github.com/a/4  (listed: Papers with Code, pytorch)"
has "attributed" out "data from   Papers with Code (https://huggingface.co/pwc-archive), CC-BY-SA-4.0"
lacks "no older versions" out "(older)"
run "by its address there" 0 "$CARREL" show --json $page/three
has "the stronger evidence stands" out '"evidence":"official"'
has "attributed as data" out '"license":"CC-BY-SA-4.0"'
has "titled by the link" out '"title":"T three"'

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

printf '[%s,{"repo_url":1},{"a":1,},]' "$(link four a/5 true true true)" >"$T/bad.json"
run "what is no row is left out" 3 "$CARREL" import --json "$T/bad.json"
same "the rest is kept" '{"seen":4,"added":1,"updated":0,"unchanged":0,"rejected":3}' "$(cat "$T/out")"
has "a mistake in JSON is told" err "bad.json:1: not JSON"
printf '[%s,%s' "$(link five a/6 true true true)" "$(link six a/7 true true true | head -c 60)" >"$T/cut.json"
run "a cut dump" 3 "$CARREL" import --json "$T/cut.json"
has "is told" err "cut short"
has "what was whole is kept" out '"added":1'
printf "[{\"id\":1}]" >"$T/array.json"
run "another array" 1 "$CARREL" -L "$T/none" import "$T/array.json"
has "is told from the archive" err "--format hf"
run "doctor" 0 "$CARREL" doctor
finish
