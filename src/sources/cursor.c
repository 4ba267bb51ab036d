/*
 * Reading and writing cursors, and the parse of a whole answer: what all sources share.
 */
#include "cursor.h"

#include "carrel/clock.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void url_escape(struct str *out, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (isascii(c) && (isalnum(c) || strchr("-._~", c))) {
            str_add_char(out, (char)c);
        } else {
            str_add_char(out, '%');
            str_add_char(out, hex[c >> 4]);
            str_add_char(out, hex[c & 15]);
        }
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The names of all sources' fields. */
static const char *const cursor_keys[] = { "again",  "cat",   "config", "cut",  "day",   "end",
                                           "from",   "got",   "ids",    "last", "mixed", "next",
                                           "offset", "page",  "q",      "seen", "set",   "since",
                                           "size",   "split", "start",  "to",   "token", "total" };
_Static_assert(ARRAY_LEN(cursor_keys) <= CURSOR_FIELDS, "room for every field");

/* NULL when an escape is broken or hides a NUL, or when something should have been escaped. */
static char *url_unescape(const char *text, size_t len)
{
    char *out = mem_alloc(len + 1);
    size_t i, n = 0;

    for (i = 0; i < len; i++) {
        if (text[i] == '%') {
            int high = i + 2 < len ? hex_digit(text[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(text[i + 2]) : -1;

            if (low < 0 || high * 16 + low == 0) {
                free(out);
                return NULL;
            }
            out[n++] = (char)(high * 16 + low);
            i += 2;
        } else if (isascii((unsigned char)text[i])
                   && (isalnum((unsigned char)text[i]) || strchr("-._~", text[i]))) {
            out[n++] = text[i];
        } else {
            free(out);
            return NULL;
        }
    }
    out[n] = '\0';
    return out;
}

void cursor_init(struct cursor *cursor, const char *kind)
{
    memset(cursor, 0, sizeof *cursor);
    snprintf(cursor->kind, sizeof cursor->kind, "%s", kind);
}

void cursor_free(struct cursor *cursor)
{
    size_t i;

    for (i = 0; i < cursor->len; i++)
        free(cursor->fields[i].value);
    cursor->len = 0;
}

static bool cursor_name(char out[CURSOR_KEY], const char *text, size_t len)
{
    if (len == 0 || len >= CURSOR_KEY)
        return false;
    memcpy(out, text, len);
    out[len] = '\0';
    return strspn(out, "abcdefghijklmnopqrstuvwxyz-") == len;
}

/* A known name that is not there yet. */
static bool cursor_key(struct cursor *cursor, const char *text, size_t len)
{
    char *key = cursor->fields[cursor->len].key;
    size_t i;

    if (cursor->len == CURSOR_FIELDS || !cursor_name(key, text, len))
        return false;
    for (i = 0; i < cursor->len; i++)
        if (strcmp(cursor->fields[i].key, key) == 0)
            return false;
    for (i = 0; i < ARRAY_LEN(cursor_keys); i++)
        if (strcmp(cursor_keys[i], key) == 0)
            return true;
    return false;
}

int cursor_parse(struct cursor *cursor, const char *text, struct error *err)
{
    const char *at = text + strcspn(text, "?");

    memset(cursor, 0, sizeof *cursor);
    if (strlen(text) > SOURCE_CURSOR_MAX || !cursor_name(cursor->kind, text, (size_t)(at - text))
        || *at != '?')
        return error_set(err, ERR_CORRUPT, "the saved place '%.60s' is not one of carrel's", text);
    for (at++; *at; at += *at == '&') {
        size_t key = strcspn(at, "=&"), value;

        if (at[key] != '=' || !cursor_key(cursor, at, key))
            goto bad;
        at += key + 1;
        value = strcspn(at, "&");
        cursor->fields[cursor->len].value = url_unescape(at, value);
        if (!cursor->fields[cursor->len].value)
            goto bad;
        cursor->len++;
        at += value;
    }
    return ERR_OK;
bad:
    cursor_free(cursor);
    return error_set(err, ERR_CORRUPT, "the saved place '%.60s' is damaged", text);
}

const char *cursor_get(const struct cursor *cursor, const char *key)
{
    size_t i;

    for (i = 0; i < cursor->len; i++)
        if (strcmp(cursor->fields[i].key, key) == 0)
            return cursor->fields[i].value;
    return "";
}

int64_t cursor_number(const struct cursor *cursor, const char *key, int64_t fallback)
{
    long number;

    return str_to_long(cursor_get(cursor, key), 0, 4000000000000L, &number) ? number : fallback;
}

int32_t cursor_day(const struct cursor *cursor, const char *key)
{
    const char *text = cursor_get(cursor, key);
    int32_t day;

    return strlen(text) == 10 && date_parse(text, &day, NULL) ? day : DAY_NONE;
}

void cursor_set(struct cursor *cursor, const char *key, const char *value)
{
    size_t i;

    for (i = 0; i < cursor->len; i++)
        if (strcmp(cursor->fields[i].key, key) == 0)
            break;
    if (i < cursor->len)
        free(cursor->fields[i].value);
    if (!value || !*value) {
        if (i < cursor->len)
            cursor->fields[i] = cursor->fields[--cursor->len];
        return;
    }
    if (i == cursor->len) {
        if (i == CURSOR_FIELDS)
            die("a cursor with more than %d fields", CURSOR_FIELDS); /* a name missing above */
        snprintf(cursor->fields[i].key, sizeof cursor->fields[i].key, "%s", key);
        cursor->len++;
    }
    cursor->fields[i].value = mem_strdup(value);
}

void cursor_set_number(struct cursor *cursor, const char *key, int64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, value);
    cursor_set(cursor, key, text);
}

void cursor_set_day(struct cursor *cursor, const char *key, int32_t day)
{
    char text[16];

    date_format(text, day);
    cursor_set(cursor, key, text);
}

void cursor_print(const struct cursor *cursor, struct str *out)
{
    size_t i;

    str_clear(out);
    str_printf(out, "%s?", cursor->kind);
    for (i = 0; i < cursor->len; i++) {
        str_printf(out, "%s%s=", i ? "&" : "", cursor->fields[i].key);
        url_escape(out, cursor->fields[i].value);
    }
}

static int count_record(void *ctx, const struct record *record)
{
    struct source_count *count = ctx;

    count->records++;
    return count->sink->record(count->sink->ctx, record);
}

static void count_reject(void *ctx, long line, const char *why)
{
    struct source_count *count = ctx;

    count->rejects++;
    if (count->sink->reject)
        count->sink->reject(count->sink->ctx, line, why);
}

int source_parse(enum parse_format format, const void *bytes, size_t len,
                 const struct parse_sink *sink, struct source_count *count, struct parse_info *info,
                 struct error *err)
{
    const struct parse_sink counting = { .ctx = count,
                                         .record = count_record,
                                         .reject = count_reject };
    struct parser *parser;
    int result;

    *count = (struct source_count){ .sink = sink };
    result = parser_new(&parser, format, &counting, err);
    if (result == ERR_OK)
        result = parser_feed(parser, bytes, len, err);
    if (result == ERR_OK)
        result = parser_finish(parser, err);
    *info = *parser_info(parser);
    parser_free(parser);
    return result;
}
