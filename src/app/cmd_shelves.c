/*
 * Commands of what the reader puts into an order: the queue of papers put off, and collections.
 */
#include "commands.h"
#include "each_paper.h"
#include "list_rows.h"

#include "carrel/shelves.h"
#include "carrel/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 100000000

/* ---- rows ---- */

/* "  1  +3  40%  arxiv:1706.03762  Attention Is All You Need" */
static void row_text(struct str *out, int64_t place, const struct work_row *row, int percent)
{
    struct str title = STR_INIT;
    char priority[16] = "", read[16] = "";

    if (row->priority)
        snprintf(priority, sizeof priority, "%+d", row->priority);
    if (percent >= 0)
        snprintf(read, sizeof read, "%d%%", percent);
    text_from_latex(&title, row->title);
    str_printf(out, "%4" PRId64 " %3s %4s  %s  %s\n", place, priority, read, row->key, title.ptr);
    str_free(&title);
}

static void row_json(struct jsonw *w, int64_t place, const struct work_row *row, int percent)
{
    jsonw_object(w);
    jsonw_key_int(w, "place", place);
    jsonw_key_string(w, "id", row->key);
    jsonw_key_string(w, "title", row->title);
    jsonw_key_string(w, "state", read_state_name(row->state));
    jsonw_key_int(w, "priority", row->priority);
    jsonw_key(w, "percent");
    if (percent >= 0)
        jsonw_int(w, percent);
    else
        jsonw_null(w);
    jsonw_end(w);
}

/* Papers in their order, `limit` of them at most. */
static int print_shelf(struct command_call *call, const int64_t *works, size_t count,
                       struct error *err)
{
    struct work_row row;
    struct jsonw w;
    bool json = call_has(call, "--json");
    long limit = ROWS_MAX;
    int percent, result = call_number(call, "--limit", 1, ROWS_MAX, &limit, err);
    size_t i;

    if (result != ERR_OK)
        return result;
    if (json)
        jsonw_items(&w, &call->out);
    for (i = 0; i < count && i < (size_t)limit && result == ERR_OK; i++) {
        result = works_rows(call->store, call->arena, &works[i], 1, &row, err);
        if (result == ERR_OK)
            result = reading_percent(&percent, call->store, works[i], err);
        if (result == ERR_OK && row.id && json)
            row_json(&w, (int64_t)i + 1, &row, percent);
        else if (result == ERR_OK && row.id)
            row_text(&call->out, (int64_t)i + 1, &row, percent);
    }
    if (json)
        jsonw_items_end(&w);
    return result;
}

/* ---- the queue ---- */

int cmd_queue(struct command_call *call, struct error *err)
{
    int64_t *works;
    size_t count;
    int result = queue_order(&works, &count, call->store, call->arena, err);

    if (result == ERR_OK)
        result = print_shelf(call, works, count, err);
    if (result == ERR_OK && count == 0 && !call_has(call, "--json"))
        str_add(&call->say, "nothing is put off; L at the desk, or carrel mark later ID\n");
    return result;
}

/* A priority for what is put off; what is not, is put off with it. */
static int priority_one(struct each_paper *each, int64_t work, struct error *err)
{
    struct store *store = each->call->store;
    struct work_row row;
    int result = works_rows(store, each->call->arena, &work, 1, &row, err);

    if (result == ERR_OK && row.state != READ_LATER)
        result = state_mark(store, work, READ_LATER, err);
    if (result == ERR_OK)
        result =
            state_priority(store, work, each->on ? row.priority + each->number : each->number, err);
    return result;
}

int cmd_priority(struct command_call *call, struct error *err)
{
    struct each_paper each = { .call = call, .apply = priority_one };
    const char *word = call->argc > 0 ? call->argv[0] : "";
    int64_t changed;
    size_t count;
    long number;
    int result;

    if (!str_to_long(word + (*word == '+'), -2 * PRIORITY_MAX, 2 * PRIORITY_MAX, &number)
        || (isdigit((unsigned char)*word) && number > PRIORITY_MAX))
        return error_set(err, ERR_USAGE,
                         "which priority? 0 to %d, or +1 and -1 for one more and one less: carrel "
                         "priority +1 ID...",
                         PRIORITY_MAX);
    each.number = (int)number;
    each.on = *word == '+' || *word == '-';
    result = each_paper(&each, 1, &count, &changed, err);
    if (result == ERR_OK)
        str_printf(&call->say, "%zu %s %s in the queue\n", count, count == 1 ? "paper" : "papers",
                   !each.on     ? count == 1 ? "has that priority" : "have that priority"
                   : number > 0 ? "moved up"
                                : "moved down");
    return result;
}

/* ---- collections ---- */

static int collect_one(struct each_paper *each, int64_t work, struct error *err)
{
    struct store *store = each->call->store;
    int result = ERR_OK;

    if (!each->on)
        return state_collect(store, work, each->word, NULL, err);
    if (each->end == 0) /* asked once, within the step */
        result = collection_end(&each->end, store, each->word, err);
    return result == ERR_OK ? collection_put(store, each->word, work, &each->end, err) : result;
}

/* A collection that is not there loses nothing: what may have been meant is offered. */
static int collection_known(struct command_call *call, const char *name, struct error *err)
{
    struct nearest nearest = { .typed = name };
    struct collection *items;
    size_t count, i;
    int result = collections_list(&items, &count, call->store, call->arena, err);

    if (result != ERR_OK)
        return result;
    for (i = 0; i < count && strcmp(items[i].name, name) != 0; i++)
        nearest_offer(&nearest, items[i].name);
    if (i < count)
        return ERR_OK;
    return error_set(err, ERR_NOTFOUND, "no collection called '%s'%s%s%s", name,
                     nearest.best ? "; did you mean '" : "", nearest.best ? nearest.best : "",
                     nearest.best ? "'?" : "");
}

