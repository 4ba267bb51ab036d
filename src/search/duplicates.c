/*
 * Pairs of works that may be one: suggestions for `merge`, never merged by themselves.
 *
 * Candidates are works of the same folded title, and for the newest works their nearest vectors.
 * What decides is the text: the share of three-word runs that two texts have in common (A. Broder,
 * "On the resemblance and containment of documents", 1997; computed exactly, since candidates are
 * few). Works whose documents are nearly the same text are candidates too, and that text, of which
 * the signatures tell, is what decides.
 */
#include "carrel/documents.h"
#include "carrel/hash.h"
#include "carrel/likeness.h"
#include "carrel/related.h"
#include "carrel/text.h"
#include "carrel/vectors.h"
#include "internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEIGHBOURS 4
#define NEAR_COSINE 0.75f /* far enough for titles alone; the texts decide */
#define TITLES_ALIKE 0.7
#define OWN_WORDS 6     /* of a title that two papers hardly have by chance */
#define SAME_AUTHORS 64 /* works of its authors that a work is compared with */
#define ALIKE 0.5       /* texts from here on */
#define NEARLY_ALL 0.9  /* of the text, whatever else speaks against it */
#define DOCUMENTS_ALIKE 0.7
#define WORDS_APART 0.2 /* abstracts that share fewer of their words */
#define TITLE_SCORE 0.6 /* what the same title is worth when abstracts are missing */

struct seeker {
    struct store *store;
    struct arena *arena;
    struct duplicate_pair *pairs;
    size_t len, cap;
    struct hashmap *seen; /* two ids */
};

/* ---- how alike ---- */

struct shingles {
    struct hashmap *set;
    uint64_t words[2];
    size_t count, total, common;
    bool second;
};

static int add_shingle(void *ctx, const struct text_token *token)
{
    struct shingles *s = ctx;
    uint64_t word = hash64(token->stem, token->stem_len, 0), run[3];
    bool added;
    uint64_t *value;

    if (s->count++ >= 2) {
        run[0] = s->words[0];
        run[1] = s->words[1];
        run[2] = word;
        value = hashmap_put(s->set, (const char *)run, sizeof run, &added);
        s->total += added;
        if (!s->second) {
            *value = 1;
        } else if (!added && *value == 1) {
            *value = 2;
            s->common++;
        }
    }
    s->words[0] = s->words[1];
    s->words[1] = word;
    return 0;
}

static double resemblance(const char *a, const char *b)
{
    struct shingles s = { .set = hashmap_new() };

    text_tokenize(a, strlen(a), add_shingle, &s);
    s.second = true;
    s.count = 0;
    text_tokenize(b, strlen(b), add_shingle, &s);
    hashmap_free(s.set);
    return s.total > 0 ? (double)s.common / (double)s.total : 0;
}

struct side {
    char *title, *abstract, *authors;
};

static int read_side(struct side *out, struct seeker *s, int64_t id, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, s->store,
                              "SELECT title, abstract, authors FROM work_text WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    result = stmt_step(stmt, err);
    if (result == 1) {
        out->title = arena_strdup(s->arena, stmt_text(stmt, 0));
        out->abstract = arena_strdup(s->arena, stmt_text(stmt, 1));
        out->authors = arena_strdup(s->arena, stmt_text(stmt, 2));
    }
    stmt_reset(stmt);
    return result < 0 ? result : result == 1 ? ERR_OK : ERR_NOTFOUND;
}

static bool same_words(const char *a, const char *b)
{
    struct str x = STR_INIT, y = STR_INIT;
    bool same;

    text_key(&x, a);
    text_key(&y, b);
    same = x.len > 0 && strcmp(x.ptr, y.ptr) == 0;
    str_free(&x);
    str_free(&y);
    return same;
}

/* The query's first column, of the two works ?1 and ?2; without a row it is not so. */
static int pair_is(bool *so, struct seeker *s, const char *sql, int64_t a, int64_t b,
                   struct error *err)
{
    int64_t found = 0;
    int result = store_lookup(s->store, &found, sql, NULL, a, b, err);

