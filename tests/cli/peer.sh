# Two libraries that exchange over the service with a token, a third one through a folder: papers, marks, tags, notes,
# queries and merges come to be the same on all, whoever is killed.
. "$(dirname "$0")/lib.sh"
unset CARREL_CLOCK # of lib.sh: it would give all that is said one time
A="$T/a" B="$T/b" C="$T/c"
touch "$T/config.a" "$T/config.b" "$T/config.c" "$T/config.d"
on() { lib=$1; shift; "$CARREL" -q --library "$lib" --config "$T/config.$(basename "$lib")" "$@"; }
papers() {
    for i in 1 2 3 4 5; do
        echo "{\"id\":\"arxiv:2601.0000$i\",\"title\":\"Paper $i of $1\",\"authors\":[\"Ada Lindgren\"],\"published\":\"2026-01-0$i\",\"abstract\":\"About $1.\"}"
    done
}
papers gardens >"$T/papers.jsonl"
echo '{"id":"doi:10.1145/9","title":"Ponds","authors":["Bo Ek"],"published":"2025"}' >"$T/ponds.jsonl"

# ---- the list of peers ----
run "no peer yet" 0 on "$A" peer list --json
has "an empty list" out '"items":[]'
run "a name that is none" 2 on "$A" peer add "my peer" https://example.org
run "an address that is none" 2 on "$A" peer add x http://example.org
has "says by what a peer is reached" err "https"
run "a file that is not there" 1 on "$A" peer add x https://example.org --token-file "$T/none"
run "a service without a token" 2 on "$A" peer add x https://example.org/
has "says that one is needed" err "https://example.org needs a token: --token-file FILE"
: >"$T/empty"
run "a file that holds none" 2 on "$A" peer add x https://example.org --token-file "$T/empty"
has "is told as that" err "$T/empty holds no token"
mkdir "$A" 2>/dev/null
ln -s "$A" "$T/same"
for own in "$A" "$T/same/"; do
    run "the own library as a folder" 2 on "$A" peer add x "$own"
    has "is refused" err "is this very library"
done
printf '[peer "own"]\n    url = %s\n' "$A" >"$T/config.own"
run "one that was set by hand" 3 "$CARREL" -q -L "$A" --config "$T/config.own" sync --peer own
has "is left alone" out "$A is this very library"
run "no such peer to take away" 4 on "$A" peer rm nobody
run "no such peer to exchange with" 4 on "$A" sync --peer nobody

