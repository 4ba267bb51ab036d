/*
 * Formulas made readable: fractions, roots, what stands above and below the line, and the dollars
 * around all of it.
 */
#include "latex.h"

#include "carrel/utf8.h"

#include <string.h>

bool latex_frac(struct latex *x)
{
    const char *start = x->at;
    struct str over = STR_INIT, under = STR_INIT;
    bool ok = latex_take_group(x, &over) && latex_take_group(x, &under);

    if (ok) {
        bool wide_over = utf8_count(over.ptr) > 1 && strpbrk(over.ptr, "+- ");
        bool wide_under = utf8_count(under.ptr) > 1 && strpbrk(under.ptr, "+-/* ");

        str_printf(x->out, wide_over ? "(%s)/" : "%s/", over.ptr);
        str_printf(x->out, wide_under ? "(%s)" : "%s", under.ptr);
    } else {
        x->at = start;
    }
    str_free(&over);
    str_free(&under);
    return ok;
}

bool latex_sqrt(struct latex *x)
{
    struct str inside = STR_INIT;
    bool ok = latex_take_group(x, &inside);

    if (ok)
        str_printf(x->out, utf8_count(inside.ptr) > 1 ? "√(%s)" : "√%s", inside.ptr);
    str_free(&inside);
    return ok;
}

void latex_script(struct latex *x)
{
    bool up = *x->at == '^';
    struct str inside = STR_INIT, small = STR_INIT;
    size_t at = 0;
    bool all = true;

    x->at++;
    if (x->at < x->end && *x->at == '{') {
        if (!latex_take_group(x, &inside)) {
            str_add_char(x->out, up ? '^' : '_');
            goto out;
        }
    } else if (x->at < x->end && *x->at == '\\') {
        struct latex one = *x;

        one.out = &inside;
        latex_backslash(&one);
        x->at = one.at;
    } else if (x->at < x->end) {
        unsigned rune;
        size_t took = utf8_decode(x->at, (size_t)(x->end - x->at), &rune);

        str_add_mem(&inside, x->at, took);
        x->at += took;
    }
    while (at < inside.len && all) {
        unsigned rune;
        const char *text;

        at += utf8_decode(inside.ptr + at, inside.len - at, &rune);
        text = latex_script_rune(rune, up);
        if (text)
            str_add(&small, text);
        else
            all = false;
    }
    if (all)
        str_add_mem(x->out, small.ptr, small.len);
    else if (utf8_count(inside.ptr) == 1)
        str_printf(x->out, "%c%s", up ? '^' : '_', inside.ptr);
    else
        str_printf(x->out, "%c{%s}", up ? '^' : '_', inside.ptr);
out:
    str_free(&inside);
    str_free(&small);
}

bool latex_math(struct latex *x)
{
    size_t ticks = x->at + 1 < x->end && x->at[1] == '$' ? 2 : 1;
    const char *open = x->at + ticks, *p;
    struct latex inner;
    struct str text = STR_INIT;

    for (p = open; p < x->end && *p != '$'; p++)
        if (*p == '\\' && p + 1 < x->end)
            p++;
    if (p >= x->end || p == open || *open == ' '
        || (p[-1] == ' ' && p + 1 < x->end && latex_alpha(p[1])))
        return false;
    if (ticks == 1 && p + 1 < x->end && p[1] >= '0' && p[1] <= '9' && *open >= '0' && *open <= '9')
        return false;
    inner = (struct latex){ .at = open, .end = p, .out = &text, .depth = x->depth + 1 };
    if (inner.depth > LATEX_DEPTH) {
        str_free(&text);
        return false;
    }
    while (inner.at < inner.end) {
        if (*inner.at == '^' || *inner.at == '_')
            latex_script(&inner);
        else {
            const char *before = inner.at;

            latex_run(&inner, "^_");
            if (inner.at == before)
                str_add_char(&text, *inner.at++);
        }
    }
    if (strchr(text.ptr, '\\'))
        str_printf(x->out, "$%s$", text.ptr);
    else
        str_add_mem(x->out, text.ptr, text.len);
    x->at = p + (p + 1 < x->end && ticks == 2 && p[1] == '$' ? 2 : 1);
    str_free(&text);
    return true;
}
