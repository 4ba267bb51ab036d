/*
 * Data of the website. A page that is a file may fetch nothing, so data comes as scripts that hand
 * it to carrelData(): data/NAME.js for each NAME. Papers lie in blocks of a few, by segment and
 * number (docs/WEBSITE.md).
 */
(function (site) {
    "use strict";
    const KEPT = 400; /* files in memory */
    const files = new Map(), waiting = new Map();
    site.loaded = { files: 0, bytes: 0 }; /* for the benchmark */

    window.carrelData = function (name, value) {
        const wait = waiting.get(name);
        if (wait)
            wait.value = value;
    };

    function ask(name) {
        return new Promise((resolve, reject) => {
            const script = document.createElement("script"), wait = { value: undefined };
            const end = () => {
                waiting.delete(name);
                script.remove();
            };
            waiting.set(name, wait);
            script.src = "data/" + name + ".js";
            script.onload = () => {
                end();
                site.loaded.files++;
                if (wait.value === undefined)
                    reject(new Error("data/" + name + ".js is damaged"));
                else
                    resolve(wait.value);
            };
            script.onerror = () => {
                end();
                reject(new Error("data/" + name + ".js cannot be read"));
            };
            document.head.append(script);
        });
    }

    /* The file's content, asked for once while it is in use. */
    function load(name) {
        let file = files.get(name);
        if (!file) {
            file = ask(name);
            file.catch(() => files.delete(name)); /* the next one asks anew */
        }
        files.delete(name);
        files.set(name, file); /* the newest is last */
        if (files.size > KEPT)
            files.delete(files.keys().next().value);
        return file;
    }

    /* As its source wrote it, and as it is shown: without TeX. */
    async function record(segment, number) {
        const { block } = await load("search/index");
        const first = Math.floor(number / block);
        const { papers } = await load("papers/" + segment + "/" + first);
        return papers[number - first * block];
    }
    async function paper(segment, number) {
        const found = await record(segment, number);
        return { ...found, ...found.shown };
    }

    /* Months, oldest first: {name, count, segment, first (its oldest paper's number)}. */
    async function months() {
        const { segments } = await load("search/index");
        return segments.flatMap((segment, i) => {
            let first = 0;
            return segment.months.map(([name, count]) => {
                const month = { name, count, segment: i, first };
                first += count;
                return month;
            });
        });
    }

    /* The newest papers, of all or of one month: so many behind the first `skip`. */
    async function newest(skip, most, name) {
        const found = [];
        for (const month of (await months()).reverse()) {
            if (name && month.name !== name)
                continue;
            for (let i = month.count - 1; i >= 0 && found.length < most; i--)
                if (skip-- <= 0)
                    found.push(paper(month.segment, month.first + i));
            if (found.length >= most)
                break;
        }
        return Promise.all(found);
    }

    /* carrel.js, where the site has one: it may come later than a page, or never. */
    site.tracker = document.querySelector("script[data-token]");
    function track(tell) {
        if (window.carrel)
            tell(window.carrel);
        else if (site.tracker)
            site.tracker.addEventListener("load", () => window.carrel && tell(window.carrel), { once: true });
    }

    Object.assign(site, { track, load, record, paper, months, newest });
})(window.carrelSite);
