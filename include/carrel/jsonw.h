/*
 * A streaming JSON writer (RFC 8259): always compact, keys in the order they are written, the same
 * bytes for the same calls. Reading JSON is jansson's work; writing goes through here so that a
 * large export needs no tree in memory.
 *
 *     jsonw_start(&w, &out);
 *     jsonw_object(&w);
 *     jsonw_key_string(&w, "title", title);
 *     jsonw_key(&w, "authors"); jsonw_array(&w); ... jsonw_end(&w);
 *     jsonw_end(&w);
 */
#ifndef CARREL_JSONW_H
#define CARREL_JSONW_H

#include "carrel/str.h"

#include <stdbool.h>
#include <stdint.h>

#define JSONW_DEPTH 32

struct jsonw {
    struct str *out; /* appended to; the caller may flush and clear it between calls */
    int depth;
    bool is_array[JSONW_DEPTH];
    bool has_item[JSONW_DEPTH];
    bool after_key;
};

void jsonw_start(struct jsonw *w, struct str *out);
void jsonw_object(struct jsonw *w);
void jsonw_array(struct jsonw *w);
void jsonw_end(struct jsonw *w); /* closes the innermost object or array */
void jsonw_key(struct jsonw *w, const char *key);

void jsonw_string(struct jsonw *w, const char *text); /* NULL writes null */
void jsonw_int(struct jsonw *w, int64_t value);
void jsonw_double(
    struct jsonw *w,
    double value); /* shortest of %.15g/%.17g that reads back; NaN and infinities: null */
void jsonw_bool(struct jsonw *w, bool value);
void jsonw_null(struct jsonw *w);
void jsonw_raw(struct jsonw *w,
               const char *json); /* a value that is JSON already; "" writes null */

void jsonw_key_string(struct jsonw *w, const char *key, const char *text);
void jsonw_key_int(struct jsonw *w, const char *key, int64_t value);
void jsonw_key_double(struct jsonw *w, const char *key, double value);
void jsonw_key_bool(struct jsonw *w, const char *key, bool value);
/* Milliseconds since 1970 as RFC 3339; null where there is no time (0 or less). */
void jsonw_key_time(struct jsonw *w, const char *key, int64_t ms);

/* What a command that lists answers with: {"version":1,"items":[ ... ]} and a line break. */
void jsonw_items(struct jsonw *w, struct str *out);
void jsonw_items_end(struct jsonw *w);

#endif