    *so = found != 0;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static const char kept_apart[] =
    "SELECT 1 FROM keep_apart k JOIN alias x ON x.work_id = ?1 JOIN alias y ON y.work_id = ?2 "
    "WHERE (k.a = x.scheme || ':' || x.value AND k.b = y.scheme || ':' || y.value) "
    "OR (k.b = x.scheme || ':' || x.value AND k.a = y.scheme || ':' || y.value) LIMIT 1";
/* Each has a number of arXiv's: that their titles are alike says nothing then. */
static const char two_preprints[] = "SELECT count(DISTINCT work_id) = 2 FROM alias "
                                    "WHERE work_id IN (?1, ?2) AND scheme = 'arxiv'";

/* Each has a DOI, of one registrant, who gives a paper one: a series says the same of much. */
static const char two_numbers[] =
    "SELECT 1 FROM alias x JOIN alias y ON y.work_id = ?2 AND y.scheme = 'doi' AND substr(y.value, "
    "1, instr(y.value, '/')) = substr(x.value, 1, instr(x.value, '/')) WHERE x.work_id = ?1 AND "
    "x.scheme = 'doi' LIMIT 1";

/* What a person should be asked about: alike texts, or the same title with nothing against it. */
static void judge_pair(struct duplicate_pair *pair, const struct side *x, const struct side *y)
{
    struct people_shared people = people_compare(x->authors, y->authors);
    double words = texts_overlap(x->abstract, y->abstract);

    pair->same_title = same_words(x->title, y->title);
    pair->authors = (int)people.shared;
    pair->score = resemblance(x->abstract, y->abstract);
    if (pair->same_title && words < 0
        && (people.shared > 0 || people.fewest == 0 || title_words(x->title) >= OWN_WORDS))
        pair->score = TITLE_SCORE;
    if (pair->same_title && people.shared > 0 && (words < 0 || words > WORDS_APART))
        pair->score = fmax(pair->score, TITLE_SCORE + 0.1 * fmin(pair->authors, 3));
    if (!pair->same_title && people.shared > 0 && 2 * people.shared >= people.fewest
        && (words < 0 || words > WORDS_APART) && titles_likeness(x->title, y->title) > TITLES_ALIKE)
        pair->score = fmax(pair->score, TITLE_SCORE);
    if (pair->same_title ? title_is_generic(x->title) : titles_tell_apart(x->title, y->title))
        pair->score = 0;
}

static char *pair_reason(struct seeker *s, const struct duplicate_pair *pair, double texts,
                         const struct side *x, const struct side *y)
{
    const char *title = pair->same_title ? "the same title, " : "";
    const char *plural = pair->authors == 1 ? "" : "s";

    if (texts > 0)
        return arena_printf(
            s->arena,
            "about %d%% of the text of their documents in common, %s%d author%s in common",
            (int)lround(100 * texts), title, pair->authors, plural);
    if (!*x->abstract || !*y->abstract)
        return arena_printf(s->arena, "%s%d author%s in common", title, pair->authors, plural);
    return arena_printf(s->arena, "%s%d%% of the text in common, %d author%s in common", title,
                        (int)lround(100 * resemblance(x->abstract, y->abstract)), pair->authors,
                        plural);
}

/* `texts`: how alike their documents are; 0: nothing is known of that. */
static int offer_pair(struct seeker *s, int64_t a, int64_t b, double texts, struct error *err)
{
    int64_t key[2] = { a < b ? a : b, a < b ? b : a };
    struct duplicate_pair pair = { .a = key[0], .b = key[1] };
    struct side x = { 0 }, y = { 0 };
    bool added, apart = false;
    int result;

    hashmap_put(s->seen, (const char *)key, sizeof key, &added);
    if (!added || a == b)
        return ERR_OK;
    result = read_side(&x, s, pair.a, err);
    if (result == ERR_OK)
        result = read_side(&y, s, pair.b, err);
    if (result != ERR_OK)
        return result == ERR_NOTFOUND ? ERR_OK : result;
    judge_pair(&pair, &x, &y);
    pair.score = fmax(pair.score, texts);
    if (!pair.same_title && pair.score <= TITLE_SCORE && pair.score >= ALIKE) {
        result = pair_is(&apart, s, two_preprints, pair.a, pair.b, err);
        if (result != ERR_OK || apart)
            return result;
    }
    if (!pair.same_title && texts <= 0 && pair.score < NEARLY_ALL && pair.score >= ALIKE) {
        result = pair_is(&apart, s, two_numbers, pair.a, pair.b, err);
        if (result != ERR_OK || apart)
            return result;
    }
    if (pair.score < ALIKE)
        return ERR_OK;
    result = pair_is(&apart, s, kept_apart, pair.a, pair.b, err);
    if (result != ERR_OK || apart)
        return result;
    pair.why = pair_reason(s, &pair, texts, &x, &y);
    VEC_PUSH(s->pairs, s->len, s->cap, pair);
    return ERR_OK;
}

/* ---- where to look ---- */

/* Documents of nearly the same text, the most alike first. These are offered before all others:
 * what they know of a pair counts for more than its title and abstract. */
static int seek_documents(struct seeker *s, struct error *err)
{
    struct document_pair *near;
    struct stored_document a, b;
    size_t count, i;
    int result = documents_near(&near, &count, s->store, s->arena, 0, DOCUMENTS_ALIKE, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        result = documents_get(&a, s->store, s->arena, near[i].a, err);
        if (result == ERR_OK)
            result = documents_get(&b, s->store, s->arena, near[i].b, err);
        if (result == ERR_OK && a.work != 0 && b.work != 0) /* one paper may have its text twice */
            result = offer_pair(s, a.work, b.work, near[i].similarity, err);
    }
    return result;
}

static int seek_titles(struct seeker *s, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare_once(&stmt, s->store,
                                   "SELECT a.id, b.id FROM work a JOIN work b ON b.title_hash = "
                                   "a.title_hash AND b.id > a.id LIMIT 20000",
                                   err);

    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        step = offer_pair(s, stmt_int(stmt, 0), stmt_int(stmt, 1), 0, err);
        if (step != ERR_OK)
            break;
    }
    stmt_free(stmt);
    return step;
}

