# The tutor: ten lessons in the demo library, each passed by what is done, at the desk and line by line.
. "$(dirname "$0")/lib.sh"
run "not in a library of one's own" 0 "$CARREL" dump library --keys ':tutor<CR>'
has "but in the demo" out "they are for the demo: leave, then carrel"
export TMPDIR="$T/tmp"
mkdir "$TMPDIR"
"$CARREL" -q demo --keep --tutor paths >/dev/null 2>&1
export CARREL_LIBRARY="$(find "$TMPDIR" -maxdepth 1 -name 'carrel-demo-*')"
lesson() { run "$1" 0 "$CARREL" dump library --size 100x30 --keys "$3"; has "$1: lesson $2" out "Lesson $2 of 10"; }
lesson "begins" 1 ':tutor<CR>'
lesson "moving short of it" 1 ':tutor<CR>jj'
lesson "moving" 2 ':tutor<CR>G'
run "typed without a pause" 0 "$CARREL" dump today --size 100x30 --keys ':tutor<CR>2G'
has "it is passed as well" out "Lesson 2 of 10"
run "a row by its number" 0 "$CARREL" dump library --keys '12G' --json
has "is gone to" out '"cursor":11,'
lesson "opening" 3 ':tutor 2<CR><CR>'
lesson "searching for something else" 3 ':tutor 3<CR>/oak<CR>'
lesson "searching" 4 ':tutor 3<CR>/lanterns<CR>'
lesson "marking otherwise" 4 ':tutor 4<CR>r'
lesson "marking" 5 ':tutor 4<CR>s'
lesson "two are not several" 5 ':tutor 5<CR><Space><Space>L'
lesson "several" 6 ':tutor 5<CR><Space><Space><Space>L'
lesson "taking back" 7 ':tutor 6<CR>u'
lesson "tags" 8 ':tutor 7<CR>ttoread<CR>'
lesson "feeds" 9 ':tutor 8<CR>:query add moths moths<CR>'
lesson "reading" 10 ':tutor 9<CR>:read doi:10.5555/demo.1<CR>'
run "help" 0 "$CARREL" dump library --size 100x30 --keys ':tutor 10<CR>?'
has "ends them" out "that was the last lesson"
lacks "the strip is gone" out "Lesson 10"
"$CARREL" dump library --size 80x24 --keys ':tutor<CR>G:tutor end<CR>' >"$T/out"
same "its rows are the list's again" "1948" "$(tail -n 2 "$T/out" | head -n 1 | grep -o '1948')"
run "a lesson that there is not" 0 "$CARREL" dump library --keys ':tutor 11<CR>'
has "is named" out "a lesson from 1 to 10, not '11'"
screen tutor-strip search moths --keys ':tutor 3<CR>' --size 60x16
"$CARREL" dump library --keys ':tutor 3<CR>' --size 80x24 >"$T/out"
same "no border of the feeds in the lesson" 0 "$(tail -n 4 "$T/out" | grep -c '│')"
printf 'library\nG\nenter\ntutor end\n' | "$CARREL" --linear >"$T/out" 2>&1
lacks "a script is not taught" out "Lesson"
printf 'tutor\nlibrary\nG\nenter\ntutor next\ntutor end\n' | "$CARREL" --linear >"$T/out" 2>&1
has "unless it asks: told by lines" out "Lesson 1 of 10, Moving:"
has "and the next" out "Lesson 3 of 10, Searching:"
has "and the next without doing it" out "Lesson 4 of 10, Marking:"
command -v tmux >/dev/null || finish
tm -f /dev/null new-session -d -s t -x 80 -y 24 \
    "HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME TMPDIR=$TMPDIR $CARREL demo --tutor; echo left \$?; read -r _"
see "carrel demo --tutor begins with it" "Lesson 1 of 10, Moving"
tm send-keys -t t 2 G
see "the second" "Lesson 2 of 10"
tm send-keys -t t Q
see "leaves" "left 0"
same "only what was kept is there" 1 "$(find "$TMPDIR" -maxdepth 1 -name 'carrel-demo-*' | wc -l)"
tm kill-server
finish
