# Linear mode: every room told line by line, commands from a pipe, and never a byte that would move a cursor.
. "$(dirname "$0")/lib.sh"
GITMAKER="$(dirname "${REPLAY:?}")/gitmaker"
. "$(dirname "$0")/tour/library.sh"
tour_library "$T" >"$T/err" 2>&1 || bad "the library of the tour" "$(cat "$T/err")"
"$CARREL" -q import tests/fixtures/evaluation-tables.json >/dev/null 2>&1
: >"$T/all"

# told NAME STATUS LINES: a script of these lines (%b); what it was told is in $T/out.
told() {
    name=$1 want=$2
    printf '%b\n' "$3" | "$CARREL" --linear >"$T/out" 2>"$T/err"
    got=$?
    cat "$T/out" "$T/err" >>"$T/all"
    if [ "$got" -eq "$want" ]; then good "$name"; else bad "$name" "status $got, not $want" "$(cat "$T/out" "$T/err")"; fi
}

told "a list" 0 'library'
has "the room comes first" out "Library. 1 of 9."
has "a paper is title, state, authors, category, date, behind its place" out \
    "5 of 9: Attention in Small Gardens, unread, tagged green. Ada Lindgren, Bo Östergård. cs.CL. 2024-01-02."
same "each line of it is one" 10 "$(wc -l <"$T/out")"
told "chunks" 0 'rows 2\nlibrary\nmore\n\nbefore\nrows 0'
has "so many are told" out "2 lines are told at once."
has "the rest is counted" out "more; an empty line goes on."
told "more moves the cursor" 0 'rows 2\nlibrary\nmore\nhere'
same "to the first line of what is told" "3 of 9: " "$(tail -n 1 "$T/out" | cut -c 1-8)"
told "keys as lines" 0 'library\nj\n2j\nG\ngg\n:4\nk'
same "the last is where k led" "3 of 9" "$(tail -n 1 "$T/out" | cut -c 1-6)"
told "marks" 0 'library\nspace\nspace\nmark read\nu'
has "a marked row says so" out "Why moths love reading rooms, unread, marked."
has "the bulk is told" out "2 papers marked read"
has "and its undoing" out "taken back: 'Why moths love reading rooms' marked read and 1 more"
printf 'rows 1\ntoday\nselect *\nmark read\ns\nlibrary\n2j\nO\n' | "$CARREL" demo --linear >"$T/out" 2>"$T/err"
has "another list is told" out "The list is now: nothing new; recommended, "
same "a star that takes a paper out of it tells the next one" 2 "$(grep -A 1 '^1 paper starred' "$T/out" | grep -c '^1 paper starred\|^1 of [0-9]*: ')"
same "another order tells what stands at the cursor now, and no other" 2 "$(grep -A 1 '^sorted by arrival' "$T/out" | grep -c '^sorted\|^1 of 327: ')"
told "a long title" 0 'edit arxiv:2401.00001 title="Attention in Small Gardens, and how much of it is paid by whom when"\nopen arxiv:2401.00001\ns\nundo 2'
has "is told whole" out "1 paper starred: 'Attention in Small Gardens, and how much of it is paid by whom when'"
told "a key that asks" 0 'library\nt\nblue\nt red\nt\n\nhere'
has "is answered by the next line" out "blue put on 1 paper"
has "or by what stands behind it" out "red put on 1 paper"
has "both are told with the paper" out "tagged blue red"
told "the next key for the marked ones" 0 'library\nspace\n;s\nspace\n;t violet\nhere\nundo 2'
has "acts on them" out "1 paper starred"
has "with words behind it" out "violet put on 1 paper"
told "keys that are none here" 3 'library\nf\nm\n;\nlog\nspace\nt'
has "are told as that, with what they do elsewhere" out "error: space is no key here; in lists of papers: mark the row"
has "in which room" out "error: f is no key here; in Reader: "
has "a beginning is one" out "error: ; is the beginning of a key"
has "what needs a paper asks for no words" out "error: no paper is at hand here: go to one, or name it (tag TAG ID|-...)"
lacks "since they would be lost" out "tag what?"
told "search" 0 '/garden\nenter\nq\n/"small gardens"\nhere'
has "says what it searched for" out 'Search: "small gardens". 1 of 1'
has "here tells where it was found" out "We study how attention is paid in small gardens."
told "feeds" 0 'feeds\nj\nenter\nfeeds\ntab'
has "with counts" out "2 of 4: Library, 9 papers"
told "a count among the feeds" 0 'collect shelf arxiv:2401.00001\nfeeds\n2j\n2k\n:2\nG\ngg\nundo'
has "moves by so many" out "3 of 5: Starred, 0 papers"
same "up, too, and to a line" 2 "$(grep -c '^2 of 5: Library' "$T/out")"
has "collections say that they are" out "5 of 5: collection shelf, 1 paper"
told "a feed's query" 0 'feed lamps\nlamps\nfeed lamps\ngarden\nfeed lamps\n'
has "is asked for" out "which query has the feed? An empty line leaves it."
has "and what stands there" out "lamps: what else of the feed's query?"
has "goes before what is added" out "lamps garden: what else of the feed's query?"
told "the last feed is gone while the cursor is on it" 0 'query add zy lamps\nquery add zz lamps\nfeeds\nG\nundo 2\nhere'
same "which is on the last of the others then" 1 "$(tail -n 1 "$T/out" | grep -c '^\([0-9]*\) of \1: ')"
told "the palette" 3 'library\npalette\ngarden\nhere'
has "is none without a screen" out "error: the palette is a list on a screen"
lacks "and runs nothing" out "marked"
told "a note without an editor" 3 'library\nnote A thought.\nhere\ne'
has "is told with the paper" out "with a note"
has "an editor is not for scripts" out "no editor without a terminal; :note TEXT writes"

