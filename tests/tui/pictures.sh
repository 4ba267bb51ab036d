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
name=$("$CARREL" process --json "$PAGE" 2>"$T/err" | sed 's/.*"documents":\[{"id":"\([^"]*\)".*/\1/')
run "a document of the library" 0 "$CARREL" read "$name" --picture blocks
run "completion knows the ways" 0 "$CARREL" completion words -- read --picture ''
has "sixel" out sixel

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

# A kitty around tmux: what reaches it is in the typescript.
infocmp xterm-256color 2>/dev/null | sed 's/^xterm-256color|/xterm-kitty|/' | tic -x -o "$HOME/.terminfo" - 2>/dev/null
mkfifo "$T/keyboard"
exec 9<>"$T/keyboard" # nobody types there
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
