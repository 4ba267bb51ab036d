/*
 * key:, by the key under which a paper is cited: one that an entry brought, or else the one that
 * `cite.key` makes for it, with the letters that tell it from others of the same. They are counted
 * as whoever writes entries does (app/cites.c).
 *
 * Made keys are stored nowhere: cite_keys_near.c gives the works that may have one, and theirs are
 * made. What was found is kept with the connection until the library changes, since a query is
 * compiled several times, and with each key that is pressed.
 */
#include "cite_keys.h"

#include "plan.h"

#include "carrel/bibliography.h"
#include "carrel/entries.h"
#include "carrel/hash.h"

#include <sqlite3.h>

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LETTERS 3          /* behind a key, to tell it from others */
#define KEPT 8             /* answers of a connection */
#define KEPT_BYTES 1000000 /* longer ones are not kept */

/* No earlier entry of the work calls it otherwise. */
#define FIRST                                                                                      \
    "NOT EXISTS (SELECT 1 FROM record o JOIN cited_key f ON f.record_id = o.id WHERE o.work_id = " \
    "r.work_id AND o.id < r.id AND f.key != '' AND " ENTRIES(o) ")"

struct keys {
    struct key_sought sought;
    struct str ids;
    struct hashmap *counts; /* keys -> works of them so far */
    bool any;               /* entries brought some */
};

static void found(struct keys *k, int64_t work)
{
    str_printf(&k->ids, "%s%" PRId64, k->ids.len ? "," : "", work);
}

static bool is_meant(const struct key_sought *k, const char *key)
{
    return k->prefix ? strncasecmp(key, k->value, k->len) == 0 : strcasecmp(key, k->value) == 0;
}

/* Could the value be this key with letters behind it, or begin it? */
static bool is_near(const struct key_sought *k, const char *key)
{
    size_t len = strlen(key), i;

    if (is_meant(k, key))
        return true;
    if (len > k->len || k->len - len > LETTERS || strncasecmp(key, k->value, len) != 0)
        return false;
    for (i = len; i < k->len && isalpha((unsigned char)k->value[i]); i++)
        ;
    return i == k->len;
}

/* ---- what entries brought ---- */

static int ask(bool *yes, struct stmt *stmt, struct error *err)
{
    int step = stmt_step(stmt, err);

    *yes = step == 1;
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

/* Has it a key that an entry brought? */
static int has_brought(struct keys *k, bool *has, int64_t work, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, k->sought.store,
                              "SELECT 1 FROM record r JOIN cited_key c ON c.record_id = r.id "
                              "WHERE r.work_id = ?1 AND c.key != '' AND " ENTRIES(r),
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    return ask(has, stmt, err);
}

/* Is it the first key of some work? */
static int is_taken(struct keys *k, bool *taken, const char *key, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, k->sought.store,
                              "SELECT 1 FROM cited_key c JOIN record r ON r.id = c.record_id WHERE "
                              "c.key = ?1 AND c.key != '' AND " ENTRIES(r) " AND " FIRST,
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, key);
    return ask(taken, stmt, err);
}

/* ---- counting ---- */

/* The next key of these: works are counted in their order, those first that brought it. */
static int key_numbered(struct keys *k, struct str *out, const char *key, bool brought,
                        struct error *err)
{
    uint64_t *count = hashmap_put(k->counts, key, strlen(key), NULL);
    bool again = true;
    int result = ERR_OK;

    while (again && result == ERR_OK) {
        str_clear(out);
        cite_key_nth(out, key, (int64_t)(*count)++);
        again = false;
        if (k->any && !(brought && strcmp(out->ptr, key) == 0)) /* its own: it is the first */
            result = is_taken(k, &again, out->ptr, err);
    }
    return result;
}

static int count_key(struct keys *k, int64_t work, const char *key, bool brought, struct error *err)
{
    struct str own = STR_INIT;
    int result = key_numbered(k, &own, key, brought, err);

    if (result == ERR_OK && is_meant(&k->sought, own.ptr))
        found(k, work);
    str_free(&own);
    return result;
}

/* Keys like the value in the index of them, in the order of works. With `others` those that a
 * later entry brought beside the first one, which nothing is written by. */
