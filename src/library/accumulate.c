/*
 * Records that are said piece by piece (record.adds): each is added to the one that its source has
 * in the library already, in that one's place. Rows of a dump name one repository each; kept as
 * versions of their own, a paper with hundreds of repositories would have hundreds of versions.
 *
 * What there is stands in a fixed order, so that the same sayings make the same record, whichever
 * came first.
 *
 * Nothing is ever taken away by this: what a later dump leaves out stays. When the record was
 * fetched stays, too, so that its place among the others does.
 */
#include "internal.h"

#include "carrel/log.h"

#include <stdlib.h>
#include <string.h>

static int kept_record(struct writer *writer, struct arena *arena, int64_t id, struct record *out,
                       struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, writer->store, "SELECT payload FROM record WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    result = stmt_step(stmt, err);
    if (result == 1) {
        size_t len;
        const void *bytes = stmt_blob(stmt, 0, &len);

        result = payload_unpack(out, arena, bytes, len, err);
    } else if (result == 0) {
        result = error_set(err, ERR_CORRUPT, "a record is gone while it is added to");
    }
    stmt_reset(stmt);
    return result;
}

static bool add_texts(struct text_list *to, const struct text_list *from, struct arena *arena)
{
    bool added = false;
    size_t i, k;

    for (i = 0; i < from->len; i++) {
        for (k = 0; k < to->len; k++)
            if (strcmp(to->items[k], from->items[i]) == 0)
                break;
        if (k < to->len)
            continue;
        text_list_add(to, arena, from->items[i], strlen(from->items[i]));
        added = true;
    }
    return added;
}

static int text_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_texts(struct text_list *list)
{
    if (list->len > 1)
        qsort(list->items, list->len, sizeof *list->items, text_compare);
}

static int link_compare(const void *a, const void *b)
{
    const struct record_link *x = a, *y = b;
    int order = strcmp(x->kind, y->kind);

    return order ? order : strcmp(x->url, y->url);
}

static void sort_links(struct record_links *links)
{
    if (links->len > 1)
        qsort(links->items, links->len, sizeof *links->items, link_compare);
}

/* Of two of the same strength the same one, whichever came first. */
static bool link_is_stronger(const struct record_link *a, const struct record_link *b)
{
    int x = link_evidence_rank(a->evidence), y = link_evidence_rank(b->evidence);

    return x != y ? x < y : strcmp(a->said, b->said) < 0;
}

/* The stronger evidence for the same address takes the place of the weaker. */
static bool add_links(struct record_links *to, const struct record_links *from, struct arena *arena)
{
    bool added = false;
    size_t i, k;

    for (i = 0; i < from->len; i++) {
        const struct record_link *link = &from->items[i];

        if (record_link_add(to, arena, link)) {
            added = true;
            continue;
        }
        for (k = 0; k < to->len; k++) {
            if (strcmp(to->items[k].url, link->url) != 0
                || strcmp(to->items[k].kind, link->kind) != 0
                || !link_is_stronger(link, &to->items[k]))
                continue;
            to->items[k] = *link;
            added = true;
        }
    }
    return added;
}

static int kept_replace(struct writer *writer, int64_t id, const struct record *record,
                        struct error *err)
{
    struct str packed = STR_INIT;
    struct arena *arena = arena_new();
    uint64_t hash;
    size_t len;
    void *payload = payload_pack(&packed, &hash, &len, record, arena);
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, writer->store,
                              "UPDATE record SET payload = ?2, hash = ?3 WHERE id = ?1", err);

    if (packed.len > PAYLOAD_MAX)
        result = error_set(err, ERR_LIMIT, "more than 4 MiB is said of one paper");
    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, id);
        stmt_bind_blob(stmt, 2, payload, len);
        stmt_bind_int(stmt, 3, (int64_t)hash);
        result = stmt_run(stmt, err);
    }
    if (result == ERR_OK)
        result = record_again(writer, id, err);
    arena_free(arena);
    str_free(&packed);
    return result;
}

int accumulate(struct writer *writer, int64_t id, const struct prepared *prepared,
               struct accumulated *what, struct error *err)
{
    struct arena *arena = arena_new();
    const struct record *more = &prepared->record;
    struct record record;
    int result = kept_record(writer, arena, id, &record, err);

    *what = (struct accumulated){ 0 };
    if (result == ERR_OK && record.links.len >= RECORD_LINKS) {
        log_write(LOG_WARN, "%s has %d links, which is all that are kept: '%s' is left out",
                  record.id, RECORD_LINKS, more->links.len ? more->links.items[0].url : "");
    } else if (result == ERR_OK) {
        what->links = add_links(&record.links, &more->links, arena);
        what->links |= add_texts(&record.code_urls, &more->code_urls, arena);
        what->names = add_texts(&record.aliases, &more->aliases, arena);
        sort_links(&record.links);
        sort_texts(&record.code_urls);
        sort_texts(&record.aliases);
    }
    if (result == ERR_OK && (what->links || what->names))
        result = kept_replace(writer, id, &record, err);
    arena_free(arena);
    return result;
}
