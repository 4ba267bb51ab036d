/*
 * add: makes sure that papers and repositories are in the library, and fetches those that are not
 * from the source that can look up their ids. Each id stands for itself: what cannot be had is
 * told, the rest is added. Repositories that are cloned are in add_clones.c, full texts on demand
 * in add_texts.c.
 */
#include "add.h"

#include "hooks.h"
#include "keep.h"
#include "scripts.h"

#include "carrel/bin.h"
#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/harvest.h"
#include "carrel/jsonw.h"
#include "carrel/repositories.h"
#include "carrel/works.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A repository that was asked for by hand is kept up to date from now on. */
static int add_look_repository(struct command_call *call, struct add_item *item, struct error *err)
{
    int result = repositories_find(call->store, &item->repository, item->asked, err);

    if (result == ERR_NOTFOUND)
        item->repository = 0;
    else if (result == ERR_OK)
        result = repository_want(call->store, item->repository, true, err);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

/* What was removed and is asked for by hand comes back, with what the bin has of it. */
static int add_bring_back(struct command_call *call, const char *name, struct error *err)
{
    char *names[] = { arena_strdup(call->arena, name) };
    struct bin_counts counts;
    bool removed = false;
    int result = bin_removed(call->store, &removed, name, err);

    if (result == ERR_OK && removed)
        result = library_return(call->store, names, 1, &counts, err);
    if (result == ERR_OK && removed && counts.papers > 0)
        str_printf(&call->say, "%s was in the bin, and is back\n", name);
    return result;
}

/* Looks for it as it was given, then by what that means. */
static int add_look(struct command_call *call, struct add_item *item, struct error *err)
{
    struct str name = STR_INIT;
    int result;

    if (item->ident.scheme == ID_REPO)
        return add_look_repository(call, item, err);
    result = works_find(call->store, &item->work, item->asked, err);

    if (result == ERR_NOTFOUND && item->ident.scheme != ID_NONE) {
        ident_print(&name, &item->ident);
        result = works_find(call->store, &item->work, name.ptr, err);
    }
    str_free(&name);
    if (result == ERR_NOTFOUND)
        item->work = 0;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static void add_judge(struct add_item *item, struct arena *arena)
{
    if (item->work || item->repository || harvest_looks_up(item->ident.scheme))
        return;
    if (item->ident.scheme == ID_NONE) {
        item->usage = true;
        item->why = "neither a file nor an id that can be fetched: write an arXiv number, a DOI, "
                    "hf:NUMBER, their URL, or a path";
    } else {
        item->why = arena_printf(arena,
                                 "not in this library, and %s: ids cannot be fetched: import a "
                                 "file that has it",
                                 ident_scheme_name(item->ident.scheme));
    }
}

static int add_kept(struct command_call *call, struct add_item *item, const char *name,
                    struct error *err)
{
    int result = add_bring_back(call, name, err);

    return result == ERR_OK ? works_find(call->store, &item->work, name, err) : result;
}

/* A file is read as process does; what it is becomes its paper. */
static int add_file(struct command_call *call, struct keeper *keeper, struct add_item *item,
                    const char *path, struct error *err)
{
    struct error why = { 0 };
    struct kept kept = { 0 };
    char *whole = realpath(path, NULL);
    int result =
        keeper_keep(keeper, path, whole ? whole : path, NULL, false, call->arena, &kept, &why);

    free(whole);
    item->fetched = result == ERR_OK && !kept.unchanged;
    if (result != ERR_OK && kept.only_this)
        item->why = arena_strdup(call->arena, why.message);
    else if (result != ERR_OK)
        return error_set(err, result, "%s", why.message);
    else if (!kept.text)
        item->why = arena_printf(call->arena, "%s: %s", kept.state, kept.message);
    else
        return add_kept(call, item, kept.name, err);
    return ERR_OK;
}

static int add_files(struct command_call *call, struct adding *adding, struct error *err)
{
    struct document_reader_options options = { .config = call->app->config,
                                               .cancel = call->cancel };
    struct keeper *keeper = NULL;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < adding->count && result == ERR_OK; i++) {
        char *path;

        if (adding->items[i].file)
            continue;
        path = path_expand(adding->items[i].asked);
        if (file_exists(path) && !folder_exists(path)) {
            adding->items[i].file = true;
            if (!keeper)
                result = keeper_open(&keeper, call->app, &options, err);
            if (result == ERR_OK)
                result = add_file(call, keeper, &adding->items[i], path, err);
        } else if (folder_exists(path)) {
            adding->items[i].file = adding->items[i].usage = true;
            adding->items[i].why = "a folder: carrel process reads what is in it";
        }
        free(path);
    }
    keeper_close(keeper);
    return result;
}

static int add_sort(struct command_call *call, struct adding *adding, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < adding->count && result == ERR_OK; i++) {
        struct add_item *item = &adding->items[i];

        if (item->file)
            continue;
        if (!ident_parse(&item->ident, item->asked))
            item->ident.scheme = ID_NONE;
        result = add_look(call, item, err);
        if (result == ERR_OK && !item->work && item->ident.scheme != ID_NONE
            && item->ident.scheme != ID_REPO) {
            result = add_bring_back(call, item->asked, err);
            if (result == ERR_OK)
                result = add_look(call, item, err);
        }
        add_judge(item, call->arena);
    }
    return result;
}

