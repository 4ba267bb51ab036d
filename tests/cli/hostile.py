"""Clients of the service that mean no good, as bytes on sockets. Standard library alone.

    hostile.py URL GROUP [PID [TOKEN]]     runs the cases of a group (a function below) and prints TAP; PID: the service's
"""
import re, socket, sys, time, urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
HOST = b"Host: 127.0.0.1\r\n"
INNER = b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n"


def connect():
    return socket.create_connection((url.hostname, url.port))


def hear(s, seconds=1.0):
    """What is answered until it is silent or hangs up; and whether it hung up."""
    s.settimeout(seconds)
    heard = b""
    try:
        while True:
            some = s.recv(65536)
            if not some:
                return heard, True
            heard += some
    except TimeoutError:
        return heard, False
    except ConnectionError:
        return heard, True


def talk(raw):
    with connect() as s:
        s.sendall(raw)
        return hear(s)


def statuses(heard):
    return [int(n) for n in re.findall(rb"HTTP/1\.1 (\d+) ", heard)]


def case(name, good, *more):
    print("ok - " + name if good else "not ok - " + name)
    for line in more if not good else ():
        print("#  ", line)


def refused(name, head, body=b""):
    """One answer, 400, and the connection ends: whatever lies behind it is no request."""
    heard, over = talk(head + b"\r\n" + body)
    case(name, statuses(heard) == [400] and over, statuses(heard), "over" if over else "goes on")


