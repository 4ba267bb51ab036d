#!/usr/bin/env python3
"""serve.py CERTIFICATE KEY FOLDER: the repositories in the folder over https, by git http-backend.

Listens on a free port of 127.0.0.1, which is printed, until it is killed. What stands first in the
path decides: /open/NAME.git is served; /moved/ leads to /open/, /away/ to another host; /secret/ wants a password; /shut/
is forbidden; /silent/ never answers; /slow/ is /open/ but stops for ever in the middle of the pack.
"""
import http.server
import os
import ssl
import subprocess
import sys
import threading

certificate, key, folder = sys.argv[1:4]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def refuse(self, status, *header):
        self.send_response(status)
        if header:
            self.send_header(*header)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        whole = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def backend(self, path, query, part):
        environment = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": folder, "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": "/" + path, "QUERY_STRING": query, "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""), "REMOTE_ADDR": "127.0.0.1",
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }
        said = subprocess.run(["git", "-c", "safe.directory=*", "http-backend"], input=self.body(),
                              env=environment, capture_output=True, check=True).stdout
        head, _, body = said.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for item in headers.items():
            self.send_header(*item)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:len(body) // 2] if part else body)
        if part:
            self.wfile.flush()
            threading.Event().wait()

    def answer(self):
        path, _, query = self.path.partition("?")
        _, what, rest = path.split("/", 2)
        if what == "moved":
            self.refuse(301, "Location", "/open/" + rest + "?" + query)
        elif what == "away":
            self.refuse(302, "Location", f"https://127.0.0.1:{self.server.server_address[1]}/open/{rest}?{query}")
        elif what == "secret":
            self.refuse(401, "WWW-Authenticate", 'Basic realm="friends"')
        elif what == "shut":
            self.refuse(403)
        elif what == "silent":
            threading.Event().wait()
        else:
            self.backend(rest, query, what == "slow" and self.command == "POST")

    do_GET = do_POST = answer


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # connections that end in the middle are what is tested


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server = Server(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_address[1], flush=True)
server.serve_forever()
