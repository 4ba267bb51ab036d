/*
 * What pages are made of: elements (text is only ever set as text, so a title cannot be markup),
 * dates and numbers, small charts, the light and dark switch, and keys. Shared by the website and
 * the live page of `carrel serve`.
 */
window.carrelSite = {};
(function (site) {
    "use strict";

    /* el("a", {href, class, onclick}, child, "text", [more]): null and false children are left out. */
    function fill(node, children) {
        for (const child of children.flat(Infinity))
            if (child !== null && child !== undefined && child !== false)
                node.append(child);
        return node;
    }
    function el(name, attributes, ...children) {
        const node = document.createElement(name);
        for (const [key, value] of Object.entries(attributes || {})) {
            if (value === null || value === undefined || value === false)
                continue;
            if (key.startsWith("on"))
                node.addEventListener(key.slice(2), value);
            else
                node.setAttribute(key, value === true ? "" : value);
        }
        return fill(node, children);
    }
    function svg(name, attributes, ...children) {
        const node = document.createElementNS("http://www.w3.org/2000/svg", name);
        for (const [key, value] of Object.entries(attributes || {}))
            node.setAttribute(key, value);
        return fill(node, children);
    }

    /* An address that came as data: only of the web, else null. */
    function address(text) {
        try {
            const url = new URL(text);
            return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
        } catch (error) {
            return null;
        }
    }
    /* A DOI may hold what an address ends with: ? and #. */
    const doi = (id) => "https://doi.org/" + encodeURIComponent(id).replace(/%2F/gi, "/");
    /* No longer than so many letters, at a word's end where there is one. */
    function cut(text, most) {
        if (!text || text.length <= most)
            return text || "";
        return text.slice(0, text.lastIndexOf(" ", most) > most / 2 ? text.lastIndexOf(" ", most) : most) + " …";
    }
    const TITLE = 250; /* letters of a title in a list */
    const short = (title) => cut(title, TITLE);
    function outside(text, ...children) {
        const href = address(text);
        return href ? el("a", { href, rel: "noopener noreferrer" }, children) : el("span", null, children);
    }

    const months = ["January", "February", "March", "April", "May", "June", "July", "August",
        "September", "October", "November", "December"];
    function monthName(month) { /* "2017-06" */
        const [year, number] = month.split("-");
        return months[number - 1] ? months[number - 1] + " " + year : "Without a date";
    }
    function dayName(text) { /* "2017", "2017-06", "2017-06-12..." */
        const match = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?/.exec(text || "");
        if (!match)
            return "";
        return [match[3] && String(Number(match[3])), match[2] && months[match[2] - 1], match[1]]
            .filter(Boolean).join(" ");
    }
    const grouped = new Intl.NumberFormat("en");
    const number = (value) => grouped.format(value);
    const count = (value, one, many) => number(value) + " " + (value === 1 ? one : many || one + "s");

    /* A line over numbers (null: a gap), as a picture with words for who cannot see it. */
    function sparkline(values, said) {
        const known = values.filter((value) => value !== null);
        const low = Math.min(...known), high = Math.max(...known), span = high - low || 1;
        let pen = "M";
        const path = values.map((value, i) => {
            if (value === null) {
                pen = "M";
                return "";
            }
            const x = i * 100 / Math.max(values.length - 1, 1), y = 22 - (value - low) * 20 / span;
            const step = pen + x.toFixed(1) + " " + y.toFixed(1);
            pen = "L";
            return step;
        }).join("");
        return svg("svg", { class: "spark", viewBox: "0 0 100 24", preserveAspectRatio: "none",
            role: "img", "aria-label": said }, svg("path", { d: path || "M0 0" }));
    }

    /* Bars of a list of {name, value, href}: as long as their share of the largest. */
    function bars(rows) {
        const most = Math.max(1, ...rows.map((row) => row.value));
        return el("table", { class: "bars" }, el("tbody", null, rows.map((row) => {
            const bar = el("div", { class: "bar" });
            bar.style.width = Math.max(0.5, row.value * 100 / most) + "%";
            return el("tr", null,
                el("th", { scope: "row" }, row.href ? el("a", { href: row.href }, row.name) : row.name),
                el("td", { class: "number" }, number(row.value)),
                el("td", { class: "fill" }, bar));
        })));
    }

    /* Told to screen readers without moving the focus. */
    function tell(text) {
        document.getElementById("told").textContent = text;
    }

    /* Light or dark: the system's wish until the button is pressed. A page that is a file may keep
     * nothing. */
    function kept(key, value) {
        try {
            if (value === undefined)
                return localStorage.getItem(key);
            localStorage.setItem(key, value);
        } catch (error) { /* then it is forgotten with the page */ }
        return null;
    }
    function themes(button) {
        const system = matchMedia("(prefers-color-scheme: dark)");
        const chosen = () => document.documentElement.dataset.theme;
        const dark = () => (chosen() ? chosen() === "dark" : system.matches);
        const show = () => {
            button.textContent = dark() ? "Light" : "Dark";
            button.setAttribute("aria-label", dark() ? "Light colours" : "Dark colours");
        };
        const wish = kept("carrel-theme");
        if (wish === "dark" || wish === "light")
            document.documentElement.dataset.theme = wish;
        button.addEventListener("click", () => {
            document.documentElement.dataset.theme = dark() ? "light" : "dark";
            kept("carrel-theme", chosen());
            show();
        });
        system.addEventListener("change", show);
        show();
    }

    /* "/" goes to the search, j and k through the titles of a list, Esc out of a field. */
    function keys(field) {
        const titles = () => [...document.querySelectorAll("main .item .title")];
        const move = (by) => {
            const list = titles(), at = list.indexOf(document.activeElement);
            const next = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by];
            if (next)
                next.focus();
        };
        document.addEventListener("keydown", (event) => {
            const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
            if (event.ctrlKey || event.metaKey || event.altKey)
                return;
            if (event.key === "Escape" && typing) {
                event.target.blur();
                document.getElementById("main").focus({ preventScroll: true });
            } else if (typing) {
                return;
            } else if (event.key === "/") {
                event.preventDefault();
                field.focus();
                field.select();
            } else if (event.key === "j" || event.key === "k") {
                event.preventDefault();
                move(event.key === "j" ? 1 : -1);
            }
        });
        document.querySelector(".skip").addEventListener("click", (event) => {
            event.preventDefault(); /* the hash is the page's address */
            document.getElementById("main").focus();
        });
    }

    Object.assign(site, { el, svg, fill, outside, address, doi, cut, short, monthName, dayName, number, count, sparkline,
        bars, tell, themes, keys });
})(window.carrelSite);
