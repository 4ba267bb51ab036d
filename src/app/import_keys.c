/*
 * Keys of entries that have come in. What cites by them is to know: of a paper one key alone is
 * written, and of two papers with one key the later one's gets a letter. A title that somebody has
 * changed in his file makes another paper, if nothing but title and authors tells which it is.
 */
#include "import_keys.h"

#include "carrel/cited.h"
#include "carrel/utf8.h"
#include "carrel/works.h"

#include <inttypes.h>

#define KEYS_SAID 10 /* of a kind */
#define TITLE_SAID 60

struct telling {
    struct import_keys *counts;
    struct str *say;
    struct store *store;
    struct arena *arena;
    struct error *err;
};

static int say_second(void *ctx, int64_t work, const char *key, const char *first)
{
    struct telling *t = ctx;

    (void)work;
    if (t->counts->second++ < KEYS_SAID && t->say)
        str_printf(t->say,
                   "2 keys for one paper: %.80s is %.80s, by which it is cited and exported\n", key,
                   first);
    return ERR_OK;
}

static void say_title(struct str *say, const char *title)
{
    size_t len = utf8_fit(title, TITLE_SAID);

    str_printf(say, "'%.*s%s'", (int)len, title, title[len] ? "…" : "");
}

/* The later one in front: what it says of the paper is what stands then. */
static int say_shared(void *ctx, int64_t work, const char *key, int64_t other)
{
    struct telling *t = ctx;
    const int64_t works[] = { work, other };
    struct work_row rows[2];
    int result;

    if (t->counts->shared++ >= KEYS_SAID || !t->say)
        return ERR_OK;
    result = works_rows(t->store, t->arena, works, 2, rows, t->err);
    if (result != ERR_OK || !rows[0].id || !rows[1].id)
        return result;
    str_printf(t->say, "1 key for two papers: %.80s is that of ", key);
    say_title(t->say, rows[1].title);
    str_add(t->say, " here, and ");
    say_title(t->say, rows[0].title);
    str_printf(t->say, " gets a letter more; if they are one: carrel merge %s %s\n", rows[0].key,
               rows[1].key);
    arena_reset(t->arena);
    return ERR_OK;
}

static void say_more(struct str *say, int64_t count, const char *rule)
{
    if (say && count > KEYS_SAID)
        str_printf(say, "and %" PRId64 " more: carrel lint --only %s\n", count - KEYS_SAID, rule);
}

int import_keys(struct import_keys *counts, struct str *say, struct store *store, int64_t behind,
                struct error *err)
{
    struct telling t = { counts, say, store, arena_new(), err };
    int result = cited_others(store, behind, say_second, &t, err);

    say_more(say, counts->second, "two-keys");
    if (result == ERR_OK)
        result = cited_shared(store, behind, say_shared, &t, err);
    say_more(say, counts->shared, "same-key");
    arena_free(t.arena);
    return result;
}
