# Triage at the desk: ranges and marks, bulk commands, undo and redo.
. "$(dirname "$0")/lib.sh"
ids() { "$CARREL" -q search --ids "$@" | sort | tr '\n' ' '; }
dump() { "$CARREL" dump "$@" --json >"$T/out" 2>"$T/err" </dev/null || bad "dump $*" "$(cat "$T/err")"; }
count() { "$CARREL" -q search --ids "$@" | wc -l | tr -d ' '; }

# A range, and what is on the screen meanwhile.
screen triage-range library --keys 'jVj'
dump library --keys 'jVjr'
same "a verdict on a range" 2 "$(count is:read)"
has "tells how many" out "2 papers marked read"
dump library --keys 'u'
same "is one step" 0 "$(count is:read)"
dump library --keys '<C-r>'
same "and comes again" 2 "$(count is:read)"
dump library --keys 'u'
dump library --keys 'V<Esc>r'
same "Esc leaves a range: one alone" 1 "$(count is:read)"
dump library --keys 'uGVggkr'
same "upwards, to the beginning" 5 "$(count is:read)"
dump library --keys 'uVGL'
same "downwards, to the end" 5 "$(count is:later)"
dump library --keys 'u'

# Marks: by hand, by query, all of the list, taken off again.
screen triage-marked library --keys '<Space>jV j<Space>'
dump library --keys 'Tgardens<CR>s'
same "what a query finds" "$(ids gardens)" "$(ids is:starred)"
dump library --keys 'uT*<CR><C-t>gardens<CR>s'
same "all but that" "$(ids -- -gardens)" "$(ids is:starred)"
dump library --keys 'uTxyzzy<CR>'
has "nothing is found" out "nothing of this list"
dump search cat:cs.CL --keys 'T*<CR>s'
same "all of a search" "$(ids cat:cs.CL)" "$(ids is:starred)"
dump library --keys 'u:select title:"<CR>'
has "a query that is none" out "quote"
dump library --keys '<Space>/gardens<CR>s'
same "another query is another list: no mark lies in hiding" "$(ids gardens)" "$(ids is:starred)"
dump library --keys 'u<Space><Space><Esc>s'
same "Esc takes the marks away" 1 "$(count is:starred)"
dump library --keys 'u<Space><Space><Esc>gvs'
same "and gv brings them back" 2 "$(count is:starred)"
dump library --keys 'u<Space>r<Space>gvL'
has "also those of the last command" out "2 papers marked later"
dump library --keys 'uu'

# What is not a verdict takes an open range, too.
dump library --keys "Vj:cite $T/range.bib<CR>"
same "cited: all of the range" 2 "$(grep -c '^@' "$T/range.bib")"
dump library --keys 'Vjjy'
has "copied: all of the range" out "copied 3 ids, one a line"
dump library --keys 'Vjgy'
has "their keys" out "copied key of 2 papers"
dump library --keys 'Vj:copy url<CR>'
has "their addresses" out "copied 2 addresses, one a line"
dump library --keys 'V<Esc>y'
lacks "without it the one at hand" out "one a line"

# A verdict takes no count: neither half of it is done.
dump library --keys '3r'
has "a count before a verdict is refused" out '"view":"library","message":"3r: r takes no count; V'
same "nothing is marked" 0 "$(count is:read)"
run "in linear mode, too" 3 sh -c 'printf "library\n2L\n" | "$CARREL" --linear'
has "it says so" out "2L: L takes no count"
same "and marks nothing" 0 "$(count is:later)"
# Nor does whatever else is done to a row: the digit's room is not gone to.
for key in + - y e a t '<Space>' V L n .; do
    dump library --keys "3$key"
    has "no count before $key" out "\"view\":\"library\",\"message\":\"3$key: $key takes no count"
done
dump log --keys '2s'
has "also where the key is one of the digit's room only" out '"view":"log","message":"2s: s takes no count"'
same "nothing is put off or starred" 0 "$(count is:later,is:starred)"
dump library --keys 'sjsjs2u'
same "what is taken back is counted" 1 "$(count is:starred)"
has "there" out '"view":"library"'
dump library --keys '1<C-r>u9u'
same "and more than there is takes back all" 0 "$(count is:starred)"

