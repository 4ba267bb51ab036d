# The receiver of docs/INTEGRATION.md, taken out of the page, in a real Django: papers and documents arrive, once.
. "$(dirname "$0")/lib.sh"
unset CARREL_CLOCK
PYTHON=
for python in python3 /usr/bin/python3; do
    if $python -c 'import django' 2>/dev/null; then PYTHON=$python; fi
done
if [ -z "$PYTHON" ]; then
    echo "ok - a receiver in Django # SKIP there is no Django (Debian: python3-django)"
    finish
fi
here=$(cd "$(dirname "$0")" && pwd)
LIB=$T/lib
head -c 36 /dev/urandom | base64 >"$T/secret"
mkdir -p "$T/site/carrel"
awk -v dir="$T/site/" '/^```/ { file = ""; inside = !inside; next }
    inside && /^# carrel\/[a-z]*\.py$/ { file = dir $2 }
    file { print > file }' "$here/../../docs/INTEGRATION.md"
same "two files stand in the page" "models.py views.py" "$(cd "$T/site/carrel" && echo *.py)"
: >"$T/site/carrel/__init__.py"
cat >"$T/site/site_settings.py" <<X
SECRET_KEY = "tests"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "site_urls"
INSTALLED_APPS = ["carrel"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "$T/site/db", "OPTIONS": {"timeout": 30}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 << 20
USE_TZ = True
CARREL_SECRET = open("$T/secret", "rb").read().rstrip(b"\n")
X
cat >"$T/site/site_urls.py" <<'X'
from django.urls import path
from carrel import views
urlpatterns = [path("carrel/", views.receive)]
X
cat >"$T/site/serve.py" <<'X'
import django, socketserver, wsgiref.simple_server
django.setup()
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
call_command("migrate", run_syncdb=True, verbosity=0)


class Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True


class Handler(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *args):
        pass


server = wsgiref.simple_server.make_server("127.0.0.1", 0, get_wsgi_application(), Server, Handler)
print(server.server_port, flush=True)
server.serve_forever()
X
export DJANGO_SETTINGS_MODULE=site_settings
mkfifo "$T/port"
(cd "$T/site" && exec $PYTHON serve.py >"$T/port" 2>"$T/django.err") &
replays="$replays $!"
read -r site <"$T/port" || { bad "Django" "$(cat "$T/django.err")"; finish; }
# db EXPRESSION: of the website's database
db() { (cd "$T/site" && $PYTHON -c "
import django; django.setup()
from carrel.models import Chunk, Paper, Receipt
print($1)"); }
cat >"$T/config/hooks" <<X
[webhook "site"]
	url = http://127.0.0.1:$site/carrel/
	secret-file = $T/secret
[webhook]
	backoff = 100ms
[source "arxiv"]
	category = cs.CL
	interval = 20ms
X
cat >"$T/papers" <<X
papers p records=600 seed=3 categories=cs.CL from=2026-02-01 per-day=60 page=100
route /oai
answer 200 oai=p
X
start_replay "$T/papers"
hooked() {
    "$CARREL" --config "$T/config/hooks" -L "$LIB" -c source.arxiv.oai-url="$REPLAY_URL/oai" \
        -c source.arxiv.api-url="$REPLAY_URL/api" -c source.arxiv.rss-url="$REPLAY_URL/rss" "$@"
}
run "a library" 0 hooked import "$here/../fixtures/papers.jsonl"
run "a ping" 0 hooked webhook test site
has "is taken" out "HTTP 200"
has "by Django" out "taken"
run "a harvest" 0 hooked sync --since 2026-01-01
has "is delivered" err "webhooks: 2 delivered"
same "its papers are in the website's database" 600 "$(db 'Paper.objects.count()')"
same "with their fields" True "$(db 'all(p.data["authors"] and p.title for p in Paper.objects.all())')"
{ echo "# Lamps of the reading room"; for i in $(seq 300); do echo "## Part $i"; for k in $(seq 30); do echo "The lamp number $i of row $k burns bright and warm all night."; done; done; } >"$T/lamps.md"
run "a document" 0 hooked process "$T/lamps.md"
run "is told" 0 hooked worker --once --kind webhook
ours=$(sqlite3 "$LIB/library.db" "SELECT count(*) FROM chunk" 2>/dev/null || $PYTHON -c "import sqlite3; print(sqlite3.connect('$LIB/library.db').execute('SELECT count(*) FROM chunk').fetchone()[0])")
same "all its passages are there" "$ours" "$(db 'Chunk.objects.count()')"
run "processed again" 0 hooked process --again "$T/lamps.md"
run "and told again" 0 hooked worker --once --kind webhook
same "they are there once" "$ours" "$(db 'Chunk.objects.count()')"
receipts=$(db 'Receipt.objects.count()')
echo '{"version":1,"event":"scraper-complete","records":[{"id":"arxiv:2602.77777","title":"Twice"}]}' >"$T/body"
run "the same delivery ten times at once" 0 $PYTHON "$here/send.py" "http://127.0.0.1:$site/carrel/" "$T/secret" "$T/body" -k twice -n 10
same "is taken each time" "200 taken" "$(cat "$T/out")"
same "and done once" "$((receipts + 1))" "$(db 'Receipt.objects.count()')"
head -c 40 /dev/urandom | base64 >"$T/other"
$PYTHON "$here/send.py" "http://127.0.0.1:$site/carrel/" "$T/other" "$T/body" -k third >"$T/out"
has "another secret is refused" out "401"
$PYTHON "$here/send.py" "http://127.0.0.1:$site/carrel/" "$T/secret" "$T/body" -k third -t -400 >"$T/out"
has "and an old message" out "401"
finish
