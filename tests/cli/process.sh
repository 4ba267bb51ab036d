# Documents: what becomes of each file, their text, outline and pages, and what is wrong with them.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
tail -c +2 "$here/../fuzz/corpus/process_extract/pdf" >"$T/paper.pdf"
printf '# Desks\n\nA small desk.\n\n## Use\n\nOne reads at it.\n' >"$T/notes.md"
printf '<!doctype html><title>Sign in</title><p>Please sign in' >"$T/portal.pdf"
head -c 900 "$T/paper.pdf" >"$T/cut.pdf"

run "a PDF" 0 "$CARREL" process "$T/paper.pdf"
has "its state" out "done "
has "its title" out "Title of this"
run "as JSON" 0 "$CARREL" process --json "$T/paper.pdf" "$T/notes.md"
has "the form" out '{"version":1,"documents":[{"id":"file:'
has "the counts" out '"state":"done","pages":1,"chars":'
lacks "a paper that it cites is not what it is" out '"work":"arxiv:2001.01234"'
id=$(sed 's/.*"documents":.{"id":"\([^"]*\)".*/\1/' "$T/out")
has "work and error" out "\"work\":\"$id\",\"error\":null"
has "the second" out '"format":"markdown"'
has "its title" out '"title":"Desks"'
run "a web page that is called a PDF" 3 "$CARREL" process "$T/portal.pdf" "$T/notes.md"
has "refused" out "refused "
has "why" out "it is a web page, not a PDF"
has "the other one is read" out "done "
has "counted" err "1 of 2 documents gave no text"
run "a PDF cut short" 0 "$CARREL" process "$T/cut.pdf"
has "repaired" out "repaired "
mkdir -p "$T/folder/deep"
cp "$T/notes.md" "$T/folder/deep/b.md"
cp "$T/paper.pdf" "$T/folder/a.pdf"
touch "$T/folder/skip.bin"
run "a folder" 0 "$CARREL" process "$T/folder"
same "its documents, in order" "a.pdf b.md" "$(sed 's|.*/\([ab]\.[a-z]*\) .*|\1|' "$T/out" | xargs)"
run "a missing file" 3 "$CARREL" process "$T/gone.pdf"
has "named" err "gone.pdf"
mkfifo "$T/pipe.pdf"
run "what cannot be read" 3 "$CARREL" process "$T/gone.pdf" "$T/pipe.pdf" "$T/notes.md"
has "does not keep the others" out "notes.md"
has "and is counted" err "2 of 3 documents gave no text"
if [ "$(id -u)" -eq 0 ]; then nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'; else nobody=; fi
mkdir "$T/theirs"
cp "$T/notes.md" "$T/theirs/open.md"
cp "$T/notes.md" "$T/theirs/shut.md"
chmod 0 "$T/theirs/shut.md"
chmod 777 "$T/theirs"
chmod 711 "$T"
if $nobody "$CARREL" --version >"$T/out" 2>&1; then
    run "a file that may not be read" 3 $nobody "$CARREL" -L "$T/theirs/library" process "$T/theirs/shut.md" "$T/theirs/open.md"
    has "is named" err "shut.md: Permission denied"
    has "the next one is read" out "open.md"
fi
run "no file" 2 "$CARREL" process
run "no password file" 1 "$CARREL" process --password-file "$T/gone" "$T/paper.pdf"

run "text" 0 "$CARREL" read "$T/paper.pdf"
has "a heading" out "1 Intro"
has "whole lines" out "goes over several lines, cites [1] and ends"
run "outline" 0 "$CARREL" read "$T/notes.md" --outline
same "the headings" "Use" "$(cat "$T/out")"
run "a page" 0 "$CARREL" read "$T/paper.pdf" --page 1
has "its text" out "1 Intro"
run "no such page" 4 "$CARREL" read "$T/paper.pdf" --page 2
run "page nought" 2 "$CARREL" read "$T/paper.pdf" --page 0
run "two ways at once" 2 "$CARREL" read "$T/paper.pdf" --text --outline
run "no text in it" 1 "$CARREL" read "$T/portal.pdf"
has "says why" err "refused: it is a web page"
run "a file that is not there" 1 "$CARREL" read "$T/gone.pdf"
run "a limit of time" 0 "$CARREL" -c process.time-limit=5s -c process.memory-limit=256MiB process "$T/paper.pdf"
run "what is known is not read again" 0 "$CARREL" -c process.memory-limit=1k process "$T/paper.pdf"
has "and says so" out "there already"
run "a reader that cannot start" 1 "$CARREL" -c process.memory-limit=1k process --again "$T/paper.pdf"
run "leaves what is known" 0 "$CARREL" read "$id"
has "as it was" out "1 Intro"
(cat "$T/paper.pdf"; echo) >"$T/other.pdf"
run "too little memory to start" 1 "$CARREL" -c process.memory-limit=1k process "$T/other.pdf"

locked=${CARREL_SHARED:-}/data/wire/pdf-sci/sample-files/libreoffice-writer-password.pdf
if [ -f "$locked" ]; then
    run "an encrypted PDF" 3 "$CARREL" process "$locked"
    has "says so" out "encrypted "
    printf 'wrong\nopenpassword\n' >"$T/passwords"
    run "with its password" 0 "$CARREL" process --password-file "$T/passwords" "$locked"
    has "is read" out "done "
    run "from the configuration" 0 "$CARREL" -c process.password-file="$T/passwords" read "$locked"
else
    echo "ok - an encrypted PDF # SKIP no shared data"
fi
finish
