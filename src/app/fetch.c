/*
 * Fetching documents: see fetch.h.
 *
 * A paper of arXiv is asked of arXiv (source.arxiv.pdf-url) out of the same budget as its lists:
 * one request in three seconds over everything. Elsewhere a host is asked once a second at most.
 * What has come when a transfer breaks off stays in cache/partial with the server's mark of its
 * version, and the next try, or the next run, asks for the rest (RFC 9110, 14.2 Range and 13.1.5
 * If-Range). PDFs of arXiv are for the reader's own use: carrel never hands them on.
 */
#include "fetch.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/harvest.h"
#include "carrel/hash.h"
#include "carrel/pace.h"
#include "carrel/works.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARXIV_FLOOR_MS 3000
#define ELSEWHERE_MS 1000
#define PDF_MAX (256u << 20)
#define DEADLINE_MS 600000

struct fetcher {
    const struct app *app;
    struct fetch_options options;
    struct store *store;
    struct net *net;
    struct pace *pace; /* shared with other machines */
    struct paced *paced;
    struct net_client *client;
};

/* One file on its way. */
struct fetching {
    struct fetcher *fetcher;
    struct net_origin origin;
    const char *url, *purpose;
    bool public_only;
    char *part, *tag; /* files in cache/partial: what came, and the version it is of */
    struct net_answer answer;
};

int fetcher_open(struct fetcher **out, const struct app *app, const struct fetch_options *options,
                 struct error *err)
{
    struct net_options net = { .version = CARREL_VERSION,
                               .contact = config_text(app->config, "harvest.contact"),
                               .ca_file = config_text(app->config, "net.ca-file"),
                               .backoff_ms = config_int(app->config, "harvest.backoff") };
    struct fetcher *fetcher = mem_zalloc(sizeof *fetcher);
    int result = app_open_store(&fetcher->store, app, false, err);

    fetcher->app = app;
    fetcher->options = *options;
    if (result == ERR_OK) {
        fetcher->net = net_new(&net);
        fetcher->pace = pace_new(app->config, CARREL_VERSION, options->cancel);
        fetcher->paced = paced_new(fetcher->pace, fetcher->store);
        fetcher->client = net_client_new(fetcher->net, paced_ledger(), fetcher->paced);
        *out = fetcher;
        return ERR_OK;
    }
    fetcher_close(fetcher);
    *out = NULL;
    return result;
}

void fetcher_close(struct fetcher *fetcher)
{
    if (!fetcher)
        return;
    if (fetcher->client)
        net_client_free(fetcher->client);
    paced_free(fetcher->paced);
    pace_free(fetcher->pace);
    if (fetcher->net)
        net_free(fetcher->net);
    store_close(fetcher->store);
    free(fetcher);
}

static bool is_address(const char *what)
{
    return str_istarts(what, "https://") || str_istarts(what, "http://");
}

bool fetch_is_for(const char *what)
{
    struct ident ident;

    return is_address(what) || ident_parse(&ident, what);
}

/* ---- where it is ---- */

static bool is_loopback(const char *url)
{
    return str_istarts(url, "http://127.") || str_istarts(url, "http://localhost")
           || str_istarts(url, "http://[::1]");
}

/* arXiv's budget is one for all it serves. */
static int arxiv_origin(struct fetching *f, const char *base, struct error *err)
{
    static const char *const names[] = { "arxiv" };
    struct harvest_plan plan;
    int result = harvest_plan_new(&plan, f->fetcher->app->config, names, 1, err);

    f->origin = (struct net_origin){ .name = "arxiv", .interval_ms = ARXIV_FLOOR_MS };
    if (result == ERR_OK && plan.count > 0
        && (plan.sources[0].origin.interval_ms > ARXIV_FLOOR_MS || is_loopback(base)))
        f->origin.interval_ms = plan.sources[0].origin.interval_ms;
    harvest_plan_free(&plan);
    return result;
}

static char *host_of(struct arena *arena, const char *url)
{
    const char *host = strstr(url, "://");

    host = host ? host + 3 : url;
    return arena_strndup(arena, host, strcspn(host, "/?#"));
}

/* The number of a paper of arXiv, NULL when it is none. */
static char *arxiv_number(struct arena *arena, const struct text_list *aliases)
{
    size_t i;

    for (i = 0; i < aliases->len; i++)
        if (str_starts(aliases->items[i], "arxiv:"))
            return arena_strdup(arena, aliases->items[i] + 6);
    return NULL;
}

static int locate_arxiv(struct fetching *f, struct arena *arena, const char *number,
                        struct error *err)
{
    const char *base = config_text(f->fetcher->app->config, "source.arxiv.pdf-url");

    f->url = arena_printf(arena, "%s/%s", base, number);
    f->purpose = arena_printf(arena, "PDF of arxiv:%s", number);
    return arxiv_origin(f, base, err);
}

