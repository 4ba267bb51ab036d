/*
 * What another machine has: its records, and what its reader has said, a page at a time, each page
 * in one transaction with the cursor behind it. Taking the same twice, or in another order, comes
 * to the same.
 */
#include "internal.h"

#include "carrel/arrivals.h"
#include "carrel/clock.h"
#include "carrel/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FETCHED_MAX (INT64_C(1) << 46) /* the year 4199 */

struct arrivals {
    struct store *store;
    struct preparer *preparer;
    struct writer *writer;
    struct arena *arena;
    struct hashmap *touched; /* names about which something was said */
    struct prepared prepared;
};

int arrivals_new(struct arrivals **out, struct store *store, struct error *err)
{
    struct embedders embedders;
    int result = embedders_open(&embedders, store, err);

    *out = NULL;
    if (result != ERR_OK)
        return result;
    *out = mem_zalloc(sizeof **out);
    (*out)->store = store;
    (*out)->preparer = preparer_new(&embedders);
    (*out)->writer = writer_new(store);
    (*out)->arena = arena_new();
    (*out)->touched = hashmap_new();
    return ERR_OK;
}

void arrivals_free(struct arrivals *arrivals)
{
    if (!arrivals)
        return;
    fts_document_free(&arrivals->prepared.doc);
    preparer_free(arrivals->preparer);
    writer_free(arrivals->writer);
    hashmap_free(arrivals->touched);
    arena_free(arrivals->arena);
    free(arrivals);
}

static void refuse(struct arrivals_report *report, const char *what, const char *why)
{
    if (report->refused++ == 0)
        snprintf(report->why, sizeof report->why, "%.80s: %s", what, why);
}

/* ---- records ---- */

/* Sources whose records are added to, not replaced. */
static bool source_adds(const char *source)
{
    return strcmp(source, "pwc-links") == 0;
}

static bool source_is_good(const char *source)
{
    size_t len = strspn(source, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_:.");

    return len > 0 && len <= 80 && source[len] == '\0'
           && strcmp(source, HAND) != 0; /* it goes by what was said */
}

static bool text_is_clean(const char *text)
{
    struct str clean = STR_INIT;
    bool same;

    if (!text)
        return true;
    utf8_clean(&clean, text, strlen(text));
    same = strcmp(clean.ptr, text) == 0;
    str_free(&clean);
    return same;
}

static bool list_is_clean(const struct text_list *list)
{
    size_t i;

    for (i = 0; i < list->len; i++)
        if (!text_is_clean(list->items[i]) || strchr(list->items[i], '\n'))
            return false;
    return true;
}

/* Texts are made fit to be kept where a source is read; one that is not has not been. */
static bool record_is_clean(const struct record *r)
{
    const char *const texts[] = { r->id,      r->title,   r->abstract, r->published,
                                  r->updated, r->doi,     r->venue,    r->comment,
                                  r->url,     r->pdf_url, r->license,  r->announce };
    const struct text_list *const lists[] = { &r->authors, &r->categories, &r->code_urls,
                                              &r->tags,    &r->aliases,    &r->tasks,
                                              &r->methods, &r->credits };
    size_t i;

    for (i = 0; i < ARRAY_LEN(texts); i++)
        if (!text_is_clean(texts[i]) || (i != 2 && texts[i] && strchr(texts[i], '\n')))
            return false;
    for (i = 0; i < ARRAY_LEN(lists); i++)
        if (!list_is_clean(lists[i]))
            return false;
    for (i = 0; i < r->links.len; i++)
        if (!text_is_clean(r->links.items[i].url) || !text_is_clean(r->links.items[i].said))
            return false;
    return true;
}

static int take_record(struct arrivals *arrivals, const struct arrival *arrival,
                       struct arrivals_report *report, struct error *err)
{
    struct record record;
    struct error broken = { 0 };
    enum applied what;
    const char *why = "its time or source is none";
    bool good =
        source_is_good(arrival->source) && arrival->fetched > 0 && arrival->fetched < FETCHED_MAX;
    int result;

    if (good
        && payload_unpack(&record, arrivals->arena, arrival->payload, arrival->len, &broken)
               != ERR_OK) {
        why = broken.message;
        good = false;
    }
    if (good && !record_is_clean(&record)) {
        why = "its texts are not fit to be kept";
        good = false;
    }
    if (good) {
        record.source = arrival->source;
        record.adds = source_adds(arrival->source);
        good =
            preparer_run(arrivals->preparer, &arrivals->prepared, &record, arrivals->arena, &why);
    }
    if (!good) {
        refuse(report, arrival->source, why);
        return ERR_OK;
    }
    arrivals->prepared.fetched = arrival->fetched;
    result = writer_apply(arrivals->writer, &arrivals->prepared, &what, err);
    if (result == ERR_LIMIT) {
        refuse(report, arrivals->prepared.key, "more than 4 MiB is said of one paper");
        result = ERR_OK;
    }
    report->added += what == APPLIED_ADDED;
    report->updated += what == APPLIED_UPDATED;
    return result;
}

/* ---- operations ---- */

/* Two names that a decision is about, or of which one was given to the other: what is one work is
 * settled anew. */
static int take_names(struct arrivals *arrivals, const char *one, const char *other,
                      struct error *err)
{
    int64_t works[2] = { 0, 0 };
    int result = alias_work(arrivals->store, &works[0], one, err);

    if ((result == ERR_OK || result == ERR_NOTFOUND) && other)
        result = alias_work(arrivals->store, &works[1], other, err);
    if (result != ERR_OK && result != ERR_NOTFOUND)
        return result;
    if (works[0] == 0) { /* it waits until that comes */
        works[0] = works[1];
        works[1] = 0;
    }
    return works[0] ? regroup(arrivals->writer, works, works[1] ? 2 : 1, err) : ERR_OK;
}

static int take_edit(struct arrivals *arrivals, const struct op *op, struct error *err)
{
    char *id = op->value ? mem_printf("%s:%s", op->field, op->value) : NULL;
    int result = take_names(arrivals, op->item, id, err);

    free(id);
    return result;
}

static bool is_identifier(const struct op *op)
{
    return strcmp(op->kind, "edit") == 0
           && (strcmp(op->field, "doi") == 0 || strcmp(op->field, "arxiv") == 0);
}

static int take_op(struct arrivals *arrivals, const struct op *op, struct arrivals_report *report,
                   struct error *err)
{
    enum op_fate fate;
    const char *why;
    bool ahead;
    int result = ops_take(arrivals->store, op, &fate, &ahead, &why, err);

    if (result != ERR_OK)
        return result;
    report->ahead += ahead;
    if (fate == OP_REFUSED)
        refuse(report, op->item, why);
    if (fate != OP_TAKEN)
        return ERR_OK;
    report->taken++;
    if (strcmp(op->kind, "pair") == 0)
        return take_names(arrivals, op->item, op->field, err);
    if (is_identifier(op) && (result = take_edit(arrivals, op, err)) != ERR_OK)
        return result;
    if (!registers_of_work(op->kind) && strcmp(op->kind, "edit") != 0)
        return registers_settle(arrivals->store, op->kind, op->item, op->field, err);
    hashmap_put(arrivals->touched, op->item, strlen(op->item), NULL);
    return ERR_OK;
}

/* What a page says of a work is settled once, at its end. */
static int settle_touched(struct arrivals *arrivals, struct error *err)
{
    const char *item;
    size_t at = 0, len;
    uint64_t *unused;
    int64_t work;
    int result = ERR_OK;

    while (result == ERR_OK && hashmap_next(arrivals->touched, &at, &item, &len, &unused)) {
        result = registers_find(arrivals->store, item, &work, err);
        if (result == ERR_OK && work != 0)
            result = registers_work(arrivals->store, work, err);
        if (result == ERR_OK && work != 0)
            result = hand_refresh(arrivals->writer, work, err);
    }
    hashmap_clear(arrivals->touched);
    return result;
}

/* ---- a page ---- */

static int page_apply(struct arrivals *arrivals, const struct arrivals_page *page,
                      struct arrivals_report *report, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < page->record_count && result == ERR_OK; i++) {
        arena_reset(arrivals->arena); /* one may be of 4 MiB */
        result = take_record(arrivals, &page->records[i], report, err);
    }
    for (i = 0; i < page->op_count && result == ERR_OK; i++)
        result = take_op(arrivals, &page->ops[i], report, err);
    return result == ERR_OK ? settle_touched(arrivals, err) : result;
}

