# Typing at the prompts: a search settles before Enter, and Tab chooses as in vim.
. "$(dirname "$0")/lib.sh"
# In a query Tab completes what a shell's completion does.
"$CARREL" -q tag toread arxiv:2401.00001
asked() { "$CARREL" dump search --keys "/$1" >"$T/out" 2>"$T/err"; tail -n 1 "$T/out"; }
same "a tag" "/tag:toread" "$(asked 'tag:to<Tab>')"
same "behind other words, and within brackets" "/moths (-tag:toread" "$(asked 'moths (-tag:to<Tab>')"
same "what is listed is chosen from" "/is:later" "$(asked 'is:<Tab><Tab>')"
has "above the line" out "is:unread"
same "Esc goes back to what was typed" "/is:" "$(asked 'is:<Tab><Tab><Esc>')"
same "a field" "/author:" "$(asked 'auth<Tab>')"
lacks "no option of the command line" out "--"
asked 'zzz<Tab>' >/dev/null
has "what is nothing is told" out "nothing known begins like that"
"$CARREL" dump search --json --keys '/tag:to<Tab><CR>' >"$T/out"
has "it is searched for" out '"query":"tag:toread '
has "and found" out 'arxiv:2401.00001'
run "a slip" 0 "$CARREL" dump search --keys '/hedghogs<CR>'
has "what was meant is offered" out "Did you mean: hedgehogs (Enter takes it)"
run "while it is typed" 0 "$CARREL" dump search --keys '/hedghogs'
has "likewise" out "hedgehogs (Enter twice takes"
run "and taken" 0 "$CARREL" dump search --keys '/hedghogs<CR><CR>'
has "by Enter" out "Quantum Hedgehogs"
has "as what is searched for" out "hedgehogs"

# gF: the name of a feed, then its query.
"$CARREL" -q query add moths moths
"$CARREL" -q query add news date:2024..
fed() { "$CARREL" dump library --keys "gF$1" >"$T/out" 2>"$T/err"; tail -n 1 "$T/out"; }
same "Tab lists the feeds" ":feed" "$(fed '<Tab>' | sed 's/ *$//')"
has "by name" out "moths  news"
lacks "no files" out "Makefile"
same "chooses one" ":feed news" "$(fed '<Tab><Tab><Tab>')"
same "one that is alone is done" ":feed moths " "$(fed 'mo<Tab>' | sed 's/ *$/ /')"
same "its query is there" "=moths" "$(fed 'moths<CR>')"
same "and completed" "=moths tag:toread" "$(fed 'moths<CR><Space>tag:to<Tab>' | sed 's/ *$//')"
same "or chosen from what is listed" "=is:read" "$(fed 'new<CR>is:<Tab><Tab><Tab>')"
has "above the line" out "is:later  is:read"
same "Esc goes back to what was typed" "=is:" "$(fed 'new<CR>is:<Tab><Tab><Esc>')"
same "what is nothing stays" "=zzz" "$(fed 'new<CR>zzz<Tab>')"
has "and is told" out "nothing known begins like that"
fed 'new<CR>tag:to<Tab><CR>' >/dev/null
has "Enter saves what Tab has put in" out "saved as new: 1 paper"
"$CARREL" -q query rm news; "$CARREL" -q query rm new; "$CARREL" -q query rm moths