dump library --keys ':collect<CR>'
has "without its word, its usage in one line" out ':collect COLLECTION, for the marked rows or this one; put papers into a collection, at its end"'

# ";" is for marked ones only.
dump library --keys ';r'
has "without any it does nothing" out "nothing is marked"
same "really" 0 "$(count is:read)"
dump library --keys 'Vj;r'
same "a range is marked by it" 2 "$(count is:read)"
dump library --keys 'uV;x'
same "of one" 1 "$(count is:skip)"
dump library --keys 'u<Space><Space>;:tag both<CR>'
same "a command line, too" 2 "$(count tag:both)"

# On to the next one.
dump library --keys 'u' --size 80x24
dump library --keys 'rr'
has "a verdict leads on" out '"cursor":2'
dump library --keys 'uuR'
has "R, too, and leaves none out" out '"cursor":1'
run "unless told not to" 0 "$CARREL" -c ui.advance=false dump library --keys 'ur' --json
has "it stays" out '"cursor":0'
dump library --keys 'u'

# The queue: what is put off, by priority.
run "an empty one" 0 "$CARREL" dump queue --size 60x20
has "says what puts papers there" out "L on a paper puts it here, + with a"
has "on as many lines as it takes" out "priority."
dump library --keys 'Vjj:mark later<CR>'
dump queue --keys 'jj++'
run "what was raised" 0 "$CARREL" queue --limit 1
has "comes first" out "   1  +2"
dump queue --keys '-'
screen triage-queue queue
dump queue --keys 'uuu'
has "undone" out '"items":['
lacks "no priority is left" out '"priority"'
run "a priority puts off what is not" 0 "$CARREL" priority 5 arxiv:2401.00001
run "the queue as text" 0 "$CARREL" queue
has "it comes first" out "   1  +5"
"$CARREL" -q mark unread arxiv:2402.00002 arxiv:2503.00003
run "two papers" 0 "$CARREL" priority 3 arxiv:2402.00002 arxiv:2503.00003
run "are two" 0 "$CARREL" undo
has "which is told" err "marked later and 1 more"
"$CARREL" -q priority 3 arxiv:2402.00002
"$CARREL" -q undo --list >"$T/all"
head -n 1 "$T/all" >"$T/out"
lacks "one is one in the history" out "more"
run "and taken back" 0 "$CARREL" undo
has "its mark is told" err "marked later"
lacks "as that of one paper" err "more"
"$CARREL" -q undo
run "no number" 2 "$CARREL" priority high arxiv:2401.00001
has "is told" err "which priority"
run "a search has the same order" 0 "$CARREL" -q search --ids is:later
same "the same paper first" "$("$CARREL" queue | head -n 1 | grep -o 'arxiv:[^ ]*')" "$(head -n 1 "$T/out")"

# Tags below tags.
"$CARREL" -q tag methods/bayes arxiv:2401.00001 arxiv:2402.00002
"$CARREL" -q tag methods/trees arxiv:2402.00002
"$CARREL" -q tag methods-old arxiv:2503.00003
"$CARREL" -q tag methods/bayes/deep arxiv:2503.00003
same "a branch" 3 "$(count tag:methods)"
same "a part of it" 3 "$(count tag:methods/bayes)"
same "a leaf" 1 "$(count tag:methods/trees)"
same "with words" 1 "$(count 'tag:methods gardens')"
screen triage-tags tags
dump tags --keys 'jj<Space>'
has "folded" out '"name":"methods/bayes"'
lacks "what lies below is not shown" out '"name":"methods/bayes/deep"'
dump tags --keys 'j<CR>'
has "Enter lists a branch" out '"query":"tag:methods"'
run "renamed" 0 "$CARREL" tags rename methods ways
has "on how many" err "on 3 papers"
same "all of the branch" "3 0" "$(count tag:ways) $(count tag:methods)"
"$CARREL" -q undo
same "taken back" "0 3" "$(count tag:ways) $(count tag:methods)"
run "below itself" 2 "$CARREL" tags rename methods methods/x
"$CARREL" -q tag ways arxiv:2402.00002
run "onto one that is there" 0 "$CARREL" tags rename methods ways
has "is told" err "methods joins ways, which was there already, on 3 papers; 'undo' parts them"
"$CARREL" -q undo 2
same "parted" "3" "$(count tag:methods)"
run "a tag that is none" 4 "$CARREL" tags rm nothing
dump tags --keys 'jmways'
run "the tree" 0 "$CARREL" tags
has "with counts" out "of      3  methods"
"$CARREL" -q undo 4