static int add_fetch(struct command_call *call, struct adding *adding, struct error *err)
{
    const struct harvest_options options = { .library = call->app->library,
                                             .config = call->app->config,
                                             .version = CARREL_VERSION,
                                             .since = DAY_NONE,
                                             .cancel = call->cancel };
    struct ident *wanted = arena_alloc(call->arena, (adding->count + 1) * sizeof *wanted);
    struct add_item **whose = arena_alloc(call->arena, (adding->count + 1) * sizeof(void *));
    bool *found = arena_alloc(call->arena, adding->count + 1);
    struct error why = { 0 };
    size_t count = 0, i;
    int result;

    for (i = 0; i < adding->count; i++) {
        /* A repository changes: who names a known one wants to know how it is now; but for one that
         * was cloned just now. */
        if (adding->items[i].work || adding->items[i].why || adding->items[i].file)
            continue;
        whose[count] = &adding->items[i];
        wanted[count++] = adding->items[i].ident;
    }
    if (count == 0)
        return ERR_OK;
    result = harvest_lookup(&options, wanted, count, found, &why);
    if (result == ERR_NETWORK || result == ERR_REFUSED || result == ERR_PARSE || result == ERR_BUSY
        || result == ERR_LIMIT || result == ERR_NOTFOUND)
        adding->failure = result;
    else if (result != ERR_OK)
        return error_set(err, result, "%s", why.message);
    result = ERR_OK;
    for (i = 0; i < count && result == ERR_OK; i++) {
        whose[i]->fetched = found[i];
        if (found[i]) /* also those that came before the service failed */
            result = add_look(call, whose[i], err);
        else
            whose[i]->why =
                adding->failure
                    ? arena_strdup(call->arena, why.message)
                    : arena_printf(call->arena, "%s knows no such %s",
                                   harvest_looks_up(wanted[i].scheme),
                                   wanted[i].scheme == ID_REPO ? "repository" : "paper");
    }
    return result;
}

/* What is told of it: id and title, NULL for what could not be had. */
struct add_told {
    const char *id, *title;
};

static int add_read(struct command_call *call, const struct add_item *item, struct add_told *told,
                    struct error *err)
{
    struct repository_row repository;
    struct work_row work;
    int result;

    *told = (struct add_told){ 0 };
    if (item->why)
        return ERR_OK;
    if (item->repository) {
        result =
            repositories_rows(call->store, call->arena, &item->repository, 1, &repository, err);
        if (result == ERR_OK)
            *told = (struct add_told){ arena_printf(call->arena, "repo:%s", repository.key),
                                       *repository.description ? repository.description
                                                               : repository.name };
        return result;
    }
    result = works_rows(call->store, call->arena, &item->work, 1, &work, err);
    if (result == ERR_OK)
        *told = (struct add_told){ work.key, work.title };
    return result;
}

