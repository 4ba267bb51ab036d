# The real program in a real terminal (tmux): keys, resize, leaving, crashing.
. "$(dirname "$0")/lib.sh"
command -v tmux >/dev/null || { echo "ok - tmux is not here # SKIP"; exit 0; }
# gone PID: until it has ended; keys that are typed before would reach a terminal still in raw mode.
gone() {
    n=0
    while kill -0 "$1" 2>/dev/null && [ $n -lt 200 ]; do
        n=$((n + 1))
        sleep 0.05
    done
}

in_shell() { n=0; until tm capture-pane -p -t t | grep -qx "prompt> *" || [ $n -ge 300 ]; do sleep 0.1; n=$((n + 1)); done; }
tm -f /dev/null new-session -d -s t -x 80 -y 24 "sh"
tm send-keys -t t "PS1='prompt> '; export CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME; stty -a >$T/before; $CARREL; stty -a >$T/after; echo left \$?" Enter
see "the desk opens" "Today"
see "papers are there" "Quantum Hedgehogs"
tm send-keys -t t /
sleep 0.3
tm send-keys -t t -l attention
see "search as you type" "1/1"
tm send-keys -t t Enter
sleep 0.2
tm send-keys -t t Enter
see "a paper opens" "Ada Lindgren"
tm send-keys -t t Escape
tm resize-window -t t -x 120 -y 30
see "resized" "Attention in Small Gardens"
tm send-keys -t t 2 Enter
see "Enter right behind a view's digit opens a paper" "A long context for a short cat"
tm send-keys -t t Q
see "leaves" "left 0"
same "terminal as before" "$(cat "$T/before")" "$(sed 's/rows [0-9]*; columns [0-9]*/rows 24; columns 80/' "$T/after")"

tm send-keys -t t "$CARREL" Enter
see "opens again" "Today"
see "and lists papers" "Quantum Hedgehogs"
pid=$(tm list-panes -t t -F '#{pane_pid}')
desk=$(pgrep -P "$pid" -f carrel | head -n 1)
crash "$desk"
gone "$desk"
tm send-keys -t t "stty -a >$T/after; echo survived" Enter
see "a crash gives the shell back" "survived"
same "with its settings" "$(cat "$T/before")" "$(sed 's/rows [0-9]*; columns [0-9]*/rows 24; columns 80/' "$T/after")"
tm send-keys -t t "$CARREL" Enter
see "opens a third time" "Today"
desk=$(pgrep -P "$pid" -f carrel | head -n 1)
kill -TERM "$desk"
gone "$desk"
tm send-keys -t t "echo 'and' again" Enter
see "SIGTERM leaves cleanly" "and again"

# Programs beside us, changes from elsewhere, and stopping under make.
cat >"$T/Makefile" <<'MAKE'
run:
	@sh -c 'exec "$$CARREL_PROGRAM"'
MAKE
printf '#!/bin/sh\nexit 3\n' >"$T/nobrowser"
printf '#!/bin/sh\necho "A thought." >"$1"\n' >"$T/editor"
chmod +x "$T/nobrowser" "$T/editor"
tm send-keys -t t "clear; set -m; export CARREL_PROGRAM=$CARREL BROWSER=$T/nobrowser EDITOR=nosuch; unset VISUAL; make -f $T/Makefile" Enter
see "opens under make" "Quantum Hedgehogs"
"$CARREL" -q query add elsewhere cat:cs.CL
see "a query of another process appears" "elsewhere"
tm send-keys -t t o
see "a browser that fails is told" "nobrowser failed (exit code 3)"
tm send-keys -t t e
see "an editor that is not there, too" "nosuch"
tm send-keys -t t gg y
see "what is copied is told" "copied arxiv:"
same "and is in tmux's buffer" "$(tm capture-pane -p -t t | sed -n 's/^copied //p' | tr -d ' ')" "$(tm show-buffer)"
tm set-option -s set-clipboard off
tm send-keys -t t y
see "as far as it goes" "into tmux's buffer only"
tm send-keys -t t C-z
see "stops with all of make" "Stopped"
tm send-keys -t t "echo shell is back; export EDITOR=$T/editor" Enter
see "the shell has the terminal" "shell is back"
tm send-keys -t t fg Enter
see "and carrel again" "Quantum Hedgehogs"
tm send-keys -t t Q
in_shell
tm send-keys -t t "clear; BROWSER=nosuch $CARREL" Enter
see "opens with an editor" "Quantum Hedgehogs"
tm send-keys -t t e
see "the note is told" "note"
tm send-keys -t t o
see "a browser that is not there is told" "cannot run nosuch"
printf '#!/bin/sh\n"%s" -q note "$(cat "%s/key")" "From a shell."\necho "From the desk." >"$1"\n' "$CARREL" "$T" >"$T/editor"
"$CARREL" search --ids has:note >"$T/key"
tm send-keys -t t e
see "a note that changes while the editor is open is told" "changed meanwhile; both texts are in it"
"$CARREL" show "$(cat "$T/key")" >"$T/note"
has "and has what was written elsewhere" note "From a shell."
has "and what was written here" note "From the desk."

