"""
Pictures of the exported website and of the service's page, at phone and desktop width, light and
dark: usage site.py FOLDER URL TOKEN OUT. pages.sh prepares both.
"""

import os
import sys
import tempfile

sys.path.insert(0, "tests/site")
from browser import DESKTOP, PHONE, Browser, available  # noqa: E402

WEBSITE = {"home": "#/", "search": "#/search?q=attention", "paper": "#/paper/arxiv:1706.03762"}
LOOKS = [("phone", PHONE, "light"), ("phone", PHONE, "dark"), ("desktop", DESKTOP, "light"), ("desktop", DESKTOP, "dark")]


def main():
    folder, url, token, out = sys.argv[1:]
    missing = available()
    if missing:
        print(f"no pictures of pages: {missing}", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as home, Browser(home) as browser:
        for name, size, scheme in LOOKS:
            browser.size(size)
            browser.colours(scheme)
            for page, hash_ in WEBSITE.items():
                browser.open(f"file://{folder}/index.html{hash_}")
                browser.shot(os.path.join(out, f"site-{page}-{name}-{scheme}.png"))
            browser.driver.get(url)
            browser.js("sessionStorage.setItem('carrel-token', arguments[0])", token)
            browser.driver.get(url)
            browser.wait("return document.getElementById('state').textContent === 'Connected'")
            browser.wait("return document.querySelectorAll('#popular .item').length > 1 && document.querySelectorAll('#jobs-rows tr').length > 1"
                         " && document.getElementById('value-views').textContent !== '\\u2013'")
            browser.shot(os.path.join(out, f"live-{name}-{scheme}.png"))


main()
