"""
The exported website in Chromium, from files and below a path of a web server, at phone and desktop
width, light and dark: usage site.py CARREL WORKDIR. Prints TAP.
"""

import json
import os
import subprocess
import sys

from browser import DESKTOP, PHONE, Browser, Served, Tap
from selenium.webdriver.common.keys import Keys

carrel, work = sys.argv[1:]
tap = Tap()
PAGES = ["#/", "#/search?q=attention", "#/search?q=zzzzqq", "#/paper/arxiv:1706.03762", "#/months", "#/month/2024-01",
         "#/topics", "#/repositories", "#/results", "#/results/garden-design-4f01078f", "#/stats", "#/feeds", "#/feeds/vision",
         "#/about", "#/paper/doi:10.1000/q%3Fa%23b", "#/month/undated"]
MISSING = ["#/nowhere", "#/paper/arxiv:0000.00000", "#/results/none", "#/feeds/none", "#/month/1800-01"]


def run(*arguments):
    return subprocess.run([carrel, "-q", *arguments], check=True, capture_output=True, text=True).stdout


def hits(browser):
    return browser.js("return [...document.querySelectorAll('main .item .title')].map((a) => decodeURIComponent(a.hash.slice(8)))")


ALL = [(scheme, name, size) for scheme in ("light", "dark") for name, size in (("phone", PHONE), ("desktop", DESKTOP))]


SOME = PAGES[:4] + PAGES[5:6]


# Headings that are more than one level below the one before them.
SKIPPED = """let last = 0;
return [...document.querySelectorAll("h1, h2, h3, h4")].map((head) => Number(head.tagName[1])).filter((level) => {
    const skips = level > last + 1;
    last = level;
    return skips;
}).length"""


def walk_pages(browser, base, what, looks, pages):
    """Every page is shown, with a heading, no message on the console, enough contrast, nothing wider than the view."""
    for scheme, name, size in looks:
        browser.colours(scheme)
        browser.size(size)
        bad = []
        for page in pages:
            browser.open(base + page)
            wide = browser.js("return document.documentElement.scrollWidth - window.innerWidth")
            heads = browser.js("return document.querySelectorAll('main h1').length")
            missing = browser.js("return /^No such/.test(document.querySelector('main h1').textContent)")
            found = [browser.console(), browser.contrasts(), wide > 0, heads != 1, missing != (page in MISSING),
                     browser.js("return document.querySelector('main .wrong')?.textContent"), browser.js(SKIPPED)]
            if any(found):
                bad.append([page, found])
        tap.check(f"{what}: {len(pages)} pages, {name}, {scheme}", not bad, bad)


QUERIES = ["attention is all you need", "deep residual learning", "masked autoencoders vision", "bert", "arxiv:1512.03385",
           "author:vaswani attention", "1706.03762", "cat:cs.CV segment anything"]


def same_as_carrel(browser, base, queries):
    """What `carrel search` finds first, the page finds first, too."""
    for query in queries:
        first = json.loads(run("search", "--mode", "lexical", "--json", "--limit", "1", query))["hits"][0]["id"]
        browser.open(base + "#/search?q=" + query.replace(" ", "+"))
        got = hits(browser)
        tap.check(f"first of '{query}'", bool(got) and got[0] == first, f"carrel: {first}, page: {got[:3]}")


def counts_as_carrel(browser, base):
    """All words, filters, exclusion, phrases: the same papers as in carrel."""
    for query in ("language model", "language -model", 'cat:cs.CV has:code', '"question answering"', "date:2020..2021", "tag:toread",
                  "author:vaswani", "date:..2020", "date:1960..1980", "title:attention", "-title:attention cat:cs.CL", 'attention -"is all"',
                  "vision attention OR bert", "attention NOT bert", "atten*", "cat:cs.*", "id:arxiv:1706.03762",
                  "https://arxiv.org/pdf/1706.03762v5"):
        whole = json.loads(run("search", "--mode", "lexical", "--json", "--limit", "200", "--sort", "date", query))
        browser.open(base + "#/search?sort=date&q=" + query.replace(" ", "+").replace('"', "%22"))
        said = browser.js("return document.getElementById('found').textContent")
        tap.check(f"as many of '{query}'", said.startswith(f"{len(whole['hits'])} paper"), f"carrel {len(whole['hits'])}, page '{said}'")


