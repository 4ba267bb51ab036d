/*
 * What a query says: a part of carrel's language, read as carrel reads it. Words that all have to be
 * there, prefix*, "a phrase", -without and NOT, OR between whole queries, and the fields title:,
 * author:, cat:, tag:, has:code, date:. What carrel knows and the index here does not is `left` out,
 * and told.
 */
(function (site) {
    "use strict";
    const PREFIX_LEAST = 3; /* letters before a star */
    const names = { title: "title", ti: "title", author: "author", authors: "author", au: "author", cat: "cat", category: "cat",
        date: "date", year: "date", tag: "tag", has: "has" };
    const elsewhere = new Set(("abstract abs added is source doi id near query stars kind task method language lang topic "
        + "license licence").split(" "));

    /* "2023", "2023-05..2024", "..2020": months from and to, "" open; of days their months. */
    function dates(text) {
        const match = /^(\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d\d)?)?)?(\.\.)?(\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d\d)?)?)?$/.exec(text);
        if (!match || (!match[1] && !match[3]))
            return null;
        const first = (day) => day.slice(0, 7), last = (day) => (day.length === 4 ? day + "-12" : first(day));
        return { from: first(match[1] || ""), to: match[2] ? (match[3] ? last(match[3]) : "") : last(match[1]), coarse: /-\d\d-/.test(text) };
    }

    const fields = {
        title(query, value, without) {
            for (const token of site.tokens(value)) {
                query[without ? "not" : "filters"].push({ stems: [token.stem], title: true });
                if (!without)
                    query.words.push(token); /* it counts, too */
            }
            return true;
        },
        author(query, value, without) {
            site.tokens(value).forEach((token) => query[without ? "not" : "filters"].push({ stems: ["au:" + token.stem] }));
            return true;
        },
        cat(query, value, without) {
            const code = "cat:" + value.toLowerCase();
            query[without ? "not" : "filters"].push(code.endsWith("*") ? { stems: [], prefix: code.slice(0, -1) } : { stems: [code] });
            return true;
        },
        tag(query, value, without) {
            query[without ? "not" : "filters"].push({ stems: ["tag:" + value.toLowerCase()] });
            return true;
        },
        has(query, value, without) {
            if (value.toLowerCase() === "code")
                query[without ? "not" : "filters"].push({ stems: ["has:code"] });
            return value.toLowerCase() === "code";
        },
        date(query, value, without) {
            const range = without ? null : dates(value);
            query.dates = range || query.dates;
            return range !== null;
        },
    };

    function words(query, text, quoted, without) {
        const tokens = site.tokens(text), star = quoted ? null : /^(.*[\p{L}\p{N}])\*$/u.exec(text);
        const phrase = quoted && tokens.length > 1 ? tokens.map((token) => token.stem) : null;
        if (phrase)
            query[without ? "notPhrases" : "phrases"].push(phrase);
        if (star && tokens.length > 0 && tokens.at(-1).term.length >= PREFIX_LEAST)
            tokens.at(-1).prefix = tokens.at(-1).term;
        if (!without)
            query.words.push(...tokens);
        else if (!phrase)
            tokens.forEach((token) => query.not.push({ stems: [token.stem], prefix: token.prefix }));
    }

    const PARTS = /(-?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gi;

    /* Of one of the alternatives. */
    function parse(text) {
        const query = { words: [], phrases: [], notPhrases: [], filters: [], not: [], dates: null, left: [], stems: new Set() };
        let not = false;
        for (const [whole, minus, name, quoted, plain] of text.matchAll(PARTS)) {
            if (whole === "AND" || whole === "NOT") {
                not = whole === "NOT";
                continue;
            }
            const value = quoted === undefined ? plain : quoted, key = (name || "").toLowerCase(), without = Boolean(minus) || not;
            not = false;
            if (Object.hasOwn(names, key) || elsewhere.has(key)) {
                if (!Object.hasOwn(names, key) || !fields[names[key]](query, value, without))
                    query.left.push(whole);
            } else {
                words(query, (name ? name + " " : "") + value, quoted !== undefined, without);
            }
        }
        query.words.forEach((token) => query.stems.add(token.stem));
        return query;
    }

    /* What stands between ORs, each a query of its own. */
    function alternatives(text) {
        const parts = [[]];
        for (const [whole] of text.matchAll(PARTS)) {
            if (whole === "OR")
                parts.push([]);
            else
                parts.at(-1).push(whole);
        }
        const some = parts.map((part) => part.join(" ")).filter(Boolean);
        return some.length > 0 ? some : [""];
    }

    function ident(text) { /* what may be the id of a paper, else null */
        const plain = text.trim().toLowerCase().replace(/^id:/, "");
        const arxiv = new RegExp("^(?:(?:https?://)?(?:www\\.|export\\.)?arxiv\\.org/(?:abs|pdf|html)/|arxiv:)?"
            + "(\\d{4}\\.\\d{4,5}|[a-z-]+(?:\\.[a-z]{2})?/\\d{7})(?:v\\d+)?(?:\\.pdf)?(?:[?#].*)?$").exec(plain);
        const doi = /^(?:(?:https?:\/\/)?(?:dx\.)?doi\.org\/|doi:)?(10\.\d{4,9}\/\S+)$/.exec(plain);
        if (arxiv)
            return "arxiv:" + arxiv[1];
        if (doi)
            return "doi:" + doi[1];
        return /^(hf|repo|file|local|openreview|pwc|url|oai):\S+$/.test(plain) ? plain : null;
    }

    site.query = { parse, alternatives, ident };
})(window.carrelSite);
