# Pages as pictures: where nobody looks, in tmux with and without allow-passthrough, on terminals that answer
# questions and on poor ones.
. "$(dirname "$0")/lib.sh"
{ echo "# A page to look at"; seq 1 30 | sed 's/^/Line /'; printf '%s\n' '\f' "The second page"; } |
    LC_ALL=C awk -f tests/cli/pdf.awk >"$T/page.pdf"
PAGE=$T/page.pdf
ESC=$(printf '\033')
BLOCK=▀

# ---- no terminal ----
run "no terminal: the way must be named" 2 "$CARREL" read "$PAGE" --picture
has "and that is said" err "name the way"
run "kitty by name" 0 "$CARREL" read "$PAGE" --picture kitty --columns 20
has "pixels are sent" out "${ESC}_Ga=t,t=d,f=24,o=z,s=160,"
has "and placed on so many cells" out "c=20,r=14"
same "a line of placeholders for each row" 14 "$(grep -c "$(printf '\364\216\273\256')" "$T/out")"
run "sixel by name" 0 "$CARREL" read "$PAGE" --picture sixel --page 2
has "a picture as wide as 80 columns" out "${ESC}P0;1;0q\"1;1;640;912"
run "half blocks by name" 0 "$CARREL" read "$PAGE" --picture blocks --columns 20
same "fourteen rows of them" 14 "$(grep -c $BLOCK "$T/out")"
run "there is no third page" 1 "$CARREL" read "$PAGE" --page 3 --picture blocks
has "and that is said" err "page 3 of page.pdf"
run "nor one of a text" 1 "$CARREL" read README.md --picture blocks
run "nor in ASCII" 1 "$CARREL" --ascii read "$PAGE" --picture blocks
has "and that is said" err "--ascii"
run "a way that is none" 2 "$CARREL" read "$PAGE" --picture=png
run "columns alone" 2 "$CARREL" read "$PAGE" --columns 20
run "a setting that is none" 2 "$CARREL" -c ui.pictures=png read "$PAGE" --picture
ID=$("$CARREL" process --json "$PAGE" 2>"$T/err" | sed 's/.*"documents":\[{"id":"\([^"]*\)".*/\1/')
run "a document of the library" 0 "$CARREL" read "$ID" --picture blocks
run "completion knows the ways" 0 "$CARREL" completion words -- read --picture ''
has "sixel" out sixel


# ---- the desk without a terminal ----
run "the view of pages" 0 "$CARREL" dump page "$ID" --json
has "shows the first" out '"page":1,"pages":2,"fit":"width","zoom":100,"inverted":false,"shown_as":"blocks"'
run "a page by number" 0 "$CARREL" dump page "$ID 2" --json --keys 'W+i'
has "whole, larger, inverted" out '"page":2,"pages":2,"fit":"page","zoom":125,"inverted":true'
"$CARREL" dump page "$ID" --size 60x20 >"$T/out" 2>"$T/err"
same "eighteen rows of it" 18 "$(grep -c $BLOCK "$T/out")"
run "scrolling goes on to the next page" 0 "$CARREL" dump page "$PAGE" --size 60x20 --keys '<C-f><C-f><C-f><C-f>' --json
has "the second" out '"page":2'
run "and back to the end of the first" 0 "$CARREL" dump page "$PAGE" --size 60x20 --keys 'J<C-b>' --json
has "the first" out '"page":1'
run "in colours" 0 "$CARREL" --color always dump page "$ID" --ansi --keys i
has "dark ones" out '48;2;0;0;0'
run "as SVG" 0 "$CARREL" dump page "$ID" --svg
has "with rectangles" out 'fill="#ffffff" shape-rendering="crispEdges"'
run "a paper's own" 0 "$CARREL" dump paper "$ID" --keys gp --json
has "its first page" out '"view":"page"'
run "from a third of its height" 0 "$CARREL" dump page "$ID 2+33" --json
has "that page, from there" out '"page":2,"pages":2,"fit":"width","zoom":100,"inverted":false,"shown_as":"blocks","columns":80,"rows":57,"top":18'
run "under the document's name" 0 "$CARREL" dump page "$ID 2+50"
has "in the bar" out "Page: A page to look at"
# page NAME NUMBER KEYS: the page that they lead to.
page() {
    "$CARREL" dump page "$ID" --json --keys "$3" >"$T/out" 2>"$T/err"
    has "$1" out "\"page\":$2,"
}
page "a page before G" 1 'G1G'
page "and behind a colon" 2 ':2<CR>'
page "none so far" 1 '3G'
has "is told" out "there is no page 3: it has 2"
page "the document's end" 2 '100%'
page "and its beginning" 1 'G1%'
page "two on" 2 '2J'
run "no sidebar beside a page" 0 "$CARREL" dump page "$ID" --json
has "all columns are its" out '"columns":80,'
run "what is no height" 4 "$CARREL" dump page "$ID 2+high"
run "a page that is not there" 1 "$CARREL" dump page "$ID 3"
has "is told" err "page 3 of the document"
run "a document that is not" 4 "$CARREL" dump page arxiv:2401.00001
has "is told, too" err "there is no document of arxiv:2401.00001"
run "none at all" 2 "$CARREL" dump page
"$CARREL" --ascii dump page "$ID" >"$T/out"
has "in ASCII it is said why not" out "there are no pictures in ASCII"
"$CARREL" -c ui.pictures=off dump page "$ID" >"$T/out"
has "and when they are off" out "pictures are turned off"

