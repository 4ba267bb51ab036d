# Documents in the library: kept by hash, joined to their paper, found to the page, cited, told apart from copies;
# and what is left of them after kill -9, a full disk and a lost file.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
pdf() { LC_ALL=C awk -f "$here/pdf.awk"; } # text in, PDF out
words() { i=0; while [ $i -lt "$2" ]; do echo "The $1 of item $i is measured again and again until reading number $i agrees with it."; i=$((i + 1)); done; }

cat >"$T/known.jsonl" <<'X'
{"id":"arxiv:2401.11111","title":"Copper lanterns for quiet reading rooms","abstract":"We light desks.","authors":["Ada Winter","Ben Frost"],"categories":["cs.DL"],"published":"2024-01-20"}
{"id":"arxiv:1901.22222","title":"On the endurance of oak desks","abstract":"Oak lasts.","authors":["Cora Elm"],"categories":["cs.DL"],"published":"2019-01-07"}
{"id":"doi:10.1234/desks.7","title":"Lamps and the eye","abstract":"Eyes tire.","authors":["Dan Reed"],"published":"2015"}
X
run "three papers" 0 "$CARREL" import "$T/known.jsonl"
{
    printf '# Copper lanterns for quiet reading rooms\nAda Winter, Ben Frost\n\n'
    printf 'arXiv:2401.11111v2\n\nAbstract\nWe light desks with lanterns made of copper.\n\n# 1 Introduction\n'
    words lantern 20
    printf '\\f\n# 2 Method\nThe flux capacitor of each lantern hums at forty hertz, as the endurance\nof oak desks predicts [1], and lamps tire the eye [2].\n'
    words flame 20
    printf '\\f\n# 3 Results\n'
    words glow 15
    printf '\n# References\n[1] C. Elm. On the endurance of oak desks. Journal of Desks, 2019.\n\n[2] D. Reed. Lamps and the eye. Optics, 2015. doi:10.1234/desks.7\n\n[3] N. Obody. A paper that nobody has. 2003.\n'
} | pdf >"$T/lanterns.pdf"

run "a PDF of a known paper" 0 "$CARREL" process --json "$T/lanterns.pdf"
has "is read" out '"state":"done","pages":3'
has "and joins it" out '"work":"arxiv:2401.11111"'
same "no new paper" 3 "$("$CARREL" stats --json | sed 's/.*"works":\([0-9]*\).*/\1/')"
sha=$(sha256sum <"$T/lanterns.pdf" | cut -c1-64)
run "its file is kept by hash" 0 cmp "$T/lanterns.pdf" "$CARREL_LIBRARY/files/$(echo "$sha" | cut -c1-2)/$sha"
run "given again" 0 "$CARREL" process "$T/lanterns.pdf"
has "it is there already" out "there already"
cp "$T/lanterns.pdf" "$T/copy.pdf"
run "under another name" 0 "$CARREL" process "$T/copy.pdf"
same "it is one document" 1 "$("$CARREL" show --json arxiv:2401.11111 | grep -o '"format":"pdf"' | wc -l)"
run "read by id" 0 "$CARREL" read arxiv:2401.11111 --outline
has "its sections" out "2 Method  2"
run "by the beginning of its hash" 0 "$CARREL" read "file:$(echo "$sha" | cut -c1-6)" --outline
has "the same" out "2 Method  2"
run "a file that is not there" 1 "$CARREL" read gone.pdf
has "is called so" err "gone.pdf: No such file"
run "its bibliography" 0 "$CARREL" read arxiv:2401.11111 --references
has "as it stands there" out "[1] C. Elm. On the endurance of oak desks."
has "and what it means here" out "    -> arxiv:1901.22222  On the endurance of oak desks"
run "of a file outside" 0 "$CARREL" read "$T/lanterns.pdf" --references
lacks "means nothing" out "->"
run "a page by id" 0 "$CARREL" read 2401.11111 --page 2
has "that page" out "flux capacitor"
lacks "and no other" out "3 Results"
run "a paper without a document" 4 "$CARREL" read arxiv:1901.22222
has "says how to add one" err "carrel process FILE"

for mode in lexical semantic hybrid; do
    run "a passage, $mode" 0 "$CARREL" search --in text --mode $mode --json --limit 1 "flux capacitor lantern"
    has "of the paper, $mode" out '"kind":"passage","id":"arxiv:2401.11111"'