static void add_tell(struct command_call *call, struct jsonw *w, const struct add_item *item,
                     const struct add_told *told)
{
    if (!w) {
        if (told->id)
            str_printf(&call->out, "%s  %s\n", told->id, told->title);
        else
            str_printf(&call->say, "%s: %s\n", item->asked, item->why);
        return;
    }
    jsonw_object(w);
    jsonw_key_string(w, "asked", item->asked);
    jsonw_key_string(w, "id", told->id);
    jsonw_key_string(w, "title", told->title);
    jsonw_key_bool(w, "fetched", item->fetched);
    jsonw_key_string(w, "error", item->why);
    jsonw_end(w);
}

static int add_report(struct command_call *call, const struct adding *adding, struct error *err)
{
    bool json = call_has(call, "--json");
    struct jsonw w;
    size_t i;
    int result = ERR_OK;

    if (json) {
        jsonw_items(&w, &call->out);
    }
    for (i = 0; i < adding->count && result == ERR_OK; i++) {
        struct add_told told;

        if (adding->items[i].job)
            continue;
        result = add_read(call, &adding->items[i], &told, err);
        if (result == ERR_OK)
            add_tell(call, json ? &w : NULL, &adding->items[i], &told);
    }
    if (json) {
        jsonw_items_end(&w);
    }
    return result;
}

static int add_outcome(const struct adding *adding, struct error *err)
{
    const struct add_item *first = NULL;
    size_t missing = 0, i;

    for (i = 0; i < adding->count; i++) {
        if (!adding->items[i].why)
            continue;
        missing++;
        first = first ? first : &adding->items[i];
    }
    if (missing == 0)
        return ERR_OK;
    if (missing == adding->count && adding->failure)
        return error_set(err, ERR_FAILED, "nothing was added");
    if (missing == adding->count)
        return error_set(err, first->usage ? ERR_USAGE : ERR_NOTFOUND, "nothing was added");
    return error_set(err, ERR_PARTIAL, "%zu of %zu could not be added", missing, adding->count);
}

/* ---- no longer by hand ---- */

static int add_stop(struct command_call *call, const char *any_id, struct error *err)
{
    struct repository_full full;
    int64_t id;
    int result = repositories_find(call->store, &id, any_id, err);

    if (result == ERR_OK)
        result = repositories_full(call->store, call->arena, id, &full, err);
    if (result == ERR_OK)
        result = repository_want(call->store, id, false, err);
    if (result != ERR_OK)
        return result;
    str_printf(&call->say,
               full.row.papers > 0 ? "repo:%s: papers link to it, so each sync may ask for it\n"
               : full.wanted       ? "repo:%s is asked for no more; what is known of it stays\n"
                                   : "repo:%s was not kept by hand\n",
               full.row.key);
    return ERR_OK;
}

int cmd_add(struct command_call *call, struct error *err)
{
    struct adding adding = { 0 };
    char **ids;
    size_t i;
    int result = call_ids(call, 0, &ids, &adding.count, err);

    if (result != ERR_OK)
        return result;
    for (i = 0; i < adding.count && call_has(call, "--stop"); i++)
        if ((result = add_stop(call, ids[i], err)) != ERR_OK)
            return result;
    if (call_has(call, "--stop"))
        return ERR_OK;
    adding.items = arena_alloc(call->arena, (adding.count + 1) * sizeof *adding.items);
    for (i = 0; i < adding.count; i++)
        adding.items[i].asked = ids[i];
    hooks_expect(call->store, call->app);
    result = add_clones(call, &adding, err);
    if (result == ERR_OK)
        result = add_files(call, &adding, err);
    if (result == ERR_OK)
        result = add_sort(call, &adding, err);
    if (result == ERR_OK)
        result = add_fetch(call, &adding, err);
    if (result == ERR_OK && call_has(call, "--text"))
        result = add_texts(call, &adding, err);
    if (result == ERR_OK)
        result = add_report(call, &adding, err);
    scripts_after(call, NULL);
    return result == ERR_OK ? add_outcome(&adding, err) : result;
}
