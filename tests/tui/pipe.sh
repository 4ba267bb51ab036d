# The selection piped to commands, and commands with the terminal for themselves.
. "$(dirname "$0")/lib.sh"
# piped NAME KEYS EXPECTED: the lines of what the program says, without the desk around it.
piped() {
    "$CARREL" dump library --keys "$2" --json >"$T/out" 2>&1 </dev/null
    same "$1" "$3" "$(sed -n 's/.*"lines":\[\(.*\)\].*/\1/p' "$T/out")"
}
export SHELL=/bin/sh
first='"{\"id\":\"arxiv:2401.00001\",\"title\":\"Attention in Small Gardens\"'
"$CARREL" dump library --keys 'jj|cat<CR>' --json >"$T/out"
has "the paper under the cursor, as JSON" out "\"lines\":[$first"
same "as export has it" "$("$CARREL" export --query id:arxiv:2401.00001)" "$("$CARREL" dump library --keys "jj|cat >$T/piped<CR>" >/dev/null; cat "$T/piped")"
piped "all that are marked" 'jj<Space>j<Space>|wc -l | tr -d " "<CR>' '"2"'
piped "an open range" 'Vj|wc -l | tr -d " "<CR>' '"2"'
piped "ids" 'jj|--as ids cat<CR>' '"arxiv:2401.00001"'
piped "by a template" 'jj|--as "{year}\t{author}: {title} {{{id}}" tr "\t" "+"<CR>' '"2024+Ada Lindgren: Attention in Small Gardens {arxiv:2401.00001}"'
piped "BibTeX" 'jj|--as bibtex grep -c author.=<CR>' '"1"'
piped "from what was piped, again" 'jj|--as ids cat<CR>|--as {doi}{id} cat<CR>' '"arxiv:2401.00001"'
piped "both outputs, colours and tabs as text" 'jj|printf "\033[1mbold\033[0m\ta\n"; echo two >&2<CR>' '"bold    a","two"'
piped "what a paper says is no command" 'j|--as "; echo {title}" cat<CR>' '"; echo Quantum Hedgehogs"'
# last NAME KEYS TEXT: the status line has the text.
last() {
    "$CARREL" dump library --keys "$2" --json >"$T/out" 2>&1
    has "$1" out "\"message\":\"$3"
}
last "a failure is told" 'jj|echo why >&2; exit 7<CR>' "/bin/sh ended with 7: why"
last "no form" 'jj|--as nothing cat<CR>' "--as is jsonl|ids|bibtex|biblatex|ris|csl or a template"
last "no such field" 'jj|--as "{id} {nope}" cat<CR>' "--as has no field '{nope}'; there are: {id}"
last "no command" 'jj|<CR>' "| [--as FORM] COMMAND: what should read the papers?"
last "an open quote" 'jj|--as "{id} cat<CR>' "a quote is not closed"
last "a shell needs a terminal" '!ls<CR>' "not without a terminal"
"$CARREL" dump harvest --keys '|cat<CR>' --json >"$T/out" 2>&1
has "where there are no papers" out "no paper here that could be piped"
"$CARREL" dump library --keys 'jj|yes "a line of words" | head -c 6000000<CR>G' --json >"$T/out"
has "what is too much is cut" out "It said more than 4 MiB; the rest is not here."
printf '[keys "global"]\n    bind = X | tr a-z A-Z\n' >>"$XDG_CONFIG_HOME/carrel/config"
"$CARREL" dump library --keys jjX --json >"$T/out"
has "a key may pipe" out "ATTENTION IN SMALL GARDENS"
screen pipe library --keys 'jj|--as "{id}  {title}" sort<CR>'

command -v tmux >/dev/null || { echo "ok - tmux is not here # SKIP"; finish; }
tm -f /dev/null new-session -d -s t -x 80 -y 24 "sh"
tm send-keys -t t "PS1='prompt> '; export CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME CARREL_CLOCK=$CARREL_CLOCK SHELL=/bin/sh; $CARREL" Enter
see "the desk" "Quantum Hedgehogs"
# program LINE: its process, when it has begun.
program() {
    n=0
    until pgrep -f "^$1\$" | head -n 1 | grep . || [ $((n += 1)) -gt 300 ]; do sleep 0.1; done
}
ended() { # NAME PROCESS
    n=0
    while [ -d "/proc/${2:-self}" ] && [ $((n += 1)) -lt 300 ]; do sleep 0.1; done
    if [ $n -lt 50 ]; then good "$1"; else bad "$1" "process '$2'"; fi
}
key() { tm send-keys -t t "$@"; sleep 0.1; }
key j
key j
see "a row" "3/5"
key '!'
key -l 'printf "%s " $CARREL_IDS | tr a-z A-Z; yes | head -n 1'
key Enter
see "a command has the terminal and knows what is selected" "ARXIV:2401.00001 y"
see "and its words stay until they are read" "Enter goes back"
key Enter
see "then the desk is back" "ended with 0"
key '!'
key -l 'printf "it %s\n" runs; sleep 30'
key Enter
wait_for "it runs"
key C-c
see "an interrupt ends the command" "Enter goes back"
key Enter
see "and not the desk" "signal 2"
key V
key k
key '!'
key -l 'echo $CARREL_IDS | wc -w | sed "s/^/ids: /"'
key Enter
see "it knows an open range" "ids: 2"
key Enter
see "and the desk is back once more" "ended with 0"
key Escape
i=0
while [ $i -lt 6000 ]; do printf '{"id":"arxiv:2505.%05d","title":"Of many"}\n' $((i += 1)); done >"$T/many.jsonl"
"$CARREL" -q import "$T/many.jsonl" >/dev/null
key :
key -l 'select *'
key Enter
see "many are marked" "6005 marked"
key '!'
key -l 'echo got $CARREL_IDS'
key Enter
see "they are not cut short for a command" "6005 papers are too many for \$CARREL_IDS"
key '!'
key -l 'env | grep -c CARREL_ID[S]; echo is their number'
key Enter
see "and are not there by half" "is their number"
if tm capture-pane -p -t t | grep -q '^0'; then good "none of them"; else bad "none of them" "$(tm capture-pane -p -t t)"; fi
key Enter
key Escape
key '|'
key -l 'sleep 60'
key Enter
see "a long one runs beside the desk" "it runs; Esc ends it"
sleeping=$(program 'sleep 60')
key 2
see "where other rooms open" "Library      "
see "with their rows" "Attention in Small Gardens"
key '|'
key -l 'sleep 61'
key Enter
see "another one" "it runs; Esc ends it"
other=$(program 'sleep 61')
key Escape
ended "Esc ends it" "$other"
key Q
see "leaving ends what runs" "prompt>"
ended "all of it" "$sleeping"
tm kill-server
finish