done
run "where it stands" 0 "$CARREL" search --in text --json --limit 1 "flux capacitor lantern"
has "its page" out '"page":2'
has "its heading" out '"heading":"2 Method"'
run "a condition on the paper" 0 "$CARREL" search --in text --json "flux capacitor cat:math.CO"
has "that does not hold" out '"total":0'
run "one that does" 0 "$CARREL" search --in text --json "flux capacitor cat:cs.DL author:winter"
has "holds" out '"page":2'
run "a phrase" 0 "$CARREL" search --in text '"hums at forty hertz"'
has "is found" out "page 2, 2 Method"
run "a phrase that is not there" 0 "$CARREL" search --in text --json '"hums at fifty hertz"'
has "is not" out '"hits":[]'
run "a word left out" 0 "$CARREL" search --in text --mode lexical --json "item -flame -lantern"
lacks "is left out" out '"page":2'
run "both kinds" 0 "$CARREL" search --in all --json "lanterns"
has "papers" out '"kind":"paper","id":"arxiv:2401.11111"'
has "and passages" out '"kind":"passage","id":"arxiv:2401.11111"'
for in in text all; do
    whole=$("$CARREL" search --in $in --mode lexical --limit 6 --json item | grep -o '"kind":"[a-z]*","id":"[^"]*"\|"chunk":[0-9]*')
    run "a page of it, in $in" 0 "$CARREL" search --in $in --mode lexical --limit 2 --json item
    next=$(grep -o '"next":"[^"]*"' "$T/out" | cut -d'"' -f4)
    paged=$(grep -o '"kind":"[a-z]*","id":"[^"]*"\|"chunk":[0-9]*' "$T/out")
    run "the next page" 0 "$CARREL" search --in $in --mode lexical --limit 4 --after "$next" --json item
    same "goes on where it ended" "$whole" "$(printf '%s\n' "$paged"; grep -o '"kind":"[a-z]*","id":"[^"]*"\|"chunk":[0-9]*' "$T/out")"
    run "a cursor of another search" 2 "$CARREL" search --in $in --after r2 item
done
run "elsewhere" 2 "$CARREL" search --in nowhere x
run "what has a text" 0 "$CARREL" search --ids has:text
same "is one paper" arxiv:2401.11111 "$(cat "$T/out")"
run "at the desk" 0 "$CARREL" dump search 'flux capacitor' --keys P --size 100x24
has "a row for the passage" out "p.2   2 Method"
run "its page opens" 0 "$CARREL" dump search 'flux capacitor' --keys 'P<CR>' --size 100x24
has "there" out "flux capacitor"

run "a passage far down its page" 0 "$CARREL" dump search '"flame of item 18"' --keys 'P<CR>' --size 100x14
has "is on the screen" out "flame of item 18 is measured"
run "what it cites" 0 "$CARREL" show arxiv:2401.11111
has "by title and author" out "cites       arxiv:1901.22222"
has "by DOI" out "doi:10.1234/desks.7"
has "counted" out "3, 2 of them in this library"
run "cited by" 0 "$CARREL" show arxiv:1901.22222
has "the lanterns" out "cited by    arxiv:2401.11111"
echo '{"id":"arxiv:0301.00003","title":"A Paper that Nobody Has","authors":["Nobby Obody"],"published":"2003"}' >"$T/later.jsonl"
run "a paper that comes later" 0 "$CARREL" import "$T/later.jsonl"
run "is cited at once" 0 "$CARREL" show --json arxiv:0301.00003
has "too" out '"cited_by":["arxiv:2401.11111"]'

# A passage that goes over the end of a page is shown on the page where the words stand.
{ printf '# Over the edge\nEve Brook\n\n# 1 Part\n'; words brim 3; printf '\\f\nThe zymotic kettle boils over here, and nobody has seen it.\n'; } | pdf >"$T/edge.pdf"
run "a passage of two pages" 0 "$CARREL" process "$T/edge.pdf"
run "found by its end" 0 "$CARREL" search --in text --json "zymotic kettle"
has "is shown there" out '"page":2'
run "found by its beginning" 0 "$CARREL" search --in text --json '"brim of item 1"'
has "is shown here" out '"page":1'

# The title speaks against the number that the text states.
{ printf '# A wholly different treatise upon rivers\nEve Brook\n\narXiv:2401.11111v1\n\n# 1 Rivers\n'; words river 30; } | pdf >"$T/rivers.pdf"
run "a text that states a wrong number" 0 "$CARREL" process --json "$T/rivers.pdf"
has "is a paper of its own" out '"work":"file:'
{ printf '# Copper lanterns for quiet reading rooms\nAda Winter, Ben Frost\n\n# 1 Introduction\n'; words lantern 20; words flame 20; words glow 14; } >"$T/near.txt"
run "nearly the same text" 0 "$CARREL" process "$T/near.txt"
has "is told" out "the same text as arxiv:2401.11111"
{ printf '# Copper lanterns for quiet reading rooms\n\n## 1 Introduction\n\n'; words lantern 20; words flame 20; words glow 15; } >"$T/twin.md"
run "a copy of that title, without authors" 0 "$CARREL" process --json "$T/twin.md"
twin=$(grep -o '"work":"file:[0-9a-f]*"' "$T/out" | head -n 1 | cut -d'"' -f4)
pair="merge arxiv:2401.11111 $twin"
run "likely duplicates" 0 "$CARREL" duplicates
same "a pair is told once" 1 "$(grep -c "$pair" "$T/out")"
same "with what speaks for it" 1 "$(grep -B 1 "$pair" "$T/out" | grep -c 'of the text of their documents in common, the same title')"
run "no more than asked for" 0 "$CARREL" duplicates --limit 1 --json
same "one" 1 "$(grep -o '"other":' "$T/out" | wc -l)"
run "one paper after all" 0 "$CARREL" merge arxiv:2401.11111 "$twin"
run "taken apart again" 0 "$CARREL" split "$twin"
run "said no to" 0 "$CARREL" duplicates
lacks "is not asked again" out "$pair"
printf '# Notes on moss\n\nMoss grows on the north side.\n\n## Colour\n\nIt is green, says the zymurgist.\n' >"$T/moss.md"
run "a note" 0 "$CARREL" add "$T/moss.md"
run "is found by a word" 0 "$CARREL" search --in text zymurgist
has "in its section" out "Colour"

# Merging carries documents along, and undoing takes them back.
moss=$("$CARREL" search --ids 'title:moss')
run "merged" 0 "$CARREL" merge arxiv:1901.22222 "$moss"
run "its passage is the other's" 0 "$CARREL" search --in text --json zymurgist
has "now" out '"id":"arxiv:1901.22222"'
run "undone" 0 "$CARREL" undo
run "it is its own again" 0 "$CARREL" search --in text --json zymurgist
lacks "as before" out '"id":"arxiv:1901.22222"'
run "the doctor" 0 "$CARREL" doctor
has "has looked at them" out "documents ("

# Scanned pages, with a stand-in for Tesseract.
scan() { # a page that is a picture of four grey squares
    s='q 595 0 0 842 0 0 cm BI /W 2 /H 2 /CS /G /BPC 8 /F /AHx ID 00FFFF00> EI Q'
    o1='1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj' o2='2 0 obj << /Type /Pages /Count 1 /Kids [3 0 R] >> endobj'
    o3='3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >> endobj'
    o4="4 0 obj << /Length ${#s} >> stream
$s
endstream endobj"
    h='%PDF-1.4' a=9 b=$((9 + ${#o1} + 1)); c=$((b + ${#o2} + 1)); d=$((c + ${#o3} + 1)); x=$((d + ${#o4} + 1))
    printf '%s\n%s\n%s\n%s\n%s\nxref\n0 5\n0000000000 65535 f \n' "$h" "$o1" "$o2" "$o3" "$o4"
    printf '%010d 00000 n \n' $a $b $c $d
    printf 'trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n' $x
}
scan >"$T/scan.pdf"
mkdir "$T/none" "$T/fake"
run "scanned, without Tesseract" 3 env PATH="$T/none" "$CARREL" process "$T/scan.pdf"
has "is said" out "scanned "
has "with what would help" out "tesseract-ocr"
printf '#!/bin/sh\nhead -c 15 >"%s"\nprintf "The ocular wom-\\nbat reads\\n\\nthis \\033page\\n\\f"\n' "$T/head" >"$T/fake/tesseract"
chmod +x "$T/fake/tesseract"
run "where it has come, the doctor queues the scan" 0 env PATH="$T/fake:$PATH" "$CARREL" doctor --fix
has "that waits for it" out "1 document in the queue"
run "with it, given again" 0 env PATH="$T/fake:$PATH" "$CARREL" process "$T/scan.pdf"
has "it is read" out "done "
run "its words" 0 "$CARREL" read "file:$(sha256sum <"$T/scan.pdf" | cut -c1-16)"
has "are whole" out "The ocular wombat reads"
has "and clean" out "this page"
has "from a picture" head "P5"
run "found" 0 "$CARREL" search --in text --json wombat
has "on its page" out '"page":1'
# Text in a font that does not say which letters it shows.
text=$(awk 'BEGIN { for (i = 0; i < 12; i++) { printf "0 -20 Td ("; for (k = 0; k < 60; k++) printf "\\001"; printf ") Tj " } }')
cat >"$T/garbled.pdf" <<X
%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Count 1 /Kids [3 0 R] >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 900 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >> endobj
4 0 obj << >> stream
BT /F 10 Tf 20 800 Td $text ET
endstream endobj
5 0 obj << /Type /Font /Subtype /Type3 /FontBBox [0 0 750 750] /FontMatrix [.001 0 0 .001 0 0] /FirstChar 1 /LastChar 1 /Widths [900] /Encoding << /Type /Encoding /Differences [1 /q7] >> /CharProcs << /q7 6 0 R >> /Resources << >> >> endobj
6 0 obj << >> stream
900 0 0 0 750 750 d1 0 0 750 750 re f
endstream endobj
trailer << /Root 1 0 R >>
X
run "letters that nobody knows" 3 env PATH="$T/none" "$CARREL" -L "$T/ocr" process "$T/garbled.pdf"
has "are told" out "fonts that do not say which letters they show (720 of 720)"
has "with what would help" out "tesseract-ocr"
run "with it" 0 env PATH="$T/fake:$PATH" "$CARREL" -L "$T/ocr" process "$T/garbled.pdf"
has "they are read" out "done "
printf '#!/bin/sh\nexit 1\n' >"$T/fake/tesseract"
run "one that fails" 3 env PATH="$T/fake:$PATH" "$CARREL" -L "$T/ocr" process "$T/scan.pdf"
has "leaves it scanned" out "scanned "
run "switched off" 3 "$CARREL" -L "$T/ocr" -c process.ocr=false process --again "$T/scan.pdf"
lacks "nothing is asked of it" out "tesseract"

# A lost file, a file of nobody, a broken index.
lost=$CARREL_LIBRARY/files/$(echo "$sha" | cut -c1-2)/$sha
mv "$lost" "$T/lost"
run "a lost file" 1 "$CARREL" doctor
has "is named" out "lanterns.pdf is gone"
run "given once more" 0 "$CARREL" process "$T/lanterns.pdf"
run "it is back in its place" 0 cmp "$T/lanterns.pdf" "$lost"
rm "$lost"
run "what was read stays" 0 "$CARREL" read arxiv:2401.11111 --page 2
mv "$T/lost" "$lost"
mkdir -p "$CARREL_LIBRARY/files/ab"
echo x >"$CARREL_LIBRARY/files/ab/abcd"
touch -d '2020-01-01' "$CARREL_LIBRARY/files/ab/abcd"
run "a file of nobody" 1 "$CARREL" doctor
run "is removed" 0 "$CARREL" doctor --fix
run "for good" 1 test -e "$CARREL_LIBRARY/files/ab/abcd"
sqlite3 "$CARREL_LIBRARY/library.db" "DELETE FROM document_vectors; DELETE FROM chunk_fts_data WHERE id > 10"
run "a broken index" 1 "$CARREL" doctor
run "is made anew" 0 "$CARREL" doctor --fix
run "and finds again" 0 "$CARREL" search --in text --json "flux capacitor"
has "the page" out '"page":2'
run "sound" 0 "$CARREL" doctor

# Too large for its limit; with a wider one the doctor puts it into the queue.
{ printf '# Big\n\n# 1 Rivers\n'; n=0; while [ $n -lt 100 ]; do words river 50; printf '\\f\n'; n=$((n + 1)); done; } | pdf >"$T/big.pdf"
run "too little time" 3 "$CARREL" -L "$T/limits" -c process.time-limit=1ms process "$T/big.pdf"
has "is said" out "limit "
run "the same again" 0 "$CARREL" -L "$T/limits" -c process.time-limit=1ms doctor --fix
lacks "is not tried" out "in the queue"
run "asked again with more" 0 "$CARREL" -L "$T/limits" doctor --fix
has "it is in the queue" out "1 document in the queue"
run "a worker reads it" 0 "$CARREL" -L "$T/limits" worker --once
run "and it is there" 0 "$CARREL" -L "$T/limits" search --in text --json river
has "whole" out '"title":"1 Rivers"'
run "one that is not there, in the background" 3 "$CARREL" -L "$T/jobs" process --background "$T/lanterns.pdf" "$T/gone.pdf"
has "is named" err "gone.pdf: No such file"
run "in the background" 0 "$CARREL" -L "$T/jobs" process --background "$T/lanterns.pdf" "$T/moss.md"
run "by a worker" 0 "$CARREL" -L "$T/jobs" worker --once
same "both" 2 "$("$CARREL" -L "$T/jobs" search --ids has:text | wc -l)"

# kill -9 at random moments of a batch: whole documents or none, and the same in the end.
mkdir "$T/batch"
i=0
while [ $i -lt 12 ]; do
    { printf '# Treatise number %d on %s\nAuthor %s Smith\n\n# 1 Part\n' $i "$(printf 'cabbage beet carrot leek onion bean pea radish turnip kale chard fennel' | cut -d' ' -f$((i + 1)))" "$i"; words "matter$i" 40; } | pdf >"$T/batch/$i.pdf"
    i=$((i + 1))
done
run "undisturbed" 0 "$CARREL" -L "$T/calm" process "$T/batch"
round=0
while [ $round -lt 10 ]; do
    "$CARREL" -L "$T/killed" process "$T/batch" >/dev/null 2>&1 &
    pid=$!
    sleep "0.0$((round * 2 + 1))"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    [ ! -e "$T/killed/library.db" ] || "$CARREL" -L "$T/killed" doctor >"$T/out" 2>"$T/err" || bad "doctor after kill $round" "$(cat "$T/out" "$T/err")"
    round=$((round + 1))
done
good "killed $round times"
run "the last run" 0 "$CARREL" -L "$T/killed" process "$T/batch"
run "the doctor" 0 "$CARREL" -L "$T/killed" doctor
state() { sqlite3 "$T/$1/library.db" "SELECT d.sha256, d.state, c.ordinal, c.page, c.heading, c.body FROM document d JOIN chunk c ON c.document_id = d.id ORDER BY 1, 3; SELECT count(*) FROM chunk; SELECT count(*) FROM document_vectors; SELECT key FROM work ORDER BY 1"; }
state calm >"$T/a"
state killed >"$T/b"
run "is the same library" 0 cmp "$T/a" "$T/b"

# A backup holds the files of one's own documents, and gives them back only whole.
run "a backup" 0 "$CARREL" -L "$T/calm" backup "$T/calm.backup"
has "with the documents" err "with the files of 12 documents"
run "comes back" 0 "$CARREL" -L "$T/again" restore "$T/calm.backup"
has "with them" err "with the files of 12 documents"
state again >"$T/b"
run "it is the same library" 0 cmp "$T/a" "$T/b"
same "and the same files" "$(cd "$T/calm/files" && find . -type f -exec sha256sum {} + | sort)" "$(cd "$T/again/files" && find . -type f -exec sha256sum {} + | sort)"
run "the doctor" 0 "$CARREL" -L "$T/again" doctor
same "without what only a backup needs" 0 "$(sqlite3 "$T/again/library.db" "SELECT count(*) FROM sqlite_schema WHERE name = 'backup_file'")"
run "over a library that is there" 0 "$CARREL" -L "$T/killed" restore --force "$T/calm.backup"
run "whose cache is made anew" 0 "$CARREL" -L "$T/killed" doctor
cp "$T/calm.backup" "$T/bad.backup"
sqlite3 "$T/bad.backup" "UPDATE backup_file SET bytes = bytes || 'x' WHERE id = 3"
run "a damaged file in it" 1 "$CARREL" -L "$T/worse" restore "$T/bad.backup"
has "is seen" err "the backup is damaged: the file of document"
run "before anything is a library" 1 test -e "$T/worse/library.db"
sqlite3 "$T/bad.backup" "UPDATE backup_file SET sha256 = '../../../../../../$T/escaped' WHERE id = 1"
run "a path out of it" 1 "$CARREL" -L "$T/worse" restore "$T/bad.backup"
has "is no hash" err "a file without a hash"
(ulimit -f 60 && trap '' XFSZ && "$CARREL" -L "$T/calm" backup "$T/full.backup" >"$T/out" 2>"$T/err")
same "a full disk fails it" 1 $?
same "and nothing is left over" "" "$(ls "$T" | grep '^full.backup')"
victim=$(find "$T/calm/files" -type f | sort | head -n 1)
echo more >>"$victim"
run "a damaged document" 3 "$CARREL" -L "$T/calm" backup "$T/calm.backup"
has "is told" err "the file of 1 document is gone or damaged"
has "beside what is in it" err "with the files of 11 documents"

# A full disk: nothing half-kept.
(ulimit -f 40 && trap '' XFSZ && "$CARREL" -L "$T/full" process "$T/batch" >"$T/out" 2>"$T/err")
same "a full disk stops it" 1 "$([ $? -ne 0 ] && echo 1)"
[ ! -e "$T/full/library.db" ] || run "and leaves a sound library" 0 "$CARREL" -L "$T/full" doctor
run "with room again" 0 "$CARREL" -L "$T/full" process "$T/batch"
same "all of it" 12 "$("$CARREL" -L "$T/full" search --ids has:text | wc -l)"

# What a file's name says counts where the page or the library bears it out, and is proposed elsewhere.
acl() { # TITLE FOOT
    printf '# %s\nAda Winter and Ben Frost\nNew York, NY, 10003\n\nAbstract\nDesks and lamps.\n\n# 1 Introduction\n' "$1"
    words "$1" 12
    printf '\n%s\n' "$2"
}
meeting='Proceedings of the 58th Annual Meeting of the Association for Computational Linguistics, pages 1970-1982, July 2020.'
acl "Desks of linguists" "$meeting" | pdf >"$T/2020.acl-main.3.pdf"
acl "Lamps of linguists" "Printed at home." | pdf >"$T/2020.acl-main.4.pdf"
acl "Chairs of linguists" "$meeting" | pdf >"$T/2020.acl-main.5.pdf"
acl "Oak for linguists" "Printed at home." | pdf >"$T/2020.acl-main.6.pdf"
cat >"$T/acl.jsonl" <<'X'
{"id":"doi:10.18653/v1/2020.acl-main.5","title":"Stools of linguists","authors":["Eve Ash"],"published":"2020"}
{"id":"doi:10.18653/v1/2020.acl-main.6","title":"Oak for Linguists","authors":["Ada Winter"],"published":"2020"}
X
"$CARREL" -q import "$T/acl.jsonl" >/dev/null
run "files called by their DOIs" 0 "$CARREL" process "$T"/2020.acl-main.*.pdf
has "the first page bears it out" out "doi:10.18653/v1/2020.acl-main.3  Desks"
lacks "or not" out "doi:10.18653/v1/2020.acl-main.4 "
lacks "another paper has it" out "doi:10.18653/v1/2020.acl-main.5 "
has "a paper of that title has it" out "doi:10.18653/v1/2020.acl-main.6  Oak"
run "the year behind a range of pages" 0 "$CARREL" show --json doi:10.18653/v1/2020.acl-main.3
has "is the meeting's" out '"published":"2020"'
has "a city is no author" out '"authors":["Ada Winter","Ben Frost"]'
id=$("$CARREL" search --ids 'title:lamps title:linguists')
run "what was not borne out" 0 "$CARREL" show "$id"
has "is proposed" out "perhaps     doi:10.18653/v1/2020.acl-main.4, by its file's name; 'carrel edit $id doi=10.18653/v1/2020.acl-main.4' says so"
run "said so" 0 "$CARREL" edit "$id" doi=10.18653/v1/2020.acl-main.4
run "it is that" 0 "$CARREL" show doi:10.18653/v1/2020.acl-main.4
lacks "and nothing is proposed" out "perhaps"
run "read again" 0 "$CARREL" process --again "$T/2020.acl-main.4.pdf"
has "it stays so" out "doi:10.18653/v1/2020.acl-main.4  Lamps"
finish
