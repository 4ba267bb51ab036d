/*
 * Pages out of a library, and cursors.
 */
#include "carrel/sync.h"

#include "carrel/base64.h"
#include "carrel/clock.h"
#include "carrel/hash.h"
#include "carrel/jsonw.h"
#include "carrel/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- cursors ---- */

#define GENERATION_UNIT INT64_C(10000000000)

static bool take_number(const char **text, int64_t *value)
{
    size_t digits = **text == '.' ? strspn(*text + 1, "0123456789") : 0;

    if (digits == 0 || digits > 18)
        return false;
    *value = strtoll(*text + 1, NULL, 10);
    *text += 1 + digits;
    return true;
}

bool sync_cursor_parse(struct sync_cursor *out, const char *text)
{
    const char *at;

    *out = (struct sync_cursor){ .machine = "" };
    if (*text == '\0')
        return true;
    if (strspn(text, "0123456789abcdef") != MACHINE_HEX - 1)
        return false;
    at = text + MACHINE_HEX - 1;
    memcpy(out->machine, text, MACHINE_HEX - 1);
    if (!take_number(&at, &out->at.record) || !take_number(&at, &out->at.again)
        || !take_number(&at, &out->at.op) || *at != '\0')
        return false;
    out->generation = out->at.again / GENERATION_UNIT;
    out->at.again %= GENERATION_UNIT;
    return true;
}

void sync_cursor_print(char out[PEER_CURSOR_MAX], const struct sync_cursor *cursor)
{
    out[0] = '\0';
    if (*cursor->machine)
        snprintf(out, PEER_CURSOR_MAX, "%s.%" PRId64 ".%" PRId64 ".%" PRId64, cursor->machine,
                 cursor->at.record, cursor->generation * GENERATION_UNIT + cursor->at.again,
                 cursor->at.op);
}

bool sync_cursor_same(const struct sync_cursor *a, const struct sync_cursor *b)
{
    return strcmp(a->machine, b->machine) == 0 && a->at.record == b->at.record
           && a->at.again == b->at.again && a->at.op == b->at.op;
}

int sync_cursor_now(struct sync_cursor *out, struct store *store, struct error *err)
{
    int result = ops_machine(store, out->machine, err);

    if (result == ERR_OK)
        result = ops_generation(&out->generation, store, err);
    return result == ERR_OK ? library_cursors(store, &out->at, err) : result;
}

/* ---- pages ---- */

#define OPS_AT_ONCE 16

struct writing {
    struct store *store;
    struct str *out;
    size_t begin;
    int64_t lines;
    size_t left; /* of records and operations */
    const struct sync_wish *wish;
    struct sync_page *page;
    struct sync_cursor next;
};

static bool is_full(const struct writing *writing)
{
    return writing->left == 0 || writing->out->len - writing->begin >= SYNC_BYTES;
}

static bool had_record(const struct sync_wish *wish, int64_t id)
{
    size_t i;

    for (i = 0; i < wish->had_len; i++)
        if (id > wish->had[i].from.record && id <= wish->had[i].to.record)
            return true;
    return false;
}

static bool had_op(const struct sync_wish *wish, int64_t seq)
{
    size_t i;

    for (i = 0; i < wish->had_len; i++)
        if (wish->had[i].ops && seq > wish->had[i].from.op && seq <= wish->had[i].to.op)
            return true;
    return false;
}

static void end_line(struct writing *writing)
{
    str_add_char(writing->out, '\n');
    writing->lines++;
}

static void write_record(struct writing *writing, struct stmt *stmt)
{
    struct str payload = STR_INIT;
    size_t len;
    const void *bytes = stmt_blob(stmt, 3, &len);
    struct jsonw w;

    base64_encode(&payload, bytes, len);
    jsonw_start(&w, writing->out);
    jsonw_object(&w);
    jsonw_key(&w, "r");
    jsonw_array(&w);
    jsonw_string(&w, stmt_text(stmt, 1));
    jsonw_int(&w, stmt_int(stmt, 2));
    jsonw_string(&w, payload.ptr);
    jsonw_end(&w);
    jsonw_end(&w);
    end_line(writing);
    str_free(&payload);
}

/* Rows of id (of the cursor), source, fetched, payload; those of the hand are passed over, since it
 * speaks by operations. When none is left the cursor is at the end. */
static int write_records(struct writing *writing, const char *sql, int64_t *at, int64_t end,
                         struct error *err)
{
    struct stmt *stmt;
    int step = 0, result = stmt_prepare(&stmt, writing->store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, *at);
    while (!is_full(writing) && (step = stmt_step(stmt, err)) == 1) {
        *at = stmt_int(stmt, 0);
        if (at == &writing->next.at.record && had_record(writing->wish, *at))
            continue;
        write_record(writing, stmt);
        writing->left--;
        writing->page->records++;
    }
    stmt_reset(stmt);
    if (step == 0 && !is_full(writing))
        *at = end;
    return step < 0 ? step : ERR_OK;
}

/* Whatever lies in a library, a page is UTF-8; who cannot read a line reads none behind it. */
static void write_text(struct jsonw *w, const char *text)
{
    struct str clean = STR_INIT;

    if (text && !utf8_valid(text, strlen(text))) {
        utf8_clean(&clean, text, strlen(text));
        text = clean.ptr;
    }
    jsonw_string(w, text);
    str_free(&clean);
}

