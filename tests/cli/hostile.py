"""Clients of the service that mean no good, as bytes on sockets. Standard library alone.

    hostile.py URL GROUP     runs the cases of a group (a function below) and prints TAP
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


globals()[sys.argv[2]]()