/* Other works of its authors whose titles are alike. */
static int seek_authors(struct seeker *s, int64_t id, struct error *err)
{
    struct arena *titles = arena_new();
    char *own = NULL;
    struct stmt *stmt = NULL;
    int step = 0;
    int result = stmt_prepare(
        &stmt, s->store,
        "SELECT t.id, t.title FROM work_text t WHERE t.id = ?1 UNION ALL SELECT * FROM (SELECT "
        "DISTINCT t.id, t.title FROM work_author a JOIN work_author b ON b.author_id = a.author_id "
        "AND b.work_id <> a.work_id JOIN work_text t ON t.id = b.work_id WHERE a.work_id = ?1 AND "
        "a.position < 3 LIMIT ?2)",
        err);

    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, id);
        stmt_bind_int(stmt, 2, SAME_AUTHORS);
    }
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        int64_t other = stmt_int(stmt, 0);

        if (other == id)
            own = arena_strdup(titles, stmt_text(stmt, 1));
        else if (own && titles_likeness(own, stmt_text(stmt, 1)) > TITLES_ALIKE)
            result = offer_pair(s, id, other, 0, err);
    }
    if (result == ERR_OK && step < 0)
        result = step;
    if (stmt)
        stmt_reset(stmt);
    arena_free(titles);
    return result;
}

static int seek_neighbours(struct seeker *s, size_t newest, struct error *err)
{
    struct vector_hit hits[NEIGHBOURS];
    struct stmt *stmt;
    size_t count, i;
    int step;
    int result = stmt_prepare_once(
        &stmt, s->store, "SELECT id FROM work ORDER BY added DESC, id DESC LIMIT ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, newest ? (int64_t)newest : -1);
    while ((step = stmt_step(stmt, err)) == 1) {
        int64_t id = stmt_int(stmt, 0);

        result = seek_authors(s, id, err);
        if (result == ERR_OK)
            result = vectors_nearest(s->store, id, NEIGHBOURS, NULL, hits, &count, err);
        if (result == ERR_NOTFOUND)
            continue;
        for (i = 0; i < count && result == ERR_OK && hits[i].score >= NEAR_COSINE; i++)
            result = offer_pair(s, id, hits[i].id, 0, err);
        if (result != ERR_OK) {
            step = result;
            break;
        }
    }
    stmt_free(stmt);
    return step;
}

static int by_likeness(const void *a, const void *b)
{
    const struct duplicate_pair *x = a, *y = b;

    return x->score != y->score ? (x->score < y->score) - (x->score > y->score)
                                : (x->a > y->a) - (x->a < y->a);
}

int duplicates_find(struct duplicate_pair **out, size_t *count, struct store *store,
                    struct arena *arena, size_t newest, size_t limit, struct error *err)
{
    struct seeker s = { .store = store, .arena = arena, .seen = hashmap_new() };
    int result = seek_documents(&s, err);

    if (result == ERR_OK)
        result = seek_titles(&s, err);
    if (result == ERR_OK)
        result = seek_neighbours(&s, newest, err);
    if (s.len > 1)
        qsort(s.pairs, s.len, sizeof *s.pairs, by_likeness);
    *count = s.len < limit ? s.len : limit;
    *out = arena_alloc(arena, (*count + 1) * sizeof **out);
    if (*count > 0)
        memcpy(*out, s.pairs, *count * sizeof **out);
    free(s.pairs);
    hashmap_free(s.seen);
    return result;
}