# ---- terminals ----
command -v tmux >/dev/null || { echo "ok - tmux is not here # SKIP"; finish; }
tm -f /dev/null new-session -d -s t -x 100 -y 24 sh
# show STATUS NAME COMMAND...: typed on a clear screen, until it has ended.
count=0
show() {
    count=$((count + 1)) want=$1 name=$2
    shift 2
    tm send-keys -t t "clear; $*; echo $count ended \$?" Enter
    see "$name" "$count ended $want"
}
tm send-keys -t t "PS1='prompt> '; unset COLORTERM; export HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME CARREL=$CARREL; cd $T" Enter
show 0 "half blocks in tmux" "$CARREL read page.pdf --picture --columns 20"
see "of which there are some" "$BLOCK$BLOCK"
show 0 "kitty wanted" "$CARREL read page.pdf --picture kitty --columns 20"
see "tmux keeps it back: that is said" "tmux set -g allow-passthrough on"
see "and blocks are shown" "$BLOCK$BLOCK"
for term in xterm-256color tmux-256color; do
    show 0 "a terminal that is asked answers ($term)" "env -u TMUX TERM=$term $CARREL read page.pdf --picture --columns 20"
    see "and is no kitty" "$BLOCK$BLOCK"
    show 0 "no more is typed" true
    same "and nothing of its answer is left" "$count ended 0" "$(tm capture-pane -p -t t | head -n 1)"
done
show 1 "TERM=dumb" "TERM=dumb $CARREL read page.pdf --picture"
see "it is said why" "TERM=dumb) shows no pictures"
show 0 "the Linux console" "env -u TMUX TERM=linux $CARREL read page.pdf --picture --columns 20"
see "in black and white" "this terminal has 8 colours: pictures are black and white"
see "of blocks" "$BLOCK$BLOCK"
show 1 "no colours" "NO_COLOR=1 $CARREL read page.pdf --picture"
see "none without" "pictures need colours"

# ---- the desk on terminals of many kinds ----
# Behind a keyboard that is a pipe, which can also answer as a terminal does; what reaches the terminal is in
# the typescript.
mkfifo "$T/keyboard"
exec 9<>"$T/keyboard"
bytes() { grep -aoF -- "$1" "$T/typescript" | wc -l; }
# heard TEXT [TIMES]: up to ten seconds for it to be in the typescript.
heard() {
    n=0
    until [ "$(bytes "$1")" -ge "${2:-1}" ] || [ $n -gt 100 ]; do
        n=$((n + 1))
        sleep 0.1
    done
}
# desk NAME COLORTERM ANSWER SIGN [PAGES]: opens a page, answers, waits for the sign, turns the page and back if
# that gives another sign, leaves.
desk() {
    : >"$T/typescript"
    env -u TMUX TERM=xterm-256color COLORTERM="$2" script -qfc "stty rows 24 columns 100; exec $CARREL" "$T/typescript" >/dev/null <&9 &
    desk=$!
    heard Today
    printf ':page %s\r' "$ID" >&9
    heard $BLOCK # until it knows better
    printf "$3" >&9
    heard "$4"
    if [ -n "${5:-}" ]; then
        printf J >&9
        heard "$4" 2
        printf K >&9
    fi
    printf Q >&9
    wait $desk
    cp "$T/typescript" "$T/out"
    has "$1" out "$4"
    has "$1: leaves" out 'EXIT_CODE="0"'
}
desk "a terminal that says nothing" "" "" "$BLOCK$BLOCK"
lacks "in the 256 colours" out "38;2;"
desk "a terminal with all colours" truecolor "" "38;2;"
desk "a terminal with sixel" "" '\033[?62;4c' "${ESC}P0;1;0q"
lacks "is sent nothing for kitty" out "_Ga=t"
desk "kitty" "" '\033_Gi=31;OK\033\\\033[6;20;8t\033[?62;c' "${ESC}_Ga=t,t=d,f=24,o=z,s=800," twice
same "each page is sent once" 2 "$(bytes "_Ga=t")"
same "and taken back" 2 "$(bytes "a=d,d=I")"
has "between them, characters" out "$(printf '\364\216\273\256')"

