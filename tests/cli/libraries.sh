# Libraries of other programs: Zotero's database, Papis' folders, arXiv's mails.
. "$(dirname "$0")/lib.sh"

# Zotero 7's tables, as far as they hold what somebody has written.
mkdir -p "$T/Zotero"
cat >"$T/zotero.py" <<'X'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript('''
CREATE TABLE libraries (libraryID INTEGER PRIMARY KEY, type TEXT NOT NULL, editable INT NOT NULL, filesEditable INT NOT NULL, version INT NOT NULL DEFAULT 0, storageVersion INT NOT NULL DEFAULT 0, lastSync INT NOT NULL DEFAULT 0, archived INT NOT NULL DEFAULT 0);
CREATE TABLE itemTypes (itemTypeID INTEGER PRIMARY KEY, typeName TEXT, templateItemTypeID INT, display INT DEFAULT 1);
CREATE TABLE items (itemID INTEGER PRIMARY KEY, itemTypeID INT NOT NULL, dateAdded TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, dateModified TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, clientDateModified TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, libraryID INT NOT NULL, key TEXT NOT NULL, version INT NOT NULL DEFAULT 0, synced INT NOT NULL DEFAULT 0, UNIQUE (libraryID, key));
CREATE TABLE fields (fieldID INTEGER PRIMARY KEY, fieldName TEXT, fieldFormatID INT);
CREATE TABLE itemDataValues (valueID INTEGER PRIMARY KEY, value UNIQUE);
CREATE TABLE itemData (itemID INT, fieldID INT, valueID, PRIMARY KEY (itemID, fieldID));
CREATE TABLE creatorTypes (creatorTypeID INTEGER PRIMARY KEY, creatorType TEXT);
CREATE TABLE creators (creatorID INTEGER PRIMARY KEY, firstName TEXT, lastName TEXT, fieldMode INT, UNIQUE (lastName, firstName, fieldMode));
CREATE TABLE itemCreators (itemID INT NOT NULL, creatorID INT NOT NULL, creatorTypeID INT NOT NULL DEFAULT 1, orderIndex INT NOT NULL DEFAULT 0, PRIMARY KEY (itemID, creatorID, creatorTypeID, orderIndex));
CREATE TABLE collections (collectionID INTEGER PRIMARY KEY, collectionName TEXT NOT NULL, parentCollectionID INT DEFAULT NULL, clientDateModified TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, libraryID INT NOT NULL, key TEXT NOT NULL, version INT NOT NULL DEFAULT 0, synced INT NOT NULL DEFAULT 0);
CREATE TABLE collectionItems (collectionID INT NOT NULL, itemID INT NOT NULL, orderIndex INT NOT NULL DEFAULT 0, PRIMARY KEY (collectionID, itemID));
CREATE TABLE tags (tagID INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE itemTags (itemID INT NOT NULL, tagID INT NOT NULL, type INT NOT NULL, PRIMARY KEY (itemID, tagID));
CREATE TABLE itemNotes (itemID INTEGER PRIMARY KEY, parentItemID INT, note TEXT, title TEXT);
CREATE TABLE itemAttachments (itemID INTEGER PRIMARY KEY, parentItemID INT, linkMode INT, contentType TEXT, charsetID INT, path TEXT, syncState INT DEFAULT 0, storageModTime INT, storageHash TEXT, lastProcessedModificationTime INT);
CREATE TABLE itemAnnotations (itemID INTEGER PRIMARY KEY, parentItemID INT NOT NULL, type INTEGER NOT NULL, authorName TEXT, text TEXT, comment TEXT, color TEXT, pageLabel TEXT, sortIndex TEXT NOT NULL, position TEXT NOT NULL, isExternal INT NOT NULL);
CREATE TABLE deletedItems (itemID INTEGER PRIMARY KEY, dateDeleted DEFAULT CURRENT_TIMESTAMP NOT NULL);
INSERT INTO libraries(libraryID, type, editable, filesEditable) VALUES (1, 'user', 1, 1), (2, 'feed', 0, 0);
''')
types, names, roles = {}, {}, {}
def number(table, column, known, name):
    if name not in known:
        known[name] = db.execute(f'INSERT INTO {table}({column}) VALUES(?)', (name,)).lastrowid
    return known[name]
def item(kind, key, library=1, **values):
    n = db.execute('INSERT INTO items(itemTypeID, libraryID, key) VALUES(?, ?, ?)', (number('itemTypes', 'typeName', types, kind), library, key)).lastrowid
    for name, value in values.items():
        db.execute('INSERT OR IGNORE INTO itemDataValues(value) VALUES(?)', (value,))
        v, = db.execute('SELECT valueID FROM itemDataValues WHERE value = ?', (value,)).fetchone()
        db.execute('INSERT INTO itemData VALUES(?, ?, ?)', (n, number('fields', 'fieldName', names, name), v))
    return n
