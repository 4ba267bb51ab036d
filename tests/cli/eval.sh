# Evaluation on a small collection made here: figures, forms, and what is wrong with a collection.
. "$(dirname "$0")/lib.sh"
unset CARREL_SHARED
set=$T/tiny
mkdir "$set"
cat >"$set/docs.jsonl" <<'X'
{"id": "d1", "title": "Attention in gardens", "text": "Hedgehogs attend to beetles at night."}
{"id": "d2", "title": "", "text": "A document without a title speaks of quantum error correction at length."}
{"id": "d3", "title": "Attention in gardens", "text": "The same title as another one, and no authors."}
{"id": "d4", "title": "", "text": ""}
X
cat >"$set/queries.jsonl" <<'X'
{"id": "q1", "text": "hedgehogs AND (beetles"}
{"id": "q2", "text": "error NOT correction"}
{"id": "q3", "text": "nobody judged this one"}
X
printf 'query\tdoc\tgrade\nq1\td1\t1\nq2\td2\t2\nq2\tgone\t1\nq9\td1\t1\n' >"$set/qrels.tsv"
run "a collection" 0 "$CARREL" eval --set "$set" --mode lexical
has "names it and counts judged queries" out "tiny (2 queries)"
has "has the peer" out "bm25()"
run "as JSON" 0 "$CARREL" eval --set "$set" --mode lexical --json
has "items" out '{"version":1,"items":[{"set":"tiny","system":"bm25()","queries":2,'
has "finds what is to be found" out '"system":"lexical","queries":2,"ndcg10":0.9'
same "the library is left alone" "" "$(ls "$T/library" 2>/dev/null)"

run "no collection" 2 "$CARREL" eval
has "says how to name one" err "--set FOLDER"
run "an empty folder" 1 "$CARREL" eval --set "$T"
has "says what is missing" err "docs.jsonl"
run "an unknown mode" 2 "$CARREL" eval --set "$set" --mode psychic
printf '{"id": "d1", "text": "again"}\n' >>"$set/docs.jsonl"
run "a doubled id" 1 "$CARREL" eval --set "$set"
has "says where" err "docs.jsonl:5"
printf 'q1\td1\n' >"$set/qrels.tsv"
sed -i '$d' "$set/docs.jsonl"
run "a bad judgement" 1 "$CARREL" eval --set "$set"
has "says where, too" err "qrels.tsv:1"
finish
