/*
 * changes: what differs between the version of a paper that was read and the newest one.
 */
#include "commands.h"

#include "carrel/jsonw.h"
#include "carrel/paper_changes.h"

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
    if (w) {
        jsonw_object(w);
        paper_changes_json(w, &changes, whole);
        jsonw_end(w);
    } else if (whole)
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
