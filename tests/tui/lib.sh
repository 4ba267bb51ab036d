# Shared by the desk's tests: the fixture library, and screens compared with stored ones.
# UPDATE=1 stores what is drawn now (look at it before committing).
. "$(dirname "$0")/../cli/lib.sh"
# A desk with a terminal would harvest what is due.
mkdir -p "$XDG_CONFIG_HOME/carrel"
printf '[harvest]\n    background = false\n' >"$XDG_CONFIG_HOME/carrel/config"
"$CARREL" import tests/fixtures/papers.jsonl >/dev/null 2>&1
EXPECTED=$(dirname "$0")/expected

# screen NAME ARGUMENTS OF DUMP...
screen() {
    name=$1
    shift
    "$CARREL" dump "$@" >"$T/out" 2>"$T/err" </dev/null || bad "$name" "$(cat "$T/err")"
    [ -z "${UPDATE:-}" ] || cp "$T/out" "$EXPECTED/$name"
    if cmp -s "$T/out" "$EXPECTED/$name"; then good "$name"; else bad "$name" "$(diff "$EXPECTED/$name" "$T/out")"; fi
}

# A terminal: tmux with a window "t". tm: tmux itself.
tm() { tmux -S "$T/tmux" "$@"; }
# wait_for TEXT: up to thirty seconds (or $patience tenths) for it to be on the screen; with match=-E, TEXT is a pattern.
wait_for() {
    n=0
    until tm capture-pane -p -t t | grep -q "${match:--F}" -- "$1"; do
        n=$((n + 1))
        [ $n -lt "${patience:-300}" ] || return 1
        sleep 0.1
    done
}
# unseen NAME TEXT: within thirty seconds it is no longer on the screen.
unseen() {
    n=0
    while tm capture-pane -p -t t | grep -q "${match:--F}" -- "$2" && [ $n -lt 300 ]; do
        sleep 0.1
        n=$((n + 1))
    done
    if [ $n -lt 300 ]; then good "$1"; else bad "$1" "'$2' is still on:" "$(tm capture-pane -p -t t)"; fi
}
# inked NAME TEXT, not_inked NAME TEXT: the screen with its colours has it, or has it no longer, within thirty seconds.
inked() {
    n=0
    until tm capture-pane -e -p -t t | grep -qF -- "$2" || [ $n -ge 300 ]; do sleep 0.1; n=$((n + 1)); done
    if [ $n -lt 300 ]; then good "$1"; else bad "$1" "no '$2' on:" "$(tm capture-pane -e -p -t t)"; fi
}
not_inked() {
    n=0
    while tm capture-pane -e -p -t t | grep -qF -- "$2" && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done
    if [ $n -lt 300 ]; then good "$1"; else bad "$1" "'$2' is still on:" "$(tm capture-pane -e -p -t t)"; fi
}
# settle: the screen has been the same for three tenths of a second.
settle() {
    was= same=0
    until [ $same -eq 3 ]; do
        is=$(tm capture-pane -e -p -t t)
        if [ "$is" = "$was" ]; then same=$((same + 1)); else was=$is same=0; fi
        sleep 0.1
    done
}
# crash PID: a fault in a desk that has nothing to do. In a thread that is just beginning, ThreadSanitizer cannot stand the
# handler of a signal (there is no state of the thread yet), and the process ends without it.
crash() {
    settle
    kill -SEGV "$1"
}
see() { if wait_for "$2"; then good "$1"; else bad "$1" "no '$2' on:" "$(tm capture-pane -p -t t)"; fi; }
# press KEYS: written as in data/keys.
press() {
    rest=$1
    while [ -n "$rest" ]; do
        key=${rest%%>*}
        case $rest in
        "<CR>"*) tm send-keys -t t Enter ;;
        "<Esc>"*) tm send-keys -t t Escape ;;
        "<C-"?">"*) tm send-keys -t t "${key#<}" ;;
        *) key=${rest%%<*} && tm send-keys -t t -l "$key" ;;
        esac
        case $rest in "<"*) rest=${rest#*>} ;; *) rest=${rest#"$key"} ;; esac
    done
}