# Of each paper: are the terms that the index has of it those that words.js makes of its text? (An object of differences.)
SAME_WORDS = r"""
const done = arguments[0], site = window.carrelSite;
(async () => {
    const index = await site.load("search/index"), stop = new Set(index.stop), different = [];
    let checked = 0;
    for (let s = 0; s < index.segments.length; s++) {
        const terms = Array.from({ length: index.segments[s].papers }, () => new Set());
        for (const [, name] of (await site.load("search/" + s + "/shards")).shards)
            for (const [term, list] of Object.entries((await site.load("search/" + s + "/" + name)).terms))
                site.postings(list, (number) => terms[number].add(term));
        for (let n = 0; n < terms.length; n++) {
            const paper = await site.record(s, n), made = new Set();
            for (const text of [paper.title, paper.abstract || "", ...(paper.authors || [])])
                site.tokens(text).forEach((token) => stop.has(token.stem) || made.add(token.stem));
            (paper.authors || []).forEach((name) => site.tokens(name).forEach((token) => made.add("au:" + token.stem)));
            const ours = [...terms[n]].filter((term) => !/^(id|cat|tag|has):/.test(term));
            const missing = ours.filter((term) => !made.has(term)), more = [...made].filter((term) => !terms[n].has(term));
            checked += made.size;
            if (missing.length || more.length) different.push([paper.id, missing, more]);
        }
    }
    done([checked, different]);
})();
"""


def words_are_the_same(browser, base):
    browser.open(base)
    checked, different = browser.driver.execute_async_script(SAME_WORDS)
    tap.check(f"words.js makes the index's words ({checked} of them)", checked > 5000 and not different, different)


def keyboard(browser, base):
    browser.size(DESKTOP)
    browser.open(base)
    browser.press(Keys.TAB)
    tap.same("the first stop is the skip link", "Skip to the content", browser.js("return document.activeElement.textContent"))
    browser.press(Keys.ENTER)
    tap.same("which leads to the content", "main", browser.js("return document.activeElement.id"))
    browser.press("/")
    tap.same("/ goes to the search", "query", browser.js("return document.activeElement.id"))
    browser.press(*"language learning", Keys.ENTER)
    browser.wait("return location.hash.startsWith('#/search') && document.querySelector('#found')")
    browser.settled()
    browser.press(Keys.ESCAPE, "j")
    tap.check("j goes to the first hit", browser.js("return document.activeElement === document.querySelector('main .item .title')"))
    browser.press("j")
    tap.check("j again to the second", browser.js("return document.activeElement === document.querySelectorAll('main .item .title')[1]"))
    browser.press("k")
    outline = browser.js("const s = getComputedStyle(document.activeElement); return s.outlineStyle + ' ' + s.outlineWidth")
    tap.same("the focus can be seen", "solid 3px", outline)
    title = browser.js("return document.activeElement.textContent")
    browser.press(Keys.ENTER)
    browser.wait("return location.hash.startsWith('#/paper/')")
    browser.settled()
    tap.same("Enter opens it", title, browser.js("return document.querySelector('main h1').textContent"))
    order = []
    for _ in range(14):
        browser.press(Keys.TAB)
        order.append(browser.js("const e = document.activeElement; return e.id || e.textContent.trim() || e.tagName"))
    tap.check("Tab walks through the page", len(set(order)) > 8, order)


def typing(browser, base):
    browser.open(base + "#/search")
    browser.press("/")
    browser.press(*"transf")
    browser.wait("return [...document.querySelectorAll('main mark')].length || document.querySelectorAll('main .item').length")
    browser.wait("return document.querySelector('#found') && /^[1-9]/.test(document.querySelector('#found').textContent)")
    tap.check("a word that is being typed finds", len(hits(browser)) > 0)
    tap.same("and the field keeps the focus", "query", browser.js("return document.activeElement.id"))
    tap.same("and its text", "transf", browser.js("return document.activeElement.value"))


