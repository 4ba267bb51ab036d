"""A WebSocket client that can do wrong on purpose, and the cases of realtime.sh. Only Python's own library.

    realtime.py listen HOST:PORT TOKEN TOPIC...        prints what it hears until the connection ends
    realtime.py CASE HOST:PORT        $CARREL, $LIB are set; for tokens $WITH (a
    configuration) and $SECRET, too; $TLS: over TLS
Prints TAP; ends with 1 when a case failed.
"""
import base64, hashlib, hmac, json, os, socket, sqlite3, ssl, struct, subprocess, sys, threading, time
import urllib.request, uuid

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # of this key, in RFC 6455
failed = False


def check(name, good, what=""):
    global failed
    print(("ok - " if good else "not ok - ") + name)
    if not good:
        failed = True
        print("#   " + str(what)[:600])


def same(name, want, got):
    check(name, want == got, "expected %r, got %r" % (want, got))


class Client:
    def __init__(self, headers=(), path="/ws/realtime", drop=(), extra=b"", buffer=0, more="", version="HTTP/1.1"):
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(20)
        host, port = SERVER.split(":")
        self.socket.connect((host, int(port)))
        if os.environ.get("TLS"):
            self.socket = ssl._create_unverified_context().wrap_socket(self.socket)
        self.bytes = b""
        self.pongs = True
        lines = {"Host": SERVER, "Upgrade": "websocket", "Connection": "keep-alive, Upgrade",
                 "Sec-WebSocket-Key": KEY, "Sec-WebSocket-Version": "13"}
        lines.update(dict(headers))
        request = "GET %s %s\r\n" % (path, version)
        request += "".join("%s: %s\r\n" % line for line in lines.items() if line[0] not in drop)
        self.socket.sendall(request.encode() + b"\r\n" + extra)
        head = b""
        while b"\r\n\r\n" not in head:
            some = self.socket.recv(1)
            if not some:
                break
            head += some
        self.head = head.decode()
        self.status = int((self.head.split() + ["0", "0"])[1])

    def raw(self, data):
        self.socket.sendall(data)

    def frame(self, opcode, payload=b"", fin=True, mask=b"\1\2\3\4", rsv=0):
        if isinstance(payload, str):
            payload = payload.encode()
        size = len(payload)
        head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
        bit = 0x80 if mask else 0
        if size < 126:
            head += bytes([bit | size])
        elif size < 65536:
            head += bytes([bit | 126]) + struct.pack(">H", size)
        else:
            head += bytes([bit | 127]) + struct.pack(">Q", size)
        if mask:
            payload = mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))
        return head + payload

    def send(self, *args, **more):
        self.raw(self.frame(*args, **more))

    def say(self, **message):
        self.send(TEXT, json.dumps(message))

    def exact(self, count):
        while len(self.bytes) < count:
            some = self.socket.recv(65536)
            if not some:
                raise EOFError
            self.bytes += some
        out, self.bytes = self.bytes[:count], self.bytes[count:]
        return out

    def next(self, pings=False):
        """(opcode, payload) of the next frame; pings are answered on the way, and shown when they are asked for.
        (0, b""): the connection ended."""
        while True:
            try:
                one, two = self.exact(2)
                size = two & 127
                if size == 126:
                    size = struct.unpack(">H", self.exact(2))[0]
                elif size == 127:
                    size = struct.unpack(">Q", self.exact(8))[0]
                if two & 128:
                    return -1, b"a server's frame is masked"
                payload = self.exact(size)
            except (EOFError, ConnectionResetError):
                return 0, b""
            if one & 15 == PING and self.pongs:
                self.send(PONG, payload)
            if one & 15 != PING or pings:
                return one & 15, payload

    def message(self):
        opcode, payload = self.next()
        return json.loads(payload) if opcode == TEXT else (opcode, payload)

    def closed(self):
        """The code of the close frame, past whatever comes before it; 0: it has none; None: no such frame came."""
        while True:
            opcode, payload = self.next()
            if opcode in (0, -1):
                return None
            if opcode == CLOSE:
                self.reason = payload[2:].decode()
                return struct.unpack(">H", payload[:2])[0] if payload else 0

    def subscribe(self, *topics):
        self.say(subscribe=topics)
        return self.message()


