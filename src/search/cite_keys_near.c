/*
 * Which works may have a key that is sought. What a made key begins with are the letters of an
 * author, and behind them stands a year: the index of words and that of days give the few works.
 * Of few letters too many words begin so; then the first author of each work is looked at, whose
 * names are an index without anything else. Templates that begin with something else cost a look at
 * each work.
 */
#include "cite_keys.h"

#include "plan.h"

#include "carrel/clock.h"
#include "carrel/fts.h"
#include "carrel/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define BEGINNINGS 500    /* words of the vocabulary that may begin like a prefix */
#define SHORT_BEGINNING 2 /* letters that too many words begin with */

/* ---- by words ---- */

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
static int match_beginnings(const struct key_sought *k, struct str *match, const char *letters,
                            bool behind, bool *all, struct error *err)
{
    struct arena *arena = k->arena;
    char *pair[2] = { stem_of(arena, letters, 1), NULL };
    struct name_count *terms;
    size_t count, i;
    int result =
        terms_with_prefix(k->store, arena, letters + behind, BEGINNINGS, &terms, &count, err);

    *all &= result == ERR_OK && count < BEGINNINGS;
    for (i = 0; result == ERR_OK && i < count && *all; i++) {
        pair[1] = stem_of(arena, terms[i].name, strlen(terms[i].name));
        match_add(match, behind ? pair : pair + 1, behind ? 2 : 1);
    }
    return result;
}

/* "alphapi" is how an author of Greek letters begins; the index of words has those letters. */
static bool may_be_greek(const char *letters, size_t len)
{
    static const char *const names[] = {
        "alpha", "beta",  "gamma",  "delta",   "epsilon", "zeta", "eta",     "theta",
        "iota",  "kappa", "lambda", "mu",      "nu",      "xi",   "omicron", "pi",
        "rho",   "sigma", "tau",    "upsilon", "phi",     "chi",  "psi",     "omega"
    };
    size_t i, name;

    for (i = 0; i < ARRAY_LEN(names); i++) {
        name = strlen(names[i]);
        if (name > len ? strncmp(names[i], letters, len) == 0
                       : strncmp(names[i], letters, name) == 0
                             && (name == len || may_be_greek(letters + name, len - name)))
            return true;
    }
    return false;
}

/* Of works without authors and without anything else to make a key of. */
static bool may_be_nobody(const char *letters, size_t len)
{
    return strncmp(letters, "work", len < 4 ? len : 4) == 0;
}

static bool by_authors(const struct key_sought *k)
{
    return strncasecmp(k->form, "[author", 7) == 0;
}

/* The words that an author's name in the key may stand for, or a word of a title where there is no
 * author; "" when that tells nothing. */
static int key_match(const struct key_sought *k, struct str *match, struct error *err)
{
    size_t len = 0, i;
    bool begins, all = true;
    char *letters;
    int result = ERR_OK;

    while (isalpha((unsigned char)k->value[len]))
        len++;
    begins = k->prefix && len == k->len;
    if (len == 0 || len > TEXT_TOKEN_MAX || !by_authors(k) || (begins && len <= SHORT_BEGINNING))
        return ERR_OK;
    letters = arena_strndup(k->arena, k->value, len);
    for (i = 0; i < len; i++)
        letters[i] = (char)tolower((unsigned char)letters[i]);
    if (may_be_greek(letters, len) || may_be_nobody(letters, len))
        return ERR_OK;
    match_words(match, k->arena, letters, len);
    if (begins)
        result = match_beginnings(k, match, letters, false, &all, err);
    if (begins && all && result == ERR_OK)
        result = match_beginnings(k, match, letters, true, &all, err);
    if (all)
        str_add_char(match, ')');
    else
        str_clear(match);
    return result;
}

/* ---- by first authors ---- */

/* Does a word of the name begin with the value, as far as both go? Its first letter has to. */
static bool word_begins(const char *word, const char *value)
{
    size_t i = 0;

    while (isalnum((unsigned char)word[i])
           && tolower((unsigned char)word[i]) == tolower((unsigned char)value[i]))
        i++;
    return i > 0 && (!isalnum((unsigned char)word[i]) || !isalnum((unsigned char)value[i]));
}

