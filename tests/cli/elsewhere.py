"""Servers of another internet, for service_elsewhere.sh: one with TLS, one without, both of this machine.

    elsewhere.py CERTIFICATE KEY PDF LOG TARGETS

Prints the two ports. Each request is a line of LOG: "https|http HOST PATH". /N.pdf leads to the Nth line of TARGETS
({https} and {http} become the ports), all else over TLS is the PDF.
"""
import http.server, re, ssl, sys, threading

certificate, key, pdf, log, targets = sys.argv[1:6]
document = open(pdf, "rb").read()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        scheme = "https" if self.server is secure else "http"
        with open(log, "a") as out:
            out.write(f"{scheme} {self.headers.get('Host')} {self.path}\n")
        number = re.fullmatch(r"/(\d+)\.pdf", self.path)
        if number and self.server is secure:
            leads = open(targets).read().split("\n")[int(number[1]) - 1]
            self.send_response(302)
            self.send_header("Location", leads.format(https=secure.server_port, http=plain.server_port))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/pdf")
        self.send_header("Content-Length", str(len(document)))
        self.end_headers()
        self.wfile.write(document)


secure = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
secure.socket = context.wrap_socket(secure.socket, server_side=True)
plain = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(secure.server_port, plain.server_port, flush=True)
threading.Thread(target=plain.serve_forever, daemon=True).start()
secure.serve_forever()
