# Words at the desk's prompt: vim's own, near misses, help on a word; and a digit before a key.
. "$(dirname "$0")/lib.sh"
# said NAME KEYS TEXT: typed in the Library, the last lines say so.
said() { run "$1" 0 "$CARREL" dump library --keys "$2" && has "$1: told" out "$3"; }
# leads NAME KEYS TEXT: it is in the view's data then.
leads() { run "$1" 0 "$CARREL" dump library --keys "$2" --json && has "$1: there" out "$3"; }

leads ":wq closes what was opened last" '<CR>:wq<CR>' '"view":"library"'
leads ":x does" '<CR>:x<CR>' '"view":"library"'
leads "so does :q!" '<CR>:q!<CR>' '"view":"library"'
leads ":messages is the Log" ':messages<CR>' '"view":"log"'
leads ":e opens an ID" ':e arxiv:2402.00002<CR>' '"view":"paper"'
said ":e alone" ':e<CR>' ":e ID opens a paper"
said ":set" ':set nocompatible<CR>' "settings stand in the configuration"
said ":map" ':nnoremap x y<CR>' "under [keys]"
said ":colorscheme" ':colorscheme nosuch<CR>' "no theme 'nosuch'"
said "a slip in a library's command" ':serach moths<CR>' "no command 'serach'; did you mean 'search'?"
said "in one of the desk's own" ':palete<CR>' "did you mean 'palette'?"
said "in a view's name" ':trendnig<CR>' "did you mean 'trending'?"
said "one letter is near nothing" ':z<CR>' "no command 'z'; ? lists all"
said "nor is another word" ':nonsense<CR>' "no command 'nonsense'; ? lists all"

run "help on hooks" 0 "$CARREL" dump library --keys ':help hooks<CR>'
same "is the chapter" 'Hooks ([hook "NAME"] in the configuration)' "$(sed -n 's/^.*│//; /^Hooks/p' "$T/out")"
run "help on a word" 0 "$CARREL" dump library --keys ':help undo<CR>'
sed -n '2s/^.*│//p' "$T/out" >"$T/top"
has "its entry is on top from its first line" top "  u             take back"
run "the next one" 0 "$CARREL" dump library --keys ':help undo<CR>n'
sed -n '2s/^.*│//p' "$T/out" >"$T/next"
lacks "is another entry" next "  u             take back"
run "help on nothing" 0 "$CARREL" dump library --keys ':help zzz<CR>'
has "says so" out "no help on 'zzz'"
has "and stays" out "carrel  Library"
run "help on a command" 0 "$CARREL" dump library --keys ':help mark<CR>'
sed -n '2s/^.*│//p' "$T/out" >"$T/top"
has "is what it says of it" top "mark          mark papers read"
printf 'library\nhelp mark\n' | "$CARREL" --linear >"$T/out" 2>"$T/err"
same "line by line, too" 1 "$(sed -n '/^Help/{n;p;}' "$T/out" | grep -c "^mark.*mark papers read")"
printf 'library\nhelp zzz\nhelp hooks\n' | "$CARREL" --linear >"$T/out" 2>"$T/err"
same "line by line: where it is, and what is no help" 1 "$(grep -c "no help on 'zzz'" "$T/out")"
same "the list is not told again" 1 "$(grep -c '^Library' "$T/out")"
has "the chapter comes first" out "heading: Hooks"
run "the last room, by vim's word" 0 "$CARREL" dump library --keys ':bd<CR>' --json
has "stays" out "this is the last room, nothing lies below it; :q leaves carrel"
run "one that was opened" 0 "$CARREL" dump library --keys '<CR>:bd<CR>' --json
has "is closed" out '"view":"library","query"'
run "undo, in short" 0 "$CARREL" dump library --keys ':mark read<CR>:u<CR>' --json
has "takes back" out '"message":"taken back: '
run "redo, in short" 0 "$CARREL" dump library --keys ':red<CR>' --json
has "does it again" out '"message":"done again: '
"$CARREL" -q undo

# The last line names the keys of what is shown.
hints() { "$CARREL" dump library --size 80x24 --keys "$1" | tail -n 1 | sed 's/ *$//'; }
same "the Log's" "j k scroll  / find  n N next, before  : command  ? help  Q quit" "$(hints ':log<CR>')"
same "of a paper that is not here" ": command  ? help  Q quit  Esc back" "$(hints ':view paper nosuch<CR>')"
same "of a job that there is not" ": command  ? help  Q quit  Esc back" "$(hints '6:view job 99<CR><CR>')"

# An option that is not taken is told, and nothing is done.
option() { "$CARREL" dump library --size 100x24 --keys ":view library<CR>:$1<CR>" >"$T/out" 2>&1; tail -n 1 "$T/out" | sed 's/ *$//'; }
same "a slip in one" "cite has no option --styl; did you mean '--style'?" "$(option 'cite --styl apa')"
same "with its value" "cite has no option --styl; did you mean '--style'?" "$(option 'cite --styl=apa')"
same "letters that changed places" "no command 'tga'; did you mean 'tag'?" "$(option 'tga foo')"
same "a letter" "cite has no option -s" "$(option 'cite -s apa')"
for command in copy theme layout view open review read-next quit sort raise tables trending; do
    same "$command has none" "$command has no option --foo" "$(option "$command --foo")"
    has "and stays in its room" out "carrel  Library"
done
same "what only the command line does with it" "--json is for the command line: carrel queue --json" "$(option 'queue --json')"
same "the library's look at their own" "mark has no option --foo; see: carrel help mark" "$(option 'mark --foo')"
same "by another name, too" "rm has no option --foo; see: carrel help rm" "$(option 'remove --foo')"
same "what there is not has none either" "no command 'frobnicate'; ? lists all" "$(option 'frobnicate --foo')"
option 'jot --foo bar' >/dev/null
has "a text begins as it likes" out "noted on 1 paper"
"$CARREL" -q undo
option 'search --limt 3 moths' >/dev/null
has "and a query" out "carrel  Search: --limt 3 moths"
finish
