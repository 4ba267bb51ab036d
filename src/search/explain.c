/*
 * Why a hit stands where it stands, in words.
 */
#include "carrel/search.h"

#include <inttypes.h>

const char *search_feature_name(enum search_feature feature)
{
    static const char *const names[SEARCH_FEATURES] = {
        [FEATURE_BM25] = "words",
        [FEATURE_SOFT_BM25] = "words and near words",
        [FEATURE_COSINE] = "meaning",
        [FEATURE_TITLE] = "meaning of the title",
        [FEATURE_SENTENCE] = "sentence",
        [FEATURE_PASSAGE] = "meaning of a passage",
        [FEATURE_PAIRS] = "rare words close together",
        [FEATURE_SOFT] = "neighbours of words",
        [FEATURE_NEAR] = "close neighbours of words",
        [FEATURE_FEEDBACK] = "meaning of the best papers",
    };

    return names[feature];
}

void search_stages_print(struct str *out, const struct search_result *result)
{
    static const char *const names[SEARCH_STAGES] = {
        [STAGE_UNDERSTAND] = "understanding", [STAGE_WORDS] = "words",
        [STAGE_VECTORS] = "vectors",          [STAGE_TEXTS] = "texts",
        [STAGE_RERANK] = "re-ranking",        [STAGE_ROWS] = "rows",
    };
    int i;

    str_printf(out, "%.1f ms:", result->took_ms);
    for (i = 0; i < SEARCH_STAGES; i++)
        if (result->stage_ms[i] > 0)
            str_printf(out, " %s %.2f,", names[i], result->stage_ms[i]);
    str_cut(out, out->len - 1);
}

static void print_rank(struct str *out, const char *arm, int rank, double score)
{
    if (rank > 0)
        str_printf(out, "%s rank %d (%.3f)", arm, rank, score);
    else
        str_printf(out, "%s none", arm);
}

void search_arms_print(struct str *out, const struct search_arms *arms)
{
    int f;

    print_rank(out, "words:", arms->lexical_rank, arms->lexical);
    str_add(out, ", ");
    print_rank(out, "vectors:", arms->semantic_rank, arms->cosine);
    str_printf(out, ", both %.3f", arms->fused);
    if (!arms->reranked)
        return;
    str_add(out, "; by its text:");
    for (f = 0; f < SEARCH_FEATURES; f++)
        if (arms->parts[f] > 0)
            str_printf(out, " %.3f %s,", arms->parts[f],
                       search_feature_name((enum search_feature)f));
    if (arms->title_prior > 0)
        str_printf(out, " %.3f called so,", arms->title_prior);
    if (arms->recency_prior > 0)
        str_printf(out, " %.3f new,", arms->recency_prior);
    str_cut(out, out->len - 1);
}
