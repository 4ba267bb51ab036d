# The exported website in a browser.
. "$(dirname "$0")/lib.sh"
need_browser "the website in Chromium"
site_library
PYTHONPATH=tests/site PYTHONDONTWRITEBYTECODE=1 timeout -k 5 280 "$PYTHON" tests/site/site.py "$CARREL" "$T" || failed=1
same "nothing private is published" "" "$(grep -rl 'private thought' "$T/json" "$T/sub path")"
finish
