# The manual: every row of the tables is on its page, and neither man nor mandoc has anything to complain about.
. "$(dirname "$0")/lib.sh"
for p in carrel config query api; do
    run "page $p" 0 "$CARREL" help --man $p
    cp "$T/out" "$T/page.$p"
    has "page $p says its name" "page.$p" ".SH NAME"
    if command -v mandoc >/dev/null; then
        same "mandoc finds nothing in $p" "" "$(mandoc -Tlint -W style "$T/page.$p" 2>&1 | grep -v 'referenced manual not found')"
    else
        echo "ok - mandoc is not here # SKIP"
    fi
    if command -v man >/dev/null && command -v groff >/dev/null; then
        same "man has no warnings about $p" "" "$(man -l --warnings -Tutf8 "$T/page.$p" 2>&1 >/dev/null)"
    else
        echo "ok - man is not here # SKIP"
    fi
done
run "no such page" 2 "$CARREL" help --man nothing
same "the first is what it was" "$(cat "$T/page.carrel")" "$("$CARREL" help --man)"
same "the same on any day, whatever the settings" "$(cat "$T/page.carrel")" "$(CARREL_CLOCK=2020-01-01T00:00:00Z "$CARREL" -c keys.global.bind='X quit' help --man)"

# Tables are read here as they stand in the source, so that a row without its words on the page is noticed.
plain() { sed -e 's/\\(dq/"/g; s/\\(aq/'"'"'/g; s/\\(ga/`/g; s/\\(ha/^/g; s/\\(ti/~/g; s/\\-/-/g; s/\\e/\\/g; s/\\&//g; s/\\f[BIR]//g' "$T/page.$1"; }
for p in carrel config query api; do plain $p >"$T/$p.plain"; done
# missing PAGE: which lines of standard input are no line of the page.
missing() { grep -vxF -f "$T/$1.plain" | tr '\n' ' '; }
rows() { sed -n "$1" "$2" | sort -u; }
source=src/app
same "all commands" "" "$(rows 's/^    { "\([a-z]*\)", *".*/\1/p' $source/commands.c | while read -r c; do
    grep -qE "^\.SS carrel $c( |\$)" "$T/carrel.plain" || echo "$c"; done)"
same "and there are some" yes "$([ "$(grep -c '^\.SS carrel ' "$T/carrel.plain")" -gt 40 ] && echo yes)"
same "all their options" "" "$(rows 's/^    { "\(--[a-z-]*\)", .*/\1/p' $source/commands.c | while read -r o; do
    grep -qE "^$o( |\$)" "$T/carrel.plain" || echo "$o"; done)"
same "all global options" "" "$("$CARREL" help | sed -n '/^Options/,$s/^  \(-[^ ]*\).*/\1/p' | while read -r o; do
    grep -qF -e "$o" "$T/carrel.plain" || echo "$o"; done)"
same "all keys" "" "$(sed -n 's/^\([^#[ ][^ ]*\)  *[a-z].*/\1/p' data/keys | sort -u | missing carrel)"
same "all of the desk's commands" "" "$(rows 's/^    { "\([a-z!|-]*\)", .*do_[a-z_]* },*$/\1/p' src/ui/actions.c | missing carrel)"
same "all settings" "" "$(rows 's/^    { "\([a-z*-]*\.[a-z.*-]*\)", CONFIG.*/\1/p' $source/options.c | sed 's/.*\.//' | sort -u | while read -r o; do
    grep -qE "^$o( |\$)" "$T/config.plain" || echo "$o"; done)"
same "each in its section" "$(rows 's/^    { "\([a-z*-]*\.[a-z.*-]*\)", CONFIG.*/\1/p' $source/options.c | wc -l)" "$(grep -c '^\.TP' "$T/config.plain" | awk '{ print $1 - 1 }')"
same "all fields of queries" "" "$(sed -n '/field_table\[\]/,/^};/p' src/search/query_fields.c | grep -o '{ "[a-z]*"' | cut -d'"' -f2 | while read -r f; do
    grep -qE "(^|[ ,])$f:" "$T/query.plain" || echo "$f"; done)"
same "each with words" "" "$(awk '/^\.SH FIELDS/ { on = 1 } /^\.SH SEE/ { on = 0 } on && /^\.TP/ { getline name; getline words; if (words ~ /^\.|^$/) print name }' "$T/query.plain")"
same "all routes" "" "$(cat src/http/routes_*.c | grep -oE '^    \{ "(GET|POST|PUT|DELETE|PATCH)", "[^"]*"' | cut -d'"' -f2,4 | tr '"' ' ' | while read -r r; do
    grep -qxF ".SS $r" "$T/api.plain" || echo "$r"; done)"
same "as many as there are" "$("$CARREL" serve --describe openapi | grep -o '"operationId"' | wc -l)" "$(grep -c '^\.SS ' "$T/api.plain")"
finish
