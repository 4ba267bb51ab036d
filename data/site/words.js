/*
 * Words of a text as carrel's index has them: a port of src/text/tokenize.c and porter.c, which a
 * test compares on the index itself (tests/site). Queries and highlights go through it.
 */
(function (site) {
    "use strict";
    const TOKEN_MAX = 64; /* bytes */
    const special = new Map(Object.entries({ "ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d",
        "ð": "d", "Ð": "d", "ı": "i", "ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe",
        "þ": "th", "Þ": "th", "ħ": "h", "Ħ": "h", "ŧ": "t", "Ŧ": "t", "ĸ": "k", "ŋ": "n", "Ŋ": "n" }));
    /* TeX commands that only dress their argument, and those that are letters. */
    const dress = new Set(("bar begin big bigg bigl bigr bm boldsymbol cal cite displaystyle dot emph end "
        + "ensuremath frac hat hbox it label left limits mathbb mathbf mathbin mathcal mathfrak mathit mathop "
        + "mathrel mathrm mathscr mathsf mathtt mbox mit mkern nolimits operatorname overline qquad quad ref "
        + "right rm sc sf sl text textbf textit textmd textnormal textrm textsc textsf textsl textstyle texttt "
        + "tilde tt underline url vec widehat widetilde xspace").split(" "));
    const letters = new Map(Object.entries({ o: "o", O: "o", l: "l", L: "l", ss: "ss", ae: "ae", AE: "ae",
        oe: "oe", OE: "oe", aa: "a", AA: "a", i: "i", j: "j", dj: "d", th: "th" }));
    const isLetter = (c) => /^[A-Za-z]$/.test(c);
    const wordy = /^[\p{L}\p{N}]$/u, mark = /^[\p{Mn}\p{Me}]$/u;

    function ideograph(rune) {
        return (rune >= 0x2E80 && rune <= 0x2FDF) || (rune >= 0x3040 && rune <= 0x30FF)
            || (rune >= 0x3400 && rune <= 0x9FFF) || (rune >= 0xF900 && rune <= 0xFAFF)
            || (rune >= 0x20000 && rune <= 0x3FFFF);
    }
    function bytes(text) {
        const rune = text.codePointAt(0);
        return text.length > 1 && rune < 0x10000 ? text.length : rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    }

    class Tokens {
        constructor(text) {
            this.text = text;
            this.at = 0;
            this.open = false;
            this.list = [];
        }
        close() {
            if (!this.open)
                return;
            this.open = false;
            const before = this.text[this.start - 1];
            if (!this.term || ((this.term === "s" || this.term === "t") && (before === "'" || before === "\u2019")))
                return;
            this.list.push({ term: this.term, stem: stem(this.term), start: this.start, end: this.end });
        }
        add(piece, from, to) {
            if (!this.open) {
                this.open = true;
                this.term = "";
                this.size = 0;
                this.start = from;
            }
            this.end = to;
            const size = piece ? bytes(piece) : 0;
            if (this.size + size <= TOKEN_MAX) {
                this.term += piece;
                this.size += size;
            }
        }
        rune(character, from, to) {
            this.add(special.get(character) || character.toLowerCase(), from, to);
        }
        high() { /* one character beyond ASCII */
            const from = this.at, rune = this.text.codePointAt(from), whole = String.fromCodePoint(rune);
            this.at += whole.length;
            if (ideograph(rune)) {
                this.close();
                this.rune(whole, from, this.at);
                this.close();
                return;
            }
            if (rune === 0xAD || (rune >= 0x200B && rune <= 0x200D))
                return;
            for (const part of whole.normalize("NFKD")) {
                if (mark.test(part)) {
                    if (this.open)
                        this.end = this.at;
                } else if (wordy.test(part)) {
                    this.rune(part, from, this.at);
                } else {
                    this.close();
                }
            }
        }
        accent() { /* \'e \"{o} \c{c}: how long what stands before the letter is, 0: it is none */
            const p = this.text.slice(this.at, this.at + 64);
            let took = 2;
            if (p.length < 3 || !("'`^\"~=.".includes(p[1])
                || ("cvHuktbdr".includes(p[1]) && (p[2] === "{" || p[2] === " "))))
                return 0;
            while (p[took] === "{" || p[took] === " ")
                took++;
            if (p[took] === "\\" && (p[took + 1] === "i" || p[took + 1] === "j"))
                took++;
            return took < p.length && isLetter(p[took]) ? took : 0;
        }
        command() {
            const from = this.at, accent = this.accent();
            if (accent) {
                if (!this.open)
                    this.add("", from, from);
                this.at += accent;
                return;
            }
            const name = /^[A-Za-z]*/.exec(this.text.slice(from + 1, from + 4096))[0];
            this.at += 1 + name.length;
            if (!name) {
                if (this.text.charCodeAt(this.at) < 0x80)
                    this.at++;
                this.close();
            } else if (letters.has(name)) {
                this.add(letters.get(name), from, this.at);
                if (this.text[this.at] === " " && isLetter(this.text[this.at + 1] || ""))
                    this.at++;
            } else {
                this.close();
                if (dress.has(name))
                    return;
                for (const c of name.slice(0, TOKEN_MAX))
                    this.add(c.toLowerCase(), from, this.at);
                this.close();
            }
        }
        tex(c) {
            if (c === "\\")
                return this.command();
            this.at++;
            if (c === "_" && !/^[{0-9]$/.test(this.text[this.at] || ""))
                this.close();
        }
        run() {
            while (this.at < this.text.length) {
                const c = this.text[this.at];
                if (/[0-9A-Za-z]/.test(c)) {
                    this.add(c.toLowerCase(), this.at, this.at + 1);
                    this.at++;
                } else if ("\\{}$^_".includes(c)) {
                    this.tex(c);
                } else if (c.charCodeAt(0) >= 0x80) {
                    this.high();
                } else {
                    this.close();
                    this.at++;
                }
            }
            this.close();
            return this.list;
        }
    }
    const tokens = (text) => new Tokens(text || "").run();

    /* ---- Porter's stemmer ---- */

    function consonant(word, i) {
        const c = word[i];
        return c === "y" ? i === 0 || !consonant(word, i - 1) : !"aeiou".includes(c);
    }
    function measure(word) { /* sequences of vowels and consonants */
        let kinds = "";
        for (let i = 0; i < word.length; i++)
            kinds += consonant(word, i) ? "c" : "v";
        return (kinds.match(/v+c+/g) || []).length;
    }
    function vowel(word) {
        for (let i = 0; i < word.length; i++)
            if (!consonant(word, i))
                return true;
        return false;
    }
    const double = (word) => word.length >= 2 && word.at(-1) === word.at(-2) && consonant(word, word.length - 1);
    function cvc(word) {
        const n = word.length;
        return n >= 3 && consonant(word, n - 1) && !consonant(word, n - 2) && consonant(word, n - 3)
            && !"wxy".includes(word[n - 1]);
    }
    const step2 = [["ational", "ate"], ["tional", "tion"], ["enci", "ence"], ["anci", "ance"], ["izer", "ize"],
        ["bli", "ble"], ["alli", "al"], ["entli", "ent"], ["eli", "e"], ["ousli", "ous"], ["ization", "ize"],
        ["ation", "ate"], ["ator", "ate"], ["alism", "al"], ["iveness", "ive"], ["fulness", "ful"],
        ["ousness", "ous"], ["aliti", "al"], ["iviti", "ive"], ["biliti", "ble"], ["logi", "log"]];
    const step3 = [["icate", "ic"], ["ative", ""], ["alize", "al"], ["iciti", "ic"], ["ical", "ic"], ["ful", ""],
        ["ness", ""]];
    const step4 = ["al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou",
        "ism", "ate", "iti", "ous", "ive", "ize"];

    function past(word) { /* steps 1a and 1b */
        if (word.endsWith("s")) {
            if (word.endsWith("sses"))
                word = word.slice(0, -2);
            else if (word.endsWith("ies"))
                word = word.slice(0, -2);
            else if (word.length >= 2 && word.at(-2) !== "s")
                word = word.slice(0, -1);
        }
        if (word.endsWith("eed"))
            return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
        const ending = ["ed", "ing"].find((end) => word.endsWith(end));
        if (!ending || !vowel(word.slice(0, -ending.length)))
            return word;
        word = word.slice(0, -ending.length);
        if (/(at|bl|iz)$/.test(word))
            return word + "e";
        if (double(word))
            return "lsz".includes(word.at(-1)) ? word : word.slice(0, -1);
        return measure(word) === 1 && cvc(word) ? word + "e" : word;
    }
    function replace(word, rules) { /* the first that fits decides */
        const rule = rules.find(([suffix]) => word.endsWith(suffix));
        if (!rule)
            return word;
        const before = word.slice(0, word.length - rule[0].length);
        return measure(before) > 0 ? before + rule[1] : word;
    }
    function strip(word) { /* step 4 */
        for (const suffix of step4) {
            if (!word.endsWith(suffix))
                continue;
            const before = word.slice(0, word.length - suffix.length);
            if (suffix === "ion" && !/[st]$/.test(before))
                continue;
            return measure(before) > 1 ? before : word;
        }
        return word;
    }
    function stem(word) {
        if (word.length <= 2 || !/^[a-z]+$/.test(word))
            return word;
        word = past(word);
        if (word.endsWith("y") && vowel(word.slice(0, -1)))
            word = word.slice(0, -1) + "i";
        word = strip(replace(replace(word, step2), step3));
        if (word.endsWith("e")) {
            const before = word.slice(0, -1), m = measure(before);
            if (m > 1 || (m === 1 && !cvc(before)))
                word = before;
        }
        return word.endsWith("l") && double(word) && measure(word) > 1 ? word.slice(0, -1) : word;
    }

    /* The text with the words of these stems marked, as children for el(). */
    function highlight(text, stems) {
        const parts = [];
        let from = 0;
        if (!text || !stems || stems.size === 0)
            return [text || ""];
        for (const token of tokens(text)) {
            if (!stems.has(token.stem) || token.start < from)
                continue;
            parts.push(text.slice(from, token.start), site.el("mark", null, text.slice(token.start, token.end)));
            from = token.end;
        }
        parts.push(text.slice(from));
        return parts;
    }

    Object.assign(site, { tokens, stem, highlight });
})(window.carrelSite);
