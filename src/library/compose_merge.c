/*
 * What a work is, from what its current records say, and what entries of bibliographies said before
 * others took their place: a poorer entry takes nothing away.
 *
 * A field comes from the record whose source stands first in the precedence table and has the
 * field; but where a work came out, and under which DOI, is the registry's to say, and what a
 * person has said of it (hand.c) goes before all. Lists of links are unions.
 */
#include "internal.h"

#include "carrel/citation.h"
#include "carrel/editions.h"

#include <stdlib.h>
#include <string.h>

/* Best first. Sources that are not listed come last, among themselves by the time they were
 * fetched. */
static const char *const precedence[] = {
    "arxiv-atom", "oai-arxiv", "oai-raw",     "crossref",
    "oai-dc",     "oai",       "huggingface", "huggingface-paper",
    "pwc",        "rss",       "arxiv-mail",  "feed",
    "jsonl",      "zotero",    "papis",       "bibtex",
    "csl",        "ris",       "pwc-links"
};

#define REGISTRY_LAST ARRAY_LEN(precedence) /* of a work of arXiv */
#define NOT_LISTED (ARRAY_LEN(precedence) + 1)

static size_t precedence_of(const char *source)
{
    size_t i;

    if (str_starts(source, "feed:")) /* and its name in the configuration */
        source = "feed";
    for (i = 0; i < ARRAY_LEN(precedence); i++)
        if (strcmp(precedence[i], source) == 0)
            return i;
    return NOT_LISTED;
}

struct compose_source {
    struct record record;
    size_t rank;
    bool registry, hand;
    const char *file; /* of an entry of a bibliography: the source; NULL none */
    bool dated; /* of the paper of arXiv that the work is called by, and it says which version */
    struct edition edition;
};

static int compose_compare(const void *a, const void *b)
{
    size_t x = ((const struct compose_source *)a)->rank,
           y = ((const struct compose_source *)b)->rank;

    return (x > y) - (x < y);
}

static void compose_union(struct text_list *to, const struct text_list *from, struct arena *arena)
{
    size_t i, k;

    for (i = 0; i < from->len; i++) {
        for (k = 0; k < to->len; k++)
            if (strcmp(to->items[k], from->items[i]) == 0)
                break;
        if (k == to->len)
            text_list_add(to, arena, from->items[i], strlen(from->items[i]));
    }
}

/* More digits are more precise; of equally precise ones the earlier is the first publication. */
static bool date_better(const char *candidate, const char *present)
{
    size_t a = strlen(candidate) > 10 ? 10 : strlen(candidate);
    size_t b = strlen(present) > 10 ? 10 : strlen(present);

    return a != b ? a > b : strcmp(candidate, present) < 0;
}

static void compose_fold(struct record *out, const struct record *next, struct arena *arena)
{
#define TAKE(field)                                                                                \
    if (!out->field)                                                                               \
    out->field = next->field
    TAKE(title);
    TAKE(abstract);
    TAKE(doi);
    TAKE(venue);
    TAKE(comment);
    TAKE(url);
    TAKE(pdf_url);
    TAKE(license);
    TAKE(updated);
#undef TAKE
    if (out->authors.len == 0) {
        out->authors = next->authors;
        out->cited = next->cited; /* which of them are bodies */
    }
    if (out->categories.len == 0)
        out->categories = next->categories;
    if (out->versions.len == 0)
        out->versions = next->versions;
    if (next->published && (!out->published || date_better(next->published, out->published)))
        out->published = next->published;
    if (next->updated && out->updated && strcmp(next->updated, out->updated) > 0)
        out->updated = next->updated;
    compose_union(&out->code_urls, &next->code_urls, arena);
    compose_union(&out->tasks, &next->tasks, arena);
    compose_union(&out->methods, &next->methods, arena);
    compose_union(&out->credits, &next->credits, arena);
    compose_evidence(&out->links, &next->links, arena);
}

/*
 * What the publisher has registered of a work stands in front of what its authors have typed into a
 * preprint's form, which is often early. Both come from one record, so that they agree; one without
 * a venue is of a preprint. Its title and abstract stay behind those of an arXiv paper, whoever
 * brought them (REGISTRY_LAST): they have lost their formulas, and are what was printed later. And
 * its date stands only where it says more, since of two equally precise ones the first publication
 * counts.
 */
static void compose_registry(struct record *out, const struct compose_source *sources, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (!sources[i].registry || !sources[i].record.venue || sources[i].record.deleted)
            continue;
        out->venue = sources[i].record.venue;
        out->doi = sources[i].record.doi;
        return;
    }
}

/* What arXiv's sources say of an older version comes behind what others say of a newer one: a
 * listing is there days before the archive's own record has followed. */