static int collect_all(struct command_call *call, bool on, struct error *err)
{
    struct each_paper each = { .call = call, .apply = collect_one, .on = on };
    int64_t changed;
    size_t count;
    int result = each_paper_word(&each, on ? "collect" : "uncollect", "collection", "NAME", err);

    if (result == ERR_OK && !on)
        result = collection_known(call, each.word, err);
    if (result == ERR_OK)
        result = each_paper(&each, 1, &count, &changed, err);
    if (result == ERR_OK) {
        str_printf(&call->say, "%" PRId64 " %s %s %s", changed, changed == 1 ? "paper" : "papers",
                   on ? "put into" : "taken out of", each.word);
        each_paper_same(&call->say, count, changed);
    }
    return result;
}

int cmd_collect(struct command_call *call, struct error *err)
{
    return collect_all(call, true, err);
}

int cmd_uncollect(struct command_call *call, struct error *err)
{
    return collect_all(call, false, err);
}

static void collection_text(struct str *out, const void *row)
{
    const struct collection *item = row;

    str_printf(out, "%-20s %6" PRId64 " unread of %6" PRId64 "\n", item->name, item->unread,
               item->count);
}

static void collection_json(struct jsonw *w, const void *row)
{
    const struct collection *item = row;

    jsonw_object(w);
    jsonw_key_string(w, "name", item->name);
    jsonw_key_int(w, "count", item->count);
    jsonw_key_int(w, "unread", item->unread);
    jsonw_end(w);
}

static int collection_list(struct command_call *call, struct error *err)
{
    struct list_rows list = {
        .size = sizeof(struct collection),
        .text = collection_text,
        .json = collection_json,
        .none = "no collections yet; make one with: carrel collect NAME ID...\n",
    };
    struct collection *items;
    int result = collections_list(&items, &list.count, call->store, call->arena, err);

    list.rows = items;
    if (result == ERR_OK)
        list_rows(call, &list);
    return result;
}

static int collection_show(struct command_call *call, struct error *err)
{
    int64_t *works;
    size_t count;
    int result = collection_known(call, call->argv[1], err);

    if (result == ERR_OK)
        result = collection_order(&works, &count, call->store, call->arena, call->argv[1], err);
    return result == ERR_OK ? print_shelf(call, works, count, err) : result;
}

static int collection_shift(struct command_call *call, struct error *err)
{
    const char *name = call->argv[1], *where = call->argv[3];
    bool relative = *where == '+' || *where == '-';
    int64_t work, place = 0;
    long number;
    int result;

    if (!str_to_long(where + (*where == '+'), -ROWS_MAX, ROWS_MAX, &number))
        return error_set(err, ERR_USAGE, "'%s' is no place: 1 is the first, +1 one further down",
                         where);
    result = works_find(call->store, &work, call->argv[2], err);
    if (result == ERR_OK)
        result = collection_place(&place, call->store, name, work, err);
    number = relative ? (long)place + number : number;
    if (result == ERR_OK)
        result = collection_move(call->store, name, work, number, err);
    if (result == ERR_OK)
        result = collection_place(&place, call->store, name, work, err);
    if (result == ERR_OK)
        str_printf(&call->say, "%s stands at %" PRId64 " of %s\n", call->argv[2], place, name);
    return result;
}

static int collection_go(struct command_call *call, struct error *err)
{
    const char *name = call->argv[1], *to = call->argc > 2 ? call->argv[2] : NULL;
    bool joins = false;
    int64_t count;
    int result = to ? words_fit("the collection", to, err) : ERR_OK;

    if (result == ERR_OK)
        result = collection_known(call, name, err);
    if (result == ERR_OK && to)
        joins = collection_known(call, to, NULL) == ERR_OK;
    call_watch(call, true);
    if (result == ERR_OK)
        result = collection_rename(call->store, name, to, &count, err);
    call_watch(call, false);
    if (result == ERR_OK && joins)
        str_printf(&call->say,
                   "%s was there already: the %" PRId64 " paper%s of %s %s in it now; 'undo' parts "
                   "them\n",
                   to, count, count == 1 ? "" : "s", name, count == 1 ? "is" : "are");
    else if (result == ERR_OK && to)
        str_printf(&call->say, "%s is called %s now: %" PRId64 " paper%s\n", name, to, count,
                   count == 1 ? "" : "s");
    else if (result == ERR_OK)
        str_printf(&call->say, "%s is gone; its %" PRId64 " paper%s; 'undo' brings it back\n", name,
                   count, count == 1 ? " stays" : "s stay");
    return result;
}

int cmd_collection(struct command_call *call, struct error *err)
{
    static const struct {
        const char *word;
        int words;
        int (*run)(struct command_call *call, struct error *err);
    } words[] = { { "list", 1, collection_list },
                  { "show", 2, collection_show },
                  { "move", 4, collection_shift },
                  { "rename", 3, collection_go },
                  { "rm", 2, collection_go } };
    const char *what = call->argc > 0 ? call->argv[0] : "list";
    size_t i;

    for (i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(words[i].word, what) == 0
            && (call->argc == words[i].words || (i == 0 && call->argc == 0)))
            return words[i].run(call, err);
    return error_set(err, ERR_USAGE,
                     "collection list, show NAME, move NAME ID PLACE, rename NAME NEW or rm NAME");
}
