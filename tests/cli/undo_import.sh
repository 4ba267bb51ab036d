# An import is a step of its own: taken back, done again, and what of it stays.
. "$(dirname "$0")/lib.sh"
unset CARREL_CLOCK # what a source says again is later than what it said before
cat >"$T/g.bib" <<'B'
@article{a1, title={Lamps of moths}, author={Ada One}, year=2001, journal={J}}
@article{a2, title={Second paper on gardens}, author={Bob Two}, year=2002, journal={J}, doi={10.1000/2}}
@article{a3, title={Third thing about rivers}, author={Cy Three}, year=2003, journal={J}}
B
sed 's/gardens/wild gardens/' "$T/g.bib" >"$T/w.bib"
titles() { "$CARREL" export --format jsonl -o - 2>/dev/null | sed 's/.*"title":"\([^"]*\)".*/\1/' | sort; }
all="Lamps of moths
Second paper on gardens
Third thing about rivers"
wild=$(echo "$all" | sed 's/gardens/wild gardens/')

run "no import" 1 "$CARREL" undo import
run "nothing yet" 0 "$CARREL" import "$T/g.bib"
has "how it is taken back is told" err "carrel undo import takes it back"
"$CARREL" export --format jsonl -o - >"$T/before" 2>/dev/null
run "a mark" 0 "$CARREL" mark star doi:10.1000/2
run "words that change" 0 "$CARREL" import "$T/w.bib"
same "stand" "$wild" "$(titles)"
run "and back" 0 "$CARREL" import "$T/g.bib"
run "nothing is changed" 0 "$CARREL" import "$T/g.bib"
lacks "so nothing is taken back" err "takes it back"
run "the list" 0 "$CARREL" undo --list
has "has them by name" out "import of g.bib: 3 papers"
has "with what they did" out "import of w.bib: 0 new, 1 changed"
run "without ids that are none" 0 "$CARREL" undo --list --json
lacks "of files" out '"g.bib"'

run "undo comes to none unasked" 1 "$CARREL" undo
has "tells both ways" err "'carrel undo import' takes it back, 'carrel undo --past-imports' what was done before"
same "and does nothing" 1 "$("$CARREL" search --ids is:starred 2>/dev/null | wc -l)"
run "past it" 0 "$CARREL" undo --past-imports
has "is the mark" err "Second paper on gardens"
run "again" 0 "$CARREL" redo
run "the last import" 0 "$CARREL" undo import
has "gives words back" err "import of g.bib: 1 has its older words"
same "that stood before" "$wild" "$(titles)"
run "the one before" 0 "$CARREL" undo import
same "as it was" "$all" "$(titles)"
run "the first" 0 "$CARREL" undo import
has "takes its papers out" err "import of g.bib: 3 papers are in the bin"
same "all" "" "$(titles)"
run "then there is none" 1 "$CARREL" undo import
has "that is told" err "no import to undo"
run "redo" 0 "$CARREL" redo 3
has "brings them back" err "import of g.bib: 3 papers are back"
has "with what came then" err "import of w.bib: 1 has the file's words"
same "in the end" "$all" "$(titles)"
same "with the star" doi:10.1000/2 "$("$CARREL" search --ids is:starred 2>/dev/null)"
same "as they were" "" "$("$CARREL" export --format jsonl -o - 2>/dev/null | sed 's/,"starred":true//' | diff - "$T/before" | grep -v starred | grep '^[<>] {' | grep -v '10.1000/2')"
run "and back again" 0 sh -c '"$0" undo import && "$0" undo import && "$0" undo import' "$CARREL"
same "all of it" "" "$(titles)"

printf '@article{z, title={Name}, author={Z Z}, year=2020}' >"$T/$(printf 'b\033[31m\377d').bib"
run "a name of any bytes" 0 "$CARREL" import "$T"/b*d.bib
run "is told" 0 "$CARREL" undo import
lacks "without escapes" err "$(printf '\033')"
has "as text" err "import of b"

