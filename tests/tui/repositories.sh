# Repositories at the desk: the list, one of them, the way from a paper, and what is said where there is nothing.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/../github.sh"
github() { "$CARREL" -c source.github.url="$REPLAY_URL" -c source.github.interval=0s -c harvest.backoff=5ms "$@"; }
{
    echo 'route /repos/lee/lamps'
    about='Lamps for reading: bright, quiet, and 日本語の説明 beside an English one that is too long for one line of any list'
    answer 200 "$(language='Jupyter Notebook' repo Lee/Lamps 120 2026-02-27T08:00:00Z)"
    answer 200 "$(language='Jupyter Notebook' repo Lee/Lamps 151 2026-02-27T08:00:00Z)"
    answer 200 "$(language='Jupyter Notebook' repo Lee/Lamps 187 2026-02-27T08:00:00Z)"
    echo 'route /repos/Lee/Lamps/readme'
    answer 200 "$(readme '# Lamps\n\n[![badge](https://x.org/b.svg)](https://x.org)\n\nCode of [our **paper**](https://arxiv.org/abs/2602.00001) and of nothing\nelse; it is what a reader needs at night, when all the others have gone home.\n\n## Install\n\n```sh\nmake lamps    # quietly\n```\n\n- one lamp\n- another, which is described in so many words that they need two lines at the least\n  - its bulb\n\n| bulb | lumen |\n|---|---|\n| warm | 400 |\n\nCompare arXiv:2602.00007.')"
    echo 'route /repos/old/desks'
    echo 'answer 301 header="Location: {url}/repositories/9" type=application/json body="{\"message\":\"Moved Permanently\"}"'
    echo 'route /repositories/9'
    answer 200 "$(about= topics= repo new/desks 1024 2026-01-02T08:00:00Z)"
    echo 'route /repos/new/desks loop'
    answer 200 "$(about= topics= repo new/desks 1024 2026-01-02T08:00:00Z)"
    echo 'route /repos/new/desks/readme loop'
    answer 404 '{"message":"Not Found","status":"404"}'
    echo 'route /repos/gone/chairs loop'
    answer 404 '{"message":"Not Found","status":"404"}'
    echo 'route /repos/law/shelves loop'
    answer 451 '{"message":"Repository access blocked","block":{"reason":"dmca","created_at":"2026-01-01T00:00:00Z"}}'
    echo 'route /repos/a-laboratory-with-a-long-name/a-repository-with-a-longer-one loop'
    answer 200 "$(archived=true fork=true about='An archived fork' repo a-laboratory-with-a-long-name/a-repository-with-a-longer-one 31415 2025-01-02T08:00:00Z)"
    echo 'route /repos/a-laboratory-with-a-long-name/a-repository-with-a-longer-one/readme loop'
    answer 404 '{"message":"Not Found","status":"404"}'
    echo 'route /repos/bo/tables loop'
    answer 200 "$(about='Tables' repo bo/tables 7 2026-02-01T08:00:00Z)"
    echo 'route /repos/bo/tables/readme loop'
    answer 404 '{"message":"Not Found","status":"404"}'
    echo 'route /* loop'
    answer 404 '{"message":"Not Found","status":"404"}'
} >"$T/script"

screen repositories-none repositories
cat >"$T/papers.jsonl" <<X
{"id":"arxiv:2602.00001","title":"Reading lamps","authors":["Ann Lee"],"published":"2026-02-20","code_urls":["https://github.com/Lee/Lamps"]}
{"id":"arxiv:2602.00002","title":"Reading desks","authors":["Bo Ray"],"published":"2026-02-10","code_urls":["https://github.com/old/desks/tree/main","https://github.com/a-laboratory-with-a-long-name/a-repository-with-a-longer-one"]}
{"id":"arxiv:2602.00003","title":"Chairs that went","authors":["Cy Day"],"published":"2026-02-11","code_urls":["https://github.com/gone/chairs"]}
{"id":"arxiv:2602.00004","title":"Withheld shelves","authors":["Di Fox"],"published":"2026-02-12","code_urls":["https://github.com/law/shelves"]}
{"id":"arxiv:2602.00005","title":"A paper without code","authors":["Ed Gray"],"published":"2026-02-13"}
X
run "papers with code" 0 "$CARREL" import "$T/papers.jsonl"
screen repositories-unknown repositories
screen repositories-linked repositories --keys 'f'
screen repository-linked repository https://github.com/lee/lamps
start_replay "$T/script"
run "asked for" 0 github sync --source github
export CARREL_CLOCK=2026-03-02T12:00:00Z
run "on the next day" 0 github sync --source github
export CARREL_CLOCK=2026-03-05T12:00:00Z
run "and on a later one" 0 github sync --source github
printf '%s\n' '{"id":"arxiv:2602.00006","title":"Tables and lamps","authors":["Bo Ray"],"published":"2026-02-14","code_urls":["https://github.com/bo/tables","https://github.com/lee/lamps"]}' >"$T/more.jsonl"
run "a paper with more" 0 "$CARREL" import "$T/more.jsonl"

screen repositories repositories
screen repositories-wide repositories --size 140x40
screen repositories-ascii repositories --ascii --size 60x20 --keys 'OGk'
screen repositories-linear repositories --linear --size 100x8
screen repositories-smallest repositories --size 20x5
screen repository repository repo:github.com/lee/lamps
screen repository-wide repository repo:github.com/lee/lamps --size 140x40
screen repository-end repository repo:github.com/lee/lamps --size 60x20 --ascii --keys 'G'
screen repository-gone repository repo:github.com/law/shelves
screen repository-moved repository https://github.com/old/desks --size 80x20
screen repositories-of repositories arxiv:2602.00006 --size 80x14
screen paper-code paper arxiv:2602.00006