def people(n, *list):
    for at, (role, first, last, mode) in enumerate(list):
        db.execute('INSERT OR IGNORE INTO creators(firstName, lastName, fieldMode) VALUES(?, ?, ?)', (first, last, mode))
        c, = db.execute('SELECT creatorID FROM creators WHERE lastName = ? AND firstName = ?', (last, first)).fetchone()
        db.execute('INSERT INTO itemCreators VALUES(?, ?, ?, ?)', (n, c, number('creatorTypes', 'creatorType', roles, role), at))
a = item('journalArticle', 'AAAA2345', title='On R&D of {sets}', publicationTitle='Journal of Things', date='2017-06-00 June 2017', volume='12', issue='3', pages='1-9', DOI='10.1000/zot', accessDate='2020-01-02 10:00:00', extra='Citation Key: smith2017\nseen twice', language='en')
people(a, ('author', 'Ann', 'van der Berg', 0), ('author', '', 'ATLAS Collaboration', 1), ('editor', 'Ed', 'Itor', 0))
b = item('preprint', 'BBBB2345', title='A <i>Fagus</i> preprint of CO<sub>2</sub>', repository='arXiv', archiveID='arXiv:1706.03762', date='2017-06-12 2017-06-12')
c = item('bookSection', 'CCCC2345', title='A chapter', bookTitle='A book', publisher='Pub', date='1999-00-00 1999', rights='CC')
item('book', 'DDDD2345', title='In the bin'); db.execute('INSERT INTO deletedItems(itemID) SELECT max(itemID) FROM items')
item('blogPost', 'EEEE2345', library=2, title='Of a feed')
note = item('note', 'NNNN2345'); db.execute('INSERT INTO itemNotes VALUES(?, ?, ?, ?)', (note, a, '<div class="zotero-note"><p>Read <b>again</b> &amp; soon</p></div>', 'Read'))
file = item('attachment', 'FFFF2345', title='Full Text'); db.execute('INSERT INTO itemAttachments(itemID, parentItemID, linkMode, contentType, path) VALUES(?, ?, 0, ?, ?)', (file, a, 'application/pdf', 'storage:smith.pdf'))
mark = item('annotation', 'HHHH2345'); db.execute("INSERT INTO itemAnnotations VALUES(?, ?, 1, '', 'a line of it', 'is it so?', '#ffd400', '3', '00002|000001|00000', '{}', 0)", (mark, file))
db.execute("INSERT INTO collections(collectionID, collectionName, parentCollectionID, libraryID, key) VALUES (1, 'My Thesis', NULL, 1, 'K1'), (2, 'Chapter 2', 1, 1, 'K2')")
db.execute('INSERT INTO collectionItems(collectionID, itemID) VALUES(2, ?)', (a,))
db.execute("INSERT INTO tags VALUES (1, 'to read'), (2, 'Sets (Mathematics)')")
db.execute('INSERT INTO itemTags VALUES(?, 1, 0), (?, 2, 1)', (a, a))
db.commit()
X
python3 "$T/zotero.py" "$T/Zotero/zotero.sqlite"
sum=$(cksum <"$T/Zotero/zotero.sqlite")
run "Zotero's folder" 0 "$CARREL" import "$T/Zotero"
has "what is in it" out "3 seen: 3 added"
run "an article" 0 "$CARREL" show doi:10.1000/zot --biblatex
for line in '@article{smith2017,' 'author = {van der Berg, Ann and {ATLAS Collaboration}}' 'editor = {Itor, Ed}' 'title = {On R\&D of \textbraceleft{}sets\textbraceright{}}' \
    'journaltitle = {Journal of Things}' 'date = {2017-06}' 'volume = {12}' 'number = {3}' 'pages = {1--9}' 'urldate = {2020-01-02}' 'note = {seen twice}' \
    "file = {$T/Zotero/storage/FFFF2345/smith.pdf}" 'keywords = {Sets (Mathematics), My-Thesis/Chapter-2, to-read}'; do
    has "has its $(echo "$line" | cut -d' ' -f1)" out "$line"
