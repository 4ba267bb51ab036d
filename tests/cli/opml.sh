# Lists of feeds (OPML): printed as sections of the settings, or added to them; what is there stays, nothing doubles,
# and no title or address ends its line.
. "$(dirname "$0")/lib.sh"
settings="$XDG_CONFIG_HOME/carrel/config"
cat >"$T/feeds.opml" <<'X'
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Subscriptions</title></head><body>
<outline text="Physics"><outline text="deep">
<outline text="Nature Physics" type="rss" xmlUrl="https://www.nature.com/nphys.rss" htmlUrl="https://www.nature.com/nphys"/>
</outline></outline>
<outline text="nature physics!" type="rss" xmlUrl="http://example.org/feed/?a=1;b=2#top"/>
<outline text="Twice" xmlUrl="HTTPS://WWW.nature.com/nphys.rss/"/>
<outline text="Évil&#10;[core]&#10;x = y \" xmlUrl="feed://evil.example/b"/>
<outline text="Worse" xmlUrl="https://evil.example/a&quot;&#10;[source &quot;x&quot;]"/>
<outline text="日本" xmlUrl="feed:https://www.nihon.example/atom.xml"/>
<outline text="GitHub" xmlUrl="https://github.blog/feed/"/>
<outline text="A file" xmlUrl="file:///etc/passwd"/>
</body></opml>
X
run "a list of feeds" 3 "$CARREL" import "$T/feeds.opml"
has "as sections" out '[source "nature-physics"]'
has "by https" out 'url = "https://example.org/feed/?a=1;b=2"'
has "a name twice" out '[source "nature-physics-2"]'
has "no name of a service" out '[source "github-2"]'
has "a name from the host" out '[source "nihon-example"]'
lacks "nothing else" out "passwd"
has "what is none is told" err "feeds.opml:9: not the address of a feed"
has "and counted" err "8 seen: 5 added, 0 updated, 1 unchanged, 2 rejected"
same "nothing is changed" "" "$(ls "$XDG_CONFIG_HOME")"
cp "$T/out" "$T/printed"
gzip -c "$T/feeds.opml" >"$T/feeds.gz"
run "packed, as data" 3 "$CARREL" import --format opml --json "$T/feeds.gz"
has "in counts" out '{"seen":8,"added":5,"updated":0,"unchanged":1,"rejected":2,"merged":0,"binned":0,"written":false,"feeds":[{"name":"nature-physics","title":"Nature Physics","url":"https://www.nature.com/nphys.rss"}'

# Into settings that are there, by a link, with comments and no line end.
mkdir -p "$XDG_CONFIG_HOME/carrel" "$T/dotfiles"
printf '# mine\n[source "arxiv"]\n    category = cs.CL\n[source "old"]\n    kind = feed\n    url = http://Example.org/feed/?a=1;b=2\n    every = 1h' >"$T/dotfiles/config"
sed -i 's/\(url = \)\(.*\)/\1"\2"/' "$T/dotfiles/config"
chmod 600 "$T/dotfiles/config"
ln -s "$T/dotfiles/config" "$settings"
cp "$settings" "$T/before"
run "added to the settings" 3 "$CARREL" import --write "$T/feeds.opml"
has "what came of it" out "8 seen: 4 added, 0 updated, 2 unchanged, 2 rejected"
same "the link is one still" "$T/dotfiles/config" "$(readlink "$settings")"
same "for no other eyes" 600 "$(stat -c %a "$T/dotfiles/config")"
same "what was there stands at its place" "$(cat "$T/before")" "$(head -c "$(stat -c %s "$T/before")" "$settings")"
same "each feed is a source" "arxiv old nature-physics evil-core-x-y nihon-example github-2" "$("$CARREL" sync --status --json | grep -o '{"name":"[^"]*","last' | cut -d'"' -f4 | tr '\n' ' ' | sed 's/ $//')"
same "no other folder holds anything new" config "$(ls "$T/dotfiles")"
cp "$settings" "$T/before"
run "once more" 3 "$CARREL" import --write "$T/feeds.opml"
has "adds nothing" out "8 seen: 0 added, 0 updated, 6 unchanged, 2 rejected"
same "byte for byte" "$(cksum <"$T/before")" "$(cksum <"$settings")"

# And out again.
run "feeds for another reader" 0 "$CARREL" export --format opml
has "with their addresses" out 'xmlUrl="http://Example.org/feed/?a=1;b=2"'
cp "$T/out" "$T/back.opml"
run "which carrel reads, too" 0 "$CARREL" import "$T/back.opml"
has "and has them all" out "5 seen: 0 added, 0 updated, 5 unchanged, 0 rejected"

# Where no source is named, arXiv and Hugging Face are harvested; feeds do not end that.
rm -f "$settings"
printf '<opml><body><outline text="One" xmlUrl="https://one.example/feed"/></body></opml>' >"$T/one.opml"
run "into no settings at all" 0 "$CARREL" import --write "$T/one.opml"
same "the sources" "arxiv huggingface one" "$("$CARREL" sync --status --json | grep -o '{"name":"[^"]*","last' | cut -d'"' -f4 | tr '\n' ' ' | sed 's/ $//')"

# Trouble leaves the settings as they were.
cp "$settings" "$T/before"
sed 's/one/two/g; s/One/Two/' "$T/one.opml" >"$T/two.opml"
head -c 1100000 /dev/zero | tr '\0' '#' >>"$settings"
cp "$settings" "$T/large"
run "settings that are too large" 1 "$CARREL" import --write "$T/two.opml"
same "stay as they are" "$(cksum <"$T/large")" "$(cksum <"$settings")"
cp "$T/before" "$settings"
run "a list that is cut short" 1 sh -c 'head -c 40 "$1" | "$2" import --write --format opml -' sh "$T/two.opml" "$CARREL"
run "nothing to be written" 2 "$CARREL" import --write tests/fixtures/papers.jsonl
run "not as a job" 2 "$CARREL" import --write --background "$T/two.opml"
run "no such thing" 2 "$CARREL" import --format opm "$T/two.opml"
same "and the settings are as they were" "$(cksum <"$T/before")" "$(cksum <"$settings")"
run "a job says what it is" 0 "$CARREL" import --background "$T/two.opml"
run "and fails" 3 "$CARREL" worker --once
run "with the way to do it" 0 "$CARREL" jobs list --state failed
has "in a shell" out "a list of feeds (OPML)"
finish
