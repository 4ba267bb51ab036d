/*
 * Papers that repositories name by title alone. Such a name is kept as "HASH|people|year|Title"
 * with the hash of the folded title that works have, too, so either side finds the other by an
 * index; and as anybody's paper may be called so, people or year must agree, as far as they are
 * known.
 */
#include "internal.h"
#include "repositories_internal.h"

#include "carrel/clock.h"
#include "carrel/likeness.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define YEARS_APART 2     /* between what was printed and a preprint of it */
#define WORDS_UNCHECKED 6 /* of a title that stands alone for its paper */

void repositories_title_value(struct str *out, const char *title, const char *people, int year)
{
    size_t i, start;

    str_printf(out, "%" PRIu64 "|", text_key_hash(title));
    start = out->len;
    str_add(out, people);
    for (i = start; i < out->len; i++)
        if (out->ptr[i] == '|')
            out->ptr[i] = ' ';
    str_printf(out, "|%d|%s", year, title);
}

struct titled {
    char *people, *title; /* people one a line */
    int year;
};

static bool titled_parse(struct titled *out, struct arena *arena, const char *value)
{
    char *copy = arena_strdup(arena, value), *at = strchr(copy, '|'), *semicolon;

    if (!at)
        return false;
    out->people = at + 1 + strspn(at + 1, " ");
    at = strchr(out->people, '|');
    if (!at)
        return false;
    *at = '\0';
    out->year = atoi(at + 1);
    at = strchr(at + 1, '|');
    out->title = at ? at + 1 : NULL;
    while ((semicolon = strchr(out->people, ';')))
        *semicolon = '\n';
    return out->title != NULL;
}

static bool titled_fits(struct arena *arena, const char *value, const char *authors, int32_t day)
{
    struct titled named;
    bool people, years;
    int year, month, mday;

    if (!titled_parse(&named, arena, value) || title_is_generic(named.title))
        return false;
    people = *named.people && *authors;
    years = named.year > 0 && day != 0;
    if (people && people_compare(named.people, authors).shared == 0)
        return false;
    day_to_civil(day, &year, &month, &mday);
    if (years && abs(year - named.year) > YEARS_APART)
        return false;
    return people || years || title_words(named.title) >= WORDS_UNCHECKED;
}

int repositories_titled(struct store *store, struct arena *arena, int64_t id,
                        struct work_ids *touched, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT w.id, p.value, t.authors, w.day FROM repository_paper p "
                              "JOIN work w ON w.title_hash = CAST(p.value AS INTEGER) "
                              "JOIN work_text t ON t.id = w.id "
                              "WHERE p.repository_id = ?1 AND p.scheme = 'title' AND p.own",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    while ((step = stmt_step(stmt, err)) == 1)
        if (titled_fits(arena, stmt_text(stmt, 1), stmt_text(stmt, 2), (int32_t)stmt_int(stmt, 3)))
            repositories_add_touched(touched, arena, stmt_int(stmt, 0));
    stmt_reset(stmt);
    return step;
}

int repositories_titling(struct store *store, struct arena *arena, int64_t work,
                         struct record_links *out, struct error *err)
{
    static char code[] = "code", readme[] = "readme";
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT p.value, t.authors, w.day, ifnull(r.url, 'https://' || r.key), "
        "ifnull(c.file, 'README') FROM work w JOIN work_text t ON t.id = w.id "
        "JOIN repository_paper p ON p.scheme = 'title' AND p.value >= w.title_hash || '|' AND "
        "p.value < w.title_hash || '}' JOIN repository r ON r.id = p.repository_id "
        "LEFT JOIN repository_citation c ON c.repository_id = p.repository_id AND "
        "c.scheme = p.scheme AND c.value = p.value "
        "WHERE w.id = ?1 AND p.own ORDER BY r.stars DESC, r.key",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1)
        if (titled_fits(arena, stmt_text(stmt, 0), stmt_text(stmt, 1), (int32_t)stmt_int(stmt, 2)))
            record_link_add(out, arena,
                            &(struct record_link){
                                .kind = code,
                                .url = arena_strdup(arena, stmt_text(stmt, 3)),
                                .evidence = readme,
                                .said = arena_printf(arena, "its %s names its paper by title",
                                                     stmt_text(stmt, 4)) });
    stmt_reset(stmt);
    return step;
}
