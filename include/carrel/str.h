/*
 * One growable string: pointer, length, capacity. The pointer is never NULL and the text is always
 * terminated, so a struct str can be printed at any moment. It may hold any bytes.
 */
#ifndef CARREL_STR_H
#define CARREL_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    char *ptr;
    size_t len;
    size_t cap; /* 0: ptr is the shared empty string and must not be written */
};

extern char str_empty[1];
#define STR_INIT                                                                                   \
    {                                                                                              \
        .ptr = str_empty, .len = 0, .cap = 0                                                       \
    }

void str_init(struct str *s);
void str_free(struct str *s);                  /* releases and leaves an empty, usable string */
void str_forget(struct str *s);                /* the same, wiping a secret first */
void str_clear(struct str *s);                 /* length 0, keeps the memory */
void str_reserve(struct str *s, size_t extra); /* room for `extra` more bytes and the terminator */
void str_add(struct str *s, const char *text);
void str_add_mem(struct str *s, const char *bytes, size_t len);
void str_add_char(struct str *s, char c);
/* As text or an attribute of XML or HTML; control characters that XML 1.0 does not know are left
 * out.
 */
void str_add_markup(struct str *out, const char *text);
void str_add_rune(struct str *s, unsigned rune); /* as UTF-8; a bad code point as U+FFFD */
void str_add_repeat(struct str *s, char c, size_t count);
void str_printf(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_vprintf(struct str *s, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
void str_add_count(struct str *s, int64_t count, const char *one); /* "1 paper", "2 papers" */
void str_cut(struct str *s, size_t len);                           /* shorten to `len` bytes */
void str_remove(struct str *s, size_t at, size_t len);
void str_insert(struct str *s, size_t at, const char *bytes, size_t len);
void str_trim(struct str *s);  /* ASCII white space at both ends */
char *str_take(struct str *s); /* gives the malloc'd text away, leaves empty */

/* Comparisons that C leaves out. NULL-safe where said. */
bool str_eq(const char *a, const char *b); /* two NULLs are equal */
bool str_starts(const char *text, const char *prefix);
bool str_ends(const char *text, const char *suffix);
bool str_ieq(const char *a, const char *b); /* ASCII case only */
bool str_istarts(const char *text, const char *prefix);
bool str_blank(const char *text); /* NULL, empty or only white space */
/* Strict: the whole text must be one decimal number inside [min, max]. */
bool str_to_long(const char *text, long min, long max, long *value);

#endif
