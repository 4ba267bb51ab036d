# Clones: added from folders and addresses, read, searched, removed; what fails leaves nothing behind.
. "$(dirname "$0")/lib.sh"
GITMAKER="$(dirname "${REPLAY:?}")/gitmaker"
sql() { sqlite3 "$CARREL_LIBRARY/library.db" "$1"; }
cat >"$T/script" <<'X'
put README.md # Lamps\n\nCode of [our paper](https://arxiv.org/abs/2602.00001).\n
put LICENSE MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this\n
put CITATION.cff cff-version: 1.2.0\ndoi: 10.1145/3292500.3330701\n
put src/lamp.py def lantern():\n    return 1\n\ndef wick():\n    return 0\n
put docs/use.md # Using\n\nTurn the wick of a paraffin burner.\n
commit 1767225600 Ann Lee: Begin
tag v1
put src/lamp.py def lantern():\n    return 2\n\ndef wick():\n    return 0\n
put vendor/x.py paraffin = 1\n
commit 1768435200 Bo Ray: Brighter\n\nTwice as bright.
link out ../../etc/passwd
module sub
put evil\tname.py x = 1\n
binary blob.bin 3000
commit 1772280000 Cy Day: Odd things
X
"$GITMAKER" "$T/lee/lamps.git" <"$T/script" || bad "gitmaker"
cat >"$T/papers.jsonl" <<'X'
{"id":"arxiv:2602.00001","title":"Reading lamps","authors":["Ann Lee"],"published":"2026-01-20"}
{"id":"doi:10.1145/3292500.3330701","title":"Lamps in journals","authors":["Ann Lee"],"published":"2026-02-10"}
X
R=repo:local/lee/lamps
run "papers" 0 "$CARREL" import "$T/papers.jsonl"
run "what is not there" 4 "$CARREL" repo $R
run "a folder is cloned" 0 "$CARREL" add "$T/lee/lamps.git"
same "and told" "$R  lee/lamps" "$(cat "$T/out")"
same "below the library" 1 "$(find "$CARREL_LIBRARY/repos/local/lee" -mindepth 1 -maxdepth 1 -name lamps.git | wc -l)"
run "again" 0 "$CARREL" add "$T/lee/lamps.git" --json
has "nothing is new" out '"fetched":false'
run "show" 0 "$CARREL" show $R
has "languages" out "languages   Python 100%"
has "licence" out "licence     MIT"
has "the last commit" out "Odd things, by Cy Day"
has "its own papers by name" out "README      its own: arxiv:2602.00001, doi:10.1145/3292500.3330701"
has "activity" out "activity    3 commits in two years"
has "the README's paper" out "arxiv:2602.00001  Reading lamps  (readme: its README names arxiv:2602.00001 as its paper)"
has "the citation file's" out "its CITATION.cff names doi:10.1145/3292500.3330701 as its paper"
run "a paper knows its code" 0 "$CARREL" show arxiv:2602.00001
has "by name" out "$R"
run "log" 0 "$CARREL" repo $R log
same "newest first" "Cy Bo Ann" "$(awk '{print $3}' "$T/out" | xargs)"
has "a tag stands where it is" out "(v1) Begin"
run "log of a file" 0 "$CARREL" repo $R log src/lamp.py --limit 1
has "says that there is more" err "--skip 1"
has "the last change" out "Brighter"
run "log as data" 0 "$CARREL" repo $R log --json
has "with bodies" out '"body":"Twice as bright."'
run "tree" 0 "$CARREL" repo $R tree
has "a folder" out "src/"
has "a link" out "out@"
has "a submodule" out "submodule  sub"
has "no control characters, but a name that leads there" out '"evil\tname.py"'
run "as it was shown" 0 "$CARREL" repo $R file '"evil\tname.py"' --plain
same "is that file" "x = 1" "$(cat "$T/out")"
run "a name with escapes that is not there" 4 "$CARREL" repo $R file "$(printf 'x\033[31my')"
lacks "is told without them" err "$(printf '\033')"
run "nor is one of a repository" 4 "$CARREL" repo "$(printf 'x\033[31my')"
lacks "told with them" err "$(printf '\033')"
run "a file" 0 "$CARREL" repo $R file src/lamp.py
has "with numbers" out "     2      return 2"
run "an older state" 0 "$CARREL" repo $R file src/lamp.py --at v1 --plain
has "of it" out "    return 1"
run "as of a day" 0 "$CARREL" repo $R log --at 2026-01-14 --limit 1
has "the commit of then" out "Begin"
run "as of a paper's day" 0 "$CARREL" repo $R log --at arxiv:2602.00001 --limit 1
has "the commit of that day" out "Brighter"
run "before it began" 4 "$CARREL" repo $R log --at 2020-01-01
has "is told" err "no commit as old as 2020-01-01"
run "of the clone by itself" 2 "$CARREL" repo $R --at v1
has "is refused with what to do" err "carrel repo $R tree --at v1"
run "no such revision" 4 "$CARREL" repo $R log --at nothing
run "a revision that searches" 2 "$CARREL" repo $R log --at ':/Begin'
run "a link leads nowhere" 0 "$CARREL" repo $R file out
has "but is shown" out "../../etc/passwd"
lacks "not followed" out "root:"
run "nothing behind it" 4 "$CARREL" repo $R file out/passwd
run "no way out" 4 "$CARREL" repo $R file ../../library.db
run "a binary file" 0 "$CARREL" repo $R file blob.bin
has "is not printed" err "3000 bytes that are no text"
run "diff" 0 "$CARREL" repo $R diff main~1
has "lines" out "+    return 2"
has "files" out "A  vendor/x.py  +1 -0"
run "blame" 0 "$CARREL" repo $R blame src/lamp.py
same "who wrote which line" "Ann Bo Ann Ann Ann" "$(awk '{print $3}' "$T/out" | xargs)"
{ printf 'one\r\ntwo\r\n'; yes three | head -n 2000; printf 'fo\000ur\nfive\n'; } >"$T/mixed.txt"
printf '%s\n' "copy mixed.txt $T/mixed.txt" 'commit 1767225600 Ann Lee: Mixed' | "$GITMAKER" "$T/lee/mixed.git" || bad "gitmaker"
run "lines that end as on DOS, and a zero byte far behind" 0 "$CARREL" add "$T/lee/mixed.git"
run "blame of it" 0 "$CARREL" repo repo:local/lee/mixed blame mixed.txt
same "each line once, as it is" "2004 one two five" "$(awk 'NR < 3 || NR > 2003 {s = s " " $NF} END {print NR s}' "$T/out")"
run "refs" 0 "$CARREL" repo $R refs
has "the default branch" out "main (default)"
has "a tag" out "v1"
run "README" 0 "$CARREL" repo $R readme
has "as text" out "# Lamps"
run "activity" 0 "$CARREL" repo $R activity --json
same "three commits in 104 weeks" "104 3" "$(grep -o '"commits":[0-9]*' "$T/out" | awk -F: '{n++; s += $2} END {print n, s}')"
run "a word that is none" 2 "$CARREL" repo $R look
run "a file is named" 2 "$CARREL" repo $R blame
same "sources and docs are indexed, other people's code is not" "CITATION.cff 0 docs/use.md 1 src/lamp.py 1 vendor/x.py 0" \
    "$(for f in CITATION.cff docs/use.md src/lamp.py vendor/x.py; do printf '%s %s ' $f "$(sql "SELECT count(*) FROM repository_file WHERE path = '$f'")"; done | sed 's/ $//')"

