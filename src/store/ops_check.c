/*
 * What an operation from another machine must be before it is taken: one of the kinds, about
 * something that can be named, with a value that one could have said here. A peer is not believed
 * more than any other stranger.
 */
#include "ops_internal.h"

#include "carrel/anchor.h"
#include "carrel/reading.h"
#include "carrel/record.h"
#include "carrel/str.h"
#include "carrel/utf8.h"
#include "carrel/works.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EDIT_MAX 65536
#define POSITION_MAX 1000000000

/* ---- texts ---- */

bool op_is_clean(const char *text, size_t most, bool lines)
{
    struct str clean = STR_INIT;
    size_t len = strlen(text);
    bool good = len <= most && utf8_valid(text, len) && (lines || !strpbrk(text, "\n\t"));

    if (good) {
        utf8_clean(&clean, text, len);
        good = strcmp(clean.ptr, text) == 0;
    }
    str_free(&clean);
    return good;
}

static bool is_hex(const char *text, size_t least, size_t most)
{
    size_t len = strspn(text, "0123456789abcdef");

    return text[len] == '\0' && len >= least && len <= most;
}

static bool is_empty(struct store *store, const char *text)
{
    (void)store;
    return *text == '\0';
}

static bool is_number(const char *text, long least, long most)
{
    long value;

    return strlen(text) < 24 && str_to_long(text, least, most, &value);
}

/* ---- names ---- */

/* As it would be written here. */
static bool is_alias(struct store *store, const char *text)
{
    struct ident ident;
    struct str id = STR_INIT;
    bool good;

    (void)store;
    good = strlen(text) <= OP_ITEM_MAX && op_is_clean(text, OP_ITEM_MAX, false)
           && ident_parse(&ident, text);
    if (good) {
        ident_print(&id, &ident);
        good = strcmp(id.ptr, text) == 0;
    }
    str_free(&id);
    return good;
}

static bool is_document(struct store *store, const char *text)
{
    (void)store;
    return str_starts(text, "file:") && is_hex(text + 5, 16, 16);
}

static bool is_query_name(struct store *store, const char *text)
{
    (void)store;
    return op_is_clean(text, OP_ITEM_MAX, false) && query_name_check(text, NULL) == ERR_OK;
}

static bool is_tag(struct store *store, const char *text)
{
    (void)store;
    return op_is_clean(text, OP_FIELD_MAX, false) && tag_check(text, NULL) == ERR_OK;
}

static bool is_mark(struct store *store, const char *text)
{
    (void)store;
    return text[0] == '\0' || (text[0] >= 'a' && text[0] <= 'z' && text[1] == '\0');
}

static bool is_uid(struct store *store, const char *text)
{
    (void)store;
    return is_hex(text, 8, 64);
}

static bool is_query_field(struct store *store, const char *text)
{
    (void)store;
    return *text == '\0' || strcmp(text, "position") == 0;
}

/* "source metric day" */
static bool is_series(struct store *store, const char *text)
{
    const char *metric = strchr(text, ' '), *day = metric ? strchr(metric + 1, ' ') : NULL;

    (void)store;
    return day && metric > text && day > metric + 1 && op_is_clean(text, OP_FIELD_MAX, false)
           && is_number(day + 1, 0, 10000000);
}

/* A field of a paper; the library knows which there are. */
static bool is_word(struct store *store, const char *text)
{
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz");

    (void)store;
    return len > 0 && len <= 20 && text[len] == '\0';
}

/* ---- values ---- */

static bool is_state(struct store *store, const struct op *op)
{
    (void)store;
    return !op->value || (is_number(op->value, READ_UNREAD, READ_SKIP) && op->value[1] == '\0');
}

static bool is_truth(struct store *store, const struct op *op)
{
    (void)store;
    return !op->value || strcmp(op->value, "0") == 0 || strcmp(op->value, "1") == 0;
}

static bool is_seen(struct store *store, const struct op *op)
{
    struct seen_parts parts;

    (void)store;
    return !op->value || seen_parse(&parts, op->value);
}

static bool is_presence(struct store *store, const struct op *op)
{
    (void)store;
    return !op->value || strcmp(op->value, "1") == 0;
}

