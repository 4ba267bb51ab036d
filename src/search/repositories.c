/*
 * Repositories as hits: their own full-text index and vectors, as one list.
 *
 * Words are looked for in name, description, topics and README, weighted in this order, and in the
 * files of those that were cloned, of which the best place is told; filters
 * about repositories (stars, language ...) hold of them, and everything else (cat:, author:, is:,
 * tag: ...) holds of a paper that links to them. There are some thousands, at most hundreds of
 * thousands of them, so every match is scored, by FTS5's own bm25(). Without words the order is by
 * stars, or by date.
 */
#include "repositories.h"

#include "carrel/clones.h"
#include "carrel/hash.h"
#include "carrel/repositories.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 2000     /* hits that can be paged through */
#define RELAX_BELOW 3  /* fewer repositories with all the words than this: any of them */
#define STARS_WEIGHT .08 /* a tenfold of stars is worth so much of a score */
#define ABSENT_SHARE .6  /* what has gone comes behind */
#define WEIGHT_VECTORS .4
#define FLOOR_COSINE .3 /* without the words, a repository must be at least this near */
#define FLOOR_SHARE .6  /* and, of the nearest one's nearness, this share */
#define FILES_SHARE .5  /* what a clone's files say, beside what is said of the repository */

struct finding {
    struct passages_query *q;
    struct plan words, own, works; /* the three parts of the query */
    struct node *text;             /* NULL: no words */
    bool has_own, has_works;
    struct hashmap *places; /* repository -> the best piece of its files */
    struct vectors_model serving;
    struct idea idea;
};

/* ---- the query in three ---- */

static void place_node(struct finding *f, struct node *node, struct node *text, struct node *own,
                       struct node *works)
{
    struct arena *arena = f->q->arena;

    if (node->kind == NODE_ALL)
        return;
    if (passages_is_text(node))
        node_add(text, arena, node);
    else
        node_add(repo_filter_is(node) ? own : works, arena, node);
}

/* A NOT alone has nothing that it could be taken from: it is asked of the paper then. */
static bool has_positive(const struct node *text)
{
    size_t i;

    for (i = 0; i < text->len; i++)
        if (text->kids[i]->kind != NODE_NOT)
            return true;
    return false;
}

static int split(struct finding *f, const struct node *root, struct error *err)
{
    struct arena *arena = f->q->arena;
    struct node *text = node_new(arena, NODE_AND), *own = node_new(arena, NODE_AND),
                *works = node_new(arena, NODE_AND);
    size_t i;
    int result = ERR_OK;

    if (root->kind == NODE_AND && !root->hard)
        for (i = 0; i < root->len; i++)
            place_node(f, root->kids[i], text, own, works);
    else
        place_node(f, (struct node *)(uintptr_t)root, text, own, works);
    for (i = 0; text->len > 0 && !has_positive(text) && i < text->len; i++)
        node_add(works, arena, text->kids[i]);
    if (has_positive(text))
        f->text = text->len > 1 ? text : text->kids[0];
    f->has_own = own->len > 0;
    f->has_works = works->len > 0;
    if (f->has_own)
        result = repo_filter_where(&f->own, own, err);
    if (result == ERR_OK && f->has_works)
        result = plan_condition(&f->works, works, err);
    return result;
}

static int compile_words(struct finding *f, bool any, struct error *err)
{
    int64_t count = 0;
    int result = store_query_int(f->q->store, "SELECT count(*) FROM repository_text", &count, err);

    plan_free(&f->words);
    plan_init(&f->words, f->q->store, f->q->arena, NULL);
    f->words.passages = count > 0 ? count : 1;
    f->words.typing = f->q->typing;
    if (result != ERR_OK)
        return result;
    return any ? plan_relax(&f->words, f->text, err) : plan_compile(&f->words, f->text, err);
}

/* ---- asking ---- */