static int locate_address(struct fetching *f, struct arena *arena, const char *url)
{
    bool plain = str_istarts(url, "http://") && !is_loopback(url);

    f->url = plain ? arena_printf(arena, "https://%s", url + 7) : arena_strdup(arena, url);
    f->origin = (struct net_origin){ .name = host_of(arena, f->url), .interval_ms = ELSEWHERE_MS };
    f->purpose = "document";
    f->public_only |= f->fetcher->options.public_only;
    return ERR_OK;
}

static int locate_work(struct fetching *f, struct arena *arena, const char *what, int64_t id,
                       struct error *err)
{
    struct work_full work;
    char *number;
    int result = works_full(f->fetcher->store, arena, id, &work, err);

    if (result != ERR_OK)
        return result;
    number = arxiv_number(arena, &work.aliases);
    if (number)
        return locate_arxiv(f, arena, number, err);
    if (!work.record.pdf_url)
        return error_set(err, ERR_NOTFOUND,
                         "%s: none of its sources says where its PDF is; 'carrel process FILE' "
                         "takes one from a file",
                         what);
    f->public_only = true; /* somebody else wrote this address */
    return locate_address(f, arena, work.record.pdf_url);
}

static int locate(struct fetching *f, struct fetched *out, struct arena *arena, const char *what,
                  struct error *err)
{
    struct ident ident;
    bool known = ident_parse(&ident, what);
    struct str name = STR_INIT;
    int64_t work;
    int result = works_find(f->fetcher->store, &work, what, err);

    out->belongs = arena_strdup(arena, "");
    if (known)
        ident_print(&name, &ident);
    if (result == ERR_OK) {
        out->belongs = arena_strdup(arena, known ? name.ptr : what);
        result = locate_work(f, arena, what, work, err);
    } else if (result == ERR_NOTFOUND && known && ident.scheme == ID_ARXIV) {
        out->belongs = arena_strdup(arena, name.ptr);
        result = locate_arxiv(f, arena, ident.value, err);
    } else if (result == ERR_NOTFOUND && is_address(what)) {
        result = locate_address(f, arena, what);
    } else if (result == ERR_NOTFOUND && !known) {
        result = error_set(err, ERR_USAGE, "%s: neither a file, nor an id, nor an address", what);
    }
    str_free(&name);
    return result;
}

/* ---- the transfer ---- */

static int part_append(const struct fetching *f, const void *bytes, size_t len, struct error *err)
{
    int fd = open(f->part, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666), result;

    if (fd < 0)
        return error_errno(err, "%s", f->part);
    result = fd_write_all(fd, bytes, len, err);
    if (close(fd) != 0 && result == ERR_OK)
        result = error_errno(err, "%s", f->part);
    return result;
}

static void part_drop(const struct fetching *f)
{
    unlink(f->part);
    unlink(f->tag);
}

/* Does the answer go on where the part ends? "bytes 1000-1999/2000" */
static bool goes_on(const struct fetching *f, int64_t have)
{
    const char *range = net_answer_header(&f->answer, "content-range");
    int64_t first = -1;

    return f->answer.status == 206 && range && sscanf(range, "bytes %" SCNd64 "-", &first) == 1
           && first == have;
}

/* A version that If-Range may name: a strong ETag. */
static const char *version_of(const struct fetching *f)
{
    const char *tag = net_answer_header(&f->answer, "etag");

    return tag && tag[0] == '"' ? tag : NULL;
}

/* What came is put to what was there, or in its place. */
static int part_take(struct fetching *f, int64_t have, struct error *err)
{
    const char *version = version_of(f);
    int result = ERR_OK;

    if (!goes_on(f, have)) {
        part_drop(f);
        if (version)
            result = file_write(f->tag, version, strlen(version), err);
    }
    return result == ERR_OK ? part_append(f, f->answer.body.ptr, f->answer.body.len, err) : result;
}

/* One request for what is missing. *broke_off: it did, but brought something on the way. */
static int ask(struct fetching *f, bool *broke_off, struct error *err)
{
    int64_t have = file_size(f->part);
    struct str version = STR_INIT, range = STR_INIT, match = STR_INIT;
    const char *headers[3] = { "Accept-Encoding: identity" };
    struct net_request request = {
        .origin = &f->origin,
        .note = { .source = "documents", .purpose = f->purpose },
        .url = f->url,
        .headers = headers,
        .header_count = 1,
        .public_only = f->public_only,
        .max_bytes = PDF_MAX,
        .deadline_ms = DEADLINE_MS,
        .tries = 1,
        .progress = f->fetcher->options.progress,
        .ctx = f->fetcher->options.ctx,
        .cancel = f->fetcher->options.cancel,
    };
    struct error why = { 0 };
    int result;

    if (have > 0 && file_read(&version, f->tag, 1024, NULL) == ERR_OK && version.len > 0) {
        str_printf(&range, "Range: bytes=%" PRId64 "-", have);
        str_printf(&match, "If-Range: %s", version.ptr);
        headers[request.header_count++] = range.ptr;
        headers[request.header_count++] = match.ptr;
    } else {
        part_drop(f);
        have = 0;
    }
    result = net_send(f->fetcher->client, &request, &f->answer, &why);
    *broke_off = result != ERR_OK && (f->answer.status == 200 || f->answer.status == 206)
                 && f->answer.body.len > 0 && (version_of(f) || goes_on(f, have));
    if (f->answer.status == 416) { /* the part is no beginning of what is there now */
        part_drop(f);
        *broke_off = true;
    } else if (result == ERR_OK || *broke_off) {
        struct error disk = { 0 };
        int kept = part_take(f, have, &disk);

        if (kept != ERR_OK) {
            result = kept;
            why = disk;
            *broke_off = false;
        }
    }
    str_free(&version);
    str_free(&range);
    str_free(&match);
    return result == ERR_OK ? ERR_OK : error_set(err, result, "%s", why.message);
}