static bool is_priority(struct store *store, const struct op *op)
{
    (void)store;
    return !op->value
           || (is_number(op->value, -PRIORITY_MAX, PRIORITY_MAX) && strlen(op->value) <= 2);
}

/* A number as an order of a collection has it. */
static bool is_decimal(const char *text)
{
    char *end;
    double value;

    if (!*text || strlen(text) > 32 || strspn(text, "0123456789.eE+-") != strlen(text))
        return false;
    value = strtod(text, &end);
    return *end == '\0' && isfinite(value);
}

static bool is_position(struct store *store, const struct op *op)
{
    (void)store;
    return !op->value || is_decimal(op->value);
}

static bool is_note(struct store *store, const struct op *op)
{
    (void)store;
    return !op->value || op_is_clean(op->value, OP_VALUE_MAX, true);
}

static bool is_edit(struct store *store, const struct op *op)
{
    (void)store;
    return !op->value || op_is_clean(op->value, EDIT_MAX, true);
}

static bool is_highlight_note(struct store *store, const struct op *op)
{
    (void)store;
    return !op->value || op_is_clean(op->value, HIGHLIGHT_NOTE_MAX, true);
}

static bool is_query_value(struct store *store, const struct op *op)
{
    (void)store;
    if (*op->field)
        return op->value && is_number(op->value, 0, POSITION_MAX);
    return !op->value || query_text_check(op->value, NULL) == ERR_OK;
}

static bool is_decision(struct store *store, const struct op *op)
{
    (void)store;
    return strcmp(op->item, op->field) < 0
           && (!op->value || strcmp(op->value, "apart") == 0 || strcmp(op->value, "joined") == 0
               || strcmp(op->value, "alike") == 0);
}

static bool is_sample(struct store *store, const struct op *op)
{
    (void)store;
    return op->value && is_decimal(op->value);
}

/* The texts of an anchor as they come out of JSON. */
static bool anchor_texts_good(struct stmt *stmt)
{
    return op_is_clean(stmt_text(stmt, 1), ANCHOR_QUOTE_MAX, true)
           && op_is_clean(stmt_text(stmt, 2), 4 * ANCHOR_CONTEXT, true)
           && op_is_clean(stmt_text(stmt, 3), 4 * ANCHOR_CONTEXT, true);
}

static bool is_anchor(struct store *store, const struct op *op, const char *sql)
{
    struct stmt *stmt;
    bool good = false;

    if (strlen(op->value) > 4 * ANCHOR_QUOTE_MAX || stmt_prepare(&stmt, store, sql, NULL) != ERR_OK)
        return false;
    stmt_bind_text(stmt, 1, op->value);
    good = stmt_step(stmt, NULL) == 1 && stmt_int(stmt, 0) == 1 && anchor_texts_good(stmt);
    stmt_reset(stmt);
    return good;
}

#define ANCHOR_GOOD                                                                                \
    "json_type(v, '$.start') = 'integer' AND json_type(v, '$.stop') = 'integer' AND "              \
    "json_type(v, '$.quote') = 'text' AND json_type(v, '$.prefix') = 'text' AND "                  \
    "json_type(v, '$.suffix') = 'text' AND v ->> '$.start' BETWEEN 0 AND v ->> '$.stop' AND "      \
    "v ->> '$.stop' < 4294967295"
#define ANCHOR_TEXTS "v ->> '$.quote', v ->> '$.prefix', v ->> '$.suffix'"
#define JSON_OR_NONE "(SELECT CASE WHEN json_valid(?1) THEN ?1 ELSE '{}' END AS v)"

static bool is_place(struct store *store, const struct op *op)
{
    return op->value
           && is_anchor(store, op, "SELECT " ANCHOR_GOOD ", " ANCHOR_TEXTS " FROM " JSON_OR_NONE);
}

static bool is_highlight(struct store *store, const struct op *op)
{
    return !op->value
           || is_anchor(store, op,
                        "SELECT " ANCHOR_GOOD " AND v ->> '$.quote' != '' AND "
                        "json_type(v, '$.page') = 'integer' AND v ->> '$.page' BETWEEN 0 AND "
                        "10000000 AND json_type(v, '$.created') = 'integer', " ANCHOR_TEXTS
                        " FROM " JSON_OR_NONE);
}