/* Of a paper that links to r. */
static void works_condition(const struct finding *f, struct str *sql)
{
    str_printf(sql,
               "r.id IN (SELECT ra.repository_id FROM work w JOIN link k ON k.work_id = w.id "
               "JOIN repository_alias ra ON ra.key = k.repo WHERE k.repo <> '' AND (%s))",
               f->works.where.ptr);
}

static void conditions(const struct finding *f, struct str *sql, const char *before)
{
    if (f->has_own) {
        str_printf(sql, "%s(%s)", before, f->own.where.ptr);
        before = " AND ";
    }
    if (f->has_works) {
        str_add(sql, before);
        works_condition(f, sql);
    }
}

static void bind_conditions(const struct finding *f, struct stmt *stmt, int from)
{
    if (f->has_own)
        plan_bind(stmt, &f->own, from);
    if (f->has_works)
        plan_bind(stmt, &f->works, from + (f->has_own ? (int)f->own.value_count : 0));
}

/* What many have starred is worth a little more, what has gone less. */
static double weighed(double score, int64_t stars, int64_t state)
{
    score *= 1 + STARS_WEIGHT * log10(1 + (double)(stars > 0 ? stars : 0));
    return state == REPOSITORY_KNOWN ? score : score * ABSENT_SHARE;
}

/* What an order without words is by. */
static const char *order_of(const struct finding *f)
{
    return f->q->options->sort == SORT_DATE    ? "ifnull(unixepoch(r.pushed), 0)"
           : f->q->options->sort == SORT_ADDED ? "r.added"
                                               : "ifnull(r.stars, -1)";
}

static int scan_words(struct finding *f, struct top *top, int64_t *total, struct error *err)
{
    enum search_sort sort = f->q->options->sort;
    bool by_order = sort == SORT_DATE || sort == SORT_ADDED;
    struct str sql = STR_INIT;
    struct stmt *stmt = NULL;
    int step, result;

    str_printf(&sql,
               "SELECT r.id, -bm25(repository_fts, 8.0, 4.0, 4.0, 1.0), r.stars, r.state, %s FROM "
                  "repository_fts JOIN repository r ON r.id = repository_fts.rowid WHERE "
                  "repository_fts MATCH ?1", order_of(f));
    conditions(f, &sql, " AND ");
    result = stmt_prepare_once(&stmt, f->q->store, sql.ptr, err);
    str_free(&sql);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, f->words.match.ptr);
    bind_conditions(f, stmt, 2);
    *total = 0;
    while ((step = stmt_step(stmt, err)) == 1) {
        ++*total;
        top_offer(top, stmt_int(stmt, 0),
                  by_order ? stmt_double(stmt, 4)
                           : weighed(stmt_double(stmt, 1), stmt_int(stmt, 2), stmt_int(stmt, 3)));
    }
    stmt_free(stmt);
    top_sort(top);
    return step;
}

/* ---- files of clones ---- */

/* Pieces in the order of their scores, so the first of a repository is its best. */
static int scan_files(struct finding *f, struct top *files, struct error *err)
{
    struct str sql = STR_INIT;
    struct stmt *stmt = NULL;
    int step, result;

    str_add(&sql, "SELECT r.id, c.id, -bm25(repository_chunk_fts, 3.0, 1.0) AS score FROM "
                  "repository_chunk_fts JOIN repository_chunk c ON c.id = "
                  "repository_chunk_fts.rowid JOIN repository_file i ON i.id = c.file_id JOIN "
                  "repository r ON r.id = i.repository_id WHERE repository_chunk_fts MATCH ?1");
    conditions(f, &sql, " AND ");
    str_add(&sql, " ORDER BY score DESC, c.id");
    result = stmt_prepare_once(&stmt, f->q->store, sql.ptr, err);
    str_free(&sql);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, f->words.match.ptr);
    bind_conditions(f, stmt, 2);
    hashmap_clear(f->places);
    while ((step = stmt_step(stmt, err)) == 1) {
        int64_t id = stmt_int(stmt, 0);
        bool first;
        uint64_t *chunk = hashmap_put(f->places, (const char *)&id, sizeof id, &first);

        if (!first)
            continue;
        *chunk = (uint64_t)stmt_int(stmt, 1);
        top_offer(files, id, stmt_double(stmt, 2));
    }
    stmt_free(stmt);
    top_sort(files);
    return step;
}

