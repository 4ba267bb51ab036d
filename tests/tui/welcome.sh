# The guided start: where carrel is new, once, at a terminal; and by :welcome, line by line, too.
. "$(dirname "$0")/lib.sh"
run "not without a terminal" 0 "$CARREL" dump today
lacks "no guided start" out "Welcome"
screen welcome welcome --size 80x16
screen welcome-fields welcome --size 100x20 --keys '<CR>learn<CR>'
screen welcome-typing welcome --size 80x12 --keys '<CR>stat th'
screen welcome-starter welcome --size 80x12 --keys '<CR><CR><Space>'
screen welcome-keys welcome --size 80x16 --keys '<CR><CR><CR>jks'
run "its end" 0 "$CARREL" dump welcome --size 120x20 --keys '<CR>cs.cl<CR><CR><CR>nnnnnnnnn<CR><CR>'
has "says what will be" out "Fields: cs.CL. They are written to"
end() { run "$1" 0 "$CARREL" dump welcome --size 120x24 --keys "<CR>$2<CR><CR>nnnnnnnnn<CR><CR>"; }
end "of computer science" 'cs.cl<CR>'
has "Hugging Face is told" out "Hugging Face's daily and trending papers are fetched beside it: [source"
end "of none" ''
has "too" out "Hugging Face's daily and trending papers are fetched beside it."
end "of mathematics" 'math.st<CR>'
lacks "it is left off" out "Hugging Face"
screen welcome-narrow welcome --size 40x10 --keys '<CR>quant<CR>'
data() { name=$1 text=$2; shift 2; "$CARREL" dump welcome --json --keys "$1" >"$T/out" 2>&1; has "$name" out "$text"; }
data "a code" '"chosen":["cs.LG"]' '<CR>cs.lg<CR>'
data "words of a name" '"chosen":["math.ST"]' '<CR>statist theory<CR>'
data "letters in their order are a guess" '"chosen":[]' '<CR>mchlrn<CR>'
data "of which one is chosen by hand" '"chosen":["cs.LG"]' '<CR>mchlrn<CR><Space>'
data "short names" '"chosen":["cs.CL","cs.HC","cs.LG"]' '<CR>nlp<CR>hci<CR>rl<CR>'
data "a slash that is typed, too" '"chosen":["cs.LG"]' '<CR>/cs.lg<CR>'
data "what is no field stays to be mended" '"typed":"zzzz"' '<CR>zzzz<CR>'
data "Enter on nothing goes on" '"step":2' '<CR>cs.lg<CR><CR>'
data "several" '"chosen":["cs.LG","quant-ph"]' '<CR>cs.lg<CR>quant<CR>'
data "one left again" '"chosen":["quant-ph"]' '<CR>cs.lg<CR>quant<CR>cs.lg<CR>'
data "a code of no field" '"chosen":[]' '<CR>zzzz<CR>'
data "a closed archive is none" '"chosen":[]' '<CR>cmp-lg<CR>'
for size in 80x200 60x200; do "$CARREL" dump welcome --size $size --keys '<CR>' >"$T/fields.$size"; done
has "a field's name is whole at 80 columns" fields.80x200 "astro-ph.IM        Instrumentation and Methods for Astrophysics"
lacks "each of them" fields.80x200 "…"
has "and at 60" fields.60x200 "cs.CE Computational Engineering, Finance, and Science"
same "a field that has two names is there once" 1 "$(grep -c cond-mat.mes-hall "$T/fields.80x200")"
data "by its old name, too" '"chosen":["cond-mat.mes-hall"]' '<CR>quantum hall<CR>'
data "back a step" '"step":1' '<CR><CR>h'
data "every key of the tour" '"step":4' '<CR><CR><CR>jksu<CR>h/:?<CR>'

# The looks: KEYS behind those that lead to them.
looks() { "$CARREL" --color always dump welcome --size "$1" $3 --keys "<CR><CR><CR>nnnnnnnnn<CR>$2"; }
for size in 60x20 80x24 200x60; do
    looks $size jj >"$T/out"
    [ -z "${UPDATE:-}" ] || cp "$T/out" "$EXPECTED/welcome-looks-$size"
    same "themes at $size" "$(cat "$EXPECTED/welcome-looks-$size")" "$(cat "$T/out")"
