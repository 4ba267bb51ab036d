/*
 * key:, by the key under which a paper is cited: one that an entry brought, or else the one that
 * `cite.key` makes for it, with the letter that tells it from others of the same.
 *
 * Made keys are stored nowhere. What a key begins with are the letters of an author, and behind
 * them stands a year: the index of words and that of days give the few works that may have it, and
 * theirs are made. Templates that begin with something else cost a look at each work.
 */
#include "cite_keys.h"

#include "plan.h"

#include "carrel/bibliography.h"
#include "carrel/clock.h"
#include "carrel/fts.h"
#include "carrel/hash.h"
#include "carrel/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BEGINNINGS 500 /* words of the vocabulary that may begin like a prefix */
#define LETTERS 3      /* behind a made key, to tell it from others */

/* Entries of files are said once and for all; see library/cited.c. */
#define ENTRIES "(r.current OR r.source IN ('bibtex', 'ris', 'csl'))"

struct keys {
    struct plan *plan;
    const char *form;
    char *value;
    size_t len;
    bool prefix; /* all that begin with the value */
    struct str ids;
    struct hashmap *counts; /* made keys -> works of them so far */
};

static void found(struct keys *k, int64_t work)
{
    str_printf(&k->ids, "%s%" PRId64, k->ids.len ? "," : "", work);
}

static bool is_meant(const struct keys *k, const char *key)
{
    return k->prefix ? strncasecmp(key, k->value, k->len) == 0 : strcasecmp(key, k->value) == 0;
}

/* ---- keys that entries brought ---- */

static int find_brought(struct keys *k, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, k->plan->store,
                              "SELECT DISTINCT r.work_id, c.key FROM cited_key c CROSS JOIN record "
                              "r ON r.id = c.record_id WHERE c.key != '' AND substr(c.key, 1, ?1) "
                              "= ?2 COLLATE NOCASE AND " ENTRIES,
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, (int64_t)k->len);
    stmt_bind_text(stmt, 2, k->value);
    while ((step = stmt_step(stmt, err)) == 1)
        if (is_meant(k, stmt_text(stmt, 1)))
            found(k, stmt_int(stmt, 0));
    stmt_reset(stmt);
    return step;
}

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
    int result = stmt_prepare(&stmt, k->plan->store,
                              "SELECT 1 FROM record r JOIN cited_key c ON c.record_id = r.id "
                              "WHERE r.work_id = ?1 AND c.key != '' AND " ENTRIES,
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
    int result =
        stmt_prepare(&stmt, k->plan->store,
                     "SELECT 1 FROM cited_key c JOIN record r ON r.id = c.record_id WHERE "
                     "c.key = ?1 AND c.key != '' AND " ENTRIES " AND NOT EXISTS (SELECT 1 FROM "
                     "record o JOIN cited_key f ON f.record_id = o.id WHERE o.work_id = r.work_id "
                     "AND o.id < r.id AND f.key != '' AND (o.current OR o.source IN ('bibtex', "
                     "'ris', 'csl')))",
                     err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, key);
    return ask(taken, stmt, err);
}

/* ---- keys that are made ---- */

/* Could the value be this key with letters behind it, or begin it? */
static bool is_near(const struct keys *k, const char *key)
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

/* The works of a key are counted in their order, as whoever writes entries does (app/cites.c). */
static int key_numbered(struct keys *k, struct str *out, const char *key, struct error *err)
{
    uint64_t *count = hashmap_put(k->counts, key, strlen(key), NULL);
    bool taken = true;
    int result = ERR_OK;

    while (taken && result == ERR_OK) {
        str_clear(out);
        cite_key_nth(out, key, (int64_t)(*count)++);
        result = is_taken(k, &taken, out->ptr, err);
    }
    return result;
}

static int look_at(struct keys *k, int64_t work, const struct record *record, struct error *err)
{
    struct str key = STR_INIT, own = STR_INIT;
    bool brought = false;
    int result = ERR_OK;

    cite_key(&key, k->form, record);
    if (is_near(k, key.ptr)) {
        result = has_brought(k, &brought, work, err);
        if (result == ERR_OK && !brought)
            result = key_numbered(k, &own, key.ptr, err);
        if (result == ERR_OK && !brought && is_meant(k, own.ptr))
            found(k, work);
    }
    str_free(&key);
    str_free(&own);
    return result;
}

/* ---- which works may have it ---- */

static void match_add(struct str *match, char *const *stems, size_t count)
{
    str_add(match, match->len ? " OR " : "{title authors} : (");
    plan_match_phrase(match, stems, count);
}

static char *stem_of(struct arena *arena, const char *word, size_t len)
{
    char *stem = arena_alloc(arena, len + 8);

    memcpy(stem, word, len);
    stem[len] = '\0';
    stem[text_stem(stem, len)] = '\0';
    return stem;
}

/* "obrien": who is called Obrien, O'Brien, or Ob and more. A letter alone is an initial of too many
 * people, so it counts with the word behind it only. */
static void match_words(struct str *match, struct arena *arena, const char *letters, size_t len)
{
    char *pair[2] = { stem_of(arena, letters, 1), NULL };
    size_t end;

    if (len == 1)
        match_add(match, pair, 1);
    for (end = 2; end <= len; end++) {
        pair[1] = stem_of(arena, letters, end);
        match_add(match, pair + 1, 1);
        pair[1] = stem_of(arena, letters + 1, end - 1);
        match_add(match, pair, 2);
    }
}