# ---- a service, and who exchanges with it ----
head -c 48 /dev/urandom >"$T/secret"
printf '[serve]\n    secret-file = %s\n    rate = 0\n' "$T/secret" >"$T/config.b"
run "papers here" 0 on "$A" import "$T/papers.jsonl"
run "and others there" 0 on "$B" import "$T/ponds.jsonl"
on "$B" token new --scope sync >"$T/token"
on "$B" token new --scope write >"$T/wrong"
# The program itself, not a shell around it; somebody else may hold the address for a moment.
serve() { # ADDRESS
    tries=0
    while [ $tries -lt 20 ]; do
        : >"$T/serve.out"
        : >"$T/serve.err"
        "$CARREL" -q --library "$B" --config "$T/config.b" serve --listen "$1" >"$T/serve.out" 2>"$T/serve.err" &
        server=$!
        replays="$replays $server"
        waited=0
        while ! grep -q 'serves http' "$T/serve.out" "$T/serve.err" && kill -0 "$server" 2>/dev/null && [ $waited -lt 500 ]; do sleep 0.02; waited=$((waited + 1)); done
        grep -q 'serves http' "$T/serve.out" "$T/serve.err" && break
        tries=$((tries + 1))
        sleep 0.2
    done
    URL=$(cat "$T/serve.out" "$T/serve.err" | grep -o 'http://127.0.0.1:[0-9]*' | head -1)
}
serve 127.0.0.1:0
run "a folder that is not there" 0 "$CARREL" --library "$A" --config "$T/config.$(basename "$A")" peer add stick "$T/no/stick"
has "is told at once" err "$T/no/stick: No such file or directory; it is looked for at each sync"
run "and goes again" 0 on "$A" peer rm stick
run "a peer is added" 0 on "$A" peer add server "$URL" --token-file "$T/wrong"
run "a token of another scope" 3 on "$A" sync --peer server
has "says which it must be" out "scope sync"
run "the peer goes" 0 on "$A" peer rm server
run "and comes with the right one" 0 on "$A" peer add server "$URL/" --token-file "$T/token"
on "$A" tag green arxiv:2601.00001
on "$A" mark star arxiv:2601.00002
on "$A" query add mine tag:green
on "$B" mark read doi:10.1145/9
# What no peer would take is not said here.
run "a tag that is no UTF-8" 2 on "$A" tag "$(printf 'x\377y')" arxiv:2601.00001
has "is told so" err "not valid UTF-8"
run "a query that is none" 2 on "$A" query add bad "$(printf 'tag:\377')"
has "is told so, too" err "the query is not valid UTF-8"
run "a name that is none" 2 on "$A" query add "$(printf 'b\377')" tag:green
run "a tag with a control character" 2 on "$A" tag "$(printf 'x\302\205y')" arxiv:2601.00001
has "is told of that" err "control characters"
run "a query with a tab" 2 on "$A" query add tab "$(printf 'one\ttwo')"
# What a file brings is made fit for it.
echo '{"id":"arxiv:2604.00001","title":"Odd","authors":["Cy Young"],"tags":["two words","-minus","a:b (c)","()","wet"]}' >"$T/odd.jsonl"
run "odd tags of a file" 0 on "$A" import "$T/odd.jsonl"
run "can be asked for" 0 on "$A" search tag:two-words --json
run "and are words" 0 on "$A" show arxiv:2604.00001 --json
has "each of them" out '"tags":["a-b--c","minus","two-words","wet"]'
run "they exchange" 0 on "$A" sync --peer server --json
has "what came" out '"records_received":1'
has "what went" out '"operations_sent":8'
has "which is taken" out '"told":null'
run "told whole here" 0 on "$A" export --format jsonl -o "$T/a.jsonl"
run "and there" 0 on "$B" export --format jsonl -o "$T/b.jsonl"
same "both export the same bytes" "$(cat "$T/a.jsonl")" "$(cat "$T/b.jsonl")"
same "seven papers" 7 "$(wc -l <"$T/b.jsonl")"
run "the query is there, too" 0 on "$B" query list
has "by its name" out "mine"
run "nothing is new" 0 on "$A" sync --peer server --json
has "so nothing goes" out '"operations_sent":0'
has "nor comes" out '"operations_received":0'
run "the list tells of it" 0 on "$A" peer list --json
has "nothing waits" out '"waiting":0'
has "and no error" out '"error":null'
has "and when the token ends" out '"token_ends":"20'
run "in words" 0 on "$A" peer list
lacks "not of a token that holds for weeks" out "token ends"
on "$B" token new --scope sync --expires 123h >"$T/soon"
cp "$T/token" "$T/kept"
cp "$T/soon" "$T/token"
run "of one that ends soon" 0 on "$A" peer list
has "it is told" out "    token ends in 5 days"
run "where the sync stands" 0 on "$A" sync --status
has "tells it, too" out "    token ends in 5 days"
on "$B" token new --scope sync --expires 30h >"$T/token"
run "of one that ends sooner" 0 on "$A" peer list
has "by the hour" out "    token ends in 30 h"
printf 'aa.%s.cc' "$(printf '{"scope":"sync","exp":1000}' | base64 -w 0 | tr -d '=')" >"$T/token"
run "of one that is over" 0 on "$A" peer list
has "that" out "    token has ended"
echo garbage >"$T/token"
run "of what is none" 0 on "$A" peer list --json
has "nothing" out '"token_ends":null'
cp "$T/kept" "$T/token"

