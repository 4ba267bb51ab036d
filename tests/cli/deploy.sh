# Deployment, as far as it can be looked at without root and in a moment: installing, the units, the container's files,
# health, and what stands in for timers and disks. `make prove-deploy` carries all of it out.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
build=$(dirname "$CARREL" | sed "s|^$PWD/||")
variant=release
[ "$build" = build ] || variant=${build#build/}
skipped() { echo "ok - # SKIP $1"; }

# ---- installing ----
# -o: what is built is what is installed, although the sanitizers' builds have other compilers.
install_at() { make -s --no-print-directory -o all VARIANT="$variant" "$@"; }
run "installing below a folder" 0 install_at install DESTDIR="$T/stage" PREFIX=/usr
run "is whole" 0 test -x "$T/stage/usr/bin/carrel" -a -s "$T/stage/usr/share/man/man1/carrel.1" -a -s "$T/stage/usr/share/doc/carrel/DEPLOY.md"
run "the program runs there" 0 env -C / "$T/stage/usr/bin/carrel" import "$T/stage/usr/share/carrel/starter.jsonl"
run "and finds by meaning, with the model that it has within" 0 env -C / "$T/stage/usr/bin/carrel" search --explain "attention mechanisms"
has "as the built one does" out "vector"
run "reads documents by a child of its own" 0 env -C / "$T/stage/usr/bin/carrel" process "$T/stage/usr/share/doc/carrel/README.md"
grep -rlF /usr/local "$T/stage/usr/lib/systemd" "$T/stage/usr/bin/carrel-service" >"$T/out"
same "nothing names another prefix" "" "$(cat "$T/out")"
run "uninstalling" 0 install_at uninstall DESTDIR="$T/stage" PREFIX=/usr
same "leaves no file" "" "$(find "$T/stage" ! -type d)"

# ---- systemd ----
run "installing where it shall be" 0 install_at install PREFIX="$T/here"
units=$T/here/lib/systemd/system
if command -v systemd-analyze >/dev/null; then
    run "the units are sound" 0 systemd-analyze verify --man=no "$units"/*.service "$units"/*.timer
    same "without a warning" "" "$(cat "$T/err")"
    for unit in carrel carrel-sync carrel-backup; do
        run "$unit.service may do little" 0 systemd-analyze security --offline=true --no-pager --threshold=15 "$units/$unit.service"
    done
    if systemd-analyze --version | grep -q '^systemd 252 '; then
        same "as little as the page says" "$(sed -n 's/^- `systemd-analyze security .* says \([0-9.]*\) (of 10.*/\1/p' docs/DEPLOY.md)" \
            "$(systemd-analyze security --offline=true --no-pager "$units/carrel.service" | sed -n 's/.*carrel\.service: \([0-9.]*\) .*/\1/p')"
    else
        skipped "the page has the figure of systemd 252"
    fi
else
    skipped "there is no systemd-analyze"
fi
for unit in carrel carrel-sync carrel-backup; do
    words=$(sed -n "s|^ExecStart=.*$T/here/bin/carrel \([a-z -]*\).*|\1|p" "$units/$unit.service")
    # shellcheck disable=SC2086 # words
    run "$unit.service starts a command there is" 0 "$CARREL" $words --help
done

grep -nE '^(#.*\$ |\| `)?carrel health' docs/DEPLOY.md >"$T/out"
same "the page asks for the health of the service that /etc/carrel/config tells of" "" "$(cat "$T/out")"

# ---- the container ----
run "the Dockerfile is one that the proof can carry out" 0 python3 tests/deploy/dockerfile.py check deploy/Dockerfile
has "runs as somebody else than root" out '"user": "carrel"'
has "asks for its health" out '"HEALTHCHECK": ["carrel", "health"]'
has "is told to end" out '"STOPSIGNAL": "SIGTERM"'
if command -v readelf >/dev/null && [ "$variant" = release ]; then
    run="$(sed -n '/^run="/,/"$/p' deploy/packages.sh | tr -d '"' | sed 's/^run=//' | tr '\n' ' ') libc6 libgcc-s1 "
    for library in $(readelf -d "$CARREL" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
        dpkg -S "*/$library" 2>/dev/null | sed 's/:.*//' | sort -u >"$T/owners"
        owner=
        while read -r package; do case " $run" in *" $package "*) owner=$package ;; esac; done <"$T/owners"
        [ -n "$owner" ] || echo "$library: $(cat "$T/owners")"
    done >"$T/missing"
    same "each library that it is linked with is among the packages of its running" "" "$(cat "$T/missing")"
fi
if python3 -c 'import yaml' 2>/dev/null; then
    python3 - >"$T/out" 2>&1 <<'X'
import os, yaml
compose = yaml.safe_load(open("deploy/compose.yml"))
services = compose["services"]
assert set(services) == {"serve", "sync", "backup", "proxy"}, services
for name, service in services.items():
    for volume in service["volumes"]:
        source = volume.split(":")[0]
        there = os.path.exists(os.path.join("deploy", source)) if source.startswith(".") else source in compose["volumes"]
        assert there, f"{name}: no {source}"
    if name != "proxy":
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["mem_limit"], name
        assert "ports" not in service, name
assert os.path.exists(os.path.join("deploy", services["serve"]["build"]["context"], services["serve"]["build"]["dockerfile"]))
print("sound")
X
    same "the compose file is YAML and means what it should" sound "$(cat "$T/out")"
else
    skipped "there is no yaml for python3"
fi
for file in service container compose; do
    run "settings of the $file are settings" 0 "$CARREL" --config deploy/$file.config config
done

# ---- health, systemd's ear, secrets, the proxy ----
head -c 48 /dev/urandom >"$T/serve"
rm -rf "$LIB"
python3 -c '
import socket, sys
ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
ear.bind(sys.argv[1])
ear.settimeout(60)
heard = b""
while b"STOPPING" not in heard:
    heard = ear.recv(100)
    print(heard.decode(), flush=True)
' "$T/ear" >"$T/heard" 2>&1 &
ear=$!
replays="$replays $ear"
i=0
until [ -S "$T/ear" ] || [ $i -gt 600 ]; do sleep 0.05; i=$((i + 1)); done
run "no address" 2 "$CARREL" health foo
has "is told as it was given" err "foo is no address: http://HOST:PORT"
run "nobody there" 1 "$CARREL" health http://127.0.0.1:1
has "is told with the address" err "http://127.0.0.1:1: Failed to connect"
NOTIFY_SOCKET=$T/ear CREDENTIALS_DIRECTORY=$T serve -c serve.secret-file='$CREDENTIALS_DIRECTORY/serve' -c serve.behind-proxy=true
run "ready" 0 "$CARREL" health "$URL/"
has "in a line" out "ready: $URL, carrel "
run "the same by the settings" 0 "$CARREL" -c serve.listen="0.0.0.0:${URL##*:}" health --live
run "and by PORT" 0 env PORT="${URL##*:}" "$CARREL" health --json
has "in its own words" out '"live":true,"ready":true'
cat >"$T/script" <<'X'
route /one/health?check=ready
answer 503 type=application/json body="{\"live\":true,\"ready\":false,\"problem\":\"the disk is full\"}"
route /two/health
answer 200 type=application/json body="{\"status\":\"up\"}"
X
start_replay "$T/script"
run "alive, not ready" 1 "$CARREL" health "$REPLAY_URL/one"
has "says why" err "is alive but not ready: the disk is full"
run "another program's health" 1 "$CARREL" health "$REPLAY_URL/two"
has "is not ours" err "is no service of carrel"
run "two addresses" 2 "$CARREL" health a b
run "one in the clear to another machine" 2 "$CARREL" health http://198.51.100.1:8577
same "systemd is told that it is ready" "READY=1" "$(cat "$T/heard")"
ask "who comes by a proxy on this machine needs a token" 401 /papers
ask "unless it is for health" 200 /health
curl -s -o "$T/out" -H 'X-Forwarded-For: 203.0.113.9, 198.51.100.7' "$URL/search?q=asked"
has "whose word on the client is the last one" serve.err " 198.51.100.7 GET /search 401"
stop
same "its end is clean" 0 $ended
wait "$ear"
same "systemd is told that it stops" "READY=1 STOPPING=1" "$(tr '\n' ' ' <"$T/heard" | sed 's/ $//')"
run "a secret that systemd has not brought" 2 "$CARREL" -c serve.secret-file='$CREDENTIALS_DIRECTORY/serve' serve --listen 127.0.0.1:0
has "is named" err 'CREDENTIALS_DIRECTORY/serve'
run "behind a proxy without a secret" 2 "$CARREL" -c serve.behind-proxy=true serve --listen 127.0.0.1:0
has "it does not begin" err "secret-file is not set"

# ---- where there are no timers, and no disk ----
run "every: what shall it do?" 2 deploy/every 5
: >"$T/done"
deploy/every 0.1 sh -c 'echo x >>"$1"' sh "$T/done" &
every=$!
replays="$replays $every"
i=0
until [ "$(wc -l <"$T/done")" -ge 3 ] || [ $i -gt 600 ]; do sleep 0.05; i=$((i + 1)); done
run "every does it again and again" 0 test "$(wc -l <"$T/done")" -ge 3
kill $every
wait $every
same "until SIGTERM" 0 $?

ephemeral() {
    : >"$T/serve.err"
    CARREL_LIBRARY=$1 TMPDIR=$T deploy/ephemeral "$T/bucket/library.backup" 600 --listen 127.0.0.1:0 >"$T/serve.out" 2>"$T/serve.err" </dev/null &
    SERVER=$!
    replays="$replays $SERVER"
    i=0
    until grep -q 'serves http' "$T/serve.err" || [ $i -gt 600 ]; do sleep 0.05; i=$((i + 1)); done
}
mkdir -p "$T/bucket" "$T/config/carrel"
printf '[harvest]\n\tbackground = false\n' >"$T/config/carrel/config"
ephemeral "$T/first"
run "a paper comes in" 0 "$CARREL" -L "$T/first" import tests/fixtures/papers.jsonl
stop
same "SIGTERM ends it cleanly" 0 $ended
run "with a backup" 0 test -s "$T/bucket/library.backup" -a ! -e "$T/bucket/library.backup.part"
ephemeral "$T/second"
run "the next instance has it" 0 "$CARREL" -L "$T/second" search --ids "date:1900.."
same "whole" "$("$CARREL" -L "$T/first" search --ids "date:1900.." | sort)" "$(sort "$T/out")"
stop
finish
