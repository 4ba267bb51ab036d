# Training: the same bytes from the same seed, what is refused, and a model adapted to the library.
. "$(dirname "$0")/lib.sh"

# Papers about 24 made-up subjects: a title and its abstract say the same in different words, so only
# who has learned which words mean alike finds one by the other.
papers() {
    awk -v from="$1" -v to="$2" 'BEGIN {
        for (n = from; n < to; n++) {
            s = n * 7919 + 17; subject = n % 24; title = ""; text = "In this"
            for (i = 0; i < 4; i++) { s = (s * 1103515245 + 12345) % 2147483648; w[i] = int(s / 65536) % 10
                title = title sprintf("zq%ck%co ", 97 + subject, 97 + w[i]) }
            for (i = 0; i < 24; i++) { s = (s * 1103515245 + 12345) % 2147483648
                text = text sprintf(" vx%cd%cu%s", 97 + subject, 97 + w[int(s / 65536) % 4], i % 8 == 7 ? ". Then" : "") }
            printf "{\"id\":\"arxiv:2401.%05d\",\"title\":\"%s number n%d\",\"abstract\":\"%s.\"}\n", n, title, n, text
        }
    }'
}
papers 0 1200 >"$T/papers.jsonl"

run "training from a file" 0 "$CARREL" train --input "$T/papers.jsonl" --output "$T/one.bin" --epochs 2 --dim 64
has "says what was made" out "64 dimensions"
has "says how many" out "trained on 1200 papers"
has "says what it is worth" out "papers kept out that are found first"
run "again, from standard input" 0 sh -c '"$CARREL" train --input - --output "$0" --epochs 2 --dim 64 --json <"$1"' "$T/two.bin" "$T/papers.jsonl"
has "as JSON" out '"papers":1200'
run "the same bytes" 0 cmp "$T/one.bin" "$T/two.bin"
run "another seed" 0 "$CARREL" train --input "$T/papers.jsonl" --output "$T/three.bin" --epochs 2 --dim 64 --seed 7
run "other bytes" 1 cmp -s "$T/one.bin" "$T/three.bin"

run "no output" 2 "$CARREL" train --input "$T/papers.jsonl"
has "says so" err "--output"
run "an odd dimension" 2 "$CARREL" train --input "$T/papers.jsonl" --output "$T/x.bin" --dim 100
run "no number" 2 "$CARREL" train --epochs many
run "a file that is not there" 1 "$CARREL" train --input "$T/none.jsonl" --output "$T/x.bin"
has "names it" err "none.jsonl"
head -n 20 "$T/papers.jsonl" >"$T/few.jsonl"
run "too few papers" 1 "$CARREL" train --input "$T/few.jsonl" --output "$T/x.bin"
has "says how many it takes" err "500 are the least"
run "nothing was written" 1 test -e "$T/x.bin"
printf 'years of work\n' >"$T/theirs"
run "over somebody's file" 1 "$CARREL" train --input "$T/papers.jsonl" --output "$T/theirs"
has "is refused" err "train --force replaces it"
same "and it stands" "years of work" "$(cat "$T/theirs")"
cp "$T/three.bin" "$T/theirs.bin"
run "over any model" 0 "$CARREL" train --input "$T/papers.jsonl" --output "$T/theirs.bin" --epochs 1 --dim 64
run "a folder as output" 1 "$CARREL" train --input "$T/papers.jsonl" --epochs 1 --dim 64 --output "$T"

run "no library" 1 "$CARREL" train
has "says how to make one" err "carrel import"
run "importing" 0 "$CARREL" import "$T/few.jsonl"
run "a library that is too small" 1 "$CARREL" train
has "says so" err "too few"
run "importing more" 0 "$CARREL" import "$T/papers.jsonl"
run "adapting to the library" 0 "$CARREL" train --epochs 6 --json
has "it is better" out '"better":true'
has "and serves" out '"installed":true'
model=$(sed 's/.*"model":"\([^"]*\)".*/\1/' "$T/out")
run "its file" 0 test -s "$T/library/models/$model.bin"
run "the doctor agrees" 0 "$CARREL" doctor
has "with its vectors" out "vectors of $model"
papers 1200 1300 >"$T/more.jsonl"
run "get vectors of it" 0 "$CARREL" import "$T/more.jsonl"
run "all of them" 0 "$CARREL" doctor
has "as before" out "vectors of $model"
run "not better" 0 "$CARREL" train --epochs 1 --seed 3
has "keeps the model" out "keeps the model it had"
run "only that model is there" 0 test "$(ls "$T/library/models")" = "$model.bin"
rm "$T/library/models/$model.bin"
run "a model that is gone" 1 "$CARREL" doctor
has "is named" out "$model"
run "papers come in all the same" 0 sh -c '"$CARREL" import "$0"' "$T/papers.jsonl"
finish
