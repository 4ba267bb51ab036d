# How the desk feels in a real terminal: palette, panes, themes, mouse, paste, links, and that all of it is put back.
. "$(dirname "$0")/lib.sh"
command -v tmux >/dev/null || { echo "ok - tmux is not here # SKIP"; exit 0; }

# Screens without a terminal.
screen palette library --keys '<C-p>'
screen palette-typed library --keys '<C-p>attgar'
screen palette-command library --keys '<C-p>mark sta'
screen palette-narrow library --keys '<C-p>topics' --size 60x20
run "a paper by some of its letters" 0 "$CARREL" dump library --keys '<C-p>qhed<CR>' --json
has "opens" out '"view":"paper"'
has "that one" out 'Quantum Hedgehogs'
run "a room" 0 "$CARREL" dump library --keys '<C-p>analytics<CR>' --json
has "is gone to" out '"view":"analytics"'
run "a command that wants words" 0 "$CARREL" dump library --keys '<C-p>query<CR>'
has "is put into the prompt" out ':query'
run "Tab puts it there, too" 0 "$CARREL" dump library --keys '<C-p>mark star<Tab>'
has "to be changed" out ':mark star'
run "what nothing is called like" 0 "$CARREL" dump library --keys '<C-p>xqzzy<CR>'
has "is told" out 'nothing is called like that'
run "Esc leaves everything as it was" 0 "$CARREL" dump library --keys '<C-p>topics<Esc>' --json
has "the library" out '"view":"library"'
"$CARREL" -q query add gardens 'garden'
"$CARREL" -q tag toread arxiv:2401.00001
run "a feed" 0 "$CARREL" dump library --keys '<C-p>gardens<CR>' --json
has "by its query" out '"query":"garden"'
run "a tag" 0 "$CARREL" dump library --keys '<C-p>toread<CR>' --json
has "searches for it" out '"query":"tag:toread"'

for size in 60x20 80x24 200x60; do
    screen "three-$size" library --keys ':layout three<CR>j' --size $size
done
run "a list and its paper" 0 "$CARREL" dump library --keys ':layout three<CR>' --size 140x24
has "beside each other" out "unread"
run "nothing is found" 0 "$CARREL" dump library --keys ':layout three<CR>jj:search "no such phrase"<CR>' --size 140x24
has "which is told in the list" out "Nothing found"
lacks "and no paper stands beside it" out "unread"
"$CARREL" dump library --keys ':layout three<CR>:search "no such phrase"<CR>y' --size 140x24 >"$T/out"
has "nothing is copied, and that is said" out "no paper is at hand here"
"$CARREL" dump library --keys ':search "no such phrase"<CR>o' --size 140x24 >"$T/out"
has "nor opened" out "no paper is at hand here"
screen layout-one library --keys ':layout one<CR>'
run "no such layout" 0 "$CARREL" dump library --keys ':layout four<CR>'
has "is told" out "no layout 'four': one, two or three panes"
run "no such theme" 0 "$CARREL" dump library --keys ':theme drak<CR>' --size 200x20
has "names those there are" out "no theme 'drak': there are auto, dark, light, high-contrast, terminal"
run "themes are completed" 0 "$CARREL" dump library --keys ':theme <Tab>'
has "by name" out "auto  dark  high-contrast  light  terminal"
run "a theme by the settings" 0 "$CARREL" -c ui.theme=light dump library --svg
has "paints its ground" out 'height="100%" fill="#fbfaf7"'
run "a theme of the configuration that is none" 0 "$CARREL" -c ui.theme=nosuch dump library --json
has "is told, and the desk opens" out "ui.theme: no theme 'nosuch'"
mkdir -p "$XDG_CONFIG_HOME/carrel/themes"
printf '[styles]\ntitle redish\n' >"$XDG_CONFIG_HOME/carrel/themes/mine"
run "a theme of one's own that is wrong" 0 "$CARREL" -c ui.theme=mine dump library --json
has "is told with its line" out "themes/mine:2: no colour 'redish'"
printf '[styles]\nnormal #102030 on #f0e0d0\n' >"$XDG_CONFIG_HOME/carrel/themes/mine"
run "and works when it is right" 0 "$CARREL" -c ui.theme=mine dump library --svg
has "with its colours" out 'fill="#f0e0d0"'
run "help finds what is asked for" 0 "$CARREL" dump library --keys ':help :palette<CR>'
has "and goes there" out ':palette (<C-p>) finds commands'
run "help as it is typed" 0 "$CARREL" dump help --keys '/sidebar'
lacks "and goes there" out 'carrel: keys, commands, queries'

screen keys-begun library --keys 'g' --size 120x10
run "hints name keys as they are bound" 0 "$CARREL" -c 'keys.library.bind=W mark read' -c 'keys.library.bind=r sort' dump library
has "the new one" out 'W read  s star'
run "without hints" 0 "$CARREL" -c ui.hints=false dump library
lacks "the last line is empty" out 's star'

