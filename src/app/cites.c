/*
 * Keys and entries of works. Of few works only those are looked at whose keys could be the same, by
 * the index of keys; of many all are read once: the keys that works brought along, the keys of
 * those that are wanted, and how many works before each have the same.
 */
#include "cites.h"

#include "summaries.h"

#include "carrel/cited.h"
#include "carrel/clock.h"
#include "carrel/edit.h"
#include "carrel/hash.h"
#include "carrel/publish.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define FEW 200 /* works whose keys are looked up one by one */

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
    struct summaries *summaries;
    int64_t written;
    bool few;
    struct error *err;   /* of the pass that runs */
    int32_t first, last; /* days on which a work with one of these keys may have appeared */
};

static uint64_t *of_work(const struct hashmap *map, int64_t work)
{
    return hashmap_get(map, (const char *)&work, sizeof work);
}

/* ---- keys ---- */

static int key_found(void *ctx, int64_t work, const char *key)
{
    (void)work;
    (void)key;
    *(bool *)ctx = true;
    return 0;
}

/* Has any work brought this key? */
static int is_taken(struct cites *c, bool *taken, const struct str *key, struct error *err)
{
    *taken = hashmap_get(c->taken, key->ptr, key->len) != NULL;
    return *taken || !c->few ? ERR_OK : cited_keys(c->store, key->ptr, key_found, taken, err);
}

static int count_key(struct cites *c, int64_t work, const char *key, bool brought,
                     struct error *err)
{
    uint64_t *place = of_work(c->wanted, work), *count;
    struct str own = STR_INIT;
    bool again = true;
    int result = ERR_OK;

    count = hashmap_get(c->counts, key, strlen(key));
    if (!count)
        return ERR_OK;
    while (again && result == ERR_OK) {
        str_clear(&own);
        cite_key_nth(&own, key, (int64_t)(*count)++);
        result = is_taken(c, &again, &own, err);
        again &= !(brought && strcmp(own.ptr, key) == 0); /* its own, of which it is the first */
    }
    if (place && !c->keys[*place])
        c->keys[*place] = mem_strdup(own.ptr);
    str_free(&own);
    return result;
}

static int take_brought(void *ctx, int64_t work, const char *key)
{
    struct cites *c = ctx;
    struct brought brought = { .work = work };
    bool added;

    hashmap_put(c->brought, (const char *)&work, sizeof work, &added);
    if (!added)
        return 0;
    hashmap_put(c->taken, key, strlen(key), NULL);
    if (of_work(c->wanted, work))
        hashmap_put(c->counts, key, strlen(key), NULL);
    brought.key = mem_strdup(key);
    VEC_PUSH(c->list, c->list_len, c->list_cap, brought);
    return 0;
}

static int brought_order(const void *a, const void *b)
{
    const struct brought *one = a, *two = b;

    return (one->work > two->work) - (one->work < two->work);
}

/* Of few works: what they brought, and who else brought the same. */
static int take_few(struct cites *c, const int64_t *works, size_t len, struct error *err)
{
    struct str key = STR_INIT;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < len && result == ERR_OK; i++) {
        str_clear(&key);
        result = cited_key(&key, c->store, works[i], err);
        if (result == ERR_OK && key.len > 0)
            take_brought(c, works[i], key.ptr);
        if (result == ERR_OK && key.len > 0)
            result = cited_keys(c->store, key.ptr, take_brought, c, err);
    }
    str_free(&key);
    return result;
}

static int count_brought(struct cites *c, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    if (c->list_len > 0)
        qsort(c->list, c->list_len, sizeof *c->list, brought_order);
    for (i = 0; i < c->list_len && result == ERR_OK; i++)
        result = count_key(c, c->list[i].work, c->list[i].key, true, err);
    return result;
}

/* A key that is made counts behind those that brought the same. */
static int want(void *ctx, int64_t work, const struct record *record)
{
    struct cites *c = ctx;
    struct str key = STR_INIT;
    bool added;
    int result = ERR_OK;

    if (!of_work(c->wanted, work) || of_work(c->brought, work))
        return ERR_OK;
    cite_key(&key, c->form, record);
    hashmap_put(c->counts, key.ptr, key.len, &added);
    if (added && c->few)
        result = cited_keys(c->store, key.ptr, take_brought, c, c->err);
    str_free(&key);
    return result;
}

