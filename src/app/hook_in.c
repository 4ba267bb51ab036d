/*
 * Deliveries of other carrels: checked, taken once, answered (carrel/hooks.h). The receipt is
 * written by the transaction that holds the effect, so whoever dies in between has done neither.
 */
#include "hook_in.h"

#include "hooks.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/sha256.h"
#include "carrel/sources.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "webhook-in."
#define REJECTS_MAX 20 /* told one by one */
#define LOCK_MS 1000   /* for a delivery that is being taken to be done */
#define LOCK_POLL_MS 5

/* ---- whose they are ---- */

struct peer_key {
    const char *peer;
    struct str secret;
};
struct hook_peers {
    struct arena *arena;
    struct peer_key *keys;
    size_t len, cap;
    pthread_mutex_t lock; /* one delivery at a time */
};

static int add_peer(struct hook_peers *peers, const struct config *config, const char *name,
                    struct error *err)
{
    const char *key = arena_printf(peers->arena, PREFIX "%s.secret-file", name);
    const char *const *files;
    size_t count = config_values(config, key, &files), i;
    int result = ERR_OK;

    if (count == 0)
        return error_set(err, ERR_USAGE, "%s is not set", key);
    for (i = 0; i < count && result == ERR_OK; i++) {
        struct peer_key one = { .peer = name, .secret = STR_INIT };

        result = file_read_secret(&one.secret, files[i], SIGNATURE_SECRET_LEAST, err);
        if (result != ERR_OK && err)
            error_context(err, "%s", key);
        VEC_PUSH(peers->keys, peers->len, peers->cap, one);
    }
    return result;
}

int hook_peers_open(struct hook_peers **out, const struct app *app, struct error *err)
{
    struct hook_peers *peers = mem_zalloc(sizeof *peers);
    struct text_list names;
    size_t i;
    int result = ERR_OK;

    pthread_mutex_init(&peers->lock, NULL);
    peers->arena = arena_new();
    hook_names(&names, peers->arena, app->config, PREFIX);
    for (i = 0; i < names.len && result == ERR_OK; i++)
        result = add_peer(peers, app->config, names.items[i], err);
    if (result != ERR_OK) {
        hook_peers_free(peers);
        peers = NULL;
    }
    *out = peers;
    return result;
}

void hook_peers_free(struct hook_peers *peers)
{
    size_t i;

    if (!peers)
        return;
    for (i = 0; i < peers->len; i++)
        str_forget(&peers->keys[i].secret);
    free(peers->keys);
    arena_free(peers->arena);
    pthread_mutex_destroy(&peers->lock);
    free(peers);
}

bool hook_peers_any(const struct hook_peers *peers)
{
    return peers->len > 0;
}

const char *hook_peers_find(const struct hook_peers *peers, const struct signature *signature,
                            const struct str *body)
{
    const char *found = NULL;
    size_t i;

    for (i = 0; i < peers->len; i++)
        if (signature_fits(signature, &peers->keys[i].secret, body->ptr, body->len) && !found)
            found = peers->keys[i].peer;
    return found;
}

/* ---- records ---- */

static void note_reject(void *ctx, long line, const char *why)
{
    struct hook_taking *taking = ctx;
    struct jsonw w;

    if (taking->reject_count++ >= REJECTS_MAX)
        return;
    if (taking->rejects.len > 0)
        str_add_char(&taking->rejects, ',');
    jsonw_start(&w, &taking->rejects);
    jsonw_object(&w);
    jsonw_key_int(&w, "index", line > 0 ? line - 1 : 0);
    jsonw_key_string(&w, "message", why);
    jsonw_end(&w);
}

static void parser_reject(void *ctx, long line, const char *why)
{
    struct hook_taking *taking = ctx;

    taking->rejected++;
    note_reject(ctx, line, why);
}

static int add_record(void *ctx, const struct record *record)
{
    struct hook_taking *taking = ctx;

    return importer_add(taking->importer, record, taking->err);
}

/* As lines of JSONL, which is what an import of the same records would read. */
int take_records(struct hook_taking *taking, const json_t *records, struct error *err)
{
    const struct parse_sink sink = { .ctx = taking, .record = add_record, .reject = parser_reject };
    struct parser *parser = NULL;
    size_t i;
    int result = parser_new(&parser, PARSE_JSONL, &sink, err);

    taking->err = err;
    importer_on_reject(taking->importer, note_reject, taking);
    for (i = 0; i < json_array_size(records) && result == ERR_OK; i++) {
        char *line = json_dumps(json_array_get(records, i), JSON_COMPACT | JSON_ENCODE_ANY);

        result = line ? parser_feed(parser, line, strlen(line), err)
                      : error_set(err, ERR_PARSE, "records[%zu] cannot be written", i);
        if (result == ERR_OK)
            result = parser_feed(parser, "\n", 1, err);
        free(line);
    }
    if (result == ERR_OK && json_array_size(records) > 0)
        result = parser_finish(parser, err);
    if (parser)
        parser_free(parser);
    return result;
}

