/*
 * TeX in titles and abstracts made readable: accents to letters, common math to Unicode.
 *
 * One pass that copies what it does not know. A command is replaced only when something better
 * stands in a table; a group's braces go when what they belonged to went; $...$ loses its dollars
 * when nothing that looks like TeX (a backslash, _{ or ^{) is left inside. Output is bounded by
 * four times the input.
 */
#include "carrel/text.h"

#include "carrel/utf8.h"
#include "latex.h"

#include <string.h>
#include <utf8proc.h>

/* Combining mark of an accent command, 0 when it is none. */
static unsigned latex_accent(char c)
{
    switch (c) {
    case '\'':
        return 0x301;
    case '`':
        return 0x300;
    case '^':
        return 0x302;
    case '"':
        return 0x308;
    case '~':
        return 0x303;
    case '=':
        return 0x304;
    case '.':
        return 0x307;
    case 'c':
        return 0x327;
    case 'v':
        return 0x30C;
    case 'u':
        return 0x306;
    case 'H':
        return 0x30B;
    case 'k':
        return 0x328;
    case 'r':
        return 0x30A;
    case 'd':
        return 0x323;
    case 'b':
        return 0x331;
    default:
        return 0;
    }
}

/* Base and mark composed (NFC) when Unicode has the letter, else side by side. */
static void latex_add_accented(struct str *out, unsigned base, unsigned mark)
{
    utf8proc_int32_t pair[2] = { (utf8proc_int32_t)base, (utf8proc_int32_t)mark };
    utf8proc_ssize_t count = utf8proc_normalize_utf32(pair, 2, UTF8PROC_COMPOSE | UTF8PROC_STABLE);

    str_add_rune(out, (unsigned)pair[0]);
    if (count > 1)
        str_add_rune(out, (unsigned)pair[1]);
}

/* \'e \'{e} \'\i \c{c}; x->at stands on the backslash. False when no letter follows. */
static bool latex_try_accent(struct latex *x)
{
    const char *p = x->at + 1;
    unsigned mark = p < x->end ? latex_accent(*p) : 0;
    bool brace = false;
    unsigned rune;
    size_t took;

    if (!mark || (latex_alpha(*p) && (p + 1 >= x->end || (p[1] != '{' && p[1] != ' '))))
        return false;
    p++;
    while (p < x->end && *p == ' ')
        p++;
    if (p < x->end && *p == '{') {
        brace = true;
        p++;
    }
    if (p + 1 < x->end && *p == '\\' && (p[1] == 'i' || p[1] == 'j'))
        p++;
    if (p >= x->end)
        return false;
    took = utf8_decode(p, (size_t)(x->end - p), &rune);
    if (!latex_alpha(*p) && rune < 0x80)
        return false;
    p += took;
    if (brace) {
        if (p >= x->end || *p != '}')
            return false;
        p++;
    }
    latex_add_accented(x->out, rune, mark);
    x->at = p;
    return true;
}

/* The matching brace of the one at p, or NULL. */
static const char *latex_group_end(const char *p, const char *end)
{
    int depth = 0;

    for (; p < end; p++) {
        if (*p == '\\' && p + 1 < end)
            p++;
        else if (*p == '{')
            depth++;
        else if (*p == '}' && --depth == 0)
            return p;
    }
    return NULL;
}

bool latex_take_group(struct latex *x, struct str *out)
{
    const char *close = x->at < x->end && *x->at == '{' ? latex_group_end(x->at, x->end) : NULL;
    struct latex inner = { .at = x->at + 1, .end = close, .out = out, .depth = x->depth + 1 };

    if (!close || inner.depth > LATEX_DEPTH)
        return false;
    latex_run(&inner, NULL);
    x->at = close + 1;
    return true;
}

static bool latex_quote(struct latex *x)
{
    struct str inside = STR_INIT;
    bool single = x->at < x->end && *x->at == '*', ok;

    x->at += single;
    ok = latex_take_group(x, &inside);
    if (ok)
        str_printf(x->out, single ? "‘%s’" : "“%s”", inside.ptr);
    str_free(&inside);
    return ok;
}