done
run "with what is one's own" 0 "$CARREL" show doi:10.1000/zot --json
has "tags and collections" out '"tags":["My-Thesis/Chapter-2","to-read"]'
has "notes without HTML, annotations with their page" out 'Read again & soon\n\n> a line of it (p. 3)\nis it so?'
run "a preprint" 0 "$CARREL" show arxiv:1706.03762 --bibtex
has "by its number" out 'eprint = {1706.03762}'
run "a chapter" 0 "$CARREL" export --format csl --query 'title:chapter'
has "is in its book" out '"container-title":"A book"'
run "a title that is marked up" 0 "$CARREL" show arxiv:1706.03762 --biblatex
has "is so in TeX" out 'title = {A \emph{Fagus} preprint of CO\textsubscript{2}}'
run "and where it is read" 0 "$CARREL" show arxiv:1706.03762
has "it is plain" out "A Fagus preprint of CO2"
run "once more, the file itself" 0 "$CARREL" import "$T/Zotero/zotero.sqlite"
has "nothing changes" out "3 seen: 0 added, 0 updated, 3 unchanged"
run "and no note comes twice" 0 "$CARREL" show doi:10.1000/zot --json
same "one of each" 1 "$(grep -o 'Read again' "$T/out" | wc -l)"
same "Zotero's file is as it was" "$sum" "$(cksum <"$T/Zotero/zotero.sqlite")"
same "and alone" zotero.sqlite "$(ls "$T/Zotero")"
# While Zotero holds it locked, with something half written in its journal.
cat >"$T/hold.py" <<'X'
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute('PRAGMA locking_mode = EXCLUSIVE'); db.execute('PRAGMA cache_size = 1'); db.execute('PRAGMA cache_spill = 1')
db.execute('BEGIN EXCLUSIVE')
for i in range(400):
    db.execute('INSERT INTO itemDataValues(value) VALUES(?)', ('x' * 2000 + str(i),))
db.execute("UPDATE itemDataValues SET value = 'never' WHERE value = 'A chapter'")
print('held', flush=True); time.sleep(60)
X
python3 "$T/hold.py" "$T/Zotero/zotero.sqlite" >"$T/held" & hold=$!
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do grep -q held "$T/held" && break; sleep .2; done
run "while Zotero writes" 0 "$CARREL" -L "$T/busy" import "$T/Zotero"
has "what it has committed" out "3 seen: 3 added"
run "is what is read" 0 "$CARREL" -L "$T/busy" search --json chapter
has "whole" out "A chapter"
kill $hold; wait $hold 2>/dev/null
head -c 4096 "$T/Zotero/zotero.sqlite" >"$T/cut.sqlite"
run "a file cut short" 1 "$CARREL" -L "$T/none" import "$T/cut.sqlite"
has "is told" err "no library of Zotero"
python3 -c "import sqlite3,sys; sqlite3.connect(sys.argv[1]).execute('CREATE TABLE x(y)')" "$T/other.sqlite"
run "a database of another program" 1 "$CARREL" -L "$T/none" import "$T/other.sqlite"
has "is told, too" err "no library of Zotero"

# Papis.
mkdir -p "$T/papers/one-paper" "$T/papers/sub/two" "$T/papers/bad" "$T/papers/.git"
cat >"$T/papers/one-paper/info.yaml" <<'X'
abstract: 'It''s a long abstract that goes
  on here.'
author: Doe, Jane and Roe, Rick
author_list:
- family: Doe
  given: Jane
- {family: van Roe, given: "Rick \"R\""}
citations: []
doi: 10.1000/papis
files:
- paper.pdf
journal: Nature & more
month: 3
notes: notes.md
ref: Doe2020
tags:
- to read
- x
title: >-
  A title
  of two lines # no comment
type: article
volume: 7
year: 2020
X
printf 'Mine.\n\nMore.\n' >"$T/papers/one-paper/notes.md"
printf 'title: Two\nauthor: Doe, Jane\nyear: 1999\ntags: a b\ntype: book\nurl: https://x.example/a#b\n' >"$T/papers/sub/two/info.yaml"
printf 'title: [open\n' >"$T/papers/bad/info.yaml"
run "Papis' folders" 3 "$CARREL" -L "$T/papis" import "$T/papers"
has "what can be read" out "3 seen: 2 added, 0 updated, 0 unchanged, 1 rejected"
has "the rest is told by its file" err "bad/info.yaml: line 2: a bracket has no end"
run "a paper of it" 0 "$CARREL" -L "$T/papis" show doi:10.1000/papis --bibtex
for line in '@article{Doe2020,' 'author = {Doe, Jane and van Roe, Rick "R"}' 'title = {A title of two lines \# no comment}' 'journal = {Nature \& more}' \
    'year = {2020}' 'month = mar' 'volume = {7}' "file = {$T/papers/one-paper/paper.pdf}" 'keywords = {to-read, x}' "abstract = {It's a long abstract that goes on here.}"; do
    has "has its $(echo "$line" | cut -d' ' -f1)" out "$line"
done
run "its note" 0 "$CARREL" -L "$T/papis" show doi:10.1000/papis --json
has "as it was written" out '"notes":["Mine.\n\nMore."]'
run "tags of words" 0 "$CARREL" -L "$T/papis" search --ids 'tag:a tag:b'
same "of the other" 1 "$(wc -l <"$T/out")"
# A folder that may not be read (root may, without its capability, too).
if [ "$(id -u)" -ne 0 ]; then bound=; else bound='setpriv --bounding-set=-dac_override,-dac_read_search'; fi
mkdir "$T/papers/locked"
chmod 0 "$T/papers/locked"
if $bound ls "$T/papers/locked" >/dev/null 2>&1; then
    echo "ok - # SKIP folders cannot be locked here"