told "errors" 3 'library\nnonsense\nj\nmerge arxiv:2401.00001 arxiv:9999.99999'
has "are told" out "no command 'nonsense'"
has "as such" out "error: "
has "and counted" err "2 of 4 commands did not do what they were asked for"
told "nothing but errors" 1 'nonsense'
has "begin with error" out "error: no command 'nonsense'"
told "what is only refused" 3 'library\nnext-section\nwhere'
has "begins so, too" out "error: not here: to the next heading [next-section]"
told "queries that mean nothing" 1 '/(a OR\n/has:document\n/title:'
has "are errors" out "error: column 1: this bracket has no partner"
has "with what is known" out "'document' is not one of code, pdf, text, doi, note, tag, abstract"
has "so is one without its value" out "error: title: needs a value behind the colon"
lacks "and nothing is listed that it did not ask for" out "1 of 9: "
{ printf '/'; head -c 20000 /dev/zero | tr '\0' x; } | "$CARREL" --linear >"$T/out" 2>"$T/err"
same "so is one that is too long" 1 $?
has "as such" out "error: the query has 20000 bytes"
told "documents that are not there" 1 'process /nonexist.pdf\nread arxiv:2401.00001'
has "are errors" out "error: /nonexist.pdf: No such file or directory"
has "in the Reader, too" out "error: there is no document of arxiv:2401.00001"
told "one paper" 0 'library\nmark star\nu'
has "is named when something was done to it" out "1 paper starred: '"
told "a mark among the feeds" 3 'library\nfeeds\nmark read\ntab'
has "is for no paper of the list behind them" out "error: these are feeds, not papers"
told "a paper that is not here" 3 'library\nopen arxiv:2412.99999\nmark read\nu'
has "is told as that" out "error: arxiv:2412.99999 is not in this library"
has "and what is marked behind it, too" out "1 paper marked read: '"
{ printf 'library\njot '; head -c 70000 /dev/zero | tr '\0' x; printf '; mark read\nwhere\n'; } | "$CARREL" --linear >"$T/out" 2>"$T/err"
same "a line that is too long is a failure" 3 $?
same "once" 1 "$(grep -c '^error: a line has more than 65536 bytes; nothing of it was done' "$T/out")"
lacks "nothing of it is done" out "1 paper"
has "the next line is one" out "Library. 1 of 9."
head -c 200000 /dev/zero | tr '\0' x | "$CARREL" --linear >"$T/out" 2>"$T/err"
same "nor of one without an end" 1 "$(grep -c '^error' "$T/out")"
told "nothing at all" 0 ''
told "remarks" 0 '# nothing\nlibrary'
told "what nothing follows from" 0 'library\ngg'
has "is told, too" out "Nothing changed."
told "leaving" 0 'quit\nnonsense'
lacks "what stands behind it is not read" out "nonsense"
printf 'library\nj' | "$CARREL" --linear >"$T/out" 2>&1
same "a last line without an end counts" "2 of 9" "$(tail -n 1 "$T/out" | cut -c 1-6)"
printf 'library\r\nj\r\n\033[A\000\n' | "$CARREL" --linear >"$T/out" 2>&1
cat "$T/out" >>"$T/all"
has "line ends of other systems do" out "2 of 9"

told "a paper" 0 'open arxiv:2401.00001\n\nnext-section\n/garden'
has "fields have names" out "categories: cs.CL, cs.LG"
has "headings say so" out "heading: Records behind it"