# One line more in a note, of one paper or of many.
dump library --keys 'u:jot first thought<CR>:jot second "thought"<CR>' 
dump library --keys 'jVj:jot both<CR>'
same "a line more, as it was typed" 'first thought second \"thought\"' "$("$CARREL" show --json arxiv:2503.00003 | grep -o '"notes":\["[^]]*"' | sed 's/.*\["//; s/"$//; s/\\n/ /g')"
same "in both" 2 "$("$CARREL" -q search --ids has:note | grep -c '2402\|2401')"
dump library --keys 'ahalf "open<CR>a--json is nice<CR>'
same "a quote that stays open, a word that looks like an option" 'half \"open --json is nice' "$("$CARREL" show --json arxiv:2503.00003 | grep -o 'half [^]]*"\]' | sed 's/"\]$//; s/\\n/ /g')"
"$CARREL" -q undo 2
run "by command" 0 "$CARREL" jot "a third" arxiv:2503.00003
has "says so" err "noted on 1 paper"
"$CARREL" -q undo 4

# The next unread paper, in the next feed when this one has none.
"$CARREL" -q mark unread $("$CARREL" -q search --ids "")
"$CARREL" -q query add cats cat:math.PR
"$CARREL" -q query add strings 'strings'
"$CARREL" -q mark read $("$CARREL" -q search --ids "cat:math.PR")
dump search cat:math.PR --keys 'gn'
has "opens the next feed" out '"query":"strings"'
"$CARREL" -q mark read $("$CARREL" -q search --ids "")
dump library --keys 'gn'
has "until there is none" out "nothing unread is left in any feed"
"$CARREL" -q undo 5

# What a feed finds is what its number says; typed by hand the same words find more, and that is told.
run "fewer words by hand" 0 "$CARREL" dump search 'strings attention gardens'
has "are told above the list" out "with most of the words"
"$CARREL" -q query add lamps 'strings attention gardens'
run "of a feed all of them" 0 "$CARREL" dump search 'strings attention gardens'
lacks "are in nothing" out "with most of the words"
has "as its number says" out "Nothing found."
dump search 'strings attention gardens' --keys 'T*<CR>'
has "which marks nothing, either" out "nothing of this list"
"$CARREL" -q undo
dump library --keys ':feed lamps<CR>strings attention gardens'
has "so it is while it is typed" out '"total":0'
dump library --keys ':feed lamps<CR>strings attention gardens<CR>'
has "and saved" out "saved as lamps: 0 papers"
has "too" out '"total":0'
"$CARREL" -q undo

dump library --keys ':feed My list<CR>'
has "a feed's name is one word" out "a feed's name has no blanks: :feed My-list"
dump library --keys ':feed My other list<CR>'
has "of however many" out "a feed's name has no blanks: :feed My-other-list"
dump library --keys ':collect My list<CR>'
has "so is a collection's" out "a collection has no blanks: My-list"

