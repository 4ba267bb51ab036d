/*
 * What changed in a paper, in words (which versions, how much in which part) and as JSON.
 */
#include "carrel/paper_changes.h"

#include "carrel/jsonw.h"
#include "carrel/text.h"

#include <stdio.h>
#include <stdlib.h>

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

/* ---- as JSON ---- */

static void json_edition(struct jsonw *w, const struct edition *edition, bool whole)
{
    const struct record *last = edition->len > 0 ? &edition->words[edition->len - 1].record : NULL;

    jsonw_object(w);
    if (edition->number > 0)
        jsonw_key_int(w, "version", edition->number);
    if (*edition->at)
        jsonw_key_string(w, "at", edition->at);
    if (*edition->size)
        jsonw_key_string(w, "size", edition->size);
    if (edition->withdrawn)
        jsonw_key_bool(w, "withdrawn", true);
    if (whole && last && last->comment)
        jsonw_key_string(w, "comment", last->comment);
    if (whole)
        jsonw_key_bool(w, "here", last != NULL);
    jsonw_end(w);
}

static void json_part(struct jsonw *w, const struct changed_part *part, bool whole)
{
    static const char *const kinds[] = {
        [DIFF_SAME] = "same", [DIFF_GONE] = "removed", [DIFF_CAME] = "added"
    };
    size_t i;

    jsonw_object(w);
    jsonw_key_string(w, "name", part->name);
    jsonw_key_int(w, "added", (int64_t)part->diff.came);
    jsonw_key_int(w, "removed", (int64_t)part->diff.gone);
    jsonw_key_bool(w, "coarse", part->diff.coarse);
    if (whole) {
        jsonw_key(w, "diff");
        jsonw_array(w);
    }
    for (i = 0; i < part->diff.len && whole; i++) {
        const struct diff_run *run = &part->diff.runs[i];
        char *text = mem_strndup(run->text, run->len);

        jsonw_object(w);
        jsonw_key_string(w, kinds[run->kind], text);
        if (part->headings && run->kind != DIFF_SAME && *part->headings[i])
            jsonw_key_string(w, "section", part->headings[i]);
        jsonw_end(w);
        free(text);
    }
    if (whole)
        jsonw_end(w);
    jsonw_end(w);
}

void paper_changes_json(struct jsonw *w, const struct paper_changes *changes, bool whole)
{
    size_t i;

    jsonw_key_string(w, "id", changes->row.key);
    jsonw_key_string(w, "title", changes->row.title);
    jsonw_key(w, "versions");
    jsonw_array(w);
    for (i = 0; i < changes->edition_count; i++)
        json_edition(w, &changes->editions[i], true);
    jsonw_end(w);
    if (changes->from && changes->to) {
        jsonw_key(w, "from");
        json_edition(w, changes->from, false);
        jsonw_key_bool(w, "read", changes->read_from);
        jsonw_key(w, "to");
        json_edition(w, changes->to, false);
    }
    jsonw_key(w, "parts");
    jsonw_array(w);
    for (i = 0; i < changes->part_count; i++)
        json_part(w, &changes->parts[i], whole);
    jsonw_end(w);
    jsonw_key_string(w, "nothing", changes->why);
    jsonw_key_string(w, "note", changes->note);
}