def carrel(*words):
    command = [os.environ["CARREL"]] + (["--config", os.environ["WITH"]] if os.environ.get("WITH") else [])
    return subprocess.run(command + ["-L", os.environ["LIB"], *words], check=True, capture_output=True,
                          text=True).stdout.strip()


def flood(count, size):
    """So many new jobs in one transaction, with a text of so many bytes."""
    db = sqlite3.connect(os.path.join(os.environ["LIB"], "library.db"), timeout=30)
    with db:
        db.executemany("INSERT INTO job(kind, payload, error, attempts_max, created, due) VALUES('none', '{}', ?, 1, 1, 1)",
                       [("y" * size,)] * count)
    db.close()


# ---- the handshake ----

def handshake():
    c = Client()
    same("an upgrade is answered", 101, c.status)
    check("with the key that proves it", "Sec-WebSocket-Accept: " + ACCEPT in c.head, c.head)
    check("and no protocol, and no extension", "Sec-WebSocket-Protocol" not in c.head
          and "Extensions" not in c.head, c.head)
    same("then frames go both ways", {"subscribed": ["jobs"]}, c.subscribe("jobs"))
    c = Client(extra=Client.frame(None, TEXT, '{"subscribe":["events"]}'))
    same("what comes right behind the request is heard", {"subscribed": ["events"]}, c.message())
    for name, header in ("Upgrade", None), ("Connection", None), ("Sec-WebSocket-Version", None):
        c = Client(drop=[name])
        same("426 without " + name, 426, c.status)
    check("which says what is asked for", "Sec-WebSocket-Version: 13" in c.head, c.head)
    same("426 for another version", 426, Client({"Sec-WebSocket-Version": "8"}).status)
    same("426 over HTTP/1.0", 426, Client(version="HTTP/1.0").status)
    same("400 without a key", 400, Client(drop=["Sec-WebSocket-Key"]).status)
    same("400 for a key of another length", 400, Client({"Sec-WebSocket-Key": "dGhlIHNhbXBsZQ=="}).status)
    same("400 for an unknown parameter", 400, Client(path="/ws/realtime?colour=red").status)
    same("a protocol that is offered is passed over", 101, Client({"Sec-WebSocket-Protocol": "chat"}).status)
    same("a page of this host may", 101, Client({"Origin": "http://" + SERVER}).status)
    same("one that the configuration names, too", 101, Client({"Origin": "https://site.example"}).status)
    same("another may not", 403, Client({"Origin": "https://evil.example"}).status)
    same("nor one without a name", 403, Client({"Origin": "null"}).status)


# ---- eight ways to be wrong, or nearly ----

def fragments():
    c = Client()
    c.send(TEXT, '{"subscr', fin=False)
    c.send(PING, b"between")
    c.send(0, 'ibe":["jobs",', fin=False)
    c.send(PONG, b"not asked for")
    c.send(0, b"", fin=False)
    c.send(0, '"scrapes"]}')
    same("1 fragments: a ping between them is answered first", (PONG, b"between"), c.next())
    same("1 fragments: the message is one", {"subscribed": ["jobs", "scrapes"]}, c.message())
    for b in c.frame(TEXT, '{"unsubscribe":["jobs"]}'):
        c.raw(bytes([b]))
    same("1 fragments: byte by byte", {"subscribed": ["scrapes"]}, c.message())
    c.raw(c.frame(TEXT, '{"subscribe":["jobs"]}') + c.frame(PING, b"a") + c.frame(TEXT, '{"unsubscribe":["jobs"]}'))
    got = [c.message() for _ in range(3)]
    check("1 fragments: several frames in one write", {"subscribed": ["jobs", "scrapes"]} in got
          and {"subscribed": ["scrapes"]} in got and (PONG, b"a") in got, got)
    c.send(0, "x")
    same("1 fragments: one that continues nothing", 1002, c.closed())
    c = Client()
    c.send(TEXT, "a", fin=False)
    c.send(TEXT, "b")
    same("1 fragments: a message inside of another", 1002, c.closed())
    c = Client()
    c.send(PING, "a", fin=False)
    same("1 fragments: a ping in parts", 1002, c.closed())