/* ---- one delivery ---- */

static void write_answer(struct str *out, const struct hook_taking *taking,
                         const struct import_counts *page)
{
    struct jsonw w;

    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key_string(&w, "event", webhook_event_name(taking->incoming->event));
    jsonw_key(&w, "records");
    jsonw_object(&w);
    jsonw_key_int(&w, "seen", page->seen + taking->rejected);
    jsonw_key_int(&w, "added", page->added);
    jsonw_key_int(&w, "updated", page->updated);
    jsonw_key_int(&w, "unchanged", page->unchanged);
    jsonw_key_int(&w, "rejected", page->rejected + taking->rejected);
    jsonw_key_int(&w, "binned", page->binned);
    jsonw_end(&w);
    jsonw_key(&w, "rejected");
    jsonw_array(&w);
    if (taking->rejects.len > 0)
        jsonw_raw(&w, taking->rejects.ptr);
    jsonw_end(&w);
    document_answer(taking, &w);
    jsonw_end(&w);
    str_add_char(out, '\n');
}

struct saving {
    struct hook_taking *taking;
    struct webhook_receipt receipt;
    struct str *answer;
};

/* On the importer's writer thread, inside the transaction with the records. */
static int save_all(void *ctx, struct store *store, const struct import_counts *page,
                    struct error *err)
{
    struct saving *saving = ctx;
    int result = ERR_OK;

    if (saving->taking->document)
        result = save_document(saving->taking, store, err);
    if (result != ERR_OK)
        return result;
    write_answer(saving->answer, saving->taking, page);
    saving->receipt.body = saving->answer->ptr;
    return webhook_receipt_add(store, &saving->receipt, err);
}

static int take_body(struct hook_taking *taking, struct error *err)
{
    json_error_t why;
    const struct str *body = taking->incoming->body;

    taking->json = json_loadb(body->ptr, body->len, JSON_REJECT_DUPLICATES, &why);
    if (!taking->json)
        return error_set(err, ERR_PARSE, "the body is no JSON: line %d: %.100s", why.line,
                         why.text);
    return taking->incoming->event == WEBHOOK_SCRAPED
               ? take_records(taking, json_object_get(taking->json, "records"), err)
               : take_document(taking, err);
}

static int take(struct hook_taking *taking, struct saving *saving, struct error *err)
{
    int result = importer_new_by_pages(&taking->importer, taking->app->library, err);

    if (result == ERR_OK)
        result = take_body(taking, err);
    if (result == ERR_OK)
        result = importer_checkpoint(taking->importer, save_all, saving, NULL, err);
    importer_free(taking->importer);
    json_decref(taking->json);
    return result;
}

static void hash_of(char out[65], const struct hook_incoming *incoming)
{
    struct str text = STR_INIT;

    str_printf(&text, "%s\n", webhook_event_name(incoming->event));
    str_add_mem(&text, incoming->body->ptr, incoming->body->len);
    sha256_hex(out, text.ptr, text.len);
    str_free(&text);
}

/* Whoever waits here holds a thread of the service, which has few. */
static bool lock_soon(pthread_mutex_t *lock)
{
    int64_t until = clock_ticks_ms() + LOCK_MS;
    bool locked;

    while (!(locked = pthread_mutex_trylock(lock) == 0) && clock_ticks_ms() < until)
        clock_sleep_ms(LOCK_POLL_MS);
    return locked;
}

int hook_take(struct hook_peers *peers, const struct app *app, struct store *store,
              const struct hook_incoming *incoming, int *status, struct str *answer,
              struct error *err)
{
    struct hook_taking taking = {
        .app = app, .store = store, .arena = arena_new(), .incoming = incoming, .rejects = STR_INIT
    };
    struct webhook_receipt first;
    char hash[65];
    struct saving saving = { .taking = &taking, .answer = answer };
    int result;

    hash_of(hash, incoming);
    saving.receipt = (struct webhook_receipt){
        .peer = incoming->peer, .key = incoming->key, .hash = hash, .status = 200
    };
    *status = saving.receipt.status;
    if (!lock_soon(&peers->lock)) {
        arena_free(taking.arena);
        return error_set(err, ERR_BUSY, "another delivery is being taken");
    }
    result =
        webhook_receipt_find(store, taking.arena, incoming->peer, incoming->key, hash, &first, err);
    if (result == ERR_OK) {
        *status = first.status;
        str_add(answer, first.body);
    } else if (result == ERR_NOTFOUND) {
        result = take(&taking, &saving, err);
        if (result == ERR_EXISTS) /* another process was quicker: its answer is there next time */
            result =
                error_set(err, ERR_BUSY, "the same delivery is being taken by another process");
    }
    pthread_mutex_unlock(&peers->lock);
    str_free(&taking.rejects);
    arena_free(taking.arena);
    return result;
}
