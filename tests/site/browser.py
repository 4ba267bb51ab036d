"""
One headless Chromium for the tests of pages and their screenshots: how it is started, how a page is
waited for, what contrast its texts have. Without chromium-driver or selenium, available() says why.
"""

import functools
import http.server
import json
import os
import re
import shutil
import socket
import threading
import time

try:
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    MISSING = None
except ImportError:
    MISSING = "python3-selenium is not installed"

PHONE, DESKTOP = (390, 844), (1440, 900)


def available():
    """None, or what is missing."""
    if MISSING:
        return MISSING
    for program in ("chromium", "chromedriver"):
        if not shutil.which(program):
            return f"{program} is not installed"
    return None


class Browser:
    """A Chromium whose home is `folder`; use it in a with statement."""

    def __init__(self, folder):
        options = Options()
        options.binary_location = shutil.which("chromium")
        for flag in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--no-first-run", "--disable-extensions", "--disable-background-networking",
                     "--disable-component-update", "--force-device-scale-factor=1",
                     "--user-data-dir=" + os.path.join(folder, "chromium")):
            options.add_argument(flag)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # which root may not have
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = Service(shutil.which("chromedriver"), env={**os.environ, "HOME": folder})
        try:
            self.driver = webdriver.Chrome(service=service, options=options)
        except WebDriverException:  # on a busy machine it may not come up in time
            time.sleep(2)
            self.driver = webdriver.Chrome(service=service, options=options)
        self.driver.set_page_load_timeout(30)
        self.driver.set_script_timeout(30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def size(self, size):
        # The window of a headless browser may not be narrower than some 500 pixels; the view may.
        width, height = size
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})

    def colours(self, scheme):
        """'light' or 'dark', as the system's wish."""
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme},
                         {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def wait(self, script, *arguments, seconds=20):
        """Until the script returns something true, which is returned; else AssertionError."""
        end = time.time() + seconds
        while time.time() < end:
            value = self.js(script, *arguments)
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError("waited in vain for: " + script)

    def open(self, address):
        """A page of the website, shown whole."""
        self.driver.get("about:blank")  # so that another hash is another page
        self.driver.get(address)
        self.settled()

    def settled(self):
        self.wait("return document.readyState === 'complete' && document.querySelector('main > :not(noscript)')"
                  " && !document.querySelector('main[aria-busy]')")

    def press(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains
        ActionChains(self.driver).send_keys(*keys).perform()

    def console(self):
        """Warnings and errors since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def shot(self, path):
        self.driver.save_screenshot(path)

    def contrasts(self):
        """Texts whose contrast with what is behind them is below 4.5: [ratio, text, colours]."""
        return self.js(CONTRAST)


# Of each text that is shown: its colour over the first ground behind it that is opaque.
CONTRAST = r"""
const parse = (text) => { const p = text.match(/[\d.]+/g).map(Number); return { rgb: p.slice(0, 3), a: p[3] === undefined ? 1 : p[3] }; };
const light = (rgb) => { const [r, g, b] = rgb.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const over = (top, below) => top.rgb.map((v, i) => v * top.a + below[i] * (1 - top.a));
const ground = (node) => { const layers = [];
    for (; node; node = node.parentElement) { const c = parse(getComputedStyle(node).backgroundColor); layers.push(c); if (c.a === 1) break; }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]); };
const bad = [];
let seen = 0;
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
    const node = walk.currentNode.parentElement, style = getComputedStyle(node);
    if (!walk.currentNode.data.trim() || !node.getClientRects().length || style.visibility === "hidden" || node.closest("noscript, .unseen, .skip, button:disabled"))
        continue;
    seen++;
    const back = ground(node), a = light(over(parse(style.color), back)), b = light(back);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5)
        bad.push([ratio.toFixed(2), walk.currentNode.data.trim().slice(0, 40), style.color, "rgb(" + back.map(Math.round) + ")"]);
}
for (const field of document.querySelectorAll("input[placeholder]")) {
    const back = ground(field), a = light(parse(getComputedStyle(field, "::placeholder").color).rgb), b = light(back);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push([ratio.toFixed(2), field.placeholder]);
}
if (seen < 5) bad.push(["no texts seen"]);
return bad;
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Served:
    """The folder over HTTP on the loopback address; `bytes` and `requests` count what was fetched."""

    def __init__(self, folder):
        outer = self

        class Handler(Quiet):
            def copyfile(self, source, output):
                data = source.read()
                outer.requests += 1
                outer.bytes += len(data)
                output.write(data)

        self.requests = self.bytes = 0
        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=folder))
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Proxy:
    """A reverse proxy that shows a service below a path, and nothing beside it."""

    def __init__(self, port, path):
        self.target, self.path = port, path.encode()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}{path}/"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client = self.socket.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    @staticmethod
    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def serve(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            data = client.recv(65536)
            if not data:
                return
            head += data
        method, path, rest = head.split(b" ", 2)
        if not path.startswith(self.path + b"/"):
            client.sendall(b"HTTP/1.1 404 Not here\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            client.close()
            return
        if b"upgrade: websocket" not in rest.lower():  # one request a connection, so that each is looked at
            rest = re.sub(rb"(?i)connection: keep-alive", b"Connection: close", rest)
        service = socket.create_connection(("127.0.0.1", self.target))
        service.sendall(b" ".join((method, path[len(self.path):], rest)))
        threading.Thread(target=self.pump, args=(client, service), daemon=True).start()
        self.pump(service, client)

    def stop(self):
        self.socket.close()


class Tap:
    """ok and not ok lines."""

    def __init__(self):
        self.failed = 0

    def check(self, name, good, said=None):
        print(("ok - " if good else "not ok - ") + name, flush=True)
        if not good:
            self.failed += 1
            if said is not None:
                print("#   " + (said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)[:2000]), flush=True)

    def same(self, name, expected, got):
        self.check(name, expected == got, f"expected {expected!r}, got {got!r}")
