/*
 * The rest of the live page: numbers that move, what visitors do, search, and the token's form.
 */
(function (site) {
    "use strict";
    const { el, live, number, count } = site;
    const EVENTS = 12, POPULAR = 8, HITS = 10, POPULAR_MS = 5000, EVENTS_MS = 500, TITLES = 500;
    const byId = (id) => document.getElementById(id);
    const values = { papers: null, views: null, visitors: null, active: null, running: 0, waiting: 0 };

    /* ---- numbers ---- */

    const tiles = [["papers", "papers"], ["views", "views in 30 min"], ["active", "visitors in 30 min"],
        ["running", "jobs running"], ["waiting", "jobs waiting"]];
    const shown = new Map(tiles.map(([name, label]) => {
        const value = el("b", { id: "value-" + name }, "–");
        byId("tiles").append(el("li", { class: "tile" }, value, el("span", null, label)));
        return [name, value];
    }));
    function put(name, value) {
        values[name] = value;
        const text = value === null || value === undefined ? "–" : number(value), node = shown.get(name);
        if (node.textContent !== text)
            node.textContent = text;
    }
    document.addEventListener("carrel-counts", (event) => {
        put("running", event.detail.running);
        put("waiting", event.detail.queued);
    });

    function metrics(data) {
        const views = data.minutes.map((minute) => minute.views);
        put("views", data.views_30m);
        put("active", data.active_30m);
        byId("minutes").replaceChildren(site.sparkline(views, "views by minute, the last half hour: " + views.join(", ")));
        if (byId("events-none") && data.latest)
            happened([...data.latest].reverse());
    }
    live.topics.metrics = metrics;

    async function health() {
        try {
            const answer = await live.ask("health");
            put("papers", answer.papers);
            byId("foot").replaceChildren(el("p", null, "carrel ", answer.version, answer.ready ? "" : ", not ready: " + (answer.problem || "it is stopping")));
        } catch (error) {
            put("papers", null);
        }
    }

    /* ---- what visitors do ---- */

    const titles = new Map();
    const paperAddress = (id) => "papers/" + encodeURIComponent(id).replace(/%3A/g, ":").replace(/%2F/g, "/");
    function title(id) { /* of a paper, asked for once while it is one of the last */
        if (!titles.has(id)) {
            titles.set(id, live.ask(paperAddress(id)).then((paper) => paper.title, () => id));
            if (titles.size > TITLES)
                titles.delete(titles.keys().next().value);
        }
        return titles.get(id);
    }
    function paperName(id) {
        const node = el("span", null, id);
        title(id).then((text) => { node.textContent = site.short(text); });
        return node;
    }
    const verbs = { pageview: "saw", click: "followed a link of", search: "searched for" };
    function eventLine(event) {
        const what = event.query ? ["“", el("span", null, event.query), "”"]
            : event.paper ? paperName(event.paper) : event.path || "a page";
        return el("li", { class: "fresh" }, el("span", { class: "quiet small" },
            new Date(event.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }), " "),
        "somebody ", verbs[event.kind] || event.kind, " ", what);
    }
    function happened(events) { /* oldest first */
        const list = byId("events");
        byId("events-none")?.remove();
        list.prepend(...events.slice(-EVENTS).map(eventLine).reverse());
        while (list.children.length > EVENTS)
            list.lastChild.remove();
    }
    /* However many come, so many lines are drawn, and titles asked for, in a moment. */
    let fresh = [], drawing = 0;
    live.topics.events = (event) => {
        fresh = [...fresh.slice(1 - EVENTS), event];
        drawing = drawing || setTimeout(() => {
            happened(fresh);
            fresh = [];
            drawing = 0;
        }, EVENTS_MS);
        soon();
    };

    async function popular() {
        const list = byId("popular");
        try {
            const { items } = await live.ask("metrics/popular?window=24h&limit=" + POPULAR);
            list.replaceChildren(...items.map((row) => el("li", { class: "item" }, el("div", { dir: "auto" }, site.short(row.title) || row.id),
                el("div", { class: "meta" }, el("span", null, count(row.views, "view")), el("span", null, count(row.visitors, "visitor")),
                    row.clicks > 0 && el("span", null, count(row.clicks, "click"))))));
            if (items.length === 0)
                list.append(el("li", { class: "empty" }, "No website has sent anything today. /carrel.js does it for one."));
        } catch (error) {
            list.replaceChildren(el("li", { class: "empty" }, error.message));
        }
    }
    let waits = 0;
    function soon() { /* several events, one question */
        if (!waits)
            waits = setTimeout(() => {
                waits = 0;
                popular();
            }, POPULAR_MS);
    }

    /* ---- search ---- */

    function where(hit) {
        const id = hit.id || "";
        return id.startsWith("arxiv:") ? "https://arxiv.org/abs/" + id.slice(6) : id.startsWith("doi:") ? site.doi(id.slice(4))
            : id.startsWith("repo:") ? "https://" + id.slice(5) : null;
    }
    function hit(row, stems) {
        const href = where(row) && site.address(where(row));
        return el("li", { class: "item" }, el("a", { class: "title", href: href || paperAddress(row.id), rel: "noopener noreferrer" }, site.highlight(site.short(row.title) || row.id, stems)),
            row.authors && row.authors.length > 0 && el("p", null, row.authors.slice(0, 4).join(", ") + (row.authors.length > 4 ? " and others" : "")),
            row.snippet && el("p", { class: "quiet small" }, site.highlight(row.snippet, stems)),
            el("div", { class: "meta" }, el("span", null, site.dayName(row.published)), row.kind !== "paper" && el("span", null, row.kind),
                row.page > 0 && el("span", null, "page " + row.page), el("code", null, row.id)));
    }
    let asked = 0;
    async function search(text) {
        const mine = ++asked, said = byId("results-said");
        byId("results").hidden = !text;
        if (!text)
            return;
        try {
            const answer = await live.ask("search?" + new URLSearchParams({ q: text, in: "all", limit: HITS }));
            if (mine !== asked)
                return;
            said.className = "quiet";
            said.textContent = answer.total > 0 ? count(answer.total, "hit") + (answer.total_is_exact ? "" : " or more") + ", "
                + answer.took_ms.toFixed(1) + " ms" : "Nothing found.";
            const stems = new Set(site.tokens(text).map((token) => token.stem));
            byId("hits").replaceChildren(...answer.hits.map((row) => hit(row, stems)));
        } catch (error) {
            if (mine !== asked)
                return;
            said.className = "wrong";
            said.textContent = error.message;
            byId("hits").replaceChildren();
        }
        site.tell(said.textContent);
    }
    let typing = 0;
    byId("query").addEventListener("input", () => {
        clearTimeout(typing);
        typing = setTimeout(() => search(byId("query").value.trim()), 150);
    });
    byId("search").addEventListener("submit", (event) => {
        event.preventDefault();
        clearTimeout(typing);
        search(byId("query").value.trim());
    });

    /* ---- access ---- */

    function access(wrong) {
        const claims = live.claims(), ends = claims && claims.exp ? ", until " + site.dayName(new Date(claims.exp * 1000).toISOString()) : "";
        byId("access-said").className = wrong ? "wrong" : "quiet";
        byId("access-said").textContent = wrong || (claims ? "A token of the scope " + claims.scope + ends + "."
            : "Without a token this page shows what the service shows to everybody. With one of the scope write it cancels jobs and takes documents.");
        byId("forget").hidden = !live.token();
    }
    byId("token-form").addEventListener("submit", async (event) => {
        event.preventDefault();
        live.token(byId("token").value.trim());
        byId("token").value = "";
        access(live.claims() ? "" : "That is no token of carrel.");
        if (!live.claims())
            live.token("");
        refresh();
    });
    byId("forget").addEventListener("click", () => {
        live.token("");
        access();
        byId("token").focus();
        refresh();
    });

    function refresh() {
        live.connect();
        live.loadJobs();
        health();
        popular();
    }
    live.connected.push(health, popular);
    byId("events").append(el("li", { id: "events-none", class: "quiet" }, "Nothing yet."));
    byId("jobs-table").hidden = true;
    site.themes(byId("theme"));
    site.keys(byId("query"));
    access();
    refresh();
})(window.carrelSite);
