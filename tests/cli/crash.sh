# kill -9 at random moments of an import: what was committed is whole, and importing again completes it.
. "$(dirname "$0")/lib.sh"
i=0
while [ $i -lt 3000 ]; do
    echo "{\"id\":\"arxiv:2401.$(printf %05d $((i + 100)))\",\"title\":\"Paper number $i about robust storage\",\"abstract\":\"Words that stay: one $i, two $((i * 7)), three $((i * 13)).\",\"authors\":[\"Author $((i % 97))\"],\"categories\":[\"cs.DB\"],\"published\":\"2024-01-$(printf %02d $((i % 28 + 1)))\"}"
    i=$((i + 1))
done >"$T/many.jsonl"
round=0
while [ $round -lt 12 ]; do
    # Fed slowly, so that commits happen while it is still reading.
    (while read -r line; do printf '%s\n' "$line"; done <"$T/many.jsonl") | "$CARREL" import - >/dev/null 2>&1 &
    pid=$!
    sleep "0.0$((round % 9 + 1))"
    kill -9 $pid 2>/dev/null
    pkill -9 -P $$ -f "$CARREL import" 2>/dev/null
    wait $pid 2>/dev/null
    if [ -e "$CARREL_LIBRARY/library.db" ]; then
        "$CARREL" doctor >"$T/out" 2>"$T/err" || bad "doctor after kill $round" "$(cat "$T/out" "$T/err")"
    fi
    round=$((round + 1))
done
[ $failed -eq 0 ] && good "doctor is content after $round kills"
run "importing again completes it" 0 "$CARREL" import "$T/many.jsonl"
same "each paper once" 3000 "$("$CARREL" stats --json | sed 's/.*"works":\([0-9]*\).*/\1/')"
run "and the doctor agrees" 0 "$CARREL" doctor

# Two at once, and a mark in between.
split -n l/2 "$T/many.jsonl" "$T/part."
"$CARREL" -L "$T/two" import "$T/part.aa" >/dev/null 2>"$T/err1" & one=$!
"$CARREL" -L "$T/two" import "$T/part.ab" >/dev/null 2>"$T/err2" & two=$!
wait $one; s1=$?
wait $two; s2=$?
same "two importers on one library" "0 0" "$s1 $s2"
same "nothing lost" 3000 "$("$CARREL" -L "$T/two" stats --json | sed 's/.*"works":\([0-9]*\).*/\1/')"
run "sound" 0 "$CARREL" -L "$T/two" doctor
finish