def filters(browser, base):
    browser.open(base + "#/search?q=learning")
    before = len(browser.js("return document.getElementById('found').textContent"))
    browser.js("const s = document.querySelector('#filters [name=cat]'); s.value = 'cs.CV'; s.dispatchEvent(new Event('change', {bubbles: true}))")
    browser.wait("return location.hash.includes('cat=cs.CV')")
    browser.settled()
    categories = browser.js("return [...document.querySelectorAll('main .item')].map((i) => [...i.querySelectorAll('.chip')].map((c) => c.textContent))")
    tap.check("a category narrows", before and categories and all("cs.CV" in row for row in categories), categories)
    tap.same("and its field keeps the focus", "cat", browser.wait("return document.activeElement.name"))


def hostile(browser, base):
    browser.open(base + "#/search?q=scriptomania")
    tap.same("a title that is markup is shown as text", "<img src=x onerror=alert(1)> on scriptomania </script><script>alert(2)</script>",
             browser.js("return document.querySelector('main .item .title').textContent"))
    tap.same("nothing of it becomes an element", 0, browser.js("return document.querySelectorAll('main img, main script').length"))
    browser.js("document.querySelector('main .item .title').click()")
    browser.wait("return location.hash.startsWith('#/paper/')")
    browser.settled()
    tap.same("an address that is a script is no link", [],
             browser.js("return [...document.querySelectorAll('main a')].map((a) => a.href).filter((h) => /^(javascript|data):/i.test(h))"))
    tap.same("and the console is silent", [], browser.console())
    browser.open(base + "#/search?q=%3Cimg%20src%3Dx%3E")
    tap.same("nor does a query", 0, browser.js("return document.querySelectorAll('main img').length"))


def left_out(browser, base):
    for query, said in (("is:unread+attention", "These pages do not know is:unread, which was left out."),
                        ("date:2017-06-12", "Dates narrow to whole months here."), ("(bert+OR+attention)+vision", "These pages do not know ( ), which was left out.")):
        browser.open(base + "#/search?q=" + query)
        tap.same(f"what {query} cannot say here is told", said, browser.js("return document.getElementById('told-of')?.textContent"))


def odd_papers(browser, base):
    browser.open(base + "#/paper/doi:10.1000/q%3Fa%23b")
    tap.same("a DOI with ? and # leads to its page", ["https://doi.org/10.1000/q%3Fa%23b"],
             browser.js("return [...document.querySelectorAll('.links a.button')].map((a) => a.href)"))
    tap.same("a title from right to left is written so", "plaintext", browser.js("return getComputedStyle(document.querySelector('h1')).unicodeBidi"))
    browser.open(base + "#/search?q=endless")
    tap.check("an endless title is cut in a list", browser.js("return document.querySelector('main .item .title').textContent.length") < 300)
    browser.js("document.querySelector('main .item .title').click()")
    browser.wait("return location.hash.startsWith('#/paper/') && document.querySelector('main h1').textContent.length > 2000")
    tap.check("and whole on its page", True)
    browser.open(base + "#/month/undated")
    tap.same("no month stands beside those without a date", "", browser.js("return document.querySelector('p.pages').textContent"))
    browser.open(base + "#/search?q=attention&page=9999")
    tap.check("behind the last page is the last", hits(browser) and "page 2 of 2" in browser.js("return document.querySelector('nav.pages').textContent"))


def paper_and_zoom(browser, base):
    """Printed from dark colours; a view of 320 pixels, as at 400 %; text of twice the size on a phone."""
    browser.size(DESKTOP)
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    browser.open(base + "#/paper/arxiv:1706.03762")
    browser.js("document.documentElement.dataset.theme = 'dark'")
    tap.same("printed, all can be read", [], browser.contrasts())
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    wide = []
    for size, text in (((320, 700), "100%"), (PHONE, "200%")):
        browser.size(size)
        for page in PAGES:
            browser.open(base + page)
            browser.js("document.documentElement.style.fontSize = arguments[0]", text)
            if browser.js("return document.documentElement.scrollWidth - window.innerWidth") > 0:
                wide.append([page, size[0], text])
    tap.same("nothing is wider than a narrow or a magnified view", [], wide)
    browser.size(DESKTOP)