def utf8():
    for text in b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"abc\xe2\x82":
        c = Client()
        c.send(TEXT, text)
        same("2 not UTF-8: %r" % text, 1007, c.closed())
    c = Client()
    c.send(TEXT, '{"subscribe":["\u20ac'.encode()[:-1], fin=False)
    c.send(0, "\u20ac".encode()[-1:] + b'"]}')
    same("2 UTF-8 that is cut between fragments is whole", "subscribe", c.message()["error"]["field"])
    c.send(CLOSE, b"\x03\xe8\xff\xff")
    same("2 not UTF-8: the reason of a close", 1007, c.closed())


def size():
    c = Client()
    c.send(TEXT, "[" + " " * 65530 + "]")
    same("3 size: 64 KiB is read", "bad_request", c.message()["error"]["code"])
    c.send(TEXT, "x" * 65537)
    same("3 size: one byte more is not", 1009, c.closed())
    c = Client()
    c.send(TEXT, "x" * 40000, fin=False)
    c.send(0, "x" * 40000)
    same("3 size: nor in fragments", 1009, c.closed())
    c = Client()
    c.raw(b"\x81\xff" + struct.pack(">Q", 1 << 62) + b"\0\0\0\0x")
    same("3 size: nor is it waited for", 1009, c.closed())
    c = Client()
    c.send(PING, "x" * 126)
    same("3 size: a ping of more than 125 bytes", 1002, c.closed())


def unmasked():
    c = Client()
    c.send(TEXT, '{"subscribe":["jobs"]}', mask=b"")
    same("4 unmasked", 1002, c.closed())


def opcodes():
    for opcode in 3, 7, 11, 15:
        c = Client()
        c.send(opcode, "x")
        same("5 opcode %d" % opcode, 1002, c.closed())
    for rsv in 1, 2, 4:
        c = Client()
        c.send(TEXT, "{}", rsv=rsv)
        same("5 reserved bit %d" % rsv, 1002, c.closed())
    c = Client()
    c.send(BINARY, "{}")
    same("5 binary messages are not for us", 1003, c.closed())


def closes():
    for code in 1000, 1001, 1011, 3000, 4999:
        c = Client()
        c.send(CLOSE, struct.pack(">H", code) + b"bye")
        same("6 close %d is answered in kind" % code, code, c.closed())
        same("6 and the connection ends", (0, b""), c.next())
    c = Client()
    c.send(CLOSE)
    same("6 close without a code", 0, c.closed())
    for code in 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535:
        c = Client()
        c.send(CLOSE, struct.pack(">H", code))
        same("6 close %d is none" % code, 1002, c.closed())
    c = Client()
    c.send(CLOSE, b"\x03")
    same("6 close of one byte", 1002, c.closed())
    c = Client()
    c.raw(c.frame(CLOSE, b"\x03\xe8") + c.frame(TEXT, '{"subscribe":["jobs"]}'))
    same("6 nothing behind a close is heard", (1000, (0, b"")), (c.closed(), c.next()))
    c = Client()
    c.socket.close()  # without a word
    c = Client()
    c.raw(c.frame(TEXT, "[" + " " * 1000 + "]")[:500])
    c.socket.close()  # in the middle of a frame
    same("6 whoever leaves without a word does no harm", {"subscribed": []}, Client().subscribe())


