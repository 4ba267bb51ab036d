/*
 * Jobs and documents of the live page: the queue as it changes, ending and trying again for whoever
 * may, and the form that sends PDFs.
 */
(function (site) {
    "use strict";
    const { el, live, number } = site;
    const SHOWN = 30, WHOLE_MS = 400;
    const jobs = new Map(); /* by number */
    const names = { clone: "Clone", doctor: "Check the library", embed: "Vectors", harvest: "Fetch what is new",
        import: "Import", process: "Read a document", webhook: "Webhook" };

    /* ---- the queue ---- */

    function subject(job) {
        const payload = job.payload || {};
        const what = payload.source || payload.origin || payload.url || payload.id || payload.file || (payload.upload ? "a document" : "");
        return [names[job.kind] || job.kind, what && el("span", { class: "quiet" }, " ", site.short(String(what)))];
    }
    function progress(job) {
        const { done, total } = job.progress || {};
        if (job.error && job.state !== "running")
            return el("span", { class: "bad small" }, job.error);
        if (job.state !== "running")
            return "";
        return total > 0 ? el("progress", { max: total, value: done, "aria-label": number(done) + " of " + number(total) })
            : done > 0 ? number(done) : el("progress", { "aria-label": "under way" });
    }
    async function act(job, what, button) {
        button.disabled = true;
        try {
            take((await live.ask("jobs/" + job.id + "/" + what, { method: "POST" })).job);
            site.tell("Job " + job.id + ": " + what);
        } catch (error) {
            said(error.message);
            button.disabled = false;
        }
    }
    function actions(job) {
        if (!live.mayWrite())
            return "";
        const [what, name] = ["queued", "running"].includes(job.state) ? ["cancel", "Cancel"]
            : ["failed", "cancelled"].includes(job.state) ? ["retry", "Try again"] : [];
        return what ? el("button", { type: "button", "aria-label": name + " job " + job.id,
            disabled: job.stopping, onclick: (event) => act(job, what, event.currentTarget) }, job.stopping ? "Stopping" : name) : "";
    }
    const clock = (text) => (text ? new Date(text).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }) : "");
    /* A document that gave no text is a job that was done, and yet not what was hoped for. */
    const mood = (job) => (job.state === "failed" || (job.state === "done" && job.error) ? "bad" : job.state === "done" ? "good" : null);
    function row(job) {
        return el("tr", { id: "job-" + job.id, class: job.fresh && "fresh" }, el("th", { scope: "row" }, String(job.id)),
            el("td", null, subject(job)), el("td", { class: mood(job) }, job.state), el("td", null, progress(job)),
            el("td", { class: "whole" }, clock(job.started)), el("td", { class: "whole" }, actions(job)));
    }
    function said(text) {
        document.getElementById("jobs-said").textContent = text;
    }
    function draw() {
        const body = document.getElementById("jobs-rows"), focused = document.activeElement?.getAttribute("aria-label");
        const list = [...jobs.values()].sort((a, b) => b.id - a.id).slice(0, SHOWN);
        body.replaceChildren(...list.map(row));
        jobs.forEach((job) => { job.fresh = false; });
        document.getElementById("jobs-table").hidden = list.length === 0;
        if (focused)
            body.querySelector('[aria-label="' + CSS.escape(focused) + '"]')?.focus();
    }
    let drawing = 0;
    function take(job) {
        if (!job)
            return;
        jobs.set(job.id, { ...jobs.get(job.id), ...job, fresh: true });
        cancelAnimationFrame(drawing);
        drawing = requestAnimationFrame(draw);
    }
    async function load() {
        try {
            const list = await live.ask("jobs?limit=" + SHOWN);
            jobs.clear();
            document.dispatchEvent(new CustomEvent("carrel-counts", { detail: list.counts }));
            list.items.forEach((job) => {
                jobs.set(job.id, job);
                sentState(job);
            });
            said(list.items.length > 0 ? "" : "Nothing has been done in the background yet.");
            draw();
        } catch (error) {
            said(error.message);
        }
    }
    /* What is told has the state alone; the rest of it is asked for, of several jobs at once. */
    let asking = 0;
    live.topics.jobs = (data) => {
        said("");
        take(data.job);
        sentState(data.job);
        if (!asking)
            asking = setTimeout(() => {
                asking = 0;
                load();
            }, WHOLE_MS);
    };
    live.topics.scrapes = live.topics.jobs;
    live.connected.push(load);

    /* ---- documents ---- */

    const sent = new Map(); /* job -> the line that tells of it */

    function line(name) {
        const text = el("span", null), bar = el("progress", { max: 1, value: 0, "aria-label": "sent of " + name });
        const node = el("li", null, name, ": ", text, " ", bar);
        document.getElementById("sent").prepend(node);
        return {
            say(words, mood) {
                text.textContent = words;
                text.className = mood || "";
            },
            part(share) {
                bar.value = share;
            },
            end() {
                bar.remove();
            },
        };
    }
    function sentState(job) {
        const told = sent.get(job.id);
        if (!told)
            return;
        told.say("job " + job.id + " " + job.state + (job.error && job.state !== "running" ? ": " + job.error : ""), mood(job));
    }
    function accepted(told, answer) {
        told.end();
        sent.set(answer.job.id, told);
        if (!jobs.has(answer.job.id)) /* else more is known of it already: it was told first */
            take(answer.job);
        sentState(jobs.get(answer.job.id));
    }

    /* fetch() does not tell how much of a body is gone. */
    function post(file, told) {
        return new Promise((resolve, reject) => {
            const request = new XMLHttpRequest(), form = new FormData();
            form.append("file", file, file.name);
            request.open("POST", "process/pdf");
            for (const [name, value] of Object.entries(live.headers()))
                request.setRequestHeader(name, value);
            request.upload.onprogress = (event) => told.part(event.total ? event.loaded / event.total : 0);
            request.onerror = () => reject(new live.Refused(0, "The service cannot be reached."));
            request.onload = () => {
                let json = null;
                try {
                    json = JSON.parse(request.responseText);
                } catch (error) {
                    json = null;
                }
                if (request.status === 202 && json)
                    resolve(json);
                else
                    reject(new live.Refused(request.status, json && json.error ? json.error.message : "The service answered " + request.status + "."));
            };
            request.send(form);
        });
    }
    async function send(name, how) {
        const told = line(name);
        told.say("sending");
        try {
            if (!live.token())
                throw new live.Refused(401, "a token of the scope write is needed: enter one below");
            accepted(told, await how(told));
        } catch (error) {
            told.end();
            told.say(error.message, "bad");
        }
    }
    async function sendAll(files) { /* one after the other */
        for (const file of files)
            await send(file.name, (told) => post(file, told));
    }
    function sendAddress(url) {
        return send(url, () => live.ask("process/pdf", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ url }) }));
    }

    const form = document.getElementById("upload"), files = document.getElementById("files"), address = document.getElementById("address");
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const chosen = [...files.files], url = address.value.trim();
        if (chosen.length === 0 && !url) {
            files.focus();
            site.tell("Choose a file, or give an address.");
            return;
        }
        form.reset();
        await sendAll(chosen);
        if (url)
            await sendAddress(url);
    });
    ["dragenter", "dragover"].forEach((name) => form.addEventListener(name, (event) => {
        event.preventDefault();
        form.classList.add("over");
    }));
    ["dragleave", "drop"].forEach((name) => form.addEventListener(name, (event) => {
        event.preventDefault();
        if (name === "drop" || !form.contains(event.relatedTarget))
            form.classList.remove("over");
    }));
    form.addEventListener("drop", (event) => sendAll([...event.dataTransfer.files]));

    Object.assign(live, { drawJobs: draw, loadJobs: load });
})(window.carrelSite);
