# A morning: sixty new papers triaged, five tagged, two annotated, one cited into a .bib file, a bulk had back exactly,
# a digest written. Once by keys in a terminal of 80x24 (morning/steps), once by --linear (morning/lines): the two
# libraries hold the same afterwards. Keys and lines are counted; the seconds are those until the screen shows what
# it should, so they are the machine's, not the reader's.
. "$(dirname "$0")/lib.sh"
HERE=$PWD/$(dirname "$0")/morning
. "$HERE/library.sh"
export CARREL_CLOCK=2026-03-01T08:00:00Z CARREL_LIBRARY="$T/evening"
morning_library "$T" >"$T/err" 2>&1 || bad "the library of the morning" "$(cat "$T/err")"
cp -R "$T/evening" "$T/desk"
cp -R "$T/evening" "$T/told"
ids() { "$CARREL" -q search --ids "date:2026-02-28 ($*)" | sort; }
# what_holds WORD...: "unread=60" for each of the sixty's states that is asked for.
what_holds() {
    for word; do
        case $word in
        tagged=*) query=tag:seminar ;;
        noted=*) query=has:note ;;
        *) query=is:${word%%=*} ;;
        esac
        printf '%s=%d ' "${word%%=*}" "$(ids "$query" | wc -l)"
    done
}
# everything: what of the sixty is what, and what was written about it.
everything() {
    for query in is:unread is:read is:later is:skip is:starred tag:seminar has:note; do
        echo "$query" $(ids "$query")
    done
    for id in $(ids has:note); do "$CARREL" -q show --json "$id" | grep -o '"notes":\[[^]]*\]'; done
}
now() { date +%s.%N; }
between() { echo "$1 $2" | awk '{ printf "%.1f", $2 - $1 }'; }
# What both mornings have to leave behind, in the folder $1 and in $CARREL_LIBRARY.
left_behind() {
    same "$1: sixty gone through" "read=33 later=9 skip=18 starred=3 unread=0 " "$(what_holds read= later= skip= starred= unread=)"
    same "$1: five tagged" "$(printf '%s\n' $SEMINAR)" "$(ids tag:seminar)"
    same "$1: two annotated" 2 "$(ids has:note | wc -l)"
    same "$1: one entry" 1 "$(grep -c '^@' "$T/$1.files/refs.bib")"
    for id in $(ids "tag:seminar OR is:starred"); do has "$1: the digest names $id" "$1.files/morning.md" "($id)"; done
    has "$1: and no others" "$1.files/morning.md" "$(ids "tag:seminar OR is:starred" | wc -l) new"
    has "$1: and what waits" "$1.files/morning.md" "9 for later"
    same "$1: the library is sound" 0 "$("$CARREL" doctor >/dev/null 2>&1; echo $?)"
}
same "sixty are new" "unread=60 " "$(what_holds unread=)"
SEMINAR=$(ids "lanterns -harmful")
same "five of which are about lanterns" 5 "$(echo "$SEMINAR" | wc -l)"
mkdir "$T/desk.files" "$T/told.files"

# ---- verdicts teach what Today is ranked by; it stays as it is all the same ----
# ranked KEYS [ROOM]: the papers in the order that is shown behind these keys.
ranked() {
    rm -rf "$T/ranked"
    cp -R "$T/evening" "$T/ranked"
    "$CARREL" -L "$T/ranked" dump today --json --keys "$1" </dev/null | grep -o '"id":"arxiv:[^"]*'
}
ranked "" >"$T/first"
same "Today is ranked" 60 "$(wc -l <"$T/first")"
same "verdicts take papers out, and leave the others where they were" "$(sed 1,3d "$T/first")" "$(ranked rLx)"
same "what is had back comes to its place" "$(cat "$T/first")" "$(ranked jrrLuuu)"
same "a review goes through them in that order" "$(sed '1,3d; 24,$d' "$T/first")" "$(ranked 'rLx:review 20 0<CR>')"
same "asked to, it is ranked by what was learned" "not the same" \
    "$([ "$(sed 1,6d "$T/first")" = "$(ranked ssrssrssrssrssrssrOO)" ] && echo "the same" || echo "not the same")"

# ---- line by line ----
export CARREL_LIBRARY="$T/told"
begin=$(now)
(cd "$T/told.files" && "$CARREL" --linear <"$HERE/lines" >"$T/out" 2>"$T/err")
same "--linear: everything was done" "0 " "$? $(cat "$T/err")"
end=$(now)
has "forty, no, twenty at once" out "20 papers marked skip"
has "had back" out "marked skip and 19 more"
has "what is marked is told" out "20 marked, 1 of 60"
has "the next paper is told behind a verdict" out "1 of 49: "
has "a review tells a paper at a time" out "2 of 20: "
has "and its abstract" out "needs nine examples, not nine thousand."
has "and what became of it" out "20 of 20 papers in"
same "no byte that moves a cursor" 0 "$(LC_ALL=C tr -d '\n\040-\176\200-\377' <"$T/out" | wc -c)"
left_behind told
everything >"$T/told.holds"
echo "# by --linear: $(grep -vc '^#' "$HERE/lines") lines typed, $(wc -l <"$T/out") told, $(between "$begin" "$end") s"

# ---- at the desk ----
command -v tmux >/dev/null || { echo "ok - tmux is not here # SKIP"; finish; }
export CARREL_LIBRARY="$T/desk"
everything >"$T/before"
tm -f /dev/null new-session -d -s t -x 80 -y 24 -c "$T/desk.files" \
    "CARREL_CLOCK=$CARREL_CLOCK CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME TERM=tmux-256color $CARREL; echo left \$?; read -r _"
keys=0 spent=0
while IFS='|' read -r name typed seen holds; do
    case $name in '' | '#'*) continue ;; esac
    begin=$(now)
    press "$typed"
    see "$name" "$seen"
    spent=$(echo "$spent $begin $(now)" | awk '{ printf "%.3f", $1 + $3 - $2 }')
    keys=$((keys + $(echo "$typed" | sed 's/<[^>]*>/k/g' | awk '{ print length }')))
    n=0
    until [ "$(what_holds $holds)" = "$holds " ] || [ $((n += 1)) -gt 300 ]; do sleep 0.1; done # written behind the screen
    same "$name: the library holds it" "$holds " "$(what_holds $holds)"
    case $name in
    3-*) everything >"$T/after" && same "a bulk had back is as it was" "" "$(diff "$T/before" "$T/after")" ;;
    esac
done <"$HERE/steps"
press Q
see "and leaves" "left 0"
tm kill-server
left_behind desk
everything >"$T/desk.holds"
same "both mornings leave the same library" "" "$(diff "$T/told.holds" "$T/desk.holds")"
same "the same entry" "" "$(diff "$T/told.files/refs.bib" "$T/desk.files/refs.bib")"
same "the same digest" "" "$(diff "$T/told.files/morning.md" "$T/desk.files/morning.md")"
echo "# at the desk: $keys keys, $(printf '%.1f' "$spent") s"
finish