papers bogs | sed 's/2601/2603/; s/"id"/"tags":["bog"],"id"/' >"$T/bogs.jsonl"
on "$B" import "$T/bogs.jsonl" >/dev/null
on "$A" tag waits arxiv:2601.00002
run "much came there, one thing here" 0 on "$A" sync --peer server --json
has "all of it comes" out '"records_received":5,"operations_received":5'
has "and only the one goes" out '"records_sent":0,"operations_sent":1'
run "now" 0 on "$A" sync --peer server --json
has "nothing comes" out '"records_received":0,"operations_received":0'
has "and nothing goes" out '"records_sent":0,"operations_sent":0'

# ---- one note, written in two places ----
on "$A" note arxiv:2601.00001 "From the one."
on "$B" note arxiv:2601.00001 "From the other."
run "they exchange again" 0 on "$A" sync --peer server
has "which tells of the note that has both" out "1 note has two texts now, of both sides: 'Paper 1 of gardens'"
run "once" 0 on "$A" sync --peer server --json
has "and no more" out '"notes_of_both":0'
run "the note here" 0 on "$A" show arxiv:2601.00001 --json
has "has the one" out "From the one."
has "and the other" out "From the other."
run "told whole here" 0 on "$A" export --format jsonl -o "$T/a.jsonl"
run "and there" 0 on "$B" export --format jsonl -o "$T/b.jsonl"
same "and is the same there" "$(cat "$T/a.jsonl")" "$(cat "$T/b.jsonl")"

# ---- one query's name, in two places ----
on "$A" query add both tag:green
on "$B" query add both tag:later
run "the later stands" 0 on "$A" sync --peer server
has "and the lost one is told" out "the query both: that of the machine "
has "with what it was" out " stands, ours is lost: tag:green"
on "$B" query add other tag:one
on "$A" query add other tag:two
run "when it is ours" 0 on "$A" sync --peer server
has "theirs is told" out "the query other: ours stands, that of the machine "
has "with what that was" out " is lost: tag:one"
run "once" 0 on "$A" sync --peer server
lacks "and no more" out "the query"
on "$B" query add both tag:changed
run "a change by who knew it" 0 on "$A" sync --peer server --json
has "is none of two" out '"queries_of_both":0,"queries_lost":null'

# ---- the service loses its library, or is set back to an older one ----
stop() { kill -TERM "$server"; wait "$server" 2>/dev/null; }
again() { stop; "$@"; serve "${URL#http://}"; }
lose() { rm -rf "$B"; on "$B" import "$T/ponds.jsonl" >/dev/null; on "$B" token new --scope sync >"$T/token"; }
agree() {
    on "$A" export --format jsonl -o "$T/a.jsonl"
    on "$B" export --format jsonl -o "$T/b.jsonl"
    same "$1" "$(cat "$T/a.jsonl")" "$(cat "$T/b.jsonl")"
}
again lose
run "it is another one, and all but empty" 0 on "$A" sync --peer server
agree "and it is as it was"
run "nothing more" 0 on "$A" sync --peer server --json
has "goes" out '"records_sent":0'
on "$B" mark later arxiv:2601.00004
on "$A" sync --peer server >/dev/null
on "$B" export --format jsonl -o "$T/older.jsonl"
stop
cp "$B/library.db" "$T/older.db"
serve "${URL#http://}"
on "$A" note arxiv:2601.00005 "After the copy."
on "$A" sync --peer server >/dev/null
# The file stays the same one.
older() { cp "$T/older.db" "$B/library.db"; rm -f "$B"/library.db-*; }
again older
run "and there, where it does not know what it has written since" 0 on "$B" export --force --format jsonl -o "$T/b.jsonl"
same "it is set back in its place" "$(cat "$T/older.jsonl")" "$(cat "$T/b.jsonl")"
run "which is seen" 0 on "$A" sync --peer server
agree "and the note comes back to it"