/* Files add to what is said of their repository, and bring repositories of their own. In an order
 * other than by relevance they bring none: scores have no place there. */
static void add_files(struct finding *f, struct top *top, const struct top *files)
{
    double best = top->len ? top->items[0].score : 1;
    struct hashmap *at = hashmap_new();
    struct top both;
    size_t i;

    top_init(&both, DEPTH);
    for (i = 0; i < files->len; i++)
        *hashmap_put(at, (const char *)&files->items[i].id, sizeof(int64_t), NULL) = i + 1;
    for (i = 0; i < top->len; i++) {
        uint64_t *place = hashmap_get(at, (const char *)&top->items[i].id, sizeof(int64_t));
        double more = place ? files->items[*place - 1].score / files->items[0].score : 0;

        if (place)
            *place = 0;
        top_offer(&both, top->items[i].id, top->items[i].score + FILES_SHARE * best * more);
    }
    for (i = 0; i < files->len; i++)
        if (*hashmap_get(at, (const char *)&files->items[i].id, sizeof(int64_t))) {
            top_offer(&both, files->items[i].id,
                      FILES_SHARE * best * files->items[i].score / files->items[0].score);
            f->q->result->total++;
        }
    top_sort(&both);
    top_free(top);
    *top = both;
    hashmap_free(at);
}

static int scan_all(struct finding *f, struct top *top, struct error *err)
{
    enum search_sort sort = f->q->options->sort;
    struct top files;
    int result;

    top_init(&files, DEPTH);
    result = scan_words(f, top, &f->q->result->total, err);
    if (result == ERR_OK)
        result = scan_files(f, &files, err);
    if (result == ERR_OK && files.len > 0 && sort != SORT_DATE && sort != SORT_ADDED)
        add_files(f, top, &files);
    top_free(&files);
    return result;
}

static int ask_words(struct finding *f, struct top *top, struct error *err)
{
    struct search_result *out = f->q->result;
    int result = compile_words(f, false, err);

    if (result == ERR_OK && f->words.match.len > 0)
        result = scan_all(f, top, err);
    if (result != ERR_OK || out->total >= RELAX_BELOW || f->text->kind != NODE_AND
        || f->q->query->exact || !plan_can_relax(f->text))
        return result;
    result = compile_words(f, true, err);
    out->relaxed = true;
    top->len = 0;
    return result == ERR_OK && f->words.match.len > 0 ? scan_all(f, top, err) : result;
}

/* ---- vectors ---- */

static int scan_vectors(struct finding *f, struct top *top, struct error *err)
{
    struct str sql = STR_INIT;
    struct stmt *stmt = NULL;
    size_t dim = f->idea.dim, size;
    int step, result;

    str_add(&sql, "SELECT r.id, v.vector, r.stars, r.state FROM repository_vector v JOIN "
                  "repository r ON r.id = v.repository_id WHERE v.model = ?1");
    conditions(f, &sql, " AND ");
    result = stmt_prepare_once(&stmt, f->q->store, sql.ptr, err);
    str_free(&sql);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, (int64_t)f->serving.content);
    bind_conditions(f, stmt, 2);
    while ((step = stmt_step(stmt, err)) == 1) {
        const int8_t *vector = stmt_blob(stmt, 1, &size);
        double cosine = size == dim ? (double)embed_score(f->idea.vector, vector, dim) : 0;

        if (cosine >= FLOOR_COSINE)
            top_offer(top, stmt_int(stmt, 0),
                      weighed(cosine, stmt_int(stmt, 2), stmt_int(stmt, 3)));
    }
    stmt_free(stmt);
    top_sort(top);
    while (top->len > 0 && top->items[top->len - 1].score < top->items[0].score * FLOOR_SHARE)
        top->len--;
    return step;
}

