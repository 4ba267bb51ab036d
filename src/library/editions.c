/*
 * Versions of a paper from its records; see editions.h.
 *
 * Sources say a number, a day, or both. What has a number is gathered first; a record with a day
 * alone then belongs to the version of that day, or is one of its own between the others. A
 * listing's day is that of its announcement, which comes some days behind.
 */
#include "carrel/editions.h"

#include "internal.h"

#include "carrel/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANNOUNCED_DAYS 5 /* behind the version, at most */

bool edition_of_record(struct edition *out, const char *source, const struct record *record)
{
    static const char *const own[] = { "arxiv-atom", "oai-arxiv", "oai-raw", "oai-dc", "rss" };
    bool ours = false, plain;
    const char *at = record->updated;
    size_t i;

    for (i = 0; i < ARRAY_LEN(own); i++)
        ours |= strcmp(own[i], source) == 0;
    plain = strcmp(source, "oai-arxiv") == 0 || strcmp(source, "oai-dc") == 0;
    *out = (struct edition){ .number = record->version, .day = DAY_NONE };
    if (plain && out->number == 0 && !at)
        out->number = 1; /* they name a second day as soon as there is a second version */
    if (!at && out->number == 1)
        at = record->published;
    if (at && ours && !date_parse(at, &out->day, NULL))
        out->day = DAY_NONE;
    out->at = (char *)(uintptr_t)(out->day == DAY_NONE ? "" : at);
    out->size = (char *)(uintptr_t) "";
    out->roughly = strcmp(source, "rss") == 0;
    return ours ? out->number > 0 || out->day != DAY_NONE : out->number > 0;
}

/* An announcement comes some days behind what it announces. */
static bool same_day(const struct edition *a, const struct edition *b)
{
    int32_t apart = a->day - b->day;

    if (a->day == DAY_NONE || b->day == DAY_NONE)
        return false;
    if (a->roughly != b->roughly)
        apart = a->roughly ? apart : -apart;
    return apart == 0 || (a->roughly != b->roughly && apart > 0 && apart <= ANNOUNCED_DAYS);
}

bool edition_before(const struct edition *a, const struct edition *b)
{
    if (a->number > 0 && b->number > 0)
        return a->number < b->number;
    return a->day != DAY_NONE && b->day != DAY_NONE && a->day < b->day && !same_day(a, b);
}

/* ---- gathering ---- */

struct gathering {
    struct edition *items;
    size_t len, cap;
    struct arena *arena;
};

/* The version that is meant, made where it belongs if it is not there. */
static struct edition *gather(struct gathering *g, const struct edition *edition)
{
    size_t i, place = g->len;

    for (i = 0; i < g->len; i++)
        if (edition->number > 0 ? g->items[i].number == edition->number
                                : same_day(&g->items[i], edition))
            return &g->items[i];
    while (place > 0 && edition_before(edition, &g->items[place - 1]))
        place--;
    ARENA_PUSH(g->arena, g->items, g->len, g->cap, *edition);
    memmove(&g->items[place + 1], &g->items[place], (g->len - 1 - place) * sizeof *g->items);
    g->items[place] = *edition;
    return &g->items[place];
}

/* A day that is known better takes the place of one that is not. */
static void gather_day(struct edition *edition, const struct edition *said)
{
    if (said->day == DAY_NONE || (edition->day != DAY_NONE && !edition->roughly && said->roughly))
        return;
    if (edition->day != DAY_NONE && edition->roughly == said->roughly
        && strlen(edition->at) >= strlen(said->at))
        return;
    edition->day = said->day;
    edition->at = said->at;
    edition->roughly = said->roughly;
}

static void gather_words(struct gathering *g, const struct edition_words *words,
                         const struct edition *said)
{
    struct edition *edition = gather(g, said);

    gather_day(edition, said);
    if (edition->came == 0 || words->fetched < edition->came)
        edition->came = words->fetched;
    ARENA_PUSH(g->arena, edition->words, edition->len, edition->cap, *words);
}

static void gather_list(struct gathering *g, const struct text_list *versions)
{
    struct record_version version;
    size_t i;

    for (i = 0; i < versions->len; i++) {
        struct edition said = { .day = DAY_NONE }, *edition;

        if (!record_version_read(&version, g->arena, versions->items[i]))
            continue;
        said.number = version.number;
        said.at = version.at;
        said.size = version.size;
        if (!date_parse(version.at, &said.day, NULL))
            said.day = DAY_NONE;
        edition = gather(g, &said);
        gather_day(edition, &said);
        if (*version.size)
            edition->size = version.size;
    }
}

struct words_list {
    struct edition_words *items;
    size_t len, cap;
};

static int read_words(struct words_list *out, struct store *store, struct arena *arena,
                      int64_t work, struct error *err)
{
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, store,
                              "SELECT r.source, r.fetched, r.payload FROM record r JOIN work w ON "
                              "w.id = r.work_id WHERE r.work_id = ?1 AND r.source_key = w.key AND "
                              "w.key LIKE 'arxiv:%' AND r.source NOT IN ('hand', 'oai') ORDER BY "
                              "r.fetched, r.source, r.hash",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct edition_words words = { .source = stmt_dup(stmt, 0, arena),
                                       .fetched = stmt_int(stmt, 1) };
        size_t len;
        const void *bytes = stmt_blob(stmt, 2, &len);

        step = payload_unpack(&words.record, arena, bytes, len, err);
        if (step != ERR_OK)
            break;
        ARENA_PUSH(arena, out->items, out->len, out->cap, words);
    }
    stmt_reset(stmt);
    return step;
}

