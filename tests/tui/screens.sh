# Views drawn without a terminal, and what keys do to them.
. "$(dirname "$0")/lib.sh"
screen today today
screen library library
screen library-narrow library --size 40x10
screen library-wide library --size 140x20
screen library-ascii library --ascii --size 100x10
screen library-linear library --linear --size 80x10
screen smallest library --size 20x5
screen search search attention
screen search-typed library --keys '/garden'
screen search-accepted library --keys '/garden<CR>'
screen search-error library --keys '/"open<CR>'
screen search-none library --keys '/xyzzy<CR>'
screen search-escape library --keys '/<Esc>'
screen paper paper arxiv:2401.00001
screen paper-opened library --keys 'jj<CR>'
screen paper-find paper arxiv:2401.00001 --keys '/generalization<CR>'
screen paper-missing paper arxiv:2412.99999
screen help help
screen help-find help --keys '/bracket<CR>'
screen log log
screen cursor library --keys 'jjG'
screen cursor-top library --keys 'jjggk'
screen sidebar library --keys '<Tab>j'
screen sidebar-open library --keys '<Tab>jj<CR>'
screen prompt library --keys ':he<Tab>'
screen prompt-unknown library --keys ':nonsense<CR>'
screen unbound library --keys 'Z'
screen svg library --size 40x6 --svg
screen ansi library --size 40x6 --ansi --color=always

# What is written at the desk is in the library.
run "mark and tag by keys" 0 "$CARREL" dump library --keys 'rjs:tag fine<CR>'
same "read" 1 "$("$CARREL" -q search --ids is:read | wc -l)"
same "starred" 1 "$("$CARREL" -q search --ids is:starred | wc -l)"
same "tagged" 1 "$("$CARREL" -q search --ids tag:fine | wc -l)"
run "marked rows together" 0 "$CARREL" dump library --keys '<Space><Space>:mark later<CR>'
same "both" 2 "$("$CARREL" -q search --ids is:later | wc -l)"
run "undo by key" 0 "$CARREL" dump library --keys 'u'
same "both back" 0 "$("$CARREL" -q search --ids is:later | wc -l)"
run "JSON of a view" 0 "$CARREL" dump library --json
has "rows" out '"items":[{"id":"arxiv:2503.00003"'
run "no such view" 4 "$CARREL" dump kitchen
run "size out of range" 2 "$CARREL" dump library --size 10x2
run "paper without id" 2 "$CARREL" dump paper
run "a key of one's own" 0 "$CARREL" -c 'keys.global.bind=X goto-end' dump library --keys 'X' --json
has "moves" out '"cursor":4'
run "a bad binding" 2 "$CARREL" -c 'keys.global.bind=X' dump library
finish
