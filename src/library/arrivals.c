/*
 * What another machine has: its records, and what its reader has said, a page at a time. Taking the
 * same twice, or in another order, comes to the same; so a page is taken in several transactions,
 * each short, that others may write too, and the cursor behind it is in the last. What can be
 * computed beforehand is, without the lock.
 */
#include "bin.h"

#include "carrel/arrivals.h"
#include "carrel/clock.h"
#include "carrel/log.h"
#include "carrel/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH_RECORDS 64
#define BATCH_BYTES (8u << 20) /* of records, unpacked; one may go beyond */
#define LOCK_MS 200            /* a transaction ends behind these */
#define BOTH_TOLD 3            /* papers that are named */
#define PAUSE_US 5000          /* between two, for those who wait to write */

struct arrivals {
    struct store *store;
    struct preparer *preparer;
    struct writer *writer;
    struct arena *arena;
    struct hashmap *touched; /* names about which something was said */
    struct hashmap *gone;    /* names that are gone now, or no longer */
    struct hashmap *notes;   /* "NAME\nUID" of notes that came, UID of a highlight */
    struct prepared items[BATCH_RECORDS];
    size_t len;
    struct taking *taking; /* the page that is taken now */
};

struct taking {
    const struct arrivals_page *page;
    struct arrivals_report *report;
    size_t record, op; /* the next ones */
    bool begun;
};

void arrivals_free(struct arrivals *arrivals)
{
    size_t i;

    if (!arrivals)
        return;
    for (i = 0; i < BATCH_RECORDS; i++)
        fts_document_free(&arrivals->items[i].doc);
    preparer_free(arrivals->preparer);
    writer_free(arrivals->writer);
    hashmap_free(arrivals->touched);
    hashmap_free(arrivals->gone);
    hashmap_free(arrivals->notes);
    arena_free(arrivals->arena);
    free(arrivals);
}