/* ---- the kinds ---- */

static const struct op_kind {
    const char *name;
    bool note;
    bool (*item)(struct store *store, const char *text);
    bool (*field)(struct store *store, const char *text);
    bool (*value)(struct store *store, const struct op *op);
} kinds[] = {
    { "read", false, is_alias, is_empty, is_state },
    { "star", false, is_alias, is_empty, is_truth },
    { "tag", false, is_alias, is_tag, is_presence },
    { "priority", false, is_alias, is_empty, is_priority },
    { "collection", false, is_alias, is_query_name, is_position },
    { "note", true, is_alias, is_empty, is_note },
    { "query", false, is_query_name, is_query_field, is_query_value },
    { "place", false, is_document, is_mark, is_place },
    { "highlight", false, is_document, is_uid, is_highlight },
    { "hnote", true, is_document, is_uid, is_highlight_note },
    { "pair", false, is_alias, is_alias, is_decision },
    { "sample", false, is_alias, is_series, is_sample },
    { "edit", false, is_alias, is_word, is_edit },
    { "gone", false, is_alias, is_empty, is_truth },
    { "seen", false, is_alias, is_empty, is_seen },
};

static const struct op_kind *kind_of(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

void op_kinds(struct str *out)
{
    size_t i;

    str_add_char(out, ' ');
    for (i = 0; i < ARRAY_LEN(kinds); i++)
        str_printf(out, "%s ", kinds[i].name);
}

bool op_keeps_edits(const char *kind)
{
    const struct op_kind *known = kind_of(kind);

    return !known || known->note;
}

bool op_is_note(const char *kind)
{
    const struct op_kind *known = kind_of(kind);

    return known && known->note;
}

static bool past_is_good(const char *past)
{
    char before[MACHINE_HEX] = "", machine[MACHINE_HEX];
    int64_t horizon = op_horizon();
    size_t digits;

    if (strlen(past) > OP_PAST_MAX)
        return false;
    while (*past) {
        if (strspn(past, "0123456789abcdef") != MACHINE_HEX - 1 || past[MACHINE_HEX - 1] != ':')
            return false;
        memcpy(machine, past, MACHINE_HEX - 1);
        machine[MACHINE_HEX - 1] = '\0';
        past += MACHINE_HEX;
        digits = strspn(past, "0123456789abcdef");
        if (digits == 0 || digits > 15 || past[digits] != ' ' || strcmp(before, machine) >= 0
            || (int64_t)strtoull(past, NULL, 16) >= horizon)
            return false;
        memcpy(before, machine, sizeof before);
        past += digits + 1;
    }
    return true;
}

/* Of a newer carrel: kept as it is, and judged when we know it. */
static bool any_name(struct store *store, const char *text)
{
    (void)store;
    return *text && op_is_clean(text, OP_ITEM_MAX, false);
}

static bool any_field(struct store *store, const char *text)
{
    (void)store;
    return op_is_clean(text, OP_FIELD_MAX, false);
}

static const struct op_kind newer = { NULL, true, any_name, any_field, is_note };

const char *op_wrong(struct store *store, const struct op *op)
{
    const struct op_kind *kind = kind_of(op->kind);

    if (!kind && is_word(store, op->kind))
        kind = &newer;
    if (!kind)
        return "its kind is none";
    if (op->stamp <= 0)
        return "its time is none";
    if (op->stamp >= op_horizon())
        return "its time is more than ten years ahead";
    if (!is_hex(op->machine, MACHINE_HEX - 1, MACHINE_HEX - 1))
        return "its machine is none";
    if (!kind->item(store, op->item))
        return "what it is about cannot be named so";
    if (!kind->field(store, op->field))
        return "its field is none";
    if (!kind->value(store, op))
        return "its value is none";
    if (!past_is_good(op->past) || (*op->past && !kind->note))
        return "what it has seen cannot be";
    return NULL;
}