desk() { "$CARREL" dump "$@"; }
run "by key" 0 desk library --keys 'gR' --json
has "the list, most stars first" out '"view":"repositories","paper":null,"shown":"known","sort":"stars","known":3,"gone":3,"linked":7,"unasked":1,"cursor":0,"items":[{"kind":"repository","id":"repo:github.com/a-laboratory'
run "JSON of it" 0 desk repositories --json
same "is valid" 1 "$(sqlite3 :memory: "SELECT json_valid(CAST(readfile('$T/out') AS TEXT))")"
run "by name" 0 desk repositories --keys ':sort name<CR>' --json
has "from a on" out '"items":[{"kind":"repository","id":"repo:github.com/a-laboratory-with-a-long-name/a-repository-with-a-longer-one"'
run "an order that is none" 0 desk repositories --keys ':sort size<CR>'
has "is told" out "an order is stars, pushed, name or added, not 'size'"
run "the others" 0 desk repositories --keys 'f' --json
has "are those of papers" out '"items":[{"kind":"repository","id":"repo:github.com/bo/tables","name":"bo/tables","description":null,"language":null,"license":null,"stars":null,"pushed":null,"papers":1,"state":"linked"'
run "find" 0 desk repositories --keys '/READING<CR>' --json
has "looks at descriptions, too" out '"cursor":2'
run "find nothing" 0 desk repositories --keys '/xyz<CR>'
has "says so" out "no row has 'xyz'"
run "Enter" 0 desk repositories --keys 'jj<CR>' --json
has "opens one" out '"view":"repository","kind":"repository","id":"repo:github.com/lee/lamps"'
same "as data that is valid" 1 "$(sqlite3 :memory: "SELECT json_valid(CAST(readfile('$T/out') AS TEXT))")"
run "and Esc" 0 desk repositories --keys 'jj<CR><Esc>' --json
has "goes back to it" out '"cursor":2'
run "its paper" 0 desk repository repo:github.com/lee/lamps --keys '/Reading lamps<CR><CR>' --json
has "is opened by Enter" out '"view":"paper","paper":{"id":"arxiv:2602.00001"'
run "from there" 0 desk repository repo:github.com/lee/lamps --keys '/Reading lamps<CR><CR><Esc>' --json
has "back to its line" out '"cursor":16'
run "a mark on its line" 0 desk repository repo:github.com/lee/lamps --keys '/Reading lamps<CR>s'
same "is the paper's" arxiv:2602.00001 "$("$CARREL" -q search --ids is:starred)"
run "a paper that is not here" 0 desk repository repo:github.com/lee/lamps --keys '/2602.00007<CR><CR>'
has "says how it could be" out ":add arxiv:2602.00007 fetches it"
run "any other line" 0 desk repository repo:github.com/lee/lamps --keys '<CR>'
has "leads to the papers" out "2 papers: Enter opens the one under the cursor"
run "and Enter" 0 desk repository repo:github.com/lee/lamps --keys '<CR><CR>' --json
has "opens the first" out '"view":"paper","paper":{"id":"arxiv:2602.000'
run "of one paper" 0 desk repository repo:github.com/old/desks --keys '<CR>' --json
has "Enter opens it at once" out '"view":"paper","paper":{"id":"arxiv:2602.00002"'
run "find in the README" 0 desk repository repo:github.com/lee/lamps --keys '/400<CR>' --size 80x40
has "finds" out "warm · 400"
run "outside" 0 desk repositories --keys 'jjo'
has "is its page" out "not without a terminal: https://github.com/lee/lamps"
run "outside on a paper's line" 0 desk repository repo:github.com/lee/lamps --keys '/Reading lamps<CR>o'
has "is that of the paper" out "not without a terminal: https://arxiv.org/abs/2602.00001"
run "copy" 0 desk repository repo:github.com/lee/lamps --keys 'y'
has "has the address" out "copied https://github.com/lee/lamps"
run "from a paper with one" 0 desk paper arxiv:2602.00001 --keys 'gc' --json
has "to it" out '"view":"repository","kind":"repository","id":"repo:github.com/lee/lamps"'
run "from one with more" 0 desk paper arxiv:2602.00006 --keys 'gcj<CR>' --json
has "by their list" out '"view":"repository","kind":"repository","id":"repo:github.com/lee/lamps"'
run "from one with none" 0 desk paper arxiv:2602.00005 --keys 'gc'
has "is told, too" out "it links to no repository"
run "from a list of papers" 0 desk search id:arxiv:2602.00002 --keys 'gc' --json
has "to those of its paper" out '"view":"repositories","paper":"arxiv:2602.00002"'
run "none of a paper" 0 desk repositories arxiv:2602.00005
has "and that" out "arxiv:2602.00005 links to no repository."
run "no such paper" 4 desk repositories arxiv:2602.09999
run "no such repository" 4 desk repository repo:github.com/no/such
has "how to ask for it" err ":add https://github.com/no/such asks for it"
run "nothing that could be one" 2 desk repository lamps
run "none" 2 desk repository
run "found by a search" 0 desk search 'kind:repository lamps' --keys '<CR>' --json
has "it opens as one" out '"view":"repository","kind":"repository","id":"repo:github.com/lee/lamps"'
run "as data" 0 desk search 'kind:repository lamps' --json
has "it is one, too" out '"items":[{"kind":"repository","id":"repo:github.com/lee/lamps"'
screen search-repositories search 'kind:repository lamps' --size 100x12
run "with options" 0 desk library --keys ':repositories --limit 2<CR>'
has "it is the command" out 31415
run "F" 0 github dump repositories --keys 'fF' --json
has "asks for the one under the cursor" out '"unasked":0'
has "and says what came" out 'repo:github.com/bo/tables'
finish