def framing():
    get = b"GET /health HTTP/1.1\r\n"
    more = len(INNER)
    refused("two lengths", get + HOST + b"Content-Length: 0\r\nContent-Length: %d\r\n" % more, INNER)
    refused("a blank before the colon", get + HOST + b"Content-Length : %d\r\n" % more, INNER)
    refused("a length and chunks", get + HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n" + INNER)
    refused("another coding", get + HOST + b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n")
    refused("two codings", get + HOST + b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n")
    refused("chunks of HTTP/1.0", b"GET /health HTTP/1.0\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n")
    refused("a line that ends in the middle", get + HOST + b"X: a\rContent-Length: %d\r\n" % more, INNER)
    refused("no Host", get)
    refused("two of them", get + HOST + b"Host: example.org\r\n")
    heard, _ = talk(b"GET /health HTTP/1.0\r\n\r\n")
    case("HTTP/1.0 needs none", statuses(heard) == [200], heard)
    heard, _ = talk(INNER * 3)
    case("three requests at once are three", statuses(heard) == [200] * 3, statuses(heard))


def hosts():
    def ask(host, path=b"/papers", more=b""):
        return statuses(talk(b"GET %s HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n" % (path, host, more))[0])

    for host in (b"127.0.0.1:%d" % url.port, b"localhost", b"LOCALHOST.:1", b"[::1]:80", b"192.0.2.1", b"desk.example"):
        case("asked as " + host.decode(), ask(host) == [200], ask(host))
    for host in (b"evil.example", b"evil.example:%d" % url.port, b"127.0.0.1.evil.example", b"localhost.evil.example", b"",
                 b"[evil"):
        case("not as " + (host.decode() or "nobody"), ask(host) == [403], ask(host))
    case("health is everybody's", ask(b"evil.example", b"/health") == [200])
    upgrade = (b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
               b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nOrigin: http://evil.example\r\n")
    heard, _ = talk(b"GET /ws/realtime HTTP/1.1\r\nHost: evil.example\r\n" + upgrade + b"\r\n")
    case("nor is anything told to such a page", statuses(heard) == [403], heard)


def signed_head(length):
    """What may bring a body without having shown who it is: a header in the form of a signature."""
    return (b"POST /api/webhooks/scraper-complete HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
            b"Idempotency-Key: k\r\nX-Carrel-Signature: t=%d,v1=" % int(time.time()) + b"0" * 64 + b"\r\n" + length + b"\r\n")


def ends_within(s, seconds, drip=b""):
    """Is the connection ended, though a byte comes now and then?"""
    until = time.time() + seconds
    while time.time() < until:
        try:
            s.sendall(drip)
            if hear(s, 0.2)[1]:
                return True
        except ConnectionError:
            return True
    return False


def slow():
    for name, begin in (("a first line", b"GET /hea"), ("headers", b"GET /health HTTP/1.1\r\nX: "),
                        ("a body", signed_head(b"Content-Length: 100000\r\n")), ("nothing", b"")):
        with connect() as s:
            s.sendall(begin)
            case("byte by byte: " + name, ends_within(s, 6, b"a" if begin else b""))
    heard, _ = talk(INNER)
    case("whoever is quick is served", statuses(heard) == [200])


def endless():
    with connect() as s:
        s.sendall(signed_head(b"Transfer-Encoding: chunked\r\n"))
        sent, piece = 0, b"10000\r\n" + b" " * 65536 + b"\r\n"
        try:
            while sent < 100 << 20:
                s.sendall(piece)
                sent += 65536
        except ConnectionError:
            pass
        case("a body without an end is not heard to its end", sent < 64 << 20, sent)


def memory():
    with open(f"/proc/{sys.argv[3]}/statm") as f:
        return int(f.read().split()[1]) * 4096


def crowd():
    before, many = memory(), 12 << 20
    clients = [connect() for _ in range(30)]
    for s in clients:
        s.sendall(signed_head(b"Content-Length: %d\r\n" % (many + 1)))
        try:
            for _ in range(many >> 16):
                s.sendall(b" " * 65536)
        except ConnectionError:
            pass
    grown = memory() - before
    case("bodies of strangers have so much room and no more", grown < 160 << 20, grown)
    answers = [statuses(hear(s, 0.2)[0]) for s in clients[8:]]
    case("others are told so", all(a == [503] for a in answers), answers)
    heard, _ = talk(INNER)
    case("and the service goes on", statuses(heard) == [200])
    for s in clients:
        s.close()


def connections():
    clients = [connect() for _ in range(8)]
    for s in clients:
        try:
            s.sendall(INNER)
        except ConnectionError:
            pass
    served = sum(statuses(hear(s, 0.5)[0]) == [200] for s in clients)
    case("five connections of one client, not eight", served == 5, served)


def libraries():
    """Requests that trickle hold no connection to the library."""
    def held():
        import os
        folder = f"/proc/{sys.argv[3]}/fd"
        return sum(os.readlink(f"{folder}/{fd}").endswith("library.db") for fd in os.listdir(folder))

    before = held()
    clients = [connect() for _ in range(60)]
    for s in clients:
        s.sendall(b"POST /process/text HTTP/1.1\r\n" + HOST + b"Authorization: Bearer " + sys.argv[4].encode()
                  + b"\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{")
    time.sleep(1)
    case("sixty requests that wait for their bodies", held() <= before + 10, before, held())
    for s in clients:
        s.close()


def stopping():
    """A body on its way when the service is told to stop is taken and answered."""
    import os, signal
    body = b'{"title":"The last","text":"What came at the end."}'
    with connect() as s, connect() as idle:
        idle.sendall(INNER)
        s.sendall(b"POST /process/text HTTP/1.1\r\n" + HOST + b"Authorization: Bearer " + sys.argv[4].encode()
                  + b"\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:10])
        time.sleep(0.3)
        os.kill(int(sys.argv[3]), signal.SIGTERM)
        time.sleep(0.5)
        s.sendall(body[10:])
        heard, over = hear(s, 5)
        case("what was under way is answered", statuses(heard) == [202] and over, heard)
        case("and the connection ends", b"Connection: close" in heard, heard)
    began = time.time()
    while os.path.exists(f"/proc/{sys.argv[3]}/fd/0") and time.time() - began < 8:
        time.sleep(0.05)
    case("nobody else is waited for", time.time() - began < 4, time.time() - began)


globals()[sys.argv[2]]()
