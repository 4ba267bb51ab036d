"""
Search in an exported website, in Chromium: usage site.py FOLDER QUERY... For each query the time from
the address to the first result on the screen, in a browser that has never seen the site (cold) and
again in the same page with its files at hand (warm), with what was fetched. Files come from a local
server without compression or delay, so bytes matter more than milliseconds.
"""

import statistics
import sys
import tempfile
from urllib.parse import quote_plus

sys.path.insert(0, "tests/site")
from browser import DESKTOP, Browser, Served, available  # noqa: E402

# Sets the hash and waits until the heading says the query and a result or none is shown.
ASKED = """
const [hash, done] = [arguments[0], arguments[1]], began = performance.now();
const look = () => { const main = document.querySelector("main");
    if (!main.hasAttribute("aria-busy") && document.getElementById("found"))
        requestAnimationFrame(() => done([performance.now() - began, document.getElementById("found").textContent]));
    else setTimeout(look, 1); };
location.hash = hash;
setTimeout(look, 0);
"""


def main():
    folder, queries = sys.argv[1], sys.argv[2:]
    missing = available()
    if missing:
        sys.exit(missing)
    print(f"{'query':42} {'papers':>9} {'cold ms':>8} {'files':>6} {'KiB':>6} {'warm ms':>8}")
    for query in queries:
        with tempfile.TemporaryDirectory() as home, Served(folder) as served, Browser(home) as browser:
            browser.size(DESKTOP)
            browser.open(served.address + "/index.html#/about")
            before = served.bytes, served.requests
            cold, said = browser.driver.execute_async_script(ASKED, "#/search?q=" + quote_plus(query))
            took = served.bytes - before[0], served.requests - before[1]
            warm = []
            for _ in range(5):
                browser.driver.execute_async_script(ASKED.replace('document.getElementById("found")', "true"), "#/about")
                warm.append(browser.driver.execute_async_script(ASKED, "#/search?q=" + quote_plus(query))[0])
            print(f"{query:42} {said.split()[0]:>9} {cold:8.0f} {took[1]:6} {took[0] / 1024:6.0f} {statistics.median(warm):8.0f}", flush=True)


main()
