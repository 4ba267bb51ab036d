/*
 * A word difference as plain text, whole or passage by passage.
 */
#include "carrel/worddiff.h"

#include <ctype.h>
#include <stdio.h>

/* The start of the word behind `count` words, or the end. */
static size_t words_on(const char *text, size_t len, size_t count)
{
    size_t at = 0;

    for (; count > 0 && at < len; count--) {
        while (at < len && !isspace((unsigned char)text[at]))
            at++;
        while (at < len && isspace((unsigned char)text[at]))
            at++;
    }
    return at;
}

static size_t words_back(const char *text, size_t len, size_t count)
{
    size_t at = len;

    for (; count > 0 && at > 0; count--) {
        while (at > 0 && isspace((unsigned char)text[at - 1]))
            at--;
        while (at > 0 && !isspace((unsigned char)text[at - 1]))
            at--;
    }
    return len - at;
}

/* Marks hug the words; blanks stand behind them, but not between what went and what came for it. */
static void print_changed(struct str *out, const char *open, const struct diff_run *run,
                          const char *close, bool blanks)
{
    size_t len = run->len, from = 0;

    while (from < len && isspace((unsigned char)run->text[from]))
        from++;
    while (len > from && isspace((unsigned char)run->text[len - 1]))
        len--;
    str_printf(out, "%.*s%s%.*s%s%.*s", (int)from, run->text, open, (int)(len - from),
               run->text + from, close, blanks ? (int)(run->len - len) : 0, run->text + len);
}

/* A word that went from behind one that is now followed by punctuation: "light[- and-]{+,+}". */
static bool lacks_blank(const struct str *out, const struct diff_run *run)
{
    unsigned char last = out->len > 0 ? (unsigned char)out->ptr[out->len - 1] : ' ';

    return run->kind == DIFF_GONE && isalnum((unsigned char)run->text[0])
           && (isalnum(last) || last >= 0x80);
}

static void print_run(struct str *out, const struct worddiff *diff, size_t i,
                      const struct worddiff_marks *marks)
{
    const struct diff_run *run = &diff->runs[i];
    const char *end = marks ? marks->end : "";
    char open[32], close[32];

    if (run->kind == DIFF_SAME) {
        str_add_mem(out, run->text, run->len);
        return;
    }
    snprintf(open, sizeof open, "%s%s%s",
             !marks                   ? ""
             : run->kind == DIFF_GONE ? marks->gone
                                      : marks->came,
             run->kind == DIFF_GONE ? "[-" : "{+", lacks_blank(out, run) ? " " : "");
    snprintf(close, sizeof close, "%s%s", run->kind == DIFF_GONE ? "-]" : "+}", end);
    print_changed(out, open, run, close,
                  run->kind == DIFF_CAME || i + 1 == diff->len
                      || diff->runs[i + 1].kind != DIFF_CAME);
}

void worddiff_print(struct str *out, const struct worddiff *diff,
                    const struct worddiff_marks *marks)
{
    size_t i;

    for (i = 0; i < diff->len; i++)
        print_run(out, diff, i, marks);
}

bool worddiff_passage(const struct worddiff *diff, size_t around, size_t *from, size_t *to)
{
    size_t i = *to;

    while (i < diff->len && diff->runs[i].kind == DIFF_SAME)
        i++;
    if (i == diff->len)
        return false;
    *from = i;
    for (; i < diff->len; i++) {
        if (diff->runs[i].kind != DIFF_SAME)
            *to = i + 1;
        else if (diff->runs[i].words > 2 * around + 2)
            break;
    }
    return true;
}

void worddiff_print_passage(struct str *out, const struct worddiff *diff, size_t from, size_t to,
                            size_t around, const struct worddiff_marks *marks)
{
    size_t i, len;

    if (from > 0) {
        const struct diff_run *run = &diff->runs[from - 1];

        len = words_back(run->text, run->len, around);
        str_printf(out, "%s%.*s", len < run->len ? "… " : "", (int)len, run->text + run->len - len);
    }
    for (i = from; i < to; i++)
        print_run(out, diff, i, marks);
    if (to < diff->len) {
        const struct diff_run *run = &diff->runs[to];

        len = words_on(run->text, run->len, around);
        str_printf(out, "%.*s%s", (int)len, run->text, len < run->len ? "…" : "");
    }
}
