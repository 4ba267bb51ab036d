# A command that writes a file where it was told replaces what carrel wrote there, and nobody else's file.
. "$(dirname "$0")/lib.sh"
run "papers" 0 "$CARREL" import tests/fixtures/papers.jsonl
theirs() { printf 'years of work\n' >"$1"; }
kept() { same "$1" "years of work" "$(cat "$2")"; }
more() { printf '{"id":"arxiv:2405.%05d","title":"Another %s","abstract":"x","authors":["A"],"published":"2024-05-01"}\n' "$1" "$1" | "$CARREL" -q import - >/dev/null; }

for kind in ris jsonl csl atom biblatex opml; do
    file="$T/keep.$kind.txt"
    settings="$T/feeds"
    printf '[source "one"]\n kind = feed\n url = https://one.example/feed\n' >"$settings"
    export_it() { "$CARREL" --config "$settings" export --format "$kind" "$@"; }
    theirs "$file"
    run "$kind over somebody's file" 1 export_it -o "$file"
    has "is refused by name, with a way out" err "$file was not written by carrel"
    has "which is" err "export --force replaces it"
    kept "and the file stands" "$file"
    run "by force" 0 export_it --force -o "$file"
    run "over its own" 0 export_it -o "$file"
    : >"$T/empty"
    run "over nothing" 0 export_it -o "$T/empty"
    run "to a device" 0 export_it -o /dev/null
    same "which stays one" yes "$([ -c /dev/null ] && echo yes)"
done
run "papers to where feeds were" 0 "$CARREL" export --format ris -o "$T/keep.opml.txt"

# Night after night, whatever has come, also where the file was moved; until somebody has written into it.
run "an export" 0 "$CARREL" export -o "$T/nightly.ris"
more 1
run "the next night" 0 "$CARREL" export -o "$T/nightly.ris"
same "has what has come" 1 "$(grep -c 'Another 1' "$T/nightly.ris")"
same "one line for it is remembered" 1 "$(grep -c "nightly.ris" "$CARREL_LIBRARY/written")"
mv "$T/nightly.ris" "$T/moved.ris"
more 2
run "where it was moved" 0 "$CARREL" export -o "$T/moved.ris"
more 3
run "by another name of the folder" 0 sh -c 'cd "$1" && "$CARREL" export -o ./moved.ris' sh "$T"
printf 'TY  - JOUR\nTI  - By hand\nER  - \n' >>"$T/moved.ris"
cp "$T/moved.ris" "$T/before"
run "after a line by hand" 1 "$CARREL" export -o "$T/moved.ris"
has "it says why" err "or has changed since, and stays as it is"
same "and the line stands" "$(cat "$T/before")" "$(cat "$T/moved.ris")"

# Another library does not know it, but for a .bib, which says whose it is.
"$CARREL" -q -L "$T/elsewhere" import tests/fixtures/papers.jsonl >/dev/null 2>&1
run "a bibliography" 0 "$CARREL" export -o "$T/shared.bib"
run "an export of another kind" 0 "$CARREL" export -o "$T/shared.ris"
cp "$T/shared.ris" "$T/before"
run "another library's" 0 "$CARREL" -L "$T/elsewhere" export -o "$T/shared.bib"
more 4
run "may not write the other" 1 "$CARREL" -L "$T/elsewhere" export --query title:hedgehogs -o "$T/shared.ris"
same "which stands" "$(cat "$T/before")" "$(cat "$T/shared.ris")"
run "but by force" 0 "$CARREL" -L "$T/elsewhere" export --force -o "$T/shared.ris"
run "and knows it then" 0 "$CARREL" -L "$T/elsewhere" export -o "$T/shared.ris"

# Digests and feeds likewise.
theirs "$T/thesis.tex"
run "a digest over somebody's file" 1 "$CARREL" digest -o "$T/thesis.tex"
has "is refused" err "$T/thesis.tex was not written by carrel"
has "with a way out" err "digest --force replaces it"
kept "and the file stands" "$T/thesis.tex"
run "by force" 0 "$CARREL" digest --force -o "$T/thesis.tex"
more 5
run "the next day" 0 "$CARREL" digest --format md -o "$T/thesis.tex"
has "is there" thesis.tex "# What is new"
run "no feeds" 4 "$CARREL" export -o "$T/feeds.opml"
has "that is said" err "no feeds in the settings, so $T/feeds.opml was not written"
run "and nothing written" 1 test -e "$T/feeds.opml"

# Several at the same time are all remembered.
for n in 1 2 3 4 5 6; do "$CARREL" -q export --format jsonl -o "$T/at-once.$n" & done
wait
more 6
for n in 1 2 3 4 5 6; do run "of six at once, $n" 0 "$CARREL" export --format jsonl -o "$T/at-once.$n"; done

# A thousand places, of which the oldest are forgotten.
yes "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef /nowhere" | head -n 1500 | awk '{ print $0 NR }' >"$CARREL_LIBRARY/written"
run "one more" 0 "$CARREL" export --format jsonl -o "$T/one-more"
same "is one of a thousand" 1000 "$(wc -l <"$CARREL_LIBRARY/written")"
has "the last" library/written "$T/one-more"
run "and known" 0 "$CARREL" export --format ris -o "$T/one-more"

finish