told "reading" 0 'read arxiv:2401.11111\ngg\nrows 2\n]\n)\n]\n)\nlinks\nlink 2\np\nlink 1\nwhere'
has "a sentence is a line" out "6 of 26: Whoever reads at night needs light that neither flickers nor hums."
has "headings have levels" out "heading level 1: 2 Method"
has "links have numbers" out "1: Figure 1; 2: [1]; 3: https://github.com/winter-lab/lanterns, a repository here"
has "a reference is told" out "[1] C. Elm. On the endurance of oak desks."
has "and that it is here" out "In the library"
has "a figure by its caption" out "A lantern on a desk of oak, seen from its left side. Page 1."
told "paragraphs" 0 'read arxiv:2401.11111\ngg\n]\n}\n}'
has "are told whole" out "8 of 26: A lantern on the desk lights one page and no more."
told "outline" 3 'read arxiv:2401.11111\ngg\nO\nj\nenter\n/lantern\nn\nwhere\ngp\nwhere\n:2\nenter\ngg\nf'
has "its levels and pages" out "level 1: 2 Method, page 1"
has "and back in the text" out "heading level 1: 2 Method"
has "pages have nothing to tell" out "error: there are no pictures with --linear"
same "and are no room to be in" 2 "$(grep -c '^Copper lanterns for quiet reading rooms. found [0-9]* of [0-9]*, page 1/2' "$T/out")"
has "a page is confirmed" out "page 2"
has "what is mentioned is the paragraph's" out "error: nothing in this paragraph"
has "and links is the way" out "error: links tells what this paragraph mentions"
told "highlights" 0 'read arxiv:2401.11111\ngg\n]\n)\nv\nH\nhere\ngh\nma\nG\n'"'"'a'
has "what is selected" out "selected: Whoever reads at night"
has "is told as highlighted" out "highlighted: Whoever reads at night"
has "with its place" out "1 of 1: page 1: Whoever reads at night"
told "a highlight upon another" 0 'read arxiv:2401.11111\ngg\n]\n)\nv\na\nWho?\ngh\nq\ngH\nj\nwhere\nread arxiv:2401.11111\nwhere\nundo 2'
lacks "is told once" out "highlighted: highlighted"
has "its note is a sentence of its own" out "flickers nor hums. Note: Who?"
has "also in the Reader" out "6 of 26: highlighted: Whoever reads at night needs light that neither flickers nor hums. Note: Who?"
told "tags" 0 'library\ntag ways/bayes\ngT\nG\nwhere\nspace\nk\nspace\nx\nundo\nundo'
has "are told at the cursor, by their whole names" out "5 of 5: ways/bayes, 1 unread of 1"
same "also by where" 3 "$(grep -c '^5 of 5: ways/bayes' "$T/out")"
has "and folded ones as such" out "4 of 4: ways, 1 unread of 1, folded, 1 below"
told "forms of citations" 0 'library\ncite\nj\nhere\nwhere'
has "are lines, too" out "2 of 13: tex: \\cite{"
has "whole by here" out "\\cite of LaTeX: \\cite{"
told "where in a text" 0 'open arxiv:2401.00001\n2j\nwhere\nlog\nwhere'
has "is a title and a line" out "Paper: arxiv:2401.00001. Attention in Small Gardens, line 3 of "
has "or a line alone" out "Log. Line 1 of 1."
told "a table of queries" 0 'query add longer lamps\nquery list\nundo'
has "has phrases" out "longer, 1 unread of 1, lamps"
told "going on" 0 'read last\ny'
has "ids are told instead of copied" out "no clipboard in linear mode; it is: arxiv:2401.11111"

