/*
 * Papers out of the library and back: rm, and the bin that they lie in until it is emptied.
 */
#include "commands.h"

#include "carrel/bin.h"
#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/search.h"
#include "carrel/state.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MOST 50      /* that are shown without --limit */
#define LIST_ALL 10000000 /* the most that --limit takes */
#define HANDFUL 5         /* papers that an empty query removes without being asked twice */

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

/* How it is taken back, where it was said. */
static const char *undo_word(const struct command_call *call)
{
    return call->desk ? "u" : "carrel undo";
}

void say_binned(struct str *out, int64_t count)
{
    if (count > 0)
        str_printf(out,
                   "%" PRId64 " %s in the bin, of papers that were removed: carrel bin restore ID "
                   "brings one back\n",
                   count, count == 1 ? "is" : "are");
}

void query_of_added(struct str *out, int64_t from, int64_t to)
{
    char first[32], last[32];

    time_format_ms(first, from);
    time_format_ms(last, to);
    str_printf(out, "added:%s..%s", first, last);
}

/* ---- what a query finds ---- */

struct found {
    int64_t *works;
    size_t count, cap;
};

static int found_one(void *ctx, int64_t work)
{
    struct found *found = ctx;

    VEC_PUSH(found->works, found->count, found->cap, work);
    return 0;
}

/* What is gone since is left out. */
static int found_names(struct command_call *call, const struct found *found, char **names,
                       size_t *count, struct error *err)
{
    size_t i;
    int result = works_keys(call->store, call->arena, found->works, found->count, names, err);

    for (i = 0; i < found->count && result == ERR_OK; i++)
        if (names[i])
            names[(*count)++] = names[i];
    return result;
}

static bool rm_is_sure(const struct command_call *call)
{
    return call_has(call, "--yes") || call_has(call, "--dry-run");
}

/* The papers that are named, or that the query finds. At the desk those at hand come with every
 * line. */
static int rm_names(struct command_call *call, char ***names, size_t *count, struct error *err)
{
    const char *query = call_option(call, "--query");
    struct found found = { .count = 0 };
    int result;

    *count = 0;
    if (!query)
        return call_ids(call, 0, names, count, err);
    if (call->argc > 0 && !call->desk)
        return error_set(err, ERR_USAGE, "either papers or --query, not both");
    result = search_each(call->store, query, found_one, &found, err);
    *names = arena_alloc(call->arena, (found.count + 1) * sizeof **names);
    if (result == ERR_OK)
        result = found_names(call, &found, *names, count, err);
    free(found.works);
    if (result == ERR_OK && *count == 0)
        result = error_set(err, ERR_NOTFOUND, "no paper is found by '%s'", query);
    if (result == ERR_OK && *count > HANDFUL && str_blank(query) && !rm_is_sure(call))
        result = error_set(err, ERR_USAGE,
                           "an empty query finds all %zu papers: --yes removes them, --dry-run "
                           "shows them, and a query takes some",
                           *count);
    return result;
}

/* ---- rm ---- */

static void say_removed(struct command_call *call, const struct bin_counts *counts,
                        const char *first)
{
    struct str *say = &call->say;

    if (counts->papers == 0)
        str_printf(say, "%" PRId64 " paper%s %s in the bin already\n", counts->others,
                   plural(counts->others), counts->others == 1 ? "was" : "were");
    else if (counts->papers == 1)
        str_printf(say, "%s is in the bin; %s brings it back\n", first, undo_word(call));
    else
        str_printf(say, "%" PRId64 " papers are in the bin; %s brings them back\n", counts->papers,
                   undo_word(call));
}

/* What rm would take, a line each. */
static int rm_show(struct command_call *call, char *const *names, size_t count, struct error *err)
{
    struct work_row row;
    int64_t work, gone = 0;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++) {
        result = works_find(call->store, &work, names[i], err);
        if (result == ERR_OK)
            result = works_rows(call->store, call->arena, &work, 1, &row, err);
        if (result == ERR_OK && row.id) {
            str_printf(&call->out, "%s  %s\n", row.key, row.title);
            gone++;
        }
        if (result == ERR_OK)
            result = call_out(call, err);
    }
    if (result == ERR_OK)
        str_printf(&call->say, "%" PRId64 " paper%s would go into the bin\n", gone, plural(gone));
    return result;
}

int cmd_rm(struct command_call *call, struct error *err)
{
    struct bin_counts counts;
    const char *first = "";
    char **names;
    size_t count;
    int result = rm_names(call, &names, &count, err);

    if (result == ERR_OK && call_has(call, "--dry-run"))
        return rm_show(call, names, count, err);
    if (result == ERR_OK)
        result = state_named(&first, call->store, call->arena, "gone", names[0], err);
    if (result != ERR_OK)
        return result;
    call_watch(call, true);
    result = library_remove(call->store, names, count, &counts, err);
    call_watch(call, false);
    if (result == ERR_OK)
        say_removed(call, &counts, first);
    return result;
}

/* ---- bin ---- */

static void bin_text(struct str *out, const struct bin_paper *paper)
{
    char at[32];

    time_format(at, paper->at);
    str_printf(out, "%.10s %.5s  %s  %s\n", at, at + 11, paper->key, paper->title);
}

