/*
 * Keys and entries of works. Three passes over what is read without the texts: the keys that works
 * brought along, the keys of those that are wanted, and how many works before each have the same.
 */
#include "cites.h"

#include "carrel/cited.h"
#include "carrel/clock.h"
#include "carrel/hash.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct brought {
    int64_t work;
    char *key;
};

struct cites {
    struct store *store;
    struct bibliography_options options;
    const char *form;
    struct hashmap *wanted;  /* work -> its place in keys */
    struct hashmap *brought; /* work -> 1: it has a key of its own */
    struct brought *list;    /* these, in the order of works */
    size_t list_len, list_cap;
    struct hashmap *taken;  /* keys that works brought */
    struct hashmap *counts; /* keys of those wanted -> works so far */
    char **keys;
    size_t count;
    int64_t written;
    int32_t first, last; /* days on which a work with one of these keys may have appeared */
};

static uint64_t *of_work(const struct hashmap *map, int64_t work)
{
    return hashmap_get(map, (const char *)&work, sizeof work);
}

/* ---- keys ---- */

static void count_key(struct cites *c, int64_t work, const char *key, bool brought)
{
    uint64_t *place = of_work(c->wanted, work), *count;
    struct str own = STR_INIT;

    count = hashmap_get(c->counts, key, strlen(key));
    if (!count)
        return;
    do {
        str_clear(&own);
        cite_key_nth(&own, key, (int64_t)(*count)++);
    } while (hashmap_get(c->taken, own.ptr, own.len)
             && !(brought && strcmp(own.ptr, key) == 0)); /* its own, of which it is the first */
    if (place && !c->keys[*place])
        c->keys[*place] = mem_strdup(own.ptr);
    str_free(&own);
}

static int take_brought(void *ctx, int64_t work, const struct record *record)
{
    struct cites *c = ctx;
    struct str key = STR_INIT;
    struct brought brought = { .work = work };

    cite_key(&key, "", record);
    if (strcmp(key.ptr, "work") != 0) {
        hashmap_put(c->brought, (const char *)&work, sizeof work, NULL);
        hashmap_put(c->taken, key.ptr, key.len, NULL);
        if (of_work(c->wanted, work))
            hashmap_put(c->counts, key.ptr, key.len, NULL);
        brought.key = mem_strdup(key.ptr);
        VEC_PUSH(c->list, c->list_len, c->list_cap, brought);
    }
    str_free(&key);
    return 0;
}

static void count_brought(struct cites *c)
{
    size_t i;

    for (i = 0; i < c->list_len; i++)
        count_key(c, c->list[i].work, c->list[i].key, true);
}

static int want(void *ctx, int64_t work, const struct record *record)
{
    struct cites *c = ctx;
    struct str key = STR_INIT;

    if (!of_work(c->wanted, work) || of_work(c->brought, work))
        return 0;
    cite_key(&key, c->form, record);
    hashmap_put(c->counts, key.ptr, key.len, NULL);
    str_free(&key);
    return 0;
}

static int count(void *ctx, int64_t work, const struct record *record)
{
    struct cites *c = ctx;
    struct str key = STR_INIT;

    if (of_work(c->brought, work))
        return 0;
    cite_key(&key, c->form, record);
    count_key(c, work, key.ptr, false);
    str_free(&key);
    return 0;
}

/* The years of the works that are wanted, when keys name the year: others cannot have theirs. */
static int find_span(struct cites *c, const int64_t *works, size_t len, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    c->first = INT_MIN;
    c->last = INT_MAX;
    if (len != 1 || !strcasestr(c->form, "[year]"))
        return ERR_OK;
    for (i = 0; i < len && result == ERR_OK; i++) {
        struct stmt *stmt;
        char day[16];

        result = stmt_prepare(&stmt, c->store, "SELECT day FROM work WHERE id = ?1", err);
        if (result != ERR_OK)
            return result;
        stmt_bind_int(stmt, 1, works[i]);
        if (stmt_step(stmt, err) == 1) {
            date_format(day, (int32_t)stmt_int(stmt, 0));
            day[4] = '\0';
            if (stmt_int(stmt, 0) == 0)
                c->first = c->last = 0;
            else if (!date_parse(day, &c->first, &c->last))
                c->first = INT_MIN;
        }
        stmt_reset(stmt);
    }
    return result;
}

static int find_keys(struct cites *c, const int64_t *works, size_t len, struct error *err)
{
    int result = find_span(c, works, len, err);

    if (result == ERR_OK)
        result = cited_each(c->store, take_brought, c, err);
    count_brought(c);
    if (result == ERR_OK)
        result = cited_works(c->store, c->first, c->last, want, c, err);
    if (result == ERR_OK)
        result = cited_works(c->store, c->first, c->last, count, c, err);
    return result;
}

/* ---- the face ---- */

int cites_new(struct cites **out, struct store *store, const struct bibliography_options *options,
              const char *form, const int64_t *works, size_t len, struct error *err)
{
    struct cites *c = mem_zalloc(sizeof *c);
    const char *why;
    size_t i;
    int result = ERR_OK;

    *out = c;
    c->store = store;
    c->options = *options;
    c->form = form && *form ? form : CITE_KEY_DEFAULT;
    c->wanted = hashmap_new();
    c->brought = hashmap_new();
    c->taken = hashmap_new();
    c->counts = hashmap_new();
    c->count = len;
    c->keys = mem_zalloc((len + 1) * sizeof *c->keys);
    if (!cite_template_check(c->form, &why))
        result = error_set(err, ERR_USAGE,
                           "cite.key: at \"%.20s\": [author], [authors], [year], [word], [title] "
                           "and [id] are known",
                           why);
    for (i = 0; i < len; i++)
        *hashmap_put(c->wanted, (const char *)&works[i], sizeof works[i], NULL) = i;
    return result == ERR_OK ? find_keys(c, works, len, err) : result;
}

const char *cites_key(const struct cites *c, int64_t work)
{
    const uint64_t *place = of_work(c->wanted, work);

    return place && c->keys[*place] ? c->keys[*place] : "work";
}

int cites_entry(const struct cites *c, struct citation *out, struct arena *arena, int64_t work,
                struct record *record, struct error *err)
{
    int result = cited_read(&record->cited, c->store, arena, work, err);

    if (result == ERR_OK)
        bibliography_entry(out, arena, record);
    return result;
}

int cites_add(struct cites *c, struct str *out, struct arena *arena, int64_t work,
              struct record *record, struct error *err)
{
    struct citation entry;
    int result = cites_entry(c, &entry, arena, work, record, err);

    if (result != ERR_OK)
        return result;
    str_add(out, c->written++ ? bibliography_between(c->options.form)
                              : bibliography_before(c->options.form));
    bibliography_add(out, &c->options, &entry, cites_key(c, work));
    return ERR_OK;
}

void cites_end(struct cites *c, struct str *out)
{
    if (c->written == 0)
        str_add(out, bibliography_before(c->options.form));
    str_add(out, bibliography_behind(c->options.form));
}

void cites_free(struct cites *c)
{
    size_t i;

    if (!c)
        return;
    for (i = 0; i < c->count; i++)
        free(c->keys[i]);
    free(c->keys);
    for (i = 0; i < c->list_len; i++)
        free(c->list[i].key);
    free(c->list);
    hashmap_free(c->wanted);
    hashmap_free(c->brought);
    hashmap_free(c->taken);
    hashmap_free(c->counts);
    free(c);
}
