# --remote: commands for a desk that runs in another terminal, and what comes to its socket otherwise.
. "$(dirname "$0")/lib.sh"
command -v tmux >/dev/null || { echo "ok - tmux is not here # SKIP"; exit 0; }
remote() { timeout 20 "$CARREL" --remote "$@"; }
# sockets: how many there are.
sockets() { find "$CARREL_LIBRARY/run" -name 'desk.*' 2>/dev/null | wc -l | tr -d ' '; }

run "no desk: it is told" 1 remote 'mark read'
has "in one line" err "carrel: no desk runs on $CARREL_LIBRARY; open one with: carrel"
run "nothing to run is usage" 2 remote ''

tm -f /dev/null new-session -d -s t -x 80 -y 24 "sh"
tm send-keys -t t "export CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME CARREL_CLOCK=$CARREL_CLOCK EDITOR=$T/editor SHELL=/bin/sh; $CARREL" Enter
see "a desk opens" "Quantum Hedgehogs"
n=0
while [ "$(sockets)" -ne 1 ] && [ $((n += 1)) -lt 600 ]; do sleep 0.05; done
same "and listens" 1 "$(sockets)"
same "for its user alone" "700 600" "$(stat -c %a "$CARREL_LIBRARY/run") $(stat -c %a "$CARREL_LIBRARY"/run/desk.*)"

run "a view" 0 remote 'view library'
see "is shown there" "A Report Nobody Numbered"
run "a paper, as words" 0 remote open arxiv:2401.00001
see "is opened" "Ada Lindgren"
run "a mark" 0 remote 'mark star'
has "says what it did" out "star"
same "and has done it" "$("$CARREL" search --ids is:starred)" arxiv:2401.00001
run "what prints, prints" 0 remote paths
has "to whom asked" out "$CARREL_LIBRARY/library.db"
see "and is shown there" "Answer: paths"
remote back >/dev/null
run "words keep their blanks" 2 remote tag 'two words' arxiv:2401.00001
has "and are one" err "'two words' cannot be a tag"
run "and single quotes" 0 remote tag "'two'" arxiv:2401.00001
"$CARREL" show arxiv:2401.00001 --json >"$T/out"
has "which are the tag's" out "\"'two'\""
"$CARREL" -q untag "'two'" arxiv:2401.00001
run "a thought is taken as it stands" 0 remote jot 'see "lamps", p. 3' arxiv
has "into the note" out "noted on 1 paper"
same "quotes and all" 1 "$("$CARREL" show --json arxiv:2401.00001 | grep -cF 'see \"lamps\", p. 3 arxiv')"
"$CARREL" -q undo
run "so is a query" 0 remote search 'author:"del rio"'
see "with its quotes" 'author:"del rio"'
remote back >/dev/null
run "no such command is usage" 2 remote 'frobnicate'
has "and told, as in a shell" err "carrel: no command 'frobnicate'; see: carrel help"
run "no such paper" 4 remote 'mark read arxiv:9999.00001'
has "is told by the id" err "9999.00001"
run "a paper that is not here" 4 remote 'open arxiv:2401.99999'
has "is told" err "arxiv:2401.99999 is not in this library"
run "and leaves the desk where it was" 0 remote '| --as ids cat'
same "with its papers" arxiv:2401.00001 "$(cat "$T/out")"
run "back from that" 0 remote back
run "an open quote is usage" 2 remote 'tag "x'
run "no such view" 4 remote 'view nowhere'
run "a command of the command line" 2 remote 'serve'
run "a colon before it is taken" 0 remote ':back'
run "what is piped comes back, be it one line" 0 remote '| --as ids cat'
same "as it is" arxiv:2503.00003 "$(cat "$T/out")"
run "what is piped comes back" 0 remote '|--as ids cat; echo and more'
has "all of it" out "and more"
run "a program that fails" 1 remote '|echo one; echo two; exit 3'
has "with its words" out "two"
has "and its end" err "ended with 3"
run "what takes the terminal is refused" 1 remote '! ls'
has "with what to do instead" err "not from --remote: run it in a shell, or | COMMAND"
remote back >/dev/null

# A reader that has seen enough ends nothing but the answer. head: its status, behind the first line.
head_of() { { "$@" 2>"$T/err"; echo $? >"$T/status"; } | head -n 1 >"$T/out"; echo "$(cat "$T/status")$(cat "$T/err")"; }
same "one line of many" 0 "$(head_of remote '| --as ids seq 200000')"
has "is that" out 1
same "one of a search" 0 "$(head_of remote search hedgehogs)"
see "the desk has searched" "Quantum Hedgehogs"
same "none at all" 0 "$({ remote '| --as ids seq 200000' 2>"$T/err"; echo $? >"$T/status"; } | true; sleep 0.5; cat "$T/status" "$T/err")"
run "the desk goes on" 0 remote 'view library'
see "with what it is told" "A Report Nobody Numbered"

