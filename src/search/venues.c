/*
 * venue:, by words of the names under which papers appeared.
 *
 * All names are looked at in the order of their index, which has nothing else in it, and equal ones
 * are judged once: a hundred thousand references to journals take some ten milliseconds. Both sides
 * are folded as everything that is searched, so "Rev. Mod. Phys." is found by "rev mod phys"; names
 * of ASCII, which are most, are compared as they stand.
 */
#include "venues.h"

#include "plan.h"

#include "carrel/text.h"

#include <sqlite3.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct venue_words {
    struct str words;  /* folded, a blank before each and behind the last */
    struct str name;   /* folded likewise */
    struct str judged; /* it, as it stands */
    bool has;
};

static void words_free(void *ctx)
{
    struct venue_words *w = ctx;

    str_free(&w->words);
    str_free(&w->name);
    str_free(&w->judged);
    free(w);
}

/* A star at the end: of the last word only the beginning. */
static struct venue_words *words_new(const char *value)
{
    struct venue_words *w = mem_zalloc(sizeof *w);
    size_t len = strlen(value);

    str_init(&w->words);
    str_init(&w->name);
    str_init(&w->judged);
    str_add_char(&w->words, ' ');
    text_key(&w->words, value);
    if (len == 0 || value[len - 1] != '*')
        str_add_char(&w->words, ' ');
    return w;
}

/* Does folding no more than make its letters small? */
static bool is_simple(const char *name)
{
    static const bool folded[128] = { ['\\'] = true, ['{'] = true, ['}'] = true, ['$'] = true,
                                      ['^'] = true,  ['_'] = true, ['\''] = true };

    while (*name && (unsigned char)*name < 0x80 && !folded[(unsigned char)*name])
        name++;
    return *name == '\0';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* From a word's beginning on; a blank of `words` stands for whatever is between two. */
static bool simple_at(const char *name, const char *words)
{
    for (; *words && *words != ' '; words++, name++)
        if (!is_letter(*name) || (*name | (*name >= 'A' ? 0x20 : 0)) != *words)
            return false;
    if (!*words) /* a beginning is enough */
        return true;
    if (is_letter(*name))
        return false;
    while (*name && !is_letter(*name))
        name++;
    return !words[1] || simple_at(name, words + 1);
}

static bool simple_has(const struct venue_words *w, const char *name)
{
    char first = w->words.ptr[1];
    const char *at;

    for (at = name; *at; at++)
        if ((*at | (*at >= 'A' ? 0x20 : 0)) == first && (at == name || !is_letter(at[-1]))
            && simple_at(at, w->words.ptr + 1))
            return true;
    return false;
}

static bool folded_has(struct venue_words *w, const char *name)
{
    str_clear(&w->name);
    str_add_char(&w->name, ' ');
    text_key(&w->name, name);
    str_add_char(&w->name, ' ');
    return strstr(w->name.ptr, w->words.ptr) != NULL;
}

static bool words_in(struct venue_words *w, const char *name)
{
    if (w->judged.len > 0 && strcmp(w->judged.ptr, name) == 0)
        return w->has;
    str_clear(&w->judged);
    str_add(&w->judged, name);
    w->has = is_simple(name) ? simple_has(w, name) : folded_has(w, name);
    return w->has;
}

/* carrel_venue(name, value): value is the same for all rows, so its words are kept beside it. */
static void venue_has(sqlite3_context *context, int count, sqlite3_value **values)
{
    const char *name = (const char *)sqlite3_value_text(values[0]);
    const char *value = (const char *)sqlite3_value_text(values[1]);
    struct venue_words *w = sqlite3_get_auxdata(context, 1);
    bool fresh = w == NULL;

    (void)count;
    if (!name || !value)
        return;
    if (fresh)
        w = words_new(value);
    sqlite3_result_int(context, words_in(w, name));
    if (fresh) /* last: SQLite may free it at once */
        sqlite3_set_auxdata(context, 1, w, words_free);
}

int venues_register(struct store *store, struct error *err)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;

    return sqlite3_create_function_v2(store_sqlite(store), "carrel_venue", 2, flags, NULL,
                                      venue_has, NULL, NULL, NULL)
                   == SQLITE_OK
               ? ERR_OK
               : store_error(store, err, "search");
}

static int find_all(struct plan *plan, struct str *ids, const char *value, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, plan->store,
                              "SELECT id FROM work_text INDEXED BY work_text_venue WHERE venue != "
                              "'' AND carrel_venue(venue, ?1)",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, value);
    while ((step = stmt_step(stmt, err)) == 1)
        str_printf(ids, "%s%" PRId64, ids->len ? "," : "", stmt_int(stmt, 0));
    stmt_reset(stmt);
    return step;
}

/* Beside words each match is asked; alone, all names are looked at once. */
int filter_venue(struct plan *plan, const struct node *node, struct error *err)
{
    struct str ids = STR_INIT;
    int result = rank_register(plan->store, err);

    if (result == ERR_OK && plan->match.len > 0 && !plan->driving) {
        str_add(&plan->where, "EXISTS (SELECT 1 FROM work_text v WHERE v.id = w.id AND v.venue != "
                              "'' AND carrel_venue(v.venue, ");
        plan_add_text(plan, node->text);
        str_add(&plan->where, "))");
    } else if (result == ERR_OK) {
        result = find_all(plan, &ids, node->text, err);
        plan_in(plan, ids.ptr);
    }
    str_free(&ids);
    return result;
}