static int rest_a_little(const struct fetching *f, int64_t try, struct error *err)
{
    int64_t step = config_int(f->fetcher->app->config, "harvest.backoff") << (try < 8 ? try : 8);
    int64_t until = clock_ticks_ms() + (step < 120000 ? step : 120000);
    const atomic_bool *cancel = f->fetcher->options.cancel;

    while (clock_ticks_ms() < until) {
        if (cancel && atomic_load(cancel))
            return error_set(err, ERR_CANCELLED, "stopped");
        clock_sleep_ms(20);
    }
    return ERR_OK;
}

/* As often as configured without anything new; a try that brought some of it does not count. */
static int transfer(struct fetching *f, struct error *err)
{
    int64_t tries = config_int(f->fetcher->app->config, "harvest.tries"), failed = 0, all = 0;
    int result;

    for (;;) {
        bool broke_off = false;

        result = ask(f, &broke_off, err);
        if (result == ERR_OK || (result != ERR_NETWORK && result != ERR_PARSE && !broke_off)
            || result == ERR_CANCELLED)
            return result;
        failed = broke_off ? 0 : failed + 1;
        if (failed >= tries || ++all >= tries * 4)
            return result;
        if (!broke_off && (result = rest_a_little(f, failed - 1, err)) != ERR_OK)
            return result;
    }
}

/* ---- is it one? ---- */

static int look(const struct fetching *f, struct error *err)
{
    char head[1025] = "";
    int fd = open(f->part, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, head, sizeof head - 1) : -1;
    size_t i;

    if (fd >= 0)
        close(fd);
    if (got < 0)
        return error_errno(err, "%s", f->part);
    for (i = 0; i + 5 <= (size_t)got; i++)
        if (memcmp(head + i, "%PDF-", 5) == 0)
            return ERR_OK;
    for (i = 0; i < (size_t)got; i++)
        if (head[i] == '\0')
            head[i] = ' ';
    if (strcasestr(head, "<html") || strcasestr(head, "<!doctype"))
        return error_set(err, ERR_PARSE,
                         "%s sent a web page in place of a PDF (a log-in or a captive portal?)",
                         f->origin.name);
    return error_set(err, ERR_PARSE, "%s sent something that is no PDF", f->origin.name);
}

static int fetch_into(struct fetched *out, struct fetcher *fetcher, struct arena *arena,
                      const char *what, struct error *err)
{
    struct fetching f = { .fetcher = fetcher };
    char *folder = path_join(fetcher->app->library, "cache/partial");
    int result = locate(&f, out, arena, what, err);

    if (result == ERR_OK)
        result = folder_make(folder, err);
    if (result == ERR_OK) {
        uint64_t name = hash64(f.url, strlen(f.url), 0);

        f.part = arena_printf(arena, "%s/%016" PRIx64 ".part", folder, name);
        f.tag = arena_printf(arena, "%s/%016" PRIx64 ".tag", folder, name);
        out->url = arena_strdup(arena, f.url);
        result = transfer(&f, err);
    }
    if (result == ERR_OK) {
        result = look(&f, err);
        if (result != ERR_OK)
            part_drop(&f);
    }
    if (result == ERR_OK) {
        out->path = arena_printf(arena, "%s.%ld.pdf", f.part, (long)getpid());
        if (rename(f.part, out->path) != 0)
            result = error_errno(err, "%s", out->path);
        unlink(f.tag);
    }
    net_answer_free(&f.answer);
    free(folder);
    return result;
}

int fetch_document(struct fetched *out, struct fetcher *fetcher, struct arena *arena,
                   const char *what, struct error *err)
{
    struct error why = { 0 };
    int result = fetch_into(out, fetcher, arena, what, &why);

    if (result == ERR_OK)
        return ERR_OK;
    if (str_starts(why.message, what) || result == ERR_CANCELLED)
        return error_set(err, result, "%s", why.message);
    return error_set(err, result, "%s: %s", what, why.message);
}