run "a long line is refused" 2 remote "$(printf '%9000s' x)"
has "by its length" err "at most 8192 bytes, not 9000"
run "two lines are none" 2 remote "mark read
quit"
socket=$(ls "$CARREL_LIBRARY"/run/desk.*)
if command -v python3 >/dev/null; then
    python3 - "$socket" >"$T/out" 2>&1 <<'X'
import os, socket, sys, time
def say(data, end=True, wait=8):
    s = socket.socket(socket.AF_UNIX); s.settimeout(wait); s.connect(sys.argv[1])
    try:
        s.sendall(data)
        if end: s.shutdown(socket.SHUT_WR)
        got = b""
        while True:
            more = s.recv(65536)
            if not more: return got
            got += more
    except OSError as e:
        return repr(e).encode()
print("nul", say(b"mark\0read").startswith(b"+\n2\n"))
print("nothing", say(b"").startswith(b"+\n2\n"))
print("latin", say(b"tag caf\xe9").startswith(b"+\n2\n"))
print("escape", say(b"tag \x1b[31m").startswith(b"+\n2\n"))
print("flood", b"at most" in say(b"x" * 200000) or b"Error" in say(b"x" * 200000))
print("half", b"no whole line" in say(b"mark re", end=False))
held = []
for i in range(40):
    s = socket.socket(socket.AF_UNIX); s.setblocking(False)
    try: s.connect(sys.argv[1]); s.send(b"m"); held.append(s)
    except OSError: pass
time.sleep(0.3)
for s in held: s.close()
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(b"view today"); s.close() # who does not wait
time.sleep(0.3)
print("after", say(b"view library").startswith(b"+\n0\n"))
X
    same "NUL, nothing, bad UTF-8, escapes, floods, half lines and crowds do no harm" \
        "nul True nothing True latin True escape True flood True half True after True" "$(tr '\n' ' ' <"$T/out" | sed 's/ $//')"
fi

# Two desks: the one opened last, or the one that is named.
tm split-window -t t "sh"
tm send-keys -t t "export CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME CARREL_CLOCK=$CARREL_CLOCK; $CARREL" Enter
n=0
while [ "$(sockets)" -ne 2 ] && [ $((n += 1)) -lt 600 ]; do sleep 0.05; done
first=${socket##*.}
run "of two desks" 0 remote 'view jobs'
see "the last opened does it" "Jobs"
run "or the one that is named" 0 env CARREL_DESK="$first" "$CARREL" --remote 'view harvest'
if tm capture-pane -p -t t.0 | grep -q Harvest; then good "does it"; else bad "does it" "$(tm capture-pane -p -t t.0)"; fi
run "a desk that is not there" 1 env CARREL_DESK=1 "$CARREL" --remote 'view harvest'
has "is told" err "no desk runs as process 1"
run "what is no process" 2 env CARREL_DESK=../x "$CARREL" --remote 'view harvest'

# One that dies leaves its socket, which is no hindrance.
second=$(ls "$CARREL_LIBRARY"/run/desk.* | grep -v "desk\.$first$")
kill -9 "${second##*.}"
while kill -0 "${second##*.}" 2>/dev/null; do sleep 0.1; done
run "a desk that has died is passed over" 0 remote 'view library'
same "and its socket goes" 1 "$(sockets)"

# A command has the terminal: who asks is told, or waits until it has ended.
tm kill-pane -t t.1
tm send-keys -t t.0 '!'
tm send-keys -t t.0 -l 'echo desk $CARREL_DESK has $CARREL_IDS'
tm send-keys -t t.0 Enter
see "a command has the terminal" "desk $first has arxiv:"
(sleep 1; tm send-keys -t t.0 Enter) &
run "who asks meanwhile waits" 0 remote 'view today'
wait $!
tm send-keys -t t.0 Enter
remote '|sleep 30' >"$T/waits" 2>&1 &
see "a command runs for who asked" "it runs; Esc ends it"
run "leaving from afar" 0 remote quit
wait $!
same "who waits for a command is told" "carrel: the desk was left before it was done" "$(cat "$T/waits")"
tm send-keys -t t.0 'echo "the desk ended with $?"' Enter
see "and the desk is left in order" "the desk ended with 0"
n=0
while [ "$(sockets)" -ne 0 ] && [ $((n += 1)) -lt 600 ]; do sleep 0.05; done
same "takes the socket along" 0 "$(sockets)"
run "and then nobody listens" 1 remote 'view today'
tm kill-server
finish
