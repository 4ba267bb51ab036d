# The live page of the service in a browser.
. "$(dirname "$0")/lib.sh"
need_browser "the live page in Chromium"
unset CARREL_CLOCK # events have the time of now
site_library
awk -f tests/cli/pdf.awk >"$T/paper.pdf" <<'X'
# Lanterns for reading at night
A. Lindgren

Abstract
We light a page with a lantern and measure how long a reader stays awake beside it.

1 Introduction
A lantern is a lamp that can be carried, and a page is what it is carried to.
X
head -c 48 /dev/urandom >"$T/secret"
printf '[serve]\n\tsecret-file = %s/secret\n' "$T" >"$T/live.config"
PYTHONPATH=tests/site PYTHONDONTWRITEBYTECODE=1 timeout -k 5 280 "$PYTHON" tests/site/live.py "$CARREL" "$T/live.config" "$T" || failed=1
finish