/* Words that begin with the letters, or with those behind the first one, which is a word then.
 * *all: they are not too many. */
static int match_beginnings(struct keys *k, struct str *match, const char *letters, bool behind,
                            bool *all, struct error *err)
{
    struct arena *arena = k->plan->arena;
    char *pair[2] = { stem_of(arena, letters, 1), NULL };
    struct name_count *terms;
    size_t count, i;
    int result =
        terms_with_prefix(k->plan->store, arena, letters + behind, BEGINNINGS, &terms, &count, err);

    *all &= result == ERR_OK && count < BEGINNINGS;
    for (i = 0; result == ERR_OK && i < count && *all; i++) {
        pair[1] = stem_of(arena, terms[i].name, strlen(terms[i].name));
        match_add(match, behind ? pair : pair + 1, behind ? 2 : 1);
    }
    return result;
}

/* An author's name, or a word of a title where there is no author, begins the key; "" when that
 * tells nothing. */
static int key_match(struct keys *k, struct str *match, struct error *err)
{
    struct arena *arena = k->plan->arena;
    size_t len = 0, i;
    bool all = true;
    char *letters;
    int result = ERR_OK;

    while (isalpha((unsigned char)k->value[len]))
        len++;
    if (len == 0 || len > TEXT_TOKEN_MAX || strncasecmp(k->form, "[author", 7) != 0)
        return ERR_OK;
    letters = arena_strndup(arena, k->value, len);
    for (i = 0; i < len; i++)
        letters[i] = (char)tolower((unsigned char)letters[i]);
    match_words(match, arena, letters, len);
    if (k->prefix && len == k->len)
        result = match_beginnings(k, match, letters, false, &all, err);
    if (k->prefix && len == k->len && all && result == ERR_OK)
        result = match_beginnings(k, match, letters, true, &all, err);
    if (all)
        str_add_char(match, ')');
    else
        str_clear(match);
    return result;
}

/* The days of the year that stands in the value behind the authors; false: any. */
static bool key_days(const struct keys *k, int32_t *first, int32_t *last)
{
    size_t names = strcspn(k->form, "]"), at = strcspn(k->value, "0123456789");
    char year[5];

    if (strncasecmp(k->form, "[author", 7) != 0
        || strncasecmp(k->form + names + (k->form[names] != '\0'), "[year]", 6) != 0
        || strspn(k->value + at, "0123456789") < 4)
        return false;
    memcpy(year, k->value + at, 4);
    year[4] = '\0';
    return date_parse(year, first, last);
}

static void works_record(struct record *out, struct arena *arena, struct stmt *stmt)
{
    *out = (struct record){ .id = arena_strdup(arena, stmt_text(stmt, 1)),
                            .title = arena_strdup(arena, stmt_text(stmt, 2)),
                            .published = arena_strdup(arena, stmt_text(stmt, 4)) };
    text_list_add_lines(&out->authors, arena, stmt_text(stmt, 3));
}

static int look_at_all(struct keys *k, struct stmt *stmt, struct error *err)
{
    struct arena *arena = arena_new();
    struct record record;
    int step = ERR_OK, result = ERR_OK;

    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        arena_reset(arena);
        works_record(&record, arena, stmt);
        result = look_at(k, stmt_int(stmt, 0), &record, err);
    }
    arena_free(arena);
    return result != ERR_OK ? result : step;
}

static int find_made(struct keys *k, struct error *err)
{
    struct str match = STR_INIT, sql = STR_INIT;
    struct stmt *stmt = NULL;
    int32_t first = 0, last = 0;
    int result = key_match(k, &match, err);

    str_printf(&sql,
               "SELECT w.id, w.key, t.title, t.authors, t.published FROM work w JOIN work_text t "
               "ON t.id = w.id WHERE %s AND %s ORDER BY w.id",
               match.len ? "w.id IN (SELECT rowid FROM fts WHERE fts MATCH ?1)" : "?1 = ''",
               key_days(k, &first, &last) ? "(+w.day BETWEEN ?2 AND ?3 OR +w.day = 0)" : "?2 = ?3");
    if (result == ERR_OK)
        result = stmt_prepare(&stmt, k->plan->store, sql.ptr, err);
    if (result == ERR_OK) {
        stmt_bind_text(stmt, 1, match.ptr);
        stmt_bind_int(stmt, 2, first);
        stmt_bind_int(stmt, 3, last);
        result = look_at_all(k, stmt, err);
        stmt_reset(stmt);
    }
    str_free(&sql);
    str_free(&match);
    return result;
}

int filter_key(struct plan *plan, const struct node *node, struct error *err)
{
    struct keys k = { .plan = plan, .form = store_cite_form(plan->store) };
    int result;

    if (!k.form || !*k.form)
        k.form = CITE_KEY_DEFAULT;
    k.value = arena_strdup(plan->arena, node->text);
    k.len = strlen(k.value);
    k.prefix = k.len > 0 && k.value[k.len - 1] == '*';
    if (k.prefix)
        k.value[--k.len] = '\0';
    str_init(&k.ids);
    k.counts = hashmap_new();
    result = find_brought(&k, err);
    if (result == ERR_OK)
        result = find_made(&k, err);
    plan_in(plan, k.ids.ptr);
    hashmap_free(k.counts);
    str_free(&k.ids);
    return result;
}
