"""Reads deploy/Dockerfile, and carries it out in chroots, as there need not be a docker where it is tested.

    dockerfile.py check FILE                       is it one that we understand? prints what it would do
    dockerfile.py build FILE CONTEXT BASE WORK     a root for each stage below WORK, made from copies of BASE;
                                                   the last one's settings go to WORK/image.json
Knows what our file needs and refuses the rest, so that nothing is passed over in silence.
"""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

PLAIN = ("EXPOSE", "STOPSIGNAL", "VOLUME", "HEALTHCHECK", "ENTRYPOINT", "CMD")
KNOWN = ("FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER") + PLAIN
BASES = ("debian:12", "debian:12-slim")


def instructions(path):
    """(name, rest) of each instruction, lines that go on joined, comments left out."""
    text = "".join(line for line in open(path) if not line.startswith("#")).replace("\\\n", "")
    for line in text.splitlines():
        if not line.strip():
            continue
        name, _, rest = line.strip().partition(" ")
        if name not in KNOWN:
            sys.exit(f"{path}: {name} is not understood here")
        yield name, rest.strip()


def words(name, rest):
    """The JSON list of an instruction that has one."""
    found = json.loads(rest)
    if not all(isinstance(word, str) for word in found):
        sys.exit(f"{name} {rest}: not a list of words")
    return found


class Stage:
    def __init__(self, name, root):
        self.name, self.root, self.user, self.folder, self.settings = name, root, "root", "/", {}
        self.env = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}

    def path(self, inside):
        return os.path.join(self.root, os.path.join(self.folder, inside).lstrip("/"))

    def run(self, command):
        env = [f"{key}={value}" for key, value in self.env.items()]
        subprocess.run(
            ["chroot", f"--userspec={self.user}", self.root, "/usr/bin/env", "-i", *env, "sh", "-c",
             f"cd {shlex.quote(self.folder)} && {command}"], check=True, stdin=subprocess.DEVNULL)


def ignored(context):
    with open(os.path.join(context, ".dockerignore")) as lines:
        names = {line.strip() for line in lines} - {""}
    if any(set(name) & set("*?!") for name in names):
        sys.exit(".dockerignore: only plain paths are understood here")
    return names


def copy_tree(source, target, skipped=frozenset(), below=""):
    os.makedirs(target, exist_ok=True)
    for entry in os.scandir(source):
        name = os.path.join(below, entry.name)
        if name in skipped:
            continue
        if entry.is_dir(follow_symlinks=False):
            copy_tree(entry.path, os.path.join(target, entry.name), skipped, name)
        else:
            shutil.copy2(entry.path, os.path.join(target, entry.name), follow_symlinks=False)


def copy(stage, stages, context, rest):
    *sources, target = rest.split()
    base, skipped = context, ignored(context)
    if sources[0].startswith("--from="):
        base, skipped = stages[sources.pop(0)[7:]].root, frozenset()
    where = stage.path(target)
    for source in sources:
        whole = os.path.normpath(os.path.join(base, source.lstrip("/")))
        if os.path.isdir(whole):
            copy_tree(whole, where, skipped)
            continue
        os.makedirs(where if target.endswith("/") else os.path.dirname(where), exist_ok=True)
        shutil.copy(whole, where)


def setting(stage, name, rest):
    if name == "HEALTHCHECK":
        rest = re.sub(r"^(--\S+ )*CMD ", "", rest)
    stage.settings[name] = rest if name in ("EXPOSE", "STOPSIGNAL") else words(name, rest)


def mounted(root):
    for kind, what, where in (("proc", "proc", "proc"), (None, "/dev", "dev")):
        options = ["-t", kind] if kind else ["--rbind"]
        subprocess.run(["mount", *options, what, os.path.join(root, where)], check=True)
    shutil.copy("/etc/resolv.conf", os.path.join(root, "etc/resolv.conf"))


def build(path, context, base, work):
    stages, stage = {}, None
    for name, rest in instructions(path):
        print(f"{name} {rest}"[:110], flush=True)
        if name == "FROM":
            image, _, alias = rest.partition(" AS ")
            if image not in BASES:
                sys.exit(f"FROM {rest}: no such base here")
            root = os.path.join(work, f"stage{len(stages)}")
            subprocess.run(["cp", "-a", base, root], check=True)
            mounted(root)
            stage = stages[alias or str(len(stages))] = Stage(alias, root)
        elif name == "RUN":
            stage.run(rest)
        elif name == "COPY":
            copy(stage, stages, context, rest)
        elif name == "ENV":
            stage.env.update(pair.split("=", 1) for pair in shlex.split(rest))
        elif name == "WORKDIR":
            stage.folder = rest
            os.makedirs(stage.path(""), exist_ok=True)
        elif name == "USER":
            stage.user = rest
        else:
            setting(stage, name, rest)
    with open(os.path.join(work, "image.json"), "w") as out:
        json.dump({"root": stage.root, "env": stage.env, "user": stage.user, "folder": stage.folder,
                   **stage.settings}, out)


def check(path):
    found = list(instructions(path))
    if "apt" in "".join(rest for name, rest in found if name == "RUN").replace("/var/lib/apt", ""):
        sys.exit(f"{path}: packages are named in deploy/packages.sh alone")
    stage = Stage("", "")
    for name, rest in found:
        if name in PLAIN:
            setting(stage, name, rest)
    user = [rest for name, rest in found if name == "USER"]
    print(json.dumps({"user": user[-1] if user else "root", **stage.settings}))


if __name__ == "__main__":
    {"check": check, "build": build}[sys.argv[1]](*sys.argv[2:])
