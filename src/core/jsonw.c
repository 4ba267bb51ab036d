/*
 * The JSON writer. Only what RFC 8259 demands is escaped, so text stays readable as UTF-8; text is
 * expected to be valid UTF-8 (utf8_clean ran where it entered).
 */
#include "carrel/jsonw.h"
#include "carrel/clock.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void jsonw_start(struct jsonw *w, struct str *out)
{
    memset(w, 0, sizeof *w);
    w->out = out;
}

/* What stands between this value and the one before. */
static void jsonw_separate(struct jsonw *w)
{
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (w->depth > 0) {
        if (w->has_item[w->depth - 1])
            str_add_char(w->out, ',');
        w->has_item[w->depth - 1] = true;
    }
}

static void jsonw_open(struct jsonw *w, bool is_array)
{
    assert(w->depth < JSONW_DEPTH);
    jsonw_separate(w);
    w->is_array[w->depth] = is_array;
    w->has_item[w->depth++] = false;
    str_add_char(w->out, is_array ? '[' : '{');
}

void jsonw_object(struct jsonw *w)
{
    jsonw_open(w, false);
}

void jsonw_array(struct jsonw *w)
{
    jsonw_open(w, true);
}

void jsonw_end(struct jsonw *w)
{
    assert(w->depth > 0);
    w->depth--;
    str_add_char(w->out, w->is_array[w->depth] ? ']' : '}');
}

static void jsonw_quote(struct str *out, const char *text)
{
    static const char shorts[] = "\bb\ff\nn\rr\tt\"\"\\\\";
    size_t i;

    str_add_char(out, '"');
    for (; *text; text++) {
        size_t plain = 0;

        while ((unsigned char)text[plain] >= 0x20 && text[plain] != '"' && text[plain] != '\\')
            plain++;
        str_add_mem(out, text, plain);
        text += plain;
        if (!*text)
            break;
        for (i = 0; i < sizeof shorts - 1; i += 2)
            if (shorts[i] == *text)
                break;
        if (i < sizeof shorts - 1)
            str_printf(out, "\\%c", shorts[i + 1]);
        else
            str_printf(out, "\\u%04x", (unsigned)(unsigned char)*text);
    }
    str_add_char(out, '"');
}

void jsonw_key(struct jsonw *w, const char *key)
{
    assert(w->depth > 0 && !w->is_array[w->depth - 1] && !w->after_key);
    jsonw_separate(w);
    jsonw_quote(w->out, key);
    str_add_char(w->out, ':');
    w->after_key = true;
}

void jsonw_raw(struct jsonw *w, const char *json)
{
    jsonw_separate(w);
    str_add(w->out, json && *json ? json : "null");
}

void jsonw_null(struct jsonw *w)
{
    jsonw_separate(w);
    str_add(w->out, "null");
}

void jsonw_string(struct jsonw *w, const char *text)
{
    if (!text) {
        jsonw_null(w);
        return;
    }
    jsonw_separate(w);
    jsonw_quote(w->out, text);
}

void jsonw_int(struct jsonw *w, int64_t value)
{
    jsonw_separate(w);
    str_printf(w->out, "%lld", (long long)value);
}

void jsonw_double(struct jsonw *w, double value)
{
    char text[40];

    if (!isfinite(value)) {
        jsonw_null(w);
        return;
    }
    jsonw_separate(w);
    snprintf(text, sizeof text, "%.15g", value);
    if (strtod(text, NULL) != value)
        snprintf(text, sizeof text, "%.17g", value);
    str_add(w->out, text);
}

void jsonw_bool(struct jsonw *w, bool value)
{
    jsonw_separate(w);
    str_add(w->out, value ? "true" : "false");
}

void jsonw_key_string(struct jsonw *w, const char *key, const char *text)
{
    jsonw_key(w, key);
    jsonw_string(w, text);
}

void jsonw_key_int(struct jsonw *w, const char *key, int64_t value)
{
    jsonw_key(w, key);
    jsonw_int(w, value);
}

void jsonw_key_double(struct jsonw *w, const char *key, double value)
{
    jsonw_key(w, key);
    jsonw_double(w, value);
}

void jsonw_key_bool(struct jsonw *w, const char *key, bool value)
{
    jsonw_key(w, key);
    jsonw_bool(w, value);
}

void jsonw_key_time(struct jsonw *w, const char *key, int64_t ms)
{
    char text[32];

    if (ms > 0)
        time_format(text, ms);
    jsonw_key_string(w, key, ms > 0 ? text : NULL);
}

void jsonw_items(struct jsonw *w, struct str *out)
{
    jsonw_start(w, out);
    jsonw_object(w);
    jsonw_key_int(w, "version", 1);
    jsonw_key(w, "items");
    jsonw_array(w);
}

void jsonw_items_end(struct jsonw *w)
{
    jsonw_end(w);
    jsonw_end(w);
    str_add_char(w->out, '\n');
}
