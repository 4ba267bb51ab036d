/*
 * Which repository is to be cloned: by its id, its address or a folder, and under which name.
 */
#include "cloning.h"

#include "carrel/hash.h"

#include <string.h>

static int read_known(struct cloning *c, struct error *err)
{
    struct repository_full full;
    int result = repositories_full(c->store, c->arena, c->repository, &full, err);

    if (result != ERR_OK)
        return result;
    c->key = full.repository.key;
    c->known = full.repository.stars >= 0; /* counts come from the host alone */
    if (!c->address.url && full.repository.url)
        c->address.url = full.repository.url;
    result = clones_get(c->store, c->arena, c->repository, &c->before, err);
    if (result == ERR_NOTFOUND)
        c->before.head = NULL;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static int find_known(struct cloning *c, const char *key, struct error *err)
{
    int result =
        repositories_find(c->store, &c->repository, arena_printf(c->arena, "repo:%s", key), err);

    if (result == ERR_NOTFOUND) {
        c->repository = 0;
        c->key = arena_strdup(c->arena, key);
        return ERR_OK;
    }
    return result == ERR_OK ? read_known(c, err) : result;
}

/* By an id: where it was cloned from, else where its page is. */
static int locate_id(struct cloning *c, const char *key, struct error *err)
{
    int result = find_known(c, key, err);

    if (result != ERR_OK)
        return result;
    if (c->before.head)
        return vcs_address(c->arena, c->before.url, &c->address, err);
    if (str_starts(key, "local/"))
        return error_set(err, ERR_NOTFOUND, "repo:%s is not in this library: give its folder", key);
    return vcs_address(c->arena,
                       c->address.url ? c->address.url : arena_printf(c->arena, "https://%s", key),
                       &c->address, err);
}

/* Two folders of one name are two repositories. */
static int locate_address(struct cloning *c, const char *what, struct error *err)
{
    struct str key = STR_INIT;
    char *other;
    int result = vcs_address(c->arena, what, &c->address, err);

    if (result != ERR_OK)
        return result;
    if (!c->address.host || !repository_key(&key, what)) {
        str_clear(&key);
        str_add(&key, c->address.key);
    }
    result = find_known(c, key.ptr, err);
    if (result == ERR_OK && !c->address.host && c->before.head
        && strcmp(c->before.url, c->address.url) != 0) {
        other = arena_printf(c->arena, "%s-%08x", key.ptr,
                             (unsigned)hash64(c->address.url, strlen(c->address.url), 0));
        c->before = (struct clone){ 0 };
        c->repository = 0;
        result = find_known(c, other, err);
    }
    str_free(&key);
    return result;
}

/* Under a name that is given: what lies in a folder is the clone of one that papers link to. */
static int locate_as(struct cloning *c, const char *what, const char *as, struct error *err)
{
    struct str key = STR_INIT;
    int result = vcs_address(c->arena, what, &c->address, err);

    if (result == ERR_OK && !repository_key(&key, as))
        result = error_set(err, ERR_USAGE,
                           "'%.200s' names no repository: write repo:github.com/OWNER/NAME", as);
    if (result == ERR_OK)
        result = find_known(c, key.ptr, err);
    if (result == ERR_OK && c->before.head && strcmp(c->before.url, c->address.url) != 0)
        result =
            error_set(err, ERR_USAGE,
                      "repo:%s is cloned from %.200s; 'carrel repo repo:%s remove' gives that up",
                      c->key, c->before.url, c->key);
    if (result == ERR_OK)
        c->address.name = strchr(c->key, '/') + 1; /* behind its host */
    str_free(&key);
    return result;
}

int cloning_locate(struct cloning *c, const char *what, struct error *err)
{
    struct str key = STR_INIT;
    char *url;
    int result;

    c->typed = (vcs_is_address(what) || strstr(what, "://") || *what == '/')
               && (!c->options->outside || c->options->private);
    if (c->options->as)
        result = locate_as(c, what, c->options->as, err);
    else if (!vcs_is_address(what) && repository_key(&key, what))
        result = locate_id(c, key.ptr, err);
    else
        result = locate_address(c, what, err);
    str_free(&key);
    if (result != ERR_OK)
        return result;
    url = c->address.url;
    c->folder = c->before.head ? c->before.folder : arena_printf(c->arena, "repos/%s.git", c->key);
    c->address.url = c->before.head ? c->before.url : url;
    if (c->options->outside && !str_istarts(c->address.url, "http"))
        return error_set(err, ERR_REFUSED,
                         "repo:%s is a clone of %s: only who is at this machine may ask for it",
                         c->key, c->address.host ? "an ssh address" : "a folder");
    return ERR_OK;
}
