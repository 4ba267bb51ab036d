/*
 * Pages of papers: home, search, one paper, months. Each is a function of the parts and parameters
 * of the address behind "#/", gives {title, body}, and may be asked again at any time.
 */
(function (site) {
    "use strict";
    const { el, number, count, dayName, monthName, cut, short } = site;
    const PAGE = 20, HITS = 10, ABSTRACT = 320, AUTHORS = 200;
    const pages = site.pages = {};

    const encode = (text) => encodeURIComponent(text).replace(/%3A/gi, ":").replace(/%2F/gi, "/");
    const paperLink = (id) => "#/paper/" + encode(id);
    const searchLink = (query, more) => "#/search?" + new URLSearchParams({ q: query, ...more });
    const quoted = (text) => (/[\s"]/.test(text) ? '"' + text.replace(/"/g, "") + '"' : text);

    function around(text, stems) { /* the part of an abstract that the query speaks of */
        const token = stems && stems.size > 0 && site.tokens(text || "").find((word) => stems.has(word.stem));
        if (!token || token.start < ABSTRACT * 0.7)
            return cut(text, ABSTRACT);
        const from = text.lastIndexOf(". ", token.start);
        const start = from < 0 || token.start - from > ABSTRACT / 2 ? text.lastIndexOf(" ", token.start - 80) + 1 : from + 2;
        return (start > 0 ? "… " : "") + cut(text.slice(start), ABSTRACT);
    }
    function authorsShort(authors = []) {
        return authors.length > 4 ? authors.slice(0, 3).join(", ") + " and " + (authors.length - 3) + " more" : authors.join(", ");
    }
    const category = (code) => el("a", { class: "chip", href: searchLink("cat:" + quoted(code), { sort: "date" }) }, code);

    function item(paper, stems) {
        const abstract = around(paper.abstract, stems);
        return el("li", { class: "item" },
            el("a", { class: "title", href: paperLink(paper.id) }, site.highlight(short(paper.title), stems)),
            paper.authors && el("p", null, site.highlight(authorsShort(paper.authors), stems)),
            abstract && el("p", { class: "quiet small" }, site.highlight(abstract, stems)),
            el("div", { class: "meta" },
                paper.published && el("span", null, dayName(paper.published)),
                el("span", { class: "chips" }, (paper.categories || []).slice(0, 4).map(category)),
                paper.code_urls && el("span", null, "has code")));
    }
    const list = (papers, stems) => el("ol", { class: "list" }, papers.map((paper) => item(paper, stems)));
    /* Papers of which only id, title and date are known. */
    function titles(papers) {
        return el("ul", { class: "list" }, papers.map((paper) => el("li", { class: "item" },
            el("a", { class: "title", href: paperLink(paper.id) }, short(paper.title) || paper.id),
            paper.published && el("div", { class: "meta" }, dayName(paper.published)))));
    }
    const empty = (...text) => el("p", { class: "empty" }, text);

    /* Earlier and later pages of a list; `link(page)` is an address. */
    function pager(page, size, total, link, exact = true) {
        const last = Math.max(1, Math.ceil(total / size));
        if (last === 1)
            return null;
        return el("nav", { class: "pages", "aria-label": "More of the list" },
            page > 1 && el("a", { class: "button", rel: "prev", href: link(page - 1) }, "Back"),
            page < last && el("a", { class: "button", rel: "next", href: link(page + 1) }, "Next"),
            el("span", { class: "quiet small" }, "page " + number(page) + " of " + number(last) + (exact ? "" : " or more")));
    }
    /* The page that is asked for, of a list so long: never one behind the last. */
    const pageOf = (query, size = 1, total = Infinity) =>
        Math.max(1, Math.min(Math.floor(Number(query.get("page")) || 1), Math.ceil(total / size)));

    /* ---- home ---- */

    function rising(trending) {
        if (trending.items.length === 0)
            return null;
        return el("section", { "aria-labelledby": "rising" },
            el("h2", { id: "rising" }, "Rising"),
            el("p", { class: "quiet small" }, trending.metric + " a day, over " + trending.window_days
                + " days to " + dayName(trending.day)),
            el("ol", { class: "list" }, trending.items.slice(0, 12).map((row) => el("li", { class: "item" },
                el("div", { class: "rise" },
                    el("a", { class: "title", href: paperLink(row.id) }, short(row.title)),
                    site.sparkline(row.points.slice(-30).map((point) => point.value), "from "
                        + number(row.points[0].value) + " to " + number(row.value))),
                el("div", { class: "meta" }, el("span", null, count(row.value, trending.metric.replace(/s$/, ""))),
                    row.velocity !== null && el("span", null, (row.velocity >= 0 ? "+" : "") + row.velocity.toFixed(1) + " a day"),
                    row.category && category(row.category))))));
    }

    pages[""] = async function () {
        const [stats, newest, trending] = await Promise.all([site.load("stats"), site.newest(0, PAGE), site.load("trending")]);
        const risen = rising(trending);
        const recent = el("section", { "aria-labelledby": "newest" }, el("h2", { id: "newest" }, "Newest"),
            newest.length > 0 ? list(newest) : empty("There are no papers here yet: import some, and export again."),
            newest.length > 0 && el("p", null, el("a", { href: "#/months" }, "All months")));
        return { title: "", body: [el("h1", null, count(stats.papers, "paper")),
            stats.first_published && el("p", { class: "quiet" }, "from ", monthName(stats.first_published.slice(0, 7)),
                stats.first_published.slice(0, 7) !== stats.last_published.slice(0, 7) && " to " + monthName(stats.last_published.slice(0, 7))),
            risen ? el("div", { class: "two" }, recent, risen) : recent] };
    };

    /* ---- search ---- */

    function filters(query, categories, years) {
        const chosen = (name) => query.get(name) || "";
        const select = (name, label, options) => el("label", null, label, el("select", { name },
            options.map(([value, text]) => el("option", { value, selected: chosen(name) === value }, text))));
        const years_ = years.map((row) => [row.year, row.year]).reverse();
        return el("form", { class: "filters", id: "filters", "aria-label": "Narrow the search" },
            select("cat", "Category", [["", "all"], ...categories.slice(0, 200).map((row) => [row.code, row.code + " (" + number(row.count) + ")"])]),
            select("from", "From", [["", "any year"], ...years_]),
            select("to", "To", [["", "any year"], ...years_]),
            select("sort", "Order", [["", "best first"], ["date", "newest first"]]),
            el("label", { class: "tick" }, el("input", { type: "checkbox", name: "code", value: "1", checked: query.get("code") === "1" }), "has code"));
    }

    /* The filters as a query. */
    function narrowing(query) {
        const cat = query.get("cat"), from = query.get("from") || "", to = query.get("to") || "";
        return [cat && "cat:" + quoted(cat), (from || to) && "date:" + from + ".." + to,
            query.get("code") === "1" && "has:code"].filter(Boolean).join(" ");
    }

    /* A paper that is called like the query comes first. */
    function named(papers, text) {
        const key = (words) => site.tokens(words).map((token) => token.term).join(" ");
        const wanted = key(text), at = wanted ? papers.findIndex((paper) => key(paper.title) === wanted) : -1;
        return at > 0 ? [papers[at], ...papers.filter((paper, i) => i !== at)] : papers;
    }

    function answer(found, shown, text, page, query) {
        const total = found.hits.length;
        const link = (to) => "#/search?" + new URLSearchParams([...query].filter(([name]) => name !== "page").concat([["page", to]]));
        const words = found.ignored && total === 0 ? "These words are too common to be looked for alone."
            : total === 0 ? "Nothing found. Fewer or other words may help; a word in quotes counts as it stands."
            : null;
        const told = [found.left.length > 0 && "These pages do not know " + found.left.join(", ") + ", which was left out.",
            found.coarse && "Dates narrow to whole months here."].filter(Boolean).join(" ");
        return [told && el("p", { class: "wrong", id: "told-of" }, told), el("p", { class: "quiet", id: "found" }, count(total, "paper") + (found.exact ? "" : " or more")
            + (found.relaxed && total > 0 ? " with any of the words; few have all of them" : "")),
            words ? empty(words) : list(shown, found.stems),
            pager(page, HITS, total, link, found.exact)];
    }

    pages.search = async function (parts, query, state) {
        const [{ categories }, { years }] = await Promise.all([site.load("categories"), site.load("stats")]);
        const wanted = pageOf(query), asked = query.get("q") || "";
        const found = await site.search(asked, { byDate: query.get("sort") === "date", typing: state.typing, need: wanted * HITS + 1, also: narrowing(query) });
        const page = pageOf(query, HITS, found.hits.length);
        const hits = found.hits.slice((page - 1) * HITS, page * HITS);
        const papers = await Promise.all(hits.map((hit) => site.paper(hit.segment, hit.number)));
        const shown = page === 1 ? named(papers, asked) : papers;
        if (!state.typing && page === 1 && asked)
            site.track((carrel) => carrel.search(asked, found.hits.length));
        site.tell(count(found.hits.length, "paper") + " found");
        return { title: asked ? asked + " – search" : "Search", body: [
            el("h1", null, asked ? ["Search: ", asked] : "Search"), filters(query, categories, years),
            answer(found, shown, asked, page, query)] };
    };

    /* ---- one paper ---- */

    function links(paper) {
        const arxiv = /^arxiv:(.+)$/.exec(paper.id);
        const known = [arxiv && ["https://arxiv.org/abs/" + arxiv[1], "arXiv"],
            paper.doi && [site.doi(paper.doi), "DOI"],
            paper.pdf_url ? [paper.pdf_url, "PDF"] : arxiv && ["https://arxiv.org/pdf/" + arxiv[1], "PDF"],
            !arxiv && paper.url && [paper.url, "Page"]].filter(Boolean).filter(([href]) => site.address(href));
        return el("div", { class: "links" }, known.map(([href, name]) =>
            el("a", { class: "button", href: site.address(href), rel: "noopener noreferrer" }, name)));
    }
    function facts(rows) {
        return el("dl", { class: "facts" }, rows.filter(([, value]) => value && (!Array.isArray(value) || value.length > 0))
            .map(([name, value]) => [el("dt", null, name), el("dd", null, value)]));
    }
    function between(nodes) { /* with commas */
        return nodes.flatMap((node, i) => (i > 0 ? [", ", node] : [node]));
    }

    pages.paper = async function (parts) {
        const id = parts.join("/"), place = await site.find(id);
        if (!place)
            return { title: "Not here", body: [el("h1", null, "No such paper"),
                empty("“" + cut(id, 200) + "” is not in this library. It may be found by its title.")] };
        const paper = await site.paper(place.segment, place.number), month = (paper.published || "").slice(0, 7);
        site.track((carrel) => carrel.pageview(paper.id));
        return { title: paper.title, body: el("article", null,
            el("h1", null, paper.title),
            el("p", { class: "authors" }, between((paper.authors || []).slice(0, AUTHORS).map((name) =>
                el("a", { href: searchLink("author:" + quoted(name), { sort: "date" }) }, name))),
                (paper.authors || []).length > AUTHORS && " and " + number(paper.authors.length - AUTHORS) + " more"),
            el("div", { class: "meta" }, el("span", null, dayName(paper.published)), paper.venue && el("span", null, paper.venue),
                el("span", { class: "chips" }, (paper.categories || []).map(category))),
            links(paper),
            paper.abstract && [el("h2", null, "Abstract"), el("p", { class: "abstract" }, paper.abstract)],
            facts([
                ["Code", (paper.code_urls || []).map((url) => el("div", null, site.outside(url, url)))],
                ["Tasks", between((paper.tasks || []).map((name) => el("a", { href: searchLink(name) }, name)))],
                ["Methods", (paper.methods || []).join(", ")],
                ["Tags", paper.tags && el("span", { class: "chips" }, paper.tags.map((tag) =>
                    el("a", { class: "chip", href: searchLink("tag:" + quoted(tag), { sort: "date" }) }, tag)))],
                ["Comment", paper.comment],
                ["Updated", paper.updated && paper.updated !== paper.published && dayName(paper.updated)],
                ["Id", el("code", null, paper.id)],
                ["Data from", (paper.attribution || []).map((credit) => [site.outside(credit.url, credit.title), ", ",
                    site.outside(credit.license_url, credit.license)])],
            ]),
            el("p", { class: "links" }, month.length === 7 && el("a", { href: "#/month/" + month }, "All of " + monthName(month)),
                el("a", { href: searchLink(paper.title) }, "Papers with such a title"))) };
    };

    /* ---- months ---- */

    pages.months = async function () {
        const months = await site.months(), years = new Map();
        for (const month of months.reverse()) {
            const year = month.name === "undated" ? "Without a date" : month.name.slice(0, 4);
            years.set(year, [...(years.get(year) || []), month]);
        }
        return { title: "Months", body: [el("h1", null, "Months"),
            months.length === 0 && empty("There are no papers here yet."),
            [...years].map(([year, of]) => [el("h2", null, year), el("ul", { class: "years" }, of.map((month) =>
                el("li", null, el("a", { href: "#/month/" + month.name }, monthName(month.name)), " ",
                    el("span", { class: "quiet small" }, number(month.count)))))])] };
    };

    pages.month = async function (parts, query) {
        const months = await site.months(), at = months.findIndex((month) => month.name === parts[0]);
        if (at < 0)
            return { title: "Not here", body: [el("h1", null, "No such month"), empty("Nothing of “" + (parts[0] || "") + "” is here.")] };
        const page = pageOf(query, PAGE, months[at].count), dated = (month) => month && month.name !== "undated";
        const papers = await site.newest((page - 1) * PAGE, PAGE, parts[0]), other = (i, name) => dated(months[at]) && dated(months[i])
            && el("a", { class: "button", href: "#/month/" + months[i].name }, name + monthName(months[i].name));
        return { title: monthName(parts[0]), body: [el("h1", null, monthName(parts[0])),
            el("p", { class: "quiet" }, count(months[at].count, "paper")), list(papers),
            pager(page, PAGE, months[at].count, (to) => "#/month/" + parts[0] + "?page=" + to),
            el("p", { class: "pages" }, other(at - 1, "Before: "), other(at + 1, "After: "))] };
    };

    Object.assign(site, { item, list, titles, empty, pager, pageOf, paperLink, searchLink, quoted });
})(window.carrelSite);
