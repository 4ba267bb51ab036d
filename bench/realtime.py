"""What idle clients of /ws/realtime cost, and how soon all of them have been told: bench/realtime.py CARREL [CLIENTS].

Serves a library of its own, connects so many clients (default 2000) that ask for jobs, and adds a job. Prints the
service's resident memory before and with them, and the time from the first to the last of them to hear of the job.
"""
import os, re, resource, select, socket, subprocess, sys, tempfile, time

MESSAGE = b'{"subscribe":["jobs"]}'
REQUEST = ("GET /ws/realtime HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode()


def rss(pid):
    with open("/proc/%d/status" % pid) as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


def main():
    carrel, count = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with tempfile.TemporaryDirectory() as home:
        command = [carrel, "-L", os.path.join(home, "library"), "-c", "serve.rate=0"]
        server = subprocess.Popen(command + ["serve", "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
        try:
            measure(command, server, count)
        finally:
            server.terminate()
            server.wait()


def measure(command, server, count):
    port = int(re.search(r":(\d+) ", server.stderr.readline()).group(1))
    clients = []

    def connect():
        s = socket.create_connection(("127.0.0.1", port))
        s.sendall(REQUEST + b"\x81" + bytes([0x80 | len(MESSAGE)]) + b"\0\0\0\0" + MESSAGE)
        got = b""
        while b"subscribed" not in got or not got.endswith(b"}"):
            got += s.recv(4096)
        clients.append(s)

    for _ in range(16):  # every thread has been at work once
        connect()
    time.sleep(1)
    before = rss(server.pid)
    for _ in range(count):
        connect()
    time.sleep(1)
    after = rss(server.pid)
    print("%d clients: %d KiB resident before, %d KiB with them: %.2f KiB each" % (count, before, after,
                                                                                  (after - before) / count))
    poll, waiting, first = select.epoll(), {s.fileno(): s for s in clients}, None
    for fd in waiting:
        poll.register(fd, select.EPOLLIN)
    subprocess.run(command + ["jobs", "add", "doctor"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    while waiting:
        for fd, _ in poll.poll():
            first = first or time.time()
            if b'"jobs"' in waiting[fd].recv(65536):
                poll.unregister(fd)
                del waiting[fd]
    print("one job told to all of them in %.1f ms" % ((time.time() - first) * 1000))


main()
