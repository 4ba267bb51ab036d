// carrel.js in a page that is made of the little it asks for; what it sends goes to a real service.
//     node tracker.js URL TOKEN SCRIPT
"use strict";
const fs = require("fs"), vm = require("vm"), crypto = require("crypto");
const [url, token, file] = process.argv.slice(2);
const source = fs.readFileSync(file, "utf8");

// A page of its own each: what it sent, what it listens to.
function page(navigator, beacon) {
    const sent = [], listeners = {};
    const listen = (name, fn) => (listeners[name] = listeners[name] || []).push(fn);
    const location = new URL("https://site.example/tracked/1?secret=1");
    const attributes = { "data-token": token };
    const script = { src: url + "/carrel.js", getAttribute: (name) => attributes[name] || null };
    const document = { currentScript: script, referrer: "https://news.example/today", visibilityState: "visible",
        addEventListener: listen,
        querySelector: (what) => (what.includes("citation_doi") ? { content: "10.1000/lamps" } : null) };
    const history = { pushState() {}, replaceState() {} };
    const fetch = (address, options) => { sent.push([address, options.body]); return Promise.resolve(); };
    const window = { doNotTrack: undefined };
    if (beacon) navigator.sendBeacon = (address, body) => sent.push([address, body]) > 0;
    Object.assign(window, { navigator, document, location, history, crypto: crypto.webcrypto, fetch, URL, window, addEventListener: listen,
        encodeURIComponent, JSON, Date, String, Array, Uint8Array });
    vm.runInNewContext(source, window);
    return { sent, location, window, fire: (name, event) => (listeners[name] || []).forEach((fn) => fn(event)) };
}
function check(what, right) {
    if (!right) throw new Error(what);
}
const link = (href, attributes) => {
    const at = new URL(href), self = { href, protocol: at.protocol, host: at.host, hasAttribute: (name) => name in attributes,
        getAttribute: (name) => (name in attributes ? attributes[name] : null), closest: () => self };
    return { target: self, type: "click" };
};
const kinds = (p) => p.sent.map(([address]) => address.replace(/.*\/events\/(\w+).*/, "$1")).join(" ");

check("Do Not Track is respected", page({ doNotTrack: "1" }, true).sent.length === 0);
check("so is Global Privacy Control", page({ globalPrivacyControl: true }, true).sent.length === 0);
const without = page({}, false);
check("without beacons it fetches", without.sent.length === 1);

const p = page({}, true);
check("a pageview at once", kinds(p) === "pageview");
check("without the query of the address", !p.sent[0][1].includes("secret"));
check("with who led here", JSON.parse(p.sent[0][1]).referrer === "https://news.example/today");
p.fire("click", link("https://site.example/other", {}));
check("a link inside is no click", kinds(p) === "pageview");
p.fire("click", link("https://other.example/x?y", {}));
p.window.carrel.search("lamps", 3);
check("a click, a search", kinds(p) === "pageview click search");
const more = page({}, true);
more.location.pathname = "/tracked/2";
more.window.history.pushState();
more.window.history.replaceState();
check("a page more by its own navigation, once", kinds(more) === "pageview pageview");
check("without the referrer again", JSON.parse(more.sent[1][1]).referrer === undefined);
more.fire("click", link("https://site.example/pdf", { "data-carrel": "pdf", "data-paper": "arxiv:2602.00001" }));
check("what is marked is a click", JSON.parse(more.sent[2][1]).target === "pdf" && JSON.parse(more.sent[2][1]).paper === "arxiv:2602.00001");

(async () => {
    for (const [address, body] of p.sent) {
        const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "text/plain;charset=UTF-8" }, body });
        check("the service takes it: " + (await answer.text()), answer.status === 202);
    }
})().catch((error) => { console.error(error); process.exit(1); });