# ---- answers that are late ----
# over_a_bad_line SECONDS KEY: what a terminal says so long after the question, a key before it; then what is left of
# it for whoever reads the keyboard next.
over_a_bad_line() {
    : >"$T/typescript"
    env -u TMUX TERM=xterm-256color script -qfc "stty rows 24 columns 100; $CARREL; stty raw -echo min 0 time 5; dd bs=100 count=1 2>/dev/null >$T/left" "$T/typescript" >/dev/null <&9 &
    desk=$!
    heard Today
    printf ':page %s\r' "$ID" >&9
    heard $BLOCK
    printf '%s' "$2" >&9
    sleep "$1"
    printf '\033_Gi=31;OK\033\\\033[6;20;8t\033[?62;4c' >&9
}
over_a_bad_line 6 ''
heard "a=p,U=1"
cp "$T/typescript" "$T/out"
has "an answer after six seconds counts" out "a=p,U=1"
lacks "and is not typed" out "is not bound here"
printf Q >&9
wait $desk
over_a_bad_line 0.05 Q
wait $desk
same "one that comes while one leaves is for nobody" "" "$(cat -v "$T/left")"

# ---- dark and light ----
: >"$T/typescript"
env -u TMUX TERM=xterm-256color script -qfc "stty rows 24 columns 100; exec $CARREL" "$T/typescript" >/dev/null <&9 &
desk=$!
heard Today
printf ':page %s\r' "$ID" >&9
heard $BLOCK
printf '\033_Gi=31;OK\033\\\033[6;20;8t\033[?62;4c' >&9
heard "_Ga=t"
printf i >&9
heard "_Ga=t" 2
printf 'i:page-is-light\r' >&9
heard page-is-light
printf Q >&9
wait $desk
same "inverted and back, a page is sent in both colours, once" 2 "$(bytes "_Ga=t")"

# A kitty around tmux: what reaches it is in the typescript.
infocmp xterm-256color 2>/dev/null | sed 's/^xterm-256color|/xterm-kitty|/' | tic -x -o "$HOME/.terminfo" - 2>/dev/null
for passes in off on; do
    tm set -g allow-passthrough $passes
    env -u TMUX TERM=xterm-kitty script -qfc "stty rows 24 columns 100; tmux -S $T/tmux attach -t t" "$T/kitty.$passes" >/dev/null <&9 &
    attached=$!
    n=0
    until tm list-clients -t t 2>/dev/null | grep -q kitty || [ $n -gt 50 ]; do
        n=$((n + 1))
        sleep 0.1
    done
    show 0 "within a kitty, passthrough $passes" "$CARREL read page.pdf --picture --columns 20"
    tm detach-client -s t
    wait $attached
done
tm kill-server
cp "$T/kitty.off" "$T/out"
lacks "without passthrough nothing is sent to it" out "_Ga=t"
has "but said" out "allow-passthrough on"
has "and blocks shown" out "$BLOCK"
cp "$T/kitty.on" "$T/out"
has "with it pixels are sent" out "${ESC}_Ga=t,t=d,f=24,o=z,"
has "as they are without tmux" out "m=0;"
lacks "and no wrapping is left" out "Ptmux"
has "and placeholders written" out "$(printf '\364\216\273\256')"
finish
