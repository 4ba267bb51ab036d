/*
 * One connection: requests are read, matched with a route, and answered the way its script says,
 * faults included. Where it pauses it watches the other side, so that the log tells when a client
 * that gave up had gone.
 */
#include "replay.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/mem.h"

#include <ctype.h>
#include <fnmatch.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BODY_MAX (512u << 20)
#define FOREVER_MS 600000

/* An answer on its way. */
struct sending {
    struct script *script;
    const struct answer *answer;
    const struct request *request;
    int fd;
    int status;
    struct str body;
    int64_t sent;  /* bytes of the body */
    int64_t ended; /* when the last bytes were about to be sent; 0: none were */
    const char *note;
    bool coded;           /* gzip */
    int64_t first, total; /* of a 206: where it begins in the whole */
    bool over;            /* the connection cannot go on */
};

/* False: the client has gone. */
static bool serve_pause(int fd, int64_t ms)
{
    int64_t end = clock_ticks_ms() + ms, left;

    while ((left = end - clock_ticks_ms()) > 0) {
        struct pollfd watch = { .fd = fd, .events = POLLRDHUP };

        if (poll(&watch, 1, (int)(left > 60000 ? 60000 : left)) > 0)
            return false;
    }
    return true;
}

static bool serve_write(struct sending *s, const char *bytes, size_t len)
{
    while (len > 0 && !s->over) {
        ssize_t put;

        s->ended = clock_real_ms();
        put = send(s->fd, bytes, len, MSG_NOSIGNAL);

        if (put <= 0) {
            s->over = true;
            s->note = "gone";
            break;
        }
        bytes += put;
        len -= (size_t)put;
    }
    return !s->over;
}

/* ---- choosing ---- */

static bool route_fits(const struct route *route, const struct request *request)
{
    size_t i;

    if (route->method && strcmp(route->method, request->method) != 0)
        return false;
    if (fnmatch(route->path, request->path, 0) != 0)
        return false;
    for (i = 0; i < route->query_len; i++) {
        const char *value = request_value(request, route->query[i].name);

        if (!value || fnmatch(route->query[i].value, value, 0) != 0)
            return false;
    }
    return true;
}

static const struct answer *route_next(struct script *script, struct route *route, int64_t *hit)
{
    int64_t at, all = 0;
    size_t i;

    for (i = 0; i < route->answer_len; i++)
        all += route->answers[i].times;
    pthread_mutex_lock(&script->lock);
    at = route->hits++;
    pthread_mutex_unlock(&script->lock);
    *hit = at + 1;
    if (route->loop && all > 0)
        at %= all;
    for (i = 0; i + 1 < route->answer_len && at >= route->answers[i].times; i++)
        at -= route->answers[i].times;
    return &route->answers[i];
}

static const struct answer *serve_choose(struct script *script, struct request *request)
{
    static const struct answer none = { .status = 404,
                                        .body = (char *)(uintptr_t) "no route\n",
                                        .size = -1,
                                        .bomb = -1,
                                        .cut = -1,
                                        .stall = -1,
                                        .length = -1 };
    size_t i;

    for (i = 0; i < script->route_len; i++)
        if (route_fits(&script->routes[i], request))
            return route_next(script, &script->routes[i], &request->hit);
    return &none;
}

/* ---- bodies and headers ---- */

static void add_date(struct str *out, int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts;
    char text[64];

    gmtime_r(&seconds, &parts);
    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    str_add(out, text);
}

/* "{now+5}" and its like at `text`; returns its length, 0 when it is none. */
static size_t fill_one(struct str *out, const struct sending *s, const char *text)
{
    size_t len = strcspn(text, "}");
    int64_t later = 0;
    char name[16], sign;
    long long number = 0;
    int fields;

    if (text[len] != '}' || len > 40)
        return 0;
    fields = sscanf(text, "{%15[a-z]%c%lld", name, &sign, &number);
    if (fields >= 3)
        later = sign == '-' ? -number : number;
    if (fields < 1)
        return 0;
    if (strcmp(name, "now") == 0)
        str_printf(out, "%lld", (long long)(clock_real_ms() / 1000 + later));
    else if (strcmp(name, "date") == 0)
        add_date(out, clock_real_ms() + later * 1000);
    else if (strcmp(name, "url") == 0)
        str_add(out, s->script->url);
    else if (strcmp(name, "hit") == 0)
        str_printf(out, "%lld", (long long)s->request->hit);
    else
        return 0;
    return len + 1;
}