static void compose_editions(struct compose_source *sources, size_t len)
{
    const struct edition *newest = NULL;
    bool stale = false;
    size_t i;

    for (i = 0; i < len; i++)
        if (sources[i].dated && (!newest || edition_before(newest, &sources[i].edition)))
            newest = &sources[i].edition;
    for (i = 0; i < len; i++)
        stale |= sources[i].dated && edition_before(&sources[i].edition, newest);
    for (i = 0; i < len && stale; i++) {
        size_t own = sources[i].rank, last = precedence_of("oai") * 1000;

        if (sources[i].dated && edition_before(&sources[i].edition, newest))
            sources[i].rank = last + 1 + i;
        else if (sources[i].dated && own >= last)
            sources[i].rank = last;
    }
}

/* Of entries of one paper a later one that is poorer comes behind what it has replaced. They come
 * the latest first. */
static void compose_entries(struct compose_source *sources, size_t len, struct arena *arena)
{
    size_t i, k, front;

    for (i = len; i-- > 0;) {
        struct citation later, earlier;

        for (k = i + 1, front = len; k < len && sources[i].file; k++)
            if (sources[k].file && strcmp(sources[k].file, sources[i].file) == 0
                && strcmp(sources[k].record.id, sources[i].record.id) == 0
                && (front == len || sources[k].rank < sources[front].rank))
                front = k;
        if (front < len && sources[i].file && citation_from(&later, arena, &sources[i].record.cited)
            && citation_from(&earlier, arena, &sources[front].record.cited)
            && citation_poorer(&later, &earlier)) {
            size_t rank = sources[i].rank;

            sources[i].rank = sources[front].rank;
            sources[front].rank = rank;
        }
    }
}

/* Of two hands (works that were merged) the one whose work kept its name. */
static void compose_hand(struct record *out, const struct compose_source *sources, size_t len,
                         struct arena *arena)
{
    struct record hand = { 0 };
    size_t i;

    for (i = 0; i < len; i++)
        if (sources[i].hand)
            hand_fold(&hand, &sources[i].record, arena);
    hand_over(out, &hand, arena);
}

int compose_merge(struct store *store, struct arena *arena, int64_t work, struct record *out,
                  struct error *err)
{
    struct compose_source *sources = NULL;
    size_t len = 0, cap = 0, i;
    bool preprint = false; /* some record is of an arXiv paper */
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store,
        /* Of equal sources the one about the name that the work carries speaks first:
         * who merged another into it means to keep its words. Of names that were made
         * of a title none is the better one, and the last record has the word. */
        "SELECT r.source, r.payload, r.source_key LIKE 'arxiv:%', r.source_key = w.key, "
        "r.source IN ('bibtex', 'ris', 'csl') FROM record r "
        "JOIN work w ON w.id = r.work_id WHERE r.work_id = ?1 AND (r.current OR r.source IN "
        "('bibtex', 'ris', 'csl')) "
        "ORDER BY r.source_key != w.key AND NOT (r.source_key LIKE 'local:%' AND w.key LIKE "
        "'local:%'), r.fetched DESC, r.source, r.source_key, r.hash",
        err);

    memset(out, 0, sizeof *out);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct compose_source source = { .rank = precedence_of(stmt_text(stmt, 0)) * 1000 + len,
                                         .registry = strcmp(stmt_text(stmt, 0), "crossref") == 0,
                                         .hand = strcmp(stmt_text(stmt, 0), HAND) == 0 };
        size_t size;
        const void *bytes = stmt_blob(stmt, 1, &size);

        preprint |= stmt_int(stmt, 2) != 0;
        step = payload_unpack(&source.record, arena, bytes, size, err);
        if (step != ERR_OK)
            break;
        if (stmt_int(stmt, 4) && source.record.id)
            source.file = arena_strdup(arena, stmt_text(stmt, 0));
        source.dated = stmt_int(stmt, 2) && stmt_int(stmt, 3)
                       && edition_of_record(&source.edition, stmt_text(stmt, 0), &source.record);
        VEC_PUSH(sources, len, cap, source);
    }
    stmt_reset(stmt);
    result = step;
    if (result == ERR_OK && len == 0)
        result = error_set(err, ERR_CORRUPT, "work %lld has no record", (long long)work);
    for (i = 0; i < len && preprint; i++)
        if (sources[i].registry)
            sources[i].rank = REGISTRY_LAST * 1000 + i;
    if (result == ERR_OK)
        compose_editions(sources, len);
    if (result == ERR_OK)
        compose_entries(sources, len, arena);
    if (result == ERR_OK && len > 1)
        qsort(sources, len, sizeof *sources, compose_compare);
    for (i = 0; i < len && result == ERR_OK; i++) {
        if (sources[i].hand)
            continue;
        if (sources[i].record.deleted) {
            out->deleted = true; /* says that it is withdrawn, and nothing else */
            if (len > 1)
                continue;
        }
        if (sources[i].record.title && !*sources[i].record.title)
            sources[i].record.title = NULL;
        compose_fold(out, &sources[i].record, arena);
    }
    compose_registry(out, sources, result == ERR_OK ? len : 0);
    compose_hand(out, sources, result == ERR_OK ? len : 0, arena);
    if (!out->title)
        out->title = arena_strdup(arena, "(withdrawn, title unknown)");
    free(sources);
    return result;
}