/* Vectors add what is like the words; AND, OR and prefixes mean just that. */
static int ask_vectors(struct finding *f, struct top *top, struct error *err)
{
    struct passages_query *q = f->q;
    struct vectors_model next;
    int result = ERR_OK;

    if (!f->text || q->options->mode == SEARCH_LEXICAL || q->options->sort != SORT_RELEVANCE)
        return ERR_OK;
    result = vectors_models(q->store, &f->serving, &next, err);
    if (result == ERR_OK)
        result = idea_read(&f->idea, &f->works, q->query, err);
    if (result != ERR_OK || !f->idea.has_vector || f->serving.slot < 0
        || (f->idea.exact && q->options->mode != SEARCH_SEMANTIC))
        return result;
    q->result->mode = q->options->mode == SEARCH_SEMANTIC ? SEARCH_SEMANTIC : SEARCH_HYBRID;
    return scan_vectors(f, top, err);
}

/* Both lists as one, each by the share of its best. */
static void unite(struct finding *f, struct top *words, struct top *vectors)
{
    double best_word = words->len ? words->items[0].score : 1;
    double best_vector = vectors->len ? vectors->items[0].score : 1;
    double share = words->len ? WEIGHT_VECTORS : 1;
    struct hashmap *places = hashmap_new();
    struct top both;
    size_t i;

    top_init(&both, DEPTH);
    for (i = 0; i < words->len; i++)
        *hashmap_put(places, (const char *)&words->items[i].id, sizeof(int64_t), NULL) = i;
    for (i = 0; i < words->len; i++)
        words->items[i].score *= (1 - WEIGHT_VECTORS) / (best_word > 0 ? best_word : 1);
    for (i = 0; i < vectors->len; i++) {
        const struct candidate *item = &vectors->items[i];
        uint64_t *at = hashmap_get(places, (const char *)&item->id, sizeof(int64_t));
        double score = share * item->score / best_vector;

        if (at)
            words->items[*at].score += score;
        else
            top_offer(&both, item->id, score);
        f->q->result->added += !at;
    }
    for (i = 0; i < words->len; i++)
        top_offer(&both, words->items[i].id, words->items[i].score);
    top_sort(&both);
    f->q->result->total += f->q->result->added;
    top_free(words);
    *words = both;
    hashmap_free(places);
}

/* All that the filters let through, the most starred or the newest first. */
static int ask_order(struct finding *f, struct top *top, struct error *err)
{
    struct search_result *out = f->q->result;
    struct str sql = STR_INIT;
    struct stmt *stmt = NULL;
    int step, result;

    str_printf(&sql, "SELECT r.id, %s FROM repository r", order_of(f));
    conditions(f, &sql, " WHERE ");
    result = stmt_prepare_once(&stmt, f->q->store, sql.ptr, err);
    str_free(&sql);
    if (result != ERR_OK)
        return result;
    bind_conditions(f, stmt, 1);
    while ((step = stmt_step(stmt, err)) == 1) {
        out->total++;
        top_offer(top, stmt_int(stmt, 0), stmt_double(stmt, 1));
    }
    stmt_free(stmt);
    top_sort(top);
    return step;
}

/* ---- what is shown ---- */