static void refuse(struct arrivals_report *report, const char *what, const char *why)
{
    if (report->refused++ == 0)
        snprintf(report->why, sizeof report->why, "%.80s: %s", what, why);
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

static void note_came(struct arrivals *arrivals, const struct op *op)
{
    char *name = mem_printf("%s\n%s", op->item, op->field);

    hashmap_put(arrivals->notes, name, strlen(name), NULL);
    free(name);
}

static void note_ahead(struct arrivals_ahead *ahead, const struct op *op)
{
    if (ahead->count++ == 0)
        snprintf(ahead->machine, sizeof ahead->machine, "%s", op->machine);
    ahead->others |= strcmp(ahead->machine, op->machine) != 0;
    if (op_stamp_ms(op->stamp) > ahead->latest)
        ahead->latest = op_stamp_ms(op->stamp);
}

/* As ops_take; of a saved query that it does away with, or that goes in vain, the report tells. */
static int take_register(struct arrivals *arrivals, const struct op *op,
                         struct arrivals_report *report, enum op_fate *fate, struct error *err)
{
    struct arena *arena = arena_new();
    struct op ours = { .value = NULL };
    const char *why;
    bool ahead;
    int result = ERR_OK;

    if (arrivals->taking)
        result = arrivals_query_ours(&ours, arrivals->store, arena, op,
                                     arrivals->taking->page->known, err);
    if (result == ERR_OK)
        result = ops_take(arrivals->store, op, fate, &ahead, &why, err);
    if (result == ERR_OK && *fate == OP_REFUSED)
        refuse(report, op->item, why);
    else if (result == ERR_OK && ours.value)
        arrivals_query_lost(report, &ours, op, *fate == OP_TAKEN);
    if (result == ERR_OK && *fate == OP_TAKEN && ahead)
        note_ahead(&report->ahead, op);
    arena_free(arena);
    return result;
}

static int take_op(struct arrivals *arrivals, const struct op *op, struct arrivals_report *report,
                   struct error *err)
{
    enum op_fate fate;
    int result = take_register(arrivals, op, report, &fate, err);

    if (result != ERR_OK)
        return result;
    if (fate != OP_TAKEN)
        return ERR_OK;
    report->taken++;
    if (strcmp(op->kind, "note") == 0 || strcmp(op->kind, "hnote") == 0)
        note_came(arrivals, op);
    if (strcmp(op->kind, "pair") == 0)
        return take_names(arrivals, op->item, op->field, err);
    if (strcmp(op->kind, "gone") == 0) {
        hashmap_put(arrivals->gone, op->item, strlen(op->item), NULL);
        return ERR_OK;
    }
    if (is_identifier(op) && (result = take_edit(arrivals, op, err)) != ERR_OK)
        return result;
    if (!registers_of_work(op->kind) && strcmp(op->kind, "edit") != 0)
        return registers_settle(arrivals->store, op->kind, op->item, op->field, err);
    hashmap_put(arrivals->touched, op->item, strlen(op->item), NULL);
    return ERR_OK;
}

/* All names first: a work goes as a whole. */
static int settle_gone(struct arrivals *arrivals, struct error *err)
{
    const char *item;
    size_t at = 0, len;
    uint64_t *unused;
    int result = ERR_OK;

    while (result == ERR_OK && hashmap_next(arrivals->gone, &at, &item, &len, &unused))
        result = bin_settle_name(arrivals->writer, arrivals->preparer, item, err);
    hashmap_clear(arrivals->gone);
    return result;
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
    return result == ERR_OK ? settle_gone(arrivals, err) : result;
}

/* By the title of its paper, for those of whom there is room. */
static int tell_both(struct arrivals *arrivals, struct arrivals_report *report, const char *item,
                     struct error *err)
{
    size_t used = strlen(report->both_of);
    struct arena *arena = arena_new();
    const char *name;
    int result = state_named(&name, arrivals->store, arena, "note", item, err);

    if (result == ERR_OK && report->both++ < BOTH_TOLD
        && used + strlen(name) + 3 < sizeof report->both_of)
        snprintf(report->both_of + used, sizeof report->both_of - used, "%s%s", used ? ", " : "",
                 name);
    arena_free(arena);
    return result;
}

/* Of which notes that came two texts stand below each other now. */
static int settle_notes(struct arrivals *arrivals, struct arrivals_report *report,
                        struct error *err)
{
    const char *name;
    size_t at = 0, len, count;
    uint64_t *unused;
    int result = ERR_OK;

    while (result == ERR_OK && hashmap_next(arrivals->notes, &at, &name, &len, &unused)) {
        char *item = mem_printf("%.*s", (int)strcspn(name, "\n"), name);
        const char *uid = name + strlen(item) + 1;

        result = ops_note_texts(&count, arrivals->store, *uid ? "hnote" : "note", item, uid, err);
        if (result == ERR_OK && count > 1)
            result = tell_both(arrivals, report, item, err);
        free(item);
    }
    hashmap_clear(arrivals->notes);
    return result;
}

/* ---- a page ---- */

static bool all_taken(const struct taking *taking)
{
    return taking->record == taking->page->record_count && taking->op == taking->page->op_count;
}

/* The records of the next transaction. */
static void fill(struct arrivals *arrivals, struct taking *taking)
{
    const struct arrivals_page *page = taking->page;
    size_t bytes = 0;

    arena_reset(arrivals->arena);
    arrivals->len = 0;
    while (arrivals->len < BATCH_RECORDS && bytes < BATCH_BYTES
           && taking->record < page->record_count) {
        const struct arrival *arrival = &page->records[taking->record++];
        const char *why = NULL;

        bytes += arrival->size;
        if (arrival_prepare(arrivals->preparer, &arrivals->items[arrivals->len], arrivals->arena,
                            arrival, &why))
            arrivals->len++;
        else
            refuse(taking->report, arrival->source, why);
    }
}

static int apply(struct arrivals *arrivals, const struct prepared *prepared,
                 struct arrivals_report *report, struct error *err)
{
    enum applied what = APPLIED_UNCHANGED;
    int result = writer_apply(arrivals->writer, prepared, &what, err);

    if (result == ERR_LIMIT) {
        refuse(report, prepared->key, "more than 4 MiB is said of one paper");
        result = ERR_OK;
    }
    report->added += what == APPLIED_ADDED;
    report->updated += what == APPLIED_UPDATED;
    return result;
}

/* All records that were filled in; operations behind the last record, while there is time. */
static int apply_all(struct arrivals *arrivals, struct taking *taking, struct error *err)
{
    const struct arrivals_page *page = taking->page;
    int64_t began = clock_ticks_ms();
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < arrivals->len && result == ERR_OK; i++)
        result = apply(arrivals, &arrivals->items[i], taking->report, err);
    while (result == ERR_OK && taking->record == page->record_count && taking->op < page->op_count
           && clock_ticks_ms() - began <= LOCK_MS)
        result = take_op(arrivals, &page->ops[taking->op++], taking->report, err);
    if (result == ERR_OK)
        result = settle_touched(arrivals, err);
    return result == ERR_OK ? settle_notes(arrivals, taking->report, err) : result;
}

int library_cursors(struct store *store, struct library_cursors *out, struct error *err)
{
    int result = store_query_int(store, BIN_LAST_RECORD, &out->record, err);

    if (result == ERR_OK)
        result = store_query_int(store, "SELECT ifnull(max(seq), 0) FROM record_again", &out->again,
                                 err);
    return result == ERR_OK ? ops_last(store, &out->op, err) : result;
}

/* Where the library stands; between two transactions somebody else may have written. */
static int note_before(struct arrivals *arrivals, struct taking *taking, struct error *err)
{
    struct arrivals_report *report = taking->report;
    struct library_cursors now;
    int result = library_cursors(arrivals->store, &now, err);

    if (result == ERR_OK && !taking->begun)
        report->before = now;
    else if (result == ERR_OK && memcmp(&now, &report->after, sizeof now) != 0)
        report->alone = false;
    taking->begun = true;
    return result;
}

