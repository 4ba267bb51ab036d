/*
 * What changed in a paper, in words: which versions, how much in which part.
 */
#include "carrel/paper_changes.h"

#include "carrel/text.h"

#include <stdio.h>

void paper_changes_span(struct str *out, const struct paper_changes *changes)
{
    if (!changes->from || !changes->to)
        return;
    edition_name(out, changes->from);
    str_add(out, changes->read_from ? " (read) to " : " to ");
    edition_name(out, changes->to);
    if (changes->to->withdrawn)
        str_add(out, ", withdrawn");
}

void changed_part_counts(struct str *out, const struct changed_part *part)
{
    const struct worddiff *diff = &part->diff;

    if (diff->came + diff->gone == 0)
        str_add(out, "only punctuation");
    else if (diff->gone == 0)
        str_printf(out, "%zu word%s added", diff->came, diff->came == 1 ? "" : "s");
    else if (diff->came == 0)
        str_printf(out, "%zu word%s removed", diff->gone, diff->gone == 1 ? "" : "s");
    else
        str_printf(out, "%zu word%s added, %zu removed", diff->came, diff->came == 1 ? "" : "s",
                   diff->gone);
}

void paper_changes_summary(struct str *out, const struct paper_changes *changes)
{
    size_t i;

    if (changes->why) {
        str_add(out, changes->why);
        return;
    }
    if (changes->part_count == 0)
        str_add(out, "no word of it has changed");
    for (i = 0; i < changes->part_count; i++) {
        str_printf(out, "%s%s: ", i ? "; " : "", changes->parts[i].name);
        changed_part_counts(out, &changes->parts[i]);
    }
}

void edition_line(struct str *out, const struct edition *edition)
{
    const struct record *last = edition->len > 0 ? &edition->words[edition->len - 1].record : NULL;
    char number[16] = "-";

    if (edition->number > 0)
        snprintf(number, sizeof number, "v%d", edition->number);
    str_printf(out, "%-4s %-10.10s", number, *edition->at ? edition->at : "");
    if (*edition->size)
        str_printf(out, "  %s", edition->size);
    if (edition->withdrawn)
        str_add(out, "  withdrawn");
    if (last && last->comment) {
        str_add(out, "  ");
        text_from_latex(out, last->comment);
    } else if (!last) {
        str_add(out, "  (its words were never here)");
    }
}