# Whatever is a query or a text to the end of the line is taken as it stands.
typed() { run "$1" 0 "$CARREL" dump library --size 100x24 --keys "$1<CR>"; }
kept() { "$CARREL" query list --json | grep -o '"query":"[^}]*",'; }
typed ':query add ph "quiet reading  rooms" -"a b"'
same "as it was typed" '"query":"\"quiet reading  rooms\" -\"a b\"",' "$(kept)"
typed ':query add ph title:"reading lamps"'
same "a field's phrase" '"query":"title:\"reading lamps\"",' "$(kept)"
typed ':query add "ph" -moths  '
same "what is left out is no option" '"query":"-moths",' "$(kept)"
typed ':query add ph "open'
has "a quote that is not closed is the query's fault" out 'this quote has no partner'
"$CARREL" -q query rm ph
noted() { "$CARREL" show arxiv:2401.00001 --json | grep -o '"notes":\[[^]]*\]' || echo none; }
note() { typed ":open arxiv:2401.00001<CR>:$1"; }
note "note plain \"quoted\"  text isn't"
same "a note" "\"notes\":[\"plain \\\"quoted\\\"  text isn't\"]" "$(noted)"
note 'note see "Smith 2003'
same "with half a quote" '"notes":["see \"Smith 2003"]' "$(noted)"
typed ':note arxiv:2401.00001 -v \ "two"  words'
same "of a paper that is named" '"notes":["-v \\ \"two\"  words"]' "$(noted)"
note 'note ""'
same "an empty one takes it away" none "$(noted)"
note 'note gone'
typed ':note arxiv:2401.00001 ""'
same "here, too" none "$(noted)"
note 'note 2402.00002 extends this'
same "a bare number is a word of it" '"notes":["2402.00002 extends this"]' "$(noted)"
note 'note -- -dash'
same "-- may stand before it" '"notes":["-dash"]' "$(noted)"
typed ':note arxiv:2401.00001 -- -other'
same "behind a name, too" '"notes":["-other"]' "$(noted)"
note 'note ""'
typed ':query add ph -- -moths'
same "and before a query" '"query":"-moths",' "$(kept)"
# As the value of an option, too; quotes around all of it are the line's.
for query in '--query title:"small gardens"' '--query=title:"small gardens"' '--query "title:small title:gardens"' \
    "--query 'title:\"small gardens\"'"; do
    rm -f "$T/some.jsonl"
    typed ":export $query -o $T/some.jsonl"
    same "a query behind an option: $query" 1 "$(grep -c 'Small Gardens' "$T/some.jsonl")"
done
typed ":export --query title:\"gardens small\" -o $T/none.jsonl"
same "its quotes are a phrase's" "" "$(cat "$T/none.jsonl" 2>/dev/null)"
"$CARREL" -q query rm ph
typed ':lint title:"reading rooms" --only no-authors'
lacks "lint's quotes are its query's" out "lint has no"
run "a search by its view's name" 0 "$CARREL" dump library --json --keys ':view search author:"del rio"<CR>'
has "is that query" out '"query":"author:\"del rio\""'
run "words in a text" 0 "$CARREL" dump help --size 80x24 --keys ':find draw the sc<CR>'
same "are all of them looked for" "<C-l>         draw the screen anew  [redraw]" "$(sed -n '2s/.*│ *//p' "$T/out")"
run "a key may type a query" 0 "$CARREL" -c 'keys.global.bind=<F5> prompt search title:"reading' dump library --size 80x24 --keys '<F5>rooms"'
has "which stands there" out ':search title:"reading rooms"'

