# Clones that have come to harm: the doctor tells each and mends it, and removes nothing that is not carrel's.
. "$(dirname "$0")/lib.sh"
GITMAKER="$(dirname "${REPLAY:?}")/gitmaker"
sql() { sqlite3 "$CARREL_LIBRARY/library.db" "$1"; }
made() { # NAME: a repository of two commits
    printf '%s\n' 'put README.md # Of lamps\n\nA paraffin burner.\n' 'put src/lamp.py def lantern():\n    return 1\n' \
        'commit 1767225600 Ann Lee: Begin' 'put src/wick.py def wick():\n    return 2\n' 'commit 1768435200 Bo Ray: Wick' |
        "$GITMAKER" "$T/lee/$1.git" || bad "gitmaker $1"
}
REPOS="$CARREL_LIBRARY/repos"
R=repo:local/lee
for name in gone damaged torn plain; do
    made $name
    run "clone $name" 0 "$CARREL" add "$T/lee/$name.git"
done
run "sound ones" 0 "$CARREL" doctor
has "are counted" out "ok   4 clones"

rm -rf "$REPOS/local/lee/gone.git"
run "a folder that was removed" 1 "$CARREL" doctor
has "is told" out "BAD  clone of $R/gone: its folder is missing; 'carrel doctor --fix' has it fetched again"
has "beside the sound ones" out "ok   3 clones"
run "it is fetched again" 0 "$CARREL" doctor --fix
has "by a job" out "ok   clone of $R/gone: its folder is missing; job "
run "--fix again" 0 "$CARREL" doctor --fix
same "asks once" 1 "$(sql "SELECT count(*) FROM job WHERE kind = 'clone'")"
run "the job" 0 "$CARREL" worker --once
run "brings it back" 0 "$CARREL" repo $R/gone file src/wick.py
run "and all is sound" 0 "$CARREL" doctor
has "again" out "ok   4 clones"

# Damage: a byte in a pack, an object outside of packs, a folder that Git does not know.
git_pack() { find "$REPOS/local/lee/$1.git/objects" -name 'pack-*.pack' | head -n 1; }
pack=$(git_pack damaged)
if [ -z "$pack" ]; then pack=$(find "$REPOS/local/lee/damaged.git/objects" -type f -path '*/??/*' | sort | head -n 1); fi
chmod u+w "$pack"
size=$(wc -c <"$pack")
printf 'XXXX' | dd of="$pack" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
run "a damaged clone" 1 "$CARREL" doctor
has "is told" out "BAD  clone of $R/damaged: "
has "with what" out "is damaged; 'carrel doctor --fix' has it fetched again, 'carrel repo $R/damaged remove' forgets it"
rm "$REPOS/local/lee/torn.git/HEAD"
run "one that does not open" 1 "$CARREL" doctor --json
has "as data" out '"problems":2'
run "both" 0 "$CARREL" doctor --fix
run "are fetched again" 0 "$CARREL" worker --once
run "and sound" 0 "$CARREL" doctor
has "all of them" out "ok   4 clones"

# Pieces that are searched.
sql "DELETE FROM repository_file WHERE path = 'src/wick.py' AND repository_id = (SELECT id FROM repository WHERE key = 'local/lee/plain');
     DELETE FROM repository_chunk WHERE file_id NOT IN (SELECT id FROM repository_file);
     UPDATE repository_chunk SET body = 'kerosene' WHERE file_id = (SELECT f.id FROM repository_file f JOIN repository r ON r.id = f.repository_id WHERE r.key = 'local/lee/plain' AND f.path = 'README.md')" 2>"$T/err"
run "an index that is not the commit's" 1 "$CARREL" doctor
has "is told" out "BAD  clone of $R/plain: what is searched of 2 files is not what commit"
run "and read again" 0 "$CARREL" doctor --fix
has "told, too" out "ok   clone of $R/plain: 2 files read again for the search"
same "the texts are back" "2 0" "$(sql "SELECT count(*) FILTER (WHERE c.body LIKE '%paraffin%' OR c.body LIKE '%wick%'), count(*) FILTER (WHERE c.body = 'kerosene') FROM repository_chunk c JOIN repository_file f ON f.id = c.file_id JOIN repository r ON r.id = f.repository_id WHERE r.key = 'local/lee/plain'" | tr '|' ' ')"
run "all sound" 0 "$CARREL" doctor

# Fetched, but killed before it was looked over: the next fetch does it, on the same day, too.
printf '%s\n' 'put new.py x = 1\n' 'commit 1772280000 Cy Day: Newest' | "$GITMAKER" "$T/lee/plain.git"
cp -a "$T/lee/plain.git/." "$REPOS/local/lee/plain.git/"
run "what was not looked over" 1 "$CARREL" doctor
has "is told" out "BAD  clone of $R/plain: what was fetched last was not looked over"
run "a fetch" 0 "$CARREL" repo $R/plain fetch
run "looks it over" 0 "$CARREL" show $R/plain
has "to the newest" out "Newest, by Cy Day"
run "and the doctor agrees" 0 "$CARREL" doctor