else
    run "a folder that may not be read" 3 $bound "$CARREL" -L "$T/locked" import "$T/papers"
    has "does not end the import" out "4 seen: 2 added, 0 updated, 0 unchanged, 2 rejected"
    has "and is told" err "papers/locked: Permission denied"
fi
chmod 700 "$T/papers/locked"
mkdir "$T/empty"
run "a folder of nothing" 1 "$CARREL" -L "$T/papis" import "$T/empty"
has "is told" err "is a folder, and holds neither zotero.sqlite nor info.yaml"

# arXiv's daily mail.
cat >"$T/mail.txt" <<'X'
From no-reply@arxiv.org Tue Jun 13 00:00:00 2017
Subject: cs daily Subj-class mailing 200082 1

------------------------------------------------------------------------------
 Submissions to:
Computation and Language
 received from  Mon 12 Jun 17 18:00:00 GMT  to  Tue 13 Jun 17 18:00:00 GMT
------------------------------------------------------------------------------
------------------------------------------------------------------------------
\\
arXiv:1706.03762
Date: Mon, 12 Jun 2017 17:57:34 GMT   (1102kb,D)

Title: Attention Is
  All You Need
Authors: Ashish Vaswani (Google), Niki Parmar, J\"org
  Uszkoreit and Llion Jones
Categories: cs.CL cs.LG
Comments: 15 pages
Journal-ref: NIPS 2017
DOI: 10.1000/att
License: http://arxiv.org/licenses/nonexclusive-distrib/1.0/
\\
  The dominant sequence models are complex.
We propose a new one.
\\ ( https://arxiv.org/abs/1706.03762 ,  1102kb)
------------------------------------------------------------------------------
\\
arXiv:1706.00001 (*cross-listing*)
Date: Mon, 12 Jun 2017 01:00:00 GMT   (10kb)

Title: Crossed
Authors: A B
Categories: math.ST cs.CL
\\
  Words.
\\ ( https://arxiv.org/abs/1706.00001 ,  10kb)
%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%
------------------------------------------------------------------------------
\\
arXiv:1605.08386
replaced with revised version Mon, 12 Jun 2017 13:39:12 GMT   (19kb)

Title: Replaced
Authors: C D
Categories: cs.CL
Comments: This paper has been withdrawn by the author
\\ ( https://arxiv.org/abs/1605.08386 ,  19kb)
------------------------------------------------------------------------------
\\
arXiv:hep-bad
Date: Mon, 12 Jun 2017 01:00:00 GMT   (10kb)

Title: No number
\\ ( x )
X
run "arXiv's mail" 3 "$CARREL" -L "$T/mail" import "$T/mail.txt"
has "its papers" out "4 seen: 3 added, 0 updated, 0 unchanged, 1 rejected"
has "what is none is told" err "mail.txt:51: no arXiv number"
run "one of them" 0 "$CARREL" -L "$T/mail" show arxiv:1706.03762 --json
for part in '"title":"Attention Is All You Need"' '"abstract":"The dominant sequence models are complex. We propose a new one."' '"authors":["Ashish Vaswani","Niki Parmar","Jörg Uszkoreit","Llion Jones"]' \
    '"categories":["cs.CL","cs.LG"]' '"published":"2017-06-12' '"doi":"10.1000/att"' '"venue":"NIPS 2017"' '"comment":"15 pages"'; do
    has "has its $(echo "$part" | cut -d: -f1)" out "$part"
done
run "a replacement" 0 "$CARREL" -L "$T/mail" show arxiv:1605.08386 --json
has "says when" out '"updated":"2017-06-12'
lacks "and not when it first came" out '"published"'
run "standard input, with ends of lines of mails" 3 sh -c "sed 's/\$/\r/' '$T/mail.txt' | '$CARREL' -L '$T/crlf' import -"
has "the same" out "3 added"

# Keywords as tags, where they are one's own.
printf '@misc{k, title={Tagged}, author={A, B}, keywords={deep nets, {a, b}; x}}' >"$T/k.bib"
run "keywords as tags" 0 "$CARREL" -L "$T/k" import --tags "$T/k.bib"
run "found by them" 0 "$CARREL" -L "$T/k" search --ids 'tag:deep-nets tag:a-b tag:x'
same "all three" 1 "$(wc -l <"$T/out")"
run "and written once" 0 "$CARREL" -L "$T/k" export --format bibtex
has "as they came" out "keywords = {deep nets, {a, b}; x"
finish