run "words of a file" 0 "$CARREL" search --in repositories wick paraffin
has "find the repository" out "$R  lee/lamps"
has "with path and line" out "docs/use.md:3"
has "and the words" out "Turn the wick of a paraffin burner."
run "a name in the code" 0 "$CARREL" search --in all --json lantern
has "path" out '"path":"src/lamp.py","line":1'
run "what only other people's code has" 0 "$CARREL" search --in repositories --json vendored_paraffin
has "is not found" out '"total":0'
run "a word in the README and a filter" 0 "$CARREL" search --in repositories 'lamps license:MIT'
has "finds it once" out "$R"

cat >"$T/moved" <<'X'
put a.txt one\ntwo\nthree\nfour\nfive\n
commit 1772280000 Cy Day: Write
put a.txt one\ntwo\nthree\nfour\nfive\nsix\n
commit 1772280100 Cy Day: Add
remove a.txt
put folder/b.txt one\ntwo\nthree\nfour\nfive\nsix\n
commit 1772280200 Cy Day: Move
put folder/b.txt one\ntwo\nthree\nfour\nfive\nsix\nseven\n
commit 1772280300 Cy Day: Change
branch side
put side.txt side\n
commit 1772280400 Cy Day: Beside
branch main
merge side
commit 1772280500 Cy Day: Both
X
"$GITMAKER" "$T/lee/moved.git" <"$T/moved" || bad "gitmaker"
run "a file that was renamed" 0 "$CARREL" add "$T/lee/moved.git"
run "is followed" 0 "$CARREL" repo repo:local/lee/moved log folder/b.txt
same "to its beginning" "Change Move Add Write" "$(awk '{print $5}' "$T/out" | xargs)"
has "under its former name" out "Move (was a.txt)"
run "page by page" 0 "$CARREL" repo repo:local/lee/moved log folder/b.txt --skip 2
same "as well" "Add Write" "$(awk '{print $5}' "$T/out" | xargs)"
run "the merge" 0 "$CARREL" repo repo:local/lee/moved log --limit 1
has "is told, with its branch" out "(main, merge) Both"
# ---- graph, authors, differences of two ----
cat >"$T/wide" <<'X'
put a.txt one\n
commit 1767225600 Ann Lee: Begin
tag v0.1
branch red
put red.txt red\n
commit 1767325600 Bo Ray: Red
branch main
branch blue
put blue.txt blue\n
commit 1767425600 Cy Day: Blue
branch main
put a.txt two\n
commit 1767525600 Bo Ray: Two
merge red
merge blue
put red.txt red\n
put blue.txt blue\n
commit 1767625600 Ann Lee: Joined
X
"$GITMAKER" "$T/lee/wide.git" <"$T/wide" || bad "gitmaker"
W=repo:local/lee/wide
run "a history with branches" 0 "$CARREL" add "$T/lee/wide.git"
run "its graph" 0 "$CARREL" repo $W log --graph
same "has a lane for each way" "●─┬─╮ (main, merge) Joined|● │ │ Two|│ │ ● (blue) Blue|│ ● │ (red) Red|●─┴─╯ (v0.1) Begin" \
    "$(cut -c43- "$T/out" | paste -sd'|')"