static int find_brought(struct keys *k, bool others, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, k->sought.store,
        "SELECT DISTINCT r.work_id, c.key FROM cited_key c CROSS JOIN record r ON "
        "r.id = c.record_id WHERE c.key != '' AND (substr(c.key, 1, length(?1)) = ?1 "
        "COLLATE NOCASE OR (length(c.key) >= length(?1) - ?2 AND substr(?1, 1, "
        "length(c.key)) = c.key COLLATE NOCASE)) AND " ENTRIES(r) " AND (?3 OR " FIRST
                                                                  ") ORDER BY r.work_id",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text_n(stmt, 1, k->sought.value, k->sought.len);
    stmt_bind_int(stmt, 2, LETTERS);
    stmt_bind_int(stmt, 3, others);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        const char *key = stmt_text(stmt, 1);

        if (others && is_meant(&k->sought, key))
            found(k, stmt_int(stmt, 0));
        else if (!others && is_near(&k->sought, key))
            result = count_key(k, stmt_int(stmt, 0), key, true, err);
    }
    stmt_reset(stmt);
    return result != ERR_OK ? result : step;
}

static int look_at(void *ctx, int64_t work, const struct record *record, struct error *err)
{
    struct keys *k = ctx;
    struct str key = STR_INIT;
    bool brought = false;
    int result = ERR_OK;

    cite_key(&key, k->sought.form, record);
    if (is_near(&k->sought, key.ptr)) {
        if (k->any)
            result = has_brought(k, &brought, work, err);
        if (result == ERR_OK && !brought)
            result = count_key(k, work, key.ptr, false, err);
    }
    str_free(&key);
    return result;
}

static int find_keys(struct keys *k, struct error *err)
{
    int64_t any = 0;
    int result = store_query_int(
        k->sought.store, "SELECT EXISTS (SELECT 1 FROM cited_key WHERE key != '')", &any, err);

    k->any = any != 0;
    k->counts = hashmap_new();
    if (result == ERR_OK)
        result = find_brought(k, false, err);
    if (result == ERR_OK)
        result = key_works(&k->sought, look_at, k, err);
    if (result == ERR_OK && k->ids.len == 0)
        result = find_brought(k, true, err);
    hashmap_free(k->counts);
    return result;
}

/* ---- what was found before ---- */

struct kept {
    struct {
        int64_t version; /* of the library's data */
        char *asked, *ids;
    } answers[KEPT];
    size_t next;
};

static void kept_free(void *ctx)
{
    struct kept *kept = ctx;
    size_t i;

    for (i = 0; i < KEPT; i++) {
        free(kept->answers[i].asked);
        free(kept->answers[i].ids);
    }
    free(kept);
}

static struct kept *kept_of(struct store *store)
{
    void **place = store_found_keys(store, kept_free);

    if (!*place)
        *place = mem_zalloc(sizeof(struct kept));
    return *place;
}

static const char *kept_find(const struct kept *kept, const char *asked, int64_t version)
{
    size_t i;

    for (i = 0; i < KEPT; i++)
        if (kept->answers[i].version == version && str_eq(kept->answers[i].asked, asked))
            return kept->answers[i].ids;
    return NULL;
}

static void keep(struct kept *kept, const char *asked, int64_t version, const struct str *ids)
{
    size_t at = kept->next++ % KEPT;

    if (ids->len > KEPT_BYTES)
        return;
    free(kept->answers[at].asked);
    free(kept->answers[at].ids);
    kept->answers[at].version = version;
    kept->answers[at].asked = mem_strdup(asked);
    kept->answers[at].ids = mem_strdup(ids->ptr);
}

/* ---- the face ---- */

static void sought_set(struct key_sought *sought, const struct plan *plan, const char *text)
{
    const char *form = store_cite_form(plan->store);
    char *value = arena_strdup(plan->arena, text);
    size_t len = strlen(value);
    bool prefix = len > 0 && value[len - 1] == '*';

    if (prefix)
        value[--len] = '\0';
    *sought = (struct key_sought){ .store = plan->store,
                                   .arena = plan->arena,
                                   .form = form && *form ? form : CITE_KEY_DEFAULT,
                                   .value = value,
                                   .len = len,
                                   .prefix = prefix };
}

/* What a transaction has written may yet be taken back, and the version does not tell. */
static bool is_settled(struct store *store)
{
    return sqlite3_txn_state(store_sqlite(store), NULL) != SQLITE_TXN_WRITE;
}

/* The version is read before the library is: what was kept is never older than it says. */
int filter_key(struct plan *plan, const struct node *node, struct error *err)
{
    struct keys k = { .ids = STR_INIT };
    struct kept *kept = kept_of(plan->store);
    int64_t version = store_data_version(plan->store);
    const char *asked, *ids;
    int result = ERR_OK;

    sought_set(&k.sought, plan, node->text);
    asked = arena_printf(plan->arena, "%s\n%s", k.sought.form, node->text);
    ids = kept_find(kept, asked, version);
    if (!ids)
        result = find_keys(&k, err);
    if (!ids && result == ERR_OK && is_settled(plan->store))
        keep(kept, asked, version, &k.ids);
    if (result == ERR_OK)
        plan_in(plan, ids ? ids : k.ids.ptr);
    str_free(&k.ids);
    return result;
}