# Keys that collide.
cp "$XDG_CONFIG_HOME/carrel/config" "$T/settings"
printf '[keys "global"]\n    bind = Z redraw\n    bind = X nosuch\n' >>"$XDG_CONFIG_HOME/carrel/config"
run "keys that collide" 0 "$CARREL" dump library --size 120x24
has "are counted" out '3 of your keys do not do what they say: :keys tells which'
run "and named" 0 "$CARREL" dump library --keys ':keys<CR>' --size 120x60
sed 's/.*│ *//' "$T/out" | tr -s ' \n' '  ' >"$T/flat" # where lines break depends on the folder's name
has "both of them, with the line" flat "Z in [global], 'redraw' ($XDG_CONFIG_HOME/carrel/config:4), leaves ZZ"
has "and what is no command" flat "config:5: there is no command 'nosuch' for X"
run "the same by command" 1 "$CARREL" config --check
has "in lines" out "leaves ZZ unreachable: 'quit' (carrel's own)"
cp "$T/settings" "$XDG_CONFIG_HOME/carrel/config"
cat >>"$XDG_CONFIG_HOME/carrel/config" <<'X'
[keys "library"]
    bind = <Foo> sort
    bind = Ctrl-y sort
    bind = f5 sort
    bind = <f6> :sort
    bind = <c-Y> :mark later
    bind = W mark reed
    bind = W mark later
    bind = W mark reed
    bind = W mark later
X
run "keys that are none" 1 "$CARREL" config --check
has "are told with those that are" out "there is no key <Foo>: there are <CR> <Esc> <Space>"
has "Control is written so" out "the key is written <C-y>"
has "a key with a name, too" out "the key is written <F5>"
lacks "a colon before the command is taken" out ":sort"
lacks "as are names in small letters" out "<c-Y>"
has "a word that the command has not" out "'mark reed' for W: 'reed' is none of unread, read, later"
same "a line is told once" "" "$(sort "$T/out" | uniq -d)"
printf '[ui]\n    layuot = three\n    hints = perhaps\n[keys "library"]\n    bnid = X sort\n[hook "x"]\n    colour = 1\n' >"$XDG_CONFIG_HOME/carrel/config"
run "settings that are wrong" 1 "$CARREL" config --check
same "are told all at once" "config:2: ui.layuot = three: no such setting; did you mean ui.layout?
config:3: ui.hints = perhaps: must be true or false
config:5: keys.library.bnid = X sort: no such setting; did you mean keys.library.bind?
config:7: hook.x.colour = 1: no such setting (see 'carrel help config')" "$(sed 's|^/.*/config:|config:|' "$T/out")"
has "and counted" err "4 things to put right in the settings"
run "another command" 2 "$CARREL" paths
has "tells the first, and that there are more" err "did you mean ui.layout? (and 3 more; carrel config --check tells all)"
printf '' >"$T/none.token"
cat >"$XDG_CONFIG_HOME/carrel/config" <<X
[webhook "site"]
    url = https://example.org/carrel/
[peer "empty"]
    url = https://example.org
    token-file = $T/none.token
[peer "gone"]
    url = https://example.org
    token-file = $T/no.token
[peer "bare"]
    url = https://example.org
X
run "webhooks and peers that cannot work" 1 "$CARREL" config --check
has "one without a secret" out "webhook.site.secret-file is not set"
has "one whose file holds no token" out "peer.empty: $T/none.token holds no token"
has "one whose file is not there" out "peer.gone: cannot open $T/no.token: No such file"
has "one without a file" out "peer.bare: https://example.org needs a token"
has "are counted with the rest" err "4 things to put right in the settings"
cp "$T/settings" "$XDG_CONFIG_HOME/carrel/config"
run "nothing to complain of" 0 "$CARREL" config --check

# A terminal.
mouse() { tm send-keys -t t -l "$(printf '\033[<%d;%d;%d%s' "$1" "$2" "$3" "${4:-M}")"; }
# row TEXT: the line of the screen that has it, from 1, once it is there.
row() { wait_for "$1" && settle && tm capture-pane -p -t t | grep -nF -- "$1" | head -n 1 | cut -d : -f 1; }
look() { tm capture-pane -e -p -t t; }
printf '#!/bin/sh\necho "$1" >%s/opened\n' "$T" >"$T/browser"
chmod +x "$T/browser"
tm -f /dev/null new-session -d -s t -x 120 -y 30 "sh"
tm set-option -s focus-events on
tm send-keys -t t "PS1='prompt> '; export CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME BROWSER=$T/browser TERM=xterm-256color; printf '\033]2;before\a'; $CARREL" Enter
see "the desk opens" "Quantum Hedgehogs"
same "the window is called" "Today - carrel" "$(tm display -p -t t '#{pane_title}')"
tm send-keys -t t ":layout three" Enter
see "three panes" "Records behind it"
tm send-keys -t t j
wait_for "2/5"
see "the paper beside follows" "arxiv:2402.00002"
tm send-keys -t t ":mark star" Enter
see "a key is told" "the key for :mark star is s"
tm send-keys -t t ":mark star" Enter
unseen "once" "the key for :mark star"
tm send-keys -t t ":theme hi" Tab
wait_for ":theme high-contrast"
inked "a theme is shown before it is chosen" "48;5;226m"
tm send-keys -t t Escape
not_inked "and taken off again" "48;5;226m"
tm send-keys -t t ":theme light" Enter
see "a theme is chosen" "dark letters on a light ground"