static void fill_in(struct str *out, const struct sending *s, const char *text)
{
    while (*text) {
        size_t used = *text == '{' ? fill_one(out, s, text) : 0;

        if (used == 0)
            str_add_char(out, *text++);
        text += used;
    }
}

static void body_file(struct sending *s)
{
    char *path = s->answer->file[0] == '/' ? mem_strdup(s->answer->file)
                                           : path_join(s->script->folder, s->answer->file);
    struct error err;

    if (file_read(&s->body, path, BODY_MAX, &err) != ERR_OK) {
        fprintf(stderr, "replay: %s\n", err.message);
        s->status = 500;
    }
    free(path);
}

static void body_filler(struct sending *s)
{
    static const char line[] = "All work and no play makes a dull body of sixty-four bytes, yes\n";
    size_t want = (size_t)s->answer->size;

    str_reserve(&s->body, want + sizeof line);
    while (s->body.len < want)
        str_add_mem(&s->body, line, sizeof line - 1);
    str_cut(&s->body, want);
}

static void body_make(struct sending *s)
{
    const struct answer *a = s->answer;

    if (a->oai)
        oai_answer(&s->body, s->script, a->oai, s->request, a->expired);
    else if (a->arxiv)
        arxiv_answer(&s->body, a->arxiv, s->request, a->empty, &s->status);
    else if (a->rss)
        rss_answer(&s->body, a->rss, a->empty);
    else if (a->hf)
        hf_answer(&s->body, a->hf, s->request, a->empty, &s->status);
    else if (a->rows)
        rows_answer(&s->body, &(struct rows_wish){ a->rows, a->partial, a->cells }, s->request,
                    &s->status);
    else if (a->github)
        github_answer(&s->body, s->request, &s->status);
    else if (a->echo) {
        str_add_mem(&s->body, s->request->raw.ptr, s->request->raw.len);
        str_add_mem(&s->body, s->request->body.ptr, s->request->body.len);
    } else if (a->file)
        body_file(s);
    else if (a->body)
        fill_in(&s->body, s, a->body);
    else if (a->size >= 0 && a->size <= BODY_MAX)
        body_filler(s);
}

static void body_code(struct sending *s)
{
    const char *accepts = request_header(s->request, "accept-encoding");
    struct str coded = STR_INIT;

    if (s->answer->bomb >= 0)
        gzip_zeros(&coded, s->answer->bomb);
    else if (s->answer->gzip && accepts && strstr(accepts, "gzip"))
        gzip_store(&coded, s->body.ptr, s->body.len);
    else
        return;
    str_free(&s->body);
    s->body = coded;
    s->coded = true;
}

static bool serve_known(const struct sending *s)
{
    const char *match = request_header(s->request, "if-none-match");
    const char *since = request_header(s->request, "if-modified-since");

    if (s->answer->etag && match)
        return strstr(match, s->answer->etag) != NULL;
    return s->answer->modified && since && strcmp(since, s->answer->modified) == 0;
}

/* The rest of a version the client has the beginning of: RFC 9110, sections 14.2 and 13.1.5. */
static void serve_range(struct sending *s)
{
    const char *range = request_header(s->request, "range");
    const char *version = request_header(s->request, "if-range");
    long long first = -1;

    if (!s->answer->etag || s->status != 200 || !range || !version
        || strcmp(version, s->answer->etag) != 0 || sscanf(range, "bytes=%lld-", &first) != 1
        || first < 0)
        return;
    s->total = (int64_t)s->body.len;
    if (first >= s->total) {
        s->status = 416;
        str_clear(&s->body);
        return;
    }
    s->status = 206;
    s->first = first;
    str_remove(&s->body, 0, (size_t)first);
}

static const char *serve_type(const struct answer *a)
{
    return a->oai             ? "text/xml"
           : a->arxiv         ? "application/atom+xml"
           : a->rss           ? "application/xml"
           : a->hf || a->rows || a->github ? "application/json"
                              : "text/plain";
}

