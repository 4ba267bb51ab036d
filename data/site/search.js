/*
 * Search in the page: the query's words are looked up in shards of the index, which come one by one,
 * and papers are ranked by BM25F as carrel's own index does (include/carrel/site_index.h tells the
 * form of a shard). Nothing is sent anywhere. What a query says, query.js reads.
 */
(function (site) {
    "use strict";
    const EXPANSIONS = 12; /* stems that a word may become which is still being typed */
    const PREFIX_SHARDS = 2;
    const STARRED = 400, STARRED_SHARDS = 40; /* the same where a star asks for all */
    const FEW = 5; /* fewer papers with all of three or more words: any of them count */
    const PHRASE_CHECKED = 200, PHRASE_AT_ONCE = 20;

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
    /* Terms that begin so. */
    async function prefixed(segment, word, most, shardsMost) {
        const { shards } = await site.load("search/" + segment + "/shards");
        const first = Math.max(0, shardOf(shards, word)), found = new Map();
        for (let i = 0; i < shardsMost && (i === 0 || shards[first + i]?.[0].startsWith(word)); i++) {
            const terms = await shard(segment, shards, first + i);
            for (const term of Object.keys(terms))
                if (term.startsWith(word))
                    found.set(term, terms[term]);
        }
        return [...found].sort((a, b) => b[1].length - a[1].length).slice(0, most);
    }
    /* Of a word that is being typed: where it is longer than any stem, the stem that it begins with. */
    async function typed(segment, word) {
        const found = await prefixed(segment, word, EXPANSIONS, PREFIX_SHARDS);
        for (let end = word.length - 1; found.length === 0 && end >= 4; end--) {
            const list = await lookup(segment, word.slice(0, end));
            if (list)
                found.push([word.slice(0, end), list]);
        }
        return found;
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

    /* What a segment has of {stems, prefix, typed}: lists of postings. */
    async function fetchGroup(segment, group) {
        const lists = await Promise.all(group.stems.map((term) => lookup(segment, term)));
        const more = group.prefix ? await prefixed(segment, group.prefix, STARRED, STARRED_SHARDS)
            : group.typed ? await typed(segment, group.typed) : [];
        for (const [term, list] of more)
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

    /* Of each paper: how many filters let it through; below 0 where something forbids it. */
    function filtered(size, lists) {
        const allowed = new Int32Array(size), last = new Int32Array(size);
        lists.filters.forEach((filter, f) => filter.lists.forEach((list) => postings(list, (number, weight) => {
            if (last[number] === f + 1 || (filter.title && !(weight & 8)))
                return;
            last[number] = f + 1; /* not once more, for another of its terms */
            allowed[number]++;
        })));
        for (const filter of lists.not)
            for (const list of filter.lists)
                postings(list, (number, weight) => {
                    if (!filter.title || weight & 8)
                        allowed[number] = -1;
                });
        return allowed;
    }
    /* 1: the paper has all words of a phrase that must not be there. */
    function suspected(size, phrases) {
        const suspects = new Uint8Array(size);
        for (const words of phrases) {
            const has = new Uint8Array(size);
            words.forEach((lists, i) => lists.forEach((list) => postings(list, (number) => {
                if (has[number] === i)
                    has[number]++;
            })));
            has.forEach((count, number) => {
                if (count === words.length)
                    suspects[number] = 1;
            });
        }
        return suspects;
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
        const allowed = filtered(size, lists), suspects = suspected(size, lists.notPhrases);
        const hits = [], [from, to] = lists.span;
        for (let number = from; number < to; number++) {
            if (allowed[number] !== lists.filters.length || (any ? words > 0 && !has[number] : has[number] !== all))
                continue;
            const named = words > 1 && titles[number] === all ? 1.3 : 1; /* all of it in the title */
            hits.push({ segment, number, score: scores[number] * named, suspect: suspects[number] === 1 });
        }
        return hits;
    }

    async function gather(segments, query, groups) {
        const fetch = (i, wanted) => Promise.all(wanted.map(async (group) => ({ lists: await fetchGroup(i, group), title: group.title })));
        return Promise.all(segments.map(async (segment, i) => ({
            span: span(segment, query.dates),
            words: await Promise.all(groups.map((group) => fetchGroup(i, group))),
            filters: await fetch(i, query.filters),
            not: await fetch(i, query.not),
            notPhrases: await Promise.all(query.notLooked.map((stems) => Promise.all(stems.map((stem) => fetchGroup(i, { stems: [stem] }))))),
        })));
    }

    /* Those of the best hits whose texts have the phrases, until there are `need` of them, and none that must not be there. */
    async function phrased(hits, query, need) {
        const found = [], enough = query.phrases.length > 0 ? need : Infinity;
        const holds = (text, phrase) => (" " + site.tokens(text).map((token) => token.stem).join(" ") + " ")
            .includes(" " + phrase.join(" ") + " ");
        let at = 0, checked = 0;
        const good = async (hit) => {
            if (query.phrases.length === 0 && !hit.suspect)
                return true;
            checked++;
            const paper = await site.paper(hit.segment, hit.number), texts = [paper.title, paper.abstract, ...(paper.authors || [])];
            const has = (phrase) => texts.some((text) => holds(text, phrase));
            return query.phrases.every(has) && !query.notPhrases.some(has);
        };
        while (at < hits.length && found.length < enough && checked < PHRASE_CHECKED) {
            const some = hits.slice(at, at + PHRASE_AT_ONCE), kept = await Promise.all(some.map(good));
            found.push(...some.filter((hit, i) => kept[i]));
            at += some.length;
        }
        return { found, exact: at >= hits.length };
    }

    function order(hits, byDate) {
        const newer = (a, b) => b.segment - a.segment || b.number - a.number;
        return hits.sort(byDate ? newer : (a, b) => b.score - a.score || newer(a, b));
    }

    /* What the words are to be looked up as: each once, and without those that are left out of the index. */
    function grouped(query, stop, typing) {
        const words = query.words.filter((token) => !stop.has(token.stem) || token.prefix);
        const unique = words.filter((token, i) => words.findIndex((other) => other.stem === token.stem && other.prefix === token.prefix) === i);
        const groups = unique.map((token) => ({ stems: token.prefix ? [] : [token.stem], prefix: token.prefix }));
        const last = unique.at(-1);
        if (typing && last && last.term.length >= 3 && !last.prefix)
            groups.at(-1).typed = last.term;
        query.filters = query.filters.filter((filter) => !filter.title || !stop.has(filter.stems[0]));
        query.notLooked = query.notPhrases.map((phrase) => phrase.filter((stem) => !stop.has(stem)));
        return groups;
    }

    /* One of the alternatives of a query. */
    async function alternative(text, options) {
        const { segments, papers, stop } = await site.load("search/index"), query = site.query.parse(text);
        const groups = grouped(query, new Set(stop), options.typing);
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
            const more = rank(true);
            relaxed = more.length > hits.length;
            hits = more;
        }
        hits = order(hits, options.byDate || groups.length === 0);
        if (query.phrases.length > 0 || query.notPhrases.length > 0) {
            const checked = await phrased(hits, query, options.need || PHRASE_CHECKED);
            hits = checked.found;
            exact = checked.exact;
        }
        return { hits, exact, relaxed, stems: query.stems, ignored, left: query.left, coarse: Boolean(query.dates?.coarse), plain: groups.length === 0 };
    }

    /* What any of several found, each paper once, by its better score. */
    function union(answers, byDate) {
        const best = new Map();
        for (const hit of answers.flatMap((one) => one.hits)) {
            const key = hit.segment + " " + hit.number;
            if (!best.has(key) || best.get(key).score < hit.score)
                best.set(key, hit);
        }
        const any = (name) => answers.some((one) => one[name]);
        return { hits: order([...best.values()], byDate || answers.every((one) => one.plain)), exact: answers.every((one) => one.exact),
            relaxed: any("relaxed"), ignored: any("ignored"), coarse: any("coarse"), left: [...new Set(answers.flatMap((one) => one.left))],
            stems: new Set(answers.flatMap((one) => [...one.stems])) };
    }

    /*
     * {hits: [{segment, number, score}], exact, relaxed, stems, ignored, left, coarse}: all that the
     * query finds. typing: the last word is not ended yet; byDate; need: of phrases, so many are
     * enough; also: what holds beside the query, as a query.
     */
    async function search(text, options = {}) {
        const id = site.query.ident(text), place = id && await find(id);
        if (place)
            return { hits: [place], exact: true, relaxed: false, stems: new Set(), ignored: false, left: [], coarse: false };
        const parts = site.query.alternatives(text), typing = options.typing && /[\p{L}\p{N}]$/u.test(text);
        const answers = await Promise.all(parts.map((part, i) => alternative([part, options.also].filter(Boolean).join(" "),
            { ...options, typing: typing && i === parts.length - 1 })));
        const found = answers.length === 1 ? answers[0] : union(answers, options.byDate);
        if (answers.length > 1 && /[()]/.test(text))
            found.left.push("( )"); /* what they would join, is not joined */
        return found;
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