/* Could the key of a work begin like the value, by the name of its first author? What is not plain
 * ASCII is read as something else first, and a name without letters gives the key none. */
static bool may_begin(const char *name, const char *value)
{
    bool letters = false;
    const char *at;

    for (at = name; *at; at++)
        if ((unsigned char)*at >= 0x80 || strchr("\\{}$~^_&<>", *at))
            return true;
    for (at = name; *at; at++) {
        bool first = isalnum((unsigned char)*at) && (at == name || !isalnum((unsigned char)at[-1]));

        if (first && word_begins(at, value))
            return true;
        letters |= first;
    }
    return !letters;
}

/* The days of the year that stands in the value behind the authors; false: any. */
static bool key_days(const struct key_sought *k, int32_t *first, int32_t *last)
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

/* ---- all of them ---- */

static void works_record(struct record *out, struct arena *arena, struct stmt *stmt)
{
    *out = (struct record){ .id = arena_strdup(arena, stmt_text(stmt, 1)),
                            .title = arena_strdup(arena, stmt_text(stmt, 2)),
                            .published = arena_strdup(arena, stmt_text(stmt, 4)) };
    text_list_add_lines(&out->authors, arena, stmt_text(stmt, 3));
}

/* The text of a work is read only when the name of its first author allows the key. */
static int key_texts(struct stmt **out, const struct key_sought *k, struct error *err)
{
    return stmt_prepare(out, k->store,
                        "SELECT id, (SELECT key FROM work WHERE work.id = t.id), title, authors, "
                        "published FROM work_text t WHERE id = ?1",
                        err);
}

static int key_list(struct stmt **out, const struct key_sought *k, const char *match,
                    struct error *err)
{
    struct str sql = STR_INIT;
    int32_t first = 0, last = 0;
    int result;

    str_printf(&sql,
               "SELECT w.id, n.name FROM work w LEFT JOIN work_author a ON a.work_id = w.id AND "
               "a.position = 0 LEFT JOIN author n ON n.id = a.author_id WHERE %s AND %s ORDER BY "
               "w.id",
               *match ? "w.id IN (SELECT rowid FROM fts WHERE fts MATCH ?1)" : "?1 = ''",
               key_days(k, &first, &last) ? "(+w.day BETWEEN ?2 AND ?3 OR +w.day = 0)" : "?2 = ?3");
    result = stmt_prepare(out, k->store, sql.ptr, err);
    if (result == ERR_OK) {
        stmt_bind_text(*out, 1, match);
        stmt_bind_int(*out, 2, first);
        stmt_bind_int(*out, 3, last);
    }
    str_free(&sql);
    return result;
}

static int look_at_one(struct stmt *text, int64_t work, struct arena *arena,
                       int (*each)(void *ctx, int64_t work, const struct record *, struct error *),
                       void *ctx, struct error *err)
{
    struct record record;
    int step;

    stmt_bind_int(text, 1, work);
    step = stmt_step(text, err);
    if (step == 1)
        works_record(&record, arena, text);
    stmt_reset(text);
    return step == 1 ? each(ctx, work, &record, err) : step;
}

int key_works(const struct key_sought *k,
              int (*each)(void *ctx, int64_t work, const struct record *, struct error *err),
              void *ctx, struct error *err)
{
    struct arena *arena = arena_new();
    struct str match = STR_INIT;
    struct stmt *list = NULL, *text = NULL;
    int step = ERR_OK;
    int result = key_match(k, &match, err);

    if (result == ERR_OK)
        result = key_texts(&text, k, err);
    if (result == ERR_OK)
        result = key_list(&list, k, match.ptr, err);
    while (result == ERR_OK && (step = stmt_step(list, err)) == 1) {
        arena_reset(arena);
        if (store_is_cancelled(k->store))
            result = error_set(err, ERR_CANCELLED, "cancelled");
        else if (!by_authors(k) || may_begin(stmt_text(list, 1), k->value))
            result = look_at_one(text, stmt_int(list, 0), arena, each, ctx, err);
    }
    if (list)
        stmt_reset(list);
    str_free(&match);
    arena_free(arena);
    return result != ERR_OK ? result : step;
}