# A name with blanks is completed in double quotes, which are closed when it is whole.
mkdir -p "$T/files/Old Things" && here=$PWD && cd "$T/files" || exit 1
case $CARREL in /*) ;; *) CARREL=$here/$CARREL ;; esac
printf '@article{k, title={On Names}, author={Writer, A.}, year=2001}\n' >"My Archive (above).bib"
printf '@article{k, title={On Names}, author={Writer, A.}, year=2001}\n' >"Old Things/two.bib"
named() { "$CARREL" dump library --keys ":$1" --size 100x24 >"$T/out" 2>"$T/err"; tail -n 1 "$T/out" | sed 's/ *$//'; }
for begun in My '"My' '"My A' "'My A" 'My\ Ar' '"My Archive (above).bib'; do
    same "$begun" ':import "My Archive (above).bib"' "$(named "import $begun<Tab>")"
done
same "one in a folder" ':import "Old Things/two.bib"' "$(named 'import Ol<Tab><Tab>')"
same "the folder's own quote stays open" ':import "Old Things/' "$(named 'import Ol<Tab>')"
same "a further one" ':import "Old Things/two.bib" "My Archive (above).bib"' "$(named 'import Ol<Tab><Tab>My<Tab>')"
same "it is a file, which goes into the queue" ": in the queue" "$(named 'import My<Tab><CR>' | grep -o ': in the queue')"
cp "My Archive (above).bib" "My Archive (below).bib"
same "of several what they share" ':import "My Archive (' "$(named 'import My<Tab>')"
has "which are listed" out '"My Archive (above).bib"  "My Archive (below).bib"'
same "and chosen from" ':import "My Archive (below).bib"' "$(named 'import My<Tab><Tab><Tab>')"
same "in a text quotes are its own" ':note say "My' "$(named 'note say "My<Tab>')"
named 'import My Archive (above).bib<CR>' >/dev/null
has "without them it is told" out "My: No such file or directory; 'My Archive (above).bib' is a file: put its name in double quotes"
run "in a shell, too" 1 "$CARREL" import My Archive "(above).bib"
has "likewise" err "nothing was imported; 'My Archive (above).bib' is a file: put its name in double quotes"
run "a name that is none" 1 "$CARREL" import My Archives
lacks "is nothing else" err "is a file"
cd "$here" || exit 1

# What is shown while a query is typed has its name, and all there is is no answer to what cannot be read.
bar() { "$CARREL" dump library --size 80x24 --keys "$1" >"$T/out" && sed -n '1{s/^ carrel  //;s/   .*//;p;}' "$T/out"; }
same "a query that is typed is that of its rows" "Search: moths tag" "$(bar ':search lamps<CR>/moths tag')"
same "one that cannot be read leaves the rows and their name" "Search: lamps" "$(bar ':search lamps<CR>/"moths')"
same "and nothing where all would be shown" "Search" "$(bar '/"moths')"
has "but why" out '│column 1: this quote has no partner'
lacks "no paper" out "Hedgehogs"
# What may have been meant is told beside what was found, too, as on the command line.
run "a slip that finds something" 0 "$CARREL" search garden
has "is told" err "did you mean: gardens  (spelling)"
run "at the desk" 0 "$CARREL" dump library --size 80x24 --keys '/garden<CR>'
has "as well" out "│Did you mean: gardens  (spelling)"
has "above its rows" out "Attention in Small Gardens"
run "in words" 0 "$CARREL" dump --linear library --keys '/garden<CR>'
has "likewise" out "did you mean: gardens"
run "where there is nothing to tell" 0 "$CARREL" dump library --size 80x24 --keys '/gardens<CR>'
lacks "nothing is" out "Did you mean"

# What is said, and of what is not there.
says() { "$CARREL" dump library --size 100x24 --keys "$1" >"$T/out" 2>"$T/err" && tail -n 1 "$T/out"; }
same "one is no plural" "saved as q2: 1 paper" "$(says ':query add q2 hedgehogs<CR>')"
"$CARREL" -q query rm q2
"$CARREL" -q mark skip arxiv:2401.00001
"$CARREL" -q mark star arxiv:2401.00001
says ':undo 2<CR>' >/dev/null
has "steps that were taken back are kept apart" out "; taken back: "
"$CARREL" -q collect reading-group arxiv:2401.00001 arxiv:2402.00002
same "a collection that is not there" "no collection called 'reading-grup'; did you mean 'reading-group'?" "$(says ':uncollect reading-grup<CR>')"
run "on the command line" 4 "$CARREL" uncollect nosuch arxiv:2401.00001
has "likewise" err "no collection called 'nosuch'"
"$CARREL" -q collection rename reading-group rg
has_line() { case $2 in *"$3"*) good "$1" ;; *) bad "$1" "$2" ;; esac; }
has_line "its new name is taken back" "$(says 'u')" "taken back: collection reading-group called rg"
has_line "and given again" "$(says ':redo<CR>')" "done again: collection reading-group called rg"
"$CARREL" undo --list >"$T/out"
has "as the history tells it" out "collection reading-group called rg"
has_line "what others call the queue" "$(says ':reading<CR>')" "queue is what is put off"
"$CARREL" -q collection rm rg
"$CARREL" -q note arxiv:2401.00001 noted
"$CARREL" --ascii dump library --size 80x24 >"$T/out"
has "the sign of a note in ASCII" out "n Attention in Small Gardens"
asked 'author:<Tab>' >/dev/null
has "what can be anything has no list" out "no values are listed for author: type one"
says '<C-p>zzzq' >/dev/null
has "an empty palette says so" out "nothing is called like that; / searches"
says '<C-p>reading list' >/dev/null
has "a reading list is the queue" out "room     Queue"
has "or a collection" out "collect"
says '<C-p>bibtex' >/dev/null
has "BibTeX is exported" out "command  export"

