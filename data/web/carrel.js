/*
 * carrel.js: tells a carrel which pages of a website are seen, which links are followed and what is
 * searched for. No cookies, nothing kept in the browser, no name for the visitor. It says nothing for
 * those who send Do Not Track or Global Privacy Control.
 *
 *   <script defer src="https://carrel.example/carrel.js" data-token="TOKEN"></script>
 *
 * data-token  a token of the scope "events" (carrel token new --scope events)
 * data-to     where events go, if not to where this script comes from
 * data-paper  the paper that the page is about; else <meta name="citation_arxiv_id" or "citation_doi">
 *
 * Links to other sites count as clicks, and so does whatever has data-carrel (its value is the
 * target, else its href). carrel.search(query, results), carrel.click(target, paper) and
 * carrel.pageview(paper) tell of what only the page knows.
 */
(function () {
    "use strict";
    var script = document.currentScript;
    var silent = navigator.doNotTrack === "1" || window.doNotTrack === "1" || navigator.globalPrivacyControl === true;
    var token = script && script.getAttribute("data-token");
    var to = script && (script.getAttribute("data-to") || new URL(script.src, location.href).origin);
    var from = document.referrer, seen = null;

    function uuid() {
        if (crypto.randomUUID) return crypto.randomUUID();
        var bytes = crypto.getRandomValues(new Uint8Array(16)); /* pages without TLS have no randomUUID */
        bytes[6] = bytes[6] & 15 | 64;
        bytes[8] = bytes[8] & 63 | 128;
        return Array.from(bytes, function (byte, i) {
            return (i === 4 || i === 6 || i === 8 || i === 10 ? "-" : "") + (byte + 256).toString(16).slice(1);
        }).join("");
    }
    function meta(name) {
        var element = document.querySelector('meta[name="' + name + '"]');
        return element && element.content || undefined;
    }
    function paper() {
        var arxiv = meta("citation_arxiv_id"), doi = meta("citation_doi");
        return script && script.getAttribute("data-paper") || arxiv && "arxiv:" + arxiv.replace(/^arxiv:/i, "")
            || doi && "doi:" + doi.replace(/^doi:/i, "") || undefined;
    }
    /* As text/plain, which a browser sends to another site without asking first. */
    function send(kind, event) {
        if (silent || !token) return false;
        event.event_id = uuid();
        event.at = new Date().toISOString();
        event.path = location.pathname;
        if (!event.paper) event.paper = paper();
        var address = to + "/events/" + kind + "?token=" + encodeURIComponent(token), body = JSON.stringify(event);
        if (navigator.sendBeacon && navigator.sendBeacon(address, body)) return true;
        fetch(address, { method: "POST", body: body, headers: { "Content-Type": "text/plain" }, keepalive: true,
            credentials: "omit", mode: "no-cors" }).catch(function () {});
        return true;
    }
    function host(address) {
        try { return new URL(address, location.href).host; } catch (error) { return ""; }
    }
    function pageview(id) {
        var referrer = from && host(from) !== location.host ? from : undefined;
        from = "";
        seen = location.pathname;
        return send("pageview", { paper: id, referrer: referrer });
    }
    function navigated() {
        if (location.pathname !== seen) pageview();
    }
    function clicked(event) {
        var link = event.target && event.target.closest && event.target.closest("[data-carrel],a[href]");
        if (!link || event.type === "auxclick" && event.button !== 1) return;
        if (link.hasAttribute("data-carrel")) {
            send("click", { target: link.getAttribute("data-carrel") || link.href || "#",
                paper: link.getAttribute("data-paper") || undefined });
        } else if (/^https?:$/.test(link.protocol) && link.host !== location.host) {
            send("click", { target: link.href });
        }
    }
    function watch(name) { /* pages that change their address themselves */
        var before = history[name];
        history[name] = function () {
            var result = before.apply(this, arguments);
            navigated();
            return result;
        };
    }
    watch("pushState");
    watch("replaceState");
    addEventListener("popstate", navigated);
    document.addEventListener("click", clicked, true);
    document.addEventListener("auxclick", clicked, true);
    window.carrel = {
        pageview: pageview,
        click: function (target, id) { return send("click", { target: String(target), paper: id }); },
        search: function (query, results) {
            return send("search", { query: String(query), results: typeof results === "number" ? results : undefined });
        }
    };
    if (document.visibilityState === "prerender")
        document.addEventListener("visibilitychange", function shown() {
            document.removeEventListener("visibilitychange", shown);
            pageview();
        });
    else pageview();
})();
