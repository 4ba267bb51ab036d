# Vectors from a server that speaks the OpenAI embeddings API, played by the replay server.
. "$(dirname "$0")/lib.sh"

cat >"$T/papers.jsonl" <<'X'
{"id":"arxiv:2401.00001","title":"On hedgehogs","abstract":"Hedgehogs attend to beetles at night."}
{"id":"arxiv:2401.00002","title":"On beetles","abstract":"Beetles attend to leaves, \"mostly\" green ones."}
{"id":"arxiv:2401.00003","title":"Quantum gardens","abstract":"Error correction in the shade."}
X
run "importing" 0 "$CARREL" import "$T/papers.jsonl"
run "the shipped model" 0 "$CARREL" doctor
has "serves" out "vectors of carrel-256-"

# vectors COUNT DIM: an answer with so many vectors of so many numbers, the last text first.
vectors() {
    awk -v count="$1" -v dim="$2" 'BEGIN {
        printf "{\\\"object\\\":\\\"list\\\",\\\"data\\\":["
        for (i = count - 1; i >= 0; i--) {
            printf "{\\\"index\\\":%d,\\\"embedding\\\":[", i
            for (k = 0; k < dim; k++) printf "%s%d.5e-1", k ? "," : "", (k * 7 + i * 3) % 11 - 5
            printf "]}%s", i ? "," : ""
        }
        printf "],\\\"usage\\\":{\\\"prompt_tokens\\\":%d,\\\"total_tokens\\\":%d}}", count * 10, count * 10
    }'
}
cat >"$T/script" <<X
route POST /v1/embeddings
answer 503 type=application/json body="{}"
answer 200 type=application/json body="$(vectors 1 8)"
answer 200 type=application/json body="$(vectors 3 8)"
answer 200 type=application/json body="$(vectors 1 8)"
answer 200 type=application/json body="$(vectors 1 12)"
answer 401 type=application/json body="{}"
X
start_replay "$T/script"
echo "  secret-token" >"$T/token"
server="-c embedding.url=$REPLAY_URL/v1/ -c embedding.model=mock -c embedding.token-file=$T/token"

# shellcheck disable=SC2086
run "a worker with a server" 0 "$CARREL" $server worker --once
run "the job" 0 "$CARREL" jobs list --json
has "made all vectors" out '"vectors":3'
has "and says what they cost" out '"requests":3,"tokens":40'
run "the doctor" 0 "$CARREL" doctor
has "names the server's model" out "vectors of mock"
run "the ledger has no token" 1 grep -c secret-token "$T/library/library.db"

# The server gives the query the vector that it gave the first paper.
# shellcheck disable=SC2086
run "searching by meaning" 0 "$CARREL" $server search --mode semantic --limit 1 --ids quantum
same "asks the server" "arxiv:2401.00001" "$(cat "$T/out")"
run "a server that is named no longer" 0 "$CARREL" search --ids quantum
same "leaves the words" "arxiv:2401.00003" "$(cat "$T/out")"
run "another server than that of the vectors" 0 "$CARREL" -c embedding.url=http://127.0.0.1:1/v1 -c embedding.model=mock search quantum
has "too" out "arxiv:2401.00003"
has "and it is told" err "words alone: the vectors are those of another server"

cat >"$T/more.jsonl" <<'X'
{"id":"arxiv:2401.00004","title":"More on gardens","abstract":"Shade and error."}
X
run "a paper that comes later" 0 "$CARREL" import "$T/more.jsonl"
run "waits for its vector" 0 "$CARREL" doctor
has "as the doctor says" out "1 work waits for a vector from mock"
# shellcheck disable=SC2086
run "a server that answers another dimension" 3 "$CARREL" $server worker --once
run "is an error of the job" 0 "$CARREL" jobs list
has "which says so" out "12 numbers, not 8"
run "the vectors there are" 0 "$CARREL" doctor
has "are kept" out "1 work waits"

# shellcheck disable=SC2086
run "a server that refuses the token" 3 "$CARREL" $server worker --once
has "is told" err "401"

# shellcheck disable=SC2086
run "searching with it" 0 "$CARREL" $server search quantum
has "finds by words" out "arxiv:2401.00003"
has "and says why" err "words alone"

run "a url without a model" 3 "$CARREL" -c "embedding.url=$REPLAY_URL/v1" worker --once
run "is told" 0 "$CARREL" jobs list
has "by the job" out "embedding.model"

run "without a server again" 0 "$CARREL" worker --once
run "the shipped model" 0 "$CARREL" doctor
has "serves again" out "vectors of carrel-256-"
finish
