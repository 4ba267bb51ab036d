# Peers at the desk: where they stand in Harvest, S, the command, and what comes in while the desk is open.
. "$(dirname "$0")/lib.sh"
unset CARREL_CLOCK # of lib.sh: nothing would ever be due again
mkdir "$T/stick"
config=$XDG_CONFIG_HOME/carrel/config
settings() { # BACKGROUND EVERY
    printf '[harvest]\n    background = %s\n[source "arxiv"]\n    enabled = false\n[source "hf"]\n    kind = huggingface\n    enabled = false\n[peer "stick"]\n    url = %s\n    every = %s\n[peer "away"]\n    url = %s\n' "$1" "$T/stick" "$2" "$T/away" >"$config"
}
other() { "$CARREL" -q -L "$T/other" --config "$config" "$@"; }
settings false 1h
# Times and names of folders are not the program's own.
masked() { sed -E "s/[0-9]{2}:[0-9]{2}:[0-9]{2}/12:00:00/g; s#$T#/media#g; s/ +/ /g; s/─+/-/" "$T/out"; }
shown() {
    name=$1
    shift
    "$CARREL" dump "$@" >"$T/out" 2>"$T/err" </dev/null || bad "$name" "$(cat "$T/err")"
    masked >"$T/masked"
    [ -z "${UPDATE:-}" ] || cp "$T/masked" "$EXPECTED/$name"
    if cmp -s "$T/masked" "$EXPECTED/$name"; then good "$name"; else bad "$name" "$(diff "$EXPECTED/$name" "$T/masked")"; fi
}
run "Harvest" 0 "$CARREL" dump harvest --size 100x24
has "has the peers" out "Peers"
has "that were never met" out "never"
printf 'harvest\nj\n' >"$T/lines"
run "line by line" 0 sh -c '"$1" --linear <"$2"' - "$CARREL" "$T/lines"
has "a peer is told as what it is" out "peer away, due, last exchange never, next now,"
run "one exchange" 0 "$CARREL" -q sync --peer stick
run "one that fails" 3 "$CARREL" -q sync --peer away
shown harvest-peers harvest --size 200x24 --keys 'j'
run "as data" 0 "$CARREL" dump harvest --json
has "where one stands" out '"peers":[{"name":"stick","state":"done"'
has "and the other" out '{"name":"away","state":"failed"'

command -v tmux >/dev/null || { echo "ok - tmux is not here # SKIP"; finish; }
settings true 1s
tm -f /dev/null new-session -d -s t -x 110 -y 30 "sh"
tm send-keys -t t "PS1='prompt> '; export CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME; $CARREL; echo left \$?" Enter
see "the desk opens" "Today"
tm send-keys -t t 2
see "the Library" "Library"
echo '{"id":"arxiv:2601.00002","title":"Parks from elsewhere","authors":["Bo Ek"],"published":"2026-01-02"}' >"$T/two.jsonl"
other import "$T/two.jsonl" >/dev/null
other sync --peer stick >/dev/null
tm send-keys -t t ":sync --peer stick" Enter
see "what came in is shown" "Parks from elsewhere"
tm send-keys -t t 7
see "Harvest" "Peers"
tm send-keys -t t Q
see "leaves" "left 0"
tm kill-server
run "the jobs" 0 "$CARREL" jobs list --json
has "are of the peer" out '"kind":"peer"'
finish