# An upgrade replaces the program's file while a desk is open.
tm send-keys -t t Q
in_shell
cp "$CARREL" "$T/upgraded"
tm send-keys -t t "clear; $T/upgraded" Enter
see "a copy opens" "Quantum Hedgehogs"
printf '#!/bin/sh\nexit 7\n' >"$T/newer"
chmod +x "$T/newer"
mv "$T/newer" "$T/upgraded"
printf '#!/bin/sh\necho "After the upgrade." >>"$1"\n' >"$T/editor"
tm send-keys -t t e
see "its editor runs, though its file is another" "replaced; 'undo' brings the old one back"

# Analytics follows what others import, and knows what is clicked.
tm resize-window -t t -x 80 -y 40
tm send-keys -t t Q
in_shell
tm send-keys -t t "clear; TERM=xterm-256color $CARREL" Enter
see "opens in another terminal" "Quantum Hedgehogs"
tm send-keys -t t 0
see "analytics by its key" "Authors of all papers"
echo '{"title":"A Late Arrival","authors":["Quill Newcomb"]}' | "$CARREL" -q import - >/dev/null 2>&1
see "papers of another process are counted" "Quill Newcomb"
line=$(tm capture-pane -p -t t | grep -n "Quill Newcomb" | cut -d : -f 1)
tm send-keys -t t -l "$(printf '\033[<0;40;%dM\033[<0;40;%dm' "$line" "$line")"
sleep 0.3
tm send-keys -t t Enter
see "Enter searches for who was clicked" 'Search: author:"Quill Newcomb"'
tm send-keys -t t Q

# A step of very many papers: how far taking it back is, and Esc, which leaves it as it was.
many=30000
[ -z "${CARREL_SANITIZED:-}" ] || many=8000 # each takes many times as long
patience=600
awk -v n=$many 'BEGIN { for (i = 0; i < n; i++) printf "{\"id\":\"doi:10.1000/%d\",\"title\":\"Paper %d\",\"published\":\"2020-01-01\"}\n", i, i }' >"$T/many.jsonl"
export CARREL_LIBRARY="$T/many"
"$CARREL" -q import "$T/many.jsonl"
awk -v n=$many 'BEGIN { for (i = 0; i < n; i++) printf "doi:10.1000/%d\n", i }' | "$CARREL" -q mark later -
tm send-keys -t t "clear; CARREL_LIBRARY=$T/many $CARREL" Enter
see "the desk on it" "Today"
tm send-keys -t t u
see "how far it is, and how it is stopped" "s left; Esc"
tm send-keys -t t Escape
see "stopped" "stopped: nothing of it was done"
same "nothing was taken back" $many "$("$CARREL" -q search --ids is:later | wc -l)"
tm send-keys -t t u
see "let through" "marked later and $((many - 1)) more"
tm send-keys -t t : redo Enter
see "the other way, too" "s left; Esc"
tm send-keys -t t Escape
see "stops" "stopped: nothing of it was done"
tm send-keys -t t Q
tm kill-server
finish
