# Hooks: programs that are told of new papers, documents and syncs, as the configuration says.
. "$(dirname "$0")/lib.sh"
mkdir -p "$XDG_CONFIG_HOME/carrel" "$T/bin"
config=$XDG_CONFIG_HOME/carrel/config
cat >"$T/bin/keep" <<'X'
#!/bin/sh
# keep FOLDER: what comes on standard input, a file each.
cat >"$1/$$.json"
echo "told of $(sed 's/.*"event":"\([a-z-]*\)".*/\1/' "$1/$$.json")"
X
chmod +x "$T/bin/keep"
hook() { printf '[hook "%s"]\n    on = %s\n    run = %s\n' "$1" "$2" "$3"; }
# told FOLDER: how often; and all that was said.
told() { find "$T/$1" -name '*.json' 2>/dev/null | wc -l | tr -d ' '; }
words() { cat "$T/$1"/*.json 2>/dev/null; }
paper() { printf '{"id":"arxiv:2603.%05d","title":"%s","authors":["A"],"categories":["%s"],"published":"2026-02-01"}\n' "$1" "$2" "$3"; }
mkdir "$T/new" "$T/lamps" "$T/docs" "$T/syncs"

paper 1 "What was here before" cs.CL >"$T/before.jsonl"
"$CARREL" -q import "$T/before.jsonl" >/dev/null
"$CARREL" -q query add language cat:cs.CL
"$CARREL" -q query add lit lamp
{
    hook all new-match "$T/bin/keep $T/new"
    hook lamps new-match "$T/bin/keep $T/lamps"
    printf '    query = lamp\n'
    hook documents processed "$T/bin/keep $T/docs"
    hook syncs synced "$T/bin/keep $T/syncs"
} >"$config"

cat >"$T/bin/where" <<'X'
#!/bin/sh
cat >/dev/null
printf 'in %s' "$CARREL_LIBRARY" >"$1"
X
chmod +x "$T/bin/where"
hook where processed "$T/bin/where $T/where" >"$T/where.config"
printf '# Some\n\nWords.\n' >"$T/some.md"
run "a library that is named" 0 "$CARREL" -L "$T/other" --config "$T/where.config" process "$T/some.md"
same "is the one of the programs that are run" "in $T/other" "$(cat "$T/where")"

{ paper 2 "A lamp for language" cs.CL; paper 3 "Stones" math.GT; paper 4 "Words" cs.CL; } >"$T/papers.jsonl"
run "an import" 0 "$CARREL" import "$T/papers.jsonl"
has "tells how many hooks ran" err "hooks: 2 run"
same "each once" "1 1" "$(told new) $(told lamps)"
same "of what saved queries find" "arxiv:2603.00002 arxiv:2603.00004" "$(words new | grep -o 'arxiv:[0-9.]*' | sort -u | tr '\n' ' ' | sed 's/ $//')"
words new >"$T/words"
has "with their names" words '{"queries":["language","lit"],"record":{"id":"arxiv:2603.00002","title":"A lamp for language"'
has "and what it is about" words '{"version":1,"event":"new-match","hook":"all","at":"2026-03-01T12:00:00Z","library":"'"$CARREL_LIBRARY"'","papers":['
same "or of its own query" "arxiv:2603.00002" "$(words lamps | grep -o 'arxiv:[0-9.]*' | sort -u)"
same "the program's words are with the job" "told of new-match" "$("$CARREL" jobs --json --kind hook 2>/dev/null | grep -o 'told of new-match' | sort -u)"
"$CARREL" -q import "$T/papers.jsonl" >/dev/null
"$CARREL" -q edit arxiv:2603.00003 title="A lamp of stone"
"$CARREL" -q import "$T/before.jsonl" >/dev/null
same "what is here already is no news" "1 1" "$(told new) $(told lamps)"
"$CARREL" -q merge arxiv:2603.00002 arxiv:2603.00004 && "$CARREL" -q split arxiv:2603.00002
"$CARREL" -q import "$T/before.jsonl" >/dev/null
same "nor what is merged and split" "1 1" "$(told new) $(told lamps)"

printf 'A text about lamps.\n\nIt has two paragraphs, and says nothing else.\n' >"$T/text.txt"
run "a document" 0 "$CARREL" process "$T/text.txt"
same "is told" 1 "$(told docs)"
words docs >"$T/words"
has "with what it is" words '"document":{"id":"file:'
file=$(sed 's/.*"file":"\([^"]*\)".*/\1/' "$T/words")
same "and where its file lies" "$(cat "$T/text.txt")" "$(cat "$file")"
printf 'Another text about oil.\n\nIt came with add.\n' >"$T/oil.txt"
run "added" 0 "$CARREL" add "$T/oil.txt"
same "is told, too" 2 "$(told docs)"

cat >"$T/script" <<'X'
route /feed loop
answer 200 type=application/rss+xml body="<rss><channel><title>J</title><item><title>A lamp in a feed</title><link>https://journal.example/1</link></item></channel></rss>"
X
start_replay "$T/script"
printf '[source "journal"]\n    kind = feed\n    interval = 50ms\n    url = %s/feed\n' "$REPLAY_URL" >>"$config"
run "a sync" 0 "$CARREL" sync
same "is told" 1 "$(told syncs)"
words syncs >"$T/words"
has "with its numbers" words '"report":{"sources":[{"name":"journal","requests":1,"seen":1,"added":1,'
same "and its papers" "2 2" "$(told new) $(told lamps)"
run "--sync is the same" 0 "$CARREL" --sync
same "and tells" 2 "$(told syncs)"

# In the background the job of a harvest does not wait for the program.
rm -rf "$T/slow"; mkdir "$T/slow"
printf '#!/bin/sh\nsleep 3\ncat >%s/$$.json\n' "$T/slow" >"$T/bin/slow"
chmod +x "$T/bin/slow"
hook slow synced "$T/bin/slow" >>"$config"
"$CARREL" -q sync --background --source journal
"$CARREL" -q sync --background --source journal
"$CARREL" worker >"$T/worker" 2>&1 &
worker=$!
n=0
while ! "$CARREL" jobs --json --kind harvest 2>/dev/null | grep -q '"state":"done"' && [ $((n += 1)) -lt 300 ]; do sleep 0.1; done
"$CARREL" -q jobs add doctor
n=0
while ! "$CARREL" jobs --json --kind doctor 2>/dev/null | grep -q '"state":"done"' && [ $((n += 1)) -lt 300 ]; do sleep 0.1; done
same "a slow hook holds up neither the harvest nor other jobs" "0 done" "$(told slow) $("$CARREL" jobs --json --kind doctor | grep -o '"state":"done"' | cut -d'"' -f4)"
n=0
while [ "$(told slow)" -eq 0 ] && [ $((n += 1)) -lt 300 ]; do sleep 0.1; done
same "and is run" 1 "$(told slow)"
"$CARREL" -q sync --background --source journal
sleep 1.5
kill $worker
wait $worker
same "who leaves ends it, and it waits for the next worker" queued "$("$CARREL" jobs --json --kind hook --state queued | grep -o '"state":"queued"' | head -n 1 | cut -d'"' -f4)"

# The service and the desk run them, too.
"$CARREL" -q worker --once >/dev/null 2>&1
# awaits COUNT: until so many documents were told.
awaits() {
    n=0
    while [ "$(told docs)" -lt "$1" ] && [ $((n += 1)) -lt 300 ]; do sleep 0.1; done
    told docs
}
"$CARREL" serve --listen 127.0.0.1:0 -c harvest.background=false >"$T/serve" 2>&1 &
service=$!
echo "A text that is read by the service." >"$T/service.txt"
"$CARREL" -q process --background "$T/service.txt"
same "the service runs them" 3 "$(awaits 3)"
# A hook that was told, but is not written down as done, would be told again.
n=0
while "$CARREL" jobs --json --kind hook --state running | grep -q '"state"' && [ $((n += 1)) -lt 300 ]; do sleep 0.1; done
kill $service
wait $service
if command -v tmux >/dev/null; then
    tmux -S "$T/tmux" -f /dev/null new-session -d -s t -x 80 -y 24 "CARREL_LIBRARY=$CARREL_LIBRARY HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME $CARREL -c harvest.background=false"
    echo "A text that is read by the desk." >"$T/desk.txt"
    "$CARREL" -q process --background "$T/desk.txt"
    same "the desk runs them" 4 "$(awaits 4)"
    tmux -S "$T/tmux" kill-server
fi

# What is wrong.
# broken NAME RUN TEXT: what the job of a hook that cannot work has to say.
broken() {
    { hook broken processed "$2"; printf '[hook]\n    time-limit = 1s\n'; } >"$config"
    echo "$1, a text of its own" >"$T/broken.txt"
    run "$1: what was done is done" 0 "$CARREL" process "$T/broken.txt"
    has "$1: told" err "hooks: 1 run, not all without an error (carrel jobs)"
    has "$1: why" err "$3"
    same "$1: once" 1 "$(grep -cF "$3" "$T/err")"
}
"$CARREL" worker --once >/dev/null 2>&1
broken "a failure" '"/bin/sh -c \"echo out of order >&2; exit 9\""' "hook broken: /bin/sh ended with 9: out of order"
has "a failure: it will be tried again" err "; 1 will be tried again"
job=$("$CARREL" jobs --json --state queued --kind hook | grep -o '"id":[0-9]*' | head -1 | grep -o '[0-9]*')
run "a failure: in the list" 0 "$CARREL" jobs show "$job"
has "a failure: with its attempts" out "attempts   1 of 5"
has "a failure: and when the next one is" out "again in "
# Its pauses are cut short here, until its attempts are used up; then it stays as failed.
for n in 2 3 4; do
    sqlite3 "$CARREL_LIBRARY/library.db" "UPDATE job SET ready = 1, due = 0 WHERE id = $job"
    "$CARREL" import tests/fixtures/papers.jsonl >/dev/null 2>"$T/err"
    has "a failure: $n times" err "hooks: 1 run, not all without an error (carrel jobs); 1 will be tried again"
done
sqlite3 "$CARREL_LIBRARY/library.db" "UPDATE job SET ready = 1, due = 0 WHERE id = $job"
run "a failure: the last time" 0 "$CARREL" import tests/fixtures/papers.jsonl
lacks "a failure: is the last" err "will be tried again"
run "a failure: five times" 0 "$CARREL" jobs show "$job"
has "a failure: it has failed" out "failed"
has "a failure: for good" out "attempts   5 of 5"
run "a failure: among those that have" 0 "$CARREL" jobs list --state failed --kind hook
has "a failure: it is listed" out "out of order"
broken "no program" "$T/bin/nothing" "cannot run $T/bin/nothing"
broken "too slow" "sleep 20" "sleep took longer than 1.0 s and was killed"
printf '[hook "broken"]\n    on = processed\n    run = \\"open\n' >"$config"
echo "an open quote" >"$T/broken.txt"
run "an open quote" 0 "$CARREL" process "$T/broken.txt"
has "is told" err "hook broken: run: a quote is not closed"
printf '[hook "half"]\n    on = processed\n' >"$config"
echo "no program at all" >"$T/broken.txt"
run "half a section stops nothing" 0 "$CARREL" process "$T/broken.txt"
has "and is told" err '[hook "half"] has no run = PROGRAM WORD...'
printf '[hook "odd"]\n    on = sometimes\n    run = true\n' >"$config"
run "an event that is none" 2 "$CARREL" process "$T/broken.txt"
has "is refused by the configuration" err "hook.odd.on"
printf '[hook "two words"]\n    on = processed\n    run = %s/bin/keep %s/docs\n' "$T" "$T" >"$config"
echo "a name of two words" >"$T/broken.txt"
run "names are free" 0 "$CARREL" process "$T/broken.txt"
has "and work" err "hooks: 1 run"
: >"$config"
"$CARREL" -q jobs add hook '{"hook":"gone","event":"processed","document":"x"}'
"$CARREL" worker --once >"$T/out" 2>"$T/err"
has "a hook that is gone runs nothing" err "hook gone is not in the configuration any more"
run "and the library is in order" 0 "$CARREL" doctor
finish