# serve.ws-queue=8, serve.ws-stall=6s: the sockets' buffers take some, 8 frames wait, the rest is dropped.
def slow():
    c, quick = Client(buffer=4096), Client()
    c.subscribe("jobs")
    quick.subscribe("jobs")
    got, more = [], []

    def read_on():
        while len(got) + len(more) < 50:
            message = quick.message()
            (got if len(got) < 30 else more).append(message["data"]["job"]["id"])

    reader = threading.Thread(target=read_on, daemon=True)
    reader.start()
    time.sleep(1.2)  # what is there is looked at first
    for _ in range(6):
        flood(5, 60000)
        time.sleep(0.7)
    c.raw(c.frame(PING, b"still here"))
    deadline = time.time() + 20
    while len(got) < 30 and time.time() < deadline:
        time.sleep(0.05)
    place = {job: i for i, job in enumerate(got)}
    same("7 slow: a quick one gets all, each once", 30, len(place))
    ids, told, ponged = [], [], False
    while not ids or ids[-1] != got[-1]:
        message = c.message()
        if message == (PONG, b"still here"):
            ponged = len(ids)
        elif "dropped" in message:
            told.append((message["dropped"], ids[-1]))
        else:
            ids.append(message["data"]["job"]["id"])
    gaps = [(place[b] - place[a] - 1, a) for a, b in zip(ids, ids[1:]) if place[b] != place[a] + 1]
    check("7 slow: the oldest went, the newest came", gaps and ids[-8:] == got[-8:], (ids, got))
    same("7 slow: what was dropped is told, where it is missing", gaps, told)
    check("7 slow: a pong passes what waits", ponged and ponged < len(ids) - 7, (ponged, len(ids)))
    began = time.time()
    for _ in range(4):
        flood(5, 60000)
        time.sleep(0.7)
    time.sleep(6)  # reading would be taking
    code = c.closed()
    check("7 slow: who takes nothing is cut off", code in (1008, None), code)
    check("7 slow: in the time that is given", time.time() - began < 14, time.time() - began)
    reader.join(10)
    same("7 slow: the quick one went on", 20, len(more))


# serve.ws-ping=500ms, serve.ws-pong=500ms
def half_open():
    dead = Client()
    dead.pongs = False
    began = time.time()
    same("8 half-open: no pong, no connection", 1008, dead.closed())
    took = time.time() - began
    check("8 half-open: in the time that is given", 0.9 < took < 3, took)
    same("8 half-open: it says why", "a ping was not answered", dead.reason)
    c = Client()
    same("8 half-open: who answers stays, and is asked again", [(PING, b"")] * 4, [c.next(True) for _ in range(4)])


# ---- what is said ----

def messages():
    c = Client()
    for text, field in (("[]", None), ("{", None), ("{}", None), ('{"subscribe":"jobs"}', "subscribe"),
                        ('{"subscribe":["jobs","weather"]}', "subscribe"), ('{"colour":1}', "colour"),
                        ('{"subscribe":["a","b","c","d","e"]}', "subscribe"), ("", None), ("[" * 60000, None)):
        c.send(TEXT, text)
        answer = c.message()
        same("wrong: %.40s" % text, ("bad_request", field),
             (answer["error"]["code"], answer["error"]["field"]) if "error" in answer else answer)
    same("after all that it is still there", {"subscribed": ["scrapes"]}, c.subscribe("scrapes"))
    same("nothing by halves", {"subscribed": ["scrapes"]}, c.subscribe())