# ---- a folder, and a third one ----
mkdir "$T/stick"
run "a folder is a peer" 0 on "$A" peer add stick "$T/stick"
run "for the third one, too" 0 on "$C" peer add stick "$T/stick"
run "it is written" 0 on "$A" sync --peer stick
has "which begins a place, and is told" out "a new place is begun in $T/stick, with all that this library has"
lacks "as nothing odd" out "is gone"
run "and read" 0 on "$C" sync --peer stick
on "$C" export --format jsonl -o "$T/c.jsonl"
same "the third one has all of it" "$(cat "$T/a.jsonl")" "$(cat "$T/c.jsonl")"
on "$C" merge arxiv:2601.00003 arxiv:2601.00004
on "$C" untag green arxiv:2601.00001
on "$C" tag wet arxiv:2601.00004
on "$C" undo >/dev/null
on "$C" note doi:10.1145/9 "By the water."
run "what it says is written" 0 on "$C" sync --peer stick
run "read" 0 on "$A" sync --peer stick
run "and handed on" 0 on "$A" sync --peer server
for lib in a b c; do on "$T/$lib" export --format jsonl -o "$T/$lib.jsonl"; done
same "eleven papers are left" 11 "$(wc -l <"$T/a.jsonl")"
has "with the note" a.jsonl "By the water."
lacks "and without the tag" a.jsonl "green"
same "the service's" "$(cat "$T/a.jsonl")" "$(cat "$T/b.jsonl")"
same "the third one's" "$(cat "$T/a.jsonl")" "$(cat "$T/c.jsonl")"

# ---- a note that comes while the editor is open ----
cat >"$T/editor" <<END
#!/bin/sh
"$CARREL" -q --library "$C" --config "$T/config.c" note doi:10.1145/9 "From the third."
"$CARREL" -q --library "$C" --config "$T/config.c" sync --peer stick
"$CARREL" -q --library "$A" --config "$T/config.a" sync --peer stick
echo "From the editor." >"\$1"
END
chmod +x "$T/editor"
run "a note in the editor" 0 env EDITOR="$T/editor" VISUAL= "$CARREL" --library "$A" --config "$T/config.a" note doi:10.1145/9
has "tells that another came" err "the note was changed meanwhile; both texts are in it"
run "it goes" 0 on "$A" sync --peer stick
run "to where the other was written" 0 on "$C" sync --peer stick
on "$A" peer list >"$T/list"
on "$C" peer list >>"$T/list"
on "$A" show doi:10.1145/9 >"$T/note"
machine=$(sed -n 's/.*also written on \([0-9a-f]*\),.*/\1/p' "$T/note" | head -1)
has "the line names a machine that says so" list "this library is the machine $machine"
own=$(sed -n 's/^this library is the machine //p' "$T/list" | head -1)
run "the list as JSON" 0 on "$A" peer list --json
has "says it, too" out "\"machine\":\"$own\""
run "so do the paths" 0 on "$A" paths
has "in a line" out "machine  $own"
run "and as JSON" 0 on "$A" paths --json
has "as a member" out "\"machine\":\"$own\""
run "where there is no library" 0 "$CARREL" -L "$T/nowhere" paths --json
has "there is no machine" out '"machine":null'
for lib in "$A" "$C"; do
    on "$lib" show doi:10.1145/9 >"$T/note"
    same "both texts are there in $(basename "$lib")" 2 "$(grep -c 'From the third\.\|From the editor\.' "$T/note")"
done

