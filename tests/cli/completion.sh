# Completion, asked as the shells' scripts ask, and by a Tab in each of the shells that are here.
. "$(dirname "$0")/lib.sh"
"$CARREL" -q import tests/fixtures/papers.jsonl >/dev/null
"$CARREL" -q query add gardens title:garden
"$CARREL" -q tag reading-group arxiv:2401.00001
# offers NAME EXPECTED WORD...: what may stand in place of the last word.
offers() {
    name=$1 want=$2
    shift 2
    same "$name" "$want" "$("$CARREL" completion words -- "$@" | tr '\n' ' ' | sed 's/ $//')"
}
offers "commands" "export" exp
same "global options" "--color --config" "$("$CARREL" completion words -- --co | sort | tr '\n' ' ' | sed 's/ $//')"
same "a global option's value" "always auto" "$("$CARREL" completion words -- --color a | sort | tr '\n' ' ' | sed 's/ $//')"
offers "settings" "ui.sidebar=" -c ui.si
offers "a file" "//files" --config ""
offers "behind global options" "later" -q -c ui.sidebar=false mark la
offers "options of a command" "--format --force" export --f
offers "their values" "bibtex biblatex" export --format bib
offers "formats that are read" "jsonl" import --format j
offers "sources" "arxiv" sync --source ""
offers "scopes" "read" token new --scope r
offers "kinds of jobs" "harvest hook" jobs list --kind h
offers "tags" "green reading-group" tag ""
offers "saved queries" "gardens" query rm ""
offers "fields of queries" "title:" search ti
offers "their values" "is:unread" search is:u
offers "and another name's" "year:yesterday" search year:y
offers "tags in a query" "tag:reading-group" search -- tag:r
# A query has no sign for a quote within quotes: such names are offered so that they find papers.
cat >"$T/quotes.bib" <<'X'
@inproceedings{q1, title={Of lanterns}, author={Lee, Ann}, year=2020, booktitle={Proc. "ABC"/"DE" Conf.}}
@article{q2, title={Of lamps}, author={Lee, Ann}, year=2021, journal={"Light" and Air}}
X
"$CARREL" -q import "$T/quotes.bib" >/dev/null
offers "a venue with quotes in it" 'venue:"Proc. ABC / DE Conf."' search venue:Proc
offers "and at its beginning" 'venue:"Light and Air"' search 'venue:""L'
for venue in "Proc. ABC / DE Conf." "Light and Air"; do
    same "which finds $venue" 1 "$("$CARREL" -q search --ids "venue:\"$venue\"" | grep -c .)"
done
offers "papers" "arxiv:2401.00001" show arxiv:2401
offers "of another library: none" "" -L "$T/none" tag ""
offers "a desk's commands" "next-unread" --remote next-u
offers "its views" "harvest help highlights" --remote view h
offers "and their words" "later" --remote mark la
# Every value that is offered is one that is taken.
for format in $("$CARREL" completion words -- export --format ""); do
    run "export --format $format" 0 "$CARREL" export --format "$format" -o "$T/export.$format"
done
for format in $("$CARREL" completion words -- import --format ""); do
    "$CARREL" import --format "$format" /dev/null >/dev/null 2>"$T/err"
    lacks "import --format $format" err "this carrel reads"
done
for form in $("$CARREL" completion words -- search --sort ""); do run "search --sort $form" 0 "$CARREL" search --sort "$form" garden; done
for form in $("$CARREL" completion words -- search --in ""); do run "search --in $form" 0 "$CARREL" search --in "$form" garden; done
for form in $("$CARREL" completion words -- digest --format ""); do run "digest --format $form" 0 "$CARREL" digest --format "$form"; done
for word in $("$CARREL" completion words -- mark ""); do run "mark $word" 0 "$CARREL" mark "$word" arxiv:2401.00001; done
for form in $("$CARREL" completion words -- cite --as ""); do run "cite --as $form" 0 "$CARREL" cite --as "$form" arxiv:2401.00001; done
for form in $("$CARREL" completion words -- trends --sort ""); do run "trends --sort $form" 0 "$CARREL" trends --sort "$form"; done
offers "all scopes" "read events write sync admin" token new --scope ""
offers "states of jobs" "queued running done failed cancelled" jobs list --state ""
offers "and of deliveries" "waiting sending delivered dead cancelled" webhook log --state ""
offers "what alerts wait for" "new replaced withdrawn trend" alert add x --on ""

command -v tmux >/dev/null || { echo "ok - tmux is not here # SKIP"; finish; }
mkdir "$T/bin" "$T/some folder"
ln -s "$CARREL" "$T/bin/carrel"
cd "$T" || exit 1
echo x >"$T/zeta.jsonl"
tm() { tmux -S "$T/tmux" "$@"; }
# tab TYPED EXPECTED: what the line is when Tab has been pressed behind it.
tab() {
    tm send-keys -t t C-u
    tm send-keys -t t -l "$1"
    tm send-keys -t t Tab
    n=0
    until tm capture-pane -p -J -t t | grep -v '^ *$' | grep -qF -- "$2" || [ $((n += 1)) -gt 300 ]; do sleep 0.1; done
    if [ $n -le 50 ]; then good "$shell: $1"; else bad "$shell: $1" "no '$2' on:" "$(tm capture-pane -p -J -t t | grep -v '^ *$')"; fi
}
for shell in bash zsh fish; do
    command -v $shell >/dev/null || { echo "ok - $shell is not here # SKIP"; continue; }
    "$CARREL" completion $shell >"$T/_carrel.$shell"
    case $shell in
    bash) run "$shell takes the script" 0 bash -n "$T/_carrel.bash"; start='bash --norc --noprofile'; load=". $T/_carrel.bash; PS1='% '; clear" ;;
    zsh) run "$shell takes the script" 0 zsh -n "$T/_carrel.zsh"; start='zsh -f'; load="autoload -Uz compinit; compinit -u -d $T/zdump; . $T/_carrel.zsh; PS1='%% '; clear" ;;
    fish) run "$shell takes the script" 0 fish --no-config -n "$T/_carrel.fish"; start='fish --no-config'; load="source $T/_carrel.fish; function fish_prompt; echo '% '; end; clear" ;;
    esac
    tm -f /dev/null new-session -d -s t -x 120 -y 30 "cd '$T'; PATH='$T/bin':\$PATH HOME='$HOME' CARREL_LIBRARY='$CARREL_LIBRARY' XDG_CONFIG_HOME='$XDG_CONFIG_HOME' TERM=screen $start"
    sleep 1
    tm send-keys -t t -l "$load"
    tm send-keys -t t Enter
    sleep 1
    tab "carrel exp" "carrel export"
    tab "carrel --ver" "carrel --ver" # two begin so: --verbose, --version
    tab "carrel --remo" "carrel --remote"
    tab "carrel --remote next-u" "carrel --remote next-unread"
    tab "carrel -q mark la" "carrel -q mark later"
    tab "carrel export --format bibt" "carrel export --format bibtex"
    tab "carrel tag reading" "carrel tag reading-group"
    tab "carrel query rm gar" "carrel query rm gardens"
    tab "carrel search is:unr" "carrel search is:unread"
    tab "carrel search titl" "carrel search title:"
    tab "carrel show arxiv:2401" "carrel show arxiv:2401.00001"
    tab "carrel -c ui.sideb" "carrel -c ui.sidebar="
    tab "carrel import zet" "carrel import zeta.jsonl"
    tab "carrel -L $T/some" "some"
    tm kill-server
    sleep 0.3
done
finish