def topics():
    jobs, other, both, none = Client(), Client(), Client(), Client()
    jobs.subscribe("jobs")
    other.subscribe("events", "scrapes")
    same("topics are told in one order", {"subscribed": ["jobs", "scrapes"]}, both.subscribe("scrapes", "jobs"))
    time.sleep(1.2)  # what is there is looked at first
    carrel("jobs", "add", "doctor", '{"fix":true}')
    message = jobs.message()
    same("a new job", ("jobs", "doctor", "queued"),
         (message["topic"], message["data"]["job"]["kind"], message["data"]["job"]["state"]))
    same("to all who asked", message, both.message())
    carrel("jobs", "cancel", str(message["data"]["job"]["id"]))
    same("a job that changes", "cancelled", jobs.message()["data"]["job"]["state"])
    both.message()
    both.say(unsubscribe=["jobs"])
    same("unsubscribed", {"subscribed": ["scrapes"]}, both.message())
    carrel("jobs", "add", "doctor")
    same("the others go on", "queued", jobs.message()["data"]["job"]["state"])
    for c, name in (both, "who left"), (other, "who asked for others"), (none, "who asked for nothing"):
        c.send(PING, b"?")
        same("nothing came to " + name, (PONG, b"?"), c.next())


def flooding():
    c = Client()
    c.raw(c.frame(PING, b"x") * 400)
    same("too many messages", 1008, c.closed())
    check("are told of", "too many messages" in c.reason, c.reason)


# serve.ws-clients=3
def many():
    held = [Client() for _ in range(3)]
    c = Client()
    same("one too many", 503, c.status)
    held[0].send(CLOSE, b"\x03\xe8")
    held[0].closed()
    held[0].socket.close()
    time.sleep(0.5)
    same("when one leaves, another may come", 101, Client().status)


def stop():
    """Says goodbye; the shell sends SIGTERM when it reads this."""
    clients = [Client() for _ in range(20)]
    clients[0].send(TEXT, '{"subscribe":', fin=False)
    print("# ready", flush=True)
    codes = [c.closed() for c in clients]
    same("the end is told to all", [1001] * 20, codes)
    same("and comes", (0, b""), clients[5].next())


# ---- tokens: nothing is open ----

def forged(seconds, scope="read"):
    """A token of ours that ends so many seconds from now; 30 s are given on top, for clocks."""
    jti = json.loads(carrel("token", "list", "--json"))["items"][0]["id"]
    text = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=")
    claims = {"iss": "carrel", "jti": jti, "scope": scope, "iat": 1, "exp": int(time.time()) + seconds - 30}
    body = text(b'{"alg":"HS256","typ":"JWT"}') + b"." + text(json.dumps(claims).encode())
    with open(os.environ["SECRET"], "rb") as file:
        return (body + b"." + text(hmac.new(file.read(), body, hashlib.sha256).digest())).decode()


