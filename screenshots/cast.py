"""Records a scripted session of a program as asciicast v2, with the times of the script: what the program writes behind a
key is one event, whenever it came, so a busy machine makes no slower film.

    cast.py STEPS TITLE WIDTHxHEIGHT PROGRAM [WORD...] >FILE
"""
import fcntl, json, os, pty, re, select, signal, struct, sys, termios

QUIET = 0.6    # seconds without a byte: the screen stands
LETTER = 0.07  # between the letters of a text that is typed
KEYS = {"CR": "\r", "Esc": "\033", "Space": " ", "Tab": "\t", "BS": "\x7f", "lt": "<"}


def keys_of(text):
    """Each key of "jj<CR>" as what a terminal sends."""
    for name, letter in re.findall(r"<(C-.|CR|Esc|Space|Tab|BS|lt)>|(.)", text):
        if name.startswith("C-"):
            yield chr(ord(name[2]) & 0x1F)
        else:
            yield KEYS[name] if name else letter


def steps_of(path):
    for line in open(path, encoding="utf-8"):
        if not line.startswith("#"):
            pause, keys = line.rstrip("\n").split("|", 1)
            yield float(pause), list(keys_of(keys))


def hear(fd, quiet=QUIET):
    """All that comes until nothing has come for a while; None when the program has ended."""
    got = b""
    while select.select([fd], [], [], quiet)[0]:
        try:
            more = os.read(fd, 65536)
        except OSError:
            more = b""
        if not more:
            return got or None
        got += more
    return got


def main(path, title, size, *program):
    width, height = map(int, size.split("x"))
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        os.execvp(program[0], program)
    print(json.dumps({"version": 2, "width": width, "height": height, "title": title, "env": {"TERM": os.environ["TERM"]}}))

    at = 0.0

    def note(data):
        if data:
            print(json.dumps([round(at, 2), "o", data.decode("utf-8", "replace")], ensure_ascii=False))

    note(hear(fd, 2))
    for pause, keys in steps_of(path):
        at += pause
        for i, key in enumerate(keys):
            at += LETTER if i else 0
            os.write(fd, key.encode())
            # Only the last letter of a text asks the library; what is painted for the others comes at once.
            note(hear(fd, QUIET if i + 1 == len(keys) else 0.12))
    if hear(fd) is None and os.waitpid(pid, 0)[1] == 0:
        return 0
    print("cast.py: the program has not ended, or not well", file=sys.stderr)
    os.kill(pid, signal.SIGTERM)
    return 1


sys.exit(main(*sys.argv[1:]))
