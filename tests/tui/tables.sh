# Tables at the desk: tasks, one of them, one table, and what keys do there.
. "$(dirname "$0")/lib.sh"
screen tables-empty tables
"$CARREL" -q import tests/fixtures/evaluation-tables.json >/dev/null 2>&1
screen tables tables
screen tables-task tables garden design
screen tables-table tables "Garden Design > Roses-10"
screen tables-wide tables "Garden Design > Roses-10" --size 140x40
screen tables-metric tables "Garden Design > Roses-10" --keys 'Oj' --size 100x20
screen tables-data tables datasets --size 60x12
screen tables-linear tables --linear --size 80x10
screen tables-ascii tables "Garden Design" --ascii --size 80x14
screen tables-smallest tables "Garden Design > Roses-10" --size 20x5

run "down to a paper" 0 "$CARREL" dump library --keys 'gt/gard<CR><CR><CR>jj<CR>' --json
has "that of the row" out '"view":"paper","paper":{"id":"arxiv:2401.00001"'
run "and up again" 0 "$CARREL" dump library --keys 'gt/gard<CR><CR><CR>jj<CR><Esc>' --json
has "to the same row" out '"name":"Garden Design","dataset":"Roses-10","cursor":2'
run "a paper that is not here" 0 "$CARREL" dump tables "Garden Design > Roses-10" --keys '<CR>' --json
has "how it could be had" out "pwc:on-rakes is not in the library; the dump papers-with-abstracts has it"
run "inverted" 0 "$CARREL" dump tables "Garden Design > Roses-10" --keys 'i' --json
has "with all its results" out '"results":{"Accuracy":"91.25"}'
has "and whose data it is" out '"attribution":[{"name":"pwc"'
has "worst first, none last" out '"items":[{"name":"Spade","value":"85.1%","paper":"arxiv:2401.00001","results":{"Accuracy":"85.1%","Params":"3.0m"}'
run "a mark" 0 "$CARREL" dump tables "Garden Design > Roses-10" --keys 'jjs:paper arxiv:2401.00001<CR>'
has "goes to the row's paper" out "starred"
run "outside" 0 "$CARREL" dump tables "Weeding > Roses-10" --keys 'o' --json
has "leads to the paper's page" out "not without a terminal: https://arxiv.org/abs/2401.00001"
run "a mark of what is not here" 0 "$CARREL" dump tables "Weeding > Roses-10" --keys 'js' --json
has "is refused" out "pwc:on-rakes is not in this library"
run "find" 0 "$CARREL" dump tables --keys '/root<CR>' --json
has "moves to the row" out '"cursor":1'
run "find nothing" 0 "$CARREL" dump tables --keys '/xyz<CR>' --json
has "says so" out "no row has 'xyz'"
run "by command" 0 "$CARREL" dump library --keys ':tables Garden Design<CR>' --json
has "with words" out '"view":"tables","name":"Garden Design"'
run "methods and data" 0 "$CARREL" dump tables --keys 'ff' --json
has "by f" out '"name":"Roses-10 / thorny"'
run "no such task" 4 "$CARREL" dump tables nonsense
has "is told" err "no task is called 'nonsense'"
run "no such table" 4 "$CARREL" dump tables "Garden Design > Tulips"
has "what there is" err "there is Roses-10"
run "a paper's results" 0 "$CARREL" dump paper arxiv:2401.00001 --size 100x40
has "in its view" out "3 of 4 on Roses-10 (Garden Design): Accuracy 85.1%, Spade"
has "attributed" out "Papers with Code, CC-BY-SA-4.0"
finish
