/*
 * The command `tags`: the tree of tags, and what renames or removes a branch of it.
 */
#include "commands.h"
#include "each_paper.h"
#include "list_rows.h"

#include "carrel/tags.h"

#include <inttypes.h>
#include <string.h>

static void tag_text(struct str *out, const void *at)
{
    const struct tag_row *row = at;

    str_printf(out, "%6" PRId64 " unread of %6" PRId64 "  %*s%s\n", row->unread, row->count,
               2 * row->depth, "", row->name);
}

static void tag_json(struct jsonw *w, const void *row)
{
    tag_row_json(w, row);
}

static int tags_print(struct command_call *call, struct error *err)
{
    struct list_rows list = { .size = sizeof(struct tag_row),
                              .text = tag_text,
                              .json = tag_json,
                              .none = "no tags yet; put one on with: carrel tag TAG ID...\n" };
    struct tag_row *rows;
    int result = tags_list(&rows, &list.count, call->store, call->arena, err);

    list.rows = rows;
    if (result == ERR_OK)
        list_rows(call, &list);
    return result;
}

static int tag_known(bool *known, struct command_call *call, const char *tag, struct error *err)
{
    struct tag_row *rows;
    size_t count, i;
    int result = tags_list(&rows, &count, call->store, call->arena, err);

    for (i = 0; result == ERR_OK && i < count && !*known; i++)
        *known = strcmp(rows[i].name, tag) == 0;
    return result;
}

static int tags_change(struct command_call *call, const char *to, struct error *err)
{
    bool joins = false;
    int64_t changed;
    int result = to ? words_fit("the tag", to, err) : ERR_OK;

    if (result == ERR_OK && to)
        result = tag_known(&joins, call, to, err);
    if (result == ERR_OK)
        result = tags_rename(call->store, call->argv[1], to, &changed, err);
    if (result == ERR_OK)
        str_printf(&call->say, "%s %s%s%s on %" PRId64 " paper%s; 'undo' %s\n", call->argv[1],
                   !to     ? "is taken off"
                   : joins ? "joins "
                           : "is called ",
                   to ? to : "", joins ? ", which was there already," : "", changed,
                   changed == 1 ? "" : "s", joins ? "parts them" : "takes it back");
    return result;
}

int cmd_tags(struct command_call *call, struct error *err)
{
    const char *what = call->argc > 0 ? call->argv[0] : "list";

    if (strcmp(what, "list") == 0 && call->argc <= 1)
        return tags_print(call, err);
    if (strcmp(what, "rename") == 0 && call->argc == 3)
        return tags_change(call, call->argv[2], err);
    if (strcmp(what, "rm") == 0 && call->argc == 2)
        return tags_change(call, NULL, err);
    return error_set(err, ERR_USAGE, "tags list, tags rename TAG NEW, or tags rm TAG");
}