done
worn() { looks 80x24 "$2" --svg >"$T/out"; has "$1" out "height=\"100%\" fill=\"$3\""; }
worn "the theme at the cursor is worn" jj "#fbfaf7"
worn "by arrows, too" '<Down><Down>' "#fbfaf7"
worn "and still in the next step" 'jj<CR>' "#fbfaf7"
worn "n leaves it as it was" jjn "#16181d"
"$CARREL" --color always dump today --svg --keys ':welcome<CR><CR><CR><CR>nnnnnnnnn<CR>jjq' >"$T/out"
has "so does a start that is left" out 'height="100%" fill="#16181d"'
"$CARREL" --color always dump today --svg --keys ':welcome<CR><CR><CR><CR>nnnnnnnnn<CR>jj:theme high-contrast<CR>q' >"$T/out"
has "but for a theme that is chosen by its command" out 'height="100%" fill="#000000"'
worn "one goes back to it" 'jj<CR>h' "#fbfaf7"
data "nothing is chosen by Enter alone" '"theme":""' '<CR><CR><CR>nnnnnnnnn<CR><CR>'
data "which goes on" '"step":5' '<CR><CR><CR>nnnnnnnnn<CR><CR>'
data "a theme is" '"theme":"light"' '<CR><CR><CR>nnnnnnnnn<CR>jj<CR>'
data "but not when :theme has chosen another one since" '"theme":""' '<CR><CR><CR>nnnnnnnnn<CR>jj<CR>:theme high-contrast<CR>'
lacks "which is not told either" out "It looks as now"
data "and the one before is none" '"theme":""' '<CR><CR><CR>nnnnnnnnn<CR>jjkk<CR>'

data "Esc with a field chosen asks" '"step":2' '<CR>cs.lg<CR><CR><Esc>'
run "once more" 0 "$CARREL" dump today --keys ':welcome<CR><CR>cs.lg<CR><CR><Esc><Esc>'
lacks "leaves the start" out "Step 2 of"
data "Esc leaves the rest of the keys out, not the start" '"step":4' '<CR>cs.lg<CR><CR><CR>jk<Esc><CR>'
data "which keeps what is chosen" '"chosen":["cs.LG"]' '<CR>cs.lg<CR><CR><CR>jk<Esc><CR>'
run "the keys' last page" 0 "$CARREL" dump welcome --size 80x16 --keys '<CR>cs.lg<CR><CR><CR>nnnnnnnnn'
has "says what Enter does" out "That is most of it. Enter goes on."
has "and has its own hints" out "Enter next  h back  Esc leave"
lacks "not those of a key" out "leaves one out"
run "a start that is left" 0 "$CARREL" dump today --json --keys ':welcome<CR><CR>cs.lg<CR><CR><CR>nnnnnnnnn<Esc><Esc>'
has "says so" out '"message":"the guided start is left, and nothing of it is written; :welcome comes back here"'
data "Esc is back where that is asked for" '"step":4' '<CR><CR><CR>jksu<CR><Esc>/:?<CR>'
run "a key that is not asked for" 0 "$CARREL" dump welcome --size 80x16 --keys '<CR><CR><CR><CR>'
has "does nothing" out "Ceiling lamps that hum"
lacks "it opens nothing" out "A paper, open."
has "and is told" out "That was another key. j goes down"

# line by line, to the end
new() { rm -rf "$T/new"; mkdir -p "$T/new"; }
fresh() { XDG_CONFIG_HOME="$T/new/config" CARREL_LIBRARY="$T/new/library" "$CARREL" -c harvest.background=false "$@"; }
new
printf '%s\n' welcome enter /learning space j space enter enter n n n n n n n n n enter enter library feeds >"$T/lines"
fresh --linear <"$T/lines" >"$T/out" 2>"$T/err"
same "line by line" "0 " "$? $(cat "$T/err")"
has "fields are told with their names" out "1 of 7: cs.LG, Computer Science - Machine Learning, 26 papers to begin with"
has "what is chosen" out "2 chosen: cs.LG, stat.ML"
has "themes are not asked for, and why" out "Linear mode writes plain lines and has no themes"
has "feeds are made" out "2 feeds made, 207 papers to begin with"
has "with the papers in them" out "5 of 6: cs.LG, 26"
same "the settings say so" '[source "arxiv"]
    category = cs.LG
    category = stat.ML
