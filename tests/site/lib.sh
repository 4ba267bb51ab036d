# Shared by the tests of pages: what tests of commands share, and a browser. Sourced.
. "$(dirname "$0")/../cli/lib.sh"
# Debian's own: that is the one python3-selenium belongs to.
PYTHON=/usr/bin/python3
[ -x "$PYTHON" ] || PYTHON=python3
have_browser() { command -v chromium >/dev/null && command -v chromedriver >/dev/null && "$PYTHON" -c 'import selenium' 2>/dev/null; }
# Ends the test where there is none; root has it installed first.
need_browser() {
    have_browser && return
    [ "$(id -u)" -ne 0 ] || sh deploy/packages.sh browser >&2
    have_browser && return
    echo "ok - $1 # SKIP there is no Chromium: apt-get install chromium chromium-driver python3-selenium"
    exit 0
}
# What pages are tested on: the starter library, hostile papers, tables of results, feeds, samples.
site_library() {
    cat data/starter.jsonl >"$T/papers.jsonl"
    cat >>"$T/papers.jsonl" <<'X'
{"id":"arxiv:2401.90001","title":"On scriptomania","abstract":"\u2028 \u2029 ]]> ' \" \\ end","authors":["Eve"],"published":"2024-01-05","url":"javascript:alert(4)","code_urls":["https://example.org/?a=1&b=<c>"],"categories":["cs.CR"]}
{"id":"arxiv:2401.90002","title":"Schr\\\"odinger, Erd{\\H{o}}s and $\\alpha^2$-divergence of Newton's x_{1} \\textbf{state-of-the-art} \\o rsted","abstract":"na\u00efve co\u00f6peration \ufb01nite \u00bd Stra\u00dfe \u0141ukasz \u65e5\u672c\u8a9e \ud55c\uad6d\uc5b4 \u0939\u093f\u0928\u094d\u0926\u0940 soft\u00adhyphen zero\u200bwidth \ud835\udc65\ud835\udfd9 \u0130stanbul \u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2 don't it\u2019s \\% \\alpha_\\beta \\'Edgar \\c{c}a c\\'ed\\'e \u2460 \u2167 agreed feed skies flies caresses hopping falling fizzed relational conditional digitizer vietnamization formality sensibilities hopefulness electrical adjustment effective roll controlling probate rate cease","authors":["Jos\u00e9 \u00d8rsted","O'Brien"],"published":"2024-01-06"}
{"id":"doi:10.1145/3411764.3445000","doi":"10.1145/3411764.3445000","title":"constructor prototype __proto__ toString","abstract":"hasOwnProperty valueOf constructor","published":"2024-01-07"}
{"title":"A paper without a date or an author"}
{"id":"doi:10.1000/q?a#b","doi":"10.1000/q?a#b","title":"\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645","abstract":"An odd DOI.","published":"1970"}
X
    # A title as long as a page.
    awk 'BEGIN { printf "{\"title\":\"Endless"; for (i = 0; i < 300; i++) printf " lantern%s", i % 3 ? "" : "lanternlantern"; print "\",\"published\":\"2024-01-08\"}" }' >>"$T/papers.jsonl"
    "$CARREL" -q import "$T/papers.jsonl" >/dev/null 2>&1
    "$CARREL" -q import --format pwc tests/fixtures/evaluation-tables.json >/dev/null 2>&1
    "$CARREL" -q query add vision 'cat:cs.CV'
    "$CARREL" -q query add '<i>odd</i>&amp;' 'attention'
    "$CARREL" -q query add nothing 'title:zzzzzzz'
    "$CARREL" -q tag toread arxiv:1706.03762
    "$CARREL" -q note arxiv:1706.03762 'a private thought'
    # An import takes markup out of titles; whatever else writes into a library may not.
    sqlite3 "$CARREL_LIBRARY/library.db" "UPDATE work_text SET title = '<img src=x onerror=alert(1)> on scriptomania </script><script>alert(2)</script>',
        abstract = char(34) || '><script>alert(3)</script>' || abstract, authors = '<b>Eve</b>' WHERE title = 'On scriptomania'"
    sqlite3 "$CARREL_LIBRARY/library.db" "INSERT INTO sample SELECT w.id, 'huggingface', 'upvotes', w.key, 20500 + d.value, d.value * (w.id % 7 + 1)
        FROM work w, generate_series(0, 12) d WHERE w.id < 40"
}
