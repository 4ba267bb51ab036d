/*
 * Search in the page: the query's words are looked up in shards of the index, which come one by one,
 * and papers are ranked by BM25F as carrel's own index does (include/carrel/site_index.h tells the
 * form of a shard). Nothing is sent anywhere.
 *
 * The language is a part of carrel's: words that all must be there, "a phrase", -without,
 * author:name, cat:cs.CL, tag:x, has:code, date:2023..2024.
 */
(function (site) {
    "use strict";
    const EXPANSIONS = 12; /* stems that a word may become which is still being typed */
    const PREFIX_SHARDS = 2;
    const FEW = 5; /* fewer papers with all of three or more words: any of them count */
    const PHRASE_CHECKED = 200, PHRASE_AT_ONCE = 20;
    const FILTERS = { cat: 1, tag: 1, has: 1 };

    /* ---- the query ---- */

    function dates(text) { /* "2023", "2023-05..2024", "..2020": months from and to, "" open */
        const match = /^(\d{4}(?:-\d\d)?)?(\.\.)?(\d{4}(?:-\d\d)?)?$/.exec(text);
        if (!match || (!match[1] && !match[3]))
            return null;
        const last = (day) => (day.length === 4 ? day + "-12" : day);
        return { from: match[1] || "", to: match[2] ? (match[3] ? last(match[3]) : "") : last(match[1]) };
    }

    function field(query, name, value, without) {
        if (FILTERS[name])
            query[without ? "not" : "filters"].push([name + ":" + value.toLowerCase()]);
        else if (name === "author")
            site.tokens(value).forEach((token) => query[without ? "not" : "filters"].push(["au:" + token.stem]));
        else if ((name === "date" || name === "year") && !without && dates(value))
            query.dates = dates(value);
        else
            return false;
        return true;
    }

    function parse(text) {
        const query = { words: [], phrases: [], filters: [], not: [], dates: null, stems: new Set() };
        const parts = /(-?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gi;
        for (const [, minus, name, quoted, plain] of text.matchAll(parts)) {
            const value = quoted === undefined ? plain : quoted;
            if (name && field(query, name.toLowerCase(), value, minus))
                continue;
            const tokens = site.tokens((name ? name + " " : "") + value);
            if (minus)
                tokens.forEach((token) => query.not.push([token.stem]));
            else
                query.words.push(...tokens);
            if (!minus && quoted !== undefined && tokens.length > 1)
                query.phrases.push(tokens.map((token) => token.stem));
        }
        query.words.forEach((token) => query.stems.add(token.stem));
        return query;
    }

    function ident(text) { /* what may be the id of a paper, else null */
        const plain = text.trim().toLowerCase();
        const arxiv = /^(?:https?:\/\/arxiv\.org\/abs\/|arxiv:)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?\/\d{7})(?:v\d+)?$/.exec(plain);
        const doi = /^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:)?(10\.\d{4,9}\/\S+)$/.exec(plain);
        if (arxiv)
            return "arxiv:" + arxiv[1];
        if (doi)
            return "doi:" + doi[1];
        return /^(hf|repo|file|local|openreview|pwc|url|oai):\S+$/.test(plain) ? plain : null;
    }

    /* ---- the index ---- */

    /* Order of UTF-8 bytes, which is that of code points. */
    function before(a, b) {
        for (let i = 0; i < a.length && i < b.length; i++) {
            if (a[i] !== b[i]) {
                const high = (c) => c >= 0xD800 && c <= 0xDFFF;
                const x = a.charCodeAt(i), y = b.charCodeAt(i);
                return high(x) === high(y) ? x < y : high(y);
            }
        }
        return a.length < b.length;
    }
    function shardOf(shards, term) { /* the last one that begins with the term or before it */
        let low = 0, high = shards.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (before(term, shards[middle][0]))
                high = middle;
            else
                low = middle + 1;
        }
        return low - 1;
    }
    async function shard(segment, shards, at) {
        return at < 0 || at >= shards.length ? {} : (await site.load("search/" + segment + "/" + shards[at][1])).terms;
    }
    async function lookup(segment, term) {
        const { shards } = await site.load("search/" + segment + "/shards");
        const terms = await shard(segment, shards, shardOf(shards, term));
        return Object.hasOwn(terms, term) ? terms[term] : null;
    }
    /* Stems that begin so; of what is longer than any, the stem that it begins with. */
    async function prefixed(segment, word) {
        const { shards } = await site.load("search/" + segment + "/shards");
        const first = Math.max(0, shardOf(shards, word)), found = new Map();
        const near = await shard(segment, shards, first);
        for (let i = 0; i < PREFIX_SHARDS && (i === 0 || shards[first + i]?.[0].startsWith(word)); i++) {
            const terms = await shard(segment, shards, first + i);
            for (const term of Object.keys(terms))
                if (term.startsWith(word))
                    found.set(term, terms[term]);
        }
        for (let end = word.length - 1; found.size === 0 && end >= 4; end--)
            if (Object.hasOwn(near, word.slice(0, end)))
                found.set(word.slice(0, end), near[word.slice(0, end)]);
        return [...found].sort((a, b) => b[1].length - a[1].length).slice(0, EXPANSIONS);
    }

    /* Calls each(number, weight) for what Base64 says. */
    function postings(base64, each) {
        const bytes = atob(base64);
        let number = 0, value = 0, shift = 1;
        for (let i = 0; i < bytes.length; i++) {
            const byte = bytes.charCodeAt(i);
            value += (byte & 0x7F) * shift;
            shift *= 128;
            if (byte & 0x80)
                continue;
            number += Math.floor(value / 16);
            each(number++, value & 15);
            value = 0;
            shift = 1;
        }
        return bytes.length;
    }
    function documents(base64) {
        let count = 0;
        postings(base64, () => count++);
        return count;
    }

    /* What a segment has of each group: lists of postings. */
    async function fetchGroup(segment, group) {
        const lists = await Promise.all(group.stems.map((term) => lookup(segment, term)));
        if (group.typed)
            for (const [term, list] of await prefixed(segment, group.typed))
                if (!group.stems.includes(term))
                    lists.push(list);
        return lists.filter(Boolean);
    }

    /* ---- ranking ---- */

    /* 0: any paper; else the numbers [from, to) of the dates. */
    function span(segment, dates) {
        let from = null, to = 0, at = 0;
        for (const [name, count] of segment.months) {
            const fits = !dates || (name !== "undated" && (!dates.from || name >= dates.from.slice(0, 7))
                && (!dates.to || name <= dates.to));
            if (fits && from === null)
                from = at;
            at += count;
            if (fits)
                to = at;
        }
        return [from === null ? 0 : from, to];
    }

    function score(segment, size, lists, idf, words, any) {
        const scores = new Float32Array(size), has = new Uint32Array(size), titles = new Uint32Array(size);
        const all = words === 0 ? 0 : 2 ** Math.min(words, 31) - 1;
        for (let g = 0; g < words && g < 31; g++)
            for (const list of lists.words[g])
                postings(list, (number, weight) => {
                    if (has[number] & 1 << g)
                        return;
                    has[number] |= 1 << g;
                    scores[number] += idf[g] * ((weight & 7) + 0.5) / 8;
                    if (weight & 8)
                        titles[number] |= 1 << g;
                });
        const allowed = new Uint8Array(size);
        for (const filter of lists.filters)
            filter.forEach((list) => postings(list, (number) => allowed[number]++));
        for (const list of lists.not.flat())
            postings(list, (number) => { allowed[number] = 255; });
        const hits = [], [from, to] = lists.span;
        for (let number = from; number < to; number++) {
            if (allowed[number] !== lists.filters.length || (any ? words > 0 && !has[number] : has[number] !== all))
                continue;
            const named = words > 1 && titles[number] === all ? 1.3 : 1; /* all of it in the title */
            hits.push({ segment, number, score: scores[number] * named });
        }
        return hits;
    }

    async function gather(segments, query, groups) {
        return Promise.all(segments.map(async (segment, i) => ({
            span: span(segment, query.dates),
            words: await Promise.all(groups.map((group) => fetchGroup(i, group))),
            filters: await Promise.all(query.filters.map((stems) => fetchGroup(i, { stems }))),
            not: await Promise.all(query.not.map((stems) => fetchGroup(i, { stems }))),
        })));
    }

    /* Those of the best hits whose texts have the phrases, until there are `need` of them. */
    async function phrased(hits, phrases, need) {
        const found = [], most = Math.min(hits.length, PHRASE_CHECKED);
        const holds = (text, phrase) => (" " + site.tokens(text).map((token) => token.stem).join(" ") + " ")
            .includes(" " + phrase.join(" ") + " ");
        let at = 0;
        for (; at < most && found.length < need; at += PHRASE_AT_ONCE) {
            const some = hits.slice(at, Math.min(at + PHRASE_AT_ONCE, most));
            const papers = await Promise.all(some.map((hit) => site.paper(hit.segment, hit.number)));
            found.push(...some.filter((hit, i) => phrases.every((phrase) =>
                [papers[i].title, papers[i].abstract, ...(papers[i].authors || [])].some((text) => holds(text, phrase)))));
        }
        return { found, exact: at >= hits.length };
    }

    function order(hits, byDate) {
        const newer = (a, b) => b.segment - a.segment || b.number - a.number;
        return hits.sort(byDate ? newer : (a, b) => b.score - a.score || newer(a, b));
    }

    /*
     * {hits: [{segment, number, score}], exact, relaxed, stems, ignored}: all that the query finds.
     * typing: the last word is not ended yet; byDate; need: of phrases, so many are enough.
     */
    async function search(text, options = {}) {
        const { segments, papers, stop } = await site.load("search/index");
        const id = ident(text), query = parse(text), stopped = new Set(stop);
        if (id) {
            const place = await find(id);
            if (place)
                return { hits: [place], exact: true, relaxed: false, stems: new Set(), ignored: false };
        }
        const words = query.words.filter((token) => !stopped.has(token.stem));
        const unique = words.filter((token, i) => words.findIndex((other) => other.stem === token.stem) === i);
        const groups = unique.map((token) => ({ stems: [token.stem] }));
        const last = unique.at(-1);
        if (options.typing && last && last.term.length >= 3 && /[\p{L}\p{N}]$/u.test(text))
            groups.at(-1).typed = last.term;
        const ignored = query.words.length > 0 && groups.length === 0;
        const lists = await gather(segments, query, groups);
        const idf = groups.map((group, g) => {
            const df = Math.min(papers, lists.reduce((sum, list) =>
                sum + list.words[g].reduce((some, postings) => some + documents(postings), 0), 0));
            return Math.log(1 + (papers - df + 0.5) / (df + 0.5));
        });
        const rank = (any) => (ignored && query.filters.length === 0 && !query.dates ? []
            : segments.flatMap((segment, i) => score(i, segment.papers, lists[i], idf, groups.length, any)));
        let hits = rank(false), relaxed = false, exact = true;
        if (hits.length < FEW && groups.length > 2 && query.phrases.length === 0) {
            hits = rank(true);
            relaxed = true;
        }
        hits = order(hits, options.byDate || groups.length === 0);
        if (query.phrases.length > 0) {
            const checked = await phrased(hits, query.phrases, options.need || PHRASE_CHECKED);
            hits = checked.found;
            exact = checked.exact;
        }
        return { hits, exact, relaxed, stems: query.stems, ignored };
    }

    /* Where the paper of an id is; null: it is not here. */
    async function find(id) {
        const { segments } = await site.load("search/index");
        const lists = await Promise.all(segments.map((segment, i) => lookup(i, "id:" + id.toLowerCase())));
        let place = null;
        lists.forEach((list, segment) => {
            if (list && !place)
                postings(list, (number) => { place = place || { segment, number, score: 0 }; });
        });
        return place;
    }

    Object.assign(site, { search, find, postings });
})(window.carrelSite);