# Whoever thinks better of it imports once more.
run "the file once more" 0 "$CARREL" import "$T/g.bib"
has "brings back what undo had put into the bin" err "3 of them came back out of the bin, where 'undo import' had put them"
has "as an import that is taken back likewise" err "carrel undo import takes it back"
same "all three" "$all" "$(titles)"
run "removed by hand" 0 "$CARREL" rm doi:10.1000/2
run "it" 0 "$CARREL" import "$T/g.bib"
has "stays removed" err "1 is in the bin"
run "unless it is restored" 0 "$CARREL" bin restore doi:10.1000/2
same "with the words it had" "$all" "$(titles)"

# What others have said of a paper keeps it.
export CARREL_LIBRARY="$T/others"
run "another library" 0 "$CARREL" import "$T/g.bib"
printf '%s\n' '{"id":"doi:10.1000/2","title":"Second paper on gardens","authors":["Bob Two"],"abstract":"Of gardens.","source":"other"}' >"$T/o.jsonl"
run "somebody else's words" 0 "$CARREL" import "$T/o.jsonl"
run "which joined a paper" 0 "$CARREL" undo import
has "stay" err "import of o.jsonl: 1 that was here keeps what it was given"
run "but speak for nobody" 0 "$CARREL" undo import
has "then" err "3 papers are in the bin"
run "all" 0 "$CARREL" redo
same "come back" "$all" "$(titles)"
run "words by hand" 0 "$CARREL" edit "$("$CARREL" search --ids rivers 2>/dev/null)" title="Third thing about lakes"
run "keep theirs" 0 "$CARREL" undo import
has "as is told" err "2 papers are in the bin, 1 stays, as others speak of it, too"
same "and lose the rest" "Third thing about lakes" "$(titles)"
run "sound" 0 "$CARREL" doctor

# A paper that comes twice, in one file and in the next, is one paper.
export CARREL_LIBRARY="$T/twice"
printf '%s\n' '@article{k1, title={Alpha paper}, author={A One}, year=2001, doi={10.1000/9}}' '@article{k2, title={Alpha paper, again}, author={A One}, year=2001, doi={10.1000/9}, journal={J}}' >"$T/twice.bib"
run "twice" 0 "$CARREL" import "$T/twice.bib"
run "it goes once" 0 "$CARREL" undo import
has "as one" err "1 paper is in the bin"
same "all of it" "" "$(titles)"
run "the first of them" 0 sh -c 'head -n 1 "$1/twice.bib" | sed "s/, doi={[^}]*}//" >"$1/k.bib" && "$0" import "$1/k.bib"' "$CARREL" "$T"
run "with a number now" 0 sh -c 'head -n 1 "$1/twice.bib" >"$1/k.bib" && "$0" import "$1/k.bib"' "$CARREL" "$T"
run "goes by two" 0 sh -c '"$0" undo import && "$0" undo import' "$CARREL"
same "as it came" "" "$(titles)"
run "a version" 0 sh -c 'echo "{\"id\":\"arxiv:2401.00001v1\",\"title\":\"Older words\"}" | "$0" import -' "$CARREL"
run "a newer one" 0 sh -c 'echo "{\"id\":\"arxiv:2401.00001v2\",\"title\":\"Newer words\"}" | "$0" import -' "$CARREL"
run "undone" 0 "$CARREL" undo import
has "stays" err "1 keeps its newer words"
run "goes with the first" 0 "$CARREL" undo import
same "all" "" "$(titles)"
run "the bin is emptied" 0 "$CARREL" bin empty --yes
run "so redo" 0 "$CARREL" redo
has "brings nothing back" err "1 of which nothing is left comes when it is imported again"
run "which is so" 0 sh -c 'echo "{\"id\":\"arxiv:2401.00001v1\",\"title\":\"Older words\"}" | "$0" import -' "$CARREL"
same "it is here" "Older words" "$(titles)"
run "two at once" 0 sh -c '"$0" undo import 2>"$1/a" & "$0" undo import 2>"$1/b"; wait; cat "$1/a" "$1/b" >&2' "$CARREL" "$T"
run "undo it once" 0 "$CARREL" redo 2
same "here again" "Older words" "$(titles)"
# A file that is mended and imported anew is the last import, whatever came back for it.
run "another" 0 "$CARREL" import "$T/g.bib"
run "not so" 0 "$CARREL" undo import
run "mended" 0 "$CARREL" import "$T/w.bib"
same "here" "Lamps of moths
Older words
Second paper on wild gardens
Third thing about rivers" "$(titles)"
run "nor so" 0 "$CARREL" undo import
has "all of it" err "import of w.bib: 3 papers are in the bin"
same "the rest stays" "Older words" "$(titles)"
run "sound as well" 0 "$CARREL" doctor
python3 - "$CARREL_LIBRARY/library.db" <<'P'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("INSERT INTO change_log(at, step, kind, item, field, new) VALUES(0, 900, 'import', 'x', '1 0', 'added 9223372036854775807\n')")
db.commit()
P
run "what cannot be read" 1 "$CARREL" undo import
has "is told" err "what step 900 has imported cannot be read any more"

