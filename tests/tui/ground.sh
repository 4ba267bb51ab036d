# The theme by the terminal's ground: it is asked, nothing waits for it, and no key is lost to the question.
. "$(dirname "$0")/lib.sh"
command -v tmux >/dev/null || { echo "ok - tmux is not here # SKIP"; exit 0; }
unset COLORFGBG
# desk STYLE WORDS...: in a terminal whose window is so; tmux answers for a ground that it knows, else it is silent.
desk() {
    on=$1
    tm kill-server 2>/dev/null
    sleep 0.3
    tm -f /dev/null new-session -d -s t -x 80 -y 24 "sleep 1000"
    tm set -g window-style "$1"
    shift
    tm respawn-pane -k -t t "COLORTERM=truecolor CARREL_CLOCK=$CARREL_CLOCK CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME $* $CARREL; echo left \$?; read -r _"
    see "the desk on $on $*" "Quantum Hedgehogs"
}
look() { tm capture-pane -e -p -t t; }
# lit NAME: the light theme is worn, within ten seconds; dim NAME: it is not, after one.
lit() {
    n=0
    until look | grep -q "48;2;251;250;247\|48;5;231m\|48;5;255m"; do
        n=$((n + 1))
        [ $n -lt 100 ] || { bad "$1" "$(look | head -n 3)"; return; }
        sleep 0.1
    done
    good "$1"
}
dim() {
    sleep 1
    if look | grep -q "48;2;251;250;247\|48;5;231m\|48;5;255m"; then bad "$1" "$(look | head -n 3)"; else good "$1"; fi
}
desk bg=white
lit "a light ground is told by the terminal"
tm send-keys -t t Q
see "leaves" "left 0"
desk bg=black
dim "a dark one"
tm send-keys -t t Q
see "leaves it" "left 0"
desk bg=black "COLORFGBG='0;15'"
dim "the terminal knows better than the environment"
desk default "COLORFGBG='0;15'"
lit "which counts where it says nothing"
desk default
dim "nothing known: dark"
tm send-keys -t t Escape
tm send-keys -t t j
see "keys are keys while it is silent" "2/5"
tm send-keys -t t -l "$(printf '\033]11;rgb:ffff/ffff/f0f0\033\\')3"
see "an answer that comes late, and a key right behind it" "carrel  Search"
lit "counts"
tm capture-pane -p -t t >"$T/out"
lacks "nothing of it is a key" out "is not bound here"
desk default
tm send-keys -t t -l "$(printf '\033]1')2"
see "what only begins like one is keys" "carrel  Library"
tm send-keys -t t -l "$(printf '\033]11;rgb:ffff/')"
sleep 0.2
tm send-keys -t t G
see "a key within one is a key" "5/5"
tm send-keys -t t ":theme high-contrast" Enter
see "another theme" "high-contrast: "
tm send-keys -t t -l "$(printf '\033]11;rgb:ff/ff/ff\a')"
dim "stays what it is"
tm send-keys -t t ":theme auto" Enter
lit "until auto is asked for"
tm kill-server
finish