# Left over: by a kill in the middle of a clone, by one before the library knew of it; and what is not carrel's.
printf '%s\n' 'route /h/slow.git/info/refs' 'answer 200 type="application/x-git-upload-pack-advertisement" stall=30 body="001e# service=git-upload-pack\n0000 and so on"' >"$T/slow"
start_replay "$T/slow"
"$CARREL" add "$REPLAY_URL/h/slow.git" >"$T/out" 2>&1 </dev/null &
pid=$! waited=0
while [ -z "$(find "$REPOS" -name '*.cloning-*')" ] && [ $waited -lt 1000 ]; do sleep 0.01; waited=$((waited + 1)); done
run "while a clone is being made" 0 "$CARREL" doctor --fix
has "nothing is touched" out "clones are being made or fetched, and were not looked at"
same "and it goes on" 1 "$(find "$REPOS" -name '*.cloning-*' | wc -l)"
kill -9 $pid
wait $pid 2>/dev/null
waited=0 # its child goes with it, and with that the lock
while "$CARREL" doctor 2>"$T/err" | grep -q 'being made' && [ $waited -lt 600 ]; do sleep 0.05; waited=$((waited + 1)); done
half=$(cd "$CARREL_LIBRARY" && find repos -name '*.cloning-*')
run "half a clone" 1 "$CARREL" doctor
has "is told" out "BAD  $half: half a clone that was left over; 'carrel doctor --fix' removes it"
mkdir -p "$REPOS/local/lee/taken.git.cloning-1-1" "$T/mine" # a number that another process has now
echo precious >"$T/mine/file"
cp -r "$REPOS/local/lee/plain.git" "$REPOS/local/lee/unknown.git"
ln -s "$T/mine" "$REPOS/local/lee/link.git"
ln -s "$T/mine" "$REPOS/local/link"
mkdir "$REPOS/local/lee/folder"
echo mine >"$REPOS/notes.txt"
run "leftovers" 0 "$CARREL" doctor --fix
has "half a clone" out "ok   $half: half a clone that was left over; removed"
has "whatever its number" out "ok   repos/local/lee/taken.git.cloning-1-1: half a clone that was left over; removed"
has "one without a row" out "ok   repos/local/lee/unknown.git: a clone that nothing in the library speaks of; removed"
cp "$T/out" "$T/told"
for other in local/lee/link.git local/link local/lee/folder notes.txt; do
    has "not ours: $other" told "ok   repos/$other is none of carrel's, and left alone"
    run "$other stays" 0 test -e "$REPOS/$other"
done
same "what a link leads to" precious "$(cat "$T/mine/file")"
same "only these have gone" "damaged.git folder gone.git link.git plain.git torn.git" "$(ls "$REPOS/local/lee" | xargs)"
sql "UPDATE repository_clone SET folder = 'repos/../../mine' WHERE repository_id = (SELECT id FROM repository WHERE key = 'local/lee/torn')"
run "a row that leads out" 1 "$CARREL" doctor
has "is told" out "BAD  clone of $R/torn: its folder 'repos/../../mine' is not below repos/"
run "it is not removed" 1 "$CARREL" repo $R/torn remove
run "but forgotten" 0 "$CARREL" doctor --fix
same "and nothing else happens there" precious "$(cat "$T/mine/file")"

# Killed at any moment: a doctor that mends leaves a sound library, and adding again completes it.
"$GITMAKER" "$T/lee/large.git" --commits 400 || bad "gitmaker"
round=0
while [ $round -lt 8 ]; do
    "$CARREL" add "$T/lee/large.git" >/dev/null 2>&1 </dev/null &
    pid=$!
    sleep "0.0$((round * 2 + 1))"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    waited=0
    while "$CARREL" doctor 2>"$T/err" | grep -q 'being made' && [ $waited -lt 1000 ]; do sleep 0.02; waited=$((waited + 1)); done
    "$CARREL" doctor --fix >"$T/out" 2>"$T/err" || bad "doctor --fix after kill $round" "$(cat "$T/out" "$T/err")"
    same "no halves after kill $round" "" "$(find "$REPOS" -name '*.cloning-*')"
    round=$((round + 1))
done
run "once more" 0 "$CARREL" add "$T/lee/large.git"
run "in the background" 0 "$CARREL" doctor --background --fix
run "the doctor's job" 0 "$CARREL" worker --once
run "is content" 0 "$CARREL" doctor
has "with all" out "ok   4 clones"
finish
