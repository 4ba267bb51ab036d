/*
 * Cursors as text: "oai?set=cs%3Acs%3ACL&from=2026-02-01", a kind and named values, percent-encoded
 * so that it can hold any token and be read by a person in the library. It comes back from disk and
 * so is checked like any input.
 */
#ifndef CARREL_SOURCES_CURSOR_H
#define CARREL_SOURCES_CURSOR_H

#include "carrel/source.h"

#define CURSOR_FIELDS 24 /* at least as many as there are names in cursor.c */
#define CURSOR_KEY 12

struct cursor {
    char kind[CURSOR_KEY];
    size_t len;
    struct {
        char key[CURSOR_KEY];
        char *value;
    } fields[CURSOR_FIELDS];
};
void cursor_init(struct cursor *cursor, const char *kind);
int cursor_parse(struct cursor *cursor, const char *text, struct error *err); /* ERR_CORRUPT */
void cursor_free(struct cursor *cursor);
const char *cursor_get(const struct cursor *cursor, const char *key); /* "" when absent */
int64_t cursor_number(const struct cursor *cursor, const char *key, int64_t fallback);
int32_t cursor_day(const struct cursor *cursor, const char *key); /* DAY_NONE when absent or bad */
void cursor_set(struct cursor *cursor, const char *key, const char *value); /* "" or NULL removes */
void cursor_set_number(struct cursor *cursor, const char *key, int64_t value);
void cursor_set_day(struct cursor *cursor, const char *key, int32_t day);
void cursor_print(const struct cursor *cursor, struct str *out); /* replaces what is in it */

void url_escape(struct str *out, const char *text); /* all but unreserved characters */

/* Counting between a parser and the caller's sink. */
struct source_count {
    const struct parse_sink *sink;
    int64_t records, rejects;
};
/* A whole answer through a parser. */
int source_parse(enum parse_format format, const void *bytes, size_t len,
                 const struct parse_sink *sink, struct source_count *count, struct parse_info *info,
                 struct error *err);

#endif
