"""
The page at "/" of the service in Chromium: usage live.py CARREL CONFIG WORKDIR. Prints TAP.
"""

import datetime
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
import uuid

from browser import DESKTOP, PHONE, Browser, Proxy, Tap
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

carrel, config, work = sys.argv[1:]
tap = Tap()


class Service:
    """carrel serve, and what is asked of it."""

    def __init__(self, port=0, more=()):
        self.process = subprocess.Popen([carrel, "--config", config, "-c", "harvest.background=false", *more, "serve", "--listen",
                                         f"127.0.0.1:{port}"], stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        self.port = int(line.split("127.0.0.1:")[1].split()[0])
        self.address = f"http://127.0.0.1:{self.port}/"

    def stop(self):
        self.process.terminate()
        return self.process.wait(30)

    def view(self, token, paper, kind="pageview", query=None):
        at = datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
        event = {"event_id": str(uuid.uuid4()), "at": at, "paper": paper, "path": "/p", "visitor": str(uuid.uuid4())}
        if query:
            event["query"] = query
        request = urllib.request.Request(self.address + "events/" + kind, json.dumps(event).encode(),
                                         {"Authorization": "Bearer " + token, "Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=10).read()


def token(scope):
    return subprocess.run([carrel, "--config", config, "token", "new", "--scope", scope], check=True, capture_output=True, text=True).stdout.strip()


def connected(browser, seconds=20):
    return browser.wait("return document.getElementById('state').textContent === 'Connected'", seconds=seconds)


def enter(browser, text):
    browser.driver.find_element(By.ID, "token").send_keys(text, Keys.ENTER)


def policy(service):
    with urllib.request.urlopen(service.address, timeout=10) as answer:
        said, page = answer.headers["Content-Security-Policy"], answer.read().decode()
    tap.check("a strict policy", said and "default-src 'none'; script-src 'self';" in said and "unsafe" not in said, said)
    with urllib.request.urlopen(service.address + "docs", timeout=10) as answer:
        tap.check("and one for the interface's page", "default-src 'none'" in (answer.headers["Content-Security-Policy"] or ""))
    tap.check("no script in the text", "<script>" not in page and " on" + "click=" not in page and "style=" not in page)


def numbers_move(browser, service, write):
    before = int(browser.wait("const t = document.getElementById('value-views').textContent; return t !== '\u2013' && t"))
    for paper in ("arxiv:1706.03762", "arxiv:1706.03762", "arxiv:1512.03385"):
        service.view(write, paper)
    browser.js("window.notReloaded = true")
    browser.wait(f"return document.getElementById('value-views').textContent === '{before + 3}'")
    tap.check("views are counted without a reload", browser.js("return window.notReloaded"))
    browser.wait("return /saw Attention Is All You Need/.test(document.getElementById('events').textContent)")
    tap.check("and told one by one, by title", True)
    service.view(write, "doi:10.1000/q?a#b", "search", "<img src=x onerror=alert(1)>")
    browser.wait("return document.getElementById('events').textContent.includes('searched for “<img src=x onerror=alert(1)>”')")
    tap.same("a query that is markup is text", 0, browser.js("return document.querySelectorAll('main img').length"))
    browser.wait("return /Attention Is All You Need.*2 views/s.test(document.getElementById('popular').textContent)")
    tap.check("and lead the day", True)


def upload(browser, write):
    files = browser.driver.find_element(By.ID, "files")
    files.send_keys(os.path.join(work, "paper.pdf"))
    browser.js("document.querySelector('#upload button').click()")
    said = browser.wait("const t = document.getElementById('sent').textContent; return t.includes('token') && t")
    tap.check("without a token a document is refused in words", "scope write" in said, said)
    enter(browser, "nonsense")
    tap.check("what is no token is told", "no token" in browser.wait("return document.getElementById('access-said').textContent"))
    enter(browser, write)
    browser.wait("return document.getElementById('access-said').textContent.includes('scope write')")
    tap.same("a token is kept in this tab alone", [1, 0, ""],
             browser.js("return [sessionStorage.length, localStorage.length, document.cookie]"))
    connected(browser)
    files.send_keys(os.path.join(work, "paper.pdf") + "\n" + os.path.join(os.getcwd(), "tests/fixtures/locked.pdf"))
    browser.js("document.querySelector('#upload button').click()")
    browser.wait("return /paper\\.pdf: job \\d+ done/.test(document.getElementById('sent').innerText)", seconds=40)
    tap.check("a document is sent, and its job done", True)
    browser.wait("return /locked\\.pdf: job \\d+ done: encrypted/.test(document.getElementById('sent').innerText)", seconds=40)
    tap.check("one without text says why", True)
    browser.wait("return /Read a document\\s+paper\\.pdf\\s+done/.test(document.getElementById('jobs-rows').innerText)")
    tap.check("the queue shows it", True)
    browser.js("const d = new DataTransfer(); d.items.add(new File(['%PDF-1.4 nothing'], 'dropped.pdf', {type: 'application/pdf'}));"
               "document.getElementById('upload').dispatchEvent(new DragEvent('drop', {dataTransfer: d, bubbles: true, cancelable: true}))")
    browser.wait("return /dropped\\.pdf: job \\d+ done: /.test(document.getElementById('sent').innerText)", seconds=40)
    tap.check("one that is dropped as well", True)


def cancel(browser):
    """A job that fails has a button, which begins it again (or, before it has failed, ends it)."""
    subprocess.run([carrel, "--config", config, "-q", "jobs", "add", "process", json.dumps({"file": "/nowhere/at-all.pdf"})], check=True, capture_output=True)
    # Rows are drawn anew as jobs change: what is looked at and pressed is one script each time.
    pressed = browser.wait("const b = document.querySelector('#jobs-rows button:not(:disabled)'); if (!b) return null;"
                           "const said = [b.textContent, b.closest('tr').innerText]; b.click(); return said", seconds=40)
    tap.check("a job that failed can be tried again", pressed[0] in ("Try again", "Cancel"), pressed)
    browser.wait("const rows = [...document.querySelectorAll('#jobs-rows tr')].map((row) => row.innerText); return !rows.includes(arguments[0])", pressed[1])
    tap.check("and its button does it", True)


def searches(browser):
    browser.js("document.activeElement.blur()")
    browser.press("/")
    browser.press(*"residual learning")
    browser.wait("return document.querySelectorAll('#hits .item').length > 0")
    first = json.loads(subprocess.run([carrel, "--config", config, "-q", "search", "--in", "all", "--json", "--limit", "1", "residual learning"],
                                      check=True, capture_output=True, text=True).stdout)["hits"][0]
    tap.same("the library's own search answers", first["title"], browser.js("return document.querySelector('#hits .title').textContent"))
    browser.press(Keys.CONTROL, "a")
    browser.press(*'title:(')
    browser.wait("return document.getElementById('results-said').className === 'wrong'")
    tap.check("a query that does not parse says where", True)


def reconnects(browser, service):
    port = service.port
    tap.same("the service stops cleanly beside its page", 0, service.stop())
    browser.wait("return document.getElementById('state').textContent === 'Not connected'"
                 " && /^trying again in/.test(document.getElementById('again').textContent)")
    tap.check("the page says that it is not connected", True)
    again = Service(port)
    try:
        connected(browser, 30)
        tap.check("and connects by itself when it is back", True)
        browser.console()  # what a refused connection leaves there
    except AssertionError:
        tap.check("and connects by itself when it is back", False)
    return again


def falls_silent(browser, service):
    """The service is there, but not a word comes: as behind a cut cable."""
    service.process.send_signal(signal.SIGSTOP)
    try:
        browser.wait("return document.getElementById('state').textContent !== 'Connected'", seconds=25)
        tap.check("a connection that has fallen silent is not called one", True)
    finally:
        service.process.send_signal(signal.SIGCONT)
    connected(browser, 40)
    tap.check("and the page connects anew", True)


def burst(browser, service, write):
    """Of many events at once a dozen are shown, and not every title is asked for."""
    ids = subprocess.run([carrel, "--config", config, "-q", "search", "--ids", "--limit", "120", "cat:cs.CL OR cat:cs.CV"],
                         check=True, capture_output=True, text=True).stdout.split()
    before = int(browser.wait("const t = document.getElementById('value-views').textContent; return t !== '\u2013' && t"))
    browser.js("window.asked = 0; const real = window.fetch; window.fetch = (...a) => { window.asked++; return real(...a); }")
    for paper in ids:
        service.view(write, paper)
    browser.wait(f"return document.getElementById('value-views').textContent === '{before + len(ids)}'")
    tap.same("a dozen lines", 12, browser.wait("const n = document.querySelectorAll('#events li').length; return n === 12 && n"))
    asked = browser.js("return window.asked")
    tap.check(f"fewer questions ({asked}) than events ({len(ids)})", len(ids) > 80 and asked < len(ids) * 3 // 4, asked)


def counts_all_jobs(browser):
    """More wait than the queue shows."""
    for i in range(35):
        subprocess.run([carrel, "--config", config, "-q", "jobs", "add", "process", json.dumps({"file": f"/nowhere/{i}.pdf"})], check=True, capture_output=True)
    browser.wait("return document.querySelectorAll('#jobs-rows tr').length === 30")
    waiting = json.loads(subprocess.run([carrel, "--config", config, "-q", "jobs", "--json"], check=True, capture_output=True, text=True).stdout)["counts"]["queued"]
    tap.check(f"all that wait are counted ({waiting})", waiting > 30
              and browser.wait("const n = Number(document.getElementById('value-waiting').textContent); return n > 30 && n", seconds=30))


def below_a_path(browser):
    """Behind a proxy, which wants a token; the page cannot reach anything above its path."""
    service = Service(more=("-c", "serve.behind-proxy=true"))
    proxy = Proxy(service.port, "/sub/path")
    try:
        browser.driver.get(proxy.address)
        browser.wait("return document.getElementById('state').textContent === 'Not connected: a token of the scope read is needed'")
        tap.check("behind a proxy a token is asked for in words", browser.wait("return document.getElementById('jobs-said').textContent.includes('enter one under Access')"))
        enter(browser, token("read")[:-6] + "aaaaaa")
        browser.wait("return document.getElementById('state').textContent.includes('the token is refused')")
        tap.check("one that is refused is told", True)
        enter(browser, token("read"))
        connected(browser)
        browser.wait("return document.getElementById('value-papers').textContent !== '\u2013'")
        tap.check("with one it works below a path", browser.js("return location.pathname === '/sub/path/'"))
        browser.js("sessionStorage.clear()")
        browser.console()  # of the 401 before
    finally:
        proxy.stop()
        service.stop()


def views(service, paper):
    """How often a paper was seen, as the service counts."""
    with urllib.request.urlopen(service.address + "metrics/popular?window=24h", timeout=10) as answer:
        return sum(row["views"] for row in json.load(answer)["items"] if row["id"] == paper)


def tracked(browser, service):
    """A website that tells this service how it is used."""
    folder, paper = os.path.join(work, "tracked"), "arxiv:1810.04805"
    with open(os.path.join(work, "site-token"), "w", encoding="ascii") as file:
        file.write(token("events") + "\n")
    subprocess.run([carrel, "--config", config, "-c", f"site.tracker-token-file={work}/site-token", "-q", "export", "--format", "site",
                    "--tracker", service.address + "carrel.js", "-o", folder], check=True, capture_output=True)
    browser.open("file://" + folder + "/index.html#/paper/" + paper)
    end = time.time() + 15
    while views(service, paper) == 0 and time.time() < end:
        time.sleep(0.2)
    tap.same("a website with a tracker tells which paper is seen", 1, views(service, paper))
    tap.check("and says so", "is counted" in (browser.open("file://" + folder + "/index.html#/about") or browser.js("return document.querySelector('main').textContent")))
    tap.same("its console is silent", [], browser.console())


def looks(browser, service):
    for scheme in ("light", "dark"):
        browser.colours(scheme)
        for name, size in (("phone", PHONE), ("desktop", DESKTOP)):
            browser.size(size)
            browser.driver.get(service.address)
            connected(browser)
            wide = browser.js("return document.documentElement.scrollWidth - window.innerWidth")
            found = [browser.console(), browser.contrasts(), wide > 0]
            tap.check(f"the page, {name}, {scheme}", not any(found), found)


def main():
    write = token("write")
    service = Service()
    try:
        with Browser(work) as browser:
            browser.size(DESKTOP)
            browser.driver.get(service.address)
            connected(browser)
            tap.check("connects", True)
            policy(service)
            numbers_move(browser, service, write)
            upload(browser, write)
            cancel(browser)
            bad = [line for line in browser.console() if "409" not in line]
            tap.same("the console is silent", [], bad)
            searches(browser)
            browser.console()  # a query that does not parse is a 400 there
            tracked(browser, service)
            browser.driver.get(service.address)
            connected(browser)
            burst(browser, service, write)
            counts_all_jobs(browser)
            falls_silent(browser, service)
            service = reconnects(browser, service)
            below_a_path(browser)
            looks(browser, service)
    except AssertionError as error:
        tap.check(str(error), False)
    finally:
        service.stop()
    sys.exit(1 if tap.failed else 0)


main()
