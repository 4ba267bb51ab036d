/*
 * The live page of `carrel serve`: who asks (a token that lives in this tab alone), how the service
 * is asked, and the connection over which it tells what happens.
 */
(function (site) {
    "use strict";
    const TOKEN = "carrel-token", FIRST_MS = 1000, LONGEST_MS = 30000;
    const SILENT_MS = 10000; /* the service tells of itself once a second */
    const live = site.live = { topics: {}, connected: [] };

    /* ---- the token ---- */

    function token(value) {
        try {
            if (value === undefined)
                return sessionStorage.getItem(TOKEN);
            if (value)
                sessionStorage.setItem(TOKEN, value);
            else
                sessionStorage.removeItem(TOKEN);
        } catch (error) { /* a browser that keeps nothing: it is asked for again */ }
        return value;
    }
    /* What a token says of itself; whether it holds, the service decides. */
    function claims() {
        try {
            const part = token().split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
            return JSON.parse(atob(part));
        } catch (error) {
            return null;
        }
    }
    const mayWrite = () => ["write", "admin"].includes((claims() || {}).scope);

    /* ---- asking ---- */

    class Refused extends Error {
        constructor(status, message) {
            super(message);
            this.status = status;
        }
    }
    const headers = (more) => ({ ...(token() ? { Authorization: "Bearer " + token() } : {}), ...more });

    /* The answer as JSON; what is wrong is told in the service's own words. Paths are relative, so
     * that the page works behind a proxy that puts it below a path. */
    async function ask(path, options = {}) {
        let answer, json = null;
        try {
            answer = await fetch(path, { ...options, headers: headers(options.headers), cache: "no-cache", credentials: "omit" });
        } catch (error) {
            throw new Refused(0, "The service cannot be reached.");
        }
        try {
            json = await answer.json();
        } catch (error) {
            json = null;
        }
        if (answer.status === 401 && !token())
            throw new Refused(401, "The service wants a token for this: enter one under Access.");
        if (!answer.ok && !(json && json.live))
            throw new Refused(answer.status, json && json.error ? json.error.message : "The service answered " + answer.status + ".");
        return json;
    }

    /* ---- the connection ---- */

    let socket = null, tries = 0, timer = 0, counting = 0, last = 0;

    /* The seconds until another try stand beside it, where they are not read out one by one. */
    function state(kind, text, again) {
        const line = document.getElementById("state");
        line.className = "state " + kind;
        if (line.textContent !== text)
            line.textContent = text;
        document.getElementById("again").textContent = again || "";
    }
    function later() {
        const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** tries) * (0.8 + 0.4 * Math.random());
        const at = Date.now() + wait;
        const tell = () => state("off", "Not connected", "trying again in " + Math.max(1, Math.round((at - Date.now()) / 1000)) + " s");
        tries++;
        tell();
        clearInterval(counting);
        counting = setInterval(tell, 1000);
        clearTimeout(timer);
        timer = setTimeout(connect, wait);
    }
    function closed(event) {
        socket = null;
        if (event.code === 4401 || event.code === 4403) {
            state("off", "Not connected: " + (event.code === 4403 ? "the token's scope does not do"
                : token() ? "the token is refused; enter another under Access, or forget it" : "a token of the scope read is needed"));
            return; /* until there is another token */
        }
        later();
    }
    function heard(event) {
        const message = JSON.parse(event.data);
        last = Date.now();
        if (message.subscribed) {
            tries = 0;
            state("on", "Connected");
            live.connected.forEach((fn) => fn());
        } else if (message.topic && live.topics[message.topic]) {
            live.topics[message.topic](message.data);
        } else if (message.dropped) {
            live.connected.forEach((fn) => fn()); /* something was missed: how do things stand? */
        }
    }
    function drop() {
        if (socket) {
            socket.onclose = socket.onmessage = null;
            socket.close();
            socket = null;
        }
    }
    function connect() {
        const address = new URL("ws/realtime", location.href);
        clearTimeout(timer);
        clearInterval(counting);
        drop();
        address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
        state("", "Connecting");
        last = Date.now();
        socket = new WebSocket(address);
        socket.onopen = () => socket.send(JSON.stringify({ ...(token() ? { token: token() } : {}), subscribe: Object.keys(live.topics) }));
        socket.onmessage = heard;
        socket.onclose = closed;
    }
    /* A connection whose other end is gone without a word (a cut cable, a machine that slept) looks
     * open for ever. */
    setInterval(() => {
        if (socket && Date.now() - last > SILENT_MS) {
            drop();
            later();
        }
    }, 1000);
    addEventListener("online", () => {
        tries = 0;
        if (!socket)
            connect();
    });

    Object.assign(live, { token, claims, mayWrite, ask, headers, connect, Refused });
})(window.carrelSite);
