# The tour (tour/steps): from a question in plain words to a passage, the paper, its figure and page, what it
# cites, its code and the commit of its day, and all the way back; one session of the real program at 80x24.
. "$(dirname "$0")/lib.sh"
command -v tmux >/dev/null || { echo "ok - tmux is not here # SKIP"; exit 0; }
GITMAKER="$(dirname "${REPLAY:?}")/gitmaker"
. "$(dirname "$0")/tour/library.sh"
CARREL_LIBRARY=$T/tour # without the fixture's papers
tour_library "$T" >"$T/err" 2>&1 || bad "the library of the tour" "$(cat "$T/err")"

# miss NAME TEXT: up to ten seconds for it to have left the screen.
miss() {
    n=0
    while tm capture-pane -p -t t | grep -qF -- "$2" && [ $n -lt 100 ]; do
        n=$((n + 1))
        sleep 0.1
    done
    if [ $n -lt 100 ]; then good "$1"; else bad "$1" "'$2' is still on:" "$(tm capture-pane -p -t t)"; fi
}
# colours NAME: soon there are many of them on the screen, as only a picture has.
colours() {
    n=0
    until [ "$(tm capture-pane -ep -t t | grep -o '48;[0-9;:]*m' | sort -u | wc -l)" -gt 8 ] || [ $n -eq 100 ]; do
        n=$((n + 1))
        sleep 0.1
    done
    if [ $n -lt 100 ]; then good "$1"; else bad "$1" "$(tm capture-pane -ep -t t)"; fi
}
# The last commit that was there on the day of the paper, as the library tells it.
commit=$("$CARREL" -q repo "$TOUR_CODE" log --at "$TOUR_PAPER" --limit 1 2>"$T/err" | awk '{ print $2 "  " substr($1, 1, 8), $3, $4, $5, $6 }')
same "the paper's commit is of the days before it" "2024-01-17 Ben Frost Slower wick" "$(echo "$commit" | awk '{ print $1, $3, $4, $5, $6 }')"
commit=$(echo "$commit" | cut -d ' ' -f 1-3)

tm -f /dev/null new-session -d -s t -x 80 -y 24 \
    "CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME TERM=tmux-256color $CARREL; echo left \$?; read -r _"
see "the desk opens" "Why moths love reading rooms"
while IFS='|' read -r name keys seen gone; do
    case $name in '' | '#'*) continue ;; esac
    press "$keys"
    see "$name" "$seen"
    [ -z "$gone" ] || miss "$name: nothing else" "$gone"
    case $name in
    4-figure | 5-page) colours "$name: a picture" ;;
    10-* | 11-* | 12-* | 13-*) see "$name: at the paper's commit" "$commit" ;;
    esac
done <"$(dirname "$0")/tour/steps"
press Q
see "and leaves" "left 0"
tm kill-server
finish
