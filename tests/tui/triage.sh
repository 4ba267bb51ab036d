# Triage at the desk: ranges and marks, bulk commands, undo and redo.
. "$(dirname "$0")/lib.sh"
ids() { "$CARREL" -q search --ids "$@" | sort | tr '\n' ' '; }
dump() { "$CARREL" dump "$@" --json >"$T/out" 2>"$T/err" </dev/null || bad "dump $*" "$(cat "$T/err")"; }
count() { "$CARREL" -q search --ids "$@" | wc -l | tr -d ' '; }

# A range, and what is on the screen meanwhile.
screen triage-range library --keys 'jVj'
dump library --keys 'jVjr'
same "a verdict on a range" 2 "$(count is:read)"
has "tells how many" out "2 marked read"
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
has "also those of the last command" out "2 marked later"
dump library --keys 'uu'

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
finish