command -v tmux >/dev/null || { echo "ok - tmux is not here # SKIP"; finish; }
unset CARREL_LIBRARY
"$CARREL" demo --keep -- stats >"$T/made" 2>&1
CARREL_LIBRARY=$(sed -n 's/.*library is \([^ ,;]*\).*/\1/p' "$T/made")
export CARREL_LIBRARY
trap 'tm kill-server 2>/dev/null; rm -rf "$T" "${CARREL_LIBRARY:?}"' EXIT

# Without a terminal: what is listed when typing rests is what Enter leaves.
listed() { "$CARREL" dump library --keys "$1" --json | sed 's/.*"items"//' | grep -o '"id":"[^"]*"'; }
for words in 'reading lamps' attention 'diffus' 'cat:cs.CL model' 'near:arxiv:1706.03762'; do
    same "$words: as it will be" "$(listed "/$words<CR>")" "$(listed "/$words")"
done
"$CARREL" dump library --keys '/reading lam<CR>' >"$T/out"
has "half a word is a beginning, behind Enter too" out "Reading lamps considered helpful"

# Tab: lists, then chooses.
line() { "$CARREL" dump library --keys "$1" | tail -n 1 | sed 's/ *$//'; }
"$CARREL" dump library --keys ':theme <Tab>' >"$T/out"
has "Tab lists what may stand there" out "auto  dark  high-contrast  light  terminal"
same "of which none is chosen" ":theme" "$(line ':theme <Tab>')"
same "the second one chooses the first" ":theme auto" "$(line ':theme <Tab><Tab>')"
same "and so on" ":theme high-contrast" "$(line ':theme <Tab><Tab><Tab><Tab>')"
same "S-Tab goes back" ":theme auto" "$(line ':theme <Tab><Tab><Tab><S-Tab>')"
same "or begins with the last" ":theme terminal" "$(line ':theme <Tab><S-Tab>')"
same "behind the last one comes what was there" ":theme" "$(line ':theme <Tab><S-Tab><Tab>')"
same "what all share is put in" ":collect" "$(line ':coll<Tab>')"
same "and chosen from" ":collection" "$(line ':coll<Tab><Tab><Tab>')"
same "Esc goes back to what was typed" ":coll" "$(line ':coll<Tab><Tab><Tab><Esc>')"
"$CARREL" dump library --keys ':coll<Tab><Tab><Tab><Esc>' >"$T/out"
lacks "and takes the list away" out "collect  collection"
same "once more leaves the prompt" "" "$(line ':coll<Tab><Tab><Esc><Esc>' | grep '^:')"
same "what is typed goes on behind it" ":mark skip x" "$(line ':mark s<Tab><Tab><Tab><Space>x')"
same "one that is alone is done" ":untag" "$(line ':unta<Tab>')"
"$CARREL" dump library --keys ':theme <Tab><Tab><Tab><CR>' >"$T/out"
has "Enter runs what is chosen" out "dark: light letters on the terminal"
"$CARREL" dump library --keys ':<Tab><S-Tab><S-Tab>' --size 80x24 >"$T/out"
has "a long list is turned to what is chosen" out "107/108"
for size in 60x20 80x24 200x60; do screen "complete-$size" library --keys ':co<Tab><Tab><Tab>' --size $size; done
"$CARREL" --color always dump library --keys ':theme <Tab><Tab><Tab>' --ansi >"$T/out"
same "what is chosen stands out" dark "$(sed -n 's/^.*48;[0-9;]*m\([a-z-]*\).*high.*$/\1/p' "$T/out" | tail -n 1)"

