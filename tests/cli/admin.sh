# Export, backup, restore, doctor, config, help: and that each says what is wrong.
. "$(dirname "$0")/lib.sh"
run "no library yet" 1 "$CARREL" search x
has "says how to make one" err "carrel import"
run "summary without library" 1 "$CARREL"
"$CARREL" import tests/fixtures/papers.jsonl >/dev/null 2>&1
run "summary without a terminal" 0 "$CARREL"
has "counts" out "papers 5"

run "export a website" 0 "$CARREL" export --format json -o "$T/site" --json
has "months" out '"papers":5'
(cd "$T/site" && find . -type f ! -name .carrel-export | sort | xargs sha256sum) >"$T/first"
run "again" 0 env CARREL_CLOCK=2026-09-01T00:00:00Z "$CARREL" export --format json -o "$T/site" --json
has "writes nothing, on another day" out '"written":0'
(cd "$T/site" && find . -type f ! -name .carrel-export | sort | xargs sha256sum) >"$T/second"
same "same bytes" "$(cat "$T/first")" "$(cat "$T/second")"
"$CARREL" -q tag new arxiv:2401.00001 2>/dev/null
run "after a change" 0 "$CARREL" export --format json -o "$T/site" --json
has "one month, the shard that has the tag, and the manifest" out '"written":3'
run "a part of it" 0 "$CARREL" export --format json --query 'date:2024' -o "$T/part" --json
cat >"$T/part.py" <<'X'
import glob, json, sys
papers = [paper for name in glob.glob(sys.argv[1] + "/papers/*.json") for paper in json.load(open(name))["papers"]]
stats, categories = json.load(open(sys.argv[1] + "/stats.json")), json.load(open(sys.argv[1] + "/categories.json"))["categories"]
sets = [{x for paper in papers for x in paper.get(key, [])} for key in ("authors", "categories")]
print(len(papers) > 0, stats["papers"] == len(papers) == sum(year["count"] for year in stats["years"]), stats["authors"] == len(sets[0]),
      {row["code"] for row in categories} == sets[1], stats["with_code"] == sum("code_urls" in paper for paper in papers))
