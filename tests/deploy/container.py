"""Runs what tests/deploy/dockerfile.py has built as a container would be run: as the image's user, without capabilities,
with a root that is read-only but for the volumes and /tmp; then asks it, and stops it.

    container.py IMAGE.json            $PROVE_PORT is its PORT
"""
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

image = json.load(open(sys.argv[1]))
root, port = image["root"], os.environ["PROVE_PORT"]
env = [f"{key}={value}" for key, value in {**image["env"], "PORT": port}.items()]
as_user = ["chroot", root, "setpriv", f"--reuid={image['user']}", f"--regid={image['user']}", "--clear-groups",
           "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "/usr/bin/env", "-i", "-C", image["folder"], *env]


def mount(*words):
    subprocess.run(["mount", *words], check=True)


def fail(what):
    sys.exit(f"not ok: {what}")


def inside(*words, **more):
    return subprocess.run([*as_user, *words], capture_output=True, text=True, timeout=60, **more)


def ask(path, token=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def ok(what, good, shown=""):
    if not good:
        fail(f"{what}: {shown}")
    print(f"ok - {what}", flush=True)


def prepare():
    with open(os.path.join(root, "etc/hosts"), "w") as hosts:  # no source is asked
        hosts.write("127.0.0.1 localhost\n127.0.0.2 export.arxiv.org oaipmh.arxiv.org rss.arxiv.org huggingface.co\n")
    os.makedirs(os.path.join(root, "run/secrets"), exist_ok=True)
    secret = os.path.join(root, "run/secrets/carrel_serve")
    with open(secret, "wb") as out:
        out.write(os.urandom(48))
    os.chmod(secret, 0o444)
    mount("--rbind", root, root)
    mount("-o", "remount,bind,ro", root)
    for volume in image["VOLUME"]:
        owner = os.stat(os.path.join(root, volume.lstrip("/")))
        where = os.path.join(root, volume.lstrip("/"))
        mount("-t", "tmpfs", "-o", f"uid={owner.st_uid},gid={owner.st_gid},mode=750", "tmpfs", where)
    mount("-t", "tmpfs", "tmpfs", os.path.join(root, "tmp"))


def wait_healthy():
    for _ in range(100):
        health = inside(*image["HEALTHCHECK"])
        if health.returncode == 0:
            return health.stdout
        time.sleep(0.1)
    return fail(f"health: {health.stderr}")


prepare()
ok("nobody listens: the health check says so", (h := inside(*image["HEALTHCHECK"])).returncode == 1, repr(h))
log = open(os.path.join(os.path.dirname(sys.argv[1]), "serve.log"), "w+")
service = subprocess.Popen([*as_user, *image["ENTRYPOINT"], *image["CMD"]], stderr=log)
try:
    ok(f"healthy: {wait_healthy().strip()}", True)
    identity = open(f"/proc/{service.pid}/status").read()
    ok("not root, without capabilities", "Uid:\t0" not in identity and "CapEff:\t0000000000000000" in identity, identity)
    touch = inside("touch", "/usr/bin/x")
    ok("the root is read-only", touch.returncode and "Read-only" in touch.stderr, touch.stderr)
    with open(os.path.join(root, "usr/share/carrel/starter.jsonl")) as papers:
        imported = inside("carrel", "import", "-", stdin=papers)
    ok("papers come in", imported.returncode == 0, imported.stderr)
    text = inside("carrel", "process", "/usr/share/doc/carrel/README.md")
    ok("documents are read by the confined child", text.returncode == 0, text.stderr + text.stdout)
    status, body = ask("/search?q=attention")
    ok("no token, no answer", status == 401, body)
    token = inside("carrel", "token", "new", "--scope", "read").stdout.strip()
    status, body = ask("/search?q=attention&limit=1", token)
    ok("a search is answered", status == 200 and '"arxiv:' in body, body)
    status, body = ask("/docs", token)
    ok("a page is served", status == 200 and "<html" in body, body[:200])
    backup = inside("carrel", "backup", "/var/lib/carrel-backups/1.backup")
    ok("a backup is made", backup.returncode == 0, backup.stderr)
finally:
    service.send_signal(getattr(signal, image["STOPSIGNAL"]))
    status = service.wait(timeout=30)
log.seek(0)
lines = log.read().splitlines()
ok("SIGTERM ends it cleanly", status == 0, "\n".join(lines[-10:]))
ok("each line of its log is JSON", lines and all(isinstance(json.loads(line), dict) for line in lines))
