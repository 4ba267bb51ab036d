/*
 * A word difference as plain text, and how much is shown of what is the same.
 */
#include "carrel/worddiff.h"

#include <ctype.h>

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

void diff_run_cut(const struct diff_run *run, bool first, bool last, size_t around, size_t *head,
                  size_t *tail)
{
    *head = run->len;
    *tail = 0;
    if (around == 0 || run->words <= 2 * around + 2)
        return;
    *head = first ? 0 : words_on(run->text, run->len, around);
    *tail = last ? 0 : words_back(run->text, run->len, around);
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

void worddiff_print(struct str *out, const struct worddiff *diff, size_t around)
{
    size_t i, head, tail;

    for (i = 0; i < diff->len; i++) {
        const struct diff_run *run = &diff->runs[i];

        if (run->kind == DIFF_GONE) {
            print_changed(out, "[-", run, "-]",
                          i + 1 == diff->len || diff->runs[i + 1].kind != DIFF_CAME);
        } else if (run->kind == DIFF_CAME) {
            print_changed(out, "{+", run, "+}", true);
        } else {
            diff_run_cut(run, i == 0, i + 1 == diff->len, around, &head, &tail);
            str_add_mem(out, run->text, head);
            if (head + tail < run->len)
                str_printf(out, "…%s", tail ? " " : "");
            str_add_mem(out, run->text + run->len - tail, tail);
        }
    }
}