static int show_texts(struct finding *f, struct search_hit *hit, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, f->q->store,
        "SELECT description || char(10) || readme FROM repository_text WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, hit->repository->id);
    step = stmt_step(stmt, err);
    if (step == 1 && f->q->options->snippets)
        hit_snippets(hit, &f->words, f->q->arena, stmt_text(stmt, 0));
    if (step == 1 && f->q->options->explain)
        hit_explain(hit, &f->words, f->q->arena, stmt_text(stmt, 0));
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

static int64_t lines_before(const char *text, size_t at)
{
    int64_t lines = 0;
    size_t i;

    for (i = 0; i < at && text[i]; i++)
        lines += text[i] == '\n';
    return lines;
}

/* Lines of code as one line: each run of blanks becomes one. */
static void one_line(char *text)
{
    char *to = text;

    for (; *text; text++)
        if (!strchr(" \t\r\n", *text))
            *to++ = *text;
        else if (text[1] && !strchr(" \t\r\n", text[1]))
            *to++ = ' ';
    *to = '\0';
}

/* Where its files have it: the line of the first matched word, and that file's words to be shown. */
static int show_place(struct finding *f, struct search_hit *hit, struct error *err)
{
    uint64_t *chunk =
        hashmap_get(f->places, (const char *)&hit->repository->id, sizeof(int64_t));
    struct clone_place place;
    int result;

    if (!chunk)
        return ERR_OK;
    result = clones_place(f->q->store, f->q->arena, (int64_t)*chunk, &place, err);
    if (result == ERR_NOTFOUND)
        return ERR_OK; /* fetched anew meanwhile */
    if (result != ERR_OK)
        return result;
    hit->place = arena_alloc(f->q->arena, sizeof *hit->place);
    *hit->place = (struct search_place){ .path = place.path, .line = place.line };
    if (f->q->options->snippets) {
        hit_snippets(hit, &f->words, f->q->arena, place.body);
        hit->place->line += lines_before(place.body, hit->snippet_at);
        one_line(hit->snippet);
    }
    return ERR_OK;
}

/* A hit has the shape of a paper's for whoever lists both: the owner stands for the author. */
static int show_one(struct finding *f, int64_t id, double score, struct error *err)
{
    static char nothing[] = "";
    struct search_result *out = f->q->result;
    struct search_hit *hit = &out->hits[out->len];
    struct repository_row *row = arena_alloc(f->q->arena, sizeof *row);
    int result = repositories_rows(f->q->store, f->q->arena, &id, 1, row, err);

    if (result != ERR_OK || row->id == 0)
        return result;
    *hit = (struct search_hit){ .repository = row, .score = score };
    hit->row = (struct work_row){
        .key = arena_printf(f->q->arena, "repo:%s", row->key),
        .title = row->name,
        .authors = arena_strndup(f->q->arena, row->name, strcspn(row->name, "/")),
        .published = row->pushed,
        .primary_category = nothing,
        .tags = nothing,
    };
    out->len++;
    if (f->q->options->snippets || f->q->options->explain)
        result = show_texts(f, hit, err);
    return result == ERR_OK ? show_place(f, hit, err) : result;
}

static int show(struct finding *f, const struct top *top, struct error *err)
{
    struct search_result *out = f->q->result;
    size_t i;
    int result = ERR_OK;

    out->hits = arena_alloc(f->q->arena, (f->q->limit + 1) * sizeof *out->hits);
    for (i = f->q->offset; i < top->len && result == ERR_OK; i++) {
        if (out->len == f->q->limit) {
            out->next = arena_printf(f->q->arena, "h%zu", i);
            break;
        }
        result = show_one(f, top->items[i].id, top->items[i].score, err);
    }
    return result;
}

int repositories_run_query(struct passages_query *q, struct error *err)
{
    struct finding f = { .q = q };
    struct top top, near;
    int result;

    top_init(&top, DEPTH);
    top_init(&near, DEPTH);
    f.places = hashmap_new();
    plan_init(&f.words, q->store, q->arena, NULL);
    plan_init(&f.own, q->store, q->arena, NULL);
    plan_init(&f.works, q->store, q->arena, q->lengths);
    f.works.driving = true;
    q->result->mode = SEARCH_LEXICAL;
    result = split(&f, q->query->root, err);
    if (result == ERR_OK && !f.text)
        result = ask_order(&f, &top, err);
    else if (result == ERR_OK && q->options->mode != SEARCH_SEMANTIC)
        result = ask_words(&f, &top, err);
    if (result == ERR_OK)
        result = ask_vectors(&f, &near, err);
    if (result == ERR_OK && near.len > 0)
        unite(&f, &top, &near);
    if (result == ERR_OK)
        result = show(&f, &top, err);
    hashmap_free(f.places);
    idea_free(&f.idea);
    top_free(&top);
    top_free(&near);
    plan_free(&f.words);
    plan_free(&f.own);
    plan_free(&f.works);
    return result;
}
