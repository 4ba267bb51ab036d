/*
 * Ranking: BM25F over title, abstract and authors, as an FTS5 auxiliary function.
 *
 * S. Robertson, H. Zaragoza, M. Taylor, "Simple BM25 Extension to Multiple Weighted Fields", CIKM
 * 2004: term frequencies are normalised by each column's length and weighted before they saturate,
 * once a term. Document frequencies come from our vocabulary and lengths from the mapped file, so
 * that a row costs a walk over its own positions and nothing else; FTS5's bm25() fetches the size
 * of every row it looks at.
 */
#include "venues.h"

#include <math.h>
#include <sqlite3.h>
#include <stdint.h>
#include <string.h>

#define PASSAGE_K1 1.2
#define PASSAGE_HEADING 1.5
#define IDF_LEAST 0.01

double rank_word_idf(int64_t df, int64_t docs)
{
    double n = (double)docs, d = (double)(df < docs ? df : docs);

    return fmax(log((n - d + 0.5) / (d + 0.5)), IDF_LEAST);
}

double rank_idf(int64_t df, int64_t docs)
{
    double n = (double)docs, d = (double)(df < docs ? df : docs);

    return log(1.0 + (n - d + 0.5) / (d + 0.5));
}

void plan_weigh(struct plan *plan)
{
    struct bm25f *bm = arena_alloc(plan->arena, sizeof *bm);

    if (plan->lengths)
        bm25f_init(bm, plan->lengths->avg_title, plan->lengths->avg_abstract,
                   plan->lengths->avg_authors);
    else
        bm25f_init(bm, 1, 1, 1);
    plan->bm = bm;
}

double rank_term(const struct plan *plan, const unsigned tf[3], int64_t id, double idf)
{
    const struct lengths *lengths = plan->lengths;
    const struct lengths_entry *length =
        lengths && id >= 0 && id < lengths->count ? &lengths->entries[id] : NULL;

    return idf * bm25f_saturate(bm25f_sum(plan->bm, tf[0], tf[1], tf[2], length));
}

/* As many as a posting holds: both ways of ranking are to agree. */
static unsigned capped(unsigned count, int column)
{
    unsigned most = column == 1 ? UINT16_MAX : UINT8_MAX;

    return count < most ? count : most;
}

static void rank_run(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *result,
                     int count, sqlite3_value **values)
{
    const struct rank_context *context =
        count == 1 ? sqlite3_value_pointer(values[0], "carrel-rank") : NULL;
    const struct plan *plan;
    sqlite3_int64 id = api->xRowid(fts);
    double score = 0;
    size_t group = 0, phrase;

    if (!context) {
        sqlite3_result_error(result, "carrel_rank is called by carrel's search only", -1);
        return;
    }
    plan = context->plan;
    /* Phrases of a group stand side by side. */
    for (phrase = 0; phrase < plan->phrase_count;) {
        unsigned tf[3] = { 0, 0, 0 };
        bool any = false;

        group = (size_t)plan->phrase_group[phrase];
        for (; phrase < plan->phrase_count && (size_t)plan->phrase_group[phrase] == group;
             phrase++) {
            Fts5PhraseIter iter;
            int column, offset;

            for (api->xPhraseFirst(fts, (int)phrase, &iter, &column, &offset); column >= 0;
                 api->xPhraseNext(fts, &iter, &column, &offset)) {
                if (column < 3) {
                    tf[column] = capped(tf[column] + 1, column);
                    any = true;
                }
            }
        }
        if (any)
            score += rank_term(plan, tf, id, plan->groups[group].idf);
    }
    sqlite3_result_double(result, score);
}

/* Of a passage: about as long as any other, so BM25 without lengths; a word of its heading counts
 * a little more. */
static void rank_passage(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *result,
                         int count, sqlite3_value **values)
{
    const struct rank_context *context =
        count == 1 ? sqlite3_value_pointer(values[0], "carrel-rank") : NULL;
    const struct plan *plan;
    double score = 0;
    size_t phrase;

    if (!context) {
        sqlite3_result_error(result, "carrel_passage is called by carrel's search only", -1);
        return;
    }
    plan = context->plan;
    for (phrase = 0; phrase < plan->phrase_count;) {
        size_t group = (size_t)plan->phrase_group[phrase];
        double tf = 0;

        for (; phrase < plan->phrase_count && (size_t)plan->phrase_group[phrase] == group;
             phrase++) {
            Fts5PhraseIter iter;
            int column, offset;

            for (api->xPhraseFirst(fts, (int)phrase, &iter, &column, &offset); column >= 0;
                 api->xPhraseNext(fts, &iter, &column, &offset))
                tf += column == 0 ? PASSAGE_HEADING : 1;
        }
        score += plan->groups[group].idf * tf * (PASSAGE_K1 + 1) / (tf + PASSAGE_K1);
    }
    sqlite3_result_double(result, score);
}

int rank_register(struct store *store, struct error *err)
{
    sqlite3 *db = store_sqlite(store);
    fts5_api *api = NULL;
    sqlite3_stmt *stmt = NULL;
    int result;

    if (*store_rank_ready(store)) /* FTS5 would keep every further copy until the end */
        return ERR_OK;
    if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &stmt, NULL) != SQLITE_OK)
        return store_error(store, err, "search");
    sqlite3_bind_pointer(stmt, 1, &api, "fts5_api_ptr", NULL);
    sqlite3_step(stmt);
    sqlite3_finalize(stmt);
    if (!api || api->xCreateFunction(api, "carrel_rank", NULL, rank_run, NULL) != SQLITE_OK
        || api->xCreateFunction(api, "carrel_passage", NULL, rank_passage, NULL) != SQLITE_OK)
        return error_set(err, ERR_FAILED, "FTS5 refuses the ranking function");
    result = venues_register(store, err);
    *store_rank_ready(store) = result == ERR_OK;
    return result;
}
