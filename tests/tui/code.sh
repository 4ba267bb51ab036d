# Clones at the desk: folders, files, log, diff, blame, branches; at other commits; from a repository and from a paper.
. "$(dirname "$0")/lib.sh"
GITMAKER="$(dirname "${REPLAY:?}")/gitmaker"
cat >"$T/script" <<'X'
put README.md # Lamps\n\nCode of [our paper](https://arxiv.org/abs/2602.00001).\n
put src/lamp.c int lantern(void)\n{\n\treturn 1; /* 日本語 */\n}\n
put src/deep/er/wick.py def wick():\n    return 0\n
commit 1767225600 Ann Lee: Begin
tag v1
put src/lamp.c int lantern(void)\n{\n\treturn 2; /* 日本語 */\n}\n
commit 1768435200 Bo Ray: Brighter\n\nTwice as bright as any lamp before.
link out ../../etc/passwd
module sub
put evil\tname.py x = 1\n
binary blob.bin 3000
commit 1772280000 Cy Day with a long name: Odd things
X
"$GITMAKER" "$T/lee/lamps.git" <"$T/script" || bad "gitmaker"
cat >"$T/papers.jsonl" <<'X'
{"id":"arxiv:2602.00001","title":"Reading lamps","authors":["Ann Lee"],"published":"2026-01-20"}
{"id":"arxiv:2602.00002","title":"Darkness","authors":["Bo Ray"],"published":"2026-01-21"}
X
R=repo:local/lee/lamps
run "papers" 0 "$CARREL" import "$T/papers.jsonl"
run "no clone" 4 "$CARREL" dump code $R
run "a clone" 0 "$CARREL" add "$T/lee/lamps.git"
screen code-tree code $R
screen code-file code "$R file - src/lamp.c"
screen code-folders code $R --keys '<CR><CR><CR>'
screen code-back code $R --keys '<CR><CR><Esc>'
screen code-log code $R --keys 'L'
screen code-log-row code $R --keys 'gL'
screen code-log-file code "$R file - src/lamp.c" --keys 'L'
screen code-diff code $R --keys 'Lj<CR>'
run "from a diff to a file whose name is not shown as it is" 0 "$CARREL" dump code "$R diff" --keys 'jjjjjjj/evil<CR><CR>'
has "its line" out "1  x = 1"
screen code-blame code "$R file - src/lamp.c" --keys 'b'
screen code-branches code $R --keys 'B'
screen code-at code "$R file - src/lamp.c" --keys '@v1<CR>'
screen code-find code $R --keys '/blob<CR>'
screen code-binary code "$R file - blob.bin"
screen code-link code "$R file - out"
screen code-paper paper arxiv:2602.00001 --keys 'gC'
screen code-none paper arxiv:2602.00002 --keys 'gC'
screen code-repository repository $R --keys 'c'
# then NAME VIEW KEYS TITLE: what gC shows from there.
then_of() { run "$1" 0 "$CARREL" dump repository "$2" --keys "$3" --json && has "$1: it is that" out "$4"; }
then_of "gC on a repository is its only paper's day" $R 'gC' '"as_of":"2026-01-15'
then_of "and Esc comes back" $R 'gC<Esc>' '"view":"repository"'
echo '{"id":"arxiv:2602.00009","title":"Early lamps","authors":["Ann Lee"],"published":"2026-01-05","code_urls":["https://github.com/lee/two"]}' |
    "$CARREL" -q import - >/dev/null 2>&1
run "of two papers" 0 "$CARREL" add "$T/lee/lamps.git" --as repo:github.com/lee/two
then_of "which is asked" repo:github.com/lee/two 'gC' '2 papers: Enter opens the one under the cursor, gC the code of its day'
then_of "the first" repo:github.com/lee/two 'gCgC' '"as_of":"2026-01-15'
then_of "the second" repo:github.com/lee/two 'gCjjgC' '"as_of":"2026-01-01'
run "a mark where no paper is" 0 "$CARREL" dump repository $R --keys 's' --json
has "is for papers" out "papers are marked, repositories are not"
run "the way out of what was opened" 0 "$CARREL" dump repository $R --keys 'c<C-o>' --json
has "is also that of jumps" out '"view":"repository"'
screen code-ascii code $R --ascii --size 60x12 --keys 'L'
screen code-smallest code $R --size 20x5

