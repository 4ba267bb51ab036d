/*
 * changes: what differs between the version of a paper that was read and the newest one.
 */
#include "commands.h"

#include "carrel/jsonw.h"
#include "carrel/paper_changes.h"

#include <stdlib.h>
#include <string.h>

#define CHANGES_LISTED 1000

/* ---- as text ---- */

static const struct worddiff_marks colors = { "\033[31m", "\033[32m", "\033[0m" };

static void print_lines(struct str *out, const char *text)
{
    const char *at = text;

    str_add(out, "    ");
    for (; *at; at++) {
        str_add_char(out, *at);
        if (*at == '\n' && at[1])
            str_add(out, "    ");
    }
    if (at > text && at[-1] != '\n')
        str_add_char(out, '\n');
}

static void print_part(struct command_call *call, const struct changed_part *part)
{
    const struct worddiff_marks *marks = call->app->color == COLOR_ALWAYS ? &colors : NULL;
    const char *heading = "";
    struct str text = STR_INIT;
    size_t from = 0, to = 0;

    str_printf(&call->out, "\n%s: ", part->name);
    changed_part_counts(&call->out, part);
    str_add_char(&call->out, '\n');
    if (part->around == 0) {
        worddiff_print(&text, &part->diff, marks);
        print_lines(&call->out, text.ptr);
    }
    while (part->around > 0 && worddiff_passage(&part->diff, part->around, &from, &to)) {
        if (part->headings && strcmp(part->headings[from], heading) != 0) {
            heading = part->headings[from];
            str_printf(&call->out, "  %s\n", heading);
        }
        str_clear(&text);
        worddiff_print_passage(&text, &part->diff, from, to, part->around, marks);
        print_lines(&call->out, text.ptr);
    }
    str_free(&text);
}

static void print_head(struct command_call *call, const struct paper_changes *changes)
{
    str_printf(&call->out, "%s  %s\n", changes->row.key, changes->title);
    str_add(&call->out, "    ");
    paper_changes_span(&call->out, changes);
    str_add(&call->out, changes->from && changes->to ? "; " : "");
    paper_changes_summary(&call->out, changes);
    str_add_char(&call->out, '\n');
}

static void print_whole(struct command_call *call, const struct paper_changes *changes)
{
    size_t i;

    print_head(call, changes);
    for (i = 0; i < changes->edition_count && changes->edition_count > 1; i++) {
        str_add(&call->out, i ? "" : "\n");
        edition_line(&call->out, &changes->editions[i]);
        str_add_char(&call->out, '\n');
    }
    for (i = 0; i < changes->part_count; i++)
        print_part(call, &changes->parts[i]);
    if (changes->note)
        str_printf(&call->out, "\n%s\n", changes->note);
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

static void json_changes(struct jsonw *w, const struct paper_changes *changes, bool whole)
{
    size_t i;

    jsonw_object(w);
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
    jsonw_end(w);
}

/* ---- the command ---- */

/* Which papers: those named, else what was read and has changed. */
static int changes_works(struct command_call *call, int64_t **works, size_t *count,
                         struct error *err)
{
    char **ids;
    size_t i, len;
    int result;

    if (call->argc == 0)
        return works_news(works, count, call->store, call->arena, CHANGES_LISTED, err);
    result = call_ids(call, 0, &ids, &len, err);
    *works = arena_alloc(call->arena, (len + 1) * sizeof **works);
    for (i = 0; i < len && result == ERR_OK; i++)
        result = works_find(call->store, &(*works)[(*count)++], ids[i], err);
    return result;
}

static int changes_one(struct command_call *call, struct jsonw *w, int64_t work, bool whole,
                       struct error *err)
{
    struct paper_changes changes;
    int result = paper_changes_read(&changes, call->store, call->arena, work,
                                    call_option(call, "--since"), whole, err);

    if (result != ERR_OK)
        return result;
    if (w)
        json_changes(w, &changes, whole);
    else if (whole)
        print_whole(call, &changes);
    else
        print_head(call, &changes);
    return call_out(call, err);
}

int cmd_changes(struct command_call *call, struct error *err)
{
    bool json = call_has(call, "--json"), whole = call->argc > 0;
    struct jsonw w;
    int64_t *works = NULL;
    size_t count = 0, i;
    int result = changes_works(call, &works, &count, err);

    if (json && result == ERR_OK)
        jsonw_items(&w, &call->out);
    for (i = 0; i < count && result == ERR_OK; i++) {
        if (i > 0 && whole && !json)
            str_add_char(&call->out, '\n');
        result = changes_one(call, json ? &w : NULL, works[i], whole, err);
    }
    if (json && result == ERR_OK)
        jsonw_items_end(&w);
    else if (count == 0 && result == ERR_OK)
        str_add(&call->say, "nothing that you have read has changed since\n");
    return result;
}