/* Has it a key that it brought along? */
static int has_brought(struct cites *c, bool *has, int64_t work, struct error *err)
{
    struct str key = STR_INIT;
    int result = ERR_OK;

    *has = of_work(c->brought, work) != NULL;
    if (!*has && c->few)
        result = cited_key(&key, c->store, work, err);
    *has |= key.len > 0;
    str_free(&key);
    return result;
}

static int count(void *ctx, int64_t work, const struct record *record)
{
    struct cites *c = ctx;
    struct str key = STR_INIT;
    bool brought = true;
    int result = ERR_OK;

    cite_key(&key, c->form, record);
    if (hashmap_get(c->counts, key.ptr, key.len))
        result = has_brought(c, &brought, work, c->err);
    if (result == ERR_OK && !brought)
        result = count_key(c, work, key.ptr, false, c->err);
    str_free(&key);
    return result;
}

static int work_years(struct cites *c, int64_t work, struct error *err)
{
    struct stmt *stmt;
    int32_t first = INT_MIN, last = INT_MAX;
    char day[16];
    int result = stmt_prepare(&stmt, c->store, "SELECT day FROM work WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    if (stmt_step(stmt, err) == 1) {
        date_format(day, (int32_t)stmt_int(stmt, 0));
        day[4] = '\0';
        if (stmt_int(stmt, 0) == 0)
            first = last = 0;
        else if (!date_parse(day, &first, &last))
            first = INT_MIN;
    }
    stmt_reset(stmt);
    c->first = first < c->first ? first : c->first;
    c->last = last > c->last ? last : c->last;
    return ERR_OK;
}

/* The years of the works that are wanted and have to be given a key, when keys name the year:
 * others cannot have theirs. */
static int find_span(struct cites *c, const int64_t *works, size_t len, struct error *err)
{
    bool years = c->few && strcasestr(c->form, "[year]");
    size_t i;
    int result = ERR_OK;

    c->first = years ? INT_MAX : INT_MIN;
    c->last = years ? INT_MIN : INT_MAX;
    for (i = 0; i < len && years && result == ERR_OK; i++)
        if (!of_work(c->brought, works[i]))
            result = work_years(c, works[i], err);
    return result;
}

static int find_keys(struct cites *c, const int64_t *works, size_t len, struct error *err)
{
    int result =
        c->few ? take_few(c, works, len, err) : cited_keys(c->store, NULL, take_brought, c, err);

    c->err = err;
    if (result == ERR_OK)
        result = find_span(c, works, len, err);
    if (result == ERR_OK && c->first <= c->last)
        result = cited_works(c->store, c->first, c->last, want, c, err);
    if (result == ERR_OK)
        result = count_brought(c, err);
    if (result == ERR_OK && c->first <= c->last)
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
    c->summaries = summaries_new();
    c->count = len;
    c->few = len <= FEW;
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

/* A summary of ours is no abstract of the paper. */
int cites_entry(const struct cites *c, struct citation *out, struct arena *arena, int64_t work,
                struct record *record, struct error *err)
{
    struct record hand = { 0 }, said;
    int result = cited_read(&record->cited, c->store, arena, work, err);

    if (result == ERR_OK && record->cited.len > 0)
        result = hand_read(&hand, c->store, arena, work, err);
    said = *record;
    if (said.abstract && summaries_has(c->summaries, said.abstract))
        said.abstract = NULL;
    if (result == ERR_OK)
        bibliography_entry(out, arena, &said, &hand);
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
    summaries_free(c->summaries);
    free(c);
}

int cites_write(struct str *out, struct store *store, struct arena *arena,
                const struct bibliography_options *options, const char *form, const int64_t *works,
                size_t count, struct error *err)
{
    struct cites *cites = NULL;
    size_t i;
    int result = cites_new(&cites, store, options, form, works, count, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        struct record record;

        result = publish_record(store, arena, works[i], &record, err);
        if (result == ERR_OK)
            result = cites_add(cites, out, arena, works[i], &record, err);
    }
    if (result == ERR_OK)
        cites_end(cites, out);
    cites_free(cites);
    return result;
}
