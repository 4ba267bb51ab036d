/*
 * Pages of everything but papers: topics, repositories, tables of results, numbers, feeds, and what
 * this website is.
 */
(function (site) {
    "use strict";
    const { el, number, count, dayName, pages, short } = site;
    const ROWS = 50;

    pages.topics = async function () {
        const topics = await site.load("topics");
        return { title: "Topics", body: [el("h1", null, "Topics"),
            el("p", { class: "quiet" }, "Words and phrases that are in more titles and abstracts now than before"
                + (topics.first_day ? ", by weeks since " + dayName(topics.first_day) : "") + "."),
            topics.items.length === 0 && site.empty("No topic stands out among these papers."),
            el("div", { class: "list" }, topics.items.map((topic) => el("section", { class: "item" },
                el("div", { class: "rise" }, el("h2", null, el("a", { href: site.searchLink(site.quoted(topic.term)) }, topic.term)),
                    site.sparkline(topic.counts, topic.term + " by weeks, " + topic.works + " papers in all")),
                el("p", { class: "quiet small" }, count(topic.recent, "paper") + " since " + dayName(topic.since)),
                el("ul", null, topic.papers.map((paper) => el("li", null,
                    el("a", { href: site.paperLink(paper.id) }, short(paper.title))))))))] };
    };

    /* ---- repositories ---- */

    const repositoryAddress = (row) => "https://" + row.id.replace(/^repo:/, "");
    function repository(row) {
        return el("section", { class: "item" },
            el("h2", null, el("a", { class: "title", href: site.address(repositoryAddress(row)), rel: "noopener noreferrer" },
                row.name || row.id.replace(/^repo:/, ""))),
            row.description && el("p", null, row.description),
            el("div", { class: "meta" },
                row.stars >= 0 && row.stars !== null && row.stars !== undefined && el("span", null, count(row.stars, "star")),
                row.language && el("span", null, row.language), row.license && el("span", null, row.license),
                row.pushed && el("span", null, "changed " + dayName(row.pushed)), row.archived && el("span", null, "archived")),
            el("ul", null, row.works.slice(0, 5).map((paper) => el("li", { class: "small" },
                el("a", { href: site.paperLink(paper.id) }, short(paper.title))))),
            row.works.length > 5 && el("p", { class: "quiet small" }, "and " + (row.papers - 5) + " more"));
    }
    pages.repositories = async function (parts, query) {
        const { items } = await site.load("repositories"), page = site.pageOf(query, ROWS, items.length);
        return { title: "Repositories", body: [el("h1", null, "Repositories"),
            el("p", { class: "quiet" }, "Code that these papers link to, that with the most stars first."),
            items.length === 0 && site.empty("No paper here links to code."),
            el("div", { class: "list" }, items.slice((page - 1) * ROWS, page * ROWS).map(repository)),
            site.pager(page, ROWS, items.length, (to) => "#/repositories?page=" + to)] };
    };

    /* ---- results ---- */

    function tableCell(row, metric, i) {
        const value = row.results[metric];
        return el("td", { class: "number" + (i === 0 ? " best" : "") }, value ? value.text : "");
    }
    function resultTable(table) {
        const first = table.sorted_by, metrics = [...table.metrics].sort((a, b) => (b === first) - (a === first)).slice(0, 6);
        return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": table.dataset },
            el("table", { class: "grid" }, el("caption", { id: site.anchor(table.dataset) }, table.dataset),
                el("thead", null, el("tr", null, el("th", { scope: "col" }, "Model"),
                    metrics.map((metric) => el("th", { scope: "col", class: "number" }, metric
                        + (metric === first ? (table.less_is_better ? " ↑" : " ↓") : ""))),
                    el("th", { scope: "col" }, "Paper"), el("th", { scope: "col" }, "Date"))),
                el("tbody", null, table.items.map((row) => el("tr", null,
                    el("th", { scope: "row" }, row.model), metrics.map((metric, i) => tableCell(row, metric, i)),
                    el("td", null, row.work ? el("a", { href: site.paperLink(row.work) }, short(row.title) || row.work)
                        : row.url ? site.outside(row.url, short(row.title) || row.url) : short(row.title)),
                    el("td", null, dayName(row.published)))))));
    }
    async function task(slug) {
        const { tasks } = await site.load("tables"), row = tasks.find((one) => one.path === "tables/" + slug + ".json");
        if (!row)
            return { title: "Not here", body: [el("h1", null, "No such task"), site.empty("There is no table of “" + slug + "”.")] };
        const whole = await site.load(row.path.replace(/\.json$/, ""));
        return { title: whole.task, body: [el("h1", null, whole.task),
            el("p", { class: "quiet" }, count(row.tables, "table") + ", " + count(row.results, "result")),
            whole.tables.map(resultTable), site.credits(whole.attribution)] };
    }
    pages.results = async function (parts) {
        if (parts.length > 0)
            return task(parts[0]);
        const { tasks } = await site.load("tables");
        return { title: "Results", body: [el("h1", null, "Results"),
            el("p", { class: "quiet" }, "What models reach on data sets, task by task."),
            tasks.length === 0 ? site.empty("There are no tables of results in this library.")
                : el("ul", { class: "years" }, tasks.map((row) => el("li", null,
                    el("a", { href: "#/results/" + row.path.slice("tables/".length, -".json".length) }, row.task), " ",
                    el("span", { class: "quiet small" }, number(row.results)))))] };
    };

    /* ---- numbers ---- */

    const tile = (value, name) => el("li", { class: "tile" }, el("b", null, value), el("span", null, name));
    const chart = (name, rows) => rows.length > 0 && [el("h2", null, name), site.bars(rows)];
    pages.stats = async function () {
        const [stats, { categories }] = await Promise.all([site.load("stats"), site.load("categories")]);
        return { title: "Numbers", body: [el("h1", null, "Numbers"),
            el("ul", { class: "tiles" }, tile(number(stats.papers), "papers"), tile(number(stats.authors), "authors"),
                tile(number(stats.with_code), "with code"), tile(number(categories.length), "categories")),
            stats.weeks.some((papers) => papers > 0) && [el("h2", null, "Papers a week, the last half year"),
            el("div", { class: "tall" }, site.sparkline(stats.weeks, "papers a week: " + stats.weeks.join(", ")))],
            chart("Papers by year", stats.years.map((row) => ({ name: row.year, value: row.count,
                href: site.searchLink("", { from: row.year, to: row.year, sort: "date" }) })).reverse()),
            chart("Papers by category", categories.slice(0, 40).map((row) => ({ name: row.code, value: row.count,
                href: site.searchLink("cat:" + site.quoted(row.code), { sort: "date" }) }))),
            chart("Where they are from", stats.sources.map((row) => ({ name: row.source, value: row.count })))] };
    };

    /* ---- feeds ---- */

    async function feed(slug) {
        const { feeds } = await site.load("feeds"), row = feeds.find((one) => one.path === "feeds/" + slug + ".json");
        if (!row)
            return { title: "Not here", body: [el("h1", null, "No such feed"), site.empty("There is no feed “" + slug + "”.")] };
        const whole = await site.load("feeds/" + slug);
        return { title: whole.name, body: [el("h1", null, whole.name),
            el("p", { class: "quiet" }, el("code", null, whole.query), " – ", count(whole.count, "paper")),
            el("p", null, el("a", { href: row.atom, type: "application/atom+xml" }, "Subscribe (Atom)")),
            whole.papers.length === 0 && site.empty("Nothing matches it now."), site.titles(whole.papers)] };
    }
    pages.feeds = async function (parts) {
        if (parts.length > 0)
            return feed(parts[0]);
        const { feeds } = await site.load("feeds");
        return { title: "Feeds", body: [el("h1", null, "Feeds"),
            feeds.length === 0 && site.empty("There are none: each saved query of the library becomes one."),
            el("div", { class: "list" }, feeds.map((row) => el("section", { class: "item" },
                el("h2", null, el("a", { class: "title", href: "#/feeds/" + row.path.slice("feeds/".length, -".json".length) }, row.name)),
                el("div", { class: "meta" }, el("code", null, row.query), el("span", null, count(row.count, "paper")),
                    el("a", { href: row.atom, type: "application/atom+xml" }, "Atom")))))] };
    };

    /* ---- about ---- */

    site.anchor = (text) => "t-" + text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
    site.credits = (credits) => (credits || []).map((credit) => el("p", { class: "small quiet" }, "Data from ",
        site.outside(credit.url, credit.title), ", ", site.outside(credit.license_url, credit.license)));
    pages.about = async function () {
        const key = (name, does) => [el("dt", null, el("kbd", null, name)), el("dd", null, does)];
        return { title: "About", body: [el("h1", null, "About"),
            el("p", null, "A library of research papers, published by carrel as files: there is no server behind ",
                "these pages", site.tracker ? ". Which pages are seen and what is searched for is counted, without names or cookies."
                    : ", and what is searched for stays in the browser."),
            el("h2", null, "Search"),
            el("p", null, "All words have to be there; ", el("code", null, "OR"), " stands between two queries, ", el("code", null, "prefix*"),
                " for all words that begin so. ", el("code", null, "\"a phrase\""), ", ", el("code", null, "-without"), ", ",
                el("code", null, "title:word"), ", ", el("code", null, "author:name"), ", ", el("code", null, "cat:cs.CL"), ", ", el("code", null, "tag:name"), ", ",
                el("code", null, "has:code"), ", ", el("code", null, "date:2023..2024"), " narrow it; an arXiv number or a DOI leads to its paper."),
            el("h2", null, "Keys"),
            el("dl", { class: "facts" }, key("/", "search"), key("j  k", "the next paper of a list, and the one before"),
                key("Enter", "open it"), key("Esc", "leave the search field")),
            el("h2", null, "As data"),
            el("p", null, "The same papers are JSON: ", el("a", { href: "manifest.json" }, "manifest.json"), " lists the files. ",
                el("a", { href: "#/feeds" }, "Feeds"), " are Atom as well."),
            site.credits(site.attribution)] };
    };
})(window.carrelSite);
