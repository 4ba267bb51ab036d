/*
 * What an edit of a note has seen: the latest stamp of each machine, as text "ID:STAMP ID:STAMP "
 * in order of the ids (carrel/ops.h). Joined as rows that are sorted once, since strangers may
 * claim to have seen thousands of machines.
 */
#include "ops_internal.h"

#include "carrel/mem.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAST_SETTLE 16384 /* rows that are sorted before there are more */

int64_t past_of(const char *past, const char *machine)
{
    const char *at = strstr(past, machine);

    return at ? (int64_t)strtoull(at + MACHINE_HEX, NULL, 16) : -1;
}

/* By machine, the latest first. */
static int by_machine(const void *a, const void *b)
{
    const struct past_row *one = a, *other = b;
    int order = memcmp(one->machine, other->machine, MACHINE_HEX - 1);

    return order ? order : (one->stamp < other->stamp) - (one->stamp > other->stamp);
}

static void past_settle(struct past *past)
{
    size_t i, kept = 0;

    if (past->len > 0)
        qsort(past->rows, past->len, sizeof *past->rows, by_machine);
    for (i = 0; i < past->len; i++)
        if (kept == 0
            || memcmp(past->rows[i].machine, past->rows[kept - 1].machine, MACHINE_HEX - 1) != 0)
            past->rows[kept++] = past->rows[i];
    past->len = kept;
    past->settled = kept;
}

void past_add(struct past *past, const char *machine, int64_t stamp)
{
    struct past_row row = { .stamp = stamp };

    memcpy(row.machine, machine, MACHINE_HEX - 1);
    VEC_PUSH(past->rows, past->len, past->cap, row);
    if (past->len >= past->settled * 2 + PAST_SETTLE)
        past_settle(past);
}

void past_join(struct past *past, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, " ");

        if (len > MACHINE_HEX)
            past_add(past, text, (int64_t)strtoull(text + MACHINE_HEX, NULL, 16));
        text += len + (text[len] == ' ');
    }
}

void past_text(struct str *out, struct past *past)
{
    size_t i;

    past_settle(past);
    for (i = 0; i < past->len; i++)
        str_printf(out, "%.*s:%" PRIx64 " ", MACHINE_HEX - 1, past->rows[i].machine,
                   (uint64_t)past->rows[i].stamp);
}

void past_clear(struct past *past)
{
    past->len = past->settled = 0;
}

void past_free(struct past *past)
{
    free(past->rows);
}