X
same "has the numbers of its papers alone" "True True True True True" "$(python3 "$T/part.py" "$T/part")"
run "with its pages" 0 "$CARREL" export --format site -o "$T/pages/" --json
has "the same papers" out '"papers":5'
run "and again" 0 env CARREL_CLOCK=2026-09-01T00:00:00Z "$CARREL" export --format site -o "$T/pages" --json
has "nothing is written" out '"written":0'
lacks "no tracker unless one is wished for" pages/index.html "<script defer src=\"http"
run "the data alone once more" 0 "$CARREL" export --format json -o "$T/pages" --json
same "takes its pages away" "" "$(find "$T/pages" -name '*.js' -o -name '*.html' -o -name '*.css')"
echo "my own page" >"$T/pages/index.html"
run "a page of somebody else's" 1 "$CARREL" export --format site -o "$T/pages"
has "is named" err "index.html is not of carrel's making"
same "and stays" "my own page" "$(cat "$T/pages/index.html")"
printf '[site]\n\ttitle = Papers <of> \\"us\\"\n\ttracker-token-file = %s/token\n' "$T" >"$T/site.config"
run "a tracker without its token" 1 "$CARREL" --config "$T/site.config" export --format site -o "$T/tracked" --tracker https://carrel.example:8577/carrel.js
# token CLAIMS: one that says so of itself; its signature is nobody's.
token() { printf 'aa.%s.b-c_d\n' "$(printf '%s' "$1" | base64 -w 0 | tr '+/' '-_' | tr -d '=')" >"$T/token"; }
tracked() { "$CARREL" --config "$T/site.config" export --format site -o "$T/tracked" --tracker https://carrel.example:8577/carrel.js; }
for scope in write admin sync read; do
    token "{\"scope\":\"$scope\",\"exp\":1900000000}"
    run "a token of the scope $scope for every visitor" 2 tracked
    has "is refused by its name ($scope)" err "site.tracker-token-file: $T/token holds a token of the scope '$scope'"
done
same "in one line" 1 "$(wc -l <"$T/err")"
run "so it is by the check of the settings" 1 "$CARREL" --config "$T/site.config" config --check
has "in the same words" out "$T/token holds a token of the scope 'read'"
for text in 'aa.bb-c_d' 'aa.bb.cc' 'no token'; do
    echo "$text" >"$T/token"
    run "what is no token ($text)" 2 tracked
    has "is told as that ($text)" err "$T/token holds no token"
done
run "and no page was written" 1 test -e "$T/tracked/index.html"
token '{"iss":"carrel","jti":"a~~?>1","scope":"events","exp":1900000000}'
run "the check is content with the right one" 0 "$CARREL" --config "$T/site.config" config --check
run "a tracker" 0 "$CARREL" --config "$T/site.config" export --format site -o "$T/tracked" --tracker https://carrel.example:8577/carrel.js
has "is in the page" tracked/index.html '<script defer src="https://carrel.example:8577/carrel.js" data-token="'"$(cat "$T/token")"'"></script>'
has "and allowed there" tracked/index.html "script-src 'self' https://carrel.example:8577; style-src 'self'; img-src data:; connect-src https://carrel.example:8577;"
has "with the site's name" tracked/index.html '<title>Papers &lt;of&gt; &quot;us&quot;</title>'
run "a tracker that would break out" 2 "$CARREL" --config "$T/site.config" export --format site -o "$T/tracked" --tracker "https://x/'; script-src *"
has "is named, too" err "the address of a carrel.js"
sed -i 's/$/" onload="x/' "$T/token"
run "a token that would" 2 "$CARREL" --config "$T/site.config" export --format site -o "$T/tracked" --tracker https://carrel.example/carrel.js
run "a website needs a folder" 2 "$CARREL" export --format json
run "a device that is full" 1 "$CARREL" export --format jsonl -o /dev/full
has "is named" err "/dev/full: cannot write: No space left on device"
run "of feeds, too" 1 "$CARREL" -c source.journal.kind=feed -c source.journal.url=https://example.org/feed export --format opml -o /dev/full
has "it is named" err "/dev/full: cannot write: No space left on device"
run "jsonl" 0 "$CARREL" export --format jsonl
cp "$T/out" "$T/all.jsonl"
run "comes back" 0 "$CARREL" -L "$T/copy" import --json "$T/all.jsonl"
has "whole" out '"added":5'
run "and goes out the same" 0 "$CARREL" -L "$T/copy" export --format jsonl
same "byte for byte" "$(cat "$T/all.jsonl")" "$(cat "$T/out")"
run "atom of a query" 0 "$CARREL" export --format atom --query 'date:2024' -o "$T/feed.xml"
same "two entries" 2 "$(grep -c '<entry>' "$T/feed.xml")"
run "unknown format" 2 "$CARREL" export --format docx
run "unwritable place" 1 "$CARREL" export --format jsonl -o "$T/none/file"

run "backup" 0 "$CARREL" backup "$T/backup.db"
run "a backup into a folder that is not there" 1 "$CARREL" backup "$T/nowhere/backup.db"
has "says that" err "cannot write $T/nowhere/backup.db: No such file or directory"
run "over an earlier one" 0 "$CARREL" backup "$T/backup.db"
has "which is told" err "verified; replaced the file there"
: >"$T/empty.db"
run "over an empty file" 0 "$CARREL" backup "$T/empty.db"
printf '@misc{mine, title = {Kept by hand}}\n' >"$T/keep.bib"
sqlite3 "$T/theirs.db" "CREATE TABLE t(x); INSERT INTO t VALUES('years of work')"
for file in keep.bib theirs.db; do
    cp "$T/$file" "$T/before"
    run "over $file of somebody's" 1 "$CARREL" backup "$T/$file"
    has "is refused by name" err "$T/$file is no backup of a carrel library and stays as it is: backup --force replaces it"
    run "and it stands" 0 cmp "$T/before" "$T/$file"
done
run "at the desk, too" 0 "$CARREL" dump library --keys ":backup $T/keep.bib<CR>" --json
has "refused" out "is no backup of a carrel library"
run "by force" 0 "$CARREL" backup --force "$T/keep.bib"
run "and from then on without" 0 "$CARREL" backup "$T/keep.bib"
run "over the library" 1 "$CARREL" backup --force "$CARREL_LIBRARY/library.db"
has "never" err "library.db is a library and stays as it is: name another file for its backup"
run "over a device" 2 "$CARREL" backup --force /dev/null
same "which stays one" yes "$([ -c /dev/null ] && echo yes)"
run "restore" 0 "$CARREL" -L "$T/restored" restore "$T/backup.db"
run "into a full library" 1 "$CARREL" -L "$T/restored" restore "$T/backup.db"
has "only with force" err "--force"
run "with force" 0 "$CARREL" -L "$T/restored" restore --force "$T/backup.db"
run "the copy is sound" 0 "$CARREL" -L "$T/restored" doctor
run "no backup" 1 "$CARREL" -L "$T/r2" restore "$T/feed.xml"
head -c 6000 "$T/backup.db" >"$T/cut.db"
run "cut backup" 1 "$CARREL" -L "$T/r3" restore "$T/cut.db"
printf 'this is not a database, and long enough to be looked at as one .........................................' >"$T/library2"
mkdir "$T/bad" && cp "$T/library2" "$T/bad/library.db"
run "damaged library" 1 "$CARREL" -L "$T/bad" stats
lacks "no SQLite talk of locks" err "locked"
cp -r "$T/library" "$T/newer" && sqlite3 "$T/newer/library.db" 'PRAGMA user_version = 99'
run "a newer library" 1 "$CARREL" -L "$T/newer" stats
has "says update" err "newer carrel"

cp -r "$T/library" "$T/sick" && sqlite3 "$T/sick/library.db" "DELETE FROM vocabulary_block WHERE kind = 1 AND first < 'b'; UPDATE meta SET value = 7 WHERE key = 'works'"
run "doctor finds" 1 "$CARREL" -L "$T/sick" doctor
has "the counter" out "BAD"
run "doctor mends" 0 "$CARREL" -L "$T/sick" doctor --fix
run "and is content" 0 "$CARREL" -L "$T/sick" doctor

# Keys of entries, and versions of papers, against their records.
kept="$T/kept"
printf '@misc{one, title={One}, year=2001}\n@misc{two, title={Two}, year=2002}\n' | "$CARREL" -q -L "$kept" import - 2>/dev/null
echo '{"id":"arxiv:2401.00001","title":"Twice","authors":["A B"],"published":"2024-01-01","versions":[{"version":1,"at":"2024-01-01T10:00:00Z"},{"version":2,"at":"2024-02-01T10:00:00Z"}]}' | "$CARREL" -q -L "$kept" import - 2>/dev/null
run "the doctor of them" 0 "$CARREL" -L "$kept" doctor
has "knows keys" out "keys of entries (2)"
has "knows versions" out "versions of papers (1)"
sqlite3 "$kept/library.db" "UPDATE cited_key SET key = 'other' WHERE key = 'one'; DELETE FROM cited_key WHERE key = 'two'; UPDATE work_version SET number = 7, came = came + 1; INSERT INTO work_version(work_id, number, day, came, withdrawn, known) VALUES(999, 1, 0, 0, 0, ''); INSERT INTO cited_key(record_id, key) VALUES(999, 'gone')"
run "what differs" 1 "$CARREL" -L "$kept" doctor
has "is told of keys" out "BAD  keys of 2 entries differ from their records"
has "of those of no entry" out "BAD  1 keys of entries belong to no record"
has "of versions" out "BAD  versions of 1 papers differ from their records"
has "and what belongs to nothing" out "1 rows of work_version belong to no work"
run "once more, as nothing was changed" 1 "$CARREL" -L "$kept" doctor
has "it is told" out "versions of 1 papers differ"
run "mended" 0 "$CARREL" -L "$kept" doctor --fix
run "all is well" 0 "$CARREL" -L "$kept" doctor
same "as before" "2 one two" "$(sqlite3 "$kept/library.db" "SELECT number FROM work_version UNION ALL SELECT key FROM cited_key" | sort | xargs)"
sqlite3 "$kept/library.db" "UPDATE record SET payload = x'00ff00' WHERE work_id IN (SELECT work_id FROM work_version)"
run "a record that cannot be read" 1 "$CARREL" -L "$kept" doctor --fix
has "is told of the work" out "works differ from their records"
lacks "which is not called read again" out "read again"

mkdir -p "$T/config/carrel"
printf '[ui]\n\tmouse = maybe\n' >"$T/config/carrel/config"
run "bad value" 2 "$CARREL" stats
has "file and line" err "config:2:"
printf '[ui]\n\tcolour = red\n' >"$T/config/carrel/config"
run "unknown key" 2 "$CARREL" stats
printf '[keys "global"]\n\tbind = X goto-end\n[source "arxiv"]\n\tinterval = 5s\n' >"$T/config/carrel/config"
run "good config" 0 "$CARREL" config source.arxiv.interval
same "its value" 5s "$(cat "$T/out")"
run "-c wins" 0 "$CARREL" -c source.arxiv.interval=9s config source.arxiv.interval
same "over the file" 9s "$(cat "$T/out")"
run "-c is checked" 2 "$CARREL" -c source.arxiv.interval=fast config

printf '[keys "libary"]\n\tbind = X goto-end\n' >"$T/config/carrel/config"
run "keys of a view that is not there" 2 "$CARREL" dump today
has "names those that are" err "library"
rm "$T/config/carrel/config"

complete() { "$CARREL" completion words -- "$@" 2>&1 | tr '\n' ' '; }
same "commands" "search " "$(complete sea)"
same "states" "star " "$(complete mark sta)"
same "names in the library" "arxiv:2401.00001 " "$(complete show arxiv:2401.00001)"
same "fields of a query" "is:unread " "$(complete search word is:unr)"
same "behind a minus" "-is:unread " "$(complete search word -is:unr)"
same "values of options" "lexical " "$(complete search --mode lex)"
same "the options themselves" "--explain " "$(complete search --exp)"
same "subcommands" "retry " "$(complete jobs ret)"
same "nothing behind the wrong one" "" "$(complete jobs list 1)"
same "files" "//files " "$(complete import '')"
same "global options are stepped over" "read " "$(complete -L "$T/library" -q mark rea)"
same "no library, no complaint" "read " "$(complete -L "$T/nowhere" mark rea)"
cat >"$T/bash.sh" <<'EOF'
eval "$(carrel completion bash)"
COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
_carrel
echo "${COMPREPLY[*]}"
EOF
ln -sf "$CARREL" "$T/carrel"
same "bash, colons and all" 2401.00001 "$(PATH=$T:$PATH bash "$T/bash.sh" "carrel show arxiv:2401.00001")"

for shell in bash zsh fish; do run "completion for $shell" 0 "$CARREL" completion $shell; done
"$CARREL" completion bash >"$T/completion" && run "bash takes it" 0 bash -n "$T/completion"
run "another shell" 2 "$CARREL" completion tcsh
run "help" 0 "$CARREL" help
has "with dump" out "  dump "
same "no line is longer than 88" "" "$(awk 'length($0) > 88' "$T/out")"
run "help of a command" 0 "$CARREL" help search
run "help of dump" 0 "$CARREL" help dump
has "with its options" out "--size WxH"
run "manual page" 0 "$CARREL" help --man
has "is roff" out ".TH CARREL 1"
run "version" 0 "$CARREL" --version
run "unknown command" 2 "$CARREL" serch x
has "offers one" err "did you mean 'search'"
for slip in cit:cite serch:search tga:tag hepl:help; do
    run "help on ${slip%:*}" 2 "$CARREL" help "${slip%:*}"
    has "offers ${slip#*:}" err "no command '${slip%:*}'; did you mean '${slip#*:}'?; see: carrel help"
done
run "an option with a slip" 2 "$CARREL" search --limt 3 moths
has "is offered right" err "search has no option --limt; did you mean '--limit'?; see: carrel help search"
run "one that is nobody's" 2 "$CARREL" search --zzz moths
has "is told as that" err "search has no option --zzz; see: carrel help search"
run "unknown option" 2 "$CARREL" --frobnicate
run "paths" 0 "$CARREL" paths --json
run "stats" 0 "$CARREL" stats --json
run "show as JSON" 0 "$CARREL" show --json arxiv:2401.00001
run "show what is not there" 4 "$CARREL" show arxiv:2412.99999
run "add what is there" 0 "$CARREL" add 10.1145/1234567.1234568
run "add what nobody can fetch" 1 "$CARREL" -c source.arxiv.api-url=http://127.0.0.1:1/ -c harvest.tries=1 add arxiv:2412.99999
"$CARREL" export --format jsonl 2>/dev/null | head -n 1 >"$T/out"
has "a reader that goes away" out '"id"'
finish
