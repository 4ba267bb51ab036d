/*
 * The command `tags`: the tree of tags, and what renames or removes a branch of it.
 */
#include "commands.h"
#include "each_paper.h"

#include "carrel/jsonw.h"
#include "carrel/tags.h"

#include <inttypes.h>
#include <string.h>

static int tags_print(struct command_call *call, struct error *err)
{
    struct tag_row *rows;
    struct jsonw w;
    bool json = call_has(call, "--json");
    size_t count, i;
    int result = tags_list(&rows, &count, call->store, call->arena, err);

    if (result != ERR_OK)
        return result;
    if (json)
        jsonw_items(&w, &call->out);
    for (i = 0; i < count; i++) {
        if (!json) {
            str_printf(&call->out, "%6" PRId64 " unread of %6" PRId64 "  %*s%s\n", rows[i].unread,
                       rows[i].count, 2 * rows[i].depth, "", rows[i].name);
            continue;
        }
        jsonw_object(&w);
        jsonw_key_string(&w, "name", rows[i].name);
        jsonw_key_int(&w, "depth", rows[i].depth);
        jsonw_key_int(&w, "count", rows[i].count);
        jsonw_key_int(&w, "unread", rows[i].unread);
        jsonw_end(&w);
    }
    if (json)
        jsonw_items_end(&w);
    else if (count == 0)
        str_add(&call->say, "no tags yet; put one on with: carrel tag TAG ID...\n");
    return ERR_OK;
}

static int tags_change(struct command_call *call, const char *to, struct error *err)
{
    int64_t changed;
    int result = to ? words_fit("the tag", to, err) : ERR_OK;

    if (result == ERR_OK)
        result = tags_rename(call->store, call->argv[1], to, &changed, err);
    if (result == ERR_OK)
        str_printf(&call->say, "%s %s%s on %" PRId64 " paper%s; 'undo' takes it back\n",
                   call->argv[1], to ? "is called " : "is taken off", to ? to : "", changed,
                   changed == 1 ? "" : "s");
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