/* \name, with x->at behind the name. True when it was understood. */
static bool latex_command(struct latex *x, const char *name)
{
    const char *symbol = latex_symbol(name);

    if (symbol) {
        /* TeX takes the blank behind a command; behind a letter it would tear a word. */
        if (x->at < x->end && *x->at == ' ' && x->at + 1 < x->end && latex_alpha(x->at[1])
            && latex_is_letter_command(name))
            x->at++;
        str_add(x->out, symbol);
        if (x->at + 1 < x->end && x->at[0] == '{' && x->at[1] == '}')
            x->at += 2;
        return true;
    }
    if (strcmp(name, "frac") == 0 || strcmp(name, "tfrac") == 0 || strcmp(name, "dfrac") == 0)
        return latex_frac(x);
    if (strcmp(name, "sqrt") == 0)
        return latex_sqrt(x);
    if (strcmp(name, "enquote") == 0 || strcmp(name, "mkbibquote") == 0)
        return latex_quote(x);
    if (strcmp(name, "quad") == 0 || strcmp(name, "qquad") == 0) {
        str_add_char(x->out, ' ');
        return true;
    }
    if (latex_is_wrapper(name)) {
        if (!latex_take_group(x, x->out)) {
            while (x->at < x->end && *x->at == ' ')
                x->at++;
        }
        return true;
    }
    return false;
}

void latex_backslash(struct latex *x)
{
    char name[32];
    size_t len = 0;
    const char *start = x->at;

    if (latex_try_accent(x))
        return;
    x->at++;
    while (x->at + len < x->end && latex_alpha(x->at[len]) && len < sizeof name - 1) {
        name[len] = x->at[len];
        len++;
    }
    name[len] = '\0';
    if (len == 0) {
        if (x->at + 2 < x->end && (*x->at == '~' || *x->at == '^') && x->at[1] == '{'
            && x->at[2] == '}') { /* an accent of nothing is the character */
            str_add_char(x->out, *x->at);
            x->at += 3;
        } else if (x->at < x->end && strchr("%&_#$ {}", *x->at))
            str_add_char(x->out, *x->at++);
        else if (x->at < x->end && strchr(",;:>!/", *x->at)) {
            if (*x->at != '!' && *x->at != '/')
                str_add_char(x->out, ' ');
            x->at++;
        } else
            str_add_char(x->out, '\\');
        return;
    }
    x->at += len;
    if (!latex_command(x, name)) {
        if (x->at + 1 < x->end && x->at[0] == '{' && x->at[1] == '}') {
            /* \RE{}CuAs: a writer's own macro, of which the name says most */
            str_add(x->out, name);
            x->at += 2;
            return;
        }
        str_add_mem(x->out, start, (size_t)(x->at - start));
    }
}

/* Quotes and dashes as TeX writes them. */
static bool latex_ligature(struct latex *x)
{
    static const struct {
        const char *name, *text;
    } table[] = { { "---", "—" }, { "--", "–" }, { "``", "“" }, { "''", "”" } };
    size_t i;

    /* "++--" and "-+--" are signs of a metric, not dashes. */
    if (*x->at == '-' && x->out->len > 0
        && (x->out->ptr[x->out->len - 1] == '+' || x->out->ptr[x->out->len - 1] == '-'))
        return false;
    for (i = 0; i < sizeof table / sizeof *table; i++) {
        size_t len = strlen(table[i].name);

        if (*x->at == '-' && (size_t)(x->end - x->at) > len && x->at[len] == '+')
            continue;
        if ((size_t)(x->end - x->at) >= len && memcmp(x->at, table[i].name, len) == 0) {
            str_add(x->out, table[i].text);
            x->at += len;
            return true;
        }
    }
    return false;
}

void latex_run(struct latex *x, const char *stop)
{
    while (x->at < x->end) {
        char c = *x->at;

        if (stop && strchr(stop, c))
            return;
        if (c == '\\') {
            latex_backslash(x);
        } else if (c == '$') {
            if (!latex_math(x))
                str_add_char(x->out, *x->at++);
        } else if (c == '{') {
            if (!latex_take_group(x, x->out))
                str_add_char(x->out, *x->at++);
        } else if ((c == '^' || c == '_') && x->depth > 0) {
            latex_script(x);
        } else if (c == '~') {
            str_add_char(x->out, ' ');
            x->at++;
        } else if ((c == '-' || c == '`' || c == '\'') && latex_ligature(x)) {
            continue;
        } else if (c == '-') { /* a run of signs stays as it is */
            while (x->at < x->end && *x->at == '-')
                str_add_char(x->out, *x->at++);
        } else {
            size_t plain = 1;

            while (x->at + plain < x->end && !strchr("\\${}^_~-`'", x->at[plain]))
                plain++;
            str_add_mem(x->out, x->at, plain);
            x->at += plain;
        }
    }
}

void text_from_latex(struct str *out, const char *text)
{
    struct latex x = { .at = text, .end = text + strlen(text), .out = out };

    if (!strpbrk(text, "\\${}~`'-")) {
        str_add(out, text);
        return;
    }
    latex_run(&x, NULL);
}
