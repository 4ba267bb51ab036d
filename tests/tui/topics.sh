# Topics at the desk: made-up papers (tests/samples.awk) in whose last three weeks "hedge lattice" appears.
. "$(dirname "$0")/lib.sh"
# Beside it "tidal loom", older and back, and "slate" in the last days.
made() {
    awk -v emit=papers -v n=1500 -v today=20513 -f "$(dirname "$0")/../samples.awk"
    awk 'function paper(n, title, day) {
            printf "{\"id\":\"arxiv:2602.%05d\",\"title\":\"%s\",\"categories\":[\"cs.CV\"],\"published\":\"%s\"}\n", n, title, day
         }
         BEGIN {
            for (i = 1; i <= 4; i++) paper(i, "Tidal loom of old " i, "2025-1" i % 3 "-0" i)
            for (i = 5; i <= 26; i++) paper(i, "Tidal loom " i, sprintf("2026-02-%02d", i))
            for (i = 31; i <= 42; i++) paper(i, "Number " i " in slate", sprintf("2026-02-%02d", i - 14))
         }'
}
screen topics-empty topics
made | "$CARREL" -q import - >/dev/null 2>&1
screen topics topics
screen topics-wide topics --size 140x40 --keys 'j'
screen topics-ascii topics --ascii --size 60x20
screen topics-linear topics --linear --size 100x8
screen topics-smallest topics --size 20x5
screen topics-none topics math.PR --size 100x10
run "by months" 0 "$CARREL" dump topics --keys 'W' --json
has "of 30 days" out '"period_days":30'
run "and back" 0 "$CARREL" dump topics --keys 'WW' --json
has "of 7" out '"period_days":7'
run "a period that is none" 0 "$CARREL" dump topics --keys ':period year<CR>'
has "is told" out "a period is week or month, not 'year'"
run "a category" 0 "$CARREL" dump topics --keys 'Ccs.CL<CR>' --json
has "by its key" out '"category":"cs.CL"'
has "has its topics" out '"term":"hedge lattice"'
run "a category that has none" 0 "$CARREL" dump topics --keys ':category math.PR<CR>' --json
lacks "shows none" out '"term":"hedge lattice"'
run "all again" 0 "$CARREL" dump topics --keys ':category math.PR<CR>:category all<CR>r' --json
has "has it again" out '"term":"hedge lattice"'
run "an empty category" 0 "$CARREL" dump topics --keys ':category cs.ZZ<CR>'
has "is told, too" out "'cs.ZZ'"
run "a category that is not there" 4 "$CARREL" dump topics cs.ZZ
run "nothing to stop" 0 "$CARREL" dump topics --keys 'x'
has "is said" out "nothing is being counted"
run "Enter" 0 "$CARREL" dump topics --keys '<CR>' --json
has "searches" out '"view":"search"'
has "the phrase" out '\"hedge lattice\"'
run "Enter in a category" 0 "$CARREL" dump topics cs.CL --keys '<CR>' --json
has "searches there" out '\"hedge lattice\" cat:cs.CL'
screen topics-clusters topics --keys 'v'
screen topics-clusters-wide topics --keys 'vj' --size 140x30
screen topics-clusters-linear topics --keys 'v' --linear --size 120x8
run "a cluster" 0 "$CARREL" dump topics cs.CL --keys 'v<CR>' --json
has "is searched for by its phrases" out '"query":"(\"'
has "in its days" out 'date:2026-02-02..2026-03-01 cat:cs.CL'
run "phrases again" 0 "$CARREL" dump topics --keys 'vv' --json
has "are those from before" out '"term":"tidal loom"'
run "clusters of few papers" 0 "$CARREL" dump topics hep-th --keys 'v'
has "say why there are none" out "fewer than 40 make no"
run "by number" 0 "$CARREL" dump library --keys '4' --json
has "is that view" out '"view":"topics"'
run "by name" 0 "$CARREL" dump library --keys ':topics<CR>' --json
has "is it, too" out '"view":"topics"'
run "by name, in a category" 0 "$CARREL" dump library --keys ':topics cs.CL<CR>' --json
has "is that category" out '"category":"cs.CL"'
run "with an option" 0 "$CARREL" dump library --keys ':topics --limit 1<CR>' --json
has "is the command" out '"view":"answer"'
run "JSON of it" 0 "$CARREL" dump topics --json
same "is valid" 1 "$(sqlite3 :memory: "SELECT json_valid(CAST(readfile('$T/out') AS TEXT))")"
terms() { sqlite3 :memory: "SELECT json_extract(value, '\$.term', '\$.weight', '\$.since', '\$.counts') FROM json_each(CAST(readfile('$1') AS TEXT), '\$.items')"; }
"$CARREL" topics --json --limit 100 >"$T/said"
has "has topics" out '"term":"tidal loom"'
same "is what the command says" "$(terms "$T/said")" "$(terms "$T/out")"
finish