static void write_op(struct writing *writing, const struct op *op)
{
    struct jsonw w;
    char stamp[24];

    snprintf(stamp, sizeof stamp, "%" PRIx64, (uint64_t)op->stamp);
    jsonw_start(&w, writing->out);
    jsonw_object(&w);
    jsonw_key(&w, "o");
    jsonw_array(&w);
    jsonw_string(&w, stamp);
    jsonw_string(&w, op->machine);
    jsonw_string(&w, op->kind);
    write_text(&w, op->item);
    write_text(&w, op->field);
    write_text(&w, op->value);
    if (*op->past)
        jsonw_string(&w, op->past);
    jsonw_end(&w);
    jsonw_end(&w);
    end_line(writing);
}

/* A few at a time: a value may be of 1 MiB, and a page ends behind 4. */
static int write_ops(struct writing *writing, struct error *err)
{
    struct arena *arena = arena_new();
    size_t count = OPS_AT_ONCE, i;
    int result = ERR_OK;

    while (count == OPS_AT_ONCE && !is_full(writing) && result == ERR_OK) {
        struct op *ops;

        arena_reset(arena);
        result =
            ops_since(writing->store, arena, writing->next.at.op, OPS_AT_ONCE, &ops, &count, err);
        for (i = 0; i < count && !is_full(writing) && result == ERR_OK; i++) {
            writing->next.at.op = ops[i].seq;
            if (had_op(writing->wish, ops[i].seq))
                continue;
            write_op(writing, &ops[i]);
            writing->left--;
            writing->page->ops++;
        }
    }
    arena_free(arena);
    return result;
}

static void write_head(struct writing *writing, struct str *body)
{
    struct sync_page *page = writing->page;
    struct jsonw w;

    jsonw_start(&w, body);
    jsonw_object(&w);
    jsonw_key_string(&w, "carrel", "sync");
    jsonw_key_int(&w, "version", 1);
    jsonw_key_string(&w, "machine", writing->next.machine);
    jsonw_key_string(&w, "cursor", page->cursor);
    jsonw_key_string(&w, "next", page->next);
    jsonw_key_bool(&w, "more", page->more);
    jsonw_key_int(&w, "clock", clock_now_ms());
    jsonw_end(&w);
    str_add_char(body, '\n');
}

static void write_tail(struct writing *writing)
{
    struct str *out = writing->out;
    uint64_t hash = hash64(out->ptr + writing->begin, out->len - writing->begin, 0);

    str_printf(out, "{\"end\":%" PRId64 ",\"hash\":\"%016" PRIx64 "\"}\n", writing->lines, hash);
}

/* A cursor of a generation that is not of our past, or beyond our end, is of a library that ours
 * was before it was set back to an older copy: what it stands for is not known here, and one starts
 * anew. */
static int begin_at(struct writing *writing, const struct library_cursors *end, struct error *err)
{
    const struct sync_cursor *after = &writing->wish->after;
    bool known = true;
    int result = after->generation
                     ? ops_has_generation(&known, writing->store, after->generation, err)
                     : ERR_OK;

    if (known && strcmp(after->machine, writing->next.machine) == 0
        && after->at.record <= end->record && after->at.again <= end->again
        && after->at.op <= end->op)
        writing->next = *after;
    sync_cursor_print(writing->page->cursor, &writing->next);
    return result == ERR_OK ? ops_generation(&writing->next.generation, writing->store, err)
                            : result;
}

static int write_all(struct writing *writing, struct error *err)
{
    struct sync_cursor *next = &writing->next;
    struct library_cursors end;
    int result = library_cursors(writing->store, &end, err);

    if (result == ERR_OK)
        result = begin_at(writing, &end, err);
    if (result == ERR_OK)
        result = write_records(writing,
                               "SELECT id, source, fetched, payload FROM record WHERE id > ?1 AND "
                               "source != 'hand' ORDER BY id",
                               &next->at.record, end.record, err);
    if (result == ERR_OK)
        result = write_records(writing,
                               "SELECT a.seq, r.source, r.fetched, r.payload FROM record_again a "
                               "JOIN record r ON r.id = a.record_id WHERE a.seq > ?1 AND r.source "
                               "!= 'hand' ORDER BY a.seq",
                               &next->at.again, end.again, err);
    if (result == ERR_OK && !is_full(writing))
        result = write_ops(writing, err);
    if (result == ERR_OK)
        writing->page->more =
            next->at.record < end.record || next->at.again < end.again || next->at.op < end.op;
    return result;
}

int sync_page_write(struct sync_page *page, struct str *out, struct store *store,
                    const struct sync_wish *wish, struct error *err)
{
    struct str body = STR_INIT, head = STR_INIT;
    struct writing writing = { .store = store,
                               .out = &body,
                               .left = wish->limit ? wish->limit : SYNC_LIMIT,
                               .wish = wish,
                               .page = page,
                               .lines = 1 };
    int result = ops_machine(store, writing.next.machine, err);

    *page = (struct sync_page){ .more = false };
    if (result == ERR_OK)
        result = store_begin_read(store, err);
    if (result != ERR_OK)
        return result;
    result = write_all(&writing, err);
    store_rollback(store);
    if (result == ERR_OK) {
        sync_cursor_print(page->next, &writing.next);
        writing.begin = out->len;
        write_head(&writing, &head);
        str_add_mem(out, head.ptr, head.len);
        str_add_mem(out, body.ptr, body.len);
        writing.out = out;
        write_tail(&writing);
    }
    str_free(&head);
    str_free(&body);
    return result;
}