told "repositories" 0 'repositories\nenter\nq\nf\nenter'
has "a repository" out "winter-lab/lanterns, Python, pushed 2025-02-19, 1 paper."
told "code" 0 'view code repo:github.com/winter-lab/lanterns\nG\nenter\nL\nenter\n]c\nq\nq\nb\nB'
has "a line of a file" out "HERTZ = 100"
has "what was added" out "added, +HERTZ = 100"
told "tables" 0 'gt\nenter\nenter\nhere'
has "a row by its columns" out "row 2: model: Shears; Accuracy: 88.0 ± 0.4; Speed: 7."
told "other rooms" 0 'jobs\nharvest\nhere\nanalytics\nhere\ntopics\nduplicates\nlog\nhelp\nmore\nstats\npaths'
has "no job" out "No jobs here yet."
has "sources in words" out "arxiv, due, next now, 0 records: never asked yet"
has "statistics in numbers" out "Reading, a day: tag,"
has "help has headings" out "heading: Linear mode"
told "a job" 0 "import $T/papers.jsonl\nwait\njobs\nenter"
has "is waited for" out "No job runs or waits."
has "and told" out "done, job 1, attempt 1 of"
printf '@article{a,\n  title = {A lamp}, year = 2020 }\n@article{b, title={Two}\n@article{c}\n' >"$T/errors.bib"
printf 'no pages\n' >"$T/broken.pdf"
told "jobs that bring less than was asked for" 3 "import $T/errors.bib\nwait\nprocess $T/broken.pdf\nwait\nwait\nundo import"
has "are told of, with what they brought" out "import of errors.bib: done, 2 new; but: "
has "their failures as errors" out "error: process of broken.pdf: done, "
same "once" 1 "$(grep -c '^import of errors.bib: done' "$T/out")"
printf 'library\ntag b\351ta\ntag beta\nundo\n' | "$CARREL" --linear >"$T/out" 2>"$T/err"
same "a line that is not UTF-8" 3 $?
has "is refused" out "error: the line is not UTF-8"
has "the next one is a line" out "beta put on 1 paper"
told "a note on a paper that was never told" 1 'note x\ns\nt toread'
has "is refused" out "error: no paper was told yet"
lacks "and changes nothing" out "1 paper"
told "a digest" 0 "digest -o $T/digest.md --format md"
has "is written" digest.md "#"
told "a digest at home" 0 'digest --format md -o ~/home.md'
told "papers at home" 0 'today\nexport --format jsonl -o ~/all.jsonl'
same "both are there" 2 "$(ls "$HOME/home.md" "$HOME/all.jsonl" | wc -l | tr -d ' ')"
made() { awk -v emit="$1" -v n=200 -v today=20513 -f "$(dirname "$0")/../samples.awk"; }
made papers | "$CARREL" -q import - >/dev/null 2>&1
made samples | sqlite3 "$CARREL_LIBRARY/library.db"
told "trends" 0 'trending\nhere\ntopics\nhere'
has "in words" out "upvotes, +"
has "all days by here" out "upvotes by day: 20"
told "a long list" 0 'library\nG\n:150\nrows 3\nmore'
has "to its end" out "209 of 209: "

# A screen's commands that draw: nothing of that may get out, from any of the rooms.
same "no control byte anywhere" 0 "$(LC_ALL=C tr -d '\n\040-\176\200-\377' <"$T/all" | wc -c)"
same "nothing that draws either" 0 "$(LC_ALL=C grep -c "$(printf '\342\224\200\|\342\226\210\|\342\240\200')" "$T/all")"
same "no columns padded with blanks" "" "$(grep -v ': *[a-z_]* *[=(]' "$T/all" | grep '[^ ]   *[^ ]' | grep -v 'of [0-9]*: ' | head -n 3)"

# TERM=dumb comes up so, and a terminal has a prompt; Control C and Control D.
command -v tmux >/dev/null || finish
printf '#!/bin/sh\necho Typed >"$1"\n' >"$T/editor"
chmod +x "$T/editor"
tm -f /dev/null new-session -d -s t -x 100 -y 50 \
    "CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME TERM=dumb EDITOR=$T/editor $CARREL; echo left \$?; read -r _"
see "a terminal that cannot draw" "carrel, told line by line."
see "has a prompt" "carrel>"
tm send-keys -t t "library" Enter
see "rooms" "Library. 1 of 209."
tm send-keys -t t "e" Enter
see "an editor" "note of"
"$CARREL" search --ids has:note | while read -r id; do "$CARREL" show "$id"; done >"$T/notes"
has "what was written there is the note" notes "Typed"
tm send-keys -t t C-c
tm send-keys -t t "where" Enter
see "an interrupt at the prompt is nothing" "1 of 209."
tm send-keys -t t C-d
see "the end of the input leaves" "left 0"
tm kill-server

# Titles that name other papers, and queries, are told as they are.
printf '%s\n' '{"id":"arxiv:2404.00009","title":"Comment on arXiv:2401.00001","authors":["Eve Roe"]}' >"$T/comment.jsonl"
"$CARREL" -q import "$T/comment.jsonl" >/dev/null 2>&1
told "a paper named by another's title" 0 'split arxiv:2404.00009 arxiv:2401.00001\nundo\nquery add zz lamps or arxiv:2401.00001\nquery add zz lamps'
has "both are told by theirs" out "'Comment on arXiv:2401.00001' and 'Attention in Small Gardens' stay two papers"
has "so are they when it is taken back" out "taken back: 'Comment on arXiv:2401.00001' and 'Attention in Small Gardens' being two papers"
has "a query keeps its words" out "replaced 'lamps or arxiv:2401.00001'; "
finish
