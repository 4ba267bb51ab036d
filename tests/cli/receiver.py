"""Receives webhooks for the tests: receiver.py FOLDER SECRET-FILE.

Prints its port. Each request goes to FOLDER/N.body and a line into FOLDER/log: number, answer, event,
Idempotency-Key, whether the signature holds. What it answers is taken line by line from FOLDER/script
("503", "503 Retry-After: 2", "hang" keeps the connection open without an answer); then 200.
"""
import hashlib, hmac, http.server, os, sys, threading, time

folder, secret = sys.argv[1], open(sys.argv[2], "rb").read().rstrip(b"\n")
lock = threading.Lock()
count = 0


def scripted():
    path = os.path.join(folder, "script")
    lines = open(path).read().splitlines() if os.path.exists(path) else []
    if not lines:
        return "200"
    with open(path, "w") as f:
        f.write("".join(line + "\n" for line in lines[1:]))
    return lines[0]


def signed(header, body):
    parts = dict(p.split("=", 1) for p in header.split(","))
    good = hmac.new(secret, parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(good, parts["v1"]) and abs(time.time() - int(parts["t"])) < 300


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        global count
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with lock:
            count += 1
            number, answer = count, scripted()
            with open(f"{folder}/{number}.body", "wb") as f:
                f.write(body)
            with open(f"{folder}/{number}.signature", "w") as f:
                f.write(self.headers["X-Carrel-Signature"])
            good = signed(self.headers["X-Carrel-Signature"], body)
            with open(f"{folder}/log", "a") as f:
                f.write(f"{number} {answer.split()[0]} {self.headers['X-Carrel-Event']} "
                        f"{self.headers['Idempotency-Key']} {'signed' if good else 'UNSIGNED'}\n")
        if answer == "hang":
            time.sleep(20)
            return
        words = answer.split(" ", 1)
        self.send_response(int(words[0]))
        if len(words) > 1:
            self.send_header(*words[1].split(": ", 1))
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"ok\n")

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