static void bin_json(struct jsonw *w, const struct bin_paper *paper)
{
    jsonw_object(w);
    jsonw_key_string(w, "id", paper->key);
    jsonw_key_string(w, "title", paper->title);
    jsonw_key_time(w, "removed", paper->at);
    jsonw_key_int(w, "records", paper->records);
    jsonw_end(w);
}

static int bin_show(struct command_call *call, struct error *err)
{
    struct bin_paper *papers;
    struct jsonw w;
    bool json = call_has(call, "--json"), ids = call_has(call, "--ids");
    int64_t all = 0;
    size_t count, i;
    long limit = ids ? LIST_ALL : LIST_MOST;
    int result = call_number(call, "--limit", 1, LIST_ALL, &limit, err);

    if (result == ERR_OK)
        result = bin_list(&papers, &count, call->store, call->arena, (size_t)limit, err);
    if (result == ERR_OK)
        result = bin_count(call->store, &all, err);
    if (result != ERR_OK)
        return result;
    if (json)
        jsonw_items(&w, &call->out);
    for (i = 0; i < count; i++) {
        if (json)
            bin_json(&w, &papers[i]);
        else if (ids)
            str_printf(&call->out, "%s\n", papers[i].key);
        else
            bin_text(&call->out, &papers[i]);
    }
    if (json)
        jsonw_items_end(&w);
    else if (all == 0)
        str_add(&call->say, "the bin is empty\n");
    else if (all > (int64_t)count)
        str_printf(&call->say, "the last %zu of %" PRId64 "; --limit N shows more\n", count, all);
    return ERR_OK;
}

static void say_returned(struct command_call *call, const struct bin_counts *counts,
                         const char *first)
{
    struct str *say = &call->say;

    if (counts->papers == 1)
        str_printf(say, "%s is back\n", first);
    else if (counts->papers > 1)
        str_printf(say, "%" PRId64 " papers are back\n", counts->papers);
    if (counts->waiting > 0)
        str_printf(say,
                   "%" PRId64 " paper%s: nothing is left of %s here; the next sync, import or add "
                   "that has %s brings %s\n",
                   counts->waiting, plural(counts->waiting), counts->waiting == 1 ? "it" : "them",
                   counts->waiting == 1 ? "it" : "them", counts->waiting == 1 ? "it" : "them");
    if (counts->others > 0)
        str_printf(say, "%" PRId64 " paper%s %s not in the bin\n", counts->others,
                   plural(counts->others), counts->others == 1 ? "is" : "are");
}

/* All that lies there. ERR_NOTFOUND: nothing does. */
static int all_names(struct command_call *call, char ***names, size_t *count, struct error *err)
{
    struct bin_paper *papers;
    size_t i;
    int result = bin_list(&papers, count, call->store, call->arena, LIST_ALL, err);

    if (result != ERR_OK)
        return result;
    if (call->argc > 1)
        return error_set(err, ERR_USAGE, "either papers or --all, not both");
    if (*count == 0)
        return error_set(err, ERR_NOTFOUND, "the bin is empty");
    *names = arena_alloc(call->arena, *count * sizeof **names);
    for (i = 0; i < *count; i++)
        (*names)[i] = papers[i].key;
    return ERR_OK;
}

static int bin_restore(struct command_call *call, struct error *err)
{
    struct bin_counts counts;
    const char *first = "";
    char **names;
    size_t count;
    int result = call_has(call, "--all") ? all_names(call, &names, &count, err)
                                         : call_ids(call, 1, &names, &count, err);

    if (result == ERR_OK)
        result = state_named(&first, call->store, call->arena, "gone", names[0], err);
    if (result != ERR_OK)
        return result;
    call_watch(call, true);
    result = library_return(call->store, names, count, &counts, err);
    call_watch(call, false);
    if (result == ERR_OK)
        say_returned(call, &counts, first);
    return result;
}

/* What cannot be undone wants a word more. */
static int bin_empty(struct command_call *call, struct error *err)
{
    int64_t papers = 0;
    int result = bin_count(call->store, &papers, err);

    if (result == ERR_OK && papers > 0 && !call_has(call, "--yes"))
        return error_set(err, ERR_USAGE,
                         "%" PRId64 " paper%s would be gone for good, which nothing takes back: "
                         "bin empty --yes",
                         papers, plural(papers));
    if (result == ERR_OK)
        result = library_bin_empty(call->store, &papers, err);
    if (result == ERR_OK)
        str_printf(&call->say,
                   papers ? "%" PRId64 " paper%s gone for good; what sources bring of %s goes into "
                            "the bin\n"
                          : "the bin is empty\n",
                   papers, papers == 1 ? " is" : "s are", papers == 1 ? "it" : "them");
    return result;
}

int cmd_bin(struct command_call *call, struct error *err)
{
    static const struct {
        const char *word;
        int (*run)(struct command_call *, struct error *);
    } words[] = { { "list", bin_show }, { "restore", bin_restore }, { "empty", bin_empty } };
    const char *word = call->argc > 0 ? call->argv[0] : "list";
    size_t i;

    for (i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(words[i].word, word) == 0)
            return words[i].run(call, err);
    return error_set(err, ERR_USAGE, "'%.40s': bin takes list, restore ID... (or --all) or empty",
                     word);
}