# ---- slips leave one where one is ----
# said NAME KEYS TEXT [PLACE]: what the keys are answered with.
said() { run "$1" 0 "$CARREL" dump code "${4:-$R}" --keys "$2" && has "$1: told" out "$3"; }
said "a revision that is not there" 'L@bogus<CR>' "it has no branch, tag or commit 'bogus'"
has "over the log" out "Brighter"
said "what is no day" 'L@2020-13-45<CR>' "'2020-13-45' is no day of the calendar"
said "a slip, then a tag" 'L@bogus<CR>@v1<CR>' '(v1)'
has "which is gone to" out "Begin"
lacks "without what came later" out "Brighter"
said "a file that was not there then" '@v1<CR>' "there is no 'blob.bin' in it at that commit" "$R file - blob.bin"
said "a difference with one that is not there" 'L:diff v1..bogus<CR>' "it has no branch, tag or commit 'bogus'"

said "a row that is no number" ':12abc<CR>' "no command '12abc'"
said "all words behind a view's name" ":view code $R log v1<CR>" "(v1) Begin"

# ---- between two commits ----
screen code-between code $R --keys 'LjjvggD'
screen code-marked code $R --keys 'Ljjvj'
screen code-between-typed code $R --keys ':diff v1..main<CR>'
said "a branch against a tag" 'BvjD' "from 1d82616"
said "from file to file" ':diff v1..main<CR>2]f' "M  src/lamp.c"
run "from hunk to hunk" 0 "$CARREL" dump code $R --keys ':diff v1..main<CR>2]c]c[c' --json
has "stands on one" out "\"cursor\":$(awk '/@@/{n++; if (n == 2) print NR - 3}' "$EXPECTED/code-between-typed")"
said "behind the last" ':diff v1..main<CR>9]c]c' "no hunk is below"
said "hunks elsewhere" 'L]c' "hunks are in what a commit changes: D"
said "a line of a difference leads to it" ':diff v1..main<CR>/return 2<CR><CR>' "file:3 1d826168f9d2 src/lamp.c"
said "one that went to what it was" ':diff v1..main<CR>/return 1<CR><CR>' "return 1;"
said "the next commit of the log" 'L<CR>J' "Brighter"
said "and back" 'L<CR>JK' "Odd things"
run "the log goes along" 0 "$CARREL" dump code $R --keys 'L<CR>JJ<Esc>' --json
has "to the same" out '"cursor":2'
said "behind the last one" 'LG<CR>J' "this is the last commit there"
said "without a log its parent" 'DJ' "Brighter"

# ---- blame, authors, graph ----
screen code-blame-line code "$R file - src/lamp.c" --keys 'jjb'
said "blame before the line's commit" 'jjb,' "blame:3 6304db6a" "$R file - src/lamp.c"
has "has the line before" out "return 1;"
said "before the first" 'jb,' "the file begins with commit 6304db6" "$R file - src/lamp.c"
screen code-author code $R --keys 'Lfbo<CR>'
said "Esc shows all again" 'Lfbo<CR><Esc>' "Odd things"
said "no author of that name" 'Lfnobody<CR>' "no commit of that author; f and Enter shows all"
said "without its graph" 'Lzg' "Bo Ray          Brighter"
printf '%s\n' 'put a 1\n' 'commit 1767225600 Ann Lee: Begin' 'branch red' 'put r 1\n' 'commit 1767325600 Bo Ray: Red' 'branch main' 'branch blue' \
    'put b 1\n' 'commit 1767425600 Cy Day: Blue' 'branch main' 'put a 2\n' 'commit 1767525600 Bo Ray: Two' 'merge red' 'merge blue' 'put r 1\n' \
    'commit 1767625600 Ann Lee: Joined' | "$GITMAKER" "$T/lee/graph.git" || bad "gitmaker"
run "a history with branches" 0 "$CARREL" add "$T/lee/graph.git"
screen code-graph code repo:local/lee/graph --size 80x10 --keys 'L'
screen code-graph-ascii code repo:local/lee/graph --size 60x10 --ascii --keys 'L'

# ---- lines that are wider than the screen ----
printf '%s\n' 'put wide.c /* a line that is longer than what a screen of eighty columns has beside the list of feeds: 日本語 wick */\nint b;\n' \
    'commit 1767225600 Ann Lee: Wide' | "$GITMAKER" "$T/lee/wide.git" || bad "gitmaker"