# The mouse.
at=$(row "Small Gardens")
mouse 0 40 "$at"
see "a click goes to a row" "3/5"
mouse 0 40 "$at" m
mouse 0 40 "$at"
see "a second one opens it" "Paper: arxiv:2401.00001"
at=$(row "code        http")
mouse 0 40 "$at"
n=0
until [ -e "$T/opened" ] || [ $n -eq 100 ]; do
    n=$((n + 1))
    sleep 0.1
done
has "a link is followed" opened "https://github.com/example/garden"
mouse 2 40 5
see "the right button goes back" "3/5"
mouse 65 40 5
see "the wheel moves the list" "5/5"
mouse 0 4 "$(row " Library")"
see "a feed is opened" "carrel  Library"
edge() { tm capture-pane -p -t t | sed -n 4p | sed 's/│.*//' | wc -m; }
settle
before=$(edge)
mouse 0 "$before" 4
mouse 32 31 4
mouse 0 31 4 m
settle
same "an edge is dragged" 31 "$(edge)"
hint=$(tm capture-pane -p -t t | tail -n 1)
mouse 0 "$(($(printf %s "${hint%%\? help*}" | wc -m) + 2))" 30
see "a hint is pressed" "carrel: keys, commands, queries"
tm send-keys -t t q
settle
mouse 0 3 1
see "the bar opens the palette" "commands, rooms, feeds, tags, papers"
mouse 0 40 5
settle
tm send-keys -t t ":mouse off" Enter
see "the mouse is let go" "the mouse is the terminal's"
same "in the terminal, too" "0" "$(tm display -p -t t '#{mouse_any_flag}')"
tm send-keys -t t C-z
wait_for "Stopped" || wait_for "prompt>"
tm send-keys -t t "fg" Enter
see "back from a stop" "carrel  Library"
same "it is still the terminal's" "0" "$(tm display -p -t t '#{mouse_any_flag}')"
tm send-keys -t t ":mouse on" Enter
wait_for "the mouse is carrel's"
same "and carrel's again" "1" "$(tm display -p -t t '#{mouse_any_flag}')"

# Pasting and looking elsewhere.
printf 'small\ngardens\n' >"$T/pasted"
tm load-buffer -b one "$T/pasted"
tm send-keys -t t gg
tm paste-buffer -p -b one -t t
see "a paste is no command" "a paste is no command"
tm send-keys -t t /
sleep 0.3
tm paste-buffer -p -b one -t t
see "a paste into a prompt is a line" "/small gardens"
tm send-keys -t t Enter
see "and is searched for" "Search: small gardens"
bright="48;5;24m carrel"
tm send-keys -t t -l "$(printf '\033[I')" # nobody has attached this window, which counts as looking elsewhere
inked "looked at, the bar is bright" "$bright"
tm send-keys -t t -l "$(printf '\033[O')"
not_inked "not looked at, it is dim" "$bright"
tm send-keys -t t -l "$(printf '\033[I')"
inked "looked at again" "$bright"

# Everything comes back, and what was chosen is there.
tm send-keys -t t Q
see "leaves" "prompt>"
same "no mouse is left" "0" "$(tm display -p -t t '#{mouse_any_flag}')"
tm send-keys -t t "clear; $CARREL" Enter
see "three panes are remembered" "Records behind it"
look >"$T/out"
has "and the theme" out "48;5;231m"
same "and the edge" 31 "$(edge)"
tm resize-window -t t -x 60 -y 20
see "at 60x20 the paper lies below" "1/5"
pid=$(tm list-panes -t t -F '#{pane_pid}')
desk=$(pgrep -P "$pid" -f carrel | head -n 1)
crash "$desk"
see "a crash gives the shell back" "prompt>"
same "and the mouse" "0" "$(tm display -p -t t '#{mouse_any_flag}')"
tm send-keys -t t "clear; printf 'a\\\\tb'; echo fine" Enter
see "and the terminal as it was" "fine"
tm kill-server
finish