run "in letters that all have" 0 "$CARREL" repo $W log --graph --ascii --limit 2 --skip 3
same "from its middle on" "| * | (red) Red|*-+-' (v0.1) Begin" "$(cut -c43- "$T/out" | paste -sd'|')"
run "as data" 0 "$CARREL" repo $W log --graph --json --limit 1
has "beside the commit" out '"graph":"●─┬─╮"'
run "of a file" 2 "$CARREL" repo $W log a.txt --graph
has "is refused" err "--graph is of a whole log: leave out the path"
run "commits of an author" 0 "$CARREL" repo $W log --author "bo RAY"
same "alone" "Two Red" "$(awk '{print $NF}' "$T/out" | xargs)"
run "of a file, too" 0 "$CARREL" repo $W log a.txt --author someone@
same "by address" "Two Begin" "$(awk '{print $NF}' "$T/out" | xargs)"
cat >"$T/wip" <<'X'
put a.txt one\n
commit 1767225600 Ann Lee: Begin
branch wip
put b.txt half\n
commit 1767325600 Bo Ray: Half done
branch main
put a.txt two\n
commit 1767425600 Ann Lee: Two
X
"$GITMAKER" "$T/lee/wip.git" <"$T/wip" && "$CARREL" -q add "$T/lee/wip.git" >/dev/null || bad "wip"
run "a branch that was not merged" 0 "$CARREL" repo repo:local/lee/wip log
same "is not in the log" "Two Begin" "$(awk '{print $NF}' "$T/out" | xargs)"
run "of all branches" 0 "$CARREL" repo repo:local/lee/wip log --all --graph
same "it is, with its lane" "● (main) Two|│ ● (wip) Half done|●─╯ Begin" "$(cut -c43- "$T/out" | paste -sd'|')"
run "of all, by an author" 0 "$CARREL" repo repo:local/lee/wip log --all --author ray
same "his" "done" "$(awk '{print $NF}' "$T/out" | xargs)"
cat >"$T/names" <<'X'
put a.txt 1\n
commit 1767225600 Łukasz Żak: Begin
put a.txt 2\n
commit 1767225700 Édith Öst: More
X
"$GITMAKER" "$T/lee/names.git" <"$T/names" && "$CARREL" -q add "$T/lee/names.git" >/dev/null || bad "names"
for words in zak 'LUKASZ zak' Żak żak edith öst; do
    run "commits of $words" 0 "$CARREL" repo repo:local/lee/names log --author "$words"
    same "are one" 1 "$(wc -l <"$T/out")"
