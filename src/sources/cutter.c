/*
 * The cutter is a machine of four states over bytes; strings are skipped by looking for their two
 * special bytes only, since most of a dump is text.
 */
#include "cutter.h"

#include <string.h>

void cutter_init(struct cutter *c, size_t max, const struct cutter_sink *sink)
{
    memset(c, 0, sizeof *c);
    c->line = 1;
    c->max = max;
    c->sink = *sink;
    str_init(&c->element);
}

void cutter_free(struct cutter *c)
{
    str_free(&c->element);
}

static bool cut_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void cut_keep(struct cutter *c, const char *from, const char *to)
{
    if (c->skipping)
        return;
    if (c->element.len + (size_t)(to - from) > c->max) {
        c->skipping = "larger than a row may be";
        str_clear(&c->element);
        return;
    }
    str_add_mem(&c->element, from, (size_t)(to - from));
}

/* To behind the byte that ends the string, or to the end. */
static const char *cut_string(struct cutter *c, const char *at, const char *end)
{
    while (at < end) {
        if (c->escape) {
            c->escape = false;
            at++;
            continue;
        }
        while (at < end && *at != '"' && *at != '\\') {
            c->line += *at == '\n';
            at++;
        }
        if (at == end)
            break;
        if (*at++ == '"') {
            c->string = false;
            break;
        }
        c->escape = true;
    }
    return at;
}

static int cut_done(struct cutter *c)
{
    int result = 0;

    c->state = CUT_BETWEEN;
    c->need_comma = c->array;
    c->comma = false;
    if (c->skipping)
        c->sink.bad(c->sink.ctx, c->element_line, c->skipping);
    else
        result = c->sink.element(c->sink.ctx, c->element.ptr, c->element.len, c->element_line);
    c->skipping = NULL;
    str_clear(&c->element);
    return result;
}

/* Does this byte, outside strings and brackets, end what is no object? It stays where it is. */
static bool cut_stray_end(const struct cutter *c, char byte)
{
    return c->depth == 0 && (c->array ? byte == ',' || byte == ']' : byte == '\n');
}

/* A byte outside strings; true: it closes the element. */
static bool cut_byte(struct cutter *c, char byte)
{
    c->line += byte == '\n';
    c->string = byte == '"';
    if (byte == '{' || byte == '[') {
        if (++c->depth > CUTTER_DEPTH && !c->skipping)
            c->skipping = "brackets nested deeper than 200";
        return false;
    }
    return (byte == '}' || byte == ']') && c->depth > 0 && --c->depth == 0;
}

/* Up to the end of the element or of the bytes; *at moves. */
static int cut_inside(struct cutter *c, const char **at, const char *end)
{
    const char *from = *at;
    bool closed = false;

    while (*at < end && !closed) {
        if (c->string)
            *at = cut_string(c, *at, end);
        else if (cut_stray_end(c, **at))
            closed = true;
        else
            closed = cut_byte(c, *(*at)++);
    }
    cut_keep(c, from, *at);
    return closed ? cut_done(c) : 0;
}

static void cut_begin(struct cutter *c, char byte)
{
    if (c->need_comma)
        c->sink.bad(c->sink.ctx, c->line, "a comma is missing in front of this row");
    c->need_comma = false;
    c->state = CUT_INSIDE;
    c->element_line = c->line;
    c->depth = 0;
    c->string = c->escape = false;
    c->skipping = byte == '{' ? NULL : "not a JSON object";
}

static int cut_start(struct cutter *c, char byte, struct error *err)
{
    if (byte == '[') {
        c->array = true;
        c->state = CUT_BETWEEN;
        return ERR_OK;
    }
    if (byte != '{')
        return error_set(err, ERR_PARSE, "line %ld: not JSON", c->line);
    c->state = CUT_BETWEEN;
    return 1; /* the byte is an element's */
}

/* Between elements; 1: an element begins with this byte. */
static int cut_between(struct cutter *c, char byte)
{
    if (byte == ',' && c->array) {
        if (!c->need_comma)
            c->sink.bad(c->sink.ctx, c->line, "a comma with no row in front of it");
        c->need_comma = false;
        c->comma = true;
        return 0;
    }
    if (byte == ']' && c->array) {
        if (c->comma)
            c->sink.bad(c->sink.ctx, c->line, "a comma with no row behind it");
        c->state = CUT_END;
        return 0;
    }
    return 1;
}

int cutter_feed(struct cutter *c, const char *bytes, size_t len, struct error *err)
{
    const char *at = bytes, *end = bytes + len;

    while (at < end) {
        int step = 1;

        if (c->state == CUT_INSIDE) {
            step = cut_inside(c, &at, end);
            if (step != 0)
                return step;
            continue;
        }
        if (cut_blank(*at)) {
            c->line += *at++ == '\n';
            continue;
        }
        if (c->state == CUT_END)
            return error_set(err, ERR_PARSE, "line %ld: more behind the end of the list", c->line);
        if (c->state == CUT_START)
            step = cut_start(c, *at, err);
        else
            step = cut_between(c, *at);
        if (step < 0)
            return step;
        if (step == 1)
            cut_begin(c, *at);
        else
            at++;
    }
    return ERR_OK;
}

int cutter_finish(struct cutter *c, struct error *err)
{
    if (c->state == CUT_INSIDE || (c->array && c->state != CUT_END))
        return error_set(err, ERR_PARSE, "line %ld: the document is cut short", c->line);
    return ERR_OK;
}