static void head_make(struct sending *s, struct str *head)
{
    const struct answer *a = s->answer;
    bool typed = false;
    size_t i;

    str_printf(head, "HTTP/1.1 %d Status\r\nDate: ", s->status);
    add_date(head, clock_real_ms());
    str_add(head, "\r\n");
    for (i = 0; i < a->header_len; i++) {
        typed |= str_istarts(a->headers[i], "content-type:");
        fill_in(head, s, a->headers[i]);
        str_add(head, "\r\n");
    }
    if (!typed)
        str_printf(head, "Content-Type: %s\r\n", serve_type(a));
    if (a->etag)
        str_printf(head, "ETag: %s\r\n", a->etag);
    if (a->modified)
        str_printf(head, "Last-Modified: %s\r\n", a->modified);
    if (s->status == 206)
        str_printf(head, "Content-Range: bytes %lld-%lld/%lld\r\n", (long long)s->first,
                   (long long)s->total - 1, (long long)s->total);
    if (s->coded)
        str_add(head, "Content-Encoding: gzip\r\n");
    if (a->chunked)
        str_add(head, "Transfer-Encoding: chunked\r\n");
    else if (s->status != 304 && s->status != 204)
        str_printf(head, "Content-Length: %lld\r\n",
                   a->length >= 0 ? (long long)a->length : (long long)s->body.len);
    str_add(head, a->close || a->length >= 0 ? "Connection: close\r\n\r\n" : "\r\n");
}

/* ---- sending ---- */

static bool send_part(struct sending *s, const char *bytes, size_t len)
{
    char size[24];
    bool good;

    if (!s->answer->chunked)
        good = serve_write(s, bytes, len);
    else {
        int used = snprintf(size, sizeof size, "%zx\r\n", len);

        good = serve_write(s, size, (size_t)used) && serve_write(s, bytes, len)
               && serve_write(s, "\r\n", 2);
    }
    if (good)
        s->sent += (int64_t)len;
    return good;
}

static void send_body(struct sending *s)
{
    const struct answer *a = s->answer;
    size_t at = 0, end = s->body.len;

    if (a->cut >= 0 && (size_t)a->cut < end)
        end = (size_t)a->cut;
    if (a->stall >= 0 && (size_t)a->stall < end)
        end = (size_t)a->stall;
    while (at < end && !s->over) {
        size_t part = a->drip_bytes > 0 ? (size_t)a->drip_bytes : a->chunked ? 65536 : end - at;

        part = part > end - at ? end - at : part;
        send_part(s, s->body.ptr + at, part);
        at += part;
        if (a->drip_bytes > 0 && at < end && !s->over && !serve_pause(s->fd, a->drip_ms)) {
            s->over = true;
            s->note = "gone";
        }
    }
    if (!s->over && a->chunked && end == s->body.len)
        serve_write(s, "0\r\n\r\n", 5);
}

/* SO_LINGER of 0 makes close() send a reset. */
static void send_reset(struct sending *s)
{
    struct linger linger = { .l_onoff = 1 };

    setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    s->over = true;
    s->note = "reset";
}

static void send_end(struct sending *s)
{
    const struct answer *a = s->answer;

    if (s->over)
        return;
    if (a->stall >= 0) {
        s->note = serve_pause(s->fd, FOREVER_MS) ? "stall" : "gone";
        s->over = true;
    } else if (a->reset) {
        send_reset(s);
    } else if (a->cut >= 0) {
        s->note = "cut";
        s->over = true;
    } else if (a->close || a->length >= 0) {
        s->over = true;
    }
}

static void serve_answer(struct sending *s)
{
    struct str head = STR_INIT;

    if (s->answer->delay > 0)
        log_held(s->request);
    if (s->answer->delay > 0 && !serve_pause(s->fd, s->answer->delay)) {
        s->over = true;
        s->note = "gone";
        return;
    }
    if (s->answer->reset && s->answer->cut < 0) {
        send_reset(s);
        return;
    }
    if (serve_known(s))
        s->status = 304;
    else
        body_make(s);
    if (s->status != 304)
        body_code(s);
    serve_range(s);
    head_make(s, &head);
    if (serve_write(s, head.ptr, head.len) && s->status != 304
        && strcmp(s->request->method, "HEAD") != 0)
        send_body(s);
    send_end(s);
    str_free(&head);
}

void serve_connection(struct script *script, int fd, int number)
{
    struct str rest = STR_INIT;
    struct request request;
    bool over = false;

    while (!over && request_read(fd, &rest, &request)) {
        struct sending s = { .script = script, .request = &request, .fd = fd, .note = "-" };

        s.answer = serve_choose(script, &request);
        s.status = s.answer->status;
        str_init(&s.body);
        serve_answer(&s);
        log_request(number, &request, s.ended, s.status, s.sent, s.note);
        over = s.over;
        str_free(&s.body);
        request_free(&request);
    }
    if (!over)
        request_free(&request);
    str_free(&rest);
    close(fd);
}