# ---- what lies in the folder and is not whole ----
own=$(ls -d "$T"/stick/*.1-* | head -1)
echo "not mine" >"$T/stick/readme.txt"
mkdir "$T/stick/00000000000000000000000000000009.1"
head -c 100 "$own/00000001.page" >"$T/stick/00000000000000000000000000000009.1/00000001.page"
run "what is cut short is left" 0 on "$A" sync --peer stick
has "and told by its name" out "00000000000000000000000000000009.1/00000001.page is left for the next time"
cp "$own/00000001.page" "$T/stick/00000000000000000000000000000009.1/00000001.page"
run "what is of another machine, too" 0 on "$A" sync --peer stick
has "and told as such" out "of another machine"
mv "$T/stick/00000000000000000000000000000009.1/00000001.page" "$T/stick/00000000000000000000000000000009.1/00000002.page"
run "a first file that is not there yet" 0 on "$A" sync --peer stick
has "is named" out "00000000000000000000000000000009.1/00000001.page is missing (still being copied?), and later ones wait for it"
lacks "and nothing is begun" out "a new place"
rm -r "$T/stick/00000000000000000000000000000009.1"
rm "$T"/stick/*/*.page
run "whose segments were wiped" 0 on "$A" sync --peer stick
has "says that they are gone" out "what this library has written into $T/stick is gone: another disk, or one that is not mounted?"
has "and that all is written again" out "a new place is begun in $T/stick"
[ -n "$(ls "$T"/stick/*.2-*/*.page 2>/dev/null)" ] && good "begins another folder" || bad "begins another folder" "$(ls -R "$T/stick")"
mv "$T/stick" "$T/elsewhere"
run "a folder that is not there" 3 on "$A" sync --peer stick
has "is asked after" out "plugged in"
run "the list tells of that, too" 0 on "$A" peer list
has "as failed" out "failed:"
mv "$T/elsewhere" "$T/stick"

# ---- killed in the middle, again and again ----
i=0
while [ $i -lt 120 ]; do
    i=$((i + 1))
    echo "{\"id\":\"arxiv:2602.$(printf %05d $i)\",\"title\":\"Weed $i\",\"authors\":[\"Cy Young\"],\"tags\":[\"weed\"],\"notes\":[\"Number $i.\"]}"
done >"$T/weeds.jsonl"
on "$A" import "$T/weeds.jsonl" >/dev/null
for wait in 0.01 0.02 0.03 0.05 0.08; do
    on "$A" -c harvest.backoff=1ms sync --peer server >/dev/null 2>&1 &
    pid=$!
    sleep $wait
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
done
run "and then left to end" 0 on "$A" sync --peer server
run "told whole here" 0 on "$A" export --format jsonl -o "$T/a.jsonl"
run "and there" 0 on "$B" export --format jsonl -o "$T/b.jsonl"
same "all of it has come over" "$(cat "$T/a.jsonl")" "$(cat "$T/b.jsonl")"
same "the weeds, too" 120 "$(grep -c weed "$T/b.jsonl")"
run "the doctor finds nothing here" 0 on "$A" doctor
kill -TERM $server
wait $server 2>/dev/null
run "nor there" 0 on "$B" doctor

# ---- a restored backup is another machine ----
run "a backup" 0 on "$A" backup "$T/backup"
run "restored elsewhere" 0 on "$T/d" restore "$T/backup"
on "$A" tag here arxiv:2601.00001
on "$T/d" tag there arxiv:2601.00001
run "both write into the folder" 0 on "$A" sync --peer stick
run "the restored one" 0 on "$T/d" peer add stick "$T/stick"
run "exchanges" 0 on "$T/d" sync --peer stick
run "and the first one again" 0 on "$A" sync --peer stick
run "told whole here" 0 on "$A" export --format jsonl -o "$T/a.jsonl"
on "$T/d" export --format jsonl -o "$T/d.jsonl"
same "they agree" "$(cat "$T/a.jsonl")" "$(cat "$T/d.jsonl")"
has "about the one tag" a.jsonl '"here"'
has "and the other" a.jsonl '"there"'
finish