int editions_of(struct edition **out, size_t *count, struct store *store, struct arena *arena,
                int64_t work, struct error *err)
{
    struct gathering g = { .arena = arena };
    struct words_list words = { 0 };
    struct edition said;
    size_t i, numbered;
    int result = read_words(&words, store, arena, work, err);

    for (i = 0; i < words.len; i++)
        gather_list(&g, &words.items[i].record.versions);
    for (numbered = 2; numbered-- > 0;)
        for (i = 0; i < words.len; i++)
            if (edition_of_record(&said, words.items[i].source, &words.items[i].record)
                && (said.number > 0) == (numbered == 1))
                gather_words(&g, &words.items[i], &said);
    for (i = 0; i < g.len; i++)
        g.items[i].withdrawn =
            g.items[i].len > 0 && record_is_withdrawn(&g.items[i].words[g.items[i].len - 1].record);
    *out = g.items;
    *count = g.len;
    return result;
}

/* ---- names ---- */

void edition_name(struct str *out, const struct edition *edition)
{
    if (edition->number > 0)
        str_printf(out, "v%d%s", edition->number, *edition->at ? " of " : "");
    else
        str_add(out, *edition->at ? "the version of " : "an unknown version");
    str_printf(out, "%.10s", edition->at);
}

const struct edition *edition_find(const struct edition *editions, size_t count, const char *seen)
{
    int number = *seen == 'v' ? atoi(seen + 1) : 0;
    const char *at = *seen == 'v' ? seen + strcspn(seen, " ") : seen;
    char day[16];
    int32_t wanted;
    size_t i;

    at += *at == ' ';
    snprintf(day, sizeof day, "%.10s", at);
    if (!date_parse(day, &wanted, NULL))
        wanted = DAY_NONE;
    for (i = 0; i < count && number > 0; i++)
        if (editions[i].number == number)
            return &editions[i];
    for (i = count; i > 0 && wanted != DAY_NONE; i--)
        if (editions[i - 1].day == wanted && (number == 0 || editions[i - 1].number == 0))
            return &editions[i - 1];
    return NULL;
}

/* ---- what is kept of them ---- */

static void known_text(struct text_list *out, struct arena *arena, const struct edition *editions,
                       size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        record_version_add(out, arena,
                           &(struct record_version){ .number = editions[i].number,
                                                     .at = editions[i].at,
                                                     .size = editions[i].size });
}

/* When the newest came, if an older one had been here; else 0. */
static int64_t came_later(const struct edition *editions, size_t count)
{
    const struct edition *newest = &editions[count - 1];
    size_t i;

    for (i = 0; i + 1 < count; i++)
        if (editions[i].came > 0 && editions[i].came < newest->came)
            return newest->came;
    return 0;
}

/* When the archive's word that the paper is deleted came, if the paper had been here; else 0. */
static int deleted_at(int64_t *at, struct store *store, int64_t work, struct error *err)
{
    int result = store_lookup(
        store, at,
        "SELECT r.fetched FROM record r WHERE r.work_id = ?1 AND r.source = 'oai' AND r.current "
        "AND EXISTS (SELECT 1 FROM record o WHERE o.source_key = r.source_key AND o.work_id = ?1 "
        "AND o.source != 'oai' AND o.fetched <= r.fetched) ORDER BY r.fetched DESC LIMIT 1",
        NULL, work, 0, err);

    if (result == ERR_NOTFOUND)
        *at = 0;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static int write_row(struct store *store, int64_t work, const struct edition *newest, int64_t came,
                     int64_t withdrawn, const char *known, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "INSERT INTO work_version(work_id, number, day, came, withdrawn, known) VALUES(?1, ?2, ?3, "
        "?4, ?5, ?6) ON CONFLICT(work_id) DO UPDATE SET number = ?2, day = ?3, came = ?4, "
        "withdrawn = ?5, known = ?6 WHERE number != ?2 OR day != ?3 OR came != ?4 OR withdrawn != "
        "?5 OR known != ?6",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    stmt_bind_int(stmt, 2, newest ? newest->number : 0);
    stmt_bind_int(stmt, 3, newest && newest->day != DAY_NONE ? newest->day : 0);
    stmt_bind_int(stmt, 4, came);
    stmt_bind_int(stmt, 5, withdrawn);
    stmt_bind_text(stmt, 6, known);
    return stmt_run(stmt, err);
}

int editions_keep(struct store *store, int64_t work, struct error *err)
{
    struct arena *arena = arena_new();
    struct text_list list = { 0 };
    struct str known = STR_INIT;
    struct edition *editions, *newest;
    size_t count;
    int64_t came, withdrawn = 0;
    int result = editions_of(&editions, &count, store, arena, work, err);

    if (result == ERR_OK)
        result = deleted_at(&withdrawn, store, work, err);
    if (result != ERR_OK)
        goto out;
    newest = count > 0 ? &editions[count - 1] : NULL;
    came = newest ? came_later(editions, count) : 0;
    if (newest && newest->withdrawn && withdrawn == 0)
        withdrawn = came;
    known_text(&list, arena, editions, count);
    text_list_join(&known, &list, "\n");
    result =
        count > 1 || withdrawn > 0
            ? write_row(store, work, newest, came, withdrawn, known.ptr, err)
            : store_run(store, "DELETE FROM work_version WHERE work_id = ?1", work, 0, NULL, err);
out:
    str_free(&known);
    arena_free(arena);
    return result;
}