# In a terminal.
tm -f /dev/null new-session -d -s t -x 80 -y 24 \
    "CARREL_CLOCK=$CARREL_CLOCK CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME $CARREL; echo left \$?; read -r _"
rows() { tm capture-pane -p -t t | sed -n '2,22s/.*│//p'; }
see "the desk" "Today"
tm send-keys -t t 2
see "the library" "carrel  Library"
tm send-keys -t t -l "/reading lamps"
see "settles when typing rests" "1/11"
rows >"$T/typed"
tm send-keys -t t Enter
see "Enter" "carrel  Search: reading lamps"
sleep 0.4
rows >"$T/entered"
same "changes no row" "$(cat "$T/typed")" "$(cat "$T/entered")"
second=$(sed -n 2p "$T/entered" | sed 's/^[^A-Z]*//; s/ .*//')
tm send-keys -t t j Enter
see "the second one" "carrel  Paper:"
case $(rows | head -n 1) in *"$second"*) good "is what stood there" ;; *) bad "is what stood there" "$second" "$(rows)" ;; esac
tm send-keys -t t h
see "back" "2/11"
tm send-keys -t t -l "/attention"
tm send-keys -t t Down Down
see "the cursor is moved while the quick list is shown" "3/27"
third=$(rows | sed -n 3p)
see "its paper has another place in the full ranking" "5/27"
same "and stays on its line" "$third" "$(rows | sed -n 3p)"
tm send-keys -t t Escape
see "Esc goes back" "1/11"
tm send-keys -t t -l "/attention"
tm send-keys -t t Enter j Enter
see "Enter before it has settled waits for that" "carrel  Paper: arxiv:2205.14135"
tm send-keys -t t h
see "and what was opened" "2/27"
case $(rows | sed -n 2p) in *FlashAttention*) good "stands in row 2" ;; *) bad "stands in row 2" "$(rows)" ;; esac
tm send-keys -t t -l ":theme "
tm send-keys -t t Tab Tab Tab Tab
see "Tabs that come faster than the list count" ":theme high-contrast"
inked "it is shown" "48;5;226m"
tm send-keys -t t BTab
see "S-Tab" ":theme dark"
tm send-keys -t t Escape
not_inked "and Esc takes it off" "48;5;226m"
tm send-keys -t t Escape
tm send-keys -t t Q
see "leaves" "left 0"
tm kill-server
# A field without a value finds everything: what is missing is said.
for keys in '/title:<CR>' ':search cat:<CR>' '/date:2024 -cat:<CR>' '/title:'; do
    run "$keys" 0 "$CARREL" dump library --size 80x24 --keys "$keys"
    has "tells what is missing" out ': needs a value behind the colon'
done
run "a field with one" 0 "$CARREL" dump library --size 80x24 --keys '/cat:cs.CL<CR>'
lacks "misses nothing" out 'needs a value'
# A query behind a command keeps its quotes.
run ":search with a phrase" 0 "$CARREL" dump library --json --keys ':search author:"del rio"<CR>'
has "is that query" out '"query":"author:\"del rio\""'
run "and one that nobody has" 0 "$CARREL" dump library --json --keys ':search "rooms quiet reading"<CR>'
has "finds nothing" out '"total":0'
run ":select, too" 0 "$CARREL" dump library --keys ':select "quiet reading rooms" -"reading quiet"<CR>'
has "marks by it" out '1 marked'
finish