# The editor of a feed: a live list, and how many it finds in all.
"$CARREL" -q mark unread $("$CARREL" -q search --ids "") 2>/dev/null
screen triage-feed library --keys ':feed news<CR>date:2024..'
screen triage-feed-slip library --keys ':feed news<CR>date:'
dump library --keys ':feed news<CR>date:2024..<Esc>'
has "Esc leaves it" out '"view":"library"'
lacks "nothing is saved" out "saved as"
dump library --keys ':feed news<CR>date:2024..<CR>'
has "Enter saves it" out "saved as news: 3 papers"
dump library --keys '<Tab>Ge-cat:math.PR<CR>'
has "an old one is edited from the sidebar, a word behind the others" out "replaced"
run "it is" 0 "$CARREL" query list
has "both parts" out "date:2024.. -cat:math.PR"
dump library --keys '<Tab>Ge<CR>'
run "as it was, when nothing is typed" 0 "$CARREL" query list --json
has "without a blank behind it" out '"query":"date:2024.. -cat:math.PR"'
dump library --keys '<Tab>Ge<End> title:x<CR>'
run "nor two in it" 0 "$CARREL" query list --json
has "when one is typed" out '"query":"date:2024.. -cat:math.PR title:x"'
"$CARREL" -q undo
run "its keys are told there" 0 "$CARREL" dump library --keys '<Tab>G'
has "all of them" out "Enter open  e edit  m name  x forget  + - move  a new  Tab back  ? help  Q quit"
run "elsewhere" 0 "$CARREL" dump library --keys '<Tab>'
lacks "only what there is" out "x forget"
# In the sidebar + and - move a saved query, and the cursor with it.
"$CARREL" -q query add zz strings
before=$("$CARREL" query list --json | grep -o '"name":"[^"]*"' | cut -d'"' -f4 | xargs)
dump library --keys '<Tab>G+'
same "up" "$(echo "$before" | awk '{ t = $NF; $NF = $(NF - 1); $(NF - 1) = t; print }')" "$("$CARREL" query list --json | grep -o '"name":"[^"]*"' | cut -d'"' -f4 | xargs)"
dump library --keys '<Tab>G+-'
same "up and down is where it was" "$(echo "$before" | awk '{ t = $NF; $NF = $(NF - 1); $(NF - 1) = t; print }')" "$("$CARREL" query list --json | grep -o '"name":"[^"]*"' | cut -d'"' -f4 | xargs)"
dump library --keys '<Tab>G-'
has "the last one stays" out "is the last saved query"
"$CARREL" -q undo 3
same "taken back" "$before" "$("$CARREL" query list --json | grep -o '"name":"[^"]*"' | cut -d'"' -f4 | xargs)"
"$CARREL" -q undo
dump search gardens --keys ':feed g<CR><CR>'
has "of a search that is there" out "saved as g: 1 paper"
run "called otherwise" 0 "$CARREL" query rename g gardens
run "the old name" 2 "$CARREL" query rename news gardens
has "is taken" err "already"
"$CARREL" -q undo 4

# A review: so many papers, so much time.
"$CARREL" -q mark unread $("$CARREL" -q search --ids "")
screen triage-review library --keys ':review 4 0<CR>'
dump library --keys ':review 4 0<CR>rLxu'
has "undo leads back" out '"place":3,"count":4,"left":2'
dump library --keys ':review<CR>'
has "another desk goes on" out '"place":3,"count":4,"left":2'
screen triage-summary library --keys ':review<CR>xs:mark read<CR>'
dump library --keys ':review 9 0<CR>'
has "only what is unread" out '"count":1,"left":1'
dump library --keys ':review 9 0<CR>xEU'
has "all of it back" out '"left":1,"allowed_ms":0,"summary":false'
run "a clock of hours" 0 "$CARREL" dump library --keys ':select *<CR>:review 3 90m<CR>'
same "is told in hours" 1 "$(grep -cE '1:(30:00|29:59) left' "$T/out")"
dump library --keys ':select *<CR>:review 3 90m<CR>'
has "marked ones, read or not" out '"count":3'
dump library --keys 'Vj+:review 9 0<CR>x:review 9 0<CR>'
has "nothing is left" out "nothing in this list is unread"
dump library --keys ':review 10 5<CR>'
has "two numbers are refused" out "'5' is a second number of papers: review PAPERS TIME, as review 25 10m"
dump library --keys ':review 10m 5m<CR>'
has "and two times" out "'5m' is a second time"
dump library --keys ':review 9 999h<CR>'
has "and more than a day is refused" out "'999h' is more than a review may take, 24 hours; 0 is no clock"
dump library --keys ':review many<CR>'
has "what is no number" out "is no number of papers"
run "they are listed" 0 "$CARREL" review
has "with what became of them" out "Library: 4 of 4 in 0:"
# Marks that stood before are no verdicts of it.
starred=$("$CARREL" -q search --ids is:starred)
"$CARREL" -q mark read $("$CARREL" -q search --ids "") 2>/dev/null
"$CARREL" -q mark star $("$CARREL" -q search --ids "") 2>/dev/null
next_day() { CARREL_CLOCK=2026-03-02T12:00:00Z "$@"; }
next_day dump library --keys ':select *<CR>:review 3 0<CR>'
has "papers that are read already are undecided" out '"count":3,"left":3'
next_day dump library --keys ':review<CR>Ls'
has "one is judged" out '"count":3,"left":2'
next_day dump library --keys ':review<CR>rr'
has "saying what stood is a verdict" out '"count":3,"left":0,"allowed_ms":0,"summary":true'
run "of those that were said" 0 next_day "$CARREL" review --json --limit 1
has "the new ones are counted" out '"papers":3,"read":0,"later":1,"skip":0,"starred":0'
next_day "$CARREL" -q undo
next_day "$CARREL" -q mark unstar $("$CARREL" -q search --ids "") 2>/dev/null
next_day "$CARREL" -q mark star $("$CARREL" -q search --ids "") 2>/dev/null
run "stars, too" 0 next_day "$CARREL" review --json --limit 1
has "of its papers" out '"starred":3'
"$CARREL" -q mark unstar $("$CARREL" -q search --ids "") 2>/dev/null
"$CARREL" -q mark star $starred
"$CARREL" -q mark unread $("$CARREL" -q search --ids "") 2>/dev/null

# Collections: papers in an order.
run "a collection" 0 "$CARREL" collect survey arxiv:2401.00001 arxiv:2402.00002 arxiv:2503.00003
has "says how many" err "3 papers put into survey"
order() { "$CARREL" -q search --ids collection:survey | sed 's/arxiv:240\(.\).*/\1/; s/arxiv:25.*/5/' | tr -d '\n'; }
same "in the order in which they came" 125 "$(order)"
run "to the front" 0 "$CARREL" collection move survey arxiv:2503.00003 1
same "it is" 512 "$(order)"
dump search collection:survey --keys '-'
same "one down at the desk" 152 "$(order)"
dump search collection:survey --keys 'u'
same "and back" 512 "$(order)"
i=0
while [ $i -lt 60 ]; do
    "$CARREL" -q collection move survey arxiv:2402.00002 2 && "$CARREL" -q collection move survey arxiv:2401.00001 2
    i=$((i + 1))
done
same "however often it is moved between two" 512 "$(order)"
"$CARREL" -q collect other arxiv:2402.00002
run "onto one that is there" 0 "$CARREL" collection rename survey other
has "is told" err "other was there already: the "
"$CARREL" -q undo 2
same "parted" 512 "$(order)"
run "renamed" 0 "$CARREL" collection rename survey reviews
run "taken out" 0 "$CARREL" uncollect reviews arxiv:2401.00001
run "list" 0 "$CARREL" collection list
has "it has two" out "of      2"
screen triage-collection search collection:reviews
"$CARREL" -q mark read arxiv:2402.00002 arxiv:2503.00003
same "the number beside it is that of its papers, read or not" "[reviews] 2" "$("$CARREL" dump library --size 80x24 | sed -n 's/^ \(\[reviews\]\)  *\([0-9]*\) .*/\1 \2/p')"
"$CARREL" -q undo
run "gone" 0 "$CARREL" collection rm reviews
run "none left" 0 "$CARREL" collection
has "says so" err "no collections yet"
run "three steps back" 0 "$CARREL" undo 3
same "it is as it was" 512 "$(order)"
run "one that is none" 4 "$CARREL" collection show nothing
run "a name that is none" 2 "$CARREL" collect "two words" arxiv:2401.00001

# The clock, in a terminal.
if command -v tmux >/dev/null; then
    "$CARREL" -q mark unread $("$CARREL" -q search --ids "")
    tm -f /dev/null new-session -d -s t -x 80 -y 24 "env CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME $CARREL"
    see "the desk" "Today"
    tm send-keys -t t 2 ':review 3 3s' Enter
    see "the clock runs" "of 3 done, 0:0"
    tm send-keys -t t Enter
    see "beside other views, too" "review: 0 of 3"
    see "until the time is up" "the review's time is up"
    tm send-keys -t t Escape c
    see "and on with more" "of 3 done, 4:5"
    tm send-keys -t t p
    see "a pause" "paused"
    tm send-keys -t t q
    see "leaving it" "the review waits"
    tm send-keys -t t Q
    tm kill-server 2>/dev/null
fi
finish