[source "huggingface"]
    enabled = true' "$(cat "$T/new/config/carrel/config")"
run "and are right" 0 fresh config
printf '%s\n' welcome enter /learning space enter enter n n n n n n n n n enter enter >"$T/lines"
fresh --linear <"$T/lines" >"$T/out" 2>&1
same "again, it adds nothing twice" 1 "$(grep -c cs.LG "$T/new/config/carrel/config")"
new
printf '%s\n' welcome enter '/statistics theory' space enter enter n n n n n n n n n enter enter >"$T/lines"
fresh --linear <"$T/lines" >"$T/out" 2>&1
same "mathematics alone" '[source "arxiv"]
    category = math.ST' "$(cat "$T/new/config/carrel/config")"
new
printf '%s\n' welcome enter /learning space q >"$T/lines"
fresh --linear <"$T/lines" >"$T/out" 2>&1
same "left before its end it writes nothing" "desk" "$(ls "$T/new/library" | grep -v '^run$')"
same "but that it was seen" "welcomed yes" "$(grep welcomed "$T/new/library/desk")"
same "and no settings" "" "$(ls "$T/new/config" 2>/dev/null)"
printf 'library\n' | XDG_CONFIG_HOME="$T/other" CARREL_LIBRARY="$T/none" "$CARREL" --linear >"$T/out" 2>&1
lacks "a script is not welcomed" out "Welcome"

command -v tmux >/dev/null || finish
desk() { # NAME: opened in a window, on $T/new
    tm kill-server 2>/dev/null
    sleep 0.5
    tm -f /dev/null new-session -d -s t -x 90 -y 30 \
        "CARREL_CLOCK=$CARREL_CLOCK HOME=$HOME XDG_CONFIG_HOME=$T/new/config CARREL_LIBRARY=$T/new/library $CARREL -c harvest.background=false $*; echo left \$?; read -r _"
}
press() { for key; do tm send-keys -t t "$key"; sleep 0.3; done; }
new
desk
see "a new carrel" "Welcome to carrel"
press Enter
see "asks for fields" "Step 1 of 5"
tm send-keys -t t -l "statistics theory"
see "finds them as they are typed" "math.ST"
press Enter
see "several may be chosen" "1 chosen: math.ST"
press Enter Enter
see "keys are tried" "j goes down"
press j
see "one by one" "Down one line"
see "the next" "k goes up"
press n n n n n n n n Enter
see "themes" "Step 4 of 5"
press j j
inked "are shown as one goes through them" "48;5;231m"
press Enter
see "what will be done" "Enter makes it so."
see "the theme, too" "It looks as now (light)."
press Enter
see "is done while it is open" "1 feed made, 207 papers to begin with"
see "the feed" "math.ST"
see "the papers" "Are We Done with MMLU?"
press Q
see "leaves" "left 0"
tm capture-pane -p -t t >"$T/out"
lacks "of what was not there at first nothing is told" out "there is no library"
same "the theme is remembered" "theme light" "$(grep theme "$T/new/library/desk")"
desk
see "the second time there is none" "Are We Done with MMLU?"
press Q
see "leaves again" "left 0"
new
desk
see "another new one" "Welcome to carrel"
press Escape
see "Esc leaves it, and says so" "nothing of it is written"
see "to the desk" "no library yet"
press Q
see "and carrel" "left 0"
desk
see "and it does not come back" "no library yet"
tm send-keys -t t ":import tests/fixtures/papers.jsonl" Enter
see "a library that is made at the desk is seen there" "Quantum Hedgehogs"
press Q
see "which leaves" "left 0"
new
mkdir -p "$T/new/library"
: >"$T/new/library/welcomed"
desk
see "the file that said so before counts" "no library yet"
press Q
see "still" "left 0"
new
desk -c ui.first-run=false
see "it can be switched off" "no library yet"
press Q
see "off" "left 0"
new
fresh -q import tests/fixtures/papers.jsonl
desk
see "a library with papers is not new" "Quantum Hedgehogs"
press Q
see "at all" "left 0"
desk -c ui.first-run=filled
see "unless that is said" "Welcome to carrel"
press Q
see "from anywhere" "left 0"
tm kill-server
finish