/* Whether all that has changed is what came: then whoever sent it need not be sent it. */
static int note_cursors(struct store *store, struct library_cursors *out, struct error *err)
{
    int result = store_query_int(store, "SELECT ifnull(max(id), 0) FROM record", &out->record, err);

    if (result == ERR_OK)
        result = store_query_int(store, "SELECT ifnull(max(seq), 0) FROM record_again", &out->again,
                                 err);
    return result == ERR_OK ? ops_last(store, &out->op, err) : result;
}

int library_cursors(struct store *store, struct library_cursors *out, struct error *err)
{
    return note_cursors(store, out, err);
}

static int page_write(struct arrivals *arrivals, const struct arrivals_page *page,
                      struct arrivals_report *report, struct error *err)
{
    int result = note_cursors(arrivals->store, &report->before, err);

    if (result == ERR_OK)
        result = page_apply(arrivals, page, report, err);
    if (result == ERR_OK)
        result = note_cursors(arrivals->store, &report->after, err);
    report->plain = report->after.again == report->before.again
                    && report->after.op - report->before.op == report->taken;
    if (result == ERR_OK && page->save)
        result = page->save(page->ctx, arrivals->store, report, err);
    return result == ERR_OK ? writer_finish(arrivals->writer, err) : result;
}

int arrivals_take(struct arrivals *arrivals, const struct arrivals_page *page,
                  struct arrivals_report *report, struct error *err)
{
    int result = writer_begin(arrivals->writer, err);

    *report = (struct arrivals_report){ .taken = 0 };
    if (result != ERR_OK)
        return result;
    result = page_write(arrivals, page, report, err);
    if (result == ERR_OK)
        result = store_commit(arrivals->store, err);
    if (result != ERR_OK) {
        writer_abort(arrivals->writer);
        store_rollback(arrivals->store);
        hashmap_clear(arrivals->touched);
    }
    return result;
}
