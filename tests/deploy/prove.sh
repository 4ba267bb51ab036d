#!/bin/sh
# Proves that deploy/Dockerfile and docs/DEPLOY.md do what they say: `make prove-deploy`, as root. The Dockerfile is
# carried out in chroots and its service asked, with a root that is read-only; the page's own lines are run in a
# fresh Debian 12 that systemd-nspawn boots. No source is asked for papers: their names lead nowhere there.
#   PROVE_PORT (default 8577)   the port of the service, should that one be taken here
#   PROVE_BASE                  a fresh debootstrap of bookworm (minbase); else one is made
set -eu
cd "$(dirname "$0")/../.."
[ "$(id -u)" -eq 0 ] || { echo "prove.sh: chroots need root" >&2; exit 1; }
port=${PROVE_PORT:-8577}
if curl -s -o /dev/null "http://127.0.0.1:$port/"; then
    echo "prove.sh: somebody listens at port $port; name another one: PROVE_PORT=18577" >&2
    exit 1
fi
if [ $# -eq 0 ]; then
    PROVE_WORK=$(mktemp -d /var/tmp/carrel-prove.XXXXXX)
    export PROVE_WORK
    trap 'rm -rf --one-file-system "$PROVE_WORK"' EXIT
    [ -n "${PROVE_BASE:-}" ] || {
        echo "== debootstrap"
        PROVE_BASE=$PROVE_WORK/base
        export PROVE_BASE
        debootstrap --variant=minbase bookworm "$PROVE_BASE" >"$PROVE_WORK/log" 2>&1 || { tail "$PROVE_WORK/log"; exit 1; }
    }
    # What is mounted and started there goes with the namespaces, whatever happens.
    unshare --mount --pid --fork --kill-child --mount-proc --propagation private sh "$0" container
    sh "$0" page
    echo "The Dockerfile and docs/DEPLOY.md do what they say."
    exit
fi

# What is committed or about to be.
source_tree() {
    mkdir -p "$1"
    git ls-files -z --cached --others --exclude-standard | xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' sh |
        tar -c --null -T - | tar -x -C "$1"
}
# The ```sh blocks of a page: those are the ones that are run.
page_lines() { awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$1"; }
# What the page does not say, but the units promise: documents and clones within their confinement, and how much that is.
more_lines() {
    cat <<'X'
install -d -o carrel /srv/git
runuser -u carrel -- sh -c 'git init -q /srv/git/lamps && git -C /srv/git/lamps -c user.name=x -c user.email=x@x commit -q --allow-empty -m lit'
carrel-service process /usr/local/share/doc/carrel/README.md
carrel-service add /srv/git/lamps
carrel-service repo repo:local/git/lamps log
systemd-analyze security --offline=true --no-pager /usr/local/lib/systemd/system/carrel.service | tail -n 1 | grep "$(grep -o 'says [0-9.]* (of 10' /usr/local/share/doc/carrel/DEPLOY.md | cut -d ' ' -f 2)"
find /var/lib/carrel /var/lib/carrel-backups ! -user carrel | { ! grep .; }
X
}
say() { echo "== $*"; }

container() {
    source_tree "$PROVE_WORK/context"
    python3 tests/deploy/dockerfile.py build deploy/Dockerfile "$PROVE_WORK/context" "$PROVE_BASE" "$PROVE_WORK" \
        >"$PROVE_WORK/log" 2>&1 || { tail -n 40 "$PROVE_WORK/log"; exit 1; }
    say "the Dockerfile is carried out: $(grep -cE '^(FROM|COPY|RUN) ' "$PROVE_WORK/log") steps"
    PROVE_PORT=$port python3 tests/deploy/container.py "$PROVE_WORK/image.json"
}

page() {
    root=$PROVE_WORK/machine
    cp -a "$PROVE_BASE" "$root"
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    chroot "$root" sh -c 'export DEBIAN_FRONTEND=noninteractive
        apt-get update && apt-get install -y --no-install-recommends systemd systemd-sysv dbus' >"$PROVE_WORK/log" 2>&1 ||
        { tail "$PROVE_WORK/log"; exit 1; }
    source_tree "$root/root/carrel"
    echo "127.0.0.1 localhost" >>"$root/etc/hosts" # which the installer would have written
    for host in export.arxiv.org oaipmh.arxiv.org rss.arxiv.org arxiv.org huggingface.co datasets-server.huggingface.co \
        api.github.com api.crossref.org; do
        echo "127.0.0.2 $host"
    done >>"$root/etc/hosts"
    # The site's own name, and a certificate for nginx, are what an example cannot have.
    mkdir -p "$root/etc/letsencrypt/live/localhost"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
        -keyout "$root/etc/letsencrypt/live/localhost/privkey.pem" \
        -out "$root/etc/letsencrypt/live/localhost/fullchain.pem" 2>/dev/null
    for file in docs/DEPLOY.md deploy/service.config deploy/Caddyfile deploy/nginx.conf src/app/options.c; do
        sed -i "s/carrel\.example\.org/localhost/g; s/127\.0\.0\.1:8577/127.0.0.1:$port/g" "$root/root/carrel/$file"
    done
    { echo 'PS4="+ \$(date +%T) "; set -eux; export HOME=/root DEBIAN_FRONTEND=noninteractive; cd'; page_lines "$root/root/carrel/docs/DEPLOY.md"; more_lines; } >"$root/root/lines"
    cat >"$root/etc/systemd/system/prove.service" <<X
[Service]
Type=oneshot
WorkingDirectory=/root
ExecStart=/bin/sh -c 'bash /root/lines >/root/log 2>&1; echo \$? >/root/status'
ExecStopPost=/bin/systemctl --no-block poweroff
[Install]
WantedBy=multi-user.target
X
    mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
    ln -s ../prove.service "$root/etc/systemd/system/multi-user.target.wants/"
    say "the page: $(page_lines docs/DEPLOY.md | grep -c .) lines on a fresh machine"
    began=$(date +%s)
    timeout 1800 systemd-nspawn -q -D "$root" --register=no --keep-unit -b >"$PROVE_WORK/log" 2>&1 </dev/null || true
    [ "$(cat "$root/root/status" 2>/dev/null)" = 0 ] || {
        journalctl -D "$root/var/log/journal" --no-pager -o cat -u carrel -u caddy -u nginx -n 12 2>/dev/null || true
        tail -n 40 "$root/root/log" || tail -n 40 "$PROVE_WORK/log"
        exit 1
    }
    tail -n 12 "$root/root/log"
    say "the page was carried out in $(($(date +%s) - began)) s"
}
"$1"
