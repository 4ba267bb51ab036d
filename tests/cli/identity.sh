# Which records are one work: labelled sets of pairs (tests/identity), imported whole, in both orders. Prints precision
# and recall and each pair that is told wrong. What may never happen is that two works become one.
. "$(dirname "$0")/lib.sh"
sets=$(cd "$(dirname "$0")/../identity" && pwd)

# pairs FILE: the table `pair` of what it says. decide SET ORDER: imports, and writes n<TAB>class<TAB>same<TAB>merged<TAB>suggested.
pairs() {
    sqlite3 "$T/$1.db" <<X
.mode ascii
.separator "\037" "\n"
CREATE TABLE line(text);
.import $sets/$1.jsonl line
CREATE TABLE pair AS SELECT rowid AS n, json_extract(text, '$.class') AS class, json_extract(text, '$.same') AS same,
    replace(json_extract(text, '$.a'), '"bib:', '"local:') AS a, replace(json_extract(text, '$.b'), '"bib:', '"local:') AS b, replace(json_extract(text, '$.a.id'), 'bib:', 'local:') AS x, replace(json_extract(text, '$.b.id'), 'bib:', 'local:') AS y FROM line;
X
}
decide() {
    lib=$T/$1.$2
    sqlite3 "$T/$1.db" "SELECT a || char(10) || b FROM pair ORDER BY n" >"$T/records"
    [ "$2" = forwards ] || { tac "$T/records" >"$T/turned"; mv "$T/turned" "$T/records"; }
    run "$1 $2" 0 "$CARREL" -L "$lib" import "$T/records"
    "$CARREL" -L "$lib" duplicates --all --limit 10000 --json >"$T/found.json"
    sqlite3 -separator "$(printf '\t')" "$T/$1.db" <<X >"$T/$1.$2.tsv"
ATTACH '$lib/library.db' AS lib;
CREATE TEMP TABLE found AS SELECT json_extract(value, '$.id') AS p, json_extract(value, '$.other') AS q
    FROM json_each(json_extract(readfile('$T/found.json'), '$.items'));
CREATE TEMP TABLE side AS SELECT n, class, same, (SELECT w.id FROM alias JOIN work w ON w.id = work_id WHERE scheme || ':' || value = iif(x LIKE 'doi:%', lower(x), x)) AS wx,
    (SELECT w.id FROM alias JOIN work w ON w.id = work_id WHERE scheme || ':' || value = iif(y LIKE 'doi:%', lower(y), y)) AS wy, a, b FROM pair;
SELECT n, class, same, wx = wy, EXISTS(SELECT 1 FROM found WHERE (p, q) IN (SELECT k.key, l.key FROM work k, work l WHERE k.id IN (wx, wy) AND l.id IN (wx, wy))),
    replace(json_extract(a, '$.title') || '  |  ' || json_extract(b, '$.title'), char(10), ' ') FROM side ORDER BY n;
X
}
for set in made heldout blind blind2; do
    [ -e "$sets/$set.jsonl" ] || continue
    pairs $set
    decide $set forwards
    decide $set backwards
    run "$set: the order does not matter" 0 cmp "$T/$set.forwards.tsv" "$T/$set.backwards.tsv"
    awk -F '\t' -v set=$set '
        $3 { same++ } $4 && $3 { right++ } $4 && !$3 { wrong++; print "#   wrongly one: " $2 ": " $6 }
        $3 && !$4 && $5 { asked++; print "#   only suggested: " $2 ": " $6 }
        $3 && !$4 && !$5 { lost++; print "#   not found: " $2 ": " $6 }
        !$3 && $5 && !$4 { needless++; print "#   suggested needlessly: " $2 ": " $6 }
        END {
            printf "# %s: %d pairs, %d of one work; joined by itself: precision %.3f, recall %.3f; with suggestions: precision %.3f, recall %.3f\n",
                set, NR, same, right + wrong ? right / (right + wrong) : 1, right / same,
                (right + asked) / (right + wrong + asked + needless), (right + asked) / same
            print wrong + 0, int(100 * right / same), int(100 * (right + asked) / same) >"'"$T/sum"'" }' "$T/$set.forwards.tsv"
    read -r wrong alone helped <"$T/sum"
    same "$set: no two works became one" 0 "$wrong"
    if [ "$alone" -ge 50 ]; then good "$set: most are joined"; else bad "$set: most are joined" "$alone%"; fi
    if [ "$helped" -ge 80 ]; then good "$set: nearly all are at least suggested"; else bad "$set: nearly all are at least suggested" "$helped%"; fi
done
finish