def tex(browser, base):
    browser.open(base + "#/search?q=schrodinger")
    tap.same("TeX is readable", ["Schrödinger, Erdős and α²-divergence", ["Schrödinger"]],
             browser.js("const t = document.querySelector('main .item .title'); return [t.textContent.split(' of ')[0], [...t.querySelectorAll('mark')].map((m) => m.textContent)]"))


def themes(browser, base):
    browser.colours("light")
    browser.open(base)
    ground = "return getComputedStyle(document.body).backgroundColor"
    light = browser.js(ground)
    browser.js("document.getElementById('theme').click()")
    dark = browser.js(ground)
    browser.open(base + "#/about")
    tap.check("the switch is remembered", light != dark and browser.js(ground) == dark, [light, dark, browser.js(ground)])
    browser.js("document.getElementById('theme').click()")
    tap.same("and goes back", light, browser.js(ground))


def without_scripts(browser, base):
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.driver.get(base)
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    page = browser.driver.page_source
    tap.check("without scripts a page says what there is", "turned off here" in page and "manifest.json" in page)


def checked(schema, value, where="$"):
    """What of a value does not fit the part of JSON Schema that data/schema uses."""
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
    kind, wrong = schema.get("type"), []
    if "const" in schema and value != schema["const"]:
        return [f"{where}: {value!r}"]
    if kind:
        names = kind if isinstance(kind, list) else [kind]
        fits = any(isinstance(value, (int, float)) and not isinstance(value, bool) and (name == "number" or value == int(value))
                   if name in ("integer", "number") else isinstance(value, kinds[name]) for name in names)
        if not fits:
            return [f"{where}: {type(value).__name__}, not {kind}"]
    if isinstance(value, dict) and "properties" in schema:
        wrong += [f"{where}.{name} is missing" for name in schema.get("required", []) if name not in value]
        for name, part in value.items():
            if name in schema["properties"]:
                wrong += checked(schema["properties"][name], part, f"{where}.{name}")
            elif schema.get("additionalProperties") is False:
                wrong.append(f"{where}.{name} is not known")
    if isinstance(value, list) and "items" in schema:
        for i, part in enumerate(value):
            wrong += checked(schema["items"], part, f"{where}[{i}]")
    return wrong


def schemas(folder):
    """Every file has the form that data/schema tells of it."""
    known = {"papers/": "papers", "tables/": "table", "feeds/": "feed", "search/index": "search-index"}
    wrong, seen = [], set()
    for row in json.load(open(os.path.join(folder, "manifest.json")))["files"]:
        path = row["path"]
        if not path.endswith(".json"):
            continue
        name = next((schema for begin, schema in known.items() if path.startswith(begin)), None)
        if not name:
            name = ("search-shards" if path.endswith("/shards.json") else "search-shard") if path.startswith("search/") else path[:-5]
        seen.add(name)
        schema = json.load(open(os.path.join("data/schema", name + ".json")))
        wrong += [f"{path} {line}" for line in checked(schema, json.load(open(os.path.join(folder, path))))]
    tap.check(f"all files fit their schemas ({', '.join(sorted(seen))})", not wrong and len(seen) > 10, wrong[:20])


def main():
    folder = os.path.join(work, "sub path", "papers")
    run("export", "--format", "json", "-o", os.path.join(work, "json"))
    schemas(os.path.join(work, "json"))
    run("export", "--format", "site", "-o", folder)
    file = "file://" + folder.replace(" ", "%20") + "/index.html"
    with Served(work) as served, Browser(work) as browser:
        below = served.address + "/sub%20path/papers/"
        walk_pages(browser, file, "files", ALL, PAGES + MISSING)
        walk_pages(browser, below, "below a path", [ALL[0], ALL[3]], SOME)
        same_as_carrel(browser, file, QUERIES)
        same_as_carrel(browser, below, QUERIES[:2])
        counts_as_carrel(browser, below)
        words_are_the_same(browser, below)
        keyboard(browser, file)
        typing(browser, below)
        filters(browser, below)
        hostile(browser, file)
        left_out(browser, below)
        odd_papers(browser, file)
        paper_and_zoom(browser, below)
        tex(browser, below)
        themes(browser, below)
        without_scripts(browser, below)
        tap.same("at the end the console is silent", [], browser.console())
    sys.exit(1 if tap.failed else 0)


main()
