"""
The page at "/" of the service in Chromium: usage live.py CARREL CONFIG WORKDIR. Prints TAP.
"""

import datetime
import json
import os
import subprocess
import sys
import time
import urllib.request
import uuid

from browser import DESKTOP, PHONE, Browser, Tap
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

carrel, config, work = sys.argv[1:]
tap = Tap()


class Service:
    """carrel serve, and what is asked of it."""

    def __init__(self, port=0):
        self.process = subprocess.Popen([carrel, "--config", config, "-c", "harvest.background=false", "serve", "--listen",
                                         f"127.0.0.1:{port}"], stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        self.port = int(line.split("127.0.0.1:")[1].split()[0])
        self.address = f"http://127.0.0.1:{self.port}/"

    def stop(self):
        self.process.terminate()
        return self.process.wait(30)

    def view(self, token, paper):
        at = datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
        event = {"event_id": str(uuid.uuid4()), "at": at, "paper": paper, "path": "/p", "visitor": str(uuid.uuid4())}
        request = urllib.request.Request(self.address + "events/pageview", json.dumps(event).encode(),
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
    browser.wait("return /^Not connected: trying again in/.test(document.getElementById('state').textContent)")
    tap.check("the page says that it is not connected", True)
    again = Service(port)
    try:
        connected(browser, 30)
        tap.check("and connects by itself when it is back", True)
        browser.console()  # what a refused connection leaves there
    except AssertionError:
        tap.check("and connects by itself when it is back", False)
    return again


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
            service = reconnects(browser, service)
            looks(browser, service)
    except AssertionError as error:
        tap.check(str(error), False)
    finally:
        service.stop()
    sys.exit(1 if tap.failed else 0)


main()