# Killed in the middle, what came is one step all the same.
export CARREL_LIBRARY="$T/killed"
many() { awk -v from="$1" -v to="$2" 'BEGIN { for (i = from; i < to; i++) printf "{\"id\":\"doi:10.1000/%d\",\"title\":\"Paper %d of many\",\"published\":\"2020-01-01\"}\n", i, i }'; }
count() { n_=$("$CARREL" stats --json 2>/dev/null | sed 's/.*"works":\([0-9]*\).*/\1/'); echo "${n_:-0}"; }
until_count() {
    n=0
    until [ "$(count)" -ge "$1" ] || [ $n -ge 600 ]; do
        n=$((n + 1))
        sleep 0.1
    done
}
# What waits for more is committed meanwhile, so these are two transactions.
mkfifo "$T/pipe"
"$CARREL" -q import - <"$T/pipe" >"$T/out" 2>&1 &
pid=$!
exec 9>"$T/pipe"
many 0 2000 >&9
until_count 1500
many 2000 4000 >&9
until_count 3500
kill -9 $pid
wait $pid 2>/dev/null
exec 9>&-
came=$(count)
run "what had come by then" 0 "$CARREL" undo import
has "goes" err "import of standard input: $came papers are in the bin"
same "all" 0 "$(count)"
run "and comes back" 0 "$CARREL" redo
same "as much" "$came" "$(count)"
run "sound, too" 0 "$CARREL" doctor

# On all machines.
for m in one two; do
    mkdir -p "$T/$m/config/carrel"
    printf '[harvest]\n    background = false\n' >"$T/$m/config/carrel/config"
done
mkdir "$T/share"
on() { XDG_CONFIG_HOME="$T/$1/config" CARREL_LIBRARY="$T/$1/library" "$CARREL" "$2" "$3" ${4:+"$4"} ${5:+"$5"} >"$T/out" 2>"$T/err"; }
meet() { for m in one two one; do on $m sync --peer share || bad "$m meets the other" "$(cat "$T/err")"; done; }
there() { (CARREL_LIBRARY="$T/$1/library" && titles); }
on one import "$T/g.bib"
for m in one two; do on $m peer add share "$T/share" || bad "a peer" "$(cat "$T/err")"; done
meet
on one import "$T/w.bib"
meet
same "another machine has it" "$wild" "$(there two)"
on one undo import
meet
same "and its older words" "$all" "$(there two)"
on one undo import
on one sync --peer share
on two sync --peer share
cat "$T/err" >>"$T/out"
has "and is told of what goes" out "3 papers went into the bin, removed on another machine; carrel bin lists them"
same "and has it no more" "" "$(there two)"
same "as the first" "" "$(there one)"
on one redo 1
on one sync --peer share
on two sync --peer share
cat "$T/err" >>"$T/out"
has "which is told" out "3 papers came back out of the bin"
same "and again" "$all" "$(there two)"
finish
