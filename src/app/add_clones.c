/* add, of repositories: what is cloned, at once or by a job. */
#include "add.h"

#include "clone.h"

#include <stdlib.h>
#include <string.h>

/* An address of Git's or a folder with a repository; with --clone any repository. GitHub tells
 * about its own without a clone. */
static bool add_is_clone(const struct command_call *call, const char *asked)
{
    struct ident ident;

    if (clone_is_for(asked))
        return true;
    return ident_parse(&ident, asked) && ident.scheme == ID_REPO
           && (call_has(call, "--clone") || !str_starts(ident.value, "github.com/"));
}

/* Is it of the one that was asked for, or would every other fail the same way? */
static bool add_fails_alone(int code)
{
    return code != ERR_CANCELLED && code != ERR_FULL && code != ERR_READONLY && code != ERR_CORRUPT
           && code != ERR_BUSY;
}

/* "https://me:secret@host/x" is told as "https://host/x". */
static const char *without_secrets(struct arena *arena, const char *address)
{
    const char *host = strstr(address, "://"), *user;

    host = host ? host + 3 : address;
    user = strchr(host, '@');
    if (host == address || !user || (size_t)(user - host) > strcspn(host, "/"))
        return address;
    return arena_printf(arena, "%.*s%s", (int)(host - address), address, user + 1);
}

static int add_clone(struct command_call *call, struct add_item *item, struct error *err)
{
    struct clone_progress_line line;
    struct clone_options options = { .cancel = call->cancel, .as = call_option(call, "--as") };
    struct error why = { 0 };
    struct cloned cloned;
    int result;

    clone_progress_begin(&line, call, &options);
    result = clone_repository(call->app, call->arena, item->asked, &options, &cloned, &why);
    clone_progress_end(&line);
    item->repository = cloned.repository;
    item->fetched = result == ERR_OK && cloned.changed;
    item->asked = without_secrets(call->arena, item->asked);
    if (result != ERR_OK && add_fails_alone(result)) {
        item->why = arena_strdup(call->arena, why.message);
        item->usage = result == ERR_USAGE;
        item->failed = result != ERR_NOTFOUND && result != ERR_USAGE ? result : ERR_OK;
        return ERR_OK;
    }
    return result == ERR_OK ? ERR_OK : error_set(err, result, "%s", why.message);
}

/* At the desk, or when it is wished so, in the background. */
static int add_clone_job(struct command_call *call, struct add_item *item, struct error *err)
{
    char *whole = realpath(item->asked, NULL);
    struct vcs_address address;
    int64_t id;
    int result = ERR_OK;

    if (clone_is_for(item->asked))
        result = vcs_address(call->arena, item->asked, &address, err);
    if (result == ERR_OK)
        result = clone_ask(call->store, whole ? whole : item->asked, call_option(call, "--as"), &id,
                           err);

    free(whole);
    if (result == ERR_OK)
        str_printf(&call->out, "job %lld clones %s\n", (long long)id, item->asked);
    item->job = true;
    return result;
}

int add_clones(struct command_call *call, struct adding *adding, struct error *err)
{
    bool behind = call->desk || call_has(call, "--background");
    size_t i;
    int result = ERR_OK;

    if (call_option(call, "--as") && (adding->count != 1 || !clone_is_for(adding->items[0].asked)))
        return error_set(err, ERR_USAGE, "--as wants one folder or address of Git's to clone");
    for (i = 0; i < adding->count && result == ERR_OK; i++) {
        struct add_item *item = &adding->items[i];

        if (!add_is_clone(call, item->asked))
            continue;
        item->file = true;
        result = behind ? add_clone_job(call, item, err) : add_clone(call, item, err);
        if (item->failed)
            adding->failure = item->failed;
    }
    return result;
}