def tokens():
    late = Client()
    same("without a token it may come first", 101, late.status)
    began = time.time()
    read = carrel("token", "new", "--scope", "read")
    write = carrel("token", "new", "--scope", "write")
    events = carrel("token", "new", "--scope", "events")
    bearer = Client({"Authorization": "Bearer " + read})
    same("a bearer", {"subscribed": ["jobs"]}, bearer.subscribe("jobs"))
    same("in the address", {"subscribed": []}, Client(path="/ws/realtime?token=" + read).subscribe())
    same("write can read", {"subscribed": []}, Client(path="/ws/realtime?token=" + write).subscribe())
    same("another scope", 403, Client(path="/ws/realtime?token=" + events).status)
    same("a bad one", 401, Client({"Authorization": "Bearer x.y.z"}).status)
    first = Client()
    first.say(token=read)
    same("as the first message", {"subscribed": []}, first.message())
    same("then all is as with the others", {"subscribed": ["jobs"]}, first.subscribe("jobs"))
    once = Client()
    once.say(token=read, subscribe=["jobs"])
    same("both at once", {"subscribed": ["jobs"]}, once.message())
    watcher = Client({"Authorization": "Bearer " + write})
    watcher.subscribe("events", "metrics")
    event = {"event_id": str(uuid.uuid4()), "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "path": "/lamps"}
    request = urllib.request.Request("http://" + SERVER + "/events/pageview", json.dumps(event).encode(),
                                     {"Authorization": "Bearer " + events, "Content-Type": "application/json"})
    same("an event is taken", 202, urllib.request.urlopen(request).status)
    told = {}
    while set(told) != {"events", "metrics"}:
        message = watcher.message()
        told[message["topic"]] = message["data"]
    check("and told, beside what is counted", event["path"] in json.dumps(told["events"]), told)
    for name, message, code in (("topics before it", {"subscribe": ["jobs"]}, 4401), ("a bad one", {"token": "x"}, 4401),
                                ("nothing", {}, 4401), ("one of another scope", {"token": events}, 4403)):
        c = Client()
        c.say(**message)
        same("as the first message, " + name, code, c.closed())
    ending = Client({"Authorization": "Bearer " + forged(3)})
    same("one that ends soon", {"subscribed": []}, ending.subscribe())
    started = time.time()
    same("ends the connection", 4401, ending.closed())
    check("when it does", 1 < time.time() - started < 5, time.time() - started)
    for item in json.loads(carrel("token", "list", "--json"))["items"]:
        if item["scope"] == "read":
            carrel("token", "revoke", item["id"])
    started = time.time()
    same("one that is taken back", 4401, bearer.closed())
    same("for all who have it", 4401, first.closed())
    check("at once", time.time() - started < 4, time.time() - started)
    same("is none any more", 401, Client({"Authorization": "Bearer " + read}).status)
    same("who never says", 4401, late.closed())
    check("has ten seconds", 9 < time.time() - began < 13, time.time() - began)


def events():
    """What a website sends is told to whoever listens, and how things stand once a second; not who it was."""
    import http.client, uuid
    listener = Client({"Authorization": "Bearer " + carrel("token", "--scope", "read")})
    listener.subscribe("events", "metrics")
    one = {"event_id": str(uuid.uuid4()), "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
           "paper": "2602.00001", "path": "/lamps?who=ann", "visitor": "ann"}
    service = http.client.HTTPConnection(SERVER, timeout=20)
    for accepted in (1, 0):
        service.request("POST", "/events/pageview", json.dumps(one), {"Content-Type": "application/json",
                        "Authorization": "Bearer " + carrel("token", "--scope", "events")})
        same("an event", accepted, json.loads(service.getresponse().read())["accepted"])
    told, began = [], time.time()
    while time.time() - began < 2.5:
        listener.socket.settimeout(3)
        told.append((time.time(), listener.message()))
    same("is told once, without its visitor", [{"event_id": one["event_id"], "kind": "pageview", "at": one["at"],
         "paper": "arxiv:2602.00001", "path": "/lamps"}], [m["data"] for _, m in told if m["topic"] == "events"])
    figures = [(at, m["data"]) for at, m in told if m["topic"] == "metrics"]
    check("how things stand", figures and figures[-1][1]["active_5m"] >= 1 and figures[-1][1]["views_5m"] >= 1, figures[-1:])
    check("once a second", 2 <= len(figures) <= 4, [at for at, _ in figures])


def listen():
    """For service_tour.sh: each message on a line, at last the code and reason of the close."""
    listener = Client({"Authorization": "Bearer " + sys.argv[3]})
    listener.socket.settimeout(None)
    listener.say(subscribe=sys.argv[4:])
    opcode, payload = listener.next()
    while opcode == TEXT:
        print(payload.decode(), flush=True)
        opcode, payload = listener.next()
    if opcode == CLOSE:
        print(struct.unpack(">H", payload[:2])[0], payload[2:].decode(), flush=True)


CASES = {"listen": (listen,), "wrong": (handshake, fragments, utf8, size, unmasked, opcodes, closes, messages, flooding, topics),
         "slow": (slow,), "half-open": (half_open,),
         "tls": (handshake, fragments, size, closes, topics), "many": (many,), "stop": (stop,), "tokens": (tokens,), "events": (events,)}
SERVER = sys.argv[2]
for case in CASES[sys.argv[1]]:
    case()
sys.exit(failed)