static int note_after(struct arrivals *arrivals, struct taking *taking, struct error *err)
{
    struct arrivals_report *report = taking->report;
    int result = library_cursors(arrivals->store, &report->after, err);

    report->plain = report->alone && report->after.again == report->before.again
                    && report->after.op - report->before.op == report->taken;
    return result;
}

static int write_open(struct arrivals *arrivals, struct error *err)
{
    struct taking *taking = arrivals->taking;
    const struct arrivals_page *page = taking->page;
    int result = note_before(arrivals, taking, err);

    if (result == ERR_OK)
        result = apply_all(arrivals, taking, err);
    if (result == ERR_OK)
        result = note_after(arrivals, taking, err);
    if (result == ERR_OK && all_taken(taking) && page->save)
        result = page->save(page->ctx, arrivals->store, taking->report, err);
    return result == ERR_OK ? writer_finish(arrivals->writer, err) : result;
}

static int in_transaction(struct arrivals *arrivals,
                          int (*work)(struct arrivals *arrivals, struct error *err),
                          struct error *err)
{
    int result = writer_begin(arrivals->writer, err);

    if (result != ERR_OK)
        return result;
    result = work(arrivals, err);
    if (result == ERR_OK)
        result = store_commit(arrivals->store, err);
    if (result != ERR_OK) {
        writer_abort(arrivals->writer);
        store_rollback(arrivals->store);
        hashmap_clear(arrivals->touched);
        hashmap_clear(arrivals->gone);
        hashmap_clear(arrivals->notes);
    }
    return result;
}

/* ---- what was kept until it could be understood ---- */

static int learn_open(struct arrivals *arrivals, struct error *err)
{
    struct arena *arena = arena_new();
    struct arrivals_report report = { .taken = 0 };
    struct op *ops;
    size_t count, i;
    int result = ops_learn(&ops, &count, arrivals->store, arena, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        result = take_op(arrivals, &ops[i], &report, err);
    if (result == ERR_OK)
        result = settle_touched(arrivals, err);
    hashmap_clear(arrivals->notes);
    if (report.refused > 0)
        log_write(LOG_WARN, "%" PRId64 " of a newer carrel refused, first %s", report.refused,
                  report.why);
    arena_free(arena);
    return result == ERR_OK ? writer_finish(arrivals->writer, err) : result;
}

static int learn(struct arrivals *arrivals, struct error *err)
{
    bool any = false;
    int result = ops_kinds_new(&any, arrivals->store, err);

    if (result == ERR_OK && any)
        result = bin_keys_checked(arrivals->store, false, err);
    if (result == ERR_OK && any)
        result = in_transaction(arrivals, learn_open, err);
    if (any)
        bin_keys_checked(arrivals->store, true, NULL);
    return result;
}

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
    (*out)->gone = hashmap_new();
    (*out)->notes = hashmap_new();
    result = learn(*out, err);
    if (result != ERR_OK) {
        arrivals_free(*out);
        *out = NULL;
    }
    return result;
}

int arrivals_learn(struct store *store, struct error *err)
{
    struct arrivals *arrivals = NULL;
    bool any = false;
    int result = store_read_only(store) ? ERR_OK : ops_unlearnt(&any, store, err);

    if (result == ERR_OK && any)
        result = arrivals_new(&arrivals, store, err);
    arrivals_free(arrivals);
    return result;
}

/* ---- the whole ---- */

static int take_all(struct arrivals *arrivals, struct taking *taking, struct error *err)
{
    int result;

    do {
        fill(arrivals, taking);
        result = in_transaction(arrivals, write_open, err);
        if (result == ERR_OK && !all_taken(taking))
            usleep(PAUSE_US);
    } while (result == ERR_OK && !all_taken(taking));
    return result;
}

/* Does it say of a paper that it is removed? */
static bool says_gone(const struct arrivals_page *page)
{
    size_t i = 0;

    while (i < page->op_count && strcmp(page->ops[i].kind, "gone") != 0)
        i++;
    return i < page->op_count;
}

int arrivals_take(struct arrivals *arrivals, const struct arrivals_page *page,
                  struct arrivals_report *report, struct error *err)
{
    struct taking taking = { .page = page, .report = report };
    bool gone = says_gone(page);
    int64_t before = 0, after = 0;
    int result = bin_count(arrivals->store, &before, err);

    if (result == ERR_OK && gone)
        result = bin_keys_checked(arrivals->store, false, err);
    *report = (struct arrivals_report){ .alone = true };
    arrivals->taking = &taking;
    if (result == ERR_OK)
        result = take_all(arrivals, &taking, err);
    if (gone)
        bin_keys_checked(arrivals->store, true, NULL);
    arrivals->taking = NULL;
    if (result == ERR_OK)
        result = bin_count(arrivals->store, &after, err);
    report->binned = after - before;
    return result;
}