done
run "of signs" 0 "$CARREL" repo repo:local/lee/names log --author '?!'
has "none" err "no commit is like that"
run "of nobody" 0 "$CARREL" repo $W log --author Nobody
has "are none" err "no commit is like that"
run "between two" 0 "$CARREL" repo $W diff v0.1..main
same "from and to" "from to" "$(awk 'NR < 3 {print $1}' "$T/out" | xargs)"
same "all files that differ" "M a.txt A blue.txt A red.txt" "$(awk '/^[MADR]  /{print $1, $2}' "$T/out" | xargs)"
run "the other way" 0 "$CARREL" repo $W diff main..v0.1
has "what was added goes" out "D  blue.txt"
run "since both parted" 0 "$CARREL" repo $W diff red...blue
same "only the one side" "A blue.txt" "$(awk '/^[MADR]  /{print $1, $2}' "$T/out" | xargs)"
run "to the tip" 0 "$CARREL" repo $W diff red.. --json
has "as data with both" out '"from":{"hash":"'
run "of the same" 0 "$CARREL" repo $W diff red..red
has "is told" err "no file differs"
run "with one that is not there" 4 "$CARREL" repo $W diff red..pink
has "is told" err "it has no branch, tag or commit 'pink'"
run "what is no day" 2 "$CARREL" repo $W log --at 2020-13-45
has "is told so" err "'2020-13-45' is no day of the calendar"
cat >"$T/more" <<'X'
put src/lamp.py def lantern():\n    return 3\n\ndef oilcan():\n    return 0\n
remove docs/use.md
remove CITATION.cff
commit 1772300000 Ann Lee: Oil
X
"$GITMAKER" "$T/lee/lamps.git" <"$T/more" || bad "gitmaker"
run "what is new is fetched" 0 "$CARREL" repo $R fetch
has "and told" err "fetched what is new"
run "it is there" 0 "$CARREL" repo $R log --limit 1
has "the commit" out "Oil"
same "files that went are not searched" 0 "$(sql "SELECT count(*) FROM repository_file WHERE path = 'docs/use.md'")"
run "a citation that went" 0 "$CARREL" show doi:10.1145/3292500.3330701
lacks "is no link any more" out "$R"

