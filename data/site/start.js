/*
 * Addresses: the part behind "#/" names a page. What comes late for a page that was left is dropped.
 */
(function (site) {
    "use strict";
    const { el } = site, TYPING_MS = 180;
    const main = document.getElementById("main"), field = document.getElementById("query");
    const name = document.querySelector(".brand").textContent;
    let asked = 0, timer = 0, typing = false, shown = "";

    function address() {
        const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
        const parts = path.split("/").map((part) => {
            try {
                return decodeURIComponent(part);
            } catch (error) {
                return part;
            }
        });
        return { page: parts[0], parts: parts.slice(1), query: new URLSearchParams(query || "") };
    }

    function failed(error) {
        return { title: "Something is missing", body: [el("h1", null, "This page cannot be shown"),
            el("p", { class: "wrong" }, error.message, ". The files of this website may be changing just now: try again in a minute.")] };
    }

    async function show(wasTyping) {
        const mine = ++asked, { page, parts, query } = address();
        const make = Object.hasOwn(site.pages, page) ? site.pages[page] : null;
        let made;
        main.setAttribute("aria-busy", "true");
        try {
            made = make ? await make(parts, query, { typing: wasTyping })
                : { title: "Not here", body: [el("h1", null, "No such page"), site.empty(el("a", { href: "#/" }, "Home"))] };
        } catch (error) {
            made = failed(error);
        }
        if (mine !== asked)
            return;
        main.removeAttribute("aria-busy");
        document.title = made.title ? made.title + " – " + name : name;
        main.replaceChildren();
        site.fill(main, [made.body]);
        if (page !== "search" || !wasTyping)
            field.value = page === "search" ? query.get("q") || "" : "";
        for (const link of document.querySelectorAll("#nav a")) {
            const here = link.hash.slice(2) === page || (page === "month" && link.hash === "#/months");
            link.toggleAttribute("aria-current", here);
            if (here)
                link.setAttribute("aria-current", "page");
        }
        arrive(page, wasTyping);
    }

    /* A new page begins at its top, and with its heading for who listens. */
    function arrive(page, wasTyping) {
        const same = shown === location.hash;
        shown = location.hash;
        narrowing();
        if (same || wasTyping || document.activeElement.closest("#filters"))
            return;
        scrollTo(0, 0);
        if (document.activeElement !== field)
            main.focus({ preventScroll: true });
    }

    function narrowing() {
        const form = document.getElementById("filters");
        if (!form)
            return;
        form.addEventListener("submit", (event) => event.preventDefault());
        form.addEventListener("change", (event) => {
            const query = new URLSearchParams([["q", field.value], ...new FormData(form)].filter(([, value]) => value));
            const focused = event.target.name;
            location.hash = "#/search?" + query;
            addEventListener("carrel-shown", () => document.querySelector('#filters [name="' + focused + '"]')?.focus(), { once: true });
        });
    }

    function ask(text, still) {
        const { page, query } = address(), wish = new URLSearchParams(page === "search" ? query : "");
        wish.set("q", text);
        wish.delete("page");
        typing = still;
        const hash = "#/search?" + wish;
        if (still && page === "search")
            history.replaceState(null, "", hash);
        else if (location.hash !== hash) {
            location.hash = hash;
            return;
        }
        change();
    }

    async function change() {
        const wasTyping = typing;
        typing = false;
        await show(wasTyping);
        dispatchEvent(new Event("carrel-shown"));
    }

    document.getElementById("search").addEventListener("submit", (event) => {
        event.preventDefault();
        clearTimeout(timer);
        ask(field.value, false);
    });
    field.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => field.value.trim().length > 1 && ask(field.value, true), TYPING_MS);
    });
    addEventListener("hashchange", change);
    site.themes(document.getElementById("theme"));
    site.keys(field);
    site.load("search/index").then((index) => {
        site.attribution = index.attribution;
        document.getElementById("foot").append(el("p", null, "Made by carrel. ", site.number(index.papers), " papers."),
            el("div", null, site.credits(index.attribution)));
    }).catch(() => null);
    change();
})(window.carrelSite);
