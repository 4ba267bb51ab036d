/*
 * The growable string. Growth doubles; the empty string is shared and read-only in spirit, which is
 * what capacity 0 means.
 */
#include "carrel/str.h"
#include "carrel/mem.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

char str_empty[1];

void str_init(struct str *s)
{
    *s = (struct str)STR_INIT;
}

void str_free(struct str *s)
{
    if (s->cap)
        free(s->ptr);
    str_init(s);
}

void str_forget(struct str *s)
{
    if (s->cap > 0)
        explicit_bzero(s->ptr, s->cap);
    str_free(s);
}

void str_clear(struct str *s)
{
    str_cut(s, 0);
}

void str_reserve(struct str *s, size_t extra)
{
    size_t need = s->len + extra + 1;

    if (need <= s->cap)
        return;
    if (s->cap == 0)
        s->ptr = NULL;
    s->ptr = mem_grow(s->ptr, &s->cap, need < 24 ? 24 : need, 1);
    s->ptr[s->len] = '\0';
}

void str_add_mem(struct str *s, const char *bytes, size_t len)
{
    if (len == 0)
        return;
    str_reserve(s, len);
    memcpy(s->ptr + s->len, bytes, len);
    s->len += len;
    s->ptr[s->len] = '\0';
}

void str_add(struct str *s, const char *text)
{
    str_add_mem(s, text, strlen(text));
}

void str_add_char(struct str *s, char c)
{
    str_add_mem(s, &c, 1);
}

void str_add_rune(struct str *s, unsigned rune)
{
    char bytes[4];

    str_add_mem(s, bytes, utf8_encode(bytes, rune));
}

void str_add_repeat(struct str *s, char c, size_t count)
{
    str_reserve(s, count);
    if (count == 0)
        return;
    memset(s->ptr + s->len, c, count);
    s->len += count;
    s->ptr[s->len] = '\0';
}

void str_vprintf(struct str *s, const char *fmt, va_list ap)
{
    size_t room = s->cap ? s->cap - s->len : 0; /* most texts find it, and are made once */
    va_list again;
    int len;

    va_copy(again, ap);
    len = vsnprintf(room ? s->ptr + s->len : NULL, room, fmt, ap);
    if (len > 0 && (size_t)len >= room) {
        str_reserve(s, (size_t)len);
        vsnprintf(s->ptr + s->len, (size_t)len + 1, fmt, again);
    }
    s->len += len > 0 ? (size_t)len : 0;
    if (s->cap)
        s->ptr[s->len] = '\0';
    va_end(again);
}

void str_printf(struct str *s, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    str_vprintf(s, fmt, ap);
    va_end(ap);
}

void str_add_count(struct str *s, int64_t count, const char *one)
{
    str_printf(s, "%" PRId64 " %s%s", count, one, count == 1 ? "" : "s");
}

void str_cut(struct str *s, size_t len)
{
    if (len >= s->len)
        return;
    s->len = len;
    s->ptr[len] = '\0';
}

void str_remove(struct str *s, size_t at, size_t len)
{
    if (at >= s->len || len == 0)
        return;
    if (len > s->len - at)
        len = s->len - at;
    memmove(s->ptr + at, s->ptr + at + len, s->len - at - len + 1);
    s->len -= len;
}

void str_insert(struct str *s, size_t at, const char *bytes, size_t len)
{
    if (len == 0)
        return;
    if (at > s->len)
        at = s->len;
    str_reserve(s, len);
    memmove(s->ptr + at + len, s->ptr + at, s->len - at + 1);
    memcpy(s->ptr + at, bytes, len);
    s->len += len;
}

void str_trim(struct str *s)
{
    size_t start = 0;
    size_t end = s->len;

    while (end > 0 && isspace((unsigned char)s->ptr[end - 1]))
        end--;
    while (start < end && isspace((unsigned char)s->ptr[start]))
        start++;
    str_cut(s, end);
    str_remove(s, 0, start);
}

char *str_take(struct str *s)
{
    char *text = s->cap ? s->ptr : mem_strdup("");

    str_init(s);
    return text;
}

bool str_eq(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool str_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
    size_t len = strlen(text), tail = strlen(suffix);

    return len >= tail && strcmp(text + len - tail, suffix) == 0;
}

bool str_ieq(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
}

bool str_istarts(const char *text, const char *prefix)
{
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

bool str_blank(const char *text)
{
    return !text || text[strspn(text, " \t\r\n\v\f")] == '\0';
}

bool str_to_long(const char *text, long min, long max, long *value)
{
    char *end;
    long number;

    if (!isdigit((unsigned char)text[0]) && !(text[0] == '-' && isdigit((unsigned char)text[1])))
        return false;
    errno = 0;
    number = strtol(text, &end, 10);
    if (errno || *end || number < min || number > max)
        return false;
    *value = number;
    return true;
}

void str_add_markup(struct str *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            str_add(out, "&amp;");
            break;
        case '<':
            str_add(out, "&lt;");
            break;
        case '>':
            str_add(out, "&gt;");
            break;
        case '"':
            str_add(out, "&quot;");
            break;
        default:
            if ((unsigned char)*text >= 0x20 || *text == '\n' || *text == '\t')
                str_add_char(out, *text);
        }
    }
}