# Papers that are named by title: before and after the repository, and only when people or year agree.
cat >"$T/titled" <<'X'
put README.md # Prisms for everyday reading desks\n\nCode of "On the Bending of Light by Ordinary Prisms", after arXiv:2602.00001.\n
put CITATION.cff title: our small tool here\npreferred-citation:\n  title: "On the colours of\n    thin oil films"\n  authors:\n    - family-names: Lee\n      given-names: Ann\n  year: 2024\n
commit 1772300000 Ann Lee: Prisms
X
cat >"$T/titles.jsonl" <<'X'
{"id":"arxiv:2402.00001","title":"On the Colours of Thin Oil Films","authors":["A. Lee"],"published":"2024-02-01"}
{"id":"arxiv:2402.00002","title":"On the colours of thin oil films","authors":["Zoe Quist"],"published":"2024-02-01"}
{"id":"arxiv:1102.00003","title":"Our small tool here","authors":["Ann Lee"],"published":"2011"}
X
"$GITMAKER" "$T/lee/prisms.git" <"$T/titled" || bad "gitmaker"
run "papers of such titles" 0 "$CARREL" import "$T/titles.jsonl"
run "a repository that names some" 0 "$CARREL" add "$T/lee/prisms.git"
run "it" 0 "$CARREL" show repo:local/lee/prisms
has "names the one whose author agrees" out "arxiv:2402.00001  On the Colours of Thin Oil Films  (readme: its CITATION.cff names its paper by title)"
lacks "not the other" out arxiv:2402.00002
lacks "nor what its own name is like" out arxiv:1102.00003
has "a paper that it follows is not its own" out "named in its README"
printf '%s\n' '{"id":"arxiv:2402.00009","title":"On the bending of light by ordinary prisms","authors":["Bo Ray"],"published":"2024"}' >"$T/late.jsonl"
run "a paper that comes later" 0 "$CARREL" import "$T/late.jsonl"
run "knows its code" 0 "$CARREL" show arxiv:2402.00009
has "by title" out "repo:local/lee/prisms  (readme: its README names its paper by title)"
run "the code as of its day" 4 "$CARREL" repo repo:local/lee/prisms tree --at arxiv:2402.00009
has "is asked of the clone" err "no commit as old as"
run "a shallow clone" 2 sh -c 'mkdir "$1/short" && cp -r "$1/lee/lamps.git" "$1/short/short.git" && echo 40dba8256f1f0fb25bb9dd1ba5f9d1ab6e1a1b36 >"$1/short/short.git/shallow" && "$2" add "$1/short/short.git"' sh "$T" "$CARREL"
has "is refused with what to do" err "git fetch --unshallow"
same "and leaves nothing" "" "$(find "$CARREL_LIBRARY/repos" -name 'short.git*')"
run "nor a repository" 4 "$CARREL" show repo:local/short/short
run "a second folder of the same name" 0 sh -c 'mkdir -p "$1/other/lee" && cp -r "$1/lee/lamps.git" "$1/other/lee/lamps.git" && "$2" add "$1/other/lee/lamps.git"' sh "$T" "$CARREL"
has "is another repository" out "repo:local/lee/lamps-"
cat >"$T/linked.jsonl" <<'X'
{"id":"arxiv:2602.00003","title":"Lamps by mail","authors":["Ann Lee"],"published":"2026-02-21","code_urls":["https://github.com/Lee/Post"]}
X
run "a paper that links to a repository" 0 "$CARREL" import "$T/linked.jsonl"
run "which lies in a folder" 0 "$CARREL" add --clone "$T/lee/lamps.git" --as https://github.com/Lee/Post
same "is that one" "repo:github.com/lee/post  lee/post" "$(cat "$T/out")"
run "what its README names" 0 "$CARREL" show --json arxiv:2602.00001
has "has its code there" out '"https://github.com/lee/post"'
run "as lines that are the same on all machines" 0 "$CARREL" export --format jsonl -o "$T/lines.jsonl"
same "without what only a clone says" "" "$(grep arxiv:2602.00001 "$T/lines.jsonl" | grep -i post)"
same "but with what a record says" 1 "$(grep -c '"code_urls":\["https://github.com/Lee/Post"\]' "$T/lines.jsonl")"
run "the paper's code" 0 "$CARREL" repo repo:github.com/lee/post log --at arxiv:2602.00003 --limit 1
has "as of its day" out "Brighter"
lacks "which is whole" err "taken as"
for paper in '"id":"doi:10.1145/7654321.7654321","published":"2026"' '"id":"doi:10.1145/7654321.7654322","published":"2026","arxiv":"2601.00004"' \
    '"id":"arxiv:2512.00005","published":"2026"' '"id":"doi:10.1145/7654321.7654323","published":"2026-01"'; do
    echo "{$paper,\"title\":\"Dated by $(echo "$paper" | cksum)\",\"authors\":[\"Ann Lee\"]}"