run "another clone" 0 "$CARREL" add "$T/lee/wide.git"
W="repo:local/lee/wide file - wide.c"
screen code-right code "$W" --keys 'zlzl'
screen code-right-end code "$W" --keys 'zlzlzlzlzlzlzlzlzh'
screen code-find-right code "$W" --keys '/wick<CR>'
screen code-find-left code "$W" --keys '/wick<CR>/int<CR>'
screen code-wrapped code "$W" --size 60x10 --keys 'jzw'
screen code-line-end code "$W" --keys '$'
said "arrows go sideways where lines are long" '<Right>' "reen of eighty columns" "$W"
said "and back" '<Right><Left>' "/* a line" "$W"
said "what is opened from there is wrapped, too" 'zwD' "k */" "$W"
said "wrapped lines have nothing beside them" 'zwzl' "zw ends that" "$W"
run "as data" 0 "$CARREL" dump code $R --json
has "rows" out '"text":"src/"'
run "no such word" 2 "$CARREL" dump code "$R look"
run "no such file" 4 "$CARREL" dump code "$R file - nothing"
run "no such revision" 4 "$CARREL" dump code "$R tree nothing"

echo '{"id":"doi:10.1145/7654321.7654321","title":"Lamps of a year","authors":["Ann Lee"],"published":"2026"}' | "$CARREL" -q import - >/dev/null 2>&1
run "a paper of a year" 0 "$CARREL" dump code "$R log doi:10.1145/7654321.7654321" --json
has "says which day was taken" out '(2026, taken as 2026-12-31)'
# Blame tells of a run of lines whose first is above the screen, and jumps show what they lead to.
{
    printf 'put long.py '
    i=0
    while [ $((i += 1)) -le 90 ]; do printf 'x = %d\\n' $i; done
    printf '\ncommit 1767225600 Ann Lee: Begin\nput long.py '
    i=0
    while [ $((i += 1)) -le 90 ]; do [ $((i % 30)) = 5 ] && printf 'y = %d\\n' $i || printf 'x = %d\\n' $i; done
    printf '\ncommit 1768435200 Bo Ray: Three places\n'
} | "$GITMAKER" "$T/lee/long.git" || bad "gitmaker"
run "a clone of it" 0 "$CARREL" add "$T/lee/long.git"
screen code-blame-run code "repo:local/lee/long blame:60 - long.py" --size 80x12
screen code-hunk code "repo:local/lee/long diff" --keys '2]c' --size 80x12
printf 'put a 1\\n\ncommit 1767225600 Ann Lee: Begin\nbranch wip\nput b 2\\n\ncommit 1767325600 Bo Ray: Half done\nbranch main\nput a 2\\n\ncommit 1767425600 Ann Lee: Two\n' |
    "$GITMAKER" "$T/lee/wip.git" || bad "gitmaker"
run "a clone with a branch" 0 "$CARREL" add "$T/lee/wip.git"
screen code-all code repo:local/lee/wip --keys 'Lza' --size 80x12
run "za again" 0 "$CARREL" dump code repo:local/lee/wip --keys 'Lzaza' --json
lacks "is of one branch" out "Half done"
run "za elsewhere" 0 "$CARREL" dump code repo:local/lee/wip --keys 'za' --json
has "says where" out "all branches are for a log"
# A room lies over what was there: Esc leads back, and what is named goes before what the cursor is on.
# leads NAME VIEW KEYS TEXT: keys from the file's code.
leads() { run "$1" 0 "$CARREL" dump code "$R file - src/lamp.c" --keys "$2" --json && has "$1: there" out "$3"; }
leads "0 is Analytics" 'b0' '"view":"analytics"'
leads "Esc is back in the code" 'b0<Esc>' '"title":"blame src/lamp.c'
leads "so is C-o from Tables" 'b0gt<C-o><C-o>' '"title":"blame src/lamp.c'
leads "a room that is open is come back to" '01020<Esc><Esc>' '"view":"code"'
leads ":q closes" 'b:q<CR>' '"title":"file src/lamp.c'
leads ":wq, too" 'b:wq<CR>' '"title":"file src/lamp.c'
leads ":open of a paper" ':open 2602.00002<CR>' '"paper":{"id":"arxiv:2602.00002"'
leads ":open of a repository" ":open $R<CR>" '"view":"repository"'
leads ":open of anything else" ':open lamps<CR>' "'lamps' is no id that carrel knows"
leads ":open of what is not here" ':open arxiv:2401.99999<CR>' 'arxiv:2401.99999'
run ":code of a repository" 0 "$CARREL" dump paper arxiv:2602.00002 --keys ":code $R<CR>" --json
has "opens it" out '"view":"repository"'
run ":code of a paper" 0 "$CARREL" dump paper arxiv:2602.00002 --keys ':code arxiv:2602.00001<CR>' --json
has "is that paper's" out 'local/lee/lamps'
run ":code-then of a paper" 0 "$CARREL" dump paper arxiv:2602.00002 --keys ':code-then arxiv:2602.00001<CR>' --json
has "is its day" out '"as_of":"2026-01-15'
finish
