/*
 * BM25F's sum over columns, with the divisions tabled.
 *
 * S. Robertson, H. Zaragoza, M. Taylor, "Simple BM25 Extension to Multiple Weighted Fields", CIKM
 * 2004.
 */
#include "carrel/mem.h"
#include "carrel/postings.h"

static double bm25f_weight(double weight, double length, double average)
{
    return weight / (1 - BM25F_B + BM25F_B * length / average);
}

void bm25f_init(struct bm25f *bm, double avg_title, double avg_abstract, double avg_authors)
{
    size_t i;

    bm->average[0] = avg_title;
    bm->average[1] = avg_abstract;
    bm->average[2] = avg_authors;
    for (i = 0; i < ARRAY_LEN(bm->title); i++)
        bm->title[i] = bm25f_weight(BM25F_TITLE, (double)i, avg_title);
    for (i = 0; i < ARRAY_LEN(bm->abstract); i++)
        bm->abstract[i] = bm25f_weight(BM25F_ABSTRACT, (double)i, avg_abstract);
    for (i = 0; i < ARRAY_LEN(bm->authors); i++)
        bm->authors[i] = bm25f_weight(BM25F_AUTHORS, (double)i, avg_authors);
}

double bm25f_sum(const struct bm25f *bm, unsigned title, unsigned abstract, unsigned authors,
                 const struct lengths_entry *length)
{
    double sum = 0;

    if (!length)
        return title * BM25F_TITLE + abstract * BM25F_ABSTRACT + authors * BM25F_AUTHORS;
    if (title)
        sum += title * bm->title[length->title];
    if (abstract)
        sum += abstract
               * (length->abstract < ARRAY_LEN(bm->abstract)
                      ? bm->abstract[length->abstract]
                      : bm25f_weight(BM25F_ABSTRACT, length->abstract, bm->average[1]));
    if (authors)
        sum += authors * bm->authors[length->authors];
    return sum;
}