done | "$CARREL" -q import - >/dev/null 2>&1
"$CARREL" -q edit doi:10.1145/7654321.7654322 arxiv=2601.00004
# of NAME ID COMMIT WORDS: what a partial date is taken for.
of() { run "$1" 0 "$CARREL" repo repo:github.com/lee/post log --at "$2" --limit 1; has "$1: the commit" out "$3"; has "$1: told" err "$4"; }
of "a paper of a year" doi:10.1145/7654321.7654321 'Oil' "is of 2026, taken as 2026-12-31; 'carrel edit doi:10.1145/7654321.7654321 date=...' makes it finer"
of "with an arXiv number of that year" doi:10.1145/7654321.7654322 'Brighter' 'is of 2026, its month by its arXiv number, taken as 2026-01-31'
of "with one of the year before" arxiv:2512.00005 'Oil' 'is of 2026, taken as 2026-12-31'
of "of a month" doi:10.1145/7654321.7654323 'Brighter' 'is of 2026-01, taken as 2026-01-31'
run "where it is said to be" 0 "$CARREL" show repo:github.com/lee/post
has "by its page" out "url         https://github.com/lee/post"
run "what is new comes from the folder" 0 "$CARREL" repo repo:github.com/lee/post fetch
run "from elsewhere" 2 "$CARREL" add "$T/other/lee/lamps.git" --as repo:github.com/lee/post
has "is told" err "is cloned from $T/lee/lamps.git; 'carrel repo repo:github.com/lee/post remove' gives that up"
run "as what is no repository" 2 "$CARREL" add "$T/lee/lamps.git" --as arxiv:2602.00003
has "is told" err "names no repository"
run "two of them" 2 "$CARREL" add "$T/lee/lamps.git" "$T/other/lee/lamps.git" --as repo:github.com/lee/post
has "are too many" err "--as wants one folder"
run "an empty one" 0 sh -c '"$1" "$2/lee/empty.git" </dev/null && "$3" add "$2/lee/empty.git"' sh "$GITMAKER" "$T" "$CARREL"
run "has no log" 4 "$CARREL" repo repo:local/lee/empty log
run "shows so" 0 "$CARREL" show repo:local/lee/empty
has "in words" out "it has no commit yet"

run "in the background" 0 "$CARREL" add --background "$T/lee/lamps.git"
has "a job" out "clones"
run "is worked" 0 "$CARREL" worker --once
same "done" done "$(sql "SELECT CASE state WHEN 3 THEN 'done' ELSE state END FROM job WHERE kind = 'clone'" | sed 's/^2$/done/')"

run "in the background, too" 0 "$CARREL" add --background "$T/lee/lamps.git" --as repo:github.com/lee/second
run "is worked" 0 "$CARREL" worker --once
run "under that name" 0 "$CARREL" repo repo:github.com/lee/second log --limit 1

mkdir "$T/plain"
run "a folder without a repository" 2 "$CARREL" add "$T/plain"
run "http is not encrypted" 2 "$CARREL" add http://example.org/a/b.git
has "is told" err "not encrypted"
run "no passwords in addresses" 2 "$CARREL" add https://me:secret@example.org/a/b.git
lacks "nor in messages" err secret
{
    echo 'route /no/such.git/info/refs'
    echo 'answer 404 body="nothing"'
    echo 'route /for/friends.git/info/refs'
    echo 'answer 401 header="WWW-Authenticate: Basic realm=\"x\"" body="who?"'
    echo 'route /web/page.git/info/refs'
    echo 'answer 200 type="text/html" body="<html>Hello</html>"'
    echo 'route /else/where.git/info/refs'
    echo 'answer 301 header="Location: https://localhost/no/such.git/info/refs?service=git-upload-pack" body="moved"'
} >"$T/replay"
start_replay "$T/replay"
run "a repository that is not there" 4 "$CARREL" add "$REPLAY_URL/no/such.git"
has "one line" err "there is no such repository"
run "one for others" 1 "$CARREL" add "$REPLAY_URL/for/friends.git"
has "one line" err "it is not public"
run "a web page" 1 "$CARREL" add "$REPLAY_URL/web/page.git"
has "one line" err "there is no Git server"
run "a server that leads elsewhere" 1 "$CARREL" add "$REPLAY_URL/else/where.git"
has "one line" err "leads to another address"
run "no way there" 1 "$CARREL" add http://127.0.0.1:1/a/b.git
same "nothing is left" "" "$(find "$CARREL_LIBRARY/repos" -name '*cloning*' -o -name 'such.git' -o -name 'friends.git')"
same "a line of the ledger each" "clone of 5" "$(sql "SELECT substr(purpose, 1, 8), count(*) FROM request WHERE source = 'git' AND error IS NOT NULL" | tr '|' ' ')"

run "remove" 0 "$CARREL" repo $R remove
run "it is gone" 4 "$CARREL" repo $R log
run "but known" 0 "$CARREL" show $R
same "its folder, too" 0 "$(find "$CARREL_LIBRARY/repos" -name lamps.git | wc -l)"
run "the library is sound" 0 "$CARREL" doctor
finish
